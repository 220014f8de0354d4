"""A board's pages hold no exact small cell: not in a table, not in a chart, not in a download."""

import io

import polars as pl
import pyarrow.ipc
import pytest

from dashboard import words
from queries import disclosure, linkage
from queries.catalogue import measure
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


MOVES = {"retained_12_weeks": (3.0, 0.0), "drug_test_positive": (0.0, 4.0), "referral_to_treatment_days": (7.0, 9.0)}
"""By how many people a figure would move if doubtful records were linked: above the line, and beneath it."""


@pytest.mark.parametrize(
    ("role", "smallest", "seen"),
    [
        ("Board member", 5, {"referral_to_treatment_days"}),
        # One rule for figures and for what could move them: were it laxer there, it would be here.
        ("Board member", 2, set(MOVES)),
        ("Manager of Northumbria scheme 1", 5, {"referral_to_treatment_days"}),
        ("Analyst", 5, set(MOVES)),
    ],
)
def test_how_far_a_figure_could_move_tells_of_no_few_people(opened, warehouse, monkeypatch, role, smallest, seen):
    found = linkage.moves(warehouse).filter(pl.col("measure").is_in(list(MOVES)))
    assert found.height == len(MOVES)
    for place, name in enumerate(("numerator", "denominator")):
        more = pl.col("measure").replace_strict({each: steps[place] for each, steps in MOVES.items()})
        found = found.with_columns((pl.col(name) + more).alias(f"{name}_if_linked"))
    monkeypatch.setattr(linkage, "moves", lambda _: found)
    monkeypatch.setattr(disclosure, "SMALLEST_SHOWN", smallest)
    html = html_of(opened("pages/about/data_quality.py", view_as=role))
    shown = {row[0] for row in table_captioned(html, "How far figures could move").rows}
    assert shown == {measure(each).title for each in seen}


@pytest.mark.parametrize(
    ("role", "said"), [("Board member", 0), ("Manager of Northumbria scheme 1", 1), ("Analyst", 1)]
)
def test_how_many_more_could_be_in_the_programme_is_for_those_who_see_exact_figures(opened, monkeypatch, role, said):
    monkeypatch.setattr(linkage, "also_in_dip_if_linked", lambda *_: (6, 8))
    run = opened("pages/returns/scheme_profile.py", view_as=role, scheme="Northumbria scheme 1")
    html = html_of(run)
    assert "<h1>Scheme profile</h1>" in html
    assert html.count("6 with the links made; it would be 8") == said
