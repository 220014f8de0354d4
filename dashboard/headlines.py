"""The board's headline measures: each with its last final figure, the year before, the national figure and its target.

Every sentence about a difference is made in `dashboard/judged.py` from intervals, and claims no more than they allow.
"""

from dataclasses import dataclass

from dashboard import access, current, describe, download, judged, tables, takeaway, words
from dashboard.asking import Answer, NotShown, asked
from dashboard.blocks import Block, legend, put
from dashboard.boundary import boundary
from dashboard.filters import chosen
from dashboard.give import give
from dashboard.judged import Beside, Verdict
from dashboard.kept import kept_about_build
from queries import quality
from queries.catalogue import measure
from queries.figures import Figure

MEASURES = (
    "reoffending_rate",
    "reoffences_per_reoffender",
    "ni30_change",
    "arrest_to_sentence_days",
    "custody_share",
    "caseload",
)
HEADINGS = (
    "Measure", "When", "Figure", "How many", "95% interval", "Against the year before", "National", "Target",
)  # fmt: skip

ALIKE = ("reoffending_rate", "reoffences_per_reoffender", "ni30_change")
"""Measures whose national figure is alike enough to stand beside a local one.

A share of all offenders or offences is not: it hangs on who else is in the area's files. Nor is a number of people.
"""

MAJORITY = Beside(0.5, "", "the self-assessment tool: a majority in the community")
"""What the self-assessment tool asks of the share in custody: under half."""

Row = takeaway.Row


@dataclass(frozen=True)
class Headline:
    """One measure's last final figure, with the rows that it is set beside and what may be said of each."""

    answer: Answer
    label: str = ""
    row: Row | None = None
    before: Row | None = None
    change: Verdict = "unknown"
    national: Beside | None = None
    target: Beside | None = None

    @property
    def title(self) -> str:
        """What the measure is called."""
        return self.answer.measure.title


def headlines() -> list[Headline]:
    """Return the headline measures for the scheme and people that the filters are set to."""
    return [headline(asked(name, over="month" if measure(name).at_month_end else "period")) for name in MEASURES]


def headline(answer: Answer) -> Headline:
    """Return what stands beside one measure's last final figure. `answer` has every period or month."""
    if isinstance(answer, NotShown) or (label := _label(answer)) is None:
        return Headline(answer)
    dimension = answer.by[0]
    rows = {row[dimension]: row for row in answer.frame.rows(named=True)}
    row, before = rows[label], rows.get(takeaway.year_before(dimension, label))
    return Headline(
        answer,
        label,
        row,
        before,
        judged.change(answer.measure, before, row),
        _national(answer, rows),
        _target(answer, rows, label),
    )


def _label(answer: Figure) -> str | None:
    """Return the period or month of a headline: the month chosen, else the last one that can be compared.

    Published months are the ends of quarters and the latest, which may have none a year before it.
    """
    latest = takeaway.latest_label(answer)
    if answer.by[0] == "period" or latest is None:
        return latest
    months = set(answer.frame["month"])
    if (as_at := chosen().as_at) is not None and f"{as_at:%Y-%m}" in months:
        return f"{as_at:%Y-%m}"
    return max((month for month in months if takeaway.year_before("month", month) in months), default=latest)


def _national(figure: Figure, rows: dict[str, Row]) -> Beside | None:
    """Return the national figure of the last final period that has one, if it is of the same thing and people."""
    about = figure.measure
    of_ppos = figure.where.get("ppo") == "yes" or "ppo" in about.not_applicable
    if about.id not in ALIKE or not of_ppos:
        return None
    rows_of = kept_about_build(quality.national, current.warehouse(), about.id)
    published = {row["period"]: row for row in rows_of.rows(named=True)}
    label = _last_with(figure, rows, published)
    if label is None:
        return None
    return judged.beside(rows[label], Beside(float(published[label]["value"]), label, published[label]["source"]))


def _target(figure: Figure, rows: dict[str, Row], label: str) -> Beside | None:
    """Return the target of the last final period for which one was set."""
    about = figure.measure
    if about.id == "custody_share":
        return judged.beside(rows[label], Beside(MAJORITY.value, label, MAJORITY.source))
    found = {
        period: kept_about_build(quality.targets, current.warehouse(), about.id, period, figure.where.get("scheme"))
        for period in rows
    }
    found = {period: target for period, target in found.items() if target.height}
    when = _last_with(figure, rows, found)
    if when is None:
        return None
    return judged.beside(rows[when], Beside(found[when]["value"][0], when, f"set by {found[when]['set_by'][0]}"))


def _last_with(figure: Figure, rows: dict[str, Row], found: dict) -> str | None:
    return max((label for label, row in rows.items() if label in found and figure.is_final(row)), default=None)


def cells(each: Headline) -> tuple[str, ...]:
    """Return a headline as a row of the table, in words."""
    answer = each.answer
    if isinstance(answer, NotShown):
        return (each.title, "", "Not shown", "", "", f"{answer.title}.", "None", "None")
    if each.row is None:
        return (each.title, "No final year yet", "[x]", "[x]", "[x]", "Too soon to say.", "None", "None")
    about, row = answer.measure, each.row
    kind, dimension = words.read_as(about), answer.by[0]
    when = words.label(dimension, each.label)
    return (
        each.title,
        f"End of {when}" if dimension == "month" else when,
        tables.cell(answer, "value", lambda number: words.value(kind, number))(row),
        _how_many(answer, row),
        "Everybody is counted" if kind == "stock" else tables.interval(answer).write(row),
        takeaway.change(answer, each.before, row) if each.before else "There is no earlier year to compare.",
        judged.in_words(answer, each.national, each.label, "national"),
        judged.in_words(answer, each.target, each.label, "target"),
    )


def _how_many(figure: Figure, row: Row) -> str:
    if row["denominator"] is None:
        return "Everybody" if figure.measure.kind == "stock" else tables.missing(figure, row)
    return takeaway.counts(figure, row)


def _sources(made: list[Headline]) -> list[str]:
    """Return where the national figures beside the headlines were published, and which have none to stand beside."""
    sources = dict.fromkeys(each.national.source.removesuffix(".") for each in made if each.national)
    return [
        *(f"National figures are for England and Wales: {source}." for source in sources),
        "A national figure stands only beside a local one of the same thing and the same people. PPOs' share of all "
        "offending is not set beside the nation's: it hangs on who else is in the area's files.",
    ]


def show_headlines(title: str, made: list[Headline]) -> None:
    """Put the headline measures on the page: the table, each definition, the stamp and the download."""
    with boundary(title):
        viewer = access.viewer_now()
        figures = [each.answer for each in made if isinstance(each.answer, Figure)]
        caption = "Headline measures: the last final figure of each"
        shown = tables.Table(
            caption=caption,
            headings=HEADINGS,
            rows=tuple(cells(each) for each in made),
            kinds=("name", "name", "number", "name", "name", "words", "name", "name"),
        )
        scope = tuple(describe.scope(figures[0], viewer)[:2]) if figures else ()
        stamp = describe.stamp(current.warehouse().build)
        block = Block(
            title,
            scope=scope,
            table=shown,
            notes=tuple(_sources(made)),
            definitions=tuple(each.answer.measure for each in made),
            stamp=stamp,
            look="headlines",
        )
        put(block)
        notes = "\r\n".join(
            [caption, "; ".join(scope), stamp, *legend(block), ""]
            + [f"{heading}: {text}" for each in made for heading, text in describe.definition(each.answer.measure)]
        )
        data = download.archive({"table.csv": download.table_csv(shown), "notes.txt": notes})
        scheme = chosen().scheme
        give("Download: headline measures (CSV with notes)", data, "headlines.zip", schemes=[scheme] if scheme else ())
