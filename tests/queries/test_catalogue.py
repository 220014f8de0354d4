"""Every measure in the folder, without anybody listing them: header, columns, an empty warehouse, totals."""

import re
from pathlib import Path

import pytest
import sqlglot

from queries import sql
from queries.catalogue import HeaderError, UnknownMeasure, measure, measures, read_headers
from queries.dimensions import DIMENSIONS
from queries.figures import columns_of, figure, units
from queries.scope import Viewer
from queries.unit_rows import compose, table_name, unit_files
from tests import oracle

ANALYST = Viewer.analyst()
ADDITIVE = ("proportion", "ratio", "share")
HEADER = """\
-- measure: toy
-- title: Toy
-- unit: one row per person
-- kind: proportion
-- numerator: hits, people hit
-- denominator: tries, people
-- direction: none
-- why: To be a toy
-- excludes: nobody
-- source: nowhere
-- matures: 0 months
-- not_applicable: none
-- reads: police/offences
-- switches: none
-- owner: somebody
-- review_by: 2027-01-01
"""


@pytest.mark.parametrize("name", measures())
def test_measure_runs_on_an_empty_warehouse_by_every_breakdown(empty, name):
    for dimension in DIMENSIONS:
        found = figure(empty, ANALYST, name, by=(dimension,))
        assert found.frame.columns == columns_of(measure(name), found.by)
        if dimension in measure(name).not_applicable:
            assert found.frame["status"].to_list() == ["not_applicable"]
        else:
            assert_about_nobody(found)
    found = figure(empty, ANALYST, name)
    assert found.frame.columns == columns_of(measure(name), found.by)
    assert units(empty, ANALYST, name).frame.is_empty()


def assert_about_nobody(found):
    """No rows; or, of a breakdown of the measure's own by itself, a row for each label that says nothing of anybody."""
    alone = DIMENSIONS[found.by[0]]
    labels = (found.measure.labels or alone.labels) if len(found.by) == 1 and alone.own and not alone.open else ()
    rows = found.frame.to_dicts()
    assert [row[alone.name] for row in rows] == list(labels if found.measure.kind != "survival" else ())
    assert not any(row["n"] or row["numerator"] or row["value"] for row in rows)


@pytest.mark.parametrize("name", measures())
def test_an_unbroken_total_of_nobody_is_counts_without_a_value(empty, name):
    """The one period of an empty warehouse is the year it was extracted in, which a year's follow-up is not through.

    Of that not even counts are given.
    """
    rows = figure(empty, ANALYST, name).frame.to_dicts()
    followed = measure(name).immature_until is None
    if measure(name).kind in (*ADDITIVE, "change") and measure(name).always_by is None:
        assert [(r["numerator"], r["denominator"], r["value"], r["n"], r["status"]) for r in rows] == [
            (0, 0, None, 0, "low_base") if followed else (None, None, None, 0, "immature")
        ]


@pytest.mark.parametrize("name", unit_files())
def test_unit_query_can_be_pasted_into_the_shell(crowded, name):
    body = sql.body(f"queries/measures/{name}.sql")
    assert "{" not in body
    assert "$" not in body
    rows = crowded.query(f"select unit_id, person_id, date, period from ({body}) as pasted")
    assert rows.height > 0
    assert not rows.select("unit_id", "period").is_duplicated().any()
    assert rows.select("person_id", "date", "period").null_count().row(0) == (0, 0, 0)


@pytest.mark.parametrize("name", unit_files())
def test_materialised_rows_are_those_that_the_query_gives_today(crowded, name):
    stored = crowded.query(f"select * from {table_name(name)} order by all")
    afresh = crowded.query(f"select * from ({compose(name)}) as afresh order by all")
    assert stored.equals(afresh)


@pytest.mark.parametrize("name", measures())
def test_what_is_added_up_comes_to_the_same_in_any_order(crowded, name):
    """Whole numbers and decimals do; the last digit of a sum of doubles depends on the order of the rows."""
    asked = measure(name)
    columns = crowded.query(
        "select column_name, data_type from information_schema.columns where table_name = $units",
        {"units": table_name(asked.units)},
    )
    kinds = dict(columns.iter_rows())
    added = [c for c in (asked.numerator_column, asked.denominator_column, *(asked.exposure or ())) if c in kinds]
    assert added
    assert not {column: kinds[column] for column in added if kinds[column] in ("DOUBLE", "FLOAT")}


def test_attributes_are_looked_up_in_one_pass_however_few_units_there_seem_to_be(empty):
    """Over an empty warehouse every guess is that there are few, and the engine would go through all days for each."""
    plan = empty.query(f"explain {compose('settled')}").item(0, 1)
    assert len(re.findall(r"asof.?join", plan, re.IGNORECASE)) == 4


@pytest.mark.parametrize("name", [m.id for m in measures().values() if m.kind in (*ADDITIVE, "stock", "count")])
def test_partitions_add_up_to_the_total(crowded, name):
    """Label by label, where a measure is always broken down by one of its own."""
    asked = measure(name)
    when = {"period": "all"} if not asked.at_month_end else {}
    own = asked.always_by
    totals = {row[own] if own else "": row for row in figure(crowded, ANALYST, name, **when).frame.to_dicts()}
    for dimension in asked.dimensions:
        if not DIMENSIONS[dimension].partitions or (asked.at_month_end and dimension in ("period", "month")):
            continue
        if dimension == own:
            continue
        by = {"by": (dimension,)} | ({} if dimension == "period" else when)
        parts = figure(crowded, ANALYST, name, **by)
        rows = parts.frame.to_dicts()
        if dimension == "period":
            final = {label for label, status in _maturity(crowded, asked).items() if status == "final"}
            rows = [row for row in rows if row["period"] in final]
        for label, total in totals.items():
            parts_of_it = [row for row in rows if not own or row[own] == label]
            for count in ("numerator", "denominator"):
                if total[count] is not None:
                    # Whole numbers exactly; a sum of chances, such as what was expected, in any order.
                    found = sum(row[count] or 0 for row in parts_of_it)
                    assert found == pytest.approx(total[count], rel=1e-12), (dimension, label)


def _maturity(warehouse, asked):
    from queries.when import periods

    frame = periods(warehouse, asked)
    return dict(zip(frame["period"], frame["status"], strict=True))


def test_the_oracle_knows_every_measure_and_no_other():
    assert set(oracle.MEASURES) == set(measures())


@pytest.mark.parametrize("name", measures())
def test_the_oracle_and_the_header_say_the_same_of_a_measure(name):
    """Both were written from the definition: how it is added up, what it reads, and when it is final."""
    ours, its = measure(name), oracle.MEASURES[name]
    assert (ours.kind, ours.always_by, ours.at_month_end) == (its.kind, its.always_by, its.month_end)
    assert (ours.matures, ours.immature_until) == (its.matures, its.immature)
    assert set(ours.reads) == set(its.reads)
    assert ours.needs_share == its.needs_share
    labels = {label: DIMENSIONS[label].labels for label in ours.has}
    assert {label: list(known) for label, known in labels.items()} == {name: oracle.LABELS[name] for name in labels}


@pytest.mark.parametrize("name", measures())
def test_measure_has_a_hand_worked_test(name):
    tests = Path(__file__).parent.parent
    worked = "".join(
        path.read_text(encoding="utf-8") for path in (*tests.glob("test_traps*.py"), *tests.glob("test_hand*.py"))
    )
    assert re.search(rf"\b{name}\b", worked), "no hand-worked table is about this measure"


@pytest.mark.parametrize("name", unit_files())
def test_unit_query_keeps_to_what_other_engines_read(name):
    """The portable subset: it can be turned into Spark SQL, without macros or list expressions that only one has."""
    body = sql.body(f"queries/measures/{name}.sql")
    assert sqlglot.transpile(body, read="duckdb", write="spark")
    assert not re.search(r"\b(macro|asof|list_|struct_|unnest)\b", body)
    assert not re.search(r"date_diff\('(month|year)'", body)


@pytest.mark.parametrize("line", [n for n in HEADER.splitlines() if not n.startswith("-- measure")])
def test_a_header_without_one_of_its_lines_is_refused(line):
    key = line.split(":")[0].removeprefix("-- ")
    with pytest.raises(HeaderError, match=rf"toy lacks {key}"):
        read_headers(HEADER.replace(line + "\n", ""), "toy.sql")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: proportion", "kind: percentage", "kind must be one of"),
        ("direction: none", "direction: down", "direction must be one of"),
        ("not_applicable: none", "not_applicable: colour", "not_applicable must be one of"),
        ("switches: none", "switches: hidden", "switches must be one of"),
        ("matures: 0 months", "matures: 18", "a time to maturity is `N months`"),
        ("owner: somebody", "owner: somebody\n-- colour: red", "unknown keys colour"),
        ("owner: somebody", "owner: somebody\n-- owner: another", "owner is given twice"),
    ],
)
def test_a_header_that_says_what_is_not_allowed_is_refused(old, new, message):
    with pytest.raises(HeaderError, match=message):
        read_headers(HEADER.replace(old, new), "toy.sql")


def test_an_unknown_measure_is_answered_with_the_list():
    with pytest.raises(UnknownMeasure, match=r"one of .*reoffending_rate.*, got: reoffending"):
        measure("reoffending")
