"""The room tokenizers: two small vocabularies, and what texts become under them."""

import json
import shutil
from pathlib import Path

import index


def make(source, room):
    cases = {}
    for directory in sorted(Path(source, "tokenizer").iterdir()):
        (room / directory.name).mkdir()
        for file in directory.iterdir():
            shutil.copyfile(file, room / directory.name / file.name)
        golden = json.loads((directory / "golden.json").read_text(encoding="utf-8"))
        texts = golden["cases"]
        cases[directory.name] = {
            "algorithm": "tokenizer",
            "inputs": {"directory": directory.name},
            "scalars": {
                "vocab_size": golden["vocab_size"],
                "texts": len(texts),
                "ids_in_front": len(texts[0]["ids_with_special"]) - len(texts[0]["ids"]),
            },
            "tolerance": {"ids": "exact"},
            "source": "tokenizers 0.23.2",
        }
    index.write(room, cases)
