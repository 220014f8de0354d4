"""Days as whole numbers since 1 January 1970, and the calendar arithmetic the truth rests on.

Everything is worked out with numpy's own calendar and nothing else, so that no definition here can agree with
another part of the project by sharing its code.
"""

import datetime

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]

NONE = -1_000_000
"""Stands for a date (or number) that is not there."""
OPEN = 1_000_000
"""Stands for an end that has not come."""


def day(year: int, month: int, day_of_month: int) -> int:
    """Return one calendar day as days since 1970."""
    return (datetime.date(year, month, day_of_month) - datetime.date(1970, 1, 1)).days


def iso(days: int) -> str:
    """Return a day as ISO text."""
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=int(days))).isoformat()


def months_of(days: npt.ArrayLike) -> Days:
    """Return whole months since January 1970."""
    return np.asarray(days, dtype="int64").astype("datetime64[D]").astype("datetime64[M]").astype("int64")


def month_start(months: npt.ArrayLike) -> Days:
    """Return the first day of a month counted from January 1970."""
    return np.asarray(months, dtype="int64").astype("datetime64[M]").astype("datetime64[D]").astype("int64")


def day_of_month(days: npt.ArrayLike) -> Days:
    """Return 1 to 31."""
    days = np.asarray(days, dtype="int64")
    return days - month_start(months_of(days)) + 1


def add_months(days: npt.ArrayLike, months: npt.ArrayLike) -> Days:
    """Return the same day of a later month, or that month's last day where it is shorter."""
    days = np.asarray(days, dtype="int64")
    target = months_of(days) + np.asarray(months, dtype="int64")
    first = month_start(target)
    length = month_start(target + 1) - first
    return first + np.minimum(day_of_month(days), length) - 1


def age_on(born: npt.ArrayLike, on: npt.ArrayLike) -> Days:
    """Return whole years of age. Born on 29 February: a year older on 1 March of a common year."""
    born, on = np.asarray(born, dtype="int64"), np.asarray(on, dtype="int64")
    born_month, on_month = months_of(born), months_of(on)
    years = (on_month // 12) - (born_month // 12)
    before = (on_month % 12) * 32 + day_of_month(on) < (born_month % 12) * 32 + day_of_month(born)
    return years - before


def year_from_april(days: npt.ArrayLike) -> Days:
    """Return the year in which the April-to-March period of a day starts."""
    return (months_of(days) - 3) // 12 + 1970


def period_label(year: int) -> str:
    """Return 2009/10 for 2009."""
    return f"{year}/{(year + 1) % 100:02d}"


def period_start(year: int) -> int:
    """Return 1 April."""
    return day(year, 4, 1)


def month_label(month: int) -> str:
    """Return 2009-04 for a month counted from January 1970."""
    return f"{1970 + month // 12}-{month % 12 + 1:02d}"
