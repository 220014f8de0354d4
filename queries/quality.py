"""What a build says of itself: files, rules broken, contradictions, checks, targets, national figures and choices.

Never a value from a row.
"""

import polars as pl

from queries.warehouse import Warehouse


def files(warehouse: Warehouse) -> pl.DataFrame:
    """Return one row per file: rows read, accepted, quarantined and repeated, fields nulled and repaired, coverage."""
    return warehouse.query("select * from files order by file")


def rules(warehouse: Warehouse) -> pl.DataFrame:
    """Return how many rows broke each rule, by file, column and severity (`row` or `field`)."""
    return warehouse.query("select * from rules_broken order by file, severity desc, rows desc, rule, column_name")


def conflicts(warehouse: Warehouse) -> pl.DataFrame:
    """Return how many records carry an identifier that the rest of the record contradicts."""
    return warehouse.query("select * from link_conflicts order by file, identifier")


def checks(warehouse: Warehouse) -> pl.DataFrame:
    """Return every check with the rows it found and whether such rows would have stopped publication."""
    return warehouse.query('select "check", title, severity, rows from checks order by severity, "check"')


def targets(warehouse: Warehouse, measure: str, period: str, scheme: str | None) -> pl.DataFrame:
    """Return the target of a measure in a period, `value` and `set_by`: of one scheme, or of all together (None)."""
    return warehouse.query(
        "select value, set_by from targets where measure = $measure and period = $period"
        " and scheme_id is not distinct from $scheme",
        {"measure": measure, "period": period, "scheme": scheme},
    )


def national(warehouse: Warehouse, measure: str) -> pl.DataFrame:
    """Return the published national figures of one measure: period, value, unit and source."""
    return warehouse.query(
        "select period, value, unit, source from national where measure = $measure order by period",
        {"measure": measure},
    )


def switches(warehouse: Warehouse) -> dict[str, str]:
    """Return the choices that a build was made with, by name, as text."""
    (row,) = warehouse.query("select * from switches").rows(named=True)
    return {name: str(value) for name, value in row.items()}
