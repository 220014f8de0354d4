"""Extracts in, text as the agencies sent it; typed rows out, each record accounted for.

`take_in` fills a private staging database: a table per extract with the accepted rows, and beside them `quarantine`
(rows that cannot be trusted), `nulled` (values that cannot), `repaired` (values read that were written in another way),
`flagged` (rows to look at), `file_counts`, `coverage`, `source_columns` and `source_parts`. Rows read = accepted +
quarantined + exact duplicates, for every file, or nothing is taken in.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from etl import contracts, headers, intake_sql
from etl.contracts import EXTRACTS, Extract
from etl.headers import Wanted, folded, nearest
from etl.identifiers import teach
from etl.intake_sql import Fields
from etl.manifest import IntakeStopped, Manifest, Problem, read_manifest
from etl.readers import Broken, Source, Unreadable, form_of, open_source, stem_of, written_csv
from queries import sql
from queries.spreadsheet_cells import safe_cell

__all__ = ["FileCount", "Intake", "IntakeStopped", "Problem", "quarantine_files", "take_in", "write_quarantine"]

STATEMENTS = "etl/intake.sql"

UNREADABLE = (duckdb.InvalidInputException, duckdb.IOException)
"""What DuckDB raises at a file that is not as it should be; anything else is a fault of ours."""

OURS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
"""What DuckDB raises at a statement that is wrong, whatever the file."""

MONTH_FIRST_SHARE = 0.05
"""Of the dates of a column that tell whether the day or the month is first, the share with the month first from which
on the others of the column are in doubt. Fewer are slips of the hand."""

CONVERTED_AND_NOT = 2
"""Dates of each sort in a column from which on a spreadsheet is taken to have converted half of it."""

LOAD_AGAIN = (contracts.SECOND_TABLE, contracts.MONTH_FIRST_DATE)
"""Faults of one row that say something about others."""

_SAYS_TOTAL = re.compile(r"(?i)\W*(grand |overall |sub)?-?totals?\b")

TAIL = 8
"""Records at the end of a file that may be totals or notes."""


@dataclass(frozen=True)
class FileCount:
    """How the records of one file were disposed of, in rows; `nulled` and `repaired` count values in accepted rows."""

    file: str
    path_name: str
    form: str
    rows_read: int
    accepted: int
    quarantined: int
    duplicates: int
    nulled: int
    repaired: int
    note: str


@dataclass(frozen=True)
class Intake:
    """What was taken in. `coverage` gives the first (None: no event) and last day that each file covers."""

    extract_date: date
    synthetic: bool
    coverage: dict[str, tuple[date | None, date]]
    counts: list[FileCount]
    warnings: list[str]


@dataclass
class _Part:
    """A file of an extract, or one of its parts: where it is, its records, and how many rows are before them."""

    path: Path
    source: Source
    rows_before: int = 0


@dataclass
class _Opened:
    """An extract that can be loaded: its parts in order and where its columns stand in the first of them."""

    wanted: Wanted
    parts: list[_Part]
    fields: Fields


@dataclass(frozen=True)
class _Loaded:
    """How many records of a file were loaded, and whether any has a fault or is quarantined for one of its own."""

    records: int
    any_fault: bool
    any_quarantined: bool


_NUMBERED = re.compile(
    r"^(?P<stem>.+?)[ _.-]*(?:part|p|no|#)?[ _.-]*\(?(?P<number>[1-9]\d?)(?:[ _-]?of[ _-]?(?P<of>\d+))?\)?$"
)


def _find(extracts: Path) -> tuple[dict[str, list[Path]], list[Problem], list[str]]:
    """Return the file of each extract or its parts in order, what is missing or twice there, and what is unknown."""
    whole: dict[str, list[Path]] = {extract.name: [] for extract in EXTRACTS}
    parts: dict[str, list[tuple[int, int | None, Path]]] = {extract.name: [] for extract in EXTRACTS}
    warnings = []
    for agency in sorted({extract.name.split("/")[0] for extract in EXTRACTS}):
        folder = extracts / agency
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            stem = stem_of(path)
            numbered = _NUMBERED.match(stem)
            if path.is_file() and form_of(path) and f"{agency}/{stem}" in whole:
                whole[f"{agency}/{stem}"].append(path)
            elif path.is_file() and form_of(path) and numbered and f"{agency}/{numbered['stem']}" in whole:
                of = int(numbered["of"]) if numbered["of"] else None
                parts[f"{agency}/{numbered['stem']}"].append((int(numbered["number"]), of, path))
            elif not path.name.startswith(".") and path.name != headers.ALIASES:
                warnings.append(f"{agency}/{path.name} is no extract that a contract knows: left aside.")
    found: dict[str, list[Path]] = {}
    problems = []
    for extract in EXTRACTS:
        files, numbered_files = whole[extract.name], sorted(parts[extract.name])
        names = ", ".join([path.name for path in files] + [path.name for _, _, path in numbered_files])
        numbers = [number for number, _, _ in numbered_files]
        last = max([len(numbers), *(of for _, of, _ in numbered_files if of), 2])
        if len(files) + (1 if numbers else 0) > 1 or len(numbers) != len(set(numbers)):
            problems.append(
                Problem(extract.name, contracts.TWO_FILES.name, f"{contracts.TWO_FILES.mend} There are: {names}.")
            )
        elif numbers and numbers != list(range(1, last + 1)):
            said = f"{contracts.MISSING_PART.mend} There are: {names}."
            problems.append(Problem(extract.name, contracts.MISSING_PART.name, said))
        elif not files and not numbers and not extract.optional:
            problems.append(
                Problem(
                    extract.name,
                    contracts.MISSING_FILE.name,
                    f"Add {extract.name}.csv (or .csv.gz, .xlsx, .parquet): with nothing to send, its header alone.",
                )
            )
        elif files or numbers:
            found[extract.name] = files or [path for _, _, path in numbered_files]
    return found, problems, warnings


def _fields(wanted: Wanted, source: Source) -> tuple[Fields, list[Problem], list[str]]:
    """Return where the contract's columns stand in a header, what is wrong with it, and a warning of extra columns."""
    extract, cells = wanted.extract, source.headers
    places: dict[str, list[int]] = {}
    for place, header in enumerate(cells):
        if folded(header) in wanted.names:
            places.setdefault(wanted.names[folded(header)], []).append(place)
    extra = [header for header in cells if folded(header) not in wanted.names and header.strip()]
    problems, warnings = [], []
    agency, stem = extract.name.split("/")
    for column in extract.columns:
        near = nearest(column.name, extra)
        if len(places.get(column.name, ())) > 1:
            numbers = " and ".join(str(place + 1) for place in places[column.name])
            said = f"Columns {numbers} have this name: keep one."
            problems.append(
                Problem(extract.name, contracts.DUPLICATE_COLUMN.name, said, source.header_row, column.name)
            )
        elif column.name not in places and column.required:
            said = (
                f'{contracts.MISSING_COLUMN.mend} The nearest header is "{near}".'
                if near
                else (f"{contracts.MISSING_COLUMN.mend} No header is near it.")
            )
            if near:
                said += f' If that is it, add {column.name} = "{near}" under [{stem}] to {agency}/{headers.ALIASES}.'
            problems.append(Problem(extract.name, contracts.MISSING_COLUMN.name, said, source.header_row, column.name))
        elif column.name not in places and near:
            warnings.append(
                f'{extract.name} has no {column.name}, and the column "{near}" is left aside. If that is it, add'
                f' {column.name} = "{near}" under [{stem}] to {agency}/{headers.ALIASES}.'
            )
    if extra and not problems:
        warnings.append(f"{extract.name} has columns that no contract knows, left aside: {', '.join(extra)}.")
    fields = Fields(_distinct(cells), {name: there[0] for name, there in places.items()}, source.stray)
    return fields, problems, [] if problems else warnings


def _joined_parts(opened: _Opened) -> list[Problem]:
    """Put the columns of every further part in the order of the first, and return what is wrong with them."""
    first = opened.parts[0].source
    problems = []
    for part in opened.parts[1:]:
        fields, wrong, _ = _fields(opened.wanted, part.source)
        problems += wrong
        missing = sorted(set(opened.fields.places) ^ set(fields.places))
        if wrong:
            continue
        if missing:
            said = f"{contracts.PARTS_DIFFER.mend} {part.path.name} and {opened.parts[0].path.name} differ in it."
            name = opened.wanted.extract.name
            problems.append(Problem(name, contracts.PARTS_DIFFER.name, said, part.source.header_row, missing[0]))
            continue
        extra = {folded(header): place for place, header in enumerate(part.source.headers)}
        by_place = {place: column for column, place in opened.fields.places.items()}
        order = [
            fields.places[by_place[place]] if place in by_place else extra.get(folded(header))
            for place, header in enumerate(first.headers)
        ]
        part.source = replace(part.source, query=intake_sql.rearranged(part.source.query, order))
    stray = any(part.source.stray for part in opened.parts)
    opened.fields = replace(opened.fields, stray=stray)
    return problems


def _distinct(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Return headers of which no two are alike and none is blank, for the quarantine."""
    seen: set[str] = set()
    given = []
    for place, header in enumerate(headers, start=1):
        name = header or f"column {place}"
        while name in seen:
            name += " again"
        seen.add(name)
        given.append(name)
    return tuple(given)


@contextmanager
def _in_the_order_of_the_file(staging: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Load rows one after the other as they stand in the file, which `rowid` depends on.

    The optimizer would make a join of every list of values, and a join does not keep its rows in order; two other steps
    of it are an eighth of the work on a small file and find nothing to better. Nothing is compressed: the staging
    database is thrown away after the build, and compression is a sixth of the work.
    """
    ordered, disabled, compression = staging.execute(intake_sql.SETTINGS).fetchall()[0]
    staging.execute("set preserve_insertion_order = true")
    staging.execute("set disabled_optimizers = 'in_clause,common_subexpressions,projection_placement'")
    staging.execute("set force_compression = 'uncompressed'")
    try:
        yield
    finally:
        staging.execute(f"set preserve_insertion_order = {ordered}")
        staging.execute(f"set disabled_optimizers = '{disabled}'")
        staging.execute(f"set force_compression = '{compression}'")


class _Taking:
    """One run of intake over one staging database."""

    def __init__(self, staging: duckdb.DuckDBPyConnection, manifest: Manifest, work: Path):
        self.staging = staging
        self.manifest = manifest
        self.work = work
        self.warnings: list[str] = []
        self.counts: list[FileCount] = []

    def _load(self, extract: Extract, source: Source, fields: Fields, *, more: bool) -> None:
        """Fill the extract's table from a source, or add to it."""
        statement = intake_sql.load(extract, fields, source.query, self.manifest.extract_date, more=more)
        self.staging.execute(intake_sql.DESCRIBE, intake_sql.described(extract, fields))
        with self._at_hand(source):
            self.staging.execute(statement)

    @contextmanager
    def _at_hand(self, source: Source) -> Iterator[None]:
        """Make the records of a workbook known under their name while they are asked for."""
        if source.frame is not None:
            self.staging.register("workbook", source.frame)
        try:
            yield
        finally:
            if source.frame is not None:
                self.staging.unregister("workbook")

    def take(self, extract: Extract, opened: _Opened | None) -> None:
        """Take one extract in: load it, look across its rows, count it."""
        for statement in intake_sql.types(extract):
            self.staging.execute(statement)
        if opened is None:
            self.staging.execute(intake_sql.empty(extract))
            self.staging.execute(intake_sql.view(extract))
            return
        with _in_the_order_of_the_file(self.staging):
            loaded = self._load_parts(extract, opened)
            if self._to_load_again(extract, opened, loaded):
                loaded = self._load_parts(extract, opened)
        self._set_states(extract, opened, loaded)
        self._across_rows(extract, opened.fields)
        self.staging.execute(intake_sql.view(extract))
        self._count(extract, opened)

    def _load_parts(self, extract: Extract, opened: _Opened) -> _Loaded:
        """Load every part of a file. One of which records are lost on the way is written once more and read again."""
        self.staging.execute(intake_sql.drop(extract))
        loaded = _Loaded(0, False, False)
        for place, part in enumerate(opened.parts):
            part.rows_before = loaded.records
            try:
                self._load(extract, part.source, opened.fields, more=place > 0)
                loaded = self._loaded(extract)
                lost = part.source.records is not None and loaded.records - part.rows_before < part.source.records
            except duckdb.Error as error:
                # Damage inside a Parquet file comes to light in many ways; a statement that does not fit is ours.
                if not isinstance(error, UNREADABLE) and (part.source.form != "parquet" or isinstance(error, OURS)):
                    raise
                lost = True
            if lost:
                if part.source.form not in ("csv", "csv.gz") or part.source.mended:
                    raise IntakeStopped(
                        [
                            Problem(
                                extract.name,
                                contracts.UNREADABLE.name,
                                "The file cannot be read to its end: send it again.",
                            )
                        ]
                    )
                self._open_again(opened, place, mend=True)
                return self._load_parts(extract, opened)
        return loaded

    def _loaded(self, extract: Extract) -> _Loaded:
        """Return what there is to know of the records of a file that were loaded so far."""
        found = self._all(intake_sql.counts(extract))
        return _Loaded(
            records=sum(number for _, number, _ in found),
            any_fault=any(faults for _, _, faults in found),
            any_quarantined=any(state == intake_sql.QUARANTINED for state, _, _ in found),
        )

    def _open_again(self, opened: _Opened, place: int, *, mend: bool = False, until: int | None = None) -> None:
        """Open a part once more: to write every record of it anew, or to read it only up to a record."""
        part = opened.parts[place]
        folder = self.work / opened.wanted.extract.table / str(place)
        part.source = open_source(part.path, folder, self.staging, opened.wanted, mend=mend, until=until)
        if place:
            _joined_parts(_Opened(opened.wanted, [opened.parts[0], part], opened.fields))

    def _to_load_again(self, extract: Extract, opened: _Opened, loaded: _Loaded) -> bool:
        """Say whether a file is to be loaded again for what is among its rows: another table, or doubtful days."""
        again = False
        month_first = set()
        for rule, column, record in self._all(intake_sql.found_by(extract, LOAD_AGAIN)) if loaded.any_fault else ():
            if rule == contracts.MONTH_FIRST_DATE.name:
                if self._share_with_month_first(extract, opened, column) >= MONTH_FIRST_SHARE:
                    month_first.add(column)
                continue
            place = max(place for place, part in enumerate(opened.parts) if part.rows_before <= record)
            if opened.parts[place].source.form != "parquet":
                until = record - opened.parts[place].rows_before + intake_sql.ROWS_BEFORE
                self._open_again(opened, place, until=until)
                again = True
        half_converted = self._half_converted(extract, opened)
        if month_first or half_converted:
            fields = replace(
                opened.fields, month_first=frozenset(month_first), half_converted=frozenset(half_converted)
            )
            opened.fields = fields
            again = True
        return again

    def _share_with_month_first(self, extract: Extract, opened: _Opened, column: str) -> float:
        """Return the share of a column's dates that can only have the month first, of those that tell."""
        counts = [0, 0]
        for part in opened.parts:
            raw = opened.fields.raw(extract.column(column))
            with self._at_hand(part.source):
                ((day, month),) = self._all(intake_sql.ways_of_dates(part.source.query, raw))
            counts = [counts[0] + day, counts[1] + month]
        return counts[1] / (sum(counts) or 1)

    def _half_converted(self, extract: Extract, opened: _Opened) -> set[str]:
        """Return the columns of which a spreadsheet has converted the days that it took for months, and no others."""
        dates = [column for column in extract.columns if column.kind == "date" and column.name in opened.fields.places]
        found: set[str] = set()
        for part in opened.parts:
            if part.source.form != "xlsx" or not dates:
                continue
            raws = [opened.fields.raw(column) for column in dates]
            with self._at_hand(part.source):
                ways = self._all(intake_sql.ways_of_conversion(part.source.query, raws))
            for place, text_early, text_late, early, late in ways:
                if not text_early and not late and min(text_late, early) >= CONVERTED_AND_NOT:
                    found.add(dates[place - 1].name)
        return found

    def _all(self, query: str) -> list[tuple]:
        return self.staging.execute(query).fetchall()

    def _mark(self, extract: Extract, rows: list[int], state: int) -> None:
        if rows:
            self.staging.execute(intake_sql.CLEAR_MARKED)
            self.staging.executemany(intake_sql.ADD_MARKED, [[row - intake_sql.ROWS_BEFORE] for row in rows])
            self.staging.execute(intake_sql.mark(extract, state))

    def _set_states(self, extract: Extract, opened: _Opened, loaded: _Loaded) -> None:
        """Set lines with nothing on them, records that could not be split and totals apart from the rest."""
        blank = [row + part.rows_before for part in opened.parts for row in part.source.blank]
        broken = [
            replace(record, row=record.row + part.rows_before) for part in opened.parts for record in part.source.broken
        ]
        self._mark(extract, blank, intake_sql.BLANK)
        self._mark(extract, [record.row for record in broken], intake_sql.BROKEN)
        headers = opened.fields.headers
        totals: dict[int, Broken] = {}
        if loaded.any_quarantined or broken:
            totals = self._totals(extract, opened, {one.row: one for one in broken}, loaded.records)
        self._mark(extract, list(totals), intake_sql.BROKEN)
        if loaded.any_quarantined:
            self.staging.execute(intake_sql.quarantine(extract))
        broken = [record for record in broken if record.row not in totals] + list(totals.values())
        for record in broken:
            names = [*headers, *(f"field {n + 1}" for n in range(len(headers), len(record.fields)))]
            raw = dict(zip(names, record.fields, strict=False))
            self.staging.execute(
                intake_sql.ADD_BROKEN,
                [extract.name, record.row, record.rule, record.got, list(raw), list(raw.values())],
            )

    def _totals(self, extract: Extract, opened: _Opened, broken: dict[int, Broken], records: int) -> dict[int, Broken]:
        """Return the rows at the end of a file that are of nobody, by their numbers.

        A row that was quarantined because it has no key at all, with less than half of its cells filled, under which
        there is no record: totals, or a note such as how many rows were selected.
        """
        width = len(opened.fields.headers)
        keys = [
            opened.fields.places.get(column.name)
            for column in extract.columns
            if column.role in ("person", "event") or (not extract.person and column.name in extract.key)
        ]
        totals: dict[int, Broken] = {}
        for record, state, rules, cells in self._all(intake_sql.tail(extract, max(0, records - TAIL))):
            row = record + intake_sql.ROWS_BEFORE
            if state == intake_sql.BLANK:
                continue
            if state == intake_sql.BROKEN and row in broken:
                filled = [cell for cell in broken[row].fields if cell.strip()]
                note = broken[row].rule == contracts.WRONG_NUMBER_OF_FIELDS.name and (
                    (len(filled) == 1 and " " in filled[0].strip()) or (filled and _SAYS_TOTAL.match(filled[0]))
                )
                if not note or len(filled) * 2 > width:
                    break
                totals[row] = replace(broken[row], rule=contracts.TOTAL_ROW.name)
            elif state == intake_sql.QUARANTINED and rules != [contracts.SECOND_TABLE.name]:
                filled = sum(1 for cell in cells if cell and cell.strip())
                if any(cells[place] for place in keys if place is not None) or filled * 2 > width:
                    break
                totals[row] = Broken(row, contracts.TOTAL_ROW.name, "", tuple(cell or "" for cell in cells))
            else:
                break
        return totals

    def _across_rows(self, extract: Extract, fields: Fields) -> None:
        """Quarantine rows of nobody, drop duplicates, and quarantine rows that cannot stand beside another."""
        looking = intake_sql.look_up(extract, self.manifest.extract_date)
        if looking:
            self.staging.execute(looking)
            self._set_aside(extract, fields)
        self.staging.execute(intake_sql.twins(extract))
        if self._number(intake_sql.ANY_TWINS):
            for statement in intake_sql.drop_duplicates(extract):
                self.staging.execute(statement)
            self._set_aside(extract, fields)
        if extract is contracts.POLICE_PPO_REGISTER:
            self._overlaps(extract)
            self._set_aside(extract, fields)

    def _set_aside(self, extract: Extract, fields: Fields) -> None:
        """Quarantine the accepted rows that were set aside."""
        if self._number(intake_sql.ANY_SET_ASIDE):
            for statement in intake_sql.set_aside(extract, fields):
                self.staging.execute(statement)
            self.staging.execute(intake_sql.CLEAR_SET_ASIDE)

    def _overlaps(self, extract: Extract) -> None:
        """Set aside each span that begins before one that is kept has ended. Those that begin first are kept."""
        kept: dict[tuple[str, str], tuple[int, date]] = {}
        for record, scheme, person, start, end in self.staging.execute(intake_sql.overlapping(extract)).fetchall():
            before = kept.get((scheme, person))
            if before and start < before[1]:
                self.staging.execute(
                    intake_sql.ADD_SET_ASIDE,
                    [
                        extract.name,
                        record,
                        "overlapping_span",
                        "adopted_on",
                        f"row {before[0] + intake_sql.ROWS_BEFORE} has not ended",
                    ],
                )
            else:
                kept[scheme, person] = (record, end or date.max)

    def _count(self, extract: Extract, opened: _Opened) -> None:
        """List what was nulled and flagged, and add the file up."""
        found = self.staging.execute(intake_sql.counts(extract)).fetchall()
        states = {state: number for state, number, _ in found}
        nulled = repaired = 0
        if any(faults for state, _, faults in found if state == intake_sql.ACCEPTED):
            nulled = self._number(intake_sql.listed(extract, "field", "nulled"))
            repaired = self._number(intake_sql.listed(extract, "repair", "repaired"))
            self.staging.execute(intake_sql.listed(extract, "flag", "flagged"))
        accepted, duplicates = states.get(intake_sql.ACCEPTED, 0), states.get(intake_sql.DUPLICATE, 0)
        rows_read = sum(states.values()) - states.get(intake_sql.BLANK, 0)
        sources = [part.source for part in opened.parts]
        counted = [source.records for source in sources if source.records is not None]
        if len(counted) == len(sources):
            # What the reader counted, not what was loaded: a record that was lost in between is found here.
            rows_read = sum(counted) - states.get(intake_sql.BLANK, 0)
        quarantined = self._number(intake_sql.QUARANTINED_OF, extract.name)
        if rows_read != accepted + quarantined + duplicates:
            raise AssertionError(
                f"Rows read must be accepted + quarantined + duplicates in {extract.name},"
                f" got: {rows_read} and {accepted} + {quarantined} + {duplicates}"
            )
        notes = [
            f"{part.path.name}: {note}" if len(sources) > 1 else note
            for part in opened.parts
            for note in part.source.notes
        ]
        self.warnings += [f"{extract.name}: {note}." for note in notes if "encoded twice" in note]
        if not rows_read:
            notes.append("headers only")
            self.warnings.append(f"{extract.name} has a header and no rows.")
        if quarantined > rows_read / 2:
            self.warnings.append(
                f"{extract.name}: {quarantined} of {rows_read} rows are quarantined. Look for columns that have changed"
                " places, or a people file that is not of the same day."
            )
        names = ", ".join(part.path.name for part in opened.parts)
        forms = " and ".join(sorted({source.form for source in sources}))
        count = FileCount(extract.name, names, forms, rows_read, accepted, quarantined, duplicates, nulled, repaired,
                          "; ".join(notes))  # fmt: skip
        self.counts.append(count)
        self.staging.execute(
            intake_sql.ADD_COUNT,
            [count.file, count.path_name, count.form, count.rows_read, count.accepted, count.quarantined,
             count.duplicates, count.nulled, count.repaired, count.note],
        )  # fmt: skip
        for part in opened.parts:
            self.staging.execute(intake_sql.ADD_PART, [extract.name, part.path.name, part.rows_before])
        columns = {place: column for column, place in opened.fields.places.items()}
        places = list(range(len(opened.fields.headers)))
        self.staging.execute(
            intake_sql.ADD_COLUMNS,
            [extract.name, places, list(opened.fields.headers), [columns.get(place) for place in places]],
        )

    def _number(self, query: str, *parameters) -> int:
        return self.staging.execute(query, list(parameters)).fetchall()[0][0]

    def coverage(self) -> dict[str, tuple[date | None, date]]:
        """Fill and return the coverage: what the manifest says, else from the first event to the extract date."""
        covered = {}
        for extract in EXTRACTS:
            stated, end = self.manifest.coverage.get(extract.name, (None, None))
            start = stated
            if start is None and extract.event_on:
                start = self.staging.execute(intake_sql.earliest(extract)).fetchall()[0][0]
            covered[extract.name] = (start, end or self.manifest.extract_date)
            self.staging.execute(intake_sql.ADD_COVERAGE, [extract.name, stated, *covered[extract.name]])
        return covered


def _open(
    wanted: Wanted, paths: list[Path], work: Path, staging: duckdb.DuckDBPyConnection
) -> tuple[_Opened | None, list[Problem], list[str]]:
    """Return an extract ready to be loaded, or what is wrong with it; and warnings."""
    parts, problems = [], []
    for place, path in enumerate(paths):
        (work / str(place)).mkdir(mode=0o700, parents=True)
        try:
            parts.append(_Part(path, open_source(path, work / str(place), staging, wanted)))
        except Unreadable as reason:
            said = reason.what_to_do if len(paths) == 1 else f"{path.name}: {reason.what_to_do}"
            problems.append(Problem(wanted.extract.name, reason.rule, said, reason.row))
    if problems or not parts:
        return None, problems, []
    fields, problems, warnings = _fields(wanted, parts[0].source)
    opened = _Opened(wanted, parts, fields)
    if not problems:
        problems = _joined_parts(opened)
    return (None if problems else opened), problems, warnings


def take_in(
    extracts: Path,
    staging: duckdb.DuckDBPyConnection,
    *,
    extract_date: date | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Intake:
    """Take a folder of extracts into a staging database and return what was taken in.

    `progress` is called with a file's name and the part of the work that is done, from 0 to 1. Raises IntakeStopped
    with every problem found when a file is missing or cannot be read, before anything is loaded wherever that can be
    told.
    """
    manifest = read_manifest(extracts, extract_date)
    paths, problems, warnings = _find(extracts)
    opened: dict[str, _Opened] = {}
    aliases: dict[str, dict[str, str]] = {}
    for agency in sorted({extract.name.split("/")[0] for extract in EXTRACTS}):
        found, wrong = headers.read_aliases(extracts / agency)
        aliases |= found
        problems += wrong
    work = Path(tempfile.mkdtemp(prefix="intake-", dir=_beside(staging)))
    try:
        for extract in EXTRACTS:
            if extract.name not in paths:
                continue
            wanted = headers.wanted(extract, aliases.get(extract.name))
            opening, wrong, extra = _open(wanted, paths[extract.name], work / extract.table, staging)
            problems += wrong
            warnings += extra
            if opening:
                opened[extract.name] = opening
        if problems:
            raise IntakeStopped(problems)

        teach(staging)
        staging.execute(intake_sql.NAMES, [intake_sql.names()])
        staging.execute(sql.section(STATEMENTS, "lists"))
        taking = _Taking(staging, manifest, work)
        sizes = {name: sum(path.stat().st_size for path in files) for name, files in paths.items()}
        done, whole = 0, sum(sizes.values()) or 1
        for extract in EXTRACTS:
            if extract is contracts.REFERENCE_TARGETS:
                staging.execute(sql.section(STATEMENTS, "people"))
            if progress:
                progress(extract.name, done / whole)
            taking.take(extract, opened.get(extract.name))
            shutil.rmtree(work / extract.table, ignore_errors=True)
            done += sizes.get(extract.name, 0)
        covered = taking.coverage()
        if progress:
            progress("", 1.0)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Intake(manifest.extract_date, manifest.synthetic, covered, taking.counts, warnings + taking.warnings)


def _beside(staging: duckdb.DuckDBPyConnection) -> str | None:
    """Return the folder of the staging database, which is private to the build; None when it is in memory."""
    path = staging.execute(intake_sql.DATABASE).fetchall()[0][0]
    return str(Path(path).parent) if path else None


def quarantine_files(staging: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bytes]]:
    """Give for each file with quarantined rows a name and the bytes of a CSV in the agency's own columns.

    After them come the row in the file, the rule, any further rules, the column and what was got. The row that was kept
    of several with one key is listed in the note of the one that was not.
    """
    files = staging.execute(intake_sql.QUARANTINED_FILES).fetchall()
    for (file,) in files:
        headers = [header for (header,) in staging.execute(intake_sql.HEADERS_OF, [file]).fetchall()]
        rows = staging.execute(intake_sql.QUARANTINE_OF, [file]).fetchall()
        widest = max((len(raw) for *_, raw in rows), default=0)
        over = [f"field {n + 1}" for n in range(len(headers), widest)]
        yield (
            file.replace("/", "_") + ".csv",
            written_csv(
                [*map(safe_cell, headers), *over, "row", "rule", "also", "column", "got"],
                (
                    (
                        *(safe_cell(raw.get(header)) for header in [*headers, *over]),
                        row,
                        rule,
                        also,
                        column,
                        safe_cell(got),
                    )
                    for row, rule, also, column, got, raw in rows
                ),
            ),
        )


def write_quarantine(staging: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write the quarantine files into a folder, readable by their owner alone, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name, content in quarantine_files(staging):
        path = folder / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        written.append(path)
    return written
