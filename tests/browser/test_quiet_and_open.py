"""Pages that log no error, ask nobody else for anything, and can be used by everybody."""

import io
import re
from urllib.parse import urlsplit

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from dashboard.navigation import PAGES, Entry
from tests import tagged_pdf
from tests.browser.barriers import barriers_in_both_themes
from tests.browser.conftest import whole

EVERY_PAGE = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.address)
MANAGER = "Manager+of+Northumbria+scheme+1"


def seen_by(entry: Entry, otherwise: str) -> str:
    """Return the query of an address as somebody sees it whom the page is for, `otherwise` where it is for all."""
    return {"manager": f"?view_as={MANAGER}"}.get(entry.only or "", otherwise)


@EVERY_PAGE
def test_a_page_opens_at_its_address_reflows_at_320_points_is_quiet_and_asks_nobody_else(address, watched, entry):
    page = watched.open(f"{address}/{entry.address}{seen_by(entry, '?view_as=Analyst')}")
    expect(page.locator("h1")).to_have_text(entry.title)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    for said in ("Traceback", "Error:", "could not be shown"):
        assert said not in page.locator("body").inner_text()
    page.set_viewport_size({"width": 320, "height": 800})
    assert wider_than_the_screen(page) == []
    assert watched.errors == []
    assert watched.requests
    assert {urlsplit(url).hostname for url in watched.requests if not url.startswith(("data:", "blob:"))} == {
        "127.0.0.1"
    }


def wider_than_the_screen(page: Page) -> list[str]:
    """Return which of the page, its main part and its tables' captions are wider than the screen.

    The page has settled to its width by then. A table may be scrolled sideways; what it is of is read without.
    """
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.wait_for_function(NARROW)
    return page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .filter(each => each.scrollWidth > each.clientWidth).map(each => each.tagName)
            .concat([...document.querySelectorAll('[data-testid=stMain] caption')]
                .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth)
                .map(each => each.innerText))"""
    )


NARROW = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg.marks')]
    .every(each => each.getBoundingClientRect().width <= document.documentElement.clientWidth)"""
"""Charts are drawn anew for another width, a moment after the rest of the page."""


WORKS_IN = {"returns": f"?view_as={MANAGER}", "explore": "?view_as=Analyst", "board": "", "about": ""}
"""The query of an address as somebody sees it who works in its section."""


def its_own(entry: Entry) -> str:
    """Return the query of an address as somebody sees it whom the page is for, and who can do what is done on it."""
    # Of the audit log, a manager sees the lines of their schemes; anybody else is told whose it is.
    return WORKS_IN["returns"] if entry.address == "audit" else WORKS_IN[entry.section]


@EVERY_PAGE
def test_a_page_has_no_barrier_that_axe_finds(address, fresh, entry):
    page = fresh(1280, 2400).open(f"{address}/{entry.address}{its_own(entry)}")
    assert barriers_in_both_themes(page) == {"light": [], "dark": []}


def test_an_answer_stands_under_its_question_on_a_narrow_screen(address, fresh):
    page = fresh(320, 800).open(address)
    widths = page.locator("dl.answers dd").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    assert len(widths) == 4
    assert min(widths) > 250


def test_the_overview_prints_on_two_sheets_at_its_full_size(address, fresh):
    """A browser prints a page smaller whose table is wider than the paper: 180 mm between the margins."""
    page = fresh(680, 1000).open(address)
    sheets = pikepdf.open(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    page.emulate_media(media="print")
    widths = page.locator("table").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    assert len(sheets.pages) == 2
    assert widths
    assert max(widths) <= 680


@pytest.mark.parametrize("path", ["reoffending", "justice"])
def test_a_chart_is_printed_on_the_sheet_of_its_heading(address, fresh, tmp_path, path):
    page = fresh(680, 1000).open(f"{address}/{path}?view_as=Analyst")
    page.pdf(path=tmp_path / "print.pdf", format="A4", prefer_css_page_size=True, tagged=True)
    headings, charts = [], []
    for part in tagged_pdf.read(tmp_path / "print.pdf").parts():
        if part.kind == "H2":
            headings.append(part)
        elif (part.alt or "").startswith("X-axis"):
            # Whoever reads the axis has the chart before them, and the last heading before it is its own.
            charts.append((headings[-1].text, headings[-1].sheet, part.sheet))
    assert len(charts) >= 6
    assert [chart for chart in charts if chart[1] != chart[2]] == []
    assert len({sheet for _, sheet, _ in charts}) > 2


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
    # The address changes first, and the page after it: what is opened before would be closed again.
    expect(page.locator("p.scope", has_text="Metropolitan scheme 1").first).to_be_visible()
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
