"""The room pruning: further patterns N:M on single weights, budgets, and pruning of whole models."""

import json
import shutil
from pathlib import Path

import index

METHODS = ("magnitude", "wanda", "sparsegpt")
BUDGETS = ("owl", "global_magnitude")

# The only model that no other room has.
MODEL = "llama6"


def make(source, room):
    index.copy(Path(source, "pruning"), room, wanted, "inputs_models.safetensors")
    shutil.copytree(Path(source, "pruning/models", MODEL), Path(room, "models", MODEL), copy_function=shutil.copyfile)
    described = json.loads(Path(room, "index.json").read_text())
    for case in described["cases"].values():
        for key, reference in case["inputs"].items():
            case["inputs"][key] = reference.replace("../families/" + MODEL, "models/" + MODEL)
    index.write(room, described["cases"])


def wanted(name, case):
    """Patterns, budgets and whole models; structured pruning is another method."""
    return case["algorithm"] in BUDGETS or (
        case["algorithm"] in METHODS and ("_prune" in name or name.startswith("e2e_"))
    )
