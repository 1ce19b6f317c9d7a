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
        found = logits(model, ids).float()
        off = ((found - expected).norm() / expected.norm()).item()

        # The same token by token, through a cache that the archive makes.
        caches = model.new_caches(2, 48, torch.empty(0, dtype=next_dtype(model)))
        steps = [model.next_logits(ids[:, :16], 0, caches)]
        steps += [model.next_logits(ids[:, at : at + 1], at, caches) for at in range(16, 48)]
        stepwise = ((torch.cat(steps, 1).float() - found).norm() / found.norm()).item()

        # A rounding to bfloat16 is 0.4 %; a model of 16 bits is off by some of those.
        limit = 1e-5 if next_dtype(model) == torch.float32 else 3e-2
        good = off <= limit and stepwise <= limit
        faults += not good
        print(f"{archive}: off by {off:.1e}, token by token {stepwise:.1e}, {'ok' if good else 'FAILED'}")
    return 1 if faults else 0


def next_dtype(model):
    return model.model.embedding.weight.dtype if hasattr(model.model.embedding, "weight") else torch.float32


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
