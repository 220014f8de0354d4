"""The app on the sample world, run as Streamlit runs it but without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import access
from queries.warehouse import Warehouse
from tests.sample_builds import builds as builds  # a fixture

APP = Path(__file__).parent.parent.parent / "app.py"


@pytest.fixture(autouse=True)
def state_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what one test writes apart from what others do: they share builds, and run side by side."""
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))


@pytest.fixture
def served(builds: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the builds that the app serves, to this machine."""
    monkeypatch.setenv("PPO_BUILDS", str(builds))
    # There is no connection in these tests, and so nobody at its other end.
    monkeypatch.setattr(access, "peer", lambda: None)
    st.cache_resource.clear()
    st.cache_data.clear()
    return builds


@pytest.fixture
def warehouse(served: Path) -> Warehouse:
    """Return the warehouse that the app reads."""
    return Warehouse.open(served)


@pytest.fixture
def opened(served: Path) -> Callable[..., AppTest]:
    """Return what opens a page at its address with filters set: `opened(script, view_as=..., scheme=...)`.

    Filters are set as the address sets them, by the words of their options.
    """

    def open_page(script: str, **filters: str) -> AppTest:
        # The first run in a process imports everything.
        run = AppTest.from_file(str(APP), default_timeout=60)
        for name, words in filters.items():
            run.query_params[name] = words
        run.run()
        if not script.endswith("overview.py"):
            run.switch_page(script).run()
        return run

    return open_page


def html_of(run: AppTest) -> str:
    """Return the HTML that a page was given, style sheet left out."""
    return "".join(each.proto.body for each in run.get("html") if "<style>" not in each.proto.body)
