"""Adding a measure is what the README says: a SQL file, a test worked by hand, a place on a page, and nothing else."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import access, current
from queries import sql
from queries.catalogue import measures
from queries.scope import Viewer
from tests.hand import Hand
from tests.road import Road, copied

MEASURE = """\
-- measure: cautions_per_person
-- title: Cautions per person cautioned
-- unit: one row per person and period, of people with a caution that counts
-- kind: ratio
-- numerator: cautions, cautions in the period
-- denominator: people, people cautioned in the period
-- direction: lower
-- why: To be added by a test
-- excludes: Reprimands and warnings
-- source: nowhere
-- matures: 0 months
-- not_applicable: offence_group, index_event, court_type
-- reads: police/offences
-- switches: none
-- owner: a test
-- review_by: 2027-04-01

select
    cast(offences.person_id as varchar) || periods.period as unit_id,
    offences.person_id,
    min(offences.disposed_on) as date,
    periods.period,
    count(*) as cautions,
    1 as people,
    cast(null as integer) as age,
    min(offences.disposed_on) as scheme_on,
    min(periods.starts_on) as window_starts_on,
    max(periods.ends_before) as window_ends_before
from offences
inner join periods on offences.disposed_on >= periods.starts_on and offences.disposed_on < periods.ends_before
where offences.counts and offences.outcome = 'caution'
group by offences.person_id, periods.period
"""

CAUTIONED = Hand(
    number=9950,
    people="""
    person | sex
    A      | M
    B      | F
    C      | M
    """,
    offences="""
    person | committed  | proved     | outcome
    A      | 2009-04-20 | 2009-05-01 | caution
    A      | 2009-05-20 | 2009-06-01 | caution
    A      | 2010-03-20 | 2010-04-01 | caution    # the next period
    B      | 2009-04-20 | 2009-05-01 | caution
    C      | 2009-04-20 | 2009-05-01 | convicted  # no caution
    """,
)

PAGE = """
from dashboard import charts
from dashboard.asking import asked
from dashboard.show import show

answer = asked("cautions_per_person", by="sex", everyone=True)
show(answer, chart=charts.groups(answer))
"""


@pytest.fixture
def road(tmp_path, monkeypatch) -> Road:
    root = copied(tmp_path / "tree")
    (root / "queries/measures/cautions.sql").write_text(MEASURE, encoding="utf-8")
    monkeypatch.setattr(sql, "ROOT", root)
    return Road(CAUTIONED.files, tmp_path, date(2011, 9, 30))


def test_a_measure_is_a_file_and_the_road_has_it_by_every_breakdown(road):
    units = {(CAUTIONED.words[u["person"]], u["period"]): u["cautions"] for u in road.units("cautions_per_person")}
    assert units == {("A", "2009/10"): 2, ("A", "2010/11"): 1, ("B", "2009/10"): 1}
    (all_together,) = road.figure("cautions_per_person", period="2009/10")
    assert (all_together["numerator"], all_together["denominator"]) == (3, 2)
    by_sex = road.figure("cautions_per_person", by=("sex",), period="2009/10")
    assert [(row["sex"], row["numerator"]) for row in by_sex] == [("male", 2), ("female", 1)]
    assert "adoption" in measures()["cautions_per_person"].not_applicable


def test_its_page_is_four_lines(road, monkeypatch):
    monkeypatch.setattr(access, "viewer_now", Viewer.analyst)
    monkeypatch.setattr(current, "warehouse", lambda: road.warehouse)
    run = AppTest.from_string(dedent(PAGE), default_timeout=60)
    run.session_state["period"] = "2009/10"
    run.run()
    assert not run.exception
    html = "".join(each.proto.body for each in run.get("html"))
    assert ">Cautions per person cautioned</h2>" in html
    assert ">3<" not in html
    assert '<th scope="row">Male</th><td class="number">2</td>' in html
    assert "One row is" in html
