"""Measured evidence: what the one road has to set beside a criterion of the self-assessment, row by row, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard import download, tables, takeaway, words
from queries import linkage, quality
from queries.catalogue import Measure, measure
from queries.figures import Figure, figure
from queries.returns import year_final
from queries.scope import NotPermitted, Viewer
from queries.self_assessment import Criterion, Measured, year_of
from queries.signed_off import signed
from queries.store import Store
from queries.warehouse import Warehouse

HEADINGS = ("What is counted", "When", "Figure", "How many", "95% interval", "Beside the year before", "Status")
KINDS = ("name", "name", "number", "name", "name", "words", "name")
NOT_PUBLISHED, NOBODY = "Not one of the published tables", "Nobody in this group"
AGENCIES = {"police": "Police", "probation": "Probation", "dip": "Drug Interventions Programme"}


@dataclass(frozen=True)
class Line:
    """One row of measured evidence in words, with the figure and the row of its frame that it was made from.

    Without a figure nothing is shown; `status` says why.
    """

    about: Measure
    name: str
    when: str
    value: str = ""
    how_many: str = ""
    interval: str = ""
    before: str = ""
    status: str = ""
    figure: Figure | None = None
    row: takeaway.Row | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it stands under HEADINGS."""
        return (self.name, self.when, self.value, self.how_many, self.interval, self.before, self.status)

    @property
    def sentence(self) -> str:
        """The row as a sentence, for paper."""
        if self.figure is None or self.row is None:
            return f"{self.name}: {words.lower_first(self.status)}."
        when = words.lower_first(self.when) if self.about.at_month_end else self.when
        return f"{self.name}, {when}: {takeaway.at_one_time(self.figure, self.row)}."


def lines(
    warehouse: Warehouse, viewer: Viewer, criterion: Criterion, scheme: str, scheme_name: str, as_at: date
) -> list[Line]:
    """Return the measured evidence for one criterion of one scheme, as far as the viewer may see it.

    Stocks are of the month end `as_at`; everything else of the latest year that was final by then, as in a return.
    """
    found = (_lines(warehouse, viewer, asked, scheme, scheme_name, as_at) for asked in criterion.measured)
    return [line for several in found for line in several]


def _lines(
    warehouse: Warehouse, viewer: Viewer, asked: Measured, scheme: str, scheme_name: str, as_at: date
) -> list[Line]:
    about = measure(asked.measure)
    time = "month" if about.at_month_end else "period"
    by = asked.by or about.always_by
    where = {}
    if not asked.compared:
        where["scheme"] = scheme
        if "ppo" not in about.not_applicable:
            where["ppo"] = "yes"
    of = "All schemes" if asked.compared else scheme_name
    label = f"{as_at:%Y-%m}" if about.at_month_end else next(iter(year_final(warehouse, about, as_at)), None)
    when = f"As at {words.day(as_at)}" if about.at_month_end else label and words.period(label)
    if not when:
        return [Line(about, _name(about, None, None, asked, of), "", status="Too soon: no year is final yet")]
    try:
        found = figure(warehouse, viewer, about.id, (time, *((asked.by,) if asked.by else ())), where)
    except NotPermitted:
        return [Line(about, _name(about, None, None, asked, of), when, status=NOT_PUBLISHED)]
    rows = {(row[time], row[by] if by else None): row for row in found.frame.rows(named=True)}
    groups = list(asked.only) or list(dict.fromkeys(group for at, group in rows if at == label))
    made = []
    for group in groups or [None]:
        name = _name(about, by, group, asked, of)
        row = rows.get((label, group))
        if row is None:
            made.append(Line(about, name, when, status=NOBODY))
            continue
        before = rows.get((takeaway.year_before(time, label or ""), group))
        made.append(
            Line(
                about,
                name,
                when,
                value=_value(found, row),
                how_many=_how_many(found, row),
                interval=_interval(found, row),
                before=_beside(warehouse, found, before, row, label or "", scheme),
                status=tables.status(found, row),
                figure=found,
                row=row,
            )
        )
    return made


def _name(about: Measure, by: str | None, group: str | None, asked: Measured, of: str) -> str:
    name = about.title
    if by is not None and group is not None:
        name = f"{about.title}: {words.label(by, group)}"
    elif asked.by is not None:
        name = f"{about.title}, by {words.lower_first(words.breakdown(asked.by))}"
    return f"{name} ({words.lower_first(of)})" if asked.compared else name


def _value(found: Figure, row: takeaway.Row) -> str:
    return tables.cell(found, "value", lambda number: words.value(words.read_as(found.measure), number))(row)


def _how_many(found: Figure, row: takeaway.Row) -> str:
    if found.measure.kind == "stock":
        return "Everybody is counted" if row["value"] is not None else tables.missing(found, row)
    if found.measure.kind == "count":
        return words.counted(row["n"], "person", "people") if row["n"] is not None else tables.missing(found, row)
    return tables.missing(found, row) if row["denominator"] is None else takeaway.counts(found, row)


def _interval(found: Figure, row: takeaway.Row) -> str:
    if found.measure.kind in ("stock", "count") and row["value"] is not None:
        return "None needed"
    return tables.interval(found).write(row)


def _beside(
    warehouse: Warehouse, found: Figure, before: takeaway.Row | None, row: takeaway.Row, label: str, scheme: str
) -> str:
    """Return how a figure compares with the year before it, and with the target that was set for it."""
    said = takeaway.change(found, before, row) if before else "There is no earlier year to compare."
    targets = quality.targets(warehouse, found.measure.id, label, scheme)
    if len(found.by) == 1 and targets.height:
        target = words.value(words.read_as(found.measure), targets["value"][0])
        said += f" The target, set by {targets['set_by'][0]}: {target}."
    return said


def table(found: Sequence[Line], caption: str) -> tables.Table:
    """Return measured evidence as a table of words."""
    return tables.Table(caption, HEADINGS, tuple(line.cells for line in found), KINDS)


def data_csv(found: Sequence[Line]) -> str:
    """Return measured evidence unrounded, one row for each line: an empty cell where a value is withheld."""
    columns = ("numerator", "denominator", "value", "lower", "upper", "n", "status")
    rows = [[line.about.id, line.name, line.when, *((line.row or {}).get(name) for name in columns)] for line in found]
    return download.as_csv(("measure", "name", "when", *columns), rows)


def on_record(
    store: Store, warehouse: Warehouse, viewer: Viewer, criterion: Criterion, scheme: str, as_at: date
) -> list[str]:
    """Return what is on record here that bears on a criterion, a sentence each: of the data, and of signed returns."""
    said: list[str] = []
    for name in criterion.data:
        if name == "signed_off":
            said += _signed_off(store, viewer, scheme, as_at)
        else:
            said += {"files": _files, "links": _links, "build": _build}[name](warehouse)
    return said


def _signed_off(store: Store, viewer: Viewer, scheme: str, as_at: date) -> list[str]:
    """Return how many of a scheme's returns of the year so far have been signed off, and the last of them."""
    year = year_of(as_at)
    own = [each for each in signed(store, viewer) if each.scheme == scheme]
    found = [each for each in own if year_of(each.as_at) == year and each.as_at <= as_at]
    if not found:
        return [f"No Home Office return of this scheme for {words.period(year)} has been signed off here."]
    last = max(found, key=lambda each: (each.as_at, each.version))
    many = words.counted(len({each.as_at for each in found}), "Home Office return", "Home Office returns")
    return [
        f"{many} of this scheme for {words.period(year)} signed off here; the last is as at {words.day(last.as_at)}, "
        f"signed on {words.day(last.signed_at.date())}."
    ]


def _files(warehouse: Warehouse) -> list[str]:
    """Return how many files came from each agency, how much of them was accepted, and how far they reach."""
    found = quality.files(warehouse).rows(named=True)
    said = []
    for agency, name in AGENCIES.items():
        own = [row for row in found if row["file"].startswith(f"{agency}/")]
        if not own:
            said.append(f"{name}: no file was received.")
            continue
        read, accepted = (sum(row[column] for row in own) for column in ("rows_read", "accepted"))
        ends = [row["covered_to"] for row in own if row["covered_to"]]
        text = f"{name}: {words.counted(len(own), 'file', 'files')}"
        text += f", {accepted / read:.1%} of {words.count(read)} rows accepted" if read else ", without a row"
        said.append(f"{text}{f', reaching {words.day(min(ends))} at least' if ends else ''}.")
    return said


def _links(warehouse: Warehouse) -> list[str]:
    """Return how many records of each agency were tied to somebody else's."""
    return [
        f"{AGENCIES[row['file'].split('/')[0]]}: {words.count(row['linked'] or 0)} of "
        f"{words.counted(row['records'], 'record', 'records')} of people were tied to another agency's."
        for row in linkage.agencies(warehouse).rows(named=True)
    ]


def _build(warehouse: Warehouse) -> list[str]:
    build = warehouse.build
    return [
        f"Figures were last made on {words.day(build.built_on)} from {words.counted(build.files, 'file', 'files')}, "
        f"with data to {words.day(build.covered_to)}."
    ]
