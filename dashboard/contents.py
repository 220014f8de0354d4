"""The list of what is on a long page, at its head or beneath its answers: each a link to its place."""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

import streamlit as st

FEWEST = 3
"""A page with fewer figures than this needs no list of them."""

_KEY = "_contents"


@dataclass
class Contents:
    """The place of the list on this run's page, and what has been put on the page so far."""

    place: Any
    titles: dict[str, str] = field(default_factory=dict)


def begin() -> None:
    """Keep a place for the list where the page is now: what comes after it is listed."""
    st.session_state[_KEY] = Contents(st.empty())


def put_off() -> None:
    """List nothing of this run's page until `begin`."""
    st.session_state[_KEY] = None


def add(title: str) -> str:
    """Note that something with this title stands here, and return the name of its place, to link to."""
    anchor = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    kept: Contents | None = st.session_state.get(_KEY)
    if kept is None or not title or anchor in kept.titles:
        return anchor
    kept.titles[anchor] = title
    if len(kept.titles) >= FEWEST:
        links = "".join(f'<li><a href="#{name}">{escape(words)}</a></li>' for name, words in kept.titles.items())
        kept.place.html(f'<nav class="contents" aria-label="On this page"><p>On this page</p><ul>{links}</ul></nav>')
    return anchor
