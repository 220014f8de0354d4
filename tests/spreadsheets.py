"""A spreadsheet file as somebody else's program finds it: read from its own XML, with nothing of what wrote it."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TITLE = "{http://purl.org/dc/elements/1.1/}title"


@dataclass
class Read:
    """One sheet: its rows from the top, text as text and numbers as numbers, None for a blank cell.

    `marked` are the tables that the file marks on it, each as (place of its heading row, place of its last row, number
    of columns, headings as the mark has them or None); `styles` the styles of each row's first cell.
    """

    rows: list[list[str | float | None]]
    marked: list[tuple[int, int, int, list[str] | None]] = field(default_factory=list)
    merged: int = 0
    formulas: int = 0
    links: int = 0

    @property
    def table(self) -> tuple[list[str], list[list[str | float | None]]]:
        """The headings and the rows of the one table that the file marks."""
        ((head, last, columns, _),) = self.marked
        return [str(each) for each in self.rows[head][:columns]], [r[:columns] for r in self.rows[head + 1 : last + 1]]


def read(data: bytes) -> tuple[str, dict[str, Read]]:
    """Return the document's title and its sheets, in order, from the bytes of an .xlsx or .ods file."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return _ods(parts) if "content.xml" in parts.namelist() else _xlsx(parts)


def _parsed(parts: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts.read(name))  # noqa: S314  a file that we wrote


def _xlsx(parts: zipfile.ZipFile) -> tuple[str, dict[str, Read]]:
    def parsed(name: str) -> ElementTree.Element:
        return _parsed(parts, name)

    strings = ["".join(t.text or "" for t in each.iter(f"{MAIN}t")) for each in parsed("xl/sharedStrings.xml")]
    names = [each.attrib["name"] for each in parsed("xl/workbook.xml").iter(f"{MAIN}sheet")]
    sheets = {}
    for place, name in enumerate(names, start=1):
        found = parsed(f"xl/worksheets/sheet{place}.xml")
        rows: list[list[str | float | None]] = []
        for row in found.iter(f"{MAIN}row"):
            while len(rows) < int(row.attrib["r"]):
                rows.append([])
            for cell in row.iter(f"{MAIN}c"):
                column = _column(cell.attrib["r"])
                rows[-1] += [None] * (column + 1 - len(rows[-1]))
                value = cell.find(f"{MAIN}v")
                if value is not None and value.text is not None:
                    kind = cell.attrib.get("t", "n")
                    rows[-1][column] = strings[int(value.text)] if kind == "s" else float(value.text)
        sheet = Read(rows)
        sheet.merged = len(list(found.iter(f"{MAIN}mergeCell")))
        sheet.formulas = len(list(found.iter(f"{MAIN}f")))
        sheet.links = len(list(found.iter(f"{MAIN}hyperlink")))
        relations = f"xl/worksheets/_rels/sheet{place}.xml.rels"
        if relations in parts.namelist():
            for relation in parsed(relations):
                if relation.attrib["Type"].endswith("/table"):
                    table = parsed("xl/" + relation.attrib["Target"].removeprefix("../"))
                    first, last = table.attrib["ref"].split(":")
                    headings = [each.attrib["name"] for each in table.iter(f"{MAIN}tableColumn")]
                    assert table.attrib.get("headerRowCount", "1") == "1"
                    sheet.marked.append((_row(first), _row(last), _column(last) + 1, headings))
        sheets[name] = sheet
    (title,) = [each.text or "" for each in parsed("docProps/core.xml").iter(TITLE)]
    return title, sheets


def _column(address: str) -> int:
    place = 0
    for letter in re.sub(r"\d", "", address):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _row(address: str) -> int:
    return int(re.sub(r"\D", "", address)) - 1


def _ods(parts: zipfile.ZipFile) -> tuple[str, dict[str, Read]]:
    content = _parsed(parts, "content.xml")
    sheets = {}
    for table in content.iter(f"{TABLE}table"):
        rows = []
        for row in table.iter(f"{TABLE}table-row"):
            rows.append([_value(cell) for cell in row if cell.tag.startswith(TABLE)])
        sheet = Read(rows)
        cells = list(table.iter(f"{TABLE}table-cell"))
        spans = ("number-columns-spanned", "number-rows-spanned")
        sheet.merged = sum(any(int(cell.attrib.get(TABLE + span, 1)) > 1 for span in spans) for cell in cells)
        sheet.merged += len(list(table.iter(f"{TABLE}covered-table-cell")))
        sheet.formulas = sum(f"{TABLE}formula" in cell.attrib for cell in cells)
        sheet.links = len(list(table.iter(f"{TEXT}a")))
        sheets[table.attrib[f"{TABLE}name"]] = sheet
        heads = list(table.iter(f"{TABLE}table-header-rows"))
        sheet.marked = [(rows.index([_value(c) for c in next(iter(head))]), -1, -1, None) for head in heads]
    for range_ in content.iter(f"{TABLE}database-range"):
        assert range_.attrib[f"{TABLE}contains-header"] == "true"
        name, first, last = re.fullmatch(
            r"'(.+)'\.(\w+):'\1'\.(\w+)", range_.attrib[f"{TABLE}target-range-address"]
        ).groups()  # type: ignore[union-attr]
        marked = sheets[name].marked
        # The range and the heading rows mark the same table.
        assert [head for head, *_ in marked] == [_row(first)]
        marked[:] = [(_row(first), _row(last), _column(last) + 1, None)]
    (title,) = [each.text or "" for each in _parsed(parts, "meta.xml").iter(TITLE)]
    return title, sheets


def _value(cell: ElementTree.Element) -> str | float | None:
    if cell.attrib.get(f"{OFFICE}value-type") in ("float", "percentage"):
        return float(cell.attrib[f"{OFFICE}value"])
    return "\n".join("".join(p.itertext()) for p in cell.iter(f"{TEXT}p")) or None
