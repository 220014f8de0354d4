"""The data dictionary and the schema of the extracts, made from the contracts: nothing in them is written by hand.

The schema is a Frictionless data package: one resource for each extract, with a table schema. A file that fits it may
still break a rule across columns or files; the dictionary lists those.
"""

import json
from typing import Any

from etl import contracts
from etl.contracts import EARLIEST, EXTRACTS, Column, Extract, Rule

FORMS = {
    "text": "Text",
    "label": "Text",
    "date": "Date, as 2009-04-01",
    "integer": "Whole number",
    "number": "Number",
    "yes_no": "Y or N",
    "code": "Code",
    "pnc": "PNC id, as 1981/0000034U",
    "cro": "CRO number, as 065656/91H",
    "asn": "ASN, as 1101ZD0100000448754K",
    "crn": "CRN, as X320741",
    "noms": "Prison number, as A1234BC",
    "dip": "Client number",
    "ho_class": "Home Office class, as 028/03",
    "offence_code": "Offence code, as TH68010",
}
"""What each kind of column holds, in words. Identifiers are in their canonical form, the one to send."""

PATTERNS = {
    "pnc": "[0-9]{4}/[0-9]{7}[A-HJ-NP-RT-Z]",
    "cro": "([0-9]{6}/[0-9]{2}|SF[0-9]{2}/[0-9]{1,6})[A-HJ-NP-RT-Z]",
    "asn": "[0-9]{2}[A-Z]?[A-Z0-9]{6}[0-9]{11}[A-HJ-NP-RT-Z]",
    "crn": "[A-Z][0-9]{6}",
    "noms": "[A-Z][0-9]{4}[A-Z]{2}",
    "dip": "[A-Z0-9][A-Z0-9/-]{0,29}",
    "ho_class": "[0-9]{3}/[0-9]{2}",
    "offence_code": ".{1,20}",
}
"""The canonical form of each kind of identifier, as a regular expression. Check letters are not in it."""

SEVERITIES = {
    "row": "the row is set aside",
    "field": "the value is left out",
    "flag": "the row is listed",
    "repair": "the value is read and counted",
    "count": "the row is dropped and counted",
    "stop": "the file is not taken in",
}


def form(column: Column) -> str:
    """Return in words what a column holds, with its limits."""
    said = FORMS[column.kind]
    if column.least is not None and column.most is not None:
        return f"{said}, {column.least} to {column.most}"
    return f"{said}, {column.least} or more" if column.least is not None else said


def need(column: Column) -> str:
    """Return in words whether a value is needed, and what one that cannot be read costs."""
    cost = {"row": "the row", "field": "the value"}[column.severity]
    return f"{'needed' if column.required else 'may be blank or absent'}; unreadable, it costs {cost}"


def _field(column: Column) -> dict[str, Any]:
    """Return one field of a table schema."""
    kinds = {"date": "date", "integer": "integer", "number": "number", "yes_no": "boolean"}
    found: dict[str, Any] = {
        "name": column.name,
        "type": kinds.get(column.kind, "string"),
        "title": column.name.replace("_", " ").capitalize(),
        "description": column.meaning,
    }
    if column.kind == "yes_no":
        found |= {"trueValues": ["Y"], "falseValues": ["N"]}
    constraints: dict[str, Any] = {"required": column.required}
    if column.kind == "date":
        constraints["minimum"] = EARLIEST
    if column.least is not None:
        constraints["minimum"] = column.least
    if column.most is not None:
        constraints["maximum"] = column.most
    if column.domain:
        constraints["enum"] = list(column.domain)
        found["categories"] = [{"value": code, "label": meaning} for code, meaning in column.codes]
    if column.kind in PATTERNS:
        constraints["pattern"] = PATTERNS[column.kind]
    if column.kind in ("text", "label"):
        constraints["maxLength"] = contracts.LONGEST_TEXT
    return {**found, "constraints": constraints}


def schema(extract: Extract) -> dict[str, Any]:
    """Return the table schema of an extract."""
    found: dict[str, Any] = {
        "fields": [_field(column) for column in extract.columns],
        "missingValues": ["", "NULL", "N/A", "-"],
    }
    whole = all(extract.column(name).required for name in extract.key)
    if whole and not extract.key_may_be_null:
        found["primaryKey"] = list(extract.key)
    people = {"police/people": "pnc_id", "probation/people": "crn", "dip/people": "dip_id"}
    keys = []
    if extract.person in people:
        keys.append((people[extract.person], extract.person))
    if any(column.name == "scheme_id" for column in extract.columns) and extract.name != "reference/schemes":
        keys.append(("scheme_id", "reference/schemes"))
    if keys:
        found["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": to.replace("/", "-"), "fields": [column]}}
            for column, to in keys
        ]
    return found


def package() -> dict[str, Any]:
    """Return the data package of a folder of extracts."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ppo-extracts",
        "title": "Extracts for the measures of Prolific and other Priority Offender schemes",
        "resources": [
            {
                "name": extract.name.replace("/", "-"),
                "title": f"{extract.name}: a row for each {_without_article(extract.grain)}",
                "path": f"{extract.name}.csv",
                "type": "table",
                "format": "csv",
                "encoding": "utf-8",
                "schema": schema(extract),
            }
            for extract in EXTRACTS
        ],
    }


def _without_article(grain: str) -> str:
    return grain.removeprefix("a ").removeprefix("an ")


def _cell(said: str) -> str:
    return said.replace("|", "\\|").replace("\n", " ")


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return [*lines, *("| " + " | ".join(map(_cell, row)) + " |" for row in rows), ""]


def _rules(rules: tuple[Rule, ...]) -> list[str]:
    rows = [
        (
            f"`{rule.name}`",
            f"`{rule.column}`" if rule.column else "",
            rule.meaning,
            SEVERITIES[rule.severity],
            rule.mend,
        )
        for rule in rules
    ]
    return _table(("rule", "column", "what it means", "what becomes of it", "how to mend it"), rows)


def dictionary() -> str:
    """Return the data dictionary as Markdown."""
    lines = [
        "# Data dictionary",
        "",
        "What each agency sends, column by column, made from the contracts by `ppo templates`. The same contracts make",
        "the template workbooks, the schema in `datapackage.json` and the checks of `ppo check`.",
        "",
        "A folder of extracts has a sub-folder for each agency. A file is `.csv` (UTF-8, or as spreadsheets write it),",
        "`.csv.gz`, `.xlsx` or `.parquet`; one in parts is numbered from 1, as `offences_1.csv` and `offences_2.csv`.",
        "Headers may differ in case, spaces, underscores and hyphens; an agency's own headers are mapped for good in",
        '`aliases.toml` in its folder, as `date_of_birth = "DOB"` under `[people]`. Dates are never read with the',
        "month first. Blank, `NULL`, `N/A` and `-` say that nothing is known.",
        "",
        "## Files",
        "",
    ]
    lines += _table(
        ("file", "a row is", "must be sent"),
        [
            (
                f"[{extract.name}](#{extract.name.replace('/', '')})",
                extract.grain,
                "if there is one" if extract.optional else "yes",
            )
            for extract in EXTRACTS
        ],
    )
    for extract in EXTRACTS:
        lines += [
            f"## {extract.name}",
            "",
            f"A row is {extract.grain}. Rows alike in {_and(extract.key)} are the same thing.",
        ]
        if extract.later:
            lines[-1] += f" Of those the row with the later {_and(extract.later[:1])} is kept."
        lines.append("")
        lines += _table(
            ("column", "holds", "meaning", "need"),
            [(f"`{column.name}`", form(column), column.meaning, need(column)) for column in extract.columns],
        )
        for column in extract.columns:
            if column.domain:
                codes = "; ".join(
                    f"`{code}` {meaning}" if meaning != code else f"`{code}`" for code, meaning in column.codes
                )
                lines += [f"Codes of `{column.name}`: {codes}.", ""]
        if extract.rules:
            lines += [f"Rules of {extract.name} alone:", "", *_rules(extract.rules)]
    lines += ["## Rules of every file", "", *_rules(contracts.GENERAL_RULES)]
    return "\n".join(lines).rstrip() + "\n"


def _and(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def files() -> dict[str, str]:
    """Return the text of each file of the dictionary, by name."""
    return {
        "README.md": dictionary(),
        "datapackage.json": json.dumps(package(), indent=1, ensure_ascii=False) + "\n",
    }
