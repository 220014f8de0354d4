"""Who is on a scheme and where they are: units at month ends, and days in a period."""

import numpy as np
import polars as pl

from etl.sample.dates import Days, month_start, months_of, period_start, year_from_april
from etl.sample.truth.schemes import Membership
from etl.sample.truth.timeline import IN_COMMUNITY, IN_CUSTODY, Timeline
from etl.sample.world import SCHEME_COVERAGE


def month_ends(first: int, last: int) -> Days:
    """Return the last days of the months from the one of `first` that are not after `last`."""
    ends = month_start(np.arange(int(months_of(first)), int(months_of(last)) + 2) + 1) - 1
    return ends[(ends >= first) & (ends <= last)]


def month_end_units(timeline: Timeline, members: dict[int, list[Membership]]) -> pl.DataFrame:
    """Return one row for each membership and month end: open span, main or not, place and every attribute."""
    rows: list[tuple[int, ...]] = []
    for person, mine in members.items():
        for membership in mine:
            last = min(membership.end - 1, SCHEME_COVERAGE)
            if last < membership.adopted:
                continue
            for day in month_ends(membership.adopted, last).tolist():
                open_ones = [m for m in mine if m.adopted <= day < m.end]
                main = min(open_ones, key=lambda m: (-m.adopted, m.scheme)) is membership
                # A membership is made of spans end to end, so one is open unless it was a day of no length.
                strand = next(s.strand for s in membership.spans if s.start <= day < s.end)
                rows.append((person, day, membership.scheme, strand, int(main), membership.adopted, membership.end))
    person, day, scheme, strand, main, adopted, end = np.array(rows, dtype="int64").reshape(-1, 7).T
    place = timeline.place(person, day)
    return pl.DataFrame(
        {
            "person": timeline.chunk.people.number[person],
            "date": day,
            "period": year_from_april(day),
            "scheme": scheme,
            "strand": strand,
            "main": main == 1,
            "open_from": adopted,
            "open_to": end,
            "age": timeline.age(person, day),
            "numerator": (place == IN_CUSTODY).astype("int64"),
            "denominator": np.isin(place, (IN_CUSTODY, IN_COMMUNITY)).astype("int64"),
            **timeline.attributes(person, day),
        }
    )


def day_units(timeline: Timeline, members: dict[int, list[Membership]]) -> pl.DataFrame:
    """Return one row for each person, scheme, period and whether it was the person's main scheme on those days.

    Every day on a scheme is looked at by itself. The attributes are those of the first day that the membership has
    in the period.
    """
    rows: list[tuple[int, ...]] = []
    for person, mine in members.items():
        first = min(m.adopted for m in mine)
        last = min(max(m.end for m in mine) - 1, SCHEME_COVERAGE)
        if last < first:
            continue
        days = np.arange(first, last + 1)
        place = timeline.place(np.full(len(days), person), days)
        inside, placed = place == IN_CUSTODY, np.isin(place, (IN_CUSTODY, IN_COMMUNITY))
        holder = np.full(len(days), -1)
        for number in sorted(range(len(mine)), key=lambda k: (mine[k].adopted, -mine[k].scheme)):
            on = (days >= mine[number].adopted) & (days < mine[number].end)
            holder[on] = number
        year = year_from_april(days)
        found: dict[tuple[int, int, bool], list[int]] = {}
        for number, membership in enumerate(mine):
            on = (days >= membership.adopted) & (days < membership.end)
            for y in np.unique(year[on]).tolist():
                for main in (True, False):
                    here = on & (year == y) & ((holder == number) == main)
                    if not placed[here].any():
                        continue
                    opens = max(membership.adopted, period_start(y))
                    unit = found.setdefault((membership.scheme, y, main), [opens, 0, 0])
                    unit[0] = min(unit[0], opens)
                    unit[1] += int((inside & here).sum())
                    unit[2] += int((placed & here).sum())
        for (scheme, y, main), (day, numerator, denominator) in found.items():
            strand = next(s.strand for m in mine if m.scheme == scheme for s in m.spans if s.start <= day < s.end)
            rows.append((person, day, y, scheme, strand, int(main), numerator, denominator))
    person, day, y, scheme, strand, main, numerator, denominator = np.array(rows, dtype="int64").reshape(-1, 8).T
    return pl.DataFrame(
        {
            "person": timeline.chunk.people.number[person],
            "date": day,
            "period": y,
            "scheme": scheme,
            "strand": strand,
            "main": main == 1,
            "numerator": numerator,
            "denominator": denominator,
            **timeline.attributes(person, day),
        }
    )
