"""The least of llama.cpp's C interface that gives logits, through ctypes.

LLAMA_CPP names the directory of its shared libraries, such as bins/linux-x64 of the npm package
@node-llama-cpp/linux-x64, or lib of a build.
"""

import ctypes
import os
from pathlib import Path


class Parameters(ctypes.Structure):
    """Parameters that stay as they are by default; larger than those of any version, which reads its part."""

    _fields_ = [("content", ctypes.c_byte * 1024)]


class Batch(ctypes.Structure):
    _fields_ = [
        ("n_tokens", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embd", ctypes.c_void_p),
        ("pos", ctypes.POINTER(ctypes.c_int32)),
        ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
        ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("logits", ctypes.POINTER(ctypes.c_int8)),
    ]


def library(name):
    directory = Path(os.environ["LLAMA_CPP"])
    found = sorted(directory.glob(f"lib{name}.so*")) + sorted(directory.glob(f"lib{name}.v*.so"))
    if not found:
        raise ValueError(f"LLAMA_CPP: found no lib{name} in {directory}")
    return ctypes.CDLL(str(found[0]), mode=ctypes.RTLD_GLOBAL)


def function(owner, name, result, *arguments):
    found = getattr(owner, name)
    found.restype, found.argtypes = result, arguments
    return found


def logits(path, ids):
    """The logits of all positions, a list of floats for each."""
    ggml = library("ggml")
    llama = library("llama")
    function(ggml, "ggml_backend_load_all_from_path", None, ctypes.c_char_p)(
        os.environ["LLAMA_CPP"].encode()
    )
    pointer = ctypes.c_void_p
    load = function(llama, "llama_model_load_from_file", pointer, ctypes.c_char_p, Parameters)
    model = load(str(path).encode(), function(llama, "llama_model_default_params", Parameters)())
    if not model:
        raise ValueError("llama.cpp does not load it")
    start = function(llama, "llama_init_from_model", pointer, pointer, Parameters)
    context = start(model, function(llama, "llama_context_default_params", Parameters)())
    if not context:
        raise ValueError("llama.cpp makes no context for it")
    make = function(llama, "llama_batch_init", Batch, *[ctypes.c_int32] * 3)
    batch = make(len(ids), 0, 1)
    batch.n_tokens = len(ids)
    for i, token in enumerate(ids):
        batch.token[i], batch.pos[i], batch.logits[i] = token, i, 1
        batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
    if function(llama, "llama_decode", ctypes.c_int32, pointer, Batch)(context, batch):
        raise ValueError("llama_decode failed")
    vocabulary = function(llama, "llama_model_get_vocab", pointer, pointer)(model)
    count = function(llama, "llama_vocab_n_tokens", ctypes.c_int32, pointer)(vocabulary)
    row = function(
        llama, "llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), pointer, ctypes.c_int32
    )
    return [row(context, i)[:count] for i in range(len(ids))]
