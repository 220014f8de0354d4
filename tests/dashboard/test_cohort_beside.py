"""Two cohorts side by side: the difference, and never a claim that the intervals do not bear out."""

import pytest

from dashboard import cohort_beside
from tests.dashboard.figures import figure, rate


def beside(one: list[dict], other: list[dict], name="reoffending_rate", by: tuple[str, ...] = (), separate=True):
    a, b = figure(name, one, by=by), figure(name, other, by=by)
    pairs = cohort_beside.pair(a, b)
    table = cohort_beside.table(a, b, pairs, separate, "Caption")
    return cohort_beside.sentence(a, pairs, separate), [
        dict(zip(table.headings, row, strict=True)) for row in table.rows
    ]


def test_a_difference_that_the_intervals_bear_out():
    # 60 of 100 is 50.2% to 69.1%, 30 of 100 is 21.9% to 39.6% (Wilson). The difference is 30 points, less
    # sqrt(9.8^2 + 9.6^2) = 13.7 and more by sqrt(9.1^2 + 8.1^2) = 12.2.
    sentence, (row,) = beside([rate(60, 100)], [rate(30, 100)])
    assert sentence == (
        "A: 60.0%. B: 30.0%. The difference, 30.0 percentage points, is more than chance alone would explain."
    )
    assert (row["A: counts"], row["A: figure"], row["B: figure"]) == ("60 of 100", "60.0%", "30.0%")
    assert row["Difference, A less B"] == "+30.0 points"
    assert row["95% interval of the difference"] == "+16.3 points to +42.2 points"
    assert row["What can be said"] == "A is higher, by more than chance alone would explain"
    _, (turned,) = beside([rate(30, 100)], [rate(60, 100)])
    assert turned["Difference, A less B"] == "−30.0 points"
    assert turned["What can be said"] == "A is lower, by more than chance alone would explain"


def test_where_people_are_in_both_the_interval_is_wide_enough_for_whatever_they_share():
    # The distances of the test above are added as they are: 9.8 + 9.6 = 19.4 below, 9.1 + 8.1 = 17.2 above.
    _, (row,) = beside([rate(60, 100)], [rate(30, 100)], separate=False)
    assert row["95% interval of the difference"] == "+10.6 points to +47.2 points"
    assert row["What can be said"] == "A is higher, by more than chance alone would explain"


def test_a_difference_that_chance_could_explain_is_not_claimed():
    sentence, (row,) = beside([rate(17, 40)], [rate(20, 40)])
    assert sentence == "A: 42.5%. B: 50.0%. There is no clear difference: chance alone could explain it."
    assert row["What can be said"] == "No clear difference: chance alone could explain it"


def test_of_too_few_people_nothing_is_claimed():
    few = {"numerator": 9, "denominator": 10, "n": 10, "status": "low_base"}
    sentence, (row,) = beside([few], [rate(30, 300)])
    assert sentence == "There are too few people in one or both for a comparison."
    assert (row["A: counts"], row["A: figure"], row["Difference, A less B"]) == ("9 of 10", "[u]", "–")
    days = {"numerator": 900, "denominator": 10, "value": 90.0, "lower": 80.0, "upper": 95.0, "n": 10}
    other = {"numerator": 900, "denominator": 90, "value": 10.0, "lower": 8.0, "upper": 12.0, "n": 90}
    sentence, _ = beside([days | {"status": "low_base"}], [other], "arrest_to_sentence_days")
    assert sentence == "There are too few people in one or both for a comparison."


def test_groups_are_matched_by_name_and_one_that_is_in_one_cohort_alone_is_said():
    one = [rate(60, 100, sex="male"), rate(50, 100, sex="female")]
    other = [rate(20, 100, sex="female"), rate(1, 2, sex="not_known")]
    sentence, rows = beside(one, other, by=("sex",))
    assert [(row["Sex"], row["A: counts"], row["B: counts"]) for row in rows] == [
        ("Male", "60 of 100", "Nobody"),
        ("Female", "50 of 100", "20 of 100"),
        ("Not known", "Nobody", "1 of 2"),
    ]
    assert rows[0]["What can be said"] == "Too few people to say, in one or both"
    assert sentence == (
        "Only one of the groups has enough people in both, and there is a difference of more than chance alone would "
        "explain."
    )


def test_counts_are_set_side_by_side_without_a_claim():
    sentence, (row,) = beside([{"numerator": 30, "value": 30.0, "n": 30}], [{"value": 45.0, "n": 45}], "caseload")
    assert sentence == "A: 30. B: 45."
    assert (row["Difference, A less B"], row["What can be said"]) == ("−15", "Counted, not estimated")


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (0, "Nobody is in both cohorts."),
        (1, "1 person is in both cohorts."),
        (1200, "1,200 people are in both cohorts."),
    ],
)
def test_people_in_both_are_said(people, said):
    assert cohort_beside.overlap_in_words(people) == said
