"""The board pack from the overview: choose its pages, have it made, take it away."""

import streamlit as st

from dashboard import access, current
from dashboard.board_pack import CHOICES, board_pack
from dashboard.boundary import boundary
from dashboard.filters import chosen
from dashboard.give import give
from dashboard.navigation import Entry

_MADE = "_board_pack"


def show_pack_button() -> None:
    """Put the button on the page that opens the choice of the pack's pages and gives the pack as a PDF."""
    with boundary("Board pack"), st.popover("Board pack (PDF)", width="content"):
        st.html("<p>The overview as A4 pages, with the filters as they are set, and any of these pages after it.</p>")
        entries = [entry for entry in CHOICES if st.checkbox(entry.title, key=f"_pack_{entry.address}")]
        asked = (access.viewer_now(), chosen(), current.warehouse().build.id, tuple(entry.address for entry in entries))
        if st.button("Make the pack"):
            with st.spinner("Making the pack"):
                st.session_state[_MADE] = (asked, _make(entries))
        kept = st.session_state.get(_MADE)
        # What was made for another viewer, with other filters or of another build is not handed out.
        if kept is not None and kept[0] == asked:
            scheme = chosen().scheme
            give("Download the pack", kept[1], "board-pack.pdf", "application/pdf", schemes=[scheme] if scheme else ())


def _make(entries: list[Entry]) -> bytes:
    state = st.session_state
    breakdowns = {entry.address: state[entry.by_key] for entry in entries if state.get(entry.by_key)}
    return board_pack(current.warehouse(), access.viewer_now(), chosen(), entries, breakdowns)
