"""Files in every form and encoding, and what becomes of those that are not as they should be."""

import gzip
import io
import random
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.intake import IntakeStopped, quarantine_files, take_in, write_quarantine
from queries import sql
from tests.etl.extracts import EXTRACT_DATE, GOOD, covers, csv_of, good, taken_in, write_folder
from tests.road import copied

NORTH_CAROLINA = Path(__file__).parent.parent / "data" / "nc_1978"
PEOPLE = [good("police/people"), good("police/people", pnc_id="2002/0073319Z", surname="Zoë O’Shea", sex="F")]
HEADER = ",".join(GOOD["police/people"])
LINE = ",".join(GOOD["police/people"].values())
SECOND = ",".join(PEOPLE[1].values())


def stopped(folder: Path, files, extract_date: date | None = EXTRACT_DATE) -> list[tuple[str, str, str | None]]:
    """Return file, rule and column of each problem for which a folder is not taken in; no value may be among them."""
    with pytest.raises(IntakeStopped) as stop:
        taken_in(folder, files, extract_date)
    said = str(stop.value)
    assert "1981/0000034U" not in said
    assert "Robin" not in said
    assert all(problem.what_to_do for problem in stop.value.problems)
    return [(problem.file, problem.rule, problem.column) for problem in stop.value.problems]


# ── Forms and encodings ─────────────────────────────────────────────────────────────────────────

TEXT = csv_of(PEOPLE)
FORMS = {
    "utf-8": ("police/people", TEXT.encode("utf-8")),
    "utf-8 with a mark": ("police/people", TEXT.encode("utf-8-sig")),
    "cp1252": ("police/people", TEXT.encode("cp1252")),
    "utf-16 with a mark": ("police/people", TEXT.encode("utf-16")),
    "utf-16 little end first": ("police/people", TEXT.encode("utf-16-le")),
    "utf-16 big end first": ("police/people", TEXT.encode("utf-16-be")),
    "semicolons": ("police/people", TEXT.replace(",", ";").encode()),
    "tabs": ("police/people", TEXT.replace(",", "\t").encode()),
    "semicolons in cp1252": ("police/people", TEXT.replace(",", ";").encode("cp1252")),
    "windows line ends": ("police/people", TEXT.replace("\n", "\r\n").encode()),
    "windows line ends in utf-16": ("police/people", TEXT.replace("\n", "\r\n").encode("utf-16")),
    "old line ends": ("police/people", TEXT.replace("\n", "\r").encode()),
    "mixed line ends": ("police/people", TEXT.replace("\n", "\r\n", 1).encode()),
    "no last line end": ("police/people", TEXT.rstrip("\n").encode()),
    "everything quoted": (
        "police/people",
        "\n".join(",".join(f'"{v}"' for v in line.split(",")) for line in TEXT.splitlines()).encode() + b"\n",
    ),
    "packed": ("police/people.csv.gz", gzip.compress(TEXT.encode())),
    "packed cp1252": ("police/people.csv.gz", gzip.compress(TEXT.encode("cp1252"))),
    "headers as people write them": (
        "police/people",
        TEXT.replace("pnc_id", "PNC ID").replace("date_of_birth", " Date  Of_Birth").replace("cro", "CRO").encode(),
    ),
    "name in capitals": ("police/PEOPLE.CSV", TEXT.encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(tmp_path, form):
    name, content = FORMS[form]
    folder = write_folder(tmp_path / "extracts", {"police/people": PEOPLE})
    (folder / "police" / "people.csv").unlink()
    path = folder / (name if "." in name else name + ".csv")
    path.write_bytes(content)
    staging = duckdb.connect()
    intake = take_in(folder, staging, extract_date=EXTRACT_DATE)
    assert staging.execute("select pnc_id, surname, date_of_birth, sex, source_row from police_people").fetchall() == [
        ("1981/0000034U", "Ashe", date(1980, 5, 1), "M", 2),
        ("2002/0073319Z", "Zoë O’Shea", date(1980, 5, 1), "F", 3),
    ]
    count = next(count for count in intake.counts if count.file == "police/people")
    assert (count.rows_read, count.accepted, count.nulled, count.path_name) == (2, 2, 0, path.name)


def test_columns_may_stand_in_any_order_and_more_of_them_are_left_aside(tmp_path):
    columns = [*reversed(GOOD["police/people"]), "shoe size"]
    taken = taken_in(tmp_path, {"police/people": csv_of([{**PEOPLE[0], "shoe size": "9"}], columns)})
    assert taken.accepted("police/people", *GOOD["police/people"])[0][:4] == (
        "1981/0000034U", "065656/91H", "Ashe", "Robin",
    )  # fmt: skip
    assert "police/people has columns that no contract knows, left aside: shoe size." in taken.intake.warnings


def test_optional_columns_may_be_absent(tmp_path):
    lines = [{name: value for name, value in PEOPLE[0].items() if name not in ("cro_number", "postcode")}]
    taken = taken_in(tmp_path, {"police/people": lines})
    assert taken.accepted("police/people", "cro_number", "postcode") == [(None, None)]
    assert taken.nulled("police/people") == []


def test_a_value_may_hold_line_ends_delimiters_and_quotation_marks(tmp_path):
    surname = 'Ashe, "the\nFox"'
    lines = [good("police/people", surname=surname), PEOPLE[1]]
    taken = taken_in(tmp_path, {"police/people": csv_of(lines)})
    assert taken.accepted("police/people", "surname") == [(surname,), ("Zoë O’Shea",)]
    assert taken.accepted("police/people") == [2, 3]  # records are counted, not lines


def test_a_workbook_is_read_by_its_first_sheet(tmp_path):
    assert taken_workbook(tmp_path, workbook(PEOPLE))["police/people"] == [
        ("1981/0000034U", "Ashe", date(1980, 5, 1), 2),
        ("2002/0073319Z", "Zoë O’Shea", date(1980, 5, 1), 3),
    ]


def test_dates_and_numbers_in_a_workbook_may_be_typed(tmp_path):
    people = [{**PEOPLE[0], "date_of_birth": date(1980, 5, 1)}, {**PEOPLE[1], "date_of_birth": 29342}]
    assert taken_workbook(tmp_path, workbook(people))["police/people"] == [
        ("1981/0000034U", "Ashe", date(1980, 5, 1), 2),
        ("2002/0073319Z", "Zoë O’Shea", date(1980, 5, 1), 3),
    ]


def test_blank_rows_of_a_workbook_keep_their_numbers_and_are_no_rows(tmp_path):
    blank = dict.fromkeys(PEOPLE[0], "")
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook([PEOPLE[0], blank, PEOPLE[1], blank])})
    assert taken.accepted("police/people") == [2, 4]
    assert taken.count("police/people") == (2, 2, 0, 0)


def taken_workbook(folder: Path, content: bytes) -> dict[str, list[tuple]]:
    taken = taken_in(folder, {"police/people.xlsx": content})
    return {"police/people": taken.accepted("police/people", "pnc_id", "surname", "date_of_birth", "source_row")}


def workbook(lines: list[dict], *, formula: str | None = None) -> bytes:
    """Return a workbook with a header and rows: text as text, dates as dates, numbers as numbers."""
    headers = list(lines[0])
    cells = [[("s", header) for header in headers]]
    for line in lines:
        cells.append(
            [
                ("d", (value - date(1899, 12, 30)).days) if isinstance(value, date)
                else ("n", value) if isinstance(value, int) else ("s", value)
                for value in line.values()
            ]
        )  # fmt: skip
    shown = []
    for number, row in enumerate(cells, start=1):
        parts = []
        for place, (kind, value) in enumerate(row):
            at = f"{chr(65 + place)}{number}"
            if kind == "s":
                safe = str(value).replace("&", "&amp;").replace("<", "&lt;")
                parts.append(f'<c r="{at}" t="inlineStr"><is><t>{safe}</t></is></c>' if value else "")
            else:
                style = ' s="1"' if kind == "d" else ""
                parts.append(f'<c r="{at}"{style}><v>{value}</v></c>')
        shown.append(f'<row r="{number}">{"".join(parts)}</row>')
    sheet = "".join(shown)
    if formula:
        sheet = sheet.replace("<v>", f"<f>{formula}</f><v>", 1)
    space = "http://schemas.openxmlformats.org/"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r1" '
        f'Type="{space}officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}spreadsheetml/2006/main" xmlns:r="{space}officeDocument/2006/'
        'relationships"><sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r1" '
        f'Type="{space}officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship '
        f'Id="r2" Type="{space}officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{space}spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}spreadsheetml/2006/main"><sheetData>{sheet}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return out.getvalue()


def test_a_formula_gives_the_value_stored_with_it(tmp_path):
    people = [{**PEOPLE[0], "date_of_birth": 29342}, PEOPLE[1]]
    found = taken_workbook(tmp_path, workbook(people, formula="1+1"))
    assert found["police/people"][0] == ("1981/0000034U", "Ashe", date(1980, 5, 1), 2)


def test_parquet_may_be_typed(tmp_path):
    offences = pl.DataFrame([GOOD["police/offences"]]).with_columns(
        pl.col("committed_on", "arrested_on").str.to_date(),
        pl.col("disposed_on").str.to_datetime("%Y-%m-%d"),
        pl.col("offence_number").cast(pl.Int16),
        pl.col("sentence_days").cast(pl.Float64),
        recordable=pl.lit(True),
        court_type=pl.lit("MC").cast(pl.Categorical),
    )
    content = io.BytesIO()
    offences.write_parquet(content)
    taken = taken_in(tmp_path, {"police/offences.parquet": content.getvalue()})
    assert taken.nulled("police/offences") == []
    names = ("committed_on", "disposed_on", "offence_number", "sentence_days", "recordable", "court_type")
    assert taken.accepted("police/offences", *names) == [
        (date(2009, 1, 5), date(2009, 2, 10), 1, 0, True, "MC"),
    ]


def test_the_tables_have_the_contracts_columns_and_types_even_of_files_that_were_not_sent(tmp_path):
    taken = taken_in(tmp_path)
    described = dict(row[:2] for row in taken.all("describe police_offences"))
    assert described["committed_on"] == "DATE"
    assert described["recordable"] == "BOOLEAN"
    assert described["sentence_days"] == "INTEGER"
    assert described["outcome"] == "VARCHAR"
    assert described["source_row"] == "BIGINT"
    assert [row[:2] for row in taken.all("describe police_nominations")] == [
        ("scheme_id", "VARCHAR"), ("pnc_id", "VARCHAR"), ("nominated_on", "DATE"), ("decided_on", "DATE"),
        ("decision", "VARCHAR"), ("reason", "VARCHAR"), ("source_row", "BIGINT"),
    ]  # fmt: skip
    assert taken.all("from police_nominations") == []


# ── Records that cannot be split ────────────────────────────────────────────────────────────────


@covers("every file", "wrong_number_of_fields")
def test_a_record_with_too_few_or_too_many_fields(tmp_path):
    taken = taken_in(tmp_path, {"police/people": f"{HEADER}\n{LINE}\nSmith,M\n{LINE},more\n{SECOND}\n"})
    assert taken.accepted("police/people") == [2, 5]
    assert [line[:2] for line in taken.quarantined("police/people")] == [
        (3, "wrong_number_of_fields"),
        (4, "wrong_number_of_fields"),
    ]
    assert taken.all("select got, raw['pnc_id'], raw['cro_number'] from quarantine where source_row = 3") == [
        ("2 fields", "Smith", "M")
    ]


@covers("every file", "stray_quote")
@pytest.mark.parametrize(
    "stray",
    [
        LINE.replace("Ashe", '"Ashe'),  # opened and never closed
        LINE.replace("Ashe", 'As"he'),
        LINE.replace("Ashe", '"Ashe" junior'),
        LINE + '"',
    ],
)
def test_a_stray_quotation_mark_costs_its_own_row_and_no_other(tmp_path, stray):
    others = "\n".join(
        good("police/people", pnc_id=pnc)["pnc_id"] + LINE[13:] for pnc in ("2000/0000223R", "1979/0163001B")
    )
    taken = taken_in(tmp_path, {"police/people": f"{HEADER}\n{stray}\n{others}\n{SECOND}\n"})
    assert taken.accepted("police/people") == [3, 4, 5]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(2, "stray_quote")]
    assert taken.count("police/people") == (4, 3, 1, 0)


def test_two_stray_quotation_marks_do_not_swallow_what_is_between_them(tmp_path):
    """Opened in row 2 and closed in row 5 in the same column: read by the letter, one record with a long surname."""
    first, last = LINE.replace("Ashe", '"Ashe'), SECOND.replace("Zoë O’Shea", 'Shea"')
    between = "\n".join(pnc + LINE[13:] for pnc in ("2000/0000223R", "1979/0163001B"))
    taken = taken_in(tmp_path, {"police/people": f"{HEADER}\n{first}\n{between}\n{last}\n"})
    assert taken.accepted("police/people") == [3, 4]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(2, "stray_quote"), (5, "stray_quote")]


@covers("every file", "record_too_long")
def test_a_record_of_a_million_characters(tmp_path):
    long = good("police/people", pnc_id="2000/0000223R", surname="x" * 10**6)
    longer = good("police/people", pnc_id="1979/0163001B", surname="x" * (5 * 10**6))
    nearly = good("police/people", pnc_id="1967/9893091D", surname="x" * (10**6 - 1000))
    taken = taken_in(tmp_path, {"police/people": csv_of([PEOPLE[0], long, longer, nearly, PEOPLE[1]])})
    assert taken.accepted("police/people") == [2, 5, 6]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(3, "record_too_long"), (4, "record_too_long")]
    assert [line[:3] for line in taken.nulled("police/people")] == [(5, "surname", "too_long")]


def test_nul_bytes_spoil_the_values_they_are_in_and_no_others(tmp_path):
    spoilt = [good("police/people", surname="As\0he", sex="M\0"), PEOPLE[1]]
    taken = taken_in(tmp_path, {"police/people": csv_of(spoilt)})
    assert taken.accepted("police/people", "surname") == [("As\ufffdhe",), ("Zoë O’Shea",)]
    assert [line[:3] for line in taken.nulled("police/people")] == [(2, "sex", "not_in_list")]


def test_a_last_line_that_is_cut_short_is_quarantined_and_said(tmp_path):
    text = csv_of(PEOPLE)
    taken = taken_in(tmp_path, {"police/people": text[: text.rindex("Robin")]})
    assert taken.accepted("police/people") == [2]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(3, "wrong_number_of_fields")]
    note = next(count.note for count in taken.intake.counts if count.file == "police/people")
    assert "the last line has no end" in note


def test_blank_lines_are_no_rows_and_rows_keep_their_numbers(tmp_path):
    taken = taken_in(tmp_path, {"police/people": f"{HEADER}\n{LINE}\n\n  \n{SECOND}\n\n\n"})
    assert taken.accepted("police/people") == [2, 5]
    assert taken.count("police/people") == (2, 2, 0, 0)


def test_columns_that_changed_places_are_warned_of(tmp_path):
    headers = list(GOOD["police/offences"])
    swapped = {**GOOD["police/offences"], "pnc_id": GOOD["police/offences"]["asn"], "asn": "1981/0000034U"}
    taken = taken_in(tmp_path, {"police/offences": csv_of([swapped], headers)})
    assert taken.quarantined("police/offences")[0][:3] == (2, "no_usable_identifier", "pnc_id")
    assert any("changed places" in warning for warning in taken.intake.warnings)


# ── Files that stop intake ──────────────────────────────────────────────────────────────────────


@covers("every file", "missing_column")
@pytest.mark.parametrize("file", ["etl/intake.sql", "etl/identifiers.sql", "etl/values.sql"])
def test_its_sql_is_found_where_all_sql_is(tmp_path, monkeypatch, file):
    root = copied(tmp_path / "tree")
    (root / file).unlink()
    monkeypatch.setattr(sql, "ROOT", root)
    with pytest.raises(FileNotFoundError, match=re.escape(file)):
        taken_in(tmp_path, {"police/people": [GOOD["police/people"]]})


def test_a_missing_column_is_named_with_the_nearest_header(tmp_path):
    people = TEXT.replace("date_of_birth", "dateofbrith").replace("sex", "gender")
    with pytest.raises(IntakeStopped) as stop:
        taken_in(tmp_path, {"police/people": people})
    said = [str(problem) for problem in stop.value.problems]
    assert said == [
        "police/people, row 1, column date_of_birth: missing_column: Add the column, or correct its header."
        ' The nearest header is "dateofbrith". If that is it, add date_of_birth = "dateofbrith" under [people] to'
        " police/aliases.toml.",
        "police/people, row 1, column sex: missing_column: Add the column, or correct its header."
        " No header is near it.",
    ]


def test_a_file_without_a_header_shows_none_of_its_values(tmp_path):
    found = stopped(tmp_path, {"police/people": TEXT.split("\n", 1)[1]})
    assert found == [("police/people", "no_header", None)]


@covers("every file", "wrong_delimiter")
@pytest.mark.parametrize("mark", ["|", "~", "^"])
def test_a_wrong_delimiter(tmp_path, mark):
    found = stopped(tmp_path, {"police/people": TEXT.replace(",", mark)})
    assert found == [("police/people", "wrong_delimiter", None)]


@covers("every file", "duplicate_column")
def test_two_columns_with_one_name(tmp_path):
    text = TEXT.replace("surname,forenames", "surname,SUR NAME")
    assert ("police/people", "duplicate_column", "surname") in stopped(tmp_path, {"police/people": text})


@covers("every file", "zero_bytes")
@pytest.mark.parametrize(
    ("name", "content"),
    [("police/people", b""), ("police/people.csv.gz", gzip.compress(b""))],
    ids=["plain", "packed"],
)
def test_a_file_of_no_bytes_is_not_an_empty_extract(tmp_path, name, content):
    assert stopped(tmp_path, {name: content}) == [("police/people", "zero_bytes", None)]


def test_a_header_alone_is_an_empty_extract(tmp_path):
    taken = taken_in(tmp_path, {"probation/contacts": []})
    assert taken.count("probation/contacts") == (0, 0, 0, 0)
    assert "probation/contacts has a header and no rows." in taken.intake.warnings
    assert taken.accepted("probation/contacts") == []


@covers("every file", "missing_file", "two_files")
def test_every_problem_of_a_folder_is_told_at_once(tmp_path):
    folder = write_folder(tmp_path / "extracts")
    (folder / "police" / "people.csv").unlink()
    shutil.copy(folder / "dip" / "events.csv", folder / "dip" / "events.parquet")
    with pytest.raises(IntakeStopped) as stop:
        take_in(folder, duckdb.connect(), extract_date=EXTRACT_DATE)
    assert [(problem.file, problem.rule) for problem in stop.value.problems] == [
        ("police/people", "missing_file"),
        ("dip/events", "two_files"),
    ]


def test_a_file_that_no_contract_knows_is_warned_of(tmp_path):
    taken = taken_in(tmp_path, {"police/offence": "a,b\n"})
    assert "police/offence.csv is no extract that a contract knows: left aside." in taken.intake.warnings


@covers("every file", "unreadable")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("police/people.xlsx", b"not a workbook"),
        ("police/people.xlsx", workbook(PEOPLE)[:-100]),
        ("police/people.parquet", b"PAR1 and no more"),
        ("police/people.csv.gz", gzip.compress(TEXT.encode())[:-20]),
        ("police/people.csv.gz", b"not packed"),
        ("police/people", b"\n\n\n"),
        ("police/people", b'"pnc_id,surname\n'),
        ("police/people", b"\xff\xfe"),
    ],
    ids=["no workbook", "half a workbook", "no parquet", "half packed", "not packed", "blank", "quoted", "mark"],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path, name, content):
    assert stopped(tmp_path, {name: content}) == [("police/people", "unreadable", None)]


@covers("every file", "too_large")
@pytest.mark.parametrize("form", ["xlsx", "csv.gz"])
def test_a_packed_file_that_swells_is_not_unpacked(tmp_path, form, monkeypatch):
    monkeypatch.setattr("etl.readers.MOST_UNPACKED", 1 << 20)
    monkeypatch.setattr("etl.workbooks.MOST_UNPACKED", 1 << 20)
    zeros = bytes(4 << 20)
    if form == "csv.gz":
        content = gzip.compress(zeros)
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/workbook.xml", zeros)
        content = out.getvalue()
    assert stopped(tmp_path, {f"police/people.{form}": content}) == [("police/people", "too_large", None)]


# ── The manifest ────────────────────────────────────────────────────────────────────────────────


def manifest(text: str) -> dict[str, str]:
    return {"manifest.toml": text}


def test_the_extract_date_is_the_manifests(tmp_path):
    taken = taken_in(tmp_path, manifest("extract_date = 2010-03-31\nsynthetic = true"), None)
    assert (taken.intake.extract_date, taken.intake.synthetic) == (date(2010, 3, 31), True)


def test_a_folder_is_taken_for_real_unless_it_says_otherwise(tmp_path):
    assert taken_in(tmp_path).intake.synthetic is False


@pytest.mark.parametrize(
    ("text", "given", "rule"),
    [
        (None, None, "no_extract_date"),
        ("synthetic = true", None, "no_extract_date"),
        ("extract_date = 2010-03-31", date(2010, 3, 30), "extract_dates_disagree"),
        ('extract_date = "2010-03-31"', None, "not_a_date"),
        ("extract_date = 2010-03-31T00:00:00", None, "not_a_date"),
        ("extract_date = ", None, "unreadable"),
        ('extract_date = 2010-03-31\nsynthetic = "yes"', None, "not_yes_or_no"),
        ("extract_date = 2010-03-31\ncoverage = 1", None, "unreadable"),
        ('extract_date = 2010-03-31\n[coverage]\n"police/offence" = { to = 2010-01-01 }', None, "wrong_coverage"),
        ('extract_date = 2010-03-31\n[coverage]\n"police/offences" = { to = 2010-04-01 }', None, "wrong_coverage"),
        ('extract_date = 2010-03-31\n[coverage]\n"police/offences" = { from = 2010-04-01 }', None, "wrong_coverage"),
        ('extract_date = 2010-03-31\n[coverage]\n"police/offences" = { to = "2010-01-01" }', None, "wrong_coverage"),
        ('extract_date = 2010-03-31\n[coverage]\n"police/offences" = 2010-01-01', None, "wrong_coverage"),
        ('extract_date = 2010-03-31\n[coverage]\n"police/offences" = { until = 2010-01-01 }', None, "wrong_coverage"),
    ],
)
def test_a_manifest_that_cannot_be_used(tmp_path, text, given, rule):
    assert [found[1] for found in stopped(tmp_path, manifest(text) if text else {}, given)] == [rule]


def test_coverage_is_what_the_manifest_says_and_else_from_the_first_event(tmp_path):
    text = """
        extract_date = 2010-03-31
        [coverage]
        "police/offences" = { from = 2000-04-01, to = 2010-02-28 }
        "dip/events" = { to = 2010-03-01 }
    """
    taken = taken_in(tmp_path, manifest(text), None)
    rows = taken.all("from coverage")
    covered = {file: (start, end) for file, _, start, end in rows}
    assert covered == taken.intake.coverage
    assert {file: stated for file, stated, _, _ in rows if stated} == {"police/offences": date(2000, 4, 1)}
    assert len(covered) == 16
    assert covered["police/offences"] == (date(2000, 4, 1), date(2010, 2, 28))
    assert covered["dip/events"] == (date(2009, 1, 7), date(2010, 3, 1))
    assert covered["police/ppo_register"] == (date(2005, 2, 1), date(2010, 3, 31))
    assert covered["police/people"] == (None, date(2010, 3, 31))


# ── Everything is accounted for ─────────────────────────────────────────────────────────────────


def test_north_carolina_is_taken_in_whole():
    staging = duckdb.connect()
    seen = []
    intake = take_in(NORTH_CAROLINA, staging, progress=lambda file, part: seen.append((file, part)))
    counts = {count.file: (count.rows_read, count.accepted, count.quarantined, count.nulled) for count in intake.counts}
    assert {file: read for file, (read, *_) in counts.items() if read} == {
        "police/people": 1445, "police/offences": 1997, "police/ppo_register": 1445, "probation/people": 1445,
        "probation/supervision": 1003, "probation/custody": 2549, "reference/schemes": 1, "reference/offence_codes": 3,
    }  # fmt: skip
    assert all(accepted == read and not lost and not nulled for read, accepted, lost, nulled in counts.values())
    assert intake.extract_date == date(1984, 10, 31)
    assert intake.synthetic is True
    assert [part for _, part in seen] == sorted(part for _, part in seen)
    assert seen[-1] == ("", 1.0)


def test_rows_keep_their_numbers_when_many_threads_read_them(tmp_path):
    """Read in many pieces at once and looked up among people, each row still has the number that it has in the file."""
    number = 300_000
    lines = [f"1981/0000034U,{place},{place % 7}" for place in range(2, number + 2)]
    header = "pnc_id,offence_number,sentence_days," + ",".join(
        name for name in GOOD["police/offences"] if name not in ("pnc_id", "offence_number", "sentence_days")
    )
    rest = ",".join(
        value
        for name, value in GOOD["police/offences"].items()
        if name not in ("pnc_id", "offence_number", "sentence_days")
    )
    lines[1000] = lines[1000].replace("1981/0000034U", "?")
    text = header + "\n" + "\n".join(f"{line},{rest}" for line in lines) + "\n"
    taken = taken_in(tmp_path, {"police/offences": text})
    assert taken.all("select count(*) from police_offences where source_row <> offence_number") == [(0,)]
    assert taken.count("police/offences") == (number, number - 1, 1, 0)
    assert taken.quarantined("police/offences") == [(1002, "no_usable_identifier", "pnc_id", "?")]


def test_the_session_is_left_as_it_was(tmp_path):
    names = ("preserve_insertion_order", "disabled_optimizers", "force_compression")
    settings_of = "select " + ", ".join(f"current_setting('{name}')" for name in names)
    staging = duckdb.connect()
    staging.execute("set preserve_insertion_order = false")
    before = staging.execute(settings_of).fetchall()
    take_in(NORTH_CAROLINA, staging)
    assert staging.execute(settings_of).fetchall() == before


def test_quarantine_files_are_in_the_agencys_own_columns_and_can_be_sent_again(tmp_path):
    headers = [name.upper().replace("_", " ") for name in GOOD["police/offences"]] + ["=officer"]
    written = [
        {**good("police/offences", pnc_id="?", committed_on="05/01/2009"), "officer": "=1+1"},
        {**good("police/offences", offence_number="2", disposed_on="10/02/2009"), "officer": ""},
        {
            **good("police/offences", offence_number="2", disposed_on="11/02/2009", arrested_on="31/02/2009"),
            "officer": "",
        },
    ]
    text = csv_of(written).split("\n", 1)[1]
    taken = taken_in(tmp_path, {"police/offences": ",".join(headers) + "\n" + text})
    folder = tmp_path / "quarantine"
    (path,) = write_quarantine(taken.staging, folder)
    assert path.name == "police_offences.csv"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    content = path.read_bytes()
    assert content == dict(quarantine_files(taken.staging))["police_offences.csv"]
    lines = pl.read_csv(content, infer_schema=False).to_dicts()
    assert list(lines[0]) == [*headers[:-1], "'=officer", "row", "rule", "also", "column", "got"]
    assert [(line["row"], line["rule"], line["got"]) for line in lines] == [
        ("2", "no_usable_identifier", "?"),
        ("3", "near_duplicate", "row 4 is kept"),
    ]
    assert lines[0]["COMMITTED ON"] == "05/01/2009"  # as it was written
    assert lines[0]["'=officer"] == "'=1+1"  # no formula
    assert lines[1]["DISPOSED ON"] == "2009-02-10"  # as it was read
    # Mended and sent again, with its extra columns left where they are, the file is taken in.
    mended = content.decode("utf-8-sig").replace("?", "1981/0000034U", 1)
    again = tmp_path / "again"
    again.mkdir()
    assert taken_in(again, {"police/offences": mended}).accepted("police/offences") == [2, 3]


BYTES = st.lists(
    st.one_of(
        st.sampled_from([LINE.encode(), SECOND.encode(), SECOND.encode("cp1252"), b"", b"\xff", b"\0"]),
        st.sampled_from([b'"', b",", b";", b'"",', b"\r", b"\n", b"\r\n", b'a"b', b'"a\nb"', b"x" * 3000]),
        st.binary(max_size=12),
    ),
    max_size=24,
)


@settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=BYTES, ends=st.sampled_from([b"\n", b"\r\n", b""]))
def test_no_bytes_crash_intake_or_leave_a_row_unaccounted(tmp_path_factory, parts, ends):
    """Whatever follows the header: either every record is accounted for, or intake stops and says why."""
    folder = write_folder(
        tmp_path_factory.mktemp("fuzz"), {"police/people": HEADER.encode() + b"\n" + ends.join(parts)}
    )
    staging = duckdb.connect()
    try:
        intake = take_in(folder, staging, extract_date=EXTRACT_DATE)
    except IntakeStopped as stop:
        said = stop.problems
        assert said
    else:
        for count in intake.counts:
            assert count.rows_read == count.accepted + count.quarantined + count.duplicates
    finally:
        staging.close()


@settings(max_examples=settings().max_examples // 8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_every_line_of_a_spoilt_file_is_one_row(tmp_path_factory, seed):
    """Lines that are whole, and lines spoilt by a quotation mark or a missing comma: none takes another."""
    chance = random.Random(seed)
    lines, whole = [], []
    for number in range(2, chance.randint(3, 40)):
        line = LINE.replace("Ashe", f"Ashe{number}").replace("1981/0000034U", pnc(number))
        spoil = chance.choice(["", "", "", '"', ","])
        if spoil:
            places = [place for place, letter in enumerate(line) if letter == ","]
            place = chance.choice(places)
            line = line[: place + 1] + '"' + line[place + 1 :] if spoil == '"' else line[:place] + line[place + 1 :]
        else:
            whole.append(number)
        lines.append(line)
    text = HEADER + "\n" + "\n".join(lines) + "\n"
    taken = taken_in(tmp_path_factory.mktemp("spoilt"), {"police/people": text})
    assert taken.accepted("police/people") == whole
    assert taken.count("police/people") == (len(lines), len(whole), len(lines) - len(whole), 0)


def pnc(number: int) -> str:
    """Return the canonical PNC id of 1980 with that serial number."""
    return f"1980/{number:07}" + "ZABCDEFGHJKLMNPQRTUVWXY"[(800000000 + number) % 23]
