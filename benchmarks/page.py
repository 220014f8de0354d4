"""A page of six figures, national and of one scheme: `python -m benchmarks.page --build FOLDER`.

The six are the overview's headline measures, asked for as it asks: of PPOs, for every period or month end there is.
They go through the one road, one after another, with nothing kept from one round to the next. The limit is the scan
of `benchmarks.reoffending`. Before anything is timed, the counts that are plain sums are held equal to sums over the
unit tables, written here.

How a scheme's page grows with the history behind it is a line of its own. A page of every period has more to say the
longer that is, so the six are asked of the latest period or month end. The unit tables are cut to the period that is
shown, left as they are, and made sixteen times as long by repeating all of them further and further back; the answers
are held equal. Which periods there are is asked of a build once, and is not timed.
"""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.opened import connected, frame
from benchmarks.pairs import Bar, Case, arguments, compare, profiled_work
from benchmarks.reoffending import limit
from dashboard.headlines import MEASURES
from queries import when
from queries.catalogue import measure
from queries.figures import figure
from queries.scope import Viewer
from queries.unit_rows import table_name
from queries.warehouse import IN_ONE_PASS, WAREHOUSE, Warehouse

SUMS = {
    "reoffending_rate": ("period", "sum(reoffended), sum(offenders)"),
    "reoffences_per_reoffender": ("period", "sum(reoffences), sum(reoffended)"),
    "ni30_change": ("period", "sum(after), sum(before)"),
    "custody_share": ("month", "sum(in_custody), sum(placed)"),
}
"""What a measure's counts are by, and the sums that they are. Days, and people counted once, are no plain sums."""

UNITS = tuple(dict.fromkeys(measure(name).units for name in MEASURES))
LONGER = 16
CUT, AS_IT_IS, LONG = "the period shown alone", "the history as it is", f"{LONGER} times the history"
FLAT = (Bar(LONG, CUT, most=1.5), Bar(AS_IT_IS, CUT))
BACK = """
    select * replace (
        printf(
            '%04d/%02d', cast(period[1:4] as integer) - {years}, (cast(period[6:7] as integer) + 1000 - {years}) % 100
        ) as period,
        cast(date - interval '{years} years' as date) as date
    ) from had.{table}
"""

BARS = (Bar("national", "limit", most=1.0), Bar("one scheme", "limit", most=0.25))


def page(warehouse: Warehouse, scheme: str | None, names: tuple[str, ...] = MEASURES) -> list[tuple]:
    """Return every row of the six figures, or of some of them."""
    rows = []
    for name in names:
        about = measure(name)
        where = {} if "ppo" in about.not_applicable else {"ppo": "yes"}
        if scheme is not None:
            where["scheme"] = scheme
        over = "month" if about.at_month_end else "period"
        period = None if about.at_month_end else "each"
        found = figure(warehouse, Viewer.analyst(), name, by=(over,), where=where, period=period)
        rows += [(name, *row) for row in found.frame.select(over, "numerator", "denominator", "n").iter_rows()]
    return rows


def counts(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, scheme: str | None) -> list[dict[str, Case]]:
    """Return two ways to the counts of each figure that are plain sums, of periods that are final: the road, and sums.

    On several schemes at once, a person is counted where they mainly are.
    """
    found = []
    for name, (over, sums) in SUMS.items():
        about = measure(name)
        known = when.periods(warehouse, about).filter(pl.col("status") == "final")["period"]
        narrowed = ["main"] if "ppo" in about.not_applicable and scheme is None else []
        narrowed += [] if "ppo" in about.not_applicable else ["ppo = 'yes'"]
        narrowed += [f"scheme = '{scheme}'"] if scheme else []
        narrowed += [f"list_contains({known.to_list()}, period)"] if over == "period" else []
        text = f"""
            select '{name}', {over}, {sums} from {table_name(about.units)} where {" and ".join(narrowed) or "true"}
            group by all
        """

        def road(name: str = name, final: tuple[str, ...] = tuple(known), over: str = over) -> list[tuple]:
            rows = page(warehouse, scheme, (name,))
            return [row[:4] for row in rows if row[3] and (over == "month" or row[1] in final)]

        def summed(text: str = text) -> list[tuple]:
            return [row for row in connection.execute(text).fetchall() if row[3]]

        whose = "one scheme" if scheme else "national"
        found.append({f"{name}, {whose}": road, "a plain sum": summed})
    return found


def latest(warehouse: Warehouse, scheme: str) -> list[tuple]:
    """Return every row of the six figures of one scheme, of the latest final period or month end."""
    rows = []
    for name in MEASURES:
        where = {"scheme": scheme} | ({} if "ppo" in measure(name).not_applicable else {"ppo": "yes"})
        found = figure(warehouse, Viewer.analyst(), name, where=where).frame
        rows += [(name, *row) for row in found.select("numerator", "denominator", "n").iter_rows()]
    return rows


def with_history(build: Path, path: Path, length: str) -> Warehouse:
    """Return a build with unit tables of another length, written to a file of its own, in the order of the build's."""
    known = Warehouse.open_build(build)
    connection = duckdb.connect(str(path), config=IN_ONE_PASS)
    connection.execute(f"attach '{(build / WAREHOUSE).resolve()}' as had (read_only)")
    changed: dict[str, str] = {}
    for name in MEASURES:
        about = measure(name)
        asked = figure(known, Viewer.analyst(), name)
        shown = (
            asked.period
            or known.query(
                f"select max(period) from {table_name(about.units)} where date = $day", {"day": asked.as_at}
            ).item()
        )
        changed[table_name(about.units)] = shown
    for (table,) in connection.execute("select table_name from duckdb_tables() where database_name = 'had'").fetchall():
        if table not in changed:
            connection.execute(f"create view {table} as select * from had.{table}")
    years = known.query("select count(*) from periods").item()
    for table, shown in changed.items():
        if length == CUT:
            connection.execute(f"create table {table} as select * from had.{table} where period = '{shown}'")
            continue
        connection.execute(f"create table {table} as select * from had.{table} limit 0")
        for back in range(LONGER - 1 if length == LONG else 0, -1, -1):
            connection.execute(f"insert into {table} {BACK.format(years=back * years, table=table)}")
    connection.execute("checkpoint")
    return Warehouse(connection, known.build)


def largest_scheme(warehouse: Warehouse) -> str:
    """Return the scheme with the most people ever on it, which is the slowest."""
    text = "select scheme_id from memberships group by scheme_id order by count(*) desc, scheme_id limit 1"
    return warehouse.query(text).item()


def main() -> None:
    """Print the line of bar 3."""
    given = arguments(__doc__).parse_args()
    warehouse = Warehouse.open_build(given.build)
    scheme = largest_scheme(warehouse)
    with connected(given.build) as connection:
        cases: dict[str, Case] = {
            "national": lambda: page(warehouse, None),
            "one scheme": lambda: page(warehouse, scheme),
            "limit": lambda: connection.execute(limit()).fetchall(),
        }
        facts = {
            "offences": frame(connection, "select count(*) from offences").item(),
            "where the national page's time goes": profiled_work(warehouse, cases["national"]),
            "where one scheme's time goes": profiled_work(warehouse, cases["one scheme"]),
        }
        alike = [each for whose in (None, scheme) for each in counts(connection, warehouse, whose)]
        compare("3", "a page of six figures", cases, BARS, given.rounds, but=cases, facts=facts, alike=alike)
    with TemporaryDirectory(dir=given.build.resolve().parent.parent) as folder:
        lengths = {
            name: with_history(given.build, Path(folder) / f"{place}.duckdb", name)
            for place, name in enumerate((CUT, AS_IT_IS, LONG))
        }
        rows = {
            name: sum(each.query(f"select count(*) from {table_name(units)}").item() for units in UNITS)
            for name, each in lengths.items()
        }
        flat: dict[str, Case] = {name: partial(latest, each, scheme) for name, each in lengths.items()}
        work = "one scheme's page of the latest period, by the history behind it"
        compare("3, history", work, flat, FLAT, given.rounds, facts={"unit rows": rows})


if __name__ == "__main__":
    main()
