"""Who comes to a scheme, as what, who leaves it, and who re-offends while on it."""

from __future__ import annotations

from datetime import timedelta

from tests.oracle.days import add_months, age_on, period_dates, period_of
from tests.oracle.schemes import last_span, lasting, of_membership, strand_nearest
from tests.oracle.standing import counts

WHITE = {"white_north_european", "white_south_european"}


def first_membership(person):
    """The one adopted first, of several the lowest scheme id; None for who was never on a scheme."""
    return min(lasting(person), key=lambda m: (m["start"], m["scheme_id"]), default=None)


def convictions(world, person, start, end) -> int:
    """Convicted offences that count, proved in [start, end); the days of them under the switch for occasions."""
    days = []
    for offence in person.offences:
        if not counts(world, offence) or offence["outcome"] != "convicted":
            continue
        if (start is None or start <= offence["disposed_on"]) and offence["disposed_on"] < end:
            days.append(offence["disposed_on"])
    return len(set(days)) if world.switches["convictions_as_occasions"] else len(days)


def identification_units(world, cohort=None):
    """A2: people at their first adoption, with their convictions before it and their age."""
    label = cohort or period_of
    units = []
    for person in world.people:
        membership = first_membership(person)
        if membership is None:
            continue
        day = membership["start"]
        age = age_on(day, person.born)
        units.append(
            {
                **of_membership(world, person, membership, day),
                "period": label(day),
                "people": 1,
                "convictions": convictions(world, person, None, day),
                "years": age or 0,
                "age_known": 0 if age is None else 1,
            }
        )
    return units


def characteristic_units(world, cohort=None):
    """A2: what people were at their first adoption: male, white, and proved guilty of each group in two years."""
    units = []
    for unit in identification_units(world, cohort):
        person, day = unit["source"], unit["date"]
        recent = set()
        for offence in person.offences:
            if counts(world, offence) and add_months(day, -24) <= offence["disposed_on"] < day:
                recent.add(world.groups.get(offence["cjs_offence_code"]))
        known = {
            "male": (unit["sex"] == "male", unit["sex"] != "not_known"),
            "white": (unit["ethnicity"] in WHITE, unit["ethnicity"] != "not_known"),
        }
        for group in set(world.groups.values()):
            known[group] = (group in recent, True)
        for characteristic, (true, told) in known.items():
            shares = {"numerator": 1 if true else 0, "denominator": 1 if told else 0}
            units.append({**unit, "characteristic": characteristic, **shares})
    return units


def entry_units(world, cohort=None):
    """A4: memberships by their adoption."""
    label = cohort or period_of
    units = []
    for person in world.people:
        for membership in lasting(person):
            day = membership["start"]
            units.append({**of_membership(world, person, membership, day), "period": label(day), "entries": 1})
    return units


def ended(world, person):
    """A person's memberships that are known to have ended."""
    covered = world.covered_to("police/ppo_register")
    return [m for m in lasting(person) if m["end"] is not None and m["end"] <= covered]


def exit_units(world, cohort=None):
    """A4: memberships by their end, with why and after how many whole months."""
    label = cohort or period_of
    units = []
    for person in world.people:
        for membership in ended(world, person):
            day = membership["end"]
            months = 0
            while add_months(membership["start"], months + 1) <= day:
                months += 1
            units.append(
                {
                    **of_membership(world, person, membership, day, strand_nearest(membership, day)),
                    "period": label(day),
                    "exits": 1,
                    "exit_reason": last_span(membership)["exit_reason"] or "not_known",
                    "months": months,
                }
            )
    return units


def reoffended_units(world, cohort=None):
    """A4: people on a scheme in a period, and whether they were proved to have offended on a day of it."""
    label = cohort or period_of
    covered = world.covered_to("police/ppo_register", "police/offences")
    units = []
    for person in world.people:
        by_scheme = {}
        for membership in lasting(person):
            day = membership["start"]
            while day <= covered and (membership["end"] is None or day < membership["end"]):
                period = label(day)
                end = period_dates(period)[1]
                last = min(end, covered + timedelta(days=1), membership["end"] or end)
                reoffended = 0
                for offence in person.offences:
                    if not counts(world, offence) or not day <= offence["committed_on"] < last:
                        continue
                    if offence["disposed_on"] < add_months(end, world.switches["proving_lag_months"]):
                        reoffended = 1
                key = (period, membership["scheme_id"])
                unit = {**of_membership(world, person, membership, day), "period": period, "people": 1}
                unit["adopted"] = membership["start"]
                unit = by_scheme.get(key, unit)
                unit["reoffended"] = max(unit.get("reoffended", 0), reoffended)
                unit["adopted"] = max(unit["adopted"], membership["start"])
                by_scheme[key] = unit
                day = end
        for period in {period for period, _ in by_scheme}:
            rivals = [unit for (when, _), unit in by_scheme.items() if when == period]
            order = [(-u["reoffended"], -u["adopted"].toordinal(), u["scheme"]) for u in rivals]
            for unit, place in zip(rivals, order, strict=True):
                units.append({**unit, "main": place == min(order)})
    return units
