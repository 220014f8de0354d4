"""The rule of confidentiality, which is judged on distinct people.

A cell with one to four people behind its numerator, its complement or its denominator is withheld, and so is whatever
would give it away: `queries/adding_up.py` says what a reader can subtract, `queries/withholding.py` what else goes for
that. Reliability (a rate on under thirty people) is another rule, applied by the road itself.
"""

SMALLEST_SHOWN = 5
"""Fewer distinct people than this, but not none, are not shown."""

PEOPLE_NEEDED = {"mean": 5, "median": 5, "value": 5, "lower": 5, "upper": 5, "q1": 10, "q3": 10, "p90": 20}
"""How many people each summary of days needs behind it."""


def is_small(people: int | None) -> bool:
    """Return whether a count of distinct people is one to four."""
    return people is not None and 0 < people < SMALLEST_SHOWN
