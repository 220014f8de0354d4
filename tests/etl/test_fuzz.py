"""Files spoilt at random: intake never fails for want of knowing what to do, and never loses a row.

Four hundred in the short run, a hundred thousand in the long one. Each batch spoils every file of a folder; those that
stop intake are looked at and put right again, so that the others are taken in too. A failure names the seed of its
batch: `spoilt_folder(random.Random(seed))` makes the same folder once more.
"""

import csv
import gzip
import io
import random
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter

from etl.contracts import EXTRACTS, rules
from etl.intake import IntakeStopped, take_in
from tests.etl.extracts import EXTRACT_DATE, GOOD

SHORT, LONG = 400, 100_000
SHARDS = 8
"""Parts of the run, so that they can be shared out among processors."""

UNSAID = "Quixworthy"
"""A surname that no message may show."""

RULES = {rule.name for _, rule in rules()}

Rows = list[list[str]]

VALUES = [
    "", " ", "NULL", "-", "\u00a0", "“x”", '"', '""', "'", "=1+1", '="7"', "@SUM(A1)", "1.23E+05", "#REF!", "########",
    "0", "1", "01", "-1", "1e999", "9" * 30, "1,234", "1.234,5", "NaN", "inf", "Y", "Yes", "TRUE", "Total", "Male",
    "31/02/2009", "13/01/2009", "01/13/2009", "5-Jan-09", "5 January 2009", "9999-12-31", "0001-01-01", "39904",
    "-39904", "epoch", "infinity", "2009-01-05T00:00:00Z", "not known", "é" * 50, "\u202e\u200b", "\ufffd",
    "x" * 1001, "a\nb", "a\r\nb", "a,b;c\td", "pnc_id", "scheme_id", "1981/0000034U", "1981/0000035U", "81/34U",
    "'; drop table police_people; --", "{'a': 1}", "[1, 2]", "\x00", "\x1a", "\x7f", "%s", "{0}", "\\", "\\N", UNSAID,
]  # fmt: skip


def rows_of(file: str, chance: random.Random) -> Rows:
    """Return a header and up to eight rows of a file, alike but for a few values."""
    names = list(GOOD[file])
    rows = [names, list(GOOD[file].values())]
    for _ in range(chance.randrange(8)):
        row = list(chance.choice(rows[1:]))
        row[chance.randrange(len(row))] = chance.choice([*VALUES, str(chance.randrange(100)), UNSAID])
        rows.append(row)
    return rows


# ── Ways of spoiling rows, which keep the number of records ─────────────────────────────────────


def with_values(rows: Rows, chance: random.Random) -> Rows:
    for row in rows[1:]:
        row[chance.randrange(len(row))] = chance.choice(VALUES)
    return rows


def with_columns_turned(rows: Rows, chance: random.Random) -> Rows:
    order = chance.sample(range(len(rows[0])), len(rows[0]))
    return [[row[place] for place in order] for row in rows]


def with_columns_swapped(rows: Rows, chance: random.Random) -> Rows:
    a, b = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    rows[0][a], rows[0][b] = rows[0][b], rows[0][a]
    return rows


def with_a_header_changed(rows: Rows, chance: random.Random) -> Rows:
    place = chance.randrange(len(rows[0]))
    name = rows[0][place]
    rows[0][place] = chance.choice(
        [name.upper(), name.replace("_", " "), name[:-1], "", name + "2", rows[0][0], UNSAID]
    )
    return rows


def with_a_column_more(rows: Rows, chance: random.Random) -> Rows:
    place = chance.randrange(len(rows[0]) + 1)
    return [
        [*row[:place], chance.choice(VALUES) if number else "notes", *row[place:]] for number, row in enumerate(rows)
    ]


KEEPING = (with_values, with_columns_turned, with_columns_swapped, with_a_header_changed, with_a_column_more)


# ── Ways of spoiling tables ─────────────────────────────────────────────────────────────────────


def with_titles(rows: Rows, chance: random.Random) -> Rows:
    return [[chance.choice(["Extract", "", UNSAID])] for _ in range(chance.randrange(1, 50))] + rows


def with_a_header_again(rows: Rows, chance: random.Random) -> Rows:
    rows.insert(chance.randrange(1, len(rows) + 1), list(rows[0]))
    return rows


def with_a_total(rows: Rows, chance: random.Random) -> Rows:
    return [*rows, [chance.choice(["Total", "", "Grand total:"]), *([""] * (len(rows[0]) - 2)), "7"]]


def with_another_table(rows: Rows, chance: random.Random) -> Rows:
    other = chance.choice(list(GOOD.values()))
    return [*rows, [], list(other), list(other.values())]


def without_a_header(rows: Rows, chance: random.Random) -> Rows:
    return rows[1:] if chance.random() < 0.5 else [*rows[1:], rows[0]]


def with_ragged_rows(rows: Rows, chance: random.Random) -> Rows:
    row = rows[chance.randrange(len(rows))]
    row[chance.randrange(len(row)) :] = chance.choice([[], [UNSAID], ["a"] * chance.randrange(30)])
    return rows


def with_blank_rows(rows: Rows, chance: random.Random) -> Rows:
    for _ in range(chance.randrange(1, 4)):
        rows.insert(chance.randrange(len(rows) + 1), [""] * chance.choice([0, 1, len(rows[0])]))
    return rows


def with_rows_again(rows: Rows, chance: random.Random) -> Rows:
    return rows + [list(row) for row in rows[1:]]


TABLES = (with_titles, with_a_header_again, with_a_total, with_another_table, without_a_header, with_ragged_rows,
          with_blank_rows, with_rows_again)  # fmt: skip


# ── Ways of writing them, and of spoiling what was written ──────────────────────────────────────


def as_csv(rows: Rows, chance: random.Random) -> bytes:
    out = io.StringIO()
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    ends = chance.choice(["\n", "\r\n", "\n", "\n"])
    csv.writer(out, delimiter=chance.choice(",,,;\t|"), quoting=quoting, lineterminator=ends).writerows(rows)
    text = out.getvalue()
    encoding = chance.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
    return text.encode(encoding, errors="replace")


def as_workbook(rows: Rows, chance: random.Random) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": chance.random() < 0.3})
    for _ in range(chance.choice([1, 1, 1, 2])):
        sheet = book.add_worksheet()
        down, right = chance.choice([0, 0, 0, 3]), chance.choice([0, 0, 2])
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                if value.isdigit() and chance.random() < 0.5 and len(value) < 16:
                    sheet.write_number(at + down, place + right, int(value))
                else:
                    sheet.write(at + down, place + right, value.encode("utf-8", "replace").decode())
    book.close()
    return out.getvalue()


def as_parquet(rows: Rows, chance: random.Random) -> bytes:
    names = [f"{name}" if rows[0].index(name) == place else f"{name}.{place}" for place, name in enumerate(rows[0])]
    columns = {
        name: [row[place].encode("utf-8", "replace").decode() if place < len(row) else None for row in rows[1:]]
        for place, name in enumerate(names)
    }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    for name in chance.sample(names, chance.randrange(min(3, len(names)))):
        kind = chance.choice(["integer", "list", "bytes", "struct", "nothing", "float"])
        column = pl.col(name)
        frame = frame.with_columns(
            {
                "integer": column.cast(pl.Int64, strict=False), "float": column.cast(pl.Float32, strict=False),
                "list": pl.concat_list(column), "bytes": column.cast(pl.Binary), "nothing": pl.lit(None).alias(name),
                "struct": pl.struct(column).alias(name),
            }[kind]
        )  # fmt: skip
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def spoilt_bytes(content: bytes, chance: random.Random) -> bytes:
    """Return bytes that were cut, doubled, turned, or had others put among them."""
    for _ in range(chance.choice([1, 1, 2, 5])):
        at, to = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        way = chance.randrange(7)
        if way == 0:
            content = content[:to]
        elif way == 1:
            content = content[:at] + content[to:]
        elif way == 2:
            content = content[:to] + content[at:to] + content[to:]
        elif way == 3:
            content = content[:at] + bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9))) + content[at:]
        elif way == 4:
            content = (
                content[:at] + chance.choice([b'"', b"\0", b"\r", b"\n", b"\xff", b'"\n', b",", b'="']) + content[at:]
            )
        elif way == 5 and content:
            content = content.replace(bytes([chance.choice(content)]), bytes([chance.randrange(256)]))
        elif chance.random() < 0.02:
            content = content[:at] + b"x" * 1_100_000 + content[at:]
    return content


def spoilt_file(file: str, chance: random.Random) -> tuple[str, bytes, int | None]:
    """Return a spoilt file: its suffix, its bytes, and how many records it must have where that can be told."""
    rows = rows_of(file, chance)
    records: int | None = len(rows) - 1
    for _ in range(chance.choice([1, 1, 2])):
        rows = chance.choice(KEEPING)(rows, chance)
    if chance.random() < 0.5:
        rows, records = chance.choice(TABLES)(rows, chance), None
    form = chance.choices(["csv", "csv.gz", "xlsx", "parquet"], [75, 5, 12, 8])[0]
    if form == "parquet":
        content = as_parquet([row for row in rows if row] or [[""]], chance)
        # What a column of another type cannot hold is gone, and with it may be all that a row had.
        rows = [[str(value) for value in row if value is not None] for row in pl.read_parquet(content).rows()]
    else:
        content = as_workbook(rows, chance) if form == "xlsx" else as_csv(rows, chance)
    if chance.random() < (0.4 if form == "csv" else 0.15):
        content, records = spoilt_bytes(content, chance), None
    if form == "csv.gz":
        content = gzip.compress(content)
        if chance.random() < 0.3:
            content = spoilt_bytes(content, chance)
    if any("".join(row).strip(" -\u00a0") in ("", "NULL") or "\x00" in "".join(row) for row in rows):
        records = None  # a row with nothing in it is no record
    return form, content, records


def spoilt_folder(chance: random.Random) -> dict[str, tuple[str, bytes, int | None]]:
    """Return a spoilt file for every extract."""
    return {extract.name: spoilt_file(extract.name, chance) for extract in EXTRACTS}


def written(folder: Path, files: dict[str, tuple[str, bytes, int | None]]) -> None:
    for file, (form, content, _) in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{file}.{form}").write_bytes(content)


def sound(file: str) -> tuple[str, bytes, int | None]:
    """Return the good file of an extract."""
    return "csv", f"{','.join(GOOD[file])}\n{','.join(GOOD[file].values())}\n".encode(), 1


def look_at(folder: Path, seed: int) -> tuple[int, int]:
    """Take a spoilt folder in, file by file where some stop it, and return how many files were taken in and stopped."""
    files = spoilt_folder(random.Random(seed))
    stopped: set[str] = set()
    while True:
        extracts = folder / f"{seed}-{len(stopped)}"
        written(extracts, {file: sound(file) if file in stopped else files[file] for file in files})
        with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as staging:
            try:
                intake = take_in(extracts, staging, extract_date=EXTRACT_DATE)
            except IntakeStopped as stop:
                problems = stop.problems
            else:
                problems = []
            for problem in problems:
                assert UNSAID not in str(problem), f"A message shows a value: seed {seed}"
                assert problem.rule in RULES
                assert problem.what_to_do
                assert problem.file in files, f"{problem}: seed {seed}"
                assert problem.file not in stopped, f"The good file stops: {problem}: seed {seed}"
            stopped |= {problem.file for problem in problems}
            if problems:
                continue
            for warning in intake.warnings:
                assert UNSAID not in warning or "header" in warning or "column" in warning, f"seed {seed}"
            for count in intake.counts:
                accounted(staging, count, files[count.file][2] if count.file not in stopped else 1, seed)
            return len(files) - len(stopped), len(stopped)


def accounted(staging: duckdb.DuckDBPyConnection, count, records: int | None, seed: int) -> None:
    """Check that each row of a file is in one place, and that there are as many as were written."""
    table = count.file.replace("/", "_")
    accepted, distinct = staging.execute(f"select count(*), count(distinct source_row) from {table}").fetchall()[0]
    aside = staging.execute("select count(*), count(distinct source_row) from quarantine where file = ?", [count.file])
    quarantined, distinct_aside = aside.fetchall()[0]
    both = staging.execute(
        f"select count(*) from {table} semi join quarantine on file = ? and quarantine.source_row = {table}.source_row",
        [count.file],
    )
    where = f"{count.file} of seed {seed}"
    assert both.fetchall() == [(0,)], where
    assert (accepted, quarantined) == (count.accepted, count.quarantined) == (distinct, distinct_aside), where
    assert count.rows_read == accepted + quarantined + count.duplicates, where
    assert records is None or count.rows_read == records, where
    unknown = staging.execute("select distinct rule from quarantine union select rule from nulled union select rule "
                              "from repaired union select rule from flagged").fetchall()  # fmt: skip
    assert {rule for (rule,) in unknown} <= RULES, where


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Cut a long run into parts of five hundred files, so that one that is stopped goes on from near where it was."""
    if "shard" in metafunc.fixturenames:
        shards = LONG // 500 if metafunc.config.getoption("--long") else SHARDS
        metafunc.parametrize(("shard", "shards"), [(shard, shards) for shard in range(shards)], ids=range(shards))


def test_a_spoilt_file_is_accounted_for_or_stops_with_what_to_do(tmp_path, shard, shards, long_run, request):
    first = int(request.config.getoption("--hypothesis-seed") or 0) * 1_000_003 if long_run else 0
    files = LONG if long_run else SHORT
    batches = -(-files // (shards * len(EXTRACTS)))
    taken, stopped = 0, 0
    for batch in range(batches):
        folder = tmp_path / str(batch)
        found = look_at(folder, first + shard * batches + batch)
        taken, stopped = taken + found[0], stopped + found[1]
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    assert taken + stopped == batches * len(EXTRACTS) >= files / shards
    assert min(taken, stopped) > 0  # both ends of the road were tried
