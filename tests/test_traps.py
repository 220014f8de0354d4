"""The traps that a naive implementation falls into, each with the smallest world that shows it.

Every test is asked twice: of the oracle, which follows the definitions, and of the road, which builds the
same rows as an extracts folder. The comment on a row says why it must not count, or why it must although it
looks as if it should not. All the worlds share one build, told apart by their people and schemes.
"""

from __future__ import annotations

import copy
from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests import oracle, worlds
from tests.hand import Hand
from tests.road import Road

EXTRACT_DATE = date(2011, 9, 30)
HANDS: dict[int, Hand] = {}


def world(trap: int, **tables: str) -> Hand:
    HANDS[trap] = Hand(number=9000 + trap, **tables)
    return HANDS[trap]


class FromOracle:
    """The oracle's answers, by the words of the pipe tables."""

    def __init__(self, files):
        self.world = oracle.World(files, EXTRACT_DATE)

    def units(self, measure):
        return oracle.units(self.world, measure)

    def caseload(self, day):
        return oracle.caseload_rows(self.world, day)

    def figure(self, measure, **how):
        return oracle.figure(self.world, measure, **how)

    def maturity(self, measure):
        return {label: oracle.maturity(self.world, measure, label) for label in ("2008/09", "2009/10", "2010/11")}


class FromRoad:
    """The road's answers, in the same shape."""

    def __init__(self, files, folder):
        self.road = Road(files, folder, EXTRACT_DATE)

    def units(self, measure):
        return self.road.units(measure)

    def caseload(self, day):
        return [row for row in self.road.units("caseload") if row["date"] == day]

    def figure(self, measure, **how):
        return self.road.figure(measure, **how)

    def maturity(self, measure):
        return self.road.maturity(measure)


@pytest.fixture(scope="module", params=["oracle", "road"])
def answers(request, tmp_path_factory):
    if request.param == "oracle":
        return FromOracle(worlds.merged([hand.files for hand in HANDS.values()]))
    sent = worlds.merged([getattr(hand, "sent", hand.files) for hand in HANDS.values()])
    return FromRoad(sent, tmp_path_factory.mktemp("traps"))


def units(answers, trap: int, measure: str, period: str | None = None) -> dict:
    """The units of one trap's people, by their word; a list of them for people with several."""
    words = HANDS[trap].words
    found: dict = {}
    for unit in answers.units(measure):
        if unit["person"] in words and period in (None, unit["period"]):
            found.setdefault(words[unit["person"]], []).append(unit)
    return found


def each(answers, trap: int, measure: str, column: str, period: str | None = None) -> dict:
    """One column of the units of one trap's people; a person must have one unit and no more."""
    found = units(answers, trap, measure, period)
    assert all(len(several) == 1 for several in found.values())
    return {word: several[0][column] for word, several in found.items()}


def caseload(answers, trap: int, day: date, column: str) -> dict:
    words = HANDS[trap].words
    return {words[r["person"]]: r[column] for r in answers.caseload(day) if r["person"] in words and r["main"]}


def counts(rows) -> tuple:
    (row,) = rows
    return row["numerator"], row["denominator"]


# --- 1 ---------------------------------------------------------------------------------------------------

world(
    1,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2009-04-10 | caution
    A      | 2009-05-10 | 2010-10-10 |          # 17 months to prove it, and in time
    B      |            | 2009-04-10 | caution
    B      | 2009-05-10 | 2010-10-11 |          # a day after 18 months from the index date: too late
    C      |            | 2009-04-10 | caution
    C      | 2010-04-10 | 2010-10-10 |          # committed and proved on the last days of all
    D      |            | 2009-04-10 | caution
    D      | 2010-04-11 | 2010-04-11 |          # a day after the year: too late
    E      |            | 2009-04-10 | caution
    E      | 2009-04-10 | 2009-04-10 |          # on the index day, not after it
    F      |            | 2009-04-10 | caution
    F      | 2009-04-11 | 2009-04-11 |          # the first day after
    """,
)


def test_01_the_waiting_period_hangs_on_the_index_date_not_on_the_offence(answers):
    expected = {"A": 1, "B": 0, "C": 1, "D": 0, "E": 0, "F": 1}
    assert each(answers, 1, "reoffending_rate", "reoffences", "2009/10") == expected


# --- 2 ---------------------------------------------------------------------------------------------------

world(
    2,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2009-05-01 | caution
    A      | 2009-04-20 | 2009-08-01 |          # done before, convicted in the year: a pseudo-reconviction
    B      |            | 2009-05-01 | caution
    B      | 2010-04-20 | 2010-09-01 |          # done in the year, convicted after it
    """,
)


def test_02_the_offence_date_decides_whether_it_was_in_the_year(answers):
    assert each(answers, 2, "reoffending_rate", "reoffences", "2009/10") == {"A": 0, "B": 1}


# --- 3 ---------------------------------------------------------------------------------------------------


def test_03_a_cohort_is_not_final_until_18_months_after_its_last_day(answers):
    # The naive form calls 2010/11 final because it is over: cover of its 18 months ends in September 2012.
    states = answers.maturity("reoffending_rate")
    assert (states["2009/10"], states["2010/11"]) == ("final", "immature")


@pytest.mark.parametrize(
    ("covered_to", "state"),
    [
        (date(2011, 9, 30), "final"),
        (date(2011, 9, 29), "provisional"),
        (date(2011, 3, 31), "provisional"),
        (date(2011, 3, 30), "immature"),
    ],
)
def test_03_to_the_day(tmp_path, covered_to, state):
    # Thirty people, so that only maturity can take a value away. Coverage of one file that is read is enough.
    rows = "\n".join(f"P{number} | 2009-04-10 | caution" for number in range(30))
    hand = Hand(offences=f"person | proved | outcome\n{rows}")
    coverage = {"probation/custody": covered_to}
    expected = oracle.World(hand.files, date(2012, 1, 31), coverage)
    road = Road(hand.files, tmp_path, date(2012, 1, 31), coverage)
    (row,) = road.figure("reoffending_rate", period="2009/10")
    assert oracle.maturity(expected, "reoffending_rate", "2009/10") == state
    assert road.maturity("reoffending_rate")["2009/10"] == state
    assert row["status"] == {"final": "ok"}.get(state, state)
    assert (row["value"] is None) == (state == "immature")


# --- 4 ---------------------------------------------------------------------------------------------------

world(
    4,
    offences="""
    person | committed  | arrested   | charged    | proved     | outcome
    A      |            |            |            | 2009-05-01 | caution
    A      | 2009-06-01 | 2009-06-01 | 2009-06-02 |            | pending       # charged, not proved
    A      | 2009-06-01 | 2009-06-01 | 2009-06-02 | 2009-09-01 | acquitted
    A      | 2009-06-01 | 2009-06-01 | 2009-06-02 | 2009-09-01 | discontinued
    A      | 2009-06-01 | 2009-06-01 |            | 2009-09-01 | tic           # admitted: a switch
    B      |            |            |            | 2009-05-01 | caution
    B      | 2009-06-01 | 2009-06-01 | 2009-06-02 | 2009-09-01 |               # three at one hearing
    B      | 2009-06-02 | 2009-06-02 | 2009-06-02 | 2009-09-01 |
    B      | 2009-06-02 | 2009-06-02 | 2009-06-02 | 2009-09-01 |
    B      | 2009-07-01 |            |            | 2009-07-01 | warning
    """,
)


def test_04_offences_are_counted_not_arrests_charges_convictions_or_occasions(answers):
    assert each(answers, 4, "reoffending_rate", "reoffences", "2009/10") == {"A": 0, "B": 4}


# --- 5 ---------------------------------------------------------------------------------------------------

world(
    5,
    offences="""
    person | proved     | outcome
    A      | 2009-05-01 | caution
    A      | 2009-04-02 |
    A      | 2009-11-01 | caution
    A      | 2010-04-01 | caution    # the first day of the next period: a unit of that one
    A      | 2010-03-31 | caution
    """,
)


def test_05_one_row_per_person_and_period_at_the_first_event(answers):
    found = [(u["period"], u["date"]) for u in units(answers, 5, "reoffending_rate")["A"]]
    assert sorted(found) == [("2009/10", date(2009, 4, 2)), ("2010/11", date(2010, 4, 1))]


# --- 6 ---------------------------------------------------------------------------------------------------

world(
    6,
    offences="""
    person | committed  | proved     | outcome | category | recordable | code
    A      |            | 2009-05-01 | caution |          |            |
    A      | 2009-06-01 | 2009-07-01 |         | CB       | Y          | CJ03510   # recordable, no offence
    B      |            | 2009-05-01 | caution |          |            |
    B      | 2009-06-01 | 2009-07-01 |         | CE       | Y          | CJ03510   # an offence by category
    C      |            | 2009-05-01 | caution |          |            |
    C      | 2009-06-01 | 2009-07-01 |         | CS       | N          |           # not recordable
    D      |            | 2009-05-01 |         | CB       | Y          | CJ03510   # nor is it an index event
    """,
)


def test_06_breaches_are_told_by_category_code(answers):
    assert each(answers, 6, "reoffending_rate", "reoffences", "2009/10") == {"A": 0, "B": 1, "C": 0}


# --- 7 ---------------------------------------------------------------------------------------------------

world(
    7,
    register="""
    person | scheme | from
    A      | T07    | 2009-01-01
    B      | T07    | 2009-01-01
    """,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2009-05-01 | caution
    A      | 2009-06-01 | 2009-07-01 |
    A      | 2009-06-02 | 2009-07-01 |
    A      | 2009-06-03 | 2009-07-01 |
    B      |            | 2009-05-01 | caution
    """,
)


def test_07_per_reoffender_and_per_offender_have_different_denominators(answers):
    how = {"where": {"scheme": "T07"}, "period": "2009/10"}
    assert counts(answers.figure("reoffences_per_reoffender", **how)) == (3, 1)
    assert counts(answers.figure("reoffences_per_offender", **how)) == (3, 2)
    assert counts(answers.figure("reoffending_rate", **how)) == (1, 2)


# --- 8 ---------------------------------------------------------------------------------------------------

_PEOPLE = [f"P{number}" for number in range(31)]
world(
    8,
    register="person | scheme | from\n" + "\n".join(f"{p} | T08 | 2008-01-01" for p in _PEOPLE),
    offences="person | committed | proved | outcome\n"
    + "\n".join(f"{p} |  | {day} | caution" for p in _PEOPLE for day in ("2008-05-01", "2009-05-02"))
    + "\n"
    + "\n".join(f"{p} | 2008-06-01 | 2008-06-01 |" for p in _PEOPLE[:20])
    + "\n"
    + "\n".join(f"{p} | 2009-06-01 | 2009-06-01 |" for p in _PEOPLE[:19]),
)


def test_08_rates_are_not_rounded_so_that_a_change_can_be_taken_before_rounding(answers):
    # 64.5% less 61.3% is 3.2; the change is 1/31, which is 3.2258 and not 3.2.
    rows = answers.figure("reoffending_rate", where={"scheme": "T08"}, by=("period",), period="each")
    rates = {row["period"]: row["value"] for row in rows}
    assert rates["2008/09"] == 20 / 31
    assert rates["2009/10"] == 19 / 31
    assert rates["2008/09"] - rates["2009/10"] == pytest.approx(float(Fraction(1, 31)), abs=1e-15)


# --- 9 ---------------------------------------------------------------------------------------------------

world(
    9,
    schemes="""
    scheme | area
    T09A   | Nine
    T09B   | Nine
    """,
    register="""
    person | scheme | from
    A      | T09A   | 2009-01-01
    B      | T09B   | 2009-01-01
    C      | T09B   | 2009-01-01
    D      | T09B   | 2009-01-01
    """,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2009-05-01 | caution
    A      | 2009-06-01 | 2009-07-01 |
    B      |            | 2009-05-01 | caution
    B      | 2009-06-01 | 2009-07-01 |
    C      |            | 2009-05-01 | caution
    D      |            | 2008-05-01 | caution
    D      |            | 2009-05-02 | caution   # a day after D's year: not a re-offence as well
    """,
)


def test_09_a_total_is_a_sum_over_a_sum_never_a_mean_of_rates(answers):
    # The mean of 1 of 1 and 1 of 3 is 67%; the rate is 2 of 4.
    how = {"where": {"area": "Nine"}}
    assert counts(answers.figure("reoffending_rate", period="2009/10", **how)) == (2, 4)
    # Pooled over periods: 0 of 1 and 2 of 4 make 2 of 5, and of four people.
    (row,) = answers.figure("reoffending_rate", period="all", **how)
    assert (row["numerator"], row["denominator"], row["n"]) == (2, 5, 4)


def test_09_periods_of_three_months_are_refused_by_name(tmp_path):
    from queries.unit_rows import Cohort, UnknownCohort

    with pytest.raises(UnknownCohort, match="three-month cohort is another series"):
        Cohort.named("quarter")


# --- 10 --------------------------------------------------------------------------------------------------

_LISTED = [f"P{number}" for number in range(40)]
world(
    10,
    register="person | scheme | from\n" + "\n".join(f"{p} | T10 | 2008-12-01" for p in _LISTED),
    offences="person | committed | proved\n"
    + "\n".join(
        f"{p} | {day} | {day}"
        for p in _LISTED
        for day in (
            *("2007-12-01", "2008-06-01"),  # the baseline year, to September 2008
            *("2008-10-01", "2008-11-01", "2008-11-02", "2009-03-31"),  # the months in which they were chosen
        )
    )
    + "\n"
    + "\n".join(f"{p} | {day} | {day}" for p in _LISTED[:10] for day in ("2009-05-01", "2009-06-01", "2010-03-31")),
)


def test_10_ni30_is_a_change_in_volume_from_a_baseline_with_a_gap_not_a_share_of_people(answers):
    # 30 offences after 80 is 62.5% fewer. Ten of forty re-offended; the year just before had 160 offences and more.
    how = {"where": {"scheme": "T10"}, "period": "2009/10"}
    (row,) = answers.figure("ni30_change", **how)
    assert (row["numerator"], row["denominator"], row["n"], row["status"]) == (30, 80, 40, "ok")
    assert row["value"] == pytest.approx(30 / 80 - 1)
    (row,) = answers.figure("ni30_reoffending_rate", **how)
    assert (row["numerator"], row["denominator"], row["value"]) == (10, 40, 0.25)


# --- 11 --------------------------------------------------------------------------------------------------

world(
    11,
    register="""
    person | scheme | from
    A      | T11    | 2009-01-01
    B      | T11    | 2009-01-01
    """,
    offences="""
    person | committed  | proved     | sentenced  | outcome | disposal | days
    A      |            | 2009-05-01 |            | caution |          |
    B      | 2008-06-01 | 2008-07-01 | 2008-07-01 |         | custody  | 2000
    """,
    custody="""
    person | in         | out
    B      | 2008-07-01 |
    """,
)


def test_11_the_caseload_is_not_the_cohort(answers):
    # B is in prison all year: on the caseload, and never an offender of the period.
    assert set(caseload(answers, 11, date(2009, 6, 30), "scheme")) == {"A", "B"}
    assert set(units(answers, 11, "reoffending_rate", "2009/10")) == {"A"}


def test_11_a_fixed_cohort_is_the_list_on_a_day_with_those_in_prison(answers):
    # Two rates of two cohorts, which are not to be compared: by an event, and by being on the list.
    assert set(units(answers, 11, "ni30_reoffending_rate", "2009/10")) == {"A", "B"}


# --- 12 --------------------------------------------------------------------------------------------------

_CHOSEN = [f"P{number}" for number in range(30)]
world(
    12,
    register="person | scheme | from\n" + "\n".join(f"{p} | T12 | 2009-04-01" for p in _CHOSEN),
    offences="person | committed | proved\n"
    + "\n".join(
        f"{p} | 2008-01-01 | {day}"
        for p in _CHOSEN
        for day in (
            *("2008-06-01", "2009-03-01", "2009-03-15"),  # before: 3, two of them in the month before
            *("2009-04-15", "2009-12-01"),  # after: 2, one of them in the first month
        )
    )
    + "\n"
    + "\n".join(f"{p} | 2008-01-01 | 2010-07-01" for p in _CHOSEN[:12]),  # after, in month 15
)


def test_12_a_change_in_totals_is_not_a_change_in_the_level(answers):
    # 90 before and 72 after: a fifth fewer. By month: 3 a person about the start, and 12 in all about month 15.
    how = {"where": {"scheme": "T12"}, "period": "2009/10"}
    (row,) = answers.figure("convictions_before_after", **how)
    assert (row["numerator"], row["denominator"], row["value"]) == (72, 90, pytest.approx(-0.2))
    (row,) = answers.figure("conviction_level_change", **how)
    assert (row["numerator"], row["denominator"], row["value"]) == (12, 90, pytest.approx(12 / 90 - 1))


# --- 13 and 14 -------------------------------------------------------------------------------------------

world(
    13,
    register="""
    person | scheme | from       | to         | exit              | strand
    A      | T13    | 2008-01-01 | 2009-06-01 | reduced_offending |    # removed, and stays in the cohort
    B      | T13    | 2010-06-01 |            |                   |    # came later: not one in 2009/10
    C      | T13    | 2008-01-01 | 2009-04-01 | moved_area        |    # first day out: no day of the period
    D      | T13    | 2008-01-01 | 2009-04-02 | moved_area        |    # one day of the period
    E      | T13    | 2010-03-31 |            |                   |
    F      | T13    | 2010-04-01 |            |                   |
    G      | T13    | 2008-01-01 |            |                   | prevent_and_deter  # a switch
    H      | T13    | 2009-05-01 | 2009-05-01 | other             |    # no length: overlaps nothing
    I      | T13    | 2008-01-01 |            |                   |
    """,
    offences="\n".join(["person | proved | outcome"] + [f"{person} | 2009-09-01 | caution" for person in "ABCDEFGHI"]),
)


def test_13_people_removed_from_the_scheme_stay_in_the_cohort_they_entered(answers):
    found = each(answers, 13, "reoffending_rate", "ppo", "2009/10")
    assert (found["A"], found["B"]) == ("yes", "no")


def test_13_people_removed_since_the_list_was_fixed_stay_in_its_cohort(answers):
    # On the list of 1 February 2009: A left in June, and C and D as the year began. B, E, F and H came later.
    assert set(units(answers, 13, "ni30_change", "2009/10")) == set("ACDI")


def test_13_before_and_after_is_about_everybody_who_was_adopted(answers):
    # Gone or not: those still on the scheme are the ones it did not let go for good behaviour.
    adopted = units(answers, 13, "conviction_timeline")
    assert set(adopted) == set("ABCDEFI")


def test_14_ppo_is_an_overlap_of_dated_spans_with_the_period(answers):
    assert each(answers, 13, "reoffending_rate", "ppo", "2009/10") == {
        "A": "yes",
        "B": "no",
        "C": "no",
        "D": "yes",
        "E": "yes",
        "F": "no",
        "G": "no",
        "H": "no",
        "I": "yes",
    }


def test_14_the_scheme_is_the_one_on_the_day_or_the_next_in_the_period(answers):
    expected = dict.fromkeys("ABCDFH", "none") | dict.fromkeys("EGI", "T13")
    assert each(answers, 13, "reoffending_rate", "scheme", "2009/10") == expected


# --- 15 --------------------------------------------------------------------------------------------------

world(
    15,
    custody="""
    person | in         | reason       | out        | release
    A      | 2009-04-10 | remand       | 2009-05-01 | transfer           # sentenced the same day: one stay
    A      | 2009-05-01 | sentenced    | 2009-06-01 | court
    A      | 2009-06-03 | other        | 2009-08-01 | licence            # two days later: still one stay
    B      | 2009-04-10 | sentenced    | 2009-06-01 | transfer           # not a release
    B      | 2009-06-04 | sentenced    | 2009-08-01 | sentence_end       # three days later: another stay
    C      | 2009-04-10 | remand       | 2009-05-01 | bail
    D      | 2009-04-10 | remand       | 2009-05-01 | acquitted
    E      | 2009-04-10 | sentenced    | 2009-05-01 | escape
    F      | 2009-04-10 | sentenced    | 2009-05-01 | died
    G      | 2009-04-10 | recall       | 2009-05-01 | licence            # a release after recall: a switch
    H      | 2009-04-10 | fine_default | 2009-05-01 | sentence_end
    I      | 2009-04-10 | sentenced    | 2009-05-01 | temporary_absence
    I      | 2009-05-02 | sentenced    | 2009-07-01 | hdc                # back, then home on a curfew
    J      | 2009-04-10 | sentenced    | 2009-05-01 | merge
    K      | 2009-04-10 | recall       | 2009-05-01 | transfer
    K      | 2009-05-01 | sentenced    | 2009-09-01 | licence            # sentenced while recalled
    L      | 2009-04-10 | remand       | 2009-09-01 | licence            # served on remand
    M      | 2009-04-10 | sentenced    | 2009-05-01 | licence
    M      | 2009-04-20 | recall       | 2009-06-01 | sentence_end       # overlaps: one stay
    N      | 2009-04-10 | sentenced    |            |
    """,
)


def test_15_only_the_end_of_a_sentence_is_an_index_release(answers):
    found = units(answers, 15, "reoffending_rate", "2009/10")
    assert {word: [u["date"] for u in several] for word, several in found.items()} == {
        "A": [date(2009, 8, 1)],
        "B": [date(2009, 8, 1)],
        "I": [date(2009, 7, 1)],
        "K": [date(2009, 9, 1)],
        "L": [date(2009, 9, 1)],
        "M": [date(2009, 6, 1)],
    }


world(
    150,
    offences="""
    person | proved     | sentenced  | disposal | days | code
    A      | 2009-01-05 | 2009-02-02 | custody  | 90   | TH68036
    A      | 2009-02-02 |            | custody  | 400  | TH68023   # the longer of the two sentenced that day
    A      | 2009-02-02 |            | custody  | 400  | TH68036   # as long, and the higher code: not the principal
    A      | 2008-11-01 |            | custody  | 900  | TH68007   # longer still, and not the latest sentence
    A      | 2009-06-01 | 2009-07-02 | custody  | 900  | CJ88001   # sentenced after the release
    """,
    custody="""
    person | in         | out        | release
    A      | 2009-02-02 | 2009-07-01 | licence
    """,
)


def test_15_the_offence_behind_a_release_is_the_principal_of_the_latest_sentence(answers):
    assert each(answers, 150, "reoffending_rate", "offence_group", "2009/10") == {"A": "robbery"}


# --- 16 --------------------------------------------------------------------------------------------------

world(
    16,
    register="""
    person | scheme | from       | to         | exit
    A      | T16    | 2009-01-01 |            |
    B      | T16    | 2009-01-01 |            |
    C      | T16    | 2009-01-01 |            |
    D      | T16    | 2009-01-01 |            |
    E      | T16    | 2009-01-01 |            |
    F      | T16    | 2009-01-01 |            |
    G      | T16    | 2009-01-01 |            |
    """,
    custody="""
    person | in         | out        | release | by
    A      | 2009-05-01 | 2009-06-30 | licence |        # first day out: in the community on it
    B      | 2009-05-01 | 2009-07-01 | licence |
    C      | 2009-05-01 | 2009-06-01 | died    |
    D      | 2009-05-01 | 2009-06-01 | escape  |
    E      | 2009-05-01 | 2009-06-01 | escape  |
    E      | 2009-06-10 | 2009-06-20 | licence |        # found again, and released
    G      | 2009-05-01 | 2009-06-01 | bail    | pnc    # no probation record, but a custody row
    """,
)


def test_16_places_partition_the_people_on_the_scheme(answers):
    assert caseload(answers, 16, date(2009, 6, 30), "place") == {
        "A": "community",
        "B": "custody",
        "C": "elsewhere",
        "D": "elsewhere",
        "E": "community",
        "F": "not_known",
        "G": "community",
    }
    cells = answers.figure("scheme_profile", where={"scheme": "T16"}, as_at=date(2009, 6, 30))
    everyone = {cell["row"]: cell["value"] for cell in cells if cell["column"] == "all"}
    assert everyone["total"] == 7
    for parts in (
        ("in_community", "in_custody", "elsewhere", "place_not_known"),
        ("male", "female", "sex_not_known"),
        ("statutory", "non_statutory", "statutory_not_known"),
    ):
        assert sum(everyone[part] for part in parts) == 7
    # The share is of people in custody or the community, not of the total.
    shares = answers.figure("custody_share", where={"scheme": "T16"}, as_at=date(2009, 6, 30))
    assert counts(shares) == (1, 4)


# --- 17 --------------------------------------------------------------------------------------------------

world(
    17,
    register="""
    person | scheme | from
    A      | T17    | 2008-01-01
    B      | T17    | 2008-01-01
    C      | T17    | 2008-01-01
    D      | T17    | 2008-01-01
    """,
    offences="""
    person | committed  | arrested   | proved     | sentenced  | court | outcome
    A      | 2009-05-01 | 2009-05-01 | 2009-05-11 |            | MC    |           # 10 days
    B      | 2009-05-01 | 2009-05-01 | 2009-05-11 | 2009-05-21 | MC    |           # 20: to the sentence
    C      | 2009-05-01 | 2009-05-01 | 2010-03-27 |            | CC    |           # 330 days
    C      | 2009-05-01 | 2009-06-01 | 2010-03-27 |            | MC    |           # the same occasion
    D      | 2009-05-01 | 2009-05-01 | 2009-05-01 |            | MC    |           # the same day is 0 days
    D      | 2009-07-01 |            | 2009-08-01 |            | MC    |           # no arrest: not known
    D      | 2009-07-01 | 2009-07-02 |            |            | MC    | pending   # still open
    """,
)


def test_17_days_are_per_occasion_with_median_and_mean_by_court(answers):
    found = {
        (word, unit["date"]): (unit["arrest_to_sentence_days"], unit["court_type"])
        for word, several in units(answers, 17, "arrest_to_sentence_days").items()
        for unit in several
    }
    assert found == {
        ("A", date(2009, 5, 11)): (10, "magistrates"),
        ("B", date(2009, 5, 21)): (20, "magistrates"),
        ("C", date(2010, 3, 27)): (330, "crown"),
        ("D", date(2009, 5, 1)): (0, "magistrates"),
        ("D", date(2009, 8, 1)): (None, "magistrates"),
    }
    how = {"where": {"scheme": "T17"}, "period": "2009/10"}
    (row,) = answers.figure("arrest_to_sentence_days", **how)
    assert (row["numerator"], row["denominator"], row["n"]) == (360, 4, 4)
    assert (row["median"], row["mean"]) == (15, 90)  # the mean is what one long case makes it
    assert (row["q1"], row["q3"]) == (7.5, 97.5)
    rows = answers.figure("arrest_to_sentence_days", by=("court_type",), **how)
    assert {r["court_type"]: r["median"] for r in rows} == {"magistrates": 10, "crown": 330}


world(
    170,
    offences="""
    person | committed  | arrested   | proved
    A      | 1999-06-01 | 1999-06-01 | 2009-06-01   # ten years to the day is still an interval
    B      | 1999-05-31 | 1999-05-31 | 2009-06-01   # a day over: left out and counted
    C      | 1999-05-31 | 1999-06-01 | 2009-06-01   # each interval is judged by itself
    """,
)


def test_17_intervals_of_over_ten_years_are_left_out(answers):
    days = {"A": 3653, "B": None, "C": 3653}
    assert each(answers, 170, "arrest_to_sentence_days", "arrest_to_sentence_days") == days
    days = {"A": 3653, "B": None, "C": None}
    assert each(answers, 170, "offence_to_sentence_days", "offence_to_sentence_days") == days


# --- 18 --------------------------------------------------------------------------------------------------

_forms = world(
    18,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2009-05-01 | caution
    A      | 2009-06-01 | 2009-06-01 |
    B      |            | 2009-05-01 | caution
    """,
    supervision="""
    person | from       | to
    A      | 2009-04-01 | 2009-12-31
    B      | 2009-04-01 | 2009-12-31
    """,
)


def _short(pnc: str) -> str:
    """1999/9018001X as some forces write it: 99/9018001X."""
    return pnc[2:]


_forms.sent = copy.deepcopy(_forms.files)
_forms.sent["probation/people"][0]["pnc_id"] = _short(_forms.pnc["A"])
_forms.sent["probation/people"][1]["pnc_id"] = _forms.pnc["B"].replace("/", "")
_forms.sent["police/offences"][1]["pnc_id"] = _short(_forms.pnc["A"])


def test_18_a_pnc_id_is_one_person_however_it_is_written(answers):
    assert each(answers, 18, "reoffending_rate", "statutory", "2009/10") == {"A": "yes", "B": "yes"}
    assert each(answers, 18, "reoffending_rate", "reoffences", "2009/10") == {"A": 1, "B": 0}


# --- 19 --------------------------------------------------------------------------------------------------

world(
    19,
    schemes="""
    scheme | area | force
    T19    | Here | 10
    """,
    register="""
    person | scheme | from
    A      | T19    | 2009-01-01
    """,
    supervision="""
    person | from       | to
    A      | 2009-04-01 | 2009-06-30
    """,
    offences="""
    person | committed  | proved     | outcome | force
    A      |            | 2009-05-01 | caution | 10
    A      | 2009-06-01 | 2009-07-01 |         | 10
    A      | 2009-08-01 | 2009-09-01 |         | 13       # another force's, and no longer supervised
    A      | 2009-10-01 | 2009-11-01 |         | 62       # Wales
    A      | 2009-10-01 | 2009-11-01 |         | SC       # not in England and Wales
    """,
)


def test_19_offences_in_other_forces_areas_count_and_are_shown(answers):
    # One file of the home force, or of people under supervision, would have one re-offence of three.
    assert each(answers, 19, "reoffending_rate", "reoffences", "2009/10") == {"A": 3}
    found = answers.figure("cross_border_share", where={"scheme": "T19"}, period="2009/10")
    assert counts(found) == (2, 4)  # the caution at home among the four


# --- 20 --------------------------------------------------------------------------------------------------


def test_20_a_rate_on_a_low_base_goes_with_its_interval_and_keeps_its_counts(answers):
    for measure in ("reoffending_rate", "reoffences_per_reoffender", "reoffences_per_offender"):
        (row,) = answers.figure(measure, where={"scheme": "T07"}, period="2009/10")
        assert (row["value"], row["lower"], row["upper"], row["status"]) == (None, None, None, "low_base")
        assert row["numerator"] is not None


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    crowd = worlds.crowd(5, 8)
    folder = tmp_path_factory.mktemp("release")
    road = Road(crowd.files, folder, crowd.extract_date, published_tables=True)
    return road.warehouse.query("select * from release").to_dicts()


NUMBERS = "numerator denominator value lower upper n mean median q1 q3 p90 at_risk".split()


def test_20_a_withheld_cell_loses_every_number(release):
    withheld = [row for row in release if row["status"] == "confidential"]
    assert withheld
    assert all(row[number] is None for row in withheld for number in NUMBERS)


def test_20_no_published_rate_is_about_one_to_four_people(release):
    rates = [row for row in release if row["measure"] in ("reoffending_rate", "custody_share") and row["n"]]
    assert rates
    for row in rates:
        few = range(1, 5)
        parts = (row["n"], row["numerator"], row["denominator"] - row["numerator"])
        assert not any(part in few for part in parts), row


def test_20_a_withheld_cell_cannot_be_had_by_subtraction(release):
    # One hidden row under a shown total is that total less the others.
    tables = {}
    for row in release:
        if row["measure"] in ("reoffending_rate", "caseload", "custody_share"):
            place = tuple(row[c] for c in ("measure", "population", "scheme", "time"))
            tables.setdefault((place, row["breakdown"]), []).append(row)
    tried = 0
    for (place, breakdown), rows in tables.items():
        if breakdown == "":
            continue
        (total,) = tables[place, ""]
        hidden = [row for row in rows if row["status"] == "confidential"]
        if total["status"] != "confidential":
            tried += 1
            assert len(hidden) != 1, (place, breakdown, total)
    assert tried


# --- 21 --------------------------------------------------------------------------------------------------

world(
    21,
    people="""
    person | ethnicity
    A      | 5
    B      | 9
    """,
    offences="""
    person | proved     | outcome
    A      | 2009-05-01 | caution
    B      | 2009-05-01 | caution
    """,
)
HANDS[21].files["police/people"][0]["ethnicity_self_defined"] = "W1"
HANDS[21].files["police/people"][1]["ethnicity_self_defined"] = "O1"


def test_21_observed_and_self_defined_ethnicity_never_stand_in_for_each_other(answers):
    observed = {"A": "chinese_japanese_south_east_asian", "B": "not_known"}
    assert each(answers, 21, "reoffending_rate", "ethnicity") == observed
    assert each(answers, 21, "reoffending_rate", "ethnicity_self_defined") == {"A": "W1", "B": "O1"}


# --- 22 --------------------------------------------------------------------------------------------------

world(
    22,
    people="""
    person | born
    A      | 1991-06-15
    """,
    register="""
    person | scheme | from
    A      | T22    | 2009-01-01
    """,
    offences="""
    person | committed  | arrested   | proved
    A      | 2009-06-01 | 2009-06-02 | 2009-06-14
    """,
)


def test_22_age_is_the_age_on_the_units_own_date(answers):
    assert each(answers, 22, "reoffending_rate", "age_band") == {"A": "15-17"}  # the day before the birthday
    assert each(answers, 22, "arrest_to_sentence_days", "age_band") == {"A": "15-17"}
    assert caseload(answers, 22, date(2009, 5, 31), "age_band") == {"A": "15-17"}
    assert caseload(answers, 22, date(2009, 6, 30), "age_band") == {"A": "18-20"}


_unborn = world(
    220,
    register="""
    person | scheme | from
    A      | T220   | 2009-01-01
    B      | T220   | 2009-01-01
    """,
    probation="""
    record | person | surname
    B      | B      | Zouch
    """,
)
_unborn.files["police/people"][0]["date_of_birth"] = None
_unborn.files["police/people"][1]["date_of_birth"] = None


def test_22_an_age_that_nobody_knows_is_not_known_and_costs_nobody_their_place(answers):
    # B's age comes from probation; a birth that is missing does not make another name a conflict.
    assert caseload(answers, 220, date(2009, 6, 30), "age_band") == {"A": "not_known", "B": "25-29"}
    cells = answers.figure("scheme_profile", where={"scheme": "T220"}, as_at=date(2009, 6, 30))
    total = {cell["column"]: cell["value"] for cell in cells if cell["row"] == "total"}
    assert total == {"young_people": 0, "adults": 1, "all": 2}
    (average,) = [cell for cell in cells if (cell["row"], cell["column"]) == ("average_age", "all")]
    assert (average["numerator"], average["denominator"], average["value"]) == (29, 1, 29)


# --- 23 --------------------------------------------------------------------------------------------------

world(
    23,
    people="""
    person | born
    A      |
    B      |
    C      |
    D      |
    L      | 1988-02-29
    """,
    offences="""
    person | committed  | proved     | outcome
    A      |            | 2008-02-29 | caution
    A      | 2009-02-28 | 2009-08-29 |           # twelve months on is the end of February
    B      |            | 2008-02-29 | caution
    B      | 2009-03-01 | 2009-03-01 |           # one day over, though within 366 days
    C      |            | 2007-05-01 | caution
    C      | 2008-05-01 | 2008-11-01 |           # 366 days on, and the last day of the year
    D      |            | 2009-08-31 | caution
    D      | 2010-08-31 | 2011-02-28 |           # eighteen months on is 28 February
    """,
    register="""
    person | scheme | from
    L      | T23    | 2005-01-01
    """,
)


def test_23_years_are_calendar_years(answers):
    found = each(answers, 23, "reoffending_rate", "reoffences", "2007/08")
    assert (found["A"], found["B"], found["C"]) == (1, 0, 1)
    assert each(answers, 23, "reoffending_rate", "reoffences", "2009/10")["D"] == 1


def test_23_someone_born_on_29_february_is_a_year_older_on_1_march(answers):
    ages = {day: caseload(answers, 23, day, "age")["L"] for day in (date(2006, 2, 28), date(2006, 3, 31))}
    assert ages == {date(2006, 2, 28): 17, date(2006, 3, 31): 18}
    assert caseload(answers, 23, date(2008, 2, 29), "age")["L"] == 20


# --- 24 --------------------------------------------------------------------------------------------------

world(
    24,
    register="""
    person | scheme | from
    A      | T24    | 2009-01-01
    B      | T24    | 2009-01-01
    C      | T24    | 2009-01-01
    D      | T24    | 2009-01-01
    E      | T24    | 2009-01-01
    """,
    probation="""
    record | person | pnc | surname
    B      | B      | yes | Askham
    C      | C      | yes | Zouch
    """,
    supervision="""
    person | from       | to
    C      | 2009-01-01 | 2009-06-30     # the last day is a day on the licence
    """,
    offences="""
    person | proved     | sentenced  | outcome | disposal | days
    A      | 2009-06-10 |            | caution |          |
    D      | 2009-06-10 | 2009-06-10 |         | custody  | 365
    E      | 2009-06-10 | 2009-06-10 |         | custody  | 364     # a day under twelve months
    """,
    custody="""
    person | in         | out | by
    D      | 2009-06-10 |     | pnc
    E      | 2009-06-10 |     | pnc
    """,
)


def test_24_people_without_a_probation_record_are_kept(answers):
    assert caseload(answers, 24, date(2009, 6, 30), "statutory") == {
        "A": "not_known",
        "B": "no",
        "C": "yes",
        "D": "yes",
        "E": "not_known",
    }
    assert caseload(answers, 24, date(2009, 7, 31), "statutory")["C"] == "no"
    assert set(units(answers, 24, "reoffending_rate", "2009/10")) == {"A"}
    (row,) = answers.figure("caseload", where={"scheme": "T24"}, as_at=date(2009, 6, 30))
    assert row["value"] == 5


# --- 25 --------------------------------------------------------------------------------------------------

world(
    25,
    people="""
    person | born
    A      |
    B      |
    C      | 1991-07-01
    D      |
    E      |
    F      |
    """,
    register="""
    person | scheme | from
    A      | T25    | 2009-01-01
    B      | T25    | 2009-01-01
    C      | T25    | 2009-01-01
    D      | T25    | 2009-01-01
    E      | T25    | 2009-01-01
    F      | T25    | 2009-01-01
    """,
    dip="""
    client | person | consent
    a      | A      |
    b      | B      |
    c      | C      |
    d      | D      |
    e      | E      | N
    f      | F      |
    """,
    dip_events="""
    client | event          | on         | result
    a      | caseload_start | 2009-06-01 |
    a      | caseload_end   | 2009-06-01 |           # the same day ends nothing: the next end does
    a      | caseload_end   | 2009-07-31 |           # first day out
    b      | caseload_start | 2009-05-01 |
    b      | caseload_end   | 2009-06-30 |           # over by the month end
    c      | caseload_start | 2009-05-01 |           # 17 at the end of June
    d      | test           | 2009-06-10 | positive_both
    e      | caseload_start | 2009-05-01 |           # no consent: left out
    f      | caseload_start | 2009-07-01 |           # not yet
    """,
)


def test_25_in_dip_is_an_open_episode_of_an_adult_on_the_day(answers):
    expected = {"A": "yes", "B": "no", "C": "no", "D": "no", "E": "no", "F": "no"}
    assert caseload(answers, 25, date(2009, 6, 30), "in_dip") == expected
    expected = {"A": "no", "B": "no", "C": "yes", "D": "no", "E": "no", "F": "yes"}
    assert caseload(answers, 25, date(2009, 7, 31), "in_dip") == expected
    cells = answers.figure("scheme_profile", where={"scheme": "T25"}, as_at=date(2009, 6, 30))
    row = {c["column"]: (c["value"], c["status"]) for c in cells if c["row"] == "also_in_dip"}
    assert row == {"young_people": (None, "not_applicable"), "adults": (1, "ok"), "all": (1, "ok")}


def test_25_a_positive_test_counts_even_if_it_is_the_first_thing_known_of_anybody(tmp_path):
    # The periods must reach back to it: nothing else happens before April 2010.
    hand = Hand(
        people="person\nA\nB",
        dip="client | person\na | A",
        dip_events="client | event | on | result\na | test | 2008-06-10 | positive_cocaine",
        offences="person | proved | outcome\nB | 2010-06-01 | caution",
    )
    found = Road(hand.files, tmp_path, EXTRACT_DATE).units("reoffending_rate")
    assert {hand.words[unit["person"]]: unit["period"] for unit in found} == {"A": "2008/09", "B": "2010/11"}


def test_25_a_positive_test_is_an_index_event_all_the_same(answers):
    assert each(answers, 25, "reoffending_rate", "index_event") == {"D": "test"}


# --- every date in these worlds is inside the extract ----------------------------------------------------


def test_no_world_worked_by_hand_reaches_past_the_extract_date():
    for hand in HANDS.values():
        for rows in hand.files.values():
            for row in rows:
                for value in row.values():
                    assert not isinstance(value, date) or value < EXTRACT_DATE + timedelta(days=1)
