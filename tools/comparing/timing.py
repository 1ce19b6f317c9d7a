"""Times taken in rounds; with two builds, the builds take turns within each round."""

from dataclasses import dataclass
from math import log

from comparing.builds import TIMES as SUITE

# Of a round that something disturbed.
RETAKES = 2
FEWEST = 3


@dataclass(frozen=True)
class Taken:
    """One round of one cell: the cells of the builds that took turns, first build first."""

    name: str
    cells: tuple

    def middles(self, metric):
        """The builds' medians; None where one has none or is disturbed."""
        figures = [cell.times.get(metric) if cell else None for cell in self.cells]
        if any(figure is None or figure.disturbed for figure in figures):
            return None
        return tuple(figure.middle for figure in figures)

    @property
    def disturbed(self):
        return any(
            figure.disturbed for cell in self.cells if cell for figure in cell.times.values()
        )


def take(builds, names, rounds, say):
    """Rounds over the named cells. The order of the builds is turned over from one to the next."""
    taken = []
    for number in range(rounds):
        say(f"times, round {number + 1} of {rounds}")
        for name in names:
            for attempt in range(1 + RETAKES):
                one = take_one(builds, name, f"{number}-{attempt}", number % 2 == 1)
                if not one.disturbed:
                    break
            taken.append(one)
    return taken


def take_one(builds, name, label, turned):
    cells = {}
    for index in sorted(range(len(builds)), reverse=turned):
        reports = f"times-{label}-{name.replace('/', '-')}"
        cells[index] = builds[index].run(SUITE, reports, [name]).get(name)
    return Taken(name, tuple(cells[index] for index in range(len(builds))))


def logs_of_ratios(taken, name, metric):
    """Of the second build's time over the first's, a pair a round; disturbed ones are left out."""
    pairs = [one.middles(metric) for one in taken if one.name == name]
    return [log(pair[1] / pair[0]) for pair in pairs if pair]


def logs(taken, name, metric):
    """Of the only build's time, one a round; disturbed ones are left out."""
    middles = [one.middles(metric) for one in taken if one.name == name]
    return [log(middle[0]) for middle in middles if middle]


def first(taken, name, build):
    """A cell of a build, for what stays the same from round to round; None if it has none."""
    return next((one.cells[build] for one in taken if one.name == name and one.cells[build]), None)
