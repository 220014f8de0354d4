"""Convictions by month from adoption (B3), worked by hand, month by month, at a month end and about a death."""

from __future__ import annotations

from datetime import date

from tests.asked import in_both
from tests.hand import Hand

# From 31 January 2009 the months begin on the last days of months: 31 December and 31 January, 28 February, 31 March.
# The extract holds the months from 31 December 2008 to 29 April 2009: months -1 to 2.
MONTHS = Hand(
    number=9840,
    register="""
    person | scheme | from       | to         | exit | strand
    A      | S1     | 2009-01-31 |            |      |
    B      | S1     | 2009-01-31 | 2009-03-31 | died |                     # the day after month 1
    C      | S1     | 2009-01-31 | 2009-03-30 | died |                     # the last day of month 1
    D      | S1     | 2009-01-31 |            |      | prevent_and_deter   # a switch
    E      | S1     | 2009-02-15 |            |      |
    """,
    offences="""
    person | committed  | proved     | outcome
    A      | 2008-12-01 | 2009-01-30 |            # month -1
    A      | 2008-12-01 | 2009-01-31 |            # the day of adoption is in month 0
    A      | 2008-12-01 | 2009-01-31 |            # an offence each
    A      | 2008-12-01 | 2009-02-27 |            # month 0, its last day
    A      | 2008-12-01 | 2009-02-28 |            # month 1
    A      | 2008-12-01 | 2009-03-30 |            # month 1, its last day
    A      | 2008-12-01 | 2009-03-31 |            # month 2
    A      | 2009-02-01 | 2009-02-02 | caution    # no conviction
    """,
    custody="""
    person | in         | out        | release
    A      | 2009-02-14 | 2009-03-10 | bail       # 14 of the 28 days of month 0, 10 of the 31 of month 1
    A      | 2009-03-31 |            |            # the whole of month 2
    """,
)

answers = in_both(
    [MONTHS],
    date(2009, 6, 30),
    coverage={"police/offences": date(2009, 4, 29), "probation/custody": date(2009, 4, 29)},
    covered_from={
        "police/offences": date(2008, 12, 31),
        "police/ppo_register": date(2009, 1, 1),
        "probation/custody": date(2009, 1, 31),
    },
)


def by_month(answers, measure: str, *columns: str) -> dict:
    found: dict = {}
    for unit in answers.units(MONTHS, measure):
        if unit["denominator"] is not None:
            values = tuple(unit[column] for column in columns)
            found.setdefault(unit["word"], {})[unit["months"]] = values if len(columns) > 1 else values[0]
    return found


def test_convictions_fall_in_calendar_months_from_the_day_of_adoption(answers):
    assert by_month(answers, "conviction_timeline", "numerator") == {
        "A": {-1: 1, 0: 3, 1: 2, 2: 1},
        "B": {-1: 0, 0: 0, 1: 0},  # died on the first day of month 2
        "C": {-1: 0, 0: 0},  # died within month 1
        "E": {-1: 0, 0: 0, 1: 0},  # month 1 ends on 14 April, month 2 after the extract
    }


def test_months_at_liberty_are_parts_of_a_month(answers):
    """Custody is covered from 31 January: month -1 is not, nor is E's, which begins on the 15th of it."""
    found = by_month(answers, "conviction_timeline_at_liberty", "numerator", "denominator")
    rounded = {
        word: {k: (events, round(float(out), 12)) for k, (events, out) in months.items()}
        for word, months in found.items()
    }
    assert rounded == {
        "A": {0: (3, 14 / 28), 1: (2, round(21 / 31, 12))},  # in prison throughout month 2: no time out to convict in
        "B": {0: (0, 1), 1: (0, 1)},
        "C": {0: (0, 1)},
        "E": {0: (0, 1), 1: (0, 1)},
    }


def test_the_figure_is_convictions_over_people_month_by_month(answers):
    rows = answers.figure("conviction_timeline", period="2008/09")
    assert [(r["months"], r["numerator"], r["denominator"], r["n"], r["at_risk"]) for r in rows] == [
        (-1, 1, 4, 4, 4),
        (0, 3, 4, 4, 4),
        (1, 2, 3, 3, 3),
        (2, 1, 1, 1, 1),
    ]
    assert {(r["value"], r["status"]) for r in rows} == {(None, "low_base")}


def test_the_figure_at_liberty_is_over_the_time_out_of_custody(answers):
    rows = answers.figure("conviction_timeline_at_liberty", period="2008/09")
    assert [(r["months"], r["numerator"], round(r["denominator"], 12), r["n"]) for r in rows] == [
        (0, 3, 3.5, 4),
        (1, 2, round(2 + 21 / 31, 12), 3),
    ]
