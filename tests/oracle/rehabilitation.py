"""Releases, treatment, appointments, enforcement and needs."""

from __future__ import annotations

from datetime import timedelta

from tests.oracle.days import add_months, period_of
from tests.oracle.journey import attended, first_on_or_after, second_absence, with_one_main
from tests.oracle.reoffending import POSITIVE
from tests.oracle.schemes import is_on, lasting, of_membership, segments, strand_nearest
from tests.oracle.standing import on_that_day
from tests.oracle.throughput import ended

RELEASES = ("sentence_end", "licence", "hdc")
NEEDS = ("accommodation", "employment", "education", "health", "mental_health", "drugs", "alcohol")


def release_units(world, cohort=None):
    """D1: releases of people on a scheme, and the days to the first appointment kept before they are back inside."""
    label = cohort or period_of
    units = []
    for person in world.people:
        for place, spell in enumerate(person.spells):
            day = spell["end"]
            if day is None or spell["release_reason"] not in RELEASES:
                continue
            contact = first_on_or_after(attended(person), day)
            if contact is not None and place + 1 < len(person.spells) and contact > person.spells[place + 1]["start"]:
                contact = None
            days = None if contact is None else (contact - day).days
            for membership in person.memberships:
                if is_on(membership, day):
                    about = of_membership(world, person, membership, day)
                    units.append({**about, "period": label(day), "released": 1, "days": days})
    return units


def dip_days(world, cohort, event, results, good):
    """A dict for each person and day with an event of this kind and one of these results."""
    label = cohort or period_of
    units = []
    for person in world.people:
        rows = [row for row in person.dip_events if row["event"] == event and row.get("result") in results]
        for day in sorted({row["on"] for row in rows}):
            found = any(row["on"] == day and row["result"] in good for row in rows)
            who = {"person": person.key, "source": person, "date": day, "period": label(day)}
            shares = {"found": 1 if found else 0, "people": 1}
            units.append({**who, **shares, **on_that_day(world, person, day)})
    return units


def drug_test_units(world, cohort=None):
    """E1: days on which somebody was tested for drugs, and whether any test was positive."""
    return dip_days(world, cohort, "test", {*POSITIVE, "negative"}, POSITIVE)


def required_assessment_units(world, cohort=None):
    """E1: days of required assessments, and whether any was attended."""
    return dip_days(world, cohort, "required_assessment", {"attended", "not_attended"}, {"attended"})


def treatment_units(world, cohort=None):
    """E1: days on which treatment began: after how long since referral, and whether it went on for twelve weeks."""
    label = cohort or period_of
    covered = world.covered_to("dip/events")
    units = []
    for person in world.people:
        starts = [row for row in person.dip_events if row["event"] == "treatment_start"]
        ends = [row["on"] for row in person.dip_events if row["event"] == "treatment_end"]
        for day in sorted({row["on"] for row in starts}):
            referred = [row.get("referred_on") for row in starts if row["on"] == day]
            referred = [other for other in referred if other is not None and other <= day]
            last = day + timedelta(days=84)
            known = last <= covered
            kept = known and not any(day < other < last for other in ends)
            units.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": label(day),
                    "days": (day - min(referred)).days if referred else None,
                    "retained": 1 if kept else 0,
                    "known": 1 if known else 0,
                    **on_that_day(world, person, day),
                }
            )
    return units


def contact_units(world, cohort=None):
    """E2: the first 26 whole weeks of memberships, with the appointments kept in each."""
    label = cohort or period_of
    covered = world.covered_to("probation/contacts", "police/ppo_register")
    units = []
    for person in world.people:
        if not person.probation:
            continue
        mine = []
        for membership in lasting(person):
            adopted = membership["start"]
            about = {**of_membership(world, person, membership, adopted), "period": label(adopted), "weeks": 1}
            for week in range(1, 27):
                start, end = adopted + timedelta(days=7 * (week - 1)), adopted + timedelta(days=7 * week)
                if end > covered + timedelta(days=1) or (membership["end"] is not None and end > membership["end"]):
                    break
                kept = len([day for day in attended(person) if start <= day < end])
                mine.append({**about, "week": str(week), "kept": kept})
        units += with_one_main(mine)
    return units


def appointment_units(world, cohort=None):
    """E2: a person's appointments on the days of a scheme in a period: kept, not kept, and accompanied."""
    covered = world.covered_to("probation/contacts", "police/ppo_register")
    units = []
    for person in world.people:
        if not person.memberships:
            continue
        for (_, period, main), segment in segments(world, person, cohort).items():
            inside = []
            for row in person.contacts:
                if row["on"] <= covered and any(first <= row["on"] < last for first, last in segment["spans"]):
                    inside.append(row)
            if not inside:
                continue
            kept = [row for row in inside if row["outcome"] == "attended"]
            missed = [row for row in inside if row["outcome"] in ("unacceptable_absence", "acceptable_absence")]
            units.append(
                {
                    **of_membership(world, person, segment["membership"], segment["date"]),
                    "period": period,
                    "main": main,
                    "kept": len(kept),
                    "due": len(kept) + len(missed),
                    "accompanied": len([row for row in kept if row["kind"] == "accompanied"]),
                }
            )
    return units


def enforcement_units(world, cohort=None):
    """E3: orders with a second unacceptable absence, the days to breach or recall, and from breach to its hearing."""
    label = cohort or period_of
    units = []
    for person in world.people:
        for order in person.supervision:
            end = None if order["ended_on"] is None else order["ended_on"] + timedelta(days=1)
            day = second_absence(person, order["started_on"], end)
            if day is None:
                continue
            breached, heard = order.get("breach_initiated_on"), order.get("breach_hearing_on")
            enforced = first_on_or_after([breached, order.get("recalled_on")], day)
            to_hearing = None
            if breached is not None and heard is not None and heard >= breached:
                to_hearing = (heard - breached).days
            units.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": label(day),
                    "to_enforcement": None if enforced is None else (enforced - day).days,
                    "to_hearing": to_hearing,
                    **on_that_day(world, person, day),
                }
            )
    return units


def last_known(person, need, after, until):
    """(day, need or no_need) of the latest assessment in (after, until] that says which; None without one.

    Of two on one day, a need is believed before the lack of one.
    """
    found = []
    for row in person.assessments:
        if row.get(need) in ("need", "no_need") and after < row["assessed_on"] <= until:
            found.append((row["assessed_on"], row[need] == "need"))
    if not found:
        return None
    day, needed = max(found)
    return day, "need" if needed else "no_need"


def nearest_known(person, need, day, after, until):
    """(day, need or no_need) of the assessment in (after, until] that is nearest to a day; None without one.

    Of one before the day and one as many days after it, the one before.
    """
    told = [row["assessed_on"] for row in person.assessments if row.get(need) in ("need", "no_need")]
    inside = [other for other in told if after < other <= until]
    if not inside:
        return None
    nearest = min(inside, key=lambda other: (abs((other - day).days), other))
    return last_known(person, need, nearest - timedelta(days=1), nearest)


def need_units(world, cohort=None):
    """E4: needs at entry, and what the latest assessment on the scheme says of them."""
    label = cohort or period_of
    covered = world.covered_to("police/ppo_register", "probation/assessments")
    units = []
    for person in world.people:
        for membership in lasting(person):
            adopted = membership["start"]
            about = {**of_membership(world, person, membership, adopted), "period": label(adopted), "assessed": 1}
            for need in NEEDS:
                entry = nearest_known(person, need, adopted, add_months(adopted, -12), add_months(adopted, 3))
                if entry is None:
                    continue
                until = covered
                if membership["end"] is not None:
                    until = min(covered, membership["end"] - timedelta(days=1))
                latest = last_known(person, need, entry[0], until)
                had, has = entry[1] == "need", latest is not None and latest[1] == "need"
                units.append(
                    {
                        **about,
                        "need": need,
                        "needed": 1 if had else 0,
                        "needed_and_seen": 1 if had and latest is not None else 0,
                        "resolved": 1 if had and latest is not None and not has else 0,
                        "not_needed_and_seen": 1 if not had and latest is not None else 0,
                        "arisen": 1 if not had and has else 0,
                    }
                )
    return units


def settled_units(world, cohort=None):
    """E4: whether people had somewhere to live, and work, when they left a scheme."""
    label = cohort or period_of
    units = []
    for person in world.people:
        for membership in ended(world, person):
            day = membership["end"]
            about = of_membership(world, person, membership, day, strand_nearest(membership, day))
            for need in ("accommodation", "employment"):
                found = last_known(person, need, add_months(day, -12), day)
                if found is not None:
                    settled = 1 if found[1] == "no_need" else 0
                    units.append({**about, "period": label(day), "need": need, "settled": settled, "assessed": 1})
    return units
