"""People in custody and in the community at 60 month ends, by scheme: `python -m benchmarks.month_ends --build FOLDER`.

Two ways of ours: from the unit rows that a figure reads, and the shipped unit query from the spans. Beside them: the
limit (the spans scanned and added up), every day of every stay written out and counted, as is usually done, and polars
and pandas from the same spans.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.opened import connected, frame
from benchmarks.pairs import Bar, Case, arguments, compare, profiled
from queries import sql
from queries.unit_rows import table_name

MONTHS = 60
BARS = (
    Bar("unit rows", "limit", most=15),
    Bar("day expansion", "unit rows", least=5),
    Bar("spans", "limit", most=15),
    Bar("day expansion", "spans", least=5),
    Bar("spans", "polars from the spans"),
    Bar("pandas from the spans", "spans"),
)

SUMS = """
    select {scheme}, date, sum(in_custody), sum(placed) from ({units}) as units
    where date in (select month_end from month_ends order by month_end desc limit {months}) group by all
"""
LIMIT = """
    select sum(person_id), sum(starts_on - date '1900-01-01'), sum(ends_before - date '1900-01-01'), count(scheme_id)
    from membership_segments
    union all
    select sum(person_id), sum(starts_on - date '1900-01-01'), sum(ends_before - date '1900-01-01'), count(place)
    from place_spans
"""
# Stays are written down before their days are: duckdb 2.0.0 otherwise stops with an internal error at a nation's size.
DAYS = """
    with shown as (select month_end from month_ends order by month_end desc limit {months}),
    stays as materialized (
        select
            members.scheme_id,
            places.place,
            greatest(members.starts_on, places.starts_on) as starts_on,
            least(members.ends_before, places.ends_before, (select max(month_end) + 1 from shown)) as ends_before
        from membership_segments as members
        inner join place_spans as places
            on members.person_id = places.person_id
            and places.starts_on < members.ends_before and members.starts_on < places.ends_before
    ),
    days as (
        select
            scheme_id,
            place,
            cast(unnest(generate_series(starts_on, ends_before - 1, interval 1 day)) as date) as day
        from stays where starts_on < ends_before
    )
    select
        scheme_id,
        day,
        count(*) filter (where place = 'custody'),
        count(*) filter (where place in ('custody', 'community'))
    from days where day in (select month_end from shown) group by all
"""


def in_polars(segments: pl.LazyFrame, places: pl.LazyFrame, shown: pl.LazyFrame) -> pl.LazyFrame:
    """Return the same from frames of the spans: each membership at each month end, then where the person was."""
    open_then = (pl.col("starts_on") <= pl.col("month_end")) & (pl.col("month_end") < pl.col("ends_before"))
    members = segments.join(shown, how="cross").filter(open_then).select("person_id", "scheme_id", "month_end")
    placed = (
        members.sort("month_end")
        .join_asof(
            places.sort("starts_on"), left_on="month_end", right_on="starts_on", by="person_id", check_sortedness=False
        )
        .with_columns(pl.when(pl.col("month_end") < pl.col("ends_before")).then("place").alias("place"))
    )
    return placed.group_by("scheme_id", "month_end").agg(
        (pl.col("place") == "custody").sum().alias("in_custody"),
        pl.col("place").is_in(["custody", "community"]).sum().alias("placed"),
    )


def in_pandas(segments, places, shown):
    """Return the same from pandas frames of the spans."""
    import pandas as pd

    members = segments.merge(shown, how="cross")
    members = members[(members["starts_on"] <= members["month_end"]) & (members["month_end"] < members["ends_before"])]
    both = pd.merge_asof(
        members[["person_id", "scheme_id", "month_end"]].sort_values("month_end"),
        places.sort_values("starts_on"),
        left_on="month_end",
        right_on="starts_on",
        by="person_id",
    )
    place = both["place"].where(both["month_end"] < both["ends_before"])
    both = both.assign(in_custody=place == "custody", placed=place.isin(["custody", "community"]))
    return both.groupby(["scheme_id", "month_end"])[["in_custody", "placed"]].sum().reset_index()


def cases(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Case]:
    """Return every way to do the work. Days further off than pandas knows are brought nearer, for everybody alike."""
    near = "greatest(starts_on, date '1900-01-01') as starts_on, least(ends_before, date '2200-01-01') as ends_before"
    segments = frame(connection, f"select person_id, scheme_id, {near} from membership_segments")
    places = frame(connection, f"select person_id, place, {near} from place_spans")
    shown = frame(connection, f"select month_end from month_ends order by month_end desc limit {MONTHS}")
    frames = [table.to_pandas() for table in (segments, places, shown)]
    units = f"select * from {table_name('custody_share')}"
    body = sql.body("queries/measures/custody_share.sql")
    return {
        "unit rows": lambda: connection.execute(SUMS.format(scheme="scheme", units=units, months=MONTHS)).fetchall(),
        "spans": lambda: connection.execute(SUMS.format(scheme="own_scheme", units=body, months=MONTHS)).fetchall(),
        "limit": lambda: connection.execute(LIMIT).fetchall(),
        "day expansion": lambda: connection.execute(DAYS.format(months=MONTHS)).fetchall(),
        "polars from the spans": lambda: in_polars(segments.lazy(), places.lazy(), shown.lazy()).collect(),
        "pandas from the spans": lambda: in_pandas(*frames),
    }


def main() -> None:
    """Print the line of bar 8."""
    given = arguments(__doc__).parse_args()
    with connected(given.build) as connection, TemporaryDirectory() as folder:
        found = cases(connection, Path(folder))
        body = sql.body("queries/measures/custody_share.sql")
        spans = SUMS.format(scheme="own_scheme", units=body, months=MONTHS)
        facts = {"where the time of the spans goes": profiled(connection, spans)}
        work = (
            f"custody and community at {MONTHS} month ends by scheme; both of ours are sums of the benchmark, "
            "over stored unit rows and over the shipped query of the spans"
        )
        compare("8", work, found, BARS, given.rounds, but=["limit"], facts=facts)


if __name__ == "__main__":
    main()
