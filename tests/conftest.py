"""What every test may ask for: whether this run is the short one or the long one."""

import pytest
from hypothesis import settings

settings.register_profile("short", deadline=None, print_blob=True)
settings.register_profile("long", deadline=None, print_blob=True, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        default=False,
        help="the same tests at full numbers: more examples, more seeds, national scale (make test-long)",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("long" if config.getoption("--long") else "short")


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Return True when the run was asked for full numbers; a test then tries more, never something else."""
    return request.config.getoption("--long")
