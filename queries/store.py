"""What users write, in one SQLite file beside the builds: never in a warehouse, which is a function of its extracts."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from queries import sql

STATE_VARIABLE = "PPO_STATE"
FILE = "state.sqlite"
STATEMENTS = "queries/store.sql"
_PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""
_MAKING = threading.Lock()
"""Held while the file is made, so that no thread has it open when its maker closes it."""


class StoreUnusable(OSError):
    """The store cannot be opened or written, with what to do about it."""


def state_folder(builds: Path) -> Path:
    """Return where what users write is kept: PPO_STATE, else beside the builds folder, never in it.

    A server may then have the builds read-only, and a build that is removed takes nothing of it along.
    """
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return Path(named)
    builds = Path(builds).resolve()
    return builds.parent / f"{builds.name}-state"


class Store:
    """One open store. Safe to share between threads; each `writing` block is one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._lock = threading.RLock()
        self.path = path

    @classmethod
    def open(cls, builds: Path) -> "Store":
        """Open the store of a builds folder, made if there is none and brought up to date if it is older.

        Raises StoreUnusable when the folder cannot be written or the file is of a newer version.
        """
        folder = state_folder(builds)
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make(path)
            connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            for setting in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "secure_delete = on"):
                connection.execute(f"pragma {setting}")
            store = cls(connection, path)
            store._bring_up_to_date()
        except (OSError, sqlite3.Error) as problem:
            raise StoreUnusable(
                f"What users write is kept in {folder}, which cannot be used ({type(problem).__name__}): it must be a"
                f" folder that this user may write, named by {STATE_VARIABLE} or beside the builds."
            ) from None
        return store

    def close(self) -> None:
        """Close the file; the store cannot be used after."""
        self._connection.close()

    def rows(self, title: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of one section of `queries/store.sql`."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql.section(STATEMENTS, title), parameters or {})]

    @contextmanager
    def writing(self) -> Iterator["Store"]:
        """Hold the store for one transaction: all of what is done inside is kept, or none of it."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def do(self, title: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Run one section that writes, inside `writing`, and return how many rows it changed."""
        return self._connection.execute(sql.section(STATEMENTS, title), parameters or {}).rowcount

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the whole store, others writing or not, readable by its owner only."""
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        copy = sqlite3.connect(path)
        try:
            with self._lock:
                self._connection.backup(copy)
            # A copy is one file: nothing is left beside it that would have to be copied too.
            copy.execute("pragma journal_mode = delete")
        finally:
            copy.close()

    def _bring_up_to_date(self) -> None:
        migrations = [title for title in sql.titles(STATEMENTS) if title.startswith("migration_")]
        if self._version() == len(migrations):
            return
        with self.writing():
            version = self._version()
            if version > len(migrations):
                raise sqlite3.DatabaseError("made by a newer version")
            for title in migrations[version:]:
                for statement in _statements(sql.section(STATEMENTS, title)):
                    self._connection.execute(statement)
            self._connection.execute(f"pragma user_version = {len(migrations)}")

    def _version(self) -> int:
        return self._connection.execute("pragma user_version").fetchone()[0]


@contextmanager
def opened(builds: Path) -> Iterator[Store]:
    """Open the store of a builds folder for a moment. Raises StoreUnusable."""
    store = Store.open(builds)
    try:
        yield store
    finally:
        store.close()


def _make(path: Path) -> None:
    """Make the file if there is none, since SQLite would give it whatever permissions the process happens to give.

    A file that is there is never opened here: to close any descriptor of a file is to give up every lock that the
    process has on it (POSIX), those of its other connections too. Another process that closes the store would then
    take itself for the last, and remove the write-ahead log that they still write to.
    """
    with _MAKING, suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError


def _statements(text: str) -> Iterator[str]:
    """Give the statements of a section, a trigger's body kept whole."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
