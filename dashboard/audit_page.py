"""The audit page: the lines about a manager's schemes, and the lines about whoever is looking."""

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, current, sign_in, tables, words
from dashboard.boundary import boundary
from dashboard.kept import kept_schemes
from queries import audit
from queries.catalogue import measures
from queries.dimensions import DIMENSIONS
from queries.scope import Viewer

MOST = 500
"""Lines on the page; `ppo audit` has them all."""

ABOUT = {
    "page": "page",
    "measure": "measure",
    "by": "broken down by",
    "filters": "filters",
    "section": "section",
    "field": "field",
    "decision": "decision",
    "period": "period",
    "as_at": "as at",
    "file": "file",
    "release": "release",
    "rows": "rows",
    "people": "people",
    "version": "version",
}
"""What a line says of its event that a page shows, in words."""

REASON = {
    "unknown": "no role here",
    "revoked": "role taken back",
    "no_name": "no name from the provider",
    "address_not_verified": "address not verified",
    "more_than_one_role": "more than one role",
    "no_schemes": "no schemes",
    "another_issuer": "another provider",
    "file_not_offered": "file offered to somebody else",
    "not_permitted": "not for this role",
    "not_available": "not for this role, or not there",
}


def show_lines(title: str, level: int = 2) -> None:
    """Put the latest lines that the viewer may read on the page, newest first."""
    with boundary(title, level + 1):
        viewer = access.viewer_now()
        lines = audit.lines_of(sign_in.store(), viewer.subject, viewer.schemes, MOST)
        st.html(f"<h{level}>{escape(title)}</h{level}>")
        known = kept_schemes(current.warehouse(), Viewer.analyst())
        names = dict(zip(known["scheme"], known["name"], strict=True))
        rows = tuple(_row(line, names) for line in lines) or (("None yet", "", "", "", "", ""),)
        shown = tables.Table(
            caption=f"{title}: {words.counted(len(lines), 'line', 'lines')}",
            headings=("When (UTC)", "Who", "As", "What", "Schemes", "About"),
            rows=rows,
            kinds=("name", "name", "name", "name", "name", "words"),
        )
        st.html(tables.html(shown))


def _row(line: dict[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    at = datetime.fromisoformat(line["at"])
    return (
        f"{words.day(at.date())}, {at:%H:%M}",
        line["who"],
        line["role"].capitalize(),
        audit.EVENTS[line["event"]],
        # A scheme that a later build no longer has keeps its id.
        ", ".join(names.get(scheme, scheme) for scheme in line["schemes"]),
        about(line["about"]),
    )


def about(said: Mapping[str, Any]) -> str:
    """Return what a line says of its event: measures, breakdowns and days by their names, anything else as it is."""
    parts = [str(REASON.get(said["reason"], said["reason"]))] if "reason" in said else []
    parts += [
        f"{title}: {_named(key, str(said[key]))}" for key, title in ABOUT.items() if said.get(key) not in (None, "")
    ]
    return "; ".join(parts)


def _named(key: str, text: str) -> str:
    if key == "measure" and text in measures():
        return words.lower_first(measures()[text].title)
    if key in ("by", "filters"):
        return words.joined([words.lower_first(DIMENSIONS[n].title) if n in DIMENSIONS else n for n in text.split()])
    if key in ("as_at", "period"):
        try:
            return words.day(date.fromisoformat(text))
        except ValueError:
            return text
    return text
