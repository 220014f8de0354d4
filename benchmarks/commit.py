"""Which commit is measured, and whether the tree is as it was committed."""

import subprocess
from pathlib import Path

NOT_RECORDED = "not recorded"
CHANGED = " and changes"
WRITTEN = ("benchmarks/RESULTS.md", "benchmarks/RESULTS.json", "benchmarks/growth.svg")
"""What measuring writes itself: it changes nothing that is measured."""


def commit_now(root: Path | None = None) -> str:
    """Return the short name of the commit, with `and changes` where the tree has some; outside one `not recorded`."""
    root = root or Path(__file__).parent.parent
    name = _git(root, "rev-parse", "--short", "HEAD").strip()
    if not name:
        return NOT_RECORDED
    changed = _git(root, "status", "--porcelain", "--", ".", *(f":!{path}" for path in WRITTEN))
    return f"{name}{CHANGED}" if changed.strip() else name


def is_whole(commit: str) -> bool:
    """Return whether a name says all of what was measured: a commit, with no changes after it."""
    return commit != NOT_RECORDED and not commit.endswith(CHANGED)


def _git(root: Path, *arguments: str) -> str:
    """Return what git says, or nothing where there is no git or no repository."""
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
