"""Identifiers and values as SQL: the macros of identifiers.sql and values.sql, made known to a connection."""

from pathlib import Path

import duckdb

HERE = Path(__file__).parent


def teach(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `as_pnc`, `as_cro`, `as_asn`, `as_date` and the rest known for this session."""
    for name in ("identifiers.sql", "values.sql"):
        connection.execute((HERE / name).read_text(encoding="utf-8"))
