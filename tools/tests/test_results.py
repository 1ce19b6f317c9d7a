import json
import tempfile
import unittest
from pathlib import Path

from comparing.faults import Fault
from comparing.results import Figure, cell_of, read_cells
from tests.made import perplexity, result, times


class ResultsTest(unittest.TestCase):
    def test_protocol_id_is_the_one_of_the_pages(self):
        # sha256 of the two lines "a=1" and "b=2": printf 'a=1\nb=2\n' | sha256sum
        figure = Figure(1.0, {"b": "2", "a": "1"})
        self.assertEqual("4a73850fde34", figure.protocol_id)

    def test_perplexity_is_the_one_in_float32(self):
        cell = cell_of(result("m/r", perplexity(3.0, arithmetic="execution"), perplexity(2.0)))
        self.assertEqual("m/r", cell.name)
        self.assertEqual(2.0, cell.perplexity.value)
        self.assertEqual("aa", cell.tensors)

    def test_time_is_the_median_of_the_samples(self):
        cell = cell_of(result("m/r", *times(0.5, 3)))
        self.assertEqual(0.5, cell.times["timePerOutputToken"].middle)

    def test_marks_of_disturbance_old_and_new(self):
        new = cell_of(result("m/r", *times(1, 2, disturbed="other work")))
        old = cell_of(result("m/r", *times(1, 2, note="tasks waited for a CPU 80 % of the time")))
        simulated = cell_of(result("m/r", *times(1, 2, note="no kernel")))
        self.assertEqual("other work", new.times["timeToFirstToken"].disturbed)
        self.assertIn("80 %", old.times["timeToFirstToken"].disturbed)
        self.assertIsNone(simulated.times["timeToFirstToken"].disturbed)

    def test_unsupported_figures_are_none(self):
        unsupported = perplexity(1.0)
        del unsupported["value"]
        self.assertIsNone(cell_of(result("m/r", unsupported)).perplexity)

    def test_reads_all_runs_below_reports(self):
        with tempfile.TemporaryDirectory() as directory:
            for run, name in (("x", "m/one"), ("y", "m/two")):
                file = Path(directory, "runs", run, "results", "0.json")
                file.parent.mkdir(parents=True)
                file.write_text(json.dumps(result(name, perplexity(1.0))))
            self.assertEqual({"m/one", "m/two"}, set(read_cells(directory)))

    def test_a_file_that_is_no_result_is_named(self):
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, "runs", "x", "results", "0.json")
            file.parent.mkdir(parents=True)
            file.write_text("{}")
            with self.assertRaisesRegex(Fault, "0.json: not a result file"):
                read_cells(directory)


if __name__ == "__main__":
    unittest.main()
