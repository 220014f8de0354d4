"""Decisions that people made about two records: one person, or never one. They win over every rule and weight.

`overrides.csv` has a line for each, with who decided, when and why. It holds identifiers and no names, and lies with
the identity store, readable by its owner only.
"""

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

OVERRIDES = "overrides.csv"
LINK, NEVER = "link", "never"
KINDS = {"police/people": "pnc:", "probation/people": "crn:", "dip/people": "dip:"}
BY_DECISION, KEPT_APART = "decision", "kept apart by a decision"
STRENGTH = ("own record", "same PNC id", "same prison number as a record with the PNC id", "prison number", "same name")
"""Rules from the strongest, by how they begin; any other is weaker."""


class OverridesWrong(ValueError):
    """The file of decisions cannot be used as it stands. Names the line and the rule, never an identifier."""


@dataclass(frozen=True)
class Override:
    """One decision about two records, each named by its file and the agency's own number."""

    decision: str
    file: str
    record: str
    other_file: str
    other_record: str
    who: str
    when: str
    why: str


COLUMNS = tuple(field.name for field in fields(Override))


def read_overrides(path: Path) -> list[Override]:
    """Return the decisions in a file, in its order; none when there is no file.

    Raises OverridesWrong naming the first line that cannot be used and why.
    """
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or [])]:
            raise OverridesWrong(f"{OVERRIDES} lacks {', '.join(missing)}: its columns are {', '.join(COLUMNS)}.")
        return [_checked(row, reader.line_num) for row in reader if any(row.values())]


def _checked(row: dict[str, str | None], line: int) -> Override:
    given = {name: (row[name] or "").strip() for name in COLUMNS}
    if empty := [name for name, value in given.items() if not value]:
        raise OverridesWrong(f"{OVERRIDES}, line {line}: {', '.join(empty)} must be filled in.")
    if given["decision"] not in (LINK, NEVER):
        raise OverridesWrong(f"{OVERRIDES}, line {line}: decision is {LINK} or {NEVER}, got: {given['decision']}")
    for name in ("file", "other_file"):
        if given[name] not in KINDS:
            raise OverridesWrong(f"{OVERRIDES}, line {line}: {name} is one of {', '.join(KINDS)}, got: {given[name]}")
    if (given["file"], given["record"]) == (given["other_file"], given["other_record"]):
        raise OverridesWrong(f"{OVERRIDES}, line {line}: the two records must differ.")
    try:
        date.fromisoformat(given["when"][:10])
    except ValueError:
        raise OverridesWrong(f"{OVERRIDES}, line {line}: when begins with a date such as 2011-10-31.") from None
    return Override(**given)


def add_override(path: Path, override: Override) -> None:
    """Add one decision at the end of the file, made if there is none, and put it on disk before coming back."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(COLUMNS)
        writer.writerow([getattr(override, name) for name in COLUMNS])
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True)
class Decided:
    """A decision about two records of these extracts, by their identifiers; `line` is its place among them, from 1."""

    line: int
    decision: str
    identifier: str
    other: str


@dataclass(frozen=True)
class Tie:
    """What ties a record to a person before any decision."""

    identifier: str
    anchor: str
    rule: str
    probability: float | None

    @property
    def weakness(self) -> tuple[int, float, str]:
        """What ties are taken in the order of: the strongest first."""
        place = next((n for n, rule in enumerate(STRENGTH) if self.rule.startswith(rule)), len(STRENGTH))
        return place, -(self.probability or 0.0), self.identifier


def decide(ties: Iterable[Tie], decisions: list[Decided]) -> dict[str, tuple[str, str]]:
    """Return the records whose person changes, each with its new anchor and the rule that says so.

    `ties` are all records of every person whom a decision is about. Decided links are made first; then each tie, the
    strongest first, unless it would join two records that must never be, or two police records that nobody decided
    are one. Raises OverridesWrong when decisions contradict each other.
    """
    people = _People([(d.identifier, d.other, d.line) for d in decisions if d.decision == NEVER])
    for d in decisions:
        if d.decision == LINK:
            people.join(d.identifier, d.other, d.line)
    linked = {name for d in decisions if d.decision == LINK for name in (d.identifier, d.other)}
    refused = set()
    kept = sorted(ties, key=lambda tie: tie.weakness)
    for tie in kept:
        if tie.identifier != tie.anchor and not people.may_join(tie.identifier, tie.anchor):
            refused.add(tie.identifier)
        else:
            people.join(tie.identifier, tie.anchor)
    changed = {}
    for tie in kept:
        anchor = people.anchor(tie.identifier)
        if tie.identifier in linked and not (tie.identifier.startswith("pnc:") and anchor == tie.identifier):
            changed[tie.identifier] = (anchor, BY_DECISION)
        elif anchor != tie.anchor:
            changed[tie.identifier] = (anchor, KEPT_APART if tie.identifier in refused else tie.rule)
    return changed


class _People:
    """Records in groups, one for each person, and the pairs that must stay in two."""

    def __init__(self, never: list[tuple[str, str, int]]) -> None:
        self._never = never
        self._of: dict[str, set[str]] = {}

    def _group(self, name: str) -> set[str]:
        return self._of.setdefault(name, {name})

    def may_join(self, one: str, other: str) -> bool:
        """Return whether two groups may be one by themselves: no pair is barred, and not two police records."""
        first, second = self._group(one), self._group(other)
        if first is second:
            return True
        police = [any(name.startswith("pnc:") for name in group) for group in (first, second)]
        return not all(police) and not self._barred(first, second)

    def _barred(self, first: set[str], second: set[str]) -> list[int]:
        return [
            line for a, b, line in self._never if (a in first and b in second) or (b in first and a in second)
        ]  # fmt: skip

    def join(self, one: str, other: str, line: int | None = None) -> None:
        """Make one group of two."""
        first, second = self._group(one), self._group(other)
        if first is second:
            return
        if barred := self._barred(first, second):
            lines = ", ".join(str(number) for number in sorted({*barred, line or barred[0]}))
            raise OverridesWrong(f"{OVERRIDES}: decisions {lines} contradict each other; take one of them out.")
        first |= second
        for name in second:
            self._of[name] = first

    def anchor(self, name: str) -> str:
        """Return the identifier that a group is known by: the strongest kind, then the first."""
        kinds = ("pnc:", "noms:", "crn:", "dip:")
        return min(self._group(name), key=lambda member: (kinds.index(member.split(":")[0] + ":"), member))
