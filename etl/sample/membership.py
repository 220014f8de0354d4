"""Who was taken on to a scheme, when, in which strand, and how it ended.

A meeting takes people on at a peak: of the convictions around the time it would choose someone, the one with most
behind it in the year before. Part of any fall afterwards is therefore to be expected, as it is in life.
"""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample.careers import CONVICTED
from etl.sample.courts import Offences
from etl.sample.dates import NONE, OPEN, Days, add_months, age_on
from etl.sample.people import DETER, PROLIFIC, People
from etl.sample.world import EXTRACT, LAUNCH, Schemes

STRANDS = np.array(["catch_and_convict", "rehabilitate_and_resettle", "prevent_and_deter"])
CATCH, REHABILITATE, PREVENT = range(3)
EXIT_REASONS = np.array(["", "reduced_offending", "moved_area", "long_custody", "died", "transferred_strand", "other"])
STAYS, REDUCED, MOVED, LONG_CUSTODY, DIED, STRAND, OTHER = range(7)
STEPS = (
    ("nominated", -40, -3), ("strand_decided", 0, 18), ("police_flagged", 1, 12), ("probation_flagged", 1, 20),
    ("notified", 2, 25), ("first_home_visit", 3, 45), ("outreach_worker", 5, 60),
)  # fmt: skip
"""The steps of a new member's journey: the earliest and latest day after adoption."""


@dataclass
class Register:
    """One row for each span of one person in one strand of one scheme, in order of person, scheme and adoption.

    `exited` is the first day out, OPEN while the person is on; `steps` has a column for each of STEPS; `is_first`
    says whether a span opens a membership.
    """

    person: Days
    scheme: Days
    strand: Days
    adopted: Days
    exited: Days
    reason: Days
    exit_letter: Days
    steps: np.ndarray
    resident: np.ndarray
    is_first: np.ndarray

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: np.ndarray) -> "Register":
        """Return some of the rows, in the order asked for."""
        return Register(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def register(people: People, offences: Offences, schemes: Schemes, rng: np.random.Generator) -> Register:
    """Return the spans of everyone whom a scheme took on."""
    spans: list[tuple[int, int, int, int, int, int, bool]] = []
    convicted = offences.counts & (offences.outcome == CONVICTED)
    person, proved = offences.person[convicted], offences.disposed[convicted]
    order = np.lexsort((proved, person))
    person, proved = person[order], proved[order]
    for member in np.flatnonzero(people.kind != 0):
        low, high = np.searchsorted(person, [member, member + 1])
        if people.kind[member] == PROLIFIC:
            adopted = _peak(proved[low:high], int(people.chosen[member]), rng)
        else:
            adopted = int(people.chosen[member]) if high > low else NONE
        if adopted != NONE:
            spans += _history(people, int(member), adopted, schemes, rng)
    columns = np.array(spans, dtype="int64").reshape(-1, 7).T
    person, scheme, strand, adopted, exited, reason, is_first = columns
    dies = people.dies[person]
    cut = exited >= dies
    reason, exited = np.where(cut, DIED, reason), np.where(cut, dies, exited)
    still = exited > EXTRACT
    reason, exited = np.where(still, STAYS, reason), np.where(still, OPEN, exited)
    keep = (adopted <= EXTRACT) & (adopted < exited)
    steps = np.full((len(person), len(STEPS)), NONE)
    for place, (name, earliest, latest) in enumerate(STEPS):
        when = adopted + rng.integers(earliest, latest + 1, len(person))
        happens = (
            (is_first == 1) & (rng.random(len(person)) < 0.9) & (when <= EXTRACT) & (when < np.minimum(exited, OPEN))
        )
        if name == "outreach_worker":
            happens &= strand == REHABILITATE
        steps[:, place] = np.where(happens, when, NONE)
    letter = np.where(
        (reason == REDUCED) & (rng.random(len(person)) < 0.7), exited + rng.integers(0, 28, len(person)), NONE
    )
    letter = np.where(letter > EXTRACT, NONE, letter)
    table = Register(
        person, scheme, strand, adopted, exited, reason, letter, steps, rng.random(len(person)) < 0.93,
        is_first == 1,
    ).rows(np.flatnonzero(keep))  # fmt: skip
    return table.rows(np.lexsort((table.exited, table.adopted, table.scheme, table.person)))


def _peak(proved: Days, chosen: int, rng: np.random.Generator) -> int:
    """Return the day a meeting adopts someone: soon after the conviction with most behind it, or NONE."""
    low = max(LAUNCH - 60, chosen - 300)
    here = np.unique(proved[(proved >= low) & (proved <= chosen + 300)])
    if not len(here):
        return NONE
    behind = np.searchsorted(proved, here, side="right") - np.searchsorted(proved, here - 365)
    if behind.max() < 4:
        return NONE
    adopted = max(int(here[np.argmax(behind)]) + int(rng.integers(3, 50)), LAUNCH + int(rng.integers(0, 60)))
    return adopted if adopted <= EXTRACT - 5 else NONE


def _history(people: People, member: int, adopted: int, schemes: Schemes, rng: np.random.Generator):
    """Return one person's spans: strands in turn, perhaps another scheme, perhaps a second time."""
    spans = []
    scheme = int(people.scheme[member])
    start, turn = adopted, 0
    eighteen = int(add_months(people.born[member], 216))
    while True:
        stay = int(np.ceil(np.exp(rng.normal(7.4, 0.75)))) + 30
        end = start + stay
        young = int(age_on(people.born[member], start)) < 18
        if people.kind[member] == DETER and turn == 0:
            spans += _deter(member, scheme, start, end, eighteen, rng)
        else:
            spans += _strands(member, scheme, start, end, young, rng)
        end = spans[-1][4]
        u = rng.random()
        if u < 0.05 and len(schemes.force) > 1:
            # Moved: the new scheme takes the person on before, on or after the day the old one lets go.
            other = int(rng.integers(0, len(schemes.force) - 1))
            scheme = other + (other >= scheme)
            spans[-1] = (*spans[-1][:5], MOVED, spans[-1][6])
            begin = max(end + int(rng.integers(-70, 40)), spans[-1][3] + 1)
        elif u < 0.21:
            begin = end + (1 if rng.random() < 0.05 else int(rng.integers(40, 500)))
        else:
            break
        # A scheme never holds the same person twice at once.
        begin = max([begin, *(span[4] + 3 for span in spans if span[1] == scheme and span[4] >= begin)])
        start, turn = begin, turn + 1
        if start > EXTRACT or turn > 3:
            break
    return spans


def _deter(member: int, scheme: int, start: int, end: int, eighteen: int, rng: np.random.Generator):
    """Return a young person's spans: out before 18, handed on at 18, or left where they were."""
    if end <= eighteen or rng.random() < 0.2:
        return [(member, scheme, PREVENT, start, end, REDUCED, 1)]
    if rng.random() < 0.55:
        handed = max(eighteen + int(rng.integers(-8, 45)), start + 1)
        later = max(end, handed + 60)
        return [(member, scheme, PREVENT, start, handed, STRAND, 1), (member, scheme, CATCH, handed, later, REDUCED, 0)]
    return [(member, scheme, PREVENT, start, max(eighteen + int(rng.integers(0, 50)), start + 1), OTHER, 1)]


def _strands(member: int, scheme: int, start: int, end: int, young: bool, rng: np.random.Generator):
    """Return one membership's spans, one for each time in a strand: each begins on the day the last one ends."""
    strand = CATCH if young or rng.random() < 0.7 else REHABILITATE
    spans = []
    begin = start
    while True:
        move = begin + int(rng.integers(90, 700))
        if move >= end or rng.random() < 0.45:
            reason = int(rng.choice([REDUCED, MOVED, LONG_CUSTODY, OTHER], p=[0.55, 0.1, 0.2, 0.15]))
            spans.append((member, scheme, strand, begin, end, reason, int(begin == start)))
            return spans
        spans.append((member, scheme, strand, begin, move, STRAND, int(begin == start)))
        strand = REHABILITATE if strand == CATCH else CATCH
        begin = move
