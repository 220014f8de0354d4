"""A workbook for each extract, to be filled in and sent: its header, its allowed codes, and how to fill it in.

Made from the contracts. The first sheet is the one that is read; the other two have one table each under a title. No
cell is merged, and nothing is said by colour alone.
"""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl import contracts
from etl.contracts import EXTRACTS, Column, Extract
from etl.dictionary import form, need

ROWS = 10_000
"""Rows of the first sheet that have their forms and lists. More may be filled in below them."""


def workbook(extract: Extract) -> bytes:
    """Return the template of one extract. The same contract gives the same bytes."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": f"Template of {extract.name}", "subject": extract.grain, "created": _MADE})
    bold = book.add_format({"bold": True, "bottom": 1, "num_format": _TEXT})
    title = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    rows = book.add_worksheet(extract.name.split("/")[1])
    codes = book.add_worksheet("codes")
    notes = book.add_worksheet("notes")
    places = _codes(codes, extract, title, wrapped)
    for place, column in enumerate(extract.columns):
        rows.write_string(0, place, column.name, bold)
        kept = book.add_format({"num_format": _FORMATS.get(column.kind, _TEXT)})
        rows.set_column(place, place, max(12, len(column.name) + 2), kept)
        rows.data_validation(1, place, ROWS, place, _validation(column, places))
    rows.freeze_panes(1, 0)
    _notes(notes, extract, title, wrapped)
    book.close()
    return out.getvalue()


_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  a workbook has no time zone
"""When every template says that it was made: a template is a function of its contract."""

_TEXT = 49
"""The form of text, by its number in the standard: a spreadsheet then leaves what is typed as it is."""

_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General"}
"""Forms of cells that hold days and numbers. Every other is text, so that no identifier loses its zeros."""


def _validation(column: Column, places: dict[str, tuple[int, int]]) -> dict:
    """Return what a cell of a column is held to. A blank passes, so that a row can be filled in bit by bit."""
    said = {
        "input_title": column.name[:32],
        "input_message": f"{column.meaning}. {form(column)}."[:255],
        "error_title": column.name[:32],
        "ignore_blank": True,
    }
    if column.domain:
        first, last = places[column.name]
        return {**said, "validate": "list", "source": f"=codes!$B${first}:$B${last}",
                "error_message": "Choose a code of the list, which the sheet of codes explains."}  # fmt: skip
    if column.kind == "yes_no":
        return {**said, "validate": "list", "source": ["Y", "N"], "error_message": "Write Y or N."}
    if column.kind == "date":
        return {**said, "validate": "date", "criteria": ">=", "value": date.fromisoformat(contracts.EARLIEST),
                "error_message": "Write the day as 2009-04-01."}  # fmt: skip
    if column.kind in ("integer", "number"):
        kind = "integer" if column.kind == "integer" else "decimal"
        limits = {"criteria": ">=", "value": column.least if column.least is not None else -1_000_000_000}
        if column.least is not None and column.most is not None:
            limits = {"criteria": "between", "minimum": column.least, "maximum": column.most}
        return {**said, "validate": kind, **limits, "error_message": f"Write a number: {form(column)}."}
    return {**said, "validate": "length", "criteria": "<=", "value": contracts.LONGEST_TEXT,
            "error_message": f"At most {contracts.LONGEST_TEXT} characters."}  # fmt: skip


def _codes(sheet: Worksheet, extract: Extract, title: Format, wrapped: Format) -> dict[str, tuple[int, int]]:
    """Fill the sheet of codes and return for each column the first and last row of its codes."""
    sheet.write_string(0, 0, f"Codes of {extract.name}", title)
    lines: list[tuple[str, str, str]] = []
    places = {}
    for column in extract.columns:
        if column.domain:
            places[column.name] = (len(lines) + 4, len(lines) + 3 + len(column.domain))
            lines += [(column.name, code, meaning) for code, meaning in column.codes]
    if not lines:
        sheet.write_string(1, 0, "No column of this file has codes but Y and N.")
    else:
        sheet.write_string(1, 0, "Each code that a column may hold. Only the code is to be written.")
        _table(sheet, "codes", ("column", "code", "meaning"), lines, wrapped)
    for place, width in enumerate((26, 28, 50)):
        sheet.set_column(place, place, width)
    return places


def _notes(sheet: Worksheet, extract: Extract, title: Format, wrapped: Format) -> None:
    """Fill the sheet of notes: how to fill the first sheet in, then a line for each column."""
    sheet.write_string(0, 0, f"How to fill in {extract.name}", title)
    sheet.write_string(
        1,
        0,
        f"A row is {extract.grain}. Leave the first row of the first sheet as it is, and fill in one row for each.",
    )
    lines = [(column.name, form(column), column.meaning, need(column)) for column in extract.columns]
    _table(sheet, "columns", ("column", "holds", "meaning", "need"), lines, wrapped)
    for place, width in enumerate((26, 34, 60, 52)):
        sheet.set_column(place, place, width)


def _table(sheet: Worksheet, name: str, names: tuple[str, ...], lines: list[tuple[str, ...]], wrapped: Format) -> None:
    """Put a table with a header on the third row of a sheet, below its title and its sentence."""
    columns = [{"header": header, "format": wrapped} for header in names]
    sheet.add_table(2, 0, 2 + len(lines), len(names) - 1, {
        "name": name, "columns": columns, "data": [list(line) for line in lines], "style": "Table Style Light 1",
    })  # fmt: skip


def file_name(extract: Extract) -> str:
    return extract.name.replace("/", "-") + ".xlsx"


def write_templates(folder: Path) -> list[Path]:
    """Write a template for every extract into a folder, and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for extract in EXTRACTS:
        path = folder / file_name(extract)
        path.write_bytes(workbook(extract))
        written.append(path)
    return written
