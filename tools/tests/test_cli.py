import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from comparing.cli import main

FAKE = """#!{python}
import json, sys
from pathlib import Path
arguments = sys.argv[1:]
sys.path.insert(0, {tools!r})
from tests.made import perplexity, result, times
if arguments[0] == "plan":
    print("cell    id")
    for name in {cells}:
        print(f"{{name}}/cpu          0123456789abcdef  to measure")
else:
    reports = Path(arguments[arguments.index("--reports") + 1])
    wanted = [arguments[i + 1][:-2] for i, word in enumerate(arguments) if word == "--cell"]
    directory = reports / "runs" / "x" / "results"
    directory.mkdir(parents=True)
    for name in wanted:
        made = result(name, perplexity({value}), *times({time}, 2))
        (directory / (name.replace("/", "-") + ".json")).write_text(json.dumps(made))
"""


def checkout(directory, value=2.0, time=1.0, cells=("m/one", "m/two")):
    """A checkout with a launcher that makes its results up."""
    directory.mkdir()
    launcher = directory / "assay"
    tools = str(Path(__file__).resolve().parents[1])
    made = {"value": value, "time": time, "cells": cells}
    launcher.write_text(FAKE.format(python=sys.executable, tools=tools, **made))
    launcher.chmod(0o755)
    return str(directory)


def say(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


class CommandLineTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = Path(temporary.name)

    def made(self, name, text=""):
        file = self.directory / name
        file.write_text(text)
        return file

    def test_equal_builds(self):
        a, b = (checkout(self.directory / name) for name in "ab")
        code, out, _ = say("builds", a, b, "--rounds", "3")
        self.assertEqual(0, code, out)
        self.assertIn("8 the same, 0 differ, 0 not compared.", out)

    def test_a_build_with_other_figures(self):
        a = checkout(self.directory / "a")
        b = checkout(self.directory / "b", value=2.5, time=1.5)
        code, out, _ = say("builds", a, b, "--only", "m/one", "--rounds", "3")
        self.assertEqual(1, code)
        self.assertIn("differs by +2.50e-01", out)
        self.assertRegex(out, r"timePerOutputToken +1000.000 ms +1500.000 ms +1.500 .* slower")
        self.assertNotIn("m/two", out)

    def test_what_was_recorded_is_compared_with(self):
        file = str(self.directory / "baseline.json")
        a = checkout(self.directory / "a")
        b = checkout(self.directory / "b", value=2.5)
        code, _, err = say("record", "--build", a, "--file", file, "--rounds", "3")
        self.assertEqual(0, code, err)

        same, out, _ = say("baseline", "--build", a, "--file", file, "--rounds", "3")
        self.assertEqual(0, same, out)
        other, out, _ = say("baseline", "--build", b, "--file", file, "--no-times")
        self.assertEqual(1, other)
        self.assertIn("m/one  2.0           2.5           differs by +2.50e-01  same", out)

        # A part that is not recorded stays as it was.
        say("record", "--build", b, "--file", file, "--no-quality", "--rounds", "3")
        still, out, _ = say("baseline", "--build", a, "--file", file, "--no-times")
        self.assertEqual(0, still, out)

    def test_of_a_baseline_with_one_part_that_one_is_compared(self):
        file = str(self.directory / "baseline.json")
        a = checkout(self.directory / "a")
        for left_out, part, count in (("--no-times", "times", 4), ("--no-quality", "quality", 4)):
            Path(file).unlink(missing_ok=True)
            say("record", "--build", a, "--file", file, left_out, "--rounds", "3")
            code, out, err = say("baseline", "--build", a, "--file", file, "--rounds", "3")
            self.assertEqual(0, code, err)
            self.assertIn(f"{part}: not recorded in {file}", err)
            self.assertIn(f"{count} the same, 0 differ, 0 not compared.", out)

        nothing, _, err = say("baseline", "--build", a, "--file", file, "--no-times")
        self.assertEqual(2, nothing)
        self.assertIn("nothing to compare with", err)

    def test_the_directory_of_a_first_record_is_made(self):
        file = self.directory / "not" / "there" / "baseline.json"
        a = checkout(self.directory / "a")
        code, _, err = say("record", "--build", a, "--file", str(file), "--no-times")
        self.assertEqual(0, code, err)
        self.assertEqual([file], list(file.parent.iterdir()))

    def test_a_part_stays_recorded_where_the_next_one_fails(self):
        file = self.directory / "baseline.json"
        a = checkout(self.directory / "a", value="None")
        code, _, err = say("record", "--build", a, "--file", str(file), "--rounds", "3")
        self.assertEqual(2, code)
        self.assertIn("without perplexity: m/one, m/two", err)
        self.assertEqual({"schema", "times"}, set(json.loads(file.read_text())))

    def test_what_is_not_readable_is_written_anew_as_a_whole_only(self):
        file = self.made("baseline.json", '{"schema": 0}')
        a = checkout(self.directory / "a")
        arguments = ("record", "--build", a, "--file", str(file), "--rounds", "3")
        self.assertEqual(2, say(*arguments, "--no-times")[0])
        self.assertEqual(0, say(*arguments)[0])
        self.assertEqual({"schema", "quality", "times"}, set(json.loads(file.read_text())))

    def test_a_recorded_cell_that_the_suite_lost_is_missed(self):
        file = str(self.directory / "baseline.json")
        a = checkout(self.directory / "a")
        b = checkout(self.directory / "b", cells=("m/one",))
        say("record", "--build", a, "--file", file, "--no-quality", "--rounds", "3")
        arguments = ("baseline", "--build", b, "--file", file, "--rounds", "3")
        code, out, _ = say(*arguments)
        self.assertEqual(1, code)
        self.assertRegex(out, r"m/two +timePerOutputToken +missing")
        self.assertEqual(0, say(*arguments, "--only", "m/one")[0])

    def test_what_is_wrong_with_the_arguments_is_one_line(self):
        for arguments in (
            ("builds", str(self.directory), str(self.directory)),
            ("baseline", "--rounds", "2"),
            ("baseline", "--tolerance", "-1"),
            ("record", "--no-times", "--no-quality"),
            ("record", "--file", str(self.directory)),
            ("record", "--file", str(self.made("file") / "baseline.json")),
            ("baseline", "--file", str(self.made("empty.json", '{"schema": 1}'))),
            ("builds", *[checkout(self.directory / n) for n in "cd"], "--only", "none"),
        ):
            code, _, err = say(*arguments)
            self.assertEqual(2, code, arguments)
            lines = [line for line in err.splitlines() if "perplexity of" not in line]
            self.assertRegex(lines[-1], "^compare: ")

    def test_the_script_itself_helps(self):
        script = Path(__file__).resolve().parents[1] / "compare"
        said = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
        self.assertIn("record", said.stdout)


if __name__ == "__main__":
    unittest.main()
