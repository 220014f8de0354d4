"""Coming on to a scheme and going off it, and what becomes of young members at 18."""

import numpy as np
import polars as pl

from etl.sample.dates import add_months, month_start, months_of, period_start, year_from_april
from etl.sample.membership import EXIT_REASONS, PREVENT, STAYS
from etl.sample.truth.lives import COVERED_TO, Lives

HANDOVER_DAYS = 28


def entries(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership, on its adoption."""
    rows = [(p, m.adopted, m.scheme, m.strand_near(m.adopted), True, 1) for p, m in lives.memberships]
    return lives.table(rows, ("entries",))


def exits(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership that has ended, on its first day out: why, and after how many months."""
    reasons = lives.line.chunk.register.reason
    rows = []
    for person, m in lives.memberships:
        if m.end > COVERED_TO:
            continue
        months = int(months_of(m.end) - months_of(m.adopted))
        months -= int(add_months(m.adopted, months)) > m.end
        reason = int(reasons[m.last.row])
        why = "not_known" if reason == STAYS else str(EXIT_REASONS[reason])
        rows.append((person, m.end, m.scheme, m.last.strand, True, why, 1, months))
    return lives.table(rows, ("exit_reason", "exits", "months"))


def transitions(lives: Lives) -> pl.DataFrame:
    """Return one row for each young person who turned 18 in Prevent and Deter, on the last day of that month."""
    births = add_months(lives.people.born, 216)
    # Born on 29 February: 18 on 1 March of a common year.
    leap = lives.line.age(np.arange(len(births)), births) < 18
    births = births + leap
    found = []
    for person, mine in lives.members.items():
        birthday = int(births[person])
        for m in mine:
            if birthday + HANDOVER_DAYS > COVERED_TO:
                continue
            if not any(s.strand == PREVENT and s.start <= birthday < s.end for s in m.spans):
                continue
            last = birthday + HANDOVER_DAYS
            moved = any(
                o.scheme == m.scheme and s.strand != PREVENT and birthday <= s.start <= last
                for o in mine for s in o.spans
            )  # fmt: skip
            at_18 = "moved" if moved else "exited" if birthday <= m.end <= last else "neither"
            day = int(month_start(months_of(birthday) + 1)) - 1
            found.append((person, day, m, at_18))
    rows = []
    for person, day, m, at_18 in found:
        mine = [o for p, _, o, _ in found if p == person]
        main = min(mine, key=lambda o: (-o.adopted, o.scheme)) is m
        rows.append((person, day, m.scheme, m.strand_near(day), main, at_18, int(at_18 != "neither"), 1))
    return lives.table(rows, ("at_18", "numerator", "denominator"))


def reoffended(lives: Lives) -> pl.DataFrame:
    """Return one row for each person, scheme and period with days on it: whether they offended on one of them."""
    rows = []
    for person, mine in sorted(lives.members.items()):
        committed, disposed, *_ = lives.committed.of(person)
        found: dict[int, list[tuple]] = {}
        for scheme in sorted({m.scheme for m in mine}):
            here = [m for m in mine if m.scheme == scheme and m.adopted < m.end]
            opens = min(m.adopted for m in here)
            closes = min(max(m.end for m in here), COVERED_TO + 1)
            for year in range(int(year_from_april(opens)), int(year_from_april(closes - 1)) + 1):
                start, end = period_start(year), period_start(year + 1)
                parts = [(max(m.adopted, start), min(m.end, end, COVERED_TO + 1), m.adopted) for m in here]
                parts = [part for part in parts if part[0] < part[1]]
                if not parts:
                    continue
                in_time = disposed < int(add_months(end, 6))
                did = any(bool(((committed >= a) & (committed < b) & in_time).any()) for a, b, _ in parts)
                first = min(parts)
                strand = next(m for m in here if m.adopted == first[2]).strand_near(first[0])
                found.setdefault(year, []).append((first[0], scheme, strand, int(did), max(a for *_, a in parts)))
        for year, units in found.items():
            best = min(units, key=lambda u: (-u[3], -u[4], u[1]))
            for unit in units:
                day, scheme, strand, did, _ = unit
                rows.append((person, day, scheme, strand, unit is best, year, did, 1))
    return lives.table(rows, ("year", "numerator", "denominator"), period="year")
