"""Worlds that several tests look at, each made once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from etl.sample import make, world, write_sample
from etl.sample.make import Chunk
from etl.sample.truth.schemes import Membership, memberships
from etl.sample.truth.timeline import Timeline


@dataclass
class Made:
    """A small world as events, and as the files and truth that were written of it."""

    chunk: Chunk
    schemes: world.Schemes
    line: Timeline
    members: dict[int, list[Membership]]
    clean: Path
    spoilt: Path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "none", "small", 7, "none")
    write_sample(folder / "planted", "small", 7, "planted")
    size = world.SCALES["small"]
    places = world.schemes(size, np.random.default_rng([7, 999]))
    chunk = make.chunk(size, places, 7, 0, 1)
    return Made(chunk, places, Timeline(chunk), memberships(chunk.register), folder / "none", folder / "planted")
