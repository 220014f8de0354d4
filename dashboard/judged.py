"""What may be said when a figure is set beside another: the year before, the national figure, a target.

Nothing is called better or worse unless the interval leaves chance out. Nothing is claimed of under thirty people.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from dashboard import words
from dashboard.change import Difference, difference
from queries.catalogue import Measure
from queries.figures import Figure

Row = dict[str, Any]
Verdict = Literal["better", "worse", "higher", "lower", "unclear", "unknown"]
"""How a figure stands to another: `higher` and `lower` where neither way is better, `unclear` where chance alone could
explain the difference, `unknown` where there is nothing to compare."""


@dataclass(frozen=True)
class Beside:
    """A number from elsewhere beside a figure: its value, the period it is of, who says so, and how ours stands to it.

    `ours` is our own figure of the same period.
    """

    value: float
    label: str
    source: str
    ours: Row | None = None


def shown(row: Row | None) -> bool:
    """Return whether a row has a value with an interval, and enough people for something to be claimed of it."""
    return (
        row is not None
        and row["status"] not in ("low_base", "confidential", "immature", "not_applicable")
        and all(row[key] is not None for key in ("value", "lower", "upper"))
    )


def between(about: Measure, before: Row | None, after: Row | None) -> Difference | None:
    """Return the difference between two rows with its interval, or None where nothing can be claimed of it."""
    if before is None or after is None or not (shown(before) and shown(after)):
        return None
    return difference(
        (before["value"], before["lower"], before["upper"]),
        (after["value"], after["lower"], after["upper"]),
        independent=about.kind != "change",
    )


def change(about: Measure, before: Row | None, after: Row | None) -> Verdict:
    """Return how a figure stands to that of the year before."""
    found = between(about, before, after)
    if found is None:
        return "unknown"
    if not found.is_clear:
        return "unclear"
    return _way(about, found.value > 0)


def beside(ours: Row, found: Beside) -> Beside:
    """Return a number from elsewhere with our own figure of the same period."""
    return replace(found, ours=ours)


def standing(about: Measure, found: Beside | None) -> Verdict:
    """Return how our figure stands to a number that is taken as exact: by where it lies to our interval."""
    if found is None or found.ours is None or not shown(found.ours):
        return "unknown"
    if found.ours["lower"] <= found.value <= found.ours["upper"]:
        return "unclear"
    return _way(about, found.ours["value"] > found.value)


def _way(about: Measure, is_higher: bool) -> Verdict:
    if about.direction == "none":
        return "higher" if is_higher else "lower"
    return "better" if is_higher == (about.direction == "higher") else "worse"


SAID: dict[str, dict[Verdict, str]] = {
    "national": {
        "better": "clearly better than it",
        "worse": "clearly worse than it",
        "higher": "clearly higher than it",
        "lower": "clearly lower than it",
        "unclear": "no clear difference",
        "unknown": "cannot be compared",
    },
    "target": {
        "better": "met",
        "worse": "missed",
        "higher": "missed",
        "lower": "met",
        "unclear": "cannot say whether met",
        "unknown": "cannot say whether met",
    },
}
"""What is said of a standing, beside a national figure and beside a target.

A target of a measure of which neither way is better is a limit, to stay under.
"""


def in_words(figure: Figure, found: Beside | None, label: str, against: str) -> str:
    """Return a number from elsewhere in words, with how ours stands to it; the period where it is not the figure's."""
    if found is None or found.ours is None:
        return "None"
    kind = words.read_as(figure.measure)
    said = SAID[against][standing(figure.measure, found)]
    limit = "Under " if figure.measure.id == "custody_share" else ""
    text = f"{limit}{words.value(kind, found.value)}"
    if found.label == label:
        return f"{text}: {said}"
    ours = "ours was not shown" if found.ours["value"] is None else f"ours {words.value(kind, found.ours['value'])}"
    return f"{text} in {words.label(figure.by[0], found.label)}, {ours}: {said}"
