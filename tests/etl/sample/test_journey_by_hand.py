"""The truth of people's way through a scheme, worked out by hand for a few made-up lives."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from etl.sample import custody as prison
from etl.sample import probation
from etl.sample.careers import ACQUITTED, CAUTION, COMMUNITY, CUSTODY, DISCONTINUED, FINE, NO_DISPOSAL, PENDING, TIC
from etl.sample.dates import iso
from etl.sample.dip import NO_RESULT, TREATMENT_END, TREATMENT_START
from etl.sample.make import Chunk
from etl.sample.meetings import ADOPT, DEFER
from etl.sample.membership import CATCH, DIED, PREVENT, REDUCED, REHABILITATE, STAYS, STEPS, STRAND
from etl.sample.probation import ACCEPTABLE, ATTENDED, CANCELLED, NEEDS, UNACCEPTABLE
from etl.sample.truth import (
    before_after,
    cases,
    contact,
    drugs,
    fixed_cohort,
    identification,
    journey,
    needs,
    offending,
    releases,
    selection,
    throughput,
)
from etl.sample.truth.kinds import Gathered
from etl.sample.truth.lives import COVERED_TO, Lives
from etl.sample.truth.measures import MEASURES, Measure
from etl.sample.truth.rows import Labels, curve
from etl.sample.truth.schemes import memberships
from etl.sample.truth.timeline import Timeline
from etl.sample.world import COVERAGE, SCALES, schemes

from .test_truth_by_hand import BURGLARY, on, world

OFFICE, VISIT, _, ACCOMPANIED, _ = range(5)
MEMBER = [(0, 0, CATCH, "2008-01-01", "2009-01-01", REDUCED)]
UNKNOWN = (2,) * (len(NEEDS) - 1)
FIRST_VISIT = [name for name, _, _ in STEPS].index("first_home_visit")


def lives(chunk: Chunk) -> Lives:
    return Lives(Timeline(chunk), memberships(chunk.register))


def test_files_end_on_one_day_but_for_the_drugs_programme() -> None:
    """The truth watches every file but that one to the same day."""
    assert {end for name, (_, end) in COVERAGE.items() if not name.startswith("dip/")} == {COVERED_TO}


# ── Coming, staying and going ───────────────────────────────────────────────────────────────────


def test_exits_are_in_whole_months_and_say_why() -> None:
    spans = [
        (0, 0, CATCH, "2008-01-31", "2008-02-28", STRAND),
        (0, 0, REHABILITATE, "2008-02-28", "2008-02-29", REDUCED),  # 31 January + 1 month is 29 February
        (1, 0, CATCH, "2008-01-31", "2008-02-28", DIED),  # a day short of it
        (2, 0, CATCH, "2008-01-31", None, STAYS),
    ]
    found = throughput.exits(lives(world(["1980-01-01"] * 3, spans=spans))).to_dicts()
    assert [(u["person"], iso(u["date"]), u["exit_reason"], u["months"], u["strand"]) for u in found] == [
        (1, "2008-02-29", "reduced_offending", 1, REHABILITATE),
        (2, "2008-02-28", "died", 0, CATCH),
    ]


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([(PREVENT, "2009-01-01", "2010-03-29", STRAND), (CATCH, "2010-03-29", None, STAYS)], "moved"),
        ([(PREVENT, "2009-01-01", "2010-03-30", STRAND), (CATCH, "2010-03-30", None, STAYS)], "neither"),
        ([(PREVENT, "2009-01-01", "2010-03-29", REDUCED)], "exited"),
        ([(PREVENT, "2009-01-01", "2010-03-30", REDUCED)], "neither"),
        ([(PREVENT, "2009-01-01", "2010-03-01", REDUCED)], None),  # out on the birthday: not on the scheme at 18
        ([(CATCH, "2009-01-01", None, STAYS)], None),
    ],
)
def test_eighteen_in_prevent_and_deter(spans: list[tuple], found: str | None) -> None:
    """Born on 29 February 1992: 18 on 1 March 2010, and 28 days later is 29 March."""
    chunk = world(["1992-02-29"], spans=[(0, 0, *span) for span in spans])
    units = throughput.transitions(lives(chunk)).to_dicts()
    assert [(u["at_18"], iso(u["date"])) for u in units] == ([(found, "2010-03-31")] if found else [])


def test_an_offence_on_a_day_of_the_scheme_proved_in_time() -> None:
    def reoffended(committed: str, disposed: str) -> int:
        crime = {"committed": committed, "disposed": disposed}
        units = throughput.reoffended(lives(world(["1980-01-01"], [crime], spans=MEMBER))).to_dicts()
        return {u["period"]: u["numerator"] for u in units}[2008]

    assert reoffended("2008-12-31", "2009-09-30") == 1  # six months after the period's end is 1 October
    assert reoffended("2008-12-31", "2009-10-01") == 0
    assert reoffended("2009-01-01", "2009-02-01") == 0  # the first day out


def test_convictions_before_adoption() -> None:
    crimes = [
        {"committed": "2007-01-01", "disposed": "2007-12-31"},
        {"committed": "2007-01-01", "disposed": "2008-01-01"},  # on the day: not before it
        {"committed": "2007-01-01", "disposed": "2007-06-01", "outcome": CAUTION},  # no conviction
    ]
    chunk = world(["1980-01-02"], crimes, spans=[(0, 0, CATCH, "2010-01-01", None, STAYS), *MEMBER])
    unit = identification.units(lives(chunk)).to_dicts()
    assert [(iso(u["date"]), u["previous"], u["age"]) for u in unit] == [("2008-01-01", 1, 27)]
    crimes = [{"committed": "2005-01-01", "disposed": day, "code": BURGLARY} for day in ("2006-01-01", "2005-12-31")]
    for crime, had in zip(crimes, (1, 0), strict=True):  # two years before adoption, and a day earlier
        rows = identification.characteristics(lives(world(["1980-01-01"], [crime], spans=MEMBER)))
        assert rows.filter(pl.col("characteristic") == "domestic_burglary")["numerator"].to_list() == [had]


# ── The journey ─────────────────────────────────────────────────────────────────────────────────


def step(name: str, **events: Any) -> tuple[int, int, int | None] | None:
    """Return done in time, due and days of one step of someone adopted on 1 January 2008."""
    units = journey.units(lives(world(["1980-01-01"], spans=events.pop("spans", MEMBER), **events)))
    found = units.filter(pl.col("step") == name).select("numerator", "denominator", "days").rows()
    return found[0] if found else None


def test_a_home_visit_is_due_within_a_fortnight() -> None:
    assert step("home_visit", seen=[(0, "2008-01-15", VISIT, ATTENDED)]) == (1, 1, 14)
    assert step("home_visit", seen=[(0, "2008-01-16", VISIT, ATTENDED)]) == (0, 1, 15)
    assert step("home_visit", seen=[(0, "2008-01-05", OFFICE, ATTENDED), (0, "2008-01-05", VISIT, CANCELLED)]) == (
        0,
        1,
        None,
    )
    gone = [(0, 0, CATCH, "2008-01-01", "2008-01-15", REDUCED)]  # off the scheme on the day that it was due
    assert step("home_visit", seen=[(0, "2008-01-03", VISIT, ATTENDED)], spans=gone) == (0, 0, 2)
    late = [(0, 0, CATCH, "2011-10-20", None, STAYS)]  # not due by the end of October
    assert step("home_visit", spans=late) == (0, 0, None)


def test_a_home_visit_is_the_earlier_of_the_registers_and_the_one_kept() -> None:
    def visited(registered: str, kept: str) -> tuple[int, int, int | None] | None:
        chunk = world(["1980-01-01"], spans=MEMBER, seen=[(0, kept, VISIT, ATTENDED)])
        chunk.register.steps[0, FIRST_VISIT] = on(registered)
        found = journey.units(lives(chunk)).filter(pl.col("step") == "home_visit")
        return found.select("numerator", "denominator", "days").row(0)

    assert visited("2008-01-20", "2008-01-11") == (1, 1, 10)
    assert visited("2008-01-11", "2008-01-20") == (1, 1, 10)
    assert visited("2008-01-16", "2007-12-31") == (0, 1, 15)  # nobody had been adopted yet


def test_appointments_in_each_of_the_first_four_weeks() -> None:
    days = ["2008-01-07", "2008-01-08", "2008-01-15", "2008-01-22"]  # the last days of a week and the first of others
    assert step("weekly_appointments", seen=[(0, day, OFFICE, ATTENDED) for day in days]) == (1, 1, 21)
    days[-1] = "2008-01-29"  # the fifth week
    assert step("weekly_appointments", seen=[(0, day, OFFICE, ATTENDED) for day in days]) == (0, 1, None)


def test_nominated_and_decided() -> None:
    asked = [(0, 0, "2007-11-01", "2007-11-10", DEFER), (0, 0, "2007-12-20", "2008-01-01", ADOPT)]
    assert step("nominated_and_decided", asked=asked) == (0, 1, 61)  # from the first time the meeting was asked
    assert step("nominated_and_decided", asked=asked[1:]) == (1, 1, 12)
    assert step("nominated_and_decided", asked=[(0, 1, "2007-12-20", "2008-01-01", ADOPT)]) is None  # another scheme's


def test_enforcement_is_due_from_the_second_unacceptable_absence() -> None:
    missed = [(0, day, OFFICE, UNACCEPTABLE) for day in ("2008-02-01", "2008-03-01")]
    orders = [(0, probation.COMMUNITY_ORDER, "2008-01-01", "2008-12-31", "2008-03-11", "2008-04-01")]
    assert step("enforcement", seen=missed, orders=orders) == (1, 1, 10)
    assert step("enforcement", seen=missed[:1], orders=orders) is None
    early = [(0, probation.COMMUNITY_ORDER, "2008-01-01", "2008-12-31", "2008-02-29")]  # before the second
    assert step("enforcement", seen=missed, orders=early) == (0, 1, None)
    ended = (0, probation.COMMUNITY_ORDER, "2007-01-01", "2008-03-31")
    later = (0, probation.COMMUNITY_ORDER, "2008-03-02", "2008-12-31", "2008-03-05")
    assert step("enforcement", seen=missed, orders=[ended, later]) == (0, 1, None)  # another order's breach
    assert step("enforcement", seen=missed, orders=[later]) is None  # absences of no order
    # One in each of two orders is no second; the third of all is the second of the later.
    between = [(0, probation.COMMUNITY_ORDER, "2007-01-01", "2008-02-29"), (*later[:2], "2008-03-01", *later[3:])]
    assert step("enforcement", seen=missed, orders=between) is None
    missed_again = [*missed, (0, "2008-03-03", OFFICE, UNACCEPTABLE)]
    assert step("enforcement", seen=missed_again, orders=between) == (1, 1, 2)
    found = contact.enforcement(lives(world(["1980-01-01"], seen=missed, orders=orders))).to_dicts()
    assert [(iso(u["date"]), u["to_enforcement"], u["to_hearing"]) for u in found] == [("2008-03-01", 10, 21)]


def test_an_outreach_worker_is_for_those_to_be_resettled() -> None:
    assert step("outreach_worker") is None
    assert step("outreach_worker", spans=[(0, 0, REHABILITATE, "2008-01-01", None, STAYS)]) == (0, 1, None)


# ── Appointments, releases, needs, drugs ────────────────────────────────────────────────────────


def test_whole_weeks_of_appointments() -> None:
    spans = [(0, 0, CATCH, "2008-01-01", "2008-01-21", REDUCED)]  # two weeks and six days
    orders = [(0, probation.COMMUNITY_ORDER, "2008-01-01", "2008-12-31")]
    seen = [
        (0, "2008-01-07", OFFICE, ATTENDED),
        (0, "2008-01-08", OFFICE, ATTENDED),
        (0, "2008-01-14", OFFICE, ACCEPTABLE),
        (0, "2008-01-16", OFFICE, ATTENDED),  # in the week that is not whole
    ]
    weeks = contact.weeks(lives(world(["1980-01-01"], spans=spans, orders=orders, seen=seen)))
    assert weeks.select("week", "numerator").rows() == [("1", 1), ("2", 1)]
    assert contact.weeks(lives(world(["1980-01-01"], spans=spans, seen=seen))).height == 0  # not known to probation


def test_appointments_of_a_year() -> None:
    seen = [
        (0, "2008-02-01", ACCOMPANIED, ATTENDED),
        (0, "2008-02-02", OFFICE, CANCELLED),
        (0, "2008-02-03", OFFICE, UNACCEPTABLE),
        (0, "2009-01-01", OFFICE, ATTENDED),  # the first day out
    ]
    units = contact.appointments(lives(world(["1980-01-01"], spans=MEMBER, seen=seen)))
    assert units.select("period", "attended", "counted", "accompanied").rows() == [(2007, 1, 2, 1)]


@pytest.mark.parametrize(("day", "days"), [("2008-03-01", 0), ("2008-03-20", 19), ("2008-04-02", None), (None, None)])
def test_contact_after_a_release(day: str | None, days: int | None) -> None:
    held = [
        (0, "2008-02-01", prison.SENTENCED, "2008-03-01", prison.LICENCE),
        (0, "2008-04-01", prison.REMAND, "2008-05-01", prison.BAIL),  # no release that counts
    ]
    seen = [(0, day, OFFICE, ATTENDED)] if day else []
    units = releases.units(lives(world(["1980-01-01"], spans=MEMBER, held=held, seen=seen)))
    assert units.select("date", "days").rows() == [(on("2008-03-01"), days)]


def test_needs_on_coming_and_since() -> None:
    assessed = [
        (0, "2007-01-01", 1, *UNKNOWN),  # a year to the day before adoption: too long ago
        (0, "2007-01-02", 1, *UNKNOWN),
        (0, "2008-04-01", 0, *UNKNOWN),  # three months after it, and nearer: a need
        (0, "2008-06-01", 2, *UNKNOWN),  # not asked
        (0, "2008-12-31", 1, *UNKNOWN),  # the last before the end: met
        (0, "2009-01-01", 0, *UNKNOWN),  # on the first day out
    ]
    found = lives(world(["1980-01-01"], spans=MEMBER, assessed=assessed))
    columns = ("had", "assessed", "resolved", "had_again", "arisen", "had_not_again")
    assert needs.units(found).select("need", *columns).rows() == [("accommodation", 1, 1, 1, 1, 0, 0)]
    # On the day of leaving counts as on leaving.
    assert needs.settled(found).select("need", "numerator").rows() == [("accommodation", 0)]


def test_the_need_at_entry_is_of_the_assessment_nearest_to_adoption() -> None:
    def had(need: str, none: str) -> tuple[int, int]:
        assessed = [(0, need, 0, *UNKNOWN), (0, none, 1, *UNKNOWN)]
        found = needs.units(lives(world(["1980-01-01"], spans=MEMBER, assessed=assessed)))
        return found.select("had", "resolved").row(0)

    assert had("2007-12-31", "2008-03-26") == (1, 1)  # the day before, and 85 days after
    assert had("2007-12-22", "2008-01-11") == (1, 1)  # ten days on either side: the earlier
    assert had("2007-12-22", "2008-01-10") == (0, 0)


def test_treatment_that_lasts_twelve_weeks() -> None:
    def retained(start: str, end: str | None) -> tuple[int, int]:
        events = [(0, 0, TREATMENT_START, start, NO_RESULT)]
        events += [(0, 0, TREATMENT_END, end, NO_RESULT)] if end else []
        chunk = world(["1980-01-01"], clients=[(0, 0, True)], events=events)
        return drugs.treatment(lives(chunk)).select("numerator", "denominator").row(0)

    assert retained("2009-01-01", None) == (1, 1)
    assert retained("2009-01-01", "2009-03-26") == (1, 1)  # 84 days
    assert retained("2009-01-01", "2009-03-25") == (0, 1)
    assert retained("2011-07-08", None) == (1, 1)  # 84 days before the end of September
    assert retained("2011-07-09", None) == (0, 0)


# ── Before and after, and cohorts ───────────────────────────────────────────────────────────────


def test_what_is_before_and_what_after() -> None:
    t = [(0, 0, CATCH, "2008-08-31", None, STAYS)]  # 17 months before: 31 March 2007; after: 31 January 2010
    days = ("2007-03-30", "2007-03-31", "2008-08-30", "2008-08-31", "2010-01-30", "2010-01-31")
    crimes = [{"committed": "2006-01-01", "disposed": day} for day in days]
    units = before_after.units(lives(world(["1980-01-01"], crimes, spans=t)))
    assert units.select("before_17", "after_17").rows() == [(2, 2)]
    # Level: 31 July to 31 October 2008 against 31 October 2009 to 31 January 2010.
    assert units.select("before_level", "after_level").rows() == [(2, 1)]
    # Those on in the strand for the young alone are nobody's before and after.
    young = [(0, 0, PREVENT, "2008-08-31", None, STAYS)]
    assert before_after.units(lives(world(["1992-01-01"], crimes, spans=young))).height == 0


def test_windows_that_cannot_be_seen_are_left_out() -> None:
    # Seventeen months after 1 June 2010 is 1 November 2011: the window's last day is the last that is covered.
    for adopted, seen in (("2010-05-31", [0]), ("2010-06-01", [0]), ("2010-06-02", [])):
        spans = [(0, 0, CATCH, adopted, None, STAYS)]
        units = before_after.units(lives(world(["1980-01-01"], spans=spans)))
        assert units["after_17"].to_list() == seen, adopted
    # A death ends what can be seen: the window must be over when it comes.
    for died, seen in (("2010-01-31", 0), ("2010-01-30", None)):
        spans = [(0, 0, CATCH, "2008-08-31", died, DIED)]
        units = before_after.units(lives(world(["1980-01-01"], spans=spans)))
        assert units["after_17"].to_list() == [seen], died


def test_months_at_liberty() -> None:
    held = [(0, "2008-01-11", prison.SENTENCED, "2008-02-01", prison.END)]  # 21 of January's days
    held += [(0, "2008-03-01", prison.SENTENCED, "2008-04-01", prison.END)]  # all of March's
    units = before_after.months(lives(world(["1980-01-01"], spans=MEMBER, held=held)))
    found = {row["months"]: row["free"] for row in units.to_dicts()}
    assert (found[0], found[1], found[2]) == (10 / 31, 1.0, None)


def test_a_fixed_cohort_keeps_who_was_on_that_day() -> None:
    crimes = [
        {"committed": "2007-10-01", "disposed": "2009-03-31"},  # the baseline's first day, proved in eighteen months
        {"committed": "2008-09-30", "disposed": "2009-04-01"},  # proved a day too late
        {"committed": "2010-03-31", "disposed": "2010-09-30"},
        {"committed": "2010-04-01", "disposed": "2010-09-30"},  # after the year
    ]
    spans = [(0, 0, CATCH, "2009-02-01", "2009-02-02", REDUCED), (1, 0, CATCH, "2009-02-02", None, STAYS)]
    units = fixed_cohort.units(lives(world(["1980-01-01"] * 2, crimes, spans=spans)))
    year = units.filter(pl.col("period") == 2009)
    assert year.select("person", "date", "before", "after").rows() == [(1, on("2009-02-01"), 1, 1)]


def test_six_convictions_in_a_year() -> None:
    days = ["2008-02-29", *["2008-06-01"] * 5]
    crimes = [{"committed": "2008-01-01", "disposed": day} for day in days]
    units = selection.units(lives(world(["1980-01-01"], crimes, spans=[(0, 0, CATCH, "2008-12-31", None, STAYS)])))
    found = units.filter(pl.col("rule") == "northumbria")
    # From the sixth, in June, until the first of them is a year old: 28 February 2009 is a year from 28 February.
    assert [iso(d) for d in found["date"].to_list()] == [
        "2008-06-30", "2008-07-31", "2008-08-31", "2008-09-30", "2008-10-31", "2008-11-30", "2008-12-31", "2009-01-31",
        "2009-02-28",
    ]  # fmt: skip
    assert found["scheme"].to_list() == [-1] * 6 + [0] * 3


# ── Cases ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        ([TIC, CAUTION], "cautioned"),
        ([TIC, PENDING], "taken_into_consideration"),
        ([PENDING, ACQUITTED], "open"),
        ([ACQUITTED, DISCONTINUED], "acquitted"),
        ([DISCONTINUED], "discontinued"),
    ],
)
def test_the_outcome_of_a_case_is_the_best_proved(outcomes: list[int], found: str) -> None:
    case = {"committed": "2009-01-01", "arrested": "2009-01-02", "disposal": NO_DISPOSAL}
    ended = {"disposed": "2009-03-02"}
    crimes = [case | {"outcome": outcome} | ({} if outcome == PENDING else ended) for outcome in outcomes]
    unit = cases.units(lives(world(["1980-01-01"], crimes))).to_dicts()[0]
    assert unit["outcome"] == found
    still = on("2011-10-31") - on("2009-01-02")
    assert (unit["event"], unit["open_days"]) == ((0, still) if PENDING in outcomes else (1, None))


def test_how_far_people_get_after_an_arrest() -> None:
    case = {"committed": "2008-02-01", "arrested": "2008-02-02", "disposed": "2008-03-01"}
    crimes = [
        {**case, "arrested": "2007-12-31"},  # before the scheme
        {**case, "charged": "2008-02-02", "disposal": COMMUNITY},
        {**case, "arrested": "2008-03-02", "disposal": CUSTODY},  # a later arrest of the same period
    ]
    assessed = [(0, "2008-06-01", 0, *UNKNOWN), (0, "2009-02-01", 1, *UNKNOWN), (0, "2009-02-02", 0, *UNKNOWN)]
    found = cases.pathway(lives(world(["1980-01-01"], crimes, spans=MEMBER, assessed=assessed)))
    assert {u["stage"]: u["numerator"] for u in found.to_dicts()} == {
        "arrested": 1, "charged": 1, "convicted": 1, "sentenced": 1, "into_treatment": 0, "resettled": 1,
    }  # fmt: skip
    assert found["date"].unique().to_list() == [on("2008-02-02")]


def test_across_the_border() -> None:
    places = schemes(SCALES["tiny"], np.random.default_rng(1))
    home, other = int(places.force[0]), int(places.force[0]) + 1
    case = {"committed": "2008-05-01", "disposed": "2008-06-01", "disposal": FINE}
    crimes = [case | {"force": home}, case | {"force": other}, case | {"force": other, "disposed": "2009-10-01"}]
    units = offending.cross_border(lives(world(["1980-01-01"], crimes, spans=MEMBER)), places)
    assert units.select("period", "numerator", "denominator").rows() == [(2008, 1, 2)]
    weights = offending.concentration(lives(world(["1980-01-01"], crimes)))
    assert weights.select("period", "weight").rows() == [(2008, 2)]


# ── Adding up ───────────────────────────────────────────────────────────────────────────────────


def added(measure: Measure, **columns: list[Any]) -> list[dict[str, Any]]:
    """Return the rows of no breakdown of units of as many people, all in 2009/10."""
    number = len(next(iter(columns.values())))
    frame = pl.DataFrame({"person": range(number), "period": [2009] * number, "main": [True] * number} | columns)
    whole = Measure(**{**measure.__dict__, "by": ()})
    gathered = Gathered(whole, Labels(schemes(SCALES["tiny"], np.random.default_rng(1))))
    gathered.add(frame)
    return list(gathered.rows())


def named(name: str) -> Measure:
    return next(m for m in MEASURES if m.id == name)


def test_the_share_of_those_who_did_most() -> None:
    """Forty people: one did 20, nine did 4 each, thirty did 1 each; 86 in all."""
    rows = added(named("concentration"), weight=[20] + [4] * 9 + [1] * 30)
    found = {row["top_share"]: (row["numerator"], row["value"]) for row in rows}
    assert found[0.01] == (0, pytest.approx(0.4 * 20 / 86))  # four tenths of the first
    assert found[0.05] == (24, pytest.approx(24 / 86))
    assert found[0.1] == (32, pytest.approx(32 / 86))
    assert found[1.0] == (86, 1.0)


def test_a_change_is_of_rates_and_needs_something_to_change_from() -> None:
    change = named("ni30_change")
    assert added(change, before=[2] * 30, after=[1] * 30)[0]["value"] == -0.5
    assert added(change, before=[0] * 30, after=[1] * 30)[0]["value"] is None
    assert added(change, before=[2] * 29, after=[1] * 29)[0]["value"] is None  # too few people
    free = added(
        named("offences_before_after_at_liberty"), before_free=[2] * 30, after_free=[1] * 30,
        before_exposure=[300] * 30, after_exposure=[100] * 30,
    )  # fmt: skip
    assert free[0]["value"] == pytest.approx(0.5)  # one in 100 days against two in 300


def test_a_share_that_too_few_are_scored_for_has_no_value() -> None:
    units = {"expected": [0.5] * 40, "observed": [1] * 20 + [0] * 20, "offenders": [1] * 40}
    assert added(named("observed_to_expected"), scored=[1] * 32 + [0] * 8, **units)[0]["value"] == 1.0
    assert added(named("observed_to_expected"), scored=[1] * 31 + [0] * 9, **units)[0]["value"] is None


def test_a_case_that_ends_on_the_day_is_never_at_risk() -> None:
    part = pl.DataFrame({"counted": [True, True, False], "exit_month": [0, 1, 2], "len": [10, 20, 10]})
    rows = [(r["months"], r["numerator"], r["at_risk"], r["value"]) for r in curve(part, 40)]
    # Ten of forty on the day; twenty of the thirty left in the first month: a quarter is left.
    assert rows == [(1, 30, 30, pytest.approx(0.75)), (2, 30, 10, pytest.approx(0.75))]
