"""Files as the agencies send them, made into records that DuckDB reads one for one.

A text file is surveyed first, in chunks: its encoding, its line ends, its quotation marks. One that is UTF-8 with a
record on every line is read where it lies. Any other is written once more, in UTF-8 and with every record well
formed, into the private working folder; a record that cannot be split into fields leaves an empty line in its place
there and is reported, so that records keep their numbers and none is swallowed by a stray quotation mark.
"""

import codecs
import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy as np

from etl import contracts, headers, intake_sql
from etl.headers import Header, Wanted

CHUNK = 1 << 20
LONGEST_RECORD = 1_000_000
"""Bytes of one record. Longer is quarantined."""

LONGEST_LOOK = 1 << 16
"""Bytes over which a quotation mark may be looked for that closes a value with line ends in it."""

MOST_UNPACKED = 1 << 30
MOST_SWOLLEN = 200
"""A packed file that gives over a gibibyte and two hundred times its size is not an extract."""

DELIMITERS = (",", ";", "\t")
OTHER_DELIMITERS = ("|", "~", "^", ":", " ")
"""Not read, but told from a file without a header."""

HEADER_BYTES = 1 << 18
"""Bytes at the top of a file among which the header is looked for."""

LINES_OF_A_HEADER = 10
"""Lines over which one record at the top of a file may go."""

STRAY_BYTES = (
    *(text.encode() for text in ("\xa0", "\xad", "\u1680", "\u3000", "\u2212", "\ufeff")),
    b"\xe2\x80",
    b"\xe2\x81",
)
"""Bytes of characters that look like a space or like nothing, and of the quotation marks and dashes of print."""

STRAY_MARKS = (b",'", b";'", b"\t'", b"\n'", b"\"'")
TWICE_ENCODED = ("Ã\x83Â", "Ã©", "Ã«", "Ã¶", "Ã¼", "â€™", "â€œ")
"""What UTF-8 looks like when it was taken for cp1252 and written as UTF-8 once more."""

SUFFIXES = {".csv": "csv", ".csv.gz": "csv.gz", ".parquet": "parquet", ".xlsx": "xlsx"}


class Unreadable(Exception):
    """A file cannot be read: the rule, what to do, and the row it is about where it is about one."""

    def __init__(self, rule: contracts.Rule, what_to_do: str, row: int | None = None):
        super().__init__(what_to_do)
        self.rule = rule.name
        self.what_to_do = what_to_do
        self.row = row


@dataclass(frozen=True)
class Broken:
    """A record that could not be split into the fields of the header. `fields` are those it seems to have."""

    row: int
    rule: str
    got: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A file ready to be read: an SQL query that gives columns c0, c1 … of text, one row per record, in order.

    `records` is how many the query must give; None when only reading can tell. `blank` are the numbers of records with
    nothing on them, or a title above the header (the header is record 1 where it stands first), `broken` those that
    could not be split. `stray`: some value may have characters in or around it that say nothing.
    """

    headers: tuple[str, ...]
    query: str
    form: str
    records: int | None
    broken: tuple[Broken, ...] = ()
    blank: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    frame: Any = None
    stray: bool = True
    header_row: int = 1
    mended: bool = False


@dataclass
class Survey:
    """What one pass over the bytes of a text file says of it."""

    lines: int = 0
    quotes: bool = False
    nul: bool = False
    utf8: bool = True
    ascii: bool = True
    returns: int = 0
    crlf: int = 0
    long_line: bool = False
    open_quote: bool = False
    ends_open: bool = False
    stray: bool = False
    twice_encoded: bool = False
    bytes: int = 0

    @property
    def even(self) -> bool:
        """Say whether every line is a record that needs no mending before it is read."""
        return not (self.long_line or self.open_quote or self.returns not in (0, self.lines)
                    or self.returns != self.crlf)  # fmt: skip


def _odd_line(chunk: bytes, carried: int) -> tuple[bool, int]:
    """Say whether a line that ends in the chunk has an odd number of quotation marks, and how many the last has."""
    quotes = np.frombuffer(chunk, np.uint8)
    marks = np.flatnonzero(quotes == 34)
    ends = np.flatnonzero(quotes == 10)
    before = np.searchsorted(marks, ends)
    counts = np.diff(before, prepend=0)
    if len(counts):
        counts[0] += carried
        return bool((counts % 2).any()), len(marks) - int(before[-1])
    return False, carried + len(marks)


def _has_stray(text: bytes) -> bool:
    """Say whether there may be values that need tidying. One character is looked for before two: it costs a tenth."""
    return (
        (not text.isascii() and any(mark in text for mark in STRAY_BYTES))
        or (b"=" in text and b'="' in text)
        or (b"'" in text and any(mark in text for mark in STRAY_MARKS))
        or (b'"' in text and b'"""' in text)
    )


def survey(path: Path) -> Survey:
    """Return what a text file is like. Reads it once, a chunk at a time."""
    found = Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    tail, carried, since_line_end = b"", 0, 0
    with path.open("rb") as file:
        seam = b""
        while chunk := file.read(CHUNK):
            looked_at = chunk if found.bytes else chunk.removeprefix(codecs.BOM_UTF8)
            found.stray = found.stray or _has_stray(looked_at) or (bool(seam) and _has_stray(seam + chunk[:3]))
            seam = chunk[-3:]
            if not found.twice_encoded and not chunk.isascii():
                found.twice_encoded = any(mark.encode() in chunk for mark in TWICE_ENCODED)
            found.bytes += len(chunk)
            lines = chunk.count(b"\n")
            found.lines += lines
            found.nul = found.nul or b"\0" in chunk
            if found.utf8:
                if chunk.isascii() and not decoder.getstate()[0]:
                    pass
                else:
                    found.ascii = False
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        found.utf8 = False
            since_line_end = len(chunk) - chunk.rfind(b"\n") - 1 if lines else since_line_end + len(chunk)
            if not lines or since_line_end > LONGEST_RECORD or chunk.find(b"\n") > LONGEST_RECORD:
                found.long_line = found.long_line or since_line_end > LONGEST_RECORD or len(chunk) == CHUNK
            if b"\r" in chunk:
                found.returns += chunk.count(b"\r")
                found.crlf += chunk.count(b"\r\n")
            if tail == b"\r" and chunk.startswith(b"\n"):
                found.crlf += 1
            if carried or b'"' in chunk:
                found.quotes = True
                odd, carried = _odd_line(chunk, carried)
                found.open_quote = found.open_quote or odd
            tail = chunk[-1:]
    found.ends_open = not tail.endswith(b"\n")
    if carried % 2:
        found.open_quote = True
    if found.utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            found.utf8 = False
    return found


def _encoding(path: Path) -> str | None:
    """Return the encoding that the first bytes tell, or None when only the whole file can."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = len(head) // 2
    if pairs > 8:
        if head[1::2].count(0) > pairs // 2 and head[0::2].count(0) < pairs // 10:
            return "utf-16-le"
        if head[0::2].count(0) > pairs // 2 and head[1::2].count(0) < pairs // 10:
            return "utf-16-be"
    return None


def _private(path: Path) -> BinaryIO:
    """Open a new file that only its owner can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _decoded(path: Path, encoding: str, copy: Path) -> None:
    """Write the file once more in UTF-8. A byte that stands for nothing becomes the replacement character."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as file, _private(copy) as out:
        while chunk := file.read(CHUNK):
            out.write(decoder.decode(chunk).replace("\0", "\ufffd").encode())
        out.write(decoder.decode(b"", final=True).encode())


def _unzipped(path: Path, copy: Path) -> None:
    """Unpack a .gz file into the copy, within the limits."""
    most = max(MOST_UNPACKED, path.stat().st_size * MOST_SWOLLEN)
    written = 0
    try:
        with gzip.open(path, "rb") as file, _private(copy) as out:
            while chunk := file.read(CHUNK):
                written += len(chunk)
                if written > most:
                    raise Unreadable(
                        contracts.TOO_LARGE, "The file unpacks to far more than an extract: send it again."
                    )
                out.write(chunk)
    except (OSError, EOFError, zlib.error):
        raise Unreadable(
            contracts.UNREADABLE, "The .gz file is cut short or damaged: send it again, or send it unpacked."
        ) from None


def _split(line: str, delimiter: str) -> list[str] | None:
    """Return the fields of one record, or None when its quotation marks are not in order.

    A field is quoted as a whole, with a quotation mark inside it doubled, or holds none at all.
    """
    fields, at = [], 0
    while True:
        if line[at : at + 1] == '"':
            parts, at = [], at + 1
            while True:
                end = line.find('"', at)
                if end < 0:
                    return None
                parts.append(line[at:end])
                at = end + 1
                if line[at : at + 1] != '"':
                    break
                parts.append('"')
                at += 1
            fields.append("".join(parts))
            if at < len(line) and line[at] != delimiter:
                return None
        else:
            end = line.find(delimiter, at)
            end = len(line) if end < 0 else end
            value = line[at:end]
            # ="007" is how text is kept from being taken for a number; it is tidied when it is read.
            if '"' in value and not (value.startswith('="') and value.endswith('"') and value.count('"') == 2):
                return None
            fields.append(value)
            at = end
        if at >= len(line):
            return fields
        at += 1


def _joined(fields: list[str], delimiter: str) -> bytes:
    """Return fields as one record, all of them quoted."""
    return (delimiter.join('"' + value.replace('"', '""') + '"' for value in fields) + "\n").encode()


@dataclass
class _Mender:
    """Writes a text file once more, a record to a line wherever that can be done, and reports what is left."""

    delimiter: str
    width: int
    row: int = 1
    until: int | None = None
    broken: list[Broken] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)

    def placeholder(self) -> bytes:
        return (self.delimiter * (self.width - 1) + "\n").encode() if self.width > 1 else b'""\n'

    def _break(self, rule: contracts.Rule, line: str) -> bytes:
        fields = _split(line, self.delimiter) or line.split(self.delimiter)
        got = f"{len(fields)} fields" if rule is contracts.WRONG_NUMBER_OF_FIELDS else line[:200]
        self.broken.append(Broken(self.row, rule.name, got, tuple(value[:LONGEST_RECORD] for value in fields)))
        return self.placeholder()

    def _whole(self, line: str) -> bool:
        """Say whether a line by itself is a whole record, with no quotation mark left over."""
        fields = _split(line, self.delimiter)
        return fields is not None and len(fields) == self.width

    def mended(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        """Give the bytes of each record in turn; `lines` are without the header and without their ends."""
        waiting: list[bytes] = []
        plain, width = self.delimiter.encode(), self.width - 1
        while True:
            line = waiting.pop(0) if waiting else next(lines, None)
            if line is None:
                return
            self.row += 1
            if self.until is not None and self.row >= self.until and line.strip():
                yield self._break(contracts.SECOND_TABLE, line.decode(errors="replace").replace("\r", " "))
                continue
            if b'"' not in line and line.count(plain) == width and len(line) <= LONGEST_RECORD and b"\r" not in line:
                if line.strip() or not line:
                    if line or width:
                        yield line + b"\n"
                        continue
                else:
                    yield line + b"\n"
                    continue
            written = line.decode(errors="replace").replace("\r", " ")
            if not written.strip():
                self.blank.append(self.row)
                yield self.placeholder()
                continue
            if len(line) > LONGEST_RECORD:
                self.broken.append(
                    Broken(self.row, contracts.RECORD_TOO_LONG.name, f"{len(line)} bytes", (written[:200],))
                )
                yield self.placeholder()
                continue
            fields = _split(written, self.delimiter)
            if fields is None:
                over, taken = self._over_lines(written, waiting, lines)
                if over is not None:
                    del waiting[:taken]
                    yield _joined(over, self.delimiter)
                else:
                    yield self._break(contracts.STRAY_QUOTE, written)
            elif len(fields) != self.width:
                yield self._break(contracts.WRONG_NUMBER_OF_FIELDS, written)
            else:
                yield _joined(fields, self.delimiter)

    def _over_lines(self, line: str, waiting: list[bytes], lines: Iterator[bytes]) -> tuple[list[str] | None, int]:
        """Return the fields of a record that goes on over lines and how many more it takes, or None.

        A line that is a whole record by itself is never taken into another: the quotation mark before it is stray.
        """
        taken, looked = 0, len(line)
        while looked <= LONGEST_LOOK:
            if taken == len(waiting):
                more = next(lines, None)
                if more is None:
                    return None, 0
                waiting.append(more)
            after = waiting[taken].decode(errors="replace").replace("\r", " ")
            if self._whole(after):
                return None, 0
            taken, looked, line = taken + 1, looked + len(after) + 1, line + "\n" + after
            fields = _split(line, self.delimiter) if '"' in after else None
            if fields is not None:
                return (fields, taken) if len(fields) == self.width else (None, 0)
        return None, 0


def _lines(path: Path) -> Iterator[bytes]:
    """Give each line of a text file without its end; one that never ends is given in pieces of bounded size."""
    with path.open("rb") as file:
        carried = b""
        while chunk := file.read(CHUNK):
            parts = (carried + chunk).split(b"\n")
            carried = parts.pop()
            for part in parts:
                yield part.removesuffix(b"\r")
        if carried:
            yield carried.removesuffix(b"\r")


def _top(path: Path, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Return the first records of a text file and, for each, the number of lines up to its end.

    A record whose quotation marks are not in order is split at every delimiter.
    """
    with path.open("rb") as file:
        first = file.readline(CHUNK)
        text = (first + file.read(HEADER_BYTES)).decode("utf-8", errors="replace").removeprefix("\ufeff")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    rows, ends, at = [], [], 0
    while at < len(lines) and len(rows) < headers.LOOKED_AT:
        for more in range(1, LINES_OF_A_HEADER + 1):
            fields = _split("\n".join(lines[at : at + more]), delimiter)
            if fields is not None or at + more >= len(lines):
                break
        if fields is None:
            fields, more = lines[at].split(delimiter), 1
        at += more
        rows.append(fields)
        ends.append(at)
    return rows, ends


def _header(path: Path, wanted: Wanted | None) -> tuple[Header, str, int]:
    """Return the header, the delimiter between its fields, and how many lines it and what is above it take."""
    tops = {delimiter: _top(path, delimiter) for delimiter in DELIMITERS}
    rows = tops[","][0]
    if not any(cell.strip() for row in rows for cell in row):
        raise Unreadable(contracts.UNREADABLE, "The first line must be the header: it is blank.")

    def widest(delimiter: str) -> int:
        return len(tops[delimiter][0][0])

    if wanted is None:
        delimiter = max(DELIMITERS, key=widest)
        return Header(tuple(tops[delimiter][0][0]), 1, 1), delimiter, tops[delimiter][1][0]
    found = {delimiter: headers.find(rows, wanted) for delimiter, (rows, _) in tops.items()}
    named = {delimiter: len(wanted.found(header.cells)) for delimiter, header in found.items() if header}
    if not named:
        for mark in OTHER_DELIMITERS:
            header = headers.find(_top(path, mark)[0], wanted)
            if header and len(wanted.found(header.cells)) > 1:
                raise Unreadable(contracts.WRONG_DELIMITER, contracts.WRONG_DELIMITER.mend, header.last)
        names = ", ".join(column.name for column in wanted.extract.columns if column.required)
        raise Unreadable(contracts.NO_HEADER, f"{contracts.NO_HEADER.mend} They must be: {names}.", 1)
    delimiter = max(named, key=lambda mark: (named[mark], widest(mark)))
    header = found[delimiter]
    assert header is not None  # noqa: S101  it is one of those that name a column
    rows, ends = tops[delimiter]
    if any('"' in cell for cell in header.cells):
        raise Unreadable(contracts.UNREADABLE, "The quotation marks of the header are not in order: write it without.")
    above = headers.data_above(rows, header)
    if above:
        raise Unreadable(
            contracts.HEADER_NOT_FIRST,
            f"{contracts.HEADER_NOT_FIRST.mend} It stands on row {header.first}, and row {above} is a record.",
            header.first,
        )
    return header, delimiter, ends[header.last - 1]


def read_csv(
    path: Path,
    work: Path,
    form: str = "csv",
    wanted: Wanted | None = None,
    *,
    mend: bool = False,
    until: int | None = None,
) -> Source:
    """Return a text file as a source. `mend` writes it once more however even it looks; `until`: another table begins
    at that record, and it and those below it are not read.
    """
    notes = []
    encoding = _encoding(path)
    found = Survey() if encoding in ("utf-16", "utf-16-le", "utf-16-be") else survey(path)
    if encoding is None and not found.utf8:
        encoding = "cp1252"
    if encoding not in (None, "utf-8-sig") or found.nul or (found.returns and not found.lines):
        copy = work / (path.name + ".utf8")
        _decoded(path, encoding or "utf-8", copy)
        if found.nul:
            notes.append("NUL bytes were read as the replacement character")
        notes.append(f"read as {encoding or 'utf-8'}")
        path = copy
        if found.returns and not found.lines:
            path.write_bytes(path.read_bytes().replace(b"\r", b"\n"))
        found = survey(path)
    elif encoding == "utf-8-sig" and not found.utf8:
        copy = work / (path.name + ".utf8")
        _decoded(path, "utf-8-sig", copy)
        notes.append("bytes that are not UTF-8 were read as the replacement character")
        path = copy
        found = survey(path)
    header, delimiter, lines_above = _header(path, wanted)
    names = header.cells
    broken: list[Broken] = []
    blank: list[int] = []
    records: int = found.lines - 1 + (1 if found.ends_open else 0)
    if mend or until or header.last > 1 or lines_above > 1 or not found.even:
        mender = _Mender(delimiter, len(names), header.last, until)
        copy = work / (path.name + ".mended")
        records = 0
        with _private(copy) as out:
            out.write(_joined([name.replace("\n", " ") for name in names], delimiter))
            lines = _lines(path)
            for _ in range(lines_above):
                next(lines, None)
            for number in range(2, header.last + 1):
                mender.blank.append(number)
                out.write(mender.placeholder())
                records += 1
            for record in mender.mended(lines):
                out.write(record)
                records += 1
        path, broken, blank = copy, mender.broken, mender.blank
        if header.last > 1:
            notes.append(f"the header is on row {header.last}")
        if len(blank) > header.last - 1:
            notes.append(f"{len(blank) - header.last + 1} blank lines")
    if found.ends_open and records:
        notes.append("the last line has no end: the file may be cut short")
    if found.twice_encoded:
        notes.append("letters with accents look as if they had been encoded twice: export the file as UTF-8 again")
    query = intake_sql.csv_query(str(path), len(names), delimiter, 2 * CHUNK)
    return Source(names, query, form, records, tuple(broken), tuple(blank), tuple(notes),
                  stray=found.stray, header_row=header.last, mended=bool(mend))  # fmt: skip


def read_parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> Source:
    """Return a Parquet file as a source: typed values become text again, so that every form is judged alike."""
    try:
        described = connection.sql(intake_sql.parquet_columns(str(path))).fetchall()
    except duckdb.Error:
        raise Unreadable(contracts.UNREADABLE, "The file is not Parquet, or is cut short: send it again.") from None
    columns = [(header, kind) for header, kind, *_ in described]
    names = tuple(header for header, _ in columns)
    return Source(names, intake_sql.parquet_query(str(path), columns), "parquet", None)


def form_of(path: Path) -> str | None:
    """Return the form that a file's name says it has, or None."""
    lowered = path.name.lower()
    return next((form for suffix, form in SUFFIXES.items() if lowered.endswith(suffix)), None)


def stem_of(path: Path) -> str:
    """Return a file's name without what says its form, folded as headers are."""
    return re.sub(r"(\.csv|\.csv\.gz|\.parquet|\.xlsx)$", "", path.name.lower())


def open_source(
    path: Path,
    work: Path,
    connection: duckdb.DuckDBPyConnection,
    wanted: Wanted | None = None,
    *,
    mend: bool = False,
    until: int | None = None,
) -> Source:
    """Return any file of an extract as a source. Raises Unreadable. `mend` and `until` are those of `read_csv`."""
    if path.stat().st_size == 0:
        raise Unreadable(contracts.ZERO_BYTES, "The file is empty. If there is nothing to send, send the header alone.")
    form = form_of(path)
    if form == "parquet":
        return read_parquet(path, connection)
    if form == "xlsx":
        # Only here: most folders hold no workbook, and need not wait for what reads one.
        from etl.workbooks import read_xlsx

        return read_xlsx(path, wanted, until)
    if form == "csv.gz":
        copy = work / (path.parent.name + "-" + path.name.removesuffix(".gz"))
        _unzipped(path, copy)
        if copy.stat().st_size == 0:
            raise Unreadable(
                contracts.ZERO_BYTES, "The file is empty. If there is nothing to send, send the header alone."
            )
        path = copy
    return read_csv(path, work, form or "csv", wanted, mend=mend, until=until)


def written_csv(headers: list[str], rows: Iterator[tuple]) -> bytes:
    """Return rows as the bytes of a CSV file in UTF-8 with its byte order mark, for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
