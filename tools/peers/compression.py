"""Compresses a LLaMA layer by layer in plain PyTorch and says how long that took, to hold Assay's times against.

usage: compression.py MODEL IDS [--method gptq|sparsegpt] [--length N] [--samples N] [--bits N] [--group-size N]
                      [--sparsity SHARE] [--damping SHARE] [--block N] [--threads N]

MODEL is a directory in Hugging Face's layout, IDS the calibration's token ids as 64-bit little-endian numbers, sequence
after sequence: `calibration-ids.bin` beside an artifact in Assay's cache. The arithmetic is that of the papers (GPTQ,
arXiv 2210.17323; SparseGPT, arXiv 2301.00774): running mean of 2 X Xt over sequences, damping by a share of the mean
diagonal, the upper Cholesky factor of the inverse, columns one after another in blocks. Loading the model and running
the embedding is not counted, propagation through compressed layers is. Prints one line: method, seconds, and the
seconds of gathering, solving and propagating.
"""

import argparse
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

# Those that read the same input are gathered once, as Assay does.
GROUPS = (
    ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    ("self_attn.o_proj",),
    ("mlp.gate_proj", "mlp.up_proj"),
    ("mlp.down_proj",),
)


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
    ids = torch.frombuffer(bytearray(options.ids.read_bytes()), dtype=torch.int64)
    samples = ids.reshape(-1, options.length)[: options.samples]
    hidden = [model.model.embed_tokens(sample[None]) for sample in samples]
    spent = {"gathering": 0.0, "solving": 0.0, "propagating": 0.0}
    begin = time.perf_counter()
    for layer in model.model.layers:
        compress(model, layer, hidden, options, spent)
    total = time.perf_counter() - begin
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
    print(f"{options.method}: {total:.1f} s ({len(samples)} x {options.length} tokens; {parts})")


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("model", type=Path)
    p.add_argument("ids", type=Path)
    p.add_argument("--method", choices=("gptq", "sparsegpt"), default="gptq")
    p.add_argument("--length", type=int, default=512)
    p.add_argument("--samples", type=int, default=64)
    p.add_argument("--bits", type=int, default=4)
    p.add_argument("--group-size", type=int, default=128)
    p.add_argument("--sparsity", type=float, default=0.5)
    p.add_argument("--damping", type=float, default=0.01)
    p.add_argument("--block", type=int, default=128)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def compress(model, layer, hidden, options, spent):
    start = time.perf_counter()
    hessians = gather(model, layer, hidden)
    solved = time.perf_counter()
    for group in GROUPS:
        factor = inverse_factor(hessians[group[0]], options.damping)
        for name in group:
            linear = layer.get_submodule(name)
            solve = quantize if options.method == "gptq" else prune
            linear.weight.data = solve(linear.weight.data.clone(), factor, options)
    propagated = time.perf_counter()
    for i, x in enumerate(hidden):
        hidden[i] = run(model, layer, x)
    end = time.perf_counter()
    spent["gathering"] += solved - start
    spent["solving"] += propagated - solved
    spent["propagating"] += end - propagated


def run(model, layer, x):
    positions = torch.arange(x.shape[1])[None]
    output = layer(x, position_embeddings=model.model.rotary_emb(x, positions), attention_mask=None)
    return output[0] if isinstance(output, tuple) else output


def gather(model, layer, hidden):
    """The running mean of 2 X Xt of each group's input."""
    hessians, seen, hooks = {}, {}, []
    for group in GROUPS:
        name, width = group[0], layer.get_submodule(group[0]).in_features
        hessians[name], seen[name] = torch.zeros(width, width), 0

        def hook(_, inputs, name=name):
            rows = inputs[0].reshape(-1, inputs[0].shape[-1])
            count = seen[name] + 1
            scaled = rows * (2 / count) ** 0.5
            hessians[name].mul_(seen[name] / count).addmm_(scaled.T, scaled)
            seen[name] = count

        hooks.append(layer.get_submodule(name).register_forward_pre_hook(hook))
    for x in hidden:
        run(model, layer, x)
    for hook in hooks:
        hook.remove()
    return hessians


def inverse_factor(hessian, damping):
    diagonal = hessian.diagonal()
    diagonal[diagonal == 0] = 1
    diagonal += damping * diagonal.mean()
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(hessian))
    return torch.linalg.cholesky(inverse, upper=True)


def quantize(w, factor, options):
    """Column by column onto an asymmetric grid, a new one for each group."""
    top = 2**options.bits - 1
    result = torch.zeros_like(w)
    for first in range(0, w.shape[1], options.block):
        last = min(first + options.block, w.shape[1])
        block, errors = w[:, first:last].clone(), torch.zeros(w.shape[0], last - first)
        u = factor[first:last, first:last]
        for i in range(last - first):
            if (first + i) % options.group_size == 0:
                # The columns of this block have the block's own updates, later ones those of blocks before.
                group = torch.cat((block[:, i:], w[:, last:]), 1)[:, : options.group_size]
                low, high = group.amin(1).clamp(max=0), group.amax(1).clamp(min=0)
                scale = ((high - low) / top).clamp(min=1e-12)
                zero = torch.round(-low / scale)
            column = block[:, i]
            code = torch.clamp(torch.round(column / scale) + zero, 0, top)
            result[:, first + i] = scale * (code - zero)
            error = (column - result[:, first + i]) / u[i, i]
            block[:, i:] -= error[:, None] * u[i, i:]
            errors[:, i] = error
        w[:, last:] -= errors @ factor[first:last, last:]
    return result


def prune(w, factor, options):
    """Column by column, a mask for each block: the least w² / u²."""
    for first in range(0, w.shape[1], options.block):
        last = min(first + options.block, w.shape[1])
        block, errors = w[:, first:last].clone(), torch.zeros(w.shape[0], last - first)
        u = factor[first:last, first:last]
        scores = block**2 / u.diagonal() ** 2
        threshold = scores.flatten().kthvalue(int(scores.numel() * options.sparsity)).values
        mask = scores <= threshold
        for i in range(last - first):
            kept = torch.where(mask[:, i], 0, block[:, i])
            error = (block[:, i] - kept) / u[i, i]
            block[:, i:] -= error[:, None] * u[i, i:]
            block[:, i] = kept
            errors[:, i] = error
        w[:, first:last] = block
        w[:, last:] -= errors @ factor[first:last, last:]
    return w


if __name__ == "__main__":
    main()
