"""Schemes and years beside the whole, with the limits that chance alone would seldom pass."""

from html import escape
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboard import access, charts, current, describe, download, sql_files, style, tables, words
from dashboard.blocks import put_chart
from dashboard.boundary import NOT_PUBLISHED, boundary, notice
from dashboard.filters import chosen
from dashboard.give import give
from queries.catalogue import Measure, measure
from queries.compare import Compared, control, funnel
from queries.scope import NotPermitted, Viewer
from queries.when import UnknownPeriod

JUDGED = {
    "within": "In line with the whole: chance alone could explain it",
    "above": "Higher: outside the inner limits, as 1 in 20 would be by chance alone, above or below them",
    "below": "Lower: outside the inner limits, as 1 in 20 would be by chance alone, above or below them",
    "far_above": "Much higher: outside the outer limits, as 2 in 1,000 would be by chance alone, above or below them",
    "far_below": "Much lower: outside the outer limits, as 2 in 1,000 would be by chance alone, above or below them",
    "too_few": "Too few people to say",
}
"""What is said of a group, by how it stands to its limits: each leaves out as many above as below."""


HOW = {
    "scheme": "How to read it: each dot is a scheme. The further right it is, the more people it has; the higher, the "
    "more of them re-offended. The level line is the rate of all schemes together. The lines around it are how far a "
    "scheme of that size would stray by chance alone: far, if it has few people, which gives the funnel its shape. "
    "Inside them there is nothing to explain; outside, a scheme is worth asking about.",
    "period": "How to read it: each dot is a year. The level line is the rate of all the years together, and the lines "
    "around it are how far a year with so many people would stray by chance alone. Ups and downs inside them need no "
    "explanation; a year outside them, or many years in a row on one side, is worth asking about.",
}
"""What somebody who has never seen such a chart needs to know, by what its dots are."""


def show_funnel(title: str, name: str) -> None:
    """Put every scheme on the page beside the limits for its size: a funnel, never a league table."""
    choice = chosen()
    _show(title, measure(name), lambda: funnel(*_who(), name, _where(name), choice.period), _funnel_chart)


def show_control(title: str, name: str) -> None:
    """Put every final year on the page beside the limits around all of them pooled."""
    where = _where(name) | ({"scheme": scheme} if (scheme := chosen().scheme) else {})
    _show(title, measure(name), lambda: control(*_who(), name, where), _control_chart)


def _who() -> tuple[current.Warehouse, Any]:
    return current.warehouse(), access.viewer_now()


def _where(name: str) -> dict[str, str]:
    # A scheme's figures are published of PPOs alone.
    return {"ppo": "yes"} if "ppo" not in measure(name).not_applicable else {}


def _show(title: str, about: Measure, ask: Any, draw: Any) -> None:
    with boundary(title):
        viewer = access.viewer_now()
        st.html(f"<h2>{escape(title)}</h2>")
        try:
            found: Compared = ask()
        except (NotPermitted, UnknownPeriod):
            notice(*NOT_PUBLISHED, level=3)
            return
        if found.centre is None:
            notice("There is nothing to compare", "Too few people are in these figures, or none is final.", level=3)
            return
        scope = describe.scope(found.figure, viewer)
        shown = table(found, f"{title}. {'; '.join(scope[:3])}")
        st.html(f"<p class='scope'>{escape(' · '.join(scope))}</p><p class='takeaway'>{escape(sentence(found))}</p>")
        st.html(f"<p>{escape(HOW[found.dimension])}</p>")
        drawn = draw(found)
        put_chart(drawn)
        notes = [
            "If all had the rate of the whole, 95 in 100 would be within the inner limits (dashed) and 998 in 1,000 "
            "within the outer. Where there are many, a few are outside by chance.",
            "A group outside its limits is one to ask about, not one to blame: groups differ in whom they work with.",
        ]
        if found.withheld:
            notes.append(f"[c] {words.counted(len(found.withheld), 'group is', 'groups are')} not shown.")
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
        st.html(
            tables.html(shown)
            + f"<div class='notes'><ul>{items}</ul></div>"
            + describe.definition_html(about)
            + f"<p class='stamp'>{escape(describe.stamp(found.figure.build))}</p>"
        )
        own = [scheme] if (scheme := found.figure.where.get("scheme")) else []
        name, data = download.bundle(
            found.figure, shown, viewer, data=data_of(found), notes=notes, ran=_sql_files(found, viewer)
        )
        give(f"Download: {words.lower_first(title)} (CSV with notes)", data, name, schemes=own)


def data_of(found: Compared) -> tuple[list[str], list[list[Any]]]:
    """Return the headings and the rows behind the table, unrounded; of too few people, their counts alone."""
    frame = found.frame.rename({"label": found.dimension})
    counts = (found.dimension, "numerator", "denominator", "judged")
    rows = [
        [
            *(None if row["judged"] == "too_few" and name not in counts else cell for name, cell in row.items()),
            JUDGED[row["judged"]],
        ]
        for row in frame.rows(named=True)
    ]
    return [*frame.columns, "judged_in_words"], rows


def _sql_files(found: Compared, viewer: Viewer) -> dict[str, str]:
    ran = sql_files.of_figure(found.figure, viewer)
    if not ran:
        return {}
    # Years are set beside the sum of what the query gives; schemes beside everybody, on a scheme or not.
    whole = {"whole.sql": sql_files.of_whole(found.figure, viewer)} if found.dimension == "scheme" else {}
    return ran | whole | {"limits.sql": sql_files.of_build(found.ran, found.figure.build)}


def _name(found: Compared, label: str) -> str:
    if found.dimension == "scheme":
        return describe.scheme_names().get(label, label)
    return words.label(found.dimension, label)


def table(found: Compared, caption: str) -> tables.Table:
    """Return the groups in the order of their names, never of their figures, each with its limits and what is said."""
    kind = found.figure.measure.kind
    rows = []
    for row in found.frame.rows(named=True):
        few = row["judged"] == "too_few"
        rows.append(
            (
                _name(found, row["label"]),
                words.count(row["numerator"]),
                words.count(row["denominator"]),
                words.SHORTHAND["low_base"] if few else words.value(kind, row["value"]),
                words.SHORTHAND["low_base"] if few else words.interval(kind, row["lower_95"], row["upper_95"]),
                JUDGED[row["judged"]],
            )
        )
    about = found.figure.measure
    return tables.Table(
        caption=caption,
        headings=(
            words.breakdown(found.dimension),
            words.heading(about.numerator_column),
            words.heading(about.denominator_column),
            "Percentage",
            "Where chance alone puts 95 in 100",
            "What can be said",
        ),
        rows=tuple(sorted(rows)),
        kinds=("name", "number", "number", "number", "number", "words"),
    )


def sentence(found: Compared) -> str:
    """Return how many groups stand outside their limits, of how many of which something can be said."""
    judged = [row["judged"] for row in found.frame.rows(named=True) if row["judged"] != "too_few"]
    what = "schemes" if found.dimension == "scheme" else "years"
    if not judged:
        return f"No {what[:-1]} has enough people for a comparison."
    outside = sum(each != "within" for each in judged)
    far = sum(each.startswith("far") for each in judged)
    whole = words.value(found.figure.measure.kind, found.centre or 0.0)
    if not outside:
        one = len(judged) == 1
        all_of = f"The one {what[:-1]} is" if one else f"All {len(judged)} {what} are"
        apart = "difference" if one else "differences"
        return f"{all_of} within the limits around {whole}, the whole: chance alone could explain the {apart}."
    are = "is" if far == 1 else "are"
    seldom = f" Of these, {words.count(far)} {are} so far out that chance alone would seldom do it." if far else ""
    return (
        f"{outside} of {len(judged)} {what} {'is' if outside == 1 else 'are'} outside the limits around {whole}, the "
        f"whole; chance alone would put 1 in 20 there.{seldom}"
    )


def _limits(data: pl.DataFrame, x: alt.X) -> list[alt.Chart]:
    base = alt.Chart(data).encode(x=x)
    lines = [
        base.mark_line(strokeDash=dash, color=style.QUIET, interpolate="monotone").encode(y=alt.Y(f"{column}:Q"))
        for column, dash in (("lower_95", [4, 3]), ("upper_95", [4, 3]), ("lower_998", [1, 0]), ("upper_998", [1, 0]))
    ]
    return [*lines, base.mark_line(color=style.QUIET, strokeWidth=2).encode(y=alt.Y("centre:Q"))]


def _points(found: Compared) -> pl.DataFrame:
    """Return the groups of which something can be said, with a name for those outside their limits."""
    shown = found.frame.filter(pl.col("judged") != "too_few")
    names = [
        "" if row["judged"] == "within" else _name(found, row["label"])
        for row in shown.select("label", "judged").rows(named=True)
    ]
    return shown.with_columns(pl.Series("name", names, dtype=pl.String))


Y = alt.Y("value:Q", title=None, axis=alt.Axis(format=".0%", labelFontSize=13), scale=alt.Scale(zero=False, nice=True))


def _funnel_chart(found: Compared) -> charts.Drawn:
    data = _points(found)
    axis = alt.Axis(title="People", labelFontSize=13, grid=False, format=",.0f")
    x = alt.X("denominator:Q", axis=axis, scale=alt.Scale(zero=False, nice=True))
    colour = charts.colour_of(found.figure)
    base = alt.Chart(data).encode(x=x, y=Y)
    layers = [
        *_limits(found.curve, x),
        base.mark_point(size=60, filled=True, opacity=0.9, color=colour),
        base.transform_filter("datum.name != ''")
        .mark_text(align="left", dx=8, fontSize=13)
        .encode(text=alt.Text("name:N")),
    ]
    return charts.Drawn.of(
        alt.layer(*layers).properties(height=340, width="container"),
        f"Funnel of {words.lower_first(found.figure.measure.title)}, each scheme by its number of people",
        sentence(found).removesuffix("."),
    )


def _control_chart(found: Compared) -> charts.Drawn:
    data = _points(found)
    x = alt.X("label:O", axis=alt.Axis(title=None, labelAngle=0, labelFontSize=13, labelOverlap=True))
    base = alt.Chart(data).encode(x=x, y=Y)
    colour = charts.colour_of(found.figure)
    layers = [
        *_limits(found.frame, x),
        base.mark_line(color=colour, strokeWidth=2.5),
        base.mark_point(size=80, filled=True, opacity=1, color=colour),
    ]
    return charts.Drawn.of(
        alt.layer(*layers).properties(height=300, width="container"),
        f"Control chart of {words.lower_first(found.figure.measure.title)}, year by year",
        sentence(found).removesuffix("."),
    )
