"""Templates, data dictionary and schema come from the contracts, and what is filled in by them is taken in."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import fastexcel
import jsonschema
import pytest

from etl.contracts import BY_NAME, EXTRACTS, GENERAL_RULES
from etl.dictionary import files, package, schema
from etl.templates import file_name, workbook, write_templates
from tests.etl.extracts import GOOD, taken_in

DOCUMENTS = Path(__file__).parent.parent.parent / "docs" / "data-dictionary"
NORTH_CAROLINA = Path(__file__).parent.parent / "data" / "nc_1978"
each = pytest.mark.parametrize("extract", EXTRACTS, ids=lambda extract: extract.name)


def parts(content: bytes) -> dict[str, str]:
    """Return the parts of a workbook that are text."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}


def sheet(content: bytes, name: str | int, header: int) -> list[tuple]:
    return fastexcel.read_excel(content).load_sheet(name, header_row=header, dtypes="string").to_polars().rows()


@each
def test_a_template_is_an_empty_extract(tmp_path, extract):
    """Sent back as it is, it has a header and no rows; read with the same road as any other workbook."""
    taken = taken_in(tmp_path, {f"{extract.name}.xlsx": workbook(extract)})
    assert taken.count(extract.name) == (0, 0, 0, 0)
    columns = [name for (name,) in taken.all("select header from source_columns where file = ?", extract.name)]
    assert columns == [column.name for column in extract.columns]


def filled(content: bytes, extract, values: dict[str, str]) -> bytes:
    """Return a template with a row filled in, days as days and numbers as numbers, as a spreadsheet has them."""
    cells = []
    for place, column in enumerate(extract.columns):
        value = values[column.name]
        at = f"{chr(65 + place)}2"
        if column.kind == "date":
            days = (date.fromisoformat(value) - date(1899, 12, 30)).days
            style = re.search(rf'<col min="{place + 1}"[^>]*style="(\d+)"', parts(content)["xl/worksheets/sheet1.xml"])
            assert style
            cells.append(f'<c r="{at}" s="{style[1]}"><v>{days}</v></c>')
        elif column.kind in ("integer", "number"):
            cells.append(f'<c r="{at}"><v>{value}</v></c>')
        else:
            cells.append(f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>')
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(out, "w") as again:
        for name in packed.namelist():
            part = packed.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", f'<row r="2">{"".join(cells)}</row></sheetData>'.encode())
            again.writestr(name, part)
    return out.getvalue()


def test_templates_that_are_filled_in_are_taken_in_whole(tmp_path):
    contents = {f"{name}.xlsx": filled(workbook(extract), extract, GOOD[name]) for name, extract in BY_NAME.items()}
    taken = taken_in(tmp_path, contents)
    assert {count.file: (count.rows_read, count.accepted) for count in taken.intake.counts} == dict.fromkeys(
        GOOD, (1, 1)
    )
    assert sum(count.nulled for count in taken.intake.counts) == 0


@each
def test_a_template_holds_each_code_and_holds_cells_to_them(extract):
    content = workbook(extract)
    coded = [column for column in extract.columns if column.domain]
    codes = sheet(content, "codes", 2) if coded else []
    assert codes == [(column.name, code, meaning) for column in coded for code, meaning in column.codes]
    rows = parts(content)["xl/worksheets/sheet1.xml"]
    for column in coded:
        place = [one.name for one in extract.columns].index(column.name)
        letters = chr(65 + place)
        found = re.search(
            rf'<dataValidation type="list"[^>]*sqref="{letters}2:{letters}10001"[^>]*>(.*?)</dataVal', rows
        )
        assert found, column.name
        first, last = map(int, re.search(r"codes!\$B\$(\d+):\$B\$(\d+)", found[1]).groups())
        assert [line[1] for line in codes[first - 4 : last - 3]] == list(column.domain)


@each
def test_a_template_explains_each_column_and_is_plain_to_a_screen_reader(extract):
    content = workbook(extract)
    found = parts(content)
    assert [line[0] for line in sheet(content, "notes", 2)] == [column.name for column in extract.columns]
    assert f"<dc:title>Template of {extract.name}</dc:title>" in found["docProps/core.xml"]
    sheets = [text for name, text in found.items() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 3
    assert all("<mergeCell" not in text and text.count("<tablePart ") <= 1 for text in sheets)
    # Identifiers keep their zeros: every column that is no day and no number is text.
    kept = re.findall(r'<col min="\d+"[^>]*style="(\d+)"', found["xl/worksheets/sheet1.xml"])
    forms = re.findall(r'<xf numFmtId="(\d+)"', found["xl/styles.xml"].split("<cellXfs")[1])
    text = [column.kind not in ("date", "integer", "number") for column in extract.columns]
    assert [forms[int(style)] == "49" for style in kept] == text  # 49 is the form of text
    assert workbook(extract) == content  # the same contract, the same bytes


def test_templates_are_written_one_for_each_extract(tmp_path):
    assert [path.name for path in write_templates(tmp_path)] == [file_name(extract) for extract in EXTRACTS]


# ── The dictionary and the schema ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", files())
def test_the_documents_are_what_the_contracts_make(name):
    """If this fails, run: ppo templates templates --documents docs/data-dictionary"""
    assert (DOCUMENTS / name).read_text(encoding="utf-8") == files()[name]


def test_the_dictionary_has_every_column_code_and_rule():
    text = files()["README.md"]
    for extract in EXTRACTS:
        section = text.split(f"\n## {extract.name}\n")[1].split("\n## ")[0]
        for column in extract.columns:
            assert f"| `{column.name}` |" in section
            assert all(f"`{code}`" in section for code in column.domain)
        assert all(f"`{rule.name}`" in section for rule in extract.rules)
    assert all(f"| `{rule.name}` |" in text for rule in GENERAL_RULES)


def as_json_schema(table: dict) -> dict:
    """Return a table schema as a JSON schema of one row of text, by what the specification says of each property."""
    properties = {}
    for field in table["fields"]:
        limits = field["constraints"]
        found: dict = {"type": "string"}
        if "enum" in limits:
            found["enum"] = limits["enum"]
        if "pattern" in limits:
            found["pattern"] = f"^(?:{limits['pattern']})$"
        if field["type"] == "boolean":
            found["enum"] = [*field["trueValues"], *field["falseValues"]]
        if field["type"] == "date":
            found["pattern"] = r"^\d{4}-\d{2}-\d{2}$"
        if field["type"] == "integer":
            found["pattern"] = r"^-?\d+$"
        if field["type"] == "number":
            found["pattern"] = r"^-?\d+(\.\d+)?$"
        properties[field["name"]] = found
    required = [field["name"] for field in table["fields"] if field["constraints"]["required"]]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


@each
def test_the_good_row_of_every_file_fits_its_schema(extract):
    jsonschema.validate(GOOD[extract.name], as_json_schema(schema(extract)))
    coded = next((column for column in extract.columns if column.domain), None)
    if coded:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**GOOD[extract.name], coded.name: "no such code"}, as_json_schema(schema(extract)))


def test_real_rows_fit_the_schema():
    """North Carolina's, which the contracts take in whole."""
    seen = 0
    for extract in EXTRACTS:
        path = NORTH_CAROLINA / f"{extract.name}.csv"
        if path.is_file():
            check = jsonschema.Draft202012Validator(as_json_schema(schema(extract)))
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = [{name: value for name, value in row.items() if value} for row in csv.DictReader(file)]
            assert [row for row in rows if not check.is_valid(row)] == []
            seen += len(rows)
    assert seen > 9000


def test_the_package_names_every_file_and_its_keys():
    found = json.loads(json.dumps(package()))
    resources = {resource["name"]: resource for resource in found["resources"]}
    assert [resource["path"] for resource in resources.values()] == [f"{extract.name}.csv" for extract in EXTRACTS]
    for resource in resources.values():
        for key in resource["schema"].get("foreignKeys", ()):
            target = resources[key["reference"]["resource"]]["schema"]
            assert set(key["reference"]["fields"]) <= {field["name"] for field in target["fields"]}
    assert resources["police-people"]["schema"]["primaryKey"] == ["pnc_id"]
    assert resources["police-offences"]["schema"]["foreignKeys"] == [
        {"fields": ["pnc_id"], "reference": {"resource": "police-people", "fields": ["pnc_id"]}}
    ]
