"""Worklists: what a scheme's manager has still to do, person by person, by number and never by name.

All of it is for managers, of their own schemes: `queries/scope.py` says whose, whatever page asks.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from queries import sql
from queries.catalogue import measure
from queries.scope import Viewer, worklist_schemes
from queries.warehouse import Warehouse

STATEMENTS = "queries/worklists.sql"
STEPS, RULES = "journey_step_done", "selection_rule_met"
"""The measures whose units the lists are taken from."""
READS = ("police/ppo_register", "police/nominations")
"""What says who was put forward, and who is on a scheme."""


@dataclass(frozen=True)
class Worklist:
    """One list: a row for each thing to do, as at the end of coverage of what it is taken from (None: there is none).

    `rules_on` is the month end at which selection rules were read, where the list has them.
    """

    frame: pl.DataFrame
    as_at: date | None
    rules_on: date | None = None

    @property
    def people(self) -> int:
        """How many people are on the list."""
        return self.frame["person_id"].n_unique()


def overdue_steps(warehouse: Warehouse, viewer: Viewer, scheme: str | None = None) -> Worklist:
    """Return the steps that were due by the end of coverage and are not done, the longest overdue first.

    They are of people still on the scheme, with the letter on leaving of those who left in the last twelve months. The
    columns are `scheme, person_id, step, counts_from, due_on, days_overdue`. `scheme` None is all of a manager's own.
    Raises NotPermitted for anybody but a manager, and for a scheme that is not theirs or does not exist, alike.
    """
    schemes = worklist_schemes(viewer, scheme)
    as_at = _covered_to(warehouse, measure(STEPS).reads)
    frame = warehouse.query(
        sql.section(STATEMENTS, "overdue_steps"), {"own_schemes": schemes, "covered_to": as_at or date.min}
    )
    return Worklist(frame, as_at)


def candidates(warehouse: Warehouse, viewer: Viewer, scheme: str | None = None) -> Worklist:
    """Return people on no scheme whom the monthly meeting may want to talk about, the latest nominated first.

    They were nominated and not decided on, or left in the last 24 months and meet a selection rule. The columns are
    `scheme, person_id, nominated_on, decision` (awaited or deferred; null where nobody nominated them since), `left_on`
    (null for whoever did not leave lately or meets no rule) and `rules`, a list. Raises as `overdue_steps` does.
    """
    schemes = worklist_schemes(viewer, scheme)
    as_at = _covered_to(warehouse, READS)
    rules_on = warehouse.query(sql.section(STATEMENTS, "rules_on")).item()
    frame = warehouse.query(
        sql.section(STATEMENTS, "candidates"),
        {"own_schemes": schemes, "covered_to": as_at or date.min, "rules_on": rules_on or date.min},
    )
    return Worklist(frame, as_at, rules_on)


def _covered_to(warehouse: Warehouse, reads: tuple[str, ...]) -> date | None:
    return warehouse.query(sql.section(STATEMENTS, "as_at"), {"reads": list(reads)}).item()
