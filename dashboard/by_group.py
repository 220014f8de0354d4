"""The part of a page that is broken down by something, under the choice of what.

The choice bears on nothing else of its page. So it stands where it changes something, and a click on it runs this part
of the page alone.
"""

from collections.abc import Callable

import streamlit as st

from dashboard import access, charts, contents, filters, paper
from dashboard.asking import asked
from dashboard.blocks import heading
from dashboard.boundary import Refused, boundary
from dashboard.filters import chosen
from dashboard.show import show
from queries.scope import Viewer


def show_by_group(name: str, title: str) -> None:
    """Put a measure on the page group by group, under its heading and the choice of the groups."""

    def draw() -> None:
        found = asked(name, by=chosen().breakdown)
        show(found, heading=title, headed=True, chart=charts.groups(found))

    broken_down(title, draw)


def broken_down(title: str, draw: Callable[[], None]) -> None:
    """Put a heading on the page, the choice of this page's breakdown, and what `draw` puts beneath it."""
    if paper.being_made() is not None:
        draw()
        return
    # Here, since what a part of a page writes outside itself is lost when the part is run again.
    contents.add(title)
    _part(title, draw, access.viewer_now())


@st.fragment
def _part(title: str, draw: Callable[[], None], shown_to: Viewer) -> None:
    with boundary(title):
        if not _is_still(shown_to):
            # The rest of the page is no longer theirs either.
            st.rerun()
        st.html(heading(title))
        filters.show_breakdown()
        draw()


def _is_still(viewer: Viewer) -> bool:
    try:
        return access.viewer_now() == viewer
    except Refused:
        return False
