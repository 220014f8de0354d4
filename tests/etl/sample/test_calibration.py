"""How near the generator comes to what it is tuned to."""

from pathlib import Path

import pytest

from etl.sample import write_sample
from etl.sample.truth.rows import quantile

# A small world has some 250 PPOs in the cohort and 650 ever identified, so each figure may miss by about three of
# its own standard errors: a proportion of 250 by 8 points, a mean of 185 re-offenders with a spread of 5 by 1.1, a
# mean of 650 with a spread of 30 convictions by 4 and of 6 years by 0.8, a proportion of 650 by 4 points.
SMALL = {
    "PPO re-offending rate 2009/10": (0.749, 0.085),
    "re-offences per PPO who re-offended 2009/10": (4.70, 1.1),
    "previous convictions at identification": (47, 5),
    "age at identification": (25, 1.2),
    "share male at identification": (0.95, 0.04),
    "share white at identification": (0.88, 0.05),
}
# Nationally chance hardly counts; what is left is how well the generator was tuned.
NATIONAL = {
    "offenders with an index event in 2009/10": (680_000, 20_000),
    "PPOs on the caseload on 1 February 2009": (10_635, 500),
    "of whom with an index event in 2009/10": (8_000, 1_000),
    "PPO re-offending rate 2009/10": (0.749, 0.015),
    "re-offences per PPO who re-offended 2009/10": (4.70, 0.15),
    "re-offending rate of everyone 2009/10": (0.26, 0.006),
    "previous convictions at identification": (47, 1.5),
    "age at identification": (25, 0.5),
    "share male at identification": (0.95, 0.01),
    "share white at identification": (0.88, 0.01),
    "offences committed in the ten years": (12_000_000, 700_000),
}


def _misses(out: Path, scale: str, seed: int, bounds: dict[str, tuple[float, float]]) -> list[str]:
    report = {row["figure"]: row["here"] for row in write_sample(out, scale, seed)}
    return [f"{name}: {report[name]}" for name, (aim, room) in bounds.items() if abs(report[name] - aim) > room]


def test_a_world_is_near_what_it_is_tuned_to(tmp_path: Path, long_run: bool) -> None:
    """The long run makes the national world too."""
    assert _misses(tmp_path / "small", "small", 7, SMALL) == []
    if long_run:
        assert _misses(tmp_path / "national", "national", 3, NATIONAL) == []


def test_there_are_enough_ppos_in_each_scheme(small) -> None:
    """Sixty to a hundred and fifty: most cells of a board page then stand on thirty people or more."""
    from etl.sample.calibration import COUNTED_ON
    from etl.sample.truth.caseload import month_end_units

    ends = month_end_units(small.line, small.members)
    sizes = ends.filter(ends["date"] == COUNTED_ON)["scheme"].value_counts()["count"].to_list()
    assert len(sizes) == len(small.schemes.scheme_id)
    assert all(55 <= size <= 150 for size in sizes), sizes


@pytest.mark.parametrize(
    ("values", "counts", "share", "expected"),
    [([3], [1], 0.5, 3), ([1, 2], [1, 1], 0.5, 1.5), ([1, 5], [3, 1], 0.75, 2), ([0, 10, 20], [1, 1, 1], 0.9, 18)],
)
def test_quantiles_are_between_values(values: list[int], counts: list[int], share: float, expected: float) -> None:
    assert quantile(values, counts, share) == pytest.approx(expected)
