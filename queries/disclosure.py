"""Disclosure control: which cells of the published tables are withheld, and nothing about how they are shown.

Confidentiality is judged on distinct people. A cell with one to four people behind its numerator, its complement or
its denominator is withheld, and so is whatever would give it away: where one cell of a sum is withheld, the smallest
of the others goes with it. Reliability (a rate on under thirty people) is another rule, applied by the road itself.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Cell = TypeVar("Cell", bound=Hashable)

SMALLEST_SHOWN = 5
"""Fewer distinct people than this, but not none, are not shown."""

PEOPLE_NEEDED = {"mean": 5, "median": 5, "value": 5, "lower": 5, "upper": 5, "q1": 10, "q3": 10, "p90": 20}
"""How many people each summary of days needs behind it."""


def is_small(people: int | None) -> bool:
    """Return whether a count of distinct people is one to four."""
    return people is not None and 0 < people < SMALLEST_SHOWN


@dataclass(frozen=True)
class Sum(Generic[Cell]):
    """Cells that add up, and the cell that they add up to where one is shown."""

    parts: tuple[Cell, ...]
    total: Cell | None = None


def withhold_together(hidden: Iterable[Cell], sums: Iterable[Sum[Cell]], people: Mapping[Cell, int]) -> set[Cell]:
    """Return the cells to withhold so that no sum gives a withheld cell away.

    A sum gives one away when it is the only cell withheld in it, or when the withheld parts hold one to four people
    between them. The cell taken along is the part with the fewest people (an empty one hides nothing), or the total
    when no part is left; ties go to the first in order, so that the same input always loses the same cells.
    """
    found = set(hidden)
    ordered = [Sum(tuple(sorted(s.parts, key=lambda cell: people[cell])), s.total) for s in sums]
    touching: dict[Cell, list[int]] = defaultdict(list)
    for place, each in enumerate(ordered):
        for cell in (*each.parts, *([each.total] if each.total is not None else [])):
            touching[cell].append(place)
    waiting = deque(dict.fromkeys(place for cell in sorted(found, key=repr) for place in touching[cell]))
    while waiting:
        each = ordered[waiting.popleft()]
        for cell in _exposing(each, found, people):
            found.add(cell)
            waiting.extend(touching[cell])
    return found


def _exposing(each: Sum[Cell], found: set[Cell], people: Mapping[Cell, int]) -> list[Cell]:
    """Return the cells that one sum must lose as well, given what it has lost already."""
    inside = [cell for cell in each.parts if cell in found]
    left = deque(cell for cell in each.parts if cell not in found and people[cell])
    total_hidden = each.total is not None and each.total in found
    taken: list[Cell] = []
    if not inside and not total_hidden:
        return taken
    while len(inside) + len(taken) + total_hidden < 2 or (
        not total_hidden and is_small(sum(people[cell] for cell in (*inside, *taken)))
    ):
        if left:
            taken.append(left.popleft())
        elif each.total is not None and not total_hidden:
            return [*taken, each.total]
        else:
            break
    return taken
