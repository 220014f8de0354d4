"""A manager's quarter, in a browser and by keyboard: fill the return, sign it off, be shown what differs next time."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import spreadsheets
from tests.browser.barriers import barriers_in_both_themes
from tests.browser.conftest import PATIENCE, tab_to, whole
from tests.html_tables import table_captioned

MANAGER = "Manager of Northumbria scheme 1"
TOTAL = "Total number of PPOs managed"
NO_BARRIER = {"light": [], "dark": []}


def adults(html: str) -> str:
    """Return the adults on the scheme, as T1 has them."""
    (row,) = [row for row in table_captioned(html, "T1: Scheme profile").rows if row[0] == TOTAL]
    return row[2]


def choose_quarter(page: Page, quarter: str, key: str) -> None:
    """Choose the end of a quarter by its name, and wait until the page is of it."""
    tab_to(page.get_by_role("combobox", name="Quarter ending"), key)
    page.keyboard.type(quarter)
    page.keyboard.press("Enter")
    expect(page.locator("p.scope", has_text=f"As at {quarter}").first).to_be_visible(timeout=PATIENCE)
    whole(page)


def test_a_manager_signs_a_return_off_by_keyboard_alone_and_is_shown_the_next_quarters_differences(address, watched):
    page = watched.open(f"{address}/home-office-return?view_as={MANAGER}")
    choose_quarter(page, "30 June 2011", "Tab")
    then = adults(page.content())
    tab_to(page.get_by_role("button", name="Download: Home Office return (official, .xlsx)"))
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    title, sheets = spreadsheets.read(Path(taken.value.path()).read_bytes())
    assert title == "Home Office return: Northumbria scheme 1, as at 30 June 2011"
    assert {row[0]: row[2] for row in sheets["T1"].table[1]}[TOTAL] == float(then)

    tab_to(page.get_by_role("checkbox", name=re.compile("sign this return off")), "Shift+Tab")
    page.keyboard.press("Space")
    tab_to(page.get_by_role("button", name="Sign off", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last signed off: version 1")).to_be_visible(timeout=PATIENCE)
    whole(page)
    assert "No figure differs from version 1" in page.content()
    assert barriers_in_both_themes(page) == NO_BARRIER

    choose_quarter(page, "30 September 2011", "Shift+Tab")
    html = page.content()
    differs = table_captioned(html, "What differs from the return signed off before").by_name()
    total = differs[f"T1 Scheme profile, {TOTAL[:1].lower()}{TOTAL[1:]}: adults"]
    assert (total["Then"], total["Now"]) == (then, adults(html))
    assert then != adults(html)
    assert total["Why"] == "Another date: as at 30 June 2011 then."
    page.emulate_media(color_scheme="light")
    assert barriers_in_both_themes(page) == NO_BARRIER

    watched.open(f"{address}/audit?view_as={MANAGER}")
    lines = table_captioned(page.content(), "The latest lines").rows
    assert any("Signed off" in row and "as at: 30 June 2011" in " ".join(row) for row in lines)
    page.emulate_media(color_scheme="light")
    assert barriers_in_both_themes(page) == NO_BARRIER
    assert watched.errors == []
