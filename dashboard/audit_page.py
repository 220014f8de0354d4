"""The audit page: the lines about a manager's schemes, and the lines about whoever is looking."""

from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, sign_in, tables, words
from dashboard.boundary import boundary
from queries import audit

MOST = 500
"""Lines on the page; `ppo audit` has them all."""

ABOUT = {
    "page": "page",
    "measure": "measure",
    "by": "by",
    "filters": "filtered on",
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
        rows = tuple(_row(line) for line in lines) or (("None yet", "", "", "", "", ""),)
        shown = tables.Table(
            caption=f"{title}: {words.counted(len(lines), 'line', 'lines')}",
            headings=("When (UTC)", "Who", "As", "What", "Schemes", "About"),
            rows=rows,
            kinds=("name", "name", "name", "name", "name", "words"),
        )
        st.html(tables.html(shown))


def _row(line: dict[str, Any]) -> tuple[str, ...]:
    at = datetime.fromisoformat(line["at"])
    return (
        f"{words.day(at.date())}, {at:%H:%M}",
        line["who"],
        line["role"].capitalize(),
        audit.EVENTS[line["event"]],
        ", ".join(line["schemes"]),
        _about(line["about"]),
    )


def _about(about: dict[str, Any]) -> str:
    said = [str(REASON.get(about["reason"], about["reason"]))] if "reason" in about else []
    said += [f"{words_for} {about[key]}" for key, words_for in ABOUT.items() if about.get(key) not in (None, "")]
    return "; ".join(said)
