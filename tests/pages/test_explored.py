"""What is taken away from Compare and Time to re-offence: the data, what they are, and SQL that gives them again."""

import csv
import io
import zipfile

import pytest

from dashboard import offered
from queries.figures import figure, schemes
from queries.scope import Viewer

COMPARE, TIME = "pages/explore/compare.py", "pages/explore/time_to_reoffence.py"
ANALYST = Viewer.analyst()


@pytest.fixture
def given(monkeypatch):
    """Return the files that a page offered, by name, each as the texts in it."""
    files: dict[str, dict[str, str]] = {}

    def note(data, name, schemes, viewer):
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            files[name] = {each: bundle.read(each).decode("utf-8-sig") for each in bundle.namelist()}

    monkeypatch.setattr(offered, "note", note)
    return files


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ran(warehouse, text: str) -> list[dict]:
    return warehouse.query(text.rstrip().rstrip(";")).rows(named=True)


def test_the_funnels_sql_gives_its_data_and_its_limits(opened, warehouse, given):
    opened(COMPARE, view_as="Analyst", period="April 2009 to March 2010")
    files = given["reoffending_rate_by-scheme_2009-10_ppo-yes.zip"]
    assert set(files) == {
        "table.csv", "data.csv", "notes.txt", "query.sql", "whole.sql", "limits.sql", "units.sql",
    }  # fmt: skip
    data = {row["scheme"]: row for row in rows_of(files["data.csv"])}
    assert set(data) == set(schemes(warehouse, ANALYST)["scheme"])
    by_scheme = {row["scheme"]: row for row in ran(warehouse, files["query.sql"])}
    (whole,) = ran(warehouse, files["whole.sql"])
    limits = {row["label"]: row for row in ran(warehouse, files["limits.sql"])}
    assert set(limits) == set(data)
    for scheme, row in data.items():
        counts = int(row["numerator"]), int(row["denominator"])
        assert counts == (by_scheme[scheme]["numerator"], by_scheme[scheme]["denominator"])
        assert float(row["centre"]) == whole["numerator"] / whole["denominator"]
        if row["judged"] == "too_few":
            assert counts[1] < 30
            assert row["value"] == row["lower_95"] == row["upper_998"] == ""
        else:
            assert float(row["value"]) == counts[0] / counts[1]
            assert float(row["lower_95"]) == pytest.approx(limits[scheme]["lower_95"], abs=1e-12)
        assert row["judged_in_words"]


def test_the_control_charts_sql_gives_every_year(opened, warehouse, given):
    opened(COMPARE, view_as="Analyst")
    files = given["reoffending_rate_by-period_each_ppo-yes.zip"]
    assert "whole.sql" not in files
    data, years = rows_of(files["data.csv"]), {row["period"]: row for row in ran(warehouse, files["query.sql"])}
    assert len(data) > 3
    assert {row["period"]: int(row["denominator"]) for row in data} == {
        row["period"]: years[row["period"]]["denominator"] for row in data
    }
    # All of them pooled, and never the mean of their rates.
    pooled = sum(int(row["numerator"]) for row in data) / sum(int(row["denominator"]) for row in data)
    assert float(data[0]["centre"]) == pytest.approx(pooled)


def test_the_curves_sql_gives_them_again(opened, warehouse, given):
    opened(TIME, view_as="Analyst", by_time_to_reoffence="Sex")
    summary, watched = (files for name, files in given.items() if name.startswith("time_to_first_reoffence"))
    assert summary["query.sql"] == watched["query.sql"]
    shown = figure(warehouse, ANALYST, "time_to_first_reoffence", ("sex",), {"ppo": "yes"}).frame
    got = {(row["sex"], row["months"]): row["n"] for row in ran(warehouse, summary["query.sql"])}
    expected = {(row["sex"], row["months"]): row["n"] for row in shown.rows(named=True)}
    assert expected
    assert {key: got[key] for key in expected} == expected


def test_each_says_what_it_is_how_it_is_defined_what_it_is_narrowed_to_and_of_which_build(opened, warehouse, given):
    opened(COMPARE, view_as="Analyst")
    opened(TIME, view_as="Analyst")
    assert len(given) == 6
    for files in given.values():
        for said in (
            "Data to 31 October 2011, built", warehouse.build.id, "Definition", "Left out: ", "All schemes",
            "- query.sql: what was asked of the warehouse", "The SQL runs in the DuckDB shell",
        ):  # fmt: skip
            assert said in files["notes.txt"]
        assert warehouse.build.id in files["query.sql"]


@pytest.mark.parametrize("view_as", ["Board member", "Manager of Northumbria scheme 1"])
def test_sql_is_for_analysts_alone(opened, given, view_as):
    opened(COMPARE, view_as=view_as)
    opened(TIME, view_as=view_as)
    # They have every figure's file; nobody is refused one for want of the SQL.
    assert len(given) == 6
    for files in given.values():
        assert set(files) == {"table.csv", "data.csv", "notes.txt"}
        assert "SQL" not in files["notes.txt"]
