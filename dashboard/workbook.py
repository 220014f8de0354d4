"""A workbook of figures: what stands on its sheets, whichever spreadsheet format it is written in.

It follows the government's conventions for accessible spreadsheets: a cover, contents, notes, the shorthand explained,
one table a sheet with its headings marked, no merged cells, no blank rows or cells, text as text and numbers as
numbers. `dashboard/xlsx.py` and `dashboard/ods.py` write it.
"""

from dataclasses import dataclass
from datetime import date
from math import ceil

FORMATS = {"count": "#,##0", "percent": "0.0%", "change": "+0.0%;-0.0%;0.0%", "rate": "0.00", "days": "0.0"}
"""How numbers are shown, by what they are: the number itself is not rounded."""

COVER, CONTENTS, NOTES, SHORTHAND = "Cover", "Contents", "Notes", "Shorthand"
INTRODUCTION, ABOUT, CONTACT = "Introductory information", "About these data", "Contact"
"""The headings of a cover."""

ONE_TABLE = "This worksheet contains one table."


@dataclass(frozen=True)
class Number:
    """A cell that holds a number, and how it is shown: a key of FORMATS."""

    value: float
    format: str


Cell = str | Number


def lines(text: str, letters: int) -> int:
    """Return how many lines a text comes to where each has room for so many letters."""
    return sum(ceil(len(line) / letters) or 1 for line in text.split("\n"))


@dataclass(frozen=True)
class Sheet:
    """One sheet with its one table: the sentences above it, its headings, and its rows.

    The first `names` columns name the row.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    names: int = 1

    def __post_init__(self) -> None:
        if len(set(self.headings)) < len(self.headings):
            raise ValueError(f"{self.name}: each heading must differ from the others, got: {self.headings}")
        for row in self.rows:
            if len(row) != len(self.headings):
                raise ValueError(f"{self.name}: a row must have {len(self.headings)} cells, got: {len(row)}")
            if any(isinstance(cell, str) and not cell.strip() for cell in row):
                raise ValueError(f"{self.name}: no cell may be blank, got: {row[0]}")


@dataclass(frozen=True)
class Workbook:
    """A whole workbook. `made_on` is a date of the figures' own, so that the same figures give the same file."""

    title: str
    introduction: tuple[str, ...]
    about: tuple[str, ...]
    contact: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    shorthand: tuple[tuple[str, str], ...]
    tables: tuple[Sheet, ...]
    made_on: date

    @property
    def cover(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The sections of the cover: a heading and its paragraphs."""
        return (INTRODUCTION, self.introduction), (ABOUT, self.about), (CONTACT, self.contact)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every sheet that has a table, after the cover and the contents."""
        explained = (
            Sheet(
                NOTES,
                "Notes",
                (ONE_TABLE, "A note is referred to by its number in square brackets: [note 1]."),
                ("Note number", "Note", "Definition"),
                tuple((f"note {place}", *note) for place, note in enumerate(self.notes, start=1)),
            ),
            Sheet(
                SHORTHAND,
                "Shorthand used in the tables",
                (ONE_TABLE, "Shorthand stands in a cell in place of a number, and in the column named Status."),
                ("Shorthand", "Meaning"),
                self.shorthand,
            ),
        )
        return explained + self.tables
