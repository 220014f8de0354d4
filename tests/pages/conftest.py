"""The app on the sample world, run as Streamlit runs it but without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import access
from dashboard.navigation import PAGES
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
    return builds


@pytest.fixture
def warehouse(served: Path) -> Warehouse:
    """Return the warehouse that the app reads."""
    return Warehouse.open(served)


@pytest.fixture
def opened(served: Path) -> Callable[..., AppTest]:
    """Return what opens a page at its address with filters set: `opened(script, view_as=..., scheme=...)`.

    Filters are set as the address sets them, by the words of their options. The page is the first thing asked for, as
    by a link, which is also half the work of coming to it from the front page.
    """

    def open_page(script: str, **filters: str) -> AppTest:
        # The first run in a process imports everything.
        run = AppTest.from_file(str(APP), default_timeout=60)
        for name, words in filters.items():
            run.query_params[name] = words
        return at(run, script).run()

    return open_page


def at(run: AppTest, script: str) -> AppTest:
    """Return a run that has not begun with its page chosen: `switch_page` knows addresses after a first run only."""
    if script != PAGES[0].script:
        (address,) = (entry.address for entry in PAGES if entry.script == script)
        run._page_hash = calc_hash(address)
    return run


def html_of(run: AppTest) -> str:
    """Return the HTML that a page was given, style sheet left out."""
    return "".join(each.proto.body for each in run.get("html") if "<style>" not in each.proto.body)
