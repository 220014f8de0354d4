"""Before and after adoption (B3), worked by hand, person by person: the day on which each window begins and ends.

The extracts run to 30 September 2011 and the offences from 1 January 2007, so that a window of convictions must end by
1 October 2011, and one of offences, six months of proving lag sooner, by 31 March 2011. Custody is covered from 30 June
2007 to 28 February 2011.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.asked import in_both
from tests.hand import Hand

ASSAULT = "CJ88001"

# Seventeen months either side of 15 June 2009: 15 January 2008 to 14 November 2010; twelve: 15 June 2008 to 14 June
# 2010. The level at adoption: 15 May to 14 August 2009, and fifteen months on: 15 August to 14 November 2010.
CONVICTIONS = Hand(
    number=9810,
    register="""
    person | scheme | from
    A      | S1     | 2009-06-15
    """,
    offences="""
    person | committed  | proved     | outcome | category | force
    A      | 2007-12-01 | 2008-01-14 |         |          |       # a day before the 17 months
    A      | 2008-01-01 | 2008-01-15 |         |          |       # their first day: before 1
    A      | 2008-06-14 | 2008-07-01 |         |          |       # before 2; a day before the year
    A      | 2008-06-15 | 2008-07-01 |         |          |       # before 3; year before 1
    A      | 2009-05-10 | 2009-05-14 |         |          |       # before 4, year before 2; a day before the level
    A      | 2009-05-11 | 2009-05-15 |         |          |       # before 5, year before 3, level 1
    A      | 2009-06-14 | 2009-06-15 |         |          |       # year before 4; proved on the day: after 1, level 2
    A      | 2009-06-15 | 2009-08-14 |         |          |       # the day is after: year after 1; after 2, level 3
    A      | 2009-07-01 | 2009-08-15 |         |          |       # year after 2, after 3; the level is over
    A      | 2009-07-02 | 2009-07-02 | caution |          |       # year after 3; no conviction
    A      | 2009-07-03 | 2009-07-03 |         | CB       |       # a breach: nothing
    A      | 2009-07-04 | 2009-07-04 |         |          | SC    # in Scotland: nothing
    A      | 2010-06-14 | 2010-08-14 |         |          |       # year after 4, its last day; after 4
    A      | 2010-06-15 | 2010-08-15 |         |          |       # the year is over; after 5, late level 1
    A      | 2010-10-01 | 2010-11-14 |         |          |       # after 6, late level 2
    A      | 2010-10-01 | 2010-11-15 |         |          |       # a day after both
    """,
)

# Twenty-four months either side: 15 June 2007 to 14 June 2011.
ARRESTS = Hand(
    number=9812,
    register="""
    person | scheme | from
    A      | S1     | 2009-06-15
    """,
    offences="""
    person | committed  | arrested   | proved     | outcome   | category | force
    A      | 2007-06-14 | 2007-06-14 |            | pending   |          |       # a day before the 24 months
    A      | 2007-06-15 | 2007-06-15 |            | pending   |          |       # before 1
    A      | 2009-06-01 | 2009-06-14 | 2009-06-20 | acquitted |          |       # before 2: an arrest all the same
    A      | 2009-06-02 | 2009-06-14 |            | pending   |          |       # the same arrest
    A      | 2009-06-15 | 2009-06-15 |            | pending   |          |       # after 1
    A      | 2010-02-01 | 2010-02-01 |            | pending   | CB       |       # not for an offence
    A      | 2010-02-02 | 2010-02-02 |            | pending   |          | NI    # not in England or Wales
    A      | 2010-03-01 |            |            | pending   |          |       # no arrest
    A      | 2011-06-01 | 2011-06-14 |            | pending   |          |       # after 2, the last day
    A      | 2011-06-01 | 2011-06-15 |            | pending   |          |       # a day late
    """,
)

WEIGHTS = Hand(
    number=9814,
    register="""
    person | scheme | from
    A      | S1     | 2009-06-15
    """,
    offences=f"""
    person | committed  | proved     | disposal | days | code
    A      | 2008-06-14 | 2008-09-01 | custody  | 900  |              # a day before the year
    A      | 2008-06-15 | 2008-09-01 | custody  | 90   |              # before: 90 days, acquisitive 1
    A      | 2009-01-10 | 2009-02-01 | fine     |      |              # a fine weighs nothing; acquisitive 2
    A      | 2009-01-11 | 2009-02-01 | custody  | 30   | {ASSAULT}    # 30 more: 120
    A      | 2009-06-15 | 2009-07-01 | custody  | 10   | {ASSAULT}    # after: 10
    A      | 2010-06-14 | 2010-07-01 | custody  | 7    |              # 7 more: 17; acquisitive 1
    A      | 2010-06-15 | 2010-07-01 | custody  | 900  |              # a day after the year
    """,
)

WINDOWS = Hand(
    number=9820,
    register="""
    person | scheme | from       | to         | exit       | strand
    C      | S2     | 2007-12-31 |            |            |                    # only the level fits
    D      | S2     | 2008-05-31 |            |            |                    # 17 months back is 31 December 2006
    E      | S2     | 2008-06-01 |            |            |                    # 17 months back is the first day
    F      | S2     | 2009-01-01 |            |            |                    # 24 months back is the first day
    G      | S2     | 2008-12-31 |            |            |                    # 24 months back is a day too far
    H      | S2     | 2009-10-01 |            |            |                    # 24 months end with the extract
    I      | S2     | 2009-10-02 |            |            |                    # a day too late for that
    J      | S2     | 2010-03-31 |            |            |                    # the year ends on 30 March 2011
    K      | S2     | 2010-04-01 |            |            |                    # a day too late for that
    L      | S2     | 2010-05-01 |            |            |                    # 17 months end with the extract
    M      | S2     | 2010-05-02 |            |            |                    # a day too late for anything
    N      | S2     | 2009-06-15 | 2010-06-15 | died       |                    # alive to the last day of the year
    O      | S2     | 2009-06-15 | 2010-06-14 | died       |                    # died on the last day of it
    P      | S2     | 2009-06-15 |            |            | prevent_and_deter  # a switch
    Q      | S2     | 2009-06-15 | 2009-09-01 | other      | prevent_and_deter  # moved on: one membership
    Q      | S2     | 2009-09-01 |            |            | catch_and_convict
    R      | S2     | 2008-09-01 | 2008-12-01 | moved_area |                    # the first of two schemes
    R      | S3     | 2009-06-15 |            |            |
    S      | S2     | 2008-09-01 | 2008-09-01 | other      |                    # no length: not the first
    S      | S3     | 2009-06-15 |            |            |
    T      | S3     | 2009-06-15 |            |            |                    # two at once: the lower id
    T      | S2     | 2009-06-15 |            |            |
    U      | S2     | 2007-10-31 |            |            |                    # on it when the register begins
    """,
)

LIBERTY = Hand(
    number=9830,
    register="""
    person | scheme | from
    A      | S4     | 2009-06-15
    B      | S4     | 2009-06-15
    C      | S4     | 2009-06-15
    D      | S4     | 2009-06-15
    E      | S4     | 2009-06-15
    F      | S4     | 2008-06-30          # the year before begins with the custody extract
    G      | S4     | 2008-06-29          # a day before it
    H      | S4     | 2010-03-01          # the year after ends with the custody extract
    I      | S4     | 2010-03-02          # a day after it
    """,
    custody="""
    person | in         | out        | release
    A      | 2009-05-01 | 2009-07-15 | bail               # 45 days before, 30 after
    B      | 2008-07-15 | 2010-05-16 | bail               # 30 days at liberty before, 30 after
    C      | 2008-07-14 | 2010-05-16 | bail               # 29 before: left out
    D      | 2008-07-15 | 2010-05-17 | bail               # 29 after: left out
    E      | 2009-01-01 | 2009-01-11 | temporary_absence  # one stay with the next, and never out after
    E      | 2009-01-13 |            |
    """,
    offences="""
    person | committed  | proved
    A      | 2009-01-10 | 2009-02-01
    A      | 2010-01-10 | 2010-02-01
    A      | 2010-01-11 | 2010-02-01
    B      | 2010-06-14 | 2011-09-30     # proved on the last day of all
    C      | 2008-06-20 | 2008-07-14
    """,
)

answers = in_both(
    [CONVICTIONS, ARRESTS, WEIGHTS, WINDOWS, LIBERTY],
    date(2011, 9, 30),
    coverage={"probation/custody": date(2011, 2, 28)},
    covered_from={
        "police/offences": date(2007, 1, 1),
        "police/ppo_register": date(2007, 11, 1),
        "probation/custody": date(2007, 6, 30),
    },
    codes={ASSAULT: {"acquisitive": "N"}},
)


def before_and_after(answers, hand: Hand, measure: str) -> dict:
    """Return the counts of the people whose windows could be seen, by word."""
    found = answers.each(hand, measure, "denominator", "numerator")
    return {word: counts for word, counts in found.items() if counts[0] is not None}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("convictions_before_after", (5, 6)),
        ("conviction_level_change", (3, 2)),
        ("offences_before_after", (4, 4)),
    ],
)
def test_the_day_of_adoption_is_after_and_windows_leave_out_their_last_day(answers, measure, expected):
    assert before_and_after(answers, CONVICTIONS, measure) == {"A": expected}


def test_arrests_are_days_of_arrest_whatever_came_of_them(answers):
    assert before_and_after(answers, ARRESTS, "arrests_before_after") == {"A": (2, 2)}
    assert before_and_after(answers, ARRESTS, "convictions_before_after") == {"A": (0, 0)}


def test_acquisitive_offences_are_those_that_the_reference_list_marks(answers):
    assert before_and_after(answers, WEIGHTS, "acquisitive_before_after") == {"A": (2, 1)}


def test_seriousness_weighs_each_offence_by_its_sentence(answers):
    assert before_and_after(answers, WEIGHTS, "seriousness_before_after") == {"A": (120, 17)}


@pytest.mark.parametrize(
    ("measure", "people"),
    [
        # 17 months either side inside 2007 to September 2011; N and O died within them.
        ("convictions_before_after", "EFGHIJKLQRST"),
        # From a month before to 17 after.
        ("conviction_level_change", "CDEFGHIJKLQRST"),
        # A year either side and six months more; O died on its last day.
        ("offences_before_after", "DEFGHIJNQRST"),
        ("acquisitive_before_after", "DEFGHIJNQRST"),
        ("seriousness_before_after", "DEFGHIJNQRST"),
        # Two years either side.
        ("arrests_before_after", "FHQST"),
    ],
)
def test_only_people_whose_windows_the_extracts_hold_are_counted(answers, measure, people):
    assert "".join(sorted(before_and_after(answers, WINDOWS, measure))) == people


def test_the_first_membership_is_the_origin(answers):
    found = answers.each(WINDOWS, "conviction_level_change", "date", "scheme", "strand", "period")
    assert found["R"] == (date(2008, 9, 1), "S2", "catch_and_convict", "2008/09")
    assert found["S"] == (date(2009, 6, 15), "S3", "catch_and_convict", "2009/10")
    assert found["T"] == (date(2009, 6, 15), "S2", "catch_and_convict", "2009/10")
    assert found["Q"] == (date(2009, 6, 15), "S2", "prevent_and_deter", "2009/10")
    assert not found.keys() & {"P", "U"}


def test_offences_at_liberty_leave_out_who_was_hardly_out(answers):
    """C and D were out for 29 days of a year, E for none of the year after; G and I are not covered throughout."""
    found = before_and_after(answers, LIBERTY, "offences_before_after_at_liberty")
    assert found == {"A": (1, 2), "B": (0, 1), "F": (0, 0), "H": (0, 0)}


def test_days_at_liberty_are_the_days_of_the_year_not_in_custody(answers):
    found = answers.each(LIBERTY, "offences_before_after_at_liberty", "exposure_before", "exposure_after")
    assert {word: found[word] for word in "ABFH"} == {
        "A": (365 - 45, 365 - 30),
        "B": (30, 30),
        "F": (366, 365),  # 29 February 2008 is in the year before
        "H": (365, 365),
    }


def test_people_without_one_of_the_windows_are_not_in_the_figure(answers):
    """2009/10, scheme S4: A, B and H of those adopted in the year; F came the year before."""
    how = {"period": "2009/10", "where": {"scheme": "S4"}}
    (row,) = answers.figure("offences_before_after_at_liberty", **how)
    assert (row["numerator"], row["denominator"], row["n"], row["status"]) == (3, 1, 3, "low_base")
    (row,) = answers.figure("offences_before_after", **how)
    assert (row["numerator"], row["denominator"], row["n"]) == (3, 2, 7)  # and C to E, and I
