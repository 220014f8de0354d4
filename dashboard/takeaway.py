"""The sentence above each chart, made from its figures. It never claims more than their intervals allow."""

from datetime import date
from itertools import pairwise
from typing import Any

from dashboard import describe, judged, words
from dashboard.change import chance_gives_as_much
from queries.dimensions import DIMENSIONS
from queries.figures import LOW_BASE, Figure

Row = dict[str, Any]


def takeaway(figure: Figure) -> str:
    """Return what a figure says, in a sentence or two; empty when it shows nothing."""
    rows = figure.frame.rows(named=True)
    if not rows:
        return "Nobody is in these figures."
    special = {"survival": _curve, "timeline": _timeline, "concentration": _concentration}.get(figure.measure.kind)
    if special is not None:
        return special(figure, rows) if not figure.by else ""
    if figure.measure.kind == "distribution":
        return _largest_part(figure, rows) if len(figure.by) == 1 else ""
    if figure.by and figure.by[0] in ("period", "month"):
        return over_time(figure) if len(figure.by) == 1 else ""
    if figure.by == ("stage",):
        return _pathway(rows)
    if figure.by:
        return between_groups(figure)
    return f"{words.sentence(at_one_time(figure, rows[0]))}."


def _curve(figure: Figure, rows: list[Row]) -> str:
    told = [row for row in rows if row["months"] in (6, 12, 24) and row["value"] is not None]
    if not told:
        return "Too few people to say how soon."
    parts = [f"{words.value('survival', row['value'])} within {row['months']} months" for row in told]
    what, whom = ("Had ended", "cases") if figure.measure.units == "cases" else ("Had re-offended", "people")
    return f"{what}: {words.joined(parts)}, of {words.count(told[0]['denominator'])} {whom}."


def _timeline(figure: Figure, rows: list[Row]) -> str:
    """Return the month before adoption beside the same month a year after it."""
    found = {row["months"]: row for row in rows if row["value"] is not None}
    if not {-1, 12} <= set(found):
        return "Too few people to compare the months before adoption with those after it."
    before, after = (words.value("timeline", found[month]["value"]) for month in (-1, 12))
    return (
        f"{words.sentence(words.timeline_unit(figure.measure))}: {before} convictions in the month before adoption, "
        f"{after} in the thirteenth month after it. "
        "People are taken on when they offend most, so some of any fall would have come anyway."
    )


def _concentration(figure: Figure, rows: list[Row]) -> str:
    found = next((row for row in rows if row["top_share"] == 0.1 and row["value"] is not None), None)
    if found is None:
        return "Too few people to say how far offending is concentrated."
    share = words.value("concentration", found["value"])
    return f"The tenth of people with the most proven offences committed {share} of them all."


def _pathway(rows: list[Row]) -> str:
    """Return how far the cases went and after which stage most were lost; treatment and a home stand by themselves.

    Neither of those two waits for a conviction, and not everybody needs them: nobody drops out on the way to them.
    """
    shown = {row["stage"]: row for row in rows if row["numerator"] is not None}
    if not {*CASE, *BESIDE_CASE} <= set(shown):
        return "Some stages are not shown, to protect people."
    reached = [(words.label("stage", stage), shown[stage]["numerator"]) for stage in CASE]
    arrested, sentenced = reached[0][1], reached[-1][1]
    lost, after = max((before[1] - then[1], before[0]) for before, then in pairwise(reached))
    beside = words.joined([f"{_share(shown[stage])} {what}" for stage, what in BESIDE_CASE.items()])
    said = f"Of {words.counted(arrested, 'person', 'people')} arrested, {words.count(sentenced)} were sentenced."
    if lost > 0:
        said += f" Most drop out after this stage: {words.lower_first(after)} ({words.count(lost)} fewer)."
    return f"{said} Whatever became of the case, within twelve months of the arrest {beside}."


CASE = ("arrested", "charged", "convicted", "sentenced")
"""The stages of a case, each reached by way of the one before it."""

BESIDE_CASE = {
    "into_treatment": "started treatment",
    "resettled": "had no need of accommodation at their latest assessment",
}
"""The stages that are reached or not whatever becomes of the case, as they stand in a sentence."""


def _share(row: Row) -> str:
    share = "" if row["value"] is None else f" ({words.value('proportion', row['value'])})"
    return f"{words.count(row['numerator'])}{share}"


def _largest_part(figure: Figure, rows: list[Row]) -> str:
    shown = [row for row in rows if row["value"] is not None]
    if not shown:
        return "Too few people for percentages."
    dimension = figure.by[0]
    largest = max(shown, key=_value)
    return (
        f"The largest part: {words.lower_first(words.label(dimension, largest[dimension]))}, "
        f"{words.value('distribution', largest['value'])} of {words.count(largest['denominator'])}."
    )


def at_one_time(figure: Figure, row: Row) -> str:
    """Return one row in words: its value, its counts and its interval."""
    about = figure.measure
    how_many = counts(figure, row)
    if row["value"] is None and about.needs_share and row["n"] >= LOW_BASE and row["status"] == "low_base":
        return f"not shown, since under {about.needs_share[2]:.0%} of the people have a score"
    if figure.lacks(row):
        return "no data: nobody's records have any"
    if row["value"] is None:
        return {
            "low_base": f"too few people for a rate: {how_many}",
            "confidential": "not shown, to protect people",
            "immature": "too soon to say: people have not yet been followed for long enough",
            "not_applicable": "does not apply",
        }.get(row["status"], "no value")
    value = words.value(words.read_as(about), row["value"])
    if about.kind == "stock":
        return words.counted(row["value"], "person", "people")
    if about.kind == "count":
        people = words.counted(row["n"], "person", "people")
        return people if row["n"] == row["value"] else f"{value} ({people})"
    if about.kind == "change":
        return _change_in_words(figure, row)
    if about.kind == "days":
        return f"half took {value} or less ({how_many}{_interval(figure, row)})"
    return f"{value} ({how_many}{_interval(figure, row)})"


def _change_in_words(figure: Figure, row: Row) -> str:
    """Return a change as a fall, a rise or neither: neither where its interval holds no change."""
    size = words.value("proportion", abs(row["value"]))
    of = f"{counts(figure, row)}{_interval(figure, row)}"
    if row["lower"] is None or row["lower"] <= 0 <= row["upper"]:
        return f"no clear change: {words.value('change', row['value'])} ({of})"
    return f"{size} {'lower' if row['value'] < 0 else 'higher'} than before ({of})"


def counts(figure: Figure, row: Row) -> str:
    """Return the counts behind one row: 17 of 25 people; of a change from 40 to 31 offences, 25 people."""
    about = figure.measure
    if row["denominator"] is None:
        return "counts not shown"
    if about.kind == "days":
        return f"{words.count(row['denominator'])} {words.inside(about.denominator_column)}"
    top, bottom = words.count(row["numerator"]), words.count(row["denominator"])
    if about.kind == "change":
        what = words.inside(about.denominator_column)
        return f"from {bottom} to {top} {what}, {words.counted(row['n'], 'person', 'people')}"
    if about.denominator_column == "expected":
        return f"{top} re-offended, {bottom} expected to"
    if about.numerator_column == "reoffended" or about.numerator_where or about.kind in ("share", "distribution"):
        return f"{top} of {bottom} {words.inside(about.denominator_column)}"
    if about.numerator_column == "in_custody":
        return f"{top} of {bottom} people"
    if about.kind == "proportion":
        return f"{top} of {bottom}"
    if about.denominator_column == "weeks":
        return f"{top} {words.inside(about.numerator_column)} in {bottom} weeks"
    over = "people who re-offended" if about.denominator_column == "reoffended" else "people"
    return f"{top} {words.inside(about.numerator_column)} by {bottom} {over}"


def _interval(figure: Figure, row: Row) -> str:
    if row["lower"] is None or row["upper"] is None:
        return ""
    return f"; 95% interval {words.interval(words.read_as(figure.measure), row['lower'], row['upper'])}"


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
    final = [row[dimension] for row in figure.frame.rows(named=True) if figure.is_final(row)]
    return max(final) if final else None


def year_before(dimension: str, label: str) -> str:
    """Return the label of the same period or month a year earlier."""
    if dimension == "month":
        year, month = label.split("-")
        return f"{int(year) - 1}-{month}"
    if "-" in label:
        return "/".join(year_before("month", each) for each in label.split("/"))
    first = int(label.split("/")[0]) - 1
    return f"{first}/{(first + 1) % 100:02d}" if "/" in label else str(first)


def change(figure: Figure, before: Row, after: Row) -> str:
    """Return a sentence on how one row differs from the one a year before it."""
    kind = words.read_as(figure.measure)
    if small := _small_numbers(figure, before, after):
        return small
    if after["value"] is None:
        return "It cannot be compared with the year before."
    if before["value"] is None:
        return "The figure for the year before is not shown, so there is nothing to compare it with."
    was = words.value(kind, before["value"])
    if kind in words.COUNTS:
        return f"A year before: {was}. {_more_or_fewer(after['value'] - before['value'])}"
    found = judged.between(figure.measure, before, after)
    if found is None:
        return f"The year before: {was}."
    size, way = words.difference(kind, found.value), "higher" if found.value > 0 else "lower"
    if not found.is_clear:
        return f"The year before: {was}. There is no clear change: chance alone could explain the difference."
    return f"That is {size} {way} than the year before ({was}), more than chance alone would explain."


def _small_numbers(figure: Figure, before: Row, after: Row) -> str:
    """Return how two small groups of people stand to each other, by their counts alone; empty where they are not."""
    rows = (before, after)
    counted = figure.measure.kind == "proportion" and all(
        row["denominator"] is not None and row["n"] == row["denominator"] for row in rows
    )
    if not counted or "low_base" not in {row["status"] for row in rows}:
        return ""
    numbers = [(row["numerator"], row["denominator"]) for row in rows]
    by_chance = chance_gives_as_much(*numbers)
    said = "chance alone would give as much" if by_chance else "no change is claimed"
    return f"The year before: {counts(figure, before)}. With numbers this small, {said}."


def _more_or_fewer(more: float) -> str:
    if more == 0:
        return "The number is the same."
    return f"That is {words.count(abs(more))} {'more' if more > 0 else 'fewer'}."


def between_groups(figure: Figure) -> str:
    """Return which groups stand furthest apart, if their intervals do not meet.

    The unknown is left out, and so are groups of under 30 people, of which nothing is claimed.

    The two are picked out of several, so that their intervals must not overlap: a stricter rule than for two
    named beforehand.
    """
    rows = [row for row in figure.frame.rows(named=True) if row["value"] is not None]
    unknown = {"not_known", "none"}
    rows = [row for row in rows if not unknown & {row[each] for each in figure.by} and row["status"] != "low_base"]
    if len(rows) < 2:
        return "There are too few groups with figures to compare."
    low, high = min(rows, key=_value), max(rows, key=_value)
    kind = words.read_as(figure.measure)
    name = [describe.group(figure, row) for row in (high, low)]
    if kind in words.COUNTS:
        total = words.count(sum(row["value"] for row in rows))
        largest = words.count(high["value"])
        if kind == "count" or not all(DIMENSIONS[each].partitions for each in figure.by):
            return f"The largest is '{name[0]}', with {largest}."
        return f"The largest group: {name[0]}, with {largest} of the {total} people whose group is known and shown."
    value = [words.value(kind, row["value"]) for row in (high, low)]
    if len(rows) == 2:
        return _two_groups(figure, [(describe.group(figure, row), row) for row in rows])
    if any(row[key] is None for row in (low, high) for key in ("lower", "upper")) or low["upper"] >= high["lower"]:
        furthest = f"{name[0]} ({value[0]}) and {name[1]} ({value[1]})"
        return f"No clear difference between the groups: even the furthest apart, {furthest}, could differ by chance."
    most, least = ("Longest", "Shortest") if kind in ("days", "months") else ("Highest", "Lowest")
    return f"{most}: {name[0]} ({value[0]}). {least}: {name[1]} ({value[1]}). Their intervals do not meet."


def _two_groups(figure: Figure, named: list[tuple[str, Row]]) -> str:
    """Return how two groups compare; nothing was picked, so the interval of their difference decides."""
    kind = words.read_as(figure.measure)
    said = " ".join(f"{name}: {words.value(kind, row['value'])}." for name, row in named)
    found = judged.between(figure.measure, named[1][1], named[0][1])
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
