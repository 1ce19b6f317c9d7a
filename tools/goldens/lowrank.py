"""The room lowrank: weights and whole models as products of two smaller linears, or with one beside what is rounded."""

import json
import re
import shutil
from pathlib import Path

import index

METHODS = ("rank_formula", "svd", "asvd", "asvd_search", "fwsvd", "svdllm", "svdllm_update", "lqer", "l2qer", "eora", "loftq")

# A weight as it was rounded.
ROUNDED = "inputs_correction.safetensors"


def make(source, room):
    index.copy(Path(source, "pruning"), room, wanted, "inputs_lowrank.safetensors")
    shutil.copyfile(Path(source, "pruning", ROUNDED), Path(room, ROUNDED))
    described = json.loads(Path(room, "index.json").read_text())
    for case in described["cases"].values():
        words(case)
    index.write(room, described["cases"])


def wanted(name, case):
    return case["algorithm"] in METHODS


# Where the room algorithms keeps the ids that its cases have in common.
IDS = ("../algorithms/e2e_rtn_w4_g32_asym.safetensors#", "../algorithms/inputs.safetensors#")


def words(case):
    """What the source says in words behind a reference becomes a parameter."""
    for key, reference in case["inputs"].items():
        case["inputs"][key] = reference.replace(*IDS)
        silent = re.search(r" with channel (\d+) set to 0$", reference)
        first = re.search(r" \(first (\d+) sequences\)$", reference)
        if silent:
            case["params"]["silent_channel"] = int(silent[1])
        if first:
            case["params"]["sequences"] = int(first[1])
        for found in (silent, first):
            if found:
                case["inputs"][key] = reference[: found.start()]
