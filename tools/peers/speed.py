"""Runs cells of a suite and llama.cpp in turns, and prints tokens a second of both with their ratio.

usage: speed.py SUITE NODE_DIRECTORY [--pair CELL=GGUF]... [--rounds N] [--prompt N] [--decoded N] [--threads N]

NODE_DIRECTORY is where `npm install node-llama-cpp` was run; GGUF a file that `assay export` wrote of the same model.
A pair without GGUF (`CELL=`) is timed alone. The suite's target and lengths have to be those of the options. Each round
runs every pair once, Assay's cell anew and llama.cpp after it, so that a machine that slows down slows both. Prints
medians over rounds.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main():
    options = arguments()
    found = {cell: {"assay": [], "llama.cpp": []} for cell, _ in options.pair}
    with tempfile.TemporaryDirectory() as work:
        for turn in range(options.rounds):
            for cell, gguf in options.pair:
                found[cell]["assay"].append(assay(options, cell, Path(work), turn))
                if gguf:
                    found[cell]["llama.cpp"].append(llama_cpp(options, gguf))
    print("| cell | prefill | decode | llama.cpp prefill | llama.cpp decode | prefill ratio | decode ratio |")
    print("|---|---|---|---|---|---|---|")
    for cell, both in found.items():
        own, other = median(both["assay"]), median(both["llama.cpp"])
        columns = [*(f"{x:.0f}" for x in own)]
        columns += [f"{x:.0f}" for x in other] + [f"{a / b:.2f}" for a, b in zip(own, other)] if other else [""] * 4
        print(f"| {cell} | {' | '.join(columns)} |", flush=True)


def assay(options, cell, work, turn):
    """Tokens a second of prefill and decode of a cell that is run anew."""
    reports = work / f"reports-{turn}"
    subprocess.run(
        [ROOT / "assay", "run", options.suite, "--no-site", "--reports", reports]
        + ["--cache", work / "cache", "--cell", cell],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for file in reports.rglob("*.json"):
        content = json.loads(file.read_text())
        if "measurements" in content and name(content["cell"]) == cell:
            values = {each["metric"]: each.get("value") for each in content["measurements"]}
            return values["prefillThroughput"], values["decodeThroughput"]
    raise ValueError(f"{reports}: found no result of {cell}")


def name(cell):
    return "/".join(cell[part]["name"] for part in ("model", "recipe", "target"))


def llama_cpp(options, gguf):
    lengths = [str(each) for each in (options.prompt, options.decoded, options.threads, 5)]
    script = Path(__file__).with_name("llama_cpp_speed.mjs")
    done = subprocess.run(
        ["node", script, options.node, gguf, *lengths], check=True, capture_output=True, text=True
    )
    times = json.loads(done.stdout.splitlines()[-1])
    return (
        1000 * options.prompt / statistics.median(times["prefill"]),
        1000 / statistics.median(times["decode"]),
    )


def median(rounds):
    return [statistics.median(each) for each in zip(*rounds)]


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("suite", type=Path)
    p.add_argument("node", type=Path)
    p.add_argument("--pair", type=lambda text: text.split("=", 1), action="append", default=[])
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--prompt", type=int, default=512)
    p.add_argument("--decoded", type=int, default=64)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


if __name__ == "__main__":
    main()
