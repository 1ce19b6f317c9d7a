"""The index of a room: what every room's cases have in common."""

import json
from pathlib import Path

import safetensors


def write(room, cases, **more):
    """Writes index.json with the number of its cases in front."""
    index = {"count": len(cases), **more, "cases": cases}
    text = json.dumps(index, indent=1, ensure_ascii=False)
    Path(room, "index.json").write_text(text + "\n", encoding="utf-8", newline="\n")


ROOMS = (
    ("models/", "families/"),
    ("perplexity/", "perplexity/"),
    ("algorithms/", "algorithms/"),
)


def cases(source):
    """Those of a source's index, by name."""
    return json.loads((source / "index.json").read_text())["cases"]


def beside(reference):
    """A reference to another room, as seen from this one."""
    for room, name in ROOMS:
        if reference.startswith(room):
            return "../" + name + reference[len(room) :]
    return reference


def meaning(facts):
    return {"meaning": facts["meaning"]} if "meaning" in facts else {}


def case(source, tensors, **changes):
    """A case of a source's index, with the tensors that are left and what else changes."""
    kept = {key: value for key, value in source.items() if key not in ("name", "measured")}
    kept["inputs"] = {key: beside(value) for key, value in source.get("inputs", {}).items()}
    said = source.get("tensors", {})
    kept["tensors"] = {
        name: {"shape": shape, "dtype": dtype, **meaning(said.get(name, {}))}
        for name, (dtype, shape, _) in tensors.items()
    }
    kept.update(changes)
    return kept


def copy(source, room, wanted, inputs):
    """Copies cases of a source as they are, and of its file of inputs what they name."""
    described = json.loads((source / "index.json").read_text())
    cases, used = {}, set()
    for name, each in described["cases"].items():
        if wanted(name, each):
            tensors = safetensors.read(source / each["file"])
            safetensors.write(Path(room, each["file"]), tensors)
            cases[name] = case(each, tensors)
            for reference in cases[name]["inputs"].values():
                file, _, tensor = reference.partition("#")
                used.update([tensor] if file == inputs else [])
    kept = {k: v for k, v in safetensors.read(source / inputs).items() if k in used}
    safetensors.write(Path(room, inputs), kept)
    write(room, cases)


def split(source, files, room):
    """Cases of an index in one list, whose files hold inputs, `in.<name>`, and tensors of all their cases.

    Each case gets a file of its own with its tensors, each file one with the inputs that some case names.
    """
    cases = {}
    for file in files:
        tensors = safetensors.read(source / file)
        used = {}
        for each in json.loads((source / "index.json").read_text())["cases"]:
            if each["file"] != file:
                continue
            name = each["name"]
            own = {key: tensors[facts["key"]] for key, facts in each["tensors"].items()}
            cases[name] = case(each, own)
            if own:
                cases[name]["file"] = name + ".safetensors"
                safetensors.write(Path(room, name + ".safetensors"), own)
            else:
                del cases[name]["file"]
            for key, reference in cases[name]["inputs"].items():
                origin, _, tensor = reference.partition("#")
                used[tensor] = tensors[tensor]
                cases[name]["inputs"][key] = "inputs_" + origin + "#" + tensor
        safetensors.write(Path(room, "inputs_" + file), used)
    return cases
