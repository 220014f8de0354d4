"""Time to the first re-offence, and PPOs' share of re-offences: `python -m benchmarks.curves --build FOLDER`.

Ours are the road's figures with their intervals, from unit rows; the limit is the scan of `benchmarks.reoffending`.
Beside them: polars and pandas from the same unit rows in memory.
"""

import duckdb
import polars as pl

from benchmarks import months
from benchmarks.opened import Year, connected, frame, year_of
from benchmarks.pairs import Bar, Case, arguments, compare, profiled_work
from benchmarks.reoffending import limit
from queries.figures import figure
from queries.scope import Viewer
from queries.unit_rows import table_name
from queries.warehouse import Warehouse

CURVE = (
    Bar("ours", "limit", most=0.4),
    Bar("ours", "polars in memory"),
    Bar("pandas in memory", "ours"),
)
SHARE = (
    Bar("ours", "limit", most=0.1),
    Bar("ours", "polars in memory"),
    Bar("pandas in memory", "ours"),
)


def curve_in_polars(units: pl.LazyFrame, year: Year) -> pl.DataFrame:
    """Return `months, events so far, at risk` from a frame of unit rows."""
    done, over = months.in_polars("date", "ends_on")
    watched, _ = months.in_polars("date", "watched_to")
    found = (
        units.filter(pl.col("period") == year.label)
        .select((done + over.cast(pl.Int32)).alias("done"), watched.alias("watched"), "event")
        .select(
            ((pl.col("event") == 1) & (pl.col("done") <= pl.col("watched"))).alias("event"),
            pl.when((pl.col("event") == 1) & (pl.col("done") <= pl.col("watched")))
            .then("done")
            .otherwise("watched")
            .alias("months"),
        )
        .group_by("months")
        .agg(pl.len().alias("leaving"), pl.col("event").sum().alias("events"))
        .sort("months")
        .collect()
    )
    every = pl.DataFrame({"months": range(int(found["months"].max()) + 1)}, schema={"months": found.schema["months"]})
    found = every.join(found, on="months", how="left", maintain_order="left").fill_null(0)
    at_risk = found["leaving"].sum() - found["leaving"].cum_sum() + found["leaving"]
    found = found.with_columns(at_risk.alias("at_risk"), pl.col("events").cum_sum().alias("so_far"))
    return found.filter((pl.col("months") > 0) & (pl.col("at_risk") > 0)).select("months", "so_far", "at_risk")


def curve_in_pandas(units, year: Year):
    """Return the same from a pandas frame of unit rows."""
    import pandas as pd

    mine = units[units["period"] == year.label]
    done, over = months.in_pandas(mine["date"], mine["ends_on"])
    watched, _ = months.in_pandas(mine["date"], mine["watched_to"])
    done = done + over.astype(int)
    event = (mine["event"] == 1) & (done <= watched)
    found = pd.DataFrame({"months": done.where(event, watched), "event": event})
    found = found.groupby("months")["event"].agg(["size", "sum"])
    found = found.reindex(range(int(found.index.max()) + 1), fill_value=0)
    at_risk = found["size"].sum() - found["size"].cumsum() + found["size"]
    found = pd.DataFrame({"months": found.index, "so_far": found["sum"].cumsum(), "at_risk": at_risk})
    return found[(found["months"] > 0) & (found["at_risk"] > 0)]


def curves(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, year: Year) -> dict[str, Case]:
    """Return every way to the curve."""
    columns = "period, date, ends_on, watched_to, event"
    units = frame(connection, f"select {columns} from {table_name('time_to_reoffence')} where event is not null")
    frames = units.to_pandas()

    def ours() -> pl.DataFrame:
        found = figure(warehouse, Viewer.analyst(), "time_to_first_reoffence", period=year.label).frame
        return found.select("months", "numerator", "at_risk")

    return {
        "ours": ours,
        "limit": lambda: connection.execute(limit()).fetchall(),
        "polars in memory": lambda: curve_in_polars(units.lazy(), year),
        "pandas in memory": lambda: curve_in_pandas(frames, year),
    }


def shares(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, year: Year) -> dict[str, Case]:
    """Return every way to the share."""
    units = frame(connection, f"select period, ppo, reoffences from {table_name('reoffending')}")
    frames = units.to_pandas()

    def ours() -> pl.DataFrame:
        found = figure(warehouse, Viewer.analyst(), "share_of_reoffences", period=year.label).frame
        return found.select("numerator", "denominator")

    def in_polars() -> pl.DataFrame:
        mine = units.lazy().filter(pl.col("period") == year.label)
        ppos = pl.col("reoffences").filter(pl.col("ppo") == "yes").sum()
        return mine.select(ppos.alias("ppos"), pl.col("reoffences").sum()).collect()

    def in_pandas() -> list[tuple]:
        mine = frames[frames["period"] == year.label]
        return [(mine.loc[mine["ppo"] == "yes", "reoffences"].sum(), mine["reoffences"].sum())]

    return {
        "ours": ours,
        "limit": lambda: connection.execute(limit()).fetchall(),
        "polars in memory": in_polars,
        "pandas in memory": in_pandas,
    }


def main() -> None:
    """Print the lines of bar 10."""
    given = arguments(__doc__).parse_args()
    year, warehouse = year_of(given.build), Warehouse.open_build(given.build)
    with connected(given.build) as connection:
        found = curves(connection, warehouse, year)
        facts = {"where our time goes": profiled_work(warehouse, found["ours"])}
        work = f"time to the first re-offence, {year.label}"
        compare("10", work, found, CURVE, given.rounds, but=["limit"], facts=facts)
        found = shares(connection, warehouse, year)
        facts = {"where our time goes": profiled_work(warehouse, found["ours"])}
        work = f"PPOs' share of re-offences, {year.label}"
        compare("10, share", work, found, SHARE, given.rounds, but=["limit"], facts=facts)


if __name__ == "__main__":
    main()
