"""Our weighing of pairs, on public data sets with truth: no worse than a trial of Splink made on its own."""

import pytest

from tests import febrl

TRIAL = {"1": 1.0, "2": 0.9984, "3": 0.9992, "4": 0.9999}
"""F1 over pairs at a probability of a half, of Splink with a model trained on each set by itself, to four places."""


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [("1", ["1"], 0.5), ("2", ["2"], 0.4), ("3", ["3"], 1.3), ("4", ["4a", "4b"], 1.0)],
)
def test_pairs_are_found_as_well_as_in_the_trial(name: str, files: list[str], expected: float) -> None:
    ours, true = febrl.found(files, expected, threshold=0.5)
    assert round(febrl.f1(ours, true), 4) >= TRIAL[name]


def test_no_model_is_given_the_truth() -> None:
    """The person is in the record's number, which is what pairs are named by and nothing is compared on."""
    conditions = str(febrl.settings("link_only"))
    assert "person" not in conditions
    assert "rec_id" not in conditions
    assert "person" not in febrl.COLUMNS
