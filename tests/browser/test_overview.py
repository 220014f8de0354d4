"""A councillor reads the overview on a laptop, and prints it."""

import pikepdf
import pytest
from playwright.sync_api import expect

from dashboard.in_short import QUESTIONS
from tests import tagged_pdf
from tests.browser.conftest import tab_to, whole
from tests.html_tables import table_captioned

LAPTOP = (1366, 650)
"""What a browser leaves for a page of the commonest laptop's screen, 1366 by 768."""


@pytest.mark.parametrize("scheme", ["", "?scheme=Northumbria scheme 1"])
def test_the_answers_are_on_the_first_screen_of_a_laptop_in_their_order(address, fresh, scheme):
    page = fresh(*LAPTOP).open(f"{address}/{scheme}")
    places = []
    for question in QUESTIONS:
        asked = page.locator("dl.answers dt", has_text=question)
        answer = asked.locator("xpath=following-sibling::dd[1]")
        box = answer.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= LAPTOP[1], question
        assert answer.inner_text().strip()
        places.append(box["y"])
        # Nothing was made too small to read for it: the text is as large as the page's own.
        assert answer.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= 16
    assert places == sorted(places)


def test_the_list_of_figures_leads_to_them_by_keyboard(address, watched):
    page = watched.open(f"{address}/justice")
    link = page.get_by_role("navigation", name="On this page").get_by_role("link", name="How cases ended")
    link.focus()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="How cases ended", exact=True)
    page.wait_for_function(
        "id => { const top = document.getElementById(id).getBoundingClientRect().top; return top > 0 && top < 400 }",
        arg=heading.get_attribute("id"),
    )
    assert page.url.endswith("/justice#how-cases-ended")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_print_of_the_overview_is_two_pages_with_its_filters_and_stamp(address, fresh, tmp_path, scheme):
    page = fresh(1366, 768, scheme=scheme).open(f"{address}/?scheme=Northumbria scheme 1")
    whole(page)
    page.pdf(path=tmp_path / "print.pdf", format="A4", prefer_css_page_size=True, tagged=True)
    assert tagged_pdf.pages(tmp_path / "print.pdf") <= 2
    said = "".join(tagged_pdf.read(tmp_path / "print.pdf").text.split())
    for words in ("Filters: Northumbria scheme 1; PPOs", "Data to 31 October 2011, built", *QUESTIONS):
        assert "".join(words.split()) in said
    for words in ("Board pack (PDF)", "Download", "On this page"):
        assert "".join(words.split()) not in said


def test_a_councillor_makes_the_board_pack_and_takes_it_away_by_keyboard_alone(address, watched, tmp_path):
    page = watched.open(f"{address}/")
    tab_to(page.get_by_role("button", name="Board pack (PDF)"))
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("checkbox", name="Re-offending", exact=True))
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="Re-offending", exact=True)).to_be_checked()
    whole(page)
    tab_to(page.get_by_role("button", name="Make the pack"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Download the pack")).to_be_visible()
    whole(page)
    tab_to(page.get_by_role("button", name="Download the pack"))
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename == "board-pack.pdf"
    file = tmp_path / "pack.pdf"
    taken.value.save_as(file)

    with pikepdf.open(file) as pdf, pdf.open_metadata() as said:
        assert said["dc:title"] == "PPO board pack: All schemes"
        assert bool(pdf.Root.MarkInfo.Marked)
    pack = tagged_pdf.read(file)
    assert [part.text for part in pack.every("H1")] == ["Overview", "Re-offending", "What these figures mean"]
    shown = table_captioned(page.content(), "Headline measures")
    in_pack = next(pack.every("Table")).rows()
    assert [["".join(cell.split()) for cell in row] for row in in_pack] == [
        ["".join(cell.split()) for cell in row] for row in (shown.headings, *shown.rows)
    ]
    assert shown.by_name()["One-year proven re-offending rate"]["Figure"].endswith("%")
    assert watched.errors == []
