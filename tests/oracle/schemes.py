"""Memberships: who is on a scheme at a month end, and how their days there are spent."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from tests.oracle.days import month_ends, period_dates, period_of
from tests.oracle.standing import attributes_on, place_on, scheme_labels

AT_SCHEMES = ("police/ppo_register", "probation/custody", "probation/supervision", "dip/events")


def is_on(span, day) -> bool:
    """Whether a span or a membership has begun and not ended."""
    return span["start"] <= day and (span["end"] is None or day < span["end"])


def strand_on(membership, day) -> str:
    strand = "not_known"
    for span in membership["spans"]:
        if is_on(span, day):
            strand = span["strand"]
    return strand


def last_span(membership):
    """The span that ends last; of several the one that starts last."""
    return max(membership["spans"], key=lambda span: (span["end"] or date.max, span["start"], span["strand"]))


def strand_nearest(membership, day) -> str:
    """The strand on a day, or on the first or last day of a membership that it is before or after."""
    last = date.max if membership["end"] is None else membership["end"] - timedelta(days=1)
    return strand_on(membership, min(max(day, membership["start"]), last))


def lasting(person):
    """A person's memberships; one that ended on the day it began is nobody's."""
    return [m for m in person.memberships if m["end"] is None or m["start"] < m["end"]]


def of_membership(world, person, membership, day, strand=None):
    """What a unit of this day that is about one membership is told of it, and of the person."""
    return {
        "person": person.key,
        "source": person,
        "date": day,
        "main": True,
        "ppo": "yes",
        **scheme_labels(world, membership["scheme_id"], strand or strand_on(membership, day)),
        **attributes_on(world, person, day),
    }


def readable_month_ends(world):
    """The month ends from the first adoption to the end of coverage."""
    starts = [membership["start"] for person in world.people for membership in person.memberships]
    return month_ends(min(starts), world.covered_to(*AT_SCHEMES)) if starts else []


def segments(world, person, label=None):
    """A person's days on schemes: by (scheme, period, main), a dict of the days it is counted from and its spans.

    The date is the membership's own first day in the period, wherever in it the scheme came to be the main one.
    """
    label = label or period_of
    points = {world.extract_date + timedelta(days=1)}
    for membership in person.memberships:
        points |= {membership["start"], membership["end"] or world.extract_date + timedelta(days=1)}
    for year in range(min(points).year, world.extract_date.year + 2):
        for month in range(1, 13):
            first = date(year, month, 1)
            if min(points) < first and label(first) != label(first - timedelta(days=1)):
                points.add(first)
    found = {}
    ordered = sorted(points)
    for start, end in pairwise(ordered):
        for position, membership in enumerate(open_memberships(person, start)):
            key = (membership["scheme_id"], label(start), position == 0)
            day = max(membership["start"], period_dates(label(start))[0])
            if key not in found:
                found[key] = {"date": day, "membership": membership, "spans": []}
            found[key]["spans"].append((start, end))
    return found


def open_memberships(person, day):
    """Memberships open on a day, the main one first: latest adoption, then lowest scheme id."""
    found = []
    for membership in person.memberships:
        if membership["start"] <= day and (membership["end"] is None or day < membership["end"]):
            found.append(membership)
    return sorted(found, key=lambda m: (-m["start"].toordinal(), m["scheme_id"]))


def caseload_rows(world, day):
    """People on each scheme at the end of a day: a dict per membership, `main` the one a total counts."""
    rows = []
    for person in world.people:
        for position, membership in enumerate(open_memberships(person, day)):
            rows.append(
                {
                    **of_membership(world, person, membership, day),
                    "as_at": day,
                    "main": position == 0,
                }
            )
    return rows


def also_in_dip_rows(world, day):
    """E1 at a month end: adults on a scheme who are in the Drug Interventions Programme, over adults."""
    rows = []
    for row in caseload_rows(world, day):
        adult = row["age"] is not None and row["age"] >= 18
        both = adult and row["in_dip"] == "yes"
        rows.append({**row, "numerator": 1 if both else 0, "denominator": 1 if adult else 0})
    return rows


def custody_share_rows(world, day):
    """D1 at a month end: in custody, over in custody or the community."""
    rows = []
    for row in caseload_rows(world, day):
        in_place = row["place"]
        rows.append(
            {
                **row,
                "numerator": 1 if in_place == "custody" else 0,
                "denominator": 1 if in_place in ("custody", "community") else 0,
            }
        )
    return rows


def custody_days_units(world, cohort=None, only=None):
    """D1 in person-days: a dict per person, scheme, period and whether that scheme was the main one.

    The attributes are those of the first day of the membership in the period. `only` names one period, to
    save walking through the days of the others.
    """
    label = period_of if cohort is None else cohort
    covered = world.covered_to(*AT_SCHEMES)
    units = {}
    for person in world.people:
        if not person.memberships:
            continue
        day = min(membership["start"] for membership in person.memberships)
        last = covered
        if all(membership["end"] is not None for membership in person.memberships):
            last = min(covered, max(membership["end"] for membership in person.memberships))
        if only is not None:
            first_day, day_after = period_dates(only)
            day, last = max(day, first_day), min(last, day_after - timedelta(days=1))
        while day <= last:
            memberships = open_memberships(person, day)
            if memberships:
                in_place = place_on(person, day)
                for position, membership in enumerate(memberships):
                    key = (person.key, membership["scheme_id"], label(day), position == 0)
                    if key not in units:
                        units[key] = {
                            "person": person.key,
                            "source": person,
                            "date": max(membership["start"], period_dates(label(day))[0]),
                            "period": label(day),
                            "main": position == 0,
                            "numerator": 0,
                            "denominator": 0,
                            "membership": membership,
                        }
                    units[key]["numerator"] += 1 if in_place == "custody" else 0
                    units[key]["denominator"] += 1 if in_place in ("custody", "community") else 0
            day += timedelta(days=1)
    rows = []
    for unit in units.values():
        membership = unit.pop("membership")
        rows.append({**of_membership(world, unit["source"], membership, unit["date"]), **unit})
    return rows
