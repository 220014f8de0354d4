"""Addresses: a link sent is the view seen, from the first request on."""

from playwright.sync_api import expect

from tests.browser.conftest import open_list, whole
from tests.browser.serving import server
from tests.html_tables import table_captioned

SCHEME = "Northumbria scheme 1"
CHARTS = ".stVegaLiteChart svg.marks"


def test_the_first_request_to_a_fresh_server_is_a_deep_link(builds, tmp_path, watched):
    with server(builds, tmp_path / "log") as address:
        page = watched.open(f"{address}/justice?people=Everyone")
        expect(page.locator("h1")).to_have_text("Justice")
        expect(page.get_by_text("Page not found")).to_have_count(0)
        # Inside the shell: the menu, the role picker and the filters, set as the address says.
        expect(page.get_by_role("link", name="Re-offending", exact=True)).to_be_visible()
        expect(page.get_by_label("View as")).to_be_visible()
        assert chosen(page, "People") == "Everyone"
        assert watched.errors == []


def test_a_script_cannot_be_opened_by_its_path(builds, tmp_path, fresh):
    with server(builds, tmp_path / "log") as address:
        for path in ("pages/board/justice.py", "pages/board/justice", "board/justice", "justice.py"):
            page = fresh().page
            answer = page.goto(f"{address}/{path}")
            assert answer is not None
            assert answer.status == 404
            expect(page.locator("h1")).to_have_text("There is no such page")
            page.get_by_role("link", name="Go to the front page").click()
            whole(page)
            expect(page.locator("h1")).to_have_text("Overview")
            expect(page.get_by_label("View as")).to_be_visible()


def filter_named(page, label: str):
    """Return a filter that is on this page; those of other pages are kept out of sight under the same words."""
    return page.get_by_label(label, exact=True).filter(visible=True)


def chosen(page, label: str) -> str:
    """Return what a filter is set to."""
    return filter_named(page, label).input_value()


def choose(page, label: str, option: str) -> None:
    """Set a filter as a person does."""
    open_list(filter_named(page, label))
    page.get_by_role("option", name=option, exact=True).click()
    whole(page)


def test_filters_survive_a_change_of_page_and_a_reload(address, watched):
    page = watched.open(f"{address}/reoffending")
    choose(page, "Scheme", SCHEME)
    choose(page, "Year, April to March", "2008/09")
    expect(page.locator("p.scope", has_text=f"{SCHEME} · April 2008 to March 2009").first).to_be_visible()
    page.get_by_role("link", name="Caseload", exact=True).click()
    expect(page.locator("h1")).to_have_text("Caseload")
    whole(page)
    assert chosen(page, "Scheme") == SCHEME
    expect(page.locator("p.scope", has_text=SCHEME).first).to_be_visible()
    page.reload()
    whole(page)
    expect(page.locator("h1")).to_have_text("Caseload")
    assert chosen(page, "Scheme") == SCHEME
    # The year has no place on this page, and is still there on the next.
    page.get_by_role("link", name="Justice", exact=True).click()
    expect(page.locator("h1")).to_have_text("Justice")
    whole(page)
    assert chosen(page, "Year, April to March") == "2008/09"
    assert chosen(page, "Scheme") == SCHEME


def test_a_link_sent_is_the_view_seen(address, watched, fresh):
    page = watched.open(f"{address}/reoffending")
    choose(page, "People", "Everyone")
    # A list closes when what is beneath it changes.
    expect(page.locator("p.scope", has_text="Everyone in the cohort").first).to_be_visible()
    whole(page)
    choose(page, "Break down by", "Sex")
    expect(page.get_by_role("columnheader", name="Sex", exact=True)).to_be_visible()
    whole(page)
    seen = table_captioned(page.content(), "Re-offended within a year, group by group")
    opened = fresh(another=True).open(page.url)
    assert table_captioned(opened.content(), "Re-offended within a year, group by group") == seen
    assert "Everyone in the cohort" in seen.caption


CHARTS = ".stVegaLiteChart svg.marks"


def test_another_year_puts_its_values_into_the_charts_that_are_there(address, watched):
    """A chart is not made again for new values: every picture is the very one that was there."""
    page = watched.open(f"{address}/reoffending?people=Everyone&by_reoffending=Sex&period=2008/09")
    caption = "Re-offended within a year, group by group"
    before = table_captioned(page.content(), caption).by_name()
    mark = "all => all.forEach(each => { each.dataset.before = 'yes' })"
    page.locator(CHARTS).evaluate_all(mark)
    charts = page.locator(CHARTS).count()
    choose(page, "Year, April to March", "2009/10")
    expect(page.locator("p.scope", has_text="April 2009 to March 2010").first).to_be_visible()
    whole(page)
    assert page.locator(f"{CHARTS}[data-before=yes]").count() == charts
    after = table_captioned(page.content(), caption).by_name()
    assert after["Male"]["Percentage"] != before["Male"]["Percentage"]
    chart = page.locator(CHARTS).filter(has_text="Male")
    for name in ("Male", "Female"):
        expect(chart).to_contain_text(after[name]["Percentage"])
        assert before[name]["Percentage"] not in (chart.text_content() or "")


def charts_in(sent: list[bytes]) -> int:
    """Return how many charts were in what a server sent: each says once by which schema it is written."""
    return b"".join(sent).count(b"vega.github.io/schema")


def test_a_choice_that_bears_on_one_figure_draws_that_figure_alone(address, watched):
    sent: list[bytes] = []
    watched.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(frame)))
    page = watched.open(f"{address}/reoffending?people=Everyone")
    charts = page.locator(CHARTS).count()
    assert charts_in(sent) == charts
    sent.clear()
    choose(page, "Break down by", "Sex")
    expect(page.get_by_role("columnheader", name="Sex", exact=True)).to_be_visible()
    whole(page)
    assert charts_in(sent) == 1
    assert page.locator(CHARTS).count() == charts
    assert "by_reoffending=Sex" in page.url
    assert "people=Everyone" in page.url
    listed = page.get_by_role("navigation", name="On this page").get_by_role("link").all_inner_texts()
    assert "Re-offended within a year, group by group" in listed
    # It is there after another page, and a choice for the whole page leaves it as it is.
    page.get_by_role("link", name="Justice", exact=True).click()
    expect(page.locator("h1")).to_have_text("Justice")
    whole(page)
    page.get_by_role("link", name="Re-offending", exact=True).click()
    expect(page.locator("h1")).to_have_text("Re-offending")
    whole(page)
    assert chosen(page, "Break down by") == "Sex"
    choose(page, "People", "PPOs")
    assert chosen(page, "Break down by") == "Sex"
    expect(page.get_by_role("columnheader", name="Sex", exact=True)).to_be_visible()
