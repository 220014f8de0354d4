"""Whether a build would only make again what is in use: the same extracts, the same decisions, the same program."""

import hashlib
import importlib.metadata
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from etl import forget
from etl.identity import IdentityStore, identity_store
from etl.link.overrides import OVERRIDES
from etl.manifest import read_manifest
from queries import sql
from queries.warehouse import NoBuild, current_build

MADE_OF = "made-of.txt"
"""Lies beside a build's warehouse: one line, a digest of all that the build was made of. Nothing can be read off it."""

PROGRAM = ("etl", "queries")
LIBRARIES = ("duckdb", "polars", "pyarrow", "splink", "highspy")
"""What works the figures out, beside the program's own files."""


def made_of(
    extracts: Path,
    store: IdentityStore,
    *,
    extract_date: date,
    accept: Collection[str] = (),
    by_name: bool = True,
    overrides: Path | None = None,
) -> str:
    """Return a digest of everything that decides what a build has in it, whatever day it is made on.

    That is every file of the extracts with its name; what was asked for; the decisions about who is who; whom the
    store is to forget; and the program, its libraries included. What the build before left behind, people's numbers and
    what was withheld, gives a build of the same the same again.
    """
    digest = hashlib.sha256()
    for path in _files(extracts):
        _add(digest, path.relative_to(extracts).as_posix(), path)
    for asked in (extract_date, sorted(accept), by_name, forget.listed(store)):
        digest.update(repr(asked).encode())
    decided = overrides or store.folder / OVERRIDES
    _add(digest, OVERRIDES, decided if decided.is_file() else None)
    for folder in PROGRAM:
        for path in _files(sql.ROOT / folder):
            if path.suffix in (".py", ".sql", ".toml", ".json"):
                _add(digest, path.relative_to(sql.ROOT).as_posix(), path)
    for name in LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    return digest.hexdigest()


def unchanged(
    extracts: Path,
    builds: Path,
    *,
    extract_date: date | None = None,
    accept: Collection[str] = (),
    identity: Path | None = None,
    by_name: bool = True,
    overrides: Path | None = None,
) -> str | None:
    """Return the id of the build in use where building these extracts would only make it again, else None.

    Raises IntakeStopped for a manifest that cannot be read, and IdentityKeyMissing or IdentityKeyWrong for real
    extracts without the store's key, as a build does.
    """
    manifest = read_manifest(extracts, extract_date)
    store = identity_store(builds, manifest.synthetic, identity)
    try:
        current = current_build(builds)
        then = (current / MADE_OF).read_text(encoding="ascii").strip()
    except (NoBuild, FileNotFoundError):
        return None
    # Another store than the build's would number people anew; one of the same with another key is said to be wrong.
    if store.registry(current.name).is_empty():
        return None
    taken = manifest.extract_date
    now = made_of(extracts, store, extract_date=taken, accept=accept, by_name=by_name, overrides=overrides)
    return current.name if then == now else None


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _add(digest: "hashlib._Hash", name: str, path: Path | None) -> None:
    """Add a file under its name, its length first, so that no two lists of files read alike."""
    size = path.stat().st_size if path else -1
    digest.update(f"{name}\n{size}\n".encode())
    if path:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
