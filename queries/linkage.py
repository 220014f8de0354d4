"""How well records were linked, and how far figures could move if doubtful links went the other way."""

from datetime import date

import polars as pl

from queries import sql
from queries.warehouse import Warehouse

STATEMENTS = "queries/linkage.sql"


def rules(warehouse: Warehouse) -> pl.DataFrame:
    """Return, by file and rule, records linked and the share of those links thought right (null: not judged)."""
    return warehouse.query(sql.section(STATEMENTS, "rules"))


def agencies(warehouse: Warehouse) -> pl.DataFrame:
    """Return, by file, records linked and not, and estimated precision and recall (null: too few to judge by)."""
    return warehouse.query(sql.section(STATEMENTS, "agencies"))


def doubtful(warehouse: Warehouse) -> pl.DataFrame:
    """Return how many pairs may be one person and are not linked, by file and by how likely that is."""
    return warehouse.query(sql.section(STATEMENTS, "doubtful"))


def moves(warehouse: Warehouse) -> pl.DataFrame:
    """Return each figure that reads the Drug Interventions Programme, as it is and with every doubtful pair linked."""
    return warehouse.query(sql.section(STATEMENTS, "moves"))


def also_in_dip_if_linked(warehouse: Warehouse, month_end: date, scheme: str | None) -> tuple[int, int] | None:
    """Return adults also in the programme at a month end: as it is, and with every doubtful pair linked.

    None where no pair is doubtful. `scheme` None is all of them.
    """
    found = warehouse.query(
        sql.section(STATEMENTS, "profile"), {"month": f"{month_end:%Y-%m}", "scheme": scheme or "all"}
    )
    if found.is_empty():
        return None
    now, then = found.row(0)
    return int(now or 0), int(then or 0)
