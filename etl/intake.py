"""Extracts in, text as the agencies sent it; typed rows out, each record accounted for.

`take_in` fills a private staging database: a table per extract with the accepted rows, and beside them `quarantine`
(rows that cannot be trusted), `nulled` (values that cannot), `flagged` (rows to look at), `file_counts`, `coverage` and
`source_columns`. Rows read = accepted + quarantined + exact duplicates, for every file, or nothing is taken in.
"""

import difflib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from etl import checks, contracts
from etl.checks import Fields
from etl.contracts import EXTRACTS, Extract
from etl.identifiers import teach
from etl.manifest import IntakeStopped, Manifest, Problem, read_manifest
from etl.readers import Source, Unreadable, form_of, open_source, stem_of, written_csv

__all__ = ["FileCount", "Intake", "IntakeStopped", "Problem", "quarantine_files", "take_in", "write_quarantine"]

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNREADABLE = (duckdb.InvalidInputException, duckdb.IOException)
"""What DuckDB raises at a file that is not as it should be; anything else is a fault of ours."""

NEAR_ENOUGH = 0.6
"""How alike a header must be to the one looked for to be named in a message."""


@dataclass(frozen=True)
class FileCount:
    """How the records of one file were disposed of, in rows; `nulled` counts values in accepted rows."""

    file: str
    path_name: str
    form: str
    rows_read: int
    accepted: int
    quarantined: int
    duplicates: int
    nulled: int
    note: str


@dataclass(frozen=True)
class Intake:
    """What was taken in. `coverage` gives the first (None: no event) and last day that each file covers."""

    extract_date: date
    synthetic: bool
    coverage: dict[str, tuple[date | None, date]]
    counts: list[FileCount]
    warnings: list[str]


def _section(name: str) -> str:
    """Return one section of intake.sql."""
    return SQL.split(f"-- section: {name}\n")[1].split("-- section: ")[0]


def folded(header: str) -> str:
    """Return a header as headers are compared: case, spaces and underscores do not matter."""
    return header.casefold().replace(" ", "").replace("_", "").replace("\u00a0", "").strip()


def _find(extracts: Path) -> tuple[dict[str, Path], list[Problem], list[str]]:
    """Return the file of each extract, what is missing or there twice, and what is there that no contract knows."""
    found: dict[str, list[Path]] = {extract.name: [] for extract in EXTRACTS}
    warnings = []
    for agency in sorted({extract.name.split("/")[0] for extract in EXTRACTS}):
        folder = extracts / agency
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = f"{agency}/{stem_of(path)}"
            if path.is_file() and form_of(path) and name in found:
                found[name].append(path)
            elif not path.name.startswith("."):
                warnings.append(f"{agency}/{path.name} is no extract that a contract knows: left aside.")
    problems = []
    for extract in EXTRACTS:
        paths = found[extract.name]
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            problems.append(Problem(extract.name, contracts.TWO_FILES.name, f"Keep one of {names}."))
        elif not paths and not extract.optional:
            problems.append(
                Problem(
                    extract.name,
                    contracts.MISSING_FILE.name,
                    f"Add {extract.name}.csv (or .csv.gz, .xlsx, .parquet): with nothing to send, its header alone.",
                )
            )
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}, problems, warnings


def _fields(extract: Extract, headers: tuple[str, ...]) -> tuple[Fields, list[Problem], list[str]]:
    """Return where the contract's columns stand in a header, what is wrong with it, and a warning of extra columns."""
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        places.setdefault(folded(header), []).append(place)
    problems = []
    wanted = {folded(column.name): column for column in extract.columns}
    for fold, column in wanted.items():
        if len(places.get(fold, ())) > 1:
            problems.append(
                Problem(extract.name, contracts.DUPLICATE_COLUMN.name, "Two headers have this name: keep one.",
                        column=column.name)
            )  # fmt: skip
        if column.required and fold not in places:
            spare = {folded(header): header for header in headers if folded(header) not in wanted}
            near = difflib.get_close_matches(fold, spare, 1, NEAR_ENOUGH)
            said = f'The nearest header is "{spare[near[0]]}".' if near else "No header is near it."
            problems.append(
                Problem(extract.name, contracts.MISSING_COLUMN.name,
                        f"Add the column, or correct its header. {said}", row=1, column=column.name)
            )  # fmt: skip
    extra = [header for header in headers if folded(header) not in wanted]
    warnings = []
    if extra and not problems:
        warnings.append(f"{extract.name} has columns that no contract knows, left aside: {', '.join(extra)}.")
    return (
        Fields(_distinct(headers), {column.name: places[fold][0] for fold, column in wanted.items() if fold in places}),
        problems,
        warnings,
    )


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

    The optimizer would make a join of every list of values, and a join does not keep its rows in order. Nothing is
    compressed: the staging database is thrown away after the build, and compression is a sixth of the work.
    """
    ordered, disabled, compression = staging.execute(checks.SETTINGS).fetchall()[0]
    staging.execute("set preserve_insertion_order = true")
    staging.execute("set disabled_optimizers = 'in_clause'")
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

    def load(self, extract: Extract, source: Source, fields: Fields) -> None:
        """Fill the extract's table from the source."""
        statement = checks.load(extract, fields, source.query, self.manifest.extract_date)
        if source.frame is not None:
            self.staging.register("workbook", source.frame)
        with _in_the_order_of_the_file(self.staging):
            self.staging.execute(statement)
        if source.frame is not None:
            self.staging.unregister("workbook")

    def take(self, extract: Extract, path: Path | None, source: Source | None, fields: Fields) -> None:
        """Take one extract in: load it, look across its rows, count it."""
        for statement in checks.types(extract):
            self.staging.execute(statement)
        if source is None or path is None:
            self.staging.execute(checks.empty(extract))
            self.staging.execute(checks.view(extract))
            return
        try:
            self.load(extract, source, fields)
            wrong = source.records is not None and self._records(extract) < source.records
        except UNREADABLE:
            wrong = True
        if wrong and source.form in ("csv", "csv.gz"):
            source = open_source(path, self.work, self.staging, mend=True)
            self.staging.execute(checks.drop(extract))
            try:
                self.load(extract, source, fields)
            except UNREADABLE:
                wrong = True
            else:
                wrong = self._records(extract) < (source.records or 0)
        if wrong:
            raise IntakeStopped(
                [Problem(extract.name, contracts.UNREADABLE.name, "The file cannot be read to its end: send it again.")]
            )
        self._set_states(extract, source, fields)
        self._across_rows(extract, fields)
        self.staging.execute(checks.view(extract))
        self._count(extract, path, source, fields)

    def _records(self, extract: Extract) -> int:
        return sum(number for _, number, _ in self.staging.execute(checks.counts(extract)).fetchall())

    def _mark(self, extract: Extract, rows: list[int], state: int) -> None:
        if rows:
            self.staging.execute(checks.CLEAR_MARKED)
            self.staging.executemany(checks.ADD_MARKED, [[row - checks.ROWS_BEFORE] for row in rows])
            self.staging.execute(checks.mark(extract, state))

    def _set_states(self, extract: Extract, source: Source, fields: Fields) -> None:
        """Set lines with nothing on them and records that could not be split apart from the rest."""
        self._mark(extract, list(source.blank), checks.BLANK)
        self._mark(extract, [broken.row for broken in source.broken], checks.BROKEN)
        if self._number(checks.any_of(extract, checks.QUARANTINED)):
            self.staging.execute(checks.quarantine(extract))
        for broken in source.broken:
            names = [*fields.headers, *(f"field {n + 1}" for n in range(len(fields.headers), len(broken.fields)))]
            raw = dict(zip(names, broken.fields, strict=False))
            self.staging.execute(
                checks.ADD_BROKEN,
                [extract.name, broken.row, broken.rule, broken.got, list(raw), list(raw.values())],
            )

    def _across_rows(self, extract: Extract, fields: Fields) -> None:
        """Quarantine rows of nobody, drop duplicates, and quarantine rows that cannot stand beside another."""
        looking = checks.look_up(extract, self.manifest.extract_date)
        if looking:
            self.staging.execute(looking)
            self._set_aside(extract, fields)
        self.staging.execute(checks.twins(extract))
        if self._number(checks.ANY_TWINS):
            for statement in checks.drop_duplicates(extract):
                self.staging.execute(statement)
            self._set_aside(extract, fields)
        if extract is contracts.POLICE_PPO_REGISTER:
            self._overlaps(extract)
            self._set_aside(extract, fields)

    def _set_aside(self, extract: Extract, fields: Fields) -> None:
        """Quarantine the accepted rows that were set aside."""
        if self._number(checks.ANY_SET_ASIDE):
            for statement in checks.set_aside(extract, fields):
                self.staging.execute(statement)
            self.staging.execute(checks.CLEAR_SET_ASIDE)

    def _overlaps(self, extract: Extract) -> None:
        """Set aside each span that begins before one that is kept has ended. Those that begin first are kept."""
        kept: dict[tuple[str, str], tuple[int, date]] = {}
        for record, scheme, person, start, end in self.staging.execute(checks.overlapping(extract)).fetchall():
            before = kept.get((scheme, person))
            if before and start < before[1]:
                self.staging.execute(
                    checks.ADD_SET_ASIDE,
                    [
                        extract.name,
                        record,
                        "overlapping_span",
                        "adopted_on",
                        f"row {before[0] + checks.ROWS_BEFORE} has not ended",
                    ],
                )
            else:
                kept[scheme, person] = (record, end or date.max)

    def _count(self, extract: Extract, path: Path, source: Source, fields: Fields) -> None:
        """List what was nulled and flagged, and add the file up."""
        found = self.staging.execute(checks.counts(extract)).fetchall()
        states = {state: number for state, number, _ in found}
        if any(faults for state, _, faults in found if state == checks.ACCEPTED):
            self.staging.execute(checks.listed(extract, "field", "nulled"))
            self.staging.execute(checks.listed(extract, "flag", "flagged"))
        accepted, duplicates = states.get(checks.ACCEPTED, 0), states.get(checks.DUPLICATE, 0)
        rows_read = sum(states.values()) - states.get(checks.BLANK, 0)
        if source.records is not None:
            # What the reader counted, not what was loaded: a record that was lost in between is found here.
            rows_read = source.records - len(source.blank)
        quarantined = self._number(checks.QUARANTINED_OF, extract.name)
        nulled = self._number(checks.NULLED_OF, extract.name)
        if rows_read != accepted + quarantined + duplicates:
            raise AssertionError(
                f"Rows read must be accepted + quarantined + duplicates in {extract.name},"
                f" got: {rows_read} and {accepted} + {quarantined} + {duplicates}"
            )
        notes = list(source.notes)
        if not rows_read:
            notes.append("headers only")
            self.warnings.append(f"{extract.name} has a header and no rows.")
        if quarantined > rows_read / 2:
            self.warnings.append(
                f"{extract.name}: {quarantined} of {rows_read} rows are quarantined. Look for columns that have changed"
                " places, or a people file that is not of the same day."
            )
        count = FileCount(extract.name, path.name, source.form, rows_read, accepted, quarantined, duplicates, nulled,
                          "; ".join(notes))  # fmt: skip
        self.counts.append(count)
        self.staging.execute(
            checks.ADD_COUNT,
            [count.file, count.path_name, count.form, count.rows_read, count.accepted, count.quarantined,
             count.duplicates, count.nulled, count.note],
        )  # fmt: skip
        names = {place: column for column, place in fields.places.items()}
        places = list(range(len(fields.headers)))
        self.staging.execute(
            checks.ADD_COLUMNS, [extract.name, places, list(fields.headers), [names.get(place) for place in places]]
        )

    def _number(self, query: str, *parameters) -> int:
        return self.staging.execute(query, list(parameters)).fetchall()[0][0]

    def coverage(self) -> dict[str, tuple[date | None, date]]:
        """Fill and return the coverage: what the manifest says, else from the first event to the extract date."""
        covered = {}
        for extract in EXTRACTS:
            start, end = self.manifest.coverage.get(extract.name, (None, None))
            if start is None and extract.event_on:
                start = self.staging.execute(checks.earliest(extract)).fetchall()[0][0]
            covered[extract.name] = (start, end or self.manifest.extract_date)
            self.staging.execute(checks.ADD_COVERAGE, [extract.name, *covered[extract.name]])
        return covered


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
    opened: dict[str, tuple[Source, Fields]] = {}
    teach(staging)
    work = Path(tempfile.mkdtemp(prefix="intake-", dir=_beside(staging)))
    try:
        for extract in EXTRACTS:
            if extract.name not in paths:
                continue
            (work / extract.table).mkdir(mode=0o700)
            try:
                source = open_source(paths[extract.name], work / extract.table, staging)
            except Unreadable as reason:
                problems.append(Problem(extract.name, reason.rule, reason.what_to_do))
                continue
            fields, wrong, extra = _fields(extract, source.headers)
            problems += wrong
            warnings += extra
            opened[extract.name] = source, fields
        if problems:
            raise IntakeStopped(problems)

        staging.execute(_section("lists"))
        taking = _Taking(staging, manifest, work)
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        done, whole = 0, sum(sizes.values()) or 1
        for extract in EXTRACTS:
            if extract is contracts.REFERENCE_TARGETS:
                staging.execute(_section("people"))
            if progress:
                progress(extract.name, done / whole)
            source, fields = opened.get(extract.name, (None, Fields((), {})))
            taking.take(extract, paths.get(extract.name), source, fields)
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
    path = staging.execute(checks.DATABASE).fetchall()[0][0]
    return str(Path(path).parent) if path else None


def quarantine_files(staging: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bytes]]:
    """Give for each file with quarantined rows a name and the bytes of a CSV in the agency's own columns.

    After them come the row in the file, the rule, any further rules, the column and what was got. The row that was kept
    of several with one key is listed in the note of the one that was not.
    """
    files = staging.execute(checks.QUARANTINED_FILES).fetchall()
    for (file,) in files:
        headers = [header for (header,) in staging.execute(checks.HEADERS_OF, [file]).fetchall()]
        rows = staging.execute(checks.QUARANTINE_OF, [file]).fetchall()
        widest = max((len(raw) for *_, raw in rows), default=0)
        over = [f"field {n + 1}" for n in range(len(headers), widest)]
        yield (
            file.replace("/", "_") + ".csv",
            written_csv(
                [*headers, *over, "row", "rule", "also", "column", "got"],
                (
                    (
                        *(_harmless(raw.get(header)) for header in [*headers, *over]),
                        row,
                        rule,
                        also,
                        column,
                        _harmless(got),
                    )
                    for row, rule, also, column, got, raw in rows
                ),
            ),
        )


def _harmless(value: str | None) -> str | None:
    """Return a value that no spreadsheet takes for a formula."""
    if value and value[0] in "=+-@\t\r" and value != "-":
        try:
            float(value)
        except ValueError:
            return "'" + value
    return value


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
