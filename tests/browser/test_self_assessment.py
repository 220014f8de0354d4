"""A manager writes the self-assessment in a real browser, and another writes in the same box meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import PATIENCE, Fresh, Watched, whole
from tests.browser.serving import server as running

NAME = "Northumbria scheme 1"
PLACE = f"self-assessment?view_as=Manager of {NAME}&scheme={NAME}&as_at=31 March 2011"
SECTION = "3.1 Intensive management for those who need it"
HOSTILE = "<img src=x onerror=\"document.title='lost'\">=1+1'); drop table self_assessment; --"


@pytest.fixture(scope="module")
def own(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server with a store of its own: what is written here is seen by no other test."""
    with running(builds, tmp_path_factory.mktemp("assessment") / "log") as address:
        yield address


@pytest.fixture
def two(fresh: Fresh) -> tuple[Watched, Watched]:
    """Return a page in each of two browsers that know nothing of each other."""
    return fresh(), fresh(another=True)


def box(page: Page, place: str = "3.1.5"):
    return page.get_by_label(f"Evidence for {place} (no names)")


def write(page: Page, text: str, place: str = "3.1.5") -> None:
    """Write in a box and leave it by the keyboard, which saves it."""
    box(page, place).fill(text)
    page.keyboard.press("Tab")


def saved(page: Page, name: str):
    """Return what says that one box has been saved."""
    return page.locator(f".st-key-box_S002_2010-11_{name}").get_by_text("Saved: version")


def test_two_people_who_write_in_one_box_lose_nothing(own, two):
    ada, ben = (each.open(f"{own}/{PLACE}&section={SECTION}") for each in two)
    write(ada, "Ada: visits once a month")
    expect(saved(ada, "3-1-5_evidence")).to_be_visible(timeout=PATIENCE)
    write(ben, "Ben: an outreach worker at the gate")
    expect(ben.get_by_role("heading", name="Two people wrote here at once: 3.1.5")).to_be_visible(timeout=PATIENCE)
    whole(ben)
    assert "Ada: visits once a month" in ben.locator(".said").all_inner_texts()
    assert "Ben: an outreach worker at the gate" in ben.locator(".said").all_inner_texts()
    assert barriers(ben) == []
    # Settled without a mouse.
    ben.get_by_role("button", name="Keep both, theirs first").focus()
    ben.keyboard.press("Enter")
    both = "Ada: visits once a month\n\nBen: an outreach worker at the gate"
    expect(box(ben)).to_have_value(both, timeout=PATIENCE)
    # Ada is told as soon as she does anything, and takes it in when she likes.
    ada.get_by_text("Amber: in place in part").click()
    expect(ada.get_by_text("saved another text here")).to_be_visible(timeout=PATIENCE)
    assert box(ada).input_value() == "Ada: visits once a month"
    ada.get_by_role("button", name="Take it into the box").click()
    expect(box(ada)).to_have_value(both, timeout=PATIENCE)
    # Whoever comes later finds both, and the history that led there.
    later = two[0].open(f"{own}/{PLACE}&section={SECTION}")
    assert box(later).input_value() == both
    history = later.locator("details.history").filter(has_text="for 3.1.5")
    history.locator("summary").click()
    assert history.locator(".said").all_inner_texts() == [
        "Ben: an outreach worker at the gate",
        "Ada: visits once a month",
    ]
    assert two[0].errors == two[1].errors == []


def test_a_section_is_reached_written_and_left_by_keyboard_alone(own, two):
    page = two[0].open(f"{own}/{PLACE}")
    page.get_by_label("Section", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("5.2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="5.2 Transition from Deter to adult management")).to_be_visible(
        timeout=PATIENCE
    )
    whole(page)
    page.get_by_role("radio", name="Not rated yet").focus()
    for rating in ("red", "amber"):
        page.keyboard.press("ArrowDown")
        expect(page.locator(f".takeaway .rag.{rating}")).to_be_visible(timeout=PATIENCE)
        whole(page)
    page.get_by_label("Owner of 5.2").focus()
    page.keyboard.type("Youth offending team manager")
    page.keyboard.press("Tab")
    expect(saved(page, "5-2_owner")).to_be_visible(timeout=PATIENCE)
    whole(page)
    box(page, "5.2.1").focus()
    page.keyboard.type("Handover meeting three months before 18")
    page.keyboard.press("Control+Enter")
    expect(saved(page, "5-2-1_evidence")).to_be_visible(timeout=PATIENCE)
    page.reload()
    whole(page)
    assert box(page, "5.2.1").input_value() == "Handover meeting three months before 18"


@pytest.mark.parametrize(
    ("shown", "scheme"),
    [
        ("", "light"),
        ("", "dark"),
        (f"&section={SECTION}", "light"),
        (f"&section={SECTION}", "dark"),
        ("&section=All eleven in full, to print", "light"),
    ],
)
def test_it_has_no_barrier_that_axe_finds(own, fresh, scheme, shown):
    page = fresh(1280, 2400, scheme=scheme).open(f"{own}/{PLACE}{shown}")
    found = barriers(page)
    assert found == []


def test_it_reflows_at_320_points_and_a_print_holds_the_words_of_every_box(own, fresh):
    page = fresh(320, 800).open(f"{own}/{PLACE}&section={SECTION}")
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .filter(each => each.scrollWidth > each.clientWidth).length"""
    )
    assert wide == 0
    write(page, "On paper too", "3.1.3")
    expect(saved(page, "3-1-3_evidence")).to_be_visible(timeout=PATIENCE)
    whole(page)
    page.emulate_media(media="print")
    assert page.locator(".said", has_text="On paper too").is_visible()
    assert not box(page, "3.1.3").is_visible()
    assert not page.get_by_label("Section", exact=True).is_visible()


def test_a_hostile_text_is_only_ever_text(own, two):
    writer, reader = two
    page = writer.open(f"{own}/{PLACE}&section={SECTION}")
    write(page, HOSTILE, "3.1.7")
    expect(saved(page, "3-1-7_evidence")).to_be_visible(timeout=PATIENCE)
    for address in (PLACE, PLACE.replace(f"Manager of {NAME}", "Board member")):
        page = reader.open(f"{own}/{address}&section={SECTION}")
        assert page.title() != "lost"
        assert page.locator("img[src=x]").count() == 0
    assert HOSTILE in page.locator(".said").all_inner_texts()
    assert reader.errors == []
