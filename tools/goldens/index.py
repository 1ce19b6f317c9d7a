"""The index of a room: what every room's cases have in common."""

import json
from pathlib import Path


def write(room, cases, **more):
    """Writes index.json with the number of its cases in front."""
    index = {"count": len(cases), **more, "cases": cases}
    text = json.dumps(index, indent=1, ensure_ascii=False)
    Path(room, "index.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def beside(reference):
    """A reference to another room, as seen from this one."""
    for room, name in (("models/", "families/"), ("perplexity/", "perplexity/")):
        if reference.startswith(room):
            return "../" + name + reference[len(room) :]
    return reference


def case(source, tensors, **changes):
    """A case of a source's index, with the tensors that are left and what else changes."""
    kept = {key: value for key, value in source.items() if key not in ("name", "measured")}
    kept["inputs"] = {key: beside(value) for key, value in source.get("inputs", {}).items()}
    kept["tensors"] = {
        name: {"shape": shape, "dtype": dtype} for name, (dtype, shape, _) in tensors.items()
    }
    kept.update(changes)
    return kept
