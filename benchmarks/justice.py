"""Quartiles of the days from arrest to sentence, by quarter and scheme: `python -m benchmarks.justice --build FOLDER`.

Everybody's sentencing occasions, from the unit rows, where the days and the scheme stand, by SQL that is written here:
the product has no such table. The limit is the scan of the columns of the events that the work would have to read.
Beside it: the shipped unit query from events, the road's own figure by scheme and period with its interval, and polars
and pandas from the same unit rows.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.opened import connected, frame
from benchmarks.pairs import Bar, Case, arguments, compare, profiled
from queries.figures import figure
from queries.scope import Viewer
from queries.unit_rows import compose, table_name
from queries.warehouse import Warehouse

BARS = (
    Bar("ours", "limit", most=2.5),
    Bar("ours", "scan of the unit rows"),
    Bar("ours", "polars in memory"),
    Bar("ours", "polars from Parquet"),
    Bar("pandas", "ours"),
    Bar("from events", "limit"),
    Bar("the figure with its interval", "limit"),
)

WORK = (
    "arrest to sentence quartiles by quarter and scheme; ours is SQL of the benchmark over stored unit rows, and the "
    "figure with its interval is the product's road"
)

LIMIT = """
    select
        sum(person_id), sum(arrested_on - date '1900-01-01'), sum(sentenced_on - date '1900-01-01'),
        count(*) filter (where counts), count(outcome)
    from offences
"""
SCAN = "select sum(date - date '1900-01-01'), sum(arrest_to_sentence_days), count(scheme) from {units}"
QUARTILES = """
    select scheme, year(date), quarter(date), quantile_cont(arrest_to_sentence_days, [0.25, 0.5, 0.75]) as quartiles
    from {units} where arrest_to_sentence_days is not null group by all
"""
APART = "select * exclude (quartiles), quartiles[1], quartiles[2], quartiles[3] from ({}) as found"


def in_polars(units: pl.LazyFrame) -> pl.LazyFrame:
    """Return the same of a frame of unit rows."""
    days = pl.col("arrest_to_sentence_days")
    return (
        units.filter(days.is_not_null())
        .group_by("scheme", pl.col("date").dt.year().alias("year"), pl.col("date").dt.quarter().alias("quarter"))
        .agg(days.quantile(q, "linear").alias(f"q{q}") for q in (0.25, 0.5, 0.75))
    )


def in_pandas(units):
    """Return the same of a pandas frame of unit rows."""
    known = units[units["arrest_to_sentence_days"].notna()]
    when = [known["scheme"], known["date"].dt.year.rename("year"), known["date"].dt.quarter.rename("quarter")]
    return known.groupby(when)["arrest_to_sentence_days"].quantile([0.25, 0.5, 0.75]).unstack().reset_index()


def cases(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, folder: Path) -> dict[str, Case]:
    """Return every way to do the work."""
    table = table_name("justice")
    units = frame(connection, f"select date, scheme, arrest_to_sentence_days from {table}")
    units.write_parquet(folder / "units.parquet")
    frames = units.to_pandas()
    return {
        "ours": lambda: connection.execute(APART.format(QUARTILES.format(units=table))).fetchall(),
        "limit": lambda: connection.execute(LIMIT).fetchall(),
        "scan of the unit rows": lambda: connection.execute(SCAN.format(units=table)).fetchall(),
        "polars in memory": lambda: in_polars(units.lazy()).collect(),
        "polars from Parquet": lambda: in_polars(pl.scan_parquet(folder / "units.parquet")).collect(engine="streaming"),
        "pandas": lambda: in_pandas(frames),
        "from events": lambda: connection.execute(
            APART.format(QUARTILES.format(units=f"({compose('justice')}) as units"))
        ).fetchall(),
        "the figure with its interval": lambda: figure(
            warehouse, Viewer.analyst(), "arrest_to_sentence_days", by=("scheme",), period="each"
        ),
    }


def main() -> None:
    """Print the line of bar 7."""
    given = arguments(__doc__).parse_args()
    with connected(given.build) as connection, TemporaryDirectory() as folder:
        found = cases(connection, Warehouse.open_build(given.build), Path(folder))
        but = ("limit", "scan of the unit rows", "the figure with its interval")
        ours = APART.format(QUARTILES.format(units=table_name("justice")))
        facts = {"where our time goes": profiled(connection, ours)}
        compare("7", WORK, found, BARS, given.rounds, but, facts)


if __name__ == "__main__":
    main()
