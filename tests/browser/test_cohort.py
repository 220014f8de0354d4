"""An analyst's journey: a cohort put together, compared, shared, opened elsewhere; for everybody, by keyboard too."""

import csv
import io
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import tab_to, whole
from tests.browser.test_figures import measured, percent
from tests.html_tables import table_captioned

TITLE = "One-year proven re-offending rate"
COMPARED = (
    "cohort?view_as=Analyst&measure=reoffending_rate&split=sex&a=ppo:yes&a=age_band:18-20|21-24&a_time=all"
    "&compare=yes&b=age_band:25-29&b_time=all"
)


def pick(page: Page, label: str, *options: str) -> None:
    """Pick options of a list of several as a person does, by typing the beginning of each."""
    box = page.get_by_role("combobox", name=re.compile(re.escape(label)))
    for option in options:
        box.click()
        box.type(option)
        page.get_by_role("option", name=option, exact=True).click()
        page.keyboard.press("Escape")
        whole(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).filter(visible=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    whole(page)


def test_a_cohort_is_put_together_compared_and_shared(address, builds, watched, fresh):
    page = watched.open(f"{address}/cohort?view_as=Analyst")
    choose(page, "Cohort A: year", "April 2008 to March 2009")
    pick(page, "Cohort A: narrow by", "Sex")
    pick(page, "Cohort A: sex", "Male")
    options = ["--where", "ppo=yes", "--where", "sex=male", "--period", "2008/09"]
    (alone,) = measured(builds, "reoffending_rate", *options)
    expect(page.locator("ol.sizes li").last).to_have_text(f"Sex: Male: {alone['n']:,} people")
    shown = table_captioned(page.content(), TITLE).by_name()["All together"]
    assert (shown["People"], shown["Percentage"]) == (f"{alone['denominator']:,}", percent(alone))

    page.get_by_text("Compare with a second cohort").click()
    whole(page)
    choose(page, "Cohort B: year", "April 2007 to March 2008")
    (other,) = measured(builds, "reoffending_rate", *options[:4], "--period", "2007/08")
    (row,) = table_captioned(page.content(), f"{TITLE}: cohort A beside").rows
    assert row[1:3] == [f"{alone['numerator']} of {alone['denominator']}", percent(alone)]
    assert row[4:6] == [f"{other['numerator']} of {other['denominator']}", percent(other)]
    seen = table_captioned(page.content(), f"{TITLE}: cohort A beside")
    assert watched.errors == []

    elsewhere = fresh(another=True).open(page.url)
    assert table_captioned(elsewhere.content(), f"{TITLE}: cohort A beside") == seen
    assert elsewhere.url == page.url
    with elsewhere.expect_download() as download:
        elsewhere.get_by_role("button", name="Download: both cohorts and SQL").click()
    with zipfile.ZipFile(download.value.path()) as bundle:
        readme = bundle.read("README.txt").decode("utf-8-sig")
        table = list(csv.reader(io.StringIO(bundle.read("table.csv").decode("utf-8-sig"), newline="")))
    assert table[1][1:] == seen.rows[0][1:]
    assert "Sex: Male" in readme


def test_a_cohort_is_changed_by_keyboard_alone(address, watched):
    page = watched.open(f"{address}/cohort?view_as=Analyst&measure=reoffending_rate&a=ppo:yes&a_time=2008/09")
    page.get_by_role("combobox", name=re.compile("Break down by")).focus()
    page.keyboard.type("Sex")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("split=sex"))
    expect(page.get_by_role("rowheader", name="Male").first).to_be_visible()
    whole(page)
    assert "Male" in table_captioned(page.content(), TITLE).by_name()
    page.get_by_role("checkbox", name=re.compile("Compare")).focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("compare=yes"))
    # The address changes first, and the page after it: what is opened before would be closed again.
    expect(page.get_by_label("Cohort B: year", exact=True).filter(visible=True)).to_be_visible()
    whole(page)
    summary = page.locator("details.query > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.query[open] pre").first.is_visible()


def test_a_cohort_is_saved_opened_and_deleted_by_keyboard_alone(address, watched):
    page = watched.open(
        f"{address}/cohort?view_as=Analyst&measure=reoffending_rate&a=ppo:yes&a=sex:female&a_time=2008/09"
    )
    then = table_captioned(page.content(), TITLE)
    tab_to(page.locator("summary", has_text="Saved cohorts"))
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("textbox", name="Save what is chosen under a name"))
    page.keyboard.type("Women in 2008/09")
    tab_to(page.get_by_role("button", name="Save", exact=True))
    page.keyboard.press("Enter")
    said = page.locator("p.saved", has_text="Women in 2008/09")
    expect(said).to_be_visible()
    expect(page).to_have_url(re.compile(r"saved=\d+"))

    # Another cohort, from which this one is opened again.
    watched.open(f"{address}/cohort?view_as=Analyst&measure=caseload")
    expect(said).to_have_count(0)
    tab_to(page.locator("summary", has_text="Saved cohorts"))
    page.keyboard.press("Enter")
    tab_to(page.get_by_test_id("stButton").get_by_role("button", name="Open", exact=True))
    page.keyboard.press("Enter")
    expect(said).to_be_visible()
    whole(page)
    assert table_captioned(page.content(), TITLE) == then

    tab_to(page.locator("summary", has_text="Saved cohorts"))
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("button", name="Delete", exact=True))
    page.keyboard.press("Enter")
    expect(said).to_have_count(0)
    expect(page.locator("summary", has_text="Saved cohorts (0)")).to_be_visible()
    assert watched.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_analysts_page_has_no_barrier_that_axe_finds(address, fresh, scheme):
    page = fresh(1280, 2400, scheme=scheme).open(f"{address}/{COMPARED}")
    page.get_by_text("Saved cohorts").click()
    page.get_by_text("Show the rows about single people").click()
    whole(page)
    expect(page.get_by_role("table").last).to_contain_text("Person id")
    found = barriers(page)
    assert found == []


def test_two_cohorts_reflow_at_320_points(address, fresh):
    page = fresh(320, 800).open(f"{address}/{COMPARED}")
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .filter(each => each.scrollWidth > each.clientWidth).length"""
    )
    assert wide == 0
