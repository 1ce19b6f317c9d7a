"""The baseline's file: what a build gave, on which machine."""

import json
import os
from datetime import date
from math import exp
from pathlib import Path

from comparing import timing
from comparing.faults import Fault
from comparing.results import TIMES, Figure
from comparing.student import interval

FILE = Path(__file__).resolve().parents[1] / "baseline" / "baseline.json"
SCHEMA = 1


def read(file):
    try:
        content = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise Fault(f"{file}: cannot be read: {e}") from e
    if content.get("schema") != SCHEMA:
        raise Fault(f"{file}: found schema {content.get('schema')!r}, expected {SCHEMA}")
    return content


def write(content, file):
    """As a whole, or not at all."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    file = Path(file)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text + "\n", encoding="utf-8")
        os.replace(beside, file)
    except OSError as e:
        raise Fault(f"{file}: cannot be written: {e}") from e
    finally:
        beside.unlink(missing_ok=True)


def recorded(cell):
    """Which build made a section's figures, when and where."""
    return {"date": date.today().isoformat(), "build": cell.build, "machine": cell.machine}


def quality_section(cells):
    """Of cells that have all succeeded."""
    failed = sorted(cell.name for cell in cells.values() if cell.failure or not cell.perplexity)
    if failed or not cells:
        raise Fault(f"nothing is recorded: without perplexity: {', '.join(failed) or 'all'}")
    any_cell = next(iter(cells.values()))
    return {
        "recorded": recorded(any_cell),
        "protocols": {c.perplexity.protocol_id: c.perplexity.protocol for c in cells.values()},
        "cells": {
            name: {
                "perplexity": cell.perplexity.value,
                "protocol": cell.perplexity.protocol_id,
                "tensors": cell.tensors,
            }
            for name, cell in cells.items()
        },
    }


def with_more(section, more):
    """A section of quality with further cells, each with the build that it was recorded from."""
    if more["recorded"]["machine"] != section["recorded"]["machine"]:
        raise Fault("nothing is recorded: the baseline is of another machine; record all of it")
    added = {name: {**cell, "recorded": more["recorded"]} for name, cell in more["cells"].items()}
    return {
        **section,
        "protocols": {**section["protocols"], **more["protocols"]},
        "cells": {**section["cells"], **added},
    }


def times_section(taken, names):
    """Of rounds with one build."""
    section = {"protocols": {}, "cells": {}}
    for name in names:
        cell = timing.first(taken, name, 0)
        if cell is None or cell.failure:
            raise Fault(f"nothing is recorded: {name}: {cell.failure if cell else 'no result'}")
        section["recorded"] = recorded(cell)
        entry = section["cells"][name] = {"form": cell.form}
        for metric in TIMES:
            logs = timing.logs(taken, name, metric)
            if len(logs) < timing.FEWEST:
                raise Fault(
                    f"nothing is recorded: {name}: {metric}: {len(logs)} undisturbed rounds,"
                    f" expected {timing.FEWEST}; the machine must be quiet"
                )
            figure = cell.times[metric]
            section["protocols"][figure.protocol_id] = figure.protocol
            low, middle, high = interval(logs)
            entry[metric] = {
                "seconds": middle,
                "low": low,
                "high": high,
                "rounds": [exp(value) for value in logs],
                "protocol": figure.protocol_id,
            }
    return section


def perplexity_of(section, name):
    """A recorded perplexity with its protocol."""
    entry = section["cells"][name]
    return Figure(entry["perplexity"], section["protocols"][entry["protocol"]])
