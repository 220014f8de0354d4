"""Every page behind sign-in: nothing for anybody unknown, and each role what is its own, without a browser."""

import json
import shutil
import time

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import sign_in
from dashboard.navigation import PAGES
from queries import audit
from queries.figures import schemes
from queries.scope import Viewer
from queries.store import StoreUnusable, opened
from queries.warehouse import Warehouse
from tests.pages.conftest import APP, at, html_of
from tests.pages.sign_in import GOOD, claims, set_up
from tests.pages.test_refusals import nothing_shown

EVERY_PAGE = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.address)
PEOPLE = """
[[people]]
who = "ada"
role = "analyst"

[[people]]
who = "ben"
role = "board"
"""


@pytest.fixture
def real(served, builds, tmp_path, monkeypatch):
    """Return a folder of builds of real people, as far as their stamp says, served with sign-in."""
    name = (builds / "current").read_text().strip()
    folder = tmp_path / "builds"
    shutil.copytree(builds / name, folder / name)
    stamp = folder / name / "build.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"synthetic": False}))
    (folder / "current").write_text(name)
    monkeypatch.setenv("PPO_BUILDS", str(folder))
    set_up(monkeypatch, tmp_path, PEOPLE)
    return folder


def run_as(user: dict, script: str = "pages/board/overview.py", **filters: str) -> AppTest:
    run = AppTest.from_file(str(APP), default_timeout=60)
    run.user = user
    for name, words in filters.items():
        run.query_params[name] = words
    return at(run, script).run()


def lines(builds, event: str) -> list[dict]:
    with opened(builds) as store:
        return [line for line in audit.lines(store) if line["event"] == event]


@EVERY_PAGE
def test_nobody_signed_in_is_shown_how_to_and_nothing_else(real, entry):
    run = run_as({"is_logged_in": False}, entry.script, view_as="Analyst")
    assert "Sign in to see these figures" in html_of(run)
    assert [button.label for button in run.button] == ["Sign in"]
    assert nothing_shown(run)


@EVERY_PAGE
def test_a_page_reached_past_the_front_page_shows_nothing_to_whoever_is_not_signed_in(real, entry):
    run = AppTest.from_file(str(APP.parent / entry.script), default_timeout=60).run()
    assert nothing_shown(run)


def test_real_people_are_shown_to_those_with_a_role(real):
    ada = run_as(claims("ada"), "pages/board/reoffending.py")
    assert "Exact figures: do not publish" in html_of(ada)
    ben = run_as(claims("ben"), "pages/board/reoffending.py", view_as="Analyst")
    assert "Published, protected figures" in html_of(ben)
    assert "Exact figures" not in html_of(ben)
    assert [line["who"] for line in lines(real, "sign_in")] == ["ada", "ben"]


def test_who_signed_in_is_asked_again_on_every_run(real):
    ada = claims("ada")
    run = run_as(ada)
    assert "<table>" in html_of(run)
    sign_in.end(ada)
    assert nothing_shown(run.run())
    assert "You have signed out" in html_of(run)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"iat": int(time.time()) - 8 * 3600 - 1}, "Your sign-in has run out"),
        ({"exp": int(time.time()) - 1}, "Your sign-in has run out"),
        ({"exp": None}, "Your sign-in has run out"),
        ({"iat": int(time.time()) + 3600}, "Your sign-in has run out"),
        ({"iat": None}, "Your sign-in has run out"),
        ({"iat": True}, "Your sign-in has run out"),
        ({"iat": "now"}, "Your sign-in has run out"),
        ({"sub": "eve"}, "You have no access to these figures"),
        ({"sub": None}, "You have no access to these figures"),
        ({"sub": ["ada"]}, "You have no access to these figures"),
        ({"provider": "another"}, "You have no access to these figures"),
        ({"is_logged_in": False}, "Sign in to see these figures"),
    ],
)
def test_a_cookie_that_does_not_hold_shows_nothing(real, changed, said):
    run = run_as(claims("ada") | changed, view_as="Analyst")
    assert said in html_of(run)
    assert nothing_shown(run)
    assert "{" not in html_of(run)


def test_another_issuer_than_the_one_named_is_refused(real, tmp_path):
    (tmp_path / "access.toml").write_text('[sign_in]\nissuer = "https://other.example.test"\n' + PEOPLE)
    run = run_as(claims("ada"))
    assert "another provider than this service" in html_of(run)
    assert nothing_shown(run)


def test_a_manager_of_one_scheme_and_a_scheme_that_is_not_theirs(real, tmp_path):
    own, other = schemes(Warehouse.open(real), Viewer.analyst()).select("scheme", "name").rows()[:2]
    (tmp_path / "access.toml").write_text(f'[[people]]\nwho = "ada"\nrole = "manager"\nschemes = ["{own[0]}"]\n')
    forged = html_of(run_as(claims("ada"), "pages/board/caseload.py", scheme=other[1]))
    missing = html_of(run_as(claims("ada"), "pages/board/caseload.py", scheme="No such scheme"))
    assert forged == missing
    assert other[1] not in forged
    denied = lines(real, "denied")
    assert denied[-1]["about"] == {"page": "caseload", "filters": "scheme", "reason": "not_available"}
    assert other[1] not in json.dumps(denied)


def test_whoever_is_refused_leaves_one_line_of_why(real):
    eve = claims("eve")
    for _ in range(2):
        assert nothing_shown(run_as(eve))
    assert nothing_shown(run_as(claims("ada", provider="another")))
    assert [(line["who"], line["about"]) for line in lines(real, "denied")] == [
        ("eve", {"reason": "unknown"}),
        ("ada", {"reason": "another_issuer"}),
    ]


def test_asking_for_what_is_not_published_leaves_a_line_of_what_and_not_of_whom(real):
    scheme, name = schemes(Warehouse.open(real), Viewer.analyst()).select("scheme", "name").row(0)
    run = run_as(claims("ben"), "pages/board/reoffending.py", people="Everyone", scheme=name)
    assert "This table is not one of the published ones" in html_of(run)
    denied = [line for line in lines(real, "denied") if line["about"]["measure"] == "reoffending_rate"]
    assert denied
    assert {(line["who"], line["role"], line["about"]["reason"]) for line in denied} == {
        ("ben", "board", "not_permitted")
    }
    assert all(line["about"]["filters"] == "scheme" for line in denied)
    assert not any(text in json.dumps(denied) for text in (scheme, name))


def test_one_persons_figures_are_never_anothers(real):
    """Turn about, in one process: whatever is kept between runs is kept for nobody else."""
    pages = [f"pages/board/{name}.py" for name in ("reoffending", "justice")]
    first = {(who, page): html_of(run_as(claims(who), page)) for who in ("ada", "ben") for page in pages}
    again = {(who, page): html_of(run_as(claims(who), page)) for who in ("ben", "ada") for page in reversed(pages)}
    assert first == again
    for page in pages:
        assert "Exact figures: do not publish" in first["ada", page]
        assert "<table>" in first["ben", page]
        assert "Exact figures" not in first["ben", page]


BAD = {
    "no client": {"client_id": ""},
    "short secret": {"cookie_secret": "short"},
    "one letter": {"cookie_secret": "a" * 64},
    "sent in the clear": {"redirect_uri": "http://ppo.example.test/oauth2callback"},
    "provider in the clear": {"server_metadata_url": "http://id.example.test/.well-known/openid-configuration"},
    "elsewhere": {"redirect_uri": "https://ppo.example.test/"},
}


@pytest.mark.parametrize("changed", BAD.values(), ids=BAD)
def test_a_provider_that_cannot_be_trusted_shows_nothing(real, tmp_path, monkeypatch, changed):
    set_up(monkeypatch, tmp_path, PEOPLE, GOOD | changed)
    run = run_as(claims("ada"))
    assert "Sign-in has been set up in a way that cannot be trusted" in html_of(run)
    assert nothing_shown(run)
    assert nothing_shown(run_as({"is_logged_in": False}))


def test_a_header_that_would_say_who_somebody_is_shuts_everybody_out(real, monkeypatch):
    option = sign_in.provider.st.get_option
    headers = {"X-User": "sub"}
    monkeypatch.setattr(
        "streamlit.get_option", lambda name: headers if name == "server.trustedUserHeaders" else option(name)
    )
    assert nothing_shown(run_as(claims("ada")))


def test_without_protection_against_other_sites_requests_everybody_is_shut_out(real, monkeypatch):
    option = sign_in.provider.st.get_option
    monkeypatch.setattr("streamlit.get_option", lambda name: name != "server.enableXsrfProtection" and option(name))
    assert nothing_shown(run_as(claims("ada")))


def test_started_another_way_nothing_is_shown_though_there_is_a_provider(real, monkeypatch):
    monkeypatch.setattr(sign_in.SERVED, "by_our_server", False)
    for user in (claims("ada"), {"is_logged_in": False}):
        run = run_as(user)
        assert "started in a way that leaves its protection out" in html_of(run)
        assert nothing_shown(run)


def test_what_cannot_be_logged_is_not_shown(real, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "file"))
    assert nothing_shown(run_as(claims("ada")))


def test_a_sign_in_whose_line_cannot_be_written_shows_nothing(real, monkeypatch):
    """The log can be read, and is full, say, or held by somebody else."""

    def fail(*_line, **_named):
        raise StoreUnusable

    monkeypatch.setattr(audit, "append", fail)
    assert nothing_shown(run_as(claims("ada")))
    assert lines(real, "sign_in") == []


def test_a_manager_reads_the_lines_of_their_schemes_and_nobody_elses(real, tmp_path):
    own, other = schemes(Warehouse.open(real), Viewer.analyst())["scheme"].to_list()[:2]
    (tmp_path / "access.toml").write_text(
        f'[[people]]\nwho = "ada"\nrole = "manager"\nschemes = ["{own}"]\n' + PEOPLE.split("\n\n")[1]
    )
    audit.record(real, "download", who="carol", role="analyst", schemes=[own], about={"file": "of_ours.zip"})
    audit.record(real, "download", who="dave", role="analyst", schemes=[other], about={"file": "of_theirs.zip"})
    html = html_of(run_as(claims("ada"), "pages/about/audit.py"))
    assert "of_ours.zip" in html
    assert "carol" in html
    assert "of_theirs.zip" not in html
    assert "dave" not in html
    mine = html_of(run_as(claims("ben"), "pages/about/audit.py"))
    assert "Signed in" in mine
    assert "carol" not in mine
