"""Builds that many tests look at, each made once, whichever worker asks first."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.build import build

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
KEPT = "PPO_TEST_BUILDS"
"""Names a folder whose builds are used, and made where they are not there yet: for many runs of the same tree."""


def made_once(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, name: str, make: Callable[[Path], object]
) -> Path:
    """Return a folder `builds` that `make` filled, inside a folder of its own that all workers share."""
    base = tmp_path_factory.getbasetemp()
    # Workers have a folder each, inside one that they share.
    kept = os.environ.get(KEPT)
    shared = (Path(kept) if kept else base if worker_id == "master" else base.parent) / name
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "builds" / "current").exists():
            make(shared)
    return shared / "builds"


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the folder of builds that has the sample world published in it."""
    return made_once(
        tmp_path_factory,
        worker_id,
        "sample",
        lambda folder: build(SAMPLE, folder / "builds", identity=folder / "identity"),
    )
