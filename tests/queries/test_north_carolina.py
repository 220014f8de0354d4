"""Against the world: every figure that tests/data/nc_1978/README.md gives comes out of the road."""

from datetime import date

import pytest

from queries.figures import figure, units
from queries.scope import Viewer

ANALYST = Viewer.analyst()


def only(warehouse, name, **asked):
    rows = figure(warehouse, ANALYST, name, **asked).frame.to_dicts()
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("name", "asked", "numerator", "denominator", "shown"),
    [
        ("reoffending_rate", {"period": "all"}, 183, 1445, "12.66%"),
        ("reoffending_rate", {"period": "1977/78"}, 124, 989, "12.54%"),
        ("reoffending_rate", {}, 59, 456, "12.94%"),
        ("reoffending_rate", {"period": "1978/79"}, 59, 456, "12.94%"),
        ("reoffending_rate", {"period": "all", "where": {"statutory": "yes"}}, 123, 1003, "12.26%"),
        ("reoffending_rate", {"period": "all", "where": {"statutory": "no"}}, 60, 442, "13.57%"),
        ("reoffences_per_reoffender", {"period": "all"}, 183, 183, "100.00%"),
        ("reoffences_per_offender", {"period": "all"}, 183, 1445, "12.66%"),
        ("custody_days_share", {"period": "1979/80"}, 106_091, 528_870, "20.06%"),
    ],
)
def test_shares(north_carolina, name, asked, numerator, denominator, shown):
    row = only(north_carolina, name, **asked)
    assert (row["numerator"], row["denominator"], f"{row['value']:.2%}") == (numerator, denominator, shown)
    assert row["status"] == "ok"


@pytest.mark.parametrize(
    ("as_at", "people", "in_custody"),
    [(date(1978, 6, 30), 1445, 75), (date(1980, 3, 31), 1445, 361), (date(1984, 3, 31), 1445, 552)],
)
def test_caseload(north_carolina, as_at, people, in_custody):
    assert only(north_carolina, "caseload", as_at=as_at)["value"] == people
    assert only(north_carolina, "caseload", as_at=as_at, where={"place": "custody"})["value"] == in_custody


@pytest.mark.parametrize(
    ("months", "failures", "shown"),
    [
        (6, 84, "5.81%"),
        (12, 183, "12.66%"),
        (24, 338, "23.39%"),
        (36, 427, "29.55%"),
        (48, 480, "33.22%"),
        (60, 524, "36.26%"),
    ],
)
def test_time_to_first_reoffence(north_carolina, months, failures, shown):
    curve = figure(north_carolina, ANALYST, "time_to_first_reoffence", period="all").frame
    (row,) = [row for row in curve.iter_rows(named=True) if row["months"] == months]
    assert (row["numerator"], row["denominator"], f"{row['value']:.2%}") == (failures, 1445, shown)


def test_published_totals(north_carolina):
    """People, failures, months at risk and last exit, as printed with the source.

    A return counts the month it falls in; others whole months to April 1984.
    """
    rows = units(north_carolina, ANALYST, "time_to_first_reoffence").frame.to_dicts()
    months = []
    for row in rows:
        start, end = row["date"], row["ends_on"]
        whole = (end.year - start.year) * 12 + end.month - start.month
        if row["event"]:
            months.append(whole + (end.day > start.day))
        else:
            months.append(whole - (end.day < start.day and end.day != 30))
    assert len(rows) == 1445
    assert sum(row["event"] for row in rows) == 552
    assert sum(months) == 80_013
    assert max(months) == 81
