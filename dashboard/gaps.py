"""What is missing: rows that were set aside, checks that found something, files that end early."""

from dashboard import access, current, describe, words
from dashboard.blocks import Block, put
from dashboard.boundary import boundary
from dashboard.kept import kept_about_build
from queries import quality


def gaps() -> list[str]:
    """Return what is missing from the current build's figures, a sentence each."""
    warehouse = current.warehouse()
    return [*_rows_set_aside(warehouse), *_files_that_end_early(warehouse), *_checks(warehouse)]


def _rows_set_aside(warehouse: current.Warehouse) -> list[str]:
    files = kept_about_build(quality.files, warehouse).rows(named=True)
    aside = [row for row in files if row["quarantined"]]
    if not aside:
        return []
    total = words.counted(sum(row["quarantined"] for row in aside), "row was", "rows were")
    worst = max(aside, key=lambda row: row["quarantined"] / max(row["rows_read"], 1))
    return [
        f"{total} set aside from {words.counted(len(aside), 'file', 'files')} because they broke a rule; most, for its "
        f"size, from {worst['file']} ({words.count(worst['quarantined'])} of {words.count(worst['rows_read'])})."
    ]


def _files_that_end_early(warehouse: current.Warehouse) -> list[str]:
    files = kept_about_build(quality.files, warehouse).rows(named=True)
    ends = {row["file"]: row["covered_to"] for row in files if row["covered_to"]}
    last = max(ends.values(), default=warehouse.build.covered_to)
    early = {file: end for file, end in ends.items() if end < last}
    return [f"{file} reaches only to {words.day(end)}; others reach {words.day(last)}." for file, end in early.items()]


def _checks(warehouse: current.Warehouse) -> list[str]:
    found = [row for row in kept_about_build(quality.checks, warehouse).rows(named=True) if row["rows"]]
    return [f"{row['title'].removesuffix('.')}: {words.counted(row['rows'], 'row', 'rows')}." for row in found]


def show_gaps(title: str) -> None:
    """Put the list of what is missing on the page."""
    with boundary(title):
        access.viewer_now()
        found = gaps() or ["Every row was accepted and no check found anything."]
        put(
            Block(
                title,
                items=tuple(found),
                notes=("More is under Data quality.",),
                stamp=describe.stamp(current.warehouse().build),
            )
        )
