"""The self-assessment as a workbook to send: ratings, evidence, and what was measured beside each criterion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard import describe, evidence, words
from dashboard.assessment_words import in_words
from dashboard.profile import BENEATH, COLUMNS, TOOL
from dashboard.return_book import WRITERS
from dashboard.workbook import FORMATS, ONE_TABLE, Cell, Number, Sheet, Workbook
from queries.catalogue import Measure
from queries.figures import Figure, figure, schemes
from queries.scope import NotPermitted, Viewer
from queries.self_assessment import (
    EVIDENCE,
    NOT_THERE,
    OWNER,
    RATING,
    REVIEW,
    Assessment,
    read,
    tool,
    year_before,
    year_of,
)
from queries.store import Store
from queries.warehouse import Build, Warehouse
from queries.when import UnknownPeriod, month_ends

OFFICIAL, PUBLIC = "official", "public"
RELEASES = {
    OFFICIAL: "Official: exact figures and what the scheme wrote, for the scheme and its partners. Do not publish.",
    PUBLIC: "Public: ratings, and published figures that are protected so that nobody can be recognised. What is "
    "written in free text is left out, since no disclosure control reads it.",
}
NOT_EXACT = (
    "An official self-assessment has exact figures of one scheme: it is for that scheme's manager or an analyst."
)
SHORTHAND = {
    "[c]": "Not shown, to protect people: so few that someone might be recognised.",
    "[p]": "Provisional: the period is not final yet.",
    "[u]": "Too few people (under 30) for a percentage or rate. The counts are given.",
    "[x]": "Not available: too soon to be counted, or not among the published tables.",
    "[z]": "Does not apply, or there is nobody in the group.",
}
COUNTED = {"numerator": "Counted", "denominator": "Out of", "value": "Figure", "lower": "Lower", "upper": "Upper"}


@dataclass(frozen=True)
class Content:
    """What goes into one workbook: this year's and last year's, the figures beside them, and the profile."""

    scheme: str
    scheme_name: str
    as_at: date
    release: str
    now: Assessment
    before: Assessment
    measured: tuple[tuple[str, evidence.Line], ...]
    said: tuple[tuple[str, str], ...]
    profile: Figure
    build: Build

    @property
    def title(self) -> str:
        """What the workbook is called."""
        return f"PPO self-assessment: {self.scheme_name}, {words.period(self.now.year)}"

    @property
    def measures(self) -> list[Measure]:
        """Every measure that is in it, in the order in which they first occur: its place gives its note a number."""
        return list({line.about.id: line.about for _, line in self.measured}.values())


def content(
    store: Store, warehouse: Warehouse, viewer: Viewer, scheme: str, as_at: date, release: str = OFFICIAL
) -> Content:
    """Return what a scheme's workbook holds as at a month end; its year is the one that the date is in.

    `official` has exact figures and the evidence as it is written, `public` what anybody may see. Raises NotPermitted,
    UnknownPeriod for a date that is no month end of the build, and ValueError for another release.
    """
    if release not in RELEASES:
        raise ValueError(f"A release is one of {', '.join(RELEASES)}, got: {release}")
    if release == OFFICIAL and viewer.role != "analyst" and scheme not in viewer.schemes:
        raise NotPermitted(NOT_EXACT)
    seen_by = viewer if release == OFFICIAL else Viewer.board(viewer.subject)
    known = schemes(warehouse, seen_by)
    names = dict(zip(known["scheme"], known["name"], strict=True))
    if scheme not in names:
        raise NotPermitted(NOT_THERE)
    if as_at not in month_ends(warehouse):
        raise UnknownPeriod(f"A self-assessment is as at a month end that the build reaches, got: {as_at}")
    year = year_of(as_at)
    criteria = [criterion for section in tool().sections for criterion in section.criteria]
    return Content(
        scheme,
        names[scheme],
        as_at,
        release,
        read(store, warehouse, seen_by, scheme, year),
        read(store, warehouse, seen_by, scheme, year_before(year)),
        tuple(
            (criterion.id, line)
            for criterion in criteria
            for line in evidence.lines(warehouse, seen_by, criterion, scheme, names[scheme], as_at)
        ),
        tuple(
            (criterion.id, said)
            for criterion in criteria
            for said in evidence.on_record(store, warehouse, seen_by, criterion, scheme, as_at)
        ),
        figure(warehouse, seen_by, "scheme_profile", (), {"scheme": scheme}, as_at=as_at),
        warehouse.build,
    )  # fmt: skip


def file_name(made: Content, suffix: str) -> str:
    """Return the name of a workbook's file, which says what is in it."""
    return f"self-assessment_{made.scheme}_{made.as_at.isoformat()}_{made.release}{suffix}"


def as_file(made: Content, suffix: str) -> bytes:
    """Return the workbook as a file: `.xlsx` or `.ods`."""
    return WRITERS[suffix](workbook(made))


def workbook(made: Content) -> Workbook:
    """Return the workbook: a cover, contents, notes, shorthand, and one table a sheet."""
    said = tool()
    return Workbook(
        title=made.title,
        introduction=(
            f"This workbook holds the self-assessment of {made.scheme_name} for {words.period(made.now.year)}, by the "
            f"eleven sections of the {said.publisher}'s {said.title}.",
            RELEASES[made.release],
            f"Counts of people on the scheme are as at {words.day(made.as_at)}. Every other figure is of the latest "
            "year, April to March, that was final by then.",
            "A rating is the scheme's own judgement of a section as a whole. What was measured does not decide it.",
        ),
        about=(
            describe.stamp(made.build),
            f"Build {made.build.id}.",
            f"{said.statement} The licence: {said.licence_address}",
            "Percentages and rates are not rounded in the cells, only in how they are shown. Intervals are at 95%.",
        ),
        contact=("Ask the manager of the scheme about the evidence, and the analyst about the figures.",),
        notes=tuple(
            (about.title, " ".join(f"{heading}: {text}" for heading, text in describe.definition(about)))
            for about in made.measures
        ),
        shorthand=tuple(SHORTHAND.items()),
        tables=tuple(each(made) for each in SHEETS[made.release]),
        made_on=made.build.built_on,
    )  # fmt: skip


def _sentences(made: Content, rows: Sequence[Sequence[Cell]] = ()) -> tuple[str, ...]:
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    used = (f"{mark} {meaning}" for mark, meaning in SHORTHAND.items() if mark in texts)
    release = RELEASES[made.release].partition(":")[0]
    return (ONE_TABLE, f"{made.scheme_name}, {words.period(made.now.year)}. {release} release.", *used)


def _profile(made: Content) -> Sheet:
    found = {(row["row"], row["column"]): row for row in made.profile.frame.rows(named=True)}

    def cell(name: str, column: str) -> Cell:
        row = found[name, column]
        if row["value"] is None:
            return words.SHORTHAND.get(row["status"], "[z]")
        return Number(row["value"], "days" if name.endswith("_age") else "count")

    rows: list[tuple[Cell, ...]] = [("Name of scheme", *(made.scheme_name for _ in COLUMNS))]
    rows += [(title, *(cell(name, column) for column in COLUMNS)) for name, title in (TOOL | BENEATH).items()]
    title = f"Scheme profile and overview, as at {words.day(made.as_at)}"
    return Sheet("Profile", title, _sentences(made, rows), ("Scheme profile", *COLUMNS.values()), tuple(rows))


def _ratings(made: Content) -> Sheet:
    headings = ["Section", "Title", "Strand", "Rating", "Rating the year before", "Review date"]
    headings += ["Owner"] if made.release == OFFICIAL else []
    headings += ["Criteria", "Criteria with evidence", "Still missing"]
    rows = []
    for section in tool().sections:
        number = section.number
        row: list[Cell] = [number, section.title, section.part]
        row += [in_words(RATING, found.words(number, RATING)) for found in (made.now, made.before)]
        row.append(in_words(REVIEW, made.now.words(number, REVIEW)) or "None yet")
        if made.release == OFFICIAL:
            row.append(made.now.words(number, OWNER) or "None yet")
        row += [Number(len(section.criteria), "count"), Number(made.now.with_evidence(section), "count")]
        row.append(words.sentence(words.joined(made.now.missing(section, made.as_at))) or "Nothing")
        rows.append(tuple(row))
    title = f"The eleven sections and their ratings, {words.period(made.now.year)}"
    return Sheet("Ratings", title, _sentences(made), tuple(headings), tuple(rows), names=2)


def _evidence(made: Content) -> Sheet:
    """Return what was written, criterion by criterion."""
    rows = []
    for section in tool().sections:
        for criterion in section.criteria:
            saved = made.now.in_place(criterion.id, EVIDENCE)
            rows.append(
                (
                    section.number,
                    criterion.id,
                    criterion.text,
                    made.now.words(criterion.id, EVIDENCE) or "None written",
                    words.day(saved.at.date()) if saved and saved.words else "Never",
                    made.before.words(criterion.id, EVIDENCE) or "None written",
                )
            )
    year, year_ago = words.period(made.now.year), words.period(made.before.year)
    headings = ("Section", "Criterion", "What is asked", f"Evidence, {year}", "Saved on", f"Evidence, {year_ago}")
    return Sheet("Evidence", f"Evidence by criterion, {year}", _sentences(made), headings, tuple(rows), names=3)


def _measured(made: Content) -> Sheet:
    notes = {about.id: place for place, about in enumerate(made.measures, start=1)}
    rows = []
    for criterion, line in made.measured:
        name = f"{line.name} [note {notes[line.about.id]}]"
        numbers = [_number(line, column) for column in COUNTED]
        rows.append((criterion, name, line.when or "[x]", *numbers, _people(line), line.before or "[x]", line.status))
    headings = ("Criterion", "What is counted", "When", *COUNTED.values(), "People", "Beside the year before", "Status")
    title = "What was measured beside each criterion"
    return Sheet("Measured", title, _sentences(made, rows), headings, tuple(rows), names=3)


def _number(line: evidence.Line, column: str) -> Cell:
    if line.figure is None or line.row is None:
        return "[z]" if line.status == evidence.NOBODY else "[x]"
    value = line.row[column]
    if value is not None:
        return Number(value, _format(line, column))
    if line.row["value"] is not None:
        # A count of everybody is out of nobody else, and needs no interval; a median is not one number out of another.
        needed = column in ("lower", "upper") and line.about.kind not in ("stock", "count")
        return words.SHORTHAND["low_base"] if needed else "[z]"
    return words.SHORTHAND.get(line.row["status"], "[z]")


def _people(line: evidence.Line) -> Cell:
    if line.figure is None or line.row is None:
        return "[z]" if line.status == evidence.NOBODY else "[x]"
    people = line.row["n"]
    return words.SHORTHAND.get(line.row["status"], "[z]") if people is None else Number(people, "count")


def _format(line: evidence.Line, column: str) -> str:
    """Return how a number is shown, by what it is."""
    kind = line.about.kind
    if column in ("numerator", "denominator") or kind in words.COUNTS:
        return "count"
    if kind == "change" and "change" in FORMATS:
        return "change"
    if kind in (*words.PERCENTAGES, "change"):
        return "percent"
    return "days" if kind == "days" else "rate"


def _on_record(made: Content) -> Sheet:
    rows = tuple((criterion, said) for criterion, said in made.said)
    title = "What is on record: the data of all schemes, and this scheme's signed returns"
    return Sheet("Record", title, _sentences(made), ("Criterion", "What is on record"), rows)


SHEETS = {
    OFFICIAL: (_profile, _ratings, _evidence, _measured, _on_record),
    PUBLIC: (_profile, _ratings, _measured, _on_record),
}
"""The tables of each release, in their order: a public workbook has none of what was written in free text."""
