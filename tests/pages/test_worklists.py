"""The worklists page: what is on it, whom it refuses, what it logs, and what it gives away."""

import csv
import io
import zipfile
from datetime import date

import polars as pl
import pytest

from dashboard import access, describe, navigation, offered, worklist_files
from dashboard import worklists as page
from dashboard.navigation import PAGES, in_menu
from dashboard.worklist_files import KEEP
from queries import audit, worklists
from queries.figures import schemes
from queries.scope import Viewer
from queries.store import opened as store_opened
from tests.html_tables import table_captioned
from tests.pages.conftest import html_of
from tests.pages.sign_in import claims, set_up
from tests.pages.test_hostile_addresses import TEXTS
from tests.pages.test_signed_in import run_as

PAGE = "pages/returns/worklists.py"
FILES = {"steps_overdue.zip", "candidates.zip"}


@pytest.fixture
def given(monkeypatch):
    """Return the files that the page offered, by name, each with the schemes that it is about."""
    files = {}

    def note(data, name, of, viewer):
        # The front page, which is run first, offers others.
        if name in FILES:
            files[name] = data, of

    monkeypatch.setattr(offered, "note", note)
    return files


@pytest.fixture
def own(warehouse) -> tuple[str, str]:
    """Return the id and the name of the manager's scheme."""
    known = schemes(warehouse, Viewer.analyst())
    return known["scheme"][0], known["name"][0]


def lines(builds, event: str) -> list[dict]:
    with store_opened(builds) as store:
        return [line for line in audit.lines(store) if line["event"] == event]


def texts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name).decode("utf-8-sig") for name in bundle.namelist()}


def test_a_manager_has_both_lists_of_their_scheme_and_what_they_are(opened, warehouse, own):
    scheme, name = own
    html = html_of(opened(PAGE, view_as=f"Manager of {name}"))
    overdue = worklists.overdue_steps(warehouse, Viewer.manager(scheme))
    shown = table_captioned(html, "Steps overdue, as at 31 October 2011")
    assert [row[0] for row in shown.rows] == [str(each) for each in overdue.frame["person_id"]]
    assert [row[-1] for row in shown.rows] == [f"{each:,}" for each in overdue.frame["days_overdue"]]
    assert f"{overdue.frame.height} steps of {overdue.people} people are overdue" in html
    waiting = worklists.candidates(warehouse, Viewer.manager(scheme))
    shown = table_captioned(html, "Candidates for the monthly meeting, as at 31 October 2011")
    assert [row[0] for row in shown.rows] == [str(each) for each in waiting.frame["person_id"]]
    assert f"{waiting.frame.height} rows about {waiting.people} people" in html
    assert "A rule is an aid to the monthly meeting, which decides" in html
    assert "Personal data, by number" in html
    assert "not for a board" in html


@pytest.mark.parametrize("role", ["Board member", "Analyst"])
def test_others_are_told_whom_it_is_for_and_get_nothing(opened, served, given, own, role):
    for scheme in (own[1], "No such scheme"):
        run = opened(PAGE, view_as=role, scheme=scheme)
        html = html_of(run)
        assert "Worklists are for a scheme&#x27;s manager" in html
        assert "<table>" not in html
        assert not run.get("download_button")
    assert given == {}
    assert lines(served, "units") == []
    assert {line["about"]["reason"] for line in lines(served, "denied")} >= {"not_permitted"}


def test_another_scheme_and_none_are_answered_alike_with_the_managers_own(opened, warehouse, own):
    other = schemes(warehouse, Viewer.analyst())["name"][1]
    forged, missing, *hostile = (
        html_of(opened(PAGE, view_as=f"Manager of {own[1]}", scheme=text)) for text in (other, "Nowhere", *TEXTS[:5])
    )
    assert forged == missing
    assert other not in forged
    assert set(hostile) == {missing}


def test_each_showing_is_one_line_about_the_scheme_and_of_nobody(opened, served, warehouse, own):
    scheme, name = own
    run = opened(PAGE, view_as=f"Manager of {name}", scheme=name)
    (line,) = lines(served, "units")
    rows = [each(warehouse, Viewer.manager(scheme)) for each in (worklists.overdue_steps, worklists.candidates)]
    people = {number for found in rows for number in found.frame["person_id"]}
    assert (line["who"], line["role"], line["schemes"]) == (access.DEMONSTRATION, "manager", [scheme])
    assert line["about"] == {
        "page": "worklists",
        "as_at": "2011-10-31",
        "rows": sum(found.frame.height for found in rows),
        "people": len(people),
    }
    run.run()
    assert len(lines(served, "units")) == 2


def test_the_sentence_says_how_many_have_waited_for_over_a_year(monkeypatch):
    """A year to the day is not over a year."""
    monkeypatch.setattr(describe, "scheme_names", dict)
    days = [date(2010, 10, 30), date(2010, 10, 31), date(2011, 9, 1), None]
    frame = pl.DataFrame(
        {
            "scheme": ["S1"] * 4,
            "person_id": [1, 2, 3, 4],
            "nominated_on": days,
            "decision": ["deferred"] * 3 + [None],
            "left_on": [None] * 3 + [date(2011, 1, 1)],
            "rules": [["london"]] * 4,
        }
    )
    found = worklists.Worklist(frame, date(2011, 10, 31), date(2011, 9, 30))
    assert worklist_files.candidates(found, with_scheme=False).said == (
        "4 rows about 4 people: 3 nominated and not decided on (1 of them over a year ago), and 1 who left in the last "
        "24 months and meet a rule."
    )


def test_what_cannot_be_logged_is_not_shown(opened, monkeypatch, own):
    def refuse(event, *about, **more):
        raise OSError("disk full")

    monkeypatch.setattr(access, "record", refuse)
    run = opened(PAGE, view_as=f"Manager of {own[1]}")
    assert "<table>" not in html_of(run)
    assert "Worklists could not be shown" in html_of(run)
    assert not run.get("download_button")


def test_the_files_hold_every_row_and_how_to_keep_them(opened, warehouse, given, own):
    scheme, name = own
    opened(PAGE, view_as=f"Manager of {name}")
    assert set(given) == FILES
    assert {of for _, of in given.values()} == {frozenset({scheme})}
    found = worklists.overdue_steps(warehouse, Viewer.manager(scheme)).frame
    files = texts(given["steps_overdue.zip"][0])
    rows = list(csv.DictReader(io.StringIO(files["rows.csv"])))
    assert [(row["person"], row["counts_from_on"], row["due_on"], row["days_overdue"]) for row in rows] == [
        (str(row["person_id"]), str(row["counts_from"]), str(row["due_on"]), str(row["days_overdue"]))
        for row in found.rows(named=True)
    ]
    waiting = worklists.candidates(warehouse, Viewer.manager(scheme)).frame
    rows = list(csv.DictReader(io.StringIO(texts(given["candidates.zip"][0])["rows.csv"])))
    assert [(row["person"], row["nominated_on"], row["left_on"]) for row in rows] == [
        (str(row["person_id"]), str(row["nominated_on"] or ""), str(row["left_on"] or ""))
        for row in waiting.rows(named=True)
    ]
    for data, _ in given.values():
        assert KEEP in texts(data)["notes.txt"]


def test_a_list_longer_than_the_page_says_so_and_its_file_has_all(opened, warehouse, given, monkeypatch, own):
    scheme, name = own
    monkeypatch.setattr(page, "MOST_ROWS", 10)
    html = html_of(opened(PAGE, view_as=f"Manager of {name}"))
    every = worklists.overdue_steps(warehouse, Viewer.manager(scheme)).frame.height
    assert len(table_captioned(html, "Steps overdue, as at 31 October 2011, the first 10").rows) == 10
    assert f"The file has all {every} rows" in html
    assert len(texts(given["steps_overdue.zip"][0])["rows.csv"].splitlines()) == every + 1


def test_an_empty_list_is_said_to_be_empty(opened, monkeypatch, own):
    for asked in ("overdue_steps", "candidates"):
        whole = getattr(worklists, asked)

        def none_of(*given, whole=whole):
            found = whole(*given)
            return worklists.Worklist(found.frame.head(0), found.as_at, found.rules_on)

        monkeypatch.setattr(worklists, asked, none_of)
    run = opened(PAGE, view_as=f"Manager of {own[1]}")
    html = html_of(run)
    assert "Nothing is overdue" in html
    assert "Nobody is waiting" in html
    assert "<table>" not in html
    assert html.count('<details class="definition">') == 2
    assert not run.get("download_button")


@pytest.fixture
def menus(monkeypatch):
    """Return the roles whose menus were put on the page, in order, each once for each run."""
    roles = []

    def noted(entry, role):
        if entry is PAGES[0]:
            roles.append(role)
        return in_menu(entry, role)

    monkeypatch.setattr(navigation, "in_menu", noted)
    return roles


@pytest.mark.parametrize(
    ("view_as", "role"), [("Board member", "board"), ("Analyst", "analyst"), ("Manager", "manager")]
)
def test_the_menu_is_that_of_the_role_that_was_picked_from_the_first_run_on(opened, menus, own, view_as, role):
    opened(PAGE, view_as=f"Manager of {own[1]}" if view_as == "Manager" else view_as)
    assert menus == [role]


def test_the_menu_of_somebody_signed_in_is_that_of_their_role_whatever_the_address_says(
    served, tmp_path, monkeypatch, menus, own
):
    ada = f'[[people]]\nwho = "ada"\nrole = "manager"\nschemes = ["{own[0]}"]\n'
    set_up(monkeypatch, tmp_path, f'{ada}[[people]]\nwho = "ben"\nrole = "board"\n')
    for user in (claims("ada"), claims("ben"), {"is_logged_in": False}):
        run_as(user, view_as=f"Manager of {own[1]}")
    assert menus == ["manager", "board", None]
