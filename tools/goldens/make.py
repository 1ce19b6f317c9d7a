#!/usr/bin/env python3
"""Makes a room of goldens from the directory that its figures were first written to.

    tools/goldens/make.py FIXTURES ROOM

FIXTURES is that directory, ROOM one of the rooms below, which is written anew under
engine/src/test/resources/goldens. Nothing in the build needs this: it says how what lies there came
from what the published codes gave (goldens/README.md), and is run again when a room gains cases.
"""

import importlib
import shutil
import sys
from pathlib import Path

ROOMS = (
    "adapters",
    "algorithms",
    "artifacts",
    "blackbox",
    "conditional",
    "families",
    "formats",
    "gguf",
    "losses",
    "lowrank",
    "perplexity",
    "pruning",
    "qat",
    "sparse",
    "templates",
    "tokenizers",
    "training",
    "transforms",
)
GOLDENS = Path(__file__).resolve().parents[2] / "engine/src/test/resources/goldens"


def main(arguments):
    if len(arguments) != 2 or arguments[1] not in ROOMS:
        raise SystemExit(__doc__ + "\nRooms: " + ", ".join(ROOMS))
    source, name = Path(arguments[0]), arguments[1]
    room = GOLDENS / name
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    importlib.import_module(name).make(source, room)
    size = sum(file.stat().st_size for file in room.rglob("*") if file.is_file())
    print(f"{name}: {size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
