"""What the comparisons say: what is a ratio, what is held equal, and of which commit and day a line is."""

import json
import subprocess
from dataclasses import asdict

import pytest

from benchmarks import building, growth, intake, run
from benchmarks.commit import CHANGED, NOT_RECORDED, commit_now, is_whole
from benchmarks.pairs import Bar, Different, Taken, compared, held_equal

MEASURED = {"on": "2026-11-24", "commit": "abc1234", "world": "national", "waiting for each core": 0.6}


def test_a_clock_that_was_not_read_is_not_said():
    """Three seconds by the clock against two, in three rounds: one and a half, and nothing of processors."""
    taken = {"ours": [Taken(3.0)] * 3, "bare": [Taken(2.0)] * 3}
    said = {"of": "ours", "to": "bare", "clock": "wall", "wall": 1.5, "quartiles": [1.5, 1.5]}
    assert compared(taken, Bar("ours", "bare", most=1.5)) == said | {"at most": 1.5, "met": True}
    both = {name: [Taken(each.wall, 1.0) for each in runs] for name, runs in taken.items()}
    assert compared(both, Bar("ours", "bare"))["cpu"] == 1.0


@pytest.mark.parametrize(("rounds", "quartiles"), [(1, None), (2, None), (3, [1.5, 2.5])])
def test_fewer_than_three_rounds_have_no_quartiles(rounds, quartiles):
    """Ratios of 1, 2 and 3: half of them lie between 1.5 and 2.5."""
    taken = {"ours": [Taken(float(n)) for n in (1, 2, 3)[:rounds]], "bare": [Taken(1.0)] * rounds}
    assert compared(taken, Bar("ours", "bare")).get("quartiles") == quartiles


def test_what_was_held_equal_is_said_by_name():
    assert held_equal([(["ours", "polars"], 3), (["a rate", "a plain sum"], 1)]) == (
        "ours = polars (3 rows); a rate = a plain sum (1 row)"
    )
    assert held_equal([]) == "nothing"


def test_rows_are_held_equal_file_by_file_and_kept_rows_too():
    ours = {"police/people": [7, 7], "dip/people": [2, 2]}
    assert intake.hold_rows_equal({"ours": ours, "limit": dict(ours)}) == 9
    for other in ({**ours, "dip/people": [2, 1]}, {"police/people": [7, 7]}, {**ours, "more": [1, 1]}):
        with pytest.raises(Different, match=r"Rows read and kept of (dip/people|more): ours"):
            intake.hold_rows_equal({"ours": ours, "limit": other})


def test_a_statement_of_the_load_is_known_by_what_it_does_and_to_what():
    assert intake.kind_of("-- why\ncreate or replace table taken.police_people as select 1") == (
        "create table taken.police_people"
    )
    assert intake.kind_of("select a, b from quarantine where c") == "select from quarantine"


def test_figures_of_builds_made_afresh_are_held_equal():
    one = {"reoffending_rate": [("2009/10", 3, 9, None)]}
    building.hold_figures_equal(one, {"reoffending_rate": [("2009/10", 3, 9, None)]})
    with pytest.raises(Different, match="reoffending_rate differs from one build"):
        building.hold_figures_equal(one, {"reoffending_rate": [("2009/10", 4, 9, None)]})
    assert "no figures, since one build alone was made" in building.compared_words(1)


def point(world: str, offences: int, seconds: float, commit: str = "abc1234") -> growth.Point:
    return growth.Point(world, 1, 9, commit, offences, dict.fromkeys(growth.WORK, seconds))


def test_growth_is_judged_between_the_two_largest_as_well():
    """Two seconds to start, and one for each hundred: 3, 12 and 102 for sizes that are ten times each other.

    The slopes are the tens' logarithms of 12 / 3 and of 102 / 12, and that of the line is half of that of 102 / 3: what
    it takes to start hides how the largest grow.
    """
    said = growth.line([point("a", 100, 3.0), point("b", 1000, 12.0), point("c", 10000, 102.0)])
    of = {ratio["of"]: ratio["got"] for ratio in said["ratios"]}
    assert said["slope of each step"]["build"] == [0.602, 0.929]
    assert of["exponent of the whole build, between the two largest"] == 0.929
    assert of["exponent of the whole build"] == 0.766
    assert said["commit of every point"] == "abc1234"


def test_growth_is_over_worlds_of_different_sizes():
    """Nothing under a 125th can be made, and four 125ths are a 31st."""
    assert growth.around("national") == ["national/16", "national/4", "national", "national*4"]
    assert growth.around("national/8") == ["national/125", "national/32", "national/8", "national/2"]
    assert growth.around("national/125") == ["national/125", "national/31"]


def test_growth_goes_on_at_the_same_commit_alone(tmp_path):
    assert growth.kept(tmp_path) == []
    growth.keep(tmp_path, point("national/16", 100, 3.0))
    growth.keep(tmp_path, point("national/4", 400, 9.0, commit=f"abc1234{CHANGED}"))
    first, second = growth.kept(tmp_path)
    assert asdict(first) == asdict(point("national/16", 100, 3.0))
    assert first.is_of("national/16", 1, 9, "abc1234")
    for other in (("national/8", 1, 9, "abc1234"), ("national/16", 2, 9, "abc1234"), ("national/16", 1, 3, "abc1234")):
        assert not first.is_of(*other)
    assert not first.is_of("national/16", 1, 9, "abc1235")
    assert not second.is_of("national/4", 1, 9, second.commit)
    assert not point("national/4", 400, 9.0, NOT_RECORDED).is_of("national/4", 1, 9, NOT_RECORDED)


def test_a_commit_says_whether_the_tree_has_changes(tmp_path):
    def git(*arguments: str) -> None:
        name = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    assert commit_now(tmp_path) == NOT_RECORDED
    (tmp_path / "benchmarks").mkdir()
    for name in ("a.py", "benchmarks/RESULTS.md"):
        (tmp_path / name).write_text("one")
    git("add", ".")
    git("commit", "-qm", "one")
    name = commit_now(tmp_path)
    assert is_whole(name)
    (tmp_path / "benchmarks" / "RESULTS.md").write_text("measured")
    assert commit_now(tmp_path) == name
    (tmp_path / "a.py").write_text("two")
    assert commit_now(tmp_path) == f"{name}{CHANGED}"
    assert not is_whole(commit_now(tmp_path))


def test_a_line_says_of_which_day_and_commit_it_is_and_older_ones_that_they_do_not():
    ratio = {"of": "ours", "to": "limit", "clock": "wall", "wall": 1.2, "at most": 1.0, "met": False}
    lines = [
        {"bar": "1", "work": "one", "ratios": [ratio]},
        {"bar": "2", "work": "two", "ratios": [ratio], "measured": MEASURED},
        {"bar": "2, beside", "work": "three", "ratios": [ratio], "measured": MEASURED},
        {"bar": "3", "work": "four", "ratios": [ratio], "measured": MEASURED | {"commit": "def5678"}},
    ]
    said = run.origins(lines).splitlines()
    waiting = "0.6 programs waiting for each core when it began"
    assert said == [
        "- 1: not recorded",
        f"- 2; 2, beside: 2026-11-24, commit abc1234, national, {waiting}",
        f"- 3: 2026-11-24, commit def5678, national, {waiting}",
    ]
    whole = run.written(lines)
    assert all(line in whole for line in said)
    assert "measured:" not in whole


@pytest.mark.parametrize(("code", "why"), [(0, []), (1, ["reoffending: did not end: ValueError: a wrong thing"])])
def test_what_a_command_says_before_its_line_is_passed_on_and_why_it_ended_is_said(
    monkeypatch, tmp_path, capsys, code, why
):
    program = tmp_path / "program"
    line = '{"bar": "1", "work": "one", "ratios": []}'
    program.write_text(f"#!/bin/sh\necho a size\necho '{line}'\necho ValueError: a wrong thing >&2\nexit {code}\n")
    program.chmod(0o700)
    monkeypatch.setattr(run.sys, "executable", str(program))
    found = run.lines_of("1", {"build": tmp_path}, None)
    assert [each["work"] for each in found] == ["one", *why]
    assert capsys.readouterr().out == "a size\n"


def test_the_lines_that_are_kept_can_still_be_read():
    lines = json.loads(run.RESULTS.with_suffix(".json").read_text(encoding="utf-8"))
    whole = run.written(lines)
    for line in lines:
        for ratio in line["ratios"]:
            assert f"| {line['bar']} | {line['work']} | {ratio['of']} / {ratio['to']} |" in whole
