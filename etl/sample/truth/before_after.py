"""What members did before a scheme first took them on, and after."""

import numpy as np
import polars as pl

from etl.sample import offences_list
from etl.sample.dates import NONE, OPEN, add_months
from etl.sample.membership import PREVENT
from etl.sample.truth.lives import COVERED_TO, By, Lives
from etl.sample.truth.schemes import Membership
from etl.sample.world import COVERAGE, HISTORY_START

WATCHED_TO = int(add_months(COVERED_TO, -6))
CUSTODY_FROM = COVERAGE["probation/custody"][0]
FEWEST_DAYS_AT_LIBERTY = 30
REACH = 24
_ACQUISITIVE = np.array([code.acquisitive and code.listed for code in offences_list.CODES])

Pair = tuple[int, int] | tuple[None, None]


def cohort(lives: Lives) -> list[tuple[int, Membership]]:
    """Return those whose first membership was in a strand of prolific and other priority offenders, with it."""
    return [(p, m) for p, m in sorted(lives.first.items()) if any(s.strand != PREVENT for s in m.spans)]


def _window(t: int, start: int, end: int) -> tuple[int, int]:
    return int(add_months(t, start)), int(add_months(t, end))


class Around:
    """What one person did around the day of their adoption."""

    def __init__(self, lives: Lives, arrests: By, person: int, t: int) -> None:
        self.t, self.person, self.lives = t, person, lives
        self.dies = lives.died.get(person, OPEN)
        self.convictions = lives.convicted.of(person)[0]
        self.committed, disposed, self.code, self.length, _ = lives.committed.of(person)
        self.known = disposed <= COVERED_TO
        self.arrests = np.unique(arrests.of(person)[0])

    def windows(self, before: tuple[int, int], after: tuple[int, int], limit: int) -> list[tuple[int, int]] | None:
        """Return two windows in months around the adoption as days, or None unless all of both can be seen."""
        first, second = _window(self.t, *before), _window(self.t, *after)
        if first[0] < HISTORY_START or second[1] > limit + 1 or self.dies < second[1]:
            return None
        return [first, second]

    def count(self, days: np.ndarray, windows: list[tuple[int, int]] | None, weight: np.ndarray | None = None) -> Pair:
        """Return how many of some days are in each window, or what they weigh."""
        if windows is None:
            return None, None
        weight = np.ones(len(days), dtype="int64") if weight is None else weight
        before, after = (int(weight[(days >= a) & (days < b)].sum()) for a, b in windows)
        return before, after

    def at_liberty(self, windows: list[tuple[int, int]] | None) -> Pair:
        """Return the days of each window that were not spent in custody, or nothing where they cannot be told."""
        if windows is None or windows[0][0] < CUSTODY_FROM:
            return None, None
        first, second = (b - a - self.lives.days_inside(self.person, a, b) for a, b in windows)
        return first, second

    def row(self) -> tuple[int | None, ...]:
        """Return before and after of each measure."""
        plain = self.windows((-12, 0), (0, 12), WATCHED_TO)
        proved, when = self.known, self.committed
        offences = self.count(when[proved], plain)
        liberty = self.at_liberty(plain)
        free = offences
        if liberty[0] is None or min(liberty) < FEWEST_DAYS_AT_LIBERTY:
            free = (None, None)
        return (
            *self.count(self.convictions, self.windows((-17, 0), (0, 17), COVERED_TO)),
            *self.count(self.convictions, self.windows((-1, 2), (14, 17), COVERED_TO)),
            *offences,
            *free, *liberty,
            *self.count(self.arrests, self.windows((-24, 0), (0, 24), COVERED_TO)),
            *self.count(when[proved & _ACQUISITIVE[self.code]], plain),
            *self.count(when[proved], plain, self.length[proved]),
        )  # fmt: skip


COLUMNS = tuple(
    f"{side}_{what}"
    for what in ("17", "level", "offences", "free", "exposure", "arrests", "acquisitive", "seriousness")
    for side in ("before", "after")
)


def _arrests(lives: Lives) -> By:
    crimes = lives.alleged
    known = crimes.arrested != NONE
    return By(crimes.person[known], crimes.arrested[known])


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each person of whom some window can be seen whole: nulls for those that can't."""
    arrests = _arrests(lives)
    rows = []
    for person, m in cohort(lives):
        found = Around(lives, arrests, person, m.adopted).row()
        if any(value is not None for value in found):
            rows.append((person, m.adopted, m.scheme, m.strand_near(m.adopted), True, *found))
    return lives.table(rows, COLUMNS)


def months(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and month from 24 before adoption to 24 after that can be seen whole.

    `free` is the share of the month at liberty; it and `free_events` are null where there was none or custody is not
    covered.
    """
    rows = []
    for person, m in cohort(lives):
        t, dies = m.adopted, lives.died.get(person, OPEN)
        convictions = lives.convicted.of(person)[0]
        edges = add_months(np.full(2 * REACH + 2, t), np.arange(-REACH, REACH + 2)).tolist()
        head = (person, t, m.scheme, m.strand_near(t), True)
        for k, start, end in zip(range(-REACH, REACH + 1), edges, edges[1:], strict=False):
            if start < HISTORY_START or end > COVERED_TO + 1 or end > dies:
                continue
            events = int(((convictions >= start) & (convictions < end)).sum())
            free = end - start - lives.days_inside(person, start, end) if start >= CUSTODY_FROM else 0
            part = free / (end - start) if free else None
            rows.append((*head, k, events, 1, events if free else None, part))
    return lives.table(rows, ("months", "events", "at_risk", "free_events", "free"))
