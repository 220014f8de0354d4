"""The board's headline measures: one row each, with the year before and the national figure beside it."""

from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import access, current, describe, download, tables, takeaway, words
from dashboard.asking import Answer, NotShown, asked
from dashboard.boundary import boundary
from dashboard.filters import chosen
from dashboard.give import give
from queries import quality
from queries.catalogue import measure
from queries.figures import Figure

MEASURES = (
    "reoffending_rate",
    "reoffences_per_reoffender",
    "share_of_reoffences",
    "arrest_to_sentence_days",
    "custody_share",
    "caseload",
)
HEADINGS = ("Measure", "When", "Figure", "How many", "95% interval", "Compared with the year before", "National")


NO_NATIONAL = "None"
Row = takeaway.Row


@dataclass(frozen=True)
class Headline:
    """One measure's last final figure, in words, with what stands beside it."""

    answer: Answer
    cells: tuple[str, ...]


def headlines() -> list[Headline]:
    """Return the headline measures for the scheme and people that the filters are set to."""
    return [_headline(name) for name in MEASURES]


def _headline(name: str) -> Headline:
    answer = asked(name, over="month" if measure(name).at_month_end else "period")
    title = answer.measure.title
    if isinstance(answer, NotShown):
        return Headline(answer, (title, "", "Not shown", "", "", f"{answer.title}.", NO_NATIONAL))
    label = _label(answer)
    if label is None:
        return Headline(answer, (title, "No final year yet", "[x]", "[x]", "[x]", "Too soon to say.", NO_NATIONAL))
    dimension, kind = answer.by[0], answer.measure.kind
    rows = {row[dimension]: row for row in answer.frame.rows(named=True)}
    row, before = rows[label], rows.get(takeaway.year_before(dimension, label))
    when = words.label(dimension, label)
    return Headline(
        answer,
        (
            title,
            f"End of {when}" if dimension == "month" else when,
            tables.cell(answer, "value", lambda number: words.value(kind, number))(row),
            _how_many(answer, row),
            "Everybody is counted" if kind == "stock" else tables.interval(answer).write(row),
            takeaway.change(answer, before, row) if before else "There is no earlier year to compare.",
            _national(answer, label),
        ),
    )


def _label(answer: Figure) -> str | None:
    """Return the period or month of a headline: the month chosen, else the last one that can be compared.

    Published months are the ends of quarters and the latest, which may have none a year before it.
    """
    latest = takeaway.latest_label(answer)
    if answer.by[0] == "period" or latest is None:
        return latest
    months = set(answer.frame["month"])
    if (as_at := chosen().as_at) is not None and f"{as_at:%Y-%m}" in months:
        return f"{as_at:%Y-%m}"
    return max((month for month in months if takeaway.year_before("month", month) in months), default=latest)


def _how_many(figure: Figure, row: Row) -> str:
    if row["denominator"] is None:
        return "Everybody" if figure.measure.kind == "stock" else tables.missing(figure, row)
    return takeaway.counts(figure, row)


def _national(figure: Figure, period: str) -> str:
    found = _published(figure, period)
    if found is None:
        return NO_NATIONAL
    kind, value = figure.measure.kind, float(found["value"])
    in_percent = kind in words.PERCENTAGES and str(found["unit"]).startswith("percent")
    return words.value(kind, value / 100 if in_percent else value)


def _published(figure: Figure, period: str) -> Row | None:
    """Return the published national figure of the same period, if there is one; those published are about PPOs."""
    if figure.where.get("ppo", "yes") != "yes":
        return None
    published = quality.national(current.warehouse(), figure.measure.id).rows(named=True)
    return next((row for row in published if row["period"] == period), None)


def _sources(made: list[Headline]) -> list[str]:
    """Return where the national figures beside the headlines were published."""
    found = [
        _published(each.answer, label)
        for each in made
        if isinstance(each.answer, Figure) and (label := _label(each.answer)) is not None
    ]
    sources = dict.fromkeys(str(row["source"]).removesuffix(".") for row in found if row is not None)
    return [f"National figures are for England and Wales: {source}." for source in sources]


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
            kinds=("name", "name", "number", "name", "name", "words", "name"),
        )
        scope = describe.scope(figures[0], viewer) if figures else []
        st.html(f"<h2>{escape(title)}</h2><p class='scope'>{escape(' · '.join(scope[:2]))}</p>")
        said = [*_sources(made), *(f"{mark} {words.MEANING[mark]}." for mark in shown.shorthand)]
        legend = "".join(f"<li>{escape(each)}</li>" for each in said)
        st.html(
            f'<div class="headlines">{tables.html(shown)}</div>'
            + (f'<div class="legend"><ul>{legend}</ul></div>' if legend else "")
            + describe.definitions_html([each.answer.measure for each in made])
            + f'<p class="stamp">{escape(describe.stamp(current.warehouse().build))}</p>'
        )
        notes = "\r\n".join(
            [caption, "; ".join(scope[:2]), describe.stamp(current.warehouse().build), *said, ""]
            + [f"{heading}: {text}" for each in made for heading, text in describe.definition(each.answer.measure)]
        )
        data = download.archive({"table.csv": download.table_csv(shown), "notes.txt": notes})
        scheme = chosen().scheme
        give("Download: headline measures (CSV with notes)", data, "headlines.zip", schemes=[scheme] if scheme else ())
