"""`ppo` as somebody uses it: what goes to standard output, what to standard error, and the exit codes."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import cli
from etl import intake
from etl.build import BuildStopped
from queries.catalogue import measure, measures
from queries.checks import Checked
from queries.figures import columns_of, figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

ROOT = Path(__file__).parent.parent
NORTH_CAROLINA = ROOT / "tests" / "data" / "nc_1978"


def ppo(*arguments: object):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def builds(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "builds"
    built = ppo("build", NORTH_CAROLINA, "--out", folder)
    assert built.exit_code == 0, built.stderr
    assert built.stdout == ""
    assert "Published 19841031-" in built.stderr
    assert "1,445 people; data to 31 October 1984; 100.0% of 9,888 rows accepted." in built.stderr
    return folder


def commands() -> list[str]:
    return [command.name or command.callback.__name__ for command in cli.app.registered_commands]


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_examples_each_on_lines_of_its_own(name):
    shown = ppo(name, "--help")
    assert shown.exit_code == 0
    said = [line.strip() for line in shown.stdout.splitlines() if "Example:" in line]
    assert said != []
    assert [line for line in said if not line.startswith(f"Example: ppo {name}")] == []


@pytest.mark.parametrize("name", measures())
def test_json_is_one_list_of_flat_rows_of_the_same_figures(builds, name):
    answer = ppo("measure", name, "--builds", builds, "--format", "json")
    assert answer.exit_code == 0, answer.stderr
    rows = json.loads(answer.stdout)
    found = figure(Warehouse.open(builds), Viewer.analyst(), name)
    assert rows == found.frame.to_dicts()
    # Some say nothing without a breakdown of their own.
    assert found.by == ((measure(name).always_by,) if measure(name).always_by else ())
    assert all(list(row) == columns_of(measure(name), found.by) for row in rows)


def test_labels_and_order_of_a_breakdown(builds):
    answer = ppo("measure", "reoffending_rate", "--by", "period,statutory", "--builds", builds, "--format", "json")
    rows = json.loads(answer.stdout)
    assert [(row["period"], row["statutory"], row["status"]) for row in rows] == [
        ("1977/78", "yes", "ok"),
        ("1977/78", "no", "ok"),
        ("1978/79", "yes", "ok"),
        ("1978/79", "no", "ok"),
    ]
    assert list(rows[0]) == [
        "period", "statutory", "numerator", "denominator", "value", "lower", "upper", "n", "status",
    ]  # fmt: skip


def test_csv_and_table_hold_the_same_rows(builds):
    asked = ("measure", "caseload", "--as-at", "1980-03-31", "--by", "place", "--builds", builds)
    rows = list(csv.DictReader(io.StringIO(ppo(*asked, "--format", "csv").stdout)))
    assert [(row["place"], row["numerator"]) for row in rows] == [("custody", "361"), ("community", "1084")]
    table = ppo(*asked)
    assert "1,084" in table.stdout
    assert "as at 1980-03-31" in table.stderr


def test_the_mark_of_too_few_people_is_said(builds):
    few = ppo("measure", "reoffending_rate", "--by", "age_band", "--builds", builds)
    assert "Rates and changes are not shown [u] where there are under 30 people" in few.stderr


def test_a_cell_of_a_table_is_text(capsys):
    cli.write(pl.DataFrame({"[b]column": ["[red]words[/]", "[/b]", ":red_circle:"]}), "table")
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("[b]column", "[red]words[/]", "[/b]", ":red_circle:"))


def test_the_list_of_measures(builds):
    rows = json.loads(ppo("measure", "--format", "json").stdout)
    assert [row["measure"] for row in rows] == list(measures())


def test_unit_rows(builds):
    rows = json.loads(
        ppo("units", "reoffending_rate", "--period", "1978/79", "--builds", builds, "--format", "json").stdout
    )
    assert len(rows) == 456
    assert sum(row["reoffended"] for row in rows) == 59


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["measure", "reoffending"], "Measure must be one of"),
        (["measure", "reoffending_rate", "--by", "colour"], "Breakdown must be one of"),
        (["measure", "reoffending_rate", "--where", "sex"], "A filter is DIM=VALUE"),
        (["measure", "reoffending_rate", "--where", "sex=unknown"], "sex must be one of male, female, not_known"),
        (["measure", "reoffending_rate", "--period", "1066/67"], "Period must be all, each or one of"),
        (["measure", "reoffending_rate", "--as-at", "1980-03-31"], "is about a period, not a date"),
        (["measure", "caseload", "--as-at", "1980-03-30"], "such as 1980-02-29 or 1980-03-31, got: 1980-03-30"),
        (["measure", "caseload", "--as-at", "31/03/1980"], "--as-at is a date such as 2011-03-31, got: 31/03/1980"),
        (["measure", "caseload", "--as-at", "2010-13-01"], "--as-at is a date such as 2011-03-31, got: 2010-13-01"),
        (
            ["measure", "ni30_change", "--cohort-date", "2009-02-01", "--baseline-from", "x", "--follow-up-from", "y"],
            "--baseline-from is a date such as 2011-03-31, got: x",
        ),
        (["units", "ni30_change", "--cohort-date", "x"], "together, without --cohort, got: x"),
        (["audit", "--since", "yesterday"], "--since is a date such as 2011-03-31, got: yesterday"),
        (["audit", "--kept", "HEAD"], "--kept goes with --verify: ppo audit --verify --kept NUMBER:HASH"),
        (["audit", "--head", "--kept", "HEAD"], "--kept goes with --verify"),
        (["board-pack", "--out", "a.pdf", "--as-at", "March"], "--as-at is a date such as 2011-03-31, got: March"),
        (
            ["return", "home-office", "--out", "a.ods", "--as-at", "March"],
            "--as-at is a date such as 2011-03-31, got: March",
        ),
        (["check", ".", "--extract-date", "March"], "--extract-date is a date such as 2011-03-31, got: March"),
        (["build", ".", "--extract-date", "March"], "--extract-date is a date such as 2011-03-31, got: March"),
        (["measure", "reoffending_rate", "--cohort", "quarterly"], "three-month cohort is another series"),
        (["measure", "reoffending_rate", "--as", "chief"], "A viewer is board, analyst or manager:SCHEME"),
        (["measure", "reoffending_rate", "--format", "xml"], "--format is table, csv or json"),
        (["units", "reoffending_rate", "--as", "board"], "for analysts"),
        (["units", "reoffending_rate", "--period", "1899/00"], "Period must be all, each or one of"),
        (["units", "caseload", "--period", "1899/00"], "got: 1899/00"),
        (["sample", "nowhere", "--scale", "huge"], "national/N (N up to 125) or national*N (N up to 4), got: huge"),
        (["sample", "nowhere", "--faults", "some"], "--faults is none or planted, got: some"),
        # Square brackets are no marks of ours to whoever prints what was got.
        (["measure", "[/b]"], "got: [/b]"),
        (["measure", ":red_circle:"], "got: :red_circle:"),
        (["measure", "caseload", "--as-at", "[/]"], "got: [/]"),
        (["build", NORTH_CAROLINA, "--accept", "toy"], "or FILE:shrunk of a file such as police/offences, got: toy"),
        (["build", "/nowhere/[/red]no"], "There is no folder of extracts at /nowhere/[/red]no."),
    ],
)
def test_what_a_person_can_mend_is_one_sentence_and_exit_code_2(builds, arguments, message):
    without_builds = {"sample": [], "check": [], "build": ["--out", builds]}
    answer = ppo(*arguments, *without_builds.get(arguments[0], ["--builds", builds]))
    assert answer.exit_code == 2
    assert message in " ".join(answer.stderr.split())
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr


def test_without_a_build_it_says_what_to_do(tmp_path):
    answer = ppo("measure", "reoffending_rate", "--builds", tmp_path)
    assert answer.exit_code == 2
    assert "No build has been published yet: run `ppo demo`, or `ppo build EXTRACTS`." in answer.stderr


def test_a_missing_folder_and_a_missing_file_stop_the_build(tmp_path):
    assert ppo("build", tmp_path / "nothing", "--out", tmp_path / "builds").exit_code == 2
    (tmp_path / "extracts").mkdir()
    (tmp_path / "extracts" / "manifest.toml").write_text("extract_date = 2011-09-30\nsynthetic = true\n")
    answer = ppo("build", tmp_path / "extracts", "--out", tmp_path / "builds")
    assert answer.exit_code == 2
    assert "police/offences" in answer.stderr


def test_a_stopped_build_says_how_to_publish_all_the_same(builds, monkeypatch):
    def stopped(*_args, **_named):
        raise BuildStopped([Checked("police/offences:shrunk", "It has under half of the rows", "hard", 7)])

    monkeypatch.setattr("etl.build.build", stopped)
    answer = ppo("build", NORTH_CAROLINA, "--out", builds, "--afresh")
    assert answer.exit_code == 1
    assert "- police/offences:shrunk: It has under half of the rows (7 rows)\n" in answer.stderr
    assert "To publish all the same, once: --accept NAME for each." in answer.stderr


def test_checking_is_done_in_as_little_memory_as_a_build(tmp_path, monkeypatch):
    """It spills beside the database, which goes when the check has ended."""
    seen, real = [], intake.take_in

    def taken_in(extracts, staging, **named):
        asked = "select current_setting('memory_limit'), current_setting('temp_directory')"
        seen.extend(staging.execute(asked).fetchall())
        return real(extracts, staging, **named)

    monkeypatch.setattr(intake, "take_in", taken_in)
    answer = ppo("check", NORTH_CAROLINA, "--out", tmp_path / "pages")
    assert answer.exit_code == 0, answer.stderr
    ((memory, spill),) = seen
    # 2 GB, as the engine says it.
    assert memory == "1.8 GiB"
    assert Path(spill).name == "spill"
    assert not Path(spill).parent.exists()


def test_a_board_sees_what_is_published(builds):
    answer = ppo(
        "measure", "reoffending_rate", "--as", "board", "--period", "1977/78", "--builds", builds, "--format", "json"
    )
    (row,) = json.loads(answer.stdout)
    assert (row["numerator"], row["denominator"], row["status"]) == (124, 989, "ok")


def test_names_are_given_by_number_where_the_store_is(builds):
    rows = json.loads(ppo("who", 1, "--builds", builds, "--format", "json").stdout)
    assert {row["source"] for row in rows} == {"police/people", "probation/people"}
    assert {row["person_id"] for row in rows} == {1}


def test_it_works_from_any_folder(builds, tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "measure", "caseload", "--format", "json"],
        cwd=tmp_path,
        env={**os.environ, "PPO_BUILDS": str(builds)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["value"] == 1445


def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(capsys):
    cli.write(pl.DataFrame({"scheme": ["=1+1", "10-14"], "value": [-2.0, None]}), "csv")
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["scheme", "value"],
        ["'=1+1", "-2.0"],
        ["10-14", ""],
    ]
