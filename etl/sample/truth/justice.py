"""From offence to sentence: one unit for each person and sentence date."""

import numpy as np
import polars as pl

from etl.sample.careers import CONVICTED, CROWN, MAGISTRATES, YOUTH
from etl.sample.dates import NONE, OPEN, Days, add_months, months_of, year_from_april
from etl.sample.membership import PREVENT
from etl.sample.truth.reoffending import principal_groups
from etl.sample.truth.schemes import (
    PPO_NOT_KNOWN,
    SCHEME_NOT_KNOWN,
    STRAND_NOT_KNOWN,
    Membership,
    of_units,
)  # fmt: skip
from etl.sample.truth.timeline import Timeline, key

COURT_TYPES = ("crown", "magistrates", "youth", "not_known")
ADOPTIONS = ("before", "after", "never", "not_known")
RANK = np.full(4, 3)
RANK[[CROWN, MAGISTRATES, YOUTH]] = [0, 1, 2]

INTERVALS = {
    "offence_to_sentence_days": ("committed", "sentenced"),
    "offence_to_arrest_days": ("committed", "arrested"),
    "arrest_to_sentence_days": ("arrested", "sentenced"),
    "arrest_to_charge_days": ("arrested", "charged"),
    "charge_to_first_hearing_days": ("charged", "hearing"),
    "first_hearing_to_sentence_days": ("hearing", "sentenced"),
}


def units(timeline: Timeline, members: dict[int, list[Membership]]) -> pl.DataFrame:
    """Return one row for each occasion: days between stages, null where they cannot be told, and attributes."""
    crimes = timeline.chunk.offences
    crimes = crimes.rows(np.flatnonzero(crimes.counts & (crimes.outcome == CONVICTED)))
    sentence_day = crimes.sentenced_or_disposed
    occasions, group = principal_groups(crimes, sentence_day)
    place = np.searchsorted(occasions, key(crimes.person, sentence_day))
    person, day = occasions // (2 * OPEN + 1), occasions % (2 * OPEN + 1) - OPEN

    stage = {"sentenced": day}
    for name in ("committed", "arrested", "charged", "hearing"):
        column = getattr(crimes, name)
        earliest = np.full(len(occasions), OPEN)
        np.minimum.at(earliest, place, np.where(column == NONE, OPEN, column))
        stage[name] = np.where(earliest == OPEN, NONE, earliest)
    court = np.full(len(occasions), 3)
    np.minimum.at(court, place, RANK[crimes.court])

    arrested = stage["arrested"]
    known = arrested != NONE
    scheme, strand, ppo = of_units(members, person, arrested, arrested, arrested + 1)
    scheme = np.where(known, scheme, SCHEME_NOT_KNOWN)
    columns = {
        "person": timeline.chunk.people.number[person],
        "date": day,
        "period": year_from_april(day),
        "court_type": court,
        "offence_group": group,
        "month": months_of(day),
        "scheme": scheme,
        "strand": np.where(known, strand, STRAND_NOT_KNOWN),
        "ppo": np.where(known, ppo, PPO_NOT_KNOWN),
        "adoption": np.where(known, _adoption(members, person, arrested), ADOPTIONS.index("not_known")),
        **timeline.attributes(person, day),
    }
    frame = pl.DataFrame(columns)
    return frame.with_columns(
        pl.Series(name, _days(stage[start], stage[end]), dtype=pl.Int64).replace(NONE, None)
        for name, (start, end) in INTERVALS.items()
    )


def _adoption(members: dict[int, list[Membership]], person: Days, day: Days) -> Days:
    """Return whether a day was before or after a person's first adoption as a PPO, as a place in ADOPTIONS."""
    first = np.full(int(person.max(initial=0)) + 1, OPEN)
    for member, mine in members.items():
        starts = [s.start for m in mine for s in m.spans if s.strand != PREVENT and s.start < s.end]
        if member < len(first):
            first[member] = min(starts, default=OPEN)
    adopted = first[person]
    after = np.where(day < adopted, ADOPTIONS.index("before"), ADOPTIONS.index("after"))
    return np.where(adopted == OPEN, ADOPTIONS.index("never"), after)


def _days(start: Days, end: Days) -> Days:
    """Return days from one stage to another: NONE if either is missing, they run backwards, or pass ten years."""
    known = (start != NONE) & (end != NONE)
    limit = add_months(np.where(known, start, 0), 120)
    return np.where(known & (end >= start) & (end <= limit), end - start, NONE)
