"""How far figures could move if the doubtful links of the Drug Interventions Programme were made.

A doubtful pair is not linked, so what is shown is the figure with none of them. Beside it stands the figure with all:
the measure's own query, and the one road of aggregation, run again on tables in which each such client is the person
they most likely are. The truth is between, or near it.
"""

import duckdb
import polars as pl

from queries import sql
from queries.catalogue import Measure, measures
from queries.figures import figure
from queries.scope import Viewer
from queries.unit_rows import Cohort, compose, reads, steps, table_name, unit_files
from queries.warehouse import Build, Warehouse

STATEMENTS = "etl/doubt.sql"
TABLES = ("dip_events", "dip_episodes", "index_events", "cohort_entries")
KINDS = ("proportion", "ratio", "share", "days")
KEY = ("measure", "time", "scheme")
FIGURES = ("numerator", "denominator", "value")
IF_LINKED = tuple(f"{name}_if_linked" for name in FIGURES)
SCHEMA = dict.fromkeys(KEY, pl.String) | dict.fromkeys((*FIGURES, *IF_LINKED), pl.Float64)
"""The shape of what is kept: `scheme` is `all` for the total, `time` a period or a month."""


def affected() -> list[Measure]:
    """Return the measures that would change: those that read the programme's tables, and that count who is in it.

    Those that say nothing without a breakdown of their own, such as the steps of a pathway, are left out.
    """
    return [
        measure
        for measure in measures().values()
        if measure.kind in KINDS
        and measure.always_by is None
        and (_reads_programme(measure.units) or (measure.numerator_where or ("",))[0] == "in_dip")
    ]


def _reads_programme(units: str) -> bool:
    body = sql.body(f"queries/measures/{units}.sql")
    return any(reads(body, table) for table in TABLES)


class _Linked(Warehouse):
    """The warehouse with the tables of the other schema in front of its own."""

    def query(self, text: str, parameters: dict | None = None) -> pl.DataFrame:
        """Return the rows of one query."""
        wanted = {name: value for name, value in (parameters or {}).items() if f"${name}" in text}
        with self._connection.cursor() as cursor:
            _in_front(cursor)
            return cursor.sql(text, params=wanted).pl() if wanted else cursor.sql(text).pl()


def _in_front(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute("set search_path = 'linked,main'")


def doubtful_figures(connection: duckdb.DuckDBPyConnection, build: Build) -> pl.DataFrame:
    """Return each affected figure twice, as it is and with every doubtful pair linked; nothing where there is none."""
    connection.execute(sql.section(STATEMENTS, "tables"))
    try:
        if not connection.table("linked.doubtful_links").limit(1).fetchall():
            return pl.DataFrame(schema=SCHEMA)
        asked = affected()
        with connection.cursor() as cursor:
            _in_front(cursor)
            entries = steps()["cohort_entries"]
            cursor.sql(entries, params=Cohort.named(None).parameters if "$" in entries else None).create(
                "linked.cohort_entries"
            )
            for name in unit_files():
                if name in {measure.units for measure in asked}:
                    _units(cursor, name)
        now, then = (_figures(warehouse(connection, build), asked) for warehouse in (Warehouse, _Linked))
    finally:
        connection.execute(sql.section(STATEMENTS, "away"))
    both = now.join(then, on=KEY, how="full", coalesce=True, suffix="_if_linked")
    return both.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()).sort(KEY)


def _units(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make the unit rows of one query: of the people who would change afresh, of everybody else as they are."""
    cursor.sql(compose(name)).create_view("fresh_units", replace=True)
    cursor.table(f"main.{table_name(name)}").create_view("same_units", replace=True)
    cursor.sql(sql.section(STATEMENTS, "moved")).create(f"linked.{table_name(name)}")


def _figures(warehouse: Warehouse, asked: list[Measure]) -> pl.DataFrame:
    """Return the affected figures: by period, or by month end where they are taken at one, for all and each scheme."""
    frames = []
    for measure in asked:
        time = "month" if measure.at_month_end else "period"
        for scheme in ([], ["scheme"]):
            if set(scheme) & set(measure.not_applicable):
                continue
            found = figure(warehouse, Viewer.analyst(), measure.id, by=(time, *scheme)).frame
            frames.append(
                found.select(
                    pl.lit(measure.id).alias("measure"),
                    pl.col(time).alias("time"),
                    (pl.col("scheme") if scheme else pl.lit("all")).alias("scheme"),
                    *(pl.col(name).cast(pl.Float64) for name in FIGURES),
                )
            )
    return pl.concat(frames)
