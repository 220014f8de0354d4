"""A workbook as an Excel file, through gptables, which marks the tables and headings as the conventions ask."""

import io
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dashboard.workbook import CONTENTS, COVER, FORMATS, Cell, Number, Sheet, Workbook, lines

A4 = 9
"""The size of paper, as Excel numbers it."""

WIDEST = 60
"""The widest that a column of text is, in letters."""

LETTERS = 66
"""How many letters a line of that width has room for, at least."""

COVER_WIDTH = 88
"""How many letters of a line the library leaves room for on the cover."""

LINE = 16.0
"""The height of a line of text, in points."""


def write(workbook: Workbook) -> bytes:
    """Return a workbook as the bytes of an .xlsx file; the same workbook gives the same bytes."""
    gptables = _library()
    written = io.BytesIO()
    cover = gptables.Cover(
        title=_plain(workbook.title),
        intro=[_plain(each) for each in workbook.introduction],
        about=[_plain(each) for each in workbook.about],
        contact=[_plain(each) for each in workbook.contact],
    )
    with warnings.catch_warnings():
        # It says that it makes no sheet of notes (ours is among the sheets), and calls what pandas will do away with.
        warnings.filterwarnings("ignore", "No note text provided")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        made = gptables.produce_workbook(
            written,  # type: ignore[arg-type]
            {sheet.name: _table(sheet) for sheet in workbook.sheets},
            cover=cover,
            contentsheet_label=CONTENTS,
            # Whatever a cell says, it is neither run as a formula nor followed as a link.
            workbook_options={
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
    for sheet in workbook.sheets:
        _keep_narrow(made.get_worksheet_by_name(sheet.name), sheet)
    below_the_title = [text for heading, paragraphs in workbook.cover for text in (heading, *paragraphs)]
    for place, text in enumerate(below_the_title, start=1):
        _make_room(made.get_worksheet_by_name(COVER), place, [text], COVER_WIDTH)
    for written_sheet in made.worksheets():
        # On paper every sheet is as wide as the page, however many pages long.
        written_sheet.set_paper(A4)
        written_sheet.set_landscape()
        written_sheet.fit_to_pages(1, 0)
    made.set_properties(
        {
            "title": workbook.title,
            "created": datetime(workbook.made_on.year, workbook.made_on.month, workbook.made_on.day, tzinfo=UTC),
        }
    )
    made.close()
    return written.getvalue()


def _keep_narrow(written: Any, sheet: Sheet) -> None:
    """Let long texts go on in further lines of their cell: Excel can have no column that is as wide as they are."""
    for column in range(len(sheet.headings)):
        cells = [row[column] for row in sheet.rows]
        longest = max((len(line) for cell in cells if isinstance(cell, str) for line in cell.split("\n")), default=0)
        if longest > WIDEST:
            written.set_column(column, column, WIDEST)
    above = 2 + len(sheet.sentences)
    for place, row in enumerate(sheet.rows, start=above):
        _make_room(written, place, [cell for cell in row if isinstance(cell, str)], LETTERS)


def _make_room(written: Any, place: int, texts: Sequence[str], width: int) -> None:
    """Make a row as high as its longest text needs. LibreOffice does not until somebody touches the row."""
    high = max((lines(text, width) for text in texts), default=1)
    if high > 1:
        written.set_row(place, LINE * high)


def _library() -> Any:
    """Return gptables: read when somebody wants a file, since it needs pandas, which takes a second."""
    with warnings.catch_warnings():
        # It leaves a file of its own open while it is read.
        warnings.filterwarnings("ignore", category=ResourceWarning)
        import gptables

    return gptables


def _table(sheet: Sheet) -> Any:
    gptables = _library()
    import pandas

    frame = pandas.DataFrame(
        [[_value(cell) for cell in row] for row in sheet.rows], columns=list(sheet.headings), dtype=object
    )
    formats = [
        {"cell": {"cells": (place, column), "format": {"num_format": FORMATS[cell.format], "align": "right"}}}
        for place, row in enumerate(sheet.rows, start=1)
        for column, cell in enumerate(row)
        if isinstance(cell, Number)
    ]
    formats.append({"column": {"columns": list(range(len(sheet.headings))), "format": {"valign": "top"}}})
    return gptables.GPTable(
        table=frame,
        table_name=f"table_{sheet.name}",
        title=_plain(sheet.title),
        subtitles=[_plain(each) for each in sheet.sentences[1:]],
        instructions=_plain(sheet.sentences[0]),
        index_columns={2: 0},
        additional_formatting=formats,
    )


def _value(cell: Cell) -> str | float | int:
    if isinstance(cell, str):
        return _plain(cell)
    return int(cell.value) if float(cell.value).is_integer() else cell.value


def _plain(text: str) -> str:
    """Return text that the library takes for text: it would make a link of one mark and a note of the other.

    What has no letter or number in it, the library refuses.
    """
    text = text.replace("](", "] (").replace("$$", "$ $")
    return text if any(letter.isalnum() for letter in text) else f"Text: {text}"
