"""A page of six figures, national and of one scheme: `python -m benchmarks.page --build FOLDER`.

The six are the overview's headline measures, asked for as it asks: of PPOs, for every period or month end there is.
They go through the one road, one after another, with nothing kept from one round to the next. The limit is the scan
of `benchmarks.reoffending`.
"""

from benchmarks.opened import connected, frame
from benchmarks.pairs import Bar, Case, arguments, compare, profiled_work
from benchmarks.reoffending import limit
from dashboard.headlines import MEASURES
from queries.catalogue import measure
from queries.figures import figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

BARS = (Bar("national", "limit", most=1.0), Bar("one scheme", "limit", most=0.25))


def page(warehouse: Warehouse, scheme: str | None) -> list[tuple]:
    """Return every row of the six figures."""
    rows = []
    for name in MEASURES:
        about = measure(name)
        where = {} if "ppo" in about.not_applicable else {"ppo": "yes"}
        if scheme is not None:
            where["scheme"] = scheme
        over = "month" if about.at_month_end else "period"
        period = None if about.at_month_end else "each"
        found = figure(warehouse, Viewer.analyst(), name, by=(over,), where=where, period=period)
        rows += [(name, *row) for row in found.frame.select(over, "numerator", "denominator", "n").iter_rows()]
    return rows


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
        compare("3", "a page of six figures", cases, BARS, given.rounds, but=cases, facts=facts)


if __name__ == "__main__":
    main()
