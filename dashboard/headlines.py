"""The board's headline measures: one row each, with the year before and the national figure beside it."""

from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, describe, download, server, tables, takeaway, words
from dashboard.asking import Answer, NotShown, asked
from dashboard.boundary import boundary
from queries import quality
from queries.figures import Figure

MEASURES = (
    "reoffending_rate",
    "reoffences_per_reoffender",
    "share_of_reoffences",
    "arrest_to_sentence_days",
    "custody_share",
    "caseload",
)
HEADINGS = ("Measure", "When", "Figure", "How many", "95% interval", "Year before", "What changed", "National")


@dataclass(frozen=True)
class Headline:
    """One measure's last final figure, in words, with what stands beside it."""

    answer: Answer
    cells: tuple[str, ...]


def headlines() -> list[Headline]:
    """Return the headline measures for the scheme and people that the filters are set to."""
    return [_headline(name) for name in MEASURES]


def _headline(name: str) -> Headline:
    answer = _over_time(name)
    title = answer.measure.title
    if isinstance(answer, NotShown):
        return Headline(answer, (title, "", "Not published", "", "", "", answer.title, ""))
    latest = takeaway.latest_label(answer) if not answer.frame.is_empty() else None
    if latest is None:
        return Headline(answer, (title, "No final year yet", "[x]", "", "", "", "", ""))
    dimension = answer.by[0]
    rows = {row[dimension]: row for row in answer.frame.rows(named=True)}
    row, before = rows[latest], rows.get(takeaway.year_before(dimension, latest))
    kind = answer.measure.kind
    when = words.label(dimension, latest)
    return Headline(
        answer,
        (
            title,
            f"End of {when}" if dimension == "month" else when,
            tables.cell(answer, "value", lambda number: words.value(kind, number))(row),
            _how_many(answer, row),
            "Everybody is counted" if kind == "stock" else tables.interval(answer).write(row),
            tables.cell(answer, "value", lambda number: words.value(kind, number))(before) if before else "None",
            takeaway.change(answer, before, row) if before else "There is no earlier year to compare.",
            _national(answer, latest),
        ),
    )


def _over_time(name: str) -> Answer:
    return asked(name, over="month" if name in ("custody_share", "caseload") else "period")


def _how_many(figure: Figure, row: dict[str, Any]) -> str:
    if row["denominator"] is None:
        return "" if figure.measure.kind == "stock" else tables.missing(figure, row)
    return takeaway.counts(figure, row)


def _national(figure: Figure, period: str) -> str:
    """Return the published national figure of the same period, which is about PPOs, and its source."""
    if figure.where.get("ppo", "yes") != "yes":
        return ""
    published = quality.national(server.warehouse(), figure.measure.id)
    found = [row for row in published.rows(named=True) if row["period"] == period]
    if not found:
        return "None published"
    kind, value = figure.measure.kind, float(found[0]["value"])
    as_share = value / 100 if kind in words.PERCENTAGES and str(found[0]["unit"]).startswith("percent") else value
    return f"{words.value(kind, as_share)} ({found[0]['source']})"


def show_headlines(title: str) -> None:
    """Put the headline measures on the page: the table, each definition, the stamp and the download."""
    with boundary(title):
        viewer = access.viewer_now()
        made = headlines()
        figures = [each.answer for each in made if isinstance(each.answer, Figure)]
        caption = "Headline measures: the last final figure of each"
        shown = tables.Table(
            caption=caption,
            headings=HEADINGS,
            rows=tuple(each.cells for each in made),
            kinds=("name", "name", "number", "words", "name", "number", "words", "name"),
        )
        scope = describe.scope(figures[0], viewer) if figures else []
        st.html(f"<h2>{escape(title)}</h2><p class='scope'>{escape(' · '.join(scope[:2]))}</p>")
        legend = "".join(f"<li>{mark} {escape(words.MEANING[mark])}.</li>" for mark in shown.shorthand)
        st.html(
            tables.html(shown)
            + (f'<div class="legend"><ul>{legend}</ul></div>' if legend else "")
            + "".join(describe.definition_html(each.answer.measure) for each in made)
            + f'<p class="stamp">{escape(describe.stamp(server.warehouse().build))}</p>'
        )
        notes = "\r\n".join(
            [caption, "; ".join(scope[:2]), describe.stamp(server.warehouse().build), ""]
            + [f"{heading}: {text}" for each in made for heading, text in describe.definition(each.answer.measure)]
        )
        data = download.archive({"table.csv": download.table_csv(shown), "notes.txt": notes})
        st.download_button(
            "Download: headline measures (CSV with notes)", data, "headlines.zip", "application/zip", on_click="ignore"
        )
