"""The worked examples of the Methods page, made by `python -m tests.worked_examples` from the tests worked by hand.

Each measure is given one of the small worlds of the test module that is about it: its tables as they stand in the test,
with the reason beside each row that must not count, what the oracle makes of each person, which is what the test holds
against the values worked by hand, and the figure. It writes dashboard/worked_examples.json; a test makes it again.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from queries.catalogue import Measure, measures
from tests import oracle
from tests.hand import Hand
from tests.oracle.figures import aggregate
from tests.worlds import Files, merged

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "dashboard/worked_examples.json"
EXTRACT_DATE = date(2011, 9, 30)
ROWS = 50
"""Of input: more would not be read through."""
UNITS = 16
"""People and their lines in the example: more would not be read through either."""

SHOWN = {
    "proportion": ("numerator", "denominator"),
    "ratio": ("numerator", "denominator"),
    "share": ("numerator", "denominator"),
    "distribution": ("numerator", "denominator"),
    "count": ("numerator",),
    "concentration": ("numerator",),
    "change": ("before", "after"),
    "timeline": ("months", "numerator", "denominator"),
    "days": ("days",),
    "survival": ("time_days", "event"),
    "stock": (),
    "table": ("sex", "age", "place", "statutory", "in_dip"),
}
"""What is shown of each unit, by the measure's kind."""


def hands() -> dict[str, tuple[str, dict[str, Hand]]]:
    """Return the text of every module of tests worked by hand, and its small worlds by name."""
    found = {}
    for path in [*sorted(TESTS.glob("test_hand_*.py")), TESTS / "test_traps.py"]:
        module = importlib.import_module(f"tests.{path.stem}")
        worlds = {name: hand for name, hand in vars(module).items() if isinstance(hand, Hand)}
        worlds |= {f"trap {number}": hand for number, hand in getattr(module, "HANDS", {}).items()}
        found[path.stem] = (path.read_text(encoding="utf-8"), worlds)
    return found


def candidates(asked: Measure) -> Iterator[dict[str, Any]]:
    """Return an example for each small world of a module that is about the measure and has units of it."""
    for module, (text, worlds) in hands().items():
        if not re.search(rf"\b{asked.id}\b", text):
            continue
        together = merged([hand.files for hand in worlds.values()])
        for name, hand in worlds.items():
            if sum(map(len, hand.tables.values())) <= ROWS and (made := example(asked, module, name, hand, together)):
                yield made


def example(asked: Measure, module: str, name: str, hand: Hand, together: Files) -> dict[str, Any] | None:
    """Return the example that a small world makes of a measure; None where it makes nothing of it."""
    world = oracle.World(hand.files, EXTRACT_DATE)
    alone = bool(oracle.units(world, asked.id))
    if not alone:
        # Where nothing in it says when time begins, what it was tested together with does.
        world = oracle.World(together, EXTRACT_DATE)
    every = [unit for unit in oracle.units(world, asked.id) if usable(asked, unit)]
    every = [unit for unit in every if unit["person"] in hand.words and unit.get("main", True)]
    time = "as_at" if asked.at_month_end else "period"
    if not every:
        return None
    times = {unit[time] for unit in every}
    # The year or month end with most to see, and of those the first.
    chosen = max(sorted(times), key=lambda each: weight(asked, [unit for unit in every if unit[time] == each]))
    units = [unit for unit in every if unit[time] == chosen]
    if alone or asked.always_by:
        rows = oracle.figure(world, asked.id, **{time: chosen})
    else:
        rows = aggregate(oracle.MEASURES[asked.id], units, "final")
    own = [asked.always_by] if asked.always_by else []
    leading = {
        "survival": ["months"],
        "timeline": ["months"],
        "concentration": ["top_share"],
        "table": ["row", "column"],
    }
    axis = leading.get(asked.kind, [])
    answers = [row for row in rows if row["n"] or row["numerator"]]
    if asked.kind != "table":  # which has its lines in their order already
        answers.sort(key=lambda row: [row.get(column) or 0 for column in [*own, *axis]])
    columns = [*own, *SHOWN[asked.kind]]
    return {
        "test": f"tests/{module}.py",
        "world": name,
        "time": str(chosen),
        "tables": {title: lines(text) for title, text in hand.texts.items()},
        "unit_columns": ["person", "date", *columns],
        "units": sorted(
            [hand.words[unit["person"]], str(unit["date"]), *(plain(unit.get(column)) for column in columns)]
            for unit in units
        ),
        "figure_columns": [*own, *axis, "numerator", "denominator"],
        "figure": [[plain(row.get(column)) for column in [*own, *axis, "numerator", "denominator"]] for row in answers],
        "weight": weight(asked, units),
    }


def usable(asked: Measure, unit: dict[str, Any]) -> bool:
    """Whether a unit has something to say: both dates of an interval, both windows of a change."""
    return (
        asked.kind in ("stock", "table", "survival")
        or unit.get(SHOWN[asked.kind][-1]) is not None
        or (asked.kind in ("count", "concentration") and unit["numerator"] is not None)
    )


def weight(asked: Measure, units: list[dict[str, Any]]) -> list[float]:
    """How much there is to see: whether units differ, whether they are few enough to read, and how many they are."""
    shown = {tuple(str(unit.get(column)) for column in SHOWN[asked.kind]) for unit in units}
    counted = any(
        unit.get("numerator") or unit.get("days") or unit.get("before") or unit.get("event") for unit in units
    )
    return [
        float(len(units) <= UNITS),
        float(counted or asked.kind in ("stock", "table")),
        float(min(len(shown), 3)),
        float(min(len(units), UNITS)),
    ]


def lines(text: str) -> list[list[str]]:
    """Return a pipe table as lists of cells, header first, each with what is said beside it as its last."""
    made = []
    for line in text.splitlines():
        content, _, said = f" {line} ".partition(" # ")
        if content.strip("-+| "):
            made.append([*(cell.strip() for cell in content.split("|")), said.strip()])
    return made


def plain(value: Any) -> Any:
    """Return a value as JSON has it: whole where it is whole, and nothing where there is none."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value if value is None or isinstance(value, int | float | str) else str(value)


def examples() -> dict[str, dict[str, Any]]:
    """Return the example of every measure, by its id."""
    made = {}
    for name, asked in measures().items():
        best = max(candidates(asked), key=lambda each: (each["weight"], -sum(map(len, each["tables"].values()))))
        made[name] = {key: value for key, value in best.items() if key != "weight"}
    return made


def text() -> str:
    """Return the file: one line for each measure, so that a change of one is seen as one."""
    rows = (f"  {json.dumps(name)}: {json.dumps(made, ensure_ascii=False)}" for name, made in examples().items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
