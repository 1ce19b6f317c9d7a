"""The room formats: number formats on single weights."""

import json
from pathlib import Path

import index
import safetensors

METHODS = ("rtn", "ternary_binary", "bitnet", "fp8_w8a8", "int8_w8a8", "billm", "w4a8", "w4a8_progressive", "zeroquant")
# Whose inputs are rounded too.
JOINT = ("bitnet", "fp8_w8a8", "int8_w8a8", "w4a8", "w4a8_progressive", "zeroquant")
CACHES = ("kv_cache", "kvquant")
# Copied as they are, but for what other casts make of numbers beyond the greatest.
WHOLE = ("element_cast", "fp8_block", "fp8_cast", "int_pack", "mx", "mx_layout", "nvfp4")
OTHER_CASTS = ("bytes_nonsaturating", "bytes_torch_cast")


def make(source, room):
    source = Path(source, "formats")
    index.copy(source, room, lambda name, case: wanted(name, case), "inputs.safetensors")
    described = json.loads((room / "index.json").read_text())
    for name, case in described["cases"].items():
        if case["algorithm"] == "billm":
            continue
        if case["algorithm"] in CACHES:
            # What another library's clustering counts as, and its version.
            case["scalars"].pop("sklearn", None)
            continue
        if case["algorithm"] in WHOLE:
            without(room, case, OTHER_CASTS)
            continue
        tensors = safetensors.read(room / case["file"])
        # Values follow from codes, scales and zeros; activations are others'.
        joint = case["algorithm"] in JOINT
        idle = [t for t in tensors if t.endswith(".wq")]
        if not joint:
            idle += [t for t in tensors if t.startswith(("x_", "y"))]
        # Sums of codes, which the product has in it.
        idle += ["acc", "w_row_sum"]
        # Groups that go across rows.
        if case["algorithm"] == "ternary_binary":
            idle += [t for t in tensors if ".groups16." in t]
        kept = {t: each for t, each in tensors.items() if t not in idle}
        safetensors.write(room / case["file"], kept)
        case["tensors"] = {t: each for t, each in case["tensors"].items() if t in kept}
        case["tolerance"] = {
            k: v
            for k, v in case["tolerance"].items()
            if k != "acc" and (joint or k != "y_rel_to_max")
        }
        if not joint:
            case["inputs"].pop("X", None)
        case["scalars"] = {}
        if case["algorithm"] == "ternary_binary" and "num_groups" in case["params"]:
            case["params"]["num_groups"].remove(16)
    index.write(room, described["cases"])


def wanted(name, case):
    # Old tokens are rounded again and again there.
    cache = case["algorithm"] in CACHES and name != "kv_transformers_quantized"
    return cache or case["algorithm"] in METHODS + WHOLE


def without(room, case, names):
    tensors = safetensors.read(room / case["file"])
    kept = {t: each for t, each in tensors.items() if t not in names}
    safetensors.write(room / case["file"], kept)
    case["tensors"] = {t: each for t, each in case["tensors"].items() if t in kept}
    # What is idle in this case.
    if not any(t in ("y", "y_online") for t in kept):
        case["tolerance"].pop("y_rel_to_max", None)
