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


def published(crowded, measure: str, breakdown: str) -> dict:
    rows = crowded.query(
        "select * from release where measure = $measure and breakdown = $breakdown",
        {"measure": measure, "breakdown": breakdown},
    )
    return {(r["scheme"], r["time"], r["label"], r["row"], r["column"]): r for r in rows.iter_rows(named=True)}


def test_ages_of_the_caseload_cannot_be_subtracted_from_the_profiles_columns(crowded):
    """Of 10-14 and 15-17, one alone is never withheld while the profile shows how many young people there are."""
    ages, profile = published(crowded, "caseload", "age_band"), published(crowded, "scheme_profile", "")
    met = 0
    for (scheme, time, _, row, column), total in profile.items():
        if row != "total" or column == "all" or total["status"] == "confidential":
            continue
        young = column == "young_people"
        hidden = sum(
            band["status"] == "confidential"
            for (s, t, label, _, _), band in ages.items()
            if (s, t) == (scheme, time) and label != "not_known" and (label in ("10-14", "15-17")) is young
        )
        met += hidden > 0
        assert hidden != 1, (scheme, time, column)
    assert met


def test_the_caseload_and_the_profiles_total_are_withheld_together(crowded):
    caseload, profile = published(crowded, "caseload", ""), published(crowded, "scheme_profile", "")
    assert caseload
    for (scheme, time, *_), row in caseload.items():
        total = profile[scheme, time, "", "total", "all"]
        assert (row["status"] == "confidential") == (total["status"] == "confidential")


def test_the_custody_share_is_withheld_where_its_counts_are(crowded):
    share, profile = published(crowded, "custody_share", ""), published(crowded, "scheme_profile", "")
    withheld = 0
    for (scheme, time, *_), row in share.items():
        counts = [profile[scheme, time, "", place, "all"]["status"] for place in ("in_custody", "in_community")]
        if "confidential" in counts:
            withheld += 1
            assert row["status"] == "confidential"
    assert withheld
