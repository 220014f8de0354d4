"""Whether two figures differ: the difference, and an interval for it made from theirs."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A difference between two values, after less before, with a 95% interval; in the measure's own unit."""

    value: float
    lower: float
    upper: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves nought out, so that chance alone is an unlikely explanation."""
        return self.lower > 0 or self.upper < 0


def difference(
    before: tuple[float, float, float], after: tuple[float, float, float], independent: bool = True
) -> Difference:
    """Return the difference between two figures, each given as (value, lower, upper).

    The interval is found by squaring and adding the distances from each value to its own limits (Newcombe,
    1998, method 10, for Wilson intervals; the same holds for any pair of intervals). That takes the two as
    independent. Where one could be high because the other is low, such as two changes that share months of which one
    counts them before and the other after, the distances are added as they are, which no dependence can pass. Values
    are not rounded first.
    """
    (was, was_lower, was_upper), (now, now_lower, now_upper) = before, after
    change = now - was
    add = math.hypot if independent else _sum
    return Difference(
        value=change,
        lower=change - add(now - now_lower, was_upper - was),
        upper=change + add(now_upper - now, was - was_lower),
    )


def _sum(one: float, other: float) -> float:
    return one + other


def chance_gives_as_much(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Return whether chance alone would give as great a difference between two small groups in 5 of 100 tries or more.

    Each group is (how many to whom it happened, how many people). Fisher's exact test, both sides; for groups too
    small for a rate and its interval.
    """
    (was, of), (now, out_of) = before, after
    happened, everybody = was + now, of + out_of

    def ways(first: int) -> int:
        return math.comb(of, first) * math.comb(out_of, happened - first)

    seen = ways(was)
    possible = range(max(0, happened - out_of), min(of, happened) + 1)
    as_far = sum(each for each in map(ways, possible) if each <= seen)
    return 20 * as_far >= math.comb(everybody, happened)
