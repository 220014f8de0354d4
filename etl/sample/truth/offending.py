"""How offending is spread over people, and over the forces in which members commit it."""

import itertools

import numpy as np
import polars as pl

from etl.sample.courts import NO_FORCE
from etl.sample.dates import Days, add_months, period_start, year_from_april
from etl.sample.truth.lives import COVERED_TO, Lives
from etl.sample.truth.schemes import Membership, of_units
from etl.sample.truth.timeline import key
from etl.sample.world import HISTORY_START, Schemes


def year_starts(year: Days) -> Days:
    """Return the first day of each year's period."""
    low, high = int(year.min(initial=2000)), int(year.max(initial=2000))
    starts = np.array([period_start(y) for y in range(low, high + 1)])
    return starts[year - low]


def concentration(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and period with offences committed in it and proved by six months after it."""
    crimes = lives.counting
    year = year_from_april(crimes.committed)
    which = (crimes.committed >= HISTORY_START) & (crimes.disposed < add_months(year_starts(year + 1), 6))
    order = np.flatnonzero(which)[np.argsort(key(crimes.person, crimes.committed)[which], kind="stable")]
    person, committed, year = crimes.person[order], crimes.committed[order], year[order]
    new = np.append(True, (person[1:] != person[:-1]) | (year[1:] != year[:-1]))[: len(person)]
    first = np.flatnonzero(new)
    weight = np.diff(np.append(first, len(person)))
    person, day, year = person[first], committed[first], year[first]
    scheme, strand, ppo = of_units(lives.members, person, day, year_starts(year), year_starts(year + 1))
    return pl.DataFrame(
        {
            "person": lives.people.number[person], "date": day, "period": year, "scheme": scheme, "strand": strand,
            "ppo": ppo, "main": np.ones(len(person), dtype=bool), "sex": lives.people.sex[person], "weight": weight,
        }
    )  # fmt: skip


def shares_of_days(mine: list[Membership], closes: int) -> list[tuple[Membership, int, int, int, bool]]:
    """Return the memberships of a person cut by period and by whether each was the main one: with start and end.

    Of those open on a day the main one is that adopted last, then of the lowest scheme.
    """
    edges = {m.adopted for m in mine} | {min(m.end, closes) for m in mine}
    low, high = min(edges), max(edges)
    edges |= {period_start(y) for y in range(int(year_from_april(low)), int(year_from_april(max(high, low))) + 2)}
    cuts = sorted(e for e in edges if low <= e <= high)
    out = []
    for start, end in itertools.pairwise(cuts):
        on = [m for m in mine if m.adopted <= start and end <= min(m.end, closes)]
        best = min(on, key=lambda m: (-m.adopted, m.scheme), default=None)
        out += [(m, int(year_from_april(start)), start, end, m is best) for m in on]
    return out


def cross_border(lives: Lives, schemes: Schemes) -> pl.DataFrame:
    """Return one row for each person, scheme, period and whether it was the main one, with offences in it."""
    rows = []
    for person, mine in sorted(lives.members.items()):
        committed, disposed, _, _, force = lives.committed.of(person)
        found: dict[tuple[int, int, bool], list[int]] = {}
        for m, year, start, end, main in shares_of_days([m for m in mine if m.adopted < m.end], COVERED_TO + 1):
            opens = max(m.adopted, period_start(year))
            unit = found.setdefault((m.scheme, year, main), [opens, 0, 0])
            unit[0] = min(unit[0], opens)
            here = (committed >= start) & (committed < end) & (force != NO_FORCE)
            here &= disposed < int(add_months(period_start(year + 1), 6))
            unit[1] += int((here & (force != schemes.force[m.scheme])).sum())
            unit[2] += int(here.sum())
        for (scheme, year, main), (day, away, all_of_them) in found.items():
            if not all_of_them:
                continue
            strand = next(m.strand_near(day) for m in mine if m.scheme == scheme and m.adopted <= day < m.end)
            rows.append((person, day, scheme, strand, main, year, away, all_of_them))
    return lives.table(rows, ("year", "numerator", "denominator"), period="year")
