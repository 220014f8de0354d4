"""The road against the oracle on thousands of random people: every unit and every figure, exactly.

Many tiny worlds share one build, so that one build tries a thousand people. A unit that differs is looked for again in
its own tiny world, from which rows are then left out for as long as it still differs: what is printed is small
enough to work by hand. `--long` makes more builds of more worlds.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from queries import sql
from queries.catalogue import default_switches
from tests import compare, oracle, worlds
from tests.road import Road, copied

SHORT_SEEDS, SHORT_WORLDS = 2, 80
LONG_SEEDS, LONG_WORLDS = 6, 400
MONTH_END = date(2010, 3, 31)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        number = LONG_SEEDS if metafunc.config.getoption("--long") else SHORT_SEEDS
        metafunc.parametrize("seed", range(number), scope="module")


def built(crowd: worlds.Crowd, files: worlds.Files, folder: Path) -> Road:
    return Road(files, folder, crowd.extract_date, crowd.coverage, covered_from=crowd.covered_from)


def told(crowd: worlds.Crowd, files: worlds.Files, switches: dict | None = None) -> oracle.World:
    return oracle.World(files, crowd.extract_date, crowd.coverage, switches, crowd.covered_from)


@pytest.fixture(scope="module")
def crowd(seed: int, long_run: bool) -> worlds.Crowd:
    return worlds.crowd(seed, LONG_WORLDS if long_run else SHORT_WORLDS)


@pytest.fixture(scope="module")
def road(seed: int, crowd: worlds.Crowd, tmp_path_factory: pytest.TempPathFactory) -> Road:
    # The oracle has the rows in their order; how they are sent must make no difference.
    sent = worlds.as_sent(crowd.files, seed)
    return built(crowd, sent, tmp_path_factory.mktemp("crowd"))


@pytest.fixture(scope="module")
def world(crowd: worlds.Crowd) -> oracle.World:
    return told(crowd, crowd.files)


def test_every_row_of_a_random_world_is_accepted_as_it_is(road: Road):
    # Otherwise the two would be asked about different rows.
    assert road.published.build.rows_accepted == road.published.build.rows_read
    assert road.changed_values() == []


def test_every_unit_is_the_oracles(crowd, road, world, tmp_path_factory):
    found = list(compare.unit_differences(world, road))
    if found:
        pytest.fail(explain(found, crowd, tmp_path_factory), pytrace=False)


def test_every_figure_is_the_oracles(road, world, long_run):
    found = list(compare.figure_differences(world, road, MONTH_END, quick=not long_run))
    assert not found, f"{len(found)} figures differ, of which:\n" + "\n".join(map(str, found[:5]))


def test_calendar_years_are_cut_the_same_way(road, world):
    columns = ("date", "reoffences", "ppo", "scheme", "strand", "index_event", "previous_offences")
    ours = road.units("reoffending_rate", cohort="calendar_year")
    theirs = oracle.units(world, "reoffending_rate", cohort=calendar_year)
    both = [{(u["person"], u["period"]): [u[c] for c in columns] for u in units} for units in (ours, theirs)]
    assert both[0] == both[1]
    for measure in ("reoffending_rate", "arrest_to_sentence_days", "custody_days_share"):
        for period in ("2008", "2009"):
            (mine,) = road.figure(measure, period=period, cohort="calendar_year")
            (its,) = oracle.figure(world, measure, period=period, cohort=calendar_year)
            assert compare.differing(mine, its) == "", (measure, period)


def calendar_year(day: date) -> str:
    return str(day.year)


TURNED = {
    "tic_counts": True,
    "convictions_as_occasions": True,
    "recall_release_is_index": True,
    "prevent_and_deter_is_ppo": True,
    "custody_join_days": 3,
    "statutory_sentence_months": 6,
    "proving_lag_months": 3,
    "level_half_width": 2,
}


def test_every_switch_means_the_same_to_both(tmp_path, monkeypatch, long_run):
    # Every journey step is due a day later.
    turned = {name: TURNED.get(name, default_switches()[name] + 1) for name in default_switches()}
    assert default_switches() == oracle.SWITCHES
    root = copied(tmp_path / "tree")
    file = root / "queries/switches.toml"
    text = file.read_text(encoding="utf-8")
    for name, value in turned.items():
        before = f"[{name}]\ndefault = {str(oracle.SWITCHES[name]).lower()}\n"
        assert text.count(before) == 1, before
        text = text.replace(before, f"[{name}]\ndefault = {str(value).lower()}\n")
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sql, "ROOT", root)
    crowd = worlds.crowd(1000, LONG_WORLDS if long_run else SHORT_WORLDS // 2)
    road = built(crowd, crowd.files, tmp_path)
    world = told(crowd, crowd.files, turned)
    found = [*compare.unit_differences(world, road), *compare.figure_differences(world, road, MONTH_END, quick=True)]
    assert not found, f"{len(found)} differ, of which:\n" + "\n".join(map(str, found[:5]))


def explain(found: list[compare.Difference], crowd: worlds.Crowd, tmp_path_factory) -> str:
    """Say what differs in the smallest world that shows the first difference."""
    first = found[0]
    text = f"{len(found)} units differ, of which:\n" + "\n".join(map(str, found[:5]))
    homes = [world for world in crowd.worlds if first.person and worlds.of_person(world, first.person)]
    if not homes:
        return text

    def differences(files: worlds.Files) -> list[compare.Difference]:
        whole = worlds.merged([files])
        world = told(crowd, whole)
        road = built(crowd, whole, tmp_path_factory.mktemp("smaller"))
        both = compare.unit_differences(world, road)
        return [d for d in both if d.measure == first.measure and d.person == first.person]

    # Most often the person's own rows are enough to begin with.
    alone = {**worlds.of_person(homes[0], first.person), "reference/schemes": homes[0]["reference/schemes"]}
    start = alone if differences(alone) else homes[0]
    smallest = compare.shrink(start, lambda files: bool(differences(files)))
    again = differences({**smallest, "reference/schemes": homes[0]["reference/schemes"]})
    told = "\n".join(map(str, again[:3]))
    return f"{text}\n\nThe smallest world found that shows the first:\n{compare.shown(smallest)}\n{told}"


# --- the comparison itself -------------------------------------------------------------------------------


def test_a_difference_shrinks_to_the_rows_that_make_it():
    files = worlds.crowd(3, 1).files
    culprit = files["police/offences"][1]

    smallest = compare.shrink(files, lambda smaller: culprit in smaller["police/offences"])

    assert smallest == {"police/offences": [culprit]}


def test_rows_that_differ_only_by_rounding_are_the_same():
    row = {"n": 31, "value": 1 / 3, "status": "ok", "lower": None}
    assert compare.differing({**row, "value": 1 / 3 + 1e-13}, row) == ""
    assert compare.differing({**row, "value": 0.3333}, row) == "value"
    assert compare.differing({**row, "n": 30, "lower": 0.1}, row) == "n, lower"
