"""Cases from the arrest on (C1), worked by hand: which have ended and how, how old the open ones are, what follows."""

from __future__ import annotations

from datetime import date

from tests.asked import in_both
from tests.hand import Hand

LAST_DAY = date(2011, 9, 30)

CASES = Hand(
    number=9710,
    offences="""
    person | committed  | arrested   | proved     | sentenced  | outcome      | court | category | days | code
    # a month to the day
    A      | 2009-05-01 | 2009-05-10 | 2009-06-09 | 2009-06-10 |              | MC    |          | 30   |
    # a day over a month
    B      | 2009-05-01 | 2009-05-10 | 2009-06-11 |            | acquitted    |       |          |      |
    # two offences of one arrest:
    C      | 2009-05-01 | 2009-05-10 | 2009-05-20 |            |              | MC    |          | 10   | TH68036
    # over when the last is
    C      | 2009-05-02 | 2009-05-10 | 2009-07-01 |            | discontinued |       |          |      |
    # another arrest, another case
    C      | 2009-05-03 | 2009-06-20 |            |            | pending      |       |          |      |
    # one of two still open
    D      | 2009-05-01 | 2009-05-10 | 2009-05-20 |            | acquitted    |       |          |      |
    D      | 2009-05-02 | 2009-05-10 |            |            | pending      |       |          |      |
    # on the day of the arrest
    E      | 2009-05-01 | 2009-05-10 | 2009-05-10 |            | caution      |       |          |      |
    E      | 2009-05-02 | 2009-05-10 | 2009-05-10 |            | tic          |       |          |      |
    F      | 2009-05-01 | 2009-05-10 | 2009-06-01 |            | tic          |       |          |      |
    F      | 2009-05-02 | 2009-05-10 | 2009-06-01 |            | discontinued |       |          |      |
    # no arrest
    G      | 2009-05-01 |            | 2009-06-01 |            |              | MC    |          |      |
    # no offence
    H      | 2009-05-01 | 2009-05-10 | 2009-06-01 |            |              | MC    | CB       |      |
    # a day before the end
    I      | 2011-09-29 | 2011-09-29 |            |            | pending      |       |          |      |
    # on the last day: not watched
    J      | 2011-09-30 | 2011-09-30 |            |            | pending      |       |          |      |
    K      | 2009-05-01 | 2009-05-10 | 2009-05-20 |            |              | YC    |          | 5    | TH68023
    # the lower code is principal
    K      | 2009-05-01 | 2009-05-10 | 2009-05-21 |            |              | CC    |          | 5    |
    """,
)

ADOPTIONS = Hand(
    number=9720,
    register="""
    person | scheme | strand            | from       | to         | exit
    A      | S72A   | prevent_and_deter | 2008-01-01 | 2009-05-10 | transferred_strand  # not yet a PPO
    A      | S72A   |                   | 2009-05-10 | 2009-06-01 | other
    B      | S72A   | prevent_and_deter | 2008-01-01 |            |
    C      | S72A   |                   | 2009-05-01 | 2009-05-01 | other               # of no length
    """,
    offences="""
    person | committed  | arrested   | proved
    A      | 2009-05-01 | 2009-05-09 | 2009-05-20  # the day before
    A      | 2009-05-01 | 2009-05-10 | 2009-05-21  # the day of it
    A      | 2009-05-01 | 2009-07-10 | 2009-07-22  # after he left: still after
    A      | 2009-05-01 |            | 2009-08-23
    B      | 2009-05-01 | 2009-05-09 | 2009-05-20
    C      | 2009-05-01 | 2009-05-09 | 2009-05-20
    D      | 2009-05-01 | 2009-05-09 | 2009-05-20
    """,
)

PATHWAY = Hand(
    number=9730,
    schemes="""
    scheme | area
    S73A   | Seventy-three
    S73B   | Seventy-three
    """,
    register="""
    person | scheme | from       | to
    A      | S73A   | 2009-05-10 |
    B      | S73A   | 2009-05-10 | 2009-08-01
    C      | S73A   | 2009-05-10 |
    D      | S73A   | 2009-01-01 |
    D      | S73B   | 2009-05-10 |             # the later scheme is his in totals, and here
    E      | S73A   | 2009-05-10 |
    """,
    offences="""
    person | committed  | arrested   | charged    | proved     | outcome   | disposal  | category
    # the day before adoption
    A      | 2009-05-01 | 2009-05-09 | 2009-05-09 | 2009-05-20 |           |           |
    # the first on the scheme
    A      | 2009-05-12 | 2009-05-12 | 2009-05-13 | 2009-06-20 |           | custody   |
    A      | 2009-05-12 | 2009-05-12 |            |            | pending   |           |
    A      | 2009-07-12 | 2009-07-12 |            |            | pending   |           |           # a later one
    # the first of the next year
    A      | 2010-05-12 | 2010-05-12 |            |            | pending   |           |
    B      | 2009-06-01 | 2009-08-01 | 2009-08-01 |            | pending   |           |           # the first day out
    C      | 2009-06-01 | 2009-06-01 | 2009-06-01 | 2009-07-01 |           |           | CB        # no offence
    # convicted, not sentenced
    C      | 2009-06-02 | 2009-06-02 | 2009-06-02 | 2009-07-01 |           | discharge |
    D      | 2009-06-01 | 2009-06-01 | 2009-06-01 | 2009-07-01 | acquitted |           |
    # proved without a conviction
    E      | 2009-06-01 | 2009-06-01 |            | 2009-06-01 | caution   |           |
    """,
    dip="""
    client | person
    a      | A
    c      | C
    d      | D
    """,
    dip_events="""
    client | event           | on
    a      | treatment_start | 2010-05-11  # the last day of the twelve months
    c      | treatment_start | 2010-06-02  # a day late
    d      | treatment_start | 2009-05-31  # a day early
    d      | test            | 2009-06-10
    """,
    assessments="""
    person | on         | accommodation
    A      | 2009-05-12 | no_need
    A      | 2009-06-12 | need           # the latest says need
    A      | 2010-05-12 | no_need        # a day late for the first arrest, in time for that day's own
    C      | 2009-06-03 | need
    C      | 2009-09-02 | no_need
    D      | 2009-06-02 | no_need
    D      | 2009-07-02 |                # the latest does not say
    """,
)

answers = in_both([CASES, ADOPTIONS, PATHWAY], LAST_DAY)


def cases(answers, column: str) -> dict:
    return {(unit["word"], unit["date"]): unit[column] for unit in answers.units(CASES, "open_cases")}


def test_17_a_case_is_counted_from_its_arrest_whether_or_not_it_has_ended(answers):
    """Trap 17: completed cases alone would leave out C's second, D and I. J's arrest was on the last day: too late."""
    may = date(2009, 5, 10)
    events = {key: event for key, event in cases(answers, "event").items() if event is not None}
    assert events == {
        ("A", may): 1,
        ("B", may): 1,
        ("C", may): 1,
        ("C", date(2009, 6, 20)): 0,
        ("D", may): 0,
        ("E", may): 1,
        ("F", may): 1,
        ("I", date(2011, 9, 29)): 0,
        ("K", may): 1,
    }


def test_17_time_runs_to_the_last_sentence_or_to_the_end_of_coverage(answers):
    may = date(2009, 5, 10)
    days = {key: found for key, found in cases(answers, "time_days").items() if key[0] != "J"}
    assert days == {
        ("A", may): 31,
        ("B", may): 32,
        ("C", may): 52,
        ("C", date(2009, 6, 20)): 832,  # 2009-06-20 to 2011-09-30: 194 + 365 + 273
        ("D", may): 873,  # 41 days more
        ("E", may): 0,
        ("F", may): 22,
        ("I", date(2011, 9, 29)): 1,
        ("K", may): 11,
    }


def test_17_the_age_of_open_cases(answers):
    found = {
        (unit["word"], unit["date"]): unit["numerator"]
        for unit in answers.units(CASES, "open_case_age_days")
        if unit["numerator"] is not None
    }
    assert found == {
        ("C", date(2009, 6, 20)): 832,
        ("D", date(2009, 5, 10)): 873,
        ("I", date(2011, 9, 29)): 1,
    }
    # With the one of PATHWAY that was after the scheme, open for 790 days.
    (row,) = answers.figure("open_case_age_days", where={"court_type": "not_known", "ppo": "no"}, period="2009/10")
    assert (row["numerator"], row["denominator"], row["n"], row["median"]) == (832 + 873 + 790, 3, 3, 832)


def test_a_case_has_its_best_proved_outcome(answers):
    found = {(unit["word"], unit["date"]): unit["outcome"] for unit in answers.units(CASES, "case_outcomes")}
    may = date(2009, 5, 10)
    assert found == {
        ("A", may): "convicted",
        ("B", may): "acquitted",
        ("C", may): "convicted",
        ("C", date(2009, 6, 20)): "open",
        ("D", may): "open",
        ("E", may): "cautioned",
        ("F", may): "taken_into_consideration",
        ("I", date(2011, 9, 29)): "open",
        ("J", LAST_DAY): "open",
        ("K", may): "convicted",
    }


def test_outcomes_are_shares_of_all_cases(answers):
    """Convicted by magistrates and not PPOs on the day: A and C; five of ADOPTIONS; PATHWAY's A, before adoption."""
    rows = answers.figure("case_outcomes", where={"ppo": "no", "court_type": "magistrates"}, period="2009/10")
    shares = {row["outcome"]: (row["numerator"], row["denominator"]) for row in rows}
    assert list(shares) == [
        "convicted",
        "cautioned",
        "taken_into_consideration",
        "acquitted",
        "discontinued",
        "open",
    ]
    assert (shares["convicted"], shares["open"], shares["cautioned"]) == ((8, 8), (0, 8), (0, 8))


def test_the_highest_court_and_the_principal_offence_of_a_case(answers):
    courts, groups = cases(answers, "court_type"), cases(answers, "offence_group")
    may = date(2009, 5, 10)
    assert (courts["K", may], courts["C", may], courts["B", may]) == ("crown", "magistrates", "not_known")
    assert (groups["K", may], groups["C", may]) == ("theft", "domestic_burglary")


def test_the_curve_of_cases_that_have_ended(answers):
    """C's first, of 52 days, ended in the second month."""
    rows = answers.figure("open_cases", where={"offence_group": "domestic_burglary"}, period="2009/10")
    assert [(row["months"], row["numerator"], row["at_risk"]) for row in rows] == [(1, 0, 1), (2, 1, 1)]


def test_arrests_before_and_after_the_first_adoption_of_a_ppo(answers):
    found = {
        (unit["word"], unit["date"]): unit["adoption"] for unit in answers.units(ADOPTIONS, "arrest_to_sentence_days")
    }
    assert found == {
        ("A", date(2009, 5, 20)): "before",
        ("A", date(2009, 5, 21)): "after",
        ("A", date(2009, 7, 22)): "after",
        ("A", date(2009, 8, 23)): "not_known",
        ("B", date(2009, 5, 20)): "never",
        ("C", date(2009, 5, 20)): "never",
        ("D", date(2009, 5, 20)): "never",
    }


def reached(answers, word: str, period: str = "2009/10") -> list[str]:
    units = answers.units(PATHWAY, "pathway", word=word, period=period)
    assert all(unit["denominator"] == 1 for unit in units)
    return sorted(unit["stage"] for unit in units if unit["numerator"])


def test_the_pathway_of_each_person_arrested_on_a_scheme(answers):
    assert reached(answers, "A") == ["arrested", "charged", "convicted", "into_treatment", "sentenced"]
    assert reached(answers, "A", "2010/11") == ["arrested", "resettled"]
    assert reached(answers, "C") == ["arrested", "charged", "convicted", "resettled"]
    assert reached(answers, "D") == ["arrested", "charged"]
    assert reached(answers, "E") == ["arrested"]


def test_nobody_is_on_the_pathway_who_was_not_arrested_on_the_scheme(answers):
    assert {unit["word"] for unit in answers.units(PATHWAY, "pathway")} == {"A", "C", "D", "E"}
    assert {unit["scheme"] for unit in answers.units(PATHWAY, "pathway", word="D")} == {"S73B"}


def test_every_stage_is_of_those_arrested(answers):
    rows = answers.figure("pathway", where={"area": "Seventy-three"}, period="2009/10")
    assert [(row["stage"], row["numerator"], row["denominator"]) for row in rows] == [
        ("arrested", 4, 4),
        ("charged", 3, 4),
        ("convicted", 2, 4),
        ("sentenced", 1, 4),
        ("into_treatment", 1, 4),
        ("resettled", 1, 4),
    ]
