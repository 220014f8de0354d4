"""A long run that was stopped goes on where it was, and leaves out nothing that has not passed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.going_on import lines
from tests.long_run import ROOT, compared, result, run_of, worlds

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


def truths(*given: str) -> list[str]:
    """Return the names of the tests that set a world beside its truth, as pytest finds them."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n0", "tests/test_truth.py", "-k", "ours", *given],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line for line in ran.stdout.splitlines() if line.endswith("]")]


def test_no_two_runs_have_a_world_in_common_and_one_seed_has_always_the_same() -> None:
    seventh = {("tiny", seed) for seed in range(10_700, 10_720)} | {("small", seed) for seed in range(10_700, 10_705)}
    assert {*worlds(7)} == seventh | {("national", 10_700)}
    for other in (0, 6, 8, 1_795_486_411):
        assert not {*worlds(7)} & {*worlds(other)}
    # Seeds that somebody typed, and so may have looked at, are of four figures at most.
    assert min(seed for _, seed in worlds(0)) > 9_999


def test_the_worlds_of_a_long_run_are_made_from_its_seed_and_those_of_a_short_one_never_change() -> None:
    long = truths("--long", "--hypothesis-seed=7")
    assert [test.rpartition("[")[2] for test in long] == [f"{scale} {seed}]" for scale, seed in worlds(7)]
    assert [test.rpartition("[")[2] for test in truths("--hypothesis-seed=7")] == ["small 4]", "tiny 3]"]
    # What the result file says of a run in which all of them passed.
    assert compared(long) == "tiny 10700 to 10719, small 10700 to 10704, national 10700"


def test_the_result_names_only_worlds_that_passed() -> None:
    test = "tests/test_truth.py::test_every_unit_and_row_of_a_world_without_faults_is_ours"
    passed = [f"{test}[{world}]" for world in ("small 3", "tiny 10", "tiny 8", "tiny 7")]
    elsewhere = ["tests/test_other.py::test_of_it[small 4]", "tests/test_truth.py::test_every_measure_has_a_truth"]
    assert compared([*passed, *elsewhere]) == "tiny 7 to 8, tiny 10, small 3"
    assert compared(elsewhere) == "none"


def test_with_changes_that_are_not_committed_everything_is_run(tmp_path: Path) -> None:
    changed = run_of("abc", False, 7, tmp_path)
    changed.passed.write_text("one\n", encoding="utf-8")
    assert lines(run_of("abc", False, 7, tmp_path).passed) == []
    assert lines(run_of("abc", True, 7, tmp_path).passed) == []


def test_the_result_says_what_was_run(tmp_path: Path) -> None:
    run = run_of("abc", True, 7, tmp_path)
    (run.folder / "begun").write_text("2026-01-01T00:00:00Z\n2026-01-02T00:00:00Z\n", encoding="utf-8")
    run.passed.write_text("one\ntests/test_truth.py::test_of_it[small 10700]\n", encoding="utf-8")
    said = dict(line.split(": ", 1) for line in result(run, True, "1 passed, 1 deselected in 3s").splitlines())
    assert said["date"] == "2026-01-01T00:00:00Z"
    assert (said["commit"], said["seed"], said["passed"]) == ("abc", "7", "2 tests")
    assert said["parts"].startswith("2,")
    assert said["worlds equal to their truth"] == "small 10700"
    assert "not committed" in result(run, False, "").splitlines()[1]
