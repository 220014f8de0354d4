"""The sentence above a chart: right about its figures, and never surer than they are."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard import tables, takeaway, words
from queries.catalogue import measure, measures
from tests.dashboard.figures import figure, rate, wilson

CLAIMS = ("higher", "lower", "more than chance")


def years(*rows):
    return figure("reoffending_rate", list(rows), by=("period",), period="each", periods=("2008/09", "2009/10"))


def test_the_latest_final_year_is_said_with_its_counts_and_interval():
    said = takeaway.takeaway(
        years(
            rate(773, 1000, period="2008/09"),
            rate(600, 1000, period="2009/10"),
            rate(1, 9, period="2010/11", status="immature"),
        )
    )
    assert said == (
        "In April 2009 to March 2010: 60.0% (600 of 1,000 people; 95% interval 56.9% to 63.0%). That is 17.3 "
        "percentage points lower than the year before (77.3%), more than chance alone would explain."
    )


def test_a_provisional_year_is_not_the_one_that_is_said():
    said = takeaway.takeaway(
        years(rate(70, 100, period="2008/09"), rate(10, 100, period="2009/10", status="provisional"))
    )
    assert said.startswith("In April 2008 to March 2009: 70.0%")


def test_a_year_that_is_not_final_is_not_said_for_having_few_people():
    small = {"value": None, "lower": None, "upper": None, "status": "low_base"}
    few = [rate(12, 25, period="2008/09", **small), rate(3, 25, period="2009/10", **small)]
    late = replace(years(*few), unfinished=frozenset({"2009/10"}))
    assert takeaway.takeaway(late).startswith("In April 2008 to March 2009: too few people for a rate: 12 of 25")
    assert takeaway.takeaway(years(*few)).startswith("In April 2009 to March 2010: too few people for a rate: 3 of 25")


def test_what_is_in_nobodys_records_is_not_said_to_be_too_soon():
    none = {"step": "home_visit", "numerator": None, "denominator": None, "value": None, "n": 0, "status": "immature"}
    found = figure("journey_step_done", [none], by=("step",))
    assert takeaway.at_one_time(found, none) == "no data: nobody's records have any"
    assert tables.status(found, none) == "No data"
    soon = replace(found, status="immature")
    assert takeaway.at_one_time(soon, none).startswith("too soon to say")
    assert tables.status(soon, none) == "Too soon to say"


def test_people_are_not_counted_twice_in_one_breath():
    """64 people taken on are 64 people; 70 times on the scheme may be 64."""
    for times, said in ((64, "64 people"), (70, "70 (64 people)")):
        row = {"value": float(times), "numerator": times, "n": 64, "period": "2010/11"}
        found = figure("entries", [row], by=("period",), period="each", periods=("2010/11",))
        assert takeaway.at_one_time(found, found.frame.rows(named=True)[0]) == said


def test_the_name_of_a_group_stands_as_it_is():
    rows = [
        {"value": float(n), "numerator": n, "n": n, "rule": rule} for n, rule in ((148, "london"), (78, "northumbria"))
    ]
    said = takeaway.takeaway(figure("selection_rule_met", rows, by=("rule",)))
    assert said == "The largest is 'London: six indications in two years', with 148."


people = st.integers(30, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(before=people, after=people)
@example(before=(773, 1000), after=(749, 1000))
@example(before=(7730, 10000), after=(7490, 10000))
def test_no_change_is_claimed_that_chance_could_make(before, after):
    """Newcombe's interval, worked out again here, leaves nought out exactly when a change is claimed."""
    (k1, n1), (k2, n2) = before, after
    (l1, u1), (l2, u2) = wilson(k1, n1), wilson(k2, n2)
    p1, p2 = k1 / n1, k2 / n2
    lowest = p2 - p1 - ((p2 - l2) ** 2 + (u1 - p1) ** 2) ** 0.5
    highest = p2 - p1 + ((u2 - p2) ** 2 + (p1 - l1) ** 2) ** 0.5
    said = takeaway.takeaway(years(rate(k1, n1, period="2008/09"), rate(k2, n2, period="2009/10")))
    claimed = any(claim in said for claim in CLAIMS)
    assert claimed == (lowest > 0 or highest < 0)
    if claimed:
        assert ("higher" in said) == (p2 > p1)


def test_a_withheld_figure_is_neither_said_nor_compared():
    hidden = {"period": "2009/10", "status": "confidential"}
    said = takeaway.takeaway(years(rate(70, 100, period="2008/09"), hidden))
    assert said == (
        "In April 2009 to March 2010: not shown, to protect people. It cannot be compared with the year before."
    )
    said = takeaway.takeaway(years(hidden | {"period": "2008/09"}, rate(70, 100, period="2009/10")))
    assert said.endswith("The figure for the year before is not shown, so there is nothing to compare it with.")


def test_too_few_people_are_counted_and_not_compared():
    few = rate(17, 25, period="2009/10", status="low_base") | {"value": None, "lower": None, "upper": None}
    said = takeaway.takeaway(years(rate(70, 100, period="2008/09"), few))
    assert "too few people for a rate: 17 of 25 people" in said
    assert not any(claim in said for claim in CLAIMS)


def test_a_caseload_is_counted_not_estimated():
    months = figure(
        "caseload", [{"month": "2010-03", "value": 110.0}, {"month": "2011-03", "value": 120.0}], by=("month",)
    )
    assert takeaway.takeaway(months) == "At the end of March 2011: 120 people. A year before: 110. That is 10 more."


def groups(*rows):
    return figure("reoffending_rate", list(rows), by=("sex",), period="2009/10")


def ages(*rows):
    return figure("reoffending_rate", list(rows), by=("age_band",), period="2009/10")


def test_groups_whose_intervals_do_not_meet_are_told_apart():
    said = takeaway.takeaway(
        ages(rate(900, 1000, age_band="18-20"), rate(500, 1000, age_band="21-24"), rate(100, 1000, age_band="50+"))
    )
    assert said == "Highest: 18 to 20 (90.0%). Lowest: 50 or more (10.0%). Their intervals do not meet."


def test_groups_whose_intervals_meet_are_not():
    """60% and 40% of 60: the interval of their difference leaves nought out, but these two were picked from three."""
    rows = [rate(36, 60, age_band="18-20"), rate(30, 60, age_band="21-24"), rate(24, 60, age_band="50+")]
    assert takeaway.takeaway(ages(*rows)).startswith("No clear difference between the groups")


def test_two_groups_are_compared_by_their_difference():
    said = takeaway.takeaway(groups(rate(36, 60, sex="male"), rate(24, 60, sex="female")))
    assert said == (
        "Male: 60.0%. Female: 40.0%. The difference, 20.0 percentage points, is more than chance alone would explain."
    )
    said = takeaway.takeaway(groups(rate(31, 60, sex="male"), rate(29, 60, sex="female")))
    assert said == "Male: 51.7%. Female: 48.3%. There is no clear difference: chance alone could explain it."


def test_the_unknown_is_no_group_to_compare():
    said = takeaway.takeaway(groups(rate(900, 1000, sex="male"), rate(100, 1000, sex="not_known")))
    assert said == "There are too few groups with figures to compare."


def test_nothing_is_claimed_of_a_group_of_under_thirty_people():
    one = {"court_type": "youth", "denominator": 1, "value": 33.0, "median": 33.0, "n": 1, "status": "low_base"}
    crown, magistrates = (
        {"court_type": court, "denominator": 60, "value": median, "lower": low, "upper": high, "n": 60}
        for court, median, low, high in (("crown", 106.0, 61.0, 184.0), ("magistrates", 42.0, 37.0, 49.0))
    )
    said = takeaway.takeaway(figure("arrest_to_sentence_days", [crown, magistrates, one], by=("court_type",)))
    assert "Youth" not in said
    assert said.endswith("The difference, 64 days, is more than chance alone would explain.")


def test_custody_is_told_the_self_assessments_way_round():
    row = {"numerator": 42, "denominator": 120, "value": 0.35, "n": 120}
    said = takeaway.community_majority(figure("custody_share", [row], as_at=date(2011, 3, 31)))
    assert said == (
        "On 31 March 2011, 78 of 120 people whose place is known were in the community (65.0%) and 42 in custody: a "
        "majority in the community."
    )


def test_half_is_no_majority():
    row = {"numerator": 60, "denominator": 120, "value": 0.5, "n": 120}
    said = takeaway.community_majority(figure("custody_share", [row], as_at=date(2011, 3, 31)))
    assert said.endswith("not a majority in the community.")


CONVICTIONS = {"numerator": 24, "denominator": 115, "n": 15}
"""15 people with 115 convictions before they were adopted and 24 after."""


def test_a_change_in_too_few_people_is_told_in_counts_with_the_people_apart():
    found = figure("convictions_before_after", [CONVICTIONS | {"status": "low_base"}])
    assert takeaway.takeaway(found) == "Too few people for a rate: from 115 to 24 convictions, 15 people."


def test_a_change_is_told_with_what_was_counted_before_and_after():
    """24 against 115 is 79.1% lower."""
    row = CONVICTIONS | {"value": 24 / 115 - 1, "lower": -0.9, "upper": -0.6}
    assert takeaway.takeaway(figure("convictions_before_after", [row])) == (
        "79.1% lower than before (from 115 to 24 convictions, 15 people; 95% interval −90.0% to −60.0%)."
    )
    row = {"numerator": 90, "denominator": 100, "n": 40, "value": -0.1, "lower": -0.3, "upper": 0.1}
    assert takeaway.takeaway(figure("ni30_change", [row])) == (
        "No clear change: −10.0% (from 100 to 90 proven offences, 40 people; 95% interval −30.0% to +10.0%)."
    )


@pytest.mark.parametrize("name", [each.id for each in measures().values() if each.kind == "change"])
def test_every_change_says_what_it_counts(name):
    column = measure(name).denominator_column
    assert words.inside(column) != column.replace("_", " ")


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("contacts_attended", (1843, 2314), "1,843 of 2,314 appointments due"),
        ("contacts_accompanied", (120, 1843), "120 of 1,843 appointments kept"),
        ("contacts_per_week", (90, 60), "90 appointments kept in 60 weeks"),
        ("observed_to_expected", (196, 194.5), "196 re-offended, 194.5 expected to"),
        ("ni30_offences_per_ppo", (35, 20), "35 proven offences by 20 people"),
        ("ni30_offences_per_reoffender", (35, 12), "35 proven offences by 12 people who re-offended"),
    ],
)
def test_what_a_figure_is_out_of_is_called_what_it_is(name, row, said):
    top, bottom = row
    found = figure(name, [{"numerator": top, "denominator": bottom, "n": 12, "status": "low_base"}])
    assert takeaway.counts(found, found.frame.row(0, named=True)) == said


@pytest.mark.parametrize(
    ("name", "unit"),
    [("conviction_timeline", "Per 100 people"), ("conviction_timeline_at_liberty", "Per 100 months at liberty")],
)
def test_a_timeline_says_what_its_convictions_are_out_of(name, unit):
    rows = [{"months": months, "value": value} for months, value in ((-1, 0.3), (0, 0.25), (12, 0.123))]
    assert takeaway.takeaway(figure(name, rows)).startswith(
        f"{unit}: 30.0 convictions in the month before adoption, 12.3 in the thirteenth month after it."
    )


def pathway(**more):
    """50 were arrested, 40 charged, 22 convicted and 20 sentenced; few need treatment, and most have a home."""
    stages = {"arrested": 50, "charged": 40, "convicted": 22, "sentenced": 20, "into_treatment": 4, "resettled": 45}
    return figure(
        "pathway",
        [
            {"stage": stage, "numerator": reached, "denominator": 50, "value": reached / 50, "n": 50} | more
            for stage, reached in stages.items()
        ],
        by=("stage",),
    )


def test_nobody_drops_out_on_the_way_to_treatment_or_a_home():
    """18 of those charged were not convicted. 16 fewer started treatment than were sentenced: they may not need it."""
    assert takeaway.takeaway(pathway()) == (
        "Of 50 people arrested, 20 were sentenced. Most drop out after this stage: charged (18 fewer). Whatever became "
        "of the case, within twelve months of the arrest 4 (8.0%) started treatment and 45 (90.0%) had no need of "
        "accommodation at their latest assessment."
    )


def test_few_people_are_told_in_counts_along_the_pathway():
    assert takeaway.takeaway(pathway(value=None, status="low_base")).endswith(
        "4 started treatment and 45 had no need of accommodation at their latest assessment."
    )


def test_a_pathway_with_a_stage_withheld_is_not_told():
    rows = pathway().frame.rows(named=True)
    rows[4] |= {"numerator": None, "value": None, "status": "confidential"}
    said = takeaway.takeaway(figure("pathway", rows, by=("stage",)))
    assert said == "Some stages are not shown, to protect people."
