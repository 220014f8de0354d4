"""What is wrong with an installation, as far as its folders, its key, its clock and its log can tell."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from etl.identity import KEY_VARIABLE, default_folder
from etl.keeping import MANIFEST, spoilt
from queries import audit, sql
from queries.store import StoreUnusable, opened, state_folder
from queries.warehouse import Build, NoBuild, current_build, read_stamp

Verdict = Literal["ok", "note", "wrong"]
PROJECT = Path(__file__).resolve().parent.parent
EARLIEST = date(2024, 1, 1)
"""Before this program was written: a clock that says so is wrong."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is right, and if not, what to do."""

    about: str
    verdict: Verdict
    said: str


def build_now(builds: Path) -> Build | None:
    """Return the stamp of the current build, or None before the first."""
    try:
        return read_stamp(current_build(builds))
    except NoBuild:
        return None


def examine(
    builds: Path, identity: Path | None = None, others: tuple[Path, ...] = (), backup: Path | None = None
) -> Iterator[Finding]:
    """Give a finding for everything that can be looked at; `others` are files that must be private too.

    `backup` is the folder of a copy, to be looked at as well.
    """
    build = build_now(builds)
    if build is None:
        yield Finding("build", "wrong", "No build is published: run `ppo build EXTRACTS`.")
    else:
        kind = "synthetic people" if build.synthetic else "real people"
        yield Finding("build", "ok", f"{build.id}, of {kind}, data to {build.covered_to:%-d %B %Y}.")
        if build.made_with != sql.digest():
            yield Finding(
                "build",
                "wrong",
                "It was made by another version of this program, and nothing of it is shown: run `ppo build EXTRACTS`.",
            )
    store = identity or default_folder(builds)
    yield from _permissions(builds, store, others)
    yield _place(builds, store)
    yield _key(build)
    yield _clock(builds, build)
    yield _log(builds)
    if backup is not None:
        yield _backup(backup)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Finding("user", "wrong", "This is the superuser: run the service and the builds as a user of their own.")
    else:
        yield Finding("user", "ok", "Not the superuser.")


def _permissions(builds: Path, store: Path, others: tuple[Path, ...]) -> Iterator[Finding]:
    places = {"builds": builds, "identities": store, "what users write": state_folder(builds)}
    places |= {path.name: path for path in others}
    for name, place in places.items():
        if not place.exists():
            continue
        loose = [path for path in _all(place) if _is_loose(path, builds)]
        if loose:
            first = loose[0].relative_to(place.parent)
            yield Finding(
                f"permissions of {name}",
                "wrong",
                f"{len(loose)} of its files and folders are open to others, {first} first: chmod -R go= {place.name}",
            )
        else:
            yield Finding(f"permissions of {name}", "ok", "Its owner's alone.")


def _all(place: Path) -> Iterator[Path]:
    yield place
    if place.is_dir():
        yield from sorted(place.rglob("*"))


def _is_loose(path: Path, builds: Path) -> bool:
    """Return whether others may read or change a file, or get into a folder; the builds folder itself may be listed."""
    mode = stat.S_IMODE(path.stat().st_mode)
    names_only = path == builds or path.name == ".lock"
    return bool(mode & (0o022 if names_only else 0o077))


def _place(builds: Path, store: Path) -> Finding:
    served = [builds.resolve(), *(PROJECT / name for name in ("pages", "dashboard", "static", ".streamlit", "data"))]
    for folder in served:
        if store.resolve().is_relative_to(folder):
            return Finding(
                "place of identities",
                "wrong",
                f"The identity store is inside {folder.name}, which the dashboard reads: keep it apart (--identity).",
            )
    return Finding("place of identities", "ok", "Apart from what the dashboard reads.")


def _key(build: Build | None) -> Finding:
    key = os.environ.get(KEY_VARIABLE, "")
    real = build is not None and not build.synthetic
    if real and not key:
        return Finding(
            "key",
            "note",
            f"{KEY_VARIABLE} is not set: right where the dashboard runs; builds, `ppo who` and `ppo forget` need it.",
        )
    if key and len(key) < 20:
        return Finding("key", "wrong", f"{KEY_VARIABLE} is short: use a pass phrase of 20 characters or more.")
    return Finding("key", "ok", "Set." if key else "None is needed for synthetic people.")


def _clock(builds: Path, build: Build | None) -> Finding:
    now = datetime.now(UTC)
    if now.date() < EARLIEST:
        return Finding("clock", "wrong", f"This machine says that it is {now:%-d %B %Y}: set its clock.")
    ahead = []
    if build is not None and build.built_on > now.date() + timedelta(days=1):
        ahead.append("the current build")
    last = _last_line(builds)
    if last is not None and last > now + timedelta(minutes=5):
        ahead.append("the last line of the audit log")
    if ahead:
        return Finding(
            "clock", "wrong", f"{' and '.join(ahead).capitalize()} is from the future: this machine's clock is behind."
        )
    return Finding("clock", "ok", f"{now:%-d %B %Y, %H:%M} UTC.")


def _last_line(builds: Path) -> datetime | None:
    if not state_folder(builds).is_dir():
        return None
    try:
        with opened(builds) as store:
            found = audit.lines(store)
    except StoreUnusable:
        return None
    return datetime.fromisoformat(found[-1]["at"]) if found else None


def _log(builds: Path) -> Finding:
    if not state_folder(builds).is_dir():
        return Finding("audit log", "note", "Nothing has been logged yet.")
    try:
        with opened(builds) as store:
            fault = audit.verify(store)
            number, _head = audit.head(store)
    except StoreUnusable as problem:
        return Finding("audit log", "wrong", str(problem))
    if fault is not None:
        return Finding("audit log", "wrong", f"Line {fault.number}: {fault.reason}. Somebody has changed the log.")
    return Finding("audit log", "ok", f"{number} lines, each following from the one before.")


def _backup(folder: Path) -> Finding:
    try:
        wrong = spoilt(folder)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        said = f"{MANIFEST} of {folder} cannot be read ({type(problem).__name__}): this is no backup, or not all of it."
        return Finding("backup", "wrong", said)
    if wrong:
        said = f"{len(wrong)} of its files are missing, changed or put in, {wrong[0]} first."
        return Finding("backup", "wrong", said)
    return Finding("backup", "ok", f"Its files are those that {MANIFEST} lists, as they were written.")
