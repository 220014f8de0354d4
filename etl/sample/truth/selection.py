"""Who meets the rules by which schemes choose, at each month end, whether on a scheme or not."""

import numpy as np
import polars as pl

from etl.sample import custody as prison
from etl.sample import offences_list
from etl.sample.careers import CONVICTED, CUSTODY
from etl.sample.dates import NONE, OPEN, Days, add_months, year_from_april
from etl.sample.truth.caseload import month_ends
from etl.sample.truth.lives import Lives
from etl.sample.truth.schemes import NO_SCHEME, NO_STRAND, PPO_NO, PPO_YES
from etl.sample.truth.timeline import Moments
from etl.sample.world import LAUNCH, SCHEME_COVERAGE

FEWEST = 6
LISTED = ("robbery", "domestic_burglary", "theft_from_vehicles", "taking_and_driving_away")
RULES = ("london", "northumbria", "released_unsupervised")


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each person, month end and rule that they meet; for members, one for each membership.

    Month ends begin with the schemes; those before anybody was adopted are taken out by `FirstMonths`.
    """
    ends = month_ends(LAUNCH, SCHEME_COVERAGE)
    parts = [
        (rule, *meet(lives, ends)) for rule, meet in zip(RULES, (_london, _northumbria, _unsupervised), strict=True)
    ]
    rows = []
    loose: list[pl.DataFrame] = []
    for rule, person, day in parts:
        member = np.isin(person, np.fromiter(lives.members, dtype="int64", count=len(lives.members)))
        off = ~member
        for p, d in zip(person[member].tolist(), day[member].tolist(), strict=True):
            on = [m for m in lives.members[p] if m.adopted <= d < m.end]
            main = lives.main_on(p, d)
            rows += [(p, d, m.scheme, m.strand_near(d), int(m is main), PPO_YES, rule) for m in on]
            if not on:
                rows.append((p, d, NO_SCHEME, NO_STRAND, 1, PPO_NO, rule))
        number = int(off.sum())
        whole = np.ones(number, dtype="int64")
        loose.append(
            pl.DataFrame(
                {
                    "place_of_person": person[off], "date": day[off], "scheme": whole * NO_SCHEME,
                    "strand": whole * NO_STRAND, "main": whole, "ppo": whole * PPO_NO, "rule": [rule] * number,
                },
                schema_overrides={"rule": pl.String},
            )
        )  # fmt: skip
    names = ("place_of_person", "date", "scheme", "strand", "main", "ppo", "rule")
    types = {name: pl.String if name == "rule" else pl.Int64 for name in names}
    frame = pl.concat([pl.DataFrame(rows, schema=types, orient="row"), *loose])
    place = frame["place_of_person"].to_numpy()
    return frame.drop("place_of_person").with_columns(
        pl.Series("person", lives.people.number[place]),
        pl.Series("sex", lives.people.sex[place]),
        pl.Series("period", year_from_april(frame["date"].to_numpy())),
        pl.col("main").cast(pl.Boolean),
    )


class FirstMonths:
    """Units kept back until it is known when the first member of the whole world was adopted."""

    UNTIL = int(add_months(LAUNCH, 12))

    def __init__(self) -> None:
        self._kept: list[pl.DataFrame] = []
        self._first = OPEN

    def held_back(self, frame: pl.DataFrame, lives: Lives) -> pl.DataFrame:
        """Return the units of later months, and keep the others."""
        self._first = min([self._first, *(m.adopted for _, m in lives.memberships)])
        self._kept.append(frame.filter(pl.col("date") < self.UNTIL))
        return frame.filter(pl.col("date") >= self.UNTIL)

    def released(self) -> pl.DataFrame:
        """Return those that were kept, from the first adoption on."""
        return pl.concat(self._kept).filter(pl.col("date") >= self._first)


def _grid(person: Days, ends: Days) -> tuple[Days, Days]:
    """Return every person beside every month end."""
    return np.repeat(person, len(ends)), np.tile(ends, len(person))


def _within(moments: Moments, person: Days, day: Days, months: int) -> Days:
    """Return how many of a person's days are in the months up to a date."""
    return moments.up_to(person, day) - moments.up_to(person, add_months(day, -months))


def _often(person: Days) -> Days:
    """Return those who are named six times or more."""
    who, number = np.unique(person, return_counts=True)
    return who[number >= FEWEST]


def _northumbria(lives: Lives, ends: Days) -> tuple[Days, Days]:
    """Six convictions or more in the twelve months up to the date."""
    convicted = lives.convicted
    person, day = _grid(_often(convicted.person), ends)
    meets = _within(Moments(convicted.person, convicted.columns[0]), person, day, 12) >= FEWEST
    return person[meets], day[meets]


def _london(lives: Lives, ends: Days) -> tuple[Days, Days]:
    """Six convictions and items of reliable intelligence in two years, one of a listed kind; a resident adult."""
    convicted, items = lives.convicted, lives.line.chunk.indications
    disposed, code = convicted.columns
    who = np.concatenate([convicted.person, items.person[items.reliable]])
    when = np.concatenate([disposed, items.dated[items.reliable]])
    kinds = np.isin(offences_list.GROUP[code], LISTED)
    person, day = _grid(_often(who), ends)
    meets = _within(Moments(who, when), person, day, 24) >= FEWEST
    meets &= _within(Moments(convicted.person[kinds], disposed[kinds]), person, day, 24) > 0
    meets &= lives.line.age(person, day) >= 18
    person, day = person[meets], day[meets]
    resident = lives.line.chunk.register.resident
    away = [
        any(m.adopted <= d < m.end and not all(resident[s.row] for s in m.spans) for m in lives.members.get(p, []))
        for p, d in zip(person.tolist(), day.tolist(), strict=True)
    ]
    stays = ~np.array(away, dtype=bool)
    return person[stays], day[stays]


def _unsupervised(lives: Lives, ends: Days) -> tuple[Days, Days]:
    """Released in the twelve months up to the date at the end of a sentence of under a year, and not supervised."""
    crimes, spells = lives.line.chunk.offences, lives.line.spells
    sent = (crimes.outcome == CONVICTED) & (crimes.disposal == CUSTODY) & (crimes.sentence_days != NONE)
    since = crimes.sentenced_or_disposed
    sent &= since != NONE
    short = np.zeros(len(crimes), dtype=bool)
    short[sent] = since[sent] + crimes.sentence_days[sent] < add_months(since[sent], 12)
    known, long = (Moments(crimes.person[w], since[w]) for w in (sent, sent & ~short))
    out = (spells.why_out == prison.END) & (spells.why_in == prison.SENTENCED) & (spells.released != OPEN)
    person, start, end = spells.person[out], spells.admitted[out], spells.released[out]
    good = known.before(person, end) > known.before(person, start)
    good &= long.before(person, end) == long.before(person, start)
    releases = Moments(person[good], end[good])
    person, day = _grid(np.unique(person[good]), ends)
    meets = _within(releases, person, day, 12) > 0
    person, day = person[meets], day[meets]
    free = ~lives.line.supervised(person, day) & ~lives.line.in_custody(person, day)
    return person[free], day[free]
