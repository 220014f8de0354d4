"""The synthetic world's own truth beside what the road makes of its files: every row and every unit.

The generator works its truth out of its own events; the road sees only the files. On a world without faults the
two are equal, exactly. On one with planted faults they are equal for everybody whom no fault touches, and for whoever
lacks a number, or has a wrong one, and was put together all the same.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import polars as pl
import pytest

from etl.build import build
from etl.identity import open_identities
from etl.intake import take_in
from etl.sample import world, write_sample
from etl.sample.faults import HARMLESS
from etl.sample.truth.measures import KEYS, MEASURES
from queries import catalogue, figures
from queries.scope import Viewer
from queries.unit_rows import table_name
from queries.warehouse import Warehouse
from tests.long_run import worlds

ANALYST = Viewer.analyst()
FIGURES = ("numerator", "denominator", "value", "n", "mean", "median", "q1", "q3", "p90", "at_risk")
NOT_BREAKDOWNS = {*FIGURES, "months", "top_share", "row", "column", "period", "as_at"}


@dataclass(frozen=True)
class Listed:
    """One list of units of the truth: the unit query that gives them, what tells a person's units apart, and columns.

    `columns` has the road's name of each column by the truth's. A unit may be left out by either if it has only
    nulls and noughts in `counted`, by which it adds nothing to any figure.
    """

    units: str
    keys: tuple[str, ...]
    columns: dict[str, str]
    counted: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str) -> Listed:
        """Return the list behind measures whose columns their headers name."""
        mine = [m for m in MEASURES if m.units == name]
        columns: dict[str, str] = {}
        counted: list[str] = []
        for measure in mine:
            ours = catalogue.measure(measure.id)
            if measure.kind in ("stock", "distribution"):
                columns |= {c: c for c in (measure.always or "", "main")}
                continue
            columns[measure.numerator] = ours.numerator_column
            if measure.denominator:
                columns[measure.denominator] = ours.denominator_column
            if measure.exposure and ours.exposure:
                columns |= dict(zip(measure.exposure, ours.exposure, strict=True))
            counted += [c for c in (measure.numerator, measure.denominator) if c]
        places = ["main", "scheme", "strand", *(["ppo"] if any("ppo" in m.by for m in mine) else [])]
        keys = ("date", *KEYS[name])
        # A strand that does not apply is nobody's.
        rest = {c: c for c in places if c not in keys and (c != "strand" or any("strand" in m.by for m in mine))}
        return cls(catalogue.measure(mine[0].id).units, keys, columns | rest, tuple(dict.fromkeys(counted)))


def same_names(*columns: str) -> dict[str, str]:
    return {c: c for c in columns}


INTERVALS = (
    "offence_to_sentence_days", "offence_to_arrest_days", "arrest_to_sentence_days", "arrest_to_charge_days",
    "charge_to_first_hearing_days", "first_hearing_to_sentence_days",
)  # fmt: skip
FIRST = {
    "reoffending": Listed(
        "reoffending", ("period",), same_names("date", "offenders", "reoffended", "reoffences", "ppo", "index_event")
    ),
    "time_to_first_reoffence": Listed("time_to_reoffence", ("period",), same_names("date", "time_days", "event")),
    "occasions": Listed("justice", ("date",), same_names("period", "adoption", *INTERVALS)),
    "caseload": Listed(
        "caseload", ("date", "scheme"), same_names("period", "main", "open_from", "open_to")
    ),
    "custody_share": Listed(
        "custody_share", ("date", "scheme"),
        same_names("period", "main") | {"numerator": "in_custody", "denominator": "placed"},
    ),
    "custody_days_share": Listed(
        "custody_days_share", ("period", "scheme", "main"),
        same_names("date") | {"numerator": "days_in_custody", "denominator": "days_placed"},
        ("denominator",),
    ),
}  # fmt: skip
SPECIAL = {"cases": {"event": "event", "time_days": "time_days"}, "transition": {"at_18": "at_18"}}
"""Columns that say what a unit is and are no side of a figure."""
NATIONAL_FIGURES = Path(__file__).with_name("national-figures.txt")
BY_PERIOD = ("reoffending", "concentration", "cases", "tests", "occasions", "expected", "time_to_first_reoffence")
"""Lists so long in a large world that they are compared a period at a time."""
PUBLISHED = (
    ("reoffending_rate", "2009/10", {"ppo": "yes"}, 0.749),
    ("reoffences_per_reoffender", "2009/10", {"ppo": "yes"}, 4.70),
    ("reoffences_per_offender", "2009/10", {"ppo": "yes"}, 3.52),
    ("reoffending_rate", "2009/10", {}, 0.26),
    ("share_of_offenders", "2009/10", {}, 0.012),
    ("share_of_reoffences", "2009/10", {}, 0.056),
    ("previous_offences_at_identification", "all", {}, 47),
    ("age_at_identification", "all", {}, 25),
    ("share_at_identification", "all", {"characteristic": "male"}, 0.95),
    ("share_at_identification", "all", {"characteristic": "white"}, 0.88),
    ("convictions_before_after", "all", {}, -0.43),
    ("conviction_level_change", "all", {}, -0.62),
    ("offences_before_after", "all", {}, -0.24),
    ("ni30_change", "2009/10", {}, -0.39),
    ("ni30_reoffending_rate", "2009/10", {}, 0.56),
    ("ni30_offences_per_ppo", "2009/10", {}, 2.4),
    ("ni30_offences_per_reoffender", "2009/10", {}, 4.3),
    ("observed_to_expected", "2009/10", {"ppo": "yes"}, 1.0),
    ("concentration", "2009/10", {}, 0.5),
)
"""What others published, to be printed beside a nation's figures: of a concentration, the tenth who did most."""
SHORT = {"of_one_part": ("small", 4), "of_many_parts": ("tiny", 3)}
"""The worlds of a short run, which are always these; a long one has its own (tests/long_run.py)."""
LINKED_BY = {
    *(("probation/people", column) for column in ("pnc_id", "surname", "forenames", "date_of_birth")),
    *(("dip/people", column) for column in ("pnc_id", "initials", "date_of_birth")),
}
"""What only linking reads of these files: figures go by the police's birth dates, where the police know somebody."""


ADULTS = Listed("also_in_dip", ("date", "scheme"), same_names("period", "main", "adults"))
"""Of people on the caseload, who is an adult: units of a query of their own, in the truth's list of the caseload."""


def lists() -> list[tuple[str, Listed]]:
    """Return what of the road stands beside each list of the truth, by its name there."""
    found = FIRST | {name: Listed.of(name) for name in KEYS}
    for name, more in SPECIAL.items():
        one = found[name]
        found[name] = Listed(one.units, one.keys, one.columns | more, one.counted)
    return [*found.items(), ("caseload", ADULTS)]


@dataclass
class Case:
    """One world's truth and the warehouse that was built from its files."""

    name: str
    folder: Path
    builds: Path
    truth: dict[str, Any]
    warehouse: Warehouse

    @property
    def records(self) -> pl.DataFrame:
        """Every record of a person, with whom it is of to the road (`person_id`) and in truth (`person`)."""
        people = self.truth["people"]
        kinds = {"person": pl.Int64, "pnc_id": pl.String, "crn": pl.List(pl.String), "dip_id": pl.List(pl.String)}
        frame = (
            pl.read_parquet(self.folder / people["file"], columns=list(kinds))
            if isinstance(people, dict)
            else pl.DataFrame([{k: row[k] for k in kinds} for row in people], schema=kinds)
        )
        theirs = pl.concat(
            [
                frame.select("person", pl.lit("police/people").alias("source"), pl.col("pnc_id").alias("record")),
                *(
                    frame.select("person", pl.lit(file).alias("source"), pl.col(name).alias("record")).explode("record")
                    for name, file in (("crn", "probation/people"), ("dip_id", "dip/people"))
                ),
            ]
        ).drop_nulls("record")
        ours = open_identities(self.builds).select(pl.col("person_id").cast(pl.Int64), "source", "record")
        return ours.join(theirs, on=["source", "record"], how="full", coalesce=True)

    @cached_property
    def numbers(self) -> pl.DataFrame:
        """The truth's number of each person by the road's, by the numbers that agencies gave: the police's first.

        Whoever the road made up is in none of its rows.
        """
        first = pl.col("source") != "police/people"
        return (
            self.records.drop_nulls(["person_id", "person"])
            .sort(first, "person", maintain_order=True)
            .unique("person_id", keep="first", maintain_order=True)
            .select("person_id", "person")
        )

    @property
    def touched(self) -> set[int]:
        """Whom a fault reaches, as the truth says of each person."""
        return {row["person"] for row in self.truth["people"] if row["touched"]}

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The listed faults that may change something."""
        return [fault for fault in self.truth["planted"] if not fault["fault"].startswith(HARMLESS)]


def made(folder: Path, scale: str, seed: int, faults: str) -> Case:
    extracts, builds = folder / "extracts", folder / "builds"
    write_sample(extracts, scale, seed, faults)
    # The board's published tables are not asked for here.
    with mock.patch("queries.release.listed", return_value={}):
        build(extracts, builds)
    return opened(f"{scale} {seed} {faults}", extracts, builds)


def opened(name: str, extracts: Path, builds: Path) -> Case:
    truth = json.loads((extracts / "truth.json").read_text(encoding="utf-8"))
    return Case(name, extracts, builds, truth, Warehouse.open(builds))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each world by itself, under its name: a long run that is stopped goes on with the next."""
    for name in SHORT.keys() & {*metafunc.fixturenames}:
        tried = [SHORT[name]]
        if metafunc.config.getoption("--long"):
            of_the_run = worlds(int(metafunc.config.getoption("--hypothesis-seed") or 0))
            tried = [each for each in of_the_run if (each[0] == "national") == (name == "of_many_parts")]
        metafunc.parametrize(name, tried, ids=[f"{scale} {seed}" for scale, seed in tried])


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, long_run: bool) -> list[Case]:
    seeds = range(31, 36) if long_run else (5,)
    return [made(tmp_path_factory.mktemp(f"planted_{seed}"), "small", seed, "planted") for seed in seeds]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
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
        # Of a period that is too recent, and of what nobody recorded, there is nothing to compare.
        return [row for row in rows if row["status"] != "immature"]
    dates = sorted({row["as_at"] for row in truths})
    if measure != "scheme_profile":
        # Every month end at once, and of the last by itself too: both are roads to one figure.
        rows = figures.figure(case.warehouse, ANALYST, measure, by=("month", *by)).frame.to_dicts()
        of_month = {as_at[:7]: as_at for as_at in dates[:-1]}
        out = [{**row, "as_at": of_month[row["month"]]} for row in rows if row["month"] in of_month]
        last = figures.figure(case.warehouse, ANALYST, measure, by=by, as_at=date.fromisoformat(dates[-1])).frame
        out += [{**row, "as_at": dates[-1]} for row in last.to_dicts()]
        return [row for row in out if row["status"] != "immature" and row["n"]]
    out = []
    for as_at in dates:
        when = date.fromisoformat(as_at)
        for scheme in sorted({row["scheme"] for row in truths if row["as_at"] == as_at}) if by else [None]:
            where = {"scheme": scheme} if scheme else {}
            found = figures.figure(case.warehouse, ANALYST, measure, where=where, as_at=when).frame.to_dicts()
            out += [{**row, **where, "as_at": as_at} for row in found]
    return out


def row_differences(case: Case) -> list[str]:
    """Return every row of the truth that the road does not give, and every row that it gives beside them."""
    found = []
    for measure, rows in case.truth["measures"].items():
        for by, truths in grouped(rows).items():
            key = [k for k in truths[0] if k in (*by, "period", "as_at", "months", "top_share", "row", "column")]
            mine = {tuple(row[k] for k in key): row for row in ours(case, measure, by, truths)}
            yours = {tuple(row[k] for k in key): row for row in truths if row["n"] or "row" in row or "period" in row}
            for name in sorted(set(mine) | set(yours), key=str):
                one, other = mine.get(name), yours.get(name)
                if one is None or other is None or any(not same(one[k], other[k]) for k in other if k in FIGURES):
                    shown = one and {k: one[k] for k in FIGURES if k in one}
                    found.append(
                        f"{case.name} {measure} {dict(zip(key, name, strict=True))}: ours {shown}, truth {other}"
                    )
    return found


def truths(case: Case, name: str) -> pl.LazyFrame:
    """Return the truth's units of one list, from truth.json or from the file that it names."""
    part = case.truth["units"][name]
    frame = (
        pl.scan_parquet(case.folder / part["file"])
        if isinstance(part, dict)
        else pl.LazyFrame(part, infer_schema_length=None)
    )
    schema = frame.collect_schema()
    dates = [c for c in ("date", "open_from", "open_to") if c in schema and schema[c] != pl.Date]
    return frame.with_columns(pl.col(c).cast(pl.String).str.to_date() for c in dates)


def alike(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose whole numbers are of one kind, and likewise its others."""
    whole = [c for c, kind in frame.schema.items() if kind.is_integer() or kind == pl.Boolean]
    parts = [c for c, kind in frame.schema.items() if kind.is_float() or kind.is_decimal()]
    return frame.with_columns(*(pl.col(c).cast(pl.Int64) for c in whole), *(pl.col(c).cast(pl.Float64) for c in parts))


def unit_differences(case: Case, but: Collection[int] = ()) -> list[str]:
    """Return every unit that is not the same in both, of everybody but some: of whoever the road made up too."""
    found = []
    for name, one in lists():
        for period in slices(case, name, one):
            found += list_differences(case, name, one, period, but)
    return found


def slices(case: Case, name: str, one: Listed) -> list[str | None]:
    """Return the periods that a list is compared in, one after the other, or None for the whole of it."""
    if not isinstance(case.truth["people"], dict) or name not in BY_PERIOD:
        return [None]
    ours = case.warehouse.query(f"select distinct period from {table_name(one.units)}")["period"].to_list()
    theirs = truths(case, name).select("period").unique().collect()["period"].to_list()
    return sorted({*ours, *theirs}, key=str)


def list_differences(case: Case, name: str, one: Listed, period: str | None, but: Collection[int] = ()) -> list[str]:
    """Return the units of one list that are not the same in both, of everybody but some.

    Somebody of the road's whom the truth does not know has the road's own number, below nought.
    """
    columns = {**{key: key for key in one.keys}, **one.columns}
    shown = ", ".join(f"{ours} as {theirs}" for theirs, ours in columns.items())
    where, parameters = ("where period = $period", {"period": period}) if period else ("", {})
    ours = case.warehouse.query(f"select person_id, {shown} from {table_name(one.units)} {where}", parameters)
    theirs = truths(case, name)
    if period:
        theirs = theirs.filter(pl.col("period") == period)
    theirs = theirs.select("person", *columns).collect()
    ours = ours.with_columns(pl.col("person_id").cast(pl.Int64)).join(case.numbers, on="person_id", how="left")
    ours = ours.with_columns(pl.col("person").fill_null(-pl.col("person_id"))).select(theirs.columns)
    if "open_to" in ours.columns:  # how the warehouse says that a span is open
        ours = ours.with_columns(pl.when(pl.col("open_to").dt.year() < 9999).then("open_to").alias("open_to"))
    ours, theirs = alike(ours), alike(theirs)
    if but:
        # Null is nobody who is left out: a unit of nobody's is a difference.
        left_out = pl.Series(sorted(but), dtype=pl.Int64).implode()
        ours, theirs = (f.filter(~pl.col("person").is_in(left_out, nulls_equal=True)) for f in (ours, theirs))
    if one.counted:
        says = pl.any_horizontal(pl.col(c).fill_null(0) != 0 for c in one.counted)
        ours, theirs = ours.filter(says), theirs.filter(says)
    ours, theirs = (
        f.with_columns(pl.col(c).round(9) for c in f.columns if f.schema[c] == pl.Float64) for f in (ours, theirs)
    )
    # The same units so many times: a person may have two orders with the same dates.
    kinds = dict(theirs.schema)
    ours, theirs = (f.cast(kinds).group_by(theirs.columns).agg(pl.len()) for f in (ours, theirs))  # type: ignore[arg-type]
    found = []
    for whose, these, others in (("ours only", ours, theirs), ("truth only", theirs, ours)):
        odd = these.join(others, on=these.columns, how="anti", nulls_equal=True)
        rows = odd.sort("person", *one.keys).head(500).to_dicts()
        found += [f"{case.name} {name} {whose} ({odd.height}): {row}" for row in rows]
    return found


def listed(differences: list[str]) -> str:
    return f"{len(differences)} differences:\n" + "\n".join(differences[:20])


def test_every_measure_has_a_truth() -> None:
    listed = {m.id for m in MEASURES}
    first = set(catalogue.measures()) - listed
    assert first == {
        "reoffending_rate", "reoffences_per_reoffender", "reoffences_per_offender", "share_of_offenders",
        "share_of_reoffences", "time_to_first_reoffence", "caseload", "scheme_profile", "custody_share",
        "custody_days_share", *INTERVALS,
    }  # fmt: skip
    for measure in MEASURES:
        assert catalogue.measure(measure.id).kind == measure.kind, measure.id


def test_every_unit_and_row_of_a_world_without_faults_is_ours(of_one_part: tuple[str, int], tmp_path: Path) -> None:
    case = made(tmp_path, *of_one_part, "none")
    differences = unit_differences(case) + row_differences(case)
    assert not differences, listed(differences)


def test_people_whom_no_fault_touches_are_exactly_ours(planted: list[Case]) -> None:
    """Somebody whom the road made up is one whom no fault touches."""
    differences = [d for case in planted for d in unit_differences(case, case.touched)]
    assert not differences, listed(differences)


def test_a_fault_touches_whoever_the_list_says_and_nobody_else(planted: list[Case]) -> None:
    for case in planted:
        assert case.touched == {fault[who] for fault in case.faults for who in ("person", "other")} - {None}, case.name


def test_nobody_is_made_up_split_or_joined_but_by_a_listed_fault(planted: list[Case]) -> None:
    """No fault gives a record another number, so nobody at all is made up."""
    for case in planted:
        assert case.records.filter(pl.col("person").is_null()).is_empty(), case.name
        assert put_together_wrongly(case) <= case.touched, case.name


def test_a_fault_of_names_and_numbers_that_linking_saw_through_changes_nothing(planted: list[Case]) -> None:
    """Half the people touched lack a number: that excuses a difference only where their records are not together."""
    for case in planted:
        wrongly = put_together_wrongly(case)
        elsewhere = {f["person"] for f in case.faults if (f["file"], f["column"]) not in LINKED_BY} - {None}
        assert len(case.touched - wrongly - elsewhere) > len(case.touched) / 2, case.name
        differences = unit_differences(case, wrongly | elsewhere)
        assert not differences, listed(differences)


def put_together_wrongly(case: Case) -> set[int]:
    """Return the people whose records are not together, or are together with somebody else's, or who are not there.

    A client who has not agreed to it is never linked, so a record of the programme may be missing.
    """
    record = case.records
    missing = record.filter(pl.col("person_id").is_null() & (pl.col("source") != "dip/people"))["person"]
    both = record.drop_nulls(["person_id", "person"])
    split = both.filter(pl.col("person_id").n_unique().over("person") > 1)["person"]
    joined = both.filter(pl.col("person").n_unique().over("person_id") > 1)["person"]
    return {*missing, *split, *joined}


def test_a_nation_made_in_many_parts_is_ours(
    of_many_parts: tuple[str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    long_run: bool,
) -> None:
    """The long run makes the national world; the short one as small a world as there is, made and kept in parts too."""
    scale, seed = of_many_parts
    if not long_run:
        monkeypatch.setitem(world.SCALES, scale, replace(world.SCALES[scale], chunks=3))
    case = made(tmp_path, scale, seed, "none")
    report = "\n".join((f"Scale {case.truth['scale']}, seed {case.truth['seed']}", *beside_published(case)))
    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n")
    if long_run:  # where many run at once, what one says is not seen
        NATIONAL_FIGURES.write_text(f"{report}\n", encoding="utf-8")
    differences = unit_differences(case)
    assert not differences, listed(differences)
    differences = row_differences(case)
    assert not differences, listed(differences)


def beside_published(case: Case) -> Iterator[str]:
    for measure, period, where, published in PUBLISHED:
        frame = figures.figure(case.warehouse, ANALYST, measure, where=where, period=period).frame
        if measure == "concentration":
            frame = frame.filter(pl.col("top_share") == 0.1)
        value = frame["value"][0] if frame.height else None
        label = " ".join([measure, period, *(f"{k}={v}" for k, v in where.items())])
        yield f"  {label:60} published {published:8} here {'none' if value is None else f'{value:.3f}'}"
    for row in case.truth["calibration"]:
        published = "" if row["published"] is None else row["published"]
        yield f"  {row['figure']:60} published {published:8} here {row['here']:,.3f}"


def test_intake_does_with_each_planted_fault_what_the_truth_expects(planted: list[Case], tmp_path: Path) -> None:
    extracts, truth = planted[0].folder, planted[0].truth
    with duckdb.connect(str(tmp_path / "staging.duckdb")) as staging:
        taken = take_in(extracts, staging)
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
