"""Builds that the tests of the road share, each made once."""

from datetime import date
from pathlib import Path

import pytest

from etl.build import build
from queries.warehouse import Warehouse
from tests import worlds

NORTH_CAROLINA = Path(__file__).parent.parent / "data" / "nc_1978"


@pytest.fixture(scope="session")
def north_carolina_builds(tmp_path_factory) -> Path:
    builds = tmp_path_factory.mktemp("north_carolina") / "builds"
    build(NORTH_CAROLINA, builds)
    return builds


@pytest.fixture(scope="session")
def north_carolina(north_carolina_builds) -> Warehouse:
    return Warehouse.open(north_carolina_builds)


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Warehouse:
    """A warehouse made from files that have headers and no rows."""
    folder = tmp_path_factory.mktemp("empty")
    rows = {name: [] for name in worlds.COLUMNS}
    build(worlds.write(rows, folder / "extracts", date(2011, 10, 31)), folder / "builds")
    return Warehouse.open(folder / "builds")


@pytest.fixture(scope="session")
def crowded(tmp_path_factory) -> Warehouse:
    """A warehouse of many random small worlds: schemes of a few people each, so that much must be withheld."""
    folder = tmp_path_factory.mktemp("crowded")
    crowd = worlds.crowd(20090401, 40)
    extracts = worlds.write(crowd.files, folder / "extracts", crowd.extract_date, crowd.coverage)
    build(extracts, folder / "builds")
    return Warehouse.open(folder / "builds")
