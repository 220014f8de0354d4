"""An attacker with a linear program, set on the published tables of random small worlds."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pytest

from queries import release
from queries.adding_up import Counted
from queries.published import adds_up, listed
from queries.warehouse import Warehouse, current_build, read_stamp
from queries.withholding import Tables, exposed, withheld
from tests.attack import Attack
from tests.sample_builds import builds as builds  # a fixture

WORLDS, MANY_WORLDS = 6, 500


class Source:
    """The sample world, of which small worlds are made by leaving out most of its people, periods and tables."""

    def __init__(self, builds: Path) -> None:
        folder = current_build(builds)
        self.stamp = read_stamp(folder)
        self.attach = f"attach '{folder / 'warehouse.duckdb'}' as source (read_only)"
        with duckdb.connect() as connection:
            connection.execute(self.attach)

            def first(text: str) -> list[Any]:
                return [row[0] for row in connection.execute(text).fetchall()]

            tables = first("select table_name from duckdb_tables() where database_name = 'source'")
            self.people = first("select distinct person_id from source.units_reoffending order by 1")
            self.on_schemes = first("select distinct person_id from source.units_caseload order by 1")
            self.periods = first("select distinct period from source.units_caseload order by 1")
        self.units = sorted(name for name in tables if name.startswith("units_"))
        self.others = sorted(name for name in tables if not name.startswith("units_"))

    @contextmanager
    def world(self, people: list[int], periods: list[str]) -> Iterator[Warehouse]:
        """A warehouse of those people in those periods, in memory, its rows in no order."""
        with duckdb.connect() as connection:
            connection.execute(self.attach)
            for name in self.others:
                connection.execute(f"create view {name} as select * from source.{name}")
            for name in self.units:
                connection.execute(
                    f"create table {name} as select * from source.{name}"
                    " where list_contains($1, person_id) and list_contains($2, period) order by random()",
                    [people, periods],
                )
            yield Warehouse(connection, self.stamp)

    def few(self, chance: random.Random) -> tuple[list[int], list[str]]:
        """Forty to a hundred and fifty people, most of them on schemes, and one or two years."""
        some = chance.sample(self.on_schemes, chance.randint(30, 100))
        others = chance.sample(self.people, chance.randint(10, 50))
        return sorted({*some, *others}), sorted(chance.sample(self.periods[1:], chance.randint(1, 2)))


@pytest.fixture(scope="module")
def source(builds: Path) -> Source:
    return Source(builds)


def some_tables(chance: random.Random) -> dict[str, dict[str, Any]]:
    """A closed list of some measures by some of their breakdowns, with all that another is declared to repeat."""
    every = listed()
    repeated = {relation["whole"]["measure"] for relation in adds_up()}
    return {
        name: every[name] | {"breakdowns": [b for b in every[name]["breakdowns"] if chance.random() < 0.4]}
        for name in every
        if chance.random() < 0.4 or name in repeated
    }


def withheld_one_by_one(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they would be published if only what is about one to four people were withheld."""
    people = ("n", "numerator_people", "complement_people", "at_risk")
    small = {"status": "confidential"} | dict.fromkeys(release.NUMBERS)
    return [row | (small if any(0 < (row.get(name) or 0) < 5 for name in people) else {}) for row in rows]


def exact_rows(warehouse: Warehouse, tables: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    with mock.patch.object(release, "listed", return_value=tables):
        return release.exact_rows(warehouse)


@contextmanager
def in_blocks(seed: int) -> Iterator[None]:
    """Every other world is protected as a nation is: a scheme or two at a time, and then what that leaves open."""
    if seed % 2:
        with mock.patch("queries.withholding.LARGE", 0), mock.patch("queries.adding_up.SCHEMES_IN_A_BLOCK", 1):
            yield
    else:
        yield


def test_an_attacker_proves_no_withheld_count_to_be_one_to_four_people(source: Source, long_run: bool):
    """Nor pins one, of course. Withholding no more than the small cells themselves, most are worked out."""
    won = targets = 0
    for seed in range(MANY_WORLDS if long_run else WORLDS):
        chance = random.Random(seed)
        tables, few = some_tables(chance), source.few(chance)
        with source.world(*few) as warehouse:
            exact = exact_rows(warehouse, tables)
        with in_blocks(seed):
            shown = release.protected(exact).shown.rows(named=True)
        attack = Attack().release(exact, shown)
        assert attack.told_few() == [], f"world {seed}"
        targets += sum(attack.numbers[name] in range(1, 5) for name in attack.people if name not in attack.known)
        if seed < 5:
            told = Attack().release(exact, withheld_one_by_one(exact)).told_few()
            won += sum(least == most for *_, least, most in told)
    assert targets > 30 * (seed + 1)
    assert won > 100


# Of four schemes and all together: people, and how many offended in the year before, and in the year after.
OF_A_LIST = {"S001": (16, 9, 12), "S002": (18, 9, 10), "S003": (4, 4, 2), "S004": (11, 11, 6), "all": (49, 33, 30)}


def test_people_are_followed_where_the_fewer_of_two_counts_do_not_add_up():
    """The fewer are 9, 9, 2 and 6, which is 26; of all it is those after, 30. The people are 49 all the same.

    So S003's four can be read off by subtraction unless one more goes: S004, which has the fewest people.
    """
    rows = [
        dict.fromkeys(release.SCHEMA)
        | {"measure": "ni30_change", "kind": "change", "units": "ni30", "population": "everyone", "breakdown": ""}
        | {"label": "", "scheme": scheme, "time": "2009/10", "axis": (), "status": "low_base"}
        | {"numerator": 2 * after, "denominator": 3 * before, "n": people}
        | {"numerator_people": min(before, after), "complement_people": people - min(before, after)}
        for scheme, (people, before, after) in OF_A_LIST.items()
    ]
    shown = release.protected([dict(row) for row in rows]).shown.rows(named=True)
    assert {row["scheme"] for row in shown if row["status"] == "confidential"} == {"S003", "S004"}
    assert Attack().release(rows, shown).told_few() == []
    assert Attack().release(rows, withheld_one_by_one(rows)).told_few()


def changed(chance: random.Random, people: list[int]) -> list[int]:
    """The people of a world before one to six of them were known to the police."""
    gone = set(chance.sample(people, chance.randint(1, 6)))
    return [person for person in people if person not in gone]


def test_an_attacker_with_the_release_before_proves_no_more(source: Source, long_run: bool):
    """Two releases, a few people more in the second: what either withholds, and who has come since, stays unknown."""
    won = lost = 0
    for seed in range(1000, 1000 + (MANY_WORLDS if long_run else WORLDS) // 3):
        chance = random.Random(seed)
        tables, (people, periods) = some_tables(chance), source.few(chance)
        with source.world(changed(chance, people), periods) as warehouse:
            then = exact_rows(warehouse, tables)
        with source.world(people, periods) as warehouse:
            now = exact_rows(warehouse, tables)
        with in_blocks(seed):
            first = release.protected(then)
            second = release.protected(now, first.record)
        shown = first.shown.rows(named=True)
        attack = Attack().release(then, shown).release(now, second.shown.rows(named=True)).same_people()
        assert attack.told_few() == [], f"world {seed}"
        heedless = release.protected(now).shown.rows(named=True)
        told = Attack().release(then, shown).release(now, heedless).same_people().told_few()
        won += sum(least == most for *_, least, most in told)
        lost += sum(row["status"] == "confidential" for row in second.shown.rows(named=True))
    assert won > 20, "a release that takes no account of the one before gives something away"
    assert lost


def test_a_release_of_the_same_people_is_the_same_release(source: Source):
    chance = random.Random(7)
    tables, few = some_tables(chance), source.few(chance)
    with source.world(*few) as warehouse:
        first = release.protected(exact_rows(warehouse, tables))
    with source.world(*few) as warehouse:
        second = release.protected(exact_rows(warehouse, tables), first.record)
    assert second.shown.equals(first.shown)
    assert second.record.equals(first.record)


def test_the_order_of_the_rows_makes_no_difference(source: Source):
    chance = random.Random(11)
    tables, few = some_tables(chance), source.few(chance)
    with source.world(*few) as warehouse:
        rows = exact_rows(warehouse, tables)
    expected = release.protected([dict(row) for row in rows])
    chance.shuffle(rows)
    assert release.protected(rows).shown.equals(expected.shown)


def smallest_of_a_sum(tables: Tables, small: set[int]) -> set[int]:
    """What was done before there were programs, gone on with until it is safe: the next smallest cell of some sum."""
    hidden = set(small)
    sums = [[tables.counts[count].cell for count, _ in equation] for equation in tables.equations]
    reach = [set(cells) - {None} for cells in sums]
    while exposed_now := exposed(tables, hidden):
        for need in exposed_now:
            touched = [
                cells for equation, cells in zip(tables.equations, reach, strict=True) if need.count in dict(equation)
            ]
            near = set().union(*touched) - hidden or set().union(*(r for r in reach if r & hidden)) - hidden
            hidden.add(min(near, key=lambda cell: (tables.costs[cell], cell)))
    return hidden


def test_fewer_rows_are_lost_than_sum_by_sum(source: Source):
    lost = greedily = 0.0
    for seed in (3, 4, 5):
        chance = random.Random(seed)
        tables, few = some_tables(chance), source.few(chance)
        with source.world(*few) as warehouse:
            counted = Counted(exact_rows(warehouse, tables), adds_up())
        lost += sum(counted.tables.costs[cell] for cell in withheld(counted.tables, counted.small))
        greedily += sum(counted.tables.costs[cell] for cell in smallest_of_a_sum(counted.tables, counted.small))
        lost -= sum(counted.tables.costs[cell] for cell in counted.small)
        greedily -= sum(counted.tables.costs[cell] for cell in counted.small)
    assert 0 < lost < 0.8 * greedily, (lost, greedily)
