"""A file to take away: the one way in which any page offers one."""

from collections.abc import Collection

import streamlit as st

from dashboard import access, offered, paper


def give(
    label: str,
    data: bytes,
    name: str,
    kind: str = "application/zip",
    *,
    schemes: Collection[str] = (),
    key: str | None = None,
) -> None:
    """Put a button on the page that gives a file to whoever is looking, and to nobody else.

    `schemes` are those that the file is about, whose managers may read in the audit log that it was taken. The server
    writes that line when the file goes, and lets it go only to somebody it was offered to.
    """
    if paper.being_made() is not None:
        return
    viewer = access.viewer_now()
    offered.note(data, name, frozenset(schemes) or viewer.schemes, viewer)
    # "ignore": taking a file changes nothing on the page.
    st.download_button(label, data, name, kind, key=key, on_click="ignore")
