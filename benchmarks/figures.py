"""Any re-offending figure, any breakdown and filter, from unit rows: `python -m benchmarks.figures --build FOLDER`.

Each figure is asked for as a page asks: through the one road, with its interval, status and order. Beside them is the
limit of `benchmarks.reoffending`, the scan of the events that the unit rows stand for, and what pandas and polars take
for the plainest of them from the same unit rows, in memory. Before anything is timed, the counts of every figure are
held equal to a plain sum over the unit table, written here.
"""

from functools import partial

import duckdb
import polars as pl

from benchmarks.opened import Year, connected, frame, year_of
from benchmarks.pairs import Bar, Case, arguments, compare, profiled_work
from benchmarks.reoffending import limit
from queries.figures import figure
from queries.scope import Viewer
from queries.unit_rows import table_name
from queries.warehouse import Warehouse

MOST = 0.4
ASKED = (
    ("reoffending_rate", (), {}),
    ("reoffending_rate", ("sex",), {}),
    ("reoffending_rate", ("scheme",), {"ppo": "yes"}),
    ("reoffences_per_reoffender", ("age_band",), {}),
    ("reoffences_per_offender", ("ppo", "index_event"), {"sex": "male"}),
    ("reoffending_rate", ("month",), {"force": "02"}),
    ("share_of_reoffences", (), {}),
)
"""Figures of every sort: measure, breakdowns, filters."""


SUMS = {
    "reoffending_rate": "sum(reoffended), sum(offenders)",
    "reoffences_per_reoffender": "sum(reoffences), sum(reoffended)",
    "reoffences_per_offender": "sum(reoffences), sum(offenders)",
    "share_of_reoffences": "sum(reoffences) filter (where ppo = 'yes'), sum(reoffences)",
}
"""The counts of each measure: its numerator and its denominator."""


def said(name: str, by: tuple[str, ...], where: dict[str, str]) -> str:
    """Return the words for one figure."""
    parts = [name, *(f"by {each}" for each in by), *(f"of {key} {label}" for key, label in where.items())]
    return " ".join(parts)


def cases(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, year: Year) -> dict[str, Case]:
    """Return a case for each figure, and what they are set beside."""
    viewer = Viewer.analyst()
    found: dict[str, Case] = {
        said(*each): lambda each=each: (
            figure(warehouse, viewer, each[0], by=each[1], where=each[2], period=year.label).frame
        )
        for each in ASKED
    }
    found["limit"] = lambda: connection.execute(limit()).fetchall()
    return found


def plain(by: tuple[str, ...], where: dict[str, str], sums: str, year: Year) -> str:
    """Return the sums of one figure, plainly, from the unit rows of one period."""
    units = f"{table_name('reoffending')} where period = '{year.label}'"
    narrowed = "".join(f" and {name} = '{label}'" for name, label in where.items())
    columns = "".join(f"{name}, " for name in by)
    return f"select {columns}{sums} from {units}{narrowed} group by all"


def counts(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, year: Year) -> list[dict[str, Case]]:
    """Return two ways to the counts of each figure: the road, and a plain sum."""
    viewer, found = Viewer.analyst(), []
    for name, by, where in ASKED:

        def road(name: str = name, by: tuple[str, ...] = by, where: dict[str, str] = where) -> pl.DataFrame:
            asked = figure(warehouse, viewer, name, by=by, where=where, period=year.label).frame
            # A group of nobody has a row on the road, and none in a sum.
            return asked.select(*by, "numerator", "denominator").filter(pl.col("denominator") > 0)

        def summed(text: str = plain(by, where, SUMS[name], year)) -> list[tuple]:
            return [row for row in connection.execute(text).fetchall() if row[-1]]

        found.append({said(name, by, where): road, "a plain sum": summed})
    return found


def slowest(warehouse: Warehouse, found: dict[str, Case], ratios: list[dict]) -> dict[str, dict[str, str]]:
    """Return where the time goes of the figure that takes most."""
    name = max(ratios, key=lambda ratio: ratio["wall"])["of"]
    return {f"where the time of {name} goes": profiled_work(warehouse, found[name])}


def plainest(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, year: Year) -> dict[str, Case]:
    """Return three ways to the rate by sex: the road, polars and pandas. All have the unit rows of every year."""
    columns = "period, sex, reoffended, offenders"
    units = frame(connection, f"select {columns} from {table_name('reoffending')}")
    frames = units.to_pandas()

    def ours() -> pl.DataFrame:
        asked = figure(warehouse, Viewer.analyst(), "reoffending_rate", by=("sex",), period=year.label).frame
        return asked.select("sex", "numerator", "denominator")

    def in_polars() -> pl.DataFrame:
        mine = units.lazy().filter(pl.col("period") == year.label)
        return mine.group_by("sex").agg(pl.col("reoffended").sum(), pl.col("offenders").sum()).collect()

    def in_pandas():
        mine = frames[frames["period"] == year.label]
        return mine.groupby("sex")[["reoffended", "offenders"]].sum().reset_index()

    return {"ours, by sex": ours, "polars, by sex": in_polars, "pandas, by sex": in_pandas}


def main() -> None:
    """Print the lines of bar 2: every figure against the limit, and the plainest against polars and pandas."""
    given = arguments(__doc__).parse_args()
    year, warehouse = year_of(given.build), Warehouse.open_build(given.build)
    with connected(given.build) as connection:
        found = cases(connection, warehouse, year)
        bars = [Bar(name, "limit", most=MOST) for name in found if name != "limit"]
        work = f"re-offending figures of {year.label} from unit rows"
        facts = partial(slowest, warehouse, found)
        alike = counts(connection, warehouse, year)
        compare("2", work, found, bars, given.rounds, but=found, facts=facts, alike=alike)
        beside = plainest(connection, warehouse, year)
        bars = [Bar("ours, by sex", name) for name in beside if not name.startswith("ours")]
        compare("2, beside", "re-offending rate by sex from unit rows", beside, bars, given.rounds)


if __name__ == "__main__":
    main()
