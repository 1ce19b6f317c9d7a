"""The room training: optimizers, schedules, and whole runs of training."""

import shutil
from pathlib import Path

import index

FILES = ("optim.safetensors", "train.safetensors")
TEACHER = "teacher_llama"


def make(source, room):
    source = Path(source, "distillation")
    cases = index.split(source, FILES, room)
    for case in cases.values():
        words(case)
    shutil.copytree(source / TEACHER, room / TEACHER)
    index.write(room, cases)


def words(case):
    """Models that parameters name become inputs, and a rule in place of a limit a word."""
    model = case["params"].get("model")
    if model:
        case["inputs"]["model"] = model if model == TEACHER else index.beside(model).replace("models/", "../families/")
    if "teacher" in case["params"]:
        case["inputs"]["teacher"] = TEACHER
    if case["tolerance"].get("exact") is True:
        case["tolerance"]["exact"] = "no difference"
