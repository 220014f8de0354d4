"""A figure as a table of words: what each cell says, and the real HTML table that it stands in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dashboard import describe, words
from queries.catalogue import Measure
from queries.figures import Figure

Row = dict[str, Any]

LONG = 16
"""More rows than this scroll within the table's own region; a print has them all."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, how a row's cell is written, and whether it holds numbers."""

    heading: str
    write: Callable[[Row], str]
    kind: str = "number"


@dataclass(frozen=True)
class Table:
    """A table of words.

    `names` is how many leading columns name the row; `kinds` is number, words or name, by column; a cell of None is
    one that the cell before it spans; `apart` are the places of rows that a line sets apart from those above.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    kinds: tuple[str, ...]
    names: int = 1
    apart: tuple[int, ...] = ()

    @property
    def shorthand(self) -> list[str]:
        """The shorthand that stands in some cell, in its closed order."""
        cells = [cell for row in self.rows for cell in row]
        return [mark for mark in words.MEANING if any(mark in (cell or "") for cell in cells)]


def table(figure: Figure, caption: str) -> Table:
    """Return a figure as a table of words, one row for each of its rows; over time, the latest first."""
    columns = [*_names(figure), *_numbers(figure)]
    rows = figure.frame.rows(named=True)
    if figure.by and figure.by[0] in ("period", "month"):
        rows.reverse()
    if not figure.by:
        columns = [Column("", lambda _: _whole(figure), "name"), *columns]
    return Table(
        caption=caption,
        headings=tuple(column.heading for column in columns),
        rows=tuple(tuple(column.write(row) for column in columns) for row in rows),
        kinds=tuple(column.kind for column in columns),
        names=max(1, len(figure.by)),
    )


def _whole(figure: Figure) -> str:
    return "All people on the scheme" if figure.measure.at_month_end else "All together"


def _names(figure: Figure) -> list[Column]:
    def named(dimension: str) -> Column:
        return Column(words.breakdown(dimension), lambda row: describe.label(dimension, row[dimension]), "name")

    return [named(each) for each in figure.by]


def _numbers(figure: Figure) -> list[Column]:
    about = figure.measure
    if about.kind == "stock":
        columns = [Column("People", cell(figure, "value", words.count))]
    elif about.kind == "count":
        columns = [
            Column(words.heading(about.numerator_column), cell(figure, "value", words.count)),
            Column("People", cell(figure, "n", words.count)),
        ]
    elif about.kind == "change":
        columns = _change(figure)
    elif about.kind == "timeline":
        columns = [
            Column("Month from adoption", lambda row: f"{row['months']:+d}".replace("-", "−").replace("+0", "0")),
            Column(words.heading(about.numerator_column), cell(figure, "numerator", words.count)),
            Column("People", cell(figure, "n", words.count)),
            # What is no number of people has a column of its own: the value is out of it.
            *(
                [Column(words.heading(about.denominator_column), cell(figure, "denominator", words.count))]
                if about.denominator_column != "watched"
                else []
            ),
            Column(
                words.sentence(words.timeline_unit(about)),
                cell(figure, "value", lambda number: words.value("timeline", number)),
            ),
            interval(figure),
        ]
    elif about.kind == "concentration":
        columns = [
            Column("People with the most offences", lambda row: f"Top {100 * row['top_share']:.0f}%", "name"),
            *_rate(figure),
        ]
    elif about.kind == "days":
        columns = _days(figure)
    elif about.kind == "survival":
        columns = [
            Column(f"Months since the {since(about)}", lambda row: str(row["months"])),
            Column("Still watched", cell(figure, "at_risk", words.count)),
            *_rate(figure),
        ]
    else:
        columns = _rate(figure)
    return [*columns, Column("Status", lambda row: status(figure, row), "name")]


OUT_OF = {"distribution": "Of", "concentration": "Everybody's proven offences"}
"""The headings of what a share is out of, where it is of the same things as what is shared."""


def _rate(figure: Figure) -> list[Column]:
    about = figure.measure
    kind = about.kind
    columns = [
        Column(words.heading(about.numerator_column, about.numerator_where), cell(figure, "numerator", words.count)),
        Column(
            OUT_OF.get(kind) or words.heading(about.denominator_column),
            cell(figure, "denominator", words.count),
        ),
        Column(
            "Percentage" if kind in (*words.PERCENTAGES, "survival") else RATE.get(about.id, "Rate"),
            cell(figure, "value", lambda number: words.value(kind, number), marked=True),
        ),
        interval(figure),
    ]
    if any(row["n"] != row["denominator"] for row in figure.frame.rows(named=True)):
        # The people behind a denominator that counts something else, or the same person more than once.
        taken = any(column.heading == "People" for column in columns)
        columns.append(Column("Different people" if taken else "People", cell(figure, "n", words.count)))
    return columns


RATE = {"observed_to_expected": "Observed to expected", "age_at_identification": "Mean age"}
"""What a ratio is called where it is not a rate."""


def since(about: Measure) -> str:
    """Return what a curve counts months from."""
    return "arrest" if about.units == "cases" else "index date"


def _change(figure: Figure) -> list[Column]:
    return [
        Column("Before", cell(figure, "denominator", words.count)),
        Column("After", cell(figure, "numerator", words.count)),
        Column("People", cell(figure, "n", words.count)),
        Column("Change", cell(figure, "value", lambda number: words.value("change", number), marked=True)),
        interval(figure),
    ]


def _days(figure: Figure) -> list[Column]:
    def quartiles(row: Row) -> str:
        low, high = cell(figure, "q1", words.count)(row), cell(figure, "q3", words.count)(row)
        return low if low.startswith("[") else f"{low} to {high}"

    return [
        Column(words.heading(figure.measure.denominator_column), cell(figure, "denominator", words.count)),
        Column("People", cell(figure, "n", words.count)),
        Column(f"Median {figure.measure.counted_in}", cell(figure, "median", words.count, marked=True)),
        interval(figure, "95% interval of the median"),
        Column("Middle half", quartiles),
        Column("Nine in ten within", cell(figure, "p90", words.count)),
        Column("Mean", cell(figure, "mean", lambda number: f"{number:,.1f}")),
    ]


def interval(figure: Figure, heading: str = "95% interval") -> Column:
    """Return the column of a figure's intervals."""
    kind = words.read_as(figure.measure)

    def write(row: Row) -> str:
        if row["lower"] is None or row["upper"] is None:
            return missing(figure, row)
        return words.interval(kind, row["lower"], row["upper"])

    return Column(heading, write)


def cell(figure: Figure, key: str, write: Callable[[float], str], marked: bool = False) -> Callable[[Row], str]:
    """Return what writes one column's cells; a marked column says in each cell that it is provisional."""

    def written(row: Row) -> str:
        if row[key] is None:
            return missing(figure, row)
        mark = f" {words.SHORTHAND['provisional']}" if marked and row["status"] == "provisional" else ""
        return write(row[key]) + mark

    return written


def missing(figure: Figure, row: Row) -> str:
    """Return the shorthand for a value that is not there, by the reason that its row gives."""
    days = figure.measure.kind == "days" and row["status"] == "low_base"
    if days or row["status"] in ("ok", "provisional"):
        # The row may be shown, but this value needs more people than it has.
        return words.SHORTHAND["confidential" if figure.published else "low_base"]
    return words.SHORTHAND[row["status"]]


def status(figure: Figure, row: Row) -> str:
    """Return the status of a row, in words."""
    if row["status"] == "low_base" and figure.measure.kind == "days":
        return "Under 30 people: read with care"
    if figure.lacks(row):
        return "No data"
    return words.STATUS[row["status"]]


def html(table: Table) -> str:
    """Return a table as HTML: a caption, headings with their scope, and numbers to the right."""
    head = "".join(
        f'<th scope="col"{_class(kind)}>{escape(heading)}</th>' if heading else "<td></td>"
        for heading, kind in zip(table.headings, table.kinds, strict=True)
    )
    body = "".join(_html_row(table, place, row) for place, row in enumerate(table.rows))
    # A region of its own, so that a wide table is scrolled by keyboard and the page never sideways.
    long = len(table.rows) > LONG
    kind = "scroll long" if long else "scroll"
    # A bar is not always seen: the last row in sight must not pass for the last there is.
    more = f'<p class="legend on_screen">{words.count(len(table.rows))} rows: scroll the table to see them all.</p>'
    return (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{escape(table.caption)}">'
        f"<table><caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{more if long else ''}"
    )


def _html_row(table: Table, place: int, row: Sequence[str | None]) -> str:
    cells = []
    for column, (cell, kind) in enumerate(zip(row, table.kinds, strict=True)):
        if cell is None:
            continue
        spanned = next((n for n, each in enumerate(row[column + 1 :]) if each is not None), len(row) - column - 1)
        span = f' colspan="{spanned + 1}"' if spanned else ""
        if column < table.names:
            cells.append(f'<th scope="row"{span}>{escape(cell)}</th>')
        else:
            cells.append(f"<td{_class(kind)}{span}>{escape(cell)}</td>")
    mark = ' class="apart"' if place in table.apart else ""
    return f"<tr{mark}>{''.join(cells)}</tr>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind != "name" else ""
