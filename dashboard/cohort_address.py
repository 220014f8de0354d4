"""What the cohort page asks, as its address says it: read against closed lists, and written in one way only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qs, urlencode

from queries import cohort
from queries.catalogue import Measure, measure, measures
from queries.cohort import Selection
from queries.dimensions import ANY_OF, DIMENSIONS, labels_of
from queries.scope import Viewer
from queries.unit_rows import FINANCIAL_YEAR, Cohort, UnknownCohort
from queries.warehouse import Warehouse
from queries.when import month_ends, periods

Parameters = dict[str, list[str]]

PARAMETERS = ("measure", "split", "a", "a_years", "a_time", "compare", "b", "b_years", "b_time", "saved")
"""Everything that the page's own part of an address may say. None is a parameter that other pages share."""

LATEST, ALL = "latest", "all"
MOST_BREAKDOWNS = 2
MOST_FILTERS = 12
MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
YEARS = (FINANCIAL_YEAR, "calendar_year", *(f"year_from:2000-{month}" for month in MONTHS if month not in ("01", "04")))
"""The ways of cutting time into years: only the month is read of the last ones."""


@dataclass(frozen=True)
class Asked:
    """A measure, its breakdowns, a cohort, and perhaps another beside it; `saved` is the cohort that it was opened as.

    A period of None is the latest final one, a month end of None the latest.
    """

    measure: str = "reoffending_rate"
    by: tuple[str, ...] = ()
    a: Selection = field(default_factory=lambda: Selection({"ppo": "yes"}))
    b: Selection | None = None
    saved: int | None = None

    @property
    def cohorts(self) -> dict[str, Selection]:
        """The cohorts by letter: a, and b where there is one."""
        return {"a": self.a} | ({"b": self.b} if self.b is not None else {})


def written(asked: Asked) -> Parameters:
    """Return the parameters of an address that asks for this, each in its place; what is usual is left out."""
    found: Parameters = {"measure": [asked.measure]}
    if asked.by:
        found["split"] = list(asked.by)
    for prefix, chosen in asked.cohorts.items():
        if prefix == "b":
            found["compare"] = ["yes"]
        if chosen.where:
            found[prefix] = [f"{name}:{text}" for name, text in chosen.where.items()]
        if chosen.years not in (None, FINANCIAL_YEAR):
            found[f"{prefix}_years"] = [str(chosen.years)]
        if chosen.as_at or chosen.period:
            found[f"{prefix}_time"] = [chosen.as_at.isoformat() if chosen.as_at else str(chosen.period)]
    if asked.saved is not None:
        found["saved"] = [str(asked.saved)]
    return found


def as_query(asked: Asked) -> str:
    """Return what is asked as the part of an address after its question mark, without the saved cohort's number."""
    return urlencode(written(replace(asked, saved=None)), doseq=True)


def from_query(query: str) -> Parameters:
    """Return the parameters of the part of an address after its question mark, as far as the page has them."""
    return {name: texts for name, texts in parse_qs(query, max_num_fields=100).items() if name in PARAMETERS}


def read(parameters: Mapping[str, Sequence[str]], warehouse: Warehouse, viewer: Viewer) -> tuple[Asked, list[str]]:
    """Return what an address asks for, and the words for each part of it that is not available and was left out.

    Everything is held to a closed list: measures, breakdowns, labels, ways of cutting time, periods, month ends. The
    words never quote the address. Raises NotPermitted for anybody but an analyst.
    """
    cohort.check_analyst(viewer)
    lost: list[str] = []
    name = _one(parameters, "measure") or Asked.measure
    if name not in measures():
        lost.append("Measure")
        name = Asked.measure
    about = measure(name)
    by = [each for each in dict.fromkeys(parameters.get("split", ())) if each in breakdowns(about)][:MOST_BREAKDOWNS]
    if len(by) < len(parameters.get("split", ())):
        lost.append("Break down by")
    a, lost_a = _selection(parameters, "a", about, warehouse, viewer)
    lost += lost_a
    b = None
    if _one(parameters, "compare") == "yes":
        b, lost_b = _selection(parameters, "b", about, warehouse, viewer)
        lost += lost_b
    saved = _one(parameters, "saved")
    number = int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 10 else None
    return Asked(name, tuple(by), a, b, number), lost


def breakdowns(about: Measure) -> list[str]:
    """Return what a measure can be broken down by; by month only where it is taken at month ends."""
    return [name for name in about.dimensions if name != "month" or about.at_month_end]


def filters(about: Measure) -> list[str]:
    """Return what a cohort can be narrowed by: every breakdown that applies, except time, which is chosen apart."""
    return [name for name in about.dimensions if name not in ("period", "month")]


def times(about: Measure, years: str | None, warehouse: Warehouse) -> list[str]:
    """Return the times that a measure can be asked for, latest first, beside the latest: periods or month ends."""
    if about.at_month_end:
        return [day.isoformat() for day in sorted(month_ends(warehouse), reverse=True)]
    return [ALL, *sorted(periods(warehouse, about, years)["period"], reverse=True)]


def _selection(
    parameters: Mapping[str, Sequence[str]], prefix: str, about: Measure, warehouse: Warehouse, viewer: Viewer
) -> tuple[Selection, list[str]]:
    lost = []
    where: dict[str, str] = {}
    for text in list(parameters.get(prefix, ()))[:MOST_FILTERS]:
        name, _, wanted = text.partition(":")
        known = filters(about)
        labels = cohort.labels(warehouse, viewer, about.id, name) if name in known else []
        kept = [label for label in labels_of(wanted) if label in labels]
        if len(kept) < len(labels_of(wanted)) or name in where:
            lost.append(DIMENSIONS[name].title if name in DIMENSIONS else "Narrow by")
        if kept:
            where[name] = ANY_OF.join(sorted(kept, key=labels.index))
    if len(parameters.get(prefix, ())) > MOST_FILTERS:
        lost.append("Narrow by")
    years = _one(parameters, f"{prefix}_years") or None
    try:
        Cohort.named(years)
    except UnknownCohort:
        lost.append("Years")
        years = None
    if about.at_month_end and years is not None:
        years = None
    time = _one(parameters, f"{prefix}_time") or LATEST
    if time != LATEST and time not in times(about, years, warehouse):
        lost.append("Time")
        time = LATEST
    return chosen(about, where, years, time), lost


def chosen(about: Measure, where: Mapping[str, str], years: str | None, time: str) -> Selection:
    """Return a selection from a measure's filters, a way of cutting time, and one of its times."""
    if time == LATEST:
        return Selection(dict(where), years)
    if about.at_month_end:
        return Selection(dict(where), years, as_at=date.fromisoformat(time))
    return Selection(dict(where), years, period=time)


def _one(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    """Return a parameter that is given once, or nothing; of several the last, as an address is read elsewhere."""
    return parameters[name][-1] if parameters.get(name) else ""
