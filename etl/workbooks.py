"""The first sheet of a workbook, as records."""

import zipfile
from pathlib import Path

import fastexcel
import polars as pl

from etl import checks, contracts
from etl.readers import MOST_SWOLLEN, MOST_UNPACKED, Source, Unreadable

MEBIBYTE = 1 << 20


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError):
        raise Unreadable(
            contracts.UNREADABLE,
            "The file is not an .xlsx workbook, or is locked by a password: save it as .xlsx or .csv.",
        ) from None
    if unpacked > MOST_UNPACKED or (unpacked > 50 * MEBIBYTE and unpacked > MOST_SWOLLEN * path.stat().st_size):
        raise Unreadable(contracts.TOO_LARGE, "The workbook unpacks to far more than an extract: send it as .csv.")


def read_xlsx(path: Path) -> Source:
    """Return the first sheet of a workbook as a source. Formula cells give the values stored with them."""
    _check_size(path)
    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, schema_sample_rows=None, dtypes="string")
        frame = sheet.to_polars()
    except Exception:
        raise Unreadable(
            contracts.UNREADABLE, "The first sheet of the workbook cannot be read: save it as .csv."
        ) from None
    if frame.height == 0 or all(value is None for value in frame.row(0)):
        raise Unreadable(contracts.UNREADABLE, "The first row of the first sheet must be the header: it is blank.")
    headers = ["" if value is None else value for value in frame.row(0)]
    while headers and not headers[-1].strip():
        headers.pop()
    frame = frame.slice(1).select(frame.columns[: len(headers)])
    frame = frame.rename(dict(zip(frame.columns, (f"c{place}" for place in range(len(headers))), strict=True)))
    empty = frame.select(empty=_all_null())["empty"].to_list() if frame.height else []
    height = frame.height
    while height and empty[height - 1]:
        height -= 1
    frame = frame.head(height)
    blank = tuple(number + 2 for number in range(height) if empty[number])
    return Source(tuple(headers), checks.WORKBOOK_QUERY, "xlsx", height, (), blank,
                  (f"{len(blank)} blank rows",) if blank else (), frame)  # fmt: skip


def _all_null() -> pl.Expr:
    return pl.all_horizontal(pl.all().is_null() | (pl.all().str.strip_chars() == ""))
