import unittest
from math import nan

from peers.checks import fault, pairs


class PeerChecksTest(unittest.TestCase):
    def test_arguments_come_in_pairs(self):
        self.assertEqual([("a", "b"), ("c", "d")], pairs(["a", "b", "c", "d"]))
        for wrong in ([], ["a"], ["a", "b", "c"]):
            self.assertIsNone(pairs(wrong))

    def test_rounding_of_the_type_passes(self):
        # By the types' definitions, of a greatest value of 1: half of 2^-10, of 1/127; 1 - 7/8.
        for kind, error in (("F32", 0), ("F16", 2**-11), ("Q8_0", 0.5 / 127), ("Q4_0", 0.125)):
            self.assertIsNone(fault("t", kind, error), kind)

    def test_more_than_rounding_is_a_fault(self):
        for kind, error in (("F32", 1e-5), ("F16", 1e-3), ("Q8_0", 0.008), ("Q4_0", 0.2)):
            self.assertIn("t: an error of", fault("t", kind, error))

    def test_what_is_no_number_is_a_fault(self):
        self.assertIn("nan", fault("t", "F32", nan))

    def test_a_type_that_is_not_written_is_a_fault(self):
        self.assertIn("found Q6_K", fault("t", "Q6_K", 0.0))


if __name__ == "__main__":
    unittest.main()
