"""What is installed is what was locked and fits together; `make audit` asks whether any of it is known to be bad."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from etl import again
from tests.test_structure import pins, text_of

ROOT = Path(__file__).parent.parent
OURS = ("pages", "dashboard", "queries", "etl")


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


def imported() -> dict[str, set[str]]:
    """Return the modules that what serves and builds imports from elsewhere, each with the files that do.

    `etl/on_spark.py` runs where Spark is installed, and only there.
    """
    found: dict[str, set[str]] = {}
    files = [ROOT / "app.py", ROOT / "cli.py", *(p for f in OURS for p in (ROOT / f).rglob("*.py"))]
    for file in files:
        if file.name == "on_spark.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(file.relative_to(ROOT).as_posix())
    return {name: by for name, by in found.items() if name not in {*sys.stdlib_module_names, *OURS, "app", "cli"}}


def test_what_serves_and_builds_asks_for_nothing_that_only_developers_have():
    run_time = {folded(name) for name in pins(text_of("requirements.txt"))}
    asked_for = tomllib.loads(text_of("pyproject.toml"))["project"]["dependencies"]
    named = {folded(re.split(r"[\[=<>;]", one)[0]) for one in asked_for}
    where = importlib.metadata.packages_distributions()
    assert {"duckdb", "streamlit", "splink"} <= set(imported())
    unasked = {
        name: by for name, by in imported().items() if not named & {folded(each) for each in where.get(name, [name])}
    }
    assert unasked == {}
    assert {folded(name) for name in again.LIBRARIES} <= run_time
