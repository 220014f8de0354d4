"""Pages with Streamlit's own parts open: lists, menus and calendars, where its known faults show and no others may."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import FAULTS, found_on
from tests.browser.conftest import whole
from tests.browser.serving import ROOT

MANAGER = "view_as=Manager+of+Northumbria+scheme+1&scheme=Northumbria+scheme+1"


def the_rest_of_the_menu(page: Page) -> None:
    page.get_by_role("button", name=re.compile("more$")).click()
    expect(page.get_by_role("menuitem").first).to_be_visible()


def a_select_box(page: Page) -> None:
    page.get_by_label("Scheme", exact=True).click()
    expect(page.get_by_role("option").first).to_be_visible()


def a_box_that_takes_several(page: Page) -> None:
    page.locator("[data-testid=stMultiSelect] input").first.click()
    expect(page.get_by_role("option").first).to_be_visible()


def a_calendar(page: Page) -> None:
    page.get_by_role("button", name="Choose date").first.click()
    expect(page.get_by_role("grid").first).to_be_visible()


def a_popover(page: Page) -> None:
    page.get_by_role("button", name="Board pack").click()
    expect(page.get_by_role("button", name="Make the pack")).to_be_visible()


def an_expander(page: Page) -> None:
    page.get_by_text("Saved cohorts").click()
    expect(page.get_by_label("Name", exact=False).first).to_be_visible()


OPENED: dict[str, tuple[str, Callable[[Page], None]]] = {
    "the rest of the menu": ("", the_rest_of_the_menu),
    "the list of a select box": ("", a_select_box),
    "the list of a box that takes several": ("cohort?view_as=Analyst", a_box_that_takes_several),
    "a calendar": (f"self-assessment?{MANAGER}&section=3.2+Swift+justice", a_calendar),
    "a popover": ("", a_popover),
    "an expander": ("cohort?view_as=Analyst", an_expander),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", OPENED)
def test_a_part_of_streamlits_that_is_open_has_its_known_faults_and_no_others(address, fresh, opened, scheme):
    place, open_it = OPENED[opened]
    page = fresh(1280, 1600, scheme=scheme).open(f"{address}/{place}")
    open_it(page)
    wrong, known = found_on(page, opened)
    assert wrong == []
    assert known == {fault["rule"] for fault in FAULTS if fault["opened"] == opened}


def test_the_menu_of_a_narrow_screen_has_no_barrier(address, fresh):
    page = fresh(320, 800).open(address)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebarNavLink").last).to_be_visible()
    whole(page)
    wrong, _ = found_on(page)
    assert wrong == []


def test_every_known_fault_is_told_with_its_issue():
    told = (ROOT / Path("docs/accessibility.md")).read_text(encoding="utf-8")
    assert {fault["opened"] for fault in FAULTS} <= set(OPENED)
    for fault in FAULTS:
        (row,) = [line for line in told.splitlines() if line.lower().startswith(f"| {fault['opened']} |")]
        assert f"`{fault['rule']}`" in row
        assert re.search(r"#\d+|No issue found", row)
