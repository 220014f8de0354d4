"""One-year proven re-offending of everybody in a year, from events: `python -m benchmarks.reoffending --build FOLDER`.

Ours is the unit query that the build runs, as it stands in `queries/`, over one year. Beside it: the limit (DuckDB
only scanning and adding up the columns that the work must read), polars with everything in memory and from Parquet,
SQLite with indexes, and pandas twice: as it is written in an afternoon, and with the dates filtered before the merge.
All start from the same events and give the same rows: offenders, re-offenders and re-offences by index event and age.
All but the first pandas script know an entry as ours does, by the day of the person's index event before it.
"""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.opened import Year, connected, frame, year_of
from benchmarks.pairs import Bar, Case, arguments, compare, profiled
from queries import sql

EVENTS = "person_id, index_on, previous_index_on, index_event, age, follow_up_ends_on, proof_ends_on"
OFFENCES = "person_id, committed_on, disposed_on, counts"

BARS = (
    Bar("ours", "limit", most=3.2),
    Bar("ours", "polars in memory", most=1.0),
    Bar("ours", "polars from Parquet", most=0.8),
    Bar("pandas, merge then filter", "ours", least=25),
    Bar("pandas, dates filtered first", "ours"),
    Bar("SQLite with indexes", "ours", least=8),
)


def ours(year: Year) -> str:
    """Return the unit query of one year, as a build composes it, added up by index event and age."""
    entries = sql.section("queries/cohort_entries.sql", "entries")
    return f"""
        with periods as (select * from main.periods where period = '{year.label}'),
        cohort_entries as ({entries})
        select index_event, age, sum(offenders), sum(reoffended), sum(reoffences)
        from ({sql.body("queries/measures/reoffending.sql")}) as units
        group by all
    """


def limit() -> str:
    """Return the scan: every column that the work must read, of every row, added up."""
    days = "sum({0} - date '1900-01-01')".format
    return f"""
        select sum(person_id), {days("committed_on")}, {days("disposed_on")}, count(*) filter (where counts)
        from offences
        union all
        select sum(person_id), {days("index_on")} + {days("previous_index_on")}, sum(age), count(index_event)
        from index_events
    """


def in_polars(events: pl.LazyFrame, offences: pl.LazyFrame, year: Year) -> pl.LazyFrame:
    """Return the same of two frames. The ranges are written by hand: polars does not find them."""
    entries = (
        events.filter((pl.col("index_on") >= year.starts_on) & (pl.col("index_on") < year.ends_before))
        .filter(pl.col("previous_index_on").is_null() | (pl.col("previous_index_on") < year.starts_on))
        .drop("previous_index_on")
    )
    last = pl.lit(year.ends_before)
    followed = (
        offences.filter(
            pl.col("counts")
            & (pl.col("committed_on") > year.starts_on)
            & (pl.col("committed_on") < last.dt.offset_by("12mo"))
            & (pl.col("disposed_on") < last.dt.offset_by("18mo"))
        )
        .join(entries.select("person_id", "index_on", "follow_up_ends_on", "proof_ends_on"), on="person_id")
        .filter(
            (pl.col("committed_on") > pl.col("index_on"))
            & (pl.col("committed_on") <= pl.col("follow_up_ends_on"))
            & (pl.col("disposed_on") <= pl.col("proof_ends_on"))
        )
        .group_by("person_id")
        .agg(pl.len().cast(pl.Int64).alias("reoffences"))
    )
    return (
        entries.join(followed, on="person_id", how="left")
        .group_by("index_event", "age")
        .agg(
            pl.len().cast(pl.Int64).alias("offenders"),
            pl.col("reoffences").count().cast(pl.Int64).alias("reoffended"),
            pl.col("reoffences").sum().alias("all_reoffences"),
        )
    )


def in_pandas(events, offences, year: Year, dates_first: bool):
    """Return the same of two pandas frames: merged and then filtered, or with the dates of offences filtered before."""
    import pandas as pd

    starts_on, ends_before = pd.Timestamp(year.starts_on), pd.Timestamp(year.ends_before)
    entries = events[(events["index_on"] >= starts_on) & (events["index_on"] < ends_before)]
    if dates_first:
        entries = entries[~(entries["previous_index_on"] >= starts_on)]
    else:
        entries = entries.sort_values("index_on").drop_duplicates("person_id")
    proven = offences[offences["counts"]]
    if dates_first:
        proven = proven[
            (proven["committed_on"] > starts_on)
            & (proven["committed_on"] < ends_before + pd.DateOffset(months=12))
            & (proven["disposed_on"] < ends_before + pd.DateOffset(months=18))
        ]
    both = proven.merge(entries, on="person_id")
    both = both[
        (both["committed_on"] > both["index_on"])
        & (both["committed_on"] <= both["follow_up_ends_on"])
        & (both["disposed_on"] <= both["proof_ends_on"])
    ]
    counted = both.groupby("person_id").size().rename("reoffences")
    entries = entries.merge(counted, left_on="person_id", right_index=True, how="left")
    return (
        entries.groupby(["index_event", "age"], dropna=False)["reoffences"].agg(["size", "count", "sum"]).reset_index()
    )


def into_sqlite(events: pl.DataFrame, offences: pl.DataFrame, path: Path) -> sqlite3.Connection:
    """Write both tables with whole-number days, which SQLite compares fastest, and covering indexes."""
    database = sqlite3.connect(path)
    for name, table in (("index_events", events), ("offences", offences)):
        plain = table.with_columns(pl.col(pl.Date).cast(pl.Int32), pl.col(pl.Boolean).cast(pl.Int8))
        database.execute(f"create table {name} ({', '.join(plain.columns)})")
        marks = ", ".join("?" * plain.width)
        for part in plain.iter_slices(200_000):
            database.executemany(f"insert into {name} values ({marks})", part.iter_rows())
    database.execute("create index by_day on index_events (index_on, person_id)")
    database.execute(f"create index by_person on offences ({OFFENCES})")
    database.execute("analyze")
    database.commit()
    return database


SQLITE = """
    with entries as (
        select person_id, index_on, index_event, age, follow_up_ends_on, proof_ends_on
        from index_events
        where index_on >= ? and index_on < ? and (previous_index_on is null or previous_index_on < ?)
    ),
    followed as (
        select
            index_event,
            age,
            (
                select count(*) from offences
                where offences.person_id = entries.person_id
                and offences.committed_on > entries.index_on and offences.committed_on <= entries.follow_up_ends_on
                and offences.disposed_on <= entries.proof_ends_on and offences.counts
            ) as reoffences
        from entries
    )
    select index_event, age, count(*), sum(reoffences > 0), sum(reoffences) from followed group by index_event, age
"""


def cases(connection: duckdb.DuckDBPyConnection, year: Year, folder: Path) -> dict[str, Case]:
    """Return every way to do the work, with what each needs made ready in the folder."""
    events = frame(connection, f"select {EVENTS} from index_events").with_columns(pl.col("age").cast(pl.Int16))
    offences = frame(connection, f"select {OFFENCES} from offences")
    events.write_parquet(folder / "index_events.parquet")
    offences.write_parquet(folder / "offences.parquet")
    database = into_sqlite(events, offences, folder / "events.sqlite")
    numbers = [(day - type(day)(1970, 1, 1)).days for day in (year.starts_on, year.ends_before, year.starts_on)]
    plain = {"events": events.to_pandas(), "offences": offences.to_pandas()}
    named = {name: table.assign(person_id="P" + table["person_id"].astype(str)) for name, table in plain.items()}
    scan = pl.scan_parquet
    return {
        "ours": lambda: connection.execute(ours(year)).fetchall(),
        "limit": lambda: connection.execute(limit()).fetchall(),
        "polars in memory": lambda: in_polars(events.lazy(), offences.lazy(), year).collect(),
        "polars from Parquet": lambda: in_polars(
            scan(folder / "index_events.parquet"), scan(folder / "offences.parquet"), year
        ).collect(engine="streaming"),
        "pandas, merge then filter": lambda: in_pandas(named["events"], named["offences"], year, dates_first=False),
        "pandas, dates filtered first": lambda: in_pandas(plain["events"], plain["offences"], year, dates_first=True),
        "SQLite with indexes": lambda: database.execute(SQLITE, numbers).fetchall(),
    }


def main() -> None:
    """Print the line of bar 1."""
    given = arguments(__doc__).parse_args()
    year = year_of(given.build)
    with connected(given.build) as connection, TemporaryDirectory() as folder:
        work = f"one-year proven re-offending of everybody in {year.label}, from events"
        facts = {"where our time goes": profiled(connection, ours(year))}
        compare("1", work, cases(connection, year, Path(folder)), BARS, given.rounds, but=["limit"], facts=facts)


if __name__ == "__main__":
    main()
