"""The page for a data supplier: what is wrong with the files, in how many rows, where for example, and how to mend it.

One page for each agency, as HTML and as text. It holds rules, columns, counts and row numbers, and nothing that was
written in a row, so that it can be sent by post and by e-mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import duckdb

from etl import contracts
from etl.contracts import Rule
from etl.headers import folded
from etl.intake import FileCount, Intake
from etl.manifest import Problem
from queries import sql

SEVERITIES = {
    "stop": ("These stop the files from being read", "Mend these first: the rows of no file were looked at."),
    "row": ("Rows set aside", "These rows are left out until they are mended and sent again."),
    "field": ("Values left out", "The rows are used without these values."),
    "flag": ("Worth a look", "Nothing was changed for these."),
    "repair": ("Read all the same", "These values could mean one thing only. Nothing is lost."),
}
"""Headings of the page, the most urgent first, each with what becomes of the rows under it."""

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
  background: #fff }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0 }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid #999 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } tr { break-inside: avoid } }
"""


@dataclass(frozen=True)
class Finding:
    """One rule broken in one column of one file: in how many rows, where for example, and how to mend it.

    `where` names rows or a column; `rows` is None for what is wrong with the file as a whole.
    """

    severity: str
    file: str
    column: str | None
    rule: str
    meaning: str
    mend: str
    rows: int | None = None
    where: str = ""


@dataclass(frozen=True)
class Page:
    """What one agency is told. `checked` says what was looked at, `findings` what was found, the most urgent first."""

    agency: str
    checked: str
    counts: tuple[FileCount, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"Extracts from {self.agency}: what to mend"

    @property
    def verdict(self) -> str:
        """Return in a sentence what there is to do."""
        found = {finding.severity for finding in self.findings}
        if "stop" in found:
            return "The files could not be taken in. Mend what is listed here and send them again."
        if "row" in found or "field" in found:
            return "The files were taken in, but for the rows and values listed here."
        return "The files were taken in whole. There is nothing to mend."

    def under(self, severity: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == severity]

    def text(self) -> str:
        """Return the page as plain text."""
        lines = [self.title, "=" * len(self.title), "", self.checked, self.verdict, ""]
        lines += [_counted(count) for count in self.counts]
        for severity, (heading, said) in SEVERITIES.items():
            findings = self.under(severity)
            if not findings:
                continue
            lines += ["", heading, "-" * len(heading), said]
            for finding in findings:
                lines += ["", f"* {_place(finding)}: {_words(finding.rule)}{_rows(finding)}", f"  {finding.meaning}"]
                lines.append(f"  To mend: {finding.mend}")
        if self.notes:
            lines += ["", "Notes", "-----", *(f"* {note}" for note in self.notes)]
        return "\n".join(lines).rstrip() + "\n"

    def html(self) -> str:
        """Return the page as HTML that stands by itself."""
        parts = [
            f"<h1>{escape(self.title)}</h1>",
            f"<p>{escape(self.checked)}</p>",
            f"<p><strong>{escape(self.verdict)}</strong></p>",
        ]
        if self.counts:
            names = (
                "File",
                "Rows read",
                "Accepted",
                "Set aside",
                "Exact repeats",
                "Values left out",
                "Values repaired",
            )
            rows = [
                (f"{count.file} ({count.path_name})", count.rows_read, count.accepted, count.quarantined,
                 count.duplicates, count.nulled, count.repaired)
                for count in self.counts
            ]  # fmt: skip
            parts.append(_table("What became of every row", names, rows))
        for severity, (heading, said) in SEVERITIES.items():
            findings = self.under(severity)
            if findings:
                names = ("File and column", "Rows", "For example", "What is wrong", "How to mend it")
                rows = [
                    (_place(one), "" if one.rows is None else one.rows, one.where,
                     f"{_words(one.rule)}. {one.meaning}", one.mend)
                    for one in findings
                ]  # fmt: skip
                parts += [f"<h2>{escape(heading)}</h2>", f"<p>{escape(said)}</p>", _table(heading, names, rows)]
        if self.notes:
            parts += ["<h2>Notes</h2>", "<ul>", *(f"<li>{escape(note)}</li>" for note in self.notes), "</ul>"]
        body = "\n".join(parts)
        return (
            '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
            "</body>\n</html>\n"
        )


def _words(rule: str) -> str:
    return rule.replace("_", " ").capitalize()


def _place(finding: Finding) -> str:
    return finding.file + (f", {finding.column}" if finding.column else "")


def _rows(finding: Finding) -> str:
    if finding.rows is None:
        return f" ({finding.where})" if finding.where else ""
    return f": {finding.rows:,} {'row' if finding.rows == 1 else 'rows'} (for example {finding.where})"


def _counted(count: FileCount) -> str:
    return (
        f"{count.file} ({count.path_name}): {count.rows_read:,} rows read, {count.accepted:,} accepted,"
        f" {count.quarantined:,} set aside, {count.duplicates:,} exact repeats; {count.nulled:,} values left out,"
        f" {count.repaired:,} repaired."
    )


def _table(caption: str, names: Sequence[str], rows: Sequence[Sequence[str | int]]) -> str:
    """Return a table; the first cell of each row is its header, and numbers stand to the right."""

    def cell(value: str | int, place: int) -> str:
        kind = ' class="number"' if isinstance(value, int) else ""
        shown = f"{value:,}" if isinstance(value, int) else escape(value)
        return f'<th scope="row">{shown}</th>' if place == 0 else f"<td{kind}>{shown}</td>"

    numbers = {place for row in rows for place, value in enumerate(row) if isinstance(value, int)}
    head = "".join(
        ('<th scope="col" class="number">' if place in numbers else '<th scope="col">') + escape(name) + "</th>"
        for place, name in enumerate(names)
    )
    body = "\n".join(f"<tr>{''.join(cell(value, place) for place, value in enumerate(row))}</tr>" for row in rows)
    return (
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>"
    )


def _rule(name: str) -> Rule | None:
    return next((rule for _, rule in contracts.rules() if rule.name == name), None)


def stopped_pages(problems: Sequence[Problem]) -> list[Page]:
    """Return a page for each agency with a file for which nothing could be taken in, and one for the folder itself."""
    pages = []
    for agency in dict.fromkeys(problem.file.split("/")[0] for problem in problems):
        findings = []
        for problem in problems:
            if problem.file.split("/")[0] == agency:
                rule = _rule(problem.rule)
                meaning = rule.meaning if rule else "The folder of extracts cannot be read as it is."
                where = f"row {problem.row}" if problem.row else ""
                findings.append(
                    Finding(
                        "stop", problem.file, problem.column, problem.rule, meaning, problem.what_to_do, None, where
                    )
                )
        pages.append(Page(agency.removesuffix(".toml"), "The extracts were checked.", (), tuple(findings)))
    return pages


def pages(intake: Intake, staging: duckdb.DuckDBPyConnection) -> list[Page]:
    """Return a page for each agency whose files were taken in."""
    parts: dict[str, list[tuple[str, int]]] = {}
    for file, path_name, before in staging.execute(_statement("parts")).fetchall():
        parts.setdefault(file, []).append((path_name, before))
    own = {(file, column): header for file, column, header in staging.execute(_statement("own_headers")).fetchall()}
    findings: dict[str, list[Finding]] = {}
    for file, severity, name, column, rows, examples in staging.execute(_statement("findings")).fetchall():
        rule = _rule(name)
        header = own.get((file, column))
        said = f'{column} ("{header}")' if header and folded(header) != folded(column) else column
        where = _examples(examples, parts.get(file, []))
        findings.setdefault(file.split("/")[0], []).append(
            Finding(severity, file, said, name, rule.meaning if rule else "", rule.mend if rule else "", rows, where)
        )
    made = []
    for agency in dict.fromkeys(count.file.split("/")[0] for count in intake.counts):
        counts = tuple(count for count in intake.counts if count.file.split("/")[0] == agency)
        notes = [warning for warning in intake.warnings if warning.startswith(f"{agency}/")]
        notes += [f"{count.file}: {count.note}." for count in counts if count.note and count.note != "headers only"]
        checked = f"Extracts of {intake.extract_date:%-d %B %Y}: {sum(count.rows_read for count in counts):,} rows."
        made.append(Page(agency, checked, counts, tuple(findings.get(agency, ())), tuple(dict.fromkeys(notes))))
    return made


def _examples(rows: Sequence[int], parts: Sequence[tuple[str, int]]) -> str:
    """Return row numbers in words: as they are in the file, or each in its part of it."""
    if len(parts) < 2:
        return ("row " if len(rows) == 1 else "rows ") + _and([str(row) for row in rows])
    said = []
    for row in rows:
        name, before = [part for part in parts if part[1] <= row - 2][-1]
        said.append(f"row {row - before} of {name}")
    return _and(said)


def _and(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]


def _statement(title: str) -> str:
    return sql.section("etl/supplier.sql", title)


def write_pages(made: Sequence[Page], folder: Path) -> list[Path]:
    """Write each page into a folder as HTML and as text, and return the paths."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for page in made:
        for suffix, content in (("html", page.html()), ("txt", page.text())):
            path = folder / f"{page.agency}.{suffix}"
            path.write_text(content, encoding="utf-8")
            path.chmod(0o600)
            written.append(path)
    return written
