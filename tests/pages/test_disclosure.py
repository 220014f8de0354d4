"""A board's pages hold no exact small cell: not in a table, not in a chart, not in a download."""

import io

import polars as pl
import pyarrow.ipc
import pytest

from dashboard import words
from queries.figures import figure, schemes
from queries.published import listed
from queries.scope import Viewer
from tests.html_tables import table_captioned
from tests.pages.conftest import html_of

NUMBERS = ("People who re-offended", "People", "Percentage", "95% interval")


def chart_rows(run) -> list[dict]:
    """Return every row of data that the charts of a page were given."""
    rows = []
    for chart in run.get("vega_lite_chart"):
        for data in (chart.proto.data, *(dataset.data for dataset in chart.proto.datasets)):
            if data.data:
                rows += pl.from_arrow(pyarrow.ipc.open_stream(io.BytesIO(data.data)).read_all()).rows(named=True)
    return rows


def small(people) -> bool:
    return people is not None and 0 < people < 5


@pytest.mark.parametrize("breakdown", [b for b in listed()["reoffending_rate"]["breakdowns"] if b != "ppo"])
def test_groups_of_one_to_four_people_are_withheld(opened, warehouse, breakdown):
    found = 0
    for scheme, name in schemes(warehouse, Viewer.analyst()).select("scheme", "name").rows():
        exact = figure(warehouse, Viewer.analyst(), "reoffending_rate", (breakdown,), {"ppo": "yes", "scheme": scheme})
        run = opened("pages/board/reoffending.py", scheme=name, by_reoffending=words.breakdown(breakdown))
        shown = table_captioned(html_of(run), "Re-offended within a year, group by group").by_name()
        charted = {row["group"]: row for row in chart_rows(run) if "group" in row}
        for row in exact.frame.rows(named=True):
            group = words.label(breakdown, row[breakdown])
            others = row["denominator"] - row["numerator"]
            if group in shown and any(map(small, (row["n"], row["numerator"], others))):
                found += 1
                assert [shown[group][heading] for heading in NUMBERS] == ["[c]"] * len(NUMBERS)
                assert charted.get(group, {"value": None})["value"] is None
    assert found, "the sample must have small groups for this to try anything"


@pytest.mark.parametrize("page", ["pages/returns/scheme_profile.py", "pages/board/overview.py"])
def test_the_profile_withholds_one_to_four_people(opened, warehouse, page):
    found = 0
    for scheme, name in schemes(warehouse, Viewer.analyst()).select("scheme", "name").rows():
        exact = figure(warehouse, Viewer.analyst(), "scheme_profile", where={"scheme": scheme})
        shown = {row[0]: row[1:] for row in table_captioned(html_of(opened(page, scheme=name)), "Scheme profile").rows}
        for row in exact.frame.rows(named=True):
            title = {"male": "Male", "female": "Female", "statutory": "Statutory", "in_custody": "In custody"}.get(
                row["row"]
            )
            if title and row["column"] != "all" and small(row["value"]):
                found += 1
                assert shown[title][("young_people", "adults").index(row["column"])] == "[c]"
    assert found, "the sample must have small cells for this to try anything"
