"""A cohort that an analyst puts together: its size step by step, its labels, its rows, and the SQL of its figures.

All of it is for analysts alone: who is asking is looked at here, whatever page or command asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from queries import sql
from queries.catalogue import Measure, measure
from queries.dimensions import UnknownDimension, dimension, order_key
from queries.figures import Units, check_asked, narrowed, question, with_always
from queries.scope import NotPermitted, Viewer
from queries.unit_rows import Cohort, compose, relation, table_name
from queries.warehouse import Warehouse
from queries.when import When, when_of


@dataclass(frozen=True)
class Selection:
    """Who a cohort is of and when: filters by breakdown, how time is cut, and a period or a month end.

    `where`, `period` and `as_at` are as `figure` takes them; `years` is what `Cohort.named` takes, None for April to
    March.
    """

    where: Mapping[str, str] = field(default_factory=dict)
    years: str | None = None
    period: str | None = None
    as_at: date | None = None


@dataclass(frozen=True)
class Step:
    """One step in putting a cohort together: what it was narrowed by (None for everyone), and whom that leaves."""

    dimension: str | None
    labels: str
    people: int
    units: int


def check_analyst(viewer: Viewer) -> None:
    """Raise NotPermitted for anybody but an analyst."""
    if not viewer.sees_units:
        raise NotPermitted("Cohorts, rows about single people and the SQL that ran are for analysts.")


def sizes(warehouse: Warehouse, viewer: Viewer, name: str, selection: Selection) -> list[Step]:
    """Return how many people, and how many units of a measure, are left after each filter in turn.

    The first step is everyone in the time chosen. Raises NotPermitted for anybody but an analyst, and what `figure`
    raises for what it does not know.
    """
    check_analyst(viewer)
    asked, when, cut = _settled(warehouse, name, selection)
    names = list(selection.where)
    columns: list[str] = []
    bound: dict[str, Any] = {}
    for place in range(len(names) + 1):
        where = {name: selection.where[name] for name in names[:place]}
        conditions, parameters = narrowed(viewer, asked, (), where, when, cut)
        met = f"filter (where {' and '.join(conditions)})"
        columns += [f"count(distinct person_id) {met} as people_{place}", f"count(*) {met} as units_{place}"]
        bound |= parameters
    # One pass for all the steps: cut another way than the build did, the rows are worked out anew.
    row = warehouse.query(f"select {', '.join(columns)} from {relation(asked.units, cut)}", bound).row(0, named=True)
    return [
        Step(name, selection.where.get(name or "", ""), row[f"people_{place}"], row[f"units_{place}"])
        for place, name in enumerate([None, *names])
    ]


def in_both(warehouse: Warehouse, viewer: Viewer, name: str, one: Selection, other: Selection) -> int:
    """Return how many people are in both of two cohorts. Raises NotPermitted for anybody but an analyst."""
    check_analyst(viewer)
    found = [_people(warehouse, viewer, name, each) for each in (one, other)]
    return len(found[0] & found[1])


def _people(warehouse: Warehouse, viewer: Viewer, name: str, selection: Selection) -> set[int]:
    asked, when, cut = _settled(warehouse, name, selection)
    conditions, parameters = narrowed(viewer, asked, (), dict(selection.where), when, cut)
    frame = warehouse.query(
        f"select distinct person_id from {relation(asked.units, cut)} where {' and '.join(conditions)}", parameters
    )
    return set(frame["person_id"])


def labels(warehouse: Warehouse, viewer: Viewer, name: str, breakdown: str) -> list[str]:
    """Return the labels by which a measure's units can be filtered, in their published order.

    A breakdown with a closed list has all of it; the others what there is in the data. Raises NotPermitted for anybody
    but an analyst, and UnknownDimension.
    """
    check_analyst(viewer)
    known, asked = dimension(breakdown), measure(name)
    if breakdown in asked.not_applicable:
        return []
    if known.labels and not known.open:
        return list(known.labels)
    found = warehouse.query(f"select distinct {known.name} as label from {table_name(asked.units)}")["label"]
    return sorted(found.drop_nulls(), key=lambda label: order_key(breakdown, label))


def rows(warehouse: Warehouse, viewer: Viewer, name: str, selection: Selection, by: tuple[str, ...] = ()) -> Units:
    """Return the pseudonymous unit rows that a figure of this cohort is added up from: those and no others.

    Raises NotPermitted for anybody but an analyst.
    """
    check_analyst(viewer)
    asked, when, cut = _settled(warehouse, name, selection, by)
    text, parameters = _rows(viewer, asked, by, selection, when, cut)
    return Units(asked, warehouse.query_many(text, parameters), sql.with_literals(text, parameters))


def _rows(
    viewer: Viewer, asked: Measure, by: tuple[str, ...], selection: Selection, when: When, cut: Cohort
) -> tuple[str, dict[str, Any]]:
    conditions, parameters = narrowed(viewer, asked, by, dict(selection.where), when, cut)
    text = f"select *\nfrom {relation(asked.units, cut)}\nwhere\n    "
    return text + "\n    and ".join(conditions) + "\norder by all", parameters


def statement(warehouse: Warehouse, viewer: Viewer, name: str, selection: Selection, by: tuple[str, ...] = ()) -> str:
    """Return the SQL that a figure of this cohort runs, with what it binds written out: it can be pasted and run.

    Statuses, and values on too few people, are left out afterwards. Raises NotPermitted for anybody but an analyst.
    """
    check_analyst(viewer)
    asked, when, cut = _settled(warehouse, name, selection, by)
    by = with_always(asked, by, selection.where)
    selected, aggregation, parameters = question(viewer, asked, by, dict(selection.where), when, cut)
    return sql.with_literals(f"{selected}\n{aggregation}", parameters)


def unit_query(viewer: Viewer, name: str) -> str:
    """Return the SQL of the table that a measure's figures are added up from: one row per unit, attributes beside it.

    Raises NotPermitted for anybody but an analyst.
    """
    check_analyst(viewer)
    return compose(measure(name).units)


def _settled(
    warehouse: Warehouse, name: str, selection: Selection, by: tuple[str, ...] = ()
) -> tuple[Measure, When, Cohort]:
    """Return the measure, the time and the way that time is cut, each checked. Raises as `figure` does."""
    asked = measure(name)
    check_asked(by, selection.where)
    if blocked := [each for each in (*by, *selection.where) if each in asked.not_applicable]:
        raise UnknownDimension(f"{', '.join(blocked)} does not apply to {name}")
    cut = Cohort.named(selection.years)
    period = "each" if selection.period is None and "period" in by else selection.period
    return asked, when_of(warehouse, asked, by, period, selection.as_at, cut), cut
