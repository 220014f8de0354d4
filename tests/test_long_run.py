"""A long run that was stopped goes on where it was, and leaves out nothing that has not passed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.going_on import lines
from tests.long_run import ROOT, result, run_of

TOY = """
import pathlib

def test_that_passes(): pass

def test_that_fails_at_first():
    assert pathlib.Path(__file__).with_name("mended").exists()

class TestClearingAway:
    def teardown_method(self):
        assert pathlib.Path(__file__).with_name("mended").exists()

    def test_that_leaves_something_behind(self): pass
"""


def run_toy(folder: Path, processes: str) -> str:
    """Return pytest's last line on the toy tests, leaving out those that passed before."""
    passed, before = folder / "passed", folder / "before"
    before.write_text("".join(f"{test}\n" for test in lines(passed)), encoding="utf-8")
    ran = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-p", "tests.going_on", "-p", "no:cacheprovider",
            "-n", processes, "--rootdir", str(folder), "-c", "/dev/null",
            "--passed-before", str(before), "--note-passed", str(passed), str(folder / "test_toy.py"),
        ],
        cwd=ROOT, env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    return ran.stdout.strip().splitlines()[-1]


def test_what_passed_is_not_run_again_and_what_failed_is(tmp_path: Path) -> None:
    (tmp_path / "test_toy.py").write_text(TOY, encoding="utf-8")
    # Of three, one fails and one cannot clear away: one has passed.
    assert run_toy(tmp_path, "2").startswith("1 failed, 2 passed, 1 error")
    assert [test.rpartition("::")[2] for test in lines(tmp_path / "passed")] == ["test_that_passes"]
    (tmp_path / "mended").touch()
    assert run_toy(tmp_path, "2").startswith("2 passed")
    assert len(lines(tmp_path / "passed")) == 3
    assert run_toy(tmp_path, "0").startswith("3 deselected")


def test_a_run_goes_on_only_with_its_own_commit_and_seed(tmp_path: Path) -> None:
    first = run_of("abc", True, None, tmp_path, now=7)
    assert (first.seed, lines(first.passed)) == (7, [])
    first.passed.write_text("one\n", encoding="utf-8")
    assert lines(run_of("abc", True, None, tmp_path, now=8).passed) == ["one"]
    assert lines(run_of("abc", True, 7, tmp_path).passed) == ["one"]
    assert lines(run_of("abc", True, 8, tmp_path).passed) == []
    assert run_of("abd", True, None, tmp_path, now=9).seed == 9


def test_with_changes_that_are_not_committed_everything_is_run(tmp_path: Path) -> None:
    changed = run_of("abc", False, 7, tmp_path)
    changed.passed.write_text("one\n", encoding="utf-8")
    assert lines(run_of("abc", False, 7, tmp_path).passed) == []
    assert lines(run_of("abc", True, 7, tmp_path).passed) == []


def test_the_result_says_what_was_run(tmp_path: Path) -> None:
    run = run_of("abc", True, 7, tmp_path)
    (run.folder / "begun").write_text("2026-01-01T00:00:00Z\n2026-01-02T00:00:00Z\n", encoding="utf-8")
    run.passed.write_text("one\ntwo\n", encoding="utf-8")
    said = dict(line.split(": ", 1) for line in result(run, True, "1 passed, 1 deselected in 3s").splitlines())
    assert said["date"] == "2026-01-01T00:00:00Z"
    assert (said["commit"], said["seed"], said["passed"]) == ("abc", "7", "2 tests")
    assert said["parts"].startswith("2,")
    assert "not committed" in result(run, False, "").splitlines()[1]
