"""The steps that a scheme takes with each person (A5), and the home visit in time (E2), worked by hand."""

from __future__ import annotations

from datetime import date

from tests.asked import in_both
from tests.hand import Hand

STEPS = Hand(
    number=9670,
    register="""
    person | scheme | strand                    | from       | to         | outreach   | exit_letter
    A      | S67A   | rehabilitate_and_resettle | 2009-04-01 |            | 2009-04-29 |
    B      | S67A   |                           | 2009-04-01 | 2009-04-15 |            | 2009-04-29
    C      | S67A   |                           | 2009-03-01 |            |            |
    D      | S67A   |                           | 2009-03-01 |            |            |
    E      | S67A   |                           | 2008-01-01 | 2008-06-01 |            |
    E      | S67A   |                           | 2009-06-01 |            |            |
    F      | S67A   |                           | 2009-06-01 | 2009-06-01 |            |              # never on it
    G      | S67A   |                           | 2009-06-05 |            |            |
    H      | S67A   |                           | 2011-09-23 |            |            |
    I      | S67A   | rehabilitate_and_resettle | 2009-06-01 |            |            |
    J      | S67A   |                           | 2009-06-01 | 2011-09-16 |            |
    K      | S67A   |                           | 2009-06-01 | 2011-09-17 |            |
    L      | S67A   |                           | 2009-05-01 | 2009-07-01 |            |
    L      | S67A   | rehabilitate_and_resettle | 2009-07-01 | 2009-09-01 |            | 2009-08-30
    """,
    milestones="""
    person | from       | nominated  | decided    | police_flag | probation_flag | letter     | visit
    A      | 2009-04-01 | 2009-03-02 | 2009-04-15 | 2009-04-09  | 2009-04-16     | 2009-03-30 | 2009-04-16
    B      | 2009-04-01 |            | 2009-04-03 | 2009-04-08  |                |            |
    F      | 2009-06-01 | 2009-05-01 |            |             |                |            |
    G      | 2009-06-05 | 2009-05-01 |            |             |                |            |
    H      | 2011-09-23 |            | 2011-09-25 |             |                |            |
    L      | 2009-07-01 |            | 2009-07-02 |             |                |            |
    """,
    nominations="""
    person | scheme | nominated  | decided    | decision
    A      | S67A   | 2009-03-02 | 2009-03-25 | adopt
    C      | S67A   | 2009-01-10 | 2009-01-20 | defer     # the first time put to the meeting
    C      | S67A   | 2009-02-10 | 2009-02-20 | adopt
    D      | S67A   | 2009-03-02 | 2009-03-03 | adopt     # after the adoption: of something else
    E      | S67A   | 2007-12-01 | 2007-12-10 | adopt
    E      | S67A   | 2009-05-20 | 2009-05-25 | adopt     # put again for the second time on the scheme
    """,
    contacts="""
    person | on         | kind       | outcome
    C      | 2009-02-27 | home_visit | attended              # before adoption
    C      | 2009-03-01 | office     | attended              # the first week
    C      | 2009-03-10 | home_visit | unacceptable_absence  # nobody in
    C      | 2009-03-14 | telephone  | attended              # the last day of the second week
    C      | 2009-03-15 | home_visit | attended              # the first day of the third; the visit, on day 14
    C      | 2009-03-28 | office     | attended              # the last day of the fourth
    D      | 2009-03-01 | office     | attended
    D      | 2009-03-08 | office     | attended
    D      | 2009-03-16 | office     | acceptable_absence    # the third week was missed
    D      | 2009-03-22 | office     | attended
    D      | 2009-04-01 | office     | unacceptable_absence
    D      | 2009-04-01 | telephone  | unacceptable_absence  # the same day: still the first
    D      | 2009-04-10 | office     | unacceptable_absence  # the second
    D      | 2009-04-11 | office     | unacceptable_absence
    I      | 2009-05-31 | office     | unacceptable_absence  # the day before adoption
    I      | 2009-07-01 | office     | unacceptable_absence
    I      | 2009-07-08 | office     | unacceptable_absence
    J      | 2009-07-01 | office     | unacceptable_absence  # one
    """,
    supervision="""
    person | from       | to         | breach     | recalled
    D      | 2009-01-01 | 2009-12-31 | 2009-04-05 |             # before the second absence
    D      | 2009-02-01 | 2009-12-31 | 2009-04-20 |             # ten days after it
    I      | 2009-01-01 | 2009-12-31 |            | 2009-07-19  # eleven
    """,
    assessments="""
    person | on         | plan
    A      | 2009-03-31 | 2009-03-31  # before adoption
    A      | 2009-05-27 | 2009-05-28  # days 56 and 57
    C      | 2009-04-27 |             # day 57, without a plan
    """,
)

# Of nobody here has anything been sent but the register's bare dates.
BARE = Hand(
    number=9680,
    register="""
    person | scheme | strand                    | from
    A      | S68A   | rehabilitate_and_resettle | 2009-04-01
    B      | S68A   |                           | 2009-04-01
    """,
)

# All of them were adopted on 1 June, so that a visit was due by the 15th.
VISITS = Hand(
    number=9685,
    register="""
    person | scheme | from
    A      | S68B   | 2009-06-01
    B      | S68B   | 2009-06-01
    C      | S68B   | 2009-06-01
    D      | S68B   | 2009-06-01
    """,
    milestones="""
    person | from       | visit
    A      | 2009-06-01 | 2009-06-20
    B      | 2009-06-01 | 2009-06-10
    C      | 2009-06-01 | 2009-06-16
    """,
    contacts="""
    person | on         | kind       | outcome
    A      | 2009-06-10 | home_visit | attended              # ten days before the register's
    B      | 2009-06-20 | home_visit | attended              # ten after it
    C      | 2009-06-10 | home_visit | unacceptable_absence  # nobody in: the register's, a day late
    D      | 2009-05-31 | home_visit | attended              # before adoption: none
    """,
)

# An absence on the 10th of June and another on the 20th, of people adopted on the 1st.
ORDERS = Hand(
    number=9686,
    register="""
    person | scheme | from
    A      | S68C   | 2009-06-01
    B      | S68C   | 2009-06-01
    C      | S68C   | 2009-06-01
    D      | S68C   | 2009-06-01
    E      | S68C   | 2009-06-01
    F      | S68C   | 2009-06-01
    G      | S68C   | 2009-06-01
    """,
    contacts="""
    person | on         | outcome
    A      | 2009-06-10 | unacceptable_absence
    A      | 2009-06-20 | unacceptable_absence
    B      | 2009-06-10 | unacceptable_absence
    B      | 2009-06-20 | unacceptable_absence
    C      | 2009-06-10 | unacceptable_absence
    C      | 2009-06-20 | unacceptable_absence
    C      | 2009-07-01 | unacceptable_absence
    D      | 2009-06-10 | unacceptable_absence
    D      | 2009-06-20 | unacceptable_absence
    E      | 2009-06-10 | unacceptable_absence
    E      | 2009-06-20 | unacceptable_absence
    F      | 2009-06-10 | unacceptable_absence
    F      | 2009-06-20 | unacceptable_absence
    G      | 2009-06-10 | unacceptable_absence
    G      | 2009-06-20 | unacceptable_absence
    G      | 2009-07-10 | unacceptable_absence
    G      | 2009-07-20 | unacceptable_absence
    """,
    supervision="""
    person | from       | to         | breach
    A      | 2009-01-01 | 2009-06-30 |             # both absences were in this one: nothing was done
    A      | 2010-01-01 |            | 2010-02-01  # begun after them: it is of something else
    B      | 2010-01-01 |            | 2010-02-01  # they were in no order
    C      | 2009-01-01 | 2009-06-15 |             # the first of three was in this one
    C      | 2009-06-16 |            | 2009-07-05  # the others in this: the second is that of July
    D      | 2009-01-01 |            | 2009-06-28  # both, and eight days from the second
    D      | 2009-06-15 |            | 2009-06-22  # one: the breach is not for a second
    E      | 2009-01-01 | 2009-06-20 | 2009-06-30  # the last day in is in; the breach may come after it
    F      | 2009-01-01 | 2009-06-19 | 2009-06-30  # ended between the two
    G      | 2009-01-01 | 2009-06-30 |             # never enforced
    G      | 2009-07-01 |            | 2009-07-25  # the next two were; that does not make good the first
    """,
)

answers = in_both([STEPS], date(2011, 9, 30))
dated = in_both([VISITS, ORDERS], date(2011, 9, 30))
bare = in_both([BARE], date(2011, 9, 30))


def told(answers, step: str, words: str, hand: Hand = STEPS) -> dict:
    """Return `(due, done in time, days)` of one step for some people, in the order of their dates.

    Where it was neither due nor done there is nothing to tell.
    """
    done = {
        (unit["word"], unit["date"]): (unit["denominator"], unit["numerator"])
        for unit in answers.units(hand, "journey_step_done", step=step)
    }
    days = {
        (unit["word"], unit["date"]): unit["numerator"] for unit in answers.units(hand, "journey_step_days", step=step)
    }
    found: dict = {}
    for word, on in sorted(set(done) | set(days)):
        step_of_one = (*done.get((word, on), (0, 0)), days.get((word, on)))
        if word in words and step_of_one != (0, 0, None):
            found.setdefault(word, []).append(step_of_one)
    return found


def test_nominated_and_decided(answers):
    """Five weeks from the first time that a person is put to the meeting, since they were last on the scheme.

    G's decision was not sent: the adoption is it. Nobody knows when L was nominated.
    """
    assert told(answers, "nominated_and_decided", "ABCDEFGL") == {
        "A": [(1, 1, 23)],
        "C": [(1, 0, 41)],
        "E": [(1, 1, 9), (1, 1, 5)],
        "G": [(1, 1, 35)],
    }


def test_steps_that_the_register_dates(answers):
    """Days 14, 7 and 14 are in time and a day later is not; what was done before adoption was done on the day.

    B left on day 14, when the strand was due: it is no longer asked. Of H's steps only the flag was due by the end.
    """
    assert told(answers, "strand_decided", "ABHL") == {
        "A": [(1, 1, 14)],
        "B": [(0, 0, 2)],
        "H": [(0, 0, 2)],
        "L": [(1, 0, 62)],  # by the second of two spans that are one membership
    }
    assert told(answers, "flagged_by_police", "ABCH") == {
        "A": [(1, 0, 8)],
        "B": [(1, 1, 7)],
        "C": [(1, 0, None)],
        "H": [(1, 0, None)],
    }
    assert told(answers, "flagged_by_probation", "AC") == {"A": [(1, 0, 15)], "C": [(1, 0, None)]}
    assert told(answers, "letter", "AC") == {"A": [(1, 1, 0)], "C": [(1, 0, None)]}


def test_an_outreach_worker_is_for_the_strand_that_has_them(answers):
    assert told(answers, "outreach_worker", "ABCIL") == {"A": [(1, 1, 28)], "I": [(1, 0, None)], "L": [(1, 0, None)]}


def test_a_home_visit_by_the_register_or_by_an_appointment_kept(answers):
    assert told(answers, "home_visit", "ACD") == {"A": [(1, 0, 15)], "C": [(1, 1, 14)], "D": [(1, 0, None)]}


def test_a_home_visit_is_the_earlier_of_the_registers_and_the_one_kept(dated):
    """On day 9 by either, or on day 15 by the register alone."""
    assert told(dated, "home_visit", "ABCD", VISITS) == {
        "A": [(1, 1, 9)],
        "B": [(1, 1, 9)],
        "C": [(1, 0, 15)],
        "D": [(1, 0, None)],
    }
    assert dated.each(VISITS, "home_visit_within", "numerator") == {"A": 1, "B": 1, "C": 0, "D": 0}


def test_an_assessment_and_a_sentence_plan_after_adoption(answers):
    assert told(answers, "oasys", "ACD") == {"A": [(1, 1, 56)], "C": [(1, 0, 57)], "D": [(1, 0, None)]}
    assert told(answers, "sentence_plan", "AC") == {"A": [(1, 0, 57)], "C": [(1, 0, None)]}


def test_an_appointment_kept_in_each_of_the_first_four_weeks(answers):
    assert told(answers, "weekly_appointments", "CD") == {"C": [(1, 1, 27)], "D": [(1, 0, None)]}


def test_enforcement_after_the_second_absence_on_the_scheme(answers):
    """By breach on the tenth day, or by recall on the eleventh. J missed one appointment, C another."""
    assert told(answers, "enforcement", "ACDIJ") == {"D": [(1, 1, 10)], "I": [(1, 0, 11)]}


def test_enforcement_is_of_the_order_that_both_absences_were_in(dated):
    """The days to enforcement (E3) say the same of each order; the journey follows the first failure alone."""
    assert told(dated, "enforcement", "ABCDEFG", ORDERS) == {
        "A": [(1, 0, None)],
        "C": [(1, 1, 4)],
        "D": [(1, 1, 8)],
        "E": [(1, 1, 10)],
        "G": [(1, 0, None)],
    }
    found = [
        (unit["word"], unit["date"], unit["numerator"]) for unit in dated.units(ORDERS, "failure_to_enforcement_days")
    ]
    june = date(2009, 6, 20)
    assert sorted(found, key=lambda unit: unit[:2]) == [
        ("A", june, None),
        ("C", date(2009, 7, 1), 4),
        ("D", june, 8),
        ("E", june, 10),
        ("G", june, None),
        ("G", date(2009, 7, 20), 5),
    ]


def test_an_exit_letter(answers):
    """J's was due on the last day of all, K's a day later. E had none."""
    assert told(answers, "exit_letter", "BEJKL") == {
        "B": [(1, 1, 14)],
        "E": [(1, 0, None)],
        "J": [(1, 0, None)],
        "L": [(1, 1, 0)],
    }


def test_only_memberships_that_lasted_have_steps(answers):
    assert "F" not in {unit["word"] for unit in answers.units(STEPS, "journey_step_done")}


def test_steps_come_in_their_order_with_the_counts_of_each(answers):
    rows = {row["step"]: row for row in answers.figure("journey_step_done", period="all")}
    assert list(rows)[:3] == ["nominated_and_decided", "strand_decided", "flagged_by_police"]
    assert (rows["nominated_and_decided"]["numerator"], rows["nominated_and_decided"]["denominator"]) == (4, 5)
    # Final periods end by July 2011, two months before the end: H is not yet among them.
    assert (rows["flagged_by_police"]["numerator"], rows["flagged_by_police"]["denominator"]) == (1, 11)


def test_24_people_without_a_probation_record_have_steps_all_the_same(answers):
    """Trap 24: E, G, K and L are in no probation file; a join that starts from one would drop them."""
    due = {unit["word"] for unit in answers.units(STEPS, "journey_step_done", step="oasys") if unit["denominator"]}
    assert {"E", "G", "K", "L"} <= due


def test_a_step_of_which_nothing_was_ever_sent_has_no_data_not_none_done(bare):
    rows = bare.figure("journey_step_done", period="2009/10")
    assert len(rows) == 12
    assert {(row["numerator"], row["value"], row["n"], row["status"]) for row in rows} == {(None, None, 0, "immature")}


def test_home_visits_within_the_days_allowed(answers):
    """B left on the day the visit was due, and H had not been on the scheme so long by the end."""
    found = [(unit["word"], unit["numerator"]) for unit in answers.units(STEPS, "home_visit_within")]
    assert sorted(found) == [
        ("A", 0),
        ("C", 1),
        ("D", 0),
        ("E", 0),
        ("E", 0),
        ("G", 0),
        ("I", 0),
        ("J", 0),
        ("K", 0),
        ("L", 0),
    ]
