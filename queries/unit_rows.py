"""Unit rows: a measure's own query with the attributes joined on, one row per unit."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from queries import sql
from queries.catalogue import measures

FINANCIAL_YEAR = "financial_year"

IN_ORDER = "period, scheme, person_id, unit_id"
"""How the rows of a unit table lie: what is asked for is of a few periods, and of one scheme or of those on any."""


class UnknownCohort(ValueError):
    """A way of cutting time into periods that is not offered."""


@dataclass(frozen=True)
class Cohort:
    """How time is cut into periods of twelve months: from which month, and how a period is labelled.

    `fixed_on` gives one cohort of its own to measures of a fixed caseload: the date on which it is fixed, and the
    first days of the baseline and of the follow-up year.
    """

    first_month: int
    style: str
    fixed_on: tuple[date, date, date] | None = None

    @classmethod
    def named(cls, text: str | None) -> "Cohort":
        """Return the cohort that `--cohort` names: `financial_year`, `calendar_year` or `year_from:YYYY-MM`.

        Raises UnknownCohort; periods of three months are refused by name, since a rate over three-month cohorts is
        another series, which must not be joined to this one.
        """
        if text in (None, "", FINANCIAL_YEAR):
            return cls(4, "financial")
        if text == "calendar_year":
            return cls(1, "calendar")
        if match := re.fullmatch(r"year_from:\d{4}-(0[1-9]|1[0-2])", text or ""):
            return cls(int(match[1]), "months")
        if "quarter" in (text or "") or "three" in (text or ""):
            raise UnknownCohort(
                f"A three-month cohort is another series and must not be joined to the yearly one, got: {text}"
            )
        raise UnknownCohort(
            f"A cohort is {FINANCIAL_YEAR}, calendar_year or year_from:YYYY-MM (always twelve months), got: {text}"
        )

    @classmethod
    def fixed(cls, cohort_on: date, baseline_from: date, follow_up_from: date) -> "Cohort":
        """Return one fixed cohort: the caseload on a date, with its baseline and follow-up years.

        Raises UnknownCohort unless the baseline year has ended when the cohort is fixed and the follow-up year starts
        no earlier than that: what follows the choice of people is no part of what they were chosen on.
        """
        # The 29th of February a year later is the 1st of March, which a year that begins on it has just ended before.
        year_later = baseline_from.month == 2 and baseline_from.day == 29
        ended_by = (
            date(baseline_from.year + 1, 3, 1) if year_later else baseline_from.replace(year=baseline_from.year + 1)
        )
        if not ended_by <= cohort_on <= follow_up_from:
            raise UnknownCohort(
                "A fixed cohort's baseline year has ended by the cohort's date, and its follow-up starts no earlier,"
                f" got: cohort {cohort_on}, baseline from {baseline_from}, follow-up from {follow_up_from}"
            )
        return cls(4, "fixed", (cohort_on, baseline_from, follow_up_from))

    @property
    def parameters(self) -> dict[str, object]:
        """What the steps that cut time bind."""
        if self.fixed_on is not None:
            return dict(zip(("cohort_on", "baseline_from", "follow_up_from"), self.fixed_on, strict=True))
        return {"first_month": self.first_month, "style": self.style}

    @property
    def is_default(self) -> bool:
        """Whether the periods are those that the build materialised."""
        return self.first_month == 4 and self.fixed_on is None


def unit_files() -> list[str]:
    """Return the name of every unit query, once each."""
    return sorted({measure.units for measure in measures().values()})


def table_name(units: str) -> str:
    """Return the name of the materialised table of one unit query."""
    return f"units_{units}"


def steps(cohort: Cohort | None = None) -> dict[str, str]:
    """Return the shared steps that unit queries read, by name, each as a query over the warehouse.

    `periods` and `fixed_cohorts` cut time; `cohort_entries` is everybody's first index event in each period, with
    every attribute. A build makes a table of each, which is what a unit query finds unless a cohort hides it.
    """
    shared = "queries/periods.sql"
    fixed = "fixed_on" if cohort is not None and cohort.fixed_on else "fixed_cohorts"
    return {
        "periods": sql.section(shared, "fixed_periods" if fixed == "fixed_on" else "periods"),
        "fixed_cohorts": sql.section(shared, fixed),
        "cohort_entries": _with_attributes(sql.section("queries/cohort_entries.sql", "entries")),
    }


def compose(units: str, cohort: Cohort | None = None) -> str:
    """Return the SQL of one unit query with every attribute beside it.

    With a cohort that is not the default, time is cut afresh inside the query, hiding the tables of those names.
    """
    body = sql.body(f"queries/measures/{Path(units).name}.sql")
    # The entries have every attribute already.
    query = body if reads(body, "cohort_entries") else _with_attributes(body)
    if cohort is None or cohort.is_default:
        return query
    hidden = []
    needed = query
    for name, text in reversed(steps(cohort).items()):
        if reads(needed, name):
            hidden.insert(0, f"{name} as (\n{text}\n)")
            needed += text
    return f"with {', '.join(hidden)}\nselect * from (\n{query}\n) as units" if hidden else query


def reads(text: str, table: str) -> bool:
    """Return whether a query reads a table, by its name after `from` or `join`."""
    return re.search(rf"\b(from|join) {table}\b", text) is not None


def _with_attributes(query: str) -> str:
    attributes = "queries/attributes.sql"
    placed = sql.section(attributes, "own" if "own_scheme" in query else "window")
    spans, described = (sql.section(attributes, name) for name in ("spans", "described"))
    return f"with units as (\n{query}\n), placed as (\n{placed}\n), spans as (\n{spans}\n)\n{described}"


def relation(units: str, cohort: Cohort) -> str:
    """Return what to select the units from: their table, or their query where periods are cut another way."""
    return table_name(units) if cohort.is_default else f"({compose(units, cohort)}) as units"
