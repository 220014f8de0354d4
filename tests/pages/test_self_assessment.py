"""The self-assessment page: eleven sections, what was measured beside what is written, and boxes that lose nothing."""

import datetime
from html import escape

import pytest

from dashboard import sign_in
from queries import audit
from queries.scope import Viewer
from queries.self_assessment import (
    EVIDENCE,
    OWNER,
    RATING,
    REVIEW,
    Box,
    Clash,
    Saved,
    read,
    save,
    tool,
)
from queries.store import opened as opened_store
from tests.html_tables import table_captioned, tables_in
from tests.pages.conftest import html_of
from tests.queries.test_self_assessment import HOSTILE

PAGE = "pages/returns/self_assessment.py"
SCHEME, NAME, YEAR = "S002", "Northumbria scheme 1", "2010/11"
MANAGER = f"Manager of {NAME}"
AT = "31 March 2011"
SECTION = "3.1 Intensive management for those who need it"
BEN = Viewer.manager(SCHEME, subject="ben")
KEY = "S002_2010-11_3-1-5_evidence"


@pytest.fixture
def state(served):
    """Return the folder of builds: what is written of it is this test's own."""
    return served


def written(state, warehouse, text: str, over: int = 0, place: str = "3.1.5", what: str = EVIDENCE, year: str = YEAR):
    """Save something as another manager of the scheme does, elsewhere."""
    with opened_store(state) as store:
        return save(store, warehouse, BEN, Box(SCHEME, year, place, what), text, over)


def found(state, warehouse, year: str = YEAR):
    with opened_store(state) as store:
        return read(store, warehouse, Viewer.analyst(), SCHEME, year)


def section(opened, view_as: str, name: str = SECTION):
    """Open one section of the scheme's self-assessment for April 2010 to March 2011."""
    run = opened(PAGE, view_as=view_as, scheme=NAME, as_at=AT)
    number = name.split(" ")[0]
    return run.selectbox(key="section").set_value(number).run()


def box(run, key: str = KEY):
    return next(each for each in run.text_area if each.key == key)


# ---- reading ----------------------------------------------------------------------------------------------------


def test_without_a_scheme_every_scheme_has_a_row_in_the_order_of_names(state, warehouse, opened):
    written(state, warehouse, "amber", place="3.1", what=RATING)
    written(state, warehouse, "seen weekly")
    shown = table_captioned(html_of(opened(PAGE, as_at=AT)), "Self-assessments for April 2010 to March 2011").by_name()
    assert list(shown) == sorted(shown)
    row = shown[NAME]
    assert [row[each] for each in ("Sections rated", "Red", "Amber", "Green")] == ["1 of 11", "0", "1", "0"]
    assert row["Criteria with evidence"] == f"1 of {sum(len(each.criteria) for each in tool().sections)}"
    assert shown["Northumbria scheme 2"]["Last saved"] == "Nothing yet"


def test_a_manager_of_one_scheme_need_not_choose_it(state, opened):
    html = html_of(opened(PAGE, view_as=MANAGER))
    assert f"<h2>{NAME}, April 2011 to March 2012</h2>" in html
    assert "Nothing has been written for this year yet" in html
    assert "Begin with the first section" in html


def test_the_overview_has_eleven_sections_with_what_is_missing(state, warehouse, opened):
    for place, what, text in (
        ("3.2", RATING, "green"),
        ("3.2", OWNER, "Head of justice"),
        ("3.2", REVIEW, "2011-09-01"),
        ("3.2.1", EVIDENCE, "Fast lane agreed"),
    ):
        written(state, warehouse, text, place=place, what=what)
    written(state, warehouse, "red", place="3.2", what=RATING, year="2009/10")
    html = html_of(opened(PAGE, view_as="Board member", scheme=NAME, as_at=AT))
    shown = table_captioned(html, "The eleven sections").by_name()
    assert list(shown) == [each.name for each in tool().sections]
    assert shown["3.2 Swift justice"] == {
        "Section": "3.2 Swift justice",
        "Rating": "Green",
        "Year before": "Red",
        "Evidence": "1 of 1",
        "Owner": "Head of justice",
        "Review date": "1 September 2011",
        "Still missing": "Nothing",
    }
    assert shown[SECTION]["Still missing"] == "A rating, evidence for 7 of 7 criteria, an owner and a review date"
    assert "Of 11 sections: 1 Green and 10 not rated yet." in html
    assert "Open Government Licence v3.0" in html
    assert "Home Office" in html


@pytest.mark.parametrize("view_as", ["Board member", "Analyst", MANAGER])
def test_a_section_has_what_was_measured_beside_each_criterion(state, opened, view_as):
    run = section(opened, view_as)
    html = html_of(run)
    assert not run.exception
    assert "could not be shown" not in html
    for criterion in tool().section("3.1").criteria:
        assert f"<h3>{criterion.id} {criterion.text.replace(chr(39), '&#x27;')}</h3>" in html
        captions = [table.caption for table in tables_in(html)]
        assert any(each.startswith(f"What was measured, for {criterion.id}:") for each in captions) == bool(
            criterion.measured
        )
    exact = view_as != "Board member"
    assert ("Exact figures: do not publish" in html) == exact
    assert ("Published, protected figures" in html) != exact
    measured = html.count("<table>")
    assert html.count('<details class="definition">') == measured + 1, "one each, and one about the ratings"
    assert len(run.get("download_button")) == measured
    assert html.count("Data to 31 October 2011, built") >= measured
    assert "Open Government Licence v3.0" in html


def test_what_is_measured_has_its_counts_interval_year_and_status(state, opened, warehouse):
    from queries.figures import figure

    html = html_of(section(opened, MANAGER))
    shown = table_captioned(html, "What was measured, for 3.1.5").by_name()
    row = shown["Share of people on the scheme who are in custody"]
    day = datetime.date(2011, 3, 31)
    asked = figure(warehouse, Viewer.analyst(), "custody_share", (), {"scheme": SCHEME}, as_at=day).frame
    expected = asked.row(0, named=True)
    assert row["When"] == "As at 31 March 2011"
    assert row["Figure"] == f"{100 * expected['value']:.1f}%"
    assert row["How many"] == f"{expected['numerator']} of {expected['denominator']} people"
    assert row["95% interval"] == f"{100 * expected['lower']:.1f}% to {100 * expected['upper']:.1f}%"
    assert row["Status"] == "Final"
    assert row["Beside the year before"].startswith("The year before: ")
    days = shown["Share of days on the scheme spent in custody"]
    assert days["When"] == "April 2010 to March 2011", "the latest year that was final by then"


def test_an_earlier_date_is_never_given_a_later_figure(state, opened):
    run = opened(PAGE, view_as=MANAGER, scheme=NAME, as_at="30 September 2010")
    html = html_of(run.selectbox(key="section").set_value("3.1").run())
    assert "April 2010 to March 2011 · " not in html.split("<table>")[1]
    shown = table_captioned(html, "What was measured, for 3.1.5").by_name()
    assert shown["Share of days on the scheme spent in custody"]["When"] == "April 2009 to March 2010"
    assert shown["Share of people on the scheme who are in custody"]["When"] == "As at 30 September 2010"


def test_a_board_is_shown_no_exact_figure_beside_a_criterion(state, opened, warehouse):
    html = html_of(section(opened, "Board member", "4.1 Responsive, engaging rehabilitation"))
    shown = table_captioned(html, "What was measured, for 4.1.3").by_name()
    young = shown["People on the scheme: 10 to 14"]
    assert (young["Figure"], young["Status"]) == ("[c]", "Not shown, to protect people")
    assert shown["People on the scheme, by sex"]["Status"] == "Not one of the published tables"


def test_last_years_text_stands_beside_this_years(state, warehouse, opened):
    written(state, warehouse, "as it was then", year="2009/10")
    written(state, warehouse, "as it is now")
    for view_as in (MANAGER, "Board member"):
        html = html_of(section(opened, view_as))
        assert "as it was then" in html
        assert "The year before, April 2009 to March 2010" in html
        assert "as it is now" in html


@pytest.mark.parametrize("view_as", ["Board member", "Analyst"])
def test_only_a_manager_is_given_boxes(state, opened, view_as):
    run = section(opened, view_as)
    assert [len(each) for each in (run.text_area, run.text_input, run.radio, run.date_input)] == [0, 0, 0, 0]
    assert "No evidence has been written." in html_of(run)


def test_all_of_it_is_laid_out_to_print(state, warehouse, opened):
    written(state, warehouse, "a\nb")
    run = opened(PAGE, view_as=MANAGER, scheme=NAME, as_at=AT)
    html = html_of(run.selectbox(key="section").set_value("paper").run())
    assert not run.exception
    assert "Total number of PPOs managed" in html
    captions = [table.caption for table in tables_in(html)]
    for each in tool().sections:
        said = f"{each.name} ({each.part}). {NAME}, April 2010 to March 2011. Exact figures: do not publish"
        assert captions.count(said) == 1
    sheet = table_captioned(html, SECTION)
    row = next(row for row in sheet.rows if row[0].startswith("3.1.5"))
    assert row[1:3] == ["a\nb", "None written"]
    assert "Share of people on the scheme who are in custody, as at 31 March 2011: " in row[3]
    assert sheet.rows[-3][:2] == ["Rating", "Not rated yet"]


# ---- writing ----------------------------------------------------------------------------------------------------


def test_a_box_is_saved_when_it_is_left_and_keeps_what_was_there(state, warehouse, opened):
    run = section(opened, MANAGER)
    box(run).set_value("Reviewed monthly").run()
    assert not run.exception
    assert "Saved: version 1, by demonstration" in html_of(run)
    box(run).set_value("Reviewed weekly").run()
    assert [each.words for each in found(state, warehouse).history("3.1.5", EVIDENCE)] == [
        "Reviewed monthly",
        "Reviewed weekly",
    ]
    html = html_of(run)
    assert "1 other text that was saved for 3.1.5" in html
    assert "Reviewed monthly" in html
    assert box(section(opened, MANAGER)).value == "Reviewed weekly"


def test_rating_owner_and_review_date_are_saved(state, warehouse, opened):
    run = section(opened, MANAGER)
    run.radio[0].set_value("amber").run()
    run.text_input[0].set_value("Chief inspector, offender management").run()
    run.date_input[0].set_value(datetime.date(2011, 9, 30)).run()
    saved = found(state, warehouse)
    assert [saved.words("3.1", what) for what in (RATING, OWNER, REVIEW)] == [
        "amber",
        "Chief inspector, offender management",
        "2011-09-30",
    ]
    html = html_of(section(opened, "Board member"))
    assert (
        "Rating: Amber: in place in part. Owner: Chief inspector, offender management. Review date: 30 September"
        in html
    )


def test_no_names_is_said_beside_every_free_text(state, opened):
    run = section(opened, MANAGER)
    assert len(run.text_area) == 7
    assert all("(no names)" in each.label for each in (*run.text_area, *run.text_input))


def test_the_second_of_two_is_shown_both_and_chooses(state, warehouse, opened):
    """The box is open here while somebody else saves; the choice is tried three ways by the tests below."""
    run = section(opened, MANAGER)
    assert isinstance(written(state, warehouse, "ben's"), Saved)
    box(run).set_value("mine").run()
    html = html_of(run)
    assert "Two people wrote here at once: 3.1.5" in html
    assert "In place now, by ben" in html
    assert "ben&#x27;s" in html
    assert "Yours, put aside" in html
    assert [each.label for each in run.button if each.key and each.key.endswith(KEY)] == [
        "Keep theirs",
        "Put mine in its place",
        "Keep both, theirs first",
    ]
    saved = found(state, warehouse)
    assert saved.words("3.1.5", EVIDENCE) == "ben's"
    assert "mine" in [each.words for each in saved.history("3.1.5", EVIDENCE)], "kept, whatever becomes of the tab"


@pytest.mark.parametrize(
    ("choice", "stands"),
    [("theirs", "ben's"), ("ours", "mine"), ("both", "ben's\n\nmine")],
)
def test_a_clash_is_settled(state, warehouse, opened, choice, stands):
    run = section(opened, MANAGER)
    written(state, warehouse, "ben's")
    box(run).set_value("mine").run()
    run.button(key=f"{choice}_{KEY}").click().run()
    assert not run.exception
    assert "Two people wrote here at once" not in html_of(run)
    assert box(run).value == stands
    saved = found(state, warehouse)
    assert saved.words("3.1.5", EVIDENCE) == stands
    assert {"ben's", "mine"} <= {each.words for each in saved.history("3.1.5", EVIDENCE)}
    box(run).set_value("and on").run()
    assert found(state, warehouse).words("3.1.5", EVIDENCE) == "and on", "what was chosen is what is written over"


def test_a_clash_waits_while_another_section_is_read(state, warehouse, opened):
    run = section(opened, MANAGER)
    written(state, warehouse, "ben's")
    box(run).set_value("mine").run()
    run.selectbox(key="section").set_value("3.2").run()
    assert "Two people wrote here at once" not in html_of(run)
    run.selectbox(key="section").set_value("3.1").run()
    assert "Two people wrote here at once: 3.1.5" in html_of(run)


def test_a_clash_can_meet_another(state, warehouse, opened):
    run = section(opened, MANAGER)
    written(state, warehouse, "ben's")
    box(run).set_value("mine").run()
    written(state, warehouse, "ben's second", over=1)
    run.button(key=f"ours_{KEY}").click().run()
    html = html_of(run)
    assert "Two people wrote here at once" in html
    assert "ben&#x27;s second" in html
    assert found(state, warehouse).words("3.1.5", EVIDENCE) == "ben's second"


def test_a_newer_text_is_shown_and_taken_in_only_when_asked(state, warehouse, opened):
    run = section(opened, MANAGER)
    written(state, warehouse, "ben's")
    run.radio[0].set_value("red").run()
    assert box(run).value == ""
    assert "saved another text here" in html_of(run)
    run.button(key=f"take_{KEY}").click().run()
    assert box(run).value == "ben's"
    assert "saved another text here" not in html_of(run)
    box(run).set_value("ben's, and mine").run()
    assert found(state, warehouse).words("3.1.5", EVIDENCE) == "ben's, and mine"


def test_after_another_section_a_box_holds_what_stands_by_then(state, warehouse, opened):
    run = section(opened, MANAGER)
    run.selectbox(key="section").set_value("3.2").run()
    written(state, warehouse, "ben's")
    run.selectbox(key="section").set_value("3.1").run()
    assert box(run).value == "ben's"


def test_what_is_refused_stays_in_the_box_and_is_said(state, warehouse, opened):
    run = section(opened, MANAGER)
    box(run).set_value("He has number A1234BC").run()
    assert "Not saved." in html_of(run)
    assert box(run).value == "He has number A1234BC"
    assert found(state, warehouse).is_empty
    box(run).set_value("He has a number").run()
    assert "Not saved." not in html_of(run)
    assert found(state, warehouse).words("3.1.5", EVIDENCE) == "He has a number"


def test_a_store_that_cannot_be_written_is_said_and_the_text_stays(state, warehouse, opened, monkeypatch):
    run = section(opened, MANAGER)

    def broken(*_args, **_named):
        raise sign_in.audit.NotForTheLog("a secret")

    monkeypatch.setattr(audit, "append", broken)
    box(run).set_value("mine").run()
    html = html_of(run)
    assert "Not saved." in html
    assert "Copy your text" in html
    assert "a secret" not in html
    assert box(run).value == "mine"


def test_whoever_is_no_longer_the_manager_saves_nothing(state, warehouse, opened):
    run = section(opened, MANAGER)
    run.session_state["view_as"] = "board"
    box(run).set_value("mine").run()
    assert not run.exception
    assert found(state, warehouse).is_empty


def test_a_hostile_text_is_shown_as_text(state, warehouse, opened):
    """Each of them in a box of its own, looked at by whoever reads and by whoever writes."""
    places = [each.id for number in ("3.1", "4.1") for each in tool().section(number).criteria]
    assert len(places) >= len(HOSTILE)
    hostile = dict(zip(places, HOSTILE, strict=False))
    for place, text in hostile.items():
        assert not isinstance(written(state, warehouse, text, place=place), Clash)
    owners = {"3.1": HOSTILE[2], "4.1": HOSTILE[3]}
    for number, text in owners.items():
        written(state, warehouse, text, place=number, what=OWNER)
    for view_as in ("Board member", MANAGER):
        run = opened(PAGE, view_as=view_as, scheme=NAME, as_at=AT)
        for number in (*owners, "overview", "paper"):
            html = html_of(run.selectbox(key="section").set_value(number).run())
            assert not run.exception
            assert "could not be shown" not in html
            assert "<script" not in html
            assert "<img" not in html
            for place, text in hostile.items():
                if place.startswith(number):
                    assert escape(text) in html
                    assert (
                        view_as != MANAGER or box(run, f"S002_2010-11_{place.replace('.', '-')}_evidence").value == text
                    )
            if number == "overview":
                shown = table_captioned(html, "The eleven sections").by_name()
                assert [shown[tool().section(each).name]["Owner"] for each in owners] == list(owners.values())


def test_a_name_in_an_earlier_text_is_taken_out_for_good(state, warehouse, opened):
    run = section(opened, MANAGER)
    box(run).set_value("John Unfortunate").run()
    box(run).set_value("He").run()
    button = next(each for each in run.button if each.label == "Take this text out for good")
    button.click().run()
    assert not run.exception
    html = html_of(run)
    assert "Unfortunate" not in html
    assert "taken out for good by demonstration" in html
    assert found(state, warehouse).words("3.1.5", EVIDENCE) == "He"


@pytest.mark.parametrize(
    ("view_as", "releases"),
    [(MANAGER, ["official", "public"]), ("Analyst", ["official", "public"]), ("Board member", ["public"])],
)
def test_the_whole_is_taken_away_as_a_workbook_in_the_releases_that_one_may_have(state, opened, view_as, releases):
    run = opened(PAGE, view_as=view_as, scheme=NAME, as_at=AT)
    assert len(run.get("download_button")) == 0, "made when it is asked for"
    run = next(each for each in run.button if each.label == "Make the workbook to take away").click().run()
    assert not run.exception
    assert "could not be shown" not in html_of(run)
    assert [each.proto.label for each in run.get("download_button")] == [
        f"Download: {release} workbook ({suffix})" for release in releases for suffix in (".xlsx", ".ods")
    ]


# ---- going about ------------------------------------------------------------------------------------------------


def test_sections_follow_each_other_by_buttons(state, opened):
    run = opened(PAGE, view_as=MANAGER, scheme=NAME, as_at=AT)
    seen = []
    begin = next(each for each in run.button if each.label.startswith("Begin with 1.1"))
    run = begin.click().run()
    for each in tool().sections[:2]:
        assert f"<h2>{each.name}</h2>" in html_of(run)
        seen.append(each.number)
        run = next(button for button in run.button if button.label.startswith("Next: ")).click().run()
    assert "<h2>2.2 Governance and accountability</h2>" in html_of(run)
    run = next(button for button in run.button if button.label.startswith("Back: ")).click().run()
    assert "<h2>2.1 " in html_of(run)


def test_an_address_leads_to_a_section_and_one_that_does_not_exist_is_said(state, served, opened):
    run = opened("pages/board/overview.py", view_as=MANAGER, scheme=NAME, as_at=AT)
    run.query_params["section"] = "Nowhere <b>"
    html = html_of(run.switch_page(PAGE).run())
    assert "Section: what the address asks for is not available" in html
    assert "Nowhere" not in html
