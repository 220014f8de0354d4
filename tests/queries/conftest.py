"""Builds that the tests of the road share, each made once."""

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from etl.build import build
from queries.warehouse import Warehouse
from tests import worlds
from tests.sample_builds import made_once

NORTH_CAROLINA = Path(__file__).parent.parent / "data" / "nc_1978"


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], ProcessPoolExecutor]:
    """Return what gives so many processes of their own: spawned, since SQLite must not be carried over a fork.

    A page that was run before in this process is still its main module, and would be run again in each.
    """
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    return lambda number: ProcessPoolExecutor(number, multiprocessing.get_context("spawn"))


@pytest.fixture(scope="session")
def north_carolina_builds(tmp_path_factory, worker_id) -> Path:
    return made_once(
        tmp_path_factory, worker_id, "north_carolina", lambda folder: build(NORTH_CAROLINA, folder / "builds")
    )


@pytest.fixture(scope="session")
def north_carolina(north_carolina_builds) -> Warehouse:
    return Warehouse.open(north_carolina_builds)


@pytest.fixture(scope="session")
def empty(tmp_path_factory, worker_id) -> Warehouse:
    """A warehouse made from files that have headers and no rows."""

    def make(folder: Path) -> None:
        rows = {name: [] for name in worlds.COLUMNS}
        build(worlds.write(rows, folder / "extracts", date(2011, 10, 31)), folder / "builds")

    return Warehouse.open(made_once(tmp_path_factory, worker_id, "empty", make))


@pytest.fixture(scope="session")
def crowded(tmp_path_factory, worker_id) -> Warehouse:
    """A warehouse of many random small worlds: schemes of a few people each, so that much must be withheld."""

    def make(folder: Path) -> None:
        crowd = worlds.crowd(20090401, 40)
        extracts = worlds.write(crowd.files, folder / "extracts", crowd.extract_date, crowd.coverage)
        build(extracts, folder / "builds")

    return Warehouse.open(made_once(tmp_path_factory, worker_id, "crowded", make))
