"""Disclosure control: which cells of the published tables are withheld, and nothing about how they are shown.

Confidentiality is judged on distinct people. A cell with one to four people behind its numerator, its complement or
its denominator is withheld, and so is whatever would give it away: where one cell of a sum is withheld, the smallest
of the others goes with it. Reliability (a rate on under thirty people) is another rule, applied by the road itself.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Cell = TypeVar("Cell", bound=Hashable)

SMALLEST_SHOWN = 5
"""Fewer distinct people than this, but not none, are not shown."""

PEOPLE_NEEDED = {"mean": 5, "median": 5, "value": 5, "lower": 5, "upper": 5, "q1": 10, "q3": 10, "p90": 20}
"""How many people each summary of days needs behind it."""


def is_small(people: int | None) -> bool:
    """Return whether a count of distinct people is one to four."""
    return people is not None and 0 < people < SMALLEST_SHOWN


def withhold_together(hidden: Iterable[Cell], sums: Iterable[Iterable[Cell]], size: Callable[[Cell], int]) -> set[Cell]:
    """Return the cells to withhold so that no sum has exactly one withheld cell in it.

    `sums` are the groups of cells that add up to something that is shown, or may be known. The cell taken along is
    the one with the fewest people, empty cells last since they hide nothing; ties go to the first in order, so
    that the same input always loses the same cells.
    """
    found = set(hidden)
    groups = [list(group) for group in sums]
    changed = True
    while changed:
        changed = False
        for group in groups:
            inside = [cell for cell in group if cell in found]
            others = [cell for cell in group if cell not in found]
            exposed = len(inside) == 1 or (inside and sum(size(cell) for cell in inside) < SMALLEST_SHOWN)
            if exposed and others:
                found.add(min(others, key=lambda cell: (size(cell) == 0, size(cell))))
                changed = True
    return found
