"""The room sparse: how weights are stored of which only what is not 0 is kept."""

from pathlib import Path

import index
import safetensors

METHODS = ("cutlass_24", "compressed_tensors_sparse", "csr")


def make(source, room):
    source = Path(source, "pruning")
    cases = {}
    for name, each in index.cases(source).items():
        if each["algorithm"] in METHODS:
            tensors = safetensors.read(source / each["file"])
            safetensors.write(Path(room, each["file"]), tensors)
            cases[name] = index.case(each, tensors)
            # Of the published decoder, which Assay has none of; that of the own codec is always held to be exact.
            cases[name].pop("scalars", None)
    index.write(room, cases)
