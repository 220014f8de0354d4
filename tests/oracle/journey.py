"""The steps of a membership from nomination to exit letter, and what becomes of young people at 18."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from tests.oracle.days import add_months, period_of
from tests.oracle.schemes import is_on, lasting, of_membership, strand_nearest

MILESTONES = {
    "strand_decided": "strand_decided_on",
    "flagged_by_police": "police_flagged_on",
    "flagged_by_probation": "probation_flagged_on",
    "letter": "notified_on",
    "outreach_worker": "outreach_worker_on",
    "exit_letter": "exit_letter_on",
}
WHENEVER = ("nominated_and_decided", "enforcement", "exit_letter")
JOURNEY_FILES = (
    "police/ppo_register",
    "police/nominations",
    "probation/contacts",
    "probation/assessments",
    "probation/supervision",
)


def milestone(membership, column) -> date | None:
    """The earliest date that any span of a membership gives."""
    known = [span["row"].get(column) for span in membership["spans"]]
    return min((day for day in known if day is not None), default=None)


def first_on_or_after(days, start) -> date | None:
    return min((day for day in days if day is not None and day >= start), default=None)


def attended(person, kind=None):
    """Days of appointments that were kept."""
    kept = [row for row in person.contacts if row["outcome"] == "attended"]
    return [row["on"] for row in kept if kind is None or row["kind"] == kind]


def second_absence(person, start, end) -> date | None:
    """The second day in [start, end) with an unacceptable absence."""
    days = {row["on"] for row in person.contacts if row["outcome"] == "unacceptable_absence"}
    inside = sorted(day for day in days if start <= day and (end is None or day < end))
    return inside[1] if len(inside) > 1 else None


def home_visited_on(person, membership, covered) -> date | None:
    """The first home visit that is known: the register's, or one kept on probation's record from adoption on."""
    kept = first_on_or_after(attended(person, "home_visit"), membership["start"])
    told = milestone(membership, "first_home_visit_on")
    return min((day for day in (told, kept) if day is not None and day <= covered), default=None)


def fourth_week_kept_on(person, start) -> date | None:
    """The first appointment kept in the fourth week, when each of the first four whole weeks has one."""
    first = None
    for week in range(4):
        begins = start + timedelta(days=7 * week)
        kept = [day for day in attended(person) if begins <= day < begins + timedelta(days=7)]
        if not kept:
            return None
        first = min(kept)
    return first


def steps(world, person, membership, covered):
    """Every step that applies to a membership as (step, origin, done on)."""
    adopted, ended = membership["start"], membership["end"]
    strands = {span["strand"] for span in membership["spans"]}
    nominations = [row for row in person.nominations if row["scheme_id"] == membership["scheme_id"]]
    nominated = milestone(membership, "nominated_on")
    if nominated is None or nominated > covered:  # somebody who comes back was nominated again since they left
        ends = [m["end"] for m in lasting(person) if m["scheme_id"] == membership["scheme_id"] and m["start"] < adopted]
        since = max(ends, default=date.min)
        days = [row["nominated_on"] for row in nominations if since <= row["nominated_on"] <= adopted]
        nominated = min((day for day in days if day <= covered), default=None)
    found = []
    if nominated is not None:
        decided = [row.get("decided_on") for row in nominations if row.get("decision") == "adopt"]
        decided = [day for day in decided if day is not None and day <= covered]
        found.append(("nominated_and_decided", nominated, first_on_or_after(decided, nominated) or adopted))
    for step, column in MILESTONES.items():
        if step == "exit_letter":
            if ended is not None:
                found.append((step, ended, milestone(membership, column)))
        elif step != "outreach_worker" or "rehabilitate_and_resettle" in strands:
            found.append((step, adopted, milestone(membership, column)))
    found.append(("home_visit", adopted, home_visited_on(person, membership, covered)))
    assessed = [row["assessed_on"] for row in person.assessments]
    planned = [row.get("sentence_plan_on") for row in person.assessments]
    found.append(("oasys", adopted, first_on_or_after(assessed, adopted)))
    found.append(("sentence_plan", adopted, first_on_or_after(planned, adopted)))
    found.append(("weekly_appointments", adopted, fourth_week_kept_on(person, adopted)))
    failure = first_failure(person, membership)
    if failure is not None:
        found.append(("enforcement", *failure))
    return found


def first_failure(person, membership):
    """(day, enforced on) of the first day on a scheme with the second unacceptable absence of one order; else None.

    It is enforced by breach or recall of that order, on the day or later. Of two orders that it is the second of, the
    first of either.
    """
    failures = {}
    for order in person.supervision:
        ends = [membership["end"], order["ended_on"] and order["ended_on"] + timedelta(days=1)]
        end = min((day for day in ends if day is not None), default=None)
        day = second_absence(person, max(membership["start"], order["started_on"]), end)
        if day is not None:
            failures.setdefault(day, []).extend([order.get("breach_initiated_on"), order.get("recalled_on")])
    if not failures:
        return None
    first = min(failures)
    return first, first_on_or_after(failures[first], first)


def recorded_steps(world):
    """The steps of which anybody has any date: of the others nothing can be said."""
    found = {"nominated_and_decided"}
    for person in world.people:
        for row in person.register:
            found |= {step for step, column in MILESTONES.items() if row.get(column) is not None}
            found |= {"home_visit"} if row.get("first_home_visit_on") is not None else set()
        for row in person.contacts:
            if row["outcome"] == "attended":
                found |= {"weekly_appointments"} | ({"home_visit"} if row["kind"] == "home_visit" else set())
        for row in person.assessments:
            found |= {"oasys"} | ({"sentence_plan"} if row.get("sentence_plan_on") is not None else set())
        for row in person.supervision:
            if row.get("breach_initiated_on") is not None or row.get("recalled_on") is not None:
                found |= {"enforcement"}
    return found


def journey_units(world, cohort=None):
    """A5: the steps of memberships, whether each was due and done in time, and after how many days."""
    label = cohort or period_of
    covered = world.covered_to(*JOURNEY_FILES)
    recorded = recorded_steps(world)
    units = []
    for person in world.people:
        for membership in lasting(person):
            for step, origin, done in steps(world, person, membership, covered):
                if step not in recorded or origin > covered:
                    continue
                due = origin + timedelta(days=world.switches[f"journey_{step}_days"])
                is_due = due <= covered and (step in WHENEVER or is_on(membership, due))
                days = None
                if done is not None and done <= covered:
                    days = max((done - origin).days, 0)
                in_time = days is not None and origin + timedelta(days=days) <= due
                strand = strand_nearest(membership, origin)
                units.append(
                    {
                        **of_membership(world, person, membership, origin, strand),
                        "period": label(origin),
                        "step": step,
                        "due": 1 if is_due else 0,
                        "done": 1 if is_due and in_time else 0,
                        "days": days,
                    }
                )
    return units


def home_visit_units(world, cohort=None):
    """E2: memberships still open when the first home visit was due, and whether it was in time."""
    label = cohort or period_of
    covered = world.covered_to("police/ppo_register", "probation/contacts")
    units = []
    for person in world.people:
        mine = []
        for membership in lasting(person):
            due = membership["start"] + timedelta(days=world.switches["journey_home_visit_days"])
            if due > covered or not is_on(membership, due):
                continue
            done = home_visited_on(person, membership, covered)
            about = of_membership(world, person, membership, membership["start"])
            in_time = 1 if done is not None and done <= due else 0
            mine.append({**about, "period": label(membership["start"]), "visited": in_time, "due": 1})
        units += with_one_main(mine)
    return units


def with_one_main(units):
    """A person's membership units, of which one in each period is the main one: adopted last, lowest scheme id."""
    chosen = {}
    for unit in sorted(units, key=lambda u: (-u["date"].toordinal(), u["scheme"])):
        chosen.setdefault(unit["period"], (unit["date"], unit["scheme"]))
    return [{**unit, "main": chosen[unit["period"]] == (unit["date"], unit["scheme"])} for unit in units]


def eighteenth_birthday(born) -> date:
    """Somebody born on 29 February is 18 on 1 March of a year that has no such day."""
    year = born.year + 18
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


def transition_units(world, cohort=None):
    """A6: Prevent and Deter members who turned 18 there: moved to another strand in 28 days, exited, or neither."""
    label = cohort or period_of
    covered = world.covered_to("police/ppo_register")
    units = []
    for person in world.people:
        if person.born is None:
            continue
        birthday = eighteenth_birthday(person.born)
        last = birthday + timedelta(days=28)
        day = add_months(birthday.replace(day=1), 1) - timedelta(days=1)
        mine = []
        for membership in lasting(person):
            deter = [s for s in membership["spans"] if s["strand"] == "prevent_and_deter" and is_on(s, birthday)]
            if not deter or last > covered:
                continue
            same_scheme = [m for m in person.memberships if m["scheme_id"] == membership["scheme_id"]]
            spans = [span for other in same_scheme for span in other["spans"]]
            moves = [s for s in spans if s["strand"] != "prevent_and_deter" and birthday <= s["start"] <= last]
            at_18 = "neither"
            if moves:
                at_18 = "moved"
            elif membership["end"] is not None and birthday <= membership["end"] <= last:
                at_18 = "exited"
            unit = {**of_membership(world, person, membership, day), "period": label(day), "at_18": at_18}
            unit["adopted"] = membership["start"]
            mine.append({**unit, "settled": 0 if at_18 == "neither" else 1, "reached": 1})
        first = min(mine, key=lambda u: (-u["adopted"].toordinal(), u["scheme"]), default=None)
        units += [{**unit, "main": unit is first} for unit in mine]
    return units
