"""Intervals, order statistics and curves."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)


def wilson(numerator, denominator):
    """Wilson's 95% interval for a proportion in which each person appears once."""
    share = numerator / denominator
    centre = (share + Z * Z / (2 * denominator)) / (1 + Z * Z / denominator)
    spread = share * (1 - share) / denominator + Z * Z / (4 * denominator * denominator)
    half = Z / (1 + Z * Z / denominator) * math.sqrt(spread)
    return centre - half, centre + half


def delta(pairs):
    """The delta method's 95% interval for a ratio of sums of each person's (numerator, denominator).

    In whole numbers or fractions, so that people who are all alike have a spread of exactly nothing, and then no
    interval.
    """
    top = sum(numerator for numerator, _ in pairs)
    bottom = sum(denominator for _, denominator in pairs)
    number = len(pairs)
    if number < 2:
        return None, None
    # Each person's distance from the common ratio, times the sum of the denominators.
    squares = sum((numerator * bottom - top * denominator) ** 2 for numerator, denominator in pairs)
    if squares == 0:
        return None, None
    ratio = float(top / bottom)
    error = math.sqrt(number / (number - 1) * squares) / float(bottom) ** 2
    return ratio - Z * error, ratio + Z * error


def quantile(values, share):
    """Linear interpolation between order statistics, as `quantile_cont` and numpy's default have it."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median_rank(number) -> int:
    """The largest r whose r-th lowest and r-th highest of so many values hold the median 95 times in 100.

    Exact by the binomial up to a thousand values, by its normal approximation beyond; 0 when there is none.
    """
    if number > 1000:
        return math.floor((number - Z * math.sqrt(number)) / 2)
    rank = 0
    below = Fraction(0)
    for successes in range(number):
        below += Fraction(math.comb(number, successes), 2**number)
        if below > Fraction(25, 1000):
            break
        rank = successes + 1
    return rank


def median_interval(values):
    """Order-statistic 95% interval for a median; none under six values."""
    ordered = sorted(values)
    rank = median_rank(len(ordered))
    if rank == 0:
        return None, None
    return ordered[rank - 1], ordered[len(ordered) - rank]


def kaplan_meier(rows):
    """The curve of people re-offended by each whole month: dicts of months, at_risk, events and survival.

    A row's event in a month that was not wholly watched counts as lost to view before that month. What happened on
    the first day itself happened in month 0, and is in the curve from month 1 on.
    """
    curve = []
    survival = 1.0
    variance = 0.0
    events = 0
    month = 0
    while True:
        at_risk = 0
        happened = 0
        for row in rows:
            event_month = row["event_month"]
            if event_month is not None and event_month > row["watched"]:
                event_month = None
            if event_month is None:
                at_risk += 1 if row["watched"] >= month else 0
            else:
                at_risk += 1 if event_month >= month else 0
                happened += 1 if event_month == month else 0
        if at_risk == 0:
            return curve
        survival *= 1 - happened / at_risk
        if happened < at_risk:
            variance += happened / (at_risk * (at_risk - happened))
        events += happened
        point = {"months": month, "at_risk": at_risk, "events": events}
        if month > 0:
            curve.append({**point, "survival": survival, "greenwood": variance})
        month += 1


def change_interval(people):
    """The delta method's 95% interval over people for a change between two rates, not under -1.

    Each person is (before, after, exposure before, exposure after). None without anything after, or with one person.
    """
    before, after, time_before, time_after = (sum(mine[place] for mine in people) for place in range(4))
    number = len(people)
    if after == 0 or number < 2:
        return None, None
    value = Fraction(after, time_after) / Fraction(before, time_before) - 1
    squares = Fraction(0)
    for mine_before, mine_after, mine_time_before, mine_time_after in people:
        z = Fraction(mine_after, after) - Fraction(mine_time_after, time_after)
        z -= Fraction(mine_before, before) - Fraction(mine_time_before, time_before)
        squares += z * z
    error = float(1 + value) * math.sqrt(Fraction(number, number - 1) * squares)
    return max(float(value) - Z * error, -1.0), float(value) + Z * error


def concentrated(weights, top_share):
    """(weight of the whole units in the top share, its share of all, lower, upper) by a Lorenz curve.

    The curve is straight between units; the interval is by the influence of each on the share of the top.
    """
    ordered = sorted(weights, reverse=True)
    number, total = len(ordered), sum(ordered)
    place = top_share * number
    whole = math.floor(place)
    counted = sum(ordered[:whole])
    rest = (place - whole) * ordered[whole] if whole < number else 0
    value = (counted + rest) / Fraction(total)
    if top_share == 1 or number < 2:
        return counted, float(value), None, None
    level = ordered[min(whole, number - 1)]
    squares = Fraction(0)
    for weight in ordered:
        squares += (max(weight - level, 0) + level * top_share - value * weight) ** 2
    error = math.sqrt(Fraction(number, number - 1) * squares) / total
    return counted, float(value), max(float(value) - Z * error, 0.0), min(float(value) + Z * error, 1.0)
