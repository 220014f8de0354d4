"""How few commit how much (B2), worked by hand: offences per person and year, and the curve over forty people."""

from __future__ import annotations

from datetime import date

import pytest

from tests.asked import in_both
from tests.hand import Hand

COUNTS = Hand(
    number=9870,
    offences="""
    person | committed  | proved     | outcome | category
    A      | 2008-03-31 | 2008-04-01 |         |            # the last day of 2007/08
    A      | 2008-04-01 | 2008-04-02 |         |            # 2008/09
    A      | 2008-05-01 | 2008-05-02 | caution |            # as much an offence as a conviction
    A      | 2008-05-02 | 2008-05-03 |         | CB         # a breach: nothing
    A      | 2009-03-31 | 2009-09-30 |         |            # 2008/09: proved on the last of the six months
    A      | 2009-03-30 | 2009-10-01 |         |            # proved a day late: counts in no year
    B      | 2008-06-01 |            | pending |            # nothing proved: not one of the people
    """,
)

# Forty people: one with 31 offences, three with 10, six with 4, and thirty with 1. 31 + 30 + 24 + 30 = 115 in all.
NUMBERS = [31] + [10] * 3 + [4] * 6 + [1] * 30
CROWD = Hand(
    number=9880,
    offences="person | committed | proved\n"
    + "\n".join(
        f"P{person:02d} | 2009-06-{1 + number % 28:02d} | 2009-07-01"
        for person, several in enumerate(NUMBERS)
        for number in range(several)
    ),
)

answers = in_both([COUNTS, CROWD], date(2010, 9, 30))


def test_offences_are_counted_by_the_year_in_which_they_were_committed(answers):
    found = {
        (unit["word"], unit["period"]): (unit["numerator"], unit["date"])
        for unit in answers.units(COUNTS, "concentration")
    }
    assert found == {
        ("A", "2007/08"): (1, date(2008, 3, 31)),
        ("A", "2008/09"): (3, date(2008, 4, 1)),
    }


def test_each_person_has_as_many_as_were_proved(answers):
    found = answers.each(CROWD, "concentration", "numerator")
    assert sorted(found.values(), reverse=True) == NUMBERS


@pytest.mark.parametrize(
    ("share", "numerator", "value"),
    [
        (0.01, 0, 0.4 * 31 / 115),  # two fifths of one person
        (0.02, 0, 0.8 * 31 / 115),
        (0.05, 41, 41 / 115),  # two people
        (0.1, 61, 61 / 115),  # four
        (0.2, 77, 77 / 115),  # eight
        (0.3, 87, 87 / 115),  # twelve: the ten with more than one, and two more
        (0.4, 91, 91 / 115),
        (0.5, 95, 95 / 115),
        (1.0, 115, 1.0),
    ],
)
def test_the_curve_goes_straight_between_people(answers, share, numerator, value):
    (row,) = [r for r in answers.figure("concentration", period="2009/10") if r["top_share"] == share]
    assert (row["numerator"], row["denominator"], row["n"]) == (numerator, 115, 40)
    assert row["value"] == pytest.approx(value, abs=1e-12)
    assert (row["lower"] is None) == (share == 1.0)
