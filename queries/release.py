"""The published tables: a closed list, aggregated and protected together, once, when a build is made.

`make` gives the `release` table of a new build; `queries/published.py` reads it.
"""

from collections import defaultdict
from typing import Any, NamedTuple

import polars as pl

from queries.catalogue import Measure, measure
from queries.disclosure import PEOPLE_NEEDED, Sum, is_small, withhold_together
from queries.figures import exact
from queries.published import ALL_SCHEMES, COUNTS, KEYS, NUMBERS, QUARTER_ENDS, listed
from queries.scope import Viewer
from queries.unit_rows import Cohort
from queries.warehouse import Warehouse


class Cell(NamedTuple):
    """What identifies one published cell, apart from the measure: measures of one unit query lose it together."""

    units: str
    population: str
    breakdown: str
    label: str
    scheme: str
    time: str
    months: int
    row: str
    column: str


def make(warehouse: Warehouse) -> pl.DataFrame:
    """Return every published row of a build, protected: the columns of KEYS, NUMBERS and `status`."""
    rows: list[dict[str, Any]] = []
    for name, entry in listed().items():
        asked = measure(name)
        for breakdown in ("", *entry["breakdowns"]):
            for population in _populations(asked, breakdown):
                for by_scheme in _scheme_splits(asked, population):
                    rows += _rows(warehouse, asked, breakdown, population, by_scheme, entry.get("months"))
    protect(rows)
    schema: dict[str, Any] = dict.fromkeys(KEYS, pl.String)
    schema |= {number: pl.Int64 if number in COUNTS else pl.Float64 for number in NUMBERS}
    schema |= {"months": pl.Int64, "status": pl.String}
    frame = pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)
    return frame.sort(KEYS, nulls_last=False)


def _populations(asked: Measure, breakdown: str) -> tuple[str, ...]:
    if "ppo" in asked.not_applicable:
        return ("everyone",)
    return ("everyone",) if breakdown == "ppo" else ("everyone", "ppo")


def _scheme_splits(asked: Measure, population: str) -> tuple[bool, ...]:
    if "scheme" in asked.not_applicable or (population == "everyone" and "ppo" not in asked.not_applicable):
        return (False,)
    return (False, True)


def _rows(
    warehouse: Warehouse,
    asked: Measure,
    breakdown: str,
    population: str,
    by_scheme: bool,
    months: list[int] | None,
) -> list[dict[str, Any]]:
    time = "month" if asked.at_month_end else "period"
    by = (time, *(["scheme"] if by_scheme else []), *([breakdown] if breakdown else []))
    where = {"ppo": "yes"} if population == "ppo" else {}
    made = exact(warehouse, Viewer.analyst(), asked, by, where, None, None, Cohort.named(None), people=True)
    latest = made.frame[time].max() if made.frame.height else None
    rows = []
    for row in made.frame.iter_rows(named=True):
        if row["status"] in ("immature", "not_applicable") and row.get("row") is None:
            continue
        if by_scheme and row["scheme"] in ("none", "not_known"):
            continue
        if asked.at_month_end and int(row["month"][5:]) not in QUARTER_ENDS and row["month"] != latest:
            continue
        if months is not None and row["months"] not in months:
            continue
        if row.get("column") == "all" and PROFILE_ANSWERS.get(row["row"]) != "place" and row["row"] in PROFILE_ANSWERS:
            # The tool has two columns. Their sum would cost both wherever one is small, so it is not published.
            continue
        rows.append(
            row
            | {
                "measure": asked.id,
                "kind": asked.kind,
                "units": asked.units,
                "population": population,
                "breakdown": breakdown,
                "label": row[breakdown] if breakdown else "",
                "scheme": row["scheme"] if by_scheme else ALL_SCHEMES,
                "time": row[time],
                "months": row.get("months"),
                "row": row.get("row") or "",
                "column": row.get("column") or "",
            }
        )
    return rows


def protect(rows: list[dict[str, Any]]) -> None:
    """Withhold, in place, what is about one to four people and what would give it away."""
    people: dict[Cell, int] = {}
    hidden: set[Cell] = set()
    for row in rows:
        cell = row["cell"] = _cell(row)
        people[cell] = max(people.get(cell, 0), row["n"])
        if row["status"] != "not_applicable" and any(
            is_small(row.get(key)) for key in ("n", "numerator_people", "complement_people")
        ):
            hidden.add(cell)
    hidden = withhold_together(hidden, _sums(people), people)
    _places_of_the_profile(hidden, people)
    for row in rows:
        if row["cell"] in hidden and row["status"] != "not_applicable":
            row |= dict.fromkeys(NUMBERS) | {"status": "confidential"}
        elif row["kind"] == "days":
            row |= {key: None for key, needed in PEOPLE_NEEDED.items() if row["n"] < needed}


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(
        row["units"], row["population"], row["breakdown"], row["label"], row["scheme"], row["time"],
        row["months"] or 0, row["row"], row["column"],
    )  # fmt: skip


def _sums(people: dict[Cell, int]) -> list[Sum[Cell]]:
    """Return what adds up: a breakdown's labels, the schemes, the profile's answers and its columns."""
    parts: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for cell in sorted(people):
        if cell.units == "custody_share":
            # It follows the places of the profile, which add up to what it is made of.
            continue
        if cell.breakdown:
            parts[cell._replace(breakdown="", label=""), cell.breakdown].append(cell)
        if cell.scheme != ALL_SCHEMES:
            parts[cell._replace(scheme=ALL_SCHEMES), "scheme"].append(cell)
        if answer := PROFILE_ANSWERS.get(cell.row):
            parts[cell._replace(row="total"), answer].append(cell)
        if cell.row and cell.column != "all" and cell._replace(column="all") in people:
            parts[cell._replace(column="all"), "column"].append(cell)
        if cell.row == "total" and cell.column == "all":
            # The profile's total and the caseload are one number in two tables.
            parts[cell._replace(row="", column=""), "caseload"].append(cell)
        if cell.units == "caseload" and cell.breakdown == "age_band" and cell.label != "not_known":
            column = "young_people" if cell.label in YOUNG else "adults"
            parts[cell._replace(breakdown="", label="", row="total", column=column), "age"].append(cell)
    return [Sum(tuple(cells), total if total in people else None) for (total, _), cells in parts.items()]


YOUNG = ("10-14", "15-17")
"""The ages that the profile's column of young people is made of."""

PROFILE_ANSWERS = {
    "male": "sex", "female": "sex", "sex_not_known": "sex",
    "statutory": "statutory", "non_statutory": "statutory", "statutory_not_known": "statutory",
    "in_community": "place", "in_custody": "place", "elsewhere": "place", "place_not_known": "place",
}  # fmt: skip
"""The rows of the profile that add up to its total, by the question they answer."""


def _places_of_the_profile(hidden: set[Cell], people: dict[Cell, int]) -> None:
    """Withhold the custody share where the profile withholds either of the counts that it is made of."""
    places = {
        (cell.scheme, cell.time)
        for cell in hidden
        if cell.row in ("in_custody", "in_community") and cell.column == "all"
    }
    hidden |= {cell for cell in people if cell.units == "custody_share" and (cell.scheme, cell.time) in places}
