"""The frame around every figure: title, scope, takeaway, chart, table, notes, definition, stamp and download."""

from html import escape

import streamlit as st

from dashboard import access, describe, download, tables, takeaway, words
from dashboard.asking import Answer, NotShown
from dashboard.boundary import boundary, notice
from dashboard.charts import Drawn
from dashboard.give import give
from queries.figures import Figure


def show(
    answer: Answer,
    *,
    heading: str | None = None,
    sentence: str | None = None,
    chart: Drawn | None = None,
    table: tables.Table | None = None,
    level: int = 2,
) -> None:
    """Put one figure on the page, in the frame that all share.

    The heading is the measure's title and the sentence is made from the figures unless others are given. Who is
    looking is asked here again: a page that was reached past the front page shows nothing.
    """
    title = heading or answer.measure.title
    with boundary(title, level + 1):
        viewer = access.viewer_now()
        if isinstance(answer, NotShown):
            st.html(f"<h{level}>{escape(title)}</h{level}>")
            notice(answer.title, answer.next_step, level=level + 1)
            return
        scope = describe.scope(answer, viewer)
        said = takeaway.takeaway(answer) if sentence is None else sentence
        st.html(
            f"<h{level}>{escape(title)}</h{level}>"
            f'<p class="scope">{escape(" · ".join(scope))}</p>'
            + (f'<p class="takeaway">{escape(said)}</p>' if said else "")
        )
        if answer.frame.is_empty():
            _empty(answer, level)
            return
        if chart is not None:
            st.altair_chart(chart.chart, alt=chart.alt, width="stretch")
        caption = f"{title}. {'; '.join(scope[:3])}"
        shown = tables.table(answer, caption) if table is None else table
        st.html(tables.html(shown) + beneath(answer, shown))
        offer(answer, shown)


def turned_round(answer: Answer) -> str | None:
    """Return the sentence for people in the community, which the self-assessment asks about, from the custody share."""
    if isinstance(answer, NotShown) or answer.frame.is_empty():
        return None
    return takeaway.community_majority(answer)


def _empty(answer: Figure, level: int) -> None:
    notice(
        "Nobody is in this group",
        "No one meets what the filters ask for, or the data do not reach so far. Choose another scheme, year or date.",
        level=level + 1,
    )
    st.html(f"{describe.definition_html(answer.measure)}<p class='stamp'>{escape(describe.stamp(answer.build))}</p>")


def beneath(figure: Figure, table: tables.Table) -> str:
    """Return what stands under a table: its notes, the shorthand that it uses, its definition and its stamp."""
    notes = describe.notes(figure)
    legend = [f"{mark} {words.MEANING[mark]}." for mark in table.shorthand if not any(mark in note for note in notes)]
    listed = "".join(f"<li>{escape(each)}</li>" for each in [*notes, *legend])
    about = figure.measure
    on_paper = f"Counted: {about.numerator}" + (
        f". Out of: {about.denominator}" if about.denominator_column != "none" else ""
    )
    return (
        (f'<div class="notes"><ul>{listed}</ul></div>' if listed else "")
        + f'<p class="paper notes">{escape(on_paper)}.</p>'
        + describe.definition_html(about)
        + f'<p class="stamp">{escape(describe.stamp(figure.build))}</p>'
    )


def offer(figure: Figure, shown: tables.Table) -> None:
    """Offer a figure as a file: the same rows, with their notes."""
    name, data = download.bundle(figure, shown, access.viewer_now())
    give(
        f"Download: {words.lower_first(figure.measure.title)} (CSV with notes)",
        data,
        name,
        schemes=[figure.where["scheme"]] if "scheme" in figure.where else (),
        key=f"download_{name}",
    )
