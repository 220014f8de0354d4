"""What was observed against what was expected (F), worked by hand: which score counts, and when there are enough."""

from __future__ import annotations

from datetime import date

import pytest

from tests.asked import in_both
from tests.hand import Hand
from tests.tables import table

SCORES = Hand(
    number=9890,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2009-05-01 | caution
    A      | 2009-06-01 | 2009-07-01 |
    B      |            | 2009-05-01 | caution
    C      |            | 2009-05-01 | caution
    C      | 2009-06-01 | 2009-07-01 |
    D      |            | 2009-05-01 | caution
    E      |            | 2009-05-01 | caution
    F      |            | 2009-05-01 | caution
    G      |            | 2009-05-01 | caution
    H      |            | 2009-05-01 | caution
    I      |            | 2009-05-01 | caution
    """,
    probation="""
    record | person
    A      | A
    B      | B
    C      | C
    D      | D
    E      | E
    F      | F
    H      | H
    I      | I
    J      | I          # a second number for one person
    """,
)
SCORED = """
    record | on         | score
    A      | 2009-05-01 | 60         # on the day
    B      | 2008-05-02 | 40         # a day less than a year old
    C      | 2008-05-01 | 90         # a year old: none
    D      | 2009-05-02 | 90         # a day late: none
    E      | 2009-01-01 | 80
    E      | 2009-04-01 |            # later, without a score
    F      | 2009-01-01 | 80
    F      | 2009-04-01 | 20         # the latest
    H      | 2009-04-01 | 0          # a score, of nothing expected
    I      | 2009-04-01 | 30
    J      | 2009-04-01 | 50         # of one day the higher
    """

# Forty women in each of two years. Of 2009/10's, 32 have a score of 50 (four fifths of them), and 20 of those
# re-offend, and 4 of the 8 without one. Of 2008/09's, 31 have one.
WOMEN = {
    "2009-05-01": [f"P{number:02d}" for number in range(40)],
    "2008-05-01": [f"Q{number:02d}" for number in range(40)],
}
CROWD = Hand(
    number=9895,
    people="person | sex\n" + "\n".join(f"{word} | F" for words in WOMEN.values() for word in words),
    offences="person | committed | proved | outcome\n"
    + "\n".join(f"{word} | {day} | {day} | caution" for day, words in WOMEN.items() for word in words)
    + "\n"
    + "\n".join(f"{word} | 2009-06-01 | 2009-07-01 | convicted" for word in WOMEN["2009-05-01"][12:36]),
    probation="record | person\n" + "\n".join(f"{word} | {word}" for words in WOMEN.values() for word in words),
)


def assess(hand: Hand, record: str, on: str, score: str | None) -> None:
    """Send one assessment of a probation record."""
    row = {"crn": hand.crn[record], "assessed_on": date.fromisoformat(on), "ogrs3_one_year": score and int(score)}
    hand.files["probation/assessments"].append(row)


for _row in table(SCORED):
    assess(SCORES, _row["record"], _row["on"], _row.get("score"))
for _word in [*WOMEN["2009-05-01"][:32], *WOMEN["2008-05-01"][:31]]:
    assess(CROWD, _word, "2008-05-01" if _word[0] == "Q" else "2009-05-01", "50")

answers = in_both([SCORES, CROWD], date(2011, 9, 30))


def test_the_latest_score_of_the_year_before_is_what_was_expected(answers):
    found = answers.each(SCORES, "observed_to_expected", "numerator", "denominator", "scored")
    assert {
        word: (observed, round(float(expected), 9), scored) for word, (observed, expected, scored) in found.items()
    } == {
        "A": (1, 0.6, 1),
        "B": (0, 0.4, 1),
        "C": (0, 0, 0),  # re-offended, and is in neither part
        "D": (0, 0, 0),
        "E": (0, 0.8, 1),
        "F": (0, 0.2, 1),
        "G": (0, 0, 0),
        "H": (0, 0, 1),
        "I": (0, 0.5, 1),
    }


def test_observed_is_set_against_expected_over_people_with_a_score(answers):
    """20 observed, 32 halves expected: a quarter more. The re-offenders without a score are not among them."""
    (row,) = answers.figure("observed_to_expected", period="2009/10", where={"sex": "female"})
    assert (row["numerator"], row["denominator"], row["n"], row["status"]) == (20, 16, 32, "ok")
    assert row["value"] == pytest.approx(1.25, abs=1e-12)
    # The delta method: each of 20 is 1 - 1.25/2, each of 12 is -1.25/2.
    error = (32 / 31 * (20 * 0.375**2 + 12 * 0.625**2)) ** 0.5 / 16
    assert row["upper"] - row["value"] == pytest.approx(1.959964 * error, abs=1e-6)


def test_under_four_fifths_with_a_score_there_is_no_value(answers):
    (row,) = answers.figure("observed_to_expected", period="2008/09", where={"sex": "female"})
    assert (row["numerator"], row["denominator"], row["n"]) == (0, 15.5, 31)
    assert (row["value"], row["lower"], row["upper"], row["status"]) == (None, None, None, "low_base")


def test_the_share_with_a_score_stands_beside_it(answers):
    rows = answers.figure("scored_share", period="each", where={"sex": "female"})
    found = {row["period"]: (row["numerator"], row["denominator"], row["value"]) for row in rows}
    assert found == {"2009/10": (32, 40, 0.8), "2008/09": (31, 40, 0.775)}
