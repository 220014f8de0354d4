"""What `make` says where it cannot install: each failure names what is missing and what to do, and leaves no half."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NO_REGISTRY = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
"""A port of this machine that nobody listens on."""


@pytest.fixture
def copy(tmp_path) -> Path:
    """Return a folder with what `make install` reads, and no environment."""
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "requirements-spark.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # Without the folder of tools that this environment may have put first, so that pip is what installs.
    path = os.pathsep.join(("/usr/local/bin", "/usr/bin", "/bin"))
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", ["demo", "install", "test"])
def test_without_a_python_it_says_which_were_looked_for_and_how_to_get_one(copy, command):
    done = make(copy, command, "PYTHON=/nowhere/python3")
    assert done.returncode
    assert "Python 3.11 or newer is needed, and none was found as: /nowhere/python3." in done.stderr
    assert "make PYTHON=/path/to/python3.11" in done.stderr
    assert not (copy / ".venv").exists()


def test_an_older_python_is_as_none(copy):
    old = program(copy / "old-python", "exit 1")
    assert "none was found as" in make(copy, "install", f"PYTHON={old}").stderr


def test_a_python_without_venv_is_said_to_be_and_leaves_nothing(copy):
    half = program(copy / "half-python", f'[ "$1" = -m ] && mkdir -p .venv && exit 1\nexec {sys.executable} "$@"')
    done = make(copy, "install", f"PYTHON={half}")
    assert done.returncode
    assert "This Python cannot make a virtual environment" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert not (copy / ".venv").exists()


def test_an_environment_that_cannot_be_used_is_left_to_its_owner_to_remove(copy):
    mine = program(copy / ".venv/bin/python", "exit 1")
    done = make(copy, "install")
    assert done.returncode
    assert "Remove it with `make clean` and run this again." in done.stderr
    assert mine.exists()


def test_without_a_registry_it_says_that_one_is_needed_and_is_not_taken_for_done(copy):
    for _ in range(2):
        done = make(copy, "install", f"PYTHON={sys.executable}", **NO_REGISTRY)
        assert done.returncode
        assert "A package registry must be within" in done.stderr
        assert not list((copy / ".venv").glob(".run-time-*"))
