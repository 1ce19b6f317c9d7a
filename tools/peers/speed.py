"""Times Assay, llama.cpp and ONNX Runtime in turns on LLaMA shapes, and prints a table with their ratios.

usage: speed.py [--sizes 7m,100m,1.1b] [--threads 1,2] [--formats 16,8,4,3,2] [--rounds N]
                [--llama-bench FILE] [--onnx PYTHON] [--work DIRECTORY]

llama.cpp is timed by its own llama-bench, which is fetched and compiled for this processor where none is named; PYTHON is
one that has onnx and onnxruntime, without which that peer is left out. Weights are rounded to nearest in groups of 128, of
64 with 2 bits, one scale a row with 8; the head is in 8 bits beside 8 and in 6 beside fewer, as llama.cpp's file types have
it. llama.cpp reads GGUF files that `assay export` writes of the same weights; ONNX Runtime multiplies random ones of the
same shape. Each round runs one after the other for each size, number of threads and format; medians over rounds are
printed. The floor is the time in which the bytes that a token needs are read at the bandwidth that Assay measures in the
same run; a figure of Assay with * was disturbed by other work, while nobody watches the others. What was made stays in --work and is used again.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

LLAMA_CPP_PYTHON = "0.3.36"
READ = "measured read bandwidth"
ROOT = Path(__file__).resolve().parents[2]
HEADS = {"16": None, "8": 8, "4": 6, "3": 6, "2": 6}
GGUF = {"16": "f16", "8": "q8_0", "4": "q4_0", "3": "q3_k", "2": "q2_k"}
# ONNX Runtime's product has codes of 2, 4 and 8 bits.
ONNX = {"8": 8, "4": 4, "2": 2}
SIZES = {
    "7m": {"path": "models/ref-7m", "config": "models/ref-7m/config.json", "head": ["embedding"], "prompt": 256, "warmup": 10},
    "100m": {"synthetic": "llama-100m-kv4", "head": ["embedding"], "prompt": 512},
    "1.1b": {"synthetic": "tinyllama-1.1b", "head": ["head", "embedding"], "prompt": 128, "decoded": 32, "rounds": 3},
}


class Figure(NamedTuple):
    value: float
    disturbed: bool = False

    def __str__(self):
        return f"{self.value:.4g}{'*' if self.disturbed else ''}"

    def over(self, other):
        return f"{self.value / other.value:.2f}{'*' if self.disturbed or other.disturbed else ''}"

    @staticmethod
    def median(taken):
        return Figure(statistics.median(each.value for each in taken), any(each.disturbed for each in taken))


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
                        print(size, form, threads, name, *values, flush=True)
    table(found, 1, "decode")
    table(found, 0, "prefill")


def measured(work, size, form, threads, options):
    yield from assay(work, size, form, threads)
    shape = SIZES[size]
    rounds = shape.get("rounds", 5)
    lengths = [shape["prompt"], shape.get("decoded", 64)]
    file = work / f"{size}-{GGUF[form]}.gguf"
    yield "llama.cpp", llama_cpp(work, file, *lengths, threads, rounds, options)
    if options.onnx and form in ONNX:
        config = shape.get("config", f"models/configs/{shape.get('synthetic')}.json")
        command = [options.onnx, Path(__file__).with_name("onnx_speed.py"), ROOT / config, "--bits", ONNX[form]]
        command += ["--head-bits", 8, "--block", 64 if form == "2" else 128]
        command += ["--prompt", lengths[0], "--decoded", lengths[1], "--threads", threads, "--rounds", rounds]
        times = line_of(command)
        yield "ONNX Runtime", [Figure(1000 * lengths[0] / times["prefill"]), Figure(1000 / times["decode"])]


def llama_cpp(work, file, prompt, decoded, threads, rounds, options):
    """Tokens a second of a prompt, and of tokens one at a time behind it."""
    bench = options.llama_bench or built(work)
    rates = []
    for lengths in (["-p", prompt, "-n", 0], ["-p", 0, "-n", decoded, "-d", prompt]):
        command = [bench, "-m", file, *lengths, "-t", threads, "-r", rounds, "-b", prompt, "-ub", prompt, "-o", "json"]
        done = subprocess.run([str(each) for each in command], check=True, capture_output=True, text=True)
        rates.append(Figure(statistics.median(json.loads(done.stdout)[0]["samples_ts"])))
    return rates


def built(work):
    """llama-bench, compiled for this processor from the sources that llama-cpp-python's package carries."""
    directory = work / f"llama.cpp-{LLAMA_CPP_PYTHON}"
    bench = directory / "build/bin/llama-bench"
    if not bench.exists():
        sources = directory / "sources"
        sources.mkdir(parents=True, exist_ok=True)
        package = f"llama-cpp-python=={LLAMA_CPP_PYTHON}"
        fetch = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "llama-cpp-python", package, "-d", sources]
        subprocess.run(fetch, check=True)
        shutil.unpack_archive(next(sources.glob("*.tar.gz")), sources)
        tree = next(sources.glob("*/vendor/llama.cpp"))
        settings = ["-DCMAKE_BUILD_TYPE=Release", "-DGGML_NATIVE=ON", "-DLLAMA_CURL=OFF", "-DLLAMA_BUILD_TESTS=OFF"]
        settings += ["-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_SERVER=OFF"]
        subprocess.run(["cmake", "-S", tree, "-B", directory / "build", *settings], check=True)
        command = ["cmake", "--build", directory / "build", "--target", "llama-bench", "-j", str(os.cpu_count())]
        subprocess.run(command, check=True)
    return bench


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
        figures = {}
        for each in content["measurements"]:
            protocol = each["protocol"]
            if protocol.get("phase", "decode") == "decode" and protocol.get("ceiling", READ) == READ:
                figures[each["metric"]] = Figure(each.get("value") or math.nan, "disturbed" in each)
        name = "int8" if content["cell"]["target"]["name"].endswith("int8") else "assay"
        metrics = ("prefillThroughput", "decodeThroughput", "modelBandwidthUtilization")
        yield name, [figures.get(metric, Figure(math.nan)) for metric in metrics]
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
    latency |= {"warmupForks": 0, "warmupIterations": shape.get("warmup", 2), "iterations": shape.get("rounds", 5)}
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
        for _ in assay(work, size, options.formats[0], options.threads[0]):
            break
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
    heads = [f"{what} of", "threads", "as they come", "8-bit activations", *names[2:]]
    heads += ["over llama.cpp", "over ONNX Runtime"] + (["of the floor"] if which == 1 else [])
    print(f"\n| {' | '.join(heads)} |\n|" + "---|" * len(heads))
    for (size, form, threads), taken in found.items():
        rates = {name: Figure.median([each[which] for each in taken[name]]) for name in names if name in taken}
        best = max((rates[name] for name in names[:2] if name in rates), key=lambda rate: rate.value)
        cells = [str(rates.get(name, "")) for name in names]
        cells += [str(best.over(rates[name])) if name in rates else "" for name in names[2:]]
        if which == 1:
            cells.append(str(max(Figure.median([each[2] for each in taken[name]]) for name in names[:2] if name in taken)))
        print(f"| {size}, {form} bits | {threads} | {' | '.join(cells)} |", flush=True)


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--sizes", type=lambda text: text.split(","), default=list(SIZES))
    p.add_argument("--threads", type=lambda text: [int(each) for each in text.split(",")], default=[1, 2])
    p.add_argument("--formats", type=lambda text: text.split(","), default=list(HEADS))
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--llama-bench", type=Path)
    p.add_argument("--onnx", type=Path)
    p.add_argument("--work", type=Path)
    return p.parse_args()


if __name__ == "__main__":
    main()
