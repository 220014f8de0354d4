"""Where a person has one unit in each group, adding up skips a step: it must give what adding up with it gives."""

import pytest
from polars.testing import assert_frame_equal

from queries import figures
from queries.catalogue import measure, measures
from queries.figures import exact, figure
from queries.scope import Viewer
from queries.unit_rows import Cohort, table_name
from queries.warehouse import Warehouse
from tests.sample_builds import builds as builds  # a fixture

ONCE = [about for about in measures().values() if about.once_per]
ASKED = [
    {"period": "2009/10"},
    {"period": "2009/10", "by": ("sex",)},
    {"period": "each", "by": ("scheme",)},
    {"period": "all", "by": ("age_band",)},
    {"period": "all", "where": {"sex": "male|female"}},
]


@pytest.fixture(scope="module")
def warehouse(builds) -> Warehouse:
    return Warehouse.open(builds)


def test_some_measures_say_that_a_person_counts_once():
    assert {"reoffending_rate", "share_of_reoffences", "conviction_timeline"} <= {about.id for about in ONCE}


AT_MONTH_ENDS = [about for about in ONCE if about.once_per == "month_end"]
EACH = {
    "period": [("true", "period")],
    "months": [("true", "months")],
    "month_end": [("true", "scheme, date"), ("main", "date")],
}
"""Of which units a person has one, and in what."""


@pytest.mark.parametrize("about", ONCE, ids=lambda about: about.id)
def test_a_person_has_one_unit_in_each(warehouse, about):
    for which, each in EACH[about.once_per]:
        units = f"select person_id from {table_name(about.units)} where {which}"
        assert warehouse.query(f"{units} group by person_id, {each} having count(*) > 1").height == 0


@pytest.mark.parametrize("by", [("month",), ("month", "scheme"), ("month", "sex"), ()], ids=" ".join)
@pytest.mark.parametrize("viewer", ["analyst", "manager:S001", "manager:S001,S003"])
@pytest.mark.parametrize("about", AT_MONTH_ENDS, ids=lambda about: about.id)
def test_the_short_way_gives_what_the_long_way_gives_at_month_ends(warehouse, monkeypatch, about, viewer, by):
    who = Viewer.named(viewer)
    short = exact(warehouse, who, about, by, {}, None, None, Cohort.named(None)).frame
    monkeypatch.setattr(figures, "_is_once", lambda *given: False)
    long = exact(warehouse, who, about, by, {}, None, None, Cohort.named(None)).frame
    assert_frame_equal(short, long)
    assert short.height > 0


def test_somebody_on_two_of_a_managers_schemes_is_one_person(warehouse):
    both = "scheme in ('S001', 'S003') group by date, person_id having count(*) > 1"
    day = warehouse.query(f"select min(date) as day from (select date from units_caseload where {both})").item()
    people = warehouse.query(
        f"select count(distinct person_id) as people, count(*) as units from units_caseload"
        f" where scheme in ('S001', 'S003') and date = date '{day}'"
    ).row(0, named=True)
    seen = exact(
        warehouse, Viewer.named("manager:S001,S003"), measure("caseload"), (), {}, None, day, Cohort.named(None)
    )
    assert seen.frame["numerator"].to_list() == [people["people"]]
    assert people["people"] < people["units"]


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("about", ONCE, ids=lambda about: about.id)
def test_the_short_way_gives_what_the_long_way_gives(warehouse, monkeypatch, about, asked):
    if set(asked.get("by", ())) & set(about.not_applicable):
        asked = {**asked, "by": ()}
    short = figure(warehouse, Viewer.analyst(), about.id, **asked).frame
    monkeypatch.setattr(figures, "_is_once", lambda *given: False)
    assert_frame_equal(short, figure(warehouse, Viewer.analyst(), about.id, **asked).frame)
    assert short.height > 0
