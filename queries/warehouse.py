"""The current build, opened so that it can only be read.

Two properties are wanted. A reader sees the whole of one build, old or new, never a mixture: every build has a
path of its own, a pointer names the current one, and a connection is made to that path and kept. And nothing a
viewer sends can reach past the warehouse: it is opened read-only with external access off and its
configuration locked, and text from outside is only ever a bound parameter.
"""

import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from queries import sql

# It advises `sql`, which plans a query three times: `query_many` is for where the copy matters.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)

POINTER = "current"
WAREHOUSE = "warehouse.duckdb"
STAMP = "build.json"
IN_ONE_PASS: dict[str, Any] = {"asof_loop_join_threshold": 0}
"""How attributes are looked up by date. The engine guesses that few units are left after comparing dates; by that guess
it would go through a nation's days once for each of many units."""

AS_SERVED: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "lock_configuration": True,
    **IN_ONE_PASS,
}
"""How a published build is opened: it can be read, and nothing can be reached from it."""


class NoBuild(FileNotFoundError):
    """There is no published build to read."""


class MadeByAnother(NoBuild):
    """The published build was made by a program with other SQL: its tables, or what they mean, may be others."""


@dataclass(frozen=True)
class Build:
    """What a build was made from: the stamp that every figure carries. `made_with` is the digest of the SQL."""

    id: str
    built_on: date
    extract_date: date
    covered_to: date
    files: int
    rows_read: int
    rows_accepted: int
    synthetic: bool
    made_with: str = ""

    @property
    def accepted_share(self) -> float:
        """The share of rows read that were accepted, 0 to 1 (1 when nothing was read)."""
        return self.rows_accepted / self.rows_read if self.rows_read else 1.0


def current_build(builds: Path) -> Path:
    """Return the folder of the published build. Raises NoBuild saying what to do."""
    pointer = builds / POINTER
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoBuild("No build has been published yet: run `ppo demo`, or `ppo build EXTRACTS`.") from None
    folder = builds / name
    if not (folder / WAREHOUSE).is_file():
        raise NoBuild(f"The published build {name} is not there: run `ppo build EXTRACTS` again.")
    return folder


class Warehouse:
    """One build's warehouse. Safe to share between threads: each query has a cursor of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, build: Build) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._kept: dict[str, pl.DataFrame] = {}
        self.build = build

    @classmethod
    def open(cls, builds: Path) -> "Warehouse":
        """Open the published build of a builds folder. Raises NoBuild, and MadeByAnother, which is one."""
        return cls.open_build(current_build(Path(builds)))

    @classmethod
    def open_build(cls, folder: Path, whoever_made_it: bool = False) -> "Warehouse":
        """Open one build by its folder, read-only and locked.

        Raises MadeByAnother for a build of other SQL than this program's, unless that does not matter.
        """
        stamp = read_stamp(folder) if whoever_made_it else our_stamp(folder)
        connection = duckdb.connect(
            str((folder / WAREHOUSE).resolve()),
            read_only=True,
            config=AS_SERVED,
        )
        return cls(connection, stamp)

    def query_once(self, text: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query about the build itself, which is asked of it once: nobody may change the frame.

        Only for questions of ours that are few, and the same for every viewer.
        """
        asked = repr((text, sorted((parameters or {}).items())))
        if asked not in self._kept:
            self._kept[asked] = self.query(text, parameters)
        return self._kept[asked]

    def query(self, text: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of one query. Only the parameters that the text names are bound.

        Sums of whole numbers and of decimals, which are the same in any order, come out as plain numbers.
        """
        with self.cursor() as cursor:
            return _plain(pl.from_arrow(cursor.execute(text, _named_in(text, parameters)).to_arrow_table()))

    def query_many(self, text: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        """Return what `query` returns, where that may be millions of rows.

        They are copied once less, and the query is planned twice more, which is most of what a figure costs.
        """
        with self.cursor() as cursor:
            return _plain(cursor.sql(text, params=_named_in(text, parameters)).pl())

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor of one's own, closed in the end."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def _named_in(text: str, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in (parameters or {}).items() if f"${name}" in text} or None


def _plain(found: Any) -> pl.DataFrame:
    return found.with_columns(
        pl.col(name).cast(pl.Float64 if kind.scale else pl.Int64)
        for name, kind in found.schema.items()
        if isinstance(kind, pl.Decimal)
    )


def our_stamp(folder: Path) -> Build:
    """Return the stamp of one build folder. Raises MadeByAnother for a build of other SQL than this program's."""
    stamp = read_stamp(folder)
    if stamp.made_with != sql.digest():
        raise MadeByAnother(
            f"The build in use, {stamp.id}, was made by another version of this program: run `ppo build EXTRACTS`."
        )
    return stamp


def read_stamp(folder: Path) -> Build:
    """Return the stamp of one build folder."""
    stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    return Build(
        id=stamp["id"],
        built_on=date.fromisoformat(stamp["built_on"]),
        extract_date=date.fromisoformat(stamp["extract_date"]),
        covered_to=date.fromisoformat(stamp["covered_to"]),
        files=stamp["files"],
        rows_read=stamp["rows_read"],
        rows_accepted=stamp["rows_accepted"],
        synthetic=stamp["synthetic"],
        made_with=stamp.get("made_with", ""),
    )
