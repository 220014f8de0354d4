"""The published tables of a build: the closed list, and the way to look one up.

A board viewer can reach nothing else.
"""

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from queries import sql
from queries.catalogue import Measure
from queries.scope import NotPermitted
from queries.unit_rows import Cohort
from queries.warehouse import Warehouse
from queries.when import When, when_of

ALL_SCHEMES = "all"
QUARTER_ENDS = (3, 6, 9, 12)


@lru_cache(maxsize=8)
def _listed(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "queries/release.toml").read_text(encoding="utf-8"))


def listed() -> dict[str, dict[str, Any]]:
    """Return the closed list: for each measure its published breakdowns."""
    return {name: entry for name, entry in _listed(sql.ROOT).items() if isinstance(entry, dict)}


def adds_up() -> list[dict[str, Any]]:
    """Return what two published tables both say: each a `whole`, its `parts`, and whether there are `others`."""
    return _listed(sql.ROOT).get("adds_up", [])


def look_up(
    warehouse: Warehouse,
    asked: Measure,
    by: tuple[str, ...],
    where: dict[str, str],
    period: str | None,
    as_at: date | None,
    cohort: Cohort,
) -> tuple[pl.DataFrame, When]:
    """Return the rows of one published table and their time. Raises NotPermitted when it is not on the closed list."""
    entry = listed().get(asked.id)
    population = "ppo" if where.get("ppo") == "yes" else "everyone"
    time = "month" if asked.at_month_end else "period"
    rest = [name for name in by if name not in (time, "scheme")]
    if entry is not None and entry.get("pooled") and period is None and time not in by:
        period = "all"
    allowed = (
        entry is not None
        and cohort.is_default
        and len(rest) <= 1
        and set(where) <= {"scheme", "ppo"}
        and where.get("ppo") in (None, "yes")
        and (period == "all") == entry.get("pooled", False)
        and (not rest or rest[0] in (*entry["breakdowns"], asked.always_by))
        and not (time == "month" and period is not None)
    )
    if not allowed:
        raise NotPermitted("This is not one of the published tables.")
    when = when_of(warehouse, asked, by, period, as_at, cohort)
    scheme = where.get("scheme", ALL_SCHEMES)
    conditions = ["measure = $measure", "population = $population", "breakdown = $breakdown"]
    parameters: dict[str, Any] = {
        "measure": asked.id,
        "population": population,
        "breakdown": rest[0] if rest else "",
        "scheme": scheme,
    }
    conditions.append("scheme = $scheme" if "scheme" not in by else f"scheme <> '{ALL_SCHEMES}'")
    if when.as_at is not None:
        conditions.append("time = $time")
        parameters["time"] = when.as_at.isoformat()[:7]
    elif not when.each_month:
        conditions.append("list_contains($times, time)")
        parameters["times"] = ["all"] if period == "all" else list(when.labels)
    frame = warehouse.query(f"select * from release where {' and '.join(conditions)}", parameters)
    if not frame.height:
        raise NotPermitted("This is not one of the published tables.")
    if period != "all":
        frame = frame.with_columns(pl.col("time").alias(time))
    # What a measure divides by is a whole number, unless it is a sum of parts, such as months at liberty.
    whole = [c for c in ("numerator", "denominator") if (frame[c] == frame[c].floor()).all()]
    frame = frame.with_columns(pl.col(whole).cast(pl.Int64))
    if rest:
        frame = frame.with_columns(pl.col("label").alias(rest[0]))
    return frame, when
