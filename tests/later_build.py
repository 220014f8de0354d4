"""A later build of the same world, in which some people turn out otherwise: made from a build, without building."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from queries.warehouse import POINTER, STAMP, WAREHOUSE

LATER = "20111130-later000"


def with_later_build(builds: Path, folder: Path, changes: Sequence[str], covered_to: str = "2011-11-30") -> Path:
    """Return a copy of a builds folder with its build and a later one, current, which the SQL of `changes` made.

    The build before is still there under its own name; `current_is` says which of them is served.
    """
    before = (builds / POINTER).read_text(encoding="utf-8").strip()
    folder.mkdir(parents=True)
    for name in (before, LATER):
        shutil.copytree(builds / before, folder / name)
    later = folder / LATER
    stamp = json.loads((later / STAMP).read_text(encoding="utf-8"))
    (later / STAMP).write_text(
        json.dumps(stamp | {"id": LATER, "covered_to": covered_to, "extract_date": covered_to}), encoding="utf-8"
    )
    connection = duckdb.connect(str(later / WAREHOUSE))
    for change in changes:
        connection.execute(change)
    connection.close()
    current_is(folder, before)
    return folder


def current_is(builds: Path, name: str) -> None:
    """Make one of the builds the one that is served."""
    (builds / POINTER).write_text(name, encoding="utf-8")
