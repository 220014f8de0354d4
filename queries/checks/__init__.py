"""Checks: each file is a SELECT whose rows are the problem. A hard one with rows stops publication."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from queries import sql
from queries.unit_rows import table_name, unit_files

SEVERITIES = ("hard", "soft")
SHRUNK = "shrunk"
SHRUNK_TO = 0.5
"""A file with under this share of the rows it had in the build before stops publication."""


@dataclass(frozen=True)
class Checked:
    """One check with how many rows it found. `check` is what `--accept` names to let it through."""

    check: str
    title: str
    severity: str
    rows: int

    SCHEMA: ClassVar[dict[str, type[pl.DataType]]] = {
        "check": pl.String, "title": pl.String, "severity": pl.String, "rows": pl.Int64,
    }  # fmt: skip

    def row(self) -> dict[str, object]:
        """Return the check as a row of the `checks` table."""
        return {name: getattr(self, name) for name in self.SCHEMA}


def headers() -> dict[str, dict[str, str]]:
    """Return what the header of each file says: `check`, the check's id; `title`; `severity`."""
    found = {}
    for file in sql.files("queries/checks"):
        header = dict(re.findall(r"^-- (check|title|severity): (.+)$", sql.read_sql(file), re.MULTILINE))
        if set(header) != {"check", "title", "severity"} or header["severity"] not in SEVERITIES:
            raise ValueError(f"{file}: a check's header has check, title and severity ({' or '.join(SEVERITIES)})")
        found[file] = header
    return found


def run_checks(query: Callable[[str], pl.DataFrame], previous: dict[str, int]) -> list[Checked]:
    """Run every check over a warehouse and return each with the rows it found, none included."""
    found = []
    for file, header in headers().items():
        body = sql.body(file)
        # A check `each: units` is made of every table of units in turn.
        tables = [table_name(name) for name in unit_files()] if "{units}" in body else [""]
        rows = sum(query(body.replace("{units}", table)).height for table in tables)
        found.append(Checked(header["check"], header["title"], header["severity"], rows))
    now = dict(query("select file, accepted from files").iter_rows())
    for file, rows in sorted(previous.items()):
        if rows and now.get(file, 0) < rows * SHRUNK_TO:
            lost = rows - now.get(file, 0)
            title = f"{file} has under half of the accepted rows it had last time"
            found.append(Checked(f"{file}:{SHRUNK}", title, "hard", lost))
    return found
