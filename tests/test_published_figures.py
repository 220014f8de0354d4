"""The page beside the published figures: every figure of the list is on it, and the list is of measures that exist."""

from queries.catalogue import measures
from tests.published_figures import PAGE, listed, page, rows
from tests.sample_builds import builds as builds  # a fixture


def test_every_published_figure_is_of_a_measure_and_has_its_source():
    sources, entries = listed()
    assert {entry["measure"] for entry in entries} <= set(measures())
    assert {entry["source"] for entry in entries} == set(sources)


def test_the_page_can_be_made_of_any_build(builds):
    from queries.warehouse import Warehouse

    warehouse = Warehouse.open(builds)
    made = rows(warehouse)
    assert len(made) == len(listed()[1])
    assert all(value != "none" for _, _, value, *_ in made)
    assert all(" | ".join(row) in page(warehouse) for row in made)


def test_the_committed_page_has_the_list_as_it_is_now():
    text = PAGE.read_text(encoding="utf-8")
    for entry in listed()[1]:
        assert f"| {entry['words']} | " in text
