"""People at the day they were first taken on (A2), worked by hand: convictions before it, age on it, who they are."""

from __future__ import annotations

from datetime import date

from queries import figures
from tests.asked import in_both
from tests.hand import Hand
from tests.road import ANALYST, Road

BURGLARY = "TH68036"
ASSAULT = "CJ88001"

CHOSEN = Hand(
    number=9610,
    people="""
    person | born       | sex | ethnicity
    A      | 1991-06-15 | M   | 1
    B      | 1984-02-29 | F   | 2          # 25 on 1 March and not the day before
    C      | 1985-06-01 | M   | 3
    D      | 1980-01-15 | U   | 9          # neither sex nor ethnicity known
    """,
    register="""
    person | scheme | strand            | from       | to         | exit
    A      | S61B   |                   | 2009-06-14 |            |                     # the day before turning 18
    A      | S61A   |                   | 2010-06-14 |            |                     # a second scheme: not the first
    B      | S61B   | prevent_and_deter | 2009-02-28 | 2009-05-01 | transferred_strand  # a day under 25
    B      | S61B   |                   | 2009-05-01 |            |                     # a strand move is no adoption
    C      | S61B   |                   | 2009-03-01 | 2009-03-01 | other               # of no length: never on it
    C      | S61B   |                   | 2009-06-01 | 2009-12-01 | moved_area
    C      | S61B   |                   | 2010-06-01 |            |                     # came back: not the first time
    D      | S61B   |                   | 2009-06-01 |            |                     # two on one day: the lower id
    D      | S61A   |                   | 2009-06-01 |            |
    """,
    offences=f"""
    person | committed  | proved     | outcome | code       | category
    A      | 2009-05-01 | 2009-06-13 |         |            |           # the day before: previous
    A      | 2009-05-02 | 2009-06-13 |         |            |           # two on one day are two (a switch)
    A      | 2009-05-03 | 2009-06-14 |         | {ASSAULT}  |           # proved on the day: not before it
    A      | 2006-05-03 | 2007-06-14 |         | {BURGLARY} |           # 24 months before to the day: in
    A      | 2009-05-04 | 2009-06-01 | caution | {ASSAULT}  |           # no conviction, but an offence of its group
    B      | 2006-05-03 | 2007-02-27 |         | {BURGLARY} |           # a day before the 24 months (28 February): out
    B      | 2006-05-03 | 2008-02-27 |         |            | CB        # a breach does not count at all
    C      | 2009-03-02 | 2009-04-02 |         |            |           # after the day on which nothing began
    """,
)

answers = in_both([CHOSEN], date(2011, 9, 30))


def test_convictions_before_the_first_adoption(answers):
    """A: two on 13 June and one two years before. B: the burglary; a breach is no offence. C: one."""
    expected = {"A": 3, "B": 1, "C": 1, "D": 0}
    assert answers.each(CHOSEN, "previous_offences_at_identification", "numerator") == expected
    (row,) = answers.figure("previous_offences_at_identification", period="all")
    assert (row["numerator"], row["denominator"], row["n"], row["status"]) == (5, 4, 4, "low_base")


def test_all_periods_together_begin_with_the_first_that_has_anybody(tmp_path):
    """B is the first, on 28 February 2009; before that there were years, and nobody to say anything of."""
    road = Road(CHOSEN.files, tmp_path, date(2011, 9, 30))
    pooled = figures.figure(road.warehouse, ANALYST, "previous_offences_at_identification", period="all")
    assert pooled.periods == ("2008/09", "2009/10", "2010/11")
    assert "2007/08" in road.maturity("previous_offences_at_identification")


def test_the_first_adoption_is_the_earliest_of_any_strand_and_lasted(answers):
    assert answers.each(CHOSEN, "previous_offences_at_identification", "date", "scheme", "strand") == {
        "A": (date(2009, 6, 14), "S61B", "catch_and_convict"),
        "B": (date(2009, 2, 28), "S61B", "prevent_and_deter"),
        "C": (date(2009, 6, 1), "S61B", "catch_and_convict"),
        "D": (date(2009, 6, 1), "S61A", "catch_and_convict"),
    }


def test_22_age_at_identification_is_the_age_on_the_day_of_adoption(answers):
    """Trap 22: not the age today, nor on a month end: A is 17 and a day short, B 24, C 24 to the day, D 29."""
    assert answers.each(CHOSEN, "age_at_identification", "numerator") == {"A": 17, "B": 24, "C": 24, "D": 29}
    (row,) = answers.figure("age_at_identification", period="all")
    assert (row["numerator"], row["denominator"]) == (17 + 24 + 24 + 29, 4)


def test_characteristics_of_each_person(answers):
    def having(characteristic):
        return answers.each(
            CHOSEN, "share_at_identification", "numerator", "denominator", characteristic=characteristic
        )

    told = {word: pair for word, pair in having("male").items() if pair[1]}
    assert told == {"A": (1, 1), "B": (0, 1), "C": (1, 1)}
    told = {word: pair for word, pair in having("white").items() if pair[1]}
    assert told == {"A": (1, 1), "B": (1, 1), "C": (0, 1)}
    assert having("domestic_burglary") == {"A": (1, 1), "B": (0, 1), "C": (0, 1), "D": (0, 1)}
    assert having("violence") == {"A": (1, 1), "B": (0, 1), "C": (0, 1), "D": (0, 1)}  # the caution
    assert having("theft") == {"A": (1, 1), "B": (0, 1), "C": (1, 1), "D": (0, 1)}


def test_characteristics_come_one_to_a_row_without_being_asked_for(answers):
    rows = answers.figure("share_at_identification", period="all")
    counts = {row["characteristic"]: (row["numerator"], row["denominator"]) for row in rows}
    assert [row["characteristic"] for row in rows][:2] == ["male", "white"]
    assert counts["male"] == (2, 3)
    assert counts["white"] == (2, 3)
    assert counts["theft"] == (2, 4)
    assert counts["robbery"] == (0, 4)
