"""What every test may ask for: whether this run is the short one or the long one."""

import os
from typing import Any

import duckdb
import pytest
from hypothesis import settings

settings.register_profile("short", deadline=None, print_blob=True, max_examples=60)
settings.register_profile("long", deadline=None, print_blob=True, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        default=False,
        help="the same tests at full numbers: more examples, more seeds, national scale (make test-long)",
    )


def pytest_xdist_auto_num_workers() -> int:
    """Return three processes for every two cores: a test with a browser waits for most of its time."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("long" if config.getoption("--long") else "short")
    if not config.getoption("--long"):
        _one_thread_each()


def _one_thread_each() -> None:
    """Have DuckDB work in one thread where nobody says in how many: there are more test processes than cores already.

    A small build then takes three quarters of the time. That many threads make the same of everything is a test of its
    own, what is taken in is read in two, and a long run and whatever is started as a program have as many as there are.
    """
    connect = duckdb.connect

    def connect_in_one(*given: Any, config: dict[str, Any] | None = None, **named: Any) -> duckdb.DuckDBPyConnection:
        return connect(*given, config={"threads": 1, **(config or {})}, **named)

    duckdb.connect = connect_in_one


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Return True when the run was asked for full numbers; a test then tries more, never something else."""
    return request.config.getoption("--long")
