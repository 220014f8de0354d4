"""The Home Office return: a fixed set of tables at an as-at date, each figure of which comes by the one road."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import polars as pl

from queries import quality, sql
from queries.catalogue import Measure, measure
from queries.dimensions import DIMENSIONS
from queries.figures import PROFILE_ROWS, Figure, figure, schemes
from queries.scope import NotPermitted, Viewer
from queries.warehouse import Build, Warehouse
from queries.when import UnknownPeriod, month_ends, periods

DECLARED = "queries/home_office.toml"
Release = Literal["official", "public"]
RELEASES: tuple[Release, ...] = ("official", "public")

NOT_YOURS = "There is no scheme of that name whose figures you may have."
"""The answer for another's scheme and for one that does not exist."""

NOT_PUBLISHED = "not_published"
NOBODY = "nobody"
NO_TARGET = "no_target"
"""Why a cell has no value, beside the statuses of figures."""


@dataclass(frozen=True)
class Column:
    """One column of numbers: the figure's column that it holds, its heading, and how its numbers are read.

    `format` is count, percent (a share of one), change (the same, with its sign), rate (two decimals) or days (one
    decimal; months too).
    """

    key: str
    heading: str
    format: str


@dataclass(frozen=True)
class Cell:
    """One figure: its value, not rounded, or None with the reason. `status` is the reason, empty where it is shown."""

    value: float | None
    status: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is of, when, and its figures, in the order of the table's columns.

    `time` is a period's label or an ISO date, empty where no year is final yet; `place` is 0 for the latest time and 1
    for the one before; `status` is the figure's own. `format` reads the whole line where it differs from its columns.
    """

    measure: str
    title: str
    dimension: str
    label: str
    time: str
    place: int
    status: str
    cells: tuple[Cell, ...]
    format: str = ""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What tells a line from the others of its table, in this return and in any other."""
        return self.measure, self.dimension, self.label, self.place


@dataclass(frozen=True)
class Table:
    """One table of a return."""

    id: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Basis:
    """What the figures rest on, as far as a build says: what a later return is compared with to say why it differs.

    `files` has for each extract its rows accepted and the last day that it reaches; `switches` the choices that the
    build was made with; `definitions` a fingerprint of the SQL of each measure, and of what all measures share.
    """

    files: dict[str, tuple[int, str]]
    switches: dict[str, str]
    definitions: dict[str, str]


@dataclass(frozen=True)
class Return:
    """A whole return: whose, as at when, from which build, and every table. `scheme` is None for all together.

    `meanings` are the measures in it as they were defined when it was made, in their order.
    """

    scheme: str | None
    scheme_name: str
    as_at: date
    release: Release
    build: Build
    tables: tuple[Table, ...]
    basis: Basis
    meanings: tuple[Measure, ...]


@lru_cache(maxsize=8)
def _declared(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / DECLARED).read_text(encoding="utf-8"))


def declared() -> list[dict[str, Any]]:
    """Return the tables as they are declared, each with its columns as a list of Column."""
    kinds = {name: tuple(Column(**each) for each in given) for name, given in _declared(sql.ROOT)["columns"].items()}
    return [table | {"columns": kinds[table["columns"]]} for table in _declared(sql.ROOT)["tables"]]


def check_permitted(warehouse: Warehouse, viewer: Viewer, scheme: str | None, release: Release) -> str:
    """Return the scheme's name, or what all together are called, where the viewer may have such a return of it.

    An official one has exact figures: of a manager's own schemes, or of any for an analyst. Raises NotPermitted,
    saying the same of another's scheme and of one that does not exist.
    """
    if release == "official" and viewer.role == "board":
        raise NotPermitted("An official return has exact figures: board members have the public one.")
    if scheme is None:
        if release == "official" and viewer.role != "analyst":
            raise NotPermitted("An official return of all schemes together is for analysts: name a scheme.")
        return "All schemes"
    known = schemes(warehouse, viewer if release == "official" else Viewer.board())
    names = dict(zip(known["scheme"], known["name"], strict=True))
    if scheme not in names:
        raise NotPermitted(NOT_YOURS)
    return names[scheme]


def home_office(
    warehouse: Warehouse, viewer: Viewer, scheme: str | None, as_at: date, release: Release = "official"
) -> Return:
    """Return the Home Office return of a scheme (None: of all together) at a month end, as the viewer may have it.

    `official` has exact figures, `public` what a board may see: what is not published is said to be. Raises
    NotPermitted, or UnknownPeriod for a date that is no month end the build reaches.
    """
    return _made(warehouse, viewer, scheme, as_at, release, declared())


def scheme_profile(
    warehouse: Warehouse, viewer: Viewer, scheme: str | None, as_at: date, release: Release = "official"
) -> Return:
    """Return the scheme profile by itself, as a return of one table. Raises as `home_office` does."""
    only = [table for table in declared() if table["id"] == "T1"]
    return _made(warehouse, viewer, scheme, as_at, release, only)


def _made(
    warehouse: Warehouse,
    viewer: Viewer,
    scheme: str | None,
    as_at: date,
    release: Release,
    tables: list[dict[str, Any]],
) -> Return:
    if release not in RELEASES:
        raise ValueError(f"A release is {' or '.join(RELEASES)}, got: {release}")
    name = check_permitted(warehouse, viewer, scheme, release)
    _check_month_end(warehouse, as_at)
    seen_by = viewer if release == "official" else Viewer.board(viewer.subject)
    asking = _Asking(warehouse, seen_by, scheme, as_at)
    made = tuple(
        Table(
            table["id"],
            table["title"],
            table["columns"],
            tuple(line for declared in table["lines"] for line in _lines(asking, declared, table["columns"])),
        )
        for table in tables
    )
    shown = tuple(dict.fromkeys(line["measure"] for table in tables for line in table["lines"]))
    return Return(
        scheme, name, as_at, release, warehouse.build, made, basis(warehouse, shown), tuple(map(measure, shown))
    )


def _check_month_end(warehouse: Warehouse, as_at: date) -> None:
    known = month_ends(warehouse)
    if as_at not in known:
        reach = f" from {known[0]} to {known[-1]}" if known else ""
        raise UnknownPeriod(f"A return is made at a month end{reach}, got: {as_at}")


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Asking:
    """What every line of one return is asked with."""

    warehouse: Warehouse
    viewer: Viewer
    scheme: str | None
    as_at: date


def year_final(warehouse: Warehouse, about: Measure, as_at: date) -> list[str]:
    """Return the years of a measure that were final by a date, latest first: those of a return of that date.

    It goes by the date and not by how far the build reaches, so that a return of one date is of the same years
    whichever build it is made from.
    """
    known = periods(warehouse, about).filter(
        pl.col("ends_on").dt.offset_by(f"{about.matures}mo") <= pl.lit(as_at, dtype=pl.Date)
    )
    return known.sort("starts_on", descending=True)["period"].to_list()


def where_of(about: Measure, declared: Mapping[str, Any], scheme: str | None) -> dict[str, str]:
    """Return what a line is filtered on: the scheme, and people on schemes where the measure has others."""
    where = {} if scheme is None else {"scheme": scheme}
    if "ppo" not in about.not_applicable and not declared.get("everyone"):
        where["ppo"] = "yes"
    return where


def _lines(asking: _Asking, declared: Mapping[str, Any], columns: tuple[Column, ...]) -> list[Line]:
    about = measure(declared["measure"])
    if about.at_month_end:
        return _of_time(asking, about, declared, columns, asking.as_at.isoformat(), 0)
    years = year_final(asking.warehouse, about, asking.as_at)[: declared.get("years", 1)]
    if not years:
        return _empty(about, declared, columns, "", 0, "immature")
    return [
        line for place, period in enumerate(years) for line in _of_time(asking, about, declared, columns, period, place)
    ]


def _of_time(
    asking: _Asking, about: Measure, declared: Mapping[str, Any], columns: tuple[Column, ...], time: str, place: int
) -> list[Line]:
    by = (declared["by"],) if "by" in declared else ()
    where = where_of(about, declared, asking.scheme)
    try:
        found = figure(
            asking.warehouse,
            asking.viewer,
            about.id,
            by,
            where,
            None if about.at_month_end else time,
            asking.as_at if about.at_month_end else None,
        )
    except NotPermitted:
        return _empty(about, declared, columns, time, place, NOT_PUBLISHED)
    if about.kind == "table":
        return _profile(found, declared, columns, time)
    dimension = found.by[0] if found.by else ""
    rows = {row[dimension] if dimension else "": row for row in found.frame.iter_rows(named=True)}
    target = _target(asking, about, time) if declared.get("target") else None
    return [
        Line(
            about.id,
            declared["title"],
            dimension,
            label,
            time,
            place,
            _status(found, rows.get(label)),
            tuple(
                Cell(target, "" if target is not None else NO_TARGET)
                if column.key == "target"
                else _cell(found, rows.get(label), column.key)
                for column in columns
            ),
        )
        for label in _labels(dimension, rows)
    ]


def _labels(dimension: str, rows: Mapping[str, Any]) -> list[str]:
    """Return the labels that a line is given for: all of the closed list, so that no table loses a row."""
    if not dimension:
        return [""]
    known = list(DIMENSIONS[dimension].labels)
    return [*known, *(label for label in rows if label not in known)]


def _status(found: Figure, row: Mapping[str, Any] | None) -> str:
    if row is None or (not row["n"] and row["status"] == "immature" and found.status == "final"):
        return NOBODY
    return row["status"]


def _cell(found: Figure, row: Mapping[str, Any] | None, key: str) -> Cell:
    if row is None:
        # In this group there is nobody: counts of it are none, and there is nothing to work a rate out from.
        counted = key in ("numerator", "denominator", "n") or (key == "value" and found.measure.kind == "count")
        return Cell(0.0) if counted else Cell(None, NOBODY)
    if row[key] is not None:
        return Cell(float(row[key]))
    status = row["status"]
    if not row["n"] and (status == "low_base" or _status(found, row) == NOBODY):
        return Cell(None, NOBODY)
    few = found.measure.kind == "days" and status == "low_base"
    if few or status in ("ok", "provisional"):
        # The row may be shown, but this value needs more people than it has.
        return Cell(None, "confidential" if found.published else "low_base")
    return Cell(None, status)


def _profile(found: Figure, declared: Mapping[str, Any], columns: tuple[Column, ...], time: str) -> list[Line]:
    rows = {(row["row"], row["column"]): row for row in found.frame.iter_rows(named=True)}
    lines = []
    for name in PROFILE_ROWS:
        pair = [rows.get((name, column.key)) for column in columns]
        status = next((row["status"] for row in pair if row and row["status"] not in ("ok", "not_applicable")), "ok")
        lines.append(
            Line(
                found.measure.id,
                declared["title"],
                "row",
                name,
                time,
                0,
                status,
                tuple(_cell(found, row, "value") if row else Cell(None, NOT_PUBLISHED) for row in pair),
                "days" if name.endswith("_age") else "",
            )
        )
    return lines


def _empty(
    about: Measure, declared: Mapping[str, Any], columns: tuple[Column, ...], time: str, place: int, status: str
) -> list[Line]:
    """Return the lines of figures that are not there, each with the reason, so that the table keeps its shape."""
    if about.kind == "table":
        dimension, labels = "row", list(PROFILE_ROWS)
    else:
        dimension = declared.get("by") or about.always_by or ""
        labels = _labels(dimension, {})
    cells = tuple(Cell(None, status) for _ in columns)
    return [Line(about.id, declared["title"], dimension, label, time, place, status, cells) for label in labels]


def _target(asking: _Asking, about: Measure, period: str) -> float | None:
    rows = quality.targets(asking.warehouse, about.id, period, asking.scheme)
    return rows["value"][0] if rows.height else None


# ── What it rests on ────────────────────────────────────────────────────────────────────────────


def basis(warehouse: Warehouse, names: tuple[str, ...]) -> Basis:
    """Return what the figures of some measures rest on in a build."""
    reads = {file for name in names for file in measure(name).reads}
    files = {
        row["file"]: (row["accepted"], row["covered_to"].isoformat() if row["covered_to"] else "")
        for row in quality.files(warehouse).iter_rows(named=True)
        if row["file"] in reads
    }
    shared = "".join(sql.read_sql(name) for name in sql.files("queries") if name != "queries/store.sql")
    definitions = {name: _fingerprint(sql.body(measure(name).file)) for name in names}
    return Basis(files, quality.switches(warehouse), definitions | {"": _fingerprint(shared)})


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# ── A return as text, to be kept and read again ─────────────────────────────────────────────────


def to_text(made: Return) -> str:
    """Return a return as JSON text that `from_text` reads back as it was."""
    return json.dumps(asdict(made), default=lambda value: value.isoformat(), sort_keys=True)


def from_text(text: str) -> Return:
    """Return the return that was kept as text."""
    kept = json.loads(text)
    tables = tuple(
        Table(
            table["id"],
            table["title"],
            tuple(Column(**column) for column in table["columns"]),
            tuple(Line(**line | {"cells": tuple(Cell(**cell) for cell in line["cells"])}) for line in table["lines"]),
        )
        for table in kept["tables"]
    )
    days = ("built_on", "extract_date", "covered_to")
    build = Build(**kept["build"] | {day: date.fromisoformat(kept["build"][day]) for day in days})
    rests_on = kept["basis"]
    files = {file: (accepted, to) for file, (accepted, to) in rests_on["files"].items()}
    return Return(
        kept["scheme"],
        kept["scheme_name"],
        date.fromisoformat(kept["as_at"]),
        kept["release"],
        build,
        tables,
        Basis(files, rests_on["switches"], rests_on["definitions"]),
        tuple(Measure(**{key: _as_it_was(value) for key, value in each.items()}) for each in kept["meanings"]),
    )


def _as_it_was(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
