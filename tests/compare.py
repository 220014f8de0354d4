"""The road beside the oracle: every unit and every figure, and the smallest world in which they differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tests import oracle, worlds

ATTRIBUTES = (
    "sex age_band ethnicity ethnicity_self_defined statutory in_dip place previous_offences month "
    "scheme area force strand"
).split()
ENTRY = ["date", "index_event", "offence_group", "ppo", *ATTRIBUTES]
BREAKDOWNS = {
    "cohort": [*ATTRIBUTES, "ppo", "offence_group", "index_event"],
    "shares": [a for a in ATTRIBUTES if a not in ("scheme", "area", "force", "strand")]
    + ["offence_group", "index_event"],
    "justice": [*ATTRIBUTES, "ppo", "offence_group", "court_type"],
    "scheme": ATTRIBUTES,
}
COHORT = ("reoffending_rate", "reoffences_per_reoffender", "reoffences_per_offender")
SHARES = ("share_of_offenders", "share_of_reoffences")
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Difference:
    """One thing that the two do not agree on; `person` is None for a figure."""

    measure: str
    what: str
    key: tuple
    ours: object
    oracles: object
    person: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.measure}: {self.what} {self.key}\n    ours:   {self.ours}\n    oracle: {self.oracles}"


# --- units -----------------------------------------------------------------------------------------------


def unit_differences(world: oracle.World, road) -> Iterator[Difference]:
    """Every unit of every measure in one of the two and not in the other, or not the same in both."""

    def compare(measure, key, columns, ours, theirs):
        mine = {tuple(unit[k] for k in key): unit for unit in ours}
        yours = {tuple(unit[k] for k in key): unit for unit in theirs}
        if len(mine) != len(ours):
            yield Difference(measure, "units that are not unique", (), len(ours), len(mine))
        for name in sorted(set(mine) | set(yours), key=str):
            one, other = mine.get(name), yours.get(name)
            one = None if one is None else {c: one[c] for c in columns}
            other = None if other is None else {c: other[c] for c in columns}
            if one != other:
                if one is not None and other is not None:
                    odd = [c for c in columns if one[c] != other[c]]
                    one, other = {c: one[c] for c in odd}, {c: other[c] for c in odd}
                yield Difference(measure, "unit", name, one, other, name[0])

    yield from compare(
        "reoffending_rate",
        ("person", "period"),
        ["offenders", "reoffended", "reoffences", *ENTRY],
        road.units("reoffending_rate"),
        oracle.units(world, "reoffending_rate"),
    )
    yield from compare(
        "time_to_first_reoffence",
        ("person", "period"),
        ["event", "time_days", *ENTRY],
        road.units("time_to_first_reoffence"),
        oracle.units(world, "time_to_first_reoffence"),
    )
    yield from compare(
        "arrest_to_sentence_days",
        ("person", "date"),
        [*oracle.STAGES, "period", "court_type", "offence_group", "ppo", *ATTRIBUTES],
        road.units("arrest_to_sentence_days"),
        oracle.units(world, "arrest_to_sentence_days"),
    )
    ours = road.units("caseload")
    days = sorted({unit["date"] for unit in ours})
    theirs = [row for day in days for row in oracle.month_end_rows(world, "caseload", day)]
    yield from compare("caseload", ("person", "scheme", "date"), ["main", "age", *ATTRIBUTES], ours, theirs)
    theirs = [row for day in days for row in oracle.month_end_rows(world, "custody_share", day)]
    theirs = [{**row, "in_custody": row["numerator"], "placed": row["denominator"]} for row in theirs]
    ours = road.units("custody_share")
    columns = ["main", "in_custody", "placed", *ATTRIBUTES]
    yield from compare("custody_share", ("person", "scheme", "date"), columns, ours, theirs)
    # Somebody whose place was never known has no days to share out: a unit of nothing, in the oracle alone.
    theirs = [
        {**unit, "days_in_custody": unit["numerator"], "days_placed": unit["denominator"]}
        for unit in oracle.units(world, "custody_days_share")
        if unit["denominator"]
    ]
    ours = [unit for unit in road.units("custody_days_share") if unit["days_placed"]]
    columns = ["days_in_custody", "days_placed", *(a for a in ATTRIBUTES if a not in ("place", "month"))]
    yield from compare("custody_days_share", ("person", "scheme", "period", "main"), columns, ours, theirs)


# --- figures ---------------------------------------------------------------------------------------------


def questions(month_end: date, quick: bool = False) -> Iterator[tuple[str, dict]]:
    """Every measure by nothing, by each of its breakdowns and by some pairs, in one period, each and all."""
    for measure in (*COHORT, *SHARES, "time_to_first_reoffence", *oracle.STAGES):
        kind = "justice" if measure in oracle.STAGES else "shares" if measure in SHARES else "cohort"
        for period in ("2009/10", "2008/09", "all", "each"):
            yield measure, {"period": period}
        if quick and measure not in ("reoffending_rate", "arrest_to_sentence_days"):
            continue
        for name in BREAKDOWNS[kind]:
            yield measure, {"by": (name,), "period": "2008/09"}
        yield measure, {"by": ("sex", "age_band"), "period": "each"}
        yield measure, {"where": {"sex": "male"}, "by": ("statutory",), "period": "all"}
        if kind == "cohort":
            yield measure, {"by": ("ppo", "index_event"), "period": "all"}
            yield measure, {"where": {"ppo": "yes"}, "period": "2009/10"}
        if kind == "justice":
            yield measure, {"by": ("ppo", "court_type"), "period": "all"}
    for measure in ("caseload", "custody_share"):
        yield measure, {"as_at": month_end}
        for name in BREAKDOWNS["scheme"]:
            if (measure, name) == ("custody_share", "place"):
                continue
            yield measure, {"by": (name,), "as_at": month_end}
        yield measure, {"by": ("scheme", "strand"), "as_at": month_end}
        yield measure, {"where": {"area": "North"}, "by": ("sex",), "as_at": month_end}
    for period in ("2009/10", "2010/11", "all", "each"):
        yield "custody_days_share", {"period": period}
    for name in BREAKDOWNS["scheme"]:
        if name not in ("place", "month"):
            yield "custody_days_share", {"by": (name,), "period": "2009/10"}
    yield "scheme_profile", {"as_at": month_end}
    yield "scheme_profile", {"as_at": month_end, "where": {"scheme": "W0001A"}}
    yield "scheme_profile", {"as_at": month_end, "where": {"area": "South"}}


def figure_differences(world: oracle.World, road, month_end: date, quick: bool = False) -> Iterator[Difference]:
    """Every figure in one of the two and not in the other, or not the same in both."""
    for measure, how in questions(month_end, quick):
        by = list(how.get("by", ()))
        if how.get("period") == "each" and "period" not in by:
            by = ["period", *by]
        leading = [*by, *{"survival": ["months"], "table": ["row", "column"]}.get(oracle.KIND[measure], [])]
        ours = {tuple(row[c] for c in leading): row for row in road.figure(measure, **how)}
        theirs = {tuple(row[c] for c in leading): row for row in oracle.figure(world, measure, **how)}
        for name in sorted(set(ours) | set(theirs), key=str):
            one, other = ours.get(name), theirs.get(name)
            odd = "" if one is None or other is None else differing(one, other)
            if one is None or other is None or odd:
                key = (str(how), *name, odd)
                yield Difference(measure, "figure", key, one, other)


def differing(one: dict, other: dict) -> str:
    """The columns of two rows that are not the same: counts and statuses exactly, the rest to 1e-9."""
    odd = []
    for column, value in other.items():
        mine = one[column]
        if isinstance(value, float) and isinstance(mine, (int, float)):
            if not math.isclose(mine, value, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                odd.append(column)
        elif mine != value:
            odd.append(column)
    return ", ".join(odd)


# --- the smallest world that differs ---------------------------------------------------------------------


def shrink(files: worlds.Files, differs: Callable[[worlds.Files], bool], tries: int = 30) -> worlds.Files:
    """A world from which no row can be left out without the difference going away, or as far as `tries` reach.

    `differs` builds a world and says whether the difference is still there; rows go in halves, then one by one.
    """
    kept = [(name, row) for name, rows in files.items() for row in rows if not name.startswith("reference/")]
    reference = {name: rows for name, rows in files.items() if name.startswith("reference/")}

    def folder(rows):
        made: worlds.Files = {name: [] for name in worlds.COLUMNS} | reference
        for name, row in rows:
            made[name] = [*made[name], row]
        return made

    size = max(1, len(kept) // 2)
    while tries > 0:
        smaller = None
        for start in range(0, len(kept), size):
            candidate = kept[:start] + kept[start + size :]
            tries -= 1
            if candidate and differs(folder(candidate)):
                smaller = candidate
                break
            if tries <= 0:
                break
        if smaller is not None:
            kept = smaller
            size = min(size, max(1, len(kept) // 2))
        elif size == 1:
            break
        else:
            size = max(1, size // 2)
    return {name: rows for name, rows in folder(kept).items() if rows and not name.startswith("reference/")}


def shown(files: worlds.Files) -> str:
    """Rows as text, leaving out what is empty."""
    lines = []
    for name, rows in files.items():
        for row in rows:
            told = ", ".join(f"{column}={value}" for column, value in row.items() if value is not None)
            lines.append(f"  {name}: {told}")
    return "\n".join(lines)
