"""Whether two figures differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.change import difference
from tests.dashboard.figures import wilson


def proportion(events: int, people: int) -> tuple[float, float, float]:
    return (events / people, *wilson(events, people))


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
        ((56, 70), (48, 80), (0.2, 0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.6, 0.1705, 0.8090)),
        ((10, 10), (0, 20), (1.0, 0.6791, 1.0)),
    ],
)
def test_the_interval_is_the_published_one(after, before, expected):
    found = difference(proportion(*before), proportion(*after))
    assert (found.value, found.lower, found.upper) == pytest.approx(expected, abs=5e-5)


def test_the_published_fall_is_taken_before_rounding():
    # Published: 77.3% and 74.9%, and a fall of 2.3 points.
    found = difference((0.7727, 0.76, 0.78), (0.7494, 0.74, 0.76))
    assert f"{-100 * found.value:.1f}" == "2.3"


counts = st.integers(1, 500).flatmap(lambda people: st.tuples(st.integers(0, people), st.just(people)))


@given(before=counts, after=counts)
def test_turning_time_round_turns_the_difference_round(before, after):
    on = difference(proportion(*before), proportion(*after))
    back = difference(proportion(*after), proportion(*before))
    assert (on.value, on.lower, on.upper) == pytest.approx((-back.value, -back.upper, -back.lower))
    assert on.is_clear == back.is_clear


@given(before=counts)
def test_nothing_differs_from_itself(before):
    assert not difference(proportion(*before), proportion(*before)).is_clear
