"""Units added up: filtered, broken down, with intervals and a status."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.days import add_months, period_dates
from tests.oracle.intervals import (
    Z,
    change_interval,
    concentrated,
    delta,
    kaplan_meier,
    median_interval,
    quantile,
    wilson,
)
from tests.oracle.measures import LABELS, MEASURES, month_end_rows, units

LOW_BASE = 30
TOP_SHARES = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.3", "0.4", "0.5", "1.0")


def maturity(world, measure, period) -> str:
    """final, provisional or immature: whether everything that could belong to a period has been seen."""
    asked = MEASURES[measure]
    covered = world.covered_to(*asked.reads)
    last = period_dates(period)[1] - timedelta(days=1)
    if covered >= add_months(last, asked.matures):
        return "final"
    immature = asked.immature is not None and covered < add_months(last, asked.immature)
    return "immature" if immature else "provisional"


def is_there(world, measure, period) -> bool:
    """Whether the files that a measure reads are said to have been kept since before the period's first day.

    Of people on schemes there is nothing to keep before the first of them was taken on.
    """
    reads = MEASURES[measure].reads
    since = max((world.stated_from[file] for file in reads if file in world.stated_from), default=date.min)
    first = period_dates(period)[0]
    if "police/ppo_register" in reads:
        starts = [membership["start"] for person in world.people for membership in person.memberships]
        first = max(first, min(starts, default=first))
    return first >= since


def matching(rows, where):
    return [row for row in rows if all(row[dimension] == label for dimension, label in where.items())]


def grouped(rows, by):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[dimension] for dimension in by), []).append(row)
    return groups


def figure(world, measure, by=(), where=None, period=None, as_at=None, cohort=None):
    """The aggregated rows of a measure as dicts, in no order.

    `period` is a label, "all" (final ones pooled) or "each"; `as_at` is a month end, or several to be pooled.
    """
    by, where = tuple(by), dict(where or {})
    asked = MEASURES[measure]
    # The shares of one whole are worked out together, and the one asked for picked afterwards.
    picked = where.pop(asked.always_by, None) if asked.kind == "distribution" else None
    if asked.kind == "table":
        return scheme_profile(world, as_at, where)
    if asked.month_end:
        days = as_at if isinstance(as_at, list) else [as_at]
        rows = [row for day in days for row in month_end_rows(world, measure, day)]
    else:
        rows = units(world, measure, cohort, period if period not in ("all", "each") else None)
    if asked.always_by and asked.always_by not in by and asked.always_by not in where:
        by = (asked.always_by, *by)
    if "scheme" not in by and "scheme" not in where:
        rows = [row for row in rows if row.get("main", True)]
    if period == "all":
        known = {label for label in {row["period"] for row in rows} if is_there(world, measure, label)}
        rows = [row for row in rows if row["period"] in known and maturity(world, measure, row["period"]) == "final"]
    elif period == "each":
        by = ("period", *(dimension for dimension in by if dimension != "period"))
        known = {label for label in {row["period"] for row in rows} if is_there(world, measure, label)}
        rows = [row for row in rows if row["period"] in known]
    elif period is not None:
        if not is_there(world, measure, period):
            return []
        rows = [row for row in rows if row["period"] == period]
    rows = matching(rows, where)
    groups = shares_of_groups(rows, by, asked.always_by) if asked.kind == "distribution" else grouped(rows, by)
    if not by and not groups:
        groups = {(): []}
    if len(by) == 1 and by[0] in LABELS:
        for label in asked.labels or LABELS[by[0]]:
            groups.setdefault((label,), [])
    result = []
    for labels, members in groups.items():
        ripe = "final"
        if not asked.month_end:
            states = {maturity(world, measure, label) for label in {row["period"] for row in members}}
            if not members and period not in (None, "all", "each"):
                states = {maturity(world, measure, period)}
            for state in ("provisional", "immature"):
                if state in states:
                    ripe = state
        for row in aggregate(asked, members, ripe):
            if by and row["n"] == 0:
                if len(by) > 1 or by[0] not in LABELS:
                    continue
                row = nothing(asked, row)
            if row["status"] == "immature":  # not even counts: half a year has half the offences
                row.update({"numerator": None, "denominator": None})
            result.append({**dict(zip(by, labels, strict=True)), **row})
    return [row for row in result if picked is None or row[asked.always_by] == picked]


def shares_of_groups(rows, by, own):
    """For each label of the own breakdown and group of the others: every unit, 1 over 1 for those of the label."""
    others = [dimension for dimension in by if dimension != own]
    found = {}
    for _, members in grouped(rows, others).items():
        for label in {row[own] for row in members} if others else LABELS[own]:
            one = {**members[0], own: label}
            name = tuple(one[dimension] for dimension in by)
            found[name] = [{**row, "numerator": 1 if row[own] == label else 0} for row in members]
    return found


def nothing(asked, row):
    """The row of a label of which there are no units: no data, where it is not that nobody was counted."""
    if asked.kind in ("count", "distribution", "stock"):
        return row
    return {**dict.fromkeys(row), "n": 0, "status": "immature"}


def aggregate(asked, rows, ripe):
    """Dicts of numerator, denominator, value, lower, upper, n, status and more; a curve has several."""
    kind = asked.kind
    if kind == "survival":
        return aggregate_survival(rows, ripe)
    if kind == "timeline":
        return aggregate_timeline(rows, ripe)
    if kind == "concentration":
        return aggregate_concentration(rows, ripe)
    if kind == "days":
        return [aggregate_days(rows, ripe)]
    if kind == "change":
        return [aggregate_change(rows, ripe)]
    if kind in ("stock", "count"):
        return [aggregate_count(kind, rows, ripe)]
    row = aggregate_ratio(kind, rows, ripe)
    if asked.needs_share and row["status"] in ("ok", "provisional"):
        least = asked.needs_share[2]
        if sum(unit["part"] for unit in rows) < least * sum(unit["whole"] for unit in rows):
            row.update({"value": None, "lower": None, "upper": None, "status": "low_base"})
    return [row]


def status_of(number, ripe) -> str:
    """Of a rate: too soon, too few, not final, or as it will stay."""
    if ripe == "immature":
        return "immature"
    if number < LOW_BASE:
        return "low_base"
    return "provisional" if ripe == "provisional" else "ok"


def aggregate_count(kind, rows, ripe):
    number = len({row["person"] for row in rows})
    counted = number if kind == "stock" else sum(row["numerator"] for row in rows)
    status = "ok" if ripe == "final" else ripe
    return {
        "numerator": counted,
        "denominator": None,
        "value": None if status == "immature" else counted,
        "lower": None,
        "upper": None,
        "n": number,
        "status": status,
    }


def interval(kind, numerator, denominator, pairs):
    """Wilson where each person appears once, else the delta method over people, kept inside what is possible.

    None or all, of people who appear several times, has no spread to go by: Wilson on the people.
    """
    value = numerator / denominator
    if kind in ("proportion", "distribution"):
        if all(under == 1 for _, under in pairs):
            return wilson(numerator, denominator)
        if numerator in (0, denominator):
            return wilson(value * len(pairs), len(pairs))
    lower, upper = delta(pairs)
    if lower is not None:
        lower = max(lower, 0)
        upper = upper if kind in ("ratio", "timeline") else min(upper, 1)
    return lower, upper


def aggregate_ratio(kind, rows, ripe):
    numerator = sum(row["numerator"] for row in rows)
    denominator = sum(row["denominator"] for row in rows)
    per_person = {}
    for row in rows:
        if row["denominator"] > 0 or row["numerator"] > 0:
            over, under = per_person.get(row["person"], (0, 0))
            per_person[row["person"]] = (over + row["numerator"], under + row["denominator"])
    number = len(per_person)
    result = {
        "numerator": numerator,
        "denominator": denominator,
        "value": None,
        "lower": None,
        "upper": None,
        "n": number,
    }
    if number == 0:
        return {**result, "status": "low_base"}
    status = status_of(number, ripe)
    if status in ("immature", "low_base"):
        return {**result, "status": status}
    lower, upper = interval(kind, numerator, denominator, list(per_person.values()))
    return {
        **result,
        "denominator": float(denominator) if isinstance(denominator, Fraction) else denominator,
        "value": float(numerator / denominator),
        "lower": lower,
        "upper": upper,
        "status": status,
    }


def aggregate_days(rows, ripe):
    values = [row["days"] for row in rows if row["days"] is not None]
    number = len({row["person"] for row in rows if row["days"] is not None})
    result = {"numerator": sum(values), "denominator": len(values), "n": number}
    if not values:
        unknown = dict.fromkeys(("value", "lower", "upper", "mean", "median", "q1", "q3", "p90"))
        return {**result, **unknown, "status": "low_base"}
    lower, upper = median_interval(values)
    return {
        **result,
        "value": quantile(values, 0.5),
        "lower": lower,
        "upper": upper,
        "mean": sum(values) / len(values),
        "median": quantile(values, 0.5),
        "q1": quantile(values, 0.25),
        "q3": quantile(values, 0.75),
        "p90": quantile(values, 0.9),
        "status": status_of(number, ripe),
    }


def aggregate_survival(rows, ripe):
    rows = [row for row in rows if row["event"] is not None]
    number = len({row["person"] for row in rows})
    status = status_of(number, ripe)
    result = []
    for point in kaplan_meier(rows):
        survival = point["survival"]
        lower = upper = None
        if 0 < survival < 1:  # Greenwood's, on the log-log scale, so that it stays inside 0 and 1
            power = Z * math.sqrt(point["greenwood"]) / math.log(survival)
            lower, upper = 1 - survival ** math.exp(power), 1 - survival ** math.exp(-power)
        if number < LOW_BASE:  # a share of so few is not shown; how many had by then is
            lower = upper = None
        result.append(
            {
                "months": point["months"],
                "at_risk": point["at_risk"],
                "numerator": point["events"],
                "denominator": len(rows),
                "value": None if number < LOW_BASE else 1 - survival,
                "lower": lower,
                "upper": upper,
                "n": number,
                "status": status,
            }
        )
    return result


def aggregate_timeline(rows, ripe):
    rows = [row for row in rows if row["denominator"] is not None]
    result = []
    for (month,), members in grouped(rows, ("months",)).items():
        row = aggregate_ratio("timeline", members, ripe)
        row["denominator"] = float(row["denominator"])
        result.append({"months": month, **row, "at_risk": row["n"]})
    return result


def aggregate_change(rows, ripe):
    """Percentage change from before to after, of those about whom both are known."""
    rows = [row for row in rows if row["before"] is not None]
    people = {}
    for row in rows:
        mine = people.setdefault(row["person"], [0, 0, 0, 0])
        for place, name in enumerate(("before", "after", "exposure_before", "exposure_after")):
            mine[place] += row[name]
    before, after, exposure_before, exposure_after = (
        sum(mine[place] for mine in people.values()) for place in range(4)
    )
    result = {"numerator": after, "denominator": before, "value": None, "lower": None, "upper": None}
    result["n"] = len(people)
    status = status_of(len(people), ripe)
    if status == "immature":
        return {**result, "status": status}
    if before == 0 or status == "low_base":
        return {**result, "status": "low_base"}
    value = Fraction(after, exposure_after) / Fraction(before, exposure_before) - 1
    lower, upper = change_interval(list(people.values()))
    return {**result, "value": float(value), "lower": lower, "upper": upper, "status": status}


def aggregate_concentration(rows, ripe):
    weights = [row["numerator"] for row in rows]
    number = len({row["person"] for row in rows})
    status = status_of(number, ripe)
    result = []
    for text in TOP_SHARES if weights else ():
        share = Fraction(text)
        counted, value, lower, upper = concentrated(weights, share)
        row = {"top_share": float(share), "numerator": counted, "denominator": sum(weights), "n": number}
        if status in ("immature", "low_base"):
            value = lower = upper = None
        result.append({**row, "value": value, "lower": lower, "upper": upper, "status": status})
    return result


PROFILE_ROWS = {
    "total": lambda row: True,
    "male": lambda row: row["sex"] == "male",
    "female": lambda row: row["sex"] == "female",
    "sex_not_known": lambda row: row["sex"] == "not_known",
    "non_statutory": lambda row: row["statutory"] == "no",
    "statutory": lambda row: row["statutory"] == "yes",
    "statutory_not_known": lambda row: row["statutory"] == "not_known",
    "also_in_dip": lambda row: row["in_dip"] == "yes",
    "in_community": lambda row: row["place"] == "community",
    "in_custody": lambda row: row["place"] == "custody",
    "elsewhere": lambda row: row["place"] == "elsewhere",
    "place_not_known": lambda row: row["place"] == "not_known",
}
PROFILE_COLUMNS = {
    "young_people": lambda row: row["age"] is not None and row["age"] < 18,
    "adults": lambda row: row["age"] is not None and row["age"] >= 18,
    "all": lambda row: True,
}


def scheme_profile(world, day, where):
    """The self-assessment tool's table at a month end: a dict per row and column."""
    rows = month_end_rows(world, "caseload", day)
    if "scheme" not in where:
        rows = [row for row in rows if row["main"]]
    rows = matching(rows, where)
    result = []
    for name, belongs in PROFILE_ROWS.items():
        for column, fits in PROFILE_COLUMNS.items():
            number = len([row for row in rows if belongs(row) and fits(row)])
            cell = {"row": name, "column": column, "numerator": number, "denominator": None, "value": number}
            cell["n"] = number
            cell["status"] = "ok"
            if name == "also_in_dip" and column == "young_people":
                cell.update({"numerator": None, "value": None, "status": "not_applicable"})
            result.append(cell)
    for name in ("average_age", "median_age"):
        for column, fits in PROFILE_COLUMNS.items():
            ages = [row["age"] for row in rows if fits(row) and row["age"] is not None]
            cell = {"row": name, "column": column, "numerator": None, "denominator": None, "value": None}
            cell["n"] = len(ages)
            cell["status"] = "ok" if ages else "low_base"
            if ages and name == "average_age":
                cell.update({"numerator": sum(ages), "denominator": len(ages), "value": sum(ages) / len(ages)})
            elif ages:
                cell["value"] = quantile(ages, 0.5)
            result.append(cell)
    return result
