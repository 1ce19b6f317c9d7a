"""Whether two figures are the same, and in what they are not."""

from dataclasses import dataclass
from math import log

SAME, DIFFERS, UNKNOWN = "same", "differs", "not compared"

# Between machines; what was seen is in tools/README.md. Of the same tensors only the last bits of
# the forward pass differ. Where a sum tipped codes over, more does the more there is of the loss.
SAME_TENSORS = 1e-5
OTHER_TENSORS = 3e-3
SHARE_OF_LOSS = 0.02


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


def tolerance(same_tensors, perplexity, uncompressed):
    """Relative, between two machines; `uncompressed` is the same model's perplexity, or None."""
    if same_tensors:
        return SAME_TENSORS
    loss = abs(log(perplexity / uncompressed)) if uncompressed else 0
    return OTHER_TENSORS + SHARE_OF_LOSS * loss


def of_perplexity(old, new, allowed):
    """Within a relative tolerance; 0 asks for the last bit."""
    if old is None or new is None:
        where = "both" if old is new else "A" if old is None else "B"
        return Verdict(DIFFERS, f"missing in {where}")
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
    if abs(change) > allowed:
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
