"""Reads and writes safetensors files with nothing but Python's own library."""

import array
import json
import struct
from pathlib import Path

CODES = {"F32": "f", "F64": "d", "I64": "q", "I32": "i", "I16": "h", "I8": "b", "U8": "B"}


def read(path):
    """Name to (dtype, shape, bytes)."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = (entry["dtype"], entry["shape"], data[begin:end])
    return tensors


def write(path, tensors):
    """Writes what read gave; the widest types first, so that each starts on a multiple of its size."""
    order = sorted(tensors, key=lambda name: (-width(tensors[name][0]), name))
    header, at = {}, 0
    for name in order:
        dtype, shape, data = tensors[name]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            file.write(tensors[name][2])


def width(dtype):
    return {"F16": 2, "BF16": 2}.get(dtype) or array.array(CODES[dtype]).itemsize


def numbers(tensor):
    """The entries as a flat list of Python numbers."""
    dtype, _, data = tensor
    if dtype == "F16":
        return list(struct.unpack(f"<{len(data) // 2}e", data))
    return list(struct.unpack(f"<{len(data) // width(dtype)}{CODES[dtype]}", data))


def tensor(dtype, shape, values):
    return dtype, list(shape), struct.pack(f"<{len(values)}{CODES[dtype]}", *values)


def float32(value):
    """A number rounded to float32."""
    return struct.unpack("<f", struct.pack("<f", value))[0]
