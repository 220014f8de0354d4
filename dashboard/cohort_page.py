"""The cohort page: a cohort put together, measured, compared, explained by its SQL, saved, and taken away."""

from dataclasses import replace
from html import escape

import streamlit as st

from dashboard import (
    access,
    charts,
    cohort_beside,
    cohort_choices,
    cohort_files,
    current,
    describe,
    profile,
    tables,
    takeaway,
)
from dashboard.blocks import put_chart
from dashboard.boundary import boundary, notice
from dashboard.charts import Drawn
from dashboard.cohort_address import Asked, as_query
from dashboard.cohort_choices import PREFIX, TITLES
from dashboard.cohort_saved import show_saved
from dashboard.give import give
from dashboard.heading import heading
from dashboard.kept import kept_figure
from dashboard.show import beneath
from queries import cohort
from queries.cohort import Selection
from queries.figures import LEADING, Figure, concerned
from queries.when import UnknownPeriod

MOST_ROWS = 100
"""Rows about single people on the page; the file has them all."""
MOST_GROUPS = 24
"""Groups in a chart; of more there is the table alone."""

LEAD = (
    "Put together a group of people, see how many they are as you go, and measure them. Everything chosen is in the "
    "address of this page: to share it, send the address."
)
FOR_ANALYSTS = (
    "Cohorts are for analysts",
    "Here groups can be made as small as one person, so this page is not open to board members or scheme managers. The "
    "pages on re-offending, justice and the caseload have the figures for your role; ask the analyst for another one.",
)


def show_cohort(title: str) -> None:
    """Put the whole page on: refused, with the reason, to anybody but an analyst."""
    with boundary(title):
        viewer = access.viewer_now()
        if not viewer.sees_units:
            heading(title, LEAD, ["none"])
            access.record_denied(page="cohort", reason="not_permitted")
            notice(*FOR_ANALYSTS)
            return
        st.html(f"<h1>{escape(title)}</h1><p class='lead'>{escape(LEAD)}</p>")
        asked = cohort_choices.show_choices()
        build = current.warehouse().build
        of = [f"{TITLES[each]}: {text}" for each, text in said(asked).items()]
        st.html(
            f"<p class='paper'>{escape('. '.join(of))}. Shown to {escape(access.role_in_words())}. "
            f"{escape(describe.stamp(build))}</p>"
        )
        st.button("Start again", on_click=cohort_choices.start_again)
        asked = show_saved(asked, "Saved cohorts")
        _show_figures(asked)


def said(asked: Asked) -> dict[str, str]:
    """Return who each cohort is of, in words."""
    return {name: "; ".join(describe.filters(chosen.where)) or "Everybody" for name, chosen in asked.cohorts.items()}


def figure_of(asked: Asked, chosen: Selection) -> Figure:
    """Return the figure of one of the cohorts, by the same road as every other."""
    return kept_figure(
        current.warehouse(),
        access.viewer_now(),
        asked.measure,
        asked.by,
        chosen.where,
        chosen.period,
        chosen.as_at,
        chosen.years,
    )


def _show_figures(asked: Asked) -> None:
    try:
        figures = [figure_of(asked, chosen) for chosen in asked.cohorts.values()]
    except UnknownPeriod:
        st.html("<h2>The figures</h2>")
        notice("There is nothing for that time", "Choose another year or date above.", level=3)
        return
    st.html(f"<h2>{escape(figures[0].measure.title)}</h2>")
    if len(figures) == 1:
        _show_one(asked, figures[0])
    else:
        cohort_beside.show_beside(asked, *figures)
    _show_sql(asked)
    _show_rows(asked)


def _show_one(asked: Asked, a: Figure) -> None:
    scope = describe.scope(a, access.viewer_now())
    sentence = profile.sentence_of(a) if a.measure.kind == "table" else takeaway.takeaway(a)
    st.html(
        f"<p class='scope'>{escape(' · '.join(scope))}</p>"
        + (f"<p class='takeaway'>{escape(sentence)}</p>" if sentence else "")
    )
    if a.frame.is_empty():
        notice(
            "Nobody is in this group",
            "No one meets every choice above at that time. Take one away, or choose another time.",
            level=3,
        )
        st.html(f"{describe.definition_html(a.measure)}<p class='stamp'>{escape(describe.stamp(a.build))}</p>")
        return
    if (drawn := chart_of(a)) is not None:
        put_chart(drawn)
    shown = table_of(a, f"{a.measure.title}. {'; '.join(scope[:-2])}")
    st.html(tables.html(shown) + beneath(a, shown))
    data = cohort_files.bundle(asked, [a], shown, as_query(asked))
    give("Download: figures and SQL (CSV with notes)", data, f"cohort_{asked.measure}.zip", key="download_cohort")


def chart_of(a: Figure) -> Drawn | None:
    """Return the chart that a figure of any kind is best read from, or None where a table says it better."""
    kind = a.measure.kind
    if kind == "survival":
        return charts.curves(a) if a.by else charts.curve(a)
    if kind in LEADING:
        draw = {"timeline": charts.timeline, "concentration": charts.concentration}.get(kind)
        return draw(a) if draw and not a.by else None
    if not a.by or a.frame.height > MOST_GROUPS:
        return None
    return charts.over_time(a) if a.by in (("period",), ("month",)) else charts.groups(a)


def table_of(a: Figure, caption: str) -> tables.Table:
    """Return the table of a figure of any kind."""
    return profile.whole_table(a, caption) if a.measure.kind == "table" else tables.table(a, caption)


def _show_sql(asked: Asked) -> None:
    viewer, warehouse = access.viewer_now(), current.warehouse()
    parts = []
    for name, chosen in asked.cohorts.items():
        ran = cohort.statement(warehouse, viewer, asked.measure, chosen, asked.by)
        parts.append((f"{TITLES[name]}: the query that ran", ran))
    units = cohort.unit_query(viewer, asked.measure)
    parts.append(("The query that made its rows: one row per unit, with every breakdown", units))
    blocks = "".join(
        f"<details class='definition query'><summary>{escape(head)}</summary>"
        f"<pre tabindex='0'><code>{escape(text)}</code></pre></details>"
        for head, text in parts
    )
    st.html(
        "<h2>The SQL</h2><p>It can be pasted into the DuckDB shell on the warehouse of this build. After it, only "
        "values on too few people, and of years that are too recent, are left out.</p>" + blocks
    )


_ROWS_SEEN = "_cohort_rows_seen"


def _show_rows(asked: Asked) -> None:
    st.html("<h2>The rows</h2>")
    wanted = st.checkbox(
        "Show the rows about single people that cohort A's figures are added up from", key=f"{PREFIX}rows"
    )
    if not wanted:
        st.session_state.pop(_ROWS_SEEN, None)
        st.html("<p>People have numbers here, never names. Showing the rows, and taking them, is logged.</p>")
        return
    build = current.warehouse().build
    found = cohort.rows(current.warehouse(), access.viewer_now(), asked.measure, asked.a, asked.by)
    question = (build.id, as_query(replace(asked, b=None)))
    about = concerned(current.warehouse(), asked.a.where)
    if st.session_state.get(_ROWS_SEEN) != question:
        # Logged before they are shown: what cannot be logged is not shown.
        access.record(
            "units",
            schemes=about,
            measure=asked.measure,
            filters=" ".join(sorted(asked.a.where)),
            period=asked.a.as_at.isoformat() if asked.a.as_at else asked.a.period or "latest",
            rows=found.frame.height,
        )
        st.session_state[_ROWS_SEEN] = question
    shown = cohort_files.rows_table(found, MOST_ROWS)
    st.html(
        tables.html(shown)
        + describe.definition_html(found.measure)
        + f"<p class='stamp'>{escape(describe.stamp(build))}</p>"
    )
    data = cohort_files.rows_bundle(asked, found, said(asked)["a"], build)
    name = f"rows_{asked.measure}.zip"
    give("Download: rows and SQL (CSV with notes)", data, name, schemes=about, key="download_rows")
