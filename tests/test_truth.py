"""The synthetic world's own truth beside what the road makes of its files: every row and every unit.

The generator works its truth out of its own events; the road sees only the files. On a world without faults the
two are equal, exactly. On one with planted faults they are equal for everybody whom no fault touches.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import polars as pl
import pytest

from etl.build import build
from etl.identity import open_identities
from etl.intake import take_in
from etl.sample import write_sample
from queries import figures
from queries.scope import Viewer
from queries.warehouse import Warehouse

ANALYST = Viewer.analyst()
FIGURES = ("numerator", "denominator", "value", "n", "mean", "median", "q1", "q3", "p90", "at_risk")
NOT_BREAKDOWNS = {*FIGURES, "months", "top_share", "row", "column", "period", "as_at"}
UNITS = {
    "reoffending": (
        "reoffending_rate",
        ("period",),
        ("date", "offenders", "reoffended", "reoffences", "ppo", "index_event"),
    ),
    "time_to_first_reoffence": ("time_to_first_reoffence", ("period",), ("date", "time_days", "event")),
    "occasions": (
        "arrest_to_sentence_days",
        ("date",),
        (
            "period", "offence_to_sentence_days", "offence_to_arrest_days", "arrest_to_sentence_days",
            "arrest_to_charge_days", "charge_to_first_hearing_days", "first_hearing_to_sentence_days",
        ),
    ),
    "caseload": ("caseload", ("date", "scheme"), ("period", "main", "open_from", "open_to")),
    "custody_share": ("custody_share", ("date", "scheme"), ("period", "main", "in_custody", "placed")),
    "custody_days_share": (
        "custody_days_share", ("period", "scheme", "main"), ("date", "days_in_custody", "days_placed"),
    ),
}  # fmt: skip
"""For each list of units: a measure that gives them, what tells one of a person's units from another, and the rest."""
RENAMED = {
    "custody_share": {"numerator": "in_custody", "denominator": "placed"},
    "custody_days_share": {"numerator": "days_in_custody", "denominator": "days_placed"},
}
SHORT = [("tiny", seed) for seed in (1, 2, 3)] + [("small", 4)]
LONG = [("tiny", seed) for seed in range(11, 31)] + [("small", seed) for seed in range(21, 26)]


@dataclass
class Case:
    """One world's truth and the warehouse that was built from its files."""

    name: str
    folder: Path
    truth: dict[str, Any]
    warehouse: Warehouse
    person: dict[int, int]
    """The truth's number of a person by the road's."""

    @property
    def untouched(self) -> pl.Series:
        return pl.Series([row["person"] for row in self.truth["people"] if not row["touched"]], dtype=pl.Int64)


def made(folder: Path, scale: str, seed: int, faults: str) -> Case:
    extracts, builds = folder / "extracts", folder / "builds"
    write_sample(extracts, scale, seed, faults)
    # The board's published tables are not asked for here.
    with mock.patch("queries.release.listed", return_value={}):
        build(extracts, builds)
    truth = json.loads((extracts / "truth.json").read_text(encoding="utf-8"))
    people = truth["people"]
    if isinstance(people, dict):
        people = pl.read_parquet(extracts / people["file"], columns=["person", "pnc_id"]).to_dicts()
    number = {row["pnc_id"]: row["person"] for row in people if row["pnc_id"]}
    person = {
        row["person_id"]: number[row["record"]]
        for row in open_identities(builds).iter_rows(named=True)
        if row["source"] == "police/people" and row["record"] in number
    }
    return Case(f"{scale} {seed} {faults}", extracts, truth, Warehouse.open(builds), person)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory, long_run: bool) -> list[Case]:
    return [
        made(tmp_path_factory.mktemp(f"{scale}_{seed}"), scale, seed, "none")
        for scale, seed in (LONG if long_run else SHORT)
    ]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, long_run: bool) -> list[Case]:
    seeds = range(31, 36) if long_run else (5,)
    return [made(tmp_path_factory.mktemp(f"planted_{seed}"), "small", seed, "planted") for seed in seeds]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other


def grouped(rows: list[dict[str, Any]]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """Return a measure's rows by their breakdown columns."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[tuple(key for key in row if key not in NOT_BREAKDOWNS)].append(row)
    return found


def ours(case: Case, measure: str, by: tuple[str, ...], truths: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the road's rows for one breakdown, at every period or date that the truth has."""
    if "period" in truths[0]:
        rows = figures.figure(case.warehouse, ANALYST, measure, by=by, period="each").frame.to_dicts()
        return [row for row in rows if row["status"] != "immature"]
    out = []
    for as_at in sorted({row["as_at"] for row in truths}):
        when = date.fromisoformat(as_at)
        if measure == "scheme_profile":
            for scheme in sorted({row["scheme"] for row in truths if row["as_at"] == as_at}) if by else [None]:
                where = {"scheme": scheme} if scheme else {}
                found = figures.figure(case.warehouse, ANALYST, measure, where=where, as_at=when).frame.to_dicts()
                out += [{**row, **where, "as_at": as_at} for row in found]
        else:
            found = figures.figure(case.warehouse, ANALYST, measure, by=by, as_at=when).frame.to_dicts()
            out += [{**row, "as_at": as_at} for row in found]
    return out


def row_differences(case: Case) -> list[str]:
    """Return every row of the truth that the road does not give, and every row that it gives beside them."""
    found = []
    for measure, rows in case.truth["measures"].items():
        for by, truths in grouped(rows).items():
            key = [k for k in truths[0] if k in (*by, "period", "as_at", "months", "row", "column")]
            mine = {tuple(row[k] for k in key): row for row in ours(case, measure, by, truths)}
            yours = {tuple(row[k] for k in key): row for row in truths}
            for name in sorted(set(mine) | set(yours), key=str):
                one, other = mine.get(name), yours.get(name)
                if one is None or other is None or any(not same(one[k], other[k]) for k in other if k in FIGURES):
                    shown = one and {k: one[k] for k in FIGURES if k in one}
                    found.append(
                        f"{case.name} {measure} {dict(zip(key, name, strict=True))}: ours {shown}, truth {other}"
                    )
    return found


def truths(case: Case, name: str) -> pl.DataFrame:
    """Return the truth's units of one list, from truth.json or from the file that it names."""
    part = case.truth["units"][name]
    frame = (
        pl.read_parquet(case.folder / part["file"])
        if isinstance(part, dict)
        else pl.DataFrame(part, infer_schema_length=None)
    )
    dates = [c for c in ("date", "open_from", "open_to") if c in frame.columns and frame.schema[c] != pl.Date]
    return frame.with_columns(pl.col(c).cast(pl.String).str.to_date() for c in dates).rename(RENAMED.get(name, {}))


def unit_differences(case: Case, people: pl.Series | None = None) -> list[str]:
    """Return every unit that is not the same in both, of the people named or of everybody."""
    found = []
    numbers = pl.DataFrame(
        {"person_id": list(case.person), "person": list(case.person.values())},
        schema={"person_id": pl.Int64, "person": pl.Int64},
    )
    for name, (measure, keys, columns) in UNITS.items():
        key, rest = ["person", *keys], list(columns)
        ours = figures.units(case.warehouse, ANALYST, measure).frame.with_columns(pl.col("person_id").cast(pl.Int64))
        ours = ours.join(numbers, on="person_id", how="left").with_columns(
            pl.col("person").fill_null(-pl.col("person_id"))
        )
        theirs = truths(case, name)
        if name == "custody_days_share":
            theirs = theirs.filter(pl.col("days_placed") > 0)
        if name == "caseload":  # how the warehouse says that a span is open
            ours = ours.with_columns(pl.when(pl.col("open_to").dt.year() < 9999).then("open_to").alias("open_to"))
        ours, theirs = (
            f.select(*key, *(pl.col(c).cast(pl.Int64) if f.schema[c].is_integer() else pl.col(c) for c in rest))
            for f in (ours, theirs)
        )
        if people is not None:
            ours, theirs = (f.filter(pl.col("person").is_in(people.implode())) for f in (ours, theirs))
        assert ours.select(key).is_unique().all(), f"{case.name} {name}: units that are not unique"
        both = ours.with_columns(pl.lit(True).alias("in_ours")).join(
            theirs.with_columns(pl.lit(True).alias("in_truth")), on=key, how="full", coalesce=True, suffix="_truth"
        )
        wrong = pl.col("in_ours").is_null() | pl.col("in_truth").is_null()
        for c in rest:
            wrong |= pl.col(c).ne_missing(pl.col(f"{c}_truth"))
        found += [f"{case.name} {name}: {row}" for row in both.filter(wrong).sort(key).head(1000).to_dicts()]
    return found


def listed(differences: list[str]) -> str:
    return f"{len(differences)} differences:\n" + "\n".join(differences[:20])


def test_every_unit_of_a_world_without_faults_is_ours(cases: list[Case]) -> None:
    differences = [d for case in cases for d in unit_differences(case)]
    assert not differences, listed(differences)


def test_every_row_of_a_world_without_faults_is_ours(cases: list[Case]) -> None:
    differences = [d for case in cases for d in row_differences(case)]
    assert not differences, listed(differences)


def test_people_whom_no_fault_touches_are_exactly_ours(planted: list[Case]) -> None:
    differences = [d for case in planted for d in unit_differences(case, case.untouched)]
    assert not differences, listed(differences)


def test_intake_does_with_each_planted_fault_what_the_truth_expects(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("taken_in")
    write_sample(folder / "extracts", "small", 5, "planted")
    truth = json.loads((folder / "extracts" / "truth.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(folder / "staging.duckdb")) as staging:
        taken = take_in(folder / "extracts", staging)
        rows = staging.execute("select file, source_row, rule from quarantine").fetchall()
        emptied = set(staging.execute("select file, source_row, column_name from nulled").fetchall())
    rules = {(file, row): rule for file, row, rule in rows}
    expected: dict[str, set[tuple]] = defaultdict(set)
    for fault in truth["planted"]:
        place = (fault["file"], fault["row"] + 1)  # intake counts the header as a row
        expected[fault["expected"]].add((*place, fault["column"]) if fault["expected"] == "field" else place)

    assert expected["quarantined"] <= rules.keys(), sorted(expected["quarantined"] - rules.keys())[:20]
    # What else is quarantined is what was said of people whose own row was.
    beside = {rules[place] for place in rules.keys() - expected["quarantined"]}
    assert beside <= {"unknown_person"}
    assert expected["field"] <= emptied, sorted(expected["field"] - emptied)[:20]
    assert emptied == expected["field"], sorted(emptied - expected["field"])[:20]
    duplicates = Counter(file for file, _ in expected["duplicate"])
    assert {count.file: count.duplicates for count in taken.counts if count.duplicates} == duplicates
    for count in taken.counts:
        assert count.rows_read == count.accepted + count.quarantined + count.duplicates
