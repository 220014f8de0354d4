"""Days, months, ages and periods, by the calendar alone."""

from __future__ import annotations

import calendar
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last day of that month when it is too short."""
    year = day.year + (day.month - 1 + months) // 12
    month = (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age_on(day: date, born: date | None) -> int | None:
    """Whole years; someone born on 29 February is a year older on 1 March of a common year."""
    if born is None:
        return None
    birthday_reached = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year if birthday_reached else day.year - born.year - 1


def period_of(day: date) -> str:
    """The year from April to March that a day falls in: 2009/10."""
    start = day.year if day.month >= 4 else day.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def period_dates(label: str) -> tuple[date, date]:
    """First day, and the day after the last, of 2009/10 (April to March) or of 2009 (January to December)."""
    year = int(label[:4])
    if "/" in label:
        return date(year, 4, 1), date(year + 1, 4, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def month_ends(first: date, last: date) -> list[date]:
    """Every month end from one day to another, both included."""
    ends = []
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            end = date(year, month, calendar.monthrange(year, month)[1])
            if first <= end <= last:
                ends.append(end)
    return ends
