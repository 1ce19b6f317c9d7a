"""The room transforms: methods through whole models of several families."""

import json
from pathlib import Path

import index
import safetensors

WHOLE = ("awq", "bnb4", "gptq", "hqq", "llm_int8", "spqr")
# Activations on one grid for the tokens of a call, and outputs of q, k and v rounded: no scheme here.
OTHER_SCHEMES = ("tensor_tensor", "_bmm")
# A norm that feeds a router and its experts is not folded.
ROUTED = "mixtral"


def make(source, room):
    source = Path(source, "transforms")
    index.copy(source, room, lambda name, case: wanted(case), "inputs.safetensors")
    described = json.loads((room / "index.json").read_text())
    for case in described["cases"].values():
        if case["algorithm"] == "smoothquant":
            smoothing(room, case)
        elif case["algorithm"] == "outlier_stress":
            stress(room, case)
        elif case["algorithm"] == "llm_int8":
            # How many features a call leaves is nothing that a model tells.
            tensors = safetensors.read(room / case["file"])
            del tensors["outlier_columns"], case["tensors"]["outlier_columns"]
            safetensors.write(room / case["file"], tensors)
    index.write(room, described["cases"])


def wanted(case):
    algorithm = case["algorithm"]
    smooth = algorithm == "smoothquant" and case["params"]["model"] != ROUTED
    smooth = smooth or algorithm == "outlier_stress"
    return smooth or algorithm in WHOLE


def smoothing(room, case):
    tensors = safetensors.read(room / case["file"])
    # The scales follow from these, and are compared.
    del tensors["act_absmax"]
    tensors = {name: each for name, each in tensors.items() if not other(name)}
    safetensors.write(room / case["file"], tensors)
    case["tensors"] = {name: each for name, each in case["tensors"].items() if name in tensors}
    case["scalars"] = {name: each for name, each in case["scalars"].items() if not other(name)}
    idle = {"act_absmax_rel"}
    if not case["params"]["quantised_linears"]:
        idle |= {"quantised_logits_rms", "quantised_logits_abs"}
    case["tolerance"] = {k: v for k, v in case["tolerance"].items() if k not in idle}


def stress(room, case):
    """Inputs of linears are not looked at; one scale for all tokens of a call is no scheme here."""
    case["params"]["ppl_window"] = 64
    tensors = safetensors.read(room / case["file"])
    seen = ("absmax_", "median_", "top_")
    tensors = {name: each for name, each in tensors.items() if not name.startswith(seen)}
    safetensors.write(room / case["file"], tensors)
    case["tensors"] = {name: each for name, each in case["tensors"].items() if name in tensors}
    case["scalars"] = {k: v for k, v in case["scalars"].items() if "per_tensor" not in k}
    idle = ("absmax_rel", "median_rel")
    case["tolerance"] = {k: v for k, v in case["tolerance"].items() if k not in idle}


def other(name):
    return any(part in name for part in OTHER_SCHEMES)
