"""What is taken away from the cohort page: the data, what they are, and the SQL that gives them again."""

from collections.abc import Sequence

from dashboard import access, current, describe, download, sql_files, words
from dashboard.cohort_address import Asked
from dashboard.tables import Table
from queries import cohort
from queries.figures import Figure, Units
from queries.warehouse import Build


def bundle(asked: Asked, figures: Sequence[Figure], shown: Table, query: str, overlap: str = "") -> bytes:
    """Return the figures of one cohort or two as a zip: table, data, README and SQL."""
    viewer, warehouse = access.viewer_now(), current.warehouse()
    both = len(figures) > 1
    files = {"table.csv": download.table_csv(shown)}
    readme = [
        "README",
        "",
        figures[0].measure.title,
        describe.stamp(figures[0].build),
        f"Build {figures[0].build.id}",
        f"The page: /cohort?{query}",
        "",
    ]
    for (name, chosen), figure in zip(asked.cohorts.items(), figures, strict=True):
        mark = f"_{name}" if both else ""
        files[f"data{mark}.csv"] = download.figure_csv(figure)
        files[f"query{mark}.sql"] = sql_files.of_build(
            cohort.statement(warehouse, viewer, asked.measure, chosen, asked.by), figure.build
        )
        steps = cohort.sizes(warehouse, viewer, asked.measure, chosen)
        readme += [f"Cohort {name.upper()}", "; ".join(describe.scope(figure, viewer))]
        for step in steps:
            of = describe.filters({step.dimension: step.labels})[0] if step.dimension else "Everybody"
            readme.append(f"- {of}: {words.counted(step.people, 'person', 'people')}, {step.units:,} rows")
        readme.append("")
    if overlap:
        readme += [overlap, ""]
    files["units.sql"] = sql_files.of_build(cohort.unit_query(viewer, asked.measure), figures[0].build)
    readme += [
        "Files",
        "- table.csv: the table as it is shown",
        "- data.csv, or data_a.csv and data_b.csv: the same figures unrounded",
        f"- query.sql, or query_a.sql and query_b.sql: {sql_files.WHAT['query.sql']}",
        f"- units.sql: {sql_files.WHAT['units.sql']}",
        sql_files.NOTE,
        "",
        "What the figure means",
        *(f"- {heading}: {text}" for heading, text in describe.definition(figures[0].measure)),
        "",
        "Notes",
        *(f"- {note}" for note in dict.fromkeys(note for figure in figures for note in describe.notes(figure))),
        *(f"- {mark} {words.MEANING[mark]}." for mark in shown.shorthand),
        "",
        "Columns of the data",
        *(f"- {name}: {download.COLUMNS.get(name, words.breakdown(name))}" for name in figures[0].frame.columns),
    ]
    files["README.txt"] = "\r\n".join(readme) + "\r\n"
    return download.archive(files)


def rows_table(found: Units, most: int) -> Table:
    """Return the first rows about single people as a table."""
    frame = found.frame.head(most)
    counted = words.counted(found.frame.height, "row", "rows")
    numbers = [dtype.is_numeric() for dtype in frame.schema.dtypes()]
    return Table(
        caption=f"Rows of {words.lower_first(found.measure.title)}: the first {words.count(frame.height)} of {counted}",
        headings=tuple(words.sentence(name.replace("_", " ")) for name in frame.columns),
        rows=tuple(tuple("" if each is None else str(each) for each in row) for row in frame.iter_rows()),
        kinds=tuple("number" if number else "name" for number in numbers),
    )


def rows_bundle(asked: Asked, found: Units, who: str, build: Build) -> bytes:
    """Return every row about a single person as a zip: the rows, README and SQL."""
    readme = [
        "README",
        "",
        f"The rows that these figures are added up from: {found.measure.title}",
        describe.stamp(build),
        f"Build {build.id}",
        f"Cohort: {who}",
        f"Time: {asked.a.as_at or asked.a.period or 'latest'}",
        f"{words.counted(found.frame.height, 'row', 'rows')} about single people. A person has a number here, which "
        "means nothing elsewhere; nobody is to be looked for by it.",
        "Keep this file as you keep personal data: do not publish it or send it on.",
        "",
        "- rows.csv: one row per unit",
        "- query.sql: what was asked of the warehouse",
        "- units.sql: what made the table that it asks",
        "",
        "What the figure means",
        *(f"- {heading}: {text}" for heading, text in describe.definition(found.measure)),
    ]
    return download.archive(
        {
            "rows.csv": download.as_csv(found.frame.columns, list(found.frame.iter_rows())),
            "README.txt": "\r\n".join(readme) + "\r\n",
            "query.sql": sql_files.of_build(found.sql, build),
            "units.sql": sql_files.of_build(cohort.unit_query(access.viewer_now(), asked.measure), build),
        }
    )
