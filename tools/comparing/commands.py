"""What the verbs of tools/compare do."""

import sys
from fnmatch import fnmatchcase

from comparing import baseline, comparison, timing
from comparing.builds import QUALITY, TIMES, Build
from comparing.faults import Fault
from comparing.table import table
from comparing.verdicts import DIFFERS, SAME

ALL_SAME, NOT_SAME = 0, 1


def compare_baseline(options, work):
    """A build with the baseline's file."""
    recorded = baseline.read(options.file)
    build = Build(options.build.resolve(), work / "b")
    print(f"A: {options.file}\nB: {build.directory}")
    verdicts = []
    quality, times = sections(recorded, options)
    if quality:
        new = quality_of(build, options.only)
        all_old = comparison.cells_of(quality)
        old = {name: cell for name, cell in all_old.items() if fnmatchcase(name, options.only)}
        same = machine(new.values()) == quality["recorded"]["machine"]
        verdicts += show(comparison.QUALITY_HEAD, comparison.quality(old, new, same, all_old))
    if times:
        names = wanted(build, TIMES, options.only)
        here = machine([build.run(TIMES, "times-machine", names[:1])[names[0]]]) if names else None
        if names and here != times["recorded"]["machine"]:
            say("times were recorded on another machine, and are not compared")
        else:
            taken = timing.take([build], names, options.rounds, say)
            old = [name for name in times["cells"] if fnmatchcase(name, options.only)]
            rows = comparison.times_of_baseline(times, taken, [*names, *old], options.tolerance)
            verdicts += show(comparison.TIMES_HEAD, rows)
    return conclude(verdicts)


def sections(recorded, options):
    """The baseline's quality and times; None for what is left out or was never recorded."""
    found = []
    for part, left_out in (("quality", options.no_quality), ("times", options.no_times)):
        if not left_out and part not in recorded:
            say(f"{part}: not recorded in {options.file}, and not compared")
        found.append(None if left_out else recorded.get(part))
    if not any(found):
        raise Fault(f"{options.file}: nothing to compare with; tools/compare record makes it")
    return found


def compare_builds(options, work):
    """Two builds with each other."""
    builds = [Build(options.a.resolve(), work / "a"), Build(options.b.resolve(), work / "b")]
    print(f"A: {builds[0].directory}\nB: {builds[1].directory}")
    verdicts = []
    if not options.no_quality:
        old, new = (quality_of(build, options.only) for build in builds)
        verdicts += show(comparison.QUALITY_HEAD, comparison.quality(old, new, True))
    if not options.no_times:
        each = [wanted(build, TIMES, options.only) for build in builds]
        names = [name for name in each[0] if name in each[1]]
        for name in sorted(set(each[0]) ^ set(each[1])):
            say(f"{name}: times in one of the suites only, not compared")
        taken = timing.take(builds, names, options.rounds, say)
        rows = comparison.times_of_builds(taken, names, options.tolerance)
        verdicts += show(comparison.TIMES_HEAD, rows)
    return conclude(verdicts)


def record(options, work):
    """The baseline's file anew, part by part; one that is left out or fails stays as it was."""
    build = Build(options.build.resolve(), work / "a")
    content = standing(options)
    if options.missing:
        return record_missing(options, build, content)
    if not options.no_times:
        names = wanted(build, TIMES, "*")
        taken = timing.take([build], names, options.rounds, say)
        content["times"] = baseline.times_section(taken, names)
        baseline.write(content, options.file)
    if not options.no_quality:
        content["quality"] = baseline.quality_section(quality_of(build, "*"))
        baseline.write(content, options.file)
    for part in ("quality", "times"):
        if part in content and content[part]["recorded"]["build"]["dirty"]:
            say(f"{part}: recorded from a tree with changes that are not committed")
    print(options.file)
    return ALL_SAME


def record_missing(options, build, content):
    """Perplexity and tensors of cells that the suite has and the baseline lacks."""
    if "quality" not in content:
        raise Fault(f"{options.file}: --missing: found no quality to add to")
    section = content["quality"]
    names = [name for name in wanted(build, QUALITY, options.only) if name not in section["cells"]]
    if not names:
        say("no cell is missing")
        return ALL_SAME
    say(f"{build.directory}: perplexity of {len(names)} cells")
    more = baseline.quality_section(build.run(QUALITY, "quality", names))
    content["quality"] = baseline.with_more(section, more)
    baseline.write(content, options.file)
    if more["recorded"]["build"]["dirty"]:
        say("recorded from a tree with changes that are not committed")
    print(options.file)
    return ALL_SAME


def standing(options):
    """What the file has; where all of it is written anew, it need not be readable."""
    new = {"schema": baseline.SCHEMA}
    try:
        return baseline.read(options.file) if options.file.exists() else new
    except Fault:
        if options.no_quality or options.no_times:
            raise
        return new


def quality_of(build, only):
    names = wanted(build, QUALITY, only)
    say(f"{build.directory}: perplexity of {len(names)} cells")
    return build.run(QUALITY, "quality", names) if names else {}


def wanted(build, suite, only):
    return [name for name in build.cells(suite) if fnmatchcase(name, only)]


def machine(cells):
    return next((cell.machine for cell in cells), None)


def show(head, rows):
    print("\n" + table([head, *(row.columns for row in rows)]), flush=True)
    return [verdict for row in rows for verdict in row.verdicts]


def conclude(verdicts):
    """One line at the end, and the exit code."""
    if not verdicts:
        raise Fault("nothing was compared; --only must match a cell")
    outcomes = [verdict.outcome for verdict in verdicts]
    differ, same = outcomes.count(DIFFERS), outcomes.count(SAME)
    print(f"\n{same} the same, {differ} differ, {len(outcomes) - same - differ} not compared.")
    return ALL_SAME if same == len(outcomes) else NOT_SAME


def say(line):
    print(f"compare: {line}", file=sys.stderr, flush=True)
