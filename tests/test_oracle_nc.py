"""The oracle alone against the published answers of the North Carolina case: a check of the definitions."""

import csv
from datetime import date
from pathlib import Path

import pytest

from tests import oracle

FOLDER = Path(__file__).parent / "data" / "nc_1978"


def typed(column, text):
    if text == "":
        return None
    if column.endswith("_on") or column in ("on", "date_of_birth"):
        return date.fromisoformat(text)
    return int(text) if column == "sentence_days" else text


@pytest.fixture(scope="module")
def world():
    files = {}
    for path in sorted(FOLDER.glob("*/*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            name = f"{path.parent.name}/{path.stem}"
            files[name] = [{k: typed(k, v) for k, v in row.items()} for row in csv.DictReader(stream)]
    return oracle.World(files, date(1984, 10, 31))


def one(rows):
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("measure", "where", "period", "numerator", "denominator"),
    [
        ("reoffending_rate", {}, "all", 183, 1445),
        ("reoffending_rate", {}, "1977/78", 124, 989),
        ("reoffending_rate", {}, "1978/79", 59, 456),
        ("reoffending_rate", {"statutory": "yes"}, "all", 123, 1003),
        ("reoffending_rate", {"statutory": "no"}, "all", 60, 442),
        ("reoffences_per_reoffender", {}, "all", 183, 183),
        ("reoffences_per_offender", {}, "all", 183, 1445),
        ("custody_days_share", {}, "1979/80", 106_091, 528_870),
    ],
)
def test_published_counts(world, measure, where, period, numerator, denominator):
    row = one(oracle.figure(world, measure, where=where, period=period))
    assert (row["numerator"], row["denominator"], row["status"]) == (numerator, denominator, "ok")
    assert row["value"] == numerator / denominator


def test_everybody_enters_on_the_first_day_and_nobody_leaves(world):
    entries = one(oracle.figure(world, "entries", period="1977/78"))
    assert (entries["value"], entries["n"]) == (1445, 1445)
    assert {row["numerator"] for row in oracle.figure(world, "exits", period="all")} == {0}
    assert len(oracle.units(world, "months_on_scheme")) == 0


def test_the_registers_steps_are_blank_and_so_there_is_no_data(world):
    found = {row["step"]: row["status"] for row in oracle.figure(world, "journey_step_done", period="1977/78")}
    assert set(found.values()) == {"immature"}
    assert set(found) == set(oracle.LABELS["step"])


@pytest.mark.parametrize(("months", "events"), [(6, 84), (12, 183), (24, 338), (36, 427), (48, 480), (60, 524)])
def test_published_curve(world, months, events):
    curve = oracle.figure(world, "time_to_first_reoffence", period="all")
    point = one([row for row in curve if row["months"] == months])
    assert (point["numerator"], point["denominator"]) == (events, 1445)
    # Nobody is lost to view before 70 months, so the curve is the plain share.
    assert point["value"] == pytest.approx(events / 1445, abs=1e-12)


@pytest.mark.parametrize(
    ("as_at", "in_custody"), [(date(1978, 6, 30), 75), (date(1980, 3, 31), 361), (date(1984, 3, 31), 552)]
)
def test_published_caseload(world, as_at, in_custody):
    assert one(oracle.figure(world, "caseload", as_at=as_at))["value"] == 1445
    inside = one(oracle.figure(world, "caseload", where={"place": "custody"}, as_at=as_at))
    assert inside["value"] == in_custody


def test_the_sources_own_totals(world):
    rows = oracle.units(world, "time_to_first_reoffence")
    assert len(rows) == 1445
    assert sum(row["event"] for row in rows) == 552
    assert sum(row["event_month"] or row["watched"] for row in rows) == 80_013
