"""Withholding, worked by hand on sums small enough to check by eye."""

import pytest

from queries.disclosure import Sum, is_small, withhold_together


@pytest.mark.parametrize(("people", "small"), [(0, False), (1, True), (4, True), (5, False), (None, False)])
def test_one_to_four_people_are_few(people, small):
    assert is_small(people) is small


@pytest.mark.parametrize(
    ("people", "hidden", "expected"),
    [
        ({"a": 3, "b": 20, "c": 9}, "a", "ac"),  # the smallest of the others goes along
        ({"a": 3, "b": 2, "c": 9}, "ab", "ab"),  # two are hidden, and hold five between them
        ({"a": 2, "b": 2, "c": 9}, "ab", "abc"),  # two are hidden, but their sum, 4, would show
        ({"a": 3, "b": 0, "c": 9}, "a", "ac"),  # an empty cell hides nothing: the next one goes
        ({"a": 3, "b": 0, "c": 0}, "a", "at"),  # nobody else there: the total goes
        ({"a": 8, "b": 9, "c": 9}, "", ""),
        ({"a": 8, "b": 9, "c": 9}, "t", "at"),  # a hidden total is not to be added up from its parts
    ],
)
def test_what_goes_along_with_a_hidden_cell(people, hidden, expected):
    every = people | {"t": sum(people.values())}
    assert withhold_together(hidden, [Sum(tuple(people), "t")], every) == set(expected)


def test_withholding_goes_on_from_sum_to_sum():
    """a hides b across, b hides d down, d hides c across: then every row and column has two."""
    people = {"a": 2, "b": 10, "c": 30, "d": 11}
    across, down = [Sum(("a", "b")), Sum(("c", "d"))], [Sum(("a", "c")), Sum(("b", "d"))]
    assert withhold_together("a", across + down, people) == {"a", "b", "c", "d"}


def test_the_same_input_loses_the_same_cells():
    people = {f"c{n}": 6 for n in range(9)} | {"small": 1}
    expected = withhold_together(["small"], [Sum(tuple(people))], people)
    assert all(withhold_together(["small"], [Sum(tuple(people))], people) == expected for _ in range(5))
    assert expected == {"small", "c0"}
