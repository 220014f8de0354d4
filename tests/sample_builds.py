"""The sample world, built once for all the tests that look at screens, whichever worker asks first."""

import fcntl
from pathlib import Path

import pytest

from etl.build import build

SAMPLE = Path(__file__).parent.parent / "data" / "sample"


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the folder of builds that has the sample world published in it."""
    base = tmp_path_factory.getbasetemp()
    # Workers have a folder each, inside one that they share.
    shared = (base if worker_id == "master" else base.parent) / "sample"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "builds" / "current").exists():
            build(SAMPLE, shared / "builds", identity=shared / "identity")
    return shared / "builds"
