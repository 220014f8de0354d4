"""The oracle itself: worked by hand where the traps do not reach, and its statistics against scipy."""

import math
import random
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests import oracle, worlds
from tests.hand import Hand
from tests.tables import table

EXTRACT_DATE = date(2011, 9, 30)


def make(extract_date=EXTRACT_DATE, coverage=None, switches=None, **tables):
    hand = Hand(**tables)
    made = oracle.World(hand.files, extract_date, coverage, switches)
    made.words = hand.words
    return made


def values(world, units, column):
    return {world.words[unit["person"]]: unit[column] for unit in units}


# --- dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    table("""
    from       | months | to
    2008-02-29 | 12     | 2009-02-28
    2008-02-29 | 48     | 2012-02-29
    2009-01-31 | 1      | 2009-02-28
    2009-08-31 | 18     | 2011-02-28
    2009-12-15 | 1      | 2010-01-15
    2011-08-31 | -6     | 2011-02-28
    """),
    ids=lambda row: f"{row['from']}+{row['months']}",
)
def test_months_clip_to_the_end_of_the_month(row):
    found = oracle.add_months(date.fromisoformat(row["from"]), int(row["months"]))
    assert found.isoformat() == row["to"]


@given(st.dates(date(1995, 1, 1), date(2020, 1, 1)), st.integers(0, 240))
def test_months_never_lose_their_order(day, months):
    assert oracle.add_months(day, months) <= oracle.add_months(day + timedelta(days=1), months)


@pytest.mark.parametrize(
    "row",
    table("""
    day        | period
    2009-03-31 | 2008/09
    2009-04-01 | 2009/10
    2010-03-31 | 2009/10
    1999-12-31 | 1999/00
    """),
    ids=lambda row: row["day"],
)
def test_periods_run_from_april_to_march(row):
    day = date.fromisoformat(row["day"])
    assert oracle.period_of(day) == row["period"]
    first, after = oracle.period_dates(row["period"])
    assert first <= day < after


# --- linking ---------------------------------------------------------------------------------------------


def test_records_link_by_pnc_id_unless_name_and_birth_both_differ():
    world = make(
        people="person\nA\nB\nC\nD",
        probation="""
        record | person | pnc | noms    | surname | born
        a      | A      | yes |         | Zouch   |              # another name, the same birth: linked
        b      | B      | yes |         |         | 1981-01-01   # another birth, the same name: linked
        c      | C      | yes |         | Zouch   | 1981-01-01   # both: a conflict, a person of their own
        d1     | D      | no  | A0001AA |         |
        d2     | D      | yes | A0001AA |         |              # the same prison number: d1 is D too
        e      |        | no  |         |         |              # nobody the police know
        """,
    )
    found = {world.words[p.key]: [row["crn"] for row in p.probation] for p in world.people}
    assert {word: len(crns) for word, crns in found.items()} == {
        "A": 1,
        "B": 1,
        "C": 0,
        "D": 2,
        "c": 1,
        "e": 1,
    }
    assert world.conflicts == 1


def test_custody_finds_its_person_by_crn_then_prison_number_then_pnc_id():
    world = make(
        people="person\nA\nB",
        probation="""
        record | person | pnc | noms
        A      | A      | yes | A0001AA
        B      | B      | yes |
        """,
        custody="""
        person | in         | out        | by
        A      | 2009-01-01 | 2009-01-02 | crn
        A      | 2009-02-01 | 2009-02-02 | A0001AA
        B      | 2009-03-01 | 2009-03-02 | pnc
        """,
    )
    assert {world.words[p.key]: len(p.custody) for p in world.people} == {"A": 2, "B": 1}


def test_a_client_who_did_not_consent_is_left_out():
    world = make(
        people="person\nA\nB\nC",
        dip="""
        client | person | initials | born       | consent
        a      | A      | ZZ       |            | Y           # other initials, the same birth: linked
        b      | B      | ZZ       | 1981-01-01 | Y           # both differ: a person of their own
        c      | C      |          |            | N
        """,
        dip_events="""
        client | event | on         | result
        a      | test  | 2009-05-01 | positive_opiates
        b      | test  | 2009-05-01 | positive_opiates   # not known to the police: cannot be followed
        c      | test  | 2009-05-01 | positive_opiates
        """,
    )
    assert {world.words[p.key] for p in world.people} == {"A", "B", "C", "b"}
    assert set(values(world, oracle.units(world, "reoffending_rate"), "date")) == {"A"}


# --- custody, membership, index events -------------------------------------------------------------------


def test_custody_rows_make_spells():
    rows = table("""
    in         | reason    | out        | release
    2009-01-01 | remand    | 2009-01-10 | transfer
    2009-01-12 | sentenced | 2009-02-01 | temporary_absence
    2009-02-04 | sentenced | 2009-03-01 | licence           # three days: another spell
    2009-03-01 | recall    | 2009-03-20 | bail              # the day of a release: another
    2009-03-10 | remand    | 2009-03-15 | died              # inside it, and it ends by the later
    2009-04-01 | remand    | 2009-04-01 | court             # no length, and carried on from
    2009-04-01 | other     |            |
    """)
    spells = oracle.join_custody(
        [
            {
                "admitted_on": date.fromisoformat(row["in"]),
                "admission_reason": row["reason"],
                "released_on": date.fromisoformat(row["out"]) if row["out"] else None,
                "release_reason": row["release"],
            }
            for row in rows
        ],
        2,
    )
    found = [(str(s["start"]), str(s["end"]), s["reason"], s["release_reason"]) for s in spells]
    assert found == [
        ("2009-01-01", "2009-02-01", "sentenced", "temporary_absence"),
        ("2009-02-04", "2009-03-01", "sentenced", "licence"),
        ("2009-03-01", "2009-03-20", "recall", "bail"),
        ("2009-04-01", "None", "remand", None),
    ]


def test_strand_moves_are_one_membership_and_a_gap_is_a_re_entry():
    world = make(
        register="""
        person | scheme | strand            | from       | to
        A      | S1     | prevent_and_deter | 2008-01-01 | 2009-01-01
        A      | S1     | catch_and_convict | 2009-01-01 | 2009-06-01   # a move between strands
        A      | S1     | catch_and_convict | 2009-06-02 |              # a day later: another membership
        A      | S2     | catch_and_convict | 2009-03-01 |
        """
    )
    (person,) = world.people
    found = [(m["scheme_id"], str(m["start"]), str(m["end"])) for m in person.memberships]
    assert found == [
        ("S1", "2008-01-01", "2009-06-01"),
        ("S1", "2009-06-02", "None"),
        ("S2", "2009-03-01", "None"),
    ]
    rows = {row["scheme"]: row for row in oracle.caseload_rows(world, date(2009, 4, 30))}
    assert {scheme: row["main"] for scheme, row in rows.items()} == {"S1": False, "S2": True}
    assert rows["S1"]["strand"] == "catch_and_convict"
    assert oracle.figure(world, "caseload", as_at=date(2009, 4, 30))[0]["value"] == 1
    assert len(oracle.figure(world, "caseload", by=("scheme",), as_at=date(2009, 4, 30))) == 2


def test_one_index_event_a_day_and_custody_comes_first():
    world = make(
        offences="""
        person | proved     | sentenced  | outcome | disposal | days | code
        A      | 2009-05-01 |            | caution |          |      | TH68036
        A      | 2009-05-01 |            |         | fine     |      | TH68010
        B      | 2009-05-01 |            |         | fine     |      | TH68010
        B      | 2009-05-01 |            |         | custody  | 28   | TH68023   # custody that day: not court
        C      | 2009-05-01 |            | caution |          |      | TH68036
        D      | 2008-05-01 | 2008-05-02 |         | custody  | 90   | TH68036
        D      | 2008-05-02 | 2008-05-02 |         | custody  | 90   | TH68007   # as long, and the lower code
        D      | 2008-05-03 | 2008-06-03 |         | custody  |      | TH68023   # a later sentence
        """,
        custody="""
        person | in         | out        | release
        C      | 2009-04-01 | 2009-05-01 | licence
        D      | 2008-05-02 | 2008-06-01 | licence
        """,
    )
    found = {
        (world.words[u["person"]], str(u["date"])): (u["index_event"], u["offence_group"])
        for u in oracle.units(world, "reoffending_rate")
    }
    assert found == {
        ("A", "2009-05-01"): ("court", "theft"),
        ("C", "2009-05-01"): ("custody", "not_known"),
        ("D", "2008-06-01"): ("custody", "theft_from_vehicles"),
    }


# --- curves, days and shares -----------------------------------------------------------------------------


def test_time_to_first_reoffence_by_hand():
    world = make(
        extract_date=date(2010, 6, 30),
        offences="""
        person | committed  | proved     | outcome
        A      |            | 2009-05-31 | caution
        A      | 2009-06-30 | 2010-06-30 |           # the last day of month 1 and of coverage
        B      |            | 2009-05-31 | caution
        B      | 2009-07-01 | 2009-08-01 |           # the first day of month 2
        C      |            | 2009-05-31 | caution
        C      | 2009-12-30 | 2010-01-05 |           # the cutoff itself, in a month not wholly watched
        D      |            | 2009-05-31 | caution
        D      | 2009-12-31 | 2010-01-05 |           # after the cutoff: not yet seen
        E      |            | 2009-12-30 | caution   # index on the cutoff: not watched at all
        F      |            | 2009-05-31 | caution
        F      | 2009-06-15 | 2010-07-01 |           # proved after coverage: not seen
        """,
    )
    units = [u for u in oracle.units(world, "time_to_first_reoffence") if u["date"] == date(2009, 5, 31)]
    assert values(world, units, "event") == {"A": 1, "B": 1, "C": 1, "D": 0, "F": 0}
    assert values(world, units, "event_month") == {"A": 1, "B": 2, "C": 7, "D": None, "F": None}
    assert values(world, units, "time_days") == {"A": 30, "B": 31, "C": 213, "D": 213, "F": 213}
    assert values(world, units, "watched") == dict.fromkeys("ABCDF", 6)
    curve = [(p["months"], p["at_risk"], p["events"]) for p in oracle.kaplan_meier(units)]
    assert curve == [(1, 5, 1), (2, 4, 2), *((month, 3, 2) for month in range(3, 7))]


def test_custody_days_are_shared_out_between_schemes():
    world = make(
        extract_date=date(2009, 4, 20),
        register="""
        person | scheme | from       | to
        A      | S1     | 2009-03-30 |
        A      | S2     | 2009-04-06 | 2009-04-11   # five days, the main one as it came later
        """,
        custody="""
        person | in         | out        | release
        A      | 2009-04-04 | 2009-04-09 | died
        """,
    )
    found = {
        (u["period"], u["scheme"], u["main"]): (u["numerator"], u["denominator"])
        for u in oracle.units(world, "custody_days_share")
    }
    assert found == {
        ("2008/09", "S1", True): (0, 2),
        ("2009/10", "S1", True): (2, 5),  # 1 to 5 April; dead and on S1 alone from the 11th
        ("2009/10", "S1", False): (3, 3),  # in S2 as well: 6 to 8 April in custody, then dead
        ("2009/10", "S2", True): (3, 3),
    }


# --- statistics, against scipy ---------------------------------------------------------------------------


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 30), (30, 40), (40, 40), (1, 1), (183, 1445)])
def test_wilson_is_scipys(numerator, denominator):
    expected = stats.binomtest(numerator, denominator).proportion_ci(method="wilson")
    assert oracle.wilson(numerator, denominator) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_at_30_of_40_is_the_published_example():
    assert [round(end, 3) for end in oracle.wilson(30, 40)] == [0.598, 0.858]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.sampled_from([0.25, 0.5, 0.75, 0.9]))
def test_quantiles_are_numpys(numbers, share):
    assert oracle.quantile(numbers, share) == pytest.approx(np.quantile(numbers, share), abs=1e-9)


@pytest.mark.parametrize("number", [1, 5, 6, 7, 29, 30, 100, 999, 1000])
def test_median_ranks_hold_95_in_100_and_no_wider_than_they_need(number):
    rank = oracle.median_rank(number)
    half = stats.binom(number, 0.5)
    assert rank == 0 or half.cdf(rank - 1) <= 0.025
    assert half.cdf(rank) > 0.025


@pytest.mark.parametrize("number", [1001, 1234, 5000, 100_000])
def test_beyond_a_thousand_the_approximation_is_within_a_rank_of_the_binomial(number):
    exact = int(stats.binom(number, 0.5).ppf(0.025))
    assert abs(oracle.median_rank(number) - exact) <= 1


def test_the_delta_method_is_the_regression_estimate_of_a_ratio():
    chance = random.Random(1)
    pairs = [(chance.randint(0, 9), chance.randint(1, 5)) for _ in range(200)]
    over, under = np.array(pairs).T
    ratio = over.sum() / under.sum()
    error = np.std(over - ratio * under, ddof=1) * math.sqrt(len(pairs)) / under.sum()
    z = stats.norm.ppf(0.975)
    assert oracle.delta(pairs) == pytest.approx((ratio - z * error, ratio + z * error), abs=1e-12)


def test_the_delta_method_agrees_with_a_bootstrap_over_people():
    chance = np.random.default_rng(2)
    pairs = chance.negative_binomial(1, 0.3, 400)
    low, high = oracle.delta([(int(count), 1) for count in pairs])
    means = chance.choice(pairs, (4000, 400)).mean(axis=1)
    assert (low, high) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])), abs=0.05)


def test_people_who_are_all_alike_have_no_spread():
    assert oracle.delta([(1, 3)] * 50) == (None, None)


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(0, 12), st.booleans()).map(
            lambda t: {"event_month": t[0] if t[2] else None, "watched": t[1]}
        ),
        min_size=1,
        max_size=40,
    )
)
def test_the_curve_is_scipys(rows):
    # An event in a month that was not wholly watched is censored at the last whole month before it.
    times = [r["event_month"] if r["event_month"] and r["event_month"] <= r["watched"] else r["watched"] for r in rows]
    seen = [bool(r["event_month"]) and r["event_month"] <= r["watched"] for r in rows]
    # Those watched for less than a month are never at risk.
    kept = [(time, event) for time, event in zip(times, seen, strict=True) if time > 0]
    curve = oracle.kaplan_meier(rows)
    assert bool(curve) == bool(kept)
    if not kept:
        return
    data = stats.CensoredData(
        uncensored=[time for time, event in kept if event], right=[time for time, event in kept if not event]
    )
    survival = stats.ecdf(data).sf
    for point in curve:
        assert point["survival"] == pytest.approx(float(survival.evaluate(point["months"])), abs=1e-12)


def test_the_interval_of_a_change_is_that_of_drawing_the_people_again():
    chance = np.random.default_rng(5)
    before = chance.negative_binomial(2, 0.3, 500)
    after = chance.binomial(before, 0.4) + chance.poisson(0.5, 500)
    times = chance.integers(30, 366, (2, 500))
    people = [tuple(map(int, mine)) for mine in zip(before, after, *times, strict=True)]
    low, high = oracle.change_interval(people)

    drawn = np.array(people)[chance.integers(0, 500, (4000, 500))].sum(axis=1)
    changes = (drawn[:, 1] / drawn[:, 3]) / (drawn[:, 0] / drawn[:, 2]) - 1
    assert (low, high) == pytest.approx(tuple(np.quantile(changes, [0.025, 0.975])), abs=0.015)


def test_a_change_to_nothing_or_of_one_person_has_no_interval():
    assert oracle.change_interval([(2, 0, 1, 1), (3, 0, 1, 1)]) == (None, None)
    assert oracle.change_interval([(2, 1, 1, 1)]) == (None, None)


def test_a_change_that_all_people_share_alike_is_sure():
    # Everybody halves, in the same time.
    assert oracle.change_interval([(4, 2, 365, 365)] * 10) == pytest.approx((-0.5, -0.5), abs=1e-12)


@pytest.mark.parametrize(
    "row",
    table("""
    top  | counted | value
    0.01 | 0       | 0.02   # four hundredths of the first: 0.04 * 5 of 10
    0.1  | 0       | 0.2    # four tenths of the first: 2 of 10
    0.25 | 5       | 0.5    # the first alone
    0.3  | 5       | 0.56   # and a fifth of the second: 5.6 of 10
    0.5  | 8       | 0.8    # two of the four
    1.0  | 10      | 1.0
    """),
    ids=lambda row: row["top"],
)
def test_the_curve_of_concentration_by_hand(row):
    counted, value, lower, upper = oracle.concentrated([1, 5, 1, 3], Fraction(row["top"]))
    assert (counted, value) == (int(row["counted"]), pytest.approx(float(row["value"]), abs=1e-12))
    assert (lower is None) == (row["top"] == "1.0")
    assert lower is None or lower <= value <= upper


def test_where_everybody_does_the_same_there_is_no_doubt_about_a_tenth():
    assert oracle.concentrated([3] * 50, Fraction(1, 10)) == (15, 0.1, 0.1, 0.1)


def test_the_interval_of_concentration_is_that_of_drawing_the_people_again():
    chance = np.random.default_rng(7)
    weights = chance.geometric(0.35, 600)
    _, _, low, high = oracle.concentrated([int(w) for w in weights], Fraction(1, 10))
    drawn = np.sort(weights[chance.integers(0, 600, (4000, 600))], axis=1)[:, ::-1]
    shares = drawn[:, :60].sum(axis=1) / drawn.sum(axis=1)
    assert (low, high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=0.01)


def test_what_is_over_on_the_first_day_is_over_before_the_first_month():
    rows = [{"event_month": month, "watched": 5} for month in (0, 0, 1, None)]
    curve = [(p["months"], p["at_risk"], p["events"], round(p["survival"], 9)) for p in oracle.kaplan_meier(rows)]
    assert curve[:2] == [(1, 2, 3, 0.25), (2, 1, 3, 0.25)]


# --- what must hold in every world -----------------------------------------------------------------------


ADDITIVE = ("proportion", "ratio", "share", "count", "change")
# Whose score is 0 adds nothing to what is expected: a group of them alone is no row, though one may have re-offended.
NO_ROW_OF_NOTHING = ("observed_to_expected",)
PARTITIONS = [
    "ppo",
    "sex",
    "age_band",
    "ethnicity",
    "statutory",
    "in_dip",
    "place",
    "previous_offences",
    "area",
]


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_breakdowns_add_up_in_any_world(seed):
    # By its seed: a world holds more choices than hypothesis could make smaller.
    files = worlds.tiny_world(random.Random(seed))
    world = oracle.World(worlds.merged([files]), EXTRACT_DATE)
    for measure, asked in oracle.MEASURES.items():
        if asked.kind not in ADDITIVE or asked.month_end or measure in NO_ROW_OF_NOTHING:
            continue
        where = {asked.always_by: oracle.LABELS[asked.always_by][0]} if asked.always_by else {}
        (total,) = oracle.figure(world, measure, where=where, period="2009/10")
        units = oracle.units(world, measure)
        own = [name for name in (*oracle.LABELS, "index_event", "offence_group") if units and name in units[0]]
        for dimension in [*PARTITIONS, "month", *own]:
            parts = oracle.figure(world, measure, by=(dimension,), where=where, period="2009/10")
            for count in ("numerator", "denominator"):
                if total[count] is not None:
                    assert sum(part[count] or 0 for part in parts) == total[count], (measure, dimension)
    day = date(2010, 3, 31)
    (total,) = oracle.figure(world, "caseload", as_at=day)
    for dimension in PARTITIONS[1:]:
        parts = oracle.figure(world, "caseload", by=(dimension,), as_at=day)
        assert sum(part["value"] for part in parts) == total["value"]
    outcomes = oracle.figure(world, "case_outcomes", period="2009/10")
    assert {row["outcome"] for row in outcomes} == set(oracle.LABELS["outcome"])
    assert {sum(row["numerator"] for row in outcomes)} == {row["denominator"] for row in outcomes}
    cells = {(c["row"], c["column"]): c["value"] for c in oracle.figure(world, "scheme_profile", as_at=day)}
    assert cells["total", "all"] == total["value"]
    for column in ("young_people", "adults", "all"):
        for parts in (
            ("male", "female", "sex_not_known"),
            ("statutory", "non_statutory", "statutory_not_known"),
            ("in_community", "in_custody", "elsewhere", "place_not_known"),
        ):
            assert sum(cells[part, column] for part in parts) == cells["total", column]
