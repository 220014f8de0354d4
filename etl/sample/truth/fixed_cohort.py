"""The fixed cohorts of the national indicator: those on the caseload on a date, whatever becomes of them."""

import polars as pl

from etl.sample.dates import add_months, period_start, year_from_april
from etl.sample.membership import PREVENT
from etl.sample.truth.lives import COVERED_TO, Lives
from etl.sample.world import HISTORY_START, LAUNCH


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and period: offences of the baseline and of the follow-up year, proved in time."""
    rows = []
    for year in range(int(year_from_april(LAUNCH)), int(year_from_april(COVERED_TO)) + 1):
        follow_up = period_start(year)
        on, baseline = int(add_months(follow_up, -2)), int(add_months(follow_up, -18))
        if on < LAUNCH or baseline < HISTORY_START:
            continue
        windows = [(a, int(add_months(a, 12)), int(add_months(a, 18))) for a in (baseline, follow_up)]
        for person, mine in sorted(lives.members.items()):
            open_ones = [
                (m, s) for m in mine for s in m.spans if s.strand != PREVENT and s.start <= on < s.end
            ]  # fmt: skip
            if not open_ones:
                continue
            m, span = min(open_ones, key=lambda pair: (-pair[0].adopted, pair[0].scheme))
            committed, disposed, *_ = lives.committed.of(person)
            before, after = (
                int(((committed >= a) & (committed < b) & (disposed < c)).sum()) for a, b, c in windows
            )  # fmt: skip
            rows.append((person, on, m.scheme, span.strand, True, year, before, after, int(after > 0), 1))
    return lives.table(rows, ("year", "before", "after", "reoffended", "people"), period="year")
