"""The data-quality page: files, rules, links and checks. Counts only, never a value from a row."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, current, describe, download, tables, words
from dashboard.boundary import boundary, notice
from dashboard.give import give
from queries import quality

Row = dict[str, Any]


def show_files(title: str) -> None:
    """Put every file on the page: rows read, accepted, set aside and repeated, and the dates it covers."""

    def adds_up(row: Row) -> str:
        whole = row["accepted"] + row["quarantined"] + row["duplicates"]
        return "Yes" if row["rows_read"] == whole else f"No: {words.count(row['rows_read'] - whole)} unaccounted for"

    _show(
        title,
        "Every row read is accepted, set aside with a reason, or an exact repeat of another.",
        quality.files(current.warehouse()).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Rows read", lambda row: words.count(row["rows_read"]), "number"),
            ("Accepted", lambda row: words.count(row["accepted"]), "number"),
            ("Set aside", lambda row: words.count(row["quarantined"]), "number"),
            ("Repeats", lambda row: words.count(row["duplicates"]), "number"),
            ("Adds up", adds_up, "name"),
            ("Values emptied", lambda row: words.count(row["nulled"]), "number"),
            ("Values repaired", lambda row: words.count(row["repaired"]), "number"),
            (
                "Covered from",
                lambda row: words.day(row["covered_from"]) if row["covered_from"] else "Not stated",
                "name",
            ),
            ("Covered to", lambda row: words.day(row["covered_to"]) if row["covered_to"] else "Not stated", "name"),
        ],
        "No files have been taken in.",
    )


def show_rules(title: str) -> None:
    """Put every rule that some row broke on the page."""
    _show(
        title,
        "A row that breaks a rule is set aside; a value that does is emptied and the row kept.",
        quality.rules(current.warehouse()).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Rule", lambda row: words.sentence(str(row["rule"]).replace("_", " ")), "name"),
            ("Column", lambda row: row["column_name"] or "Whole row", "name"),
            (
                "What happens",
                lambda row: {"row": "Row set aside", "field": "Value emptied"}[row["severity"]],
                "name",
            ),
            ("Rows", lambda row: words.count(row["rows"]), "number"),
        ],
        "No row broke a rule.",
    )


def show_links(title: str) -> None:
    """Put on the page how many records were tied to a person, by which rule, and how many contradict themselves."""
    warehouse = current.warehouse()
    _show(
        title,
        "How many records of each file were tied to a person, and by what.",
        quality.links(warehouse).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Linked by", lambda row: words.sentence(str(row["rule"]).replace("_", " ")), "name"),
            ("Records", lambda row: words.count(row["records"]), "number"),
        ],
        "No records were linked.",
    )
    _show(
        "Identifiers that the rest of the record contradicts",
        "These records were not linked by that identifier.",
        quality.conflicts(warehouse).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Identifier", lambda row: str(row["identifier"]), "name"),
            ("Records", lambda row: words.count(row["records"]), "number"),
        ],
        "No record contradicts its identifier.",
        level=3,
    )


def show_checks(title: str) -> None:
    """Put every check on the page, with how many rows it found and whether any would stop publication."""
    _show(
        title,
        "A check is a question whose every answer is a problem.",
        quality.checks(current.warehouse()).rows(named=True),
        [
            ("Check", lambda row: str(row["title"]), "words"),
            (
                "If it finds something",
                lambda row: {"hard": "Nothing is published"}.get(row["severity"], "It is said here"),
                "name",
            ),
            ("Found", lambda row: words.count(row["rows"]), "number"),
        ],
        "There are no checks.",
    )


def _show(
    title: str,
    lead: str,
    rows: Sequence[Row],
    columns: Sequence[tuple[str, Callable[[Row], str], str]],
    empty: str,
    level: int = 2,
) -> None:
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
