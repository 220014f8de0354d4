"""The worklists on a page: what is still to do with single people, for their scheme's manager and nobody else."""

from html import escape

import streamlit as st

from dashboard import access, contents, current, describe, tables, words, worklist_files
from dashboard.boundary import boundary, notice
from dashboard.filters import chosen
from dashboard.give import give
from dashboard.heading import heading
from dashboard.worklist_files import Shown
from queries import worklists

LEAD = (
    "What is still to do, person by person, at the end of the data: steps of the scheme that are overdue, and people "
    "whom the monthly meeting may want to talk about."
)
CHOOSE = "Choose one of your schemes above, or see all of them."
FOR_MANAGERS = (
    "Worklists are for a scheme's manager",
    "They are about single people, so this page is open to the managers of the schemes that those people are on, and "
    "not to board members, analysts or other managers. The page Through the scheme has the figures of every step.",
)
PERSONAL = (
    "For you and the monthly meeting; not for a board, and not to be published or sent on. Whoever holds the key "
    "can say who somebody is. Each time this page is shown, and each file taken from it, is logged."
)
MOST_ROWS = 500
"""Rows of a list on the page; the file has them all."""


def show_worklists(title: str) -> None:
    """Put the whole page on: refused, with the reason, to anybody but a manager."""
    with boundary(title):
        viewer, warehouse = access.viewer_now(), current.warehouse()
        if not viewer.sees_worklists:
            heading(title, LEAD, ["none"])
            access.record_denied(page="worklists", reason="not_permitted")
            notice(*FOR_MANAGERS)
            return
        choice = chosen()
        of = choice.scheme_name if choice.scheme else "All my schemes"
        heading(title, f"{LEAD} {CHOOSE}", [of])
        overdue = worklists.overdue_steps(warehouse, viewer, choice.scheme)
        candidates = worklists.candidates(warehouse, viewer, choice.scheme)
        # Logged before they are shown: what cannot be logged is not shown. A run of this page is a showing of it.
        access.record(
            "units",
            [choice.scheme] if choice.scheme else (),
            page="worklists",
            as_at=overdue.as_at.isoformat() if overdue.as_at else "",
            rows=overdue.frame.height + candidates.frame.height,
            people=len({*overdue.frame["person_id"], *candidates.frame["person_id"]}),
        )
        st.html(f"<p class='scope'>{escape(of)} · <strong>Personal data, by number.</strong> {escape(PERSONAL)}</p>")
        with_scheme = choice.scheme is None and len(viewer.schemes) > 1
        schemes = (choice.scheme,) if choice.scheme else tuple(sorted(viewer.schemes))
        for shown in (
            worklist_files.overdue(overdue, with_scheme),
            worklist_files.candidates(candidates, with_scheme),
        ):
            _show(shown, schemes)


def _show(shown: Shown, schemes: tuple[str, ...]) -> None:
    with boundary(shown.title, 3):
        build = current.warehouse().build
        stamp = f"<p class='stamp'>{escape(describe.stamp(build))}</p>"
        head = f'<h2 id="{contents.add(shown.title)}">{escape(shown.title)}</h2><p>{escape(shown.lead)}</p>'
        if not shown.rows:
            st.html(head)
            notice(*shown.empty, level=3)
            st.html(_definition(shown) + stamp)
            return
        rows = shown.rows[:MOST_ROWS]
        of = f", the first {words.count(len(rows))}" if len(rows) < len(shown.rows) else ""
        table = tables.Table(
            caption=f"{shown.title}, {shown.when}{of}", headings=shown.headings, rows=rows, kinds=shown.kinds
        )
        st.html(
            f'{head}<p class="takeaway">{escape(shown.said)}</p><div class="worklist">{tables.html(table)}</div>'
            + (f"<p class='notes'>The file has all {words.count(len(shown.rows))} rows.</p>" if of else "")
            + _definition(shown)
            + stamp
        )
        give(
            f"Download: {words.lower_first(shown.title)} (CSV with notes)",
            worklist_files.bundle(shown, build),
            f"{shown.name}.zip",
            schemes=schemes,
            key=f"download_{shown.name}",
        )


def _definition(shown: Shown) -> str:
    pairs = "".join(f"<dt>{escape(heading)}</dt><dd>{escape(text)}</dd>" for heading, text in shown.definition)
    return f'<details class="definition"><summary>What this list is</summary><dl>{pairs}</dl></details>'
