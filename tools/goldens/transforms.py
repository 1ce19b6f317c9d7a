"""The room transforms: methods through whole models of several families."""

import json
from pathlib import Path

import index
import safetensors

WHOLE = ("awq", "bnb4", "gptq", "hadamard", "hqq", "llm_int8", "mixed_precision", "quarot", "spqr")
# Of what is learned, what the checks compare; the others follow from these or are of the search's inside.
LEARNED = {
    "autoround": ("losses", "wq", "grad_v_step1"),
    "adaround": ("recon_losses", "round_losses", "codes", "alpha_initial_rows", "alpha_final"),
    "omniquant": ("losses", "up:", "low:", "grad_up_step1:", "grad_low_step1:", "weight:"),
}
# One step that is the best by a hair, and figures that follow from the losses or the codes.
LEARNED_INSIDE = (
    "best_step",
    "codes_changed_from_nearest",
    "h_not_binary_share",
    "first_epoch_mean_loss",
    "last_epoch_mean_loss",
)
# Activations on one grid for the tokens of a call, and outputs of q, k and v rounded: no scheme here.
OTHER_SCHEMES = ("tensor_tensor", "_bmm")
# A router is never rounded here.
ROUTED = "mixtral"


def make(source, room):
    source = Path(source, "transforms")
    index.copy(source, room, lambda name, case: wanted(case), "inputs.safetensors")
    described = json.loads((room / "index.json").read_text())
    for case in described["cases"].values():
        if case["algorithm"] == "smoothquant":
            smoothing(room, case)
        elif case["algorithm"] == "mixed_precision":
            case["params"]["ppl_window"] = 64
        elif case["algorithm"] == "outlier_stress":
            stress(room, case)
        elif case["algorithm"] == "llm_int8":
            # How many features a call leaves is nothing that a model tells.
            tensors = safetensors.read(room / case["file"])
            del tensors["outlier_columns"], case["tensors"]["outlier_columns"]
            safetensors.write(room / case["file"], tensors)
        elif case["algorithm"] == "hadamard":
            hadamard(room, case)
        elif case["algorithm"] == "quarot":
            rotation(room, case)
        elif case["algorithm"] in LEARNED:
            learned(room, case)
    index.write(room, described["cases"])


def wanted(case):
    algorithm = case["algorithm"]
    smooth = algorithm in ("smoothquant", "outlier_stress")
    return smooth or algorithm in WHOLE or algorithm in LEARNED


def smoothing(room, case):
    tensors = safetensors.read(room / case["file"])
    # The scales follow from these, and are compared.
    del tensors["act_absmax"]
    routed = case["params"]["model"] == ROUTED
    left = lambda name: not other(name) and not (routed and "w8a8" in name)
    tensors = {name: each for name, each in tensors.items() if left(name)}
    safetensors.write(room / case["file"], tensors)
    case["tensors"] = {name: each for name, each in case["tensors"].items() if name in tensors}
    case["scalars"] = {name: each for name, each in case["scalars"].items() if left(name)}
    idle = {"act_absmax_rel"}
    if routed or not case["params"]["quantised_linears"]:
        idle |= {"quantised_logits_rms", "quantised_logits_abs"}
    case["tolerance"] = {k: v for k, v in case["tolerance"].items() if k not in idle}


def stress(room, case):
    """One scale for all tokens of a call is no scheme here."""
    case["params"]["ppl_window"] = 64
    case["scalars"] = {k: v for k, v in case["scalars"].items() if "per_tensor" not in k}


def hadamard(room, case):
    """The engine has the tables itself, and a product with random rows shows every sign of theirs."""
    trim(room, case, lambda name: not name.startswith("base_"))
    del case["inputs"]


def rotation(room, case):
    """Sums are compared of every weight, so that few of them need be there."""
    del case["inputs"]["base_tables"]
    ample = ("rotated:self_attn.k_proj", "rotated:mlp.gate_proj", "rotated:mlp.up_proj")
    trim(room, case, lambda name: name not in ample)
    flat = {}
    for name, each in case["tolerance"].items():
        if isinstance(each, dict):
            flat.update({name + "_" + which: limit for which, limit in each.items()})
        else:
            flat[name] = each
    if not case["params"].get("gptq"):
        flat.pop("gptq_weights_equal_fraction_min", None)
    case["tolerance"] = flat


def trim(room, case, wanted):
    tensors = safetensors.read(room / case["file"])
    tensors = {name: each for name, each in tensors.items() if wanted(name)}
    safetensors.write(room / case["file"], tensors)
    case["tensors"] = {name: each for name, each in case["tensors"].items() if name in tensors}


def learned(room, case):
    kept = LEARNED[case["algorithm"]]
    tensors = safetensors.read(room / case["file"])
    tensors = {
        name: each
        for name, each in tensors.items()
        if name in kept or name.startswith(tuple(k for k in kept if k.endswith(":")))
    }
    safetensors.write(room / case["file"], tensors)
    case["tensors"] = {name: each for name, each in case["tensors"].items() if name in tensors}
    case["scalars"] = {k: v for k, v in case["scalars"].items() if k not in LEARNED_INSIDE}


def other(name):
    return any(part in name for part in OTHER_SCHEMES)
