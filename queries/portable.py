"""The unit queries in the SQL of another engine, so that the same definitions run where one machine is not enough.

A unit query keeps to what engines share, and `sqlglot` puts its words into another engine's. Two things it cannot
carry, and they are put in other words here: a look-up of the latest row before a date, and the parts of a pair.
"""

from sqlglot import exp, parse_one

from queries.unit_rows import compose, reads, steps

ENGINES = ("spark",)

PORTABLE = ("reoffending", "justice", "custody_share", "custody_days_share")
"""The unit queries that are held to give the same rows elsewhere: `tests/spark` runs each."""

STEPS = ("cohort_entries",)
"""The shared steps that a unit query may read and that are worked out beside it. Periods are a table, and are sent."""


class NotPortable(ValueError):
    """A unit query has no equal in another engine that is held by a test."""


def statement(units: str, engine: str = "spark") -> str:
    """Return one unit query, with every attribute and the steps that it reads, as one statement of another engine.

    Raises NotPortable for a unit query or an engine that no test holds.
    """
    if units not in PORTABLE or engine not in ENGINES:
        raise NotPortable(
            f"Unit rows for another engine are one of {', '.join(PORTABLE)} for {', '.join(ENGINES)},"
            f" got: {units} for {engine}"
        )
    return translated(compose_whole(units), engine)


def compose_whole(units: str) -> str:
    """Return one unit query of DuckDB's with the steps that it reads inside it, so that only events are needed."""
    query, shared = compose(units), steps()
    needed = [name for name in STEPS if reads(query, name)]
    hidden = ", ".join(f"{name} as (\n{shared[name]}\n)" for name in needed)
    return f"with {hidden}\nselect * from (\n{query}\n) as units" if hidden else query


def tables(units: str) -> list[str]:
    """Return the tables of the warehouse that one unit query reads, with its steps, by name."""
    tree = parse_one(compose_whole(units), read="duckdb")
    named = {part.alias for part in tree.find_all(exp.CTE)}
    return sorted({table.name for table in tree.find_all(exp.Table)} - named)


def translated(text: str, engine: str) -> str:
    """Return a query of DuckDB's in the words of another engine."""
    tree = parse_one(text, read="duckdb")
    for join in list(tree.find_all(exp.Join)):
        if join.args.get("method") == "ASOF":
            _without_asof(join)
    pairs = {
        alias.alias: [part.name for part in chosen.this.expressions]
        for alias in tree.find_all(exp.Alias)
        for chosen in alias.find_all(exp.ArgMin, exp.ArgMax)
        if isinstance(chosen.this, exp.Tuple)
    }
    for part in list(tree.find_all(exp.Bracket)):
        if isinstance(part.this, exp.Column) and part.this.name in pairs:
            # The parts of a pair have no places there, but the names of the columns that they were made of.
            name = pairs[part.this.name][int(part.expressions[0].name)]
            part.replace(exp.Dot(this=part.this.copy(), expression=exp.to_identifier(name)))
    return tree.sql(dialect=engine, pretty=True, comments=False)


def _without_asof(join: exp.Join) -> None:
    """Write a join to the latest row on or before a date as one to the row that holds until the next.

    The rows looked up have one date each, so that the one after ends the one before.
    """
    looked_up, alias = join.this.name, join.alias_or_name
    date = next(each for each in join.args["on"].find_all(exp.GTE, exp.GT))
    person = next(each for each in join.args["on"].find_all(exp.EQ))
    theirs = {column.table: column for column in person.find_all(exp.Column)}[alias].name
    since = date.expression.name
    until = f"{since}_next"
    rows = exp.select("*").from_(looked_up)
    rows = rows.select(f"lead({since}) over (partition by {theirs} order by {since}) as {until}")
    ends = exp.column(until, table=alias)
    before = exp.LT if isinstance(date, exp.GTE) else exp.LTE
    still = exp.or_(before(this=date.this.copy(), expression=ends), exp.Is(this=ends.copy(), expression=exp.Null()))
    join.set("method", None)
    join.set("this", rows.subquery(alias))
    join.set("on", exp.and_(join.args["on"], still))
