"""What differs between a return and one that was signed off: every figure, with both values and why."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import contents, return_book, tables, words
from dashboard.workbook import ONE_TABLE, Number, Sheet
from dashboard.workbook import Cell as WorkbookCell
from queries.catalogue import switches
from queries.return_differences import (
    NOT_NOW,
    NOT_THEN,
    OTHER_DATE,
    OTHER_YEAR,
    SAME_TIME,
    Changed,
    Difference,
    changed,
)
from queries.returns import Cell, Return
from queries.signed_off import Compared


def show_differences(compared: Compared, now: Return) -> None:
    """Put every figure that differs from a return that was signed off on the page, and what changed between the two."""
    head = f'<h2 id="{contents.add(title(compared, now))}">{escape(title(compared, now))}</h2>'
    if not compared.found:
        st.html(f"{head}<p class='takeaway'>No figure differs from {escape(_which(compared))}.</p>")
        return
    listed = "".join(f"<li>{escape(each)}</li>" for each in between(compared.then, now))
    shown = tables.Table(
        caption=f"{title(compared, now)}: {_which(compared)}",
        headings=HEADINGS,
        rows=tuple(
            tuple(return_book.written(cell) for cell in _row(each, compared.then, now)) for each in compared.found
        ),
        kinds=("name", "number", "number", "words"),
    )
    said = f"<p class='takeaway'>{escape(_summary(compared))}</p>"
    st.html(f"{head}{said}<ul class='notes'>{listed}</ul>{tables.html(shown)}")


HEADINGS = ("Figure", "Then", "Now", "Why")


def sheets(compared: list[Compared], now: Return) -> tuple[Sheet, ...]:
    """Return a sheet for each return that was signed off and differs from this one, to go with it in its workbook."""
    made = []
    for place, each in enumerate((each for each in compared if each.found), start=1):
        rows = tuple(_row(difference, each.then, now) for difference in each.found)
        sentences = (ONE_TABLE, _summary(each), *between(each.then, now), *return_book.explained(rows))
        made.append(Sheet(f"D{place}", f"D{place}: {title(each, now)}", sentences, HEADINGS, rows))
    return tuple(made)


def title(compared: Compared, now: Return) -> str:
    """Return what a comparison is called: with the same return, or with the one before."""
    if compared.of.as_at == now.as_at:
        return "What differs from this return as it was signed off"
    return "What differs from the return signed off before"


def _which(compared: Compared) -> str:
    of = compared.of
    return f"version {of.version}, as at {words.day(of.as_at)}, from build {of.build}"


def _summary(compared: Compared) -> str:
    lines = {(each.table.id, each.line.key) for each in compared.found}
    return (
        f"{words.counted(len(compared.found), 'figure differs', 'figures differ')} from {_which(compared)}, in "
        f"{words.counted(len(lines), 'line', 'lines')} of the tables."
    )


def between(then: Return, now: Return) -> list[str]:
    """Return what changed between two returns, in sentences: as much as their builds say, and no more."""
    said = []
    if then.as_at != now.as_at:
        said.append(f"The return then was as at {words.day(then.as_at)}; this one is as at {words.day(now.as_at)}.")
    what = changed(then, now)
    if not what.build:
        return [*said, f"Both are from the same build, {now.build.id}."]
    said.append(
        f"Another build: {then.build.id} then, of data to {words.day(then.build.covered_to)}; {now.build.id} now, of "
        f"data to {words.day(now.build.covered_to)}."
    )
    return said + (_parts(what) or [NOTHING])


NOTHING = (
    "The builds have as many rows of each extract, the same choices and the same definitions: rows were corrected, or "
    "people were linked otherwise."
)


def _parts(what: Changed) -> list[str]:
    said = []
    for file, rows_then, rows_now, to_then, to_now in what.files:
        parts = []
        if rows_then != rows_now:
            parts.append(f"{words.count(rows_now)} rows accepted, {words.count(rows_then)} then")
        if to_then != to_now:
            parts.append(f"reaches to {_day(to_now)}, {_day(to_then)} then")
        said.append(f"{file}: {'; '.join(parts)}.")
    for name, was, is_now in what.switches:
        said.append(
            f"The choice “{switches().get(name, {}).get('title', name)}” is {is_now or 'not made'}, {was} then."
        )
    if what.definitions:
        said.append(f"Worked out in another way than then: {', '.join(what.definitions)}.")
    if what.shared:
        said.append("The way in which all figures are added up and described is another than then.")
    return said


def _day(text: str) -> str:
    return words.day(date.fromisoformat(text)) if text else "no day known"


def _row(each: Difference, then: Return, now: Return) -> tuple[WorkbookCell, ...]:
    group = return_book.group(each.line)
    named = each.line.title if group == return_book.ALL else f"{each.line.title}, {words.lower_first(group)}"
    return (
        f"{each.table.id} {named}: {words.lower_first(each.column.heading)}",
        _cell(each, each.then),
        _cell(each, each.now),
        _why(each, then, now),
    )


def _cell(each: Difference, cell: Cell | None) -> WorkbookCell:
    if cell is None:
        return "None"
    if cell.value is None:
        return return_book.MARKS[cell.status]
    return Number(cell.value, each.line.format or each.column.format)


def _why(each: Difference, then: Return, now: Return) -> str:
    if each.why == SAME_TIME:
        return f"Revised: {' '.join(_parts(changed(then, now, (each.line.measure,)))) or 'another build.'}"
    was = words.time(each.then_time) if each.then_time else ""
    return {
        OTHER_DATE: f"Another date: {words.lower_first(was)} then.",
        OTHER_YEAR: f"Another year: {was} then.",
        NOT_THEN: "Not in the return then.",
        NOT_NOW: "Not in the return now.",
    }[each.why]
