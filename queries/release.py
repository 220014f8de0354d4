"""The published tables: a closed list, aggregated and protected together, once, when a build is made.

`make` gives the `release` table of a new build; `queries/published.py` reads it.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from queries.adding_up import Counted, cell_of
from queries.catalogue import Measure, measure, measures
from queries.disclosure import PEOPLE_NEEDED
from queries.figures import EXTRA, LEADING, PEOPLE, exact
from queries.published import ALL_SCHEMES, QUARTER_ENDS, adds_up, listed
from queries.scope import Viewer
from queries.unit_rows import Cohort
from queries.warehouse import Warehouse
from queries.withholding import withheld

AXES = tuple(dict.fromkeys(name for names in LEADING.values() for name in names))
"""What tells the rows of one table apart, where its kind has more than one."""

KEYS = ("measure", "population", "breakdown", "label", "scheme", "time", *AXES)
NUMBERS = (
    "numerator", "denominator", "value", "lower", "upper", "n",
    *dict.fromkeys(name for names in EXTRA.values() for name in names),
)  # fmt: skip
SCHEMA: dict[str, Any] = (
    dict.fromkeys(KEYS, pl.String)
    | dict.fromkeys(NUMBERS, pl.Float64)
    | {"months": pl.Int64, "top_share": pl.Float64, "n": pl.Int64, "at_risk": pl.Int64, "status": pl.String}
)
RECORD: dict[str, Any] = (
    {name: SCHEMA[name] for name in (*KEYS, "numerator", "denominator", "n", "at_risk")}
    | dict.fromkeys(PEOPLE, pl.Int64)
    | {"shown": pl.Boolean, "since": pl.Boolean}
)
"""What is kept of a release, sealed, to protect the next one against it."""

EMPTY = "empty"
"""The status of a row that is not there, since nobody is counted in it."""


@dataclass(frozen=True)
class Release:
    """What is published, and the record that the next release is protected against.

    The record has the exact number of people behind every cell, withheld or not: it is for the sealed store alone.
    """

    shown: pl.DataFrame
    record: pl.DataFrame


def make(warehouse: Warehouse, before: pl.DataFrame | None = None) -> Release:
    """Return every published row of a build, protected, also against the record of the release before."""
    return protected(exact_rows(warehouse), before)


def exact_rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return every row of the closed list as it is, with the distinct people that protection goes by."""
    rows: list[dict[str, Any]] = []
    for name, entry in listed().items():
        asked = measure(name)
        # A measure that says nothing without its own breakdown has no table without it.
        for breakdown in dict.fromkeys((asked.always_by or "", *entry["breakdowns"])):
            for population in _populations(asked, breakdown):
                for by_scheme in _scheme_splits(asked, population, entry):
                    rows += _rows(warehouse, asked, breakdown, population, by_scheme, entry)
    return rows + _of_nobody(rows)


def _of_nobody(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of nobody, for the measures that lack one where another of the same units has some.

    Where nobody re-offended there is no row of re-offences per re-offender. If the place is withheld there must be one
    all the same, or its absence would say so.
    """
    tables: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = defaultdict(dict)
    places: dict[tuple[Any, ...], dict[tuple[Any, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        axes = tuple(name for name, _ in row["axis"])
        table = (row["units"], row["population"], row["breakdown"], row["scheme"] == ALL_SCHEMES, axes)
        tables[table].setdefault(row["measure"], row)
        places[table][row["label"], row["scheme"], row["time"], row["axis"]].add(row["measure"])
    nobody: dict[str, Any] = dict.fromkeys(NUMBERS) | {"numerator": 0, "denominator": 0, "n": 0, "status": EMPTY}
    return [
        like
        | nobody
        | {name: 0 for name in PEOPLE if like.get(name) is not None}
        | {"label": label, "scheme": scheme, "time": time, "axis": axis}
        | dict(axis)
        for table, measures_of in tables.items()
        for (label, scheme, time, axis), there in places[table].items()
        for name, like in measures_of.items()
        if name not in there
    ]


def _populations(asked: Measure, breakdown: str) -> tuple[str, ...]:
    if "ppo" in asked.not_applicable:
        return ("everyone",)
    return ("everyone",) if breakdown == "ppo" else ("everyone", "ppo")


def _scheme_splits(asked: Measure, population: str, entry: dict[str, Any]) -> tuple[bool, ...]:
    if not entry.get("schemes", True):
        return (False,)
    if "scheme" in asked.not_applicable or (population == "everyone" and "ppo" not in asked.not_applicable):
        return (False,)
    return (False, True)


def _rows(
    warehouse: Warehouse,
    asked: Measure,
    breakdown: str,
    population: str,
    by_scheme: bool,
    entry: dict[str, Any],
) -> list[dict[str, Any]]:
    time = "month" if asked.at_month_end else "period"
    pooled = entry.get("pooled", False)
    by = (*([] if pooled else [time]), *(["scheme"] if by_scheme else []), *([breakdown] if breakdown else []))
    where = {"ppo": "yes"} if population == "ppo" else {}
    period = "all" if pooled else None
    made = exact(warehouse, Viewer.analyst(), asked, by, where, period, None, Cohort.named(None), people=True)
    latest = made.frame[time].max() if made.frame.height and not pooled else None
    leading = LEADING.get(asked.kind, ())
    rows = []
    for row in made.frame.iter_rows(named=True):
        if row["status"] in ("immature", "not_applicable") and row.get("row") is None:
            continue
        if by_scheme and row["scheme"] in ("none", "not_known"):
            continue
        if asked.at_month_end and int(row["month"][5:]) not in QUARTER_ENDS and row["month"] != latest:
            continue
        if "months" in entry and row["months"] not in entry["months"]:
            continue
        if row.get("column") in entry.get("left_out", {}).get(row.get("row"), ()):
            continue
        rows.append(
            row
            | dict.fromkeys(AXES)
            | {name: row[name] for name in leading}
            | {
                "measure": asked.id,
                "kind": asked.kind,
                "units": asked.units,
                "population": population,
                "breakdown": breakdown,
                "label": row[breakdown] if breakdown else "",
                "scheme": row["scheme"] if by_scheme else ALL_SCHEMES,
                "time": "all" if pooled else row[time],
                "axis": tuple((name, row[name]) for name in leading),
            }
        )
    return rows


def protected(rows: list[dict[str, Any]], before: pl.DataFrame | None = None) -> Release:
    """Return the rows as they may be shown: without what is about one to four people and what would give it away."""
    counted = Counted(rows, adds_up(), events=before is not None)
    if before is not None:
        then = recorded(before)
        shown_then = {cell_of(row) for row in then if row["shown"]}
        since = {cell_of(row) for row in then if row["since"]}
        counted.follow(Counted(then, adds_up(), events=True), shown_then, since)
    hidden = withheld(counted.tables, counted.small)
    shown = []
    for row in rows:
        row["shown"] = row["status"] == "not_applicable" or counted.places[cell_of(row)] not in hidden
        row["since"] = cell_of(row) in counted.since
        if not row["shown"]:
            shown.append(row | dict.fromkeys(NUMBERS) | {"status": "confidential"})
        elif row["status"] != EMPTY and row["kind"] == "days":
            shown.append(row | {key: None for key, needed in PEOPLE_NEEDED.items() if row["n"] < needed})
        elif row["status"] != EMPTY:
            shown.append(row)
    return Release(_frame(shown, SCHEMA), _frame(rows, RECORD))


def recorded(record: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a release as they were recorded, of the measures that there still are."""
    known = measures()
    rows = []
    for row in record.iter_rows(named=True):
        if (asked := known.get(row["measure"])) is not None:
            axis = tuple((name, row[name]) for name in LEADING.get(asked.kind, ()))
            rows.append(row | {"units": asked.units, "kind": asked.kind, "axis": axis})
    return rows


def _frame(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    kept = [{name: row.get(name) for name in schema} for row in rows]
    return pl.DataFrame(kept, schema=schema).sort(KEYS, nulls_last=False)
