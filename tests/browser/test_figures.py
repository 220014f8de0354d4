"""What a page says is what `ppo measure` says, and what is taken away is what is shown."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.browser.serving import ROOT
from tests.html_tables import table_captioned, tables_in
from tests.pages import in_words

SCHEME, SCHEME_ID = "Northumbria scheme 1", "S002"


def measured(builds, name: str, *options: str) -> list[dict]:
    """Return what the command line prints for a measure."""
    done = subprocess.run(
        [sys.executable, "cli.py", "measure", name, *options, "--format", "json"],
        cwd=ROOT,
        env=os.environ | {"PPO_BUILDS": str(builds)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


# Written out again here, so that a slip in the page's own words cannot hide.
def percent(row):
    return f"{row['value'] * 100:.1f}%"


def interval(row):
    return f"{row['lower'] * 100:.1f}% to {row['upper'] * 100:.1f}%"


SEX = {"male": "Male", "female": "Female", "not_known": "Not known"}
COURT = {"crown": "Crown Court", "magistrates": "Magistrates' court", "youth": "Youth court", "not_known": "Not known"}


@pytest.mark.parametrize(("role", "viewer"), [("Analyst", "analyst"), ("Board member", "board")])
def test_rates_by_sex(address, builds, watched, role, viewer):
    page = watched.open(f"{address}/reoffending?view_as={role}&by_reoffending=Sex&period=2009/10")
    shown = table_captioned(page.content(), "Re-offended within a year, group by group").by_name()
    rows = measured(
        builds, "reoffending_rate", "--by", "sex", "--where", "ppo=yes", "--period", "2009/10", "--as", viewer
    )
    assert set(shown) == {SEX[row["sex"]] for row in rows}
    for row in rows:
        got = shown[SEX[row["sex"]]]
        if row["status"] == "confidential":
            assert [row[key] for key in ("numerator", "denominator", "value", "n")] == [None] * 4
            assert (got["People who re-offended"], got["People"], got["Percentage"]) == ("[c]", "[c]", "[c]")
        elif row["status"] == "low_base":
            assert (got["People"], got["Percentage"]) == (f"{row['denominator']:,}", "[u]")
        else:
            assert (got["People who re-offended"], got["People"]) == (
                f"{row['numerator']:,}",
                f"{row['denominator']:,}",
            )
            assert (got["Percentage"], got["95% interval"]) == (percent(row), interval(row))
    assert any(row["status"] == "ok" for row in rows)


def test_rates_of_one_scheme_year_by_year(address, builds, watched):
    page = watched.open(f"{address}/reoffending?view_as=Analyst&scheme={SCHEME}")
    shown = table_captioned(page.content(), "Re-offended within a year, year by year").by_name()
    rows = measured(
        builds, "reoffending_rate", "--where", "ppo=yes", "--where", f"scheme={SCHEME_ID}", "--period", "each"
    )
    for row in rows:
        first = int(row["period"][:4])
        got = shown[f"April {first} to March {first + 1}"]
        counts = ["[x]" if row[name] is None else str(row[name]) for name in ("numerator", "denominator")]
        assert [got["People who re-offended"], got["People"]] == counts
        if row["status"] == "ok":
            assert got["Percentage"] == percent(row)
    assert len(shown) == len(rows)
    assert {"ok", "immature"} <= {row["status"] for row in rows}


def test_days_by_court(address, builds, watched):
    page = watched.open(f"{address}/justice?view_as=Analyst")
    shown = table_captioned(page.content(), "Days from arrest to sentence, group by group").by_name()
    rows = measured(builds, "arrest_to_sentence_days", "--by", "court_type", "--where", "ppo=yes")
    for row in rows:
        got = shown[COURT[row["court_type"]]]
        assert got["Sentencing occasions"] == f"{row['denominator']:,}"
        assert float(got["Median days"].replace(",", "")) == pytest.approx(row["median"], abs=0.05)
        assert float(got["Mean"].replace(",", "")) == pytest.approx(row["mean"], abs=0.05)
    assert len(shown) == len(rows)


ANALYST, BOARD = ("Analyst", "analyst"), ("Board member", "board")


@pytest.mark.parametrize(
    ("role", "viewer", "page", "caption", "name", "kind", "by"),
    [
        (*ANALYST, "reoffending", "PPOs' share of all proven re-offences", "share_of_reoffences", "share", "period"),
        (*BOARD, "custody-community", "In custody, month by month", "custody_share", "proportion", "month"),
        (*BOARD, "caseload", "People on the scheme, group by group", "caseload", "stock", "age_band"),
    ],
)
def test_shares_places_and_the_caseload(address, builds, watched, role, viewer, page, caption, name, kind, by):
    opened = watched.open(f"{address}/{page}?view_as={role}&scheme={SCHEME}")
    shown = table_captioned(opened.content(), caption)
    # A share of all re-offences is of every scheme: what it is out of is everybody.
    where = [] if name == "share_of_reoffences" else ["--where", f"scheme={SCHEME_ID}"]
    asked = ["--period", "each"] if by == "period" else ["--by", by]
    rows = measured(builds, name, *where, *asked, "--as", viewer)
    if by in ("period", "month"):
        rows.reverse()
    heads, cells = in_words.columns(name, kind, "days", rows, published=viewer == "board", over=True)
    assert shown.headings[1:] == heads
    assert shown.rows == [[in_words.label(by, row[by]), *line] for row, line in zip(rows, cells, strict=True)]
    withheld = viewer == "board" and name != "share_of_reoffences"
    assert ("confidential" in {row["status"] for row in rows}) == withheld


TOOL = dict(list(in_words.PROFILE.items())[: in_words.OF_THE_TOOL])


@pytest.mark.parametrize("as_at", [None, "2010-03-31"])
def test_the_scheme_profile(address, builds, watched, as_at):
    at = "&as_at=31 March 2010" if as_at else ""
    page = watched.open(f"{address}/scheme-profile?view_as=Analyst&scheme={SCHEME}{at}")
    table = table_captioned(page.content(), "Scheme profile")
    assert table.headings == ["", "Young people (under 18)", "Adults"] or table.headings == [
        "Young people (under 18)",
        "Adults",
    ]
    assert [row[0] for row in table.rows][:10] == ["Name of scheme", *TOOL.values()]
    assert table.rows[0][1] == SCHEME
    shown = {row[0]: row[1:] for row in table.rows[1:]}
    options = ["--where", f"scheme={SCHEME_ID}", *(["--as-at", as_at] if as_at else [])]
    rows = {(row["row"], row["column"]): row for row in measured(builds, "scheme_profile", *options)}
    for name, title in TOOL.items():
        for place, column in enumerate(("young_people", "adults")):
            row, got = rows[name, column], shown[title][place]
            if row["status"] == "not_applicable":
                assert got == "[z]"
            elif name == "average_age":
                assert got == ("–" if row["value"] is None else f"{row['value']:.1f}")
            else:
                assert got == str(row["numerator"])


@pytest.mark.parametrize(
    ("path", "caption"),
    [
        ("reoffending?by_reoffending=Sex", "Re-offended within a year, group by group"),
        ("reoffending?view_as=Analyst", "Re-offended within a year, group by group"),
        ("scheme-profile", "Scheme profile"),
        ("", "Headline measures"),
        ("compare", "Re-offended within a year: schemes by their size"),
        ("compare?view_as=Analyst", "Re-offended within a year: schemes by their size"),
        ("compare?view_as=Analyst", "Re-offended within a year: years beside all years"),
        ("compare?view_as=Analyst", "Re-offenders observed for each one expected"),
        ("time-to-reoffence?view_as=Analyst", "How soon people offended again"),
        ("time-to-reoffence?view_as=Analyst", "People still watched"),
    ],
)
def test_a_download_is_what_is_shown(address, watched, path, caption):
    page = watched.open(f"{address}/{path}")
    tables = tables_in(page.content())
    place = next(i for i, table in enumerate(tables) if table.caption.startswith(caption))
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").nth(place).get_by_role("button").click()
    with zipfile.ZipFile(download.value.path()) as bundle:
        text = {name: bundle.read(name).decode("utf-8-sig") for name in bundle.namelist()}
    got = list(csv.reader(io.StringIO(text["table.csv"], newline="")))
    shown = tables[place]
    # A cell that another spans is empty in the file; the page has no cell there.
    assert [[cell for cell in row if cell] for row in got[1:]] == [[cell for cell in row if cell] for row in shown.rows]
    assert [cell for cell in got[0] if cell] == [cell for cell in shown.headings if cell]
    assert "Data to 31 October 2011, built" in text["notes.txt"]
    if caption != "Headline measures":
        assert {"table.csv", "data.csv", "notes.txt"} <= set(text)
        assert "Left out: " in text["notes.txt"]
    # Where an analyst explores, the SQL goes with it.
    explored = path in ("compare?view_as=Analyst", "time-to-reoffence?view_as=Analyst")
    assert ("query.sql" in text) is explored
    assert watched.errors == []
