"""The one road: filter, aggregate, interval, status, protection. What anybody is shown comes from `figure`.

`exact` is the part of it before protection: `queries/release.py` alone asks it, for what is protected together when a
build is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from queries import published, sql
from queries.catalogue import Measure, default_switches, measure, switches
from queries.dimensions import DIMENSIONS, UnknownDimension, check_label, dimension, labels_of, order_key
from queries.scope import NotPermitted, Viewer, restriction
from queries.unit_rows import Cohort, compose, relation
from queries.warehouse import Build, Warehouse
from queries.when import When, when_of

Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution: every interval is at 95%."""

LOW_BASE = 30
"""Under so many people a rate is not shown, only its counts."""

FIXED = ("numerator", "denominator", "value", "lower", "upper", "n", "status")
EXTRA = {
    "days": ("mean", "median", "q1", "q3", "p90"),
    "survival": ("at_risk",),
    "timeline": ("at_risk",),
}
LEADING = {
    "survival": ("months",), "timeline": ("months",), "concentration": ("top_share",), "table": ("row", "column"),
}  # fmt: skip
SECTIONS = {
    "change": "change", "concentration": "concentration", "count": "count", "days": "days",
    "distribution": "distribution", "stock": "stock", "survival": "survival", "table": "profile",
}  # fmt: skip
"""The section that adds up each kind; every other is a ratio of two sums."""
PEOPLE = ("numerator_people", "complement_people")
RATES = ("proportion", "ratio", "share", "change", "distribution", "survival", "timeline", "concentration")
"""Kinds whose values say nothing on few people. Counts and days have their own rules."""
PROFILE_ROWS = (
    "total", "male", "female", "sex_not_known", "non_statutory", "statutory", "statutory_not_known", "also_in_dip",
    "in_community", "in_custody", "elsewhere", "place_not_known", "average_age", "median_age",
)  # fmt: skip
PROFILE_COLUMNS = ("young_people", "adults", "all")


@dataclass(frozen=True)
class Figure:
    """One table of figures as a viewer may see it.

    `frame` has the breakdown columns, then `numerator, denominator, value, lower, upper, n, status`; days add
    `mean, median, q1, q3, p90`, curves have `months` and `at_risk` or `top_share`, the scheme profile `row` and
    `column`. A value that is withheld is null, with the reason in `status`. `unfinished` are the periods among those
    shown that are not final: a row of few people says that of itself, and not whether its period is.
    """

    measure: Measure
    frame: pl.DataFrame
    by: tuple[str, ...]
    where: dict[str, str]
    period: str | None
    periods: tuple[str, ...]
    as_at: date | None
    status: str
    build: Build
    notes: tuple[str, ...]
    published: bool = False
    unfinished: frozenset[str] = frozenset()

    def is_final(self, row: Mapping[str, Any]) -> bool:
        """Return whether the period of a row of the frame is final, however few people the row is about."""
        late = row["period"] in self.unfinished if "period" in self.by else bool(self.unfinished)
        return not late and row["status"] not in ("provisional", "immature")

    def lacks(self, row: Mapping[str, Any]) -> bool:
        """Return whether there is nothing of a row in anybody's records, which is not that it is too soon to say."""
        return row["status"] == "immature" and not row["n"] and self.status != "immature"


@dataclass(frozen=True)
class Units:
    """The pseudonymous unit rows behind a measure, for an analyst."""

    measure: Measure
    frame: pl.DataFrame
    sql: str


def figure(
    warehouse: Warehouse,
    viewer: Viewer,
    name: str,
    by: Sequence[str] = (),
    where: Mapping[str, str] | None = None,
    period: str | None = None,
    as_at: date | None = None,
    cohort: str | Cohort | None = None,
) -> Figure:
    """Return one measure, broken down and filtered, as far as the viewer may see it.

    `by` and `where` take names from the closed list of breakdowns, and `where` may give several labels of one, joined
    by `|`, for any of them; `period` is a label, `all` (the final ones
    pooled), `each`, or None for the latest final one; `as_at` is a month end, for measures taken at one. A measure
    that says nothing without one breakdown of its own is always broken down by it. Raises UnknownMeasure,
    UnknownDimension, UnknownPeriod, UnknownCohort or NotPermitted.
    """
    asked = measure(name)
    by, where = tuple(by), dict(where or {})
    if period == "each" and "period" not in by:
        by = ("period", *by)
    check_asked(by, where)
    by = with_always(asked, by, where)
    cut = cohort if isinstance(cohort, Cohort) else Cohort.named(cohort)
    own = set(labels_of(where["scheme"])) <= viewer.schemes if "scheme" in where else "scheme" in by
    if viewer.role == "analyst" or (viewer.role == "manager" and own):
        return exact(warehouse, viewer, asked, by, where, period, as_at, cut)
    frame, when = published.look_up(warehouse, asked, by, where, period, as_at, cut)
    return as_figure(warehouse, asked, in_order(asked, by, frame), by, where, when, (), published=True)


def exact(
    warehouse: Warehouse,
    viewer: Viewer,
    asked: Measure,
    by: tuple[str, ...],
    where: dict[str, str],
    period: str | None,
    as_at: date | None,
    cohort: Cohort,
    people: bool = False,
) -> Figure:
    """Return exact figures of the units inside the viewer's scope: for managers, analysts and the build itself.

    With `people`, the frame also counts the distinct people behind each numerator and its complement, which is
    what disclosure control judges.
    """
    by = with_always(asked, by, where)
    when = when_of(warehouse, asked, by, period, as_at, cohort)
    if blocked := [n for n in (*by, *where) if n in asked.not_applicable]:
        frame = _not_applicable(asked, by)
        note = f"{', '.join(DIMENSIONS[n].title for n in blocked)} does not apply to this measure."
        return as_figure(warehouse, asked, frame, by, where, when, (note,))
    picked = _picked_afterwards(asked, where)
    query, aggregation, parameters = question(viewer, asked, by, where, when, cohort)
    frame = warehouse.query(query + aggregation, parameters)
    frame = _with_status(asked, frame, when)
    if asked.needs_share:
        frame = _with_enough(warehouse, asked, by, frame, query, parameters)
    if asked.kind == "timeline":
        frame = frame.with_columns(pl.col("n").alias("at_risk"))
    if asked.kind == "table":
        frame = _profile_layout(frame, by)
    elif by:
        # A group in which nobody is counted is not a row: a rate of nobody says nothing.
        frame = frame.filter(pl.col("n") > 0)
        frame = _every_label(asked, by, where, frame)
    if picked is not None:
        frame = frame.filter(pl.col(asked.always_by or "").is_in(labels_of(picked)))
    frame = in_order(asked, by, frame, PEOPLE if people else ())
    return as_figure(warehouse, asked, frame, by, where, when, ())


def units(
    warehouse: Warehouse,
    viewer: Viewer,
    name: str,
    where: Mapping[str, str] | None = None,
    period: str | None = "each",
    cohort: str | Cohort | None = None,
) -> Units:
    """Return the unit rows of a measure, one row per unit, for every period unless one is named.

    Raises NotPermitted for anybody but an analyst, and UnknownPeriod.
    """
    if not viewer.sees_units:
        raise NotPermitted("Rows about single people are for analysts.")
    asked = measure(name)
    where = dict(where or {})
    check_asked((), where)
    cut = cohort if isinstance(cohort, Cohort) else Cohort.named(cohort)
    conditions, parameters = _conditions(viewer, where)
    if period not in (None, "each", "all"):
        when_of(warehouse, asked, (), period, None, cut)
        conditions.append("period = $period")
        parameters["period"] = period
    parameters |= {} if cut.is_default else cut.parameters
    text = f"select * from {relation(asked.units, cut)} where {' and '.join(conditions)} order by all"
    frame = warehouse.query_many(text, parameters)
    return Units(asked, frame, compose(asked.units, cut))


def schemes(warehouse: Warehouse, viewer: Viewer) -> pl.DataFrame:
    """Return `scheme, name, area` of the schemes whose figures the viewer may ask for, by name.

    For a board that is every scheme, since the published tables have them all.
    """
    condition, parameters = restriction(viewer) if viewer.role == "manager" else ("true", {})
    return warehouse.query(
        f"select scheme, name, area from (select scheme_id as scheme, name, area from schemes) as known"
        f" where {condition} order by name, scheme",
        parameters,
    )


def concerned(warehouse: Warehouse, where: Mapping[str, str]) -> list[str]:
    """Return the schemes that rows about people may be about: those that a filter names, and without one all."""
    if "scheme" in where:
        return sorted(labels_of(where["scheme"]))
    return sorted(schemes(warehouse, Viewer.analyst())["scheme"])


# ---- filter and aggregate ---------------------------------------------------------------------------------------


def check_asked(by: tuple[str, ...], where: Mapping[str, str]) -> None:
    """Raise UnknownDimension for a breakdown or a label that is on no list, or a breakdown named twice."""
    for name in by:
        dimension(name)
    if len(set(by)) < len(by):
        raise UnknownDimension(f"A breakdown can be named once, got: {', '.join(by)}")
    for name, text in where.items():
        for label in labels_of(text):
            check_label(name, label)


def with_always(asked: Measure, by: tuple[str, ...], where: Mapping[str, str]) -> tuple[str, ...]:
    """Return the breakdowns with the one that the measure never goes without, unless it is filtered on."""
    name = asked.always_by
    if name is None or name in by:
        return by
    if name in where and len(labels_of(where[name])) == 1 and asked.kind != "distribution":
        return by
    return (name, *by)


def _conditions(viewer: Viewer, where: dict[str, str]) -> tuple[list[str], dict[str, Any]]:
    scope, parameters = restriction(viewer)
    conditions = [scope]
    for place, (name, text) in enumerate(sorted(where.items())):
        several = labels_of(text)
        bound = f"label_{place}_{name}"
        conditions.append(f"{name} = ${bound}" if len(several) == 1 else f"list_contains(${bound}, {name})")
        parameters[bound] = several[0] if len(several) == 1 else list(several)
    return conditions, parameters


def narrowed(
    viewer: Viewer, asked: Measure, by: tuple[str, ...], where: dict[str, str], when: When, cohort: Cohort
) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions that pick the units of a figure, and what they bind."""
    conditions, parameters = _conditions(viewer, where)
    if _counts_main(viewer, by, where):
        # Totals count a person on two schemes once; the rows of schemes count each membership.
        conditions.append("main")
    if when.as_at is not None:
        conditions.append("date = $as_at")
        parameters["as_at"] = when.as_at
    elif not when.each_month:
        conditions.append("list_contains($periods, period)")
        parameters["periods"] = list(when.labels)
        if asked.at_month_end:
            conditions.append("list_contains($last_month_ends, date)")
            parameters["last_month_ends"] = list(when.last_month_ends)
    return conditions, parameters | ({} if cohort.is_default else cohort.parameters)


def _counts_main(viewer: Viewer, by: tuple[str, ...], where: Mapping[str, str]) -> bool:
    return viewer.role != "manager" and "scheme" not in by and "scheme" not in where


def _selected(
    viewer: Viewer, asked: Measure, by: tuple[str, ...], where: dict[str, str], when: When, cohort: Cohort
) -> tuple[str, dict[str, Any]]:
    """Return the opening `with selected as (…)` of the query, and its parameters."""
    conditions, parameters = narrowed(viewer, asked, by, where, when, cohort)
    numerator = asked.numerator_column
    if asked.numerator_where:
        name, label = asked.numerator_where
        numerator = f"case when {name} = $numerator_label then {numerator} else 0 end"
        parameters["numerator_label"] = label
    denominator = "null" if asked.denominator_column == "none" else asked.denominator_column
    extra = {
        "survival": ", date, event, ends_on, watched_to",
        "table": ", age, sex, statutory, in_dip, place",
        "timeline": ", months",
    }.get(asked.kind, "")
    if asked.kind == "change":
        before, after = asked.exposure or ("1", "1")
        extra = f", {before} as exposure_before, {after} as exposure_after"
    if asked.kind in ("change", "timeline"):
        # Without one of the two there is nothing to set the other against.
        conditions.append(f"{numerator} is not null and {denominator} is not null")
    if asked.kind == "survival":
        conditions.append("event is not null")
    if asked.needs_share:
        extra += "".join(f", {column}" for column in asked.needs_share[:2])
    columns = "".join(f"{name}, " for name in by if name not in extra.replace(",", "").split())
    text = (
        f"with selected as (\nselect {columns}person_id, {numerator} as numerator, {denominator} as denominator{extra}"
        "\n"
        f"from {relation(asked.units, cohort)}\nwhere {' and '.join(conditions)}\n)\n"
    )
    return text, parameters


def _picked_afterwards(asked: Measure, where: Mapping[str, str]) -> str | None:
    """Return the label of a distribution that was asked for: the shares of one whole are worked out together."""
    return where.get(asked.always_by or "") if asked.kind == "distribution" else None


def question(
    viewer: Viewer, asked: Measure, by: tuple[str, ...], where: dict[str, str], when: When, cohort: Cohort
) -> tuple[str, str, dict[str, Any]]:
    """Return what is asked of the warehouse for a figure: what selects the units, what adds them up, what is bound."""
    kept = dict(where)
    if _picked_afterwards(asked, where) is not None:
        kept.pop(asked.always_by or "")
    query, parameters = _selected(viewer, asked, by, kept, when, cohort)
    kind = "ratio" if asked.kind == "timeline" else asked.kind
    aggregation = _aggregation(asked, by, once=_is_once(viewer, asked, by, where, when))
    return query, aggregation, {**parameters, "z": Z, "kind": kind}


def _is_once(viewer: Viewer, asked: Measure, by: tuple[str, ...], where: Mapping[str, str], when: When) -> bool:
    """Say whether each person has one unit at most in each group that is asked for."""
    of_one_period = "period" in by or len(when.labels) == 1
    if asked.once_per == "period":
        return of_one_period
    if asked.once_per == "month_end":
        # A period's stock is the one at its last month end; somebody may be on two of a manager's schemes.
        one_scheme = "scheme" in by or ("scheme" in where and len(labels_of(where["scheme"])) == 1)
        at_one_end = of_one_period or "month" in by or when.as_at is not None
        return at_one_end and (one_scheme or _counts_main(viewer, by, where))
    return asked.once_per == "months" and asked.kind == "timeline"


def _aggregation(asked: Measure, by: tuple[str, ...], once: bool = False) -> str:
    text = sql.section("queries/aggregate.sql", SECTIONS.get(asked.kind, "ratio"))
    for part in ("people", "sizes", "heads"):
        text = text.replace(f"{{{part}}}", sql.section("queries/aggregate.sql", f"{part}_once" if once else part))
    by = (*by, "months") if asked.kind == "timeline" else by
    rest = tuple(name for name in by if name != asked.always_by)
    columns = {
        "{by}": "".join(f"{name}, " for name in by),
        "{rest}": "".join(f"{name}, " for name in rest),
        "{label}": asked.always_by or "",
        "{sizes_by}": "".join(f"sizes.{name}, " for name in by),
        "{grid_by}": "".join(f"grid.{name}, " for name in by),
        "{grid_matches_exits}": "".join(f" and grid.{name} = exits.{name}" for name in by),
    }
    for mark, names in columns.items():
        text = text.replace(mark, names)
    # The section opens with its own `with`, which goes on from the one that selects.
    return f"select * from (\n{text}\n) as figures"


# ---- status and shape -------------------------------------------------------------------------------------------


def _with_status(asked: Measure, frame: pl.DataFrame, when: When) -> pl.DataFrame:
    if "period" in frame.columns:
        maturity = pl.col("period").replace_strict(when.maturity, default="final", return_dtype=pl.String)
    else:
        maturity = pl.lit(when.status)
    low = (pl.col("n") < LOW_BASE) if asked.kind not in ("stock", "count") else pl.lit(False)
    if asked.kind == "change":
        # There is nothing to have changed from.
        low |= pl.col("denominator") == 0
    frame = frame.with_columns(
        pl.when(maturity == "immature")
        .then(pl.lit("immature"))
        .when(low)
        .then(pl.lit("low_base"))
        .when(maturity == "provisional")
        .then(pl.lit("provisional"))
        .otherwise(pl.lit("ok"))
        .alias("status")
    )
    hidden = pl.col("status") == "immature"
    if asked.kind in RATES:
        hidden |= pl.col("status") == "low_base"
    values = [c for c in ("value", "lower", "upper", *EXTRA.get(asked.kind, ())) if c != "at_risk"]
    # Of a period that is too recent not even counts are shown: half a year has half the offences.
    counts = [c for c in ("numerator", "denominator") if c in frame.columns]
    return frame.with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(c)).alias(c) for c in values),
        *(pl.when(pl.col("status") == "immature").then(None).otherwise(pl.col(c)).alias(c) for c in counts),
    )


def _with_enough(
    warehouse: Warehouse,
    asked: Measure,
    by: tuple[str, ...],
    frame: pl.DataFrame,
    query: str,
    parameters: dict[str, Any],
) -> pl.DataFrame:
    """Return the frame without the values of groups in which the measure rests on too small a share of the people."""
    part, whole, least = asked.needs_share or ("", "", 0.0)
    columns = "".join(f"{name}, " for name in by)
    shares = warehouse.query(
        f"{query} select {columns} sum({part}) / nullif(sum({whole}), 0) as share from selected group by all",
        parameters,
    )
    frame = frame.join(shares, on=list(by), how="left") if by else frame.join(shares, how="cross")
    lacking = (pl.col("share").fill_null(0.0) < least) & (pl.col("status") != "immature")
    return frame.with_columns(
        pl.when(lacking).then(pl.lit("low_base")).otherwise("status").alias("status"),
        *(pl.when(lacking).then(None).otherwise(c).alias(c) for c in ("value", "lower", "upper")),
    )


def _every_label(asked: Measure, by: tuple[str, ...], where: Mapping[str, str], frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a row for every label where a breakdown of the measure's own is the only one.

    A step of which nothing was recorded is shown as that, and not left out; of what is counted there is then none.
    """
    known = DIMENSIONS[by[0]]
    if len(by) > 1 or not known.own or known.open or asked.kind in LEADING or known.name in where:
        return frame
    missing = [label for label in asked.labels or known.labels if label not in set(frame[known.name])]
    counted = asked.kind in ("count", "distribution", "stock")
    whole = frame.row(0, named=True) if counted and frame.height else {}
    row: dict[str, Any] = dict.fromkeys(frame.columns) | {"n": 0, "status": "immature"}
    if counted:
        row |= {"numerator": 0, "status": whole.get("status", "ok")}
        row |= {name: 0 for name in PEOPLE if name in frame.columns}
    if asked.kind in ("count", "stock"):
        row |= {"value": 0.0}
    elif whole:
        row |= {"denominator": whole["denominator"], "n": whole["n"]}
        row |= {"value": None if whole["value"] is None else 0.0, "complement_people": whole["n"]}
    rows = [{**{c: row[c] for c in frame.columns}, known.name: label} for label in missing]
    return pl.concat([frame, pl.DataFrame(rows, schema=frame.schema)]) if rows else frame


def _not_applicable(asked: Measure, by: tuple[str, ...]) -> pl.DataFrame:
    columns = columns_of(asked, by)
    row: dict[str, Any] = dict.fromkeys(columns) | {"status": "not_applicable", "n": 0}
    row |= dict.fromkeys(by, "not_applicable")
    return pl.DataFrame([row], schema={c: _dtype(c) for c in columns})


def columns_of(asked: Measure, by: Sequence[str]) -> list[str]:
    """Return the columns of a measure's frame, in their order."""
    leading = LEADING.get(asked.kind, ())
    return [*by, *leading, *FIXED, *EXTRA.get(asked.kind, ())]


def _dtype(column: str) -> Any:
    if column in ("numerator", "denominator", "n", "months", "at_risk", *PEOPLE):
        return pl.Int64
    if column in ("value", "lower", "upper", "mean", "median", "q1", "q3", "p90", "top_share"):
        return pl.Float64
    return pl.String


def in_order(asked: Measure, by: tuple[str, ...], frame: pl.DataFrame, extra: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the frame with its columns and rows in their published order, and the extra columns that it has."""
    columns = [*columns_of(asked, by), *(c for c in extra if c in frame.columns)]
    # What a measure divides by may be a sum of parts, such as months at liberty.
    parts = [c for c in ("numerator", "denominator") if c in frame.columns and frame.schema[c] == pl.Float64]
    frame = frame.select(pl.col(c).cast(pl.Float64 if c in parts else _dtype(c)) for c in columns)
    rows = frame.rows(named=True)
    leading = LEADING.get(asked.kind, ())
    places = {"row": PROFILE_ROWS, "column": PROFILE_COLUMNS}

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        labels = tuple(order_key(name, row[name] or "") for name in by)
        return labels + tuple(places[c].index(row[c]) if c in places else row[c] for c in leading)

    return pl.DataFrame(sorted(rows, key=key), schema=frame.schema)


def _profile_layout(frame: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Return the scheme profile with every cell of its layout: a count of nobody is 0, an age of nobody has none."""
    layout = pl.DataFrame({"row": PROFILE_ROWS}).join(pl.DataFrame({"column": PROFILE_COLUMNS}), how="cross")
    if by:
        layout = frame.select(by).unique().join(layout, how="cross")
    frame = layout.join(frame, on=[*by, "row", "column"], how="left", nulls_equal=True)
    young_in_dip = (pl.col("row") == "also_in_dip") & (pl.col("column") == "young_people")
    count = ~pl.col("row").is_in(["average_age", "median_age"]) & ~young_in_dip
    return frame.with_columns(
        pl.when(count).then(pl.col("numerator").fill_null(0)).when(young_in_dip).then(None).otherwise("numerator").alias("numerator"),
        pl.when(count).then(pl.col("value").fill_null(0.0)).when(young_in_dip).then(None).otherwise("value").alias("value"),
        pl.col("n").fill_null(0),
        pl.when(young_in_dip)
        .then(pl.lit("not_applicable"))
        .when(~count & (pl.col("n").fill_null(0) == 0))
        .then(pl.lit("low_base"))
        .when(pl.col("status").is_in(["low_base"]) | pl.col("status").is_null())
        .then(pl.lit("ok"))
        .otherwise("status")
        .alias("status"),
    )  # fmt: skip


def as_figure(
    warehouse: Warehouse,
    asked: Measure,
    frame: pl.DataFrame,
    by: tuple[str, ...],
    where: dict[str, str],
    when: When,
    notes: tuple[str, ...],
    published: bool = False,
) -> Figure:
    """Return a frame with everything that goes with it."""
    return Figure(
        measure=asked,
        frame=frame,
        by=by,
        where=where,
        period=when.shown,
        periods=when.labels,
        as_at=when.as_at,
        status=when.status,
        build=warehouse.build,
        notes=notes + notes_of(asked, frame, when.status),
        published=published,
        unfinished=frozenset(label for label in when.labels if when.maturity.get(label, "final") != "final"),
    )


def notes_of(asked: Measure, frame: pl.DataFrame, maturity: str) -> tuple[str, ...]:
    """Return the sentences that go with a figure: what is withheld and why, how far final, and the switches."""
    lacking = (pl.col("status") == "immature") & (pl.col("n") == 0) & (maturity != "immature")
    found = set(frame.filter(~lacking)["status"])
    sentences = {
        "confidential": "Some figures are withheld [c] because they would be about one to four people.",
        "low_base": f"Rates and changes are not shown [u] where there are under {LOW_BASE} people; counts are.",
        "immature": "The period is too recent [x]: people have not yet been followed for long enough.",
        "not_applicable": "Some cells do not apply [z].",
    }
    notes = [text for status, text in sentences.items() if status in found]
    if frame.filter(lacking).height:
        notes.append("Of some there is no data [x]: nobody's records have any.")
    if maturity == "provisional":
        followed = "not everybody in it has been followed for long enough"
        still = followed if asked.matures else "the extracts end before it does"
        notes.append(f"Provisional [p]: the period is not final, since {still}.")
    defaults = default_switches()
    for name in asked.switches:
        shown = {True: "yes", False: "no"}.get(defaults[name], defaults[name])  # type: ignore[arg-type]
        notes.append(f"{switches()[name]['title']}: {shown}.")
    return tuple(notes)
