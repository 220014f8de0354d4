"""What is on a manager's worklists, worked by hand: beside each row, why it is there and from when, or why not."""

from __future__ import annotations

from datetime import date

import pytest

from queries import worklists
from queries.scope import Viewer
from tests import worlds
from tests.hand import Hand, day
from tests.road import Road
from tests.tables import table

ENDS = date(2011, 9, 30)
"""The end of coverage of everything that the lists rest on; the extracts were taken a month later."""

RULES_ON = date(2011, 8, 31)
"""The last month end at which rules are read: custody, which they also rest on, is known no further."""

# Seven days for the police's flag, fourteen for the letter and for the letter on leaving, ten for enforcement. Nobody
# has ever sent a date of another step.
STEPS = Hand(
    number=9690,
    register="""
    person | scheme | from       | to         | exit  | exit_letter
    A      | S69A   | 2011-06-01 |            |       |             # no letter, due on 15 June
    B      | S69A   | 2011-09-16 |            |       |             # no letter, due on the last day of all
    C      | S69A   | 2011-09-17 |            |       |             # no letter, due the day after
    D      | S69A   | 2010-01-01 | 2010-09-30 | other |             # left a year before: too long ago
    E      | S69A   | 2010-01-01 | 2010-10-01 | other |             # left on the first day of the year
    F      | S69A   | 2009-01-01 | 2009-06-01 | other |             # no letter, that time
    F      | S69A   | 2011-01-01 |            |       |             # nor this, due on 15 January
    G      | S69A   | 2010-01-01 | 2011-02-01 | other |             # has come back: no letter on leaving
    G      | S69A   | 2011-05-01 |            |       |
    H      | S69A   | 2010-01-01 | 2011-03-01 | other |             # went to the next scheme: still to be told
    H      | S69B   | 2011-03-01 |            |       |             # no letter from that one
    I      | S69A   | 2011-01-01 |            |       |             # on two schemes: had this one's letter
    I      | S69B   | 2011-02-01 |            |       |             # and not this one's
    J      | S69A   | 2010-01-01 | 2011-04-01 | died  |
    L      | S69A   | 2011-01-01 |            |       |             # missed two appointments
    M      | S69A   | 2010-01-01 | 2011-09-16 | other |             # the letter on leaving is due on the last day
    N      | S69A   | 2010-01-01 | 2011-09-17 | other |             # due the day after
    O      | S69A   | 2010-01-01 | 2011-01-01 | other | 2011-03-01  # late, and done
    P      | S69A   | 2011-01-01 | 2011-10-10 | other |             # left after the end: still on it, no letter
    Q      | S69A   | 2011-10-01 |            |       |             # adopted after the end
    R      | S69A   | 2011-01-01 |            |       |             # the letter came after the end: not known yet
    S      | S69A   | 2011-01-01 | 2011-09-30 | other |             # the last day was the first off it
    T      | S69A   | 2011-01-01 |            |       |             # missed two, and two of the next order
    U      | S69A   | 2011-01-01 |            |       |             # missed two that were of no order
    """,
    milestones="""
    person | from       | police_flag | letter     | nominated
    A      | 2011-06-01 | 2011-07-01  |            |             # the flag late, and done
    B      | 2011-09-16 | 2011-09-20  |            |
    C      | 2011-09-17 | 2011-09-18  |            |
    E      | 2010-01-01 | 2010-01-02  | 2010-01-02 |
    F      | 2011-01-01 | 2011-01-02  |            |
    G      | 2010-01-01 | 2010-01-02  | 2010-01-02 |
    G      | 2011-05-01 | 2011-05-02  | 2011-05-02 |
    H      | 2010-01-01 | 2010-01-02  | 2010-01-02 |
    H      | 2011-03-01 | 2011-03-02  |            |
    I      | 2011-01-01 | 2011-01-02  | 2011-01-02 |
    I      | 2011-02-01 | 2011-02-02  |            |
    L      | 2011-01-01 | 2011-01-02  | 2011-01-02 |
    P      | 2011-01-01 | 2011-01-02  |            |
    R      | 2011-01-01 | 2011-01-02  | 2011-10-03 |
    T      | 2011-01-01 | 2011-01-02  | 2011-01-02 |
    U      | 2011-01-01 | 2011-01-02  | 2011-01-02 |
    Q      | 2011-10-01 |             |            | 2011-08-01  # not decided on in five weeks, and not yet on it
    """,
    contacts="""
    person | on         | kind   | outcome
    C      | 2011-09-20 | office | unacceptable_absence  # one
    L      | 2011-07-01 | office | unacceptable_absence
    L      | 2011-07-10 | office | unacceptable_absence  # the second: enforcement due on 20 July
    T      | 2011-07-02 | office | unacceptable_absence
    T      | 2011-07-11 | office | unacceptable_absence  # due on 21 July
    T      | 2011-09-01 | office | unacceptable_absence
    T      | 2011-09-05 | office | unacceptable_absence
    U      | 2011-07-02 | office | unacceptable_absence
    U      | 2011-07-11 | office | unacceptable_absence
    """,
    supervision="""
    person | from       | to         | breach
    C      | 2011-01-01 | 2011-12-31 | 2011-02-01  # somebody's was sent, so that L's is known not to be there
    L      | 2011-01-01 |            |
    T      | 2011-01-01 | 2011-07-31 |             # ended, and nothing was done
    T      | 2011-08-01 |            | 2011-09-08  # the next was enforced: that is another's failure
    U      | 2011-08-01 |            |             # began after them
    """,
)

OVERDUE = """
person | scheme | step        | from       | due        | overdue
E      | S69A   | exit_letter | 2010-10-01 | 2010-10-15 | 350
F      | S69A   | letter      | 2011-01-01 | 2011-01-15 | 258
P      | S69A   | letter      | 2011-01-01 | 2011-01-15 | 258
R      | S69A   | letter      | 2011-01-01 | 2011-01-15 | 258
I      | S69B   | letter      | 2011-02-01 | 2011-02-15 | 227
H      | S69A   | exit_letter | 2011-03-01 | 2011-03-15 | 199
H      | S69B   | letter      | 2011-03-01 | 2011-03-15 | 199
A      | S69A   | letter      | 2011-06-01 | 2011-06-15 | 107
L      | S69A   | enforcement | 2011-07-10 | 2011-07-20 | 72
T      | S69A   | enforcement | 2011-07-11 | 2011-07-21 | 71
B      | S69A   | letter      | 2011-09-16 | 2011-09-30 | 0
M      | S69A   | exit_letter | 2011-09-16 | 2011-09-30 | 0
"""

# Six thefts in the year to the month end meet the rule of six convictions in a year.
MEETS = "BKLNOPQRSTVXZ"

CANDIDATES = Hand(
    number=9695,
    register="""
    person | scheme | from       | to         | exit
    D      | S70A   | 2011-04-01 | 2011-06-01 | other  # was adopted after the nomination
    G      | S70B   | 2011-01-01 |            |
    K      | S70A   | 2008-01-01 | 2009-10-01 | other  # left on the first day of the 24 months
    L      | S70A   | 2008-01-01 | 2009-09-30 | other  # a day before them
    M      | S70A   | 2010-01-01 | 2011-05-01 | other  # met the rule a year before, and meets none now
    N      | S70A   | 2008-01-01 | 2010-01-01 | other  # went to the next scheme, and is on it
    N      | S70B   | 2010-01-01 |            |
    O      | S70A   | 2008-01-01 | 2010-05-01 | other  # left, and was nominated again
    P      | S70A   | 2010-01-01 | 2011-07-01 | died
    Q      | S70A   | 2009-01-01 | 2010-02-01 | other
    Q      | S70A   | 2010-06-01 | 2011-01-15 | other  # came back, and left for the second time
    S      | S70A   | 2008-01-01 | 2010-03-01 | other  # left two
    S      | S70B   | 2009-01-01 | 2011-02-01 | other
    T      | S70A   | 2010-01-01 | 2011-10-05 | other  # left after the end
    V      | S70A   | 2010-01-01 | 2011-09-10 | other  # left since the month end at which rules were read
    W      | S70B   | 2011-03-01 | 2011-05-01 | other  # another scheme's adoption does not decide this one's nomination
    X      | S70A   | 2009-01-01 | 2010-05-01 | other
    X      | S70A   | 2011-10-02 |            |        # came back after the end: not known yet
    Y      | S70A   | 2011-10-05 |            |        # was adopted after the end
    Z      | S70A   | 2011-06-01 | 2011-06-01 | other  # never on it
    """,
    nominations="""
    person | scheme | nominated  | decided    | decision
    A      | S70A   | 2011-08-01 |            |
    B      | S70A   | 2011-03-01 | 2011-03-20 | defer
    C      | S70A   | 2011-03-01 | 2011-03-20 | refuse
    D      | S70A   | 2011-03-01 |            |         # the adoption is the decision
    E      | S70A   | 2011-01-01 | 2011-01-20 | defer
    E      | S70A   | 2011-05-01 | 2011-05-20 | refuse  # the later one counts
    F      | S70A   | 2011-01-01 | 2011-01-20 | refuse
    F      | S70A   | 2011-06-01 |            |         # here too
    G      | S70A   | 2011-06-01 |            |         # is on another scheme
    H      | S70B   | 2011-07-01 |            |
    I      | S70A   | 2011-09-20 | 2011-10-05 | adopt   # decided after the end: not known yet
    J      | S70A   | 2011-10-03 |            |         # after the end
    O      | S70A   | 2011-08-15 |            |
    U      | S70A   | 2011-03-01 | 2011-03-20 |         # decided on, and nobody says how
    W      | S70A   | 2011-02-01 |            |
    Y      | S70A   | 2011-09-01 |            |
    Z      | S70A   | 2011-05-15 |            |
    """,
    offences="person | committed | proved\n"
    + "\n".join([f"{word} | 2011-05-01 | 2011-05-01" for word in MEETS * 6] + ["M | 2010-03-01 | 2010-03-01"] * 6),
)

WAITING = """
person | scheme | nominated  | decision | left       | rules
I      | S70A   | 2011-09-20 | awaited  |            |
Y      | S70A   | 2011-09-01 | awaited  |            |
O      | S70A   | 2011-08-15 | awaited  | 2010-05-01 | northumbria
A      | S70A   | 2011-08-01 | awaited  |            |
H      | S70B   | 2011-07-01 | awaited  |            |
F      | S70A   | 2011-06-01 | awaited  |            |
Z      | S70A   | 2011-05-15 | awaited  |            | northumbria
B      | S70A   | 2011-03-01 | deferred |            | northumbria
W      | S70A   | 2011-02-01 | awaited  |            |
V      | S70A   |            |          | 2011-09-10 | northumbria
S      | S70B   |            |          | 2011-02-01 | northumbria
Q      | S70A   |            |          | 2011-01-15 | northumbria
X      | S70A   |            |          | 2010-05-01 | northumbria
S      | S70A   |            |          | 2010-03-01 | northumbria
K      | S70A   |            |          | 2009-10-01 | northumbria
"""


@pytest.fixture(scope="module")
def road(tmp_path_factory) -> Road:
    files = worlds.merged([STEPS.files, CANDIDATES.files])
    covered = {name: ENDS for name in files if not name.startswith("reference/")}
    covered["probation/custody"] = RULES_ON
    return Road(files, tmp_path_factory.mktemp("worklists"), date(2011, 10, 31), covered)


def words(road: Road, hand: Hand) -> dict[int, str]:
    """Return the word of each person of one of the worlds, by their number."""
    return {number: hand.words[person] for number, person in road.people.items() if person in hand.words}


def overdue(road: Road, *schemes: str, only: str | None = None) -> list[tuple]:
    found = worklists.overdue_steps(road.warehouse, Viewer.manager(*schemes), only)
    assert found.as_at == ENDS
    named = words(road, STEPS)
    return [(named[person], scheme, *rest) for scheme, person, *rest in found.frame.rows()]


def candidates(road: Road, *schemes: str) -> list[tuple]:
    found = worklists.candidates(road.warehouse, Viewer.manager(*schemes))
    assert (found.as_at, found.rules_on) == (ENDS, RULES_ON)
    named = words(road, CANDIDATES)
    return [
        (named[row["person_id"]], row["scheme"], row["nominated_on"], row["decision"], row["left_on"], row["rules"])
        for row in found.frame.rows(named=True)
    ]


def expected_overdue(*schemes: str) -> list[tuple]:
    return [
        (row["person"], row["scheme"], row["step"], day(row["from"]), day(row["due"]), int(row["overdue"] or 0))
        for row in table(OVERDUE)
        if row["scheme"] in schemes
    ]


def expected_candidates(*schemes: str) -> list[tuple]:
    return [
        (row["person"], row["scheme"], day(row["nominated"]), row["decision"], day(row["left"]),
         [row["rules"]] if row["rules"] else [])
        for row in table(WAITING)
        if row["scheme"] in schemes
    ]  # fmt: skip


@pytest.mark.parametrize("schemes", [("S69A",), ("S69B",), ("S69A", "S69B")])
def test_steps_overdue_are_those_due_and_not_done_of_people_still_there(road, schemes):
    """With what each counts from, the day it was due, and days from then to the end."""
    found = overdue(road, *schemes)
    # Of one day, people come by their numbers, which mean nothing.
    assert sorted(found) == sorted(expected_overdue(*schemes))
    assert [row[4] for row in found] == [row[4] for row in expected_overdue(*schemes)]


def test_one_of_two_schemes_can_be_asked_for(road):
    assert overdue(road, "S69A", "S69B", only="S69B") == overdue(road, "S69B")


@pytest.mark.parametrize("schemes", [("S70A",), ("S70B",), ("S70A", "S70B")])
def test_candidates_are_those_nobody_decided_on_and_those_who_left_and_meet_a_rule(road, schemes):
    assert candidates(road, *schemes) == expected_candidates(*schemes)


def test_somebody_of_another_schemes_list_is_counted_once(road):
    """S left two schemes, and is one person on two rows."""
    found = worklists.candidates(road.warehouse, Viewer.manager("S70A", "S70B"))
    assert (found.frame.height, found.people) == (15, 14)


def test_a_list_that_nobody_is_on_is_empty(road):
    assert overdue(road, "S71A") == [] == candidates(road, "S69B")
