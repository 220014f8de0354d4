"""The scheme profile, laid out as the first table of the self-assessment tool, row for row."""

from typing import Any

from dashboard import access, describe, words
from dashboard.asking import asked
from dashboard.linkage import profile_note
from dashboard.show import show
from dashboard.tables import Table, cell
from queries.figures import Figure

TOOL = {
    "total": "Total number of PPOs managed",
    "male": "Male",
    "female": "Female",
    "non_statutory": "Non-statutory",
    "statutory": "Statutory",
    "also_in_dip": "Adult offenders also in DIP",
    "in_community": "Managed in the community",
    "in_custody": "In custody",
    "average_age": "Average age",
}
"""The tool's own rows, in its order, under the name of the scheme."""

BENEATH = {
    "sex_not_known": "Sex not known",
    "statutory_not_known": "Statutory or not: not known",
    "elsewhere": "Neither in custody nor the community (died, escaped)",
    "place_not_known": "Place not known",
    "median_age": "Median age",
}
"""What the tool leaves out and an honest total needs."""

COLUMNS = {"young_people": "Young people (under 18)", "adults": "Adults"}


def table(figure: Figure, scheme: str, caption: str) -> Table:
    """Return the scheme profile as the tool lays it out, with the rows that are not known set apart beneath."""
    rows = {(row["row"], row["column"]): row for row in figure.frame.rows(named=True)}

    def line(name: str, title: str) -> tuple[str | None, ...]:
        return (title, *(_written(figure, rows[name, column]) for column in COLUMNS))

    return Table(
        caption=caption,
        headings=("", *COLUMNS.values()),
        rows=(
            ("Name of scheme", scheme, None),
            *(line(name, title) for name, title in TOOL.items()),
            *(line(name, title) for name, title in BENEATH.items()),
        ),
        kinds=("name", "number", "number"),
        apart=(1 + len(TOOL),),
    )


def whole_table(figure: Figure, caption: str) -> Table:
    """Return every row and column of a profile, broken down or not."""
    titles = TOOL | BENEATH
    columns = COLUMNS | {"all": "All"}
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for row in figure.frame.rows(named=True):
        group = [describe.label(each, row[each]) for each in figure.by]
        rows.setdefault((*group, titles[row["row"]]), {})[row["column"]] = _written(figure, row)
    return Table(
        caption=caption,
        headings=(*(words.breakdown(each) for each in figure.by), "", *columns.values()),
        rows=tuple((*names, *(cells[column] for column in columns)) for names, cells in rows.items()),
        kinds=(*("name",) * (len(figure.by) + 1), *("number",) * len(columns)),
        names=len(figure.by) + 1,
    )


def sentence_of(figure: Figure) -> str:
    """Return the takeaway of one profile, or nothing where there are several or nobody."""
    return "" if figure.by or figure.frame.is_empty() else sentence(figure)


def _written(figure: Figure, row: dict[str, Any]) -> str:
    if row["row"] in ("average_age", "median_age"):
        if row["value"] is None and row["status"] == "ok":
            return "–"
        return cell(figure, "value", lambda number: f"{number:.1f}")(row)
    return cell(figure, "value", words.count)(row)


def sentence(figure: Figure) -> str:
    """Return the profile's takeaway: how many people, where they are, and how many have no age."""
    rows = {(row["row"], row["column"]): row for row in figure.frame.rows(named=True)}
    total = rows["total", "all"]["value"]
    if total is None:
        return "How many people are on the scheme is not shown, to protect them."
    if total == 0:
        return "Nobody was on the scheme on that date."
    text = f"{words.counted(total, 'person is', 'people are')} on the scheme"
    custody, community = rows["in_custody", "all"]["value"], rows["in_community", "all"]["value"]
    if custody is not None and community is not None:
        text += f": {words.count(community)} in the community and {words.count(custody)} in custody"
        if rest := total - community - custody:
            text += f"; {words.counted(rest, 'is', 'are')} elsewhere or their place is not known"
    ages = [rows["total", column]["value"] for column in COLUMNS]
    if None not in ages and (unknown := total - sum(ages)):
        text += f". The age of {words.counted(unknown, 'person', 'people')} is not known; they are in neither column"
    return f"{text}."


def show_profile(title: str) -> None:
    """Put the scheme profile on the page, for the scheme and month end that the filters are set to."""
    answer = asked("scheme_profile")
    if not isinstance(answer, Figure) or answer.frame.is_empty():
        show(answer, heading=title)
        return
    scheme = describe.scheme_name(answer, access.viewer_now())
    caption = f"Scheme profile, {words.lower_first(describe.time(answer))}"
    viewer = access.viewer_now()
    said = " ".join(part for part in (sentence(answer), profile_note(answer, viewer)) if part)
    show(answer, heading=title, sentence=said, table=table(answer, scheme, caption))
