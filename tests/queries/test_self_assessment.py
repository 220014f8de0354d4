"""The self-assessment's boxes: who may read and write them, what is kept, and two people writing at once."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from queries import audit, self_assessment
from queries.catalogue import measures
from queries.dimensions import DIMENSIONS
from queries.scope import NotPermitted, Viewer
from queries.self_assessment import (
    EVIDENCE,
    OWNER,
    RATING,
    REVIEW,
    Box,
    Clash,
    Saved,
    TextRefused,
    read,
    read_all,
    remove,
    save,
    tool,
    year_before,
    year_of,
)
from queries.store import FILE, Store, opened, state_folder
from tests.stand_in import warehouse_of

YEAR = "2010/11"
BOX = Box("S1", YEAR, "3.1.5", EVIDENCE)
ADA, BEN = Viewer.manager("S1", subject="ada"), Viewer.manager("S1", "S2", subject="ben")
WAREHOUSE = warehouse_of(S1="North", S2="South")
HOSTILE = [
    "'); drop table self_assessment; --",
    "x' or '1'='1",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\u202egnp.exe",
    "line one\nline two\ttab",
    "naïve café – “quoted” 你好 🙂",
    "$words $who {{7*7}} %s",
]


@pytest.fixture
def builds(tmp_path: Path) -> Path:
    return tmp_path / "builds"


@pytest.fixture
def store(builds: Path):
    with opened(builds) as held:
        yield held


def written(store: Store, words: str, over: int = 0, viewer: Viewer = ADA, box: Box = BOX) -> Saved:
    """Save a text that must not clash, and return it."""
    saved = save(store, WAREHOUSE, viewer, box, words, over)
    assert isinstance(saved, Saved)
    return saved


def lines(store: Store) -> list[dict]:
    return [line for line in audit.lines(store) if line["event"] == "self_assessment"]


# ---- the tool ---------------------------------------------------------------------------------------------------


def test_the_tool_has_its_eleven_sections_and_each_asks_something():
    sections = tool().sections
    assert [each.number for each in sections] == [
        "1.1", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2",
    ]  # fmt: skip
    assert all(each.title and each.part and each.criteria for each in sections)
    every = [criterion for each in sections for criterion in each.criteria]
    assert all(each.text.endswith(".") for each in every)
    assert [each.id for each in tool().section("3.1").criteria] == [f"3.1.{n}" for n in range(1, 8)]
    assert len({each.id for each in every}) == len(every)
    assert {section.part for section in sections if section.number[0] == "3"} == {"Catch and Convict"}
    assert set(tool().ratings) == {"red", "amber", "green"}


def test_the_tool_names_its_licence():
    assert tool().licence == "Open Government Licence v3.0"
    assert tool().licence in tool().statement
    assert tool().publisher == "Home Office"


def test_every_measure_that_bears_on_a_criterion_exists_and_can_be_broken_down_so():
    asked = [(c.id, m) for each in tool().sections for c in each.criteria for m in c.measured]
    assert len(asked) > 30
    for criterion, wanted in asked:
        about = measures()[wanted.measure]
        assert about.kind not in ("table", "survival", "timeline", "concentration"), f"{criterion}: no single figure"
        by = wanted.by or about.always_by
        assert by is None or by in about.dimensions or by == about.always_by, f"{criterion}: {wanted}"
        assert not wanted.only or (by is not None and set(wanted.only) <= set(DIMENSIONS[by].labels)), criterion
    assert {name for each in tool().sections for c in each.criteria for name in c.data} == {
        "files", "links", "build", "signed_off",
    }  # fmt: skip


def test_what_the_tool_is_about_has_its_measure_beside_it():
    """The pairs that the tool itself suggests: the majority in the community, under-18s, the age of 18."""
    beside = {c.id: {m.measure for m in c.measured} for each in tool().sections for c in each.criteria}
    assert {"custody_share", "custody_days_share"} <= beside["3.1.5"]
    assert "cross_border_share" in beside["3.1.6"]
    assert "arrest_to_sentence_days" in beside["3.2.1"]
    assert "also_in_dip" in beside["1.1.5"]
    assert "transition_at_18" in beside["5.2.2"]
    assert {"reoffending_rate", "ni30_change"} <= beside["2.3.4"]


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2011, 3, 31), "2010/11"),
        (date(2011, 4, 1), "2011/12"),
        (date(2000, 1, 1), "1999/00"),
        (date(2010, 12, 31), "2010/11"),
    ],
)
def test_a_year_runs_from_april_to_march(day, year):
    assert year_of(day) == year


def test_the_year_before():
    assert year_before("2010/11") == "2009/10"
    assert year_before("2000/01") == "1999/00"


# ---- versions ---------------------------------------------------------------------------------------------------


def test_every_save_keeps_the_one_before(store):
    assert written(store, "first").version == 1
    assert written(store, "second", over=1, viewer=BEN).version == 2
    found = read(store, WAREHOUSE, ADA, "S1", YEAR)
    assert [(each.version, each.words, each.who) for each in found.history("3.1.5", EVIDENCE)] == [
        (1, "first", "ada"),
        (2, "second", "ben"),
    ]
    assert found.words("3.1.5", EVIDENCE) == "second"
    assert found.words("3.1.4", EVIDENCE) == ""
    assert found.last_saved is not None
    assert found.last_saved.words == "second"


def test_the_same_words_again_make_no_version_and_no_line(store):
    written(store, "first")
    assert written(store, " first\r\n", over=1).version == 1
    assert written(store, "", box=Box("S1", YEAR, "3.1.1", EVIDENCE)).version == 0
    assert len(lines(store)) == 1


def test_a_text_can_be_emptied_and_what_it_was_stays(store):
    written(store, "first")
    assert written(store, "", over=1).version == 2
    found = read(store, WAREHOUSE, ADA, "S1", YEAR)
    assert found.is_empty
    assert found.history("3.1.5", EVIDENCE)[0].words == "first"


def test_years_and_schemes_are_apart(store):
    written(store, "this year")
    written(store, "last year", box=Box("S1", "2009/10", "3.1.5", EVIDENCE))
    written(store, "another", viewer=BEN, box=Box("S2", YEAR, "3.1.5", EVIDENCE))
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).words("3.1.5", EVIDENCE) == "this year"
    assert read(store, WAREHOUSE, ADA, "S1", "2009/10").words("3.1.5", EVIDENCE) == "last year"
    every = read_all(store, WAREHOUSE, Viewer.board(), YEAR)
    assert {scheme: each.words("3.1.5", EVIDENCE) for scheme, each in every.items()} == {
        "S1": "this year",
        "S2": "another",
    }


def test_what_is_missing_is_said(store):
    section = tool().section("3.2")
    found = read(store, WAREHOUSE, ADA, "S1", YEAR)
    assert found.missing(section) == ["a rating", "evidence for 1 of 1 criteria", "an owner", "a review date"]
    for place, what, words in (
        ("3.2", RATING, "amber"),
        ("3.2.1", EVIDENCE, "Fast lane agreed"),
        ("3.2", OWNER, "Head of justice"),
        ("3.2", REVIEW, "2011-03-01"),
    ):
        written(store, words, box=Box("S1", YEAR, place, what))
    found = read(store, WAREHOUSE, ADA, "S1", YEAR)
    assert found.missing(section) == []
    assert found.missing(section, date(2011, 3, 1)) == []
    assert found.missing(section, date(2011, 3, 2)) == ["the review that was due"]


# ---- two at once ------------------------------------------------------------------------------------------------


def test_the_second_of_two_is_told_and_given_both_and_nothing_is_lost(store):
    written(store, "as it was")
    written(store, "ada's", over=1)
    clash = save(store, WAREHOUSE, BEN, BOX, "ben's", over=1)
    assert isinstance(clash, Clash)
    assert (clash.theirs.words, clash.theirs.who, clash.theirs.version) == ("ada's", "ada", 2)
    assert (clash.ours.words, clash.ours.who, clash.ours.aside) == ("ben's", "ben", True)
    found = read(store, WAREHOUSE, ADA, "S1", YEAR)
    assert found.words("3.1.5", EVIDENCE) == "ada's", "what stands is not written over"
    assert [(each.words, each.aside) for each in found.history("3.1.5", EVIDENCE)] == [
        ("as it was", False),
        ("ada's", False),
        ("ben's", True),
    ]
    chosen = written(store, "ada's\n\nben's", over=clash.theirs.version, viewer=BEN)
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).in_place("3.1.5", EVIDENCE) == chosen


def test_both_may_be_the_first(store):
    written(store, "ada's")
    clash = save(store, WAREHOUSE, BEN, BOX, "ben's", over=0)
    assert isinstance(clash, Clash)
    assert (clash.theirs.words, clash.ours.words) == ("ada's", "ben's")


def test_another_box_of_the_same_section_is_no_clash(store):
    written(store, "ada's")
    assert written(store, "green", viewer=BEN, box=Box("S1", YEAR, "3.1", RATING)).version == 1
    assert written(store, "ben's", viewer=BEN, box=Box("S1", YEAR, "3.1.6", EVIDENCE)).version == 1


def _ten(builds: Path, name: str) -> int:
    """Write ten texts as somebody who never looks at what the others write; return how many clashed."""
    clashed = 0
    with opened(builds) as held:
        for number in range(10):
            done = save(held, warehouse_of(S1="North"), Viewer.manager("S1", subject=name), BOX, f"{name} {number}", 0)
            clashed += isinstance(done, Clash)
    return clashed


def test_many_writers_at_once_lose_nothing(builds, spawned):
    with opened(builds):
        pass
    processes = spawned(1)
    with ThreadPoolExecutor(2) as threads, processes:
        done = [
            threads.submit(_ten, builds, "a"),
            threads.submit(_ten, builds, "b"),
            processes.submit(_ten, builds, "c"),
        ]
        clashed = sum(each.result() for each in done)
    with opened(builds) as held:
        history = read(held, WAREHOUSE, ADA, "S1", YEAR).history("3.1.5", EVIDENCE)
        assert audit.verify(held) is None
        assert len(lines(held)) == 30
    assert {each.words for each in history} == {f"{name} {number}" for name in "abc" for number in range(10)}
    assert [each.version for each in history] == list(range(1, 31))
    assert sum(not each.aside for each in history) == 1, "only the first had seen what stood"
    assert clashed == 29


# ---- who may ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", [Viewer.board(), Viewer.analyst(), Viewer.manager("S2")], ids=lambda v: v.role)
def test_nobody_but_the_schemes_manager_writes(store, viewer):
    with pytest.raises(NotPermitted):
        save(store, WAREHOUSE, viewer, BOX, "mine", over=0)
    written(store, "ada's")
    written(store, "ada's again", over=1)
    with pytest.raises(NotPermitted):
        remove(store, WAREHOUSE, viewer, BOX, 1)
    assert [line["who"] for line in lines(store)] == ["ada", "ada"]


@pytest.mark.parametrize("viewer", [Viewer.board(), Viewer.analyst()], ids=lambda v: v.role)
def test_a_board_and_an_analyst_read_every_scheme(store, viewer):
    written(store, "ada's")
    assert read(store, WAREHOUSE, viewer, "S1", YEAR).words("3.1.5", EVIDENCE) == "ada's"
    assert list(read_all(store, WAREHOUSE, viewer, YEAR)) == ["S1", "S2"]


def test_a_manager_reads_their_own_and_a_forbidden_scheme_is_answered_like_one_that_does_not_exist(store):
    written(store, "ben's", viewer=BEN, box=Box("S2", YEAR, "3.1.5", EVIDENCE))
    assert list(read_all(store, WAREHOUSE, ADA, YEAR)) == ["S1"]
    answers = []
    for scheme in ("S2", "S9"):
        for ask in (
            lambda scheme=scheme: read(store, WAREHOUSE, ADA, scheme, YEAR),
            lambda scheme=scheme: save(store, WAREHOUSE, ADA, Box(scheme, YEAR, "3.1.5", EVIDENCE), "x", 0),
        ):
            with pytest.raises(NotPermitted) as refused:
                ask()
            answers.append(str(refused.value))
    assert len(set(answers)) == 1


def test_scope_is_a_condition_of_the_query_itself(store, monkeypatch):
    """With the check before it left out, another scheme's texts are still not found."""
    monkeypatch.setattr(self_assessment, "_check_known", lambda *_asked: None)
    written(store, "ben's", viewer=BEN, box=Box("S2", YEAR, "3.1.5", EVIDENCE))
    assert read(store, WAREHOUSE, ADA, "S2", YEAR).is_empty
    assert not read(store, WAREHOUSE, BEN, "S2", YEAR).is_empty
    found = store.rows("self_assessment_saved", {"year": YEAR, "scheme": "S2", "own_schemes": '["S1"]'})
    assert found == []


def test_a_manager_of_a_scheme_that_no_build_has_writes_nothing(store):
    with pytest.raises(NotPermitted):
        save(store, WAREHOUSE, Viewer.manager("S9"), Box("S9", YEAR, "3.1.5", EVIDENCE), "x", 0)


# ---- what is kept, and what is not ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(("place", "what"), [("3.1.5", EVIDENCE), ("3.1", OWNER)])
def test_a_text_is_data_and_comes_back_as_it_was(store, text, place, what):
    written(store, text, box=Box("S1", YEAR, place, what))
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).words(place, what) == text


def test_what_no_screen_or_spreadsheet_can_hold_is_left_out(store):
    written(store, "a\x00b\x1bc\ud800d\r\ne")
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).words("3.1.5", EVIDENCE) == "abc?d\ne"


@pytest.mark.parametrize(
    ("place", "what", "text"),
    [
        ("3.1.5", EVIDENCE, "x" * 20_001),
        ("3.1.5", EVIDENCE, "see 99/12345Q"),
        ("3.1.5", EVIDENCE, "see x123456"),
        ("3.1.5", EVIDENCE, "he lives at NE1 4XX"),
        ("3.1", OWNER, "A1234BC"),
        ("3.1", OWNER, "x" * 201),
        ("3.1", RATING, "purple"),
        ("3.1", REVIEW, "next spring"),
        ("3.1", REVIEW, "2011-02-30"),
    ],
)
def test_what_cannot_be_kept_is_refused_without_being_repeated(store, place, what, text):
    with pytest.raises(TextRefused) as refused:
        save(store, WAREHOUSE, ADA, Box("S1", YEAR, place, what), text, 0)
    assert text not in str(refused.value)
    assert "12345" not in str(refused.value)
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).is_empty
    assert lines(store) == []


def test_ordinary_evidence_is_not_taken_for_an_identifier(store):
    written(store, "In Q3 2nd review, PSI 12/2010 and PC41/2004 followed; 47 of 2010/11 cases seen on 31/03/2011.")


@pytest.mark.parametrize(
    ("place", "what"),
    [("3.1", EVIDENCE), ("3.1.5", RATING), ("9.9.9", EVIDENCE), ("3.1.8", EVIDENCE), ("3.1", "words"), ("", RATING)],
)
def test_there_are_no_other_boxes(store, place, what):
    with pytest.raises(ValueError, match="A box is"):
        save(store, WAREHOUSE, ADA, Box("S1", YEAR, place, what), "x", 0)


@pytest.mark.parametrize("year", ["2010", "2010/12", "2010-11", "'; drop table x", "0999/00", ""])
def test_a_year_that_is_none_is_refused(store, year):
    with pytest.raises(ValueError, match="A year is two that follow each other"):
        read(store, WAREHOUSE, ADA, "S1", year)
    with pytest.raises(ValueError, match="A year is two that follow each other"):
        save(store, WAREHOUSE, ADA, Box("S1", year, "3.1.5", EVIDENCE), "x", 0)


def test_what_was_written_makes_a_line_without_its_words(store):
    written(store, "a secret that nobody logs")
    save(store, WAREHOUSE, BEN, BOX, "another secret", over=0)
    first, second = lines(store)
    assert (first["who"], first["role"], first["schemes"], first["build"]) == (
        "ada",
        "manager",
        ["S1"],
        "20111031-test",
    )
    assert first["about"] == {
        "period": YEAR, "section": "3.1.5", "field": "evidence", "version": 1, "decision": "saved",
    }  # fmt: skip
    assert second["about"]["decision"] == "put aside"
    assert "secret" not in json.dumps(lines(store))
    assert [line["who"] for line in audit.lines_of(store, "carol", ["S1"])] == ["ben", "ada"]


def test_what_cannot_be_logged_is_not_saved(store, monkeypatch):
    def fail(*_args, **_named):
        raise audit.NotForTheLog

    monkeypatch.setattr(audit, "append", fail)
    with pytest.raises(audit.NotForTheLog):
        save(store, WAREHOUSE, ADA, BOX, "x", 0)
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).is_empty


# ---- taking a name out ------------------------------------------------------------------------------------------


def test_the_words_of_an_earlier_version_can_be_taken_out_for_good(store, builds):
    written(store, "John Unfortunate was seen")
    written(store, "He was seen", over=1)
    remove(store, WAREHOUSE, BEN, BOX, 1)
    first, second = read(store, WAREHOUSE, ADA, "S1", YEAR).history("3.1.5", EVIDENCE)
    assert (first.words, first.removed_by, first.who) == ("", "ben", "ada")
    assert second.words == "He was seen"
    assert lines(store)[-1]["about"]["decision"] == "removed"
    store.copy_to(builds.parent / "copy.sqlite")
    assert b"Unfortunate" not in (builds.parent / "copy.sqlite").read_bytes()
    with pytest.raises(ValueError, match="There is no version 1 to remove"):
        remove(store, WAREHOUSE, ADA, BOX, 1)


def test_what_stands_is_changed_first(store):
    written(store, "first")
    with pytest.raises(ValueError, match="Only an earlier version"):
        remove(store, WAREHOUSE, ADA, BOX, 1)
    save(store, WAREHOUSE, BEN, BOX, "aside", over=0)
    remove(store, WAREHOUSE, ADA, BOX, 2)
    assert read(store, WAREHOUSE, ADA, "S1", YEAR).words("3.1.5", EVIDENCE) == "first"


@pytest.mark.parametrize(
    "statement",
    [
        "update self_assessment set words = 'another'",
        "update self_assessment set words = ''",
        "update self_assessment set who = 'nobody'",
        "update self_assessment set version = 9",
        "update self_assessment set aside = 0",
        "delete from self_assessment",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_saved(store, builds, statement):
    written(store, "first")
    connection = sqlite3.connect(state_folder(builds) / FILE)
    with pytest.raises(sqlite3.IntegrityError, match="saved text"):
        connection.execute(statement)
    connection.close()
