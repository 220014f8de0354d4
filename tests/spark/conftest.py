"""Spark on this machine, and an export of the sample world: `make test-spark`."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from etl.exchange import export
from tests.sample_builds import builds as builds  # the fixture

CORES = 2


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Start Spark inside this machine, on its loopback address alone."""
    os.environ.setdefault("SPARK_LOCAL_IP", socket.gethostbyname("localhost"))
    session = (
        SparkSession.builder.master(f"local[{CORES}]")
        .appName("the same unit rows")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.host", "localhost")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def platform(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `ppo export` writes of the sample world."""
    folder = tmp_path_factory.mktemp("regional") / "platform"
    export(builds, folder)
    return folder
