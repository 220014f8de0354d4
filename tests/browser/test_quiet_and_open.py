"""Pages that log no error, ask nobody else for anything, and can be used by everybody."""

import io
import re
from urllib.parse import urlsplit

import pikepdf
import pytest
from playwright.sync_api import expect

from dashboard.navigation import PAGES, Entry
from tests.browser.barriers import barriers
from tests.browser.conftest import in_the_dark, watch, whole

EVERY_PAGE = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.address)
MANAGER = "Manager+of+Northumbria+scheme+1"


def seen_by(entry: Entry, otherwise: str) -> str:
    """Return the query of an address as somebody sees it whom the page is for, `otherwise` where it is for all."""
    return {"manager": f"?view_as={MANAGER}"}.get(entry.only or "", otherwise)


@EVERY_PAGE
def test_a_page_opens_at_its_address_is_quiet_and_asks_nobody_else(address, watched, entry):
    page = watched.open(f"{address}/{entry.address}{seen_by(entry, '?view_as=Analyst')}")
    expect(page.locator("h1")).to_have_text(entry.title)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert watched.errors == []
    assert watched.requests
    assert {urlsplit(url).hostname for url in watched.requests if not url.startswith(("data:", "blob:"))} == {
        "127.0.0.1"
    }
    for said in ("Traceback", "Error:", "could not be shown"):
        assert said not in page.locator("body").inner_text()


@EVERY_PAGE
def test_a_page_has_no_barrier_that_axe_finds(address, browser, entry):
    # The page's own policy would keep axe out.
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 2400}, bypass_csp=True)
    page = watch(context).open(f"{address}/{entry.address}{seen_by(entry, '')}")
    found = {"light": barriers(page)}
    in_the_dark(page)
    found["dark"] = barriers(page)
    context.close()
    assert found == {"light": [], "dark": []}


@EVERY_PAGE
def test_a_page_reflows_at_320_points(address, browser, entry):
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = watch(context).open(f"{address}/{entry.address}{seen_by(entry, '?view_as=Analyst')}")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .filter(each => each.scrollWidth > each.clientWidth).length"""
    )
    context.close()
    assert wide == 0


def test_an_answer_stands_under_its_question_on_a_narrow_screen(address, browser):
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = watch(context).open(address)
    widths = page.locator("dl.answers dd").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    context.close()
    assert len(widths) == 4
    assert min(widths) > 250


def test_the_overview_prints_on_two_sheets_at_its_full_size(address, browser):
    """A browser prints a page smaller whose table is wider than the paper: 180 mm between the margins."""
    context = browser.new_context(viewport={"width": 680, "height": 1000})
    page = watch(context).open(address)
    sheets = pikepdf.open(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    page.emulate_media(media="print")
    widths = page.locator("table").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    context.close()
    assert len(sheets.pages) == 2
    assert widths
    assert max(widths) <= 680


def test_a_print_of_the_methods_has_the_measures_and_the_words(address, watched):
    page = watched.open(f"{address}/methods")
    page.get_by_text("Appointments kept", exact=True).click()
    page.emulate_media(media="print")
    assert page.locator("details.method > summary").filter(has_text="Scheme profile").first.is_visible()
    assert page.locator("details.method[open] dd").first.is_visible()
    assert page.locator("div.definition dt").first.is_visible()


def test_the_page_can_be_used_by_keyboard_alone(address, watched):
    page = watched.open(f"{address}/reoffending")
    page.get_by_label("Scheme", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("scheme="))
    whole(page)
    first = page.locator("details.definition > summary").first
    first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.definition[open]").count() == 1


def test_a_print_has_its_filters_and_stamp_in_the_body_and_its_tables(address, watched):
    page = watched.open(f"{address}/?people=Everyone")
    page.emulate_media(media="print")
    paper = page.locator("p.paper").first
    assert paper.is_visible()
    assert "Everyone" in paper.inner_text()
    assert "Data to 31 October 2011, built" in paper.inner_text()
    assert page.locator("table").first.is_visible()
    assert not page.get_by_label("View as").is_visible()
    assert not page.get_by_test_id("stDownloadButton").first.is_visible()
