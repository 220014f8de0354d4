"""The life of what is kept: old builds removed with their identities, and a copy of everything that can be restored."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl import forget, publish
from etl.identity import default_folder
from queries import audit
from queries.store import FILE, opened
from queries.warehouse import POINTER, STAMP, current_build, read_stamp

MANIFEST = "backup.json"


class BackupThere(FileExistsError):
    """The folder that a backup is to go to already holds something."""


@dataclass(frozen=True)
class Pruned:
    """What was removed: builds by their ids, and folders of identities that belonged to no build kept."""

    builds: tuple[str, ...]
    identities: int


def prune(builds: Path, keep: int, identity: Path | None = None) -> Pruned:
    """Remove all but the newest builds, and the identities of those removed; never the current build or its own.

    What was published of a build removed stays, since the next release is protected against it. Raises ValueError for a
    number under 1, NoBuild, and BuildRunning while a build is being made.
    """
    if keep < 1:
        raise ValueError(f"At least one build is kept, the current one, got: --keep {keep}")
    current = current_build(builds).name
    with publish.building(builds):
        found = sorted(
            (path for path in builds.iterdir() if (path / STAMP).is_file() and not path.name.startswith(".")),
            key=lambda path: (path.name == current, read_stamp(path).built_on, path.stat().st_mtime, path.name),
            reverse=True,
        )
        gone = [path.name for path in found[keep:]]
        kept = {path.name for path in found[:keep]}
        for name in gone:
            # The stamp last: a folder without one is no build, and would not be looked at again.
            shutil.rmtree(builds / name)
        folder = identity or default_folder(builds)
        orphans = [
            path for path in _folders(folder) if path.name not in kept and path.name not in (forget.FOLDER, current)
        ]
        for path in orphans:
            shutil.rmtree(path)
    return Pruned(tuple(sorted(gone)), len(orphans))


def backup(builds: Path, out: Path, identity: Path | None = None, access: Path | None = None) -> Path:
    """Copy what users wrote, the identities and the current build to a new folder, all of one moment; return it.

    Its layout is that of an installation, so that it is restored by copying it back, or used where it is. No build is
    made meanwhile, and what users write meanwhile is in it whole or not at all. The key to the identities is not in it.
    Raises BackupThere, NoBuild, BuildRunning and StoreUnusable.
    """
    current_build(builds)
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise BackupThere(f"A backup goes to a new or empty folder, got: {out}")
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    out.chmod(0o700)
    with publish.building(builds):
        folder = current_build(builds)
        _copy(folder, out / "builds" / folder.name)
        snapshots = [path for path in builds.iterdir() if path.is_dir() and not (path / STAMP).is_file()]
        for path in snapshots:
            if not path.name.startswith("."):
                _copy(path, out / "builds" / path.name)
        store = identity or default_folder(builds)
        for path in _folders(store):
            if path.name in (folder.name, forget.FOLDER):
                _copy(path, out / "builds-identity" / path.name)
        # What stands beside the builds' identities is of no one build: the decisions of the linkage review.
        for path in sorted(store.iterdir()) if store.is_dir() else []:
            if path.is_file():
                _write(out / "builds-identity" / path.name, path.read_bytes())
        _write(out / "builds" / POINTER, (folder.name + "\n").encode())
    (out / "builds-state").mkdir(mode=0o700)
    with opened(builds) as written:
        written.copy_to(out / "builds-state" / FILE)
        number, head = audit.head(written)
    if access is not None and access.is_file():
        _write(out / "builds-access.toml", access.read_bytes())
    about = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "build": folder.name,
        "audit_head": f"{number}:{head}",
        "files": {path.relative_to(out).as_posix(): _digest(path) for path in _files(out)},
    }
    _write(out / MANIFEST, (json.dumps(about, indent=1) + "\n").encode())
    return out


def spoilt(backup: Path) -> list[str]:
    """Return the files of a backup that are missing or are not as they were written, and any that were put in."""
    about = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    there = {path.relative_to(backup).as_posix(): _digest(path) for path in _files(backup)} if backup.is_dir() else {}
    there.pop(MANIFEST, None)
    return sorted(name for name in there | about["files"] if there.get(name) != about["files"].get(name))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _copy(source: Path, target: Path) -> None:
    """Copy a folder, for its owner's eyes only."""
    for path in _files(source):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        shutil.copyfile(path, to)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
