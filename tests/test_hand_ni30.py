"""A fixed cohort's offences (B4) and offences in another force's area, worked by hand, person by person.

The cohort of 2009/10 is the caseload of 1 February 2009. Its baseline year runs from 1 October 2007 and must be proved
before 1 April 2009; its follow-up year from 1 April 2009, proved before 1 October 2010.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.asked import in_both
from tests.hand import Hand

LIST = Hand(
    number=9850,
    register="""
    person | scheme | from       | to         | exit              | strand
    A      | S1     | 2008-06-01 |            |                   |
    B      | S1     | 2009-02-01 |            |                   |                    # adopted on the day
    C      | S1     | 2009-02-02 |            |                   |                    # a day late
    D      | S1     | 2008-06-01 | 2009-02-01 | reduced_offending |                    # the first day out is the day
    E      | S1     | 2008-06-01 | 2009-02-02 | reduced_offending |                    # left the day after: stays in
    F      | S1     | 2008-06-01 |            |                   | prevent_and_deter  # a switch
    G      | S1     | 2008-06-01 | 2009-01-10 | other             | prevent_and_deter
    G      | S1     | 2009-01-10 | 2009-03-01 | other             |                    # moved on by the day
    G      | S1     | 2009-03-01 |            |                   | prevent_and_deter
    H      | S1     | 2008-06-01 |            |                   |
    H      | S2     | 2008-07-01 |            |                   |                    # the later adoption
    I      | S2     | 2008-06-01 |            |                   |
    I      | S1     | 2008-06-01 |            |                   |                    # the lower id
    J      | S1     | 2008-06-01 |            |                   |
    J      | S2     | 2008-07-01 |            |                   | prevent_and_deter  # not one that counts
    """,
    offences="""
    person | committed  | proved     | outcome | category
    A      | 2007-09-30 | 2007-10-01 |         |            # a day before the baseline year
    A      | 2007-10-01 | 2007-10-02 |         |            # before 1
    A      | 2008-09-30 | 2009-03-31 | caution |            # before 2, proved on the last of 18 months
    A      | 2008-09-29 | 2009-04-01 |         |            # proved a day late
    A      | 2008-10-01 | 2008-10-02 |         |            # in the gap
    A      | 2009-03-31 | 2009-04-20 |         |            # in the gap
    A      | 2009-04-01 | 2009-04-20 |         |            # after 1
    A      | 2009-05-01 | 2009-05-20 |         | CB         # a breach: nothing
    A      | 2010-03-31 | 2010-09-30 |         |            # after 2, proved on the last of 18 months
    A      | 2010-03-31 | 2010-10-01 |         |            # proved a day late
    A      | 2010-04-01 | 2010-04-02 |         |            # a day after the year
    E      | 2009-06-01 | 2009-06-02 |         |            # kept although no longer on the scheme
    H      | 2008-01-01 | 2008-01-02 |         |
    """,
)

FORCES = Hand(
    number=9860,
    schemes="""
    scheme | area  | force
    T1     | East  | 10
    T2     | East  | 13
    """,
    register="""
    person | scheme | from       | to
    K      | T1     | 2009-05-01 | 2010-06-01
    L      | T1     | 2009-04-01 |
    L      | T2     | 2009-06-01 | 2009-08-01      # on both, and the main one is T2
    M      | T1     | 2009-05-01 |
    """,
    offences="""
    person | committed  | proved     | force
    K      | 2009-04-30 | 2009-05-01 | 13       # before the scheme
    K      | 2009-05-01 | 2009-05-02 | 13       # its first day, in another force's area
    K      | 2009-06-01 | 2009-06-02 | 10
    K      | 2009-06-02 | 2009-06-03 | SC       # not in England and Wales: does not count
    K      | 2010-03-31 | 2010-09-30 | 62       # the last day of the period, proved in time
    K      | 2010-03-31 | 2010-10-01 | 62       # proved a day late
    K      | 2010-04-01 | 2010-04-02 | 13       # the next period
    K      | 2010-06-01 | 2010-06-02 | 13       # the first day out
    L      | 2009-05-31 | 2009-06-01 | 13       # T1 alone
    L      | 2009-06-01 | 2009-06-02 | 13       # both: at home in T2
    L      | 2009-08-01 | 2009-08-02 | 10       # T1 alone again
    M      | 2009-04-30 | 2009-05-01 | 13       # before the scheme, and none on it
    """,
)
FORCES.files["police/offences"].append({**FORCES.files["police/offences"][1], "force_code": None})

answers = in_both(
    [LIST, FORCES],
    date(2010, 9, 30),
    covered_from={"police/offences": date(2007, 10, 1), "police/ppo_register": date(2008, 6, 1)},
)


def test_the_cohort_is_the_list_on_its_day_and_stays_that(answers):
    found = answers.each(LIST, "ni30_reoffending_rate", "scheme", "strand", "date", period="2009/10")
    assert {day for _, _, day in found.values()} == {date(2009, 2, 1)}
    assert {word: place[:2] for word, place in found.items()} == {
        "A": ("S1", "catch_and_convict"),
        "B": ("S1", "catch_and_convict"),
        "E": ("S1", "catch_and_convict"),
        "G": ("S1", "catch_and_convict"),
        "H": ("S2", "catch_and_convict"),
        "I": ("S1", "catch_and_convict"),
        "J": ("S1", "catch_and_convict"),
    }


def test_offences_of_the_baseline_and_the_follow_up_year(answers):
    found = answers.each(LIST, "ni30_change", "denominator", "numerator", period="2009/10")
    assert found == {"A": (2, 2), "B": (0, 0), "E": (0, 1), "G": (0, 0), "H": (1, 0), "I": (0, 0), "J": (0, 0)}


def test_a_baseline_that_the_extract_does_not_reach_makes_no_cohort(answers):
    """2008/09 would go back to October 2006; 2010/11 goes by the list of 1 February 2010, and is not over."""
    periods = {unit["period"] for unit in answers.units(LIST, "ni30_change")}
    assert periods == {"2009/10", "2010/11"}


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator", "people"),
    [
        ("ni30_change", 3, 3, 7),
        ("ni30_reoffending_rate", 2, 7, 7),  # A and E
        ("ni30_offences_per_ppo", 3, 7, 7),
        ("ni30_offences_per_reoffender", 3, 2, 2),
    ],
)
def test_four_figures_of_one_cohort_each_with_its_own_denominator(answers, measure, numerator, denominator, people):
    rows = [answers.figure(measure, period="2009/10", where={"scheme": scheme}) for scheme in ("S1", "S2")]
    totals = [sum(row[name] for (row,) in rows) for name in ("numerator", "denominator", "n")]
    assert totals == [numerator, denominator, people]


def test_a_follow_up_year_that_is_not_over_shows_nothing(answers):
    """A year half seen would be half the offences: a fall that nobody brought about."""
    rows = answers.figure("ni30_change", period="each")
    assert {row["period"]: row["status"] for row in rows if row["period"] >= "2009/10"} == {
        "2009/10": "low_base",
        "2010/11": "immature",
    }
    assert [(row["numerator"], row["denominator"]) for row in rows if row["period"] == "2010/11"] == [(None, None)]


def test_offences_on_the_scheme_by_whose_force_dealt_with_them(answers):
    found = {
        (unit["word"], unit["scheme"], unit["period"], unit["main"]): (unit["numerator"], unit["denominator"])
        for unit in answers.units(FORCES, "cross_border_share")
    }
    assert found == {
        ("K", "T1", "2009/10", True): (2, 3),  # 1 May, 1 June, 31 March; one without a force besides
        ("K", "T1", "2010/11", True): (1, 1),
        ("L", "T1", "2009/10", True): (1, 2),  # 31 May and 1 August
        ("L", "T1", "2009/10", False): (1, 1),  # 1 June, when T2 counts in totals
        ("L", "T2", "2009/10", True): (0, 1),
    }


def test_offences_on_two_schemes_at_once_count_once_in_totals(answers):
    """K two of three; L one of three in all, and two of three to T1 with the day on both."""
    how = {"period": "2009/10", "where": {"area": "East"}}
    (row,) = answers.figure("cross_border_share", **how)
    assert (row["numerator"], row["denominator"], row["n"]) == (3, 6, 2)
    rows = answers.figure("cross_border_share", by=("scheme",), **how)
    assert {r["scheme"]: (r["numerator"], r["denominator"]) for r in rows} == {"T1": (4, 6), "T2": (0, 1)}
