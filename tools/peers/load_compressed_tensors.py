"""Loads exported checkpoints with the tools of their own format and compares the logits with those of the
same model written densely.

usage: load_compressed_tensors.py DENSE PACKED [DENSE PACKED ...]

Prints one line a pair: the greatest difference of the logits in float32, or why the tool does not load it.
Ends with 1 if one of them does not load or differs by more than 1e-2, with 2 for usage.
"""

import sys
import warnings

import torch
from checks import pairs
from transformers import AutoModelForCausalLM, logging

LIMIT = 1e-2


def logits(path):
    model, info = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, output_loading_info=True)
    missing = sorted(info["missing_keys"])
    if missing:
        raise ValueError(f"{len(missing)} tensors are missing, such as {missing[0]}")
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(3, min(100, model.config.vocab_size), (1, 24), generator=generator)
    with torch.no_grad():
        return model.eval()(ids).logits.float()


def compare(dense, packed):
    try:
        expected = logits(dense)
        found = logits(packed)
    except Exception as problem:
        return None, f"{type(problem).__name__}: {str(problem).splitlines()[0][:160]}"
    difference = (expected - found).abs().max().item()
    return difference, f"greatest difference {difference:.3g} of logits with deviation {expected.std():.3g}"


def main(arguments):
    given = pairs(arguments)
    if given is None:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    warnings.filterwarnings("ignore")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    failed = False
    for dense, packed in given:
        difference, line = compare(dense, packed)
        # Turned round, it would let NaN pass.
        failed |= difference is None or not difference <= LIMIT
        print(f"{packed}: {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
