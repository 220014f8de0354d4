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


def difference(before: tuple[float, float, float], after: tuple[float, float, float]) -> Difference:
    """Return the difference between two figures, each given as (value, lower, upper).

    The interval is found by squaring and adding the distances from each value to its own limits (Newcombe,
    1998, method 10, for Wilson intervals; the same holds for any pair of intervals). It takes the two as
    independent. Values are not rounded first.
    """
    (was, was_lower, was_upper), (now, now_lower, now_upper) = before, after
    change = now - was
    return Difference(
        value=change,
        lower=change - math.hypot(now - now_lower, was_upper - was),
        upper=change + math.hypot(now_upper - now, was - was_lower),
    )
