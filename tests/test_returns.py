"""Returns as files: what a screen reader or a machine needs, alike in both formats, and nothing unprotected.

Their figures: tests/pages/test_every_figure.py.
"""

import re
import stat
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from dashboard import return_book
from queries import audit, returns
from queries.scope import NotPermitted, Viewer
from queries.signed_off import sign_off
from queries.store import opened
from queries.warehouse import Warehouse
from queries.when import UnknownPeriod
from tests import spreadsheets
from tests.sample_builds import builds as builds  # a fixture

AS_AT = date(2011, 9, 30)
SCHEME = "S002"
FORMATS = (".xlsx", ".ods")
DECLARED = tomllib.loads((Path(__file__).parent.parent / "queries/home_office.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def warehouse(builds: Path) -> Warehouse:
    return Warehouse.open(builds)


@pytest.fixture(scope="module")
def made(warehouse: Warehouse) -> dict[str, returns.Return]:
    """Return the Home Office return of a scheme in both releases, and its profile."""
    viewer = Viewer.manager(SCHEME)
    return {
        "official": returns.home_office(warehouse, viewer, SCHEME, AS_AT),
        "public": returns.home_office(warehouse, viewer, SCHEME, AS_AT, "public"),
        "profile": returns.scheme_profile(warehouse, viewer, SCHEME, AS_AT),
    }


def ppo(*arguments: object):
    return CliRunner().invoke(cli.app, [str(each) for each in arguments])


# ── The conventions for accessible spreadsheets ──────────────────────────────────────────────────


def faults(data: bytes) -> list[str]:
    """Return what is wrong with a spreadsheet file by the conventions."""
    title, sheets = spreadsheets.read(data)
    found = [] if title.strip() else ["the document has no title"]
    names = list(sheets)
    if names[:4] != ["Cover", "Contents", "Notes", "Shorthand"]:
        found.append(f"it does not open with a cover, contents, notes and shorthand: {names[:4]}")
    shorthand = {row[0] for row in sheets["Shorthand"].table[1]}
    listed = {row[0] for row in sheets["Contents"].table[1]}
    notes = {row[0] for row in sheets["Notes"].table[1]}
    if listed != set(names[2:]) or sheets["Contents"].links != len(listed):
        found.append("the contents do not lead to every sheet")
    for name, sheet in sheets.items():
        if sheet.merged:
            found.append(f"{name}: merged cells")
        if sheet.formulas:
            found.append(f"{name}: formulas")
        if any(all(cell in (None, "") for cell in row) for row in sheet.rows):
            found.append(f"{name}: a blank row")
        if name == "Cover":
            continue
        if len(sheet.marked) != 1:
            found.append(f"{name}: {len(sheet.marked)} tables are marked, not one")
            continue
        head, last, _, marked = sheet.marked[0]
        headings, rows = sheet.table
        if last != len(sheet.rows) - 1 or head < 2:
            found.append(f"{name}: the table is not all that follows the title and what explains it")
        if marked is not None and marked != headings:
            found.append(f"{name}: the headings of the mark are not those of the sheet")
        if len(set(headings)) < len(headings) or any(not heading.strip() for heading in headings):
            found.append(f"{name}: headings that are blank, or twice the same")
        if any(cell in (None, "") or len(row) != len(headings) for row in rows for cell in row):
            found.append(f"{name}: blank cells")
        above = " ".join(str(row[0]) for row in sheet.rows[:head])
        for row in rows:
            for cell in row if name not in ("Notes", "Shorthand") else ():
                for mark in re.findall(r"\[\w+\]", str(cell)):
                    if mark not in shorthand or str(mark) not in above:
                        found.append(f"{name}: {mark} is not explained")
                for note in re.findall(r"\[(note \d+)\]", str(cell)):
                    if note not in notes:
                        found.append(f"{name}: {note} is not among the notes")
    return found


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kind", ["official", "public", "profile"])
def test_a_return_keeps_to_the_conventions(made, kind, suffix):
    data = return_book.as_file(made[kind], suffix)
    assert faults(data) == []
    title, sheets = spreadsheets.read(data)
    assert "Northumbria scheme 1, as at 30 September 2011" in title
    tables = [table["id"] for table in DECLARED["tables"]] if kind != "profile" else ["T1"]
    assert list(sheets)[4:] == tables
    assert {table[:2] for table in tables} == ({f"T{n}" for n in range(1, 9)} if kind != "profile" else {"T1"})


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_check_notices_what_is_wrong(made, suffix, monkeypatch):
    monkeypatch.setitem(return_book.MARKS, "not_applicable", "[q]")
    assert "T1: [q] is not explained" in faults(_without_status_words(made["profile"], suffix))


def _without_status_words(made: returns.Return, suffix: str) -> bytes:
    """Return a file in which a cell has a mark that nothing explains."""
    book = return_book.workbook(made)
    (table,) = book.tables
    kept = tuple(sentence for sentence in table.sentences if not sentence.startswith("[q]"))
    return return_book.WRITERS[suffix](replace(book, tables=(replace(table, sentences=kept),)))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "[click](http://example.test)", "$$note$$", "http://example.test"]
)
def test_what_looks_like_a_formula_or_a_link_is_text(made, suffix, name):
    data = return_book.as_file(replace(made["profile"], scheme_name=name), suffix)
    _, sheets = spreadsheets.read(data)
    assert [sheet.formulas for sheet in sheets.values()] == [0] * len(sheets)
    assert [sheet.links for title, sheet in sheets.items() if title != "Contents"] == [0] * (len(sheets) - 1)
    first = sheets["T1"].table[1][0]
    assert first[0] == "Name of scheme"
    # A blank is put between what would otherwise be a link, or a note.
    assert str(first[1]).replace(" ", "") == name


def test_the_scheme_profile_is_laid_out_as_the_tool_has_it(made):
    for suffix in FORMATS:
        _, sheets = spreadsheets.read(return_book.as_file(made["profile"], suffix))
        headings, rows = sheets["T1"].table
        assert headings[1:] == ["Young people (under 18)", "Adults"]
        assert [row[0] for row in rows][:10] == [
            "Name of scheme", "Total number of PPOs managed", "Male", "Female", "Non-statutory", "Statutory",
            "Adult offenders also in DIP", "Managed in the community", "In custody", "Average age",
        ]  # fmt: skip


def test_both_formats_hold_the_same(made):
    for kind in ("official", "public"):
        (_, excel), (_, open_document) = (
            spreadsheets.read(return_book.as_file(made[kind], suffix)) for suffix in FORMATS
        )
        assert list(excel) == list(open_document)
        for name in list(excel)[2:]:
            (headings, rows), (others, other_rows) = excel[name].table, open_document[name].table
            assert headings == others
            # The one format keeps sixteen figures, the other seventeen.
            for row, other in zip(rows, other_rows, strict=True):
                assert row == [pytest.approx(cell, rel=1e-14) if isinstance(cell, float) else cell for cell in other]


def test_years_are_those_that_were_final_by_the_date(warehouse):
    """A return of an earlier date is of the years of that date, though the build reaches further."""
    early = returns.home_office(warehouse, Viewer.analyst(), SCHEME, date(2011, 8, 31))
    times = {line.measure: line.time for table in early.tables for line in table.lines if line.place == 0}
    # Eighteen months after 31 March 2010 is 30 September 2011, a month too late; six after 31 March 2011, as well.
    assert times["reoffending_rate"] == "2008/09"
    assert times["ni30_change"] == "2009/10"
    assert times["entries"] == "2010/11"
    assert times["custody_share"] == "2011-08-31"


# ── Protection ───────────────────────────────────────────────────────────────────────────────────


def test_a_public_return_has_no_unprotected_number(made):
    exact = {
        (table.id, *line.key): (line, dict(zip([column.key for column in table.columns], line.cells, strict=True)))
        for table in made["official"].tables
        for line in table.lines
    }
    small = 0
    for table in made["public"].tables:
        for line in table.lines:
            _, cells = exact[(table.id, *line.key)]
            people = cells["n"].value if "n" in cells else None
            counted = cells.get("numerator")
            if people is None:
                continue
            counts = [people]
            if counted is not None and counted.value is not None and people == cells["denominator"].value:
                # Where people are counted, those who did not are as few as those who did.
                counts += [counted.value, people - counted.value]
            if any(0 < count < 5 for count in counts):
                small += 1
                shown = [cell.value for cell in line.cells if cell.status != "no_target"]
                assert set(shown) == {None}, (table.id, line.key)
    assert small > 5
    profile = {line.label: line.cells for line in made["public"].tables[0].lines}
    for line in made["official"].tables[0].lines:
        for cell, shown in zip(line.cells, profile[line.label], strict=True):
            if cell.value is not None and 0 < cell.value < 5 and not line.label.endswith("_age"):
                assert shown.value is None


def test_an_official_return_is_for_a_manager_of_the_scheme_or_an_analyst(warehouse):
    with pytest.raises(NotPermitted, match="board members have the public one"):
        returns.home_office(warehouse, Viewer.board(), SCHEME, AS_AT)
    said = []
    for scheme in (SCHEME, "S999"):
        with pytest.raises(NotPermitted) as refused:
            returns.home_office(warehouse, Viewer.manager("S001"), scheme, AS_AT)
        said.append(str(refused.value))
    assert said[0] == said[1]
    with pytest.raises(NotPermitted, match="for analysts"):
        returns.scheme_profile(warehouse, Viewer.manager("S001"), None, AS_AT)
    with pytest.raises(NotPermitted):
        returns.scheme_profile(warehouse, Viewer.board(), "S999", AS_AT, "public")
    with pytest.raises(UnknownPeriod, match="made at a month end from 2004-09-30 to 2011-09-30, got: 2011-09-29"):
        returns.scheme_profile(warehouse, Viewer.analyst(), SCHEME, date(2011, 9, 29))


# ── The command ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_command_writes_a_file_for_its_owner_and_a_line_in_the_log(builds, tmp_path, monkeypatch, suffix):
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))
    out = tmp_path / f"return{suffix}"
    done = ppo("return", "scheme-profile", "--as-at", AS_AT, "--scheme", SCHEME, "--builds", builds, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert faults(out.read_bytes()) == []
    with opened(builds) as store:
        (line,) = [line for line in audit.lines(store) if line["event"] == "download"]
    assert line["schemes"] == [SCHEME]
    assert line["about"] == {"file": "scheme-profile", "release": "official", "as_at": "2011-09-30"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["home-office", "--scheme", SCHEME, "--as", "board"], "board members have the public one"),
        (["home-office", "--scheme", SCHEME, "--as", "manager:S001"], "no scheme of that name"),
        (["home-ofice"], "A return is one of scheme-profile, home-office, self-assessment, got: home-ofice"),
        (["home-office", "--release", "secret"], "--release is one of official, public, got: secret"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(builds, tmp_path, monkeypatch, arguments, said):
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))
    out = tmp_path / "return.xlsx"
    done = ppo("return", *arguments, "--as-at", AS_AT, "--builds", builds, "--out", out)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not out.exists()
    wrong = ppo("return", "home-office", "--as-at", AS_AT, "--builds", builds, "--out", tmp_path / "return.csv")
    assert (wrong.exit_code, "is one of .xlsx, .ods, got: .csv" in wrong.stderr) == (2, True)


def test_an_official_file_says_what_differs_from_what_was_signed_off(builds, warehouse, tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))
    viewer, june = Viewer.manager(SCHEME, subject="ada"), date(2011, 6, 30)
    with opened(builds) as store:
        sign_off(store, warehouse, viewer, SCHEME, june, seen_build=warehouse.build.id, seen_version=0)
    then = {
        line.label: line.cells[1].value for line in returns.home_office(warehouse, viewer, SCHEME, june).tables[0].lines
    }
    now = {
        line.label: line.cells[1].value
        for line in returns.home_office(warehouse, viewer, SCHEME, AS_AT).tables[0].lines
    }
    for suffix in FORMATS:
        out = tmp_path / f"return{suffix}"
        command = ["return", "home-office", "--as-at", AS_AT, "--scheme", SCHEME, "--builds", builds, "--out", out]
        assert ppo(*command).exit_code == 0
        assert faults(out.read_bytes()) == []
        headings, rows = spreadsheets.read(out.read_bytes())[1]["D1"].table
        assert headings == ["Figure", "Then", "Now", "Why"]
        found = {row[0]: row[1:] for row in rows}
        assert found["T1 Scheme profile, total number of PPOs managed: adults"] == [
            then["total"], now["total"], "Another date: as at 30 June 2011 then.",
        ]  # fmt: skip
        # What is as it was has no row.
        assert then["female"] == now["female"]
        assert "T1 Scheme profile, female: adults" not in found
        assert ppo(*command, "--release", "public").exit_code == 0
        assert "D1" not in spreadsheets.read(out.read_bytes())[1]
