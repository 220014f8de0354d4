"""Before and after the first adoption, a fixed cohort year on year, and how few commit how much."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.days import add_months, period_dates, period_of
from tests.oracle.schemes import is_on, of_membership, segments
from tests.oracle.standing import alleged, attributes_on, counts, window_on
from tests.oracle.throughput import convictions, first_membership

ONE_DAY = timedelta(days=1)


def in_ppo_strand(world, membership) -> bool:
    """Whether any span with a length is of a strand whose members are PPOs."""
    for span in membership["spans"]:
        if span["end"] is not None and span["end"] <= span["start"]:
            continue
        if span["strand"] != "prevent_and_deter" or world.switches["prevent_and_deter_is_ppo"]:
            return True
    return False


def first_adoptions(world):
    """People with a first membership as a PPO that began while the register was kept: (person, membership)."""
    found = []
    since = world.covered_from("police/ppo_register")
    for person in world.people:
        membership = first_membership(person)
        if membership is None or not in_ppo_strand(world, membership):
            continue
        if since is not None and membership["start"] >= since:
            found.append((person, membership))
    return found


def within(world, file, start, last_day, end) -> bool:
    """Whether all of [start, end) is in a file's coverage and no later than a last day."""
    since = world.covered_from(file)
    return since is not None and since <= start and end <= last_day + ONE_DAY


def days_at_liberty(person, start, end) -> int:
    """The days of [start, end) outside the person's spells, of which no two overlap."""
    number = (end - start).days
    for spell in person.spells:
        first, last = max(start, spell["start"]), min(end, spell["end"] or end)
        number -= max((last - first).days, 0)
    return number


def offences_committed(world, person, start, end):
    """Counting offences committed in [start, end) and proved by the end of coverage."""
    covered = world.covered_to("police/offences")
    found = []
    for offence in person.offences:
        if counts(world, offence) and start <= offence["committed_on"] < end and offence["disposed_on"] <= covered:
            found.append(offence)
    return found


def arrest_days(person, start, end) -> int:
    """Days with an arrest for an alleged offence in [start, end)."""
    days = {o["arrested_on"] for o in person.offences if alleged(o) and o.get("arrested_on") is not None}
    return len([day for day in days if start <= day < end])


def before_after_units(world, cohort=None):
    """B3: for each measure, what was before and after; None where a window could not be watched throughout."""
    label = cohort or period_of
    covered = world.covered_to("police/offences")
    watched = add_months(covered, -world.switches["proving_lag_months"])
    width = world.switches["level_half_width"]
    units = []
    for person, membership in first_adoptions(world):
        origin = membership["start"]

        def month(number, origin=origin):
            return add_months(origin, number)

        def seen(start, end, last_day, person=person):
            alive = person.died_on is None or person.died_on >= end
            return alive and within(world, "police/offences", start, last_day, end)

        unit = {**of_membership(world, person, membership, origin), "period": label(origin)}
        for name in CHANGES:
            unit[name] = None
        if seen(month(-17), month(17), covered):
            before = convictions(world, person, month(-17), origin)
            unit["convictions_before_after"] = (before, convictions(world, person, origin, month(17)), 1, 1)
        if seen(month(-width), month(15 + width + 1), covered):
            before = convictions(world, person, month(-width), month(width + 1))
            after = convictions(world, person, month(15 - width), month(15 + width + 1))
            unit["conviction_level_change"] = (before, after, 1, 1)
        if seen(month(-24), month(24), covered):
            before = arrest_days(person, month(-24), origin)
            unit["arrests_before_after"] = (before, arrest_days(person, origin, month(24)), 1, 1)
        if seen(month(-12), month(12), watched):
            before = offences_committed(world, person, month(-12), origin)
            after = offences_committed(world, person, origin, month(12))
            unit["offences_before_after"] = (len(before), len(after), 1, 1)
            gain = [len([o for o in found if o["cjs_offence_code"] in world.acquisitive]) for found in (before, after)]
            unit["acquisitive_before_after"] = (*gain, 1, 1)
            sentences = [sum(o.get("sentence_days") or 0 for o in found) for found in (before, after)]
            unit["seriousness_before_after"] = (*sentences, 1, 1)
            at_large = [days_at_liberty(person, month(-12), origin), days_at_liberty(person, origin, month(12))]
            custody_known = within(
                world, "probation/custody", month(-12), world.covered_to("probation/custody"), month(12)
            )
            if custody_known and min(at_large) >= 30:
                unit["offences_before_after_at_liberty"] = (len(before), len(after), *at_large)
        units.append(unit)
    return units


CHANGES = (
    "convictions_before_after",
    "conviction_level_change",
    "offences_before_after",
    "offences_before_after_at_liberty",
    "arrests_before_after",
    "acquisitive_before_after",
    "seriousness_before_after",
)


def timeline_units(world, cohort=None):
    """B3: convictions in each of the 24 months either side of the adoption that could be watched throughout."""
    label = cohort or period_of
    covered = world.covered_to("police/offences")
    custody_covered = world.covered_to("probation/custody")
    units = []
    for person, membership in first_adoptions(world):
        origin = membership["start"]
        about = {**of_membership(world, person, membership, origin), "period": label(origin)}
        for number in range(-24, 25):
            start, end = add_months(origin, number), add_months(origin, number + 1)
            if not within(world, "police/offences", start, covered, end):
                continue
            if person.died_on is not None and person.died_on < end:
                continue
            unit = {**about, "months": number, "at_risk": 1, "events": convictions(world, person, start, end)}
            unit["at_liberty"] = unit["events_at_liberty"] = None
            if within(world, "probation/custody", start, custody_covered, end):
                share = Fraction(days_at_liberty(person, start, end), (end - start).days)
                if share > 0:
                    unit["at_liberty"], unit["events_at_liberty"] = share, unit["events"]
            units.append(unit)
    return units


def fixed_cohort_units(world, cohort=None):
    """B4: who was on a scheme as a PPO two months before a year, and what was proved of two years of theirs."""
    label = cohort or period_of
    since, kept_since = world.covered_from("police/offences"), world.covered_from("police/ppo_register")
    units = []
    if since is None or kept_since is None:
        return units
    starts = set()
    for year in range(since.year, world.extract_date.year + 1):
        for month in range(1, 13):
            starts.add(period_dates(label(date(year, month, 1)))[0])
    for start in sorted(starts):
        on_list, baseline = add_months(start, -2), add_months(start, -18)
        if start > world.extract_date or baseline < since or on_list < kept_since:
            continue
        for person in world.people:
            found = []
            for membership in person.memberships:
                for span in membership["spans"]:
                    ppo = span["strand"] != "prevent_and_deter" or world.switches["prevent_and_deter_is_ppo"]
                    if ppo and is_on(span, on_list):
                        found.append((-membership["start"].toordinal(), membership["scheme_id"], membership))
            if not found:
                continue
            membership = min(found, key=lambda item: item[:2])[2]
            unit = {**of_membership(world, person, membership, on_list), "period": label(start), "people": 1}
            for name, first in (("before", baseline), ("after", start)):
                proved_before = add_months(first, 12 + world.switches["proving_lag_months"])
                number = 0
                for offence in person.offences:
                    if not counts(world, offence) or offence["disposed_on"] >= proved_before:
                        continue
                    number += 1 if first <= offence["committed_on"] < add_months(first, 12) else 0
                unit[name] = number
            unit["reoffended"] = 1 if unit["after"] else 0
            unit["change"] = (unit["before"], unit["after"], 1, 1)
            units.append(unit)
    return units


def concentration_units(world, cohort=None):
    """B2: people with a proven offence committed in a period, and with how many."""
    label = cohort or period_of
    units = []
    for person in world.people:
        if person.police is None:
            continue
        days = {}
        for offence in person.offences:
            if not counts(world, offence):
                continue
            period = label(offence["committed_on"])
            end = period_dates(period)[1]
            if offence["disposed_on"] < add_months(end, world.switches["proving_lag_months"]):
                days.setdefault(period, []).append(offence["committed_on"])
        for period, committed in days.items():
            day, (start, end) = min(committed), period_dates(period)
            about = {**window_on(world, person, day, start, end), **attributes_on(world, person, day)}
            who = {"person": person.key, "source": person, "date": day, "period": period}
            units.append({**who, **about, "weight": len(committed)})
    return units


def cross_border_units(world, cohort=None):
    """B: offences that people committed while on a scheme, and those of them dealt with by another force."""
    units = []
    for person in world.people:
        if not person.memberships:
            continue
        for (scheme, period, main), segment in segments(world, person, cohort).items():
            home = world.schemes[scheme].get("force_code")
            if home is None:
                continue
            end = period_dates(period)[1]
            elsewhere = committed = 0
            for offence in person.offences:
                if not counts(world, offence) or offence.get("force_code") is None:
                    continue
                if offence["disposed_on"] >= add_months(end, world.switches["proving_lag_months"]):
                    continue
                if any(first <= offence["committed_on"] < last for first, last in segment["spans"]):
                    committed += 1
                    elsewhere += 1 if offence["force_code"] != home else 0
            if committed:
                about = of_membership(world, person, segment["membership"], segment["date"])
                counted = {"elsewhere": elsewhere, "committed": committed}
                units.append({**about, "period": period, "main": main, **counted})
    return units
