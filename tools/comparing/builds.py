"""Checkouts and the runs of their builds, through their own command line."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from comparing.faults import Fault
from comparing.results import read_cells

HERE = Path(__file__).resolve().parents[2]
QUALITY, TIMES = "baseline", "baseline-times"

# `assay plan` has a line for each cell that begins with its name and its id.
PLANNED = re.compile(r"^([^\s/]+/[^\s/]+)/[^\s/]+ +[0-9a-f]{16} ", re.MULTILINE)

CELLS_FAILED = 3


@dataclass(frozen=True)
class Build:
    """A checkout; its launcher builds what is missing."""

    directory: Path
    work: Path

    def __post_init__(self):
        if not (self.directory / "assay").is_file():
            raise Fault(f"{self.directory}: no launcher 'assay', expected a checkout of Assay")

    def suite(self, name):
        """The checkout's own suite, or ours where it has none yet."""
        own = self.directory / "suites" / f"{name}.yaml"
        return own if own.is_file() else HERE / "suites" / f"{name}.yaml"

    def cells(self, suite):
        """Names of a suite's cells, MODEL/RECIPE, in order."""
        planned = self.assay("plan", self.suite(suite), *self.cache(), output=subprocess.PIPE)
        if planned.returncode != 0:
            raise Fault(f"{self.directory}: 'assay plan' of {suite} failed, see above")
        return PLANNED.findall(planned.stdout)

    def run(self, suite, reports, cells=()):
        """Runs a suite, or those cells of it, and reads what came out."""
        reports = self.work / reports
        only = [word for cell in cells for word in ("--cell", f"{cell}/*")]
        ran = self.assay(
            "run", self.suite(suite), "--no-site", "--reports", reports, *self.cache(), *only
        )
        if ran.returncode not in (0, CELLS_FAILED):
            raise Fault(f"{self.directory}: 'assay run' of {suite} failed, see above")
        return read_cells(reports)

    def cache(self):
        return "--cache", self.work / "cache"

    def assay(self, *arguments, output=subprocess.DEVNULL):
        return subprocess.run(
            [self.directory / "assay", *map(str, arguments)],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            text=True,
            check=False,
        )
