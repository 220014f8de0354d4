"""Who was tested for drugs on arrest, and who was then taken on: the Drug Interventions Programme's records."""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample import offences_list
from etl.sample.careers import Cases
from etl.sample.custody import Custody
from etl.sample.dates import NONE, OPEN, Days, age_on, day
from etl.sample.people import PROLIFIC, People
from etl.sample.world import DIP_END, DIP_START

EVENTS = np.array(["test", "required_assessment", "caseload_start", "caseload_end", "treatment_start", "treatment_end"])
TEST, ASSESSMENT, CASELOAD_START, CASELOAD_END, TREATMENT_START, TREATMENT_END = range(6)
RESULTS = np.array(
    ["", "positive_opiates", "positive_cocaine", "positive_both", "negative", "attended", "not_attended"]
)
NO_RESULT, OPIATES, COCAINE, BOTH, NEGATIVE, ATTENDED, NOT_ATTENDED = range(7)
POSITIVE = (OPIATES, COCAINE, BOTH)
IDLE_ARRESTS = 0.6
"""Arrests a year of someone prolific who uses drugs, that come to a test and to nothing else."""


@dataclass
class DipEvents:
    """One row for each event of a client. `client` is 0 for a person's first record and 1 for the second."""

    person: Days
    client: Days
    event: Days
    on: Days
    result: Days
    referred: Days

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: np.ndarray) -> "DipEvents":
        """Return some of the rows, in the order asked for."""
        return DipEvents(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


@dataclass
class DipClients:
    """One row for each client record, ordered by person and record; `consents` is whether it may be used."""

    person: Days
    client: Days
    consents: np.ndarray

    def __len__(self) -> int:
        return len(self.person)


def dip(people: People, cases: Cases, held: Custody, rng: np.random.Generator) -> tuple[DipClients, DipEvents]:
    """Return the clients and what happened to them, up to the end of the programme's coverage."""
    adult = age_on(people.born[cases.person], np.clip(cases.arrested, 0, DIP_END)) >= 18
    eligible = offences_list.TRIGGER[cases.code] & adult & (cases.arrested >= DIP_START) & (cases.arrested <= DIP_END)
    prolific = people.kind[cases.person] == PROLIFIC
    chance = np.where(people.drug_user[cases.person], 0.72, np.where(prolific, 0.25, 0.05))
    tested = eligible & (rng.random(len(cases)) < chance)
    idle_person, idle_on = _arrests_without_a_case(people, held, rng)
    person = np.concatenate([cases.person[tested], idle_person])
    on = np.concatenate([cases.arrested[tested], idle_on])
    number = len(person)
    positive = rng.random(number) < np.where(people.drug_user[person], 0.78, 0.05)
    drug = rng.choice([OPIATES, COCAINE, BOTH], number, p=[0.38, 0.27, 0.35])
    # One client in twenty was registered twice, and their later events sit under the second number.
    twice = people.number[person] % 20 == 7
    client = np.where(twice & (on > day(2008, 1, 1)), 1, 0)
    parts = [_events(person, client, TEST, on, np.where(positive, drug, NEGATIVE))]
    assessed = positive & (rng.random(number) < 0.75)
    seen = rng.random(number) < 0.72
    when = on + rng.integers(1, 21, number)
    parts.append(
        _events(person[assessed], client[assessed], ASSESSMENT, when[assessed],
                np.where(seen, ATTENDED, NOT_ATTENDED)[assessed])
    )  # fmt: skip
    taken = assessed & seen & (rng.random(number) < 0.62)
    start = when + rng.integers(0, 15, number)
    length = np.ceil(rng.gamma(1.3, 130, number)).astype("int64")
    ends = rng.random(number) < 0.93
    parts.append(_events(person[taken], client[taken], CASELOAD_START, start[taken]))
    parts.append(_events(person[taken & ends], client[taken & ends], CASELOAD_END, (start + length)[taken & ends]))
    treated = taken & (rng.random(number) < 0.7)
    begun = start + rng.integers(2, 40, number)
    asked = np.where(rng.random(number) < 0.92, start, NONE)
    parts.append(_events(person[treated], client[treated], TREATMENT_START, begun[treated], referred=asked[treated]))
    stopped = treated & (rng.random(number) < 0.7)
    parts.append(
        _events(person[stopped], client[stopped], TREATMENT_END, (begun + rng.integers(3, 300, number))[stopped])
    )
    events = DipEvents(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(DipEvents)})
    events = events.rows((events.on <= DIP_END) & (events.on < people.dies[events.person]))
    # What is said twice of one client on one day is said once.
    key = np.lexsort((events.result, events.event, events.on, events.client, events.person))
    events = events.rows(key)
    fresh = np.ones(len(events), dtype=bool)
    fresh[1:] = (
        (events.person[1:] != events.person[:-1]) | (events.client[1:] != events.client[:-1])
        | (events.on[1:] != events.on[:-1]) | (events.event[1:] != events.event[:-1])
    )  # fmt: skip
    events = events.rows(fresh)
    pairs = np.unique(events.person * 2 + events.client)
    consents = (pairs * 2_654_435_761 // 64) % 100 >= 3
    return DipClients(pairs // 2, pairs % 2, consents), events


def _arrests_without_a_case(people: People, held: Custody, rng: np.random.Generator) -> tuple[Days, Days]:
    """Return who was arrested and tested on a day, and no case came of it: adults at liberty who use drugs."""
    years = (DIP_END - DIP_START) / 365.25
    rate = np.where(people.kind == PROLIFIC, IDLE_ARRESTS, 0.0) * people.drug_user
    person = np.repeat(np.arange(len(people)), rng.poisson(rate * years))
    on = DIP_START + np.floor(rng.random(len(person)) * (DIP_END - DIP_START)).astype("int64")
    free = (on > people.entry[person]) & (age_on(people.born[person], on) >= 18)
    key = person * (2 * OPEN) + on
    began = np.sort(held.person * (2 * OPEN) + held.admitted)
    over = np.sort(held.person * (2 * OPEN) + held.released)
    free &= np.searchsorted(began, key, side="right") <= np.searchsorted(over, key, side="right")
    return person[free], on[free]


def _events(person: Days, client: Days, event: int, on: Days, result: Days | None = None, referred: Days | None = None):
    number = len(person)
    blank = np.full(number, NO_RESULT)
    return DipEvents(
        person, client, np.full(number, event), on, blank if result is None else result,
        np.full(number, NONE) if referred is None else referred,
    )  # fmt: skip
