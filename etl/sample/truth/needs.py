"""What assessments found members to need, on coming, since, and on leaving."""

import numpy as np
import polars as pl

from etl.sample.dates import add_months
from etl.sample.probation import NEEDS
from etl.sample.truth.lives import COVERED_TO, Lives

_NEED, _NO_NEED, _NOT_ASSESSED = 0, 1, 2
SETTLED = ("accommodation", "employment")


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership and need that was assessed on entry.

    `had` and `had_not` say what it was, of those assessed again `had_again` and `had_not_again`, and `resolved` and
    `arisen` that it was no longer so.
    """
    rows = []
    for person, m in lives.memberships:
        on, needs, _ = lives.assessed.of(person)
        entry = (on > int(add_months(m.adopted, -12))) & (on <= int(add_months(m.adopted, 3)))
        head = (person, m.adopted, m.scheme, m.strand_near(m.adopted), True)
        for place, need in enumerate(NEEDS):
            told = needs[:, place] != _NOT_ASSESSED
            about = np.flatnonzero(entry & told)
            if not len(about):
                continue
            # Of two as far from adoption, the one before it stands first.
            first = about[np.argmin(np.abs(on[about] - m.adopted))]
            then = int(needs[first, place])
            later = np.flatnonzero(told & (on > on[first]) & (on < m.end) & (on <= COVERED_TO))
            now = int(needs[later[-1], place]) if len(later) else _NOT_ASSESSED
            again = now != _NOT_ASSESSED
            had, had_not = then == _NEED, then == _NO_NEED
            flags = (
                had, True, had and now == _NO_NEED, had and again, had_not and now == _NEED, had_not and again,
            )  # fmt: skip
            rows.append((*head, need, *(int(flag) for flag in flags)))
    return lives.table(rows, ("need", "had", "assessed", "resolved", "had_again", "arisen", "had_not_again"))


def settled(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership that has ended and each need assessed in the year before: was it met."""
    rows = []
    for person, m in lives.memberships:
        if m.end > COVERED_TO:
            continue
        on, needs, _ = lives.assessed.of(person)
        recent = (on > int(add_months(m.end, -12))) & (on <= m.end)
        for need in SETTLED:
            place = NEEDS.index(need)
            last = np.flatnonzero(recent & (needs[:, place] != _NOT_ASSESSED))
            if len(last):
                met = int(needs[last[-1], place] == _NO_NEED)
                rows.append((person, m.end, m.scheme, m.strand_near(m.end), True, need, met, 1))
    return lives.table(rows, ("need", "numerator", "denominator"))
