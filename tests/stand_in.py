"""A warehouse that knows which schemes there are and nothing else, for what users write about them."""

from datetime import date

import duckdb

from queries.warehouse import Build, Warehouse


def warehouse_of(**schemes: str) -> Warehouse:
    """Return a warehouse of schemes, each given as `id=name`."""
    connection = duckdb.connect()
    connection.execute("create table schemes (scheme_id text, name text, area text)")
    for scheme, name in schemes.items():
        connection.execute("insert into schemes values (?, ?, ?)", [scheme, name, "area"])
    day = date(2011, 10, 31)
    return Warehouse(connection, Build("20111031-test", day, day, day, 1, 1, 1, synthetic=True))
