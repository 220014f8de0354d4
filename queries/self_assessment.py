"""The self-assessment: the tool's sections, and what each scheme has written of itself, year by year.

Every box (the evidence of a criterion, or the rating, owner or review date of a section) has versions. A text is saved
over the version that its writer had before them; where another has been saved since, it is kept aside, nothing is
overwritten, and the writer is given both.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from queries import audit, figures, sql
from queries.scope import NotPermitted, Viewer
from queries.store import Store
from queries.warehouse import Warehouse

FILE = "queries/self_assessment.toml"
EVIDENCE, RATING, OWNER, REVIEW = "evidence", "rating", "owner", "review_on"
OF_A_SECTION = (RATING, OWNER, REVIEW)
"""What a section has one of; a criterion has its evidence."""

RATINGS = ("red", "amber", "green")
LONGEST = {EVIDENCE: 20_000, OWNER: 200}
NOT_THERE = "There is no such scheme among those whose self-assessment you may read or write."


class TextRefused(ValueError):
    """A text cannot be kept as it is, with what to change. Nothing was saved."""


@dataclass(frozen=True)
class Measured:
    """What the road is asked for beside a criterion: a measure, broken down or not, and the labels that are shown."""

    measure: str
    by: str | None = None
    only: tuple[str, ...] = ()
    compared: bool = False


@dataclass(frozen=True)
class Criterion:
    """One thing that a section asks, known by its section and its place in it: `3.1.5`."""

    id: str
    text: str
    measured: tuple[Measured, ...] = ()
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One of the eleven sections, rated as a whole."""

    number: str
    title: str
    part: str
    criteria: tuple[Criterion, ...]

    @property
    def name(self) -> str:
        """The section's number and title."""
        return f"{self.number} {self.title}"


@dataclass(frozen=True)
class Tool:
    """The self-assessment tool: its sections, how a rating is read, and under which licence its text may be given."""

    title: str
    publisher: str
    licence: str
    licence_address: str
    statement: str
    ratings: dict[str, str]
    sections: tuple[Section, ...]

    def section(self, number: str) -> Section:
        """Return one section by its number. Raises KeyError."""
        return {each.number: each for each in self.sections}[number]


@dataclass(frozen=True)
class Box:
    """Where a text stands: a scheme, a year (`2010/11`), a section or criterion, and what of it."""

    scheme: str
    year: str
    place: str
    field: str

    @property
    def section(self) -> str:
        """The number of the section that the box is in."""
        return ".".join(self.place.split(".")[:2])


@dataclass(frozen=True)
class Saved:
    """One version of a box. `aside` is true of a text that clashed and never stood; a removed one has no words."""

    version: int
    words: str
    who: str
    at: datetime
    aside: bool = False
    removed_by: str | None = None


@dataclass(frozen=True)
class Clash:
    """A text that was not put in place, since somebody saved another meanwhile: theirs stands, and ours is kept."""

    theirs: Saved
    ours: Saved


@dataclass(frozen=True)
class Assessment:
    """What one scheme has written for one year: every version of every box, oldest first."""

    scheme: str
    year: str
    versions: dict[tuple[str, str], tuple[Saved, ...]] = field(default_factory=dict)

    def history(self, place: str, what: str) -> tuple[Saved, ...]:
        """Return every version of a box, those put aside among them, oldest first."""
        return self.versions.get((place, what), ())

    def in_place(self, place: str, what: str) -> Saved | None:
        """Return the version of a box that stands, or None where nothing was ever saved."""
        return next((each for each in reversed(self.history(place, what)) if not each.aside), None)

    def words(self, place: str, what: str) -> str:
        """Return the words that stand in a box, empty where there are none."""
        found = self.in_place(place, what)
        return found.words if found else ""

    @property
    def last_saved(self) -> Saved | None:
        """The last version that was saved in any box."""
        every = [each for history in self.versions.values() for each in history]
        return max(every, key=lambda each: (each.at, each.version), default=None)

    @property
    def is_empty(self) -> bool:
        """Whether no box has any words."""
        return not any(self.words(*box) for box in self.versions)

    def with_evidence(self, section: Section) -> int:
        """Return how many criteria of a section have evidence."""
        return sum(bool(self.words(each.id, EVIDENCE)) for each in section.criteria)

    def missing(self, section: Section, as_at: date | None = None) -> list[str]:
        """Return what a section still lacks, in words; with a date, also a review that was due before it."""
        lacks = [] if self.words(section.number, RATING) else ["a rating"]
        without = len(section.criteria) - self.with_evidence(section)
        if without:
            lacks.append(f"evidence for {without} of {len(section.criteria)} criteria")
        lacks += [] if self.words(section.number, OWNER) else ["an owner"]
        review = self.words(section.number, REVIEW)
        if not review:
            lacks.append("a review date")
        elif as_at is not None and date.fromisoformat(review) < as_at:
            lacks.append("the review that was due")
        return lacks


# ---- the tool ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _tool(root: Path) -> Tool:
    said = tomllib.loads((root / FILE).read_text(encoding="utf-8"))
    return Tool(
        **{name: said[name] for name in ("title", "publisher", "licence", "licence_address", "statement", "ratings")},
        sections=tuple(_section(each) for each in said["section"]),
    )


def tool() -> Tool:
    """Return the tool, as its declared file has it."""
    return _tool(sql.ROOT)


def _section(said: dict[str, Any]) -> Section:
    return Section(
        said["number"],
        said["title"],
        said["part"],
        tuple(
            Criterion(
                f"{said['number']}.{place}",
                each["text"],
                tuple(_measured(asked) for asked in each.get("measured", ())),
                tuple(each.get("data", ())),
            )
            for place, each in enumerate(said["criterion"], start=1)
        ),
    )


def _measured(said: dict[str, Any]) -> Measured:
    return Measured(said["measure"], said.get("by"), tuple(said.get("only", ())), said.get("compared", False))


def year_of(day: date) -> str:
    """Return the year, April to March, that a day is in: 31 March 2011 is in `2010/11`."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def year_before(year: str) -> str:
    """Return the year before another: `2010/11` before `2011/12`."""
    return year_of(date(int(_checked_year(year)[:4]), 3, 31))


# ---- reading ----------------------------------------------------------------------------------------------------


def read(store: Store, warehouse: Warehouse, viewer: Viewer, scheme: str, year: str) -> Assessment:
    """Return what a scheme has written for a year, as far as the viewer may read it.

    A board and an analyst read every scheme's, a manager those of their own. Raises NotPermitted, alike for a scheme
    that is not theirs and for one that does not exist.
    """
    _check_known(warehouse, viewer, scheme)
    found = store.rows("self_assessment_saved", _readable(viewer, scheme, year))
    return Assessment(scheme, year, _versions(found))


def read_all(store: Store, warehouse: Warehouse, viewer: Viewer, year: str) -> dict[str, Assessment]:
    """Return, by scheme and in the order of their names, what every scheme has written that the viewer may read."""
    found = store.rows("self_assessment_saved", _readable(viewer, None, year))
    return {
        scheme: Assessment(scheme, year, _versions(row for row in found if row["scheme"] == scheme))
        for scheme in figures.schemes(warehouse, viewer)["scheme"]
    }


def _readable(viewer: Viewer, scheme: str | None, year: str) -> dict[str, Any]:
    own = json.dumps(sorted(viewer.schemes)) if viewer.role == "manager" else None
    return {"year": _checked_year(year), "scheme": scheme, "own_schemes": own}


def _check_known(warehouse: Warehouse, viewer: Viewer, scheme: str) -> None:
    if scheme not in set(figures.schemes(warehouse, viewer)["scheme"]):
        raise NotPermitted(NOT_THERE)


def _versions(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], tuple[Saved, ...]]:
    found: dict[tuple[str, str], tuple[Saved, ...]] = {}
    for row in rows:
        box = row["place"], row["field"]
        found[box] = (*found.get(box, ()), _saved(row))
    return found


def _saved(row: dict[str, Any]) -> Saved:
    at = datetime.fromisoformat(row["at"])
    return Saved(row["version"], row["words"], row["who"], at, bool(row["aside"]), row["removed_by"])


# ---- writing ----------------------------------------------------------------------------------------------------


def save(store: Store, warehouse: Warehouse, viewer: Viewer, box: Box, words: str, over: int) -> Saved | Clash:
    """Keep a text as the next version of its box, and return it as it was kept.

    `over` is the version that the writer had before them, 0 where there was none. Where another stands by now the text
    is kept aside, and a Clash holds both. The same words again make no version. What was written makes a line in the
    audit log without its words. Raises NotPermitted for anybody but a manager of the scheme, TextRefused for what
    cannot be kept, and StoreUnusable.
    """
    _check_may_write(warehouse, viewer, box)
    words = _checked_words(box, words)
    with store.writing():
        history = _history(store, viewer, box)
        standing = next((each for each in reversed(history) if not each.aside), None)
        if standing is not None and standing.words == words:
            return standing
        if standing is None and not words:
            return Saved(0, "", viewer.subject, datetime.now(UTC))
        clashes = (standing.version if standing else 0) != over
        version = history[-1].version + 1 if history else 1
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        values = {"version": version, "words": words, "aside": int(clashes), "who": viewer.subject, "at": at}
        store.do("self_assessment_save", {**_named(box), **values})
        _log(store, warehouse, viewer, box, version, "put aside" if clashes else "saved")
    saved = Saved(version, words, viewer.subject, datetime.fromisoformat(at), clashes)
    if clashes:
        # Nothing can have been taken away meanwhile, so that something else stands.
        return Clash(standing or Saved(0, "", "", datetime.fromisoformat(at)), saved)
    return saved


def remove(store: Store, warehouse: Warehouse, viewer: Viewer, box: Box, version: int) -> None:
    """Take the words of an earlier version out for good; that it was there, and who took it out, stays.

    It is for a name that should never have been written. What stands is changed first. Raises NotPermitted, and
    ValueError for a version that stands, is not there or was removed before.
    """
    _check_may_write(warehouse, viewer, box)
    with store.writing():
        standing = [each.version for each in _history(store, viewer, box) if not each.aside]
        if standing and standing[-1] == version:
            raise ValueError(f"Only an earlier version can be removed; version {version} is the one in place.")
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        given = {"version": version, "who": viewer.subject, "at": at}
        if not store.do("self_assessment_remove", {**_named(box), **given}):
            raise ValueError(f"There is no version {version} to remove.")
        _log(store, warehouse, viewer, box, version, "removed")


def _named(box: Box) -> dict[str, str]:
    return {"scheme": box.scheme, "year": box.year, "place": box.place, "field": box.field}


def _history(store: Store, viewer: Viewer, box: Box) -> tuple[Saved, ...]:
    found = store.rows("self_assessment_saved", _readable(viewer, box.scheme, box.year))
    return _versions(found).get((box.place, box.field), ())


def _check_may_write(warehouse: Warehouse, viewer: Viewer, box: Box) -> None:
    if not viewer.manages(box.scheme):
        raise NotPermitted(NOT_THERE)
    _check_known(warehouse, viewer, box.scheme)
    _checked_year(box.year)
    of_sections = {each.number for each in tool().sections}
    of_criteria = {criterion.id for each in tool().sections for criterion in each.criteria}
    known = of_criteria if box.field == EVIDENCE else of_sections if box.field in OF_A_SECTION else ()
    if box.place not in known:
        raise ValueError("A box is the evidence of a criterion, or the rating, owner or review date of a section.")


def _checked_year(year: str) -> str:
    match = re.fullmatch(r"([12]\d{3})/(\d{2})", year)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        raise ValueError(f"A year is two that follow each other, such as 2010/11, got: {year[:20]}")
    return year


def _checked_words(box: Box, words: str) -> str:
    """Return a text as it can be kept: data, with nothing in it that a screen or a spreadsheet would act on."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    words = "".join(each for each in words if each in "\n\t" or unicodedata.category(each) != "Cc").strip()
    if box.field == RATING and words not in ("", *RATINGS):
        raise TextRefused("A rating is red, amber or green, or none yet.")
    if box.field == REVIEW and words:
        try:
            date.fromisoformat(words)
        except ValueError:
            raise TextRefused("A review date is a day, such as 2011-03-31.") from None
    longest = LONGEST.get(box.field, 20)
    if len(words) > longest:
        raise TextRefused(f"This is longer than {longest:,} characters: shorten it. It has not been saved.")
    if box.field in LONGEST and audit.has_identifier(words):
        raise TextRefused(
            "Something in this is written as a person's number is (of police, courts, probation or prison), or as a"
            " postcode. Take it out. It has not been saved."
        )
    return words


def _log(store: Store, warehouse: Warehouse, viewer: Viewer, box: Box, version: int, what: str) -> None:
    audit.append(
        store,
        "self_assessment",
        who=viewer.subject,
        role=viewer.role,
        schemes=[box.scheme],
        build=warehouse.build.id,
        about={"period": box.year, "section": box.place, "field": box.field, "version": version, "decision": what},
    )
