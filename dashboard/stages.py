"""The stages of a case side by side: one row per stage, from arrest to sentence."""

from html import escape

import streamlit as st

from dashboard import access, charts, describe, download, tables, words
from dashboard.asking import asked
from dashboard.boundary import boundary, notice
from dashboard.give import give
from queries.figures import Figure

STAGES = (
    "offence_to_arrest_days",
    "arrest_to_charge_days",
    "charge_to_first_hearing_days",
    "first_hearing_to_sentence_days",
    "offence_to_sentence_days",
)
"""In the order of a case, the whole last."""


def show_stages(title: str) -> None:
    """Put the stages of a case on the page: the chart, one table, each definition, the stamp and the download."""
    with boundary(title):
        viewer = access.viewer_now()
        answers = [asked(name) for name in STAGES]
        figures = [answer for answer in answers if isinstance(answer, Figure) and not answer.frame.is_empty()]
        if not figures:
            st.html(f"<h2>{escape(title)}</h2>")
            notice("There are no stages to show", "Choose another scheme, year or people above.", level=3)
            return
        scope = describe.scope(figures[0], viewer)
        caption = f"{title}. {'; '.join(scope[:3])}"
        shown = _table(figures, caption)
        st.html(
            f"<h2>{escape(title)}</h2><p class='scope'>{escape(' · '.join(scope))}</p>"
            f"<p class='takeaway'>{escape(_longest(figures))}</p>"
        )
        if chart := charts.stages(figures):
            st.altair_chart(chart.chart, alt=chart.alt, width="stretch")
        notes = [*describe.notes(figures[0]), "Medians of stages do not add up to the median of the whole."]
        items = "".join(f"<li>{escape(each)}</li>" for each in notes)
        st.html(
            tables.html(shown)
            + f"<div class='notes'><ul>{items}</ul></div>"
            + describe.definitions_html([figure.measure for figure in figures])
            + f"<p class='stamp'>{escape(describe.stamp(figures[0].build))}</p>"
        )
        files = {"table.csv": download.table_csv(shown)}
        for figure in figures:
            files[f"{figure.measure.id}.csv"] = download.figure_csv(figure)
            files[f"{figure.measure.id}_notes.txt"] = download.notes_text(figure, viewer, shown)
        give(
            "Download: the stages of a case (CSV with notes)",
            download.archive(files),
            f"stages_{(figures[0].period or '').replace('/', '-')}.zip",
            schemes=[figures[0].where["scheme"]] if "scheme" in figures[0].where else (),
        )


def _table(figures: list[Figure], caption: str) -> tables.Table:
    made = [(figure, tables.table(figure, caption)) for figure in figures]
    return tables.Table(
        caption=caption,
        headings=("Stage", *made[0][1].headings[1:]),
        rows=tuple((figure.measure.short, *table.rows[0][1:]) for figure, table in made),
        kinds=made[0][1].kinds,
        apart=(len(made) - 1,) if len(made) == len(STAGES) else (),
    )


def _longest(figures: list[Figure]) -> str:
    """Return which stage has the longest median, as long as two can be compared."""
    medians = [
        (figure.frame["median"][0], figure.measure.short)
        for figure in figures
        if figure.measure.id != STAGES[-1] and figure.frame["median"][0] is not None
    ]
    if len(medians) < 2:
        return "Too few cases to say which stage takes longest."
    days, stage = max(medians)
    return f"The stage with the longest median is {words.lower_first(stage)}: half took {words.days(days)} or less."
