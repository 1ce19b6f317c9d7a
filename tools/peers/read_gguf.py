"""Reads a GGUF file with the format's own package and holds it to the checkpoint that it came from.

usage: read_gguf.py CHECKPOINT FILE [CHECKPOINT FILE]...

CHECKPOINT is a dense directory in Hugging Face's layout, of llama, qwen2, phi3, gpt2 or gemma2. Names are mapped by the
package; where rows and columns go is written down here from llama.cpp's conversion.
Ends with 1 if a tensor is missing or moved by more than its type's rounding, with 2 for usage.
"""

import json
import sys
from pathlib import Path

import gguf
import ml_dtypes  # noqa: F401, makes bfloat16 known to numpy
import numpy
from checks import fault, pairs
from safetensors.numpy import load_file

CONV1D = ("c_attn.weight", "c_proj.weight", "c_fc.weight")


def interleaved(values, heads):
    """Row 2i + k of a head is row k d/2 + i of the checkpoint."""
    halves = values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:])
    return halves.swapaxes(1, 2).reshape(values.shape)


def expected(architecture, config, name, values):
    heads = config.get("num_attention_heads", 1)
    if architecture == "gpt2" and name.endswith(CONV1D):
        return values.T
    if architecture == "llama" and ".q_proj." in name:
        return interleaved(values, heads)
    if architecture == "llama" and ".k_proj." in name:
        return interleaved(values, config.get("num_key_value_heads", heads))
    if architecture == "gemma2" and name.endswith("norm.weight"):
        return values + 1
    return values


def check(checkpoint, file):
    reader = gguf.GGUFReader(file)
    config = json.loads((checkpoint / "config.json").read_text())
    architecture = reader.get_field("general.architecture").contents()
    layers = reader.get_field(f"{architecture}.block_count").contents()
    kind = next(k for k, v in gguf.MODEL_ARCH_NAMES.items() if v == architecture)
    names = gguf.get_tensor_name_map(kind, layers)
    written = {tensor.name: tensor for tensor in reader.tensors}
    faults = []
    worst = 0.0
    for path in sorted(checkpoint.glob("*.safetensors")):
        for name, tensor in load_file(path).items():
            mapped = names.get_name(name, try_suffixes=(".weight", ".bias"))
            if mapped not in written:
                faults.append(f"{name}: no {mapped} in the file")
                continue
            entry = written.pop(mapped)
            values = expected(architecture, config, name, tensor.astype(numpy.float32))
            found = gguf.quants.dequantize(entry.data, entry.tensor_type).reshape(
                tuple(int(n) for n in reversed(entry.shape))
            )
            if found.shape != values.shape:
                faults.append(f"{mapped}: found {found.shape}, expected {values.shape}")
                continue
            error = float(numpy.abs(found - values).max() / max(numpy.abs(values).max(), 1e-30))
            worst = max(worst, error)
            if wrong := fault(mapped, entry.tensor_type.name, error):
                faults.append(wrong)
    faults += [f"{name}: in the file alone" for name in written if not name.startswith("rope_")]
    tokens = reader.get_field("tokenizer.ggml.tokens")
    rows = next(t for t in reader.tensors if t.name == "token_embd.weight").shape[1]
    if tokens is not None and len(tokens.data) != rows:
        faults.append(f"found {len(tokens.data)} tokens, expected {rows}, the rows of token_embd")
    name = reader.get_field("general.name").contents()
    print(f"{file}: {architecture} '{name}', largest error {worst:.2e} of a tensor's greatest value")
    for line in faults:
        print(f"  {line}")
    return not faults


def main(arguments):
    given = pairs(arguments)
    if given is None:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    good = [check(Path(checkpoint), file) for checkpoint, file in given]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
