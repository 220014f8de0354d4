"""A figure to take away: the same rows as on the page, with the notes that belong to them."""

import csv
import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dashboard import describe, sql_files, words
from dashboard.tables import Table, status
from queries.figures import Figure
from queries.scope import Viewer
from queries.spreadsheet_cells import safe_cell

COLUMNS = {
    "numerator": "what is counted",
    "denominator": "out of how many",
    "value": "the figure: a share of one, a rate, days or a count",
    "lower": "lower end of the 95% interval",
    "upper": "upper end of the 95% interval",
    "n": "distinct people behind the denominator",
    "status": "ok, provisional, low_base, immature, confidential or not_applicable",
    "status_in_words": "the status, in words",
    "at_risk": "people who are counted, or are still watched, in the month",
    "centre": "the rate of the whole",
    "lower_95": "lower end of the inner limits: what 95 in 100 groups of the size would be within by chance alone",
    "upper_95": "upper end of the inner limits",
    "lower_998": "lower end of the outer limits: what 998 in 1,000 would be within",
    "upper_998": "upper end of the outer limits",
    "judged": "how the figure stands to the limits",
    "judged_in_words": "what can be said of it",
}


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV text, with every cell safe."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([safe_cell(each) for each in headings])
    writer.writerows([[safe_cell(each) for each in row] for row in rows])
    return written.getvalue()


def figure_csv(figure: Figure) -> str:
    """Return a figure's frame as CSV: unrounded, an empty cell where a value is withheld, and why."""
    rows = figure.frame.rows(named=True)
    columns = [*figure.frame.columns, "status_in_words"]
    return as_csv(columns, [[*row.values(), status(figure, row)] for row in rows])


def notes_text(
    figure: Figure,
    viewer: Viewer,
    shown: Table,
    columns: Sequence[str] | None = None,
    notes: Sequence[str] | None = None,
    ran: Collection[str] = (),
) -> str:
    """Return the notes that go with a figure: what it is, how it is defined, and the build that it is from.

    `columns` are those of its data and `notes` its notes, where they are not the figure's own; `ran` are the names of
    the files of SQL beside them.
    """
    columns = figure.frame.columns if columns is None else columns
    notes = describe.notes(figure) if notes is None else notes
    parts = [
        figure.measure.title,
        "; ".join(describe.scope(figure, viewer)),
        describe.stamp(figure.build),
        f"Build {figure.build.id}",
        "",
        "Definition",
        *(f"- {heading}: {text}" for heading, text in describe.definition(figure.measure)),
        "",
        "Notes",
        *(f"- {note}" for note in (notes or ["None."])),
        *(f"- {mark} {words.MEANING[mark]}." for mark in shown.shorthand),
        "",
        "Files",
        f"- table.csv: the table as shown. {shown.caption}",
        "- data.csv: the same rows unrounded; an empty cell is a value that is withheld or does not apply, for the",
        "  reason in its status",
        *(f"- {name}: {sql_files.WHAT[name]}" for name in ran),
        *([sql_files.NOTE] if ran else []),
        "",
        "Columns of data.csv",
        *(f"- {column}: {COLUMNS.get(column, words.breakdown(column))}" for column in columns),
    ]
    return "\r\n".join(parts) + "\r\n"


def archive(files: dict[str, str]) -> bytes:
    """Return text files as a zip; the same files give the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            # A mark at the front, or Excel takes UTF-8 for something else.
            bundle.writestr(zipfile.ZipInfo(name), text.encode("utf-8-sig"), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def name_of(figure: Figure) -> str:
    """Return a file name that says what is in it."""
    when = figure.as_at.isoformat() if figure.as_at else (figure.period or "every-month").replace("/", "-")
    parts = [figure.measure.id, *(f"by-{name}" for name in figure.by if name != figure.period), when]
    parts += [f"{name}-{label}" for name, label in sorted(figure.where.items())]
    return "_".join(parts)


def bundle(
    figure: Figure,
    shown: Table,
    viewer: Viewer,
    *,
    data: tuple[Sequence[str], Sequence[Sequence[Any]]] | None = None,
    notes: Sequence[str] | None = None,
    ran: Mapping[str, str] | None = None,
) -> tuple[str, bytes]:
    """Return the name and the bytes of a figure's download.

    In it are the table as it is shown, its data unrounded, and their notes. `data` (headings and rows) and `notes`
    stand in place of the figure's own where more was made of it; `ran` is its SQL, by the names of the files.
    """
    name = name_of(figure)
    files = {
        "table.csv": table_csv(shown),
        "data.csv": figure_csv(figure) if data is None else as_csv(*data),
        "notes.txt": notes_text(figure, viewer, shown, data and data[0], notes, ran or ()),
        **(ran or {}),
    }
    return f"{name}.zip", archive(files)


def table_csv(shown: Table) -> str:
    """Return a table as it is shown, as CSV; a cell that another spans is empty."""
    return as_csv(shown.headings, [["" if cell is None else cell for cell in row] for row in shown.rows])
