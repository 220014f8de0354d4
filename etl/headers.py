"""Which row of a file is its header, and which column of the contract each of its cells names.

A header need not stand on row one: titles may stand above it, and it may go over two rows where cells were merged.
"""

import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl import contracts
from etl.contracts import BY_NAME, Extract
from etl.manifest import Problem

ALIASES = "aliases.toml"
LOOKED_AT = 40
"""Rows from the top among which the header is looked for."""

NEAR_ENOUGH = 0.6
"""How alike a header must be to the one looked for to be named in a message."""


def folded(header: str) -> str:
    """Return a header as headers are compared: case, spaces of any kind, underscores and hyphens do not matter."""
    return re.sub(r"[\s_\u200b\ufeff-]+", "", header).casefold()


@dataclass(frozen=True)
class Wanted:
    """The columns that are looked for in a header: `names` gives the column for each header, folded."""

    extract: Extract
    names: dict[str, str]

    @property
    def required(self) -> set[str]:
        return {column.name for column in self.extract.columns if column.required}

    def found(self, cells: Sequence[str | None]) -> set[str]:
        """Return the columns that some cell names."""
        return {self.names[fold] for cell in cells if cell and (fold := folded(cell)) in self.names}


def wanted(extract: Extract, aliases: dict[str, str] | None = None) -> Wanted:
    """Return what is looked for in the header of an extract. `aliases` gives the column for each folded header."""
    return Wanted(extract, {**{folded(column.name): column.name for column in extract.columns}, **(aliases or {})})


@dataclass(frozen=True)
class Header:
    """The cells of a header, and the first and the last row over which it goes, counted from 1."""

    cells: tuple[str, ...]
    first: int
    last: int


def _both(above: Sequence[str | None], below: Sequence[str | None], *, joined: bool) -> list[str | None]:
    """Return two rows as one header: the lower cell, or the upper where it is blank; `joined`: both words."""
    width = max(len(above), len(below))
    cells: list[str | None] = []
    for place in range(width):
        upper, lower = (row[place] if place < len(row) else None for row in (above, below))
        upper, lower = (upper or "").strip(), (lower or "").strip()
        cells.append(f"{upper} {lower}".strip() if joined else lower or upper)
    return cells


def find(rows: Sequence[Sequence[str | None]], wanted: Wanted) -> Header | None:
    """Return the header among the first rows of a file, or None when no row names any column of the contract.

    The row that names most columns, the first of several; two rows as one where they name more together.
    """
    best: tuple[int, Header] | None = None
    for place, row in enumerate(rows[:LOOKED_AT]):
        candidates = [(row, place)]
        if place + 1 < len(rows):
            candidates += [(_both(row, rows[place + 1], joined=joined), place + 1) for joined in (False, True)]
        for cells, last in candidates:
            found = wanted.found(cells)
            if found and (best is None or len(found) > best[0]):
                header = Header(tuple((cell or "").strip() for cell in cells), place + 1, last + 1)
                # Two rows that name no more than the lower one by itself are a row above the header and the header.
                alone = len(wanted.found(rows[last])) if last > place else -1
                if len(found) > alone:
                    best = len(found), header
            if place == 0 and last == place and wanted.required <= found:
                return best[1] if best else None
    if best is None:
        return None
    few = best[0] < 2 or best[0] * 3 < len(wanted.required)
    return Header(tuple((cell or "").strip() for cell in rows[0]), 1, 1) if few and best[1].first > 1 else best[1]


def data_above(rows: Sequence[Sequence[str | None]], header: Header) -> int | None:
    """Return the first row above a header that looks like a record and not like a title, or None."""
    width = sum(1 for cell in header.cells if cell)
    for number, row in enumerate(rows[: header.first - 1], start=1):
        cells = [cell for cell in row if cell and cell.strip()]
        if len(cells) * 2 >= width and sum(1 for cell in cells if re.search(r"\d", cell)) >= 2:
            return number
    return None


def nearest(column: str, headers: Sequence[str]) -> str | None:
    """Return the header that is most like a column's name: by its letters, or by the initials of its words."""
    spare = {folded(header): header for header in headers if folded(header)}
    near = difflib.get_close_matches(folded(column), spare, 1, NEAR_ENOUGH)
    words = column.split("_")
    initials = "".join(word[0] for word in words)
    if near:
        return spare[near[0]]
    return spare.get(initials) if len(words) > 2 else None


def read_aliases(agency: Path) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """Return for each extract of an agency the columns that its own headers stand for, and what is wrong with the file.

    `aliases.toml` in the agency's folder has a table for each extract and in it a line for each column, with the
    header that the agency uses for it, or a list of them.
    """
    path = agency / ALIASES
    file = f"{agency.name}/{ALIASES}"

    def problem(what_to_do: str, column: str | None = None) -> Problem:
        return Problem(file, contracts.WRONG_ALIAS.name, what_to_do, column=column)

    if not path.is_file():
        return {}, []
    try:
        written: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        return {}, [problem(f"The file is not TOML in UTF-8. {contracts.WRONG_ALIAS.mend}")]
    found: dict[str, dict[str, str]] = {}
    problems = []
    for stem, lines in written.items():
        extract = BY_NAME.get(f"{agency.name}/{stem}")
        if extract is None or not isinstance(lines, dict):
            problems.append(problem(f"Name an extract of the agency. {contracts.WRONG_ALIAS.mend}", str(stem)))
            continue
        names = {column.name for column in extract.columns}
        own = {folded(name) for name in names}
        for column, headers in lines.items():
            headers = [headers] if isinstance(headers, str) else headers
            if column not in names:
                problems.append(problem(f"Name a column of {extract.name} before the =.", f"{stem}.{column}"))
            elif not isinstance(headers, list) or not all(isinstance(one, str) and folded(one) for one in headers):
                problems.append(problem("Write a header in quotation marks, or a list of them.", f"{stem}.{column}"))
            else:
                for header in headers:
                    taken = found.setdefault(extract.name, {})
                    if folded(header) in own or taken.get(folded(header), column) != column:
                        problems.append(
                            problem("The header stands for another column already: give it once.", f"{stem}.{column}")
                        )
                    taken[folded(header)] = column
    return found, problems
