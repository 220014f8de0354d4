"""The sentence above each chart, made from its figures. It never claims more than their intervals allow."""

from datetime import date
from typing import Any

from dashboard import words
from dashboard.change import Difference, difference
from queries.figures import Figure

Row = dict[str, Any]


def takeaway(figure: Figure) -> str:
    """Return what a figure says, in a sentence or two; empty when it shows nothing."""
    rows = figure.frame.rows(named=True)
    if not rows:
        return "Nobody is in these figures."
    if figure.measure.kind == "survival":
        return _curve(figure, rows) if not figure.by else ""
    if figure.by and figure.by[0] in ("period", "month"):
        return over_time(figure) if len(figure.by) == 1 else ""
    if figure.by:
        return between_groups(figure)
    return f"{words.sentence(at_one_time(figure, rows[0]))}."


def _curve(figure: Figure, rows: list[Row]) -> str:
    told = [row for row in rows if row["months"] in (6, 12, 24) and row["value"] is not None]
    if not told:
        return "Too few people to say how soon they re-offended."
    parts = [f"{words.value('survival', row['value'])} within {row['months']} months" for row in told]
    return f"Had re-offended: {words.joined(parts)}, of {words.count(told[0]['denominator'])} people."


def at_one_time(figure: Figure, row: Row) -> str:
    """Return one row in words: its value, its counts and its interval."""
    about = figure.measure
    how_many = counts(figure, row)
    if row["value"] is None:
        return {
            "low_base": f"too few people for a rate: {how_many}",
            "confidential": "not shown, to protect people",
            "immature": "too soon to say: people have not yet been followed for long enough",
            "not_applicable": "does not apply",
        }.get(row["status"], "no value")
    value = words.value(about.kind, row["value"])
    if about.kind == "stock":
        return words.counted(row["value"], "person", "people")
    if about.kind == "days":
        return f"half took {value} or less ({how_many}{_interval(figure, row)})"
    return f"{value} ({how_many}{_interval(figure, row)})"


def counts(figure: Figure, row: Row) -> str:
    """Return the counts behind one row: 17 of 25 people."""
    about = figure.measure
    if row["denominator"] is None:
        return "counts not shown"
    if about.kind == "days":
        return f"{words.count(row['denominator'])} {words.inside(about.denominator_column)}"
    top, bottom = words.count(row["numerator"]), words.count(row["denominator"])
    if about.numerator_column == "reoffended" or about.numerator_where or about.kind == "share":
        return f"{top} of {bottom} {words.inside(about.denominator_column)}"
    if about.numerator_column == "in_custody":
        return f"{top} of {bottom} people"
    over = "people who re-offended" if about.denominator_column == "reoffended" else "people"
    return f"{top} {words.inside(about.numerator_column)} by {bottom} {over}"


def _interval(figure: Figure, row: Row) -> str:
    if row["lower"] is None or row["upper"] is None:
        return ""
    return f"; 95% interval {words.interval(figure.measure.kind, row['lower'], row['upper'])}"


def over_time(figure: Figure) -> str:
    """Return the latest final row in words, and how it differs from the one a year before."""
    dimension = figure.by[0]
    rows = {row[dimension]: row for row in figure.frame.rows(named=True)}
    latest = latest_label(figure)
    if latest is None:
        return "No year is final yet."
    when = f"In {words.label(dimension, latest)}" if dimension == "period" else f"At the end of {words.month(latest)}"
    text = f"{when}: {at_one_time(figure, rows[latest])}."
    before = rows.get(year_before(dimension, latest))
    return f"{text} {change(figure, before, rows[latest])}" if before else text


def latest_label(figure: Figure) -> str | None:
    """Return the last period or month of a figure that is final, whether or not its value may be shown."""
    dimension = figure.by[0]
    waiting = ("provisional", "immature")
    final = [row[dimension] for row in figure.frame.rows(named=True) if row["status"] not in waiting]
    return max(final) if final else None


def year_before(dimension: str, label: str) -> str:
    """Return the label of the same period or month a year earlier."""
    if dimension == "month":
        year, month = label.split("-")
        return f"{int(year) - 1}-{month}"
    first = int(label.split("/")[0]) - 1
    return f"{first}/{(first + 1) % 100:02d}" if "/" in label else str(first)


def change(figure: Figure, before: Row, after: Row) -> str:
    """Return a sentence on how one row differs from the one a year before it."""
    kind = figure.measure.kind
    if after["value"] is None:
        return "So it cannot be compared with the year before."
    if before["value"] is None:
        return "The figure for the year before is not shown, so there is nothing to compare it with."
    was = words.value(kind, before["value"])
    if kind == "stock":
        return f"A year before: {was}. {_more_or_fewer(after['value'] - before['value'])}"
    found = _difference(before, after)
    if found is None:
        return f"The year before: {was}."
    size, way = words.difference(kind, found.value), "higher" if found.value > 0 else "lower"
    if not found.is_clear:
        return f"The year before: {was}. There is no clear change: chance alone could explain the difference."
    return f"That is {size} {way} than the year before ({was}), more than chance alone would explain."


def _more_or_fewer(more: float) -> str:
    if more == 0:
        return "The number is the same."
    return f"That is {words.count(abs(more))} {'more' if more > 0 else 'fewer'}."


def _difference(before: Row, after: Row) -> Difference | None:
    needed = [row[key] for row in (before, after) for key in ("value", "lower", "upper")]
    if any(number is None for number in needed):
        return None
    return difference(
        (before["value"], before["lower"], before["upper"]), (after["value"], after["lower"], after["upper"])
    )


def between_groups(figure: Figure) -> str:
    """Return which groups stand furthest apart, if their intervals do not meet.

    The unknown is left out, and so are groups of under 30 people, of which nothing is claimed.

    The two are picked out of several, so that their intervals must not overlap: a stricter rule than for two
    named beforehand.
    """
    dimension = figure.by[-1]
    rows = [row for row in figure.frame.rows(named=True) if row["value"] is not None]
    rows = [row for row in rows if row[dimension] not in ("not_known", "none") and row["status"] != "low_base"]
    if len(rows) < 2:
        return "There are too few groups with figures to compare."
    low, high = min(rows, key=_value), max(rows, key=_value)
    kind = figure.measure.kind
    name = [words.label(dimension, row[dimension]) for row in (high, low)]
    if kind == "stock":
        total = words.count(sum(row["value"] for row in rows))
        largest = words.count(high["value"])
        return f"The largest group: {name[0]}, with {largest} of the {total} people whose group is known and shown."
    value = [words.value(kind, row["value"]) for row in (high, low)]
    if len(rows) == 2:
        return _two_groups(kind, [(words.label(dimension, row[dimension]), row) for row in rows])
    if any(row[key] is None for row in (low, high) for key in ("lower", "upper")) or low["upper"] >= high["lower"]:
        furthest = f"{name[0]} ({value[0]}) and {name[1]} ({value[1]})"
        return f"No clear difference between the groups: even the furthest apart, {furthest}, could differ by chance."
    most, least = ("Longest", "Shortest") if kind == "days" else ("Highest", "Lowest")
    return f"{most}: {name[0]} ({value[0]}). {least}: {name[1]} ({value[1]}). Their intervals do not meet."


def _two_groups(kind: str, named: list[tuple[str, Row]]) -> str:
    """Return how two groups compare; nothing was picked, so the interval of their difference decides."""
    said = " ".join(f"{name}: {words.value(kind, row['value'])}." for name, row in named)
    found = _difference(named[1][1], named[0][1])
    if found is None:
        return said
    if not found.is_clear:
        return f"{said} There is no clear difference: chance alone could explain it."
    size = words.difference(kind, found.value)
    return f"{said} The difference, {size}, is more than chance alone would explain."


def _value(row: Row) -> float:
    return row["value"]


def community_majority(figure: Figure) -> str:
    """Return the custody share the self-assessment's way round: how many people are in the community."""
    rows = figure.frame.rows(named=True)
    if figure.measure.id != "custody_share" or len(rows) != 1:
        raise ValueError("Only one row of custody_share can be turned round")
    row = rows[0]
    if row["numerator"] is None:
        return f"{words.sentence(at_one_time(figure, row))}."
    inside, placed = row["numerator"], row["denominator"]
    outside = placed - inside
    when = f"On {words.day(figure.as_at)}," if isinstance(figure.as_at, date) else "At the month end,"
    counts = f"{when} {words.count(outside)} of {words.counted(placed, 'person', 'people')} whose place is known"
    if row["value"] is None:
        return f"{counts} were in the community: too few people for a percentage."
    majority = "a majority in the community" if 2 * outside > placed else "not a majority in the community"
    share = words.value("proportion", 1 - row["value"])
    return f"{counts} were in the community ({share}) and {words.count(inside)} in custody: {majority}."
