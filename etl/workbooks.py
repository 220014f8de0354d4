"""A sheet of a workbook, as records: the first, or the one that has the contract's columns when the first has not."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import fastexcel
import polars as pl

from etl import contracts, headers, intake_sql
from etl.headers import Header, Wanted
from etl.readers import MOST_SWOLLEN, MOST_UNPACKED, Broken, Source, Unreadable

MEBIBYTE = 1 << 20
FORMULA = "#FORMULA!"
"""Stands for a formula whose result was not saved: not blank, since something was there."""

_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_AT = re.compile(rb'\br="([A-Z]+)(\d+)"')
_ERROR = re.compile(rb"<v>([^<]*)</v>")


def _check_size(path: Path) -> None:
    """Unpack every part once and throw it away: what a part says of its own size may be a lie."""
    try:
        with zipfile.ZipFile(path) as packed:
            most = max(50 * MEBIBYTE, MOST_SWOLLEN * path.stat().st_size)
            said = sum(part.file_size for part in packed.infolist())
            if said > MOST_UNPACKED or said > most:
                raise Unreadable(
                    contracts.TOO_LARGE, "The workbook unpacks to far more than an extract: send it as .csv."
                )
            for part in packed.infolist():
                with packed.open(part) as content:
                    while content.read(MEBIBYTE):
                        pass
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise Unreadable(
            contracts.UNREADABLE,
            "The file is not an .xlsx workbook, or is locked by a password: save it as .xlsx or .csv.",
        ) from None


def _place(letters: bytes) -> int:
    """Return the place of a column from its letters, counted from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


@dataclass
class _Cells:
    """What only the sheet's own text tells: where its table begins, and the cells that have a formula's error."""

    first_row: int = 1
    first_column: int = 0
    wrong: list[tuple[int, int, str]] = field(default_factory=list)


def _sheet_parts(packed: zipfile.ZipFile) -> list[str]:
    """Return the parts that hold the sheets, in the order of the workbook."""
    book = packed.read("xl/workbook.xml")
    relations = packed.read("xl/_rels/workbook.xml.rels")
    targets = {}
    for relation in re.findall(rb"<Relationship\b[^>]*>", relations):
        told = dict(re.findall(rb'\b(Id|Target)="([^"]*)"', relation))
        target = told.get(b"Target", b"").decode().removeprefix("/")
        targets[told.get(b"Id")] = target if target.startswith("xl/") else f"xl/{target}"
    ids = [re.search(rb'\br:id="([^"]*)"', sheet) for sheet in re.findall(rb"<sheet\b[^>]*>", book)]
    return [targets.get(found[1], "") if found else "" for found in ids]


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    """Give the text of a sheet in pieces that end where a cell ends."""
    carried = b""
    while chunk := content.read(MEBIBYTE):
        text = carried + chunk
        cut = text.rfind(b"<c ")
        cut = len(text) if cut < 0 else cut
        carried = text[cut:]
        yield text[:cut]
    yield carried


def _cells(path: Path, place: int) -> _Cells:
    """Return what the text of a sheet tells of its cells. A sheet that is written otherwise tells nothing."""
    found = _Cells()
    with zipfile.ZipFile(path) as packed:
        try:
            part = _sheet_parts(packed)[place]
            content = packed.open(part)
        except (KeyError, IndexError, ValueError):
            return found
        columns: set[int] = set()
        first = None
        with content:
            for piece in _pieces(content):
                odd = b't="e"' in piece or b"<f" in piece
                if first is not None and not odd:
                    continue
                for cell in _CELL.finditer(piece):
                    at, inside = _AT.search(cell[1]), cell[2] or b""
                    if not at or not (b"<v" in inside or b"<is" in inside or b"<f" in inside):
                        continue
                    first = int(at[2]) if first is None else min(first, int(at[2]))
                    columns.add(_place(at[1]))
                    if b't="e"' in cell[1]:
                        said = _ERROR.search(inside)
                        found.wrong.append((int(at[2]), _place(at[1]), said[1].decode() if said else FORMULA))
                    elif (
                        b"<f" in inside
                        and not re.search(rb"<v>[^<]|<t[ >]|<v xml", inside)
                        and b't="str"' not in cell[1]
                    ):
                        found.wrong.append((int(at[2]), _place(at[1]), FORMULA))
        found.first_row = first or 1
        found.first_column = min(columns, default=0)
    return found


def _rows(book: fastexcel.ExcelReader, place: int, most: int | None = None) -> pl.DataFrame:
    """Return the cells of a sheet as text, from the first row that has any."""
    try:
        sheet = book.load_sheet(place, header_row=None, schema_sample_rows=None, dtypes="string", n_rows=most)
        return sheet.to_polars()
    except Exception:
        raise Unreadable(contracts.UNREADABLE, "A sheet of the workbook cannot be read: save it as .csv.") from None


def _chosen(book: fastexcel.ExcelReader, wanted: Wanted) -> int:
    """Return the place of the sheet that has the contract's columns: the first of all when none or only it has."""
    having = []
    for place in range(len(book.sheet_names)):
        rows = [list(row) for row in _rows(book, place, headers.LOOKED_AT).rows()]
        header = headers.find(rows, wanted)
        if header and wanted.required <= wanted.found(header.cells):
            having.append(place)
    if len(having) > 1:
        numbers = " and ".join(str(place + 1) for place in having)
        raise Unreadable(contracts.SECOND_SHEET, f"{contracts.SECOND_SHEET.mend} Those are sheets {numbers}.")
    return having[0] if having else 0


def read_xlsx(path: Path, wanted: Wanted | None = None, until: int | None = None) -> Source:
    """Return a sheet of a workbook as a source. Formula cells give the values stored with them.

    Records keep the numbers of their rows in the sheet. `until`: another table begins at that row.
    """
    _check_size(path)
    try:
        book = fastexcel.read_excel(path)
    except Exception:
        raise Unreadable(contracts.UNREADABLE, "The workbook cannot be read: save it as .csv.") from None
    place = _chosen(book, wanted) if wanted else 0
    frame = _rows(book, place)
    cells = _cells(path, place)
    above = cells.first_row - 1
    if frame.height == 0 or not frame.width:
        raise Unreadable(contracts.UNREADABLE, "The first row of the first sheet must be the header: it is blank.")
    for row, column, said in cells.wrong:
        at = row - cells.first_row, column - cells.first_column
        if at[0] < frame.height and 0 <= at[1] < frame.width:
            frame[at[0], at[1]] = said
    top: list[list[str | None]] = [list[str | None]() for _ in range(min(above, headers.LOOKED_AT))]
    top += [list(row) for row in frame.head(headers.LOOKED_AT).rows()]
    header = _header(top, wanted)
    names = list(header.cells)
    while names and not names[-1].strip():
        names.pop()
    frame = frame.slice(header.last - above)
    cut = frame.select(frame.columns[: len(names)])
    cut = cut.rename(dict(zip(cut.columns, (f"c{place}" for place in range(len(names))), strict=True)))
    cut = pl.concat([pl.DataFrame({name: [None] * (header.last - 1) for name in cut.columns}, schema=cut.schema), cut])
    empty = cut.select(empty=_all_null())["empty"].to_list() if cut.height else []
    height = cut.height
    while height and empty[height - 1] and height > 0:
        height -= 1
    cut = cut.head(height)
    blank = [number + 2 for number in range(height) if empty[number]]
    broken = []
    if until is not None:
        for number in range(until - 2, height):
            if not empty[number]:
                fields = tuple(value or "" for value in cut.row(number))
                broken.append(Broken(number + 2, contracts.SECOND_TABLE.name, "", fields))
    notes = []
    if place:
        notes.append(f"read from sheet {place + 1}")
    if header.last > 1:
        notes.append(f"the header is on row {header.last}")
    if len(blank) > header.last - 1:
        notes.append(f"{len(blank) - header.last + 1} blank rows")
    return Source(
        tuple(names), intake_sql.WORKBOOK_QUERY, "xlsx", height, tuple(broken), tuple(blank), tuple(notes), cut,
        header_row=header.last,
    )  # fmt: skip


def _header(top: list[list[str | None]], wanted: Wanted | None) -> Header:
    """Return the header among the first rows of a sheet."""
    if wanted is None:
        return Header(tuple(cell or "" for cell in top[0]), 1, 1)
    header = headers.find(top, wanted)
    if header is None:
        names = ", ".join(column.name for column in wanted.extract.columns if column.required)
        raise Unreadable(contracts.NO_HEADER, f"{contracts.NO_HEADER.mend} They must be: {names}.", 1)
    above = headers.data_above(top, header)
    if above:
        raise Unreadable(
            contracts.HEADER_NOT_FIRST,
            f"{contracts.HEADER_NOT_FIRST.mend} It stands on row {header.first}, and row {above} is a record.",
            header.first,
        )
    return header


def _all_null() -> pl.Expr:
    return pl.all_horizontal(pl.all().is_null() | (pl.all().str.strip_chars() == ""))
