"""Whom probation knew: orders and licences, appointments kept and missed, and assessments."""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample import careers
from etl.sample.careers import Cases
from etl.sample.custody import END as CUSTODY_END
from etl.sample.custody import HDC as CUSTODY_HDC
from etl.sample.custody import LICENCE as CUSTODY_LICENCE
from etl.sample.custody import Custody
from etl.sample.dates import NONE, OPEN, Days, age_on, day
from etl.sample.membership import Register
from etl.sample.people import PROLIFIC, People
from etl.sample.world import EXTRACT, LAUNCH, WINDOW_START

KINDS = np.array(["community_order", "suspended_sentence_order", "licence", "youth_order"])
COMMUNITY_ORDER, SUSPENDED_ORDER, ON_LICENCE, YOUTH = range(4)
END_REASONS = np.array(["", "completed", "revoked", "recalled", "died"])
CONTACT_KINDS = np.array(["office", "home_visit", "telephone", "accompanied", "other"])
ACCOMPANIED = 3
CONTACT_OUTCOMES = np.array(["attended", "acceptable_absence", "unacceptable_absence", "cancelled"])
ATTENDED, ACCEPTABLE, UNACCEPTABLE, CANCELLED = range(4)
NEEDS = ("accommodation", "employment", "education", "health", "mental_health", "drugs", "alcohol")
NEED_VALUES = np.array(["need", "no_need", "not_assessed"])
SCORE_PROLIFIC, SCORE_OTHERS = 0.54, 0.68
"""How a rate of cases a year becomes a score, so that scores come true: about as many re-offend as they say."""


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


def contacts(people: People, orders: Supervision, spans: Register, held: Custody, rng: np.random.Generator) -> Contacts:
    """Return appointments with people at liberty: often at first for scheme members known to probation, a few for
    other people, and one soon after a release for most members."""
    known = np.isin(spans.person, orders.person)
    # The spans of a membership stand together, so it ends where the last before the next first one does.
    opening = np.flatnonzero(spans.is_first)
    closing = np.append(opening[1:], len(spans))[: len(opening)] - 1
    mine = known[opening]
    firsts, ends = opening[mine], spans.exited[closing][mine]
    parts = [_ordinary_contacts(orders, rng), *_member_contacts(spans.person[firsts], spans.adopted[firsts], ends, rng)]
    freed = np.isin(held.why_out, (CUSTODY_END, CUSTODY_LICENCE, CUSTODY_HDC)) & (held.released >= LAUNCH)
    freed &= np.isin(held.person, spans.person[known]) & (rng.random(len(held)) < 0.8)
    parts.append((held.person[freed], held.released[freed] + rng.geometric(0.2, int(freed.sum())) - 1))
    person, on = (np.concatenate([part[k] for part in parts]) for k in range(2))

    width = 2 * OPEN
    inside = np.searchsorted(np.sort(held.person * width + held.admitted), person * width + on, side="right")
    inside -= np.searchsorted(np.sort(held.person * width + held.released), person * width + on, side="right")
    keep = np.flatnonzero((on <= EXTRACT) & (on < people.dies[person]) & (inside <= 0))
    # One appointment a person and day.
    keep = keep[np.unique(person[keep] * width + on[keep], return_index=True)[1]]
    person, on = person[keep], on[keep]
    kind = rng.choice(5, len(person), p=[0.60, 0.12, 0.13, 0.10, 0.05])
    # Some keep nearly every appointment and some hardly half.
    keeps = rng.beta(5, 1.6, len(people))[person]
    kept = rng.random(len(person)) < np.where(kind == ACCOMPANIED, 1 - (1 - keeps) / 2, keeps)
    missed = rng.choice([ACCEPTABLE, UNACCEPTABLE, CANCELLED], len(person), p=[0.36, 0.46, 0.18])
    return Contacts(person, on, kind, np.where(kept, ATTENDED, missed))


def _ordinary_contacts(orders: Supervision, rng: np.random.Generator) -> tuple[Days, Days]:
    """Return person and day of a few appointments of each order of the later years."""
    stop = np.minimum(orders.ended, EXTRACT)
    number = np.minimum(np.maximum((stop - orders.started) // 7, 0), 2) * (orders.started > day(2009, 1, 1))
    row = np.repeat(np.arange(len(orders)), number)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    room = (stop - orders.started)[row]
    on = orders.started[row] + np.floor((nth + rng.random(len(row))) * room / np.maximum(number[row], 1))
    return orders.person[row], on.astype("int64")


def _member_contacts(person: Days, adopted: Days, ends: Days, rng: np.random.Generator) -> list[tuple[Days, Days]]:
    """Return person and day of members' appointments, fewer as the membership goes on: a list by stage.

    Each stage is a span of days since adoption and the appointments a week in it.
    """
    parts = []
    for begins, over, weekly in ((0, 28, 3.0), (28, 91, 1.3), (91, 182, 0.8), (182, 1_095, 0.13)):
        room = np.clip(np.minimum(ends, EXTRACT + 1) - adopted - begins, 0, over - begins)
        number = rng.poisson(room / 7 * weekly)
        row = np.repeat(np.arange(len(person)), number)
        on = adopted[row] + begins + np.floor(rng.random(len(row)) * room[row]).astype("int64")
        parts.append((person[row], on))
    return parts


def breached(orders: Supervision, seen: Contacts, people: People, rng: np.random.Generator) -> Supervision:
    """Return the orders with proceedings for breach after a second unacceptable absence, for most that had none."""
    missed = seen.outcome == UNACCEPTABLE
    width = 2 * OPEN
    key = seen.person[missed] * width + seen.on[missed]
    key.sort()
    place = np.searchsorted(key, orders.person * width + orders.started) + 1
    second = np.append(key, [np.iinfo("int64").max] * 2)[place]
    day_of = second - orders.person * width
    last = np.minimum(np.minimum(orders.ended, EXTRACT), people.dies[orders.person] - 1)
    had = (second < (orders.person + 1) * width) & (day_of <= last)
    starts = np.where(had, day_of, 0) + rng.geometric(0.12, len(orders)) - 1
    acts = had & (orders.kind != ON_LICENCE) & (rng.random(len(orders)) < 0.75) & (starts <= last)
    acts &= (orders.breach == NONE) | (orders.breach < day_of)
    hears = starts + rng.integers(7, 50, len(orders))
    heard = (rng.random(len(orders)) < 0.9) & (hears <= np.minimum(EXTRACT, people.dies[orders.person] - 1))
    orders.breach = np.where(acts, starts, orders.breach)
    orders.hearing = np.where(acts, np.where(heard, hears, NONE), orders.hearing)
    return orders


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


def assessments(people: People, orders: Supervision, spans: Register, rng: np.random.Generator) -> Assessments:
    """Return an assessment for some orders, and for members on adoption, now and then while on and before leaving.

    What was found of a need goes on from one assessment of a person to the next, unless it changed in between.
    """
    prolific = people.kind[orders.person] == PROLIFIC
    which = (rng.random(len(orders)) < np.where(prolific, 0.95, 0.12)) & (orders.started > LAUNCH)
    parts = [(orders.person[which], orders.started[which] + rng.integers(0, 40, int(which.sum())))]
    known = np.isin(spans.person, orders.person)
    entering = known & spans.is_first & (rng.random(len(spans)) < 0.95)
    on = spans.adopted + rng.integers(-60, 70, len(spans))
    parts.append((spans.person[entering], np.maximum(on, LAUNCH)[entering]))
    stay = np.minimum(spans.exited, EXTRACT) - spans.adopted
    # Every ten months or so while on.
    reviews = np.where(known, np.maximum(stay, 0) // 300, 0)
    row = np.repeat(np.arange(len(spans)), reviews)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(reviews) - reviews, reviews) + 1
    parts.append((spans.person[row], spans.adopted[row] + 300 * nth - rng.integers(0, 60, len(row))))
    leaving = known & (spans.exited != OPEN) & (rng.random(len(spans)) < 0.35)
    before = spans.exited - rng.integers(1, 90, len(spans))
    leaving &= before > spans.adopted
    parts.append((spans.person[leaving], before[leaving]))

    person, on = (np.concatenate([part[k] for part in parts]) for k in range(2))
    keep = np.flatnonzero((on <= EXTRACT) & (on < people.dies[person]))
    keep = keep[np.unique(person[keep] * 2 * OPEN + on[keep], return_index=True)[1]]
    person, on = person[keep], on[keep]
    number = len(person)
    plan = np.where(rng.random(number) < 0.85, on + rng.integers(0, 21, number), NONE)
    plan = np.where(plan > EXTRACT, NONE, plan)
    return Assessments(person, on, _score(people, person, on, rng), _needs(people, person, rng), plan)


def _needs(people: People, person: Days, rng: np.random.Generator) -> np.ndarray:
    """Return what each assessment found of each need; the assessments stand by person and day."""
    number = len(person)
    shares = np.array([0.46, 0.62, 0.50, 0.22, 0.30, 0.30, 0.38])
    found = rng.random((number, len(NEEDS))) < shares
    found[:, NEEDS.index("drugs")] = people.drug_user[person] & (rng.random(number) < 0.92)
    met, arisen = rng.random((number, len(NEEDS))) < 0.20, rng.random((number, len(NEEDS))) < 0.07
    again = np.append(False, person[1:] == person[:-1])
    for row in np.flatnonzero(again).tolist():
        found[row] = np.where(found[row - 1], ~met[row], arisen[row])
    unasked = rng.random((number, len(NEEDS))) < 0.09
    return np.where(unasked, 2, np.where(found, 0, 1))


def _score(people: People, person: Days, on: Days, rng: np.random.Generator) -> Days:
    """Return the chance of reconviction within a year as a percentage, from how often the person offends by now."""
    years = np.maximum(on - people.entry[person], 0) / 365.25
    hazard = people.rate[person] * np.exp(-people.fade[person] * years)
    prolific = people.kind[person] == PROLIFIC
    chance = 1 - np.exp(-hazard * np.where(prolific, SCORE_PROLIFIC, SCORE_OTHERS))
    odds = np.log(np.clip(chance, 0.02, 0.98)) - np.log1p(-np.clip(chance, 0.02, 0.98))
    odds += rng.normal(0, 0.35, len(person))
    return np.round(100 / (1 + np.exp(-odds))).clip(1, 99).astype("int64")
