"""One build, opened as the dashboard opens it, and what comparisons ask of it first."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from queries import when
from queries.catalogue import measure
from queries.warehouse import AS_SERVED, WAREHOUSE, Warehouse


@dataclass(frozen=True)
class Year:
    """A period of twelve months: its label, its first day and the day after its last."""

    label: str
    starts_on: date
    ends_before: date


def connected(build: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to a build's warehouse, opened as it is served."""
    return duckdb.connect(str((build / WAREHOUSE).resolve()), read_only=True, config=AS_SERVED)


def year_of(build: Path, name: str = "reoffending_rate") -> Year:
    """Return the latest final period of a measure, which is what its page shows first."""
    known = when.periods(Warehouse.open_build(build), measure(name)).filter(pl.col("status") == "final")
    last = known.row(-1, named=True)
    with connected(build) as connection:
        found = connection.execute("select * from periods where period = $1", [last["period"]]).fetchall()
    return Year(*found[0])


def frame(connection: duckdb.DuckDBPyConnection, text: str) -> pl.DataFrame:
    """Return the rows of one query."""
    return connection.sql(text).pl()
