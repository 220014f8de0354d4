"""Measures worked by hand, unit by unit, where no trap does it already: stages of a case, shares, days, curves.

As in test_traps, each is asked of the oracle and of the road, which builds the same rows as an extracts folder.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests import oracle
from tests.hand import Hand
from tests.road import Road

EXTRACT_DATE = date(2011, 9, 30)

CASES = Hand(
    number=9700,
    offences="""
    person | committed  | arrested   | charged    | heard      | sentenced  | proved     | court
    A      | 2009-05-01 | 2009-05-03 | 2009-05-04 | 2009-05-11 | 2009-06-01 | 2009-05-25 | MC   # sentenced after proof
    B      | 2009-05-01 | 2009-05-01 | 2009-05-01 | 2009-05-01 | 2009-05-01 | 2009-05-01 | MC   # all on one day: 0
    C      | 2009-05-01 |            | 2009-05-20 | 2009-06-20 |            | 2009-07-01 | MC   # no arrest
    D      | 2009-05-01 | 2009-05-10 | 2009-05-11 | 2009-05-18 |            | 2009-08-18 | MC   # two offences:
    D      | 2009-04-20 | 2009-05-12 | 2009-05-13 | 2009-05-16 |            | 2009-08-18 | CC   # the earliest
    E      | 1999-05-01 | 2009-05-01 | 2009-05-02 | 2009-05-03 |            | 2009-05-04 | MC   # ten years
    F      | 1999-04-30 | 2009-05-01 | 2009-05-02 | 2009-05-03 |            | 2009-05-04 | MC   # a day more: out
    """,
)

# Worked by hand from the rows above. None: one of the two dates is missing, or they are over ten years apart.
STAGES = {
    # The order is that of COLUMNS.
    "A": (2, 1, 7, 21, 29, 31),
    "B": (0, 0, 0, 0, 0, 0),
    "C": (None, None, 31, 11, None, 61),
    "D": (20, 1, 5, 94, 100, 120),  # 20 April; 10, 11 and 16 May; 18 August
    "E": (3653, 1, 1, 1, 3, None),  # to the arrest ten years to the day; to the sentence three days more
    "F": (None, 1, 1, 1, 3, None),
}
COLUMNS = (
    "offence_to_arrest_days",
    "arrest_to_charge_days",
    "charge_to_first_hearing_days",
    "first_hearing_to_sentence_days",
    "arrest_to_sentence_days",
    "offence_to_sentence_days",
)
COURTS = {
    "A": "magistrates",
    "B": "magistrates",
    "C": "magistrates",
    "D": "crown",
    "E": "magistrates",
    "F": "magistrates",
}

PEOPLE = Hand(
    number=9800,
    offences="""
    person | committed  | proved     | outcome
    G      |            | 2009-05-10 | caution     # on a scheme all year
    G      | 2009-06-01 | 2009-07-01 |             # 52 days after 10 May less a month: day 22, month 1
    G      | 2009-06-10 | 2009-07-01 |
    G      | 2009-06-11 | 2009-07-01 |
    H      |            | 2009-05-31 | caution     # never on a scheme
    H      | 2009-06-30 | 2009-07-20 |             # 31 May and a month is 30 June: still month 1
    I      |            | 2009-05-31 | caution     # never on a scheme
    I      | 2009-07-01 | 2009-07-20 |             # a day later: month 2
    J      |            | 2010-04-30 | caution     # left before the year began: not a PPO in 2010/11
    """,
    register="""
    person | from       | to
    G      | 2009-01-01 | 2010-12-01
    J      | 2009-01-01 | 2010-04-01              # the first day out is the first day of 2010/11
    K      | 2009-12-02 | 2010-01-11              # 40 days on the scheme
    """,
    custody="""
    person | in         | out        | release
    G      | 2009-12-25 | 2010-01-05 | bail       # 11 days, the day of release not among them
    K      | 2009-11-01 | 2009-12-12 | bail       # the first 10 days on the scheme
    K      | 2010-01-01 | 2010-01-04 | escape     # 3 days; elsewhere from the 4th to the end
    """,
)


class FromRoad:
    days = ("days_in_custody", "days_placed")

    def __init__(self, hand: Hand, folder):
        self.road = Road(hand.files, folder, EXTRACT_DATE)

    def units(self, measure):
        return self.road.units(measure)

    def figure(self, measure, **how):
        return self.road.figure(measure, **how)


class FromOracle:
    days = ("numerator", "denominator")

    def __init__(self, hand: Hand, folder):
        self.world = oracle.World(hand.files, EXTRACT_DATE)

    def units(self, measure):
        return oracle.units(self.world, measure)

    def figure(self, measure, **how):
        return oracle.figure(self.world, measure, **how)


@pytest.fixture(scope="module", params=[FromOracle, FromRoad])
def cases(request, tmp_path_factory):
    return request.param(CASES, tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="module", params=[FromOracle, FromRoad])
def people(request, tmp_path_factory):
    return request.param(PEOPLE, tmp_path_factory.mktemp("people"))


def by_word(hand: Hand, rows, column: str, **only) -> dict:
    wanted = [row for row in rows if all(row[name] == value for name, value in only.items())]
    found = {hand.words[row["person"]]: row[column] for row in wanted if row["person"] in hand.words}
    assert len(found) == len(wanted), "a person has more than one unit"
    return found


@pytest.mark.parametrize(("measure", "place"), [(name, place) for place, name in enumerate(COLUMNS)])
def test_stages_of_a_case(cases, measure, place):
    expected = {word: stages[place] for word, stages in STAGES.items()}
    assert by_word(CASES, cases.units(measure), measure) == expected


def test_the_court_of_an_occasion_is_the_highest(cases):
    assert by_word(CASES, cases.units("arrest_to_sentence_days"), "court_type") == COURTS


def test_stages_add_up_to_the_whole_where_every_date_is_there():
    for word in "ABDE":
        arrest, charge, hearing, sentence, arrest_to_sentence, offence_to_sentence = STAGES[word]
        assert charge + hearing + sentence == arrest_to_sentence
        assert offence_to_sentence in (arrest + arrest_to_sentence, None)


def test_the_figure_of_a_stage_is_made_of_the_units_that_have_it(cases):
    """Arrest to sentence: 0, 3, 3, 29, 100 days. The quartiles are the second and fourth, the mean 135 / 5."""
    (row,) = cases.figure("arrest_to_sentence_days", period="2009/10")
    assert (row["numerator"], row["denominator"], row["n"]) == (135, 5, 5)
    assert (row["q1"], row["median"], row["value"], row["q3"], row["mean"]) == (3, 3, 3, 29, 27)
    assert row["p90"] == pytest.approx(29 + 0.6 * 71)  # between the 4th and the 5th: 0.9 * 4 = 3.6
    assert row["status"] == "low_base"


def test_share_of_offenders(people):
    """2009/10: G is on a scheme, H and I are not. 2010/11: J is not, having left the day before it began."""
    (row,) = people.figure("share_of_offenders", period="2009/10")
    assert (row["numerator"], row["denominator"], row["n"]) == (1, 3, 3)
    assert by_word(PEOPLE, people.units("share_of_offenders"), "ppo", period="2010/11") == {"J": "no"}


def test_share_of_reoffences(people):
    """G's three of five."""
    (row,) = people.figure("share_of_reoffences", period="2009/10")
    assert (row["numerator"], row["denominator"], row["n"]) == (3, 5, 3)


def test_custody_days_share_unit_by_unit(people):
    """G: 11 of the 365 days of 2009/10. K: 10 and 3 days of custody; placed 33 days, to the escape on 4 January.

    Nothing could tell where J was: there are no days to have a share of.
    """
    rows = [row for row in people.units("custody_days_share") if row[people.days[1]]]
    assert by_word(PEOPLE, rows, people.days[0], period="2009/10") == {"G": 11, "K": 13}
    assert by_word(PEOPLE, rows, people.days[1], period="2009/10") == {"G": 365, "K": 33}


def test_time_to_first_reoffence_unit_by_unit(people):
    """Watched to 30 March 2011, six months before coverage ends: 365 - 31 days from 30 April 2010."""
    rows = people.units("time_to_first_reoffence")
    assert by_word(PEOPLE, rows, "event", period="2009/10") == {"G": 1, "H": 1, "I": 1}
    assert by_word(PEOPLE, rows, "time_days", period="2009/10") == {"G": 22, "H": 30, "I": 31}
    assert by_word(PEOPLE, rows, "event", period="2010/11") == {"J": 0}
    assert by_word(PEOPLE, rows, "time_days", period="2010/11") == {"J": 334}


def test_the_curve_goes_by_whole_calendar_months(people):
    """By one month two of three; in the second the third. Of three people no share is shown."""
    curve = people.figure("time_to_first_reoffence", period="2009/10")
    assert [(row["months"], row["numerator"], row["at_risk"]) for row in curve] == [(1, 2, 3), (2, 3, 1)]
    assert [(row["value"], row["status"]) for row in curve] == [(None, "low_base")] * 2
