"""The room conditional: models of which a token goes through a part."""

import json
from pathlib import Path

import index

# A model of the room pruning.
MODEL = "llama6"


def make(source, room):
    index.copy(Path(source, "pruning"), room, wanted, "inputs_models.safetensors")
    described = json.loads(Path(room, "index.json").read_text())
    for case in described["cases"].values():
        for key, reference in case["inputs"].items():
            case["inputs"][key] = reference.replace("../families/" + MODEL, "../pruning/models/" + MODEL)
    index.write(room, described["cases"])


def wanted(name, case):
    return case["algorithm"].startswith("expert_") or name == "early_exit"
