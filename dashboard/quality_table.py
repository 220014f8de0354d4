"""One table of the data-quality page: counts only, never a value from a row, with its download."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, current, describe, download, tables, words
from dashboard.boundary import boundary, notice
from dashboard.give import give

Row = dict[str, Any]
Column = tuple[str, Callable[[Row], str], str]
"""A heading, what is written of a row under it, and the kind of cell."""


def show_table(
    title: str,
    lead: str,
    rows: Sequence[Row],
    columns: Sequence[Column],
    empty: str,
    level: int = 2,
) -> None:
    """Put a table on the page: its heading, what it says, the rows, and a file of it; or a notice when it is empty."""
    with boundary(title, level + 1):
        access.viewer_now()
        st.html(f"<h{level}>{escape(title)}</h{level}><p>{escape(lead)}</p>")
        stamp = describe.stamp(current.warehouse().build)
        if not rows:
            notice(empty, level=level + 1)
            return
        shown = tables.Table(
            caption=title,
            headings=tuple(heading for heading, _, _ in columns),
            rows=tuple(tuple(write(row) for _, write, _ in columns) for row in rows),
            kinds=tuple(kind for _, _, kind in columns),
        )
        st.html(tables.html(shown) + f'<p class="stamp">{escape(stamp)}</p>')
        name = title.lower().replace(" ", "_")
        data = download.archive(
            {"table.csv": download.table_csv(shown), "notes.txt": f"{title}\r\n{lead}\r\n{stamp}\r\n"}
        )
        give(f"Download: {words.lower_first(title)} (CSV with notes)", data, f"{name}.zip")
