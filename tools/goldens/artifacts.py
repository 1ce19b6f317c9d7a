"""The room artifacts: small checkpoints that the formats' own tools wrote."""

import json
import shutil
from pathlib import Path

import index
import safetensors

# Written anew, and the configuration that a GGUF file was converted from.
NOT_COPIED = ("golden.safetensors", "hf_config.json")
KEPT = (
    "awq/gemm_g128_qwen2_not_converted",
    "awq/gemm_g32",
    "awq/gemv_g64",
    "bitsandbytes/fp4",
    "bitsandbytes/fp4_dq_qwen2_skip",
    "bitsandbytes/int8",
    "bitsandbytes/nf4",
    "bitsandbytes/nf4_dq",
    "bitnet/packed_llama",
    "compressed-tensors/fp8_block_dynamic_group",
    "compressed-tensors/fp8_channel_dynamic",
    "compressed-tensors/fp8_tensor_static",
    "compressed-tensors/mixed_w8attn_w4mlp_ignore_regex",
    "compressed-tensors/mixtral_w4a16_g32_sym_v0.10",
    "compressed-tensors/mxfp4a16",
    "compressed-tensors/mxfp8a16",
    "compressed-tensors/nvfp4",
    "compressed-tensors/phi3_w4a16_g32_asym",
    "compressed-tensors/sparse24_bitmask_v0.10",
    "compressed-tensors/sparse24_fp8_dynamic_v0.10",
    "compressed-tensors/sparse_bitmask_unstructured_v0.10",
    "compressed-tensors/w2a16_g32_sym",
    "compressed-tensors/w3a16_g32_sym_dense_pack",
    "compressed-tensors/w3a16_g32_sym_padded_pack_v0.10",
    "compressed-tensors/w4a16_channel_asym",
    "compressed-tensors/w4a16_g128_sym_lmhead",
    "compressed-tensors/w4a16_g32_asym",
    "compressed-tensors/w4a16_g32_sym",
    "compressed-tensors/w4a16_g32_sym_actorder_group_v0.10",
    "compressed-tensors/w8a16_channel_sym",
    "compressed-tensors/w8a8_fp8_kvcache",
    "compressed-tensors/w8a8_int_dynamic",
    "compressed-tensors/w8a8_int_static_asym_tensor",
    "fp8/block32x32",
    "gguf/gemma2_Q8_0",
    "gguf/gpt2_Q8_0",
    "gguf/llama_BF16",
    "gguf/llama_IQ4_NL",
    "gguf/llama_Q2_K",
    "gguf/llama_Q3_K_M",
    "gguf/llama_Q4_0",
    "gguf/llama_Q4_1",
    "gguf/llama_Q4_K_M",
    "gguf/llama_Q5_0",
    "gguf/llama_Q5_1",
    "gguf/llama_Q5_K_M",
    "gguf/llama_TQ2_0",
    "gguf/mixtral_MXFP4_MOE",
    "gguf/phi3_Q8_0",
    "gguf/qwen2_Q8_0",
    "gptq/w2_g32_asym_v2_qwen2",
    "gptq/w3_g32_asym_v2",
    "gptq/w4_dynamic_lmhead",
    "gptq/w4_g128_sym_v2_act",
    "gptq/w4_g32_asym_v1_act",
    "gptq/w4_g32_asym_v1_zero0",
    "gptq/w4_g32_sym_v1",
    "gptq/w4_g32_sym_v1_gpt2",
    "gptq/w8_gfull_sym_v1_opt",
)
CACHED = "compressed-tensors/w8a8_fp8_kvcache"
# What rounded activations give where the configuration asks for them.
RUN = ("logits_act",)
ROUNDED = (
    "bitnet/packed_llama",
    "compressed-tensors/fp8_",
    "compressed-tensors/nvfp4",
    "compressed-tensors/w8a8_int_",
)
TOLD = ("family", "tool", "params", "source")


def limits(tolerance, run):
    """Those of weights, and of rounded activations where they are run."""
    parts = ("logits_abs", "dequant_abs") + (("logits_act", "linear_out") if run else ())
    return {k: v for k, v in tolerance.items() if k.startswith(parts) and not k.endswith("_note")}


def make(source, room):
    source = Path(source, "artifacts")
    described = json.loads((source / "index.json").read_text())["cases"]
    cases = {}
    for each in described:
        folder = each["folder"]
        if folder in KEPT:
            (room / folder).mkdir(parents=True)
            for file in (source / folder).iterdir():
                if file.name not in NOT_COPIED:
                    shutil.copyfile(file, room / folder / file.name)
            tensors = safetensors.read(source / each["file"])
            # What 16-bit arithmetic or rounded activations give is another computation.
            others = ("logits_", "dequant_loader")
            run = RUN if any(folder.startswith(each) for each in ROUNDED) else ()
            others += () if run else ("linear_",)
            tensors = {k: v for k, v in tensors.items() if k in run or not k.startswith(others)}
            safetensors.write(room / each["file"], tensors)
            if folder == CACHED:
                cases[folder] = cached(each, source, room)
                continue
            facts = {key: each[key] for key in TOLD if key in each}
            cases[folder] = index.case(
                {**facts, "file": each["file"], "tensors": each["tensors"]},
                tensors,
                algorithm="gguf" if folder.startswith("gguf/") else "packed",
                inputs={"checkpoint": folder},
                tolerance=limits(each["tolerance"], bool(run)),
            )
    missing = set(KEPT) - set(cases)
    if missing:
        raise SystemExit(f"not in {source}: {sorted(missing)}")
    index.write(room, cases)


def cached(each, source, room):
    """Logits without and with rounded keys and values; inputs of linears are rounded with them."""
    kept = ("input_ids", "logits", "logits_act")
    tensors = {k: v for k, v in safetensors.read(source / each["file"]).items() if k in kept}
    safetensors.write(room / each["file"], tensors)
    facts = {key: each[key] for key in TOLD if key in each}
    return index.case(
        {**facts, "file": each["file"], "tensors": each["tensors"]},
        tensors,
        algorithm="key_value_scales",
        inputs={"checkpoint": each["folder"]},
        tolerance={k: v for k, v in each["tolerance"].items() if k.startswith("logits")},
    )
