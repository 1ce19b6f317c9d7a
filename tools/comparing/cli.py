"""The command line of tools/compare: verbs and options."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from comparing import baseline, commands, timing
from comparing.builds import HERE
from comparing.faults import Fault

USAGE = 2
INTERRUPTED = 130


def main(arguments):
    options = parser().parse_args(arguments)
    try:
        check(options)
        return in_work(options)
    except Fault as e:
        print(f"compare: {e}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def parser():
    top = argparse.ArgumentParser(
        prog="tools/compare",
        description="Holds builds of Assay against the baseline or against each other.",
        epilog="Exit code: 0 all the same, 1 something differs or could not be told,"
        " 2 usage, or a run that did not come to its end.",
    )
    verbs = top.add_subparsers(required=True, metavar="VERB")

    p = verb(verbs, "baseline", "compare a build with the baseline", commands.compare_baseline)
    of_baseline(p)
    comparing(p, tolerance=0.10)

    p = verb(verbs, "builds", "compare two builds, taking turns", commands.compare_builds)
    p.add_argument("a", type=Path, metavar="DIR_A", help="checkout of one build")
    p.add_argument("b", type=Path, metavar="DIR_B", help="checkout of the other")
    comparing(p, tolerance=0.03)

    p = verb(verbs, "record", "write the baseline anew from a build", commands.record)
    of_baseline(p)
    p.add_argument(
        "--missing",
        action="store_true",
        help="add perplexity and tensors of cells that the baseline lacks, nothing else",
    )
    p.add_argument(
        "--only", default="*", metavar="GLOB", help="with --missing: those cells alone, MODEL/RECIPE"
    )
    return top


def verb(verbs, name, what, run):
    """A verb with the options that all have."""
    p = verbs.add_parser(name, help=what, description=what.capitalize() + ".")
    p.set_defaults(run=run)
    p.add_argument("--no-quality", action="store_true", help="leave perplexity and tensors out")
    p.add_argument("--no-times", action="store_true", help="leave times out")
    p.add_argument(
        "--rounds",
        type=int,
        default=6,
        metavar="N",
        help=f"rounds of times, {timing.FEWEST} at least (default: %(default)s)",
    )
    p.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="keep results and artifacts there (default: a temporary directory)",
    )
    return p


def of_baseline(p):
    p.add_argument(
        "--build", type=Path, default=HERE, metavar="DIR", help="its checkout (default: this one)"
    )
    p.add_argument(
        "--file",
        type=Path,
        default=baseline.FILE,
        metavar="FILE",
        help="the baseline (default: tools/baseline/baseline.json)",
    )


def comparing(p, tolerance):
    p.add_argument(
        "--only",
        default="*",
        metavar="GLOB",
        help="those cells alone, MODEL/RECIPE, for example 'ref-7m/gptq-*'",
    )
    p.add_argument(
        "--tolerance",
        type=float,
        default=tolerance,
        metavar="SHARE",
        help="change of a time that counts as none (default: %(default)s)",
    )


def check(options):
    if options.rounds < timing.FEWEST:
        raise Fault(f"--rounds: found {options.rounds}, expected {timing.FEWEST} at least")
    if options.no_quality and options.no_times:
        raise Fault("--no-quality with --no-times: nothing is left to do")
    tolerance = getattr(options, "tolerance", 0)
    if not 0 <= tolerance < 1:
        raise Fault(f"--tolerance: found {tolerance}, expected a share from 0 to below 1")
    work = options.work
    if work and work.exists() and (not work.is_dir() or any(work.iterdir())):
        raise Fault(f"--work: {work} is there already, expected a new or empty directory")
    if options.run is commands.record:
        check_place(options.file)


def check_place(file):
    """Before hours of runs, that the baseline can be written; its directory is made."""
    if file.is_dir():
        raise Fault(f"--file: {file} is a directory, expected a file or none")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise Fault(f"--file: {file.parent} cannot be made: {e}") from e
    if not os.access(file.parent, os.W_OK):
        raise Fault(f"--file: nothing can be written into {file.parent}")


def in_work(options):
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
        return options.run(options, options.work.resolve())
    work = Path(tempfile.mkdtemp(prefix="assay-compare-"))
    try:
        return options.run(options, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
