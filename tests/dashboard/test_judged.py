"""What is said when a figure is set beside another: nothing that its interval does not support."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from dashboard import decisions, in_short, judged, takeaway
from dashboard.change import chance_gives_as_much
from dashboard.headlines import Headline
from dashboard.judged import Beside
from queries.catalogue import measure, measures
from queries.self_assessment import RATING, REVIEW, Assessment, Saved, tool
from tests.dashboard.figures import BUILD, figure, rate

CLAIMS = re.compile(r"\b(more than chance|clearly (better|worse|higher|lower)|lower than|higher than|fell|rose)\b")
WITH_INTERVALS = ("reoffending_rate", "reoffences_per_reoffender", "ni30_change", "arrest_to_sentence_days")


def row_of(low: float, value: float, high: float, status: str = "ok", n: int = 60, **more: Any) -> dict[str, Any]:
    return {
        "numerator": 10, "denominator": n, "value": value, "median": value, "lower": low, "upper": high, "n": n,
        "status": status,
    } | more  # fmt: skip


three = st.lists(st.integers(0, 1000), min_size=3, max_size=3).map(sorted)
intervals = three.map(lambda found: (found[0] / 10, found[1] / 10, found[2] / 10))


@given(
    name=st.sampled_from(WITH_INTERVALS),
    before=intervals,
    after=intervals,
    status=st.sampled_from(["ok", "ok", "low_base"]),
)
def test_no_sentence_claims_a_change_that_the_intervals_do_not_support(name, before, after, status):
    """Where the two intervals have each other's values inside, chance could have made either: nothing is claimed."""
    rows = [
        row_of(*before, period="2008/09"),
        row_of(*after, status, 12 if status == "low_base" else 60, period="2009/10"),
    ]
    answer = figure(name, rows, by=("period",), period="each")
    said = takeaway.change(answer, answer.frame.row(0, named=True), answer.frame.row(1, named=True))
    could_be_the_same = before[0] <= after[1] <= before[2] and after[0] <= before[1] <= after[2]
    if status == "low_base" or could_be_the_same or before[1] == after[1]:
        assert not CLAIMS.search(said), said
        assert judged.change(answer.measure, *answer.frame.rows(named=True)) in ("unclear", "unknown")
    if CLAIMS.search(said):
        # Whichever way it is said, that is the way the values lie.
        assert ("higher" in said) == (after[1] > before[1])


@given(before=intervals, after=intervals)
def test_the_first_screen_claims_no_more_than_the_sentence_about_the_year(before, after):
    rows = [row_of(*before, period="2008/09"), row_of(*after, period="2009/10")]
    answer = figure("reoffending_rate", rows, by=("period",), period="each", where={"ppo": "yes"})
    was, now = answer.frame.rows(named=True)
    lead = Headline(answer, "2009/10", now, was, judged.change(answer.measure, was, now))
    against = in_short.against_last_year(lead, [lead, lead])
    if lead.change == "unclear":
        assert not CLAIMS.search(against), against


def test_small_numbers_are_set_beside_each_other_by_their_counts():
    hidden = {"value": None, "lower": None, "upper": None, "status": "low_base"}
    rows = [rate(20, 26, period="2008/09") | hidden, rate(17, 25, period="2009/10") | hidden]
    answer = figure("reoffending_rate", rows, by=("period",), period="each")
    assert takeaway.takeaway(answer) == (
        "In April 2009 to March 2010: too few people for a rate: 17 of 25 people. The year before: 20 of 26 people. "
        "With numbers this small, chance alone would give as much."
    )


def test_small_numbers_far_apart_are_not_said_to_be_chance_nor_to_have_changed():
    hidden = {"value": None, "lower": None, "upper": None, "status": "low_base"}
    rows = [rate(2, 25, period="2008/09") | hidden, rate(24, 25, period="2009/10") | hidden]
    said = takeaway.takeaway(figure("reoffending_rate", rows, by=("period",), period="each"))
    assert said.endswith("With numbers this small, no change is claimed.")


groups = st.integers(1, 29).flatmap(lambda people: st.tuples(st.integers(0, people), st.just(people)))


@given(before=groups, after=groups)
def test_chance_is_judged_as_by_fishers_exact_test(before, after):
    (was, of), (now, out_of) = before, after
    _, expected = fisher_exact([[was, of - was], [now, out_of - now]])
    # At the line itself the two may round differently.
    if abs(expected - 0.05) > 1e-9:
        assert chance_gives_as_much(before, after) == (expected >= 0.05)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.60, "unclear"), (0.69, "unclear"), (0.75, "better"), (0.50, "worse")],
    # 36 of 60 is 60.0%, its interval 47.4% to 71.4%: 50% lies in it.
)
def test_a_national_figure_inside_the_interval_is_no_different(number, expected):
    ours = rate(36, 60)
    if number == 0.50:
        ours = rate(48, 60)  # 80.0%, interval 68.2% to 88.2%
    answer = figure("reoffending_rate", [ours | {"period": "2009/10"}], by=("period",))
    found = judged.beside(answer.frame.row(0, named=True), Beside(number, "2009/10", "somebody"))
    assert judged.standing(answer.measure, found) == expected


def test_two_changes_that_may_hang_on_each_other_need_intervals_that_do_not_meet():
    """−20% (−30 to −10) and −35% (−45 to −25): independent they would differ; their intervals meet."""
    about = measure("ni30_change")
    before, after = row_of(-0.30, -0.20, -0.10), row_of(-0.45, -0.35, -0.25)
    assert judged.change(about, before, after) == "unclear"
    assert judged.change(measure("reoffences_per_reoffender"), before, after) == "better"


# ── What needs a decision ───────────────────────────────────────────────────────────────────────


def headline(name: str, row: dict, **more) -> Headline:
    answer = figure(name, [row | {"period": "2009/10"}], by=("period",))
    return Headline(answer, "2009/10", answer.frame.row(0, named=True), **more)


def test_a_target_is_missed_only_where_the_whole_interval_is_past_it():
    near = row_of(-0.26, -0.12, 0.02)
    far = row_of(-0.15, -0.12, -0.09)
    target = Beside(-0.19, "2009/10", "set by the board")
    made = [headline("ni30_change", row, target=judged.beside(row, target)) for row in (near, far)]
    assert decisions.of_figures(made[:1]) == []
    found = decisions.of_figures(made[1:])
    assert [each.rule for each in found] == ["target"]
    assert found[0].found == (
        "Change in proven offences of a fixed cohort (NI 30), April 2009 to March 2010: −12.0% (95% interval −15.0% to "
        "−9.0%) misses its target, −19.0%."
    )


def test_a_majority_in_custody_is_a_decision_where_the_interval_supports_it():
    limit = Beside(0.5, "2009/10", "the tool")
    for row, expected in ((row_of(0.45, 0.55, 0.65), []), (row_of(0.52, 0.6, 0.68), ["target"])):
        made = headline("custody_share", row, target=judged.beside(row, limit))
        assert [each.rule for each in decisions.of_figures([made])] == expected


def test_nothing_is_decided_on_few_people():
    row = row_of(-0.15, -0.12, -0.09, "low_base", 12)
    made = headline("ni30_change", row, target=judged.beside(row, Beside(-0.19, "2009/10", "x")), change="unknown")
    assert decisions.of_figures([made]) == []


def saved(words: str) -> tuple[Saved, ...]:
    return (Saved(1, words, "somebody", BUILD.built_on),)  # type: ignore[arg-type]


def test_a_red_section_and_an_overdue_review_are_decisions():
    one, two, three = (section.number for section in tool().sections[:3])
    written = Assessment(
        "S001",
        "2010/11",
        {
            (one, RATING): saved("red"),
            (two, RATING): saved("amber"),
            (two, REVIEW): saved("2011-03-30"),
            (three, REVIEW): saved("2011-03-31"),
        },
    )
    found = decisions.of_assessments({"S001": written}, {"S001": "North"}, date(2011, 3, 31))
    assert [(each.rule, each.found.split(":")[0]) for each in found] == [
        ("red", f"North, self-assessment {tool().sections[0].name}"),
        ("review", f"North, self-assessment {tool().sections[1].name}"),
    ]


def test_definitions_are_due_after_the_day_they_were_to_be_reviewed_by():
    last = max(date.fromisoformat(each.review_by) for each in measures().values())
    assert decisions.of_definitions(measures().values(), date(2020, 1, 1)) == []
    assert len(decisions.of_definitions(measures().values(), last.replace(year=last.year + 1))) == 1


def test_a_check_that_found_nothing_is_no_decision():
    assert decisions.of_checks([{"rows": 0}]) == []
    assert decisions.of_checks([{"rows": 3}, {"rows": 0}, {"rows": 1}])[0].found.startswith(
        "2 checks of the data have found 4 rows"
    )


def test_every_decision_has_a_rule_that_is_said():
    assert {"target", "national", "year_before", "red", "review", "definition", "check"} == set(decisions.RULES)
