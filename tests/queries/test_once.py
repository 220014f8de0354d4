"""Where a person has one unit in each group, adding up skips a step: it must give what adding up with it gives."""

import pytest
from polars.testing import assert_frame_equal

from queries import figures
from queries.catalogue import measures
from queries.figures import figure
from queries.scope import Viewer
from queries.unit_rows import table_name
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


@pytest.mark.parametrize("about", ONCE, ids=lambda about: about.id)
def test_a_person_has_one_unit_in_each(warehouse, about):
    text = f"select person_id from {table_name(about.units)} group by person_id, {about.once_per} having count(*) > 1"
    assert warehouse.query(text).height == 0


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("about", ONCE, ids=lambda about: about.id)
def test_the_short_way_gives_what_the_long_way_gives(warehouse, monkeypatch, about, asked):
    if set(asked.get("by", ())) & set(about.not_applicable):
        asked = {**asked, "by": ()}
    short = figure(warehouse, Viewer.analyst(), about.id, **asked).frame
    monkeypatch.setattr(figures, "_is_once", lambda *given: False)
    assert_frame_equal(short, figure(warehouse, Viewer.analyst(), about.id, **asked).frame)
    assert short.height > 0
