import unittest
from math import inf, nextafter

from comparing.comparison import cells_of, quality, times_of_baseline, times_of_builds
from comparing.baseline import quality_section, times_section
from comparing.faults import Fault
from comparing.results import cell_of
from comparing.timing import Taken, take
from comparing.verdicts import DIFFERS, SAME, UNKNOWN
from tests.made import perplexity, result, times

NAME = "ref-7m/fp32"


def cell(value, tensors="aa", **more):
    return {NAME: cell_of(result(NAME, perplexity(value), tensors=tensors, **more))}


def outcomes(rows):
    return [[verdict.outcome for verdict in row.verdicts] for row in rows]


def rounds(*pairs, **more):
    """Rounds in which builds decode in so many seconds, and prefill in twice that."""
    return [
        Taken(NAME, tuple(cell_of(result(NAME, *times(t, 2 * t, **more))) for t in pair))
        for pair in pairs
    ]


class QualityTest(unittest.TestCase):
    def test_on_one_machine_the_last_bit_counts(self):
        old, new = cell(37.95), cell(nextafter(37.95, inf))
        self.assertEqual([[SAME, SAME]], outcomes(quality(old, cell(37.95), True)))
        self.assertEqual([[DIFFERS, SAME]], outcomes(quality(old, new, True)))
        self.assertEqual([[SAME, DIFFERS]], outcomes(quality(old, cell(37.95, "bb"), True)))

    def test_on_another_machine_a_tolerance_does_and_hashes_are_told(self):
        old = cell(100.0)
        self.assertEqual([[SAME, UNKNOWN]], outcomes(quality(old, cell(100.29, "bb"), False)))
        self.assertEqual([[DIFFERS, UNKNOWN]], outcomes(quality(old, cell(100.31, "bb"), False)))
        self.assertEqual([[SAME, SAME]], outcomes(quality(old, cell(100.0009), False)))
        self.assertEqual([[DIFFERS, SAME]], outcomes(quality(old, cell(99.99), False)))

    def test_where_more_is_lost_more_may_tip_over(self):
        # ln(4) = 1.386 of loss: 0.003 + 0.02 * 1.386 = 3.07 %.
        def with_reference(value, tensors):
            two_bits = cell_of(result("ref-7m/w2", perplexity(value), tensors=tensors))
            return {**cell(25.0), "ref-7m/w2": two_bits}

        old = with_reference(100.0, "bb")
        near, far = with_reference(103.0, "cc"), with_reference(103.2, "cc")
        self.assertEqual([SAME, UNKNOWN], outcomes(quality(old, near, False))[1])
        self.assertEqual([DIFFERS, UNKNOWN], outcomes(quality(old, far, False))[1])

    def test_failures_and_cells_of_one_side_differ(self):
        self.assertEqual([[DIFFERS]], outcomes(quality(cell(1.0), cell(1.0, failure="no"), True)))
        self.assertEqual([[DIFFERS]], outcomes(quality({}, cell(1.0), True)))
        self.assertEqual([[DIFFERS]], outcomes(quality(cell(1.0), {}, True)))

    def test_another_protocol_differs_and_says_in_what(self):
        new = {NAME: cell_of(result(NAME, perplexity(1.0, window="512")))}
        (row,) = quality(cell(1.0), new, True)
        self.assertEqual(DIFFERS, row.verdicts[0].outcome)
        self.assertIn("other protocol: window", row.columns)

    def test_what_was_recorded_is_the_same_as_what_it_was_recorded_from(self):
        section = quality_section(cell(37.123456789012345))
        rows = quality(cells_of(section), cell(37.123456789012345), True)
        self.assertEqual([[SAME, SAME]], outcomes(rows))

    def test_failures_are_not_recorded(self):
        with self.assertRaisesRegex(Fault, NAME):
            quality_section(cell(1.0, failure="no"))


class TimesTest(unittest.TestCase):
    def test_a_constant_ratio_shows_through_rounds_that_drift(self):
        slower = rounds((1, 1.1), (2, 2.2), (4, 4.44), (8, 8.8))
        rows = times_of_builds(slower, [NAME], 0.03)
        self.assertEqual([[DIFFERS], [DIFFERS]], outcomes(rows))
        self.assertEqual("slower", rows[0].columns[-1])
        rows = times_of_builds(rounds((1.1, 1), (2.2, 2), (4.44, 4)), [NAME], 0.03)
        self.assertEqual("faster", rows[0].columns[-1])

    def test_within_the_tolerance_is_the_same(self):
        even = rounds((1, 1.001), (2, 2), (4, 3.999), (8, 8.001))
        self.assertEqual([[SAME], [SAME]], outcomes(times_of_builds(even, [NAME], 0.03)))

    def test_scatter_decides_nothing(self):
        wild = rounds((1, 2), (2, 1), (1, 3))
        self.assertEqual([[UNKNOWN], [UNKNOWN]], outcomes(times_of_builds(wild, [NAME], 0.03)))

    def test_disturbed_rounds_do_not_count(self):
        disturbed = rounds((1, 1), (1, 1), (1, 1), disturbed="other work")
        rows = times_of_builds(disturbed, [NAME], 0.03)
        self.assertEqual([[UNKNOWN], [UNKNOWN]], outcomes(rows))

    def test_a_time_that_failed_differs(self):
        failed = [Taken(NAME, (*cell(1.0).values(), *cell(1.0, failure="no").values()))] * 3
        self.assertEqual([[DIFFERS], [DIFFERS]], outcomes(times_of_builds(failed, [NAME], 0.03)))

    def test_against_what_was_recorded(self):
        section = times_section(rounds((1.0,), (1.001,), (0.999,)), [NAME])
        same = times_of_baseline(section, rounds((1.0,), (1.0,), (1.002,)), [NAME], 0.1)
        slower = times_of_baseline(section, rounds((1.2,), (1.21,), (1.22,)), [NAME], 0.1)
        self.assertEqual([[SAME], [SAME]], outcomes(same))
        self.assertEqual([[DIFFERS], [DIFFERS]], outcomes(slower))

    def test_disturbed_rounds_are_not_recorded(self):
        with self.assertRaisesRegex(Fault, "quiet"):
            times_section(rounds((1,), (1,), (1,), disturbed="other work"), [NAME])


class Recording:
    """A build that tells when it was run; disturbed at first."""

    def __init__(self, letter, order, disturbed=0):
        self.letter, self.order, self.disturbed = letter, order, disturbed

    def run(self, suite, reports, cells):
        self.order.append(self.letter)
        more = {"disturbed": "other work"} if self.disturbed > 0 else {}
        self.disturbed -= 1
        return {cells[0]: cell_of(result(cells[0], *times(1, 2, **more)))}


class TurnsTest(unittest.TestCase):
    def test_builds_take_turns_and_change_their_order(self):
        order = []
        builds = [Recording(letter, order) for letter in "AB"]
        take(builds, [NAME, "m/r"], 2, lambda line: None)
        self.assertEqual("ABABBABA", "".join(order))

    def test_a_disturbed_round_is_taken_again(self):
        order = []
        (taken,) = take([Recording("A", order, disturbed=2)], [NAME], 1, lambda line: None)
        self.assertEqual(3, len(order))
        self.assertFalse(taken.disturbed)


if __name__ == "__main__":
    unittest.main()
