"""Publication: a build becomes current in one step, or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queries.warehouse import POINTER

WORK = ".work"


class BuildRunning(RuntimeError):
    """Another build holds the builds folder."""


@contextmanager
def building(builds: Path) -> Iterator[Path]:
    """Hold the builds folder for one build and give it a private working folder, swept before and after.

    What an earlier build left when it was killed goes first. Raises BuildRunning when another is at work.
    """
    builds.mkdir(parents=True, exist_ok=True)
    with (builds / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildRunning("Another build is at work in this folder: wait for it, or stop it.") from None
        work = builds / WORK
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def publish(builds: Path, folder: Path, build_id: str) -> None:
    """Move a finished build to its own place and point at it. A reader sees the old one until the last step."""
    for path in folder.iterdir():
        path.chmod(0o600)
        _sync(path)
    final = builds / build_id
    shutil.rmtree(final, ignore_errors=True)
    os.replace(folder, final)
    _sync(builds)
    pointer = builds / f".{POINTER}.new"
    pointer.write_text(build_id + "\n", encoding="utf-8")
    pointer.chmod(0o600)
    _sync(pointer)
    os.replace(pointer, builds / POINTER)
    _sync(builds)


def current_id(builds: Path) -> str | None:
    """Return the id of the published build, or None before the first."""
    try:
        return (builds / POINTER).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
