"""Every page for every role: whole, explained, and as far as the role reaches."""

import json
from html import escape
from itertools import pairwise

import altair as alt
import pytest

from dashboard.navigation import PAGES
from queries.catalogue import measures
from queries.figures import schemes
from queries.scope import Viewer
from tests.pages.conftest import html_of

ROLES = ("Board member", "Manager", "Analyst")
# The self-assessment has figures once a section of a scheme's is chosen: tests/pages/test_self_assessment.py.
WITH_FIGURES = [
    entry for entry in PAGES if not entry.script.startswith("pages/about") and entry.address != "self-assessment"
]
FOR_ANALYSTS = [entry for entry in WITH_FIGURES if entry.only in (None, "analyst")]
FOR_ALL = [entry for entry in PAGES if entry.only is None]


def name_of(role: str, warehouse) -> str:
    """Return a role as the picker names it: the manager is of the first scheme."""
    return f"Manager of {schemes(warehouse, Viewer.analyst())['name'][0]}" if role == "Manager" else role


def charts_with_what_is_beneath(run):
    """Return each chart of a page with the next thing on it."""
    parts = [part for part in run.main if part.type in ("vega_lite_chart", "html")]
    return [(part, after) for part, after in pairwise(parts) if part.type == "vega_lite_chart"]


@pytest.mark.parametrize(
    ("role", "entry"),
    [(role, entry) for role in ROLES for entry in PAGES if entry.only in (None, role.lower())],
    ids=lambda each: getattr(each, "address", each),
)
def test_a_page_is_whole(opened, warehouse, entry, role):
    run = opened(entry.script, view_as=name_of(role, warehouse))
    html = html_of(run)
    assert not run.exception
    assert html.count("<h1>") == 1
    assert f"<h1>{entry.title}</h1>" in html
    assert "could not be shown" not in html
    assert "<table>" in html
    charts = charts_with_what_is_beneath(run)
    assert len(charts) == len(run.get("vega_lite_chart"))
    for chart, beneath in charts:
        assert chart.proto.alt.endswith("Its values are in the table beneath.")
        assert "<table>" in beneath.proto.body


@pytest.mark.parametrize("entry", WITH_FIGURES, ids=lambda entry: entry.address)
def test_every_figure_carries_its_definition_stamp_and_download(opened, warehouse, entry):
    run = opened(entry.script, view_as=name_of("Manager" if entry.only == "manager" else "Analyst", warehouse))
    html = html_of(run)
    tables = html.count("<table>")
    assert tables
    assert html.count('<details class="definition">') == tables
    assert html.count(f"Data to {31} October 2011, built") >= tables
    for chart in run.get("vega_lite_chart"):
        alt.Chart.from_dict(json.loads(chart.proto.spec), validate=True)
    # A return can be had as a spreadsheet, too.
    labels = [button.proto.label for button in run.get("download_button")]
    assert sum(label.endswith("(CSV with notes)") for label in labels) == tables


@pytest.mark.parametrize("entry", [e for e in WITH_FIGURES if e in FOR_ALL], ids=lambda entry: entry.address)
def test_a_board_sees_only_what_is_published(opened, entry):
    html = html_of(opened(entry.script))
    assert "Published, protected figures" in html
    assert "Exact figures" not in html


@pytest.mark.parametrize("entry", FOR_ANALYSTS, ids=lambda entry: entry.address)
def test_an_analyst_sees_exact_figures_and_is_told_so(opened, entry):
    html = html_of(opened(entry.script, view_as="Analyst"))
    assert "Exact figures: do not publish" in html
    assert "[c]" not in html


def test_a_manager_sees_exact_figures_of_their_own_scheme_alone(opened, warehouse):
    own, other, *_ = schemes(warehouse, Viewer.analyst())["name"]
    run = opened("pages/board/caseload.py", view_as=f"Manager of {own}", scheme=own)
    assert "Exact figures: do not publish" in html_of(run)
    assert run.selectbox(key="scheme").options == ["All my schemes", own]
    forged = opened("pages/board/caseload.py", view_as=f"Manager of {own}", scheme=other)
    missing = opened("pages/board/caseload.py", view_as=f"Manager of {own}", scheme="No such scheme")
    assert html_of(forged) == html_of(missing)
    assert f"· {other} ·" not in html_of(forged)


def test_another_role_does_not_keep_a_scheme_that_is_not_theirs(opened, warehouse):
    _own, other, *_ = schemes(warehouse, Viewer.analyst())["name"]
    run = opened("pages/board/caseload.py", view_as="Analyst", scheme=other)
    assert f"· {other} ·" in html_of(run)
    first = schemes(warehouse, Viewer.analyst())["scheme"][0]
    run.selectbox(key="view_as").set_value(f"manager:{first}").run()
    assert not run.exception
    assert f"· {other} ·" not in html_of(run)


def test_pages_begin_with_ppos_visibly(opened):
    run = opened("pages/board/reoffending.py")
    assert run.selectbox(key="people").value == "ppo"
    assert "PPOs only · All schemes" in html_of(run)


def test_what_an_address_asks_for_in_vain_is_said(opened):
    html = html_of(opened("pages/board/overview.py", scheme="Atlantis"))
    assert "Scheme: what the address asks for is not available" in html
    assert "Atlantis" not in html


def test_methods_have_every_measure_and_its_query(opened):
    html = html_of(opened("pages/about/methods.py"))
    assert "One-year proven re-offending rate" in html
    assert "-- measure: reoffending_rate" in html
    assert "queries/measures/reoffending.sql" in html
    for about in measures().values():
        assert f"Worked example: {escape(about.title)}" in html


@pytest.mark.parametrize("role", ["Board member", "Analyst"])
def test_a_year_that_is_too_recent_is_said_to_be(opened, role):
    html = html_of(opened("pages/board/reoffending.py", view_as=role, period="2011/12"))
    assert "too soon to say" in html.lower()
    assert "could not be shown" not in html


def test_a_table_that_is_not_published_says_what_to_do(opened):
    html = html_of(opened("pages/board/reoffending.py", people="Everyone", scheme="Northumbria scheme 1"))
    assert "This table is not one of the published ones" in html
    assert "Choose PPOs, or all schemes, above" in html
