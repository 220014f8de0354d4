"""Which figures of a return differ from those of another that was signed off, and what can honestly be said of why."""

from dataclasses import dataclass

from queries.catalogue import Measure
from queries.returns import Basis, Cell, Column, Line, Return, Table

SAME_TIME, OTHER_DATE, OTHER_YEAR, NOT_THEN, NOT_NOW = "same_time", "other_date", "other_year", "not_then", "not_now"
"""Why a figure differs: of the same time, so it was revised; of another date or year; or only one return has it."""


@dataclass(frozen=True)
class Difference:
    """One figure that differs: where it stands, when it was of then, its value then and now, and why.

    `line` is its line as it is now, or as it was where it is gone. The time is empty, and a value None, where that
    return has no such line.
    """

    table: Table
    column: Column
    line: Line
    then_time: str
    then: Cell | None
    now: Cell | None
    why: str


@dataclass(frozen=True)
class Changed:
    """What two builds say that changed between two returns, for the measures that some figures are of.

    `files` are the extracts with other numbers of rows or another last day: (file, rows then, rows now, last day then,
    last day now); `switches` are choices: (name, then, now); `definitions` the measures whose SQL changed; `shared`
    whether the SQL that all measures share did.
    """

    build: bool
    files: tuple[tuple[str, int, int, str, str], ...]
    switches: tuple[tuple[str, str, str], ...]
    definitions: tuple[str, ...]
    shared: bool

    @property
    def nothing(self) -> bool:
        """Whether nothing that a build tells of is another."""
        return not (self.files or self.switches or self.definitions or self.shared)


def differences(then: Return, now: Return) -> list[Difference]:
    """Return every figure of a return that is not what it was in an earlier one, table by table.

    A line is compared with the one of the same time where the earlier return has it, else with the one in its place
    (the latest year with the latest year). Values are compared as they are, not as they are shown.
    """
    tables = {table.id: table for table in then.tables}
    found = []
    for table in now.tables:
        before = tables.pop(table.id, None)
        found += _of_table(before, table)
    for gone in tables.values():
        found += [
            Difference(gone, column, line, line.time, cell, None, NOT_NOW)
            for line in gone.lines
            for column, cell in zip(gone.columns, line.cells, strict=True)
        ]
    return found


def _of_table(before: Table | None, table: Table) -> list[Difference]:
    lines = before.lines if before is not None else ()
    by_time = {(line.measure, line.dimension, line.label, line.time): line for line in lines}
    by_place = {line.key: line for line in lines}
    found = []
    for line in table.lines:
        then = by_time.get((line.measure, line.dimension, line.label, line.time)) or by_place.get(line.key)
        cells = dict(zip([column.key for column in before.columns], then.cells, strict=True)) if before and then else {}
        for column, cell in zip(table.columns, line.cells, strict=True):
            was = cells.get(column.key)
            if was != cell:
                found.append(Difference(table, column, line, then.time if then else "", was, cell, _why(then, line)))
    keys = {line.key for line in table.lines}
    found += [
        Difference(before, column, line, line.time, cell, None, NOT_NOW)
        for line in lines
        if line.key not in keys and before is not None
        for column, cell in zip(before.columns, line.cells, strict=True)
    ]
    return found


def _why(then: Line | None, now: Line) -> str:
    if then is None:
        return NOT_THEN
    if then.time == now.time:
        return SAME_TIME
    return OTHER_DATE if "/" not in now.time else OTHER_YEAR


def changed(then: Return, now: Return, measures: tuple[str, ...] | None = None) -> Changed:
    """Return what changed between the builds of two returns that bears on some measures (all of the return's)."""
    about = {each.id: each for each in (*then.meanings, *now.meanings)}
    names = tuple(about) if measures is None else measures
    return _changed(then.basis, now.basis, [about[name] for name in names], then.build.id != now.build.id)


def _changed(then: Basis, now: Basis, about: list[Measure], other_build: bool) -> Changed:
    files = []
    for file in sorted({file for each in about for file in each.reads}):
        (rows_then, to_then), (rows_now, to_now) = then.files.get(file, (0, "")), now.files.get(file, (0, ""))
        if (rows_then, to_then) != (rows_now, to_now):
            files.append((file, rows_then, rows_now, to_then, to_now))
    names = {name for each in about for name in each.switches}
    switches = tuple(
        (name, then.switches.get(name, ""), now.switches.get(name, ""))
        for name in sorted(names)
        if then.switches.get(name) != now.switches.get(name)
    )
    definitions = tuple(each.id for each in about if then.definitions.get(each.id) != now.definitions.get(each.id))
    return Changed(
        other_build,
        tuple(files),
        switches,
        tuple(dict.fromkeys(definitions)),
        then.definitions[""] != now.definitions[""],
    )
