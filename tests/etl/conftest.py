"""What tests of taking in, linking and building share."""

from collections.abc import Iterator

import pytest

from tests.road import without_published_tables


@pytest.fixture(scope="module")
def nothing_for_boards() -> Iterator[None]:
    """Build without the board's published tables, in a module that asks nothing of them."""
    with without_published_tables():
        yield
