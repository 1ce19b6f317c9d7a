"""The room pruning: magnitude, Wanda and SparseGPT in further patterns and on whole models."""

import json
import shutil
from pathlib import Path

import index
import safetensors

KEPT = ("magnitude", "wanda", "sparsegpt")


def make(source, room):
    source = Path(source, "pruning")
    described = json.loads((source / "index.json").read_text())
    file = "inputs_models.safetensors"
    shutil.copyfile(source / file, room / file)
    cases = {}
    for name, each in described["cases"].items():
        if each["algorithm"] in KEPT:
            shutil.copyfile(source / each["file"], room / each["file"])
            case = index.case(each, safetensors.read(source / each["file"]))
            inputs = case["inputs"]
            for key, value in inputs.items():
                if value.startswith("algorithms/"):
                    inputs[key] = "../" + value
            cases[name] = case
    index.write(room, cases)
