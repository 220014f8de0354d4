"""Unit rows: a measure's own query with the attributes joined on, one row per unit."""

import re
from dataclasses import dataclass
from pathlib import Path

from queries import sql
from queries.catalogue import measures

FINANCIAL_YEAR = "financial_year"


class UnknownCohort(ValueError):
    """A way of cutting time into periods that is not offered."""


@dataclass(frozen=True)
class Cohort:
    """How time is cut into periods of twelve months: from which month, and how a period is labelled."""

    first_month: int
    style: str

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

    @property
    def parameters(self) -> dict[str, object]:
        """What the period query binds."""
        return {"first_month": self.first_month, "style": self.style}

    @property
    def is_default(self) -> bool:
        """Whether the periods are those that the build materialised."""
        return self.first_month == 4


def unit_files() -> list[str]:
    """Return the name of every unit query, once each."""
    return sorted({measure.units for measure in measures().values()})


def table_name(units: str) -> str:
    """Return the name of the materialised table of one unit query."""
    return f"units_{units}"


def compose(units: str, cohort: Cohort | None = None) -> str:
    """Return the SQL of one unit query with every attribute beside it.

    With a cohort, the periods are cut afresh inside the query, hiding the table of that name.
    """
    name = f"queries/measures/{Path(units).name}.sql"
    body = sql.body(name)
    attributes = "queries/attributes.sql"
    placed = sql.section(attributes, "own" if "own_scheme" in body else "window")
    steps = [f"units as (\n{body}\n)", f"placed as (\n{placed}\n)"]
    if cohort is not None and not cohort.is_default:
        steps.insert(0, f"periods as (\n{sql.section('queries/periods.sql', 'periods')}\n)")
    return f"with {', '.join(steps)}\n{sql.section(attributes, 'described')}"


def relation(units: str, cohort: Cohort) -> str:
    """Return what to select the units from: their table, or their query where periods are cut another way."""
    return table_name(units) if cohort.is_default else f"({compose(units, cohort)}) as units"
