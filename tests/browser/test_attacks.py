"""Attacks on a running service: past the browser, past the front page, past sign-in, and started another way."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from tests.browser.conftest import Fresh
from tests.browser.provider import Service, provider, service, sign_in
from tests.browser.serving import server
from tests.browser.test_sign_in import PEOPLE
from tests.browser.wire import open_wire

SHOWN = "<table"
"""What a page says over the connection when it shows figures."""


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provider(tmp_path_factory.mktemp("provider") / "log") as address:
        yield address


@pytest.fixture(scope="module")
def real(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of builds of real people, as far as their stamp says."""
    folder = tmp_path_factory.mktemp("real") / "builds"
    name = (builds / "current").read_text().strip()
    shutil.copytree(builds / name, folder / name)
    stamp = folder / name / "build.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"synthetic": False}))
    (folder / "current").write_text(name)
    return folder


@pytest.fixture(scope="module")
def running(real: Path, issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(real, tmp_path_factory.mktemp("service"), issuer) as served:
        served.give(PEOPLE)
        yield served


@pytest.fixture
def served(running: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("PPO_STATE", str(running.state))
    running.give(PEOPLE)
    return running


@pytest.fixture(scope="module")
def ada(running: Service, fresh: Fresh) -> dict[str, str]:
    """Return the cookies of an analyst who has signed in, in a browser."""
    page = fresh().open(running.address)
    sign_in(page, "ada")
    return {each["name"]: each["value"] for each in page.context.cookies()}


def asked(address: str, cookies: dict[str, str], query: str = "", session: str = "") -> str:
    """Return everything that comes of one run of the script over a new connection."""
    with open_wire(address, cookies, session) as wire:
        return wire.run(query)


def test_an_analyst_is_shown_figures_over_the_wire(served, ada):
    """That the attacks below would see figures, were there any to be seen."""
    assert SHOWN in asked(served.address, ada)


@pytest.mark.parametrize("spoilt", ["none", "changed", "another name", "no protection token"])
def test_a_cookie_that_is_not_whole_shows_nothing(served, ada, spoilt):
    cookies = dict(ada)
    if spoilt == "none":
        del cookies["_streamlit_user"]
    elif spoilt == "changed":
        cookies["_streamlit_user"] = "x" + cookies["_streamlit_user"][1:]
    elif spoilt == "another name":
        cookies["_streamlit_user"] = cookies["_streamlit_user_tokens"]
    else:
        cookies["_streamlit_xsrf"] = "made-up"
    said = asked(served.address, cookies, "view_as=Analyst")
    assert SHOWN not in said
    assert "Sign in to see these figures" in said


@pytest.mark.parametrize("origin", ["http://evil.example.test", "http://127.0.0.1:9", "http://localhost:9", "null"])
def test_another_sites_page_cannot_use_the_cookie(served, ada, origin):
    with pytest.raises(InvalidStatus, match="403"), open_wire(served.address, ada, origin=origin):
        raise AssertionError("The connection was made.")


@pytest.mark.parametrize("host", ["evil.example.test", "localhost"])
def test_a_name_that_was_made_to_lead_here_is_not_answered(served, ada, host):
    theirs = f"http://{host}:{urlsplit(served.address).port}"
    with pytest.raises(InvalidStatus, match="403"), open_wire(served.address, ada, origin=theirs, host=host):
        raise AssertionError("The connection was made.")


def test_somebody_elses_session_cannot_be_taken_up(served, ada):
    with open_wire(served.address, ada) as first:
        assert SHOWN in first.run()
        assert SHOWN not in asked(served.address, {}, session=first.session)
        session = first.session
    assert session
    assert SHOWN not in asked(served.address, {}, session=session)


@pytest.mark.parametrize(
    "query",
    [
        "view_as=Analyst",
        "embed=true&view_as=Analyst",
        "scheme='; drop table people; --&by_reoffending=person_id&period=x' or '1'='1&people=*&as_at=1e999",
        "by_reoffending=" + "a" * 20_000,
    ],
)
def test_what_an_address_says_gives_nobody_a_role(served, query):
    said = asked(served.address, {}, query)
    assert SHOWN not in said
    assert "Traceback" not in said


def test_an_open_connection_is_refused_once_signed_out(served, watched):
    """The same connection, the same session, the same cookie: only the sign-in has ended."""
    page = watched.open(served.address)
    sign_in(page, "ben")
    with open_wire(served.address, {each["name"]: each["value"] for each in page.context.cookies()}) as wire:
        assert SHOWN in wire.run()
        page.goto(f"{served.address}/auth/logout")
        said = wire.run()
    assert SHOWN not in said
    assert "You have signed out" in said


@pytest.mark.parametrize("script", ["app.py", "pages/board/caseload.py", "dashboard/server.py"])
def test_real_people_are_shown_to_nobody_without_a_provider_however_it_is_started(real, tmp_path, script):
    with server(real, tmp_path / "log", script=script) as address:
        for query in ("view_as=Analyst", ""):
            said = asked(address, {}, query)
            assert SHOWN not in said
            assert "vega_lite_chart {" not in said
            assert "Exact figures" not in said


def test_started_by_hand_it_refuses_though_there_is_a_provider(real, tmp_path, issuer, watched):
    """`streamlit run app.py` leaves out what the server in front does, and so real people."""
    with service(real, tmp_path, issuer, script="app.py") as served:
        served.give(PEOPLE)
        page = watched.open(served.address)
        assert page.get_by_text("started in a way that leaves its protection out").count()
        assert page.locator("table").count() == 0
