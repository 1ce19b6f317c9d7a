"""The room gguf: one model in three types, and rows rounded to blocks of all types.

In place of the dequantised tensors stands the sha256 of their float32 bytes, little endian, in the
order of the file.
"""

import hashlib
import json
import shutil
from pathlib import Path

import index
import safetensors


def make(source, room):
    source = Path(source, "gguf")
    described = json.loads((source / "index.json").read_text())
    logits = safetensors.read(source / "last_logits.safetensors")
    cases = {}
    for kind in ("F16", "Q8_0", "Q4_0"):
        each = described[kind]
        shutil.copyfile(source / each["file"], room / each["file"])
        values = safetensors.read(source / each["dequantised"])
        tensors = {
            name: {**facts, "sha256": float32_hash(values[name])}
            for name, facts in each["tensors"].items()
        }
        case = {
            "algorithm": "file",
            "file": "last_logits.safetensors",
            "params": {"type": kind, "metadata": each["metadata"], "tensors": tensors},
            "inputs": {
                "gguf": each["file"],
                "model": "models/llama",
                "ids": "models/llama/golden.safetensors#input_ids",
            },
            "scalars": {"size": each["size"], "data_offset": each["data_offset"]},
            "tolerance": {
                "values": "exact",
                "last_logits_abs": limit(described["last_logits"]["tolerance"]),
            },
        }
        cases[kind] = index.case(case, {kind: logits[kind]})
        cases[kind]["source"] = "gguf 0.19.0; logits: transformers 5.18.0 on the values of the file"
    safetensors.write(room / "last_logits.safetensors", logits)
    blocks = safetensors.read(source / "blocks.safetensors")
    safetensors.write(room / "blocks.safetensors", blocks)
    facts = {"algorithm": "blocks", "file": "blocks.safetensors", "tolerance": {"values": "exact"}}
    cases["blocks"] = index.case(facts, blocks)
    cases["blocks"]["source"] = "gguf 0.19.0"
    formats = Path(source.parent, "formats")
    described = json.loads((formats / "index.json").read_text())["cases"]["gguf_k_blocks"]
    blocks = safetensors.read(formats / "gguf_k_blocks.safetensors")
    safetensors.write(room / "k_blocks.safetensors", blocks)
    facts = {"algorithm": "blocks", "file": "k_blocks.safetensors", "tolerance": {"values": "exact"}}
    cases["k_blocks"] = index.case(facts, blocks)
    cases["k_blocks"]["source"] = described["source"]
    index.write(room, cases)


def limit(tolerance):
    return tolerance["max_abs"] if isinstance(tolerance, dict) else tolerance


def float32_hash(tensor):
    widened = safetensors.tensor("F32", tensor[1], safetensors.numbers(tensor))
    return hashlib.sha256(widened[2]).hexdigest()
