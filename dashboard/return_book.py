"""A return in words: as a workbook to send, and as tables for a page. The figures come made, and are not touched."""

from collections.abc import Iterable
from dataclasses import replace

from dashboard import describe, download, ods, words, xlsx
from dashboard.profile import BENEATH, TOOL
from dashboard.tables import Table as PageTable
from dashboard.workbook import ONE_TABLE, Cell, Number, Sheet, Workbook
from queries import returns
from queries.catalogue import Measure, switches
from queries.returns import Line, Return, Table

WRITERS = {".xlsx": xlsx.write, ".ods": ods.write}
"""What writes each format, by the end of a file's name."""

KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}

MARKS = words.SHORTHAND | {returns.NOT_PUBLISHED: "[x]", returns.NOBODY: "[z]", returns.NO_TARGET: "[z]"}
MEANINGS = {
    "[c]": "Not shown, to protect people: so few that someone might be recognised.",
    "[p]": "Provisional: the period is not final yet.",
    "[u]": "Unreliable: too few people (under 30) for a percentage or rate. The counts are given.",
    "[x]": "Not available: too soon to be counted, or not among the published tables.",
    "[z]": "Not applicable: there is nobody to count, no target was set, or the figure does not apply to the group.",
}
"""What the shorthand means in a return, which also has figures that are not published."""

STATUS = words.STATUS | {
    returns.NOT_PUBLISHED: "[x] Not among the published tables",
    returns.NOBODY: "[z] Nobody to count",
    "provisional": "[p] Provisional",
    "immature": "[x] Too soon to say",
    "low_base": "[u] Too few people for a rate",
    "confidential": "[c] Not shown, to protect people",
    "not_applicable": "[z] Does not apply",
}

NAMES = ("Figure", "Group", "Time")
ALL = "All"
RELEASES = {
    "official": "Official: exact figures, for the Home Office and the scheme's own partners. Do not publish.",
    "public": "Public: published figures, protected so that nobody can be recognised.",
}
HOME_OFFICE, PROFILE = "Home Office return", "Scheme profile"


def title(made: Return) -> str:
    """Return what a return is called."""
    name = HOME_OFFICE if len(made.tables) > 1 else PROFILE
    return f"{name}: {made.scheme_name}, as at {words.day(made.as_at)}"


def file_name(made: Return, suffix: str) -> str:
    """Return the name of a return's file, which says what is in it."""
    name = "home-office-return" if len(made.tables) > 1 else "scheme-profile"
    return f"{name}_{made.scheme or 'all-schemes'}_{made.as_at.isoformat()}_{made.release}{suffix}"


def as_file(made: Return, suffix: str, more: tuple[Sheet, ...] = ()) -> bytes:
    """Return a return as a spreadsheet: `.xlsx` or `.ods`, with more sheets after its own."""
    return WRITERS[suffix](workbook(made, more))


def workbook(made: Return, more: tuple[Sheet, ...] = ()) -> Workbook:
    """Return a return as a workbook: cover, contents, notes, shorthand, one table a sheet, and more sheets after."""
    return Workbook(
        title=title(made),
        introduction=(
            f"This workbook holds the figures of the {title(made)}.",
            RELEASES[made.release],
            "Figures at a date are as at that date. Every other figure is of the latest year, April to March, that was "
            "final by then; where a second year is given it is the year before.",
        ),
        about=(
            describe.stamp(made.build),
            f"Build {made.build.id}.",
            "Percentages and rates are not rounded in the cells, only in how they are shown. Intervals are at 95%.",
            "The definition of every figure is on the sheet named Notes, and the shorthand is explained on the sheet "
            "named Shorthand.",
        ),
        contact=("Ask the performance analyst of the partnership that sent this workbook.",),
        notes=tuple(
            (about.title, " ".join(f"{heading}: {text}" for heading, text in definition(made, about)))
            for about in made.meanings
        ),
        shorthand=tuple(MEANINGS.items()),
        tables=(*(_sheet(made, table) for table in made.tables), *more),
        made_on=made.build.built_on,
    )


def definition(made: Return, about: Measure) -> list[tuple[str, str]]:
    """Return a measure's definition as it was when the return was made, with the choices that its build made."""
    pairs = describe.definition(replace(about, switches=()))
    for name in about.switches:
        value = made.basis.switches.get(name, "")
        in_words = {"True": "Yes", "False": "No"}.get(value, value)
        pairs.append((f"Choice: {switches().get(name, {}).get('title', name)}", f"{in_words}."))
    return pairs


def _sheet(made: Return, table: Table) -> Sheet:
    kinds = {about.id: about.kind for about in made.meanings}
    notes = {about.id: place for place, about in enumerate(made.meanings, start=1)}
    title = f"{table.id}: {table.title}"
    if table.id == "T1":
        title += f" [note {notes[table.lines[0].measure]}]"
        headings, rows = _profile(made, table)
    else:
        headings = (*NAMES, *(column.heading for column in table.columns), "Status")
        rows = tuple(
            (
                f"{line.title} [note {notes[line.measure]}]",
                group(line),
                time(line),
                *_cells(table, line),
                status(line, kinds[line.measure]),
            )
            for line in table.lines
        )
    sentences = (
        ONE_TABLE,
        f"{made.scheme_name}, as at {words.day(made.as_at)}. {RELEASES[made.release].partition(':')[0]} release.",
        *explained(rows),
    )
    return Sheet(table.id, title, sentences, headings, rows, names=1 if table.id == "T1" else len(NAMES))


def explained(rows: Iterable[Iterable[Cell | None]]) -> list[str]:
    """Return the shorthand that stands in some cell of some rows, explained."""
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    return [f"{mark} {meaning}" for mark, meaning in MEANINGS.items() if any(mark in text for text in texts)]


def _profile(made: Return, table: Table) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the headings and rows of the scheme profile as the tool has them, with the rows not known beneath."""
    lines = {line.label: line for line in table.lines}
    rows: list[tuple[Cell, ...]] = [("Name of scheme", *(made.scheme_name for _ in table.columns))]
    rows += [(words_for, *_cells(table, lines[name])) for name, words_for in (TOOL | BENEATH).items()]
    return ("Scheme profile", *(column.heading for column in table.columns)), tuple(rows)


def _cells(table: Table, line: Line) -> list[Cell]:
    return [
        MARKS[cell.status] if cell.value is None else Number(cell.value, line.format or column.format)
        for column, cell in zip(table.columns, line.cells, strict=True)
    ]


def group(line: Line) -> str:
    """Return the group that a line is about, in words."""
    if line.dimension == "week":
        return f"Week {line.label}"
    if line.dimension == "row":
        return (TOOL | BENEATH)[line.label]
    return words.label(line.dimension, line.label) if line.dimension else ALL


def time(line: Line) -> str:
    """Return the time that a line is about, in words."""
    if not line.time:
        return "No year is final yet"
    return words.time(line.time)


def status(line: Line, kind: str = "") -> str:
    """Return the status of a line, in words."""
    if line.status == "low_base" and kind == "days":
        return "Under 30 people: read with care"
    return STATUS[line.status]


# ── On a page ───────────────────────────────────────────────────────────────────────────────────


def page_table(made: Return, table: Table) -> PageTable:
    """Return one table of a return as a page shows it: the same figures as the workbook's, in words.

    An interval is one column, and there is none for groups where every line is of all.
    """
    sheet = _sheet(made, table)
    rows = [tuple(written(cell) for cell in row) for row in sheet.rows]
    caption = f"{table.id}: {table.title}. {made.scheme_name}, as at {words.day(made.as_at)}"
    if table.id == "T1":
        # The scheme's name goes across, as in the tool; a workbook has no merged cells and says it twice.
        across = (rows[0][0], rows[0][1], None)
        return PageTable(
            caption, sheet.headings, (across, *rows[1:]), ("name", "number", "number"), apart=(1 + len(TOOL),)
        )
    headings = list(sheet.headings)
    if "lower" in (keys := [column.key for column in table.columns]):
        lower, upper = (len(NAMES) + keys.index(key) for key in ("lower", "upper"))
        rows = [
            (
                *row[:lower],
                row[lower] if row[lower].startswith("[") else f"{row[lower]} to {row[upper]}",
                *row[upper + 1 :],
            )
            for row in rows
        ]
        headings[lower : upper + 1] = ["95% interval"]
    # On a page the definitions stand under the table, without numbers to find them by.
    rows = [(row[0].partition(" [note ")[0], *row[1:]) for row in rows]
    names = len(NAMES)
    if all(row[1] == ALL for row in rows):
        rows, headings, names = [(row[0], *row[2:]) for row in rows], [headings[0], *headings[2:]], names - 1
    kinds = [*["name"] * names, *["number"] * (len(headings) - names - 1), "words"]
    return PageTable(caption, tuple(headings), tuple(rows), tuple(kinds), names=names)


def written(cell: Cell) -> str:
    """Return a cell in words."""
    if isinstance(cell, str):
        return cell
    if cell.format in ("percent", "change"):
        return words.value("proportion" if cell.format == "percent" else "change", cell.value)
    if cell.format == "days":
        return f"{cell.value:,.1f}"
    return words.count(cell.value) if cell.format == "count" else words.value("ratio", cell.value)


def shorthand(table: PageTable) -> list[str]:
    """Return the shorthand that a page's table uses, explained."""
    return explained(table.rows)


def table_bundle(made: Return, table: Table) -> tuple[str, bytes]:
    """Return the name and the bytes of one table's download: the table as CSV, as it is shown, and its notes."""
    shown = page_table(made, table)
    of_it = {line.measure for line in table.lines}
    notes = [
        shown.caption,
        RELEASES[made.release],
        describe.stamp(made.build),
        f"Build {made.build.id}",
        *shorthand(shown),
        *(
            line
            for about in made.meanings
            if about.id in of_it
            for line in ("", about.title, *(f"- {heading}: {text}" for heading, text in definition(made, about)))
        ),
    ]
    files = {"table.csv": download.table_csv(shown), "notes.txt": "\r\n".join(notes) + "\r\n"}
    return file_name(made, f"_{table.id}.zip"), download.archive(files)
