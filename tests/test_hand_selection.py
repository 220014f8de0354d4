"""Who meets which selection rule at a month end (A3), worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

from tests.asked import in_both
from tests.hand import Hand
from tests.road import Road

BURGLARY = "TH68036"
JUNE = date(2009, 6, 30)


def offences(*rows: str) -> str:
    """A pipe table of offences: `person day times code outcome`, one row for each time."""
    lines = ["person | committed | proved | code | outcome"]
    for row in rows:
        person, on, times, code, *rest = row.split()
        code = {"theft": "", "burglary": BURGLARY}[code]
        lines += [f"{person} | {on} | {on} | {code} | {' '.join(rest)}"] * int(times)
    return "\n".join(lines)


RULES = Hand(
    number=9650,
    people="""
    person | born
    L      | 1991-06-30
    M      | 1991-07-01
    """,
    register="""
    person | scheme | from       | to         | exit  | resident
    A      | S65A   | 2009-01-01 |            |       |
    B      | S65A   | 2009-01-01 |            |       |
    H      | S65A   | 2009-01-01 | 2009-06-30 | other |           # the first day out is the month end
    N      | S65A   | 2009-01-01 |            |       | N
    O      | S65A   | 2009-01-01 | 2009-03-01 | other | N         # is no longer on it
    P      | S65A   | 2008-01-01 |            |       |
    P      | S65B   | 2009-01-01 |            |       |           # on two: the later one in totals
    """,
    offences=offences(
        "A 2008-07-01 1 theft",  # the first day of the twelve months to 30 June 2009
        "A 2009-06-30 5 theft",  # the last
        "B 2008-06-30 1 theft",  # a day before them: five in the year
        "B 2009-06-30 5 theft",
        "C 2009-01-10 5 theft",
        "C 2009-01-10 1 theft caution",  # no conviction
        "D 2008-02-29 1 theft",  # in the twelve months to 28 February 2009, whose first day is 29 February 2008
        "D 2009-02-28 5 theft",
        "E 2008-06-30 1 theft",  # in the twelve months to the sixth, and not in those to the month end
        "E 2009-06-01 5 theft",
        "H 2009-02-01 6 theft",
        "K 2007-07-01 1 burglary",  # the first day of the 24 months to 30 June 2009
        "K 2008-07-01 2 theft",
        "L 2009-01-10 6 burglary",  # 18 on the day
        "M 2009-01-10 6 burglary",  # 18 the day after
        "N 2009-01-10 6 burglary",  # not a resident
        "O 2009-01-10 6 burglary",
        "P 2009-01-10 6 burglary",
        "Q 2009-01-10 6 theft",  # none of the kinds listed
        "R 2007-06-30 1 burglary",  # of the kinds listed, but before the 24 months
        "R 2009-01-10 6 theft",
        "S 2009-01-10 1 burglary",
        "S 2009-01-11 4 theft",
    ),
    indications="""
    person | on         | reliable
    K      | 2009-06-30 |
    K      | 2009-05-30 |
    K      | 2009-05-29 |           # with three convictions: six
    S      | 2009-05-30 | N         # not reliable: five
    """,
)

RELEASES = Hand(
    number=9660,
    register="""
    person | scheme | from
    A      | S66A   | 2009-01-01
    """,
    custody="""
    person | in         | out        | reason    | release
    A      | 2009-05-01 | 2009-06-30 | sentenced | sentence_end  # out on the month end
    B      | 2008-05-01 | 2008-07-01 | sentenced | sentence_end  # the first day of the twelve months
    C      | 2008-05-01 | 2008-06-30 | sentenced | sentence_end  # a day before them
    D      | 2009-01-01 | 2009-03-01 | sentenced | sentence_end  # a sentence of twelve months
    E      | 2009-01-01 | 2009-03-01 | sentenced | sentence_end  # under a licence by the month end
    F      | 2009-01-01 | 2009-03-01 | sentenced | sentence_end  # back in custody at the month end
    F      | 2009-06-30 |            | remand    |
    G      | 2009-01-01 | 2009-03-01 | sentenced | licence       # released on licence
    H      | 2009-01-01 | 2009-03-01 | sentenced | sentence_end  # a sentence of no known length
    J      | 2009-01-01 | 2009-03-01 | remand    | sentence_end  # not admitted as sentenced
    K      | 2009-01-01 | 2009-03-01 | sentenced | sentence_end  # the licence ended the day before the month end
    """,
    offences="""
    person | committed  | proved     | disposal | days
    A      | 2009-04-01 | 2009-05-01 | custody  | 120
    B      | 2008-04-01 | 2008-05-01 | custody  | 120
    C      | 2008-04-01 | 2008-05-01 | custody  | 120
    D      | 2008-12-01 | 2009-01-01 | custody  | 60
    D      | 2008-12-01 | 2009-01-01 | custody  | 365   # twelve months to the day
    E      | 2008-12-01 | 2009-01-01 | custody  | 120
    F      | 2008-12-01 | 2009-01-01 | custody  | 120
    G      | 2008-12-01 | 2009-01-01 | custody  | 120
    H      | 2008-12-01 | 2009-01-01 | custody  |
    J      | 2008-12-01 | 2009-01-01 | custody  | 120
    K      | 2008-12-01 | 2009-01-01 | custody  | 364
    K      | 2008-12-01 | 2009-03-01 | custody  | 900   # sentenced on the day of release: another stay's
    """,
    supervision="""
    person | from       | to
    E      | 2009-06-30 |
    K      | 2009-03-01 | 2009-06-29
    """,
)

# The first month end of the build is that of the adoption, 31 January 2008, and its last 30 September 2011.
BIRTHS = Hand(
    number=9652,
    people="""
    person | born
    A      | 1970-05-05       # long 18
    B      | 1990-01-31       # 18 on the first month end
    C      | 1990-02-01
    D      | 1992-02-29       # 18 on 1 March 2010
    E      | 1993-09-30       # 18 on the last month end
    F      | 1993-10-01       # 18 a day after it
    """,
    register="""
    person | scheme | from       | to | exit
    A      | S66A   | 2008-01-10 |    |
    """,
)

answers = in_both([RULES, RELEASES], date(2011, 9, 30))


def meeting(answers, hand, rule, day=JUNE):
    return sorted({unit["word"] for unit in answers.units(hand, "selection_rule_met", rule=rule, date=day)})


def test_northumbria_asks_for_six_convictions_in_the_last_twelve_months(answers):
    assert meeting(answers, RULES, "northumbria") == ["A", "H", "L", "M", "N", "O", "P", "Q", "R"]
    assert meeting(answers, RULES, "northumbria", date(2009, 5, 31)) == ["H", "L", "M", "N", "O", "P", "Q", "R"]


def test_a_window_of_twelve_months_to_the_end_of_february(answers):
    assert "D" in meeting(answers, RULES, "northumbria", date(2009, 2, 28))
    assert "D" not in meeting(answers, RULES, "northumbria", date(2009, 3, 31))


def test_a_rule_is_met_for_as_long_as_six_are_in_the_window(answers):
    """L's six, all of 10 January 2009, are in it up to the month end before 10 January 2010."""
    months = [unit["date"] for unit in answers.units(RULES, "selection_rule_met", rule="northumbria", word="L")]
    assert (min(months), max(months), len(months)) == (date(2009, 1, 31), date(2009, 12, 31), 12)


def test_london_asks_for_adults_six_indications_and_an_offence_of_the_kinds_listed(answers):
    """K by intelligence, L from the birthday on; O's scheme, which he has left, no longer says where he lives."""
    assert meeting(answers, RULES, "london") == ["K", "L", "O", "P"]
    assert "M" in meeting(answers, RULES, "london", date(2009, 7, 31))
    assert "K" not in meeting(answers, RULES, "london", date(2009, 7, 31))  # the burglary is too long ago


def test_released_from_a_short_sentence_without_supervision(answers):
    assert meeting(answers, RELEASES, "released_unsupervised") == ["A", "B", "K"]
    assert meeting(answers, RELEASES, "released_unsupervised", date(2009, 5, 31)) == ["B", "C", "E", "F"]


def test_on_a_scheme_and_off_any(answers):
    found = sorted(
        (unit["word"], unit["scheme"], unit["ppo"], unit["strand"], unit["main"])
        for unit in answers.units(RULES, "selection_rule_met", rule="northumbria", date=JUNE)
        if unit["word"] in "AHP"
    )
    assert found == [
        ("A", "S65A", "yes", "catch_and_convict", True),
        ("H", "none", "no", "none", True),
        ("P", "S65A", "yes", "catch_and_convict", False),
        ("P", "S65B", "yes", "catch_and_convict", True),
    ]


def test_people_are_counted_once_in_totals_under_each_rule(answers):
    rows = answers.figure("selection_rule_met", as_at=JUNE)
    assert {row["rule"]: row["value"] for row in rows} == {"london": 4, "northumbria": 9, "released_unsupervised": 3}
    rows = answers.figure("selection_rule_met", as_at=JUNE, by=("ppo",))
    assert {(row["rule"], row["ppo"]): row["value"] for row in rows} == {
        ("london", "yes"): 1,
        ("london", "no"): 3,
        ("northumbria", "yes"): 3,
        ("northumbria", "no"): 6,
        ("released_unsupervised", "yes"): 1,
        ("released_unsupervised", "no"): 2,
    }


def test_the_day_before_a_month_end_is_not_asked_about(answers):
    days = {unit["date"] for unit in answers.units(RULES, "selection_rule_met")}
    assert all((day + timedelta(days=1)).day == 1 for day in days)


def test_when_somebody_was_born_is_told_of_nobody_who_was_an_adult_or_a_child_throughout(tmp_path):
    road = Road(BIRTHS.files, tmp_path, date(2011, 9, 30))
    rows = road.warehouse.query("select person_id, eighteen_in from people").iter_rows()
    found = {BIRTHS.words[road.people[person]]: month for person, month in rows}
    assert found == {"A": "2008-01", "B": "2008-01", "C": "2008-02", "D": "2010-03", "E": "2011-09", "F": None}
