"""Signing in, in a real browser against a provider on this machine, and what becomes of a tab when that changes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from queries.figures import schemes
from queries.scope import Viewer
from queries.warehouse import Warehouse
from tests.browser.barriers import barriers
from tests.browser.conftest import PATIENCE, Fresh, open_list, whole
from tests.browser.provider import Service, provider, service, sign_in

PEOPLE = """
[[people]]
who = "ada"
role = "analyst"

[[people]]
who = "ben"
role = "board"
"""


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provider(tmp_path_factory.mktemp("provider") / "log") as address:
        yield address


@pytest.fixture(scope="module")
def running(builds: Path, issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(builds, tmp_path_factory.mktemp("service"), issuer) as served:
        yield served


@pytest.fixture
def served(running: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Return the service with its access file as it begins each test."""
    monkeypatch.setenv("PPO_STATE", str(running.state))
    running.give(PEOPLE)
    return running


@pytest.fixture
def context(fresh: Fresh) -> BrowserContext:
    return fresh().page.context


@pytest.fixture
def elsewhere(fresh: Fresh) -> BrowserContext:
    return fresh(another=True).page.context


def opened(context: BrowserContext, url: str) -> Page:
    """Return the first tab of a browser, at an address."""
    page = context.pages[0]
    page.goto(url)
    whole(page)
    return page


def shows_nothing(page: Page) -> bool:
    return page.locator("table").count() == 0 and page.get_by_test_id("stDownloadButton").count() == 0


def refused(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=PATIENCE)
    whole(page)
    assert shows_nothing(page)


def rerun(page: Page) -> None:
    """Do what makes the page's script run again over the connection that is already open."""
    page.get_by_label("People", exact=True).filter(visible=True).click()
    page.get_by_role("option", name="Everyone", exact=True).click()


def test_sign_in_and_out(served, context):
    page = opened(context, served.address)
    refused(page, "Sign in to see these figures")
    sign_in(page, "ada")
    expect(page.locator("h1")).to_have_text("Overview")
    expect(page.get_by_text("Signed in as ada, an analyst")).to_be_visible()
    assert page.locator("table").count()
    assert page.get_by_label("View as").count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(re.escape(served.provider)))
    page = opened(context, served.address)
    refused(page, "Sign in to see these figures")
    assert [(line["event"], line["who"], line["role"]) for line in served.lines("sign_in", "sign_out")][-2:] == [
        ("sign_in", "ada", "analyst"),
        ("sign_out", "ada", ""),
    ]


def test_a_deep_link_is_come_back_to_after_signing_in(served, context):
    page = opened(context, f"{served.address}/justice?people=Everyone&by_justice=Sex")
    refused(page, "Sign in to see these figures")
    sign_in(page, "ada")
    expect(page.locator("h1")).to_have_text("Justice")
    assert page.get_by_label("People", exact=True).filter(visible=True).input_value() == "Everyone"
    assert page.get_by_label("Break down by", exact=True).filter(visible=True).input_value() == "Sex"
    assert "by_justice=Sex" in page.url


def test_somebody_unknown_gets_nothing_and_is_told_what_to_ask_for(served, context):
    page = opened(context, f"{served.address}/reoffending?view_as=Analyst")
    sign_in(page, "dan")
    refused(page, "You have no access to these figures")
    expect(page.get_by_text("this is how it knows you: dan")).to_be_visible()
    page.reload()
    whole(page)
    line = served.lines("denied")[-1]
    assert (line["who"], line["about"]) == ("dan", {"reason": "unknown"})
    assert len([each for each in served.lines("denied") if each["who"] == "dan"]) == 1, "one line, however often"
    assert not [each for each in served.lines("sign_in") if each["who"] == "dan"]


def test_a_role_that_is_taken_back_ends_on_the_next_rerun_of_an_open_tab(served, context):
    page = opened(context, served.address)
    sign_in(page, "ada")
    assert page.locator("table").count()
    served.give(PEOPLE.replace('role = "analyst"', 'role = "none"'))
    rerun(page)
    refused(page, "You have no access to these figures")
    served.give(PEOPLE)
    page.reload()
    expect(page.get_by_text("Signed in as ada, an analyst")).to_be_visible(timeout=PATIENCE)


def test_a_role_that_is_changed_is_another_on_the_next_rerun_of_an_open_tab(served, context):
    page = opened(context, f"{served.address}/reoffending")
    sign_in(page, "ada")
    expect(page.get_by_text("Exact figures: do not publish").first).to_be_visible()
    served.give(PEOPLE.replace('role = "analyst"', 'role = "board"'))
    rerun(page)
    expect(page.get_by_text("Signed in as ada, a board member")).to_be_visible(timeout=PATIENCE)
    whole(page)
    expect(page.get_by_text("Exact figures: do not publish")).to_have_count(0)


@pytest.mark.parametrize(
    ("role", "then"), [("board", "Signed in as ada, a board member"), ("none", "You have no access to these figures")]
)
def test_a_click_that_runs_a_part_of_a_page_runs_the_whole_of_it_for_another_role(served, context, role, then):
    page = opened(context, f"{served.address}/reoffending")
    sign_in(page, "ada")
    expect(page.get_by_text("Exact figures: do not publish").first).to_be_visible()
    served.give(PEOPLE.replace('role = "analyst"', f'role = "{role}"'))
    open_list(page.get_by_label("Break down by", exact=True).filter(visible=True))
    page.get_by_role("option", name="Sex", exact=True).click()
    expect(page.get_by_text(then)).to_be_visible(timeout=PATIENCE)
    whole(page)
    expect(page.get_by_text("Exact figures: do not publish")).to_have_count(0)


def test_a_sign_in_that_has_run_out_is_refused_on_the_next_rerun_of_an_open_tab(served, context):
    page = opened(context, served.address)
    sign_in(page, "ada")
    served.give("[sign_in]\nmax_hours = 0.00001\n" + PEOPLE)
    rerun(page)
    refused(page, "Your sign-in has run out")
    page.reload()
    refused(page, "Your sign-in has run out")
    served.give(PEOPLE)


def test_an_open_tab_is_refused_once_another_tab_has_signed_out(served, context):
    first = opened(context, served.address)
    sign_in(first, "ada")
    second = context.new_page()
    second.goto(f"{served.address}/caseload")
    expect(second.get_by_text("Signed in as ada")).to_be_visible()
    # Signed out while the page is being made, what is left of it says so figure by figure.
    whole(second)
    first.get_by_role("button", name="Sign out").click()
    first.wait_for_url(re.compile(re.escape(served.provider)))
    second.get_by_role("link", name="Re-offending", exact=True).click()
    refused(second, "You have signed out")
    second.close()


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(served, context, elsewhere):
    page = opened(context, served.address)
    sign_in(page, "ada")
    stolen = context.cookies()
    elsewhere.add_cookies(stolen)
    copied = opened(elsewhere, served.address)
    expect(copied.get_by_text("Signed in as ada")).to_be_visible()
    # By the address of signing out itself, past the button.
    page.goto(f"{served.address}/auth/logout")
    rerun(copied)
    refused(copied, "You have signed out")
    copied.reload()
    refused(copied, "You have signed out")


def test_two_browsers_are_two_people(served, context, elsewhere):
    ada, ben = opened(context, f"{served.address}/reoffending"), opened(elsewhere, f"{served.address}/reoffending")
    sign_in(ada, "ada")
    sign_in(ben, "ben")
    expect(ada.get_by_text("Signed in as ada, an analyst")).to_be_visible()
    expect(ben.get_by_text("Signed in as ben, a board member")).to_be_visible()
    # Each asks for the other's view in the address, and one after the other for the same figures.
    for page in (ada, ben, ada, ben):
        page.goto(f"{served.address}/reoffending?view_as={'Board member' if page is ada else 'Analyst'}")
        whole(page)
        expect(page.get_by_text("Exact figures: do not publish")).to_have_count(
            0 if page is ben else page.get_by_text("Exact figures: do not publish").count()
        )
        assert bool(page.get_by_text("Published, protected figures").count()) == (page is ben)


def test_a_file_goes_only_to_whom_it_was_offered_and_makes_a_line(served, context, elsewhere):
    page = opened(context, f"{served.address}/reoffending")
    sign_in(page, "ada")
    assert served.lines("download") == [], "offering a file is not taking it"
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download: one-year proven re-offending rate").first.click()
    line = served.lines("download")[-1]
    assert (line["who"], line["role"]) == ("ada", "analyst")
    assert line["about"]["file"] == taken.value.suggested_filename
    link = taken.value.url
    before = len(served.lines("download"))
    assert context.request.get(link, headers={"Sec-Fetch-Mode": "cors"}).body() == b"", "a look gets no content"
    assert elsewhere.request.get(link).status == 403
    other = opened(elsewhere, f"{served.address}/reoffending")
    sign_in(other, "ben")
    answer = elsewhere.request.get(link)
    assert (answer.status, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "offered to somebody else" in answer.text()
    assert served.lines("denied")[-1]["about"] == {"reason": "file_not_offered"}
    assert elsewhere.request.get(link, headers={"Range": "bytes=0-10"}).status == 403
    assert len(served.lines("download")) == before
    assert context.request.get(link).status == 200
    page.goto(f"{served.address}/auth/logout")
    assert context.request.get(link).status == 403


def test_a_manager_gets_their_own_schemes_and_no_answer_about_others(served, context, builds):
    own, other = schemes(Warehouse.open(builds), Viewer.analyst()).select("scheme", "name").rows()[:2]
    served.give(f'[[people]]\nwho = "ada"\nrole = "manager"\nschemes = ["{own[0]}"]\n')
    page = opened(context, f"{served.address}/caseload?scheme={own[1]}")
    sign_in(page, "ada")
    expect(page.get_by_text("Exact figures: do not publish").first).to_be_visible()
    seen = []
    for asked in (other[1], "No such scheme"):
        page.goto(f"{served.address}/caseload?scheme={asked}")
        whole(page)
        expect(page.get_by_text("what the address asks for is not available")).to_be_visible()
        seen.append(page.locator("[data-testid=stMain]").inner_text())
    assert seen[0] == seen[1]
    assert other[1] not in seen[0]
    assert served.lines("denied")[-1]["about"] == {"page": "caseload", "filters": "scheme", "reason": "not_available"}


def test_roles_come_from_the_providers_claims(served, context):
    served.give('[claims]\nrole = "roles"\nroles = { "PPO.Analyst" = "analyst" }\n')
    page = opened(context, served.address)
    sign_in(page, "cat")
    expect(page.get_by_text("Signed in as cat, an analyst")).to_be_visible()


def test_an_access_file_that_cannot_be_read_lets_nobody_in(served, context):
    page = opened(context, served.address)
    sign_in(page, "ada")
    served.give(PEOPLE.replace("role =", "rôle ="))
    rerun(page)
    expect(page.get_by_role("heading", name="These figures cannot be shown here")).to_be_visible(timeout=PATIENCE)
    whole(page)
    assert shows_nothing(page)


def test_the_cookies_are_short_lived_and_kept_from_scripts_and_other_sites(served, context):
    page = opened(context, served.address)
    sign_in(page, "ada")
    cookies = {each["name"]: each for each in context.cookies() if each["name"].startswith("_streamlit_user")}
    assert "_streamlit_user" in cookies
    lasts = page.evaluate("Date.now() / 1000")
    for each in cookies.values():
        assert each["httpOnly"]
        assert each["sameSite"] == "Lax"
        assert each["expires"] - lasts <= 8 * 3600 + 60
    assert "_streamlit_user" not in page.evaluate("document.cookie")


def test_the_page_to_sign_in_has_no_barrier_that_axe_finds(served, fresh):
    assert barriers(fresh().open(f"{served.address}/justice")) == []
