#!/usr/bin/env python3
"""Loads archives by torch.jit.load and holds their logits to those of a checkpoint in transformers."""

import sys

import torch
from transformers import AutoModelForCausalLM


def logits(model, ids):
    with torch.inference_mode():
        return model(ids)


def main(arguments):
    if not arguments or len(arguments) % 2:
        print("usage: load_torchscript.py ARCHIVE CHECKPOINT [ARCHIVE CHECKPOINT ...]", file=sys.stderr)
        return 2
    faults = 0
    for archive, checkpoint in zip(arguments[::2], arguments[1::2]):
        reference = AutoModelForCausalLM.from_pretrained(checkpoint, torch_dtype=torch.float32).eval()
        model = torch.jit.load(archive).eval()
        generator = torch.Generator().manual_seed(1)
        ids = torch.randint(reference.config.vocab_size, (2, 48), generator=generator)
        expected = logits(reference, ids).logits
        found = logits(model, ids)
        off = ((found.float() - expected).norm() / expected.norm()).item()

        # What it writes by itself, token by token through its caches.
        found_tokens = model.generate(ids, 16)
        with torch.inference_mode():
            kept = reference.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=16, min_new_tokens=16, do_sample=False
            )
        same = (found_tokens == kept).float().mean().item()

        # A rounding to bfloat16 is 0.4 %; a model of 16 bits is off by some of those.
        exact = found.dtype == torch.float32 and off <= 1e-5
        good = same == 1.0 if exact else off <= 3e-2
        faults += not good
        print(f"{archive}: off by {off:.1e}, {same:.0%} of the tokens, {'ok' if good else 'FAILED'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
