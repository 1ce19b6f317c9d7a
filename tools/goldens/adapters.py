"""The room adapters: LoRA adapters as PEFT saves them, and the models that they are for."""

import json
import shutil
from pathlib import Path

import index
import safetensors

# Without the adapter, models with rotary positions were run with frequencies that were rounded to float16.
BASE = "logits_base_last"
WITHOUT_ROTATION = ("gpt2",)

TOLD = ("family", "tool", "params", "source", "scalars")


def make(source, room):
    source = Path(source, "artifacts")
    described = json.loads((source / "index.json").read_text())["cases"]
    cases = {}
    for each in described:
        if each["algorithm"] != "peft":
            continue
        name = Path(each["folder"]).name
        base = Path(each["base"]).name
        for folder in (each["folder"], each["base"]):
            target = room / Path(folder).name
            target.mkdir(exist_ok=True)
            for file in (source / folder).iterdir():
                if file.name != "golden.safetensors":
                    shutil.copyfile(file, target / file.name)
        tensors = safetensors.read(source / each["file"])
        if each["family"] not in WITHOUT_ROTATION:
            del tensors[BASE]
        golden = name + "/golden.safetensors"
        safetensors.write(room / golden, tensors)
        facts = {key: each[key] for key in TOLD if key in each}
        cases[name] = index.case(
            {**facts, "tensors": each["tensors"], "tolerance": each["tolerance"]},
            tensors,
            algorithm="lora",
            file=golden,
            inputs={"base": base, "adapter": name},
        )
    index.write(room, cases)
