"""A chunk's events person by person, and the tables that units are put in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from etl.sample import custody as prison
from etl.sample import offences_list
from etl.sample.careers import CONVICTED
from etl.sample.courts import Offences
from etl.sample.dates import NONE, OPEN, Days, year_from_april
from etl.sample.membership import DIED
from etl.sample.people import People
from etl.sample.probation import ATTENDED
from etl.sample.truth.schemes import Membership
from etl.sample.truth.timeline import Timeline
from etl.sample.world import COVERAGE

COVERED_TO = COVERAGE["police/ppo_register"][1]
"""The last day of every file but the drugs programme's: the same for all, which a test holds."""

_KINDS = dict.fromkeys(("characteristic", "exit_reason", "at_18", "step", "stage", "need", "week"), pl.String) | {
    "main": pl.Boolean,
    "free": pl.Float64,
}
"""Columns of units that hold something else than whole numbers."""


class By:
    """Columns that belong to people, sorted by person and by the first of them."""

    def __init__(self, person: Days, first: np.ndarray, *others: np.ndarray) -> None:
        order = np.lexsort((first, person))
        self.person = person[order]
        self.columns = [column[order] for column in (first, *others)]

    def of(self, person: int) -> list[np.ndarray]:
        """Return one person's rows, a column at a time."""
        low, high = np.searchsorted(self.person, [person, person + 1])
        return [column[low:high] for column in self.columns]


@dataclass
class Lives:
    """One chunk: what its people did, and their memberships. A membership of no length is nobody's."""

    line: Timeline
    members: dict[int, list[Membership]]

    @property
    def people(self) -> People:
        """Everybody."""
        return self.line.chunk.people

    @cached_property
    def memberships(self) -> list[tuple[int, Membership]]:
        """Every membership with its person, in order."""
        return [(p, m) for p, mine in sorted(self.members.items()) for m in mine if m.adopted < m.end]

    @cached_property
    def first(self) -> dict[int, Membership]:
        """Each member's first membership."""
        found: dict[int, Membership] = {}
        for person, m in self.memberships:
            if person not in found or (m.adopted, m.scheme) < (found[person].adopted, found[person].scheme):
                found[person] = m
        return found

    @cached_property
    def counting(self) -> Offences:
        """The offences that count."""
        crimes = self.line.chunk.offences
        return crimes.rows(np.flatnonzero(crimes.counts))

    @cached_property
    def alleged(self) -> Offences:
        """Offences whatever came of them: recordable, no breach, in England and Wales or not known to be outside."""
        crimes = self.line.chunk.offences
        return crimes.rows(np.flatnonzero(crimes.recordable & ~offences_list.BREACH[crimes.code] & crimes.inside))

    @cached_property
    def committed(self) -> By:
        """Committed, disposed, code, sentence days and force of the offences that count."""
        c = self.counting
        return By(
            c.person, c.committed, c.disposed, c.code, np.where(c.sentence_days == NONE, 0, c.sentence_days), c.force
        )

    @cached_property
    def convicted(self) -> By:
        """Disposed and code of the convictions that count."""
        c = self.counting
        which = c.outcome == CONVICTED
        return By(c.person[which], c.disposed[which], c.code[which])

    @cached_property
    def held(self) -> By:
        """Admitted and released of each custody spell; it does not overlap another."""
        s = self.line.spells
        return By(s.person, s.admitted, s.released, s.why_out)

    @cached_property
    def contacts(self) -> By:
        """Day, kind and outcome of each appointment."""
        c = self.line.chunk.contacts
        return By(c.person, c.on, c.kind, c.outcome)

    @cached_property
    def attended(self) -> By:
        """Day and kind of each appointment that was kept."""
        c = self.line.chunk.contacts
        which = c.outcome == ATTENDED
        return By(c.person[which], c.on[which], c.kind[which])

    @cached_property
    def assessed(self) -> By:
        """Day, needs and plan of each assessment."""
        a = self.line.chunk.assessments
        return By(a.person, a.on, a.needs, a.plan)

    @cached_property
    def orders(self) -> By:
        """First and last day of each order or licence, and the days of proceedings for breach and of recall."""
        o = self.line.chunk.supervision
        return By(o.person, o.started, o.ended, o.breach, o.recalled)

    @cached_property
    def died(self) -> dict[int, int]:
        """When those died whose death is on record: in custody, or on a scheme."""
        spells, spans = self.line.spells, self.line.chunk.register
        inside = spells.why_out == prison.DIED
        left = (spans.reason == DIED) & (spans.exited != OPEN)
        person = np.concatenate([spells.person[inside], spans.person[left]])
        day = np.concatenate([spells.released[inside], spans.exited[left]])
        found: dict[int, int] = {}
        for p, d in zip(person.tolist(), day.tolist(), strict=True):
            found[p] = min(d, found.get(p, OPEN))
        return found

    def days_inside(self, person: int, start: int, end: int) -> int:
        """Return how many days of [start, end) were spent in custody."""
        admitted, released, _ = self.held.of(person)
        return int(np.maximum(np.minimum(released, end) - np.maximum(admitted, start), 0).sum())

    def main_on(self, person: int, day: int) -> Membership | None:
        """Return the membership open on a day that was adopted last, then of the lowest scheme."""
        on = [m for m in self.members.get(person, []) if m.adopted <= day < m.end]
        return min(on, key=lambda m: (-m.adopted, m.scheme)) if on else None

    def table(
        self, rows: Iterable[tuple[Any, ...]], columns: tuple[str, ...], period: str | None = None
    ) -> pl.DataFrame:
        """Return units as a table with the attributes of each on its date.

        `rows` begin with person, date, scheme, strand and main, and go on with `columns`. The period is that of the
        date unless a column says it. None becomes null.
        """
        names = ("place_of_person", "date", "scheme", "strand", "main", *columns)
        listed = list(rows)
        frame = pl.DataFrame(
            {
                name: pl.Series([row[k] for row in listed], dtype=_KINDS.get(name, pl.Int64))
                for k, name in enumerate(names)
            }
        )
        return self.described(frame, period)

    def described(self, frame: pl.DataFrame, period: str | None = None) -> pl.DataFrame:
        """Return a table of units with the number of each person, the period, and the attributes on the date."""
        person = frame["place_of_person"].to_numpy()
        day = frame["date"].to_numpy()
        return frame.drop("place_of_person").with_columns(
            pl.Series("person", self.people.number[person]),
            pl.Series("period", year_from_april(day)) if period is None else pl.col(period).alias("period"),
            *(pl.Series(n, values) for n, values in self.line.attributes(person, day).items()),
        )
