"""Appointments with members, and what follows when they are missed."""

import numpy as np
import polars as pl

from etl.sample.dates import NONE, period_start, year_from_april
from etl.sample.probation import ACCEPTABLE, ACCOMPANIED, ATTENDED, UNACCEPTABLE
from etl.sample.truth.lives import COVERED_TO, Lives
from etl.sample.truth.offending import shares_of_days
from etl.sample.truth.schemes import of_units

WEEKS = 26


def weeks(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership of somebody known to probation and each whole week of its first 26."""
    rows = []
    known = [(p, m) for p, m in lives.memberships if lives.line.known_to_probation[p]]
    latest: dict[tuple[int, int], tuple[int, int]] = {}
    for person, m in known:
        if min(m.end, COVERED_TO + 1) - m.adopted >= 7:
            place, rank = (person, int(year_from_april(m.adopted))), (-m.adopted, m.scheme)
            latest[place] = min(latest.get(place, rank), rank)
    for person, m in known:
        whole = min((min(m.end, COVERED_TO + 1) - m.adopted) // 7, WEEKS)
        main = latest.get((person, int(year_from_april(m.adopted)))) == (-m.adopted, m.scheme)
        on = lives.attended.of(person)[0]
        kept = np.bincount((on[(on >= m.adopted) & (on < m.adopted + 7 * whole)] - m.adopted) // 7, minlength=whole)
        head = (person, m.adopted, m.scheme, m.strand_near(m.adopted), main)
        rows += [(*head, str(week + 1), int(kept[week]), 1) for week in range(whole)]
    return lives.table(rows, ("week", "numerator", "denominator"))


def appointments(lives: Lives) -> pl.DataFrame:
    """Return one row for each person, scheme, period and whether it was the main one, with appointments in it."""
    rows = []
    for person, mine in sorted(lives.members.items()):
        on, kind, outcome = lives.contacts.of(person)
        found: dict[tuple[int, int, bool], list[int]] = {}
        for m, year, start, end, main in shares_of_days([m for m in mine if m.adopted < m.end], COVERED_TO + 1):
            opens = max(m.adopted, period_start(year))
            unit = found.setdefault((m.scheme, year, main), [opens, 0, 0, 0, 0])
            unit[0] = min(unit[0], opens)
            here = (on >= start) & (on < end)
            kept = here & (outcome == ATTENDED)
            unit[1] += int(here.sum())
            unit[2] += int(kept.sum())
            unit[3] += int((here & np.isin(outcome, (ATTENDED, ACCEPTABLE, UNACCEPTABLE))).sum())
            unit[4] += int((kept & (kind == ACCOMPANIED)).sum())
        for (scheme, year, main), (day, number, kept, counted, accompanied) in found.items():
            if number:
                strand = next(m.strand_near(day) for m in mine if m.scheme == scheme and m.adopted <= day < m.end)
                rows.append((person, day, scheme, strand, main, year, kept, counted, accompanied))
    return lives.table(rows, ("year", "attended", "counted", "accompanied"), period="year")


def enforcement(lives: Lives) -> pl.DataFrame:
    """Return one row for each order with a second unacceptable absence: days to proceedings, and on to a hearing."""
    orders = lives.line.chunk.supervision
    rows = []
    columns = (orders.person, orders.started, orders.ended, orders.breach, orders.hearing, orders.recalled)
    for person, start, end, breach, hearing, recalled in zip(*(c.tolist() for c in columns), strict=True):
        on, _, outcome = lives.contacts.of(person)
        missed = np.unique(on[(outcome == UNACCEPTABLE) & (on >= start) & (on <= end)])
        if len(missed) < 2:
            continue
        day = int(missed[1])
        acted = [d for d in (breach, recalled) if d != NONE and d >= day]
        heard = hearing - breach if NONE not in (breach, hearing) and hearing >= breach else None
        rows.append((person, day, min(acted) - day if acted else None, heard))
    person = np.array([row[0] for row in rows], dtype="int64")
    day = np.array([row[1] for row in rows], dtype="int64")
    scheme, strand, ppo = of_units(lives.members, person, day, day, day + 1)
    return pl.DataFrame(
        {
            "person": lives.people.number[person], "date": day, "period": year_from_april(day), "scheme": scheme,
            "strand": strand, "ppo": ppo, "main": np.ones(len(day), dtype=bool), "sex": lives.people.sex[person],
            "to_enforcement": pl.Series([row[2] for row in rows], dtype=pl.Int64),
            "to_hearing": pl.Series([row[3] for row in rows], dtype=pl.Int64),
        }
    )  # fmt: skip
