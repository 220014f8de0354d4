"""Whom probation knew: orders and licences, appointments kept and missed, and assessments."""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample import careers
from etl.sample.careers import Cases
from etl.sample.dates import NONE, OPEN, Days, age_on, day
from etl.sample.people import PROLIFIC, People
from etl.sample.world import EXTRACT, WINDOW_START

KINDS = np.array(["community_order", "suspended_sentence_order", "licence", "youth_order"])
COMMUNITY_ORDER, SUSPENDED_ORDER, ON_LICENCE, YOUTH = range(4)
END_REASONS = np.array(["", "completed", "revoked", "recalled", "died"])
CONTACT_KINDS = np.array(["office", "home_visit", "telephone", "accompanied", "other"])
CONTACT_OUTCOMES = np.array(["attended", "acceptable_absence", "unacceptable_absence", "cancelled"])
NEEDS = ("accommodation", "employment", "education", "health", "mental_health", "drugs", "alcohol")
NEED_VALUES = np.array(["need", "no_need", "not_assessed"])


@dataclass
class Supervision:
    """One row for each order or licence. `ended` is the last day in, OPEN while it runs."""

    person: Days
    number: Days
    kind: Days
    started: Days
    ended: Days
    end_reason: Days
    breach: Days
    hearing: Days
    recalled: Days

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: np.ndarray) -> "Supervision":
        """Return some of the rows, in the order asked for."""
        return Supervision(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def supervision(people: People, cases: Cases, recalls: Days, rng: np.random.Generator) -> Supervision:
    """Return the orders and licences of those in the community whom the courts put under supervision.

    One person in twelve is missing from the probation extract for good: their orders were run by an agency that
    sends nothing, so a scheme may hold people whom probation has never heard of.
    """
    number = len(cases)
    lengths = rng.choice([182, 365, 365, 548, 730], number)
    order_kind = np.full(number, -1)
    for disposal, kind in (
        (careers.COMMUNITY, COMMUNITY_ORDER), (careers.SUSPENDED, SUSPENDED_ORDER), (careers.YOUTH_ORDER, YOUTH),
    ):  # fmt: skip
        order_kind = np.where(cases.disposal == disposal, kind, order_kind)
    order_kind = np.where((cases.disposal == careers.YOUTH_ORDER) & (cases.nth % 3 == 0), -1, order_kind)
    licence = (cases.disposal == careers.CUSTODY) & (cases.release != careers.SENTENCE_END) & (cases.free != NONE)
    # Under 21 a short sentence carries three months of supervision all the same.
    young = age_on(people.born[cases.person], np.clip(cases.free, 0, EXTRACT)) < 21
    notice = (cases.disposal == careers.CUSTODY) & (cases.release == careers.SENTENCE_END) & young
    order_kind = np.where(licence | notice, ON_LICENCE, order_kind)
    started = np.where(licence | notice, cases.free, cases.sentenced)
    share = np.where(cases.sentenced < day(2005, 4, 4), 0.75, 1.0)
    licence_end = cases.sentenced + np.floor(cases.sentence_days * share).astype("int64")
    ended = np.where(
        licence, np.maximum(licence_end, started + 14), np.where(notice, started + 91, started + lengths - 1)
    )
    recalled = np.where(licence, recalls, NONE)
    breached = (order_kind >= 0) & ~(licence | notice) & (rng.random(number) < 0.28)
    breach = np.where(breached, started + np.floor(rng.random(number) * (ended - started)).astype("int64"), NONE)
    hearing = np.where(breached & (rng.random(number) < 0.9), breach + rng.integers(7, 50, number), NONE)
    revoked = (hearing != NONE) & (hearing < ended) & (rng.random(number) < 0.35)
    ended = np.where(revoked, hearing, ended)
    reason = np.where(revoked, 2, np.where((recalled != NONE) & (recalled <= ended), 3, 1))

    hidden = people.number[cases.person] * 2_654_435_761 % 100
    hidden = hidden < np.where(people.kind[cases.person] == PROLIFIC, 6, 9)
    dies = people.dies[cases.person]
    which = (order_kind >= 0) & ~hidden & (started <= EXTRACT) & (ended >= WINDOW_START) & (started < dies)
    reason = np.where(ended >= dies, 4, reason)
    ended = np.where(ended >= dies, dies, ended)
    breach = np.where((breach > EXTRACT) | (breach >= dies), NONE, breach)
    hearing = np.where((hearing > EXTRACT) | (hearing >= dies) | (breach == NONE), NONE, hearing)
    recalled = np.where((recalled > EXTRACT) | (recalled >= dies), NONE, recalled)
    reason = np.where(ended > EXTRACT, 0, reason)
    ended = np.where(ended > EXTRACT, OPEN, ended)
    table = Supervision(cases.person, cases.nth, order_kind, started, ended, reason, breach, hearing, recalled)
    table = table.rows(which)
    table = table.rows(np.lexsort((table.ended, table.started, table.person)))
    first = np.searchsorted(table.person, table.person)
    table.number = np.arange(len(table)) - first + 1
    return table


@dataclass
class Contacts:
    """One row for each appointment."""

    person: Days
    on: Days
    kind: Days
    outcome: Days

    def __len__(self) -> int:
        return len(self.person)


def contacts(
    people: People, orders: Supervision, member: Days, adopted: Days, exited: Days, rng: np.random.Generator
) -> Contacts:
    """Return appointments: weekly and more for scheme members known to probation, a few for other people."""
    known = np.isin(member, orders.person)
    start = np.concatenate([orders.started, adopted[known]])
    stop = np.concatenate([np.minimum(orders.ended, EXTRACT), np.minimum(exited[known], EXTRACT)])
    person = np.concatenate([orders.person, member[known]])
    on_scheme = np.arange(len(person)) >= len(orders)
    recent = on_scheme | (start > day(2009, 1, 1))
    weeks = np.maximum((stop - start) // 7, 0)
    number = np.where(on_scheme, (weeks * 0.55).astype("int64").clip(0, 60), np.minimum(weeks, 2) * recent)
    row = np.repeat(np.arange(len(person)), number)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    on = start[row] + np.floor((nth + rng.random(len(row))) * (stop - start)[row] / np.maximum(number[row], 1))
    on = on.astype("int64")
    kind = rng.choice(5, len(row), p=[0.62, 0.12, 0.14, 0.07, 0.05])
    outcome = rng.choice(4, len(row), p=[0.76, 0.09, 0.11, 0.04])
    keep = (on <= EXTRACT) & (on < people.dies[person[row]])
    # One appointment a person and day.
    key = np.flatnonzero(keep)
    key = key[np.unique(person[row][key] * 1_000_000 + on[key], return_index=True)[1]]
    return Contacts(person[row][key], on[key], kind[key], outcome[key])


@dataclass
class Assessments:
    """One row for each assessment; `needs` has one column for each of NEEDS. `score` is a percentage."""

    person: Days
    on: Days
    score: Days
    needs: np.ndarray
    plan: Days

    def __len__(self) -> int:
        return len(self.person)


def assessments(people: People, orders: Supervision, rng: np.random.Generator) -> Assessments:
    """Return an assessment for about half of the orders, with the reconviction score and the needs found."""
    prolific = people.kind[orders.person] == PROLIFIC
    chance = np.where(prolific, 0.8, 0.12)
    which = (rng.random(len(orders)) < chance) & (orders.started > day(2004, 9, 1))
    on = orders.started + rng.integers(0, 40, len(orders))
    which &= (on <= EXTRACT) & (on < people.dies[orders.person])
    which = np.flatnonzero(which)
    which = which[np.unique(orders.person[which] * 1_000_000 + on[which], return_index=True)[1]]
    person, on = orders.person[which], on[which]
    number = len(person)
    score = np.where(prolific[which], rng.normal(68, 13, number), rng.normal(38, 18, number)).round().clip(2, 98)
    need = rng.choice(3, (number, len(NEEDS)), p=[0.45, 0.45, 0.10])
    user = people.drug_user[person]
    need[:, 5] = np.where(user & (rng.random(number) < 0.9), 0, need[:, 5])
    plan = np.where(rng.random(number) < 0.85, on + rng.integers(0, 21, number), NONE)
    plan = np.where(plan > EXTRACT, NONE, plan)
    return Assessments(person, on, score.astype("int64"), need, plan)
