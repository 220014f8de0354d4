"""Who meets a selection rule at a month end, on a scheme or off it."""

from __future__ import annotations

from datetime import timedelta

from tests.oracle.days import add_months, age_on
from tests.oracle.schemes import is_on, of_membership, open_memberships
from tests.oracle.standing import attributes_on, counts, in_custody, sentenced_on

LISTED = {"robbery", "domestic_burglary", "theft_from_vehicles", "taking_and_driving_away"}


def convicted_in(world, person, start, end):
    """Convicted offences that count, proved after `start` and no later than `end`."""
    found = []
    for offence in person.offences:
        if counts(world, offence) and offence["outcome"] == "convicted" and start < offence["disposed_on"] <= end:
            found.append(offence)
    return found


def meets_northumbria(world, person, day) -> bool:
    return len(convicted_in(world, person, add_months(day, -12), day)) >= 6


def meets_london(world, person, day) -> bool:
    start = add_months(day, -24)
    convicted = convicted_in(world, person, start, day)
    reliable = [r for r in person.indications if r["reliable"] in ("Y", True) and start < r["dated_on"] <= day]
    if len(convicted) + len(reliable) < 6:
        return False
    age = age_on(day, person.born)
    if age is None or age < 18:
        return False
    if not any(world.groups.get(offence["cjs_offence_code"]) in LISTED for offence in convicted):
        return False
    for membership in open_memberships(person, day):
        if any(span["row"].get("resident") in ("N", False) for span in membership["spans"]):
            return False
    return True


def was_released_unsupervised(world, person, day) -> bool:
    """Released in the last year from a sentence of under twelve months, and now neither supervised nor inside."""
    if in_custody(person, day):
        return False
    for row in person.supervision:
        if row["started_on"] <= day and (row["ended_on"] is None or day <= row["ended_on"]):
            return False
    for spell in person.spells:
        if spell["end"] is None or not add_months(day, -12) < spell["end"] <= day:
            continue
        if spell["reason"] != "sentenced" or spell["release_reason"] != "sentence_end":
            continue
        short = []
        for offence in person.offences:
            start = sentenced_on(offence)
            if offence["outcome"] != "convicted" or offence.get("disposal") != "custody" or start is None:
                continue
            if offence.get("sentence_days") is not None and spell["start"] <= start < spell["end"]:
                short.append(start + timedelta(days=offence["sentence_days"]) < add_months(start, 12))
        if short and all(short):
            return True
    return False


RULES = {
    "london": meets_london,
    "northumbria": meets_northumbria,
    "released_unsupervised": was_released_unsupervised,
}


def selection_rows(world, day):
    """A3: a dict for each person and rule that they meet at the end of a day; for each scheme that they are on."""
    rows = []
    for person in world.people:
        if person.police is None:
            continue
        for rule, meets in RULES.items():
            if not meets(world, person, day):
                continue
            here = {"rule": rule, "as_at": day}
            for position, membership in enumerate(open_memberships(person, day)):
                rows.append({**of_membership(world, person, membership, day), **here, "main": position == 0})
            if not any(is_on(membership, day) for membership in person.memberships):
                nowhere = dict.fromkeys(("scheme", "area", "force", "strand"), "none")
                who = {"person": person.key, "source": person, "date": day, "main": True, "ppo": "no"}
                rows.append({**who, **here, **nowhere, **attributes_on(world, person, day)})
    return rows
