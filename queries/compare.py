"""Groups and years against the whole: limits that chance alone would seldom pass. Never a league table."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from queries import sql
from queries.catalogue import measure
from queries.figures import LOW_BASE, Figure, figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

JUDGEMENTS = ("within", "above", "below", "far_above", "far_below", "too_few")
"""Within the 95% limits; outside them; outside the 99.8% limits; or of too few people to say."""


class NotComparable(ValueError):
    """A measure that is not a proportion of people, for which these limits would not hold."""


@dataclass(frozen=True)
class Compared:
    """Groups beside the whole, as far as the viewer may see them.

    `frame` has `label, numerator, denominator, value, centre, lower_95, upper_95, lower_998, upper_998, judged`;
    `curve` has the limits by `denominator`; `withheld` names the groups whose counts are not shown; `ran` is the SQL
    that gave the frame, with what it bound written out.
    """

    figure: Figure
    dimension: str
    centre: float | None
    frame: pl.DataFrame
    curve: pl.DataFrame
    withheld: tuple[str, ...]
    ran: str = ""


def funnel(
    warehouse: Warehouse,
    viewer: Viewer,
    name: str,
    where: Mapping[str, str] | None = None,
    period: str | None = None,
) -> Compared:
    """Return every scheme beside the limits for its size around the rate of all schemes together.

    Raises NotComparable for a measure that is not a proportion, and what `figure` raises.
    """
    _check(name)
    found = figure(warehouse, viewer, name, by=("scheme",), where=where, period=period)
    whole = figure(warehouse, viewer, name, where=where, period=found.period)
    row = whole.frame.row(0, named=True) if whole.frame.height else {}
    centre = row["numerator"] / row["denominator"] if row.get("denominator") and row["numerator"] is not None else None
    return _compared(warehouse, found, "scheme", centre)


def control(warehouse: Warehouse, viewer: Viewer, name: str, where: Mapping[str, str] | None = None) -> Compared:
    """Return every final period beside the limits for its size around all of them pooled.

    Raises NotComparable for a measure that is not a proportion, and what `figure` raises.
    """
    _check(name)
    found = figure(warehouse, viewer, name, where=where, period="each")
    shown = _shown(found)
    # Added up, never the mean of the periods' own rates.
    numerator, total = sum(shown["numerator"].to_list()), sum(shown["denominator"].to_list())
    return _compared(warehouse, found, "period", numerator / total if total else None)


def _check(name: str) -> None:
    about = measure(name)
    if about.kind != "proportion":
        raise NotComparable(f"Limits are for proportions of people, got: {name}, which is a {about.kind}")


def _shown(found: Figure) -> pl.DataFrame:
    frame = found.frame.filter(
        pl.col("numerator").is_not_null()
        & (pl.col("denominator") > 0)
        & pl.col("status").is_in(["ok", "low_base", "provisional"])
    )
    # Schemes are compared in one period, and all are as far on in it; periods are not.
    return frame.filter(~pl.col("period").is_in(list(found.unfinished))) if "period" in found.by else frame


def _compared(warehouse: Warehouse, found: Figure, dimension: str, centre: float | None) -> Compared:
    shown = _shown(found).filter(~pl.col(dimension).is_in(["none", "not_known"]))
    withheld = tuple(found.frame.filter(pl.col("status") == "confidential")[dimension].to_list())
    if centre is None or not shown.height:
        return Compared(found, dimension, None, pl.DataFrame(), pl.DataFrame(), withheld)
    sizes = shown["denominator"].to_list()
    limits = sql.section("queries/compare.sql", "limits")
    bound = {
        "labels": shown[dimension].to_list(),
        "numerators": shown["numerator"].to_list(),
        "denominators": sizes,
        "centre": centre,
        "fewest": LOW_BASE,
    }
    frame = warehouse.query(limits, bound)
    curve = warehouse.query(
        sql.section("queries/compare.sql", "curve"),
        {"centre": centre, "smallest": min(sizes), "largest": max(sizes)},
    )
    return Compared(found, dimension, centre, frame, curve, withheld, sql.with_literals(limits, bound))
