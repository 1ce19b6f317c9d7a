"""The room qat: fake quantizers with their gradients, runs through them, and a step of adapters beside NF4."""

from pathlib import Path

import index

FILES = ("qat.safetensors",)


def make(source, room):
    index.write(room, index.split(Path(source, "distillation"), FILES, room))
