"""Signing a return off: who may, what is kept, who is told, and what is said to differ afterwards."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from queries import audit
from queries.return_differences import NOT_NOW, NOT_THEN, OTHER_DATE, OTHER_YEAR, SAME_TIME, changed, differences
from queries.returns import Cell, Column, Line, Return, Table, from_text, home_office, to_text
from queries.scope import NotPermitted, Viewer
from queries.signed_off import (
    NewBuildMeanwhile,
    NothingNew,
    SignedOffMeanwhile,
    before,
    compared,
    latest,
    reopened,
    sign_off,
    signed,
)
from queries.store import FILE, Store, opened, state_folder
from queries.warehouse import Warehouse
from tests.later_build import LATER, with_later_build
from tests.sample_builds import builds as builds  # a fixture

SCHEME, OTHER = "S002", "S001"
JUNE, SEPTEMBER = date(2011, 6, 30), date(2011, 9, 30)
ADA, BEN = Viewer.manager(SCHEME, subject="ada"), Viewer.manager(SCHEME, subject="ben")

# Of the people on the scheme at the end of September, one leaves the register altogether.
GONE = f"(select min(person_id) from units_caseload where scheme = '{SCHEME}' and date = '2011-09-30' and age >= 18)"


@pytest.fixture(scope="module")
def two_builds(builds: Path, tmp_path_factory) -> Path:
    """Return a builds folder with the sample's build and a later one, in which one person less is on the scheme."""
    return with_later_build(
        builds,
        tmp_path_factory.mktemp("later") / "builds",
        [
            f"delete from units_caseload where date = '2011-09-30' and person_id = {GONE}",
            "update files set accepted = accepted - 1, covered_to = date '2011-11-30'"
            " where file = 'police/ppo_register'",
            "update switches set custody_join_days = 3",
        ],
    )


@pytest.fixture(scope="module")
def warehouse(two_builds: Path) -> Warehouse:
    return Warehouse.open(two_builds)


@pytest.fixture(scope="module")
def later(two_builds: Path) -> Warehouse:
    return Warehouse.open_build(two_builds / LATER)


@pytest.fixture
def store(tmp_path: Path):
    with opened(tmp_path / "builds") as kept:
        yield kept


def sign(store: Store, warehouse: Warehouse, viewer: Viewer = ADA, as_at: date = SEPTEMBER, version: int = 0):
    return sign_off(store, warehouse, viewer, SCHEME, as_at, seen_build=warehouse.build.id, seen_version=version)


# ── Who may, and what is kept ────────────────────────────────────────────────────────────────────


def test_a_manager_signs_their_own_return_off_and_it_is_logged(store, warehouse):
    done = sign(store, warehouse)
    assert (done.scheme, done.as_at, done.version, done.who) == (SCHEME, SEPTEMBER, 1, "ada")
    assert done.build == warehouse.build.id
    assert signed(store, ADA) == [done]
    (line,) = audit.lines(store)
    assert (line["event"], line["who"], line["role"], line["schemes"]) == ("sign_off", "ada", "manager", [SCHEME])
    assert line["build"] == warehouse.build.id
    assert line["about"] == {"file": "home-office", "as_at": "2011-09-30", "version": 1}


@pytest.mark.parametrize(
    "viewer",
    [Viewer.board("bo"), Viewer.analyst("ann"), Viewer.manager(OTHER, subject="cy")],
    ids=["board", "analyst", "another scheme's manager"],
)
def test_nobody_else_signs_it_off(store, warehouse, viewer):
    with pytest.raises(NotPermitted, match="signed off by a manager of its scheme"):
        sign(store, warehouse, viewer)
    assert signed(store, Viewer.analyst()) == []
    assert audit.lines(store) == []


def test_what_was_signed_off_is_opened_again_exactly_whatever_build_is_current(store, warehouse, later):
    looked_at = home_office(warehouse, ADA, SCHEME, SEPTEMBER)
    done = sign(store, warehouse)
    # The later build has one adult less on the scheme, and is what everything else reads now.
    now = home_office(later, ADA, SCHEME, SEPTEMBER)
    assert now.tables[0] != looked_at.tables[0]
    again = reopened(store, ADA, done.number)
    assert again == looked_at
    assert again.build.id == warehouse.build.id
    assert to_text(from_text(to_text(again))) == to_text(again)


def test_the_figures_are_for_the_manager_and_an_analyst_and_the_list_for_all_who_may_read_it(store, warehouse):
    done = sign(store, warehouse)
    assert reopened(store, Viewer.analyst(), done.number).scheme == SCHEME
    assert signed(store, Viewer.board()) == [done]
    assert signed(store, Viewer.manager(OTHER)) == []
    said = set()
    for viewer, number in (
        (Viewer.board(), done.number), (Viewer.board(), 99),
        (Viewer.manager(OTHER), done.number), (Viewer.manager(OTHER), 99),
    ):  # fmt: skip
        with pytest.raises(NotPermitted) as refused:
            reopened(store, viewer, number)
        said.add(str(refused.value))
    assert len(said) == 1


def test_what_was_signed_off_cannot_be_changed_or_removed(store, warehouse):
    sign(store, warehouse)
    connection = sqlite3.connect(store.path)
    for statement in (
        "update signed_off set who = 'eve'",
        "delete from signed_off",
        "insert or replace into signed_off values (1, 'S002', '2011-09-30', 1, '', 'eve', '', '')",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="A return that was signed off is"):
            connection.execute(statement)
    connection.close()


def test_a_store_of_before_there_was_signing_off_is_brought_up_to_date(tmp_path, warehouse):
    with opened(tmp_path / "builds"):
        pass
    path = state_folder(tmp_path / "builds") / FILE
    connection = sqlite3.connect(path)
    (version,) = connection.execute("pragma user_version").fetchone()
    connection.execute("drop table signed_off")
    connection.execute(f"pragma user_version = {version - 1}")
    connection.commit()
    connection.close()
    with opened(tmp_path / "builds") as store:
        assert sign(store, warehouse).version == 1


# ── Two at once, and what was not looked at ──────────────────────────────────────────────────────


def test_of_two_who_sign_at_once_one_wins_and_the_other_is_told_who(tmp_path, warehouse):
    with opened(tmp_path / "builds"):
        pass

    def one(viewer: Viewer):
        with opened(tmp_path / "builds") as store:
            try:
                return sign(store, warehouse, viewer)
            except SignedOffMeanwhile as told:
                return told

    with ThreadPoolExecutor(2) as both:
        results = list(both.map(one, (ADA, BEN)))
    (won,) = [each for each in results if not isinstance(each, Exception)]
    (told,) = [each for each in results if isinstance(each, Exception)]
    assert told.first == won
    with opened(tmp_path / "builds") as store:
        assert signed(store, ADA) == [won]
        assert [line["event"] for line in audit.lines(store)] == ["sign_off"]


def test_figures_that_were_not_looked_at_are_not_signed_off(store, warehouse, later):
    with pytest.raises(NewBuildMeanwhile):
        sign_off(store, later, ADA, SCHEME, SEPTEMBER, seen_build=warehouse.build.id, seen_version=0)
    assert signed(store, ADA) == []


def test_a_return_is_signed_off_again_only_where_something_is_new(store, warehouse, later):
    first = sign(store, warehouse)
    with pytest.raises(NothingNew):
        sign(store, warehouse, version=1)
    second = sign(store, later, BEN, version=1)
    assert (second.version, second.number) == (2, first.number + 1)
    assert latest(signed(store, ADA), SCHEME, SEPTEMBER) == second
    # Both are kept.
    assert reopened(store, ADA, first.number).build.id == warehouse.build.id
    assert reopened(store, ADA, second.number).build.id == LATER


def test_the_return_before_is_the_last_one_of_an_earlier_date(store, warehouse, later):
    spring = sign(store, warehouse, as_at=date(2011, 3, 31))
    sign(store, warehouse, as_at=JUNE)
    summer = sign(store, later, as_at=JUNE, version=1)
    sign(store, warehouse)
    known = signed(store, ADA)
    assert before(known, SCHEME, SEPTEMBER) == summer
    assert before(known, SCHEME, JUNE) == spring
    assert before(known, SCHEME, date(2011, 3, 31)) is None
    assert before(known, OTHER, SEPTEMBER) is None


# ── Differences ──────────────────────────────────────────────────────────────────────────────────


def test_a_revised_figure_is_shown_with_both_values_and_what_the_builds_say(warehouse, later):
    then = home_office(warehouse, ADA, SCHEME, SEPTEMBER)
    now = home_office(later, ADA, SCHEME, SEPTEMBER)
    found = {(each.table.id, each.line.label, each.column.key): each for each in differences(then, now)}
    total = found["T1", "total", "adults"]
    assert total.why == SAME_TIME
    assert (total.then, total.now) == (Cell(117.0), Cell(116.0))
    # The rows of the caseload changed and no others: what is not made of those is as it was.
    assert {table for table, _, _ in found} == {"T1"}
    what = changed(then, now, ("scheme_profile",))
    assert what.build
    assert what.files == (("police/ppo_register", 1282, 1281, "2011-10-31", "2011-11-30"),)
    assert what.switches == (("custody_join_days", "2", "3"),)
    assert what.definitions == ()
    assert not what.shared
    # Arrests have nothing to do with either.
    assert changed(then, now, ("drug_test_positive",)).nothing


def test_a_return_is_set_against_itself_and_the_one_before_as_far_as_the_viewer_may_open_them(store, warehouse, later):
    sign(store, warehouse, as_at=JUNE)
    sign(store, warehouse)
    now = home_office(later, ADA, SCHEME, SEPTEMBER)
    own, earlier = compared(store, ADA, now)
    assert (own.of.as_at, earlier.of.as_at) == (SEPTEMBER, JUNE)
    assert own.found == differences(home_office(warehouse, ADA, SCHEME, SEPTEMBER), now)
    assert {each.why for each in own.found} == {SAME_TIME}
    assert {each.why for each in earlier.found if each.table.id == "T1"} == {OTHER_DATE}
    assert compared(store, Viewer.analyst(), now) == [own, earlier]
    assert compared(store, Viewer.board(), now) == []
    assert compared(store, Viewer.manager(OTHER), now) == []
    public = home_office(later, ADA, SCHEME, SEPTEMBER, "public")
    assert compared(store, ADA, public) == []


def test_a_changed_definition_is_told_from_changed_rows(warehouse):
    then = home_office(warehouse, ADA, SCHEME, SEPTEMBER)
    was = replace(then.basis, definitions=then.basis.definitions | {"entries": "another", "": "another"})
    what = changed(replace(then, basis=was), then)
    assert what.definitions == ("entries",)
    assert what.shared
    assert not what.files
    assert not what.switches
    assert not what.build


COLUMNS = (Column("value", "Number", "count"), Column("n", "People", "count"))


def line(label: str, time: str, *values: float | None, place: int = 0) -> Line:
    cells = tuple(Cell(value, "" if value is not None else "low_base") for value in values)
    return Line("exits", "Left", "exit_reason", label, time, place, "ok", cells)


def of_lines(like: Return, *lines: Line) -> Return:
    return replace(like, tables=(Table("T2a", "People who left", COLUMNS, lines),))


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        # The same in both is no difference, whatever else is.
        ([line("died", "2010/11", 3, 2)], [line("died", "2010/11", 3, 2)], []),
        # One cell of a line differs: that one alone, of the same time.
        ([line("died", "2010/11", 3, 2)], [line("died", "2010/11", 4, 2)], [("value", 3, 4, SAME_TIME)]),
        # Not shown then, shown now.
        ([line("died", "2010/11", None, 2)], [line("died", "2010/11", 3, 2)], [("value", None, 3, SAME_TIME)]),
        # The year went on: the latest is set against the latest.
        ([line("died", "2009/10", 3, 2)], [line("died", "2010/11", 4, 2)], [("value", 3, 4, OTHER_YEAR)]),
        ([line("died", "2011-06-30", 3, 2)], [line("died", "2011-09-30", 4, 2)], [("value", 3, 4, OTHER_DATE)]),
        # The year went on, and last time's latest is the one before now: it is set against itself, and was revised.
        (
            [line("died", "2009/10", 3, 2)],
            [line("died", "2010/11", 3, 2), line("died", "2009/10", 5, 2, place=1)],
            [("value", 3, 5, SAME_TIME)],
        ),
        # A line that only one of them has.
        ([], [line("died", "2010/11", 4, 2)], [("value", None, 4, NOT_THEN), ("n", None, 2, NOT_THEN)]),
        ([line("died", "2010/11", 4, 2)], [], [("value", 4, None, NOT_NOW), ("n", 2, None, NOT_NOW)]),
    ],
)  # fmt: skip
def test_lines_are_set_against_each_other(warehouse, then, now, expected):
    like = Return(SCHEME, "", SEPTEMBER, "official", warehouse.build, (), None, ())  # type: ignore[arg-type]
    found = differences(of_lines(like, *then), of_lines(like, *now))
    values = [(d.column.key, d.then and d.then.value, d.now and d.now.value, d.why) for d in found]
    assert values == expected


def test_a_table_that_is_gone_is_said_to_be(warehouse):
    like = Return(SCHEME, "", SEPTEMBER, "official", warehouse.build, (), None, ())  # type: ignore[arg-type]
    found = differences(of_lines(like, line("died", "2010/11", 4, 2)), like)
    assert [(each.column.key, each.why) for each in found] == [("value", NOT_NOW), ("n", NOT_NOW)]
