"""Cases from arrest on: how long they take, what came of them, and how far people get along the pathway."""

import numpy as np
import polars as pl

from etl.sample import careers
from etl.sample.careers import CONVICTED
from etl.sample.courts import Offences
from etl.sample.dates import NONE, OPEN, Days, add_months, months_of, year_from_april
from etl.sample.dip import TREATMENT_START
from etl.sample.truth.justice import RANK
from etl.sample.truth.lives import COVERED_TO, By, Lives
from etl.sample.truth.reoffending import principal_groups, whole_months
from etl.sample.truth.schemes import of_units
from etl.sample.truth.timeline import key

OUTCOMES = ("convicted", "cautioned", "taken_into_consideration", "open", "acquitted", "discontinued")
"""The outcomes of a case, the one that says most of it first."""
_OF_OFFENCE = np.array([0, 1, 1, 1, 4, 5, 2, 3])
"""Where the outcome of an offence stands among OUTCOMES."""
_SENTENCES = (careers.CUSTODY, careers.SUSPENDED, careers.COMMUNITY, careers.FINE, careers.YOUTH_ORDER)
_NO_NEED, _ACCOMMODATION = 1, 0
_WIDTH = 2 * OPEN + 1


def _arrested(lives: Lives) -> Offences:
    crimes = lives.alleged
    return crimes.rows(np.flatnonzero(crimes.arrested != NONE))


def _least(place: Days, values: np.ndarray, number: int, start: int) -> Days:
    found = np.full(number, start)
    np.minimum.at(found, place, values)
    return found


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and day of arrest: when it ended, the days so far if it has not, the outcome.

    `event` is null for an arrest on the last day that is covered: there is nothing yet to have been seen.
    """
    crimes = _arrested(lives)
    cases, group = principal_groups(crimes, crimes.arrested)
    place = np.searchsorted(cases, key(crimes.person, crimes.arrested))
    person, day = cases // _WIDTH, cases % _WIDTH - OPEN
    ends = -_least(place, -np.where(crimes.disposed == NONE, OPEN, crimes.sentenced_or_disposed), len(cases), OPEN)
    event = ends <= COVERED_TO
    until = np.where(event, ends, COVERED_TO)
    outcome = _least(place, _OF_OFFENCE[crimes.outcome], len(cases), len(OUTCOMES))
    scheme, strand, ppo = of_units(lives.members, person, day, day, day + 1)

    seen = day < COVERED_TO
    watched = whole_months(day, np.full(len(day), COVERED_TO))
    month = months_of(until) - months_of(day)
    month = np.where(add_months(day, month) >= until, month, month + 1)
    counted = event & (month <= watched)
    frame = pl.DataFrame(
        {
            "person": lives.people.number[person], "date": day, "period": year_from_april(day), "scheme": scheme,
            "strand": strand, "ppo": ppo, "main": np.ones(len(day), dtype=bool), "sex": lives.people.sex[person],
            "offence_group": group, "court_type": _least(place, RANK[crimes.court], len(cases), 3),
            "outcome": np.array(OUTCOMES)[outcome], "followed": seen, "event": event.astype("int64"),
            "time_days": until - day, "open_days": COVERED_TO - day, "counted": counted,
            "exit_month": np.where(counted, month, watched),
        }
    )  # fmt: skip
    return frame.with_columns(
        pl.when("followed").then(name).alias(name) for name in ("event", "time_days")
    ).with_columns(
        pl.when(pl.col("followed") & (pl.col("event") == 0)).then("open_days").alias("open_days")
    )  # fmt: skip


def pathway(lives: Lives) -> pl.DataFrame:
    """Return one row for each person, period and stage, of those arrested while on a scheme: whether they got there."""
    crimes = _arrested(lives)
    arrests = By(
        crimes.person, crimes.arrested, crimes.charged != NONE, crimes.counts & (crimes.outcome == CONVICTED),
        np.isin(crimes.disposal, _SENTENCES),
    )  # fmt: skip
    events = lives.line.chunk.dip_events
    begun = lives.line.usable_dip_events() & (events.event == TREATMENT_START)
    treated = By(events.person[begun], events.on[begun])
    rows = []
    for person, mine in sorted(lives.members.items()):
        arrested, charged, convicted, sentence = arrests.of(person)
        on = np.zeros(len(arrested), dtype=bool)
        for m in mine:
            on |= (arrested >= m.adopted) & (arrested < m.end)
        years = year_from_april(arrested)
        for year in np.unique(years[on]).tolist():
            day = int(arrested[on & (years == year)].min())
            case = arrested == day
            m = lives.main_on(person, day)
            if m is None:
                raise AssertionError(f"An arrest while on a scheme is on one, got: {person}, {day}")
            over = int(add_months(day, 12))
            (started,) = treated.of(person)
            assessed, needs, _ = lives.assessed.of(person)
            within = np.flatnonzero((assessed >= day) & (assessed < over))
            reached = {
                "arrested": True,
                "charged": charged[case].any(),
                "convicted": convicted[case].any(),
                "sentenced": (convicted & sentence)[case].any(),
                "into_treatment": ((started >= day) & (started < over)).any(),
                "resettled": bool(len(within)) and needs[within[-1], _ACCOMMODATION] == _NO_NEED,
            }
            head = (person, day, m.scheme, m.strand_near(day), True)
            rows += [(*head, stage, int(was), 1) for stage, was in reached.items()]
    return lives.table(rows, ("stage", "numerator", "denominator"))
