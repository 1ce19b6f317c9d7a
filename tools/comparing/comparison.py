"""The comparisons themselves: rows of a table, each with its verdict."""

from dataclasses import dataclass
from math import log

from comparing import baseline, timing, verdicts
from comparing.results import TIMES
from comparing.student import interval, ratio_interval
from comparing.table import milliseconds, ratio
from comparing.verdicts import UNKNOWN, Verdict


@dataclass(frozen=True)
class Row:
    """What stands in the table, and the verdicts it rests on."""

    columns: tuple
    verdicts: tuple


QUALITY_HEAD = ("cell", "perplexity A", "perplexity B", "perplexity", "tensors")
TIMES_HEAD = ("cell", "time", "A", "B", "B over A, 99 %", "verdict")


def quality(old, new, same_machine, references=None):
    """Two builds' cells by name, or the baseline's as A; references are more of A's cells."""
    references = old if references is None else references
    return [
        quality_row(
            name, old.get(name), new.get(name), same_machine, uncompressed(references, name)
        )
        for name in dict.fromkeys([*old, *new])
    ]


def uncompressed(cells, name):
    """Perplexity of the model of a cell in float32; None if it is not there."""
    cell = cells.get(name.split("/")[0] + "/fp32")
    return cell.perplexity.value if cell and cell.perplexity else None


def quality_row(name, old, new, same_machine, reference):
    failed = verdicts.of_failures(old, new)
    values = [c.perplexity.value if c and c.perplexity else None for c in (old, new)]
    if failed:
        return Row((name, *values, failed.text, None), (failed,))
    allowed = 0
    if not same_machine and old.perplexity:
        same = old.tensors is not None and old.tensors == new.tensors
        allowed = verdicts.tolerance(same, old.perplexity.value, reference)
    perplexity = verdicts.of_perplexity(old.perplexity, new.perplexity, allowed)
    tensors = verdicts.of_tensors(old.tensors, new.tensors, same_machine)
    return Row((name, *values, perplexity.text, tensors.text), (perplexity, tensors))


def times_of_builds(taken, names, tolerance):
    """Two builds that took turns: the interval is that of the rounds' own ratios."""
    rows = []
    for name in names:
        for metric in TIMES:
            rows.append(paired(taken, name, metric, tolerance))
    return rows


def paired(taken, name, metric, tolerance):
    broken = unusable([timing.first(taken, name, build) for build in (0, 1)], metric)
    ratios = timing.logs_of_ratios(taken, name, metric)
    broken = broken or too_few(ratios)
    if broken:
        return Row((name, metric, None, None, None, broken.text), (broken,))
    pairs = [pair for one in taken if one.name == name and (pair := one.middles(metric))]
    middles = [interval([log(pair[build]) for pair in pairs])[1] for build in (0, 1)]
    return judged(name, metric, *middles, interval(ratios), tolerance)


def times_of_baseline(section, taken, names, tolerance):
    """One build's rounds and those that were recorded, perhaps long ago; names of either."""
    rows = []
    for name in dict.fromkeys(names):
        for metric in TIMES:
            rows.append(unpaired(section, taken, name, metric, tolerance))
    return rows


def unpaired(section, taken, name, metric, tolerance):
    entry = section["cells"].get(name, {}).get(metric)
    cell = timing.first(taken, name, 0)
    logs = timing.logs(taken, name, metric)
    if entry is None:
        broken = Verdict(verdicts.DIFFERS, "not in the baseline")
    else:
        broken = unusable([cell], metric, section["protocols"][entry["protocol"]])
    broken = broken or too_few(logs)
    if broken:
        return Row((name, metric, None, None, None, broken.text), (broken,))
    recorded = [log(seconds) for seconds in entry["rounds"]]
    middle = interval(logs)[1]
    return judged(
        name, metric, entry["seconds"], middle, ratio_interval(logs, recorded), tolerance
    )


def judged(name, metric, old, new, of_ratio, tolerance):
    verdict = verdicts.of_ratio(*of_ratio, tolerance)
    columns = (name, metric, milliseconds(old), milliseconds(new), ratio(*of_ratio), verdict.text)
    return Row(columns, (verdict,))


def unusable(cells, metric, protocol=None):
    """Why a time cannot be compared; None if it can."""
    if any(cell is None for cell in cells):
        return Verdict(verdicts.DIFFERS, "missing")
    for cell in cells:
        if cell.failure or metric not in cell.times:
            return Verdict(verdicts.DIFFERS, f"failed: {cell.failure or 'no time'}")
    protocols = [cell.times[metric].protocol for cell in cells] + ([protocol] if protocol else [])
    if any(other != protocols[0] for other in protocols):
        return Verdict(verdicts.DIFFERS, "other protocol")
    return None


def too_few(logs):
    if len(logs) >= timing.FEWEST:
        return None
    return Verdict(UNKNOWN, f"{len(logs)} undisturbed rounds, expected {timing.FEWEST}")


def cells_of(section):
    """The baseline's quality as cells, to be compared like those of a build."""
    return {
        name: Recorded(baseline.perplexity_of(section, name), entry["tensors"])
        for name, entry in section["cells"].items()
    }


@dataclass(frozen=True)
class Recorded:
    """A cell of the baseline's."""

    perplexity: object
    tensors: str
    failure: None = None
