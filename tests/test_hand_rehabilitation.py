"""Releases (D1), the Drug Interventions Programme (E1), appointments (E2), enforcement (E3) and needs (E4), by hand."""

from __future__ import annotations

from datetime import date

from tests.asked import in_both
from tests.hand import Hand

LAST_DAY = date(2011, 9, 30)

RELEASED = Hand(
    number=9740,
    register="""
    person | scheme | from       | to
    A      | S74A   | 2009-01-01 |
    B      | S74A   | 2009-01-01 | 2009-06-10  # the first day out is the day of release
    C      | S74A   | 2009-06-10 |             # adopted on the day of release
    D      | S74A   | 2009-01-01 |
    D      | S74B   | 2009-03-01 |
    E      | S74A   | 2009-01-01 |
    F      | S74C   | 2009-01-01 |
    """,
    custody="""
    person | in         | out        | reason    | release
    A      | 2009-05-01 | 2009-06-10 | sentenced | licence
    A      | 2009-06-20 | 2009-07-01 | recall    | sentence_end
    A      | 2009-08-01 | 2009-08-02 | remand    | bail          # no release of this kind
    A      | 2009-09-01 | 2009-10-01 | sentenced | hdc
    B      | 2009-05-01 | 2009-06-10 | sentenced | licence
    C      | 2009-05-01 | 2009-06-10 | sentenced | licence
    D      | 2009-05-01 | 2009-06-10 | sentenced | licence
    E      | 2009-05-01 | 2009-06-10 | sentenced | transfer      # on to another prison
    E      | 2009-06-11 | 2009-07-10 | sentenced | licence
    F      | 2009-05-01 | 2009-06-10 | sentenced | licence
    F      | 2009-06-10 | 2009-06-10 | recall    | sentence_end  # taken in again that day, and let out that day
    """,
    contacts="""
    person | on         | kind   | outcome
    A      | 2009-06-09 | office | attended              # the day before release
    A      | 2009-06-11 | office | unacceptable_absence
    A      | 2009-06-20 | office | attended              # on the day he went back
    A      | 2009-08-03 | office | attended              # after a stay in custody
    A      | 2009-10-01 | office | attended              # on the day
    D      | 2009-06-15 | office | attended
    E      | 2009-07-12 | office | attended
    F      | 2009-06-12 | office | attended              # after the second release; the first was over by then
    """,
)

DRUGS = Hand(
    number=9750,
    people="""
    person | born
    C      | 1991-07-01
    """,
    register="""
    person | scheme | from
    A      | S75A   | 2009-01-01
    B      | S75A   | 2009-01-01
    C      | S75A   | 2009-01-01
    """,
    dip="""
    client | person
    a      | A
    b      | B
    c      | C
    d      |         # known to nobody else
    """,
    dip_events="""
    client | event               | on         | result           | referred
    a      | caseload_start      | 2009-05-01 |                  |
    c      | caseload_start      | 2009-05-01 |                  |             # 17 in June
    a      | test                | 2009-05-01 | negative         |
    a      | test                | 2009-05-01 | positive_cocaine |             # one day: positive
    a      | test                | 2009-05-02 | negative         |
    b      | test                | 2009-05-01 |                  |             # no result
    d      | test                | 2009-05-01 | positive_both    |
    a      | required_assessment | 2009-05-03 | attended         |
    b      | required_assessment | 2009-05-03 | not_attended     |
    b      | required_assessment | 2009-05-03 | attended         |             # missed, then attended
    d      | required_assessment | 2009-05-03 | not_attended     |
    a      | treatment_start     | 2009-06-01 |                  | 2009-05-04  # 28 days
    a      | treatment_end       | 2009-08-23 |                  |             # day 83: not kept
    b      | treatment_start     | 2009-06-01 |                  | 2009-06-02  # referred after the start
    b      | treatment_end       | 2009-06-01 |                  |             # ended on the day: something else did
    b      | treatment_end       | 2009-08-24 |                  |             # day 84: kept
    c      | treatment_start     | 2011-07-08 |                  | 2011-07-08  # 84 days before the end
    d      | treatment_start     | 2011-07-09 |                  |             # 83
    """,
)

WEEKS = Hand(
    number=9760,
    schemes="""
    scheme | area
    S76A   | Seventy-six
    S76B   | Seventy-six
    """,
    register="""
    person | scheme | from       | to
    A      | S76A   | 2009-04-01 | 2009-04-29  # four weeks to the day
    B      | S76A   | 2009-04-01 | 2009-04-28  # three and six days
    C      | S76A   | 2009-04-01 |             # no probation record
    D      | S76A   | 2011-09-17 |             # two weeks to the end of coverage
    E      | S76A   | 2011-09-18 |             # a day less
    F      | S76A   | 2008-12-01 |
    F      | S76B   | 2009-06-01 | 2009-07-01
    G      | S76A   | 2009-04-01 | 2009-10-01  # 26 weeks and a day
    H      | S76A   | 2009-05-01 |
    H      | S76B   | 2009-06-01 |             # adopted by two in one year: the later in totals
    """,
    contacts="""
    person | on         | kind        | outcome
    A      | 2009-03-31 | office      | attended              # before
    A      | 2009-04-01 | office      | attended              # the first day of week 1
    A      | 2009-04-07 | accompanied | attended              # its last
    A      | 2009-04-08 | office      | attended              # week 2
    A      | 2009-04-09 | office      | unacceptable_absence
    A      | 2009-04-10 | accompanied | acceptable_absence
    A      | 2009-04-11 | office      | cancelled
    A      | 2009-04-28 | office      | attended              # the last day on the scheme
    A      | 2009-04-29 | office      | attended              # off it
    B      | 2009-04-20 | office      | cancelled
    D      | 2011-09-30 | office      | attended              # the last day of week 2
    E      | 2011-09-30 | office      | attended              # week 2 has a day to go
    F      | 2009-05-31 | office      | attended              # on the first scheme alone
    F      | 2009-06-15 | office      | attended              # on both
    F      | 2009-06-16 | office      | unacceptable_absence
    F      | 2009-07-01 | accompanied | attended              # on the first alone again
    H      | 2009-06-01 | office      | cancelled
    G      | 2009-09-29 | office      | attended              # the last day of week 26
    G      | 2009-09-30 | office      | attended              # week 27
    """,
)

FAILURES = Hand(
    number=9770,
    supervision="""
    person | from       | to         | breach     | hearing    | recalled
    A      | 2009-01-01 | 2009-06-10 | 2009-06-20 | 2009-07-04 |             # the last day in is a day in the order
    B      | 2009-01-01 | 2009-06-09 | 2009-06-20 | 2009-07-04 |             # the second absence was after it
    C      | 2009-01-01 |            | 2009-06-09 | 2009-06-30 | 2009-06-24  # the breach was begun before it
    D      | 2009-01-01 |            | 2009-06-20 | 2009-06-19 | 2009-06-18  # recall first; a hearing too early
    E      | 2009-01-01 |            |            |            |             # nothing was done
    F      | 2009-06-01 |            | 2009-06-20 |            |             # the first absence was before the order
    F      | 2009-05-01 | 2010-05-01 | 2009-06-10 |            |             # both were in this one
    """,
    contacts="""
    person | on         | kind      | outcome
    A      | 2009-06-01 | office    | unacceptable_absence
    A      | 2009-06-01 | telephone | unacceptable_absence  # the same day is one
    A      | 2009-06-05 | office    | acceptable_absence
    A      | 2009-06-10 | office    | unacceptable_absence
    B      | 2009-06-01 | office    | unacceptable_absence
    B      | 2009-06-10 | office    | unacceptable_absence
    C      | 2009-06-01 | office    | unacceptable_absence
    C      | 2009-06-10 | office    | unacceptable_absence
    D      | 2009-06-01 | office    | unacceptable_absence
    D      | 2009-06-10 | office    | unacceptable_absence
    D      | 2009-06-11 | office    | unacceptable_absence  # the third is not waited for
    E      | 2009-06-01 | office    | unacceptable_absence
    E      | 2009-06-10 | office    | unacceptable_absence
    F      | 2009-05-31 | office    | unacceptable_absence
    F      | 2009-06-10 | office    | unacceptable_absence
    """,
)

NEEDS = Hand(
    number=9780,
    register="""
    person | scheme | from       | to         | exit
    A      | S78A   | 2009-06-01 | 2010-06-01 | other
    B      | S78A   | 2009-06-01 |            |
    C      | S78A   | 2009-06-01 |            |
    D      | S78A   | 2009-06-01 | 2011-09-30 | other  # left on the last day of all
    E      | S78A   | 2009-06-01 | 2010-03-01 | other
    F      | S78A   | 2009-06-01 |            |
    G      | S78A   | 2009-06-01 |            |
    H      | S78A   | 2009-06-01 |            |
    I      | S78A   | 2009-06-01 |            |
    """,
    probation="""
    record | person
    A      | A
    B      | B
    C      | C
    D      | D
    E      | E
    F      | F
    F2     | F       # two records of one person
    """,
    assessments="""
    person | on         | accommodation | employment   | drugs   | alcohol
    A      | 2008-06-01 | need          |              |         |          # twelve months before: too early
    A      | 2008-06-02 | need          | need         |         |
    A      | 2009-09-01 | no_need       | not_assessed |         |          # three months after, and nearer
    A      | 2010-05-31 | need          | no_need      |         |          # the last day on the scheme
    A      | 2010-06-01 | no_need       | need         |         |          # the day of leaving: not on it, but at exit
    B      | 2008-06-01 | need          |              | need    |          # too early for an entry
    B      | 2009-09-02 | need          |              |         |          # too late for one
    C      | 2009-06-01 | need          | need         | no_need | need
    C      | 2010-01-01 |               | need         | need    | no_need
    C      | 2010-06-01 | not_assessed  | no_need      |         |
    D      | 2010-09-30 | need          | no_need      |         |          # twelve months before the exit: too early
    D      | 2010-10-01 |               | need         |         |
    # twelve months before the exit: an entry alone
    E      | 2009-03-01 | no_need       | no_need      |         |
    F      | 2009-06-01 | no_need       |              |         |
    F2     | 2009-06-01 | need          |              |         |          # of two on one day a need is a need
    G      | 2009-05-31 | need          |              |         |          # the day before
    G      | 2009-08-25 | no_need       |              |         |          # 85 days after: met by then
    H      | 2009-05-22 | need          |              |         |          # ten days before
    H      | 2009-06-11 | no_need       |              |         |          # ten after: no nearer
    I      | 2009-05-12 | need          |              |         |          # twenty before
    I      | 2009-06-11 | no_need       |              |         |          # ten after
    I      | 2010-01-01 | need          |              |         |
    """,
)

# Adopted on the last day of a year: until 30 June an assessment nearer than another may still come.
NEAREST = Hand(
    number=9785,
    register="""
    person | scheme | from
    A      | S78B   | 2009-06-01
    B      | S78B   | 2011-03-31
    """,
    assessments="""
    person | on         | accommodation | employment
    A      | 2009-06-01 | need          | no_need
    A      | 2010-06-01 | no_need       | need
    B      | 2010-12-01 | no_need       | need        # four months before
    B      | 2011-04-10 | need          | no_need     # ten days after
    B      | 2011-05-20 | no_need       | need
    """,
)

answers = in_both([RELEASED, DRUGS, WEEKS, FAILURES, NEEDS], LAST_DAY)
a_day_early = in_both([NEAREST], date(2011, 6, 29))
in_time = in_both([NEAREST], date(2011, 6, 30))


# --- releases ----------------------------------------------------------------------------------------------


def test_releases_of_people_on_a_scheme_that_day(answers):
    found = sorted((unit["word"], unit["date"], unit["scheme"]) for unit in answers.units(RELEASED, "released"))
    assert found == [
        ("A", date(2009, 6, 10), "S74A"),
        ("A", date(2009, 7, 1), "S74A"),
        ("A", date(2009, 10, 1), "S74A"),
        ("C", date(2009, 6, 10), "S74A"),
        ("D", date(2009, 6, 10), "S74A"),
        ("D", date(2009, 6, 10), "S74B"),
        ("E", date(2009, 7, 10), "S74A"),
        ("F", date(2009, 6, 10), "S74C"),
        ("F", date(2009, 6, 10), "S74C"),
    ]
    (row,) = answers.figure("released", where={"scheme": "S74A"}, period="2009/10")
    assert (row["numerator"], row["n"], row["status"]) == (6, 4, "ok")


def test_days_from_release_to_the_first_appointment_kept(answers):
    """Kept up to the day of going back; not after. Nobody met C."""
    found = {
        (unit["word"], unit["date"]): unit["numerator"]
        for unit in answers.units(RELEASED, "contact_after_release_days", scheme="S74A")
        if unit["numerator"] is not None
    }
    assert found == {
        ("A", date(2009, 6, 10)): 10,
        ("A", date(2009, 10, 1)): 0,
        ("D", date(2009, 6, 10)): 5,
        ("E", date(2009, 7, 10)): 2,
    }
    twice = [unit["numerator"] for unit in answers.units(RELEASED, "contact_after_release_days", scheme="S74C")]
    assert sorted(twice, key=str) == [2, None]


# --- the Drug Interventions Programme ------------------------------------------------------------------------


def test_25_adults_on_the_scheme_who_are_in_the_programme_on_the_day(answers):
    """Trap 25: C, who is 17, is in neither number until July."""
    (row,) = answers.figure("also_in_dip", where={"scheme": "S75A"}, as_at=date(2009, 6, 30))
    assert (row["numerator"], row["denominator"], row["n"]) == (1, 2, 2)
    (row,) = answers.figure("also_in_dip", where={"scheme": "S75A"}, as_at=date(2009, 7, 31))
    assert (row["numerator"], row["denominator"], row["n"]) == (2, 3, 3)


def test_tests_by_the_day(answers):
    found = {(unit["word"], unit["date"]): unit["numerator"] for unit in answers.units(DRUGS, "drug_test_positive")}
    assert found == {
        ("A", date(2009, 5, 1)): 1,
        ("A", date(2009, 5, 2)): 0,
        ("d", date(2009, 5, 1)): 1,
    }
    rows = answers.figure("drug_test_positive", by=("ppo",), period="2009/10")
    assert [(row["ppo"], row["numerator"], row["denominator"], row["n"]) for row in rows] == [
        ("yes", 1, 2, 1),
        ("no", 1, 1, 1),
    ]


def test_required_assessments_by_the_day(answers):
    assert answers.each(DRUGS, "required_assessment_attended", "numerator") == {"A": 1, "B": 1, "d": 0}


def test_from_referral_to_treatment(answers):
    found = answers.each(DRUGS, "referral_to_treatment_days", "numerator")
    assert {word: days for word, days in found.items() if days is not None} == {"A": 28, "C": 0}


def test_kept_in_treatment_for_twelve_weeks(answers):
    found = answers.each(DRUGS, "retained_12_weeks", "numerator", "denominator")
    assert {word: pair for word, pair in found.items() if pair != (0, 0)} == {"A": (0, 1), "B": (1, 1), "C": (1, 1)}


# --- appointments ------------------------------------------------------------------------------------------


def weeks(answers, word: str, scheme: str = "S76A") -> dict:
    units = answers.units(WEEKS, "contacts_per_week", word=word, scheme=scheme)
    assert all(unit["denominator"] == 1 for unit in units)
    return {unit["week"]: unit["numerator"] for unit in units}


def test_appointments_kept_in_each_whole_week_since_adoption(answers):
    assert weeks(answers, "A") == {"1": 2, "2": 1, "3": 0, "4": 1}
    assert weeks(answers, "B") == {"1": 0, "2": 0, "3": 0}
    assert weeks(answers, "C") == {}
    assert weeks(answers, "D") == {"1": 0, "2": 1}
    assert weeks(answers, "E") == {"1": 0}
    found = weeks(answers, "G")
    assert (len(found), found["26"], sum(found.values())) == (26, 1, 1)


def test_a_person_on_two_schemes_has_the_weeks_of_one_in_totals(answers):
    """H was adopted twice in 2009/10, F once in each of two years."""
    mains = {
        (unit["word"], unit["scheme"]): unit["main"]
        for unit in answers.units(WEEKS, "contacts_per_week", week="1")
        if unit["word"] in "FH"
    }
    assert mains == {("F", "S76A"): True, ("F", "S76B"): True, ("H", "S76A"): False, ("H", "S76B"): True}
    rows = answers.figure("contacts_per_week", where={"area": "Seventy-six"}, period="2009/10")
    assert [row["week"] for row in rows] == [str(week) for week in range(1, 27)]
    # A, B, F and G, and H once.
    assert [(row["numerator"], row["denominator"]) for row in rows[:4]] == [(2, 5), (1, 5), (1, 5), (1, 4)]


def test_appointments_kept_missed_and_accompanied(answers):
    """Of A's of April three were cancelled, before or after. F's of June are the second scheme's in totals."""
    kept = {
        (unit["word"], unit["scheme"], unit["main"]): (unit["numerator"], unit["denominator"])
        for unit in answers.units(WEEKS, "contacts_attended", period="2009/10")
        if unit["denominator"]
    }
    assert kept == {
        ("A", "S76A", True): (4, 6),
        ("F", "S76A", True): (2, 2),
        ("F", "S76A", False): (1, 2),
        ("F", "S76B", True): (1, 2),
        ("G", "S76A", True): (2, 2),
    }
    accompanied = {
        (unit["word"], unit["scheme"], unit["main"]): (unit["numerator"], unit["denominator"])
        for unit in answers.units(WEEKS, "contacts_accompanied", period="2009/10")
        if unit["denominator"]
    }
    assert accompanied == {
        ("A", "S76A", True): (1, 4),
        ("F", "S76A", True): (1, 2),
        ("F", "S76A", False): (0, 1),
        ("F", "S76B", True): (0, 1),
        ("G", "S76A", True): (0, 2),
    }


# --- enforcement ---------------------------------------------------------------------------------------------


def failures(answers, measure: str) -> list[tuple]:
    return sorted(
        (unit["word"], unit["date"], unit["numerator"])
        for unit in answers.units(FAILURES, measure)
        if unit["numerator"] is not None
    )


def test_enforcement_is_of_everybody_under_supervision(answers):
    """Nobody here is on a scheme, and orders are judged all the same."""
    on = date(2009, 6, 10)
    assert failures(answers, "failure_to_enforcement_days") == [
        ("A", on, 10),
        ("C", on, 14),
        ("D", on, 8),
        ("F", on, 0),
    ]
    assert failures(answers, "enforcement_to_hearing_days") == [("A", on, 14), ("C", on, 21)]


# --- needs -----------------------------------------------------------------------------------------------------


def needs(answers, measure: str) -> dict:
    return {
        (unit["word"], unit["need"]): (unit["numerator"], unit["denominator"])
        for unit in answers.units(NEEDS, measure)
        if unit["denominator"]
    }


def test_needs_at_entry(answers):
    assert needs(answers, "need_at_entry") == {
        ("A", "accommodation"): (0, 1),
        ("A", "employment"): (1, 1),
        ("C", "accommodation"): (1, 1),
        ("C", "employment"): (1, 1),
        ("C", "drugs"): (0, 1),
        ("C", "alcohol"): (1, 1),
        ("E", "accommodation"): (0, 1),
        ("E", "employment"): (0, 1),
        ("F", "accommodation"): (1, 1),
        ("G", "accommodation"): (1, 1),
        ("H", "accommodation"): (1, 1),  # of two as near the earlier
        ("I", "accommodation"): (0, 1),
    }


def test_needs_met_and_arisen_by_the_latest_assessment_on_the_scheme(answers):
    assert needs(answers, "need_resolved") == {
        ("A", "employment"): (1, 1),
        ("C", "employment"): (1, 1),
        ("C", "alcohol"): (1, 1),
        ("G", "accommodation"): (1, 1),
        ("H", "accommodation"): (1, 1),
    }
    assert needs(answers, "need_arisen") == {
        ("A", "accommodation"): (1, 1),
        ("C", "drugs"): (1, 1),
        ("I", "accommodation"): (1, 1),
    }


def test_a_year_of_needs_is_final_when_no_nearer_assessment_can_come(a_day_early, in_time):
    """Three months after its last day, of needs met and arisen as of those at entry. Only final years are in all."""
    for measure, need in (
        ("need_at_entry", "accommodation"),
        ("need_resolved", "accommodation"),
        ("need_arisen", "employment"),
    ):
        for asked, people in ((a_day_early, 1), (in_time, 2)):
            (row,) = [row for row in asked.figure(measure, period="all") if row["need"] == need]
            assert (row["numerator"], row["n"]) == (people, people), measure


def test_settled_at_exit(answers):
    """A's assessment on the day of leaving says how A left, though it was not the latest on the scheme."""
    assert needs(answers, "settled_at_exit") == {
        ("A", "accommodation"): (1, 1),
        ("A", "employment"): (0, 1),
        ("D", "employment"): (0, 1),
    }
    rows = {row["need"]: row for row in answers.figure("settled_at_exit", period="2010/11")}
    assert (rows["accommodation"]["numerator"], rows["accommodation"]["denominator"]) == (1, 1)
    assert (rows["employment"]["numerator"], rows["employment"]["denominator"]) == (0, 1)
    assert set(rows) == {"accommodation", "employment"}, "of the other needs it never asks"
