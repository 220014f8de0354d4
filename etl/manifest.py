"""manifest.toml: when the extracts were made, whether they are synthetic, what each file covers."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from etl.contracts import BY_NAME

NAME = "manifest.toml"


@dataclass(frozen=True)
class Problem:
    """Why extracts cannot be taken in: where, which rule, and what to do. Never a value from a row."""

    file: str
    rule: str
    what_to_do: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = (
            self.file + (f", row {self.row}" if self.row else "") + (f", column {self.column}" if self.column else "")
        )
        return f"{where}: {self.rule}: {self.what_to_do}"


class IntakeStopped(Exception):
    """The extracts cannot be taken in. `problems` holds every reason that was found, not only the first."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Manifest:
    """The extract date, and for each file that is named the first and the last day that it covers."""

    extract_date: date
    synthetic: bool = False
    coverage: dict[str, tuple[date | None, date | None]] = field(default_factory=dict)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _coverage_of(name: str, span: Any, extract_date: date) -> tuple[date | None, date | None] | str:
    """Return the two days of one entry, or what is wrong with it."""
    if name not in BY_NAME:
        return f"Coverage is given for {name}, which is no extract: name a file such as police/offences."
    if not isinstance(span, dict) or not set(span) <= {"from", "to"}:
        return "Write coverage as { from = 2000-04-01, to = 2010-03-31 }; either may be left out."
    if not all(_is_day(day) for day in span.values()):
        return "The days of coverage must be dates without quotation marks, as 2010-03-31."
    start, end = span.get("from"), span.get("to")
    if end and end > extract_date:
        return "Coverage ends after the extract date: correct one of them."
    if start and start > (end or extract_date):
        return "Coverage begins after its end: correct one of them."
    return start, end


def read_manifest(extracts: Path, given: date | None) -> Manifest:
    """Return the manifest of the folder, or one with only the extract date that was given.

    Raises IntakeStopped when there is no extract date, when two disagree, or when the manifest cannot be read. The
    date is never today's: what a figure may show depends on it.
    """

    def stop(rule: str, what_to_do: str) -> IntakeStopped:
        return IntakeStopped([Problem(NAME, rule, what_to_do)])

    path = extracts / NAME
    if not path.exists():
        if given is None:
            raise stop(
                "no_extract_date",
                "Add manifest.toml with extract_date = 2010-10-31, or give --extract-date 2010-10-31.",
            )
        return Manifest(given)
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        raise stop("unreadable", "The manifest is not TOML in UTF-8: correct it.") from None
    extract_date = written.get("extract_date", given)
    if extract_date is None:
        raise stop("no_extract_date", "Add extract_date = 2010-10-31 to the manifest, or give --extract-date.")
    if not _is_day(extract_date):
        raise stop("not_a_date", "Write extract_date without quotation marks or time, as extract_date = 2010-10-31.")
    if given is not None and given != extract_date:
        raise stop(
            "extract_dates_disagree",
            f"The manifest says {extract_date} and --extract-date says {given}: find out which is right.",
        )
    synthetic = written.get("synthetic", False)
    if not isinstance(synthetic, bool):
        raise stop("not_yes_or_no", "Write synthetic = true or synthetic = false.")
    entries = written.get("coverage", {})
    if not isinstance(entries, dict):
        raise stop("unreadable", 'Write coverage as a table: [coverage] and lines such as "police/offences" = { ... }.')
    found = {name: _coverage_of(name, span, extract_date) for name, span in entries.items()}
    wrong = [
        Problem(NAME, "wrong_coverage", said, column=f"coverage.{name}")
        for name, said in found.items()
        if isinstance(said, str)
    ]
    if wrong:
        raise IntakeStopped(wrong)
    return Manifest(extract_date, synthetic, {name: span for name, span in found.items() if not isinstance(span, str)})
