"""Times Assay, llama.cpp and ONNX Runtime in turns on LLaMA shapes, and prints a table with their ratios.

usage: speed.py NODE_DIRECTORY [--sizes 7m,100m,1.1b] [--threads 1,2] [--formats 16,8,4,3,2] [--rounds N]
                [--onnx PYTHON] [--work DIRECTORY]

NODE_DIRECTORY is where `npm install node-llama-cpp` was run; PYTHON one that has onnx and onnxruntime, without which that
peer is left out. Weights are rounded to nearest in groups of 128, of 64 with 2 bits, one scale a row with 8; the head is
in 8 bits beside 8 and in 6 beside fewer, as llama.cpp's file types have it. llama.cpp reads GGUF files that `assay export`
writes of the same weights; ONNX Runtime multiplies random ones of the same shape. Each round runs one after the other for
each size, number of threads and format; medians over rounds are printed. The floor is the time in which the bytes that a
token needs are read at the bandwidth that Assay measures in the same run. What was made stays in --work and is used again.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

READ = "measured read bandwidth"
ROOT = Path(__file__).resolve().parents[2]
HEADS = {"16": None, "8": 8, "4": 6, "3": 6, "2": 6}
GGUF = {"16": "f16", "8": "q8_0", "4": "q4_0", "3": "q3_k", "2": "q2_k"}
# ONNX Runtime's product has codes of 2, 4 and 8 bits.
ONNX = {"8": 8, "4": 4, "2": 2}
SIZES = {
    "7m": {"path": "models/ref-7m", "config": "models/ref-7m/config.json", "head": ["embedding"], "prompt": 256},
    "100m": {"synthetic": "llama-100m-kv4", "head": ["embedding"], "prompt": 512},
    "1.1b": {"synthetic": "tinyllama-1.1b", "head": ["head", "embedding"], "prompt": 128, "decoded": 32, "rounds": 3},
}


def main():
    options = arguments()
    work = options.work or Path(tempfile.mkdtemp(prefix="assay-speed-"))
    found = {}
    for size in options.sizes:
        prepare(work, size, options)
    for _ in range(options.rounds):
        for size in options.sizes:
            for form in options.formats:
                for threads in options.threads:
                    taken = found.setdefault((size, form, threads), {})
                    for name, values in measured(work, size, form, threads, options):
                        taken.setdefault(name, []).append(values)
                        print(size, form, threads, name, [f"{x:.3g}" for x in values], flush=True)
    table(found, 1, "decode")
    table(found, 0, "prefill")


def measured(work, size, form, threads, options):
    yield from assay(work, size, form, threads)
    shape = SIZES[size]
    rounds = shape.get("rounds", 5)
    lengths = [shape["prompt"], shape.get("decoded", 64)]
    script = Path(__file__).with_name("llama_cpp_speed.mjs")
    arguments = [options.node, work / f"{size}-{GGUF[form]}.gguf", *lengths, threads, rounds]
    times = line_of(["node", script, *arguments])
    yield "llama.cpp", (
        1000 * lengths[0] / statistics.median(times["prefill"]),
        1000 / statistics.median(times["decode"]),
    )
    if options.onnx and form in ONNX:
        config = shape.get("config", f"models/configs/{shape.get('synthetic')}.json")
        command = [options.onnx, Path(__file__).with_name("onnx_speed.py"), ROOT / config, "--bits", ONNX[form]]
        command += ["--head-bits", 8, "--block", 64 if form == "2" else 128]
        command += ["--prompt", lengths[0], "--decoded", lengths[1], "--threads", threads, "--rounds", rounds]
        times = line_of(command)
        yield "ONNX Runtime", (1000 * lengths[0] / times["prefill"], 1000 / times["decode"])


def line_of(command):
    done = subprocess.run([str(each) for each in command], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def assay(work, size, form, threads):
    """Tokens a second of prefill and decode as executed, with 8-bit activations, and the share of the floor."""
    reports = Path(tempfile.mkdtemp(dir=work))
    cells = [f"{size}/{recipe(size, form)}/cpu{threads}{kind}" for kind in ("", "-int8") if form != "16" or not kind]
    command = [ROOT / "assay", "run", work / "suites" / f"{size}.yaml", "--no-site", "--reports", reports]
    for cell in cells:
        command += ["--cell", cell]
    subprocess.run([*command, "--cache", work / "cache"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    for file in sorted(reports.glob("runs/*/results/*.json")):
        content = json.loads(file.read_text())
        if content["status"].lower() != "succeeded":
            raise ValueError(f"{file}: found {content['status']}, expected a cell that succeeded")
        values = {}
        for each in content["measurements"]:
            protocol = each["protocol"]
            if protocol.get("phase", "decode") == "decode" and protocol.get("ceiling", READ) == READ:
                values[each["metric"]] = each.get("value")
        name = "int8" if content["cell"]["target"]["name"].endswith("int8") else "assay"
        yield name, (
            values["prefillThroughput"],
            values["decodeThroughput"],
            values.get("modelBandwidthUtilization") or float("nan"),
        )
    shutil.rmtree(reports)


def recipe(size, form):
    return "bf16" if form == "16" else f"speed-{size.replace('.', '-')}-{form}"


def prepare(work, size, options):
    """The suite of a size with its recipes, and llama.cpp's files."""
    shape = SIZES[size]
    (work / "suites").mkdir(parents=True, exist_ok=True)
    (work / "recipes").mkdir(exist_ok=True)
    for each in (ROOT / "recipes").glob("*.yaml"):
        shutil.copy(each, work / "recipes")
    for form in options.formats:
        if form != "16":
            name = recipe(size, form)
            content = {
                "name": name,
                "summary": f"{form} bits with the head",
                "stages": [{"rtn": rtn(int(form))}, {"rtn": {**rtn(HEADS[form]), "targets": shape["head"]}}],
            }
            (work / "recipes" / f"{name}.yaml").write_text(json.dumps(content))
    model = {"name": size}
    model |= {"path": str(ROOT / shape["path"])} if "path" in shape else {"synthetic": {"config": shape["synthetic"]}}
    targets = []
    for threads in options.threads:
        targets.append({"name": f"cpu{threads}", "threads": threads})
        targets.append({"name": f"cpu{threads}-int8", "threads": threads, "activations": "int8"})
    latency = {"promptLength": shape["prompt"], "decodeLength": shape.get("decoded", 64), "forks": 1}
    latency |= {"warmupForks": 0, "warmupIterations": 1, "iterations": shape.get("rounds", 5)}
    suite = {
        "name": f"speed-{size.replace('.', '-')}",
        "summary": "Speed beside peers",
        "models": [model],
        "recipes": [recipe(size, form) for form in options.formats],
        "targets": targets,
        "baseline": {"recipe": recipe(size, options.formats[0]), "target": targets[0]["name"]},
        "measures": {"latency": latency, "energy": False, "memory": False, "roofline": True},
    }
    if "16" in options.formats:
        suite["exclude"] = [{"recipe": "bf16", "target": each["name"]} for each in targets if "activations" in each]
    # YAML has JSON in it.
    (work / "suites" / f"{size}.yaml").write_text(json.dumps(suite))
    checkpoint = ROOT / shape["path"] if "path" in shape else made(work, size, options)
    for form in options.formats:
        file = work / f"{size}-{GGUF[form]}.gguf"
        if not file.exists():
            command = [ROOT / "assay", "export", checkpoint, "--format", "gguf", "--type", GGUF[form], "--requantize"]
            subprocess.run([*command, "--output", file], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def rtn(bits):
    groups = {8: -1, 6: 64, 4: 128, 3: 128, 2: 64}
    return {"bits": bits, "groupSize": groups[bits], "symmetric": bits == 8}


def made(work, size, options):
    """The synthetic checkpoint, with a tokenizer that llama.cpp can read beside it."""
    directory = work / f"{size}-checkpoint"
    if not directory.exists():
        next(assay(work, size, options.formats[0], options.threads[0]))
        shape = json.loads((ROOT / "models/configs" / f"{SIZES[size]['synthetic']}.json").read_text())
        for config in (work / "cache" / "synthetic").glob("*/config.json"):
            found = json.loads(config.read_text())
            if found["hidden_size"] == shape["hidden_size"]:
                link(config.parent, directory)
    return directory


def link(checkpoint, directory):
    begun = directory.with_suffix(".begun")
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    for each in checkpoint.iterdir():
        os.link(each, begun / each.name)
    for each in (ROOT / "models/ref-7m").glob("tokenizer*"):
        shutil.copy(each, begun)
    begun.rename(directory)


def table(found, which, what):
    names = ["assay", "int8", "llama.cpp", "ONNX Runtime"]
    print(f"\n| {what} of | threads | as they come | 8-bit activations | llama.cpp | ONNX Runtime", end="")
    print(" | over llama.cpp | over ONNX Runtime | of the floor |\n|" + "---|" * 9)
    for (size, form, threads), taken in found.items():
        rates = {name: statistics.median(each[which] for each in taken[name]) for name in names if name in taken}
        best = max(rates.get("assay", 0), rates.get("int8", 0))
        cells = [f"{rates[name]:.1f}" if name in rates else "" for name in names]
        cells += [f"{best / rates[name]:.2f}" if name in rates else "" for name in names[2:]]
        floor = max(statistics.median(each[2] for each in taken[name]) for name in names[:2] if name in taken)
        cells.append(f"{floor:.2f}" if which == 1 else "")
        print(f"| {size}, {form} bits | {threads} | {' | '.join(cells)} |", flush=True)


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("node", type=Path)
    p.add_argument("--sizes", type=lambda text: text.split(","), default=list(SIZES))
    p.add_argument("--threads", type=lambda text: [int(each) for each in text.split(",")], default=[1, 2])
    p.add_argument("--formats", type=lambda text: text.split(","), default=list(HEADS))
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--onnx", type=Path)
    p.add_argument("--work", type=Path)
    return p.parse_args()


if __name__ == "__main__":
    main()
