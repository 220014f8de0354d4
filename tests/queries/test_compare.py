"""Funnels and control charts: limits worked by hand and by scipy, and nothing said of groups too small."""

import pytest
from scipy import stats

from queries import sql
from queries.catalogue import measure
from queries.compare import JUDGEMENTS, NotComparable, control, funnel
from queries.figures import figure
from queries.scope import Viewer
from queries.when import periods
from tests.tables import table

ANALYST = Viewer.analyst()
LIMITS = sql.section("queries/compare.sql", "limits")

# Of the whole, half. The error of a group of 100 is 0.05: 95 in 100 fall within 0.402 and 0.598, and 998 in 1,000
# within 0.3455 and 0.6545. Of a group of 400 it is 0.025: 0.451 and 0.549, 0.4227 and 0.5773.
JUDGED = """
    group | of   | did | said
    A     | 100  | 50  | within
    B     | 100  | 59  | within     # 0.59
    C     | 100  | 60  | above      # 0.60
    D     | 100  | 66  | far_above  # 0.66
    E     | 100  | 40  | below
    F     | 100  | 34  | far_below
    G     | 400  | 219 | within     # 0.5475
    H     | 400  | 220 | above      # 0.55: the same share as a group of 100 may well have
    I     | 29   | 29  | too_few    # everybody, of under thirty people
    J     | 30   | 30  | far_above
"""


def limits(warehouse, rows, centre):
    labels, numerators, denominators = zip(*rows, strict=True)
    return warehouse.query(
        LIMITS,
        {
            "labels": list(labels),
            "numerators": list(numerators),
            "denominators": list(denominators),
            "centre": centre,
            "fewest": 30,
        },
    )


def test_groups_are_judged_by_the_limits_for_their_size(crowded):
    rows = table(JUDGED)
    found = limits(crowded, [(r["group"], int(r["did"]), int(r["of"])) for r in rows], 0.5)
    assert dict(zip(found["label"], found["judged"], strict=True)) == {r["group"]: r["said"] for r in rows}
    assert set(found["judged"]) == set(JUDGEMENTS)


@pytest.mark.parametrize(("centre", "size"), [(0.5, 100), (0.749, 8000), (0.03, 50), (0.98, 35)])
def test_limits_are_those_of_the_normal_distribution(crowded, centre, size):
    row = limits(crowded, [("A", 1, size)], centre).row(0, named=True)
    error = (centre * (1 - centre) / size) ** 0.5
    for inside, lower, upper in ((0.95, "lower_95", "upper_95"), (0.998, "lower_998", "upper_998")):
        low, high = stats.norm.interval(inside, loc=centre, scale=error)
        assert row[lower] == pytest.approx(max(low, 0), abs=1e-12)
        assert row[upper] == pytest.approx(min(high, 1), abs=1e-12)


def test_a_whole_of_which_everybody_did_it_says_nothing_of_its_groups(crowded):
    assert set(limits(crowded, [("A", 100, 100), ("B", 50, 50)], 1.0)["judged"]) == {"too_few"}


def test_schemes_stand_beside_the_rate_of_all_together(crowded):
    found = funnel(crowded, ANALYST, "reoffending_rate", {"ppo": "yes"}, "2009/10")
    whole = figure(crowded, ANALYST, "reoffending_rate", where={"ppo": "yes"}, period="2009/10").frame.row(
        0, named=True
    )
    assert found.centre == pytest.approx(whole["numerator"] / whole["denominator"])
    by_scheme = figure(crowded, ANALYST, "reoffending_rate", by=("scheme",), where={"ppo": "yes"}, period="2009/10")
    expected = {r["scheme"]: (r["numerator"], r["denominator"]) for r in by_scheme.frame.rows(named=True)}
    assert expected.pop("none")  # PPOs who were on no scheme on the day: no scheme's own
    rows = found.frame.rows(named=True)
    assert {r["label"]: (r["numerator"], r["denominator"]) for r in rows} == expected
    assert found.curve["denominator"].min() == min(size for _, size in expected.values())
    assert found.curve["denominator"].max() == max(size for _, size in expected.values())


def test_years_stand_beside_all_of_them_pooled_and_not_beside_the_mean_of_their_rates(crowded):
    women = {"sex": "female"}
    found = control(crowded, ANALYST, "reoffending_rate", women)
    rows = found.frame.rows(named=True)
    assert len(rows) > 1
    assert found.centre == pytest.approx(sum(r["numerator"] for r in rows) / sum(r["denominator"] for r in rows))
    known = periods(crowded, measure("reoffending_rate")).rows(named=True)
    waiting = {row["period"] for row in known if row["status"] != "final"}
    each = figure(crowded, ANALYST, "reoffending_rate", where=women, period="each").frame.rows(named=True)
    # A year of under thirty people is marked as that, and is no more final for it.
    assert {row["status"] for row in each if row["period"] in waiting} == {"low_base", "immature"}
    assert not waiting & set(found.frame["label"])


def test_what_is_not_a_proportion_of_people_is_refused(crowded):
    with pytest.raises(NotComparable, match="got: reoffences_per_reoffender, which is a ratio"):
        funnel(crowded, ANALYST, "reoffences_per_reoffender")
