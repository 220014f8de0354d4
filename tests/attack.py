"""Somebody who sets out to learn what the published tables withhold, with a linear program.

The attacker has everything that is published and knows what every number means and where it comes in again. What is
withheld is an unknown that is not below nothing. It imports nothing of what does the protecting; the measures' headers
are public.

`Attack().release(exact, shown)` is given the exact rows, to know the truth by, and what is published of them; a second
release is what came next. `told_few()` returns what can be proved: the withheld counts of one to four people that
cannot be five or more, each with the least and the most that it can be.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from queries.catalogue import measure

Row = dict[str, Any]
Name = tuple[Any, ...]
AXIS = {"survival": ("months",), "timeline": ("months",), "concentration": ("top_share",), "table": ("row", "column")}
PLACE = ("population", "breakdown", "label", "scheme", "time")
FEW = range(1, 5)


def place_of(row: Row) -> Name:
    """The people of a row: those on schemes are the same people, asked for by themselves or as a group of everybody."""
    population, breakdown, label, scheme, time = (row[name] for name in PLACE)
    if (breakdown, label) == ("ppo", "yes"):
        population, breakdown, label = "ppo", "", ""
    axis = tuple(row[name] for name in AXIS.get(measure(row["measure"]).kind, ()))
    return population, breakdown, label, scheme, time, axis


def about(row: Row) -> tuple[str, str]:
    """The people that a row is about, by the column that makes them so."""
    asked = measure(row["measure"])
    top = asked.numerator_column
    return "people", {"days": top, "stock": "everybody", "table": "everybody", "count": f"counted {top}"}.get(
        asked.kind, asked.denominator_column
    )


def numbers_of(row: Row) -> dict[Name, int]:
    """Every whole number that a row is made of, by what it is a number of: a sum of a column, or people with some."""
    asked = measure(row["measure"])
    where = "" if asked.numerator_where is None else f"[{'='.join(asked.numerator_where)}]"
    top, bottom = asked.numerator_column + where, asked.denominator_column
    people = about(row)
    found: dict[Name, Any] = {people: row["n"], ("at risk", asked.id): row.get("at_risk")}
    if asked.kind in ("proportion", "ratio", "share", "survival"):
        found |= {("sum", top): row["numerator"], ("sum", bottom): row["denominator"]}
    elif asked.kind == "days":
        found |= {("occasions", top): row["denominator"]}
    if row.get("numerator_people") is not None and people[1] != top:
        found |= {("people", top): row["numerator_people"], ("without", top, people[1]): row.get("complement_people")}
    place = (asked.units, *place_of(row))
    return {(*place, *what): int(number) for what, number in found.items() if number is not None}


def absent(rows: list[Row]) -> set[Name]:
    """The people of whom there is no row where there would be one if there were any."""
    tables: dict[Name, set[tuple[str, str]]] = defaultdict(set)
    there: dict[Name, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        population, breakdown, _, scheme, _, axis = place_of(row)
        units = measure(row["measure"]).units
        tables[units, population, breakdown, scheme == "all", len(axis)].add(about(row))
        there[units, *place_of(row)].add(about(row))
    return {
        (*place, *people)
        for place, present in there.items()
        for people in tables[place[0], place[1], place[2], place[4] == "all", len(place[6])] - present
    }


# ---- what every reader knows about the numbers ------------------------------------------------------------------


def relations(numbers: dict[Name, int]) -> Iterator[dict[Name, int]]:
    """What is equal, or adds up, whatever the numbers are (but for people counted twice or not at all)."""
    yield from _breakdowns_and_schemes(numbers)
    yield from _each_person_once(numbers)
    yield from _two_tables_that_say_one_thing(numbers)
    for name in numbers:
        units, population, breakdown, label, scheme, time, axis, *what = name
        place = (units, population, breakdown, label, scheme, time, axis)
        if what[0] == "without" and " in " not in what[1]:
            yield {name: 1, (*place, "people", what[1]): 1, (*place, "people", what[2]): -1}
        if what[0] in ("sum", "people") and what[1].endswith("[ppo=yes]") and population == "everyone":
            group = (units, "ppo", *place[2:], what[0], what[1].removesuffix("[ppo=yes]"))
            if group in numbers:
                yield {name: 1, group: -1}


def _breakdowns_and_schemes(numbers: dict[Name, int]) -> Iterator[dict[Name, int]]:
    parts: dict[tuple[Name, str], list[Name]] = defaultdict(list)
    months: dict[Name, list[int]] = defaultdict(list)
    for name in numbers:
        units, population, breakdown, label, scheme, time, axis, *what = name
        if len(axis) == 1:
            months[(*name[:6], *what)].append(axis[0])
        if breakdown:
            parts[(units, population, "", "", scheme, time, axis, *what), breakdown].append(name)
        elif population == "ppo" and scheme == "all":
            parts[(units, "everyone", "", "", scheme, time, axis, *what), "ppo"].append(name)
        if scheme != "all":
            parts[(units, population, breakdown, label, "all", time, axis, *what), "scheme"].append(name)
    ended: dict[tuple[Name, str], list[Name]] = defaultdict(list)
    for (units, population, breakdown, label, scheme, time, *what), ends in months.items():
        # Nobody is followed after the end of a curve, so that it stays where it was.
        last = (units, population, breakdown, label, scheme, time, (max(ends),), *what)
        for later in {month for found in months.values() for month in found if month > max(ends)}:
            place = (time, (later,), *what)
            if breakdown:
                ended[(units, population, "", "", scheme, *place), breakdown].append(last)
            elif population == "ppo" and scheme == "all":
                ended[(units, "everyone", "", "", scheme, *place), "ppo"].append(last)
            if scheme != "all":
                ended[(units, population, breakdown, label, "all", *place), "scheme"].append(last)
    for (whole, breakdown), names in parts.items():
        if whole in numbers and (breakdown != "ppo" or any(name[2] == "ppo" for name in names)):
            after = [] if whole[7] == "at risk" else ended[whole, breakdown]
            yield {whole: -1} | dict.fromkeys([*names, *after], 1)


def _each_person_once(numbers: dict[Name, int]) -> Iterator[dict[Name, int]]:
    """Where a column is nought or one and a person has one row, its sum is a number of people."""
    pairs = [((*name[:7], "people", name[8]), name) for name in numbers if name[7] == "sum"]
    differs = {name[0:1] + name[8:] for people, name in pairs if numbers.get(people, numbers[name]) != numbers[name]}
    for people, name in pairs:
        if people in numbers and name[0:1] + name[8:] not in differs:
            yield {people: 1, name: -1}


ANSWERS = (
    ("male", "female", "sex_not_known"),
    ("statutory", "non_statutory", "statutory_not_known"),
    ("in_community", "in_custody", "elsewhere", "place_not_known"),
    ("average_age",),
    ("median_age",),
)
AGES = {
    "young_people": ("10-14", "15-17"),
    "adults": ("18-20", "21-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+"),
}


def _two_tables_that_say_one_thing(numbers: dict[Name, int]) -> Iterator[dict[Name, int]]:
    everybody = ("people", "everybody")
    for name in numbers:
        units, population, breakdown, label, scheme, time, axis, *what = name
        if units == "caseload" and axis and not breakdown:
            row, column = axis
            same = (units, population, "", "", scheme, time)
            if column == "all":
                yield {name: -1, (*same, (row, "young_people"), *everybody): 1, (*same, (row, "adults"), *everybody): 1}
            if row == "total":
                for answers in ANSWERS:
                    yield {name: -1} | {(*same, (answer, column), *everybody): 1 for answer in answers}
            if row == "total" and column == "all":
                yield {name: 1, (*same, (), *everybody): -1}
            if row == "total" and column in AGES:
                ages = ((units, population, "age_band", age, scheme, time, (), *everybody) for age in AGES[column])
                yield {name: -1} | dict.fromkeys(ages, 1)
            placed = {"in_custody": ("people", "in_custody"), "in_community": ("without", "in_custody", "placed")}
            if column == "all" and row in placed:
                yield {name: 1, ("custody_share", *same[1:], (), *placed[row]): -1}
        if units == "time_to_reoffence" and what == ["people", "offenders"]:
            yield {name: 1, ("reoffending", population, breakdown, label, scheme, time, (), *what): -1}


def remainders(numbers: dict[Name, int]) -> Iterator[tuple[Name, list[Name], bool]]:
    """What is left when one number is taken from another is not below nothing; and whether it is people by itself."""
    curves: dict[Name, list[tuple[Any, Name]]] = defaultdict(list)
    for name in numbers:
        units, population, *_rest, axis, kind = name[:8]
        if population == "ppo" and (whole := (units, "everyone", *name[2:])) in numbers:
            yield whole, [name], kind in ("people", "without")
        if kind == "sum" and (people := (*name[:7], "people", name[8])) in numbers:
            yield name, [people], False
        if len(axis) == 1 and units == "time_to_reoffence" and kind in ("people", "sum"):
            curves[(*name[:6], *name[7:])].append((axis[0], name))
        if units == "caseload" and axis and axis[0] == "total":
            part = (*name[:6], ("also_in_dip", axis[1]), *name[7:])
            if part in numbers:
                yield name, [part], True
    for points in curves.values():
        ordered = [name for _, name in sorted(points)]
        for before, after in itertools.pairwise(ordered):
            yield after, [before], False


# ---- the attack -------------------------------------------------------------------------------------------------


@dataclass
class Attack:
    """One release, or one after another, each with the exact rows behind it."""

    numbers: dict[Name, int] = field(default_factory=dict)
    known: set[Name] = field(default_factory=set)
    people: list[Name] = field(default_factory=list)
    sums: list[dict[Name, int]] = field(default_factory=list)
    least: dict[Name, int] = field(default_factory=dict)
    apart: set[Name] = field(default_factory=set)
    releases: int = 0

    def release(self, exact: list[Row], shown: list[Row]) -> Attack:
        """Take in one release: every exact row, and the same rows as they were published."""
        this = self.releases
        self.releases += 1
        self._tell_apart(exact)
        numbers: dict[Name, int] = {}
        for row in exact:
            for name, number in self._numbers_of(row).items():
                assert numbers.setdefault(name, number) == number, f"one number is two: {name}"
            if row["n"] and not row["row"]:
                # There is a row only where there is somebody, save in the fixed layout of the profile.
                self.least[this, next(iter(self._numbers_of(row)))] = 1
        known = {name for row in shown for name in self._numbers_of(row)} | absent(shown)
        self.numbers |= {(this, name): number for name, number in numbers.items()}
        self.known |= {(this, name) for name in known if name in numbers}
        self.people += [(this, name) for name in numbers if name[7] in ("people", "without", "at risk")]
        for relation in relations(numbers):
            present = {(this, name): sign for name, sign in relation.items() if name in numbers}
            if short := sum(sign * self.numbers[name] for name, sign in present.items()):
                # Some people are counted twice, or in none of the parts: how many is not told.
                present[this, ("left", len(self.sums))] = -1 if short > 0 else 1
                self.numbers[this, ("left", len(self.sums))] = abs(short)
            if len(present) > 1:  # what is not published by a breakdown says nothing of the total
                self.sums.append(present)
        for whole, parts, is_people in remainders(numbers):
            rest = (this, ("left", whole, *parts))
            self.numbers[rest] = numbers[whole] - sum(numbers[part] for part in parts)
            if is_people:
                self.people.append(rest)
            self.sums.append({(this, whole): 1, rest: -1} | {(this, part): -1 for part in parts})
        return self

    def _tell_apart(self, exact: list[Row]) -> None:
        """Note what two measures count by one name and differently: each is a number of its own."""
        found: dict[Name, int] = {}
        for row in exact:
            for name, number in numbers_of(row).items():
                if found.setdefault(name, number) != number:
                    self.apart.add((name[0], *name[7:]))

    def _numbers_of(self, row: Row) -> dict[Name, int]:
        return {
            (*name[:8], f"{name[8]} in {row['measure']}", *name[9:]) if (name[0], *name[7:]) in self.apart else name: n
            for name, n in numbers_of(row).items()
        }

    def same_people(self) -> Attack:
        """Tell the attacker of which places nothing has changed between two releases; and of the others, which have
        more and which have fewer."""
        places: dict[Name, list[dict[Name, int]]] = defaultdict(lambda: [{}, {}])
        for (this, name), number in self.numbers.items():
            if name[0] not in ("left", "came or went"):
                places[name[:7]][this][name] = number
        for before, after in places.values():
            for name in before.keys() & after.keys():
                if before == after:
                    self.sums.append({(0, name): 1, (1, name): -1})
                else:
                    grown = after[name] - before[name]
                    came = (1, ("came or went", name))
                    self.numbers[came] = abs(grown)
                    self.people.append(came)
                    self.sums.append({(1, name): 1, (0, name): -1, came: -1 if grown >= 0 else 1})
        return self

    def told_few(self) -> list[tuple[Name, int, int, int]]:
        """What can be proved to be one to four people: the number, how many there are, the least and the most."""
        found = []
        for unknowns, targets in self._parts():
            found += self._prove(unknowns, targets)
        return found

    def _parts(self) -> Iterator[tuple[list[dict[Name, int]], list[Name]]]:
        """The unknowns that hang together, as the sums that tie them, and those of them that are few people."""
        parent: dict[Name, Name] = {}

        def root(name: Name) -> Name:
            while parent.setdefault(name, name) != name:
                parent[name] = name = parent[parent[name]]
            return name

        for relation in self.sums:
            unknown = [name for name in relation if name not in self.known]
            for name in unknown[1:]:
                parent[root(name)] = root(unknown[0])
        groups: dict[Name, tuple[list[dict[Name, int]], list[Name]]] = defaultdict(lambda: ([], []))
        for relation in self.sums:
            unknown = {name: sign for name, sign in relation.items() if name not in self.known}
            if unknown:
                groups[root(next(iter(unknown)))][0].append(unknown)
        for name in sorted(self.people, key=repr):
            if self.numbers[name] in FEW and name not in self.known and root(name) in groups:
                groups[root(name)][1].append(name)
        yield from (group for group in groups.values() if group[1])

    def _prove(self, sums: list[dict[Name, int]], targets: list[Name]) -> list[tuple[Name, int, int, int]]:
        names = sorted({name for relation in sums for name in relation}, key=repr)
        column = {name: place for place, name in enumerate(names)}
        truth = np.array([float(self.numbers[name]) for name in names])
        least = np.array([float(self.least.get(name, min(0, self.numbers[name]))) for name in names])
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(names), len(sums)
        program.col_cost_ = np.zeros(len(names))
        program.col_lower_, program.col_upper_ = least, np.full(len(names), 1e6)
        program.row_lower_ = program.row_upper_ = np.array(
            [sum(sign * self.numbers[name] for name, sign in relation.items()) for relation in sums], dtype=float
        )
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.cumsum([0, *(len(relation) for relation in sums)], dtype=np.int32)
        program.a_matrix_.index_ = np.array([column[n] for relation in sums for n in relation], dtype=np.int32)
        program.a_matrix_.value_ = np.array([float(s) for relation in sums for s in relation.values()])
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("presolve", "off")
        solver.passModel(program)

        def most(place: int, sign: float) -> np.ndarray:
            solver.changeColCost(place, -sign)
            solver.run()
            assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getModelStatus()
            solver.changeColCost(place, 0.0)
            return np.array(solver.getSolution().col_value)

        proved, waiting = [], list(targets)
        # As many as can be at once first: an answer that makes a number five does for every other that it makes five.
        columns = np.array([column[name] for name in waiting], dtype=np.int32)
        for _ in range(6):
            solver.changeColsCost(len(columns), columns, -np.ones(len(columns)))
            solver.changeColsBounds(len(columns), columns, least[columns], np.full(len(columns), 5.0))
            solver.run()
            answer = np.array(solver.getSolution().col_value)
            solver.changeColsCost(len(columns), columns, np.zeros(len(columns)))
            solver.changeColsBounds(len(columns), columns, least[columns], np.full(len(columns), 1e6))
            waiting = [name for name in waiting if answer[column[name]] < 5 - 1e-6]
            columns = np.array([column[name] for name in waiting], dtype=np.int32)
            if not waiting:
                return []
        while waiting:
            name, waiting = waiting[0], waiting[1:]
            answer = most(column[name], 1.0)
            if answer[column[name]] >= 5 - 1e-6:
                waiting = [other for other in waiting if answer[column[other]] < 5 - 1e-6]
                continue
            lowest = most(column[name], -1.0)[column[name]]
            high = int(np.floor(answer[column[name]] + 1e-6))
            proved.append((name, int(truth[column[name]]), int(np.ceil(lowest - 1e-6)), high))
        return proved
