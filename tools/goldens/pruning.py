"""The room pruning: further patterns N:M on single weights, budgets, layers, and pruning of whole models."""

import json
import shutil
from pathlib import Path

import index
import safetensors

METHODS = ("magnitude", "wanda", "sparsegpt")
WHOLE = (
    "owl",
    "global_magnitude",
    "depth_pruning",
    "flap",
    "wanda_sp",
    "magnitude_sp",
    "llm_pruner",
    "least_squares_recovery",
    "slicegpt",
    "movement_pruning",
    "iterative_magnitude",
)

# The only model that no other room has.
MODEL = "llama6"

# Where the room algorithms keeps the ids that all its cases are calibrated on.
IDS = ("../algorithms/e2e_rtn_w4_g32_asym.safetensors#", "../algorithms/inputs.safetensors#")


def make(source, room):
    index.copy(Path(source, "pruning"), room, wanted, "inputs_models.safetensors")
    shutil.copytree(Path(source, "pruning/models", MODEL), Path(room, "models", MODEL), copy_function=shutil.copyfile)
    described = json.loads(Path(room, "index.json").read_text())
    for case in described["cases"].values():
        for key, reference in case["inputs"].items():
            reference = reference.replace("../families/" + MODEL, "models/" + MODEL)
            reference = reference.replace(*IDS)
            # Of the room lowrank, whose cases use all of them.
            case["inputs"][key] = reference.replace("inputs_lowrank", "../lowrank/inputs_lowrank")
    depth(room, described["cases"]["depth_influence"])
    index.write(room, described["cases"])


def depth(room, case):
    """Without what PruneMe counts, which leaves the embedding out and takes the last state behind the final norm."""
    file = Path(room, case["file"])
    tensors = safetensors.read(file)
    del tensors["angular_pruneme"], case["tensors"]["angular_pruneme"]
    safetensors.write(file, tensors)
    for starts in case["scalars"]["best_start"].values():
        del starts["pruneme_1_based_block_start"]


def wanted(name, case):
    """Patterns, RIA, budgets, whole models, narrower and shallower ones."""
    return case["algorithm"] in WHOLE or case["algorithm"] == "ria" or (
        case["algorithm"] in METHODS and ("_prune" in name or name.startswith("e2e_"))
    )
