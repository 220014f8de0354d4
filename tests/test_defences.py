"""Every defence has a test that fails without it: the list is whole, and in a long run each edit of it is tried."""

import ast
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import defences
from tests.defences import ROOT, THREATS, Defence, copy_of, lines_of_the_threat_model, listed, whole
from tests.sample_builds import KEPT

DEFENCES = listed()
QUICK = "a line is never changed"
"""The one that every run tries, so that the way of trying them is never broken unseen."""


def named(test: str) -> tuple[str, str]:
    """Return the file and the function of a test."""
    file, _, function = whole(test).partition("::")
    return file, function


def functions_of(file: str) -> set[str]:
    """Return the tests that stand in a file, without running anything of it."""
    parsed = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {each.name for each in parsed.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}


def threats() -> dict[str, list[str]]:
    return lines_of_the_threat_model((ROOT / THREATS).read_text(encoding="utf-8"))


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name.replace(" ", "-"))
def test_what_the_edit_takes_away_is_there_once(defence):
    assert defence.taken_away(ROOT) != (ROOT / defence.file).read_text(encoding="utf-8")


def test_every_test_that_should_notice_exists():
    tests = {named(test) for each in DEFENCES for test in each.tests}
    there = {(file, function) for file in {file for file, _ in tests} for function in functions_of(file)}
    assert tests - there == set()


def test_no_two_defences_have_one_name_and_no_two_edits_are_the_same():
    assert [name for name, times in Counter(each.name for each in DEFENCES).items() if times > 1] == []
    edits = Counter((each.file, each.old, each.new) for each in DEFENCES)
    assert [edit for edit, times in edits.items() if times > 1] == []
    assert all(each.tests and each.why for each in DEFENCES)


def test_every_line_of_the_threat_model_has_an_edit_and_no_edit_stands_for_a_line_that_is_not_there():
    lines = threats()
    assert len(lines) > 30
    assert {each.line for each in DEFENCES if each.line} == set(lines)


def test_every_test_that_a_line_names_notices_an_edit():
    """The threat model says of the tests that it names that they fail without the defence: of each an edit shows it."""
    shown = {named(test) for each in DEFENCES for test in each.tests}
    seen_here = {
        line: missing
        for line, tests in threats().items()
        if (missing := [test for test in tests if "::" in test and named(test) not in shown])
    }
    assert seen_here == {}


# ---- the way of trying them -------------------------------------------------------------------------------------


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Return a project of one rule and its test."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "rule.py").write_text("def allowed(who):\n    return who == 'ada'\n")
    (tmp_path / "tests" / "test_rule.py").write_text(
        "import rule\n\n\ndef test_nobody_else():\n    assert not rule.allowed('eve')\n\n\n"
        "def test_ada():\n    assert rule.allowed('ada')\n"
    )
    return tmp_path


def of_the_rule(new: str, *tests: str) -> Defence:
    return Defence("toy", "rule.py", "who == 'ada'", new, tuple(f"tests/test_rule.py::{each}" for each in tests), "")


def test_an_edit_is_noticed_by_the_tests_that_fail_and_missed_by_the_others(toy):
    tried = defences.try_one(toy, of_the_rule("True", "test_nobody_else", "test_ada"), None)
    assert tried.noticed == {"tests/test_rule.py::test_nobody_else": "AssertionError: assert not True"}
    assert tried.missed == ("tests/test_rule.py::test_ada",)
    assert "who == 'ada'" in (toy / "rule.py").read_text(), "it is put back"


def test_a_test_that_could_not_begin_is_not_one_that_failed(toy):
    with (toy / "tests" / "test_rule.py").open("a") as file:
        file.write("\n\nimport pytest\n\n\n@pytest.fixture\ndef ada():\n    assert not rule.allowed('eve')\n")
        file.write("\n\ndef test_with_her(ada):\n    pass\n")
    tried = defences.try_one(toy, of_the_rule("True", "test_with_her"), None)
    assert (tried.noticed, tried.missed) == ({}, ("tests/test_rule.py::test_with_her (it could not begin)",))


def test_an_edit_that_breaks_everything_is_not_noticed_by_anything(toy):
    with pytest.raises(RuntimeError, match="could not run"):
        defences.try_one(toy, of_the_rule("(", "test_ada"), None)
    assert "who == 'ada'" in (toy / "rule.py").read_text(), "it is put back"


@pytest.mark.parametrize("old", ["who", "nowhere"])
def test_an_edit_of_what_is_not_there_once_is_said(toy, old):
    with pytest.raises(ValueError, match="must have this once"):
        Defence("toy", "rule.py", old, "", ("tests/test_rule.py::test_ada",), "").taken_away(toy)


# ---- trying them ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    with copy_of(ROOT) as copied:
        yield copied


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(os.environ.get(KEPT) or tmp_path_factory.mktemp("kept"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the test below every defence in a long run, which takes an hour or so, and in a short one a quick one."""
    if "taken_away" in metafunc.fixturenames:
        long_run = metafunc.config.getoption("--long")
        tried = [each for each in DEFENCES if long_run or each.name == QUICK]
        metafunc.parametrize("taken_away", tried, ids=lambda each: each.name.replace(" ", "-"))


def test_without_a_defence_its_tests_fail(tree, kept, taken_away):
    """That they pass with it is for those tests themselves to show: they run beside this one."""
    tried = defences.try_one(tree, taken_away, kept)
    assert tried.missed == (), tried.in_words(taken_away)
