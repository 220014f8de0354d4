"""Whole calendar months between two days, for polars and for pandas: what both need to count as the SQL does.

Month k of a day ends on the same day of the k-th month on, or on that month's last where it is shorter.
"""

from typing import Any

import polars as pl


def in_polars(start: str, end: str | pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return how many whole months lie between two columns of days, and whether some days are over."""
    first, last = pl.col(start), pl.col(end) if isinstance(end, str) else end
    between = (last.dt.year().cast(pl.Int32) - first.dt.year()) * 12 + last.dt.month().cast(pl.Int32) - first.dt.month()
    day = pl.min_horizontal(first.dt.day(), last.dt.month_end().dt.day())
    whole = between - (last.dt.day() < day).cast(pl.Int32)
    return whole, last.dt.day() != day


def in_pandas(start: Any, end: Any) -> tuple[Any, Any]:
    """Return the same of two pandas series of days."""
    between = (end.dt.year - start.dt.year) * 12 + end.dt.month - start.dt.month
    day = start.dt.day.where(start.dt.day < end.dt.days_in_month, end.dt.days_in_month)
    return between - (end.dt.day < day).astype(int), end.dt.day != day
