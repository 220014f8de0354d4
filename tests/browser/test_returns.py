"""A manager's quarter, in a browser and by keyboard: fill the return, sign it off, be shown what differs next time."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests import spreadsheets
from tests.browser.barriers import barriers_in_both_themes
from tests.browser.conftest import PATIENCE, whole
from tests.html_tables import table_captioned

MANAGER = "Manager of Northumbria scheme 1"
TOTAL = "Total number of PPOs managed"
NO_BARRIER = {"light": [], "dark": []}


def adults(html: str) -> str:
    """Return the adults on the scheme, as T1 has them."""
    (row,) = [row for row in table_captioned(html, "T1: Scheme profile").rows if row[0] == TOTAL]
    return row[2]


def test_a_manager_signs_a_return_off_and_is_shown_the_next_quarters_differences(address, watched):
    page = watched.open(f"{address}/home-office-return?view_as={MANAGER}&quarter=30 June 2011")
    then = adults(page.content())
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download: Home Office return (official, .xlsx)").click()
    title, sheets = spreadsheets.read(Path(taken.value.path()).read_bytes())
    assert title == "Home Office return: Northumbria scheme 1, as at 30 June 2011"
    assert {row[0]: row[2] for row in sheets["T1"].table[1]}[TOTAL] == float(then)

    page.get_by_role("checkbox", name=re.compile("sign this return off")).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last signed off: version 1")).to_be_visible(timeout=PATIENCE)
    whole(page)
    assert "No figure differs from version 1" in page.content()
    assert barriers_in_both_themes(page) == NO_BARRIER

    watched.open(f"{address}/home-office-return?view_as={MANAGER}&quarter=30 September 2011")
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
