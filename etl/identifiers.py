"""Identifiers and values as SQL: the macros of identifiers.sql and values.sql, made known to a connection."""

import duckdb

from queries import sql


def teach(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `as_pnc`, `as_cro`, `as_asn`, `as_date` and the rest known for this session."""
    for name in ("etl/identifiers.sql", "etl/values.sql"):
        connection.execute(sql.read_sql(name))
