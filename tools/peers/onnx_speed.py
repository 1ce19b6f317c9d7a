"""Times ONNX Runtime on a LLaMA shape whose linears are MatMulNBits, with random weights.

usage: onnx_speed.py CONFIG --bits N [--head-bits N] [--block N] [--prompt N] [--decoded N] [--threads N] [--rounds N]
                     [--accuracy N]

CONFIG is a config.json of a LLaMA, such as models/configs/llama-100m-kv4.json. Times say nothing about values, so these
are random. Activations are float32, which is what ONNX Runtime has on processors; with accuracy 4, the default, its
products round them to 8 bits in blocks. Attention is GroupQueryAttention on shared buffers. Prints the median
milliseconds of a prefill and of a decoded token as JSON, with the bytes of weights that a token reads.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

DOMAIN = "com.microsoft"


class Graph:
    def __init__(self, options):
        self.options = options
        self.random = np.random.default_rng(0)
        self.nodes = []
        self.constants = []
        self.bytes = 0

    def constant(self, name, values, read=False):
        self.constants.append(numpy_helper.from_array(values, name))
        self.bytes += values.nbytes if read else 0
        return name

    def add(self, op, inputs, outputs, **attributes):
        self.nodes.append(helper.make_node(op, inputs, outputs, **attributes))
        return outputs[0]

    def linear(self, name, x, rows, columns, bits):
        blocks = -(-columns // self.options.block)
        codes = self.random.integers(0, 256, (rows, blocks, self.options.block * bits // 8), dtype=np.uint8)
        scales = self.random.uniform(0.001, 0.002, (rows, blocks)).astype(np.float32)
        inputs = [x, self.constant(f"{name}.codes", codes, True), self.constant(f"{name}.scales", scales, True)]
        attributes = {"bits": bits, "block_size": self.options.block, "accuracy_level": self.options.accuracy}
        return self.add("MatMulNBits", inputs, [f"{name}.y"], K=columns, N=rows, domain=DOMAIN, **attributes)

    def norm(self, name, x, width):
        weight = self.constant(f"{name}.weight", np.ones(width, np.float32), True)
        return self.add("SimplifiedLayerNormalization", [x, weight], [f"{name}.y"], epsilon=1e-5, axis=-1)


def main():
    options = arguments()
    config = json.loads(options.config.read_text())
    capacity = options.prompt + options.decoded
    graph = Graph(options)
    model = build(graph, config, capacity)
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    session = ort.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    heads, width = config["num_key_value_heads"], config["hidden_size"] // config["num_attention_heads"]
    caches = {}
    for layer in range(config["num_hidden_layers"]):
        for part in ("key", "value"):
            zeros = np.zeros((1, heads, capacity, width), np.float32)
            caches[f"{layer}.{part}"] = ort.OrtValue.ortvalue_from_numpy(zeros)
    prefills, decodes = [], []
    for turn in range(options.rounds + 1):
        token, seconds = step(session, caches, np.ones((1, options.prompt), np.int64), options.prompt)
        begin = time.perf_counter()
        for place in range(options.decoded):
            token, _ = step(session, caches, token, options.prompt + place + 1)
        if turn > 0:
            prefills.append(1000 * seconds)
            decodes.append(1000 * (time.perf_counter() - begin) / options.decoded)
    medians = {"prefill": statistics.median(prefills), "decode": statistics.median(decodes)}
    print(json.dumps({**medians, "weightBytes": graph.bytes, "version": ort.__version__}))


def step(session, caches, ids, total):
    begin = time.perf_counter()
    binding = session.io_binding()
    binding.bind_cpu_input("ids", ids)
    binding.bind_cpu_input("lengths", np.array([total - 1], np.int32))
    binding.bind_cpu_input("total", np.array([total], np.int32).reshape(()))
    binding.bind_output("next")
    for name, cache in caches.items():
        binding.bind_ortvalue_input(f"past.{name}", cache)
        binding.bind_ortvalue_output(f"present.{name}", cache)
    session.run_with_iobinding(binding)
    return binding.get_outputs()[0].numpy().reshape(1, 1), time.perf_counter() - begin


def build(graph, config, capacity):
    hidden, inner, vocabulary = config["hidden_size"], config["intermediate_size"], config["vocab_size"]
    heads, shared = config["num_attention_heads"], config["num_key_value_heads"]
    width = hidden // heads
    bits = graph.options.bits
    table = graph.random.standard_normal((vocabulary, hidden), dtype=np.float32)
    x = graph.add("Gather", [graph.constant("table", table), "ids"], ["embedded"])
    angles = np.outer(np.arange(capacity), 10000.0 ** (-np.arange(0, width, 2) / width)).astype(np.float32)
    turns = [graph.constant("cos", np.cos(angles)), graph.constant("sin", np.sin(angles))]
    gate_bounds = [graph.constant(f"bound{i}", np.array([i * inner])) for i in range(3)]
    axis = graph.constant("axis", np.array([2]))
    states = []
    for layer in range(config["num_hidden_layers"]):
        name = f"layer{layer}"
        y = graph.norm(f"{name}.norm", x, hidden)
        qkv = graph.linear(f"{name}.qkv", y, hidden + 2 * shared * width, hidden, bits)
        past = [f"past.{layer}.key", f"past.{layer}.value"]
        present = [f"present.{layer}.key", f"present.{layer}.value"]
        states += past + present
        attended = graph.add(
            "GroupQueryAttention",
            [qkv, "", "", *past, "lengths", "total", *turns],
            [f"{name}.attended", *present],
            num_heads=heads,
            kv_num_heads=shared,
            do_rotary=1,
            domain=DOMAIN,
        )
        x = graph.add("Add", [x, graph.linear(f"{name}.o", attended, hidden, hidden, bits)], [f"{name}.x"])
        y = graph.norm(f"{name}.norm2", x, hidden)
        both = graph.linear(f"{name}.gate_up", y, 2 * inner, hidden, bits)
        gate = graph.add("Slice", [both, *gate_bounds[:2], axis], [f"{name}.gate"])
        up = graph.add("Slice", [both, *gate_bounds[1:], axis], [f"{name}.up"])
        silu = graph.add("QuickGelu", [gate], [f"{name}.silu"], alpha=1.0, domain=DOMAIN)
        product = graph.add("Mul", [silu, up], [f"{name}.product"])
        x = graph.add("Add", [x, graph.linear(f"{name}.down", product, hidden, inner, bits)], [f"{name}.out"])
    last = graph.add("Gather", [x, graph.constant("last", np.array([-1]))], ["last.x"], axis=1)
    y = graph.norm("norm", last, hidden)
    logits = graph.linear("head", y, vocabulary, hidden, graph.options.head_bits)
    graph.add("ArgMax", [logits], ["next"], axis=2, keepdims=0)
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, [1]),
        helper.make_tensor_value_info("total", TensorProto.INT32, []),
    ]
    outputs = [helper.make_tensor_value_info("next", TensorProto.INT64, [1, 1])]
    for state in states:
        side = inputs if state.startswith("past") else outputs
        side.append(helper.make_tensor_value_info(state, TensorProto.FLOAT, [1, shared, capacity, width]))
    made = helper.make_graph(graph.nodes, "llama", inputs, outputs, graph.constants)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    return helper.make_model(made, opset_imports=versions, ir_version=9)


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("config", type=Path)
    p.add_argument("--bits", type=int, default=4)
    p.add_argument("--head-bits", type=int, default=8)
    p.add_argument("--block", type=int, default=128)
    p.add_argument("--prompt", type=int, default=512)
    p.add_argument("--decoded", type=int, default=64)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--accuracy", type=int, default=4)
    return p.parse_args()


if __name__ == "__main__":
    main()
