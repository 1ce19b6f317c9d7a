"""The room transforms: AWQ and GPTQ through whole models of several families."""

from pathlib import Path

import index


def make(source, room):
    index.copy(
        Path(source, "transforms"),
        room,
        lambda name, case: case["algorithm"] in ("awq", "gptq"),
        "inputs.safetensors",
    )
