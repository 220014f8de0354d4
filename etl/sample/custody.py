"""Where people were held: the movements in and out of prison that each case brought, as the prisons record them."""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample import careers
from etl.sample.careers import Cases
from etl.sample.dates import NONE, OPEN, Days
from etl.sample.people import PROLIFIC, People
from etl.sample.world import EXTRACT, WINDOW_START

REASONS_IN = np.array(["remand", "sentenced", "recall", "fine_default", "other"])
REMAND, SENTENCED, RECALL, FINE_DEFAULT, OTHER = range(5)
REASONS_OUT = np.array(
    ["", "sentence_end", "licence", "hdc", "bail", "acquitted", "escape", "died", "transfer", "court",
     "temporary_absence", "merge"]
)  # fmt: skip
STILL_IN, END, LICENCE, HDC, BAIL, ACQUITTED, ESCAPE, DIED, TRANSFER, COURT, ABSENCE, MERGE = range(12)
MOVEMENTS = (COURT, ABSENCE, TRANSFER, MERGE)
"""Ways out that are not: the person is still in custody."""


@dataclass
class Custody:
    """One row for each pair of movements, in the order of person and day. `released` is OPEN while inside."""

    person: Days
    admitted: Days
    why_in: Days
    released: Days
    why_out: Days

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: np.ndarray) -> "Custody":
        """Return some of the rows, in the order asked for."""
        return Custody(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def custody(people: People, cases: Cases, recalls: Days, rng: np.random.Generator) -> Custody:
    """Return every movement pair that ended inside the ten years or has not ended."""
    stays = _stays(cases, recalls, rng)
    stays = _cut_by_death(people, stays)
    known = (stays.admitted <= EXTRACT) & (stays.released >= WINDOW_START) & (stays.released > stays.admitted)
    stays = stays.rows(known)
    stays.why_out = np.where(stays.released > EXTRACT, STILL_IN, stays.why_out)
    stays.released = np.where(stays.released > EXTRACT, OPEN, stays.released)
    table = _movements(stays, rng)
    return table.rows(np.lexsort((table.released, table.admitted, table.person)))


def _stays(cases: Cases, recalls: Days, rng: np.random.Generator) -> Custody:
    """Return whole stays, each with the way in and the way out: on remand, under sentence, and on recall."""
    held = cases.remanded & (cases.free != NONE)
    sent_down = (cases.disposal == careers.CUSTODY) & (cases.free != NONE)
    how_out = np.array([END, LICENCE, HDC, BAIL, ACQUITTED])[cases.release]
    # People on remand go to court to be sentenced and come back under sentence, the same day or within two.
    number = len(cases)
    back = np.where(rng.random(number) < 0.75, 0, rng.integers(1, 3, number))
    back = np.where(cases.free - cases.sentenced > 3, back, 0)
    # Now and then the record lags by three days, and the two stays can no longer be joined.
    back = np.where((rng.random(number) < 0.01) & (cases.free - cases.sentenced > 5), 3, back)
    remand_end = np.where(sent_down, cases.sentenced, cases.free)
    remand = Custody(
        cases.person[held], cases.charged[held], np.full(held.sum(), REMAND), remand_end[held],
        np.where(sent_down, COURT, how_out)[held],
    )  # fmt: skip
    start = cases.sentenced + np.where(held, back, 0)
    sentenced = Custody(
        cases.person[sent_down], start[sent_down], np.full(sent_down.sum(), SENTENCED), cases.free[sent_down],
        how_out[sent_down],
    )  # fmt: skip
    parts = [remand, sentenced, _recalls(cases, recalls, rng), _fine_defaults(cases, rng)]
    table = Custody(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Custody)})
    table = table.rows(np.lexsort((table.released, table.admitted, table.person)))
    # A few walk out of an open prison a week or more before their time.
    early = (table.why_in == SENTENCED) & (table.released - table.admitted > 60) & (rng.random(len(table)) < 0.004)
    table.why_out = np.where(early, ESCAPE, table.why_out)
    table.released = np.where(early, table.released - 10, table.released)
    return table


def _next_start(cases: Cases) -> Days:
    """Return the day of each person's next case, OPEN after the last."""
    following = np.append(cases.committed[1:], OPEN)
    same = np.append(cases.person[1:] == cases.person[:-1], False)
    return np.where(same, following, OPEN)


def recalled_on(people: People, cases: Cases, rng: np.random.Generator) -> Days:
    """Return the day on which a release on licence was followed by a recall, or NONE."""
    on_licence = (cases.disposal == careers.CUSTODY) & (cases.release != careers.SENTENCE_END) & (cases.free != NONE)
    licence_ends = cases.sentenced + np.maximum(cases.sentence_days, 0)
    latest = np.minimum(_next_start(cases), licence_ends) - 60
    room = on_licence & (latest > cases.free + 12)
    day = cases.free + 12 + np.floor(rng.random(len(cases)) * np.maximum(latest - cases.free - 12, 1)).astype("int64")
    prolific = people.kind[cases.person] == PROLIFIC
    return np.where(room & (rng.random(len(cases)) < np.where(prolific, 0.45, 0.15)), day, NONE)


def _recalls(cases: Cases, recalls: Days, rng: np.random.Generator) -> Custody:
    """Return recalls, each inside the time before the person's next case."""
    which = recalls != NONE
    start = recalls[which]
    stay = np.where(rng.random(which.sum()) < 0.5, 28, rng.integers(10, 58, which.sum()))
    out = np.where(rng.random(which.sum()) < 0.7, LICENCE, END)
    return Custody(cases.person[which], start, np.full(which.sum(), RECALL), start + stay, out)


def _fine_defaults(cases: Cases, rng: np.random.Generator) -> Custody:
    """Return the short stays of those who did not pay."""
    fined = (cases.disposal == careers.FINE) & (cases.free == NONE)
    start = cases.sentenced + rng.integers(60, 300, len(cases))
    stay = rng.integers(5, 29, len(cases))
    which = fined & (start + stay + 5 < _next_start(cases)) & (rng.random(len(cases)) < 0.02)
    number = int(which.sum())
    return Custody(
        cases.person[which], start[which], np.full(number, FINE_DEFAULT), (start + stay)[which], np.full(number, END)
    )


def _cut_by_death(people: People, stays: Custody) -> Custody:
    """Return the stays without what would have come after a death; one in custody ends by it."""
    dies = people.dies[stays.person]
    stays = stays.rows(stays.admitted < dies)
    dies = people.dies[stays.person]
    inside = stays.released >= dies
    stays.why_out = np.where(inside, DIED, stays.why_out)
    stays.released = np.where(inside, dies, stays.released)
    return stays


def _movements(stays: Custody, rng: np.random.Generator) -> Custody:
    """Return the stays cut where the person was taken to court, moved, or let out for a day or two."""
    end = np.where(stays.released == OPEN, EXTRACT, stays.released)
    length = end - stays.admitted
    cuts = np.where(length > 12, rng.poisson(np.minimum(length / 160, 1.6)), 0).clip(0, 3)
    row = np.repeat(np.arange(len(stays)), cuts + 1)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(cuts + 1) - (cuts + 1), cuts + 1)
    pieces = (cuts + 1)[row]
    # Cut k of n falls somewhere in the first half of its own share of the stay: cuts never meet.
    step = length[row] / pieces
    first_cut = stays.admitted[row] + np.floor((nth + 0.5 + 0.4 * rng.random(len(row))) * step).astype("int64")
    last = nth == cuts[row]
    out = np.where(last, stays.released[row], first_cut)
    moved = rng.choice([COURT, TRANSFER, ABSENCE, MERGE], len(row), p=[0.40, 0.36, 0.21, 0.03])
    remand = stays.why_in[row] == REMAND
    moved = np.where(remand & (moved == ABSENCE), COURT, moved)
    away = np.where(moved == COURT, rng.choice([0, 0, 0, 1], len(row)), rng.choice([0, 1, 2], len(row)))
    away = np.where(moved == MERGE, 0, away)
    away = np.where((rng.random(len(row)) < 0.01) & (step > 12), 3, away)
    # Two prisons may each claim the day of a transfer and the day after it.
    away = np.where((rng.random(len(row)) < 0.01) & (step > 12), -1, away)
    away = np.where(step < 8, 0, away)
    why_out = np.where(last, stays.why_out[row], moved)
    came_back = np.empty(len(row), dtype="int64")
    came_back[1:] = (first_cut + away)[:-1]
    came_back[:1] = 0
    admitted = np.where(nth == 0, stays.admitted[row], came_back)
    return Custody(stays.person[row], admitted, stays.why_in[row], out, why_out)
