"""The room pruning: further patterns N:M on single weights, and pruning of whole models."""

from pathlib import Path

import index

METHODS = ("magnitude", "wanda", "sparsegpt")


def make(source, room):
    index.copy(Path(source, "pruning"), room, wanted, "inputs_models.safetensors")


def wanted(name, case):
    """Patterns and whole models; structured and global pruning are other methods."""
    return case["algorithm"] in METHODS and ("_prune" in name or name.startswith("e2e_"))
