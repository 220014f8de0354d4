"""A pytest plugin for a run that takes hours: what passed is written down, and a second run goes on from there."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--passed-before", type=Path, help="tests that need not be run again, a line each")
    parser.addoption("--note-passed", type=Path, help="file to which every test that passes is added")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what passed before."""
    before = set(lines(config.getoption("--passed-before")))
    left_out = [item for item in items if item.nodeid in before]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item.nodeid not in before]


def pytest_configure(config: pytest.Config) -> None:
    # Where many processes run tests, one hears of them all.
    if config.getoption("--note-passed") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Notes(config.getoption("--note-passed")))


class Notes:
    """Writes a test down once it has passed, with all that it set up and cleared away."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what became of one part of a test: setting up, the test itself, clearing away."""
        if not report.passed:
            self._failed.add(report.nodeid)
        if report.when == "teardown" and report.nodeid not in self._failed:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{report.nodeid}\n")


def lines(file: Path | None) -> list[str]:
    """Return the tests in a file, or none where there is no such file."""
    return file.read_text(encoding="utf-8").splitlines() if file is not None and file.exists() else []
