"""What is taken away: the same as is shown, with its notes, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile

import pytest

from dashboard import download, tables
from queries.scope import Viewer
from tests.dashboard.figures import figure, rate


def opened(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name).decode("utf-8-sig") for name in bundle.namelist()}


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def made():
    return figure(
        "reoffending_rate",
        [rate(5990, 8000, sex="male"), {"sex": "female", "status": "confidential"}],
        by=("sex",),
        where={"ppo": "yes"},
        period="2009/10",
        published=True,
        notes=("Some figures are withheld [c].",),
    )


@pytest.fixture
def files(made):
    shown = tables.table(made, "Rates by sex")
    return opened(download.bundle(made, shown, Viewer.board())[1])


def test_the_table_is_the_one_shown(made, files):
    shown = tables.table(made, "Rates by sex")
    assert rows_of(files["table.csv"]) == [list(shown.headings), *map(list, shown.rows)]


def test_the_data_are_unrounded_and_empty_where_withheld(files):
    head, male, female = rows_of(files["data.csv"])
    found = dict(zip(head, male, strict=True))
    assert (found["numerator"], found["denominator"], float(found["value"])) == ("5990", "8000", 5990 / 8000)
    hidden = dict(zip(head, female, strict=True))
    assert [hidden[c] for c in ("numerator", "denominator", "value", "lower", "upper", "n")] == [""] * 6
    assert hidden["status"] == "confidential"


@pytest.mark.parametrize(
    "words",
    [
        "One-year proven re-offending rate",
        "PPOs only; All schemes; April 2009 to March 2010; Final; Published, protected figures",
        "Data to 31 March 2011, built 2 May 2011 from 11 files, 99.2% of rows accepted.",
        "Some figures are withheld [c].",
        "[c] not shown, to protect people",
        "Left out: People with no police record",
        "Choice: Release after recall is an index event: No.",
    ],
)
def test_the_notes_go_with_it(files, words):
    # The scheme's name alone would need a warehouse; a board without a scheme chosen has none.
    assert words in files["notes.txt"]


def test_the_same_figure_gives_the_same_bytes(made):
    shown = tables.table(made, "Rates by sex")
    assert download.bundle(made, shown, Viewer.board()) == download.bundle(made, shown, Viewer.board())


def test_the_file_says_what_is_in_it(made):
    assert download.name_of(made) == "reoffending_rate_by-sex_2009-10_ppo-yes"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_run(start):
    written = rows_of(download.as_csv([f"{start}head"], [[f"{start}SUM(A1)", -1.5, "plain"]]))
    assert written == [[f"'{start}head"], [f"'{start}SUM(A1)", "-1.5", "plain"]]
