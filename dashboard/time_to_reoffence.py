"""Curves of how soon people re-offended, group beside group, with how many were still watched beneath."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import access, charts, describe, download, paper, sql_files, tables, words
from dashboard.asking import NotShown, asked
from dashboard.blocks import Block, counted, put
from dashboard.boundary import boundary
from dashboard.by_group import broken_down
from dashboard.filters import chosen
from dashboard.give import give
from queries.figures import LOW_BASE, Figure

Row = dict[str, Any]

TOLD = (6, 12, 24)
"""The months at which the summary gives each group's share."""
EVERY, SHORT = 6, 3
"""Months between the numbers still watched, and where nobody is watched for over two years."""
GROUPS = "groups_of_curve"

NOBODY = (
    "Nobody is in these figures",
    "No one meets what the filters ask for. Choose another scheme, year or people above.",
)
TOO_FEW = (
    "Too few people for a curve",
    f"No group has {LOW_BASE} people, and a curve of fewer says more than is known. Choose all schemes, or a breakdown "
    "with fewer groups, above.",
)
TOO_SOON = (
    "It is too soon for a curve",
    "People have not yet been followed for long enough, or what they did proved. Choose an earlier year above.",
)


NOTES = (
    "– means that nobody could be watched for so long; not reached, that fewer than half had re-offended when the data "
    "end.",
    "The months until half had are read off each line, and their interval off its limits.",
)
WATCHED = (
    "A line says less the fewer are left to watch: somebody is watched until they re-offend, or until the data end."
)


def show_curves(title: str, name: str) -> None:
    """Put the curves on the page: chart, summary, numbers still watched, definition and download."""
    broken_down(title, lambda: _show(title, name))


def _show(title: str, name: str) -> None:
    with boundary(title):
        viewer = access.viewer_now()
        breakdown = chosen().breakdown
        answer = asked(name, by=breakdown, everyone=breakdown == "ppo", all_schemes=breakdown == "ppo")
        if isinstance(answer, NotShown):
            put(Block(title, notice=(answer.title, answer.next_step), headed=True))
            return
        scope, stamp = tuple(describe.scope(answer, viewer)), describe.stamp(answer.build)
        if refused := nothing_to_draw(answer):
            of = (answer.measure,)
            put(Block(title, 2, scope, definitions=of, stamp=stamp, notice=refused, headed=True))
            return
        names, of = _picked(answer), "; ".join(scope[:3])
        summary = summary_table(answer, f"{title}. {of}")
        put(
            Block(
                title,
                2,
                scope,
                sentence(answer),
                chart=charts.curves(answer, names),
                table=summary,
                notes=(*describe.notes(answer), *NOTES),
                counted=counted(answer.measure),
                definitions=(answer.measure,),
                stamp=stamp,
                headed=True,
            )
        )
        _offer(answer, summary, "summary")
        watched = watched_table(answer, f"People still watched, month by month. {of}")
        put(
            Block(
                "How many people each line rests on",
                2,
                scope,
                table=watched,
                notes=(WATCHED,),
                definitions=(answer.measure,),
                stamp=stamp,
            )
        )
        _offer(answer, watched, "watched")


def nothing_to_draw(answer: Figure) -> tuple[str, str] | None:
    """Return why there is no curve, and what to do, where there is none."""
    if answer.frame.is_empty():
        return NOBODY
    if answer.frame["value"].is_not_null().any():
        return None
    return TOO_SOON if set(answer.frame["status"]) == {"immature"} else TOO_FEW


def curves_of(answer: Figure) -> dict[str, list[Row]]:
    """Return the rows of each group's curve by the group's name, month by month."""
    found: dict[str, list[Row]] = {}
    for row in answer.frame.rows(named=True):
        found.setdefault(describe.group(answer, row) or "All together", []).append(row)
    return found


def month_reached(rows: Sequence[Row], key: str = "value") -> int | None:
    """Return the first month by which half had re-offended, None where the curve, or its limit, does not get there."""
    return next((row["months"] for row in rows if row[key] is not None and row[key] >= 0.5), None)


def median_in_words(rows: Sequence[Row]) -> str:
    """Return the month by which half had re-offended, with its interval: from where each limit passes a half."""
    at = month_reached(rows)
    if at is None:
        return "Not reached"
    soonest, latest = month_reached(rows, "upper"), month_reached(rows, "lower")
    if soonest is None:
        return str(at)
    return f"{at} ({soonest} to {latest})" if latest is not None else f"{at} ({soonest} or later)"


def sentence(answer: Figure) -> str:
    """Return by which month half of the people had re-offended, group by group, or how many had at the last."""
    parts = []
    for name, rows in curves_of(answer).items():
        drawn = [row for row in rows if row["value"] is not None]
        if not drawn or name == "Not known":
            continue
        at = month_reached(rows)
        last = drawn[-1]
        whom = f"{name}: half" if answer.by else "Half of the people"
        share = words.value("survival", last["value"])
        if at is not None:
            parts.append(f"{whom} had re-offended within {words.counted(at, 'month', 'months')}")
        else:
            whom = f"{name}: {share}" if answer.by else f"{share} of the people"
            parts.append(f"{whom} had re-offended within {words.counted(last['months'], 'month', 'months')}")
    if len(parts) > charts.MOST_CURVES:
        return f"{'; '.join(parts[: charts.MOST_CURVES])}; and so on."
    return f"{'; '.join(parts)}."


def summary_table(answer: Figure, caption: str) -> tables.Table:
    """Return a row for each group: people, re-offended so far, the month by which half had, and shares by month."""
    rows = []
    for name, curve in curves_of(answer).items():
        by_month = {row["months"]: row for row in curve}
        last = curve[-1]
        count = tables.cell(answer, "denominator", words.count)(last)
        had = tables.cell(answer, "numerator", words.count)(last)
        hidden = all(row["value"] is None for row in curve)
        median = tables.missing(answer, last) if hidden else median_in_words(curve)
        cells = [_share(answer, by_month.get(month)) for month in TOLD]
        rows.append((name, count, had, median, *cells, tables.status(answer, curve[0])))
    return tables.Table(
        caption=caption,
        headings=(
            words.joined([words.breakdown(each) for each in answer.by]),
            "People",
            "Re-offended so far",
            "Months until half had (95% interval)",
            *(f"Within {month} months (95% interval)" for month in TOLD),
            "Status",
        ),
        rows=tuple(rows),
        kinds=("name", *("number",) * (3 + len(TOLD)), "name"),
    )


def _share(answer: Figure, row: Row | None) -> str:
    if row is None:
        return "–"
    value = tables.cell(answer, "value", lambda number: words.value("survival", number), marked=True)(row)
    if row["value"] is None or row["lower"] is None or row["upper"] is None:
        return value
    return f"{value} ({words.interval('survival', row['lower'], row['upper'])})"


def watched_table(answer: Figure, caption: str) -> tables.Table:
    """Return how many people of each group were still watched in the first month and every six after it."""
    curves = curves_of(answer)
    # A board has the months that are published, and no others.
    known = sorted({row["months"] for rows in curves.values() for row in rows})
    every = EVERY if known[-1] > 24 else SHORT
    months = [month for month in known if month == 1 or month % every == 0]
    rows = []
    for name, curve in curves.items():
        by_month = {row["months"]: row for row in curve}
        cells = [
            tables.cell(answer, "at_risk", words.count)(by_month[month]) if month in by_month else "0"
            for month in months
        ]
        rows.append((name, *cells))
    return tables.Table(
        caption=caption,
        headings=(
            words.joined([words.breakdown(each) for each in answer.by]),
            *(f"Month {month}" for month in months),
        ),
        rows=tuple(rows),
        kinds=("name", *("number",) * len(months)),
    )


def _picked(answer: Figure) -> list[str] | None:
    """Return the groups to draw: all of up to five, else those that are picked, at first the five of most people."""
    sizes = {
        name: rows[0]["denominator"]
        for name, rows in curves_of(answer).items()
        if any(row["value"] is not None for row in rows)
    }
    if not answer.by or len(sizes) <= charts.MOST_CURVES:
        return None
    largest = sorted(sizes, key=lambda name: -sizes[name])[: charts.MOST_CURVES]
    first = [name for name in sizes if name in largest]
    if paper.being_made() is not None:
        return first
    key = f"{GROUPS}_{answer.by[-1]}"
    if not set(st.session_state.get(key, ())) <= set(sizes):
        del st.session_state[key]
    return st.multiselect(
        f"Groups in the chart (up to {charts.MOST_CURVES}; the tables have all)",
        list(sizes),
        first,
        max_selections=charts.MOST_CURVES,
        key=key,
    )


def _offer(answer: Figure, shown: tables.Table, what: str) -> None:
    viewer = access.viewer_now()
    name, data = download.bundle(answer, shown, viewer, ran=sql_files.of_figure(answer, viewer))
    titles = {"summary": "Download: time to re-offence", "watched": "Download: people still watched"}
    give(
        f"{titles[what]} (CSV with notes)",
        data,
        name.replace(".zip", f"_{what}.zip"),
        schemes=[answer.where["scheme"]] if "scheme" in answer.where else (),
        key=f"download_{what}",
    )
