"""Whether two figures are the same, and in what they are not."""

from dataclasses import dataclass

SAME, DIFFERS, UNKNOWN = "same", "differs", "not compared"

# Of codes and masks that another machine's sums may tip over. Measured: see tools/README.md.
PERPLEXITY_TOLERANCE = 5e-3


@dataclass(frozen=True)
class Verdict:
    """`outcome` is SAME, DIFFERS or UNKNOWN; `text` is for people."""

    outcome: str
    text: str


def of_failures(old, new):
    """Of two cells of which one failed or is missing; None where both succeeded."""
    if old is None or new is None:
        return Verdict(DIFFERS, f"only in {'B' if old is None else 'A'}")
    if old.failure or new.failure:
        both = old.failure and new.failure
        which = "both" if both else "A" if old.failure else "B"
        return Verdict(DIFFERS, f"{which} failed: {new.failure or old.failure}")
    return None


def of_perplexity(old, new, same_machine, tolerance=PERPLEXITY_TOLERANCE):
    """Exact on one machine; within a relative tolerance between two."""
    if old is None or new is None:
        return Verdict(DIFFERS, "missing in " + ("both" if old is new else "A" if old is None else "B"))
    if old.protocol != new.protocol:
        keys = sorted(
            key
            for key in old.protocol.keys() | new.protocol.keys()
            if old.protocol.get(key) != new.protocol.get(key)
        )
        return Verdict(DIFFERS, f"other protocol: {', '.join(keys)}")
    if old.value == new.value:
        return Verdict(SAME, "same")
    change = new.value / old.value - 1
    if same_machine or abs(change) > tolerance:
        return Verdict(DIFFERS, f"differs by {change:+.2e}")
    return Verdict(SAME, f"other machine, {change:+.2e}")


def of_tensors(old, new, same_machine):
    """Equal or not; between two machines unequal hashes say nothing."""
    if old is not None and old == new:
        return Verdict(SAME, "same")
    if same_machine or old is None or new is None:
        return Verdict(DIFFERS, "differ")
    return Verdict(UNKNOWN, "other machine")


def of_ratio(low, middle, high, tolerance):
    """Of a ratio of times with its interval: new over old."""
    within = abs(middle - 1) <= tolerance
    if not low <= 1 <= high and not within:
        return Verdict(DIFFERS, "slower" if middle > 1 else "faster")
    if 1 - tolerance <= low and high <= 1 + tolerance or within and not low <= 1 <= high:
        return Verdict(SAME, "same")
    return Verdict(UNKNOWN, "undecided, take more rounds")
