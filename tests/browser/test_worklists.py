"""The worklists in a browser: whose menu has them, and what a print of them says."""

from tests.browser.conftest import whole

MANAGER = "view_as=Manager+of+Northumbria+scheme+1"


def test_worklists_are_in_a_managers_menu_and_a_print_says_what_it_holds(address, watched):
    # Wide enough for the menu to show every page by itself.
    watched.page.set_viewport_size({"width": 2600, "height": 1200})
    menu = watched.page.locator("a[href$='/worklists']")
    for query in ("", "?view_as=Analyst"):
        watched.open(f"{address}/{query}")
        assert menu.count() == 0
    page = watched.open(f"{address}/?{MANAGER}")
    menu.click()
    page.locator("h1", has_text="Worklists").wait_for()
    whole(page)
    page.emulate_media(media="print")
    said = page.get_by_text("Personal data, by number")
    assert said.is_visible()
    assert "not for a board" in page.locator("p.scope").inner_text()
    assert page.locator("table").count() == 2
    rows = page.locator("table").first.locator("tbody tr")
    assert rows.last.is_visible()
    # Nothing is cut off by the region that scrolls on a screen.
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(each => each.scrollHeight <= each.clientHeight + 1)"
    )
    assert not page.get_by_test_id("stDownloadButton").first.is_visible()
