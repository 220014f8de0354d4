"""Sentencing occasions, cases from arrest on, and where people drop out between arrest and resettlement."""

from __future__ import annotations

from datetime import timedelta

from tests.oracle.days import add_months, period_of
from tests.oracle.reoffending import event_month, whole_months
from tests.oracle.schemes import of_membership, open_memberships
from tests.oracle.standing import (
    CAUTIONED,
    alleged,
    attributes_on,
    counts,
    court_type,
    on_that_day,
    principal_group,
    sentenced_on,
    window_on,
)

STAGES = {
    "offence_to_sentence_days": ("committed", "sentenced"),
    "offence_to_arrest_days": ("committed", "arrested"),
    "arrest_to_sentence_days": ("arrested", "sentenced"),
    "arrest_to_charge_days": ("arrested", "charged"),
    "charge_to_first_hearing_days": ("charged", "first_hearing"),
    "first_hearing_to_sentence_days": ("first_hearing", "sentenced"),
}


def occasion_units(world, cohort=None):
    """C1: sentencing occasions with the days between their stages."""
    label = period_of if cohort is None else cohort
    units = []
    for person in world.people:
        if person.police is None:
            continue
        convicted = [o for o in person.offences if counts(world, o) and o["outcome"] == "convicted"]
        for day in sorted({sentenced_on(offence) for offence in convicted}):
            offences = [offence for offence in convicted if sentenced_on(offence) == day]
            dates = {"sentenced": day}
            for stage in ("committed", "arrested", "charged", "first_hearing"):
                known = [o[f"{stage}_on"] for o in offences if o.get(f"{stage}_on") is not None]
                dates[stage] = min(known) if known else None
            days = {}
            for measure, (first, last) in STAGES.items():
                start, end = dates[first], dates[last]
                days[measure] = None
                if start is not None and end is not None and start <= end <= add_months(start, 120):
                    days[measure] = (end - start).days
            arrested = dates["arrested"]
            if arrested is None:
                standing = dict.fromkeys(("scheme", "area", "force", "strand", "ppo"), "not_known")
            else:
                standing = window_on(world, person, arrested, arrested, arrested + timedelta(days=1))
            units.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": label(day),
                    "court_type": court_type(offences),
                    "offence_group": principal_group(world, offences),
                    "adoption": adoption(world, person, arrested),
                    **days,
                    **attributes_on(world, person, day),
                    **standing,
                }
            )
    return units


def adoption(world, person, arrested) -> str:
    """Whether an arrest was before or after the first day on a scheme as a PPO."""
    starts = []
    for row in person.register:
        if row["exited_on"] is not None and row["exited_on"] <= row["adopted_on"]:
            continue
        if row["strand"] != "prevent_and_deter" or world.switches["prevent_and_deter_is_ppo"]:
            starts.append(row["adopted_on"])
    if arrested is None:
        return "not_known"
    if not starts:
        return "never"
    return "before" if arrested < min(starts) else "after"


def cases(person):
    """A person's alleged offences by the day of arrest for them."""
    found = {}
    for offence in person.offences:
        if alleged(offence) and offence.get("arrested_on") is not None:
            found.setdefault(offence["arrested_on"], []).append(offence)
    return found


def outcome_of(offences) -> str:
    """How a case went: by the best proved of its offences, and open before acquitted."""
    outcomes = {offence["outcome"] for offence in offences}
    for label, members in (
        ("convicted", {"convicted"}),
        ("cautioned", CAUTIONED),
        ("taken_into_consideration", {"tic"}),
        ("open", {"pending"}),
        ("acquitted", {"acquitted"}),
    ):
        if outcomes & members:
            return label
    return "discontinued"


def case_units(world, cohort=None):
    """C1: cases by the day of arrest: how each went, and whether and after how long it was over."""
    label = cohort or period_of
    covered = world.covered_to("police/offences")
    units = []
    for person in world.people:
        for day, offences in sorted(cases(person).items()):
            event = time_days = age = month = None
            ends = [sentenced_on(offence) for offence in offences]
            ended = all(offence.get("disposed_on") is not None for offence in offences)
            if day < covered:
                event = 1 if ended and max(ends) <= covered else 0
                time_days = ((max(ends) if event else covered) - day).days
                age = None if event else time_days
                month = event_month(day, max(ends)) if event else None
            units.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": label(day),
                    "outcome": outcome_of(offences),
                    "offence_group": principal_group(world, offences),
                    "court_type": court_type(offences),
                    "event": event,
                    "time_days": time_days,
                    "event_month": month,
                    "watched": whole_months(day, covered),
                    "age_days": age,
                    "cases": 1,
                    **on_that_day(world, person, day),
                }
            )
    return units


PUNISHED = {"custody", "suspended", "community", "fine", "youth_order"}


def pathway_units(world, cohort=None):
    """C1: people arrested while on a scheme, from their first such arrest in a period to resettlement."""
    label = cohort or period_of
    units = []
    for person in world.people:
        seen = set()
        for day, offences in sorted(cases(person).items()):
            memberships = open_memberships(person, day)
            period = label(day)
            if not memberships or period in seen:
                continue
            seen.add(period)
            until = add_months(day, 12)
            convicted = [o for o in offences if counts(world, o) and o["outcome"] == "convicted"]
            treated = [row["on"] for row in person.dip_events if row["event"] == "treatment_start"]
            assessed = [row for row in person.assessments if day <= row["assessed_on"] < until]
            latest = max((row["assessed_on"] for row in assessed), default=None)
            homes = {row.get("accommodation") for row in assessed if row["assessed_on"] == latest}
            reached = {
                "arrested": True,
                "charged": any(offence.get("charged_on") is not None for offence in offences),
                "convicted": bool(convicted),
                "sentenced": any(offence.get("disposal") in PUNISHED for offence in convicted),
                "into_treatment": any(day <= other < until for other in treated),
                "resettled": "no_need" in homes and "need" not in homes,
            }
            about = {**of_membership(world, person, memberships[0], day), "period": period, "people": 1}
            for stage, here in reached.items():
                units.append({**about, "stage": stage, "reached": 1 if here else 0})
    return units
