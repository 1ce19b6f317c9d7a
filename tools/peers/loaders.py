"""Loads what Assay writes with the loaders of each format and compares the logits with those of the same values
written densely, as Assay reads them.

usage: loaders.py DENSE ARTIFACT [DENSE ARTIFACT ...]

DENSE is what `assay export ARTIFACT --format safetensors` writes. An artifact is a directory (its quantization_config
says what loads it: GPTQModel, compressed-tensors or bitsandbytes through transformers) or a file of GGUF, which
llama.cpp and transformers load. Each loads in a process of its own, as some end theirs. Prints a table, a line for
each artifact and loader. Ends with 1 if one does not load or differs by more than its limit, with 2 for usage.
"""

import json
import subprocess
import sys
import warnings
from pathlib import Path

from checks import pairs

# Root mean square of the difference, as a share of the logits' deviation. llama.cpp rounds activations to
# 8 bits, so do the loaders of signed bytes, of BitNet, of FP8 in blocks, and where a configuration says so, which the
# dense values do not; GPTQModel and bitsandbytes compute in 16 bits, and so does what is loaded in them.
LIMITS = {"llama.cpp": 0.1, "gptqmodel": 0.02, "bitsandbytes": 0.02, "bitnet": 0.1, "fp8": 0.1, "inputs": 0.05, "blocks": 0.02}
LIMIT = 1e-3
TOKENS = 24
SECONDS = 300


def tokens(vocabulary):
    import torch

    generator = torch.Generator().manual_seed(1)
    return torch.randint(3, min(100, vocabulary), (1, TOKENS), generator=generator)


def run(model):
    import torch

    ids = tokens(model.config.get_text_config().vocab_size)
    with torch.no_grad():
        return model.eval()(ids).logits.float()[0]


def by_transformers(path):
    import torch
    import transformers

    config = json.loads((path / "config.json").read_text())
    kind = (config.get("architectures") or [""])[0]
    model = getattr(transformers, kind, None) or transformers.AutoModelForCausalLM
    # Blocks come out of compressed-tensors in bfloat16, whatever the model is in.
    dtype = torch.bfloat16 if in_blocks(config.get("quantization_config", {})) else torch.float32
    loaded, info = model.from_pretrained(path, dtype=dtype, output_loading_info=True)
    return run(complete(loaded, info))


def by_transformers_gguf(path):
    import torch
    from transformers import AutoModelForCausalLM

    return run(
        complete(
            *AutoModelForCausalLM.from_pretrained(
                path.parent, gguf_file=path.name, dtype=torch.float32, output_loading_info=True
            )
        )
    )


def in_blocks(quantization):
    groups = quantization.get("config_groups", {}).values()
    formats = [quantization.get("format", "")] + [group.get("format") or "" for group in groups]
    return any(name.startswith(("mx", "nvfp4")) for name in formats)


def rounds_inputs(quantization):
    groups = quantization.get("config_groups", {}).values()
    return quantization.get("load_in_8bit", False) or any(group.get("input_activations") for group in groups)


def complete(model, info):
    missing = sorted(key for key in info["missing_keys"] if "head" not in key)
    if missing:
        raise ValueError(f"{len(missing)} tensors are missing, such as {missing[0]}")
    return model


def by_gptqmodel(path):
    import torch
    from gptqmodel import BACKEND, GPTQModel

    method = json.loads((path / "config.json").read_text())["quantization_config"]["quant_method"]
    backend = {"gptq": "TORCH", "awq": "TORCH_AWQ"}[method]
    backend = getattr(BACKEND, backend, BACKEND.AUTO)
    model = GPTQModel.load(str(path), device="cpu", backend=backend, dtype=torch.float16)
    return run(model.model)


def by_llama_cpp(path):
    import gguf
    import llama_cpp
    import torch

    rows = next(t for t in gguf.GGUFReader(path).tensors if t.name == "token_embd.weight").shape[1]
    return torch.tensor(llama_cpp.logits(path, tokens(int(rows))[0].tolist()))


LOADERS = {
    "transformers": by_transformers,
    "compressed-tensors": by_transformers,
    "bitsandbytes": by_transformers,
    "fp8": by_transformers,
    "bitnet": by_transformers,
    "gptqmodel": by_gptqmodel,
    "llama.cpp": by_llama_cpp,
    "transformers gguf": by_transformers_gguf,
}


def loaders(artifact):
    """Names of what loads an artifact."""
    if artifact.suffix == ".gguf":
        return ["llama.cpp", "transformers gguf"]
    config = json.loads((artifact / "config.json").read_text())
    method = config.get("quantization_config", {}).get("quant_method", "")
    return ["gptqmodel"] if method in ("gptq", "awq") else [method or "transformers"]


def limit(artifact, name):
    """What the logits may differ by, as a share of their deviation."""
    if artifact.is_dir():
        quantization = json.loads((artifact / "config.json").read_text()).get("quantization_config", {})
        if rounds_inputs(quantization):
            return LIMITS["inputs"]
        if in_blocks(quantization):
            return LIMITS["blocks"]
    return LIMITS.get(name, LIMIT)


def compare(dense, artifact, name):
    """One loader; prints a line of JSON."""
    from transformers import logging

    warnings.filterwarnings("ignore")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    found = LOADERS[name](Path(artifact))
    expected = by_transformers(Path(dense))
    difference = found - expected
    print()
    print(
        json.dumps(
            {
                "greatest": difference.abs().max().item(),
                "rms": difference.square().mean().sqrt().item(),
                "deviation": expected.std().item(),
            }
        )
    )


def separately(dense, artifact, name):
    """What a loader gives, or why not."""
    command = [sys.executable, __file__, "--one", dense, artifact, name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None, f"took more than {SECONDS} s"
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        said = [line for line in lines if "rror" in line] or lines or ["ended without a word"]
        return None, said[-1].strip()[:160]
    return json.loads(done.stdout.splitlines()[-1]), ""


def main(arguments):
    if len(arguments) == 4 and arguments[0] == "--one":
        compare(*arguments[1:])
        return 0
    given = pairs(arguments)
    if given is None:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    failed = False
    print("| artifact | loader | rms of the difference | greatest | deviation of the logits | |")
    print("|---|---|---|---|---|---|")
    for dense, artifact in given:
        for name in loaders(Path(artifact)):
            figures, problem = separately(dense, artifact, name)
            cells = ["", "", "", problem]
            if figures:
                most = limit(Path(artifact), name) * figures["deviation"]
                # Turned round, it would let NaN pass.
                problem = "" if figures["rms"] <= most else f"expected {most:.2g} at most"
                cells = [f"{figures[key]:.2g}" for key in ("rms", "greatest", "deviation")]
                cells.append(problem)
            failed |= bool(problem)
            print(f"| {Path(artifact).name} | {name} | " + " | ".join(cells) + " |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
