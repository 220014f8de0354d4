"""The self-assessment as a workbook: what a screen reader needs, the road's figures, and texts where they may be."""

import io
import re
import stat
import zipfile
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from dashboard import assessment_book, evidence
from dashboard.words import period
from queries import audit
from queries.figures import figure
from queries.returns import home_office
from queries.scope import NotPermitted, Viewer
from queries.self_assessment import EVIDENCE, OWNER, RATING, REVIEW, Box, Saved, save, tool
from queries.signed_off import sign_off
from queries.store import opened
from queries.warehouse import Warehouse
from queries.when import UnknownPeriod
from tests import spreadsheets
from tests.queries.test_self_assessment import HOSTILE
from tests.sample_builds import builds as builds  # a fixture
from tests.test_returns import faults

AS_AT, SCHEME = date(2011, 3, 31), "S002"
MANAGER = Viewer.manager(SCHEME, subject="ada")
FORMATS = (".xlsx", ".ods")
DAYS = (date(2010, 3, 31), date(2010, 11, 30), AS_AT)
LONG = "seen and agreed; " * 1100
TASKING = "The tasking meeting each Tuesday"


@pytest.fixture(scope="module")
def warehouse(builds: Path) -> Warehouse:
    return Warehouse.open(builds)


@pytest.fixture(scope="module")
def state(tmp_path_factory, warehouse: Warehouse):
    """Return the folder of a store in which the scheme has written: one text of each hostile kind among them."""
    folder = tmp_path_factory.mktemp("written") / "builds"
    criteria = [criterion.id for section in tool().sections for criterion in section.criteria]
    with opened(folder) as store:

        def write(place: str, what: str, words: str, year: str = "2010/11") -> None:
            assert isinstance(save(store, warehouse, MANAGER, Box(SCHEME, year, place, what), words, 0), Saved)

        for criterion, words in zip(criteria, HOSTILE, strict=False):
            write(criterion, EVIDENCE, words)
        write("3.1.5", EVIDENCE, TASKING)
        write("3.1.5", EVIDENCE, "As it was then", "2009/10")
        write("5.2.1", EVIDENCE, LONG)
        write("3.1", RATING, "amber")
        write("3.1", RATING, "red", "2009/10")
        write("3.1", OWNER, "Chief inspector, offender management")
        write("3.1", REVIEW, "2011-09-30")
    return folder


@pytest.fixture(scope="module")
def made(state, warehouse):
    """Return what each release holds."""
    with opened(state) as store:
        return {
            "official": assessment_book.content(store, warehouse, MANAGER, SCHEME, AS_AT, "official"),
            "public": assessment_book.content(store, warehouse, MANAGER, SCHEME, AS_AT, "public"),
        }


@pytest.fixture(scope="module")
def sheets(made):
    """Return the sheets of each release in each format, read back by another program than the one that wrote them."""
    return {
        (release, suffix): spreadsheets.read(assessment_book.as_file(content, suffix))[1]
        for release, content in made.items()
        for suffix in FORMATS
    }


def by_name(sheets, sheet: str, column: int = 0) -> dict:
    headings, rows = sheets[sheet].table
    return {row[column]: dict(zip(headings, row, strict=True)) for row in rows}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("release", ["official", "public"])
def test_it_keeps_the_conventions_for_accessible_spreadsheets(made, release, suffix):
    assert faults(assessment_book.as_file(made[release], suffix)) == []


def test_both_formats_hold_the_same(sheets):
    for release in ("official", "public"):
        excel, document = (sheets[release, suffix] for suffix in FORMATS)
        assert list(excel) == list(document)
        for name in list(excel)[2:]:
            assert [[_one_line(cell) for cell in row] for row in excel[name].table[1]] == [
                [_one_line(cell) for cell in row] for row in document[name].table[1]
            ]


def _one_line(cell):
    """Return a text on one line, and a number to the digits that both formats keep."""
    return " ".join(cell.split()) if isinstance(cell, str) else float(f"{cell:.12g}")


@pytest.mark.parametrize("suffix", FORMATS)
def test_ratings_owners_and_both_years_are_in_it(sheets, suffix):
    found = sheets["official", suffix]
    ratings = by_name(found, "Ratings")
    assert list(ratings) == [section.number for section in tool().sections]
    row = ratings["3.1"]
    assert (row["Rating"], row["Rating the year before"]) == ("Amber: in place in part", "Red: not in place")
    assert (row["Owner"], row["Review date"]) == ("Chief inspector, offender management", "30 September 2011")
    assert (row["Criteria"], row["Criteria with evidence"]) == (7, 1)
    assert row["Still missing"] == "Evidence for 6 of 7 criteria"
    evidence = by_name(found, "Evidence", 1)
    assert len(evidence) == sum(len(section.criteria) for section in tool().sections)
    assert evidence["3.1.5"]["Evidence, April 2010 to March 2011"] == TASKING
    assert evidence["3.1.5"]["Evidence, April 2009 to March 2010"] == "As it was then"
    assert evidence["3.1.6"]["Evidence, April 2010 to March 2011"] == "None written"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_hostile_text_is_only_ever_text(sheets, suffix):
    found = sheets["official", suffix]["Evidence"]
    assert (found.formulas, found.links, found.merged) == (0, 0, 0)
    texts = [row[3] for row in found.table[1]]
    for place, words in enumerate(HOSTILE):
        assert _one_line(texts[place]).endswith(_one_line(words))
    assert texts[3] == HOSTILE[3] == "=cmd|' /C calc'!A0"


def test_a_long_text_is_whole_and_its_column_one_that_a_spreadsheet_can_have(made, sheets):
    for suffix in FORMATS:
        assert by_name(sheets["official", suffix], "Evidence", 1)["5.2.1"]["Evidence, April 2010 to March 2011"] == (
            LONG.strip()
        )
    with zipfile.ZipFile(io.BytesIO(assessment_book.as_file(made["official"], ".xlsx"))) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
    widths = [float(each) for each in re.findall(r'<col [^>]*width="([\d.]+)"', text)]
    assert len(widths) > 30
    assert max(widths) <= 140, "255 letters are the most; the cover has its own"


def test_figures_are_the_roads_own(sheets, warehouse):
    measured = by_name(sheets["official", ".xlsx"], "Measured", 1)
    name = next(each for each in measured if each.startswith("Share of people on the scheme who are in custody ["))
    row = measured[name]
    expected = figure(warehouse, MANAGER, "custody_share", (), {"scheme": SCHEME}, as_at=AS_AT).frame.row(0, named=True)
    assert row["Criterion"] == "3.1.5"
    assert [row[each] for each in ("Counted", "Out of", "People")] == [
        expected[each] for each in ("numerator", "denominator", "n")
    ]
    for heading, column in (("Figure", "value"), ("Lower", "lower"), ("Upper", "upper")):
        assert row[heading] == pytest.approx(expected[column], abs=1e-12), "not rounded"
    profile = by_name(sheets["official", ".xlsx"], "Profile")
    whole = figure(warehouse, MANAGER, "scheme_profile", (), {"scheme": SCHEME}, as_at=AS_AT).frame
    adults = whole.filter((whole["row"] == "total") & (whole["column"] == "adults"))["value"].item()
    assert profile["Total number of PPOs managed"]["Adults"] == adults


# The year that a figure is of on 31 March 2010, by the months that it takes to be final: a year ends on 31 March. With
# none, 2009/10 is final that day. With one to six, 2008/09 was by 30 September 2009 and 2009/10 is not. With eighteen,
# 2008/09 would be on 30 September 2010, which is too late, and 2007/08 was on 30 September 2009.
ON_31_MARCH_2010 = {
    "exits": "April 2009 to March 2010",
    "custody_days_share": "April 2009 to March 2010",
    "contact_after_release_days": "April 2008 to March 2009",
    "ni30_change": "April 2008 to March 2009",
    "cross_border_share": "April 2008 to March 2009",
    "reoffending_rate": "April 2007 to March 2008",
    "reoffences_per_reoffender": "April 2007 to March 2008",
}


def test_no_figure_is_from_after_the_date_though_the_build_reaches_further(warehouse):
    day = date(2010, 3, 31)
    criteria = [criterion for section in tool().sections for criterion in section.criteria]
    lines = [
        line
        for criterion in criteria
        for line in evidence.lines(warehouse, MANAGER, criterion, SCHEME, "Northumbria scheme 1", day)
    ]
    when = {line.about.id: line.when for line in lines}
    assert {name: when[name] for name in ON_31_MARCH_2010} == ON_31_MARCH_2010
    assert when["custody_share"] == "As at 31 March 2010"
    # A return of the same date is of the same years.
    returned = {
        line.measure: line.time
        for table in home_office(warehouse, MANAGER, SCHEME, day).tables
        for line in table.lines
        if line.place == 0 and "/" in line.time
    }
    both = set(returned) & set(when)
    assert len(both) > 8
    assert {name: when[name] for name in both} == {name: period(returned[name]) for name in both}


def test_a_public_workbook_holds_what_a_board_sees_and_no_free_text(sheets, warehouse):
    found = sheets["public", ".xlsx"]
    assert "Evidence" not in found
    every = [cell for sheet in found.values() for row in sheet.rows for cell in row if isinstance(cell, str)]
    for words in (TASKING, "As it was then", "Chief inspector, offender management", *HOSTILE):
        assert words not in every
        assert len(words) < 5 or not any(words in cell for cell in every)
    measured = by_name(found, "Measured", 1)
    exact = by_name(sheets["official", ".xlsx"], "Measured", 1)
    young = next(row for name, row in measured.items() if name.startswith("People on the scheme: 10 to 14"))
    assert {young[each] for each in ("Counted", "Figure", "People")} == {"[c]"}
    assert next(row for name, row in exact.items() if name.startswith("People on the scheme: 10 to 14"))["Figure"] < 5
    for name, row in measured.items():
        # Published tables may show less than the exact ones do, and never anything else.
        pairs = [(row[each], exact[name][each]) for each in ("Counted", "Out of", "People") if name in exact]
        assert all(public == known or public in ("[c]", "[x]", "[z]") for public, known in pairs)


def test_every_mark_is_explained_and_every_note_is_there(made, sheets):
    for suffix in FORMATS:
        found = sheets["public", suffix]
        marks = {cell for row in found["Measured"].table[1] for cell in row if str(cell).startswith("[")}
        assert marks
        assert marks <= {row[0] for row in found["Shorthand"].table[1]}
        assert len(found["Notes"].table[1]) == len(made["public"].measures)


def test_what_is_on_record_is_in_it_with_the_returns_signed_off_by_then(state, warehouse, sheets):
    _, rows = sheets["official", ".xlsx"]["Record"].table
    said = {row[0]: [each[1] for each in rows if each[0] == row[0]] for row in rows}
    assert any(each.startswith("Figures were last made on ") for each in said["2.1.4"])
    none = "No Home Office return of this scheme for April 2010 to March 2011 has been signed off here."
    assert none in said["2.1.4"]
    assert [each.split(":")[0] for each in said["2.4.1"]] == ["Police", "Probation", "Drug Interventions Programme"]
    criterion = tool().section("2.1").criteria[3]
    with opened(state) as store:
        build = warehouse.build.id
        sign_off(store, warehouse, MANAGER, SCHEME, date(2010, 12, 31), seen_build=build, seen_version=0)
        found = [evidence.on_record(store, warehouse, Viewer.board(), criterion, SCHEME, day)[1] for day in DAYS]
    assert found[0] == none.replace("2010 to March 2011", "2009 to March 2010")
    assert found[1] == none, "signed off as at a later date"
    assert found[2].startswith(
        "1 Home Office return of this scheme for April 2010 to March 2011 signed off here; the last is as at 31 Dec"
    )


def test_the_cover_names_the_licence(made):
    cover = " ".join(" ".join(paragraphs) for _, paragraphs in assessment_book.workbook(made["public"]).cover)
    assert "Open Government Licence v3.0" in cover
    assert "Home Office" in cover


@pytest.mark.parametrize("viewer", [Viewer.board(), Viewer.manager("S001")], ids=lambda viewer: viewer.role)
def test_an_official_one_is_for_the_schemes_manager_and_analysts(state, warehouse, viewer):
    with opened(state) as store:
        answers = []
        for scheme in (SCHEME, "S999"):
            with pytest.raises(NotPermitted) as refused:
                assessment_book.content(store, warehouse, viewer, scheme, AS_AT, "official")
            answers.append(str(refused.value))
        assert len(set(answers)) == 1
        assert assessment_book.content(store, warehouse, viewer, SCHEME, AS_AT, "public").release == "public"


def test_a_date_that_is_no_month_end_and_another_release_are_refused(state, warehouse):
    with opened(state) as store:
        with pytest.raises(UnknownPeriod, match="month end"):
            assessment_book.content(store, warehouse, MANAGER, SCHEME, date(2011, 3, 30))
        with pytest.raises(ValueError, match="A release is one of official, public"):
            assessment_book.content(store, warehouse, MANAGER, SCHEME, AS_AT, "leaked")


# ---- the command line -------------------------------------------------------------------------------------------


def ppo(*arguments: object):
    return CliRunner().invoke(cli.app, [str(each) for each in arguments])


@pytest.mark.parametrize(("release", "suffix"), [("official", ".xlsx"), ("public", ".ods")])
def test_the_command_writes_it_for_its_owner_alone_and_leaves_a_line(
    builds, made, tmp_path, monkeypatch, release, suffix
):
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))
    out = tmp_path / f"book{suffix}"
    done = ppo(
        "return", "self-assessment", "--as-at", AS_AT, "--scheme", SCHEME, "--release", release, "--out", out,
        "--builds", builds,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    _, found = spreadsheets.read(out.read_bytes())
    assert list(found) == list(spreadsheets.read(assessment_book.as_file(made[release], suffix))[1])
    with opened(builds) as store:
        (line,) = audit.lines(store)
    assert (line["event"], line["schemes"]) == ("download", [SCHEME])
    assert line["about"] == {"file": "self-assessment", "release": release, "as_at": AS_AT.isoformat()}


def test_the_command_needs_one_scheme(builds, tmp_path):
    done = ppo("return", "self-assessment", "--as-at", AS_AT, "--out", tmp_path / "x.ods", "--builds", builds)
    assert done.exit_code == 2
    assert "one scheme" in done.output
    assert not (tmp_path / "x.ods").exists()


def test_the_command_gives_a_board_no_official_one(builds, tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))
    out = tmp_path / "x.ods"
    done = ppo(
        "return", "self-assessment", "--as-at", AS_AT, "--scheme", SCHEME, "--out", out, "--builds", builds,
        "--as", "board",
    )  # fmt: skip
    assert done.exit_code == 2
    assert not out.exists()
