"""Who comes, who goes, how long they stay, who offends meanwhile (A4), and what happens at 18 (A6), worked by hand."""

from __future__ import annotations

from datetime import date

from tests.asked import in_both
from tests.hand import Hand

MOVES = Hand(
    number=9620,
    schemes="""
    scheme | area
    S62A   | Sixty-two
    S62B   | Sixty-two
    """,
    register="""
    person | scheme | strand                    | from       | to         | exit
    A      | S62A   |                           | 2009-04-01 | 2009-06-01 | transferred_strand  # a move, no exit
    A      | S62A   | rehabilitate_and_resettle | 2009-06-01 | 2010-03-31 | reduced_offending   # 1 April and 11 months
    # a day later: a new entry
    A      | S62A   |                           | 2010-04-01 |            |
    # a month, clipped to its end
    B      | S62A   |                           | 2009-01-31 | 2009-02-28 | long_custody
    # a day short of two months
    C      | S62A   |                           | 2009-01-31 | 2009-03-30 |
    D      | S62A   |                           | 2009-01-31 | 2009-03-31 | moved_area          # two months to the day
    E      | S62A   |                           | 2009-05-01 | 2009-05-01 | other               # never on it
    F      | S62A   |                           | 2009-05-01 | 2011-09-30 | died                # the last day of all
    G      | S62A   |                           | 2009-05-01 |            |
    # two entries, one person
    G      | S62B   |                           | 2009-07-01 |            |
    """,
)

# The register ends on 30 September 2011; what is committed in a year has to be proved within six months of its end.
OFFENDING = Hand(
    number=9630,
    register="""
    person | scheme | from       | to         | exit
    A      | S63A   | 2009-05-10 | 2009-12-01 | other
    B      | S63A   | 2009-05-10 | 2009-12-01 | other
    C      | S63A   | 2009-05-10 | 2009-12-01 | other
    D      | S63A   | 2009-05-10 | 2009-12-01 | other
    D      | S63A   | 2010-02-01 | 2010-04-01 | other  # back for the last two months of the year
    E      | S63A   | 2009-05-10 |            |
    F      | S63A   | 2008-12-01 |            |        # on two schemes from June
    F      | S63B   | 2009-06-01 |            |
    G      | S63A   | 2009-05-10 | 2009-12-01 | other
    """,
    offences="""
    person | committed  | proved     | outcome
    A      | 2009-05-09 | 2009-08-01 |          # the day before adoption
    A      | 2009-12-01 | 2009-12-20 |          # the first day out
    B      | 2009-05-10 | 2009-08-01 |          # the first day
    C      | 2009-11-30 | 2009-12-20 | caution  # the last day; a caution proves too
    D      | 2010-03-31 | 2010-09-30 |          # in the second stay, proved on the last day of the six months
    E      | 2010-03-31 | 2010-10-01 |          # proved a day too late for 2009/10
    F      | 2009-05-15 | 2009-08-01 |          # while on the first scheme alone
    G      | 2009-06-01 |            | pending  # not proved
    """,
)

BIRTHDAYS = Hand(
    number=9640,
    people="""
    person | born
    A      | 1991-06-10
    B      | 1991-06-10
    C      | 1991-06-10
    D      | 1991-06-10
    E      | 1991-06-10
    F      | 1991-06-10
    G      | 1991-06-10
    H      | 1993-09-03
    I      | 1992-02-29
    J      | 1993-09-02
    """,
    register="""
    person | scheme | strand            | from       | to         | exit
    A      | S64A   | prevent_and_deter | 2009-01-01 | 2009-07-08 | transferred_strand  # 28 days after 10 June
    A      | S64A   |                   | 2009-07-08 |            |
    B      | S64A   | prevent_and_deter | 2009-01-01 | 2009-07-09 | transferred_strand  # 29: neither
    B      | S64A   |                   | 2009-07-09 |            |
    C      | S64A   | prevent_and_deter | 2009-01-01 | 2009-07-08 | reduced_offending   # left on the last day
    D      | S64A   | prevent_and_deter | 2009-01-01 |            |                     # still there
    # the first day out is the birthday
    E      | S64A   | prevent_and_deter | 2009-01-01 | 2009-06-10 | reduced_offending
    F      | S64A   | prevent_and_deter | 2009-01-01 | 2009-06-11 | transferred_strand
    # another scheme: he left this one
    F      | S64B   |                   | 2009-06-11 |            |
    # not in the young people's strand
    G      | S64A   |                   | 2009-01-01 |            |
    # 28 days on is 1 October 2011: not seen
    H      | S64A   | prevent_and_deter | 2009-01-01 |            |
    I      | S64A   | prevent_and_deter | 2009-01-01 | 2010-03-29 | transferred_strand  # 18 on 1 March 2010, 28 days
    I      | S64A   |                   | 2010-03-29 |            |
    # 28 days on is the last day of all
    J      | S64A   | prevent_and_deter | 2009-01-01 |            |
    """,
)

answers = in_both([MOVES, OFFENDING, BIRTHDAYS], date(2011, 9, 30))


def test_a_membership_is_entered_once_whatever_the_strand(answers):
    found = sorted((unit["word"], unit["date"], unit["scheme"]) for unit in answers.units(MOVES, "entries"))
    assert found == [
        ("A", date(2009, 4, 1), "S62A"),
        ("A", date(2010, 4, 1), "S62A"),
        ("B", date(2009, 1, 31), "S62A"),
        ("C", date(2009, 1, 31), "S62A"),
        ("D", date(2009, 1, 31), "S62A"),
        ("F", date(2009, 5, 1), "S62A"),
        ("G", date(2009, 5, 1), "S62A"),
        ("G", date(2009, 7, 1), "S62B"),
    ]


def test_entries_are_memberships_and_their_people_are_people(answers):
    """2009/10: A, F and G, who was taken on by two schemes."""
    (row,) = answers.figure("entries", where={"area": "Sixty-two"}, period="2009/10")
    assert (row["numerator"], row["value"], row["n"], row["status"]) == (4, 4, 3, "ok")
    assert (row["denominator"], row["lower"], row["upper"]) == (None, None, None)
    (row,) = answers.figure("entries", where={"scheme": "S62A"}, period="2009/10")
    assert (row["numerator"], row["n"]) == (3, 3)


def test_exits_have_their_reason_and_whole_months(answers):
    assert answers.each(MOVES, "months_on_scheme", "date", "exit_reason", "numerator") == {
        "A": (date(2010, 3, 31), "reduced_offending", 11),
        "B": (date(2009, 2, 28), "long_custody", 1),
        "C": (date(2009, 3, 30), "not_known", 1),
        "D": (date(2009, 3, 31), "moved_area", 2),
        "F": (date(2011, 9, 30), "died", 28),
    }


def test_an_exit_is_in_the_strand_that_was_left(answers):
    found = answers.each(MOVES, "exits", "strand")
    assert found == {
        "A": "rehabilitate_and_resettle",
        "B": "catch_and_convict",
        "C": "catch_and_convict",
        "D": "catch_and_convict",
        "F": "catch_and_convict",
    }


def test_every_reason_for_leaving_has_a_row_and_no_exits_is_nought(answers):
    rows = answers.figure("exits", where={"scheme": "S62A"}, period="2008/09")
    assert {row["exit_reason"]: row["value"] for row in rows} == {
        "reduced_offending": 0,
        "moved_area": 1,
        "long_custody": 1,
        "died": 0,
        "transferred_strand": 0,
        "other": 0,
        "not_known": 1,
    }


def test_who_offended_while_on_the_scheme(answers):
    found = {
        (unit["word"], unit["scheme"]): (unit["numerator"], unit["main"])
        for unit in answers.units(OFFENDING, "reoffended_on_scheme", period="2009/10")
    }
    assert found == {
        ("A", "S63A"): (0, True),
        ("B", "S63A"): (1, True),
        ("C", "S63A"): (1, True),
        ("D", "S63A"): (1, True),
        ("E", "S63A"): (0, True),
        ("F", "S63A"): (1, True),  # in totals the scheme on which it happened, though the other is the later
        ("F", "S63B"): (0, False),
        ("G", "S63A"): (0, True),
    }


def test_days_on_the_scheme_are_counted_from_the_first_in_the_year(answers):
    found = {
        (unit["word"], unit["scheme"]): unit["date"]
        for unit in answers.units(OFFENDING, "reoffended_on_scheme", period="2009/10")
    }
    assert (found["F", "S63A"], found["F", "S63B"]) == (date(2009, 4, 1), date(2009, 6, 1))
    assert found["D", "S63A"] == date(2009, 5, 10)
    (row,) = answers.figure("reoffended_on_scheme", where={"scheme": "S63A"}, period="2009/10")
    assert (row["numerator"], row["denominator"], row["n"]) == (4, 7, 7)


def test_what_happened_at_18(answers):
    assert answers.each(BIRTHDAYS, "transition_at_18", "at_18", "numerator") == {
        "A": ("moved", 1),
        "B": ("neither", 0),
        "C": ("exited", 1),
        "D": ("neither", 0),
        "F": ("exited", 1),
        "I": ("moved", 1),
        "J": ("neither", 0),
    }


def test_turning_18_is_told_by_its_month_alone(answers):
    found = answers.each(BIRTHDAYS, "transition_at_18", "date")
    assert (found["A"], found["I"]) == (date(2009, 6, 30), date(2010, 3, 31))
