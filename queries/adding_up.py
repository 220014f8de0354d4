"""What of the published tables adds up, or is said twice: everything that a reader can subtract.

The relations come from what each measure declares (its kind, its columns, the breakdowns that it is published by) and,
where two tables say one thing, from `adds_up` in `queries/release.toml`. Nothing here knows a measure by its name.

Where people are counted in two of the groups that make up a total, or in none of them, the reader knows no more than
that it is so.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from queries.catalogue import measure, measures
from queries.disclosure import SMALLEST_SHOWN, is_small
from queries.published import ALL_SCHEMES
from queries.withholding import Count, Need, Tables

Row = dict[str, Any]
Relation = Mapping[str, Any]
PARTS = {"people": "n", "numerator": "numerator_people", "complement": "complement_people", "at_risk": "at_risk"}
"""The numbers of people behind a row: those it is about, in the numerator, in the denominator alone, still watched."""

EVENTS = "events"
"""What people did, which is followed from release to release: one more is about one person."""

SCHEMES_IN_A_BLOCK = 8
"""At least so many schemes, on average, are protected together: fewer leave too little to withhold instead."""


class Cell(NamedTuple):
    """What is withheld or shown as one: the same place in the tables of every measure of one unit query."""

    units: str
    population: str
    breakdown: str
    label: str
    scheme: str
    time: str
    axis: tuple[tuple[str, Any], ...]


class Who(NamedTuple):
    """Some people of a cell: those of one measure that are counted as one of PARTS, or what a subtraction leaves."""

    measure: str
    part: str


def cell_of(row: Row) -> Cell:
    """Return the cell of one row. The people on schemes are one cell, whether asked for as such or as a group."""
    population, breakdown, label = row["population"], row["breakdown"], row["label"]
    if (breakdown, label) == ("ppo", "yes"):
        population, breakdown, label = "ppo", "", ""
    return Cell(row["units"], population, breakdown, label, row["scheme"], row["time"], row["axis"])


class Counted:
    """The exact rows of a release as counts of people in cells, with all that ties them together."""

    def __init__(self, rows: Sequence[Row], relations: Iterable[Relation], events: bool = False) -> None:
        self.tables = Tables()
        self.small: set[int] = set()
        """The cells that are about one to four people themselves."""
        self.since: set[Cell] = set()
        """The cells to which, as they were shown before, one to four people have come or from which they have gone."""
        self._people: dict[Cell, dict[Who, int]] = defaultdict(dict)
        self._rows: dict[Cell, int] = defaultdict(int)
        for row in rows:
            cell = cell_of(row)
            self._rows[cell] += row["n"] > 0 or _laid_out(cell)
            if events and (number := _events(row)) is not None:
                self._people[cell][Who(row["measure"], EVENTS)] = number
            for part, column in PARTS.items():
                if row.get(column) is not None:
                    self._people[cell][Who(row["measure"], part)] = row[column]
        counted = {who for people in self._people.values() for who, number in people.items() if number}
        for people in self._people.values():
            for who in [who for who in people if who.part == "complement" and who not in counted]:
                del people[who]
        self.cells = sorted(self._people)
        self.places = {cell: place for place, cell in enumerate(self.cells)}
        self._scheme_blocks = _scheme_blocks({cell.scheme for cell in self.cells})
        breakdowns = sorted({cell.breakdown for cell in self.cells} - {""})
        self._breakdown_blocks = {breakdown: block for block, breakdown in enumerate(breakdowns)}
        self._same = _same_people(self._people)
        self._in_both = {
            who.measure for people in self._people.values() for who in people if _both(people, who.measure)
        }
        self._cells_of: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            for name in sorted({who.measure for who in self._people[cell]}):
                self._cells_of[name].append(cell)
        self._counts: dict[tuple[Cell, Who], int] = {}
        self._count_cells()
        self._splits()
        self._sums()
        self._populations()
        self._curves()
        self._distributions()
        self._numerators_that_are_groups()
        for relation in relations:
            self._declared(relation)

    # ---- the release before -------------------------------------------------------------------------------------

    def follow(self, before: "Counted", shown: set[Cell], since: set[Cell]) -> None:
        """Take in the release before, of which those cells were shown: a reader may subtract one from the other.

        Where nobody has come or gone, a number shown then is known now, and one worked out now is known of then. The
        people who have come since are people too: of a place shown both times, one to four of them could be read off.
        What was withheld then for that alone, `since`, need not be any more.
        """
        moved, kept = self._carry(before, shown)
        self.tables.passed = {now for then, now in moved.items() if then not in kept}
        for place, cell in enumerate(self.cells):
            if cell in before.places and cell not in since and _as_before(before._people[cell], self._people[cell]):
                self.tables.settled[place] = cell not in shown
        for equation in before.tables.equations:
            of_cells = [count for count, _ in equation if count in moved]
            if all(count in kept for count in of_cells):
                continue  # it is one of this release's
            for count, _ in equation:
                if count not in moved:
                    self.tables.counts.append(before.tables.counts[count])
                    moved[count] = len(self.tables.counts) - 1
            self.tables.equations.append(tuple((moved[count], sign) for count, sign in equation))
        self.tables.needs += [
            Need(moved[need.count], need.move)
            for need in before.tables.needs
            if need.count in moved and need.count not in kept
        ]

    def _carry(self, before: "Counted", shown: set[Cell]) -> tuple[dict[int, int], set[int]]:
        """Return where each count of the release before is now, and those that are a count of this one."""
        moved: dict[int, int] = {}
        kept: set[int] = set()
        for (cell, who), then in before._counts.items():
            old, now = before.tables.counts[then], self._count(cell, who) if cell in self.places else None
            if now is not None and _as_before(before._people[cell], self._people[cell]):
                moved[then] = now
                kept.add(then)
                if cell in shown:
                    self.tables.counts[now] = replace(self.tables.counts[now], known=True)
                continue
            blocks = self._blocks(cell)
            self.tables.counts.append(Count(None, old.people, old.least, known=cell in shown, blocks=blocks))
            moved[then] = len(self.tables.counts) - 1
            if now is not None:
                self._come_since(cell, who, now, moved[then], cell in shown)
        return moved, kept

    def _come_since(self, cell: Cell, who: Who, now: int, then: int, shown: bool) -> None:
        """Tie a count to what it was: those who have come or gone are people of whom some cannot be told."""
        grown = self.tables.counts[now].people - self.tables.counts[then].people
        if shown and is_small(abs(grown)):
            self.small.add(self.places[cell])
            self.since.add(cell)
        since = self._new(None, abs(grown), to_protect=not self._is_split(cell, who))
        self._equation((now, 1), (then, -1), (since, 1 if grown < 0 else -1))

    # ---- counts -------------------------------------------------------------------------------------------------

    def _count_cells(self) -> None:
        for place, cell in enumerate(self.cells):
            people = self._people[cell]
            most = max(people.values(), default=0)
            # Fewest rows first; of those, the ones about fewest people.
            self.tables.costs.append(self._rows[cell] + min(most, 9999) / 100_000)
            if any(is_small(number) for who, number in people.items() if who.part != EVENTS):
                self.small.add(place)
            shown = {self._same[cell.units, who] for who in people if who.part == "people"}
            numbers = {self._same[cell.units, who]: number for who, number in people.items()}
            for who in self._whos(cell):
                # A row of nobody is only shown where the layout is fixed: any other is known to be about somebody.
                at_least = 1 if who in shown and not _laid_out(cell) else 0
                to_protect = who.part != EVENTS and not self._is_split(cell, who)
                self._counts[cell, who] = self._new(place, numbers[who], min(at_least, numbers[who]), to_protect)

    def _new(self, cell: int | None, people: int, least: int = 0, to_protect: bool = True) -> int:
        self.tables.counts.append(Count(cell, people, least, blocks=self._blocks_of(cell)))
        place = len(self.tables.counts) - 1
        if is_small(people) and to_protect:
            self.tables.needs.append(Need(place, SMALLEST_SHOWN - people))
        return place

    def _slack(self, cell: int | None, people: int) -> int:
        """Return a new number that nobody is told, and that nobody minds being known."""
        self.tables.counts.append(Count(cell, people, min(people, 0), blocks=self._blocks_of(cell)))
        return len(self.tables.counts) - 1

    def _blocks_of(self, place: int | None) -> tuple[int | None, ...]:
        return () if place is None else self._blocks(self.cells[place])

    def _blocks(self, cell: Cell) -> tuple[int | None, ...]:
        """Return what is looked at together with a cell: a few schemes, and the tables by one breakdown."""
        return self._scheme_blocks.get(cell.scheme), self._breakdown_blocks.get(cell.breakdown)

    def _is_split(self, cell: Cell, who: Who) -> bool:
        """Return whether some people are just those of a numerator and its complement, which are followed instead."""
        return any(
            other.part == "numerator"
            and other.measure not in self._in_both
            and self._same[cell.units, Who(other.measure, "people")] == who
            and self._same[cell.units, other] != who
            for other in self._people[cell]
        )

    def _count(self, cell: Cell, who: Who) -> int | None:
        return self._counts.get((cell, self._same.get((cell.units, who), who)))

    def _whos(self, cell: Cell) -> list[Who]:
        """Return the people counted in a cell, those that are the same people once."""
        return sorted({self._same[cell.units, who] for who in self._people[cell]})

    def _equation(self, *terms: tuple[int | None, float]) -> None:
        merged: dict[int, float] = defaultdict(float)
        for count, sign in terms:
            if count is not None:
                merged[count] += sign
        short = sum(sign * self.tables.counts[count].people for count, sign in merged.items())
        if short:
            # Some people are counted twice, or in none of the parts: nobody is told how many.
            merged[self._slack(None, int(abs(short)))] = -1.0 if short > 0 else 1.0
        equation = tuple((count, sign) for count, sign in sorted(merged.items()) if sign)
        if len(equation) > 1:
            self.tables.equations.append(equation)

    # ---- relations ----------------------------------------------------------------------------------------------

    def _splits(self) -> None:
        """Numerator and complement make up the people of a row, but for those who are in both."""
        for place, cell in enumerate(self.cells):
            done = set()
            for name in sorted({who.measure for who in self._people[cell] if who.part == "numerator"}):
                terms = tuple(self._count(cell, Who(name, part)) for part in ("numerator", "complement", "people"))
                if terms in done:
                    continue
                done.add(terms)
                part, rest, whole = terms
                if name not in self._in_both:
                    self._equation((part, 1), (rest, 1), (whole, -1))
                    continue
                both = _both(self._people[cell], name)
                shared = self._slack(place, both)
                self._equation((part, 1), (rest, 1), (whole, -1), (shared, -1))
                for count in (part, rest):
                    if count is not None:
                        alone = self._slack(place, self.tables.counts[count].people - both)
                        self._equation((count, 1), (shared, -1), (alone, -1))

    def _sums(self) -> None:
        """The labels of a breakdown, and the schemes, make up the total."""
        parts: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
        for cell in sorted({_without_axis(cell) for cell in self.cells}):
            if cell.breakdown:
                parts[cell._replace(breakdown="", label=""), cell.breakdown].append(cell)
            if cell.scheme != ALL_SCHEMES:
                parts[cell._replace(scheme=ALL_SCHEMES), "scheme"].append(cell)
            if cell.population == "ppo" and not cell.breakdown and cell.scheme == ALL_SCHEMES:
                parts[cell._replace(population="everyone"), "ppo"].append(cell)
        points: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            points[_without_axis(cell)].append(cell)
        for (whole, name), places in sorted(parts.items()):
            if name == "ppo" and all(place.population == "ppo" for place in places):
                continue
            for at in points[whole]:
                self._sum(at, [cell for place in places if (cell := _point(points[place], at)) is not None])

    def _sum(self, whole: Cell, cells: list[Cell]) -> None:
        for who in self._whos(whole):
            if all(self._is_split(cell, who) for cell in (whole, *cells)) and self._parts_add_up(whole, cells, who):
                continue
            # A measure that is not published by this breakdown has no part in it; nobody is at risk after the end.
            here = [cell for cell in cells if who.part != "at_risk" or cell.axis == whole.axis]
            counts = [self._count(cell, who) for cell in here]
            if any(count is not None for count in counts):
                self._equation((self._count(whole, who), -1), *((count, 1) for count in counts))

    def _parts_add_up(self, whole: Cell, cells: list[Cell], who: Who) -> bool:
        """Return whether the numerators that make up some people, with their complements, add up as the people do.

        The fewer of those who did something before and those who did after may be the one here and the other there:
        such parts tell nothing of their sum, and the people themselves have to be followed.
        """
        for part in self._whos(whole):
            if part.part == "numerator" and self._same[whole.units, Who(part.measure, "people")] == who:
                counts = [self._count(cell, part) for cell in (whole, *cells)]
                of, *rest = (0 if count is None else self.tables.counts[count].people for count in counts)
                if of != sum(rest):
                    return False
        return True

    def _populations(self) -> None:
        """Everyone less the people on schemes leaves the others, who are people too."""
        for cell in self.cells:
            whole = cell._replace(population="everyone")
            if cell.population != "ppo" or whole not in self.places:
                continue
            for who in self._whos(cell):
                if self._is_split(cell, who) and self._is_split(whole, who):
                    continue
                part, of = self._count(cell, who), self._count(whole, who)
                if part is not None and of is not None:
                    left = self.tables.counts[of].people - self.tables.counts[part].people
                    others = self._new(None, left, min(left, 0), to_protect=who.part != EVENTS)
                    self._equation((of, 1), (part, -1), (others, -1))

    def _curves(self) -> None:
        """Along a curve the same people are followed, and who has had the event does not lose it again."""
        curves: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            if len(cell.axis) == 1:
                curves[cell._replace(axis=())].append(cell)
        for points in curves.values():
            for one, other in pairwise(points):
                for who in self._whos(one):
                    first, second = self._count(one, who), self._count(other, who)
                    if first is None or second is None:
                        continue
                    grown = self.tables.counts[second].people - self.tables.counts[first].people
                    if who.part == "people" and grown == 0:
                        self._equation((first, 1), (second, -1))
                    elif who.part == "numerator" and measure(who.measure).kind == "survival":
                        self._equation((first, 1), (second, -1), (self._slack(None, grown), 1))

    def _distributions(self) -> None:
        """The parts of a distribution are shares of the same people."""
        wholes: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
        for asked in measures().values():
            if asked.kind == "distribution" and asked.always_by:
                for cell in self._cells_of[asked.id]:
                    if cell.breakdown == asked.always_by:
                        wholes[cell._replace(label=""), asked.id].append(cell)
        for (_, name), cells in sorted(wholes.items()):
            people = [self._count(cell, Who(name, "people")) for cell in cells]
            for one, other in pairwise(people):
                self._equation((one, 1), (other, -1))
            self._equation((people[0], -1), *((self._count(cell, Who(name, "numerator")), 1) for cell in cells))

    def _numerators_that_are_groups(self) -> None:
        """A numerator that is kept to one group is what that group's own row is about."""
        for asked in measures().values():
            if asked.numerator_where is None:
                continue
            name, label = asked.numerator_where
            same = [m.id for m in measures().values() if m.units == asked.units and not m.numerator_where]
            for cell in self.cells:
                part = self._count(cell, Who(asked.id, "numerator"))
                if part is None or cell.breakdown:
                    continue
                row = {**cell._asdict(), "breakdown": name, "label": label}
                group = cell_of(row)
                for other in same:
                    if measure(other).denominator_column == asked.numerator_column:
                        self._equation((part, 1), (self._count(group, Who(other, "people")), -1))
                    elif measure(other).numerator_column == asked.numerator_column:
                        self._equation((part, 1), (self._count(group, Who(other, "numerator")), -1))

    def _declared(self, relation: Relation) -> None:
        """What two tables both say, as the closed list declares it."""
        named = {name for term in (relation["whole"], *relation["parts"]) for name in term}
        wholes = {self._context(cell, named): cell for cell in self._selected(relation["whole"])}
        parts: dict[Any, list[int | None]] = defaultdict(list)
        for term in relation["parts"]:
            for cell in self._selected(term):
                parts[self._context(cell, named)].append(self._of_term(cell, term))
        for context, cell in sorted(wholes.items()):
            whole = self._of_term(cell, relation["whole"])
            if whole is None or context not in parts:
                continue
            terms = [(count, 1.0) for count in parts[context]]
            if relation.get("others"):
                inside = sum(self.tables.counts[count].people for count in parts[context] if count is not None)
                left = self.tables.counts[whole].people - inside
                terms.append((self._new(None, left, min(left, 0)), 1.0))
            self._equation((whole, -1), *terms)

    def _of_term(self, cell: Cell, term: Mapping[str, Any]) -> int | None:
        return self._count(cell, Who(term["measure"], term.get("count", "people")))

    def _selected(self, term: Mapping[str, Any]) -> Iterator[Cell]:
        conditions = {name: value for name, value in term.items() if name not in ("measure", "count")}
        for cell in self._cells_of[term["measure"]]:
            place = dict(cell.axis) | ({cell.breakdown: cell.label} if cell.breakdown else {})
            if all(place.get(name) in _several(value) for name, value in conditions.items()):
                yield cell

    def _context(self, cell: Cell, named: set[str]) -> tuple[Any, ...]:
        breakdown = ("", "") if cell.breakdown in named else (cell.breakdown, cell.label)
        axis = tuple((name, value) for name, value in cell.axis if name not in named)
        return (cell.population, *breakdown, cell.scheme, cell.time, axis)


def _as_before(then: Mapping[Who, int], now: Mapping[Who, int]) -> bool:
    return all(then.get(who, 0) == now.get(who, 0) for who in then.keys() | now.keys())


def _events(row: Row) -> int | None:
    """Return how many events a row counts, of which one person may have several: re-offences, days, occasions."""
    counted = {"ratio": "numerator", "share": "numerator", "days": "denominator", "count": "numerator"}
    number = row[counted[row["kind"]]] if row["kind"] in counted else None
    return None if number is None or number != int(number) else int(number)


def _both(people: Mapping[Who, int], name: str) -> int:
    """Return how many people are counted both in a measure's numerator and in its complement."""
    part, rest, whole = (people.get(Who(name, part)) for part in ("numerator", "complement", "people"))
    return 0 if part is None or rest is None or whole is None else part + rest - whole


def _without_axis(cell: Cell) -> Cell:
    """Return the cell without its place on a curve; one of a fixed layout is as it is."""
    return cell._replace(axis=()) if len(cell.axis) == 1 else cell


def _point(points: Sequence[Cell], at: Cell) -> Cell | None:
    """Return where a curve is at a point of another. One that has ended stays where it was."""
    # One unit query may give a curve and a figure that has no axis; the one is no point of the other.
    found = [cell for cell in points if [name for name, _ in cell.axis] == [name for name, _ in at.axis]]
    found = [cell for cell in found if len(at.axis) != 1 or cell.axis[0][1] <= at.axis[0][1]]
    return max(found, default=None, key=lambda cell: cell.axis)


def _scheme_blocks(schemes: set[str]) -> dict[str, int]:
    """Return the block of each scheme, where there are so many that they are looked at a few at a time.

    A scheme's block hangs on its own name, and the number of blocks is doubled, so that a scheme more or less leaves
    the others where they were.
    """
    schemes = schemes - {ALL_SCHEMES}
    number = 1
    while len(schemes) >= 2 * number * SCHEMES_IN_A_BLOCK:
        number *= 2
    return {scheme: zlib.crc32(scheme.encode()) % number for scheme in schemes} if number > 1 else {}


def _laid_out(cell: Cell) -> bool:
    return {name for name, _ in cell.axis} >= {"row", "column"}


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _same_people(people: Mapping[Cell, Mapping[Who, int]]) -> dict[tuple[str, Who], Who]:
    """Return, for the people of each unit query, the first who are the same people by what the measures count.

    Those who re-offended are who the re-offences per re-offender are about: a reader knows that they are one number.
    """
    by_units: dict[str, list[Mapping[Who, int]]] = defaultdict(list)
    for cell, counts in people.items():
        by_units[cell.units].append(counts)
    found: dict[tuple[str, Who], Who] = {}
    for units, cells in sorted(by_units.items()):
        everybody = sorted({who for counts in cells for who in counts})
        columns = _columns(everybody)
        firsts: dict[tuple[str, ...], list[Who]] = defaultdict(list)
        for who in everybody:
            alike = firsts[_defined(who, columns)]
            same = [first for first in alike if all(c[first] == c[who] for c in cells if first in c and who in c)]
            if not same:
                alike.append(who)
            found[units, who] = same[0] if same else who
    return found


def _columns(everybody: Sequence[Who]) -> dict[str, str]:
    """Return the first of the columns that the same people have something in: nobody has re-offences without one."""
    first: dict[str, str] = {}
    for who in everybody:
        if who.part == "numerator" and Who(who.measure, "complement") not in everybody:
            top, bottom = _top(who.measure), _bottom(who.measure)
            one = min(first.get(top, top), first.get(bottom, bottom))
            first |= dict.fromkeys((top, bottom), one)
    return first


def _defined(who: Who, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes people who they are: the columns that they have something in."""
    top, bottom = (columns.get(column, column) for column in (_top(who.measure), _bottom(who.measure)))
    if who.part == "people":
        return ("some", bottom)
    return {"numerator": ("some", top), "complement": ("none", top, bottom)}.get(who.part, tuple(who))


def _top(name: str) -> str:
    asked = measure(name)
    return asked.numerator_column + ("" if asked.numerator_where is None else f" {'='.join(asked.numerator_where)}")


def _bottom(name: str) -> str:
    asked = measure(name)
    return asked.numerator_column if asked.kind in ("days", "stock", "table", "count") else asked.denominator_column
