"""The Home Office return on its page: who sees and signs what, and what is said of it afterwards."""

from datetime import date
from pathlib import Path

import pytest
import streamlit as st

from dashboard import access, give, return_files
from queries import audit
from queries.scope import Viewer
from queries.signed_off import sign_off, signed
from queries.store import opened as opened_store
from queries.warehouse import Warehouse
from tests import spreadsheets
from tests.html_tables import table_captioned
from tests.later_build import LATER, current_is, with_later_build
from tests.pages.conftest import html_of
from tests.sample_builds import builds as builds  # a fixture

PAGE = "pages/returns/home_office.py"
MANAGER, OTHER_MANAGER = "Manager of Northumbria scheme 1", "Manager of Greater Manchester scheme 1"
GONE = "(select min(person_id) from units_caseload where scheme = 'S002' and date = '2011-09-30' and age >= 18)"


@pytest.fixture(scope="module")
def two_builds(builds: Path, tmp_path_factory) -> Path:
    """Return builds of which the later has one adult less on the scheme at the end of September."""
    return with_later_build(
        builds,
        tmp_path_factory.mktemp("later") / "builds",
        [f"delete from units_caseload where date = '2011-09-30' and person_id = {GONE}"],
    )


@pytest.fixture
def served(two_builds: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the builds that the app serves, with nothing signed off yet."""
    monkeypatch.setenv("PPO_BUILDS", str(two_builds))
    monkeypatch.setattr(access, "peer", lambda: None)
    st.cache_resource.clear()
    current_is(two_builds, next(each.name for each in two_builds.iterdir() if each.is_dir() and each.name != LATER))
    return two_builds


def sign(run):
    """Tick the box and press the button."""
    run.checkbox(key="return_checked").set_value(True)
    return button(run, "Sign off").click().run()


def button(run, label: str):
    return next(each for each in run.button if each.label == label)


def profile(html: str) -> dict[str, list[str]]:
    """Return the rows of the scheme profile, in which a scheme's name goes across."""
    return {row[0]: list(row[1:]) for row in table_captioned(html, "T1: Scheme profile").rows}


def files(run, what: str) -> tuple[list[str], str]:
    """Return the releases of a return that are offered, and the label of its button."""
    releases = run.selectbox(key=f"release_{what.replace(' ', '_')}").options
    labels = [each.proto.label for each in run.get("download_button")]
    (label,) = [each for each in labels if f": {what} (" in each and "CSV" not in each]
    return [release.partition(":")[0] for release in releases], label


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Return the bytes of each file that the last run of a page offered, by the label of its button."""
    offered: dict[str, bytes] = {}

    def noted(label, data, *about, **more):
        offered[label] = data
        give.give(label, data, *about, **more)

    monkeypatch.setattr(return_files, "give", noted)
    return offered


def notices(run) -> str:
    return " ".join(html for html in html_of(run).split("<div ") if html.startswith('class="notice"'))


def test_a_manager_signs_off_and_is_shown_next_quarter_what_differs(opened, served):
    run = opened(PAGE, view_as=MANAGER, quarter="30 June 2011")
    assert "This return has not been signed off yet." in html_of(run)
    # Not without the box.
    button(run, "Sign off").click().run()
    assert "tick the box" in notices(run)
    sign(run)
    assert not run.exception
    html = html_of(run)
    assert "Signed off" in notices(run)
    assert "Last signed off: version 1, signed off by demonstration on" in html
    assert "No figure differs from version 1, as at 30 June 2011" in html
    # There is nothing new to sign.
    assert not [each for each in run.button if each.label == "Sign off"]
    run.selectbox(key="quarter").set_value(date(2011, 9, 30)).run()
    html = html_of(run)
    assert "This return has not been signed off yet." in html
    shown = table_captioned(html, "What differs from the return signed off before").by_name()
    total = shown["T1 Scheme profile, total number of PPOs managed: adults"]
    assert (total["Then"], total["Now"]) == ("118", "117")
    assert total["Why"] == "Another date: as at 30 June 2011 then."
    # The year that a rate is of turned between the two: 2009/10 was final on 30 September and not before.
    rate = shown["T3a People who re-offended within a year: counted"]
    assert rate["Why"] == "Another year: April 2008 to March 2009 then."


def test_a_later_build_shows_what_was_revised_and_the_signed_return_as_it_was(opened, served):
    sign(opened(PAGE, view_as=MANAGER))
    current_is(served, LATER)
    run = opened(PAGE, view_as=MANAGER)
    html = html_of(run)
    shown = table_captioned(html, "What differs from this return as it was signed off").by_name()
    total = shown["T1 Scheme profile, total number of PPOs managed: adults"]
    assert (total["Then"], total["Now"]) == ("117", "116")
    assert total["Why"].startswith("Revised:")
    assert "of data to 31 October 2011; 20111130-later000 now, of data to 30 November 2011" in html
    assert profile(html)["Total number of PPOs managed"] == ["3", "116"]
    # Opened again, it is as it was, stamp and all.
    run.selectbox(key="signed").set_value(1).run()
    html = html_of(run)
    assert "A return as it was signed off" in html
    assert profile(html)["Total number of PPOs managed"] == ["3", "117"]
    assert "Data to 31 October 2011, built" in html
    assert "Data to 30 November 2011" not in html.partition("A return as it was signed off")[2]
    # It can be signed off again, since something is new.
    run.selectbox(key="signed").set_value(0).run()
    sign(run)
    assert "Last signed off: version 2" in html_of(run)


def test_an_official_file_has_what_differs_on_sheets_of_its_own(opened, served, given):
    """As the file of `ppo return` has, and a public one does not: what differs is exact."""
    official, public = (f"Download: Home Office return ({release}, .xlsx)" for release in ("official", "public"))

    def sheets(label: str) -> dict[str, spreadsheets.Read]:
        return {name: each for name, each in spreadsheets.read(given[label])[1].items() if name.startswith("D")}

    run = opened(PAGE, view_as=MANAGER)
    assert sheets(official) == {}
    # What is signed off meanwhile makes another file of the same return and build.
    sign(run.selectbox(key="quarter").set_value(date(2011, 6, 30)).run())
    run.selectbox(key="quarter").set_value(date(2011, 9, 30)).run()
    headings, rows = sheets(official)["D1"].table
    assert headings == ["Figure", "Then", "Now", "Why"]
    assert [
        "T1 Scheme profile, total number of PPOs managed: adults",
        118,
        117,
        "Another date: as at 30 June 2011 then.",
    ] in rows
    assert list(sheets(official)) == ["D1"]
    sign(run)
    current_is(served, LATER)
    run.run()
    assert list(sheets(official)) == ["D1", "D2"]
    run.selectbox(key="release_Home_Office_return").set_value("public").run()
    assert sheets(public) == {}


def test_who_was_second_is_told_who_was_first(opened, served):
    mine, theirs = opened(PAGE, view_as=MANAGER), opened(PAGE, view_as=MANAGER)
    sign(theirs)
    sign(mine)
    assert "Not signed off: somebody was first" in notices(mine)
    assert "demonstration signed this return off on" in notices(mine)
    with opened_store(served) as store:
        assert len(signed(store, Viewer.analyst())) == 1


def test_figures_of_a_build_that_came_meanwhile_are_not_signed(opened, served):
    run = opened(PAGE, view_as=MANAGER)
    current_is(served, LATER)
    sign(run)
    assert "Another build has been published since these figures were shown." in notices(run)
    with opened_store(served) as store:
        assert signed(store, Viewer.analyst()) == []


@pytest.mark.parametrize("role", ["Board member", "Analyst", OTHER_MANAGER])
def test_nobody_else_is_offered_to_sign_it(opened, served, role):
    with opened_store(served) as store:
        warehouse = Warehouse.open(served)
        sign_off(
            store,
            warehouse,
            Viewer.manager("S002", subject="ada"),
            "S002",
            date(2011, 9, 30),
            seen_build=warehouse.build.id,
            seen_version=0,
        )
    run = opened(PAGE, view_as=role, scheme="Northumbria scheme 1")
    html = html_of(run)
    if role == OTHER_MANAGER:
        # Their own, and nothing of the other's, not even that it was signed off.
        assert "Greater Manchester scheme 1 · As at 30 September 2011 · Exact figures" in html
        assert "None yet." in html
        assert "Northumbria scheme" not in html
        return
    assert not [each for each in run.button if each.label == "Sign off"]
    assert "Northumbria scheme 1" in table_captioned(html, "Returns signed off").by_name()
    versions = run.selectbox(key="signed").options
    if role == "Board member":
        assert "Published, protected figures" in html
        assert versions == ["As the figures are now"]
        assert "What differs" not in html
        assert files(run, "Home Office return") == (["Public"], "Download: Home Office return (public, .xlsx)")
    else:
        assert versions[1].startswith("Version 1, signed off")
        assert files(run, "Home Office return")[0] == ["Official", "Public"]


@pytest.mark.parametrize("role", ["board", "analyst"])
def test_a_role_that_changed_before_the_button_was_pressed_signs_nothing(opened, served, role):
    """An analyst may have the exact return made, and may sign none."""
    run = opened(PAGE, view_as=MANAGER)
    run.checkbox(key="return_checked").set_value(True)
    run.session_state["view_as"] = role
    button(run, "Sign off").click().run()
    with opened_store(served) as store:
        assert signed(store, Viewer.analyst()) == []
        assert [line["event"] for line in audit.lines(store)].count("denied") == 1


@pytest.mark.parametrize(
    ("role", "releases"),
    [("Board member", ["Public"]), ("Analyst", ["Official", "Public"]), (MANAGER, ["Official", "Public"])],
)
def test_the_scheme_profile_is_offered_as_far_as_the_role_reaches(opened, served, role, releases):
    run = opened("pages/returns/scheme_profile.py", view_as=role, scheme="Northumbria scheme 1")
    first = releases[0].lower()
    assert files(run, "scheme profile") == (releases, f"Download: scheme profile ({first}, .xlsx)")
    run.selectbox(key="format_scheme_profile").set_value(".ods").run()
    assert files(run, "scheme profile")[1] == f"Download: scheme profile ({first}, .ods)"
