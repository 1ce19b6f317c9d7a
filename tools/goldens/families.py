"""The room families: tiny models of each architecture with the outputs of its reference code."""

import json
import shutil
from pathlib import Path

import index
import safetensors

KINDS = {"t5": "encoder_decoder", "bert": "encoder"}


def make(source, room):
    source = Path(source, "models")
    described = json.loads((source / "index.json").read_text())
    cases = {}
    for name, each in described.items():
        (room / name).mkdir()
        for file in each["files"]:
            # What golden.json says of the tensors stands in the index.
            if file != "golden.json":
                shutil.copyfile(source / name / file, room / name / file)
        tensors = safetensors.read(room / name / "golden.safetensors")
        facts = {
            "algorithm": KINDS.get(each["model_type"], "causal"),
            "file": f"{name}/golden.safetensors",
            "params": {k: each[k] for k in ("architecture", "model_type", "weights_dtype", "about")},
            "inputs": {"model": name},
            "tolerance": {"max_abs": each["tolerance_max_abs"]},
        }
        cases[name] = index.case(facts, tensors)
        cases[name]["source"] = "transformers 5.18.0, eager attention, float32"
    index.write(room, cases)
