"""The room transforms: AWQ and GPTQ through whole models of several families."""

import json
import shutil
from pathlib import Path

import index
import safetensors

KEPT = ("awq", "gptq")


def make(source, room):
    source = Path(source, "transforms")
    described = json.loads((source / "index.json").read_text())
    shutil.copyfile(source / "inputs.safetensors", room / "inputs.safetensors")
    cases = {}
    for name, each in described["cases"].items():
        if each["algorithm"] in KEPT:
            shutil.copyfile(source / each["file"], room / each["file"])
            cases[name] = index.case(each, safetensors.read(source / each["file"]))
    index.write(room, cases)
