"""Losses of distillation at an equal budget, over seeds.

    python3 tools/experiments/distillation.py write OUT --student ref-7m --losses labels,hinton
    ./assay run OUT/suites/distillation-ref-7m-s0.yaml --reports OUT/reports     and so for the other seeds
    python3 tools/experiments/distillation.py table OUT/reports

`write` makes a recipe for each loss and seed, and a suite for each seed: ref-22m teaches ref-7m, or (`--student shallow`)
a model of half of its own layers; with `--made` that model is a checkpoint, which the first stage of each recipe makes
otherwise. `table` reads the results of all runs: perplexity by loss as mean and 95 % interval (Student's t) over seeds,
differences from labels alone paired by seed, perplexity of what was held out on the way, and what a cell's training cost.
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
# soft-cross-entropy has the gradients of forward-kl.
LOSSES = {
    "labels": [LABELS],
    "hinton": [HINTON],
    "logit-mse": ["logit-mse: {reduction: elements}"],
    "uld": [LABELS, "uld: {weight: 1.5}"],
    "minilm-v2": [LABELS, "minilm-v2: {causal: true, heads: 8}"],
    "ted": ["ted: {filterSteps: 50}"],
}
for alone in ("forward-kl reverse-kl symmetric-kl js skewed-forward-kl skewed-reverse-kl total-variation "
              "generalized-jsd adaptive-kl top-k").split():
    LOSSES[alone] = [alone]
for inner in "hint nst cka attention-transfer rkd".split():
    LOSSES[inner] = [LABELS, inner]
for projected in "hidden-mse hidden-cosine".split():
    LOSSES[projected] = [LABELS, projected + ": {projection: each}"]
# Heads, widths or both have to be the teacher's.
ALIKE = {"distilbert": ["distilbert: {tokens: scored}"]} | {
    term: [LABELS, term] for term in "fsp patience attention-scores tinybert".split()}
# What is no choice of terms alone: keys of the stage beside its loss.
WAYS = {
    "gkd": ["loss: [generalized-jsd]", "onPolicy: {share: 0.5, prompt: 32, tokens: 96}"],
}
# Of a student that is a good model before.
WHOLE = {
    "born-again": [f"loss: [{HINTON}]", "teachers: [original]"],
    "two-logits": ["loss: [forward-kl: {teachers: logits}]", "teachers: [TEACHER, original]"],
    "two-probabilities": ["loss: [forward-kl]", "teachers: [TEACHER, original]"],
}
SHALLOW = "drop-layers: {remove: 3, by: influence, recovery: least-squares}"


def stage(a, loss, seed, teacher):
    """The lines of the stage that trains."""
    text = f"{{dataset: {a.dataset}, length: {a.length}, windows: {a.windows}}}"
    training = (f"{{steps: {a.steps}, batch: {a.batch}, learningRate: {a.rate}, "
                f"schedule: {{warmupSteps: {max(1, a.steps // 13)}}}, precision: bfloat16, seed: {seed}, "
                f"evaluation: {{windows: 24, every: {max(1, a.steps // 4)}}}}}")
    if loss == "labels":
        return ["finetune:", f"  data: {text}", f"  training: {training}"]
    if loss == "minillm":
        return ["minillm:", f"  teacher: {teacher}", f"  data: {text}", "  prompt: 32", "  tokens: 96", "  uses: 4",
                "  policy: {teacherShare: 0.2, rewardClip: 10, rewardScale: 0.5}",
                f"  pretraining: {{data: {text}}}", f"  training: {training}"]
    keys = [key.replace("TEACHER", teacher) for key in (WAYS | WHOLE).get(loss, [])]
    if not any(key.startswith("teachers:") for key in keys):
        keys = [f"teachers: [{teacher}]"] + keys
    if loss not in WAYS | WHOLE:
        keys += ["loss:"] + [f"  - {term}" for term in (LOSSES | ALIKE)[loss]]
    return ["distill:"] + ["  " + key for key in keys + [f"data: {text}", f"training: {training}"]]


def write(a):
    shallow = a.student == "shallow"
    made = shallow and a.made
    model = a.made.resolve() if made else "models/ref-22m" if shallow else "models/ref-7m"
    teacher = "original" if shallow and not made else "models/ref-22m"
    for folder in ("recipes", "suites"):
        (a.out / folder).mkdir(parents=True, exist_ok=True)
    every = list(LOSSES) + list(WAYS) + ["minillm"] + list(ALIKE if shallow else WHOLE)
    for seed in a.seeds.split(","):
        names = []
        for loss in a.losses.split(",") if a.losses else every:
            name = f"{a.student}-{loss}-s{seed}"
            names.append(name)
            first, *others = stage(a, loss, seed, teacher)
            lines = [f"name: {name}", f"summary: {loss}, seed {seed}", "stages:"]
            if shallow and not made:
                lines.append(f"  - {SHALLOW}")
            lines += [f"  - {first}"] + [f"    {other}" for other in others]
            (a.out / "recipes" / f"{name}.yaml").write_text("\n".join(lines) + "\n")
        (a.out / "suites" / f"distillation-{a.student}-s{seed}.yaml").write_text(f"""\
name: distillation-{a.student}-s{seed}
summary: Losses of distillation at an equal budget, seed {seed}
models: [{{name: {a.student}, path: {model}}}]
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


def shown(values):
    mean, spread = interval(values)
    return f"{mean:.2f}" if math.isnan(spread) else f"{mean:.2f} ± {spread:.2f}"


def held(runs):
    """What was held out after so many steps, over seeds: perplexity, or the loss where results do not tell it."""
    told = all(look.get("labels") is not None for looks in runs for look in looks)
    values = [[math.exp(look["labels"]) if told else look["loss"] for look in looks] for looks in runs]
    steps = [look["steps"] for look in runs[0]]
    return ", ".join(f"{step}: {shown(list(each))}" for step, each in zip(steps, zip(*values)))


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
            both = [labels[s][0] - value for s, (value, _) in seeds.items() if s in labels]
            gain = "–" if loss == "labels" or not both else shown(both)
            curve = held([training["looks"] for _, training in seeds.values()])
            mean = shown([value for value, _ in seeds.values()])
            print(f"| {loss} | {len(seeds)} | {mean} | {gain} | {curve} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("write")
    one.add_argument("out", type=pathlib.Path)
    one.add_argument("--student", choices=["ref-7m", "shallow"], required=True)
    one.add_argument("--losses", help="of those the table names, all unless given")
    one.add_argument("--made", type=pathlib.Path, help="a checkpoint of the shallow student")
    one.add_argument("--seeds", default="0,1,2")
    one.add_argument("--dataset", default="wordnet-glosses")
    one.add_argument("--steps", type=int, default=100)
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
