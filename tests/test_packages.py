"""What is installed is what was locked and fits together; `make audit` asks whether any of it is known to be bad."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

from tests.test_structure import pins, text_of

ROOT = Path(__file__).parent.parent


def folded(name: str) -> str:
    """Return a package's name as every way of writing it is folded."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, str]:
    return {folded(each.metadata["Name"]): each.version for each in importlib.metadata.distributions()}


def other_versions(found: dict[str, str], locked: dict[str, set[str]]) -> dict[str, str]:
    """Return what is installed in another version than is locked. What is in no lock is somebody's own tool."""
    known = {folded(name): versions for name, versions in locked.items()}
    return {
        name: version for name, version in found.items() if name in known and version.split("+")[0] not in known[name]
    }


def test_what_is_installed_is_what_was_locked():
    locked = pins(text_of("requirements-dev.txt"))
    assert other_versions({"polars": "0.1", "left-pad": "1.0"}, locked) == {"polars": "0.1"}
    found = installed()
    assert other_versions(found, locked) == {}
    assert {"streamlit", "duckdb", "authlib", "cryptography"} <= set(found)


def test_the_packages_fit_together():
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_an_auditor_is_there_for_when_there_is_a_network():
    assert "pip-audit" in pins(text_of("requirements-dev.txt"))
    assert re.search(r"^audit: .*\n\t.*pip_audit.* --require-hashes .*-r requirements.txt", text_of("Makefile"), re.M)
