"""What a scheme's monthly meeting had before it: whom it was asked to take, what it decided, and intelligence."""

from dataclasses import dataclass

import numpy as np

from etl.sample.dates import NONE, Days
from etl.sample.membership import Register
from etl.sample.people import PROLIFIC, People
from etl.sample.world import EXTRACT

DECISIONS = np.array(["adopt", "refuse", "defer", ""])
ADOPT, REFUSE, DEFER, UNDECIDED = range(4)
REASONS = np.array(["offending at a peak", "below the threshold", "more to be found out", ""])
"""The reason that goes with each decision."""


@dataclass
class Nominations:
    """One row for each person put to a meeting. `decided` is NONE where nothing had been."""

    person: Days
    scheme: Days
    nominated: Days
    decided: Days
    decision: Days

    def __len__(self) -> int:
        return len(self.person)


@dataclass
class Indications:
    """One row for each item of intelligence."""

    person: Days
    dated: Days
    reliable: np.ndarray

    def __len__(self) -> int:
        return len(self.person)


def nominations(people: People, spans: Register, rng: np.random.Generator) -> Nominations:
    """Return who was put to the meeting: those adopted, some of them put off before, and some never taken on.

    Where the register does not say when a member was nominated, the nomination still stands in the meeting's own
    list for three in five.
    """
    first = spans.is_first
    known = np.flatnonzero(spans.steps[:, 0] != NONE)
    unsaid = np.flatnonzero(first & (spans.steps[:, 0] == NONE) & (rng.random(len(spans)) < 0.6))
    # Now and then a decision on an earlier nomination was to wait.
    put_off = known[rng.random(len(known)) < 0.08]
    others = np.flatnonzero((people.kind == PROLIFIC) & ~np.isin(np.arange(len(people)), spans.person))
    others = others[rng.random(len(others)) < 0.6]
    before = rng.integers(20, 60, len(put_off))
    asked = spans.adopted[unsaid] - rng.integers(3, 55, len(unsaid))
    when = people.chosen[others]
    parts = [
        (spans.person[known], spans.scheme[known], spans.steps[known, 0], spans.adopted[known], ADOPT),
        (spans.person[unsaid], spans.scheme[unsaid], asked, spans.adopted[unsaid], ADOPT),
        (spans.person[put_off], spans.scheme[put_off], spans.steps[put_off, 0] - before,
         spans.steps[put_off, 0] - before + rng.integers(0, 15, len(put_off)), DEFER),
        (others, people.scheme[others], when, when + rng.integers(0, 40, len(others)), REFUSE),
    ]  # fmt: skip
    person, scheme, nominated, decided = (np.concatenate([part[k] for part in parts]) for k in range(4))
    decision = np.concatenate([np.full(len(part[0]), part[4]) for part in parts])
    decision = np.where((decision == REFUSE) & (rng.random(len(decision)) < 0.33), DEFER, decision)
    decided = np.where(decided > EXTRACT, NONE, decided)
    decision = np.where(decided == NONE, UNDECIDED, decision)
    keep = np.flatnonzero(nominated <= EXTRACT)
    # A meeting is asked about a person once a day.
    same = np.stack([person[keep], scheme[keep], nominated[keep]], axis=1)
    keep = keep[np.sort(np.unique(same, axis=0, return_index=True)[1])]
    return Nominations(person[keep], scheme[keep], nominated[keep], decided[keep], decision[keep])


def indications(people: People, rng: np.random.Generator) -> Indications:
    """Return items of intelligence about those whom a scheme would look at, around the time it would."""
    candidates = np.flatnonzero(people.kind == PROLIFIC)
    person = np.repeat(candidates, rng.poisson(2.0, len(candidates)))
    dated = people.chosen[person] + rng.integers(-600, 200, len(person))
    reliable = rng.random(len(person)) < 0.7
    keep = np.flatnonzero((dated <= EXTRACT) & (dated > people.entry[person]))
    keep = keep[np.sort(np.unique(np.stack([person[keep], dated[keep]], axis=1), axis=0, return_index=True)[1])]
    return Indications(person[keep], dated[keep], reliable[keep])
