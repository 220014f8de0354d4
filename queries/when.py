"""The time that a figure is about: which periods a measure has, how far each is final, and which one was asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from queries import sql
from queries.catalogue import Measure
from queries.unit_rows import Cohort, relation, steps
from queries.warehouse import Warehouse


class UnknownPeriod(ValueError):
    """A period or date that the measure does not have."""


@dataclass(frozen=True)
class When:
    """The time a figure is about: periods with their maturity, or one month end, or every month end."""

    shown: str | None
    labels: tuple[str, ...]
    maturity: dict[str, str]
    as_at: date | None = None
    each_month: bool = False
    last_month_ends: tuple[date, ...] = ()

    @property
    def status(self) -> str:
        """The least mature status among the periods shown."""
        found = {self.maturity.get(label, "final") for label in self.labels}
        return next((s for s in ("immature", "provisional") if s in found), "final")


def periods(warehouse: Warehouse, asked: Measure, cohort: str | None = None) -> pl.DataFrame:
    """Return the periods of a measure: `period, starts_on, ends_on, status` (final, provisional or immature)."""
    return _periods(warehouse, asked, Cohort.named(cohort)).drop("covered_to")


def _periods(warehouse: Warehouse, asked: Measure, cohort: Cohort) -> pl.DataFrame:
    text = sql.section("queries/periods.sql", "maturity")
    parameters: dict[str, Any] = {
        "matures": asked.matures,
        "immature_until": asked.immature_until,
        "reads": list(asked.reads),
    }
    if not cohort.is_default:
        text = (
            f"with periods as (\n{steps(cohort)['periods']}\n)\nselect * from (\n{text}\n) as known order by starts_on"
        )
        parameters |= cohort.parameters
    # Cohorts are without number, and are asked for anew; the build's own periods are not.
    ask = warehouse.query_once if cohort.is_default else warehouse.query
    return ask(text, parameters)


def month_ends(warehouse: Warehouse) -> list[date]:
    """Return the month ends at which stocks can be read, earliest first."""
    frame = warehouse.query_once("select month_end from month_ends order by month_end")
    return frame["month_end"].to_list()


def when_of(
    warehouse: Warehouse,
    asked: Measure,
    by: tuple[str, ...],
    period: str | None,
    as_at: date | None,
    cohort: Cohort,
) -> When:
    """Return the time asked for, or the latest final period or month end where none was. Raises UnknownPeriod."""
    if asked.at_month_end and (period is None or as_at is not None) and "period" not in by:
        return _month_end(warehouse, by, as_at)
    if as_at is not None:
        raise UnknownPeriod(f"{asked.id} is about a period, not a date: give --period, got: --as-at {as_at}")
    known = _periods(warehouse, asked, cohort)
    last = _last_month_ends(warehouse, known) if asked.at_month_end else ()
    maturity = dict(zip(known["period"], known["status"], strict=True))
    final = tuple(label for label, status in maturity.items() if status == "final")
    if period == "each" or (period is None and "period" in by):
        return When("each", tuple(maturity), maturity, last_month_ends=last)
    if period == "all":
        # From the first with anybody in it: what is pooled is not said to begin with years before there were PPOs.
        with_units = _periods_with_units(warehouse, asked, cohort)
        before = next((place for place, label in enumerate(final) if label in with_units), 0)
        return When("all", final[before:], maturity, last_month_ends=last)
    if period is None:
        with_units = _periods_with_units(warehouse, asked, cohort)
        shown = [label for label in final if label in with_units] or list(final) or list(maturity)
        if not shown:
            return When(None, (), {})
        return When(shown[-1], (shown[-1],), maturity, last_month_ends=last)
    if period not in maturity:
        raise UnknownPeriod(f"Period must be all, each or one of {', '.join(maturity)}, got: {period}")
    return When(period, (period,), maturity, last_month_ends=last)


def _last_month_ends(warehouse: Warehouse, known: pl.DataFrame) -> tuple[date, ...]:
    """Return the last month end of each period: a stock in a period is the one there."""
    ends = month_ends(warehouse)
    found = (
        max((day for day in ends if starts_on <= day <= ends_on), default=None)
        for starts_on, ends_on in known.select("starts_on", "ends_on").iter_rows()
    )
    return tuple(day for day in found if day is not None)


def _periods_with_units(warehouse: Warehouse, asked: Measure, cohort: Cohort) -> set[str]:
    text = f"select distinct period from {relation(asked.units, cohort)}"
    ask = warehouse.query_once if cohort.is_default else warehouse.query
    return set(ask(text, {} if cohort.is_default else cohort.parameters)["period"])


def _month_end(warehouse: Warehouse, by: tuple[str, ...], as_at: date | None) -> When:
    known = month_ends(warehouse)
    if as_at is None and "month" in by:
        return When(None, (), {}, each_month=True)
    if not known and as_at is None:
        return When(None, (), {}, as_at=warehouse.build.extract_date)
    if as_at is not None and known and not (known[0] <= as_at <= known[-1] and as_at in known):
        near = [d.isoformat() for d in sorted(known, key=lambda d: abs((d - as_at).days))[:2]]
        raise UnknownPeriod(
            f"A caseload is read at a month end from {known[0]} to {known[-1]},"
            f" such as {' or '.join(sorted(near))}, got: {as_at}"
        )
    return When(None, (), {}, as_at=as_at or known[-1])
