"""Loads checkpoints whose vocabulary was trimmed by transformers, and holds them to those that they were made from.

usage: load_trimmed.py MODEL TRIMMED [MODEL TRIMMED ...]

Of each pair: some texts decode to themselves and have ids below vocab_size, and logits of the tokens that stay are
those of the model for the same tokens, in float32. Prints one line a pair; ends with 1 if one of them does not load,
a text does not come back, or logits differ by more than 1e-4, with 2 for usage.
"""

import sys
import warnings

import torch
from checks import pairs
from transformers import AutoModelForCausalLM, AutoTokenizer, logging

LIMIT = 1e-4
TEXTS = [
    "The committee met on Tuesday, and nobody spoke.",
    "It's naïve: 牛 costs 12.50 in Straße 7, привет!",
    "  two  blanks\n\nand\ttabs",
]


def load(path):
    model, info = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, output_loading_info=True)
    missing = sorted(info["missing_keys"])
    if missing:
        raise ValueError(f"{len(missing)} tensors are missing, such as {missing[0]}")
    return model.eval(), AutoTokenizer.from_pretrained(path)


def check(whole, trimmed):
    model, tokenizer = load(whole)
    small, others = load(trimmed)
    # New ids are given in the old order, so that a token's text says which it was.
    old = tokenizer.get_vocab()
    kept = [0] * small.config.vocab_size
    for token, number in others.get_vocab().items():
        kept[number] = old[token]
    kept = torch.tensor(kept)
    greatest = 0.0
    for text in TEXTS:
        ids = others(text, add_special_tokens=False, return_tensors="pt").input_ids
        if ids.max() >= small.config.vocab_size:
            raise ValueError(f"found id {ids.max()}, expected ids below {small.config.vocab_size}")
        before = tokenizer.decode(tokenizer(text, add_special_tokens=False).input_ids)
        after = others.decode(ids[0])
        if before != after:
            raise ValueError(f"found {after!r}, expected {before!r}")
        with torch.no_grad():
            expected = model(kept[ids]).logits.float()[..., kept]
            found = small(ids).logits.float()
        greatest = max(greatest, (expected - found).abs().max().item())
    return greatest, f"{len(old)} tokens, {len(kept)} left: greatest difference {greatest:.3g} of logits"


def main(arguments):
    given = pairs(arguments)
    if given is None:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    warnings.filterwarnings("ignore")
    logging.set_verbosity_error()
    failed = False
    for whole, trimmed in given:
        try:
            difference, text = check(whole, trimmed)
        except Exception as problem:
            difference, text = float("inf"), f"{type(problem).__name__}: {str(problem).splitlines()[0][:160]}"
        # Turned round, it would let NaN pass.
        failed = failed or not difference <= LIMIT
        print(f"{trimmed}: {text}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
