"""Losses of distillation at an equal budget, over seeds.

    python3 tools/experiments/distillation.py write OUT --student ref-7m --losses labels,hinton
    ./assay run OUT/suites/distillation-ref-7m.yaml --reports OUT/reports
    python3 tools/experiments/distillation.py table OUT/reports

`write` makes a recipe for each loss and seed, and a suite of them: ref-22m teaches ref-7m, or (`--student shallow`)
a model of half of its own layers. `table` reads the results of the latest run of each such suite: perplexity by loss as
mean and 95 % interval (Student's t) over seeds, differences from labels alone paired by seed, and what was held out
on the way.
"""

import argparse
import json
import math
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from comparing.student import quantile  # noqa: E402

HINTON = "hinton: {temperature: 2, alpha: 0.5}"
LABELS = "cross-entropy"

# Terms by the name of a loss. Those of inner layers say nothing of the next token, so labels go with them.
LOSSES = {
    "labels": [LABELS],
    "hinton": [HINTON],
    "logit-mse": ["logit-mse: {reduction: elements}"],
    "uld": [LABELS, "uld: {weight: 1.5}"],
    "minilm": [LABELS, "minilm: {causal: true}"],
    "minilm-v2": [LABELS, "minilm-v2: {causal: true, heads: 8}"],
}
for alone in ("forward-kl reverse-kl symmetric-kl js skewed-forward-kl skewed-reverse-kl total-variation "
              "generalized-jsd adaptive-kl top-k soft-cross-entropy").split():
    LOSSES[alone] = [alone]
for inner in "hint hidden-mse hidden-cosine nst cka attention-transfer rkd tinybert".split():
    LOSSES[inner] = [LABELS, inner]

def write(a):
    shallow = a.student == "shallow"
    model, teacher = ("ref-22m", "original") if shallow else ("ref-7m", "models/ref-22m")
    for folder in ("recipes", "suites"):
        (a.out / folder).mkdir(parents=True, exist_ok=True)
    names = []
    for loss in a.losses.split(","):
        for seed in a.seeds.split(","):
            name = f"{a.student}-{loss}-s{seed}"
            names.append(name)
            lines = [f"name: {name}", f"summary: {loss}, seed {seed}", "stages:"]
            if shallow:
                lines.append("  - drop-layers: {remove: 3, by: influence, recovery: least-squares}")
            lines.append("  - finetune:" if loss == "labels" else "  - distill:")
            if loss != "labels":
                lines.append(f"      teachers: [{teacher}]")
                lines.append("      loss:")
                lines += [f"        - {term}" for term in LOSSES[loss]]
            lines.append(f"      data: {{dataset: {a.dataset}, length: {a.length}, windows: {a.windows}}}")
            lines.append(
                f"      training: {{steps: {a.steps}, batch: {a.batch}, learningRate: {a.rate}, "
                f"schedule: {{warmupSteps: {max(1, a.steps // 13)}}}, precision: bfloat16, seed: {seed}, "
                f"evaluation: {{windows: 48, every: {max(1, a.steps // 8)}}}}}")
            (a.out / "recipes" / f"{name}.yaml").write_text("\n".join(lines) + "\n")
    (a.out / "suites" / f"distillation-{a.student}.yaml").write_text(f"""\
name: distillation-{a.student}
summary: Losses of distillation at an equal budget
models: [{{name: {model}, path: models/{model}}}]
recipes: [fp32, {', '.join(f'../recipes/{name}.yaml' for name in names)}]
targets: [{{name: cpu, device: cpu, dtype: bfloat16, threads: {a.threads}}}]
baseline: fp32
calibration: {{dataset: {a.dataset}, split: train, samples: 32, length: 256, sampling: first}}
measures:
  perplexity: [{{dataset: {a.dataset}, window: 1024, maxWindows: 24}}]
  flops: false
  memory: false
  roofline: false
  energy: false
  stages: false
""")


def interval(values):
    mean = statistics.mean(values)
    if len(values) < 2:
        return mean, math.nan
    spread = quantile(0.95, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return mean, spread


def table(a):
    found = {}
    for file in sorted(a.reports.glob("runs/*/results/*.json")):
        result = json.loads(file.read_text())
        name = result["cell"]["recipe"]["name"]
        if "-s" not in name or result["status"] != "succeeded":
            continue
        loss, _, seed = name.removeprefix("shallow-").removeprefix("ref-7m-").rpartition("-s")
        student = "shallow" if name.startswith("shallow-") else "ref-7m"
        value = next(m["value"] for m in result["measurements"] if m["metric"] == "perplexity")
        training = result["stages"]["steps"][-1]["training"]
        found.setdefault(student, {}).setdefault(loss, {})[seed] = (value, training)
    for student, losses in found.items():
        print(f"\n| {student}: loss | seeds | perplexity | less than labels alone | held out after steps |")
        print("|---|---|---|---|---|")
        labels = losses.get("labels", {})
        for loss, seeds in sorted(losses.items(), key=lambda each: interval([v for v, _ in each[1].values()])[0]):
            mean, spread = interval([value for value, _ in seeds.values()])
            both = [labels[s][0] - value for s, (value, _) in seeds.items() if s in labels]
            gain = "–" if loss == "labels" or not both else "%.2f ± %.2f" % interval(both)
            looks = next(iter(seeds.values()))[1]["looks"]
            curve = ", ".join(f"{look['steps']}: {look['loss']:.3f}" for look in looks)
            print(f"| {loss} | {len(seeds)} | {mean:.2f} ± {spread:.2f} | {gain} | {curve} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("write")
    one.add_argument("out", type=pathlib.Path)
    one.add_argument("--student", choices=["ref-7m", "shallow"], required=True)
    one.add_argument("--losses", default=",".join(LOSSES))
    one.add_argument("--seeds", default="0,1,2")
    one.add_argument("--dataset", default="wordnet-glosses")
    one.add_argument("--steps", type=int, default=200)
    one.add_argument("--batch", type=int, default=4)
    one.add_argument("--length", type=int, default=128)
    one.add_argument("--windows", type=int, default=2000)
    one.add_argument("--rate", default="5e-5")
    one.add_argument("--threads", default="auto")
    one.set_defaults(run=write)
    other = commands.add_parser("table")
    other.add_argument("reports", type=pathlib.Path)
    other.set_defaults(run=table)
    a = parser.parse_args()
    a.run(a)


if __name__ == "__main__":
    main()
