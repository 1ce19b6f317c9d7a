"""The room algorithms: single linears and blocks under one method, and methods end to end.

What follows from other tensors is left out after it was computed from them and found the same to
the last bit: grid values from codes, scales and zeros, pruned weights from the mask, clipped weights
from the bounds.
"""

import json
from pathlib import Path

import index
import safetensors
from safetensors import float32, numbers, tensor

KEPT = ("rtn", "gptq", "hqq", "spqr", "sparsegpt", "wanda", "magnitude", "awq", "awq_clip", "end_to_end")
SMOOTH = ("smoothquant", "w8a8_fake_quant")
OTHER_METHODS = ("bnb_A",)
# Rows of the values of SpQR that are kept.
ROWS = 32
BYTES = "llm_int8"
# Limits of figures that cases of this algorithm do not have.
CODEBOOKS = ("nf4", "fp4")
IDLE = {"rtn": ("loss_rel",), "magnitude": ("scaler_row_rel",)}


def make(source, room):
    source = Path(source, "algorithms")
    described = json.loads((source / "index.json").read_text())
    inputs = safetensors.read(source / "inputs.safetensors")
    inputs = {k: v for k, v in inputs.items() if not k.startswith(OTHER_METHODS)}
    ids = safetensors.read(source / "e2e_rtn_w4_g32_asym.safetensors")["calibration_ids"]
    safetensors.write(room / "inputs.safetensors", {**inputs, "calibration_ids": ids})
    cases = {}
    for name, each in described["cases"].items():
        if each["algorithm"] in KEPT:
            tensors = safetensors.read(source / each["file"])
            tensors.pop("calibration_ids", None)
            slim(each["algorithm"], inputs, tensors)
            safetensors.write(room / each["file"], tensors)
            idle = IDLE.get(each["algorithm"], ())
            limits = {k: v for k, v in each["tolerance"].items() if k not in idle}
            algorithm = "awq_layer" if name == "awq_llama_layer0" else each["algorithm"]
            cases[name] = index.case(each, tensors, algorithm=algorithm, tolerance=limits)
            if algorithm == "awq_layer":
                inside(cases[name])
            elif algorithm == "end_to_end":
                # Follows from last_logits.
                del cases[name]["scalars"]["logits_mse_vs_uncompressed"]
                cases[name]["inputs"]["calibration_ids"] = "inputs.safetensors#calibration_ids"
            elif algorithm == "spqr":
                cases[name]["inputs"].update(calibration())
                if cases[name]["scalars"]["threshold"] == "inf":
                    del cases[name]["scalars"]["threshold"]
            elif algorithm == "hqq":
                cases[name]["inputs"].update(calibration())
                # Steps that nothing outside of the method can count.
                del cases[name]["scalars"]["iterations_run"]
            elif algorithm != "awq":
                cases[name]["inputs"].update(calibration())
        elif each["algorithm"] in SMOOTH:
            cases[name] = smooth(each, source, room)
        elif each["algorithm"] == BYTES:
            cases[name] = codes(each, source, room)
        elif each["algorithm"] in CODEBOOKS:
            cases[name] = codebook(each, source, room)
        elif each["algorithm"] == "kivi":
            cases[name] = kivi(each, source, room)
        elif each["algorithm"] == "kivi_attention":
            tensors = safetensors.read(source / each["file"])
            safetensors.write(room / each["file"], tensors)
            cases[name] = index.case(each, tensors, scalars={})
    cases["hessian"] = {
        "algorithm": "hessian",
        "file": "inputs.safetensors",
        "params": {"sequences": 4, "tokens": 128},
        "inputs": calibration(),
        "tensors": {"H": described["inputs"]["tensors"]["H"]},
        "tolerance": {"H_rel_of_max": 1e-6},
        "source": cases["gptq_w4_gfull_sym_noact"]["source"],
    }
    index.write(room, cases)


def smooth(each, source, room):
    """Weights after smoothing are those before times the scales, and are left out."""
    tensors = safetensors.read(source / each["file"])
    for fc, name in {"fc0": "W", "fc1": "sq_W2", "fc2": "sq_W3"}.items():
        if fc + ".weight" in tensors:
            weight = safetensors.read(source / "inputs.safetensors")[name]
            columns = weight[1][1]
            scales = numbers(tensors["scales"])
            found = [float32(w * scales[i % columns]) for i, w in enumerate(numbers(weight))]
            same(tensors.pop(fc + ".weight"), found)
    safetensors.write(room / each["file"], tensors)
    case = index.case(each, tensors)
    # The check takes the rows that the source names.
    case["inputs"] = {key: value.split(" ")[0] for key, value in case["inputs"].items()}
    return case


def codes(each, source, room):
    """The check takes the rows, and the type, that the source names."""
    tensors = safetensors.read(source / each["file"])
    safetensors.write(room / each["file"], tensors)
    case = index.case(each, tensors)
    case["inputs"] = {key: value.split(" ")[0] for key, value in case["inputs"].items()}
    return case


def codebook(each, source, room):
    """One check makes the codes of NF4 and FP4, and reads them from a checkpoint."""
    tensors = safetensors.read(source / each["file"])
    tensors.pop("absmax_dequant", None)
    safetensors.write(room / each["file"], tensors)
    return index.case(each, tensors, algorithm="codebook")


def kivi(each, source, room):
    """Values follow from codes and grids, and keys are packed as a cache has them."""
    tensors = safetensors.read(source / each["file"])
    for name in ("k_dequant", "v_dequant", "k_packed"):
        del tensors[name]
    safetensors.write(room / each["file"], tensors)
    return index.case(each, tensors)


def calibration():
    """What the checks read beside what the source names: the weight, its inputs, their XᵀX."""
    return {name: f"inputs.safetensors#{name}" for name in ("W", "X", "H")}


def inside(case):
    """Leaves out of a layer what only an inside view of the search shows."""
    case["scalars"] = {}
    case["inputs"] = {"model": "../families/llama"}
    case["params"] = {k: v for k, v in case["params"].items() if k != "clip"}
    del case["tensors"]["scales:down_proj"]


def slim(algorithm, inputs, tensors):
    weight = numbers(inputs["W"])
    if algorithm in ("rtn", "gptq"):
        groups = numbers(tensors["g_idx"]) if "g_idx" in tensors else None
        same(tensors.pop("wq"), values(tensors, "codes", "scales", "zeros", groups))
    elif algorithm == "hqq":
        same(tensors.pop("wq"), spread(tensors, "codes", "scale", "zero"))
    elif algorithm == "spqr":
        # Values follow from codes but where there are outliers; some rows show that.
        dtype, (_, columns), data = tensors["wq"]
        tensors["wq"] = dtype, [ROWS, columns], data[: ROWS * columns * safetensors.width(dtype)]
    elif algorithm in ("wanda", "magnitude"):
        mask = numbers(tensors["mask"])
        same(tensors.pop("w"), [0.0 if gone else w for w, gone in zip(weight, mask)])
    elif algorithm == "awq_clip":
        same(tensors.pop("weight_clipped"), clipped(weight, tensors["clip_max"]))
        encode(tensors, "weight_quant", "codes", "qscale", "qzero")
        encode(tensors, "weight_quant_noclip", "codes_noclip", "qscale_noclip", "qzero_noclip")
    elif algorithm == "awq":
        for name in [n[len("weight_quant_") :] for n in tensors if n.startswith("weight_quant_")]:
            encode(tensors, *(f"{part}_{name}" for part in ("weight_quant", "codes", "qscale", "qzero")))


def values(tensors, codes, scales, zeros, groups=None):
    """(code - zero) * scale in float32; groups of equal length unless each column has its own."""
    rows, columns = tensors[codes][1]
    count = tensors[scales][1][1]
    groups = groups or [column * count // columns for column in range(columns)]
    q, s, z = (numbers(tensors[name]) for name in (codes, scales, zeros))
    found = []
    for row in range(rows):
        for column in range(columns):
            at = row * count + groups[column]
            found.append(float32((q[row * columns + column] - z[at]) * s[at]))
    return found


def spread(tensors, codes, scales, zeros):
    """The same with scales and zeros that are spread along the axis that they have one of."""
    rows, columns = tensors[codes][1]
    high, wide = tensors[scales][1]
    q, s, z = (numbers(tensors[name]) for name in (codes, scales, zeros))
    found = []
    for row in range(rows):
        for column in range(columns):
            at = min(row, high - 1) * wide + min(column, wide - 1)
            found.append(float32(float32(q[row * columns + column] - z[at]) * s[at]))
    return found


def encode(tensors, weight, codes, scales, zeros):
    """Puts codes in place of the weights that they give."""
    dtype, shape, _ = original = tensors.pop(weight)
    rows, columns = shape
    count = tensors[scales][1][1]
    w, s, z = (numbers(each) for each in (original, tensors[scales], tensors[zeros]))
    q = []
    for i, value in enumerate(w):
        at = i // columns * count + i % columns * count // columns
        q.append(int(round(value / s[at] + z[at])))
    tensors[codes] = tensor("U8", shape, q)
    same(original, values(tensors, codes, scales, zeros))


def clipped(weight, bounds):
    rows, count = bounds[1]
    columns = 128
    limit = numbers(bounds)
    found = []
    for i in range(rows * columns):
        most = limit[i // columns * count + i % columns * count // columns]
        found.append(max(-most, min(most, weight[i])))
    return found


def same(original, found):
    # -0 and 0 are the same value.
    wanted = numbers(original)
    off = sum(a != b for a, b in zip(wanted, found, strict=True))
    if off:
        raise SystemExit(f"{off} of {len(wanted)} values do not follow from the other tensors")
