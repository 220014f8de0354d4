"""Which records are one person: identifiers first, then name and birth with something to bear them out, then weights.

Everything is a table of the staging database; what names anybody never leaves it but sealed.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl

from etl.link.comparisons import common_columns
from etl.link.model import Model, evidence, model, weights
from etl.link.overrides import Decided, Override, Tie, decide
from queries import sql

PEOPLE, NAMES = "etl/link/people.sql", "etl/link/names.sql"
TRIALS = 4000
"""How many records that an identifier ties are looked for again without it, in each file, to measure by."""
ROUNDS, LEAST = 50, 0.01
"""How often the share of records that are of somebody here is worked out again, and how near 0 or 1 it may come."""
BY_WEIGHT = "weight of the evidence"


def link(
    staging: duckdb.DuckDBPyConnection, extract_year: int, overrides: Sequence[Override] = (), *, by_name: bool = True
) -> None:
    """Make `person_records`, one row per record with the person it is of (`anchor`) and what made the link.

    Beside it: `link_conflicts`, `grey` (pairs that may be one person and are not linked) and `trials` (records whose
    identifier was hidden, with what would have been made of them). `overrides` win over everything; raises
    OverridesWrong when they contradict each other. Without `by_name`, by identifiers alone.
    """
    known_decisions(staging, extract_year, overrides)
    _run(staging, PEOPLE, "candidates", "police")
    _run(staging, NAMES, "results")
    if by_name:
        _run(staging, NAMES, "described")
        _guess(staging, "probation")
    _run(staging, PEOPLE, "probation")
    if by_name:
        _guess(staging, "dip")
    _run(staging, PEOPLE, "everybody")
    _decide(staging)
    _run(staging, PEOPLE, "flags")


def known_decisions(staging: duckdb.DuckDBPyConnection, extract_year: int, overrides: Sequence[Override]) -> None:
    """Make `decisions`, and what follows from them before anybody is linked. `extract_year` completes short PNC ids."""
    rows = [{"line": place, **vars(override)} for place, override in enumerate(overrides, 1)]
    names = ("decision", "file", "record", "other_file", "other_record", "who", "when", "why")
    schema = {"line": pl.Int32, **dict.fromkeys(names, pl.String)}
    staging.register("decisions_given", pl.DataFrame(rows, schema=schema))
    _run(staging, NAMES, "decisions", extract_year=extract_year)
    staging.unregister("decisions_given")


def _decide(staging: duckdb.DuckDBPyConnection) -> None:
    """Change the people whom decisions are about."""
    decisions = [Decided(*row) for row in staging.execute(sql.section(NAMES, "decisions_here")).fetchall()]
    if not decisions:
        return
    ties = [Tie(*row) for row in staging.execute(sql.section(NAMES, "ties")).fetchall()]
    changed = [(name, *person) for name, person in sorted(decide(ties, decisions).items())]
    columns = ["identifier", "anchor", "rule"]
    staging.register("changed_given", pl.DataFrame(changed, schema=dict.fromkeys(columns, pl.String), orient="row"))
    _run(staging, NAMES, "changed")
    staging.unregister("changed_given")


def _run(staging: duckdb.DuckDBPyConnection, statements: str, /, *titles: str, **given: Any) -> None:
    """Run sections of a file, binding to each statement what it asks for."""
    for title in titles:
        for statement in staging.extract_statements(sql.section(statements, title)):
            asked = {name: value for name, value in given.items() if f"${name}" in statement.query}
            staging.execute(statement, asked or None)


def _guess(staging: duckdb.DuckDBPyConnection, agency: str) -> None:
    """Add to `believed` the links of one agency's records that have no identifier to go by."""
    trained = model(agency)
    file = f"{agency}/people"
    _run(staging, NAMES, "to_link", file=file, trials=TRIALS)
    # With nobody left to link there is nothing to be good at either.
    if not staging.table("to_link").filter("not trial").limit(1).fetchall():
        return
    _run(staging, NAMES, "targets", "barred", "named" if agency == "probation" else "nobody_named", file=file)
    _run(staging, NAMES, f"{agency}_pairs")
    _weigh(staging, agency, trained)
    _run(staging, NAMES, "odds")
    _run(staging, NAMES, "judged", counterpart=_counterpart(staging, trained))
    _keep_evidence(staging, trained)
    _run(staging, NAMES, "accepted", rule=BY_WEIGHT, link=trained.link, grey=trained.grey)


def _counterpart(staging: duckdb.DuckDBPyConnection, trained: Model) -> float:
    """Return the share of the records to be linked that are of somebody among those they are compared with.

    The share that makes the odds found the likeliest, looked for from the model's own: where nearly everybody with a
    police record carries its number, whoever carries none is mostly a stranger, and a chance likeness of theirs must
    not be taken for a link.
    """
    odds = staging.sql(sql.section(NAMES, "chances")).pl()["odds"].to_numpy()
    share = trained.counterpart
    if len(odds) == 0:
        return share
    for _ in range(ROUNDS):
        share = float(np.mean(odds * share / (1 - share + odds * share)))
        share = min(max(share, LEAST), 1 - LEAST)
    return round(share, 4)


def _weigh(staging: duckdb.DuckDBPyConnection, agency: str, trained: Model) -> None:
    """Make `scores`: every pair worth weighing with its weight, and what of the two records agrees."""
    _run(staging, NAMES, "no_scores")
    if not staging.table("pairs").limit(1).fetchall():
        return
    _run(staging, NAMES, "weighed")
    common = {column: f"common_{column}" for column in common_columns(agency)}
    _run(staging, NAMES, *common.values())
    weights(staging, ["weighed", "weighed_against"], trained.splink, "weights_given", pairs="weighing", common=common)
    _run(staging, NAMES, "scores")


def _keep_evidence(staging: duckdb.DuckDBPyConnection, trained: Model) -> None:
    """Add to `evidence` what agrees in each pair that is linked or nearly is."""
    if not staging.table("scores").limit(1).fetchall():
        return
    chosen = staging.sql(sql.section(NAMES, "chosen"), params={"grey": trained.grey}).pl()
    told = chosen.select("identifier", "target").with_columns(evidence(chosen, trained.comparisons))
    staging.register("evidence_given", told)
    _run(staging, NAMES, "evidence")
    staging.unregister("evidence_given")
