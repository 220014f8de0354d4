"""Linkage on worlds that no model was trained on, against their truth: person by person."""

import polars as pl
import pytest

from etl.link import train
from tests.linkage_truth import Linked, ceiling, linked

SHORT, LONG = (311,), (311, 312, 313, 314, 315)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seeds = LONG if metafunc.config.getoption("--long") else SHORT
        metafunc.parametrize("seed", seeds, scope="module")


@pytest.fixture(scope="module")
def world(seed: int, tmp_path_factory: pytest.TempPathFactory) -> Linked:
    return linked(tmp_path_factory.mktemp(f"world_{seed}"), seed)


def test_no_model_was_trained_on_these_worlds():
    assert not set(SHORT + LONG) & set(train.SEEDS)


def test_probation_is_linked_to_the_police(world: Linked):
    score = world.score("probation/people")
    assert score.true > 2500
    assert score.f1 >= 0.99


def test_the_programme_is_linked_precisely_and_near_its_ceiling(world: Linked):
    score, best = world.score("dip/people"), ceiling(world)
    assert score.true > 1000
    assert score.precision >= 0.98
    assert score.recall >= 0.95 * best, f"recall {score.recall:.4f}, ceiling {best:.4f}"


def test_most_of_the_programme_has_no_identifier_to_go_by(world: Linked):
    """The figures above would say little of initials if identifiers made most of the links."""
    rules = world.records.filter(pl.col("file") == "dip/people").group_by("rule").len()
    by = dict(rules.iter_rows())
    assert by["weight of the evidence"] > 4 * by["same PNC id"]


def test_a_record_with_somebody_elses_pnc_id_finds_its_own_person(world: Linked):
    """Its number, name and birth disagree, so the number is not believed; the name and birth lead to the right one."""
    pnc = dict(world.described.select("identifier", "pnc_id").iter_rows())
    sent = world.records.filter(pl.col("file") == "probation/people", pl.col("want").is_not_null())
    wrong = [row for row in sent.iter_rows(named=True) if pnc[row["identifier"]] not in (None, row["want"][4:])]
    assert len(wrong) > 20
    assert sum(row["anchor"] == row["want"] for row in wrong) >= 0.95 * len(wrong)


def test_what_the_build_would_say_of_its_precision_is_near_the_truth(world: Linked):
    """Records whose identifier was hidden are found as often, and as rightly, as those that have none."""
    for file in ("probation/people", "dip/people"):
        trials = world.trials.filter(pl.col("file") == file)
        told = trials.filter(pl.col("anchor") == pl.col("true_anchor")).height / trials.height
        without = world.records.filter(
            pl.col("file") == file, pl.col("want").is_not_null(), pl.col("rule") != "same PNC id"
        )
        true = without.filter(pl.col("anchor") == pl.col("want")).height / without.height
        assert told == pytest.approx(true, abs=0.03), file
