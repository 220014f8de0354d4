"""The steps of a membership: what should be done for a new member, by when, and when it was."""

import numpy as np
import polars as pl

from etl.sample.dates import NONE, OPEN
from etl.sample.meetings import ADOPT
from etl.sample.membership import REHABILITATE, STEPS
from etl.sample.probation import UNACCEPTABLE
from etl.sample.truth.lives import COVERED_TO, By, Lives
from etl.sample.truth.schemes import Membership

DUE = {
    "nominated_and_decided": 35, "strand_decided": 14, "flagged_by_police": 7, "flagged_by_probation": 14,
    "letter": 14, "home_visit": 14, "oasys": 56, "sentence_plan": 56, "outreach_worker": 28,
    "weekly_appointments": 28, "enforcement": 10, "exit_letter": 14,
}  # fmt: skip
"""Days within which each step is due."""
_RECORDED = {
    "strand_decided": "strand_decided", "flagged_by_police": "police_flagged",
    "flagged_by_probation": "probation_flagged", "letter": "notified", "home_visit": "first_home_visit",
    "outreach_worker": "outreach_worker",
}  # fmt: skip
"""Where the register has the date of a step."""
_OFF_THE_SCHEME = ("nominated_and_decided", "enforcement", "exit_letter")
_HOME_VISIT = 1
_PLACE = {name: place for place, (name, _, _) in enumerate(STEPS)}


def _earliest(days: list[int]) -> int:
    """Return the earliest day that is known by the end of coverage, or NONE."""
    return min((d for d in days if d not in (NONE, OPEN) and d <= COVERED_TO), default=NONE)


class Journey:
    """When each step of one membership began to be due, and when it was done."""

    def __init__(self, lives: Lives, nominations: By, person: int, m: Membership) -> None:
        self.lives, self.person, self.m = lives, person, m
        self.nominations = nominations
        register = lives.line.chunk.register
        self.rows = [span.row for span in m.spans]
        self.letter = _earliest([int(register.exit_letter[row]) for row in self.rows])
        self.steps = register.steps

    def recorded(self, name: str) -> int:
        """Return the register's date of a step."""
        return _earliest([int(self.steps[row, _PLACE[name]]) for row in self.rows])

    def origin(self, step: str) -> int:
        """Return the day from which a step is due, or NONE where it is not a step of this membership."""
        if step == "nominated_and_decided":
            return self.nominated()
        if step == "enforcement":
            return min((day for day, _, _ in self.failures()), default=NONE)
        if step == "exit_letter":
            return self.m.end if self.m.end <= COVERED_TO else NONE
        if step == "outreach_worker" and all(span.strand != REHABILITATE for span in self.m.spans):
            return NONE
        return self.m.adopted

    def nominated(self) -> int:
        """Return when the person was nominated: as registered, else the first time the meeting was asked."""
        known = self.recorded("nominated")
        if known != NONE:
            return known
        before = [
            o.end for o in self.lives.members[self.person] if o.scheme == self.m.scheme and o.end <= self.m.adopted
        ]
        asked, scheme, _, _ = self.nominations.of(self.person)
        since = max(before, default=-OPEN)
        return _earliest(asked[(scheme == self.m.scheme) & (asked >= since) & (asked <= self.m.adopted)].tolist())

    def failures(self) -> list[tuple[int, int, int]]:
        """Return the second absence on the scheme in each order that has one, with the order's breach and recall."""
        on, _, outcome = self.lives.contacts.of(self.person)
        missed = np.unique(on[(outcome == UNACCEPTABLE) & (on >= self.m.adopted) & (on < self.m.end)])
        found = []
        for started, ended, breach, recalled in zip(*self.lives.orders.of(self.person), strict=True):
            inside = missed[(missed >= started) & (missed <= ended)]
            if len(inside) > 1:
                found.append((int(inside[1]), int(breach), int(recalled)))
        return found

    def done(self, step: str, origin: int) -> int:
        """Return when a step was done, or NONE."""
        person, m = self.person, self.m
        if step in _RECORDED:
            known = self.recorded(_RECORDED[step])
            if step != "home_visit":
                return known
            on, kind = self.lives.attended.of(person)
            return _earliest([known, *on[(kind == _HOME_VISIT) & (on >= m.adopted)].tolist()])
        if step == "nominated_and_decided":
            _, scheme, decided, decision = self.nominations.of(person)
            taken = decided[(scheme == m.scheme) & (decision == ADOPT) & (decided >= origin)].tolist()
            known = _earliest(taken)
            return known if known != NONE else m.adopted
        if step in ("oasys", "sentence_plan"):
            on, _, plan = self.lives.assessed.of(person)
            days = on if step == "oasys" else plan
            return _earliest(days[days >= m.adopted].tolist())
        if step == "weekly_appointments":
            on, _ = self.lives.attended.of(person)
            weeks = [on[(on >= m.adopted + 7 * j) & (on < m.adopted + 7 * j + 7)] for j in range(4)]
            return _earliest([int(weeks[3].min())]) if all(len(week) for week in weeks) else NONE
        if step == "enforcement":
            acted = [d for day, *days in self.failures() if day == origin for d in days if d >= origin]
            return _earliest(acted)
        return self.letter


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership and step: whether it is due by now, done in time, and after how many days."""
    asked = lives.line.chunk.nominations
    nominations = By(asked.person, asked.nominated, asked.scheme, asked.decided, asked.decision)
    rows = []
    for person, m in lives.memberships:
        journey = Journey(lives, nominations, person, m)
        for step, days in DUE.items():
            origin = journey.origin(step)
            if origin == NONE:
                continue
            done = journey.done(step, origin)
            last = origin + days
            due = last <= COVERED_TO and (step in _OFF_THE_SCHEME or m.adopted <= last < m.end)
            in_time = due and done != NONE and done <= last
            took = None if done == NONE else max(done - origin, 0)
            strand = m.strand_near(origin)
            rows.append((person, origin, m.scheme, strand, True, step, int(in_time), int(due), took))
    return lives.table(rows, ("step", "numerator", "denominator", "days"))


def home_visits(journeys: pl.DataFrame) -> pl.DataFrame:
    """Return the home visits that were due while the member was still on; one a person and period is main."""
    visits = journeys.filter((pl.col("step") == "home_visit") & (pl.col("denominator") == 1))
    best = pl.struct(-pl.col("date"), pl.col("scheme"))
    return visits.with_columns((best.rank("ordinal") == 1).over("person", "period").alias("main"))
