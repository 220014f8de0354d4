"""The intervals that the SQL works out, against scipy and against values that others published."""

import duckdb
import numpy as np
import pytest
from scipy import stats

from queries import sql
from queries.figures import Z


def aggregate(title: str, rows: list[tuple], columns: str, kind: str) -> dict:
    """Run one section of the aggregation over rows given here."""
    connection = duckdb.connect()
    marks = ", ".join("?" * len(rows[0]))
    connection.execute(f"create table selected ({columns})")
    connection.executemany(f"insert into selected values ({marks})", rows)
    text = sql.section("queries/aggregate.sql", title)
    text = text.replace("{by}", "")
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
