"""The measures: read from the comment headers of `queries/measures/*.sql`, and from nowhere else."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from queries import sql
from queries.dimensions import DIMENSIONS, check_label

KINDS = (
    "proportion", "ratio", "share", "change", "count", "distribution", "days", "stock", "timeline", "survival",
    "concentration", "table",
)  # fmt: skip
DIRECTIONS = ("lower", "higher", "none")
REQUIRED = (
    "title", "unit", "kind", "numerator", "denominator", "direction", "why", "excludes", "source", "matures",
    "not_applicable", "reads", "switches", "owner", "review_by",
)  # fmt: skip
OPTIONAL = (
    "numerator_where", "immature_until", "short", "read_at", "has", "always_by", "labels", "counted_in", "exposure",
    "needs_share", "once_per",
)  # fmt: skip


ONCE_PER = ("period", "months", "month_end")


class HeaderError(ValueError):
    """A measure's header is incomplete or says something that is not allowed."""


class UnknownMeasure(ValueError):
    """No measure has that name."""


@dataclass(frozen=True)
class Measure:
    """One measure, as its header declares it.

    `numerator_column` and `denominator_column` name columns of the unit query (for kind days, the numerator
    column holds the days); `numerator` and `denominator` are the words for people. `matures` and
    `immature_until` are months after a unit's date; without the latter, what there is is shown from the first. `has`
    names the breakdowns of its own that the unit query gives, and `always_by` the one without which the measure says
    nothing; of that one it has only `labels`, where they are given. `exposure` names the columns that hold how much
    time a change's before and after are out of, and `needs_share` two columns and the least that the one must be of the
    other for a value to be shown. `once_per` says that a person has one unit at most for each of those, which spares
    bringing a person's units together.
    """

    id: str
    title: str
    short: str
    unit: str
    kind: str
    numerator_column: str
    numerator: str
    denominator_column: str
    denominator: str
    numerator_where: tuple[str, str] | None
    direction: str
    why: str
    excludes: str
    source: str
    matures: int
    immature_until: int | None
    not_applicable: tuple[str, ...]
    reads: tuple[str, ...]
    switches: tuple[str, ...]
    owner: str
    review_by: str
    file: str
    at_month_end: bool = False
    has: tuple[str, ...] = ()
    always_by: str | None = None
    labels: tuple[str, ...] = ()
    counted_in: str = "days"
    exposure: tuple[str, str] | None = None
    needs_share: tuple[str, str, float] | None = None
    once_per: str | None = None

    @property
    def units(self) -> str:
        """The name of the unit query, shared by the measures of one file."""
        return Path(self.file).stem

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The breakdowns that apply, in the order of the closed list."""
        return tuple(name for name in DIMENSIONS if name not in self.not_applicable)


@lru_cache(maxsize=8)
def _catalogue(root: Path) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for file in sql.files("queries/measures"):
        for measure in read_headers(sql.read_sql(file), file):
            if measure.id in found:
                raise HeaderError(f"{file}: measure {measure.id} is already declared in {found[measure.id].file}")
            found[measure.id] = measure
    return found


def measures() -> dict[str, Measure]:
    """Return every measure by id, in the order of the files and their headers."""
    return _catalogue(sql.ROOT)


def measure(name: str) -> Measure:
    """Return one measure. Raises UnknownMeasure naming the list."""
    known = measures()
    if name not in known:
        raise UnknownMeasure(f"Measure must be one of {', '.join(known)}, got: {name}")
    return known[name]


def read_headers(text: str, file: str) -> list[Measure]:
    """Return the measures that the header of one file declares.

    A block starts with `-- measure: id`; each later line is `-- key: words`, and a line indented by two
    spaces or more after the dashes goes on with the key before it. Keys given before the first block are
    shared by all. Raises HeaderError.
    """
    shared: dict[str, str] = {}
    blocks: list[dict[str, str]] = []
    current, key = shared, ""
    for line in text.splitlines():
        if line.strip() and not line.startswith("--"):
            break
        if match := re.match(r"^-- (\w+): ?(.*)$", line):
            key = match[1]
            if key == "measure":
                current = {}
                blocks.append(current)
            if key in current:
                raise HeaderError(f"{file}: {key} is given twice")
            current[key] = match[2].strip()
        elif (match := re.match(r"^--\s{2,}(\S.*)$", line)) and key:
            current[key] = f"{current[key]} {match[1].strip()}"
    if not blocks:
        raise HeaderError(f"{file}: no `-- measure:` header")
    return [_measure({**shared, **block}, file) for block in blocks]


def _measure(header: dict[str, str], file: str) -> Measure:
    name = header.pop("measure")
    if missing := [key for key in REQUIRED if not header.get(key)]:
        raise HeaderError(f"{file}: {name} lacks {', '.join(missing)}")
    if unknown := set(header) - set(REQUIRED) - set(OPTIONAL):
        raise HeaderError(f"{file}: {name} has unknown keys {', '.join(sorted(unknown))}")
    _one_of(file, name, "kind", header["kind"], KINDS)
    _one_of(file, name, "direction", header["direction"], DIRECTIONS)
    not_applicable = _list(header["not_applicable"])
    for dimension in not_applicable:
        _one_of(file, name, "not_applicable", dimension, tuple(DIMENSIONS))
    own = [dimension.name for dimension in DIMENSIONS.values() if dimension.own]
    has = _list(header.get("has", "none"))
    if always_by := header.get("always_by"):
        has = tuple(dict.fromkeys((always_by, *has)))
    for dimension in has:
        _one_of(file, name, "has", dimension, tuple(own))
    not_applicable = (*not_applicable, *(dimension for dimension in own if dimension not in has))
    labels = _list(header.get("labels", "none"))
    for label in labels:
        _one_of(file, name, "labels", label, DIMENSIONS[always_by].labels if always_by else ())
    _one_of(file, name, "once_per", header.get("once_per", "period"), ONCE_PER)
    _one_of(file, name, "read_at", header.get("read_at", "period"), ("period", "month_end"))
    _one_of(file, name, "counted_in", header.get("counted_in", "days"), ("days", "months"))
    for switch in (switches := _list(header["switches"])):
        _one_of(file, name, "switches", switch, tuple(default_switches()))
    numerator_column, numerator = _column_and_words(header["numerator"])
    denominator_column, denominator = _column_and_words(header["denominator"])
    return Measure(
        id=name,
        title=header["title"],
        short=header.get("short", header["title"]),
        unit=header["unit"],
        kind=header["kind"],
        numerator_column=numerator_column,
        numerator=numerator,
        denominator_column=denominator_column,
        denominator=denominator,
        numerator_where=_condition(header.get("numerator_where", "")),
        direction=header["direction"],
        why=header["why"],
        excludes=header["excludes"],
        source=header["source"],
        matures=_months(header["matures"], file),
        immature_until=_months(header["immature_until"], file) if "immature_until" in header else None,
        not_applicable=not_applicable,
        reads=_list(header["reads"]),
        switches=switches,
        owner=header["owner"],
        review_by=header["review_by"],
        file=file,
        at_month_end=header.get("read_at") == "month_end",
        has=has,
        always_by=always_by,
        labels=labels,
        counted_in=header.get("counted_in", "days"),
        exposure=_exposure(header.get("exposure", ""), file),
        needs_share=_needs_share(header.get("needs_share", ""), file),
        once_per=header.get("once_per"),
    )


def _one_of(file: str, name: str, key: str, got: str, allowed: tuple[str, ...]) -> None:
    if got not in allowed:
        raise HeaderError(f"{file}: {name}: {key} must be one of {', '.join(allowed)}, got: {got}")


def _list(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(part.strip() for part in text.split(",") if part.strip())


def _column_and_words(text: str) -> tuple[str, str]:
    column, _, words = text.partition(",")
    return column.strip(), (words or column).strip()


def _condition(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    name, _, label = (part.strip() for part in text.partition("="))
    return name, check_label(name, label)


def _exposure(text: str, file: str) -> tuple[str, str] | None:
    if not text:
        return None
    before, _, after = (part.strip() for part in text.partition(","))
    if not after:
        raise HeaderError(f"{file}: an exposure is two columns, `before, after`, got: {text}")
    return before, after


def _needs_share(text: str, file: str) -> tuple[str, str, float] | None:
    if not text:
        return None
    match = re.fullmatch(r"(\w+) / (\w+) >= (0\.\d+)", text)
    if not match:
        raise HeaderError(f"{file}: a share that is needed is `part / whole >= 0.8`, got: {text}")
    return match[1], match[2], float(match[3])


def _months(text: str, file: str) -> int:
    match = re.match(r"^(\d+) months?\b", text)
    if not match:
        raise HeaderError(f"{file}: a time to maturity is `N months`, got: {text}")
    return int(match[1])


@lru_cache(maxsize=8)
def _switches(root: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((root / "queries/switches.toml").read_text(encoding="utf-8"))


def switches() -> dict[str, dict[str, object]]:
    """Return every switch with its default, title and reason."""
    return _switches(sql.ROOT)


def default_switches() -> dict[str, object]:
    """Return the default of every switch by name."""
    return {name: switch["default"] for name, switch in switches().items()}
