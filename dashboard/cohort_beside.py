"""Two cohorts side by side: each one's figure, the difference, and whether the intervals bear it out."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import access, charts, cohort_files, current, describe, tables, words
from dashboard.blocks import put_chart
from dashboard.boundary import notice
from dashboard.change import Difference, difference
from dashboard.cohort_address import Asked, as_query
from dashboard.give import give
from queries import cohort
from queries.figures import LEADING, Figure

Row = dict[str, Any]

HOW = {
    True: "The interval of a difference is made from the two cohorts' own, taken as of separate people (Newcombe, "
    "1998).",
    False: "The interval of a difference is made from the two cohorts' own. Since some people are in both, the two are "
    "added as they are, which is wide enough whatever they share.",
}
"""How the interval of a difference is made, by whether the two cohorts are of separate people."""

SAID = {
    "a": "A is higher, by more than chance alone would explain",
    "b": "A is lower, by more than chance alone would explain",
    "none": "No clear difference: chance alone could explain it",
    "few": "Too few people to say, in one or both",
    "counted": "Counted, not estimated",
}
"""What may be said of a row."""

MONTHS_TOLD = (1, 3, 6, 12, 18, 24, 36, 48, 60)
"""The months of a curve at which two are set side by side."""


def show_beside(asked: Asked, a: Figure, b: Figure) -> None:
    """Put two cohorts on the page beside each other."""
    viewer = access.viewer_now()
    people = cohort.in_both(current.warehouse(), viewer, asked.measure, *asked.cohorts.values())
    overlap, apart = overlap_in_words(people), people == 0 and a.measure.kind != "change"
    scopes = [f"Cohort {name}: {' · '.join(describe.scope(each, viewer))}" for name, each in (("A", a), ("B", b))]
    pairs = pair(a, b)
    st.html(
        "".join(f"<p class='scope'>{escape(each)}</p>" for each in scopes)
        + f"<p class='takeaway'>{escape(sentence(a, pairs, apart))} {escape(overlap)}</p>"
    )
    if not pairs:
        notice("Nobody is in either cohort", "Take a choice away, or choose another time.", level=3)
        st.html(f"{describe.definition_html(a.measure)}<p class='stamp'>{escape(describe.stamp(a.build))}</p>")
        return
    if (drawn := chart(a, b, pairs)) is not None:
        put_chart(drawn)
    shown = table(a, b, pairs, apart, f"{a.measure.title}: cohort A beside cohort B")
    notes = [*dict.fromkeys([*describe.notes(a), *describe.notes(b)]), HOW[apart]]
    if len(pairs) > 1 and a.measure.kind not in LEADING:
        notes.append("With many groups, about one in twenty would seem to differ by chance alone.")
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    st.html(
        tables.html(shown)
        + f"<div class='notes'><ul>{items}</ul></div>"
        + describe.definition_html(a.measure)
        + f"<p class='stamp'>{escape(describe.stamp(a.build))}</p>"
    )
    data = cohort_files.bundle(asked, [a, b], shown, as_query(asked), f"{overlap} {HOW[apart]}")
    give("Download: both cohorts and SQL (CSV with notes)", data, f"cohorts_{asked.measure}.zip", key="download_cohort")


def overlap_in_words(people: int) -> str:
    """Return how many people are in both cohorts, in a sentence."""
    if not people:
        return "Nobody is in both cohorts."
    return f"{words.counted(people, 'person is', 'people are')} in both cohorts."


def pair(a: Figure, b: Figure) -> list[tuple[str, Row | None, Row | None]]:
    """Return the rows of two figures by group, each with its name; None where a cohort has nobody in it."""
    leading = LEADING.get(a.measure.kind, ())
    keys = [*a.by, *leading]

    def key(row: Row) -> tuple[Any, ...]:
        return tuple(row[each] for each in keys)

    rows = [{key(row): row for row in each.frame.rows(named=True)} for each in (a, b)]
    order = list(dict.fromkeys([*rows[0], *rows[1]]))
    if "months" in keys:
        order = [each for each in order if each[-1] in MONTHS_TOLD or a.measure.kind == "timeline"]
    return [(_name(a, rows[0].get(each) or rows[1][each]), rows[0].get(each), rows[1].get(each)) for each in order]


def _name(figure: Figure, row: Row) -> str:
    leading = {
        "months": lambda value: words.counted(value, "month", "months"),
        "top_share": lambda value: f"Top {100 * value:.0f}%",
        "row": lambda value: words.sentence(value.replace("_", " ")),
        "column": lambda value: words.sentence(value.replace("_", " ")),
    }
    parts = [describe.group(figure, row)] if figure.by else []
    parts += [leading[each](row[each]) for each in LEADING.get(figure.measure.kind, ())]
    return ", ".join(parts) or "All together"


def judged(figure: Figure, a: Row | None, b: Row | None, separate: bool) -> tuple[str, Difference | None]:
    """Return what may be said of two rows, as a key of SAID, and their difference, A less B, where there is one.

    `separate` is whether nobody is in both.
    """
    if a is None or b is None or a["value"] is None or b["value"] is None:
        return "few", None
    if figure.measure.kind in words.COUNTS:
        return "counted", Difference(a["value"] - b["value"], float("nan"), float("nan"))
    if "low_base" in (a["status"], b["status"]) or any(
        row[key] is None for row in (a, b) for key in ("lower", "upper")
    ):
        return "few", None
    found = difference((b["value"], b["lower"], b["upper"]), (a["value"], a["lower"], a["upper"]), separate)
    return ("a" if found.lower > 0 else "b" if found.upper < 0 else "none"), found


def sentence(figure: Figure, pairs: list[tuple[str, Row | None, Row | None]], separate: bool) -> str:
    """Return what the comparison shows; never a difference that the intervals do not bear out."""
    if not pairs:
        return "Nobody is in these figures."
    found = [(name, a, b, *judged(figure, a, b, separate)) for name, a, b in pairs]
    if len(found) == 1:
        _, a, b, said, apart = found[0]
        if apart is None or a is None or b is None:
            return "There are too few people in one or both for a comparison."
        kind = words.read_as(figure.measure)
        values = f"A: {words.value(kind, a['value'])}. B: {words.value(kind, b['value'])}."
        if said == "counted":
            return values
        if said == "none":
            return f"{values} There is no clear difference: chance alone could explain it."
        return (
            f"{values} The difference, {words.difference(kind, apart.value)}, is more than chance alone would explain."
        )
    if figure.measure.kind in words.COUNTS:
        return f"{words.count(len(found))} groups are set side by side below."
    able = [said for *_, said, _ in found if said != "few"]
    apart = sum(said in ("a", "b") for said in able)
    what = "months" if not figure.by and "months" in LEADING.get(figure.measure.kind, ()) else "groups"
    if not able:
        return f"None of the {what} has enough people in both for a comparison."
    if len(able) == 1:
        said = "a difference of more than chance alone would explain" if apart else "no clear difference"
        return f"Only one of the {what} has enough people in both, and there is {said}."
    if not apart:
        return f"In none of {len(able)} {what} is there a clear difference: chance alone could explain what there is."
    return f"In {apart} of {len(able)} {what} A and B differ by more than chance alone would explain."


def table(
    a: Figure, b: Figure, pairs: list[tuple[str, Row | None, Row | None]], separate: bool, caption: str
) -> tables.Table:
    """Return the two cohorts as a table: a row for each group, A, then B, then what is between them."""
    kind = words.read_as(a.measure)
    rows = []
    for name, one, other in pairs:
        said, apart = judged(a, one, other, separate)
        cells = [name, *_cells(a, one), *_cells(b, other)]
        if apart is None:
            cells += ["–", "–"]
        else:
            sign = "−" if apart.value < 0 else "+" if apart.value > 0 else ""
            cells.append(sign + _size(kind, apart.value))
            cells.append("–" if said == "counted" else _limits(kind, apart))
        rows.append((*cells, SAID[said]))
    middle = "Median" if a.measure.kind == "days" else "Figure"
    each = ("counts", words.lower_first(middle), "95% interval")
    return tables.Table(
        caption=caption,
        headings=(
            words.joined([words.breakdown(name) for name in a.by]),
            *(f"{which}: {part}" for which in "AB" for part in each),
            "Difference, A less B",
            "95% interval of the difference",
            "What can be said",
        ),
        rows=tuple(rows),
        kinds=("name", *("number",) * 8, "words"),
    )


def _cells(figure: Figure, row: Row | None) -> tuple[str, str, str]:
    """Return the counts, the value and the interval of one cohort's row, as its own table would write them."""
    if row is None:
        return "Nobody", "–", "–"
    kind = words.read_as(figure.measure)
    counts = tables.cell(figure, "n" if row["denominator"] is None else "denominator", words.count)(row)
    if row["denominator"] is not None and figure.measure.kind != "days":
        counts = f"{tables.cell(figure, 'numerator', words.count)(row)} of {counts}"
    value = tables.cell(figure, "value", lambda number: words.value(kind, number), marked=True)(row)
    none = figure.measure.kind in words.COUNTS
    return counts, value, "–" if none else tables.interval(figure).write(row)


def _size(kind: str, number: float) -> str:
    """Return the size of a difference as a cell has it, in points where the figures are percentages."""
    return words.difference(kind, number).replace("percentage ", "")


def _limits(kind: str, apart: Difference) -> str:
    signs = ("−" if number < 0 else "+" if number > 0 else "" for number in (apart.lower, apart.upper))
    low, high = (f"{sign}{_size(kind, number)}" for sign, number in zip(signs, (apart.lower, apart.upper), strict=True))
    return f"{low} to {high}"


MOST_PAIRS = 12
"""Groups of which a chart shows both cohorts."""


def chart(a: Figure, b: Figure, pairs: list[tuple[str, Row | None, Row | None]]) -> charts.Drawn | None:
    """Return a row for each cohort of each group, its figure and interval; None where a table says it better."""
    if a.measure.kind in LEADING or a.measure.kind in words.COUNTS or len(pairs) > MOST_PAIRS:
        return None
    rows = []
    # Of many groups, those that only one cohort has a figure of are in the table alone.
    both = [each for each in pairs if len(pairs) == 1 or all(row and row["value"] is not None for row in each[1:])]
    for name, one, other in both:
        for which, figure, row in (("A", a, one), ("B", b, other)):
            if row is not None:
                label = f"Cohort {which}" if not a.by else f"{which}: {name}"
                # Each in the colour of whom it is about.
                rows.append(charts.row_of(figure, row, label))
    return charts.ranges(a, rows)
