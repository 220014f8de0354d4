"""Proven offences by month before and after adoption, PPOs: `python -m benchmarks.timeline --build FOLDER`.

Ours is the road's figure, with its interval, from the unit rows in which PPOs' events are kept apart. The limit is the
scan of the events. Beside it: the shipped unit query from events, and polars and pandas from the same events. Like for
like are the unit query and polars, both from events; ours has its unit rows already.
"""

import duckdb
import polars as pl

from benchmarks import months
from benchmarks.opened import connected, frame
from benchmarks.pairs import Bar, Case, arguments, compare, profiled_work
from queries import sql, when
from queries.catalogue import measure
from queries.figures import figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

BARS = (
    Bar("ours", "limit", most=0.6),
    Bar("ours", "polars from events"),
    Bar("pandas from events", "ours"),
    Bar("from events", "limit"),
    Bar("from events", "polars from events"),
)
LIMIT = """
    select sum(person_id), sum(disposed_on - date '1900-01-01'), count(*) filter (where counts), count(outcome)
    from offences
"""
EVENTS = "select person_id, disposed_on from offences where counts and outcome = 'convicted'"
WATCHED = "select covered_from, covered_to from coverage where file = 'police/offences'"
STEPS = range(-24, 25)


def in_polars(adoptions: pl.LazyFrame, events: pl.LazyFrame, watched: pl.DataFrame) -> pl.LazyFrame:
    """Return `months, convictions, watched` of everybody, from frames."""
    start, end = watched.row(0)
    steps = pl.LazyFrame({"months": list(STEPS)})
    begins = pl.col("adopted_on").dt.offset_by(pl.format("{}mo", "months"))
    ends = pl.col("adopted_on").dt.offset_by(pl.format("{}mo", pl.col("months") + 1))
    seen = (
        adoptions.join(steps, how="cross")
        .filter((begins >= start) & (ends <= pl.lit(end).dt.offset_by("1d")))
        .filter(pl.col("died_on").is_null() | (ends <= pl.col("died_on")))
        .select("person_id", "months")
    )
    whole, _ = months.in_polars("adopted_on", "disposed_on")
    counted = (
        events.join(adoptions, on="person_id")
        .select("person_id", whole.cast(pl.Int64).alias("months"))
        .group_by("person_id", "months")
        .agg(pl.len().alias("convictions"))
    )
    return (
        seen.join(counted, on=["person_id", "months"], how="left")
        .group_by("months")
        .agg(pl.col("convictions").sum(), pl.len().alias("watched"))
    )


def in_pandas(adoptions, events, watched):
    """Return the same from pandas frames: merged, the month of each worked out, counted."""
    import pandas as pd

    start, end = watched.iloc[0]
    parts = []
    for step in STEPS:
        begins = adoptions["adopted_on"] + pd.DateOffset(months=step)
        ends = adoptions["adopted_on"] + pd.DateOffset(months=step + 1)
        died = adoptions["died_on"]
        seen = (begins >= start) & (ends <= end + pd.DateOffset(days=1)) & (died.isna() | (ends <= died))
        parts.append(adoptions.loc[seen, ["person_id"]].assign(months=step))
    both = events.merge(adoptions, on="person_id")
    whole, _ = months.in_pandas(both["adopted_on"], both["disposed_on"])
    counted = both.assign(months=whole).groupby(["person_id", "months"]).size().rename("convictions").reset_index()
    seen = pd.concat(parts).merge(counted, on=["person_id", "months"], how="left")
    return seen.groupby("months")["convictions"].agg(["sum", "size"]).reset_index()


def cases(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> dict[str, Case]:
    """Return every way to do the work."""
    known = when.periods(warehouse, measure("conviction_timeline")).filter(pl.col("status") == "final")
    final = "', '".join(known["period"])
    adopted = "select person_id, adopted_on, died_on from first_adoptions"
    adoptions = frame(connection, f"{adopted} where adopted_on <= date '{known['ends_on'].max()}'")
    events, watched = frame(connection, EVENTS), frame(connection, WATCHED)
    frames = [table.to_pandas() for table in (adoptions, events, watched)]
    body = sql.body("queries/measures/timeline.sql")
    whole = f"""
        select months, sum(convictions), sum(watched) from ({body}) as units where period in ('{final}') group by months
    """

    def ours() -> pl.DataFrame:
        found = figure(warehouse, Viewer.analyst(), "conviction_timeline", period="all")
        return found.frame.select("months", "numerator", "denominator")

    return {
        "ours": ours,
        "limit": lambda: connection.execute(LIMIT).fetchall(),
        "from events": lambda: connection.execute(whole).fetchall(),
        "polars from events": lambda: in_polars(adoptions.lazy(), events.lazy(), watched).collect(),
        "pandas from events": lambda: in_pandas(*frames),
    }


def main() -> None:
    """Print the line of bar 9."""
    given = arguments(__doc__).parse_args()
    with connected(given.build) as connection:
        warehouse = Warehouse.open_build(given.build)
        found = cases(connection, warehouse)
        facts = {"where our time goes": profiled_work(warehouse, found["ours"])}
        work = "proven offences by month before and after adoption"
        compare("9", work, found, BARS, given.rounds, but=["limit"], facts=facts)


if __name__ == "__main__":
    main()
