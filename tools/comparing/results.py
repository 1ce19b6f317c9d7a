"""Result files as `./assay run` writes them, cut down to what is compared."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from comparing.faults import Fault

DECODE = "timePerOutputToken"
PREFILL = "timeToFirstToken"
TIMES = (DECODE, PREFILL)

MACHINE = ("name", "family", "physicalCores", "logicalProcessors", "instructionSets")


@dataclass(frozen=True)
class Figure:
    """A value under its protocol; `disturbed` says what disturbed it, if something did."""

    value: float
    protocol: dict
    samples: tuple = ()
    disturbed: str | None = None

    @property
    def protocol_id(self):
        """Shown on pages too: see docs/FORMATS.md, "Measurement"."""
        lines = "".join(f"{key}={self.protocol[key]}\n" for key in sorted(self.protocol))
        return hashlib.sha256(lines.encode()).hexdigest()[:12]

    @property
    def middle(self):
        return median(self.samples) if self.samples else self.value


@dataclass(frozen=True)
class Cell:
    """One cell: its name is MODEL/RECIPE; `tensors` is the sha256 of the artifact's tensors."""

    name: str
    failure: str | None
    tensors: str | None
    form: str | None
    perplexity: Figure | None
    times: dict
    environment: dict

    @property
    def machine(self):
        """What bits and times depend on beside the build."""
        cpu = {key: self.environment["cpu"].get(key) for key in MACHINE}
        return {**cpu, "threads": self.environment["threads"]}

    @property
    def build(self):
        git = self.environment.get("git") or {}
        return {
            "revision": git.get("revision", "unknown"),
            "dirty": git.get("dirty", True),
            "jvm": self.environment["jvm"]["version"],
            "libraries": self.environment["libraries"],
        }


def read_cells(reports):
    """The cells of all runs below a directory of reports, by name; of one cell the latest."""
    files = sorted(Path(reports).glob("runs/*/results/*.json"), key=lambda f: f.stat().st_mtime)
    return {cell.name: cell for cell in map(read_cell, files)}


def read_cell(file):
    try:
        return cell_of(json.loads(Path(file).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise Fault(f"{file}: not a result file that this script can read: {e!r}") from e


def cell_of(result):
    """A cell of a result file's content."""
    described, failure = result["cell"], result.get("failure")
    artifact = result.get("artifact") or {}
    measured = [m for m in result["measurements"] if m.get("value") is not None]
    perplexities = [
        figure_of(m)
        for m in measured
        if m["metric"] == "perplexity" and m["protocol"].get("arithmetic") == "float32"
    ]
    if len(perplexities) > 1:
        raise ValueError("more than one perplexity in float32")
    return Cell(
        name=f"{described['model']['name']}/{described['recipe']['name']}",
        failure=f"{failure['stage']}: {failure['message']}" if failure else None,
        tensors=artifact.get("sha256"),
        form=artifact.get("execution"),
        perplexity=perplexities[0] if perplexities else None,
        times={m["metric"]: figure_of(m) for m in measured if m["metric"] in TIMES},
        environment=result["environment"],
    )


def figure_of(measurement):
    return Figure(
        measurement["value"],
        measurement["protocol"],
        tuple(measurement["samples"]),
        measurement.get("disturbed") or old_mark(measurement),
    )


def old_mark(measurement):
    """Builds whose results have no key for it said it in the note."""
    note = measurement.get("note") or ""
    return note if "tasks waited for a CPU" in note else None
