"""Loads adapters that Assay trained by PEFT, and holds them to the models that have taken them up.

usage: load_adapter.py BASE ADAPTER MERGED [BASE ADAPTER MERGED ...]

Of each three: a model, the adapter that was trained beside it, and the artifact of the same recipe, whose weights have
it folded in, all in float32. PEFT's merged weights and its logits with the adapter beside are those of the artifact.
Prints one line for each; ends with 1 if one of them does not load, an adapted tensor is missing, weights differ by
more than 1e-6 or logits by more than 1e-4, with 2 for usage.
"""

import sys
import warnings

import torch
from peft import PeftModel
from safetensors import safe_open
from transformers import AutoModelForCausalLM, logging

WEIGHTS = 1e-6
LOGITS = 1e-4


def load(path):
    return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()


def check(base, adapter, merged):
    expected = load(merged)
    model = PeftModel.from_pretrained(load(base), adapter).eval()
    with safe_open(adapter + "/adapter_model.safetensors", "pt") as file:
        written = {name: file.get_tensor(name) for name in file.keys()}
    own = {name.replace(".default.", "."): value for name, value in model.state_dict().items() if ".lora_" in name}
    if own.keys() != written.keys():
        raise ValueError(f"found {len(own)} tensors of the adapter in PEFT, expected {len(written)}")
    for name, value in written.items():
        if not torch.equal(own[name], value):
            raise ValueError(f"{name} is not what was written")
    ids = torch.randint(0, expected.config.vocab_size, (2, 24), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        plain = load(base)(ids).logits
        wanted = expected(ids).logits
        beside = (model(ids).logits - wanted).abs().max().item()
    theirs = model.merge_and_unload().state_dict()
    weights = max((theirs[name] - value).abs().max().item() for name, value in expected.state_dict().items())
    changed = (plain - wanted).abs().max().item()
    return weights, beside, (
        f"{len(written)} tensors; merged weights differ by {weights:.3g}, logits beside by {beside:.3g},"
        f" of {changed:.3g} that the adapter changes"
    )


def main(arguments):
    if not arguments or len(arguments) % 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    warnings.filterwarnings("ignore")
    logging.set_verbosity_error()
    failed = False
    for at in range(0, len(arguments), 3):
        base, adapter, merged = arguments[at : at + 3]
        try:
            weights, logits, text = check(base, adapter, merged)
        except Exception as problem:
            weights, logits = float("inf"), float("inf")
            text = f"{type(problem).__name__}: {str(problem).splitlines()[0][:160]}"
        # Turned round, it would let NaN pass.
        failed = failed or not (weights <= WEIGHTS and logits <= LOGITS)
        print(f"{adapter}: {text}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
