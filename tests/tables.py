"""Pipe tables for tests worked by hand: a row per line, and beside a row that must not count, the reason."""

from __future__ import annotations


def table(text: str) -> list[dict[str, str | None]]:
    """The rows of a pipe table as dicts of text; an empty cell is None.

        person | committed  | proved
        A      | 2009-04-02 | 2009-06-01
        B      | 2010-04-02 | 2010-06-01  # a day after the year: too late

    The first line names the columns. ` # ` starts a comment, blank lines and lines of dashes are skipped.
    Raises ValueError naming the line when a row has more or fewer cells than there are columns.
    """
    columns: list[str] = []
    rows: list[dict[str, str | None]] = []
    for line in text.splitlines():
        content = (" " + line + " ").split(" # ")[0].strip()
        if not content.strip("-+| "):
            continue
        cells = [cell.strip() for cell in content.split("|")]
        if not columns:
            columns = cells
            continue
        if len(cells) != len(columns):
            raise ValueError(f"A row needs {len(columns)} cells, got {len(cells)}: {content}")
        rows.append({column: cell or None for column, cell in zip(columns, cells, strict=True)})
    return rows


def comments(text: str) -> list[str]:
    """The comments of a pipe table, in order: why each of those rows must not count."""
    return [line.split(" # ", 1)[1].strip() for line in text.splitlines() if " # " in line]
