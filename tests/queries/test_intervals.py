"""The intervals that the SQL works out, against scipy and against values that others published."""

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy import stats

from queries import sql
from queries.figures import Z


def given(rows: list[tuple], columns: str) -> duckdb.DuckDBPyConnection:
    """Return a database in which these rows are those selected."""
    connection = duckdb.connect()
    connection.execute(f"create table selected ({columns})")
    connection.register("rows", pl.DataFrame(rows, orient="row"))
    connection.execute("insert into selected select * from rows")
    return connection


def aggregate(title: str, rows: list[tuple], columns: str, kind: str) -> dict:
    """Run one section of the aggregation over rows given here."""
    connection = given(rows, columns)
    text = sql.section("queries/aggregate.sql", title)
    text = text.replace("{people}", sql.section("queries/aggregate.sql", "people")).replace("{by}", "")
    parameters = {name: value for name, value in {"z": Z, "kind": kind}.items() if f"${name}" in text}
    if title == "days":
        connection.execute(sql.section("etl/transform.sql", "proved").split(";")[1].replace("warehouse.", ""))
    frame = connection.sql(text, params=parameters).pl()
    return frame.row(0, named=True)


def ratio(rows: list[tuple], kind: str) -> dict:
    return aggregate("ratio", rows, "person_id integer, numerator integer, denominator integer", kind)


@pytest.mark.parametrize(("k", "n"), [(0, 30), (1, 30), (5992, 8000), (30, 40), (40, 40), (183, 1445)])
def test_wilson_where_each_person_appears_once(k, n):
    row = ratio([(person, int(person < k), 1) for person in range(n)], "proportion")
    expected = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert (row["numerator"], row["denominator"], row["n"]) == (k, n, n)
    assert row["value"] == pytest.approx(k / n, abs=1e-15)
    assert (row["lower"], row["upper"]) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_wilson_gives_a_published_worked_value():
    """30 of 40: 59.8% to 85.8%."""
    row = ratio([(person, int(person < 30), 1) for person in range(40)], "proportion")
    assert (f"{row['lower']:.1%}", f"{row['upper']:.1%}") == ("59.8%", "85.8%")


def test_per_person_figures_use_how_people_differ_not_poisson():
    """Ten people, half with none and half with eight offences: Poisson would give a far narrower interval."""
    counts = [0, 8] * 20
    row = ratio([(person, count, 1) for person, count in enumerate(counts)], "ratio")
    mean, error = np.mean(counts), np.std(counts, ddof=1) / np.sqrt(len(counts))
    assert row["value"] == pytest.approx(mean)
    assert (row["lower"], row["upper"]) == pytest.approx((mean - Z * error, mean + Z * error), abs=1e-12)
    poisson = Z * np.sqrt(sum(counts)) / len(counts)
    assert row["upper"] - mean > 1.5 * poisson


def test_a_ratio_of_two_sums_over_people_is_the_delta_method():
    chance = np.random.default_rng(3)
    x = chance.integers(1, 30, 200)
    y = chance.binomial(x, 0.3)
    row = ratio([(i, int(a), int(b)) for i, (a, b) in enumerate(zip(y, x, strict=True))], "share")
    value = y.sum() / x.sum()
    error = np.sqrt(((y - value * x) ** 2).sum() * 200 / 199) / x.sum()
    assert row["value"] == pytest.approx(value)
    assert (row["lower"], row["upper"]) == pytest.approx((value - Z * error, value + Z * error), abs=1e-12)


def test_a_person_seen_twice_makes_a_proportion_clustered():
    """The same forty people in two periods: the interval is over forty people, not over eighty."""
    once = [(person, int(person % 2), 1) for person in range(40)]
    row = ratio(once + once, "proportion")
    assert (row["numerator"], row["denominator"], row["n"]) == (40, 80, 40)
    assert row["upper"] - row["lower"] == pytest.approx(2 * Z * np.sqrt(0.25 / 39), abs=1e-12)


def test_people_without_a_denominator_are_not_counted():
    """Re-offences per re-offender: those who did not re-offend are in neither part."""
    row = ratio([(1, 4, 1), (2, 2, 1), (3, 0, 0), (4, 0, 0)], "ratio")
    assert (row["numerator"], row["denominator"], row["value"], row["n"]) == (6, 2, 3.0, 2)
    assert (row["numerator_people"], row["complement_people"]) == (2, 0)


@pytest.mark.parametrize("n", [5, 6, 7, 19, 20, 101, 999, 1000, 1001, 5000])
def test_the_median_lies_between_the_order_statistics_that_scipy_names(n):
    days = [int(d) for d in np.random.default_rng(n).permutation(n) + 1]
    row = aggregate("days", [(i, d) for i, d in enumerate(days)], "person_id integer, numerator integer", "days")
    rank = int(stats.binom.ppf(0.025, n, 0.5))
    if stats.binom.cdf(rank, n, 0.5) <= 0.025:
        rank += 1
    if n > 1000:
        # Beyond a thousand the normal approximation stands in: never more than one rank away.
        assert abs(row["lower"] - rank) <= 1
        assert row["upper"] == n + 1 - row["lower"]
    elif rank < 1:
        assert (row["lower"], row["upper"]) == (None, None)
    else:
        assert (row["lower"], row["upper"]) == (rank, n + 1 - rank)


@pytest.mark.parametrize("days", [[0], [0, 7], [3, 3, 29, 0, 100], list(range(0, 400, 7))])
def test_quartiles_are_linear_interpolations(days):
    row = aggregate("days", [(i, d) for i, d in enumerate(days)], "person_id integer, numerator integer", "days")
    found = [row["q1"], row["median"], row["q3"], row["p90"]]
    assert found == pytest.approx(list(np.quantile(days, [0.25, 0.5, 0.75, 0.9], method="linear")))
    assert row["mean"] == pytest.approx(np.mean(days))


def change(rows: list[tuple]) -> dict:
    """Rows of person, after, before, exposure after, exposure before."""
    columns = "person_id integer, numerator integer, denominator integer, exposure_after double, exposure_before double"
    return aggregate("change", rows, columns, "change")


def lives(seed: int, people: int) -> np.ndarray:
    """People who differ in how much they offend, before and after alike: after, before, and days out of prison."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(0.6, 9, people)
    out_before, out_after = chance.integers(30, 366, (2, people))
    before = chance.poisson(rate * out_before / 365)
    after = chance.poisson(0.7 * rate * out_after / 365)
    return np.column_stack([after, before, out_after, out_before])


def test_a_change_is_one_rate_over_another():
    """Four offences in 100 days against eight in 50: a quarter of the rate. The same days on both sides cancel out."""
    rows = [(1, 4, 6, 60, 30), (2, 0, 2, 40, 20)]
    row = change(rows)
    assert (row["numerator"], row["denominator"], row["n"]) == (4, 8, 2)
    assert row["value"] == pytest.approx((4 / 100) / (8 / 50) - 1)
    assert change([(person, after, before, 1, 1) for person, after, before, _, _ in rows])["value"] == -0.5


@pytest.mark.parametrize(("seed", "people"), [(1, 60), (2, 400), (3, 1000)])
def test_the_interval_of_a_change_is_that_of_drawing_the_people_again(seed, people):
    lived = lives(seed, people)
    row = change([(i, *map(int, life)) for i, life in enumerate(lived)])
    chance = np.random.default_rng(seed)
    drawn = lived[chance.integers(0, people, (2000, people))].sum(axis=1)
    changes = (drawn[:, 0] / drawn[:, 2]) / (drawn[:, 1] / drawn[:, 3]) - 1
    after, before, out_after, out_before = lived.sum(axis=0)
    assert row["value"] == pytest.approx((after / out_after) / (before / out_before) - 1, abs=1e-12)
    # Two thousand draws know a spread to about two in a hundred; few people are a little more than linear.
    assert (row["upper"] - row["lower"]) / 2 == pytest.approx(Z * np.std(changes), rel=0.15 if people < 100 else 0.07)
    assert row["upper"] - row["value"] == pytest.approx(row["value"] - row["lower"], abs=1e-12)


def test_people_who_differ_make_a_change_less_sure_than_poisson_would():
    lived = lives(2, 400)
    row = change([(i, *map(int, life)) for i, life in enumerate(lived)])
    after, before = lived[:, 0].sum(), lived[:, 1].sum()
    poisson = Z * (1 + row["value"]) * np.sqrt(1 / after + 1 / before)
    assert row["upper"] - row["value"] > 1.2 * poisson


def test_somebody_seen_on_both_sides_is_compared_with_themselves():
    """If everybody halves exactly, nothing is uncertain, however much people differ."""
    row = change([(i, i, 2 * i, 1, 1) for i in range(1, 50)])
    assert (row["value"], row["lower"], row["upper"]) == (-0.5, -0.5, -0.5)


def test_a_change_from_nothing_or_to_nothing_has_no_interval():
    row = change([(1, 3, 0, 1, 1), (2, 1, 0, 1, 1)])
    assert (row["value"], row["lower"], row["upper"]) == (None, None, None)
    row = change([(1, 0, 3, 1, 1), (2, 0, 1, 1, 1)])
    assert (row["value"], row["lower"], row["upper"]) == (-1.0, None, None)


def test_a_month_at_liberty_may_be_a_part_of_one():
    """Convictions per month at liberty, the denominator not whole: the delta method over people."""
    chance = np.random.default_rng(8)
    months = np.round(chance.uniform(0.05, 1, 300), 6)
    convictions = chance.poisson(0.4 * months)
    columns = "person_id integer, numerator integer, denominator double"
    rows = [(i, int(c), float(m)) for i, (c, m) in enumerate(zip(convictions, months, strict=True))]
    row = aggregate("ratio", rows, columns, "ratio")
    value = convictions.sum() / months.sum()
    error = np.sqrt(((convictions - value * months) ** 2).sum() * 300 / 299) / months.sum()
    assert row["denominator"] == pytest.approx(months.sum(), abs=1e-9)
    assert row["value"] == pytest.approx(value)
    assert (row["lower"], row["upper"]) == pytest.approx((value - Z * error, value + Z * error), abs=1e-9)
    drawn = chance.integers(0, 300, (2000, 300))
    rates = convictions[drawn].sum(axis=1) / months[drawn].sum(axis=1)
    assert (row["upper"] - row["lower"]) / 2 == pytest.approx(Z * np.std(rates), rel=0.06)


def concentration(weights) -> dict:
    """The rows of the curve by the share of people."""
    connection = given([(i, int(w)) for i, w in enumerate(weights)], "person_id integer, numerator integer")
    text = sql.section("queries/aggregate.sql", "concentration").replace("{by}", "")
    rows = connection.sql(text, params={"z": Z}).pl().to_dicts()
    return {row["top_share"]: row for row in rows}


def share_of_top(weights: np.ndarray, share: float) -> np.ndarray:
    """What the most active part of the people did of everything, along the last axis: the Lorenz curve."""
    ordered = -np.sort(-weights, axis=-1)
    reached = np.concatenate([np.zeros((*ordered.shape[:-1], 1)), ordered.cumsum(axis=-1)], axis=-1)
    place = share * ordered.shape[-1]
    whole = int(place + 1e-9)
    next_one = reached[..., min(whole + 1, ordered.shape[-1])]
    return (reached[..., whole] + (place - whole) * (next_one - reached[..., whole])) / reached[..., -1]


def test_where_everybody_does_the_same_a_tenth_does_a_tenth():
    curve = concentration([3] * 137)
    for share, row in curve.items():
        assert row["value"] == pytest.approx(share, abs=1e-12)
        assert row["lower"] == (None if share == 1 else pytest.approx(share, abs=1e-9))


def test_where_one_does_everything_the_curve_is_at_its_top_from_the_first():
    curve = concentration([50, *[0] * 99])
    assert [row["value"] for _, row in sorted(curve.items())] == [1.0] * 9


@pytest.mark.parametrize("people", [31, 150, 800])
def test_the_curve_and_its_interval_are_those_of_drawing_the_people_again(people):
    chance = np.random.default_rng(people)
    weights = 1 + chance.negative_binomial(0.5, 0.1, people)
    curve = concentration(weights)
    drawn = weights[chance.integers(0, people, (2000, people))]
    for share, row in curve.items():
        assert row["value"] == pytest.approx(float(share_of_top(weights, share)), abs=1e-12)
        if share == 1:
            assert (row["value"], row["lower"], row["upper"]) == (1.0, None, None)
            continue
        spread = np.std(share_of_top(drawn, share))
        if people * share >= 10:
            # Below that the top is one or two people, and what drawing them again does to it is far from straight.
            assert (row["upper"] - row["lower"]) / 2 == pytest.approx(Z * spread, rel=0.15)


def test_a_change_is_about_the_fewer_people_behind_its_two_counts():
    """Two of five before and four after: 2 and the other 3. Nobody after is nobody to be told of: then those before."""
    row = change([(person, int(person < 4), int(person < 2), 1, 1) for person in range(5)])
    assert (row["numerator_people"], row["complement_people"]) == (2, 3)
    row = change([(person, 0, int(person < 2), 1, 1) for person in range(5)])
    assert (row["numerator_people"], row["complement_people"]) == (2, 3)


def test_the_top_of_a_curve_is_about_the_people_it_is_of():
    """A hundredth of 137 people is one and a part of another: two. A half is 68 and a half: 69 and the other 68."""
    curve = concentration([3] * 137)
    assert (curve[0.01]["numerator_people"], curve[0.01]["complement_people"]) == (2, 135)
    assert (curve[0.5]["numerator_people"], curve[0.5]["complement_people"]) == (69, 68)
    assert (curve[1.0]["numerator_people"], curve[1.0]["complement_people"]) == (137, 0)
