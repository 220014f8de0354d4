"""What a page is made of, whether it is on a screen or on paper: headings, answers, lists, figures, notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import boundary, contents, describe, paper, tables, words
from dashboard.charts import Drawn
from queries.catalogue import Measure


@dataclass(frozen=True)
class Block:
    """One part of a page, as data.

    `said` is its takeaway, `answers` are pairs of a question and its answer, `items` a list; `counted` says on paper
    what is counted out of what, since a definition that opens cannot be opened there. A `notice` is what stands in
    place of a figure: its title, then what to do next. `look` is a class of its own for the style sheet. `headed` says
    that its heading is on the page already, above something that stands between.
    """

    title: str
    level: int = 2
    scope: tuple[str, ...] = ()
    said: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    chart: Drawn | None = None
    table: tables.Table | None = None
    notes: tuple[str, ...] = ()
    counted: str = ""
    definitions: tuple[Measure, ...] = ()
    stamp: str = ""
    notice: tuple[str, ...] = ()
    look: str = ""
    headed: bool = False


def put(block: Block) -> None:
    """Put a block on the page, or on the paper that is being made."""
    made = paper.being_made()
    if made is not None:
        made.blocks.append(block)
        return
    if opening := ("" if block.headed else heading(block.title, block.level)) + _opening(block):
        st.html(opening)
    if block.notice:
        boundary.notice(*block.notice, level=block.level + 1)
    if block.chart is not None:
        put_chart(block.chart)
    table = "" if block.table is None else tables.html(block.table)
    if block.look and table:
        table = f'<div class="{block.look}">{table}</div>'
    if beneath := table + under(block):
        st.html(beneath)


def put_chart(chart: Drawn) -> None:
    """Put a chart on the page, above the table of its values."""
    st.vega_lite_chart(spec=chart.sent, alt=chart.alt_above_table, width="stretch")


def heading(title: str, level: int = 2) -> str:
    """Return the heading of a part of the page, which the list at the page's head leads to."""
    anchor = contents.add(title) if level == 2 else ""
    name = f' id="{anchor}"' if anchor else ""
    return f"<h{level}{name}>{escape(title)}</h{level}>" if title else ""


def _opening(block: Block) -> str:
    answers = "".join(f"<dt>{escape(asked)}</dt><dd>{escape(said)}</dd>" for asked, said in block.answers)
    return (
        (f"<p class='scope'>{escape(' · '.join(block.scope))}</p>" if block.scope else "")
        + (f"<p class='takeaway'>{escape(block.said)}</p>" if block.said else "")
        + (f"<dl class='answers'>{answers}</dl>" if answers else "")
        + _listed(block.items, "items")
    )


def under(block: Block) -> str:
    """Return what stands under a block's table: notes, the shorthand that it uses, definitions and stamp."""
    return (
        _listed(legend(block), "notes")
        + (f'<p class="paper notes">{escape(block.counted)}</p>' if block.counted else "")
        + (_definitions(block.definitions) if block.definitions else "")
        + (f'<p class="stamp">{escape(block.stamp)}</p>' if block.stamp else "")
    )


def _listed(items: Sequence[str], name: str) -> str:
    return (
        f"<div class='{name}'><ul>{''.join(f'<li>{escape(each)}</li>' for each in items)}</ul></div>" if items else ""
    )


def _definitions(several: Sequence[Measure]) -> str:
    return describe.definition_html(several[0]) if len(several) == 1 else describe.definitions_html(several)


def legend(block: Block) -> list[str]:
    """Return what is said under a block's table: its notes, and each shorthand that they do not explain."""
    marks = block.table.shorthand if block.table is not None else []
    return [
        *block.notes,
        *(f"{mark} {words.MEANING[mark]}." for mark in marks if not any(mark in note for note in block.notes)),
    ]


def counted(about: Measure) -> str:
    """Return in a line what a measure counts, and out of what."""
    over = f". Out of: {about.denominator}" if about.denominator_column != "none" else ""
    return f"Counted: {about.numerator}{over}."
