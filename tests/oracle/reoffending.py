"""Who enters a cohort, who is proved to have re-offended, and when first."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.oracle.days import add_months, period_dates, period_of
from tests.oracle.standing import CAUTIONED, attributes_on, counts, principal_group, sentenced_on, window_on

NOT_CUSTODY = {"suspended", "community", "fine", "discharge", "youth_order", "other"}
POSITIVE = {"positive_opiates", "positive_cocaine", "positive_both"}
INDEX_ORDER = ["custody", "court", "caution", "test"]


def index_events(world, person):
    """Every index event as (day, kind, offence group), one for each day, in order of day."""
    found = []
    for spell in person.spells:
        if spell["end"] is None or spell["release_reason"] not in ("sentence_end", "licence", "hdc"):
            continue
        if spell["reason"] == "fine_default":
            continue
        if spell["reason"] == "recall" and not world.switches["recall_release_is_index"]:
            continue
        found.append((spell["end"], "custody"))
    counting = [offence for offence in person.offences if counts(world, offence)]
    for day in sorted({offence["disposed_on"] for offence in counting}):
        that_day = [offence for offence in counting if offence["disposed_on"] == day]
        convicted = [offence.get("disposal") for offence in that_day if offence["outcome"] == "convicted"]
        if "custody" not in convicted and any(disposal in NOT_CUSTODY for disposal in convicted):
            found.append((day, "court"))
        if any(offence["outcome"] in CAUTIONED for offence in that_day):
            found.append((day, "caution"))
    for event in person.dip_events:
        if event["event"] == "test" and event.get("result") in POSITIVE:
            found.append((event["on"], "test"))

    events = []
    for day in sorted({day for day, _ in found}):
        for kind in INDEX_ORDER:
            if (day, kind) in found:
                events.append((day, kind, index_group(world, counting, day, kind)))
                break
    return events


def index_group(world, counting, day, kind) -> str:
    if kind == "test":
        return "not_known"
    if kind == "custody":
        candidates = [
            offence
            for offence in counting
            if offence["outcome"] == "convicted"
            and offence.get("disposal") == "custody"
            and sentenced_on(offence) <= day
        ]
        latest = max((sentenced_on(offence) for offence in candidates), default=None)
        return principal_group(world, [offence for offence in candidates if sentenced_on(offence) == latest])
    that_day = [offence for offence in counting if offence["disposed_on"] == day]
    if kind == "court":
        return principal_group(world, [offence for offence in that_day if offence["outcome"] == "convicted"])
    return principal_group(world, [offence for offence in that_day if offence["outcome"] in CAUTIONED])


def cohort_entries(world, cohort):
    """A person's first index event in each period, with attributes, for people known to the police."""
    label = period_of if cohort is None else cohort
    entries = []
    for person in world.people:
        if person.police is None:
            continue
        seen = set()
        for day, kind, group in index_events(world, person):
            period = label(day)
            if period in seen:
                continue
            seen.add(period)
            start, end = period_dates(period)
            entries.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": period,
                    "index_event": kind,
                    "offence_group": group,
                    **window_on(world, person, day, start, end),
                    **attributes_on(world, person, day),
                }
            )
    return entries


def reoffending_units(world, cohort=None):
    """B1: the entries with offenders, reoffended and reoffences."""
    units = []
    for entry in cohort_entries(world, cohort):
        index = entry["date"]
        reoffences = 0
        for offence in entry["source"].offences:
            if not counts(world, offence):
                continue
            committed_in_time = index < offence["committed_on"] <= add_months(index, 12)
            proved_in_time = offence["disposed_on"] <= add_months(index, 18)
            if committed_in_time and proved_in_time:
                reoffences += 1
        reoffended = 1 if reoffences else 0
        ppo = entry["ppo"] == "yes"
        of_ppos = {"ppo_offenders": 1 if ppo else 0, "ppo_reoffences": reoffences if ppo else 0}
        units.append({**entry, "offenders": 1, "reoffended": reoffended, "reoffences": reoffences, **of_ppos})
    return units


def whole_months(start, end) -> int:
    """The largest k with `start` + k months no later than `end`; 0 when there is none."""
    months = 0
    while add_months(start, months + 1) <= end:
        months += 1
    return months


def event_month(start, day) -> int:
    """The smallest k with a day no later than `start` + k months."""
    month = 0
    while day > add_months(start, month):
        month += 1
    return month


def expected_units(world, cohort=None):
    """F: the entries with the chance of re-offending that the latest score of the year before gave."""
    units = []
    for unit in reoffending_units(world, cohort):
        index = unit["date"]
        scores = []
        for row in unit["source"].assessments:
            score = row.get("ogrs3_one_year")
            if score is not None and add_months(index, -12) < row["assessed_on"] <= index:
                scores.append((row["assessed_on"], score))
        scored = 1 if scores else 0
        expected = Fraction(max(scores)[1], 100) if scores else 0
        observed = unit["reoffended"] if scores else 0
        units.append({**unit, "observed": observed, "expected": expected, "scored": scored})
    return units


def time_to_first_units(world, cohort=None):
    """B5: days to the first re-offence or to the cutoff, and whether there was one."""
    covered = world.covered_to("police/offences", "probation/custody", "dip/events")
    cutoff = add_months(covered, -world.switches["proving_lag_months"])
    units = []
    for entry in cohort_entries(world, cohort):
        index = entry["date"]
        if index >= cutoff:
            continue
        first = None
        for offence in entry["source"].offences:
            if not counts(world, offence):
                continue
            if index < offence["committed_on"] <= cutoff and offence["disposed_on"] <= covered:
                first = min(first or date.max, offence["committed_on"])
        units.append(
            {
                **entry,
                "time_days": ((first or cutoff) - index).days,
                "event": 0 if first is None else 1,
                "event_month": None if first is None else event_month(index, first),
                "watched": whole_months(index, cutoff),
            }
        )
    return units
