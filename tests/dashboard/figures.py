"""Figures made by hand, to try the frame on: no warehouse behind them."""

from datetime import date
from typing import Any

import polars as pl

from queries.catalogue import measure
from queries.figures import Figure, columns_of
from queries.warehouse import Build

BUILD = Build("20110502-abc", date(2011, 5, 2), date(2011, 3, 31), date(2011, 3, 31), 11, 1000, 992, True)


def figure(name: str, rows: list[dict[str, Any]], **more: Any) -> Figure:
    """Return a figure with the rows given; what a row leaves out is null, and its status is ok."""
    about = measure(name)
    by = tuple(more.pop("by", ()))
    columns = columns_of(about, by)
    frame = pl.DataFrame(
        [{column: row.get(column, "ok" if column == "status" else None) for column in columns} for row in rows],
        schema_overrides={c: pl.Float64 for c in ("value", "lower", "upper") if c in columns},
        infer_schema_length=None,
    )
    stated = {"where": {}, "period": None, "periods": ("2009/10",), "as_at": None, "status": "final", "notes": ()}
    return Figure(measure=about, frame=frame, by=by, build=BUILD, **(stated | more))


def rate(reoffended: int, offenders: int, **more: Any) -> dict[str, Any]:
    """Return one row of the re-offending rate with its Wilson interval, worked out here."""
    lower, upper = wilson(reoffended, offenders)
    return {
        "numerator": reoffended,
        "denominator": offenders,
        "value": reoffended / offenders,
        "lower": lower,
        "upper": upper,
        "n": offenders,
    } | more


def wilson(events: int, people: int) -> tuple[float, float]:
    """Return Wilson's 95% interval for a proportion, as his 1927 paper writes it."""
    z = 1.959963984540054
    middle = (events + z * z / 2) / (people + z * z)
    half = z * (events * (people - events) / people + z * z / 4) ** 0.5 / (people + z * z)
    return middle - half, middle + half
