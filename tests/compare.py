"""The road beside the oracle: every unit and every figure, and the smallest world in which they differ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import itemgetter

from queries.catalogue import Measure, measures
from queries.dimensions import DIMENSIONS
from queries.when import UnknownPeriod
from tests import oracle, worlds

LEADING = {
    "survival": ["months"],
    "timeline": ["months"],
    "concentration": ["top_share"],
    "table": ["row", "column"],
}
RATIOS = ("proportion", "ratio", "share", "timeline")
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


def compared() -> dict[str, Measure]:
    """Return every measure, since the oracle knows each (tests/queries/test_catalogue.py)."""
    return measures()


# --- units -----------------------------------------------------------------------------------------------


def worth(kind: str, unit: dict) -> tuple:
    """Return what an oracle's unit adds to a figure."""
    names = {
        "days": ["days"],
        "change": ["before", "after", "exposure_before", "exposure_after"],
        "survival": ["event", "time_days"],
        "count": ["numerator"],
        "concentration": ["numerator"],
        "table": ["age"],
    }
    if kind in ("stock", "distribution"):
        return ("counted",)
    return tuple(unit.get(name) for name in names.get(kind, ["numerator", "denominator"]))


def our_worth(asked: Measure, unit: dict) -> tuple:
    """Return the same of a row of a unit query, by the columns that the measure's header names."""
    if asked.kind in ("stock", "distribution"):
        return ("counted",)
    if asked.kind == "table":
        return (unit["age"],)
    if asked.kind == "survival":
        if unit["event"] is None:
            return (None, None)
        last = unit["ends_on"] if unit["event"] else unit["watched_to"]
        return (unit["event"], (last - unit["date"]).days)
    numerator = unit[asked.numerator_column]
    if asked.numerator_where and unit[asked.numerator_where[0]] != asked.numerator_where[1]:
        numerator = 0
    if asked.kind in ("days", "count", "concentration"):
        return (numerator,)
    denominator = unit[asked.denominator_column]
    if asked.kind == "change":
        if numerator is None or denominator is None:
            return (None,) * 4
        times = [1, 1] if asked.exposure is None else [unit[column] for column in asked.exposure]
        return (denominator, numerator, *times)
    return (numerator, denominator)


def rounded(values: tuple) -> tuple:
    """Return numbers as they compare: shares of days and chances to nine figures."""
    return tuple(v if v is None or isinstance(v, (int, str)) else round(float(v), 9) for v in values)


def columns_of(asked: Measure) -> list[str]:
    """Return what tells a measure's units apart: whose each is, when, and every breakdown that applies to it."""
    when = [] if asked.at_month_end else ["period"]
    when += ["months"] if asked.kind == "timeline" else []
    return ["person", "date", "main", *when, *(name for name in asked.dimensions if name != "period")]


def unit_differences(world: oracle.World, road, units: str | None = None) -> Iterator[Difference]:
    """Every unit of every measure that one of the two has oftener than the other, whatever it is that differs.

    A unit that adds nothing to any figure (no days, nothing of nothing) need not be a row of either. `units` may name
    the one unit query to be compared.
    """
    rows: dict[str, list[dict]] = {}
    for name, asked in compared().items():
        if units not in (None, asked.units):
            continue
        if asked.units not in rows:
            rows[asked.units] = road.units(name)
        columns = columns_of(asked)
        told = itemgetter(*columns)
        ours = Counter(told(u) + rounded(our_worth(asked, u)) for u in rows[asked.units])
        theirs = Counter(told({"main": True} | u) + rounded(worth(asked.kind, u)) for u in oracle.units(world, name))
        size = len(worth(asked.kind, {}))
        columns += [f"worth {n}" for n in range(size)]
        nothing = [(None,) * size] + ([(0, 0)] if asked.kind in RATIOS else [])
        sides = ((ours - theirs).elements(), (theirs - ours).elements())
        yield from paired(name, columns, *([u for u in side if u[-size:] not in nothing] for side in sides))


def paired(name: str, columns: list[str], mine: list[tuple], yours: list[tuple]) -> Iterator[Difference]:
    """Give the odd units of the two, those of one person and day side by side with what differs in them."""
    for unit in sorted(mine, key=str):
        rivals = [other for other in yours if other[:2] == unit[:2]]
        if not rivals:
            yield Difference(name, "unit", unit[:2], dict(zip(columns, unit, strict=True)), None, unit[0])
            continue
        nearest = max(rivals, key=lambda other: sum(a == b for a, b in zip(unit, other, strict=True)))
        yours.remove(nearest)
        odd = [c for c, a, b in zip(columns, unit, nearest, strict=True) if a != b]
        one, other = ({c: v for c, v in zip(columns, side, strict=True) if c in odd} for side in (unit, nearest))
        yield Difference(name, "unit", unit[:2], one, other, unit[0])
    for unit in sorted(yours, key=str):
        yield Difference(name, "unit", unit[:2], None, dict(zip(columns, unit, strict=True)), unit[0])


# --- figures ---------------------------------------------------------------------------------------------

PAIRS = {
    "reoffending_rate": ("ppo", "index_event"),
    "arrest_to_sentence_days": ("ppo", "court_type"),
    "caseload": ("scheme", "strand"),
}


def questions(month_end: date, quick: bool = False) -> Iterator[tuple[str, dict]]:
    """Every measure by nothing, by each of its breakdowns and by some pairs, in one period, each and all.

    Quickly, each measure is asked by two breakdowns only, and the measures take turns with them.
    """
    for place, (name, asked) in enumerate(compared().items()):
        if asked.kind == "table":
            for where in ({}, {"scheme": "W0001A"}, {"area": "South"}):
                yield name, {"as_at": month_end, "where": where}
            continue
        whens = [{"period": period} for period in ("2009/10", "all", "each", "2008/09", "2010/11")]
        if asked.at_month_end:
            whens = [{"as_at": month_end}]
        yield from ((name, when) for when in whens[: 3 if quick else None])
        broken = [n for n in asked.dimensions if n != "period" and n != asked.always_by]
        own = [n for n in broken if DIMENSIONS[n].own]
        if quick:
            broken = own + [broken[(place + turn * 7) % len(broken)] for turn in range(2)]
        for turn, dimension in enumerate(dict.fromkeys(broken)):
            yield name, {"by": (dimension,), **whens[turn % min(len(whens), 2)]}
        if quick and name not in PAIRS:
            continue
        yield name, {"where": {"sex": "male"}, "by": ("statutory",), **whens[0]}
        if name in PAIRS:
            yield name, {"by": PAIRS[name], **whens[0]}
        if "ppo" in asked.dimensions:
            yield name, {"where": {"ppo": "yes"}, **whens[0]}
        if asked.always_by:
            label = oracle.LABELS[asked.always_by][0]
            yield name, {"where": {asked.always_by: label}, "by": ("area",), **whens[-1]}


def figure_differences(
    world: oracle.World, road, month_end: date, quick: bool = False, units: str | None = None
) -> Iterator[Difference]:
    """Every figure in one of the two and not in the other, or not the same in both; `units` as above."""
    for measure, how in questions(month_end, quick):
        asked = measures()[measure]
        if units not in (None, asked.units):
            continue
        by = list(how.get("by", ()))
        filtered = asked.always_by in how.get("where", {}) and asked.kind != "distribution"
        if asked.always_by and asked.always_by not in by and not filtered:
            by = [asked.always_by, *by]
        if how.get("period") == "each":
            by = ["period", *by]
        leading = [*by, *LEADING.get(asked.kind, [])]
        ours = {tuple(row[c] for c in leading): row for row in asked_of(road, measure, how)}
        theirs = {tuple(row[c] for c in leading): row for row in oracle.figure(world, measure, **how)}
        for name in sorted(set(ours) | set(theirs), key=str):
            one, other = ours.get(name), theirs.get(name)
            odd = "" if one is None or other is None else differing(one, other)
            if one is None or other is None or odd:
                key = (str(how), *name, odd)
                yield Difference(measure, "figure", key, one, other)


def asked_of(road, measure: str, how: dict) -> list[dict]:
    """The road's rows; none of a period that the measure does not have."""
    try:
        return road.figure(measure, **how)
    except UnknownPeriod:
        return []


def differing(one: dict, other: dict) -> str:
    """The columns of two rows that are not the same: whole numbers and statuses exactly, the rest to 1e-9."""
    odd = []
    for column, value in other.items():
        mine = one[column]
        if isinstance(value, (float, Fraction)) and isinstance(mine, (int, float)):
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
