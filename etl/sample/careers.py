"""What each person does, and what is done about it: one case after another until the career or the world ends.

A career is a hazard: cases come at a rate that differs from person to person, fades with the years since the first
one, varies from case to case, and stops in custody. All people of a chunk take their next step together.
"""

from dataclasses import dataclass

import numpy as np

from etl.sample import offences_list
from etl.sample.dates import NONE, OPEN, Days, add_months, age_on
from etl.sample.people import ORDINARY, PROLIFIC, People
from etl.sample.world import EXTRACT

CONVICTED, CAUTION, REPRIMAND, WARNING, ACQUITTED, DISCONTINUED, TIC, PENDING = range(8)
OUTCOMES = np.array(["convicted", "caution", "reprimand", "warning", "acquitted", "discontinued", "tic", "pending"])
NO_DISPOSAL, CUSTODY, SUSPENDED, COMMUNITY, FINE, DISCHARGE, YOUTH_ORDER, OTHER = range(8)
DISPOSALS = np.array(["", "custody", "suspended", "community", "fine", "discharge", "youth_order", "other"])
NO_COURT, MAGISTRATES, CROWN, YOUTH = range(4)
COURTS = np.array(["", "MC", "CC", "YC"])
SENTENCE_END, LICENCE, HDC, BAIL, ACQUITTED_RELEASE = range(5)


@dataclass
class Cases:
    """One row for each case, in the order of person and day; dates are NONE where the stage never came.

    `free` is the day on which custody for the case ends (NONE when there was none), `remanded` whether it began
    before the hearing's end.
    """

    person: Days
    nth: Days
    code: Days
    committed: Days
    arrested: Days
    charged: Days
    hearing: Days
    disposed: Days
    sentenced: Days
    outcome: Days
    court: Days
    disposal: Days
    sentence_days: Days
    remanded: np.ndarray
    free: Days
    release: Days

    def __len__(self) -> int:
        return len(self.person)


def _lag(rng: np.random.Generator, number: int, same_day: float, mean: float) -> Days:
    """Return days of delay: none for some, the rest with a long tail."""
    return np.where(rng.random(number) < same_day, 0, np.ceil(rng.exponential(mean, number))).astype("int64")


def careers(people: People, rng: np.random.Generator) -> Cases:
    """Return every case of a chunk that came to notice before the extract."""
    steps: list[dict[str, np.ndarray]] = []
    place = np.arange(len(people))
    now = people.entry.copy()
    nth = np.zeros(len(people), dtype="int64")
    index = np.full(len(people), NONE)
    while len(place):
        step, now, index = _next_case(people, place, now, nth, index, rng)
        alive = step["committed"] < np.minimum(EXTRACT, people.dies[place])
        known = alive & (step["arrested"] <= EXTRACT)
        steps.append({name: column[known] for name, column in step.items()})
        place, now, nth, index = place[alive], now[alive], nth[alive] + 1, index[alive]
    table = {name: np.concatenate([step[name] for step in steps]) for name in steps[0]}
    order = np.lexsort((table["nth"], table["person"]))
    return Cases(**{name: column[order] for name, column in table.items()})


def _gap(people: People, place: Days, now: Days, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return days at liberty until the next case, and whether there is none: the rate fades exponentially."""
    fade = people.fade[place]
    years = np.maximum(now - people.entry[place], 0) / 365.25
    swing = np.where(people.kind[place] == ORDINARY, 0.5, 0.6)
    rate = people.rate[place] * np.exp(-fade * years) * np.exp(rng.normal(0, 1, len(place)) * swing - swing**2 / 2)
    spent = fade * rng.exponential(1, len(place)) / np.maximum(rate, 1e-9)
    over = spent >= 1
    return np.floor(-np.log1p(-np.where(over, 0.5, spent)) / fade * 365.25), over


def _next_case(
    people: People, place: Days, now: Days, nth: Days, index: Days, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], Days, Days]:
    """Return the next case of each person, when they are at liberty after it, and their last index day."""
    number = len(place)
    wait, over = _gap(people, place, now, rng)
    committed = np.where(nth == 0, people.entry[place], now + wait).astype("int64")
    # Some cases near an anniversary fall exactly on it, and some proofs exactly on the last day that counts.
    year_on = add_months(np.maximum(index, 0), 12)
    exact = (index != NONE) & (np.abs(committed - year_on) <= 4) & (year_on >= now) & (rng.random(number) < 0.6)
    committed = np.where(exact, year_on, committed)
    committed = np.where(over & (nth > 0), OPEN, committed)

    prolific = people.kind[place] == PROLIFIC
    code = offences_list.draw(rng, people.kind[place] != ORDINARY)
    gravity = offences_list.GRAVITY[code]
    arrested = committed + _lag(rng, number, 0.42, 22)
    age = age_on(people.born[place], np.minimum(committed, EXTRACT))
    young = age < 18

    out_of_court = np.where(nth == 0, 0.52, np.where(nth < 3, 0.25, 0.10)) * np.where(gravity > 2, 0.2, 1)
    cautioned = rng.random(number) < np.where(prolific, out_of_court * 0.35, out_of_court)
    u = rng.random(number)
    verdict = np.where(u < 0.05, ACQUITTED, np.where(u < 0.12, DISCONTINUED, CONVICTED))
    outcome = np.where(
        cautioned,
        np.where(young, np.where(nth == 0, REPRIMAND, np.where(nth == 1, WARNING, CAUTION)), CAUTION),
        verdict,
    )

    charged = arrested + _lag(rng, number, 0.5, 18)
    remanded = ~cautioned & (rng.random(number) < np.where(prolific, 0.30, 0.035) * np.minimum(gravity, 2) / 1.2)
    hearing = charged + np.where(remanded, rng.integers(0, 3, number), rng.integers(1, 35, number))
    in_crown = ~cautioned & (rng.random(number) < np.where(young, 0.03, np.where(gravity >= 3, 0.55, 0.10)))
    court = np.where(cautioned, NO_COURT, np.where(in_crown, CROWN, np.where(young, YOUTH, MAGISTRATES)))
    trial = np.where(in_crown, _lag(rng, number, 0.02, 120), _lag(rng, number, 0.42, 33))
    disposed = np.where(cautioned, arrested + _lag(rng, number, 0.75, 12), hearing + trial)
    last_proof = add_months(np.maximum(index, 0), 18)
    exact = (
        (index != NONE) & (np.abs(disposed - last_proof) <= 7) & (last_proof >= np.where(cautioned, arrested, hearing))
    )
    disposed = np.where(exact & (rng.random(number) < 0.6), last_proof, disposed)
    convicted = outcome == CONVICTED
    sentenced = np.where(convicted, disposed + _lag(rng, number, 0.62, 20), NONE)

    disposal, sentence_days = _sentence(people, place, nth, gravity, court, young, convicted, remanded, rng)
    free, release = _release(disposal, sentence_days, sentenced, charged, disposed, remanded, convicted, rng)
    step = {
        "person": place,
        "nth": nth,
        "code": code,
        "committed": committed,
        "arrested": arrested,
        "charged": np.where(cautioned, NONE, charged),
        "hearing": np.where(cautioned, NONE, hearing),
        "disposed": disposed,
        "sentenced": sentenced,
        "outcome": outcome,
        "court": court,
        "disposal": disposal,
        "sentence_days": sentence_days,
        "remanded": remanded,
        "free": free,
        "release": release,
    }
    after = np.where(free == NONE, arrested, free)
    in_prison = disposal == CUSTODY
    new_index = np.where(in_prison, free, np.where(cautioned | (convicted & ~in_prison), disposed, index))
    return step, after, new_index


def _sentence(people, place, nth, gravity, court, young, convicted, remanded, rng):
    """Return what the court gave for the case, and for how many days (NONE where it is not a length)."""
    number = len(place)
    prolific = people.kind[place] == PROLIFIC
    custody = (0.045 + 0.035 * np.minimum(nth, 6)) * np.minimum(gravity, 3)
    custody = np.where(prolific, np.minimum(0.20 + 0.18 * np.minimum(gravity, 3), 0.8), custody)
    custody = np.where(young, custody * 0.35, custody)
    custody = np.where(remanded, np.maximum(custody, 0.75), custody)
    custody = np.where(court == CROWN, np.maximum(custody, 0.5), custody)
    u = rng.random(number)
    rest = (u - custody) / np.maximum(1 - custody, 1e-9)
    youth = np.where(rest < 0.68, YOUTH_ORDER, np.where(rest < 0.88, DISCHARGE, OTHER))
    adult = np.where(
        rest < 0.08, SUSPENDED,
        np.where(rest < 0.40, COMMUNITY, np.where(rest < 0.78, FINE, np.where(rest < 0.95, DISCHARGE, OTHER))),
    )  # fmt: skip
    disposal = np.where(u < custody, CUSTODY, np.where(young, youth, adult))
    disposal = np.where(convicted, disposal, NO_DISPOSAL)
    short = np.round(np.exp(rng.normal(4.4, 0.6, number)).clip(14, 182))
    long = np.round(np.exp(rng.normal(6.35, 0.55, number)).clip(90, 3650))
    round_lengths = np.array([28, 56, 84, 120, 182, 365, 366, 548, 730, 1096])
    length = np.floor(np.where(court == CROWN, long, short) * np.where(prolific, 1.05, 1.0)).astype("int64")
    length = np.where(
        rng.random(number) < 0.4, round_lengths[np.abs(round_lengths[:, None] - length).argmin(0)], length
    )
    sentence_days = np.where((disposal == CUSTODY) | (disposal == SUSPENDED), length, NONE)
    return disposal, sentence_days


def _release(disposal, sentence_days, sentenced, charged, disposed, remanded, convicted, rng):
    """Return the day on which custody for the case ends and how: half the sentence, less the time on remand."""
    number = len(disposal)
    in_prison = disposal == CUSTODY
    on_remand = np.where(remanded, sentenced - charged, 0)
    served = np.maximum((sentence_days + 1) // 2 - on_remand, 1)
    year = sentence_days >= 365
    early = in_prison & (sentence_days >= 90) & (served > 40) & (rng.random(number) < 0.18)
    served = np.where(early, served - rng.integers(14, 35, number), served)
    free = np.where(in_prison, sentenced + served, NONE)
    held = remanded & ~in_prison
    free = np.where(held, np.where(convicted, sentenced, disposed), free)
    release = np.where(early, HDC, np.where(year, LICENCE, SENTENCE_END))
    release = np.where(held, np.where(convicted, BAIL, ACQUITTED_RELEASE), release)
    # A third of those remanded and not sent down are bailed on the way.
    bailed = held & (free - charged > 6) & (rng.random(number) < 0.35)
    free = np.where(bailed, charged + (free - charged) // 2, free)
    return free, np.where(bailed, BAIL, release)
