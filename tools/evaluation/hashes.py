#!/usr/bin/env python3
"""Writes the hashes by which evaluation sets are known, and refused as training data.

    tools/evaluation/hashes.py DATASETS

DATASETS has vicuna/question.jsonl and user-oriented-instructions/user_oriented_instructions.jsonl as
they were published. Nothing of their texts is kept: of each prompt letters and digits alone, in lower
case, give a sha256, of which the first half is written. Of a prompt with an instruction and an input
there are two: of both together, and of the instruction if it is long enough to be nobody else's. In a
second file each has a line with hashes of every eight words that follow one another, if it has eight.
"""

import hashlib
import json
import sys
import unicodedata
from pathlib import Path

TARGET = "engine/src/main/resources/dev/assay/engine/teacher/prompt/evaluation.txt"
SHINGLES = TARGET.replace(".txt", "-shingles.txt")
SHINGLE_WORDS = 8
SHINGLE_DIGITS = 12
DIGITS = 32
FEWEST_WORDS = 10


def bare(text):
    """Letters and digits in lower case, in the compatible form of Unicode."""
    lower = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in lower if unicodedata.category(c)[0] == "L" or unicodedata.category(c) == "Nd")


def digest(text):
    return hashlib.sha256(bare(text).encode()).hexdigest()[:DIGITS]


def words(text):
    """Runs of letters, marks and digits in lower case, in the compatible form of Unicode."""
    lower = unicodedata.normalize("NFKC", text).lower()
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in lower).split()


def shingles(text):
    """Hashes of every eight words that follow one another."""
    all_words = words(text)
    runs = [" ".join(all_words[i : i + SHINGLE_WORDS]) for i in range(len(all_words) - SHINGLE_WORDS + 1)]
    return sorted({hashlib.sha256(run.encode()).hexdigest()[:SHINGLE_DIGITS] for run in runs})


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def vicuna(datasets):
    for each in lines(datasets / "vicuna/question.jsonl"):
        yield each["turns"][0]


def user_oriented(datasets):
    file = datasets / "user-oriented-instructions/user_oriented_instructions.jsonl"
    for each in lines(file):
        given = each["instances"][0]["input"]
        yield each["instruction"] + "\n" + given
        if given and len(each["instruction"].split()) >= FEWEST_WORDS:
            yield each["instruction"]


SETS = {"vicuna": vicuna, "user-oriented-instructions": user_oriented}


def main(arguments):
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    shingled = ["# Made by tools/evaluation/hashes.py: a set, and hashes of every eight words of one of its prompts."]
    written = ["# Made by tools/evaluation/hashes.py: a set, and the hash of one of its prompts."]
    for name, prompts in SETS.items():
        written += sorted({f"{name} {digest(prompt)}" for prompt in prompts(Path(arguments[0]))})
        runs = {" ".join([name, *shingles(prompt)]) for prompt in prompts(Path(arguments[0]))}
        shingled += sorted(run for run in runs if run != name)
    for file, content in ((TARGET, written), (SHINGLES, shingled)):
        target = Path(__file__).resolve().parents[2] / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(content) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(written) - 1} hashes")


if __name__ == "__main__":
    main(sys.argv[1:])
