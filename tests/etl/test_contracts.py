"""The contracts hold together: names, keys, lists, and the checks that are made from them."""

import re
from datetime import date

import duckdb
import pytest

from etl import intake_sql
from etl.contracts import BY_NAME, EXTRACTS, FORCES, GENERAL_RULES, rules
from etl.identifiers import teach
from etl.intake_sql import Fields

each = pytest.mark.parametrize("extract", EXTRACTS, ids=lambda extract: extract.name)


def all_fields(extract) -> Fields:
    headers = tuple(column.name for column in extract.columns)
    return Fields(headers, {header: place for place, header in enumerate(headers)})


def test_the_extracts_are_those_of_the_agencies():
    assert sorted(BY_NAME) == [
        "dip/events", "dip/people", "police/indications", "police/nominations", "police/offences", "police/people",
        "police/ppo_register", "probation/assessments", "probation/contacts", "probation/custody", "probation/people",
        "probation/supervision", "reference/national", "reference/offence_codes", "reference/schemes",
        "reference/targets",
    ]  # fmt: skip
    assert {extract.name for extract in EXTRACTS if extract.optional} == {
        "police/nominations", "police/indications", "reference/targets",
    }  # fmt: skip


@each
def test_names_are_snake_case_and_there_once(extract):
    names = [column.name for column in extract.columns]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert len(set(names)) == len(names)


@each
def test_every_column_has_a_meaning_and_every_code_a_list(extract):
    assert extract.grain
    for column in extract.columns:
        assert column.meaning
        assert bool(column.domain) == (column.kind == "code")
        assert len({code.lower() for code in column.domain}) == len(column.domain)


@each
def test_keys_and_rules_name_columns_that_are_there(extract):
    names = {column.name for column in extract.columns}
    assert extract.key
    assert {*extract.key, *extract.later, *extract.mark} <= names
    assert set(extract.mark) <= set(extract.key)
    assert all(set(rule.columns) <= names for rule in extract.rules)
    assert len(extract.with_role("event")) <= 1
    assert len(extract.with_role("end")) <= 1


def test_rules_have_plain_names_and_meanings_that_do_not_differ():
    meanings = {}
    for _, rule in rules():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", rule.name)
        assert rule.meaning.endswith(".")
        assert meanings.setdefault(rule.name, rule.meaning) == rule.meaning
    assert len({rule.name for rule in GENERAL_RULES}) == len(GENERAL_RULES)


def test_forces_are_those_of_england_and_wales_and_their_neighbours():
    assert len(FORCES) == len(set(FORCES)) == 50
    assert all(re.fullmatch(r"\d{2}|[A-Z]{2}", code) for code in FORCES)


@pytest.fixture
def staging(tmp_path):
    connection = duckdb.connect()
    teach(connection)
    connection.execute(intake_sql.NAMES, [intake_sql.names()])
    connection.execute("create schema taken")
    return connection


@each
def test_loading_is_no_join_because_a_join_does_not_keep_the_order_of_rows(staging, tmp_path, extract):
    """The row in the file is worked out from the order of loading: see etl/intake_sql.py."""
    fields = all_fields(extract)
    path = tmp_path / "file.csv"
    path.write_text(",".join(fields.headers) + "\n")
    for statement in intake_sql.types(extract):
        staging.execute(statement)
    staging.execute("set disabled_optimizers = 'in_clause'")
    query = intake_sql.csv_query(str(path), len(fields.headers), ",", 1 << 21)
    staging.execute(intake_sql.DESCRIBE, intake_sql.described(extract, fields))
    statement = intake_sql.load(extract, fields, query, date(2010, 3, 31))
    plan = staging.execute("explain " + statement).fetchall()[0][1]
    assert "Read Csv" in plan
    assert "Join" not in plan


@each
def test_a_table_that_was_not_sent_has_the_types_of_one_that_was(staging, tmp_path, extract):
    fields = all_fields(extract)
    path = tmp_path / "file.csv"
    path.write_text(",".join(fields.headers) + "\n")
    for statement in intake_sql.types(extract):
        staging.execute(statement)
    described = []
    query = intake_sql.csv_query(str(path), len(fields.headers), ",", 1 << 21)
    staging.execute(intake_sql.DESCRIBE, intake_sql.described(extract, fields))
    for statement in (intake_sql.load(extract, fields, query, date(2010, 3, 31)), intake_sql.empty(extract)):
        staging.execute(intake_sql.drop(extract))
        staging.execute(statement)
        described.append([row[:2] for row in staging.execute(f"describe taken.{extract.table}").fetchall()])
    assert described[0] == described[1]


def test_text_and_names_cannot_leave_their_quotation_marks():
    odd = 'it\'s "so"'
    with duckdb.connect() as connection:
        assert connection.execute(f"select {intake_sql.text(odd)} as {intake_sql.name(odd)}").fetchall() == [(odd,)]
        assert connection.description[0][0] == odd
