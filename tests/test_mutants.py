"""Would the tests notice? Each edit of mutants.toml is put into a copy of the SQL, and something must differ.

What must notice is the comparison with the oracle, on one crowd of random worlds together with the worlds of the
traps and others worked by hand. Whatever the true SQL and the oracle disagree on already is set aside first, so that
no edit is caught by it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest import mock

import duckdb
import polars as pl
import pytest

from etl.build import BuildStopped
from etl.identifiers import teach
from etl.intake import take_in
from queries import catalogue, sql
from queries.unit_rows import compose
from tests import (
    compare,
    oracle,
    test_hand_before_after,
    test_hand_cases,
    test_hand_expected,
    test_hand_identification,
    test_hand_journey,
    test_hand_rehabilitation,
    test_hand_selection,
    test_hand_throughput,
    worlds,
)
from tests.hand import Hand
from tests.road import TOP, Road, copied
from tests.test_traps import HANDS

MUTANTS = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
BY_HAND = (
    test_hand_before_after,
    test_hand_cases,
    test_hand_expected,
    test_hand_identification,
    test_hand_journey,
    test_hand_rehabilitation,
    test_hand_selection,
    test_hand_throughput,
)
WORKED = [
    *HANDS.values(),
    *(hand for module in BY_HAND for hand in vars(module).values() if isinstance(hand, Hand)),
]
CROWD = 40
SEED = 5
LEAST = 250
BUILDS = 6
"""Of so many edits that need a build of their own, a short run tries one: what they try is the tests, not the SQL."""


class Killers:
    """The worlds that every edit is tried on, what the oracle says of them, and what differs without any edit."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.extract_date = worlds.EXTRACT_DATES[0]  # eighteen months to the day after a period
        # Two files end early: one a day before a cohort is final, the other on the day on which a year of days is.
        self.coverage = {"dip/events": date(2011, 9, 29), "probation/supervision": date(2011, 3, 31)}
        self.covered_from = {"police/offences": date(2007, 1, 1)}
        crowd = worlds.crowd(SEED, CROWD)
        self.files = worlds.merged([*crowd.worlds, *(hand.files for hand in WORKED)])
        self.world = oracle.World(self.files, self.extract_date, self.coverage, covered_from=self.covered_from)
        self.taken_in = folder / "taken_in.duckdb"
        with mock.patch("etl.build.take_in", self.keep):
            self.road = self.build("true")
        self.before = set(map(str, self.between(self.road)))

    def keep(self, extracts: Path, staging: duckdb.DuckDBPyConnection, **how):
        """Take the rows in, and keep them as they are then: no edit is of anything before."""
        self.intake = take_in(extracts, staging, **how)
        staging.execute(f"attach '{self.taken_in}' as kept")
        staging.execute("copy from database staging to kept")
        staging.execute("detach kept")
        return self.intake

    def give(self, extracts: Path, staging: duckdb.DuckDBPyConnection, **how):
        """Give the rows as they were kept."""
        teach(staging)
        staging.execute(f"attach '{self.taken_in}' as kept (read_only)")
        staging.execute("copy from database kept to staging")
        staging.execute("detach kept")
        return self.intake

    def build(self, name: str) -> Road:
        return Road(self.files, self.folder / name, self.extract_date, self.coverage, covered_from=self.covered_from)

    def figures(self, road: Road, units: str | None = None) -> Iterator[compare.Difference]:
        return compare.figure_differences(self.world, road, date(2010, 3, 31), quick=True, units=units)

    def between(self, road: Road) -> Iterator[compare.Difference]:
        yield from compare.unit_differences(self.world, road)
        yield from self.figures(road)

    def noticed(self, name: str, file: str, seen_in: str | None) -> str:
        """The first thing that differs since an edit of a file, or nothing.

        Of an edit of what all measures are made from, the units of `seen_in` alone are made and looked at first.
        """
        if file == "queries/aggregate.sql":
            return self.first(self.figures(self.road))
        if file.startswith("queries/measures/"):
            units = Path(file).stem
            if sql.body(file) in (TOP / file).read_text(encoding="utf-8"):
                # Its header says what to make of the units, which are as they were.
                return self.first(self.figures(self.road, units))
            return self.first(compare.unit_differences(self.world, Asked(self.road), units))
        if seen_in and (found := self.noticed_in(name, seen_in)):
            return found
        try:
            with mock.patch("etl.build.take_in", self.give):
                road = self.build(name)
        except BuildStopped as stopped:
            return str(stopped)
        return self.first(self.between(road))

    def noticed_in(self, name: str, units: str) -> str:
        """The first difference in the units of one query, of a build that makes those, and checks nothing."""
        with (
            mock.patch("etl.build.take_in", self.give),
            mock.patch("etl.build.unit_files", return_value=[units]),
            mock.patch("etl.build.run_checks", return_value=[]),
            mock.patch("etl.build.doubtful_figures", return_value=pl.DataFrame({"measure": []})),
        ):
            road = self.build(f"{name}-{units}")
        return self.first(compare.unit_differences(self.world, road, units))

    def first(self, differences: Iterator[compare.Difference]) -> str:
        """The first difference that was not there before the edit, or nothing."""
        return next((found for found in map(str, differences) if found not in self.before), "")


class Asked:
    """Unit queries as they are written now, asked of a warehouse that the true SQL made.

    An edit of one measure's query can change nothing but its units: there is nothing else to build again.
    """

    def __init__(self, road: Road):
        self.road = road

    def units(self, measure: str) -> list[dict]:
        rows = self.road.warehouse.query(compose(catalogue.measure(measure).units)).iter_rows(named=True)
        return [{**row, "person": self.road.people[row["person_id"]]} for row in rows]


@pytest.fixture(scope="module")
def killers(tmp_path_factory: pytest.TempPathFactory) -> Killers:
    return Killers(tmp_path_factory.mktemp("mutants"))


def needs_a_build(mutant: dict[str, str]) -> bool:
    return mutant["file"] != "queries/aggregate.sql" and not mutant["file"].startswith("queries/measures/")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try every edit in a long run; a short one tries one in `BUILDS` of those that each need a build."""
    if "mutant" in metafunc.fixturenames:
        built = [mutant for mutant in MUTANTS if needs_a_build(mutant)]
        left_out = [] if metafunc.config.getoption("--long") else [m for n, m in enumerate(built) if n % BUILDS]
        tried = [mutant for mutant in MUTANTS if mutant not in left_out]
        metafunc.parametrize("mutant", tried, ids=[mutant["name"].replace(" ", "-") for mutant in tried])


def test_the_edit_is_noticed(mutant, killers, tmp_path, monkeypatch):
    root = copied(tmp_path / "tree")
    file = root / mutant["file"]
    text = file.read_text(encoding="utf-8")
    assert text.count(mutant["old"]) == 1, f"{mutant['file']} has {text.count(mutant['old'])} times: {mutant['old']}"
    file.write_text(text.replace(mutant["old"], mutant["new"]), encoding="utf-8")
    monkeypatch.setattr(sql, "ROOT", root)

    noticed = killers.noticed(mutant["name"].replace(" ", "-"), mutant["file"], mutant.get("seen_in"))
    assert noticed, f"Nobody noticed: {mutant['why']}"


def test_there_are_enough_edits_and_no_two_are_the_same():
    assert len(MUTANTS) >= LEAST
    edits = {(mutant["file"], mutant["old"], mutant["new"]) for mutant in MUTANTS}
    assert len(edits) == len({mutant["name"] for mutant in MUTANTS}) == len(MUTANTS)
