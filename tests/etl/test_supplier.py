"""The page for a data supplier: every rule broken, how many rows, three of them by number, how to mend it; no value."""

import os

import pytest
from typer.testing import CliRunner

from cli import app
from etl.contracts import rules
from etl.supplier import pages, stopped_pages, write_pages
from tests.etl.extracts import GOOD, csv_of, good, taken_in, write_folder
from tests.etl.test_intake_corpus import people
from tests.html_tables import tables_in

SYNTHETIC = "extract_date = 2010-03-31\nsynthetic = true\n"
REAL = "extract_date = 2010-03-31\n"

# Five people of whom nobody can tell who they are, one without a sex, one whose sex is in words; rows 2 to 9.
PEOPLE = [
    people(1),
    *({**people(number), "pnc_id": f"1980/000000{number}I"} for number in range(2, 7)),  # I is never a check letter
    people(7, sex="X"),
    people(8, sex="Male"),
]
VALUES = ("Ashe", "Robin", "1980/", "1980-05-01", "NE1 4XX", "Male", "1981/")
"""Of what is written in the rows, what would be seen first."""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    files = {
        "police/people": csv_of(PEOPLE).replace("sex", "Gender"),
        "police/aliases.toml": "[people]\nsex = 'gender'",
    }
    taken = taken_in(tmp_path_factory.mktemp("page"), files)
    return next(page for page in pages(taken.intake, taken.staging) if page.agency == "police")


def test_a_page_says_what_is_wrong_in_how_many_rows_where_and_how_to_mend_it(page):
    found = {
        (one.severity, one.column, one.rule): (one.rows, one.where) for one in page.findings if "people" in one.file
    }
    assert found == {
        ("row", "pnc_id", "no_usable_identifier"): (5, "rows 3, 4 and 5"),
        ("field", 'sex ("Gender")', "not_in_list"): (1, "row 8"),
        ("repair", 'sex ("Gender")', "code_in_words"): (1, "row 9"),
    }
    assert all(finding.meaning and finding.mend for finding in page.findings)
    assert page.verdict == "The files were taken in, but for the rows and values listed here."


def test_the_text_and_the_web_page_say_the_same(page):
    text, html = page.text(), page.html()
    assert "* police/people, pnc_id: No usable identifier: 5 rows (for example rows 3, 4 and 5)" in text
    assert (
        "police/people (people.csv): 8 rows read, 3 accepted, 5 set aside, 0 exact repeats; 1 values left out" in text
    )
    assert [table.caption for table in tables_in(html)] == [
        "What became of every row",
        "Rows set aside",
        "Values left out",
        "Read all the same",
    ]
    for finding in page.findings:
        assert finding.mend in text
        assert finding.where in text
    for needed in ('<html lang="en-GB">', "<title>", "<main>", "<h1>"):
        assert html.count(needed) == 1
    assert "http" not in html.replace("http-equiv", "")  # nothing from outside


def test_no_value_is_on_a_page(page):
    for value in VALUES:
        assert value not in page.text()
        assert value not in page.html()


def test_rows_of_a_part_are_named_as_they_stand_in_it(tmp_path):
    files = {"police/people_1.csv": csv_of(PEOPLE[:2]), "police/people_2.csv": csv_of(PEOPLE[2:4])}
    taken = taken_in(tmp_path, files)
    page = next(page for page in pages(taken.intake, taken.staging) if page.agency == "police")
    (finding,) = [one for one in page.findings if one.file == "police/people"]
    assert finding.where == "row 3 of people_1.csv, row 2 of people_2.csv and row 3 of people_2.csv"


def test_every_rule_says_how_to_mend_what_it_is_about():
    for _, rule in rules():
        assert rule.mend.endswith(".")
        assert rule.mend != rule.meaning


def run(*arguments: str, key: str = ""):
    return CliRunner().invoke(app, list(arguments), env={"PPO_IDENTITY_KEY": key})


def test_check_writes_a_page_for_each_agency_and_publishes_nothing(tmp_path):
    extracts = write_folder(tmp_path / "extracts", {"police/people": PEOPLE, "manifest.toml": SYNTHETIC})
    done = run("check", str(extracts), "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert {"police.html", "police.txt", "probation.html", "dip.txt", "police_people.csv"} <= set(names)
    assert not (tmp_path / "builds").exists()
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "out").iterdir())
    for value in VALUES:
        assert value not in done.output


def test_the_rows_of_real_extracts_are_sealed_or_not_written(tmp_path):
    extracts = write_folder(tmp_path / "extracts", {"police/people": PEOPLE, "manifest.toml": REAL})
    without = run("check", str(extracts), "--out", str(tmp_path / "without"))
    assert without.exit_code == 0
    assert "set PPO_IDENTITY_KEY to have them sealed" in without.output.replace("\n", " ")
    assert {path.suffix for path in (tmp_path / "without").iterdir()} == {".html", ".txt"}
    out = tmp_path / "sealed"
    assert run("check", str(extracts), "--out", str(out), key="a long pass phrase").exit_code == 0
    sealed = out / "police_people.csv.sealed"
    assert {path.suffix for path in out.iterdir()} == {".html", ".txt", ".sealed"}
    assert b"Ashe" not in sealed.read_bytes()
    opened = tmp_path / "opened.csv"
    assert (
        run("unseal", str(sealed), "--builds", str(tmp_path / "builds"), "--out", str(opened), key="another").exit_code
        == 2
    )
    assert run("unseal", str(sealed), "--builds", str(tmp_path / "builds"), "--out", str(opened)).exit_code == 2
    assert (
        run(
            "unseal", str(sealed), "--builds", str(tmp_path / "builds"), "--out", str(opened), key="a long pass phrase"
        ).exit_code
        == 0
    )
    assert opened.read_text(encoding="utf-8-sig").count("Ashe") == 5
    assert opened.stat().st_mode & 0o777 == 0o600
    assert (
        run(
            "unseal", str(sealed), "--builds", str(tmp_path / "builds"), "--out", str(opened), key="a long pass phrase"
        ).exit_code
        == 2
    )  # never over another


def test_what_stops_the_files_is_on_the_page_too(tmp_path):
    text = csv_of(PEOPLE).replace("surname", "surnames").replace("sex", "gender")
    extracts = write_folder(
        tmp_path / "extracts", {"police/people": text, "dip/events": b"", "manifest.toml": SYNTHETIC}
    )
    done = run("check", str(extracts), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert 'add surname = "surnames" under [people] to police/aliases.toml' in done.stderr
    police = (tmp_path / "out" / "police.txt").read_text()
    assert "* police/people, surname: Missing column (row 1)" in police
    assert "* police/people, sex: Missing column (row 1)" in police
    assert "Mend these first" in police
    assert "* dip/events: Zero bytes" in (tmp_path / "out" / "dip.txt").read_text()
    assert not (tmp_path / "out" / "probation.txt").exists()


def test_a_page_without_a_finding_says_so(tmp_path):
    taken = taken_in(tmp_path, {name: [row] for name, row in GOOD.items()})
    for page in pages(taken.intake, taken.staging):
        assert page.findings == ()
        assert page.verdict == "The files were taken in whole. There is nothing to mend."


def test_nothing_that_is_written_becomes_part_of_the_web_page(tmp_path):
    headers = [*GOOD["police/people"], "<script>alert(1)</script>"]
    lines = [{**good("police/people"), headers[-1]: "x"}]
    taken = taken_in(tmp_path, {"police/people": csv_of(lines, headers)})
    page = next(page for page in pages(taken.intake, taken.staging) if page.agency == "police")
    assert "<script>" in page.text()
    assert "<script>" not in page.html()
    assert len(write_pages([page], tmp_path / "out")) == 2
    assert stopped_pages([]) == []
    assert os.environ.get("PPO_IDENTITY_KEY", "") == ""
