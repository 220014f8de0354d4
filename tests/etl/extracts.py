"""Tiny folders of extracts for tests of intake, and what became of them."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from etl.contracts import EXTRACTS
from etl.intake import Intake, take_in
from tests.tables import table

EXTRACT_DATE = date(2010, 3, 31)

# One good row of each file, all of the same person: born on 1 May 1980, on the national computer, the probation
# service's books and the drugs programme's. The identifiers' check letters are right.
GOOD = {
    "police/people": {
        "pnc_id": "1981/0000034U", "cro_number": "065656/91H", "surname": "Ashe", "forenames": "Robin",
        "date_of_birth": "1980-05-01", "sex": "M", "ethnicity_observed": "1", "ethnicity_self_defined": "W1",
        "postcode": "NE1 4XX",
    },
    "police/offences": {
        "pnc_id": "1981/0000034U", "asn": "1101ZD0100000448754K", "offence_number": "1",
        "cjs_offence_code": "TH68010", "ho_class": "046/00", "category": "CE", "recordable": "Y",
        "committed_on": "2009-01-05", "committed_to": "2009-01-06", "arrested_on": "2009-01-07",
        "charged_on": "2009-01-08", "first_hearing_on": "2009-01-20", "disposed_on": "2009-02-10",
        "sentenced_on": "2009-03-01", "court_type": "MC", "outcome": "convicted", "disposal": "fine",
        "sentence_days": "0", "force_code": "10",
    },
    "police/ppo_register": {
        "scheme_id": "S1", "pnc_id": "1981/0000034U", "strand": "catch_and_convict", "nominated_on": "2005-01-01",
        "adopted_on": "2005-02-01", "strand_decided_on": "2005-02-02", "police_flagged_on": "2005-02-03",
        "probation_flagged_on": "2005-02-04", "notified_on": "2005-02-05", "first_home_visit_on": "2005-02-06",
        "outreach_worker_on": "2005-02-07", "exit_letter_on": "2006-01-31", "exited_on": "2006-02-01",
        "exit_reason": "moved_area", "substance_motivated": "Y", "resident": "N",
    },
    "police/nominations": {
        "scheme_id": "S1", "pnc_id": "1981/0000034U", "nominated_on": "2005-01-01", "decided_on": "2005-01-15",
        "decision": "adopt", "reason": "six burglaries",
    },
    "police/indications": {"pnc_id": "1981/0000034U", "dated_on": "2005-01-03", "reliable": "Y"},
    "probation/people": {
        "crn": "X320741", "pnc_id": "1981/0000034U", "noms_number": "A1234BC", "surname": "Ashe",
        "forenames": "Robin", "date_of_birth": "1980-05-01", "sex": "M", "ethnicity": "W1", "postcode": "NE1 4XX",
    },
    "probation/supervision": {
        "crn": "X320741", "event_number": "1", "kind": "licence", "started_on": "2008-01-01",
        "ended_on": "2008-06-30", "end_reason": "expired", "breach_initiated_on": "2008-03-01",
        "breach_hearing_on": "2008-03-20", "recalled_on": "2008-04-01",
    },
    "probation/custody": {
        "crn": "X320741", "pnc_id": "1981/0000034U", "noms_number": "A1234BC", "admitted_on": "2007-06-01",
        "admission_reason": "sentenced", "released_on": "2008-01-01", "release_reason": "licence",
    },
    "probation/contacts": {"crn": "X320741", "on": "2008-01-07", "kind": "office", "outcome": "attended"},
    "probation/assessments": {
        "crn": "X320741", "assessed_on": "2008-01-10", "ogrs3_one_year": "62", "accommodation": "need",
        "employment": "need", "education": "no_need", "health": "not_assessed", "mental_health": "no_need",
        "drugs": "need", "alcohol": "no_need", "sentence_plan_on": "2008-01-20",
    },
    "dip/people": {
        "dip_id": "D100", "initials": "RA", "date_of_birth": "1980-05-01", "sex": "M", "postcode_district": "NE1",
        "dat_code": "A01B", "pnc_id": "1981/0000034U", "consent_to_share": "Y",
    },
    "dip/events": {
        "dip_id": "D100", "event": "test", "on": "2009-01-07", "result": "positive_opiates",
        "referred_on": "2009-01-08",
    },
    "reference/schemes": {
        "scheme_id": "S1", "name": "Tyne", "area": "Northumbria", "force_code": "10", "dat_code": "A01B",
        "opened_on": "2004-09-01",
    },
    "reference/offence_codes": {
        "cjs_offence_code": "TH68010", "title": "Theft from a shop", "ho_class": "046/00", "group": "theft",
        "acquisitive": "Y", "trigger": "Y",
    },
    "reference/national": {
        "measure": "reoffending_rate", "period": "2009/10", "value": "74.9", "unit": "per cent", "source": "MoJ",
    },
    "reference/targets": {
        "scheme_id": "S1", "measure": "reoffending_rate", "period": "2009/10", "value": "70", "set_by": "the board",
    },
}  # fmt: skip


def good(file: str, **changes: str) -> dict[str, str]:
    """Return the good row of a file with some values changed."""
    assert set(changes) <= set(GOOD[file]), f"No such column, got: {sorted(set(changes) - set(GOOD[file]))}"
    return {**GOOD[file], **changes}


def rows(file: str, text: str) -> list[dict[str, str]]:
    """Return a row for each line of a pipe table: the good row with the values that the table gives.

    A column `note` says why the row is there and is left out.
    """
    return [
        good(file, **{name: "" if value is None else str(value) for name, value in line.items() if name != "note"})
        for line in table(text)
    ]


def csv_of(lines: list[dict[str, str]], headers: list[str] | None = None) -> str:
    """Return rows as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, headers or list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def write_folder(folder: Path, files: dict[str, list[dict[str, str]] | str | bytes] | None = None) -> Path:
    """Write a folder with every required file, its one good row unless `files` gives others, and return it.

    `files` gives rows, or the whole text or bytes of a file, under names such as "police/people" (a .csv) or
    "police/people.xlsx" (any other form).
    """
    files = files or {}
    given = {name.split(".")[0] for name in files}
    parts = {re.sub(r"[ _-](part )?\(?\d.*$", "", name.lower()) for name in given}
    for extract in EXTRACTS:
        if extract.name not in given | parts and not extract.optional:
            files = {**files, extract.name: [GOOD[extract.name]]}
    for name, content in files.items():
        path = folder / (name if "." in name else name + ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = csv_of(content) if content else ",".join(GOOD[name]) + "\n"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@dataclass
class Taken:
    """A folder taken in: the report, and the staging database to ask."""

    intake: Intake
    staging: duckdb.DuckDBPyConnection
    folder: Path

    def all(self, query: str, *parameters) -> list[tuple]:
        return self.staging.execute(query, list(parameters)).fetchall()

    def accepted(self, file: str, *columns: str) -> list[tuple]:
        """Return the accepted rows of a file in its order: the columns asked for, or else their numbers."""
        names = ", ".join(f'"{column}"' for column in columns) or "source_row"
        found = self.all(f"select {names} from {file.replace('/', '_')} order by source_row")
        return found if columns else [row for (row,) in found]

    def value(self, file: str, row: int, column: str):
        """Return the value of an accepted row, by its number in the file."""
        return self.all(f'select "{column}" from {file.replace("/", "_")} where source_row = ?', row)[0][0]

    def quarantined(self, file: str) -> list[tuple]:
        """Return row, rule, column and value got of each quarantined row of a file."""
        return self.all(
            "select source_row, rule, column_name, got from quarantine where file = ? order by source_row, rule", file
        )

    def nulled(self, file: str) -> list[tuple]:
        """Return row, column, rule and value got of each nulled value of a file."""
        return self.all(
            "select source_row, column_name, rule, got from nulled where file = ? order by source_row, column_name",
            file,
        )

    def flagged(self, file: str) -> list[tuple]:
        return self.all("select source_row, column_name, rule from flagged where file = ? order by all", file)

    def repaired(self, file: str) -> list[tuple]:
        """Return row, column and rule of each repaired value of a file."""
        return self.all(
            "select source_row, column_name, rule from repaired where file = ? order by source_row, column_name", file
        )

    def note(self, file: str) -> str:
        return next(count.note for count in self.intake.counts if count.file == file)

    def count(self, file: str) -> tuple[int, int, int, int]:
        """Return rows read, accepted, quarantined and exact duplicates of a file."""
        count = next(count for count in self.intake.counts if count.file == file)
        return count.rows_read, count.accepted, count.quarantined, count.duplicates


def taken_in(
    folder: Path,
    files: dict[str, list[dict[str, str]] | str | bytes] | None = None,
    extract_date: date | None = EXTRACT_DATE,
) -> Taken:
    """Write a folder, take it in, and return what became of it."""
    extracts = write_folder(folder / "extracts", files)
    staging = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    return Taken(take_in(extracts, staging, extract_date=extract_date), staging, extracts)


COVERED: set[tuple[str, str]] = set()
"""Each rule that some test is about, as (file, rule); general rules are under "every file"."""


def covers(file: str, *names: str):
    """Mark a test as being about rules; a test enumerates the contracts and fails for a rule that none is about."""
    COVERED.update((file, name) for name in names)

    def unchanged(test):
        return test

    return unchanged
