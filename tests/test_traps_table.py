"""docs/traps.md says which test fails on each trap: here, that each of those tests is there, and none left out."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
TRAPS = "tests/test_traps.py"
EDIT = re.compile(r"test_the_edit_is_noticed\[(.+)\]")
ROWS = {
    int(found[1]): re.findall(r"`([^`]+)`", found[2])
    for found in re.finditer(r"^\| (\d+) \|.*\|(.*)\|$", (ROOT / "docs/traps.md").read_text("utf-8"), re.MULTILINE)
}


@lru_cache
def names_in(file: str) -> set[str]:
    """Return the names of the tests of one file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def edits() -> set[str]:
    """Return the wrong edits of the SQL that are tried, as their tests are named."""
    listed = tomllib.loads((ROOT / "tests/mutants.toml").read_text(encoding="utf-8"))["mutant"]
    return {mutant["name"].replace(" ", "-") for mutant in listed}


def missing(name: str) -> bool:
    """Return whether there is no such test."""
    if edit := EDIT.fullmatch(name):
        return edit[1] not in edits()
    file, _, test = name.rpartition("::")
    return test not in names_in(file or TRAPS)


def test_every_trap_has_a_test_that_is_there():
    assert list(ROWS) == list(range(1, 26))
    assert {trap: names for trap, named in ROWS.items() if (names := [name for name in named if missing(name)])} == {}
    assert [trap for trap, named in ROWS.items() if not named] == []


def test_every_test_of_a_trap_is_in_its_row():
    numbered = {name: int(found[1]) for name in names_in(TRAPS) if (found := re.match(r"test_(\d\d)_", name))}
    assert {name for name, trap in numbered.items() if name not in ROWS[trap]} == set()


def test_a_test_that_is_not_there_is_missed():
    assert missing("test_26_nothing")
    assert missing("tests/test_traps.py::test_26_nothing")
    assert missing("test_the_edit_is_noticed[nothing]")
    assert not missing("test_the_edit_is_noticed[PPO-today]")
