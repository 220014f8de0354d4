"""The head of a page: its title, what it answers, and what its filters are set to, for the screen and for paper."""

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard import access, contents, current, describe, paper, words
from dashboard.blocks import Block, put
from dashboard.filters import chosen


def heading(
    title: str,
    lead: str,
    filters: list[str] | None = None,
    beside: Callable[[], None] | None = None,
    *,
    listed: bool = True,
) -> None:
    """Put a page's title and lead on it, with the filters and the stamp that a print needs in its body.

    The filters are those that all pages share, unless a page with others of its own gives them. `beside` puts a button
    next to the title. The list of what is on the page comes beneath, unless it is `listed` further down.
    """
    if paper.being_made() is not None:
        put(Block(title, 1, said=lead))
        return
    choice = chosen()
    set_to = filters or [
        choice.scheme_name,
        "PPOs" if choice.ppos_only else "Everyone",
        (choice.period and words.period(choice.period)) or "latest final year",
        (choice.as_at and f"as at {words.day(choice.as_at)}") or "latest month end",
    ]
    head = st.container(horizontal=True, vertical_alignment="top", key="head")
    head.html(
        f"<h1>{escape(title)}</h1><p class='lead'>{escape(lead)}</p>"
        f"<p class='paper'>Filters: {escape('; '.join(set_to))}. Shown to {escape(access.role_in_words())}. "
        f"{escape(describe.stamp(current.warehouse().build))}</p>"
    )
    if beside is not None:
        with head:
            beside()
    if listed:
        contents.begin()
    else:
        contents.put_off()
