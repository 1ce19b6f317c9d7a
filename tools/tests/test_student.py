import unittest
from math import log

from comparing.student import interval, quantile, ratio_interval


class StudentTest(unittest.TestCase):
    def test_quantiles_are_those_of_the_printed_tables(self):
        for freedom, expected in ((1, 63.657), (2, 9.925), (3, 5.841), (5, 4.032), (10, 3.169)):
            self.assertAlmostEqual(expected, quantile(0.99, freedom), places=3)
        self.assertAlmostEqual(2.262, quantile(0.95, 9), places=3)

    def test_interval_of_a_geometric_mean(self):
        # Logs 0, log 2 and log 4: mean log 2, standard error log 2 / sqrt 3, t(0.99, 2) = 9.925.
        low, middle, high = interval([0, log(2), log(4)])
        self.assertAlmostEqual(2, middle)
        self.assertAlmostEqual(2 ** (1 + 9.92484 / 3**0.5), high, places=2)
        self.assertAlmostEqual(middle * middle, low * high)

    def test_ratio_of_equal_spreads_has_both_sets_freedom(self):
        # Variances 1 each of 3: error sqrt(2/3), four degrees of freedom, t = 4.6041.
        low, middle, high = ratio_interval([1, 2, 3], [0, 1, 2])
        self.assertAlmostEqual(1, log(middle))
        self.assertAlmostEqual(1 + 4.6041 * (2 / 3) ** 0.5, log(high), places=3)
        self.assertAlmostEqual(1 - 4.6041 * (2 / 3) ** 0.5, log(low), places=3)

    def test_ratio_without_spread_is_exact(self):
        self.assertEqual((1, 1, 1), ratio_interval([2, 2], [2, 2, 2]))


if __name__ == "__main__":
    unittest.main()
