"""The SQL that gives a figure again, to be taken away with it: for analysts, as everywhere."""

from dashboard import current
from queries import cohort
from queries.cohort import Selection
from queries.figures import Figure
from queries.scope import Viewer
from queries.warehouse import Build

NOTE = (
    "The SQL runs in the DuckDB shell on the warehouse of the build named here. After it, values on too few people, "
    "and of years that are too recent, are left out of data.csv."
)

WHAT = {
    "query.sql": "what was asked of the warehouse",
    "whole.sql": "what was asked of the warehouse for the whole",
    "limits.sql": "what made the limits of the two, group by group",
    "units.sql": "what made the rows that it adds up, one per unit",
}
"""What is in each file."""


def of_build(text: str, build: Build) -> str:
    """Return a query as a file, with the build on whose warehouse it runs."""
    return f"-- For the warehouse of build {build.id}.\n{text};\n"


def of_figure(figure: Figure, viewer: Viewer) -> dict[str, str]:
    """Return the SQL of a figure as files by name; none to anybody but an analyst, who alone may read rows."""
    if not viewer.sees_units:
        return {}
    return {
        "query.sql": of_build(_statement(figure, viewer, figure.by), figure.build),
        "units.sql": of_build(cohort.unit_query(viewer, figure.measure.id), figure.build),
    }


def of_whole(figure: Figure, viewer: Viewer) -> str:
    """Return the SQL of the same figure without its breakdown. Raises NotPermitted for anybody but an analyst."""
    return of_build(_statement(figure, viewer, ()), figure.build)


def _statement(figure: Figure, viewer: Viewer, by: tuple[str, ...]) -> str:
    period = None if "period" in by else figure.period
    chosen = Selection(figure.where, None, period, figure.as_at)
    return cohort.statement(current.warehouse(), viewer, figure.measure.id, chosen, by)
