"""Charts, in one house style: colour by meaning, labels on the marks, intervals drawn, nothing beneath them lost.

A chart is given protected figures only: whatever is in it reaches the browser. A withheld value is not drawn;
the group keeps its place, with the shorthand that stands in the table. Each comes with its words for people who
cannot see it.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl
import pyarrow as pa

from dashboard import describe, style, tables, words
from dashboard.asking import Answer, NotShown
from dashboard.kept import kept
from queries.figures import Figure

ROW, AXIS = 44, 36
"""The height of one group's row, with room for its label, and of the axis beneath them all, in points."""


Chart = alt.LayerChart | alt.FacetChart | alt.Chart

# Altair's own theme says how wide a chart is that does not say so itself; each of these does.
alt.theme.enable("none")


@dataclass(frozen=True)
class Drawn:
    """A chart as Vega-Lite has it, written out once with its data, what it is called and the values it shows.

    `rows` are the data again as Arrow has them, which is what a browser is sent: by the names in the spec, in a frozen
    tuple since a chart that is kept belongs to everybody.
    """

    vega_lite: str
    name: str
    values: str
    rows: tuple[tuple[str, bytes], ...]

    @classmethod
    def of(cls, chart: Chart, name: str, values: str) -> Drawn:
        """Return a chart written out. Tests check that each is Vega-Lite: that took up to two thirds of the time."""
        spec = chart.to_dict(validate=False)
        rows = tuple((title, _as_arrow(each)) for title, each in spec["datasets"].items())
        return cls(json.dumps(spec), name, values, rows)

    @property
    def alt(self) -> str:
        """The alternative text where a chart stands by itself: what it is called and its values."""
        return f"{self.name}: {self.values}."

    @property
    def alt_above_table(self) -> str:
        """The alternative text where the values stand beneath, in a table that everybody is given.

        It is the same for every time, scheme and group of people, which the browser needs to put new values into a
        chart that is there rather than make it again.
        """
        return f"{self.name}. Its values are in the table beneath."

    @property
    def spec(self) -> dict[str, Any]:
        """The chart as data, for each caller to change."""
        return json.loads(self.vega_lite)

    @property
    def sent(self) -> dict[str, Any]:
        """The chart as data, with its rows as a browser gets them: they are not written out anew in each run."""
        return self.spec | {"datasets": dict(self.rows)}


def _as_arrow(rows: list[dict[str, Any]]) -> bytes:
    table, sink = pa.Table.from_pylist(rows), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def colour_of(figure: Figure) -> str:
    """Return the colour of what a figure is about: custody, PPOs, or everyone."""
    if figure.measure.numerator_column in ("in_custody", "days_in_custody"):
        return style.CUSTODY
    of_schemes = "ppo" in figure.measure.not_applicable
    if of_schemes or figure.where.get("ppo") == "yes" or figure.measure.numerator_where:
        return style.PPO
    return style.EVERYONE


def colour_of_group(figure: Figure, row: Mapping[str, Any]) -> str | None:
    """Return the colour of the group that a row is about, None where the group has no meaning of its own."""
    return next((style.MEANT[name, row[name]] for name in figure.by if (name, row[name]) in style.MEANT), None)


@kept
def over_time(answer: Answer) -> Drawn | None:
    """Return a line over periods or months with its interval; None if nothing can be drawn.

    Periods have a point and a value each, hollow where it is provisional; months are many and have only the last.
    Years before there were any PPOs are not drawn as a share of nought.
    """
    if isinstance(answer, NotShown):
        return None
    kind, dimension = answer.measure.kind, answer.by[0]
    rows = [_point(answer, row, dimension) for row in _since_schemes(answer)]
    if not any(row["value"] is not None for row in rows):
        return None
    # A period without a value stays, so that the line breaks there rather than run on as if it were known.
    data, colour = pl.DataFrame(rows, infer_schema_length=None).sort("when"), colour_of(answer)
    x = _time_axis(dimension, data)
    base = alt.Chart(data).encode(x=x)
    y = alt.Y("value:Q", title=None, axis=_axis(kind), scale=alt.Scale(zero=True, nice=True))
    layers: list[Any] = []
    if data["lower"].is_not_null().any():
        layers.append(
            base.mark_area(opacity=0.2, color=colour).encode(y=alt.Y("lower:Q", title=None), y2=alt.Y2("upper:Q"))
        )
    layers.append(base.mark_line(strokeWidth=2.5, color=colour).encode(y=y))
    if dimension == "period":
        filled = alt.FillOpacityValue(**alt.condition("datum.provisional", alt.value(0), alt.value(1)))
        point = base.mark_point(size=80, strokeWidth=2, color=colour, fill=colour, opacity=1)
        layers += [
            point.encode(y=y, fillOpacity=filled),
            *_labels(base, data, y),
        ]
    else:
        end = alt.Chart(data.drop_nulls("value").tail(1)).encode(x=x, y=y)
        layers += [
            end.mark_point(size=80, filled=True, color=colour, opacity=1),
            end.mark_text(dy=-14, align="right", fontSize=13).encode(text=alt.Text("written:N")),
        ]
    return Drawn.of(
        alt.layer(*layers).properties(height=280, width="container"),
        f"Line chart of {words.lower_first(answer.measure.title)}",
        _values_over_time(answer, dimension),
    )


def _since_schemes(figure: Figure) -> list[dict[str, Any]]:
    early = describe.before_schemes(figure)
    return [row for row in figure.frame.rows(named=True) if row.get("period") not in early]


LABEL = 62
"""How much room a point's label needs, in points."""


def _labels(base: Any, data: pl.DataFrame, y: alt.Y) -> list[Any]:
    """Return the labels of a line's points: the last one's always, the others' where the chart is wide enough."""
    last = data.drop_nulls("value")["when"][-1]
    text = alt.Text("written:N")
    room = alt.ExprRef(f"width < {LABEL * data.height} ? 0 : 1")
    return [
        base.transform_filter(f"datum.when != '{last}'")
        .mark_text(dy=-18, fontSize=13, opacity=room)
        .encode(y=y, text=text),
        base.transform_filter(f"datum.when == '{last}'").mark_text(dy=-18, fontSize=13).encode(y=y, text=text),
    ]


def _point(figure: Figure, row: dict[str, Any], dimension: str) -> dict[str, Any]:
    value = row["value"]
    provisional = row["status"] == "provisional"
    written = "" if value is None else words.value(words.read_as(figure.measure), value)
    return {
        # A month stands at its last day's month, without a time zone to shift it.
        "when": f"{row[dimension]}-15T12:00:00" if dimension == "month" else row[dimension],
        "value": value,
        "lower": row["lower"],
        "upper": row["upper"],
        "provisional": provisional,
        "written": f"{written} provisional" if provisional else written,
    }


def _time_axis(dimension: str, data: pl.DataFrame) -> alt.X:
    if dimension == "month":
        axis = alt.Axis(title=None, format="%b %Y", labelFontSize=13, labelOverlap=True, tickCount=6, grid=False)
        return alt.X("when:T", axis=axis)
    axis = alt.Axis(title=None, labelAngle=0, labelFontSize=13, labelOverlap=True)
    return alt.X("when:O", sort=sorted(data["when"]), axis=axis, scale=alt.Scale(padding=0.7))


def _axis(kind: str) -> alt.Axis:
    percent = kind in (*words.PERCENTAGES, "survival", "change")
    form = ".0%" if percent else ",.0f" if kind in ("days", "months", *words.COUNTS) else ",.1f"
    return alt.Axis(format=form, title=None, labelFontSize=13, tickCount=5)


@kept
def groups(figure: Answer) -> Drawn | None:
    """Return one row per group: a point with its interval, the middle half for days, or a bar for counts."""
    if isinstance(figure, NotShown) or not figure.by:
        return None
    kind = figure.measure.kind
    rows = [_group(figure, row, describe.group(figure, row)) for row in figure.frame.rows(named=True)]
    if not any(row["value"] is not None for row in rows):
        return None
    order = [row["group"] for row in rows]
    data = pl.DataFrame(rows, infer_schema_length=None)
    chart = _ranges(data, order, kind) if kind not in words.COUNTS else _bars(data, order)
    parts = "; ".join(f"{row['group']} {row['written']}" for row in rows)
    by = words.joined([words.breakdown(each).lower() for each in figure.by])
    return Drawn.of(
        chart.properties(height=ROW * len(rows) + AXIS, width="container"),
        f"Chart with a row for each group. {figure.measure.title} by {by}",
        parts,
    )


def _group(figure: Figure, row: dict[str, Any], name: str) -> dict[str, Any]:
    kind, value = figure.measure.kind, row["value"]
    colour = colour_of_group(figure, row) or colour_of(figure)
    low, high = (row["q1"], row["q3"]) if kind == "days" else (row["lower"], row["upper"])
    mark = words.SHORTHAND.get(row["status"], "[c]")
    return {
        "group": name,
        "colour": colour,
        "value": value,
        "low": low,
        "high": high,
        "written": mark if value is None else words.value(words.read_as(figure.measure), value),
    }


@kept
def together(figures: Sequence[Figure], head: str) -> Drawn | None:
    """Return one row per measure: a point with its interval, or the median and middle half of days."""
    rows = [
        _group(figure, row, words.sentence(figure.measure.short))
        for figure in figures
        for row in figure.frame.rows(named=True)
    ]
    if not any(row["value"] is not None for row in rows):
        return None
    data = pl.DataFrame(rows, infer_schema_length=None)
    kind = figures[0].measure.kind
    chart = _ranges(data, [row["group"] for row in rows], kind)
    parts = "; ".join(f"{row['group']} {row['written']}" for row in rows)
    what = "its median and middle half" if kind == "days" else "its figure and interval"
    return Drawn.of(
        chart.properties(height=ROW * len(rows) + AXIS, width="container"),
        f"Chart with a row for each {words.lower_first(head)}, {what}",
        parts,
    )


def row_of(figure: Figure, row: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one row of a figure as `ranges` draws it, under a name."""
    return _group(figure, row, name)


@kept
def ranges(figure: Figure, rows: list[dict[str, Any]]) -> Drawn | None:
    """Return a point with its interval for each of several rows, however they were put together."""
    if not any(row["value"] is not None for row in rows):
        return None
    data = pl.DataFrame(rows, infer_schema_length=None)
    chart = _ranges(data, [row["group"] for row in rows], figure.measure.kind)
    parts = "; ".join(f"{row['group']} {row['written']}" for row in rows)
    return Drawn.of(
        chart.properties(height=ROW * len(rows) + AXIS, width="container"),
        f"Chart with a row for each cohort. {figure.measure.title}",
        parts,
    )


MOST_CURVES = 5
"""More lines than this in one chart cannot be told apart, or named beside their ends."""


@kept
def curves(figure: Figure, shown: Sequence[str] | None = None) -> Drawn | None:
    """Return a line for each group of a curve that is broken down, named at its end; None if none can be drawn.

    `shown` names the groups to draw; without it, the first five that have a value.
    """
    rows = [
        {"group": describe.group(figure, row), **{key: row[key] for key in ("months", "value", "lower", "upper")}}
        for row in figure.frame.rows(named=True)
        if row["value"] is not None
    ]
    rows = [row for row in rows if shown is None or row["group"] in shown]
    drawn = list(dict.fromkeys(row["group"] for row in rows))[:MOST_CURVES]
    rows = [row for row in rows if row["group"] in drawn]
    if not rows:
        return None
    nought = [{"group": name, "months": 0, "value": 0.0, "lower": 0.0, "upper": 0.0} for name in drawn]
    data = pl.DataFrame([*nought, *rows], infer_schema_length=None).sort("group", "months")
    lines = _lines(figure, drawn)
    colours = alt.Color("group:N", legend=None, scale=alt.Scale(domain=drawn, range=[lines[name][0] for name in drawn]))
    dashes = alt.StrokeDash(
        "group:N", legend=None, scale=alt.Scale(domain=drawn, range=[lines[name][1] for name in drawn])
    )
    since = f"Months since the {tables.since(figure.measure)}"
    # Room at the right for the names.
    last = max(row["months"] for row in rows)
    ticks = list(range(0, last + 1, 12 if last > 48 else 6 if last > 24 else 3))
    axis = alt.Axis(title=since, values=ticks, format="d", grid=False, labelFontSize=13)
    x = alt.X("months:Q", axis=axis, scale=alt.Scale(domain=[0, last * 1.3], nice=False))
    y = alt.Y("value:Q", title=None, axis=_axis("survival"), scale=alt.Scale(zero=True, nice=True))
    ends = pl.DataFrame(_apart([max((r for r in rows if r["group"] == name), key=_months) for name in drawn]))
    base = alt.Chart(data).encode(x=x)
    layers = (
        base.mark_area(opacity=0.12).encode(y=alt.Y("lower:Q", title=None), y2=alt.Y2("upper:Q"), color=colours),
        base.mark_line(strokeWidth=2.5).encode(y=y, color=colours, strokeDash=dashes),
        alt.Chart(ends)
        .mark_text(align="left", dx=6, fontSize=13, limit=150)
        .encode(x=alt.X("months:Q"), y=alt.Y("place:Q"), text=alt.Text("group:N")),
    )
    told = []
    for name in drawn:
        at = {row["months"]: row["value"] for row in rows if row["group"] == name}
        months = [month for month in (12, 24) if month in at] or [max(at)]
        told.append(f"{name}: " + ", ".join(f"{m} months {words.value('survival', at[m])}" for m in months))
    return Drawn.of(
        alt.layer(*layers).properties(height=340, width="container"),
        f"Curves of {words.lower_first(figure.measure.title)}, by {words.lower_first(since)}",
        "; ".join(told),
    )


def _lines(figure: Figure, drawn: Sequence[str]) -> dict[str, tuple[str, list[int]]]:
    """Return the colour and the dashes of each group that is drawn: no two have the same dashes.

    They are those of the group's place in the breakdown, whichever others are drawn, unless one before it has them. A
    group with a meaning of its own has its colour, and people who are not broken down that of what the figure is about.
    """
    own: dict[str, str | None] = {}
    for row in figure.frame.rows(named=True):
        own[describe.group(figure, row)] = colour_of_group(figure, row) if figure.by else colour_of(figure)
    free, found = list(range(len(style.LINES))), {}
    for name in drawn:
        place = list(own).index(name) % len(style.LINES)
        colour, dashes = style.LINES[free.pop(free.index(place) if place in free else 0)]
        found[name] = own[name] or colour, dashes
    return found


def _months(row: dict[str, Any]) -> int:
    return row["months"]


def _apart(ends: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the ends of lines with a place for each name, moved apart where two would stand on each other."""
    top = max(row["upper"] or row["value"] for row in ends)
    step, place, found = top * 0.07, -1.0, []
    for row in sorted(ends, key=lambda row: row["value"]):
        place = max(row["value"], place + step)
        found.append({"group": row["group"], "months": row["months"], "place": place})
    return found


@kept
def curve(answer: Answer) -> Drawn | None:
    """Return the share to whom it had happened by each month, with its interval; None if there is none."""
    if isinstance(answer, NotShown) or answer.frame["value"].is_not_null().sum() == 0:
        return None
    colour = colour_of(answer)
    data = answer.frame.filter(pl.col("value").is_not_null()).select("months", "value", "lower", "upper")
    # Everybody starts at nought.
    start = pl.DataFrame({"months": [0], "value": [0.0], "lower": [0.0], "upper": [0.0]}, schema=data.schema)
    since = f"Months since the {tables.since(answer.measure)}"
    base = alt.Chart(pl.concat([start, data])).encode(
        x=alt.X("months:Q", axis=alt.Axis(title=since, tickMinStep=6, grid=False, labelFontSize=13))
    )
    y = alt.Y("value:Q", title=None, axis=_axis("survival"), scale=alt.Scale(zero=True, nice=True))
    layers = (
        base.mark_area(opacity=0.2, color=colour).encode(y=alt.Y("lower:Q", title=None), y2=alt.Y2("upper:Q")),
        base.mark_line(strokeWidth=2.5, color=colour).encode(y=y),
    )
    told = [row for row in data.rows(named=True) if row["months"] in (6, 12, 24, 36, 48, 60)] or data.rows(named=True)[
        -1:
    ]
    values = "; ".join(f"{row['months']} months {words.value('survival', row['value'])}" for row in told)
    return Drawn.of(
        alt.layer(*layers).properties(height=280, width="container"),
        f"Curve of {words.lower_first(answer.measure.title)}, by {words.lower_first(since)}",
        values,
    )


SELECTION = (-12, 0)
"""The months in which people are selected for what they then do: a year of convictions, by the tightest rule."""


@kept
def timeline(answer: Answer) -> Drawn | None:
    """Return a line of what was done in each month before and after adoption; None if there is none.

    The months in which people were selected are shaded: some of the fall after them would have come anyway.
    """
    if isinstance(answer, NotShown) or answer.frame["value"].is_not_null().sum() == 0:
        return None
    colour = colour_of(answer)
    shown = answer.frame.filter(pl.col("months").is_between(-17, 16))
    data = shown.select("months", *((100 * pl.col(c)).alias(c) for c in ("value", "lower", "upper")))
    axis = alt.Axis(title="Months from adoption", tickMinStep=6, grid=False, labelFontSize=13)
    base = alt.Chart(data).encode(x=alt.X("months:Q", axis=axis))
    y = alt.Y("value:Q", title=None, axis=alt.Axis(format=",.0f", labelFontSize=13), scale=alt.Scale(zero=True))
    shaded = alt.Chart(pl.DataFrame({"from": [SELECTION[0]], "to": [SELECTION[1]]}))
    adopted = alt.Chart(pl.DataFrame({"at": [0], "said": ["Adopted"]}))
    layers = (
        shaded.mark_rect(opacity=0.12, color=style.QUIET).encode(x=alt.X("from:Q"), x2=alt.X2("to:Q")),
        base.mark_area(opacity=0.2, color=colour).encode(y=alt.Y("lower:Q", title=None), y2=alt.Y2("upper:Q")),
        base.mark_line(strokeWidth=2.5, color=colour).encode(y=y),
        adopted.mark_rule(strokeDash=[4, 4], color=style.QUIET).encode(x=alt.X("at:Q")),
        adopted.mark_text(align="left", dx=5, fontSize=13, baseline="top").encode(
            x=alt.X("at:Q"), y=alt.YValue(0), text=alt.Text("said:N")
        ),
    )
    told = [
        row for row in data.rows(named=True) if row["months"] in (-12, -6, -1, 0, 6, 12) and row["value"] is not None
    ]
    values = "; ".join(f"month {row['months']}: {row['value']:.1f}".replace("-", "−") for row in told)
    return Drawn.of(
        alt.layer(*layers).properties(height=280, width="container"),
        f"Line of {words.lower_first(answer.measure.title)}, {words.timeline_unit(answer.measure)}, with the year of "
        "selection shaded",
        values,
    )


@kept
def concentration(answer: Answer) -> Drawn | None:
    """Return how much those who did most did of everything, beside what even shares would be; None if there is none."""
    if isinstance(answer, NotShown) or answer.frame["value"].is_not_null().sum() == 0:
        return None
    colour = colour_of(answer)
    data = pl.concat(
        [
            pl.DataFrame({"top": [0.0], "value": [0.0]}),
            answer.frame.select(pl.col("top_share").alias("top"), "value").drop_nulls(),
        ]
    )
    x = alt.X(
        "top:Q",
        axis=alt.Axis(title="People, those with the most offences first", format=".0%", labelFontSize=13, grid=False),
    )
    y = alt.Y("value:Q", title=None, axis=_axis("share"), scale=alt.Scale(domain=[0, 1]))
    even = alt.Chart(pl.DataFrame({"top": [0.0, 1.0], "value": [0.0, 1.0]}))
    tenth = alt.Chart(data.filter(pl.col("top") == 0.1).with_columns(said=pl.lit("One in ten"))).encode(x=x, y=y)
    layers = (
        even.mark_line(strokeDash=[4, 4], color=style.QUIET).encode(x=x, y=y),
        alt.Chart(data).mark_line(strokeWidth=2.5, color=colour).encode(x=x, y=y),
        tenth.mark_point(size=80, filled=True, color=colour, opacity=1),
        tenth.mark_text(align="left", dx=9, fontSize=13).encode(text=alt.Text("said:N")),
    )
    values = "; ".join(
        f"top {100 * row['top']:.0f}% {words.value('share', row['value'])}" for row in data.rows(named=True)[1:]
    )
    return Drawn.of(
        alt.layer(*layers).properties(height=300, width="container"),
        "Curve of the share of proven offences by the people who committed most",
        values,
    )


NAME = 27
"""A group's name longer than this, in characters, is broken into lines beside its row."""


def _rows(order: Sequence[str]) -> alt.Y:
    # Two or three lines of a long name, rather than its beginning.
    lines = {name: textwrap.wrap(name, NAME) for name in order if len(name) > NAME}
    axis = alt.Axis(
        title=None,
        labelExpr=f"{json.dumps(lines)}[datum.label] || datum.label",
        labelLimit=190,
        labelFontSize=13,
        labelBaseline="middle",
        ticks=False,
        domain=False,
    )
    return alt.Y("group:N", sort=list(order), axis=axis)


COLOUR = alt.Color("colour:N", scale=None, legend=None)
"""Each row has its own colour: that of its group, or of what its figure is about."""


def _ranges(data: pl.DataFrame, order: Sequence[str], kind: str) -> Chart:
    base = alt.Chart(data).encode(y=_rows(order))
    x = alt.X("value:Q", title=None, axis=_axis(kind), scale=alt.Scale(zero=True, nice=True))
    return alt.layer(
        base.mark_rule(strokeWidth=6, opacity=0.35).encode(
            x=alt.X("low:Q", title=None), x2=alt.X2("high:Q"), color=COLOUR
        ),
        base.mark_point(size=110, filled=True, opacity=1).encode(x=x, color=COLOUR),
        base.transform_filter("datum.value != null")
        .mark_text(dy=-12, fontSize=13)
        .encode(x=x, text=alt.Text("written:N")),
        base.transform_filter("datum.value == null")
        .mark_text(align="left", dx=4, fontSize=13)
        .encode(x=alt.XDatum(0), text=alt.Text("written:N")),
    )


def _bars(data: pl.DataFrame, order: Sequence[str]) -> Chart:
    base = alt.Chart(data).encode(y=_rows(order))
    axis = alt.Axis(title=None, format=",.0f", tickMinStep=1, tickCount=6, labelFontSize=13)
    x = alt.X("value:Q", axis=axis, scale=alt.Scale(zero=True, nice=True))
    return alt.layer(
        base.mark_bar(height=16).encode(x=x, color=COLOUR),
        base.transform_filter("datum.value != null")
        .mark_text(align="left", dx=5, fontSize=13)
        .encode(x=x, text=alt.Text("written:N")),
        base.transform_filter("datum.value == null")
        .mark_text(align="left", dx=5, fontSize=13)
        .encode(x=alt.XDatum(0), text=alt.Text("written:N")),
    )


def _values_over_time(figure: Figure, dimension: str) -> str:
    rows = _since_schemes(figure)
    # Of the months every twelfth, back from the last: the whole is in the table beneath.
    told = rows[::-1][::12][::-1] if dimension == "month" else rows
    return "; ".join(f"{words.label(dimension, row[dimension])} {_written(figure, row)}" for row in told)


def _written(figure: Figure, row: dict[str, Any]) -> str:
    if row["value"] is None:
        return words.STATUS[row["status"]].lower()
    text = words.value(figure.measure.kind, row["value"])
    return f"{text} (provisional)" if row["status"] == "provisional" else text
