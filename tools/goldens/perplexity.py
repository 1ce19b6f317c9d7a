"""The room perplexity: one text under several protocols."""

import json
import shutil
from pathlib import Path

import index
import safetensors

# A frequent slip, and what only the slip's weights need.
NOT_COMPUTED = ("sum_nll_over_all_tokens_ppl", "hf_doc_weight")


def make(source, room):
    source = Path(source, "perplexity")
    described = json.loads((source / "perplexity.json").read_text())
    file = "perplexity.safetensors"
    shutil.copyfile(source / file, room / file)
    tensors = safetensors.read(source / file)
    cases = {}
    for name, each in described["cases"].items():
        losses = f"nll_windows_{name}"
        case = {
            "algorithm": "perplexity",
            "file": file,
            "params": {"length": int(name[1:]), "tokens": described["tokens"]},
            "inputs": {"model": described["model"], "input_ids": f"{file}#input_ids"},
            "scalars": dict(flat("", each["float64"])),
            "tolerance": described["tolerance"],
        }
        cases[name] = index.case(case, {losses: tensors[losses]})
        cases[name]["source"] = "transformers 5.18.0; sums in float64"
    index.write(room, cases)


def flat(prefix, figures):
    """Nested figures by their path, such as strided.ppl."""
    for key, value in figures.items():
        if isinstance(value, dict):
            yield from flat(f"{prefix}{key}.", value)
        elif key not in NOT_COMPUTED:
            yield prefix + key, value
