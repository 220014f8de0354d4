"""Reading tables back from a page, as a person would: captions, headings and the text of cells."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class ReadTable:
    """A table as it stands on a page."""

    caption: str = ""
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    headed: list[int] = field(default_factory=list)
    """How many cells of each row are its headings."""

    def by_name(self) -> dict[str, dict[str, str]]:
        """Return the rows by their first cell, each as heading and text."""
        return {row[0]: dict(zip(self.headings, row, strict=True)) for row in self.rows}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[ReadTable] = []
        self.inside: str | None = None
        self.in_head = False
        self.text = ""
        self.row: list[str] = []
        self.heads = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(ReadTable())
        elif tag in ("thead", "tbody"):
            self.in_head = tag == "thead"
        elif tag == "tr":
            self.row, self.heads = [], 0
        elif tag in ("caption", "th", "td"):
            self.inside, self.text = tag, ""
            self.heads += ("scope", "row") in attrs

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            if tag == "caption":
                self.tables[-1].caption = self.text
            else:
                self.row.append(self.text)
            self.inside = None
        elif tag == "tr" and self.row:
            if self.in_head:
                self.tables[-1].headings = self.row
            else:
                self.tables[-1].rows.append(self.row)
                self.tables[-1].headed.append(self.heads)


def tables_in(html: str) -> list[ReadTable]:
    """Return every table of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    return reader.tables


def table_captioned(html: str, start: str) -> ReadTable:
    """Return the one table whose caption begins so."""
    found = [table for table in tables_in(html) if table.caption.startswith(start)]
    if len(found) != 1:
        captions = "; ".join(table.caption for table in tables_in(html))
        raise AssertionError(f"One table must begin with {start!r}, got {len(found)} among: {captions}")
    return found[0]
