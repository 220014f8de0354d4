"""What is said around a figure: what it is of, how it is defined, what it leans on, and the build that it is from."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import takewhile
from typing import Any

from dashboard import current, words
from dashboard.kept import kept_schemes
from queries.catalogue import Measure, default_switches, switches
from queries.dimensions import labels_of
from queries.figures import Figure
from queries.scope import Viewer
from queries.warehouse import Build


def scheme_names() -> dict[str, str]:
    """Return the names by id of the schemes of the build that this run reads. Names of schemes are public."""
    known = kept_schemes(current.warehouse(), Viewer.analyst())
    return dict(zip(known["scheme"].to_list(), known["name"].to_list(), strict=True))


def label(dimension: str, value: str) -> str:
    """Return the label of one group in words: a scheme by its name."""
    if dimension == "scheme":
        return scheme_names().get(value, words.label(dimension, value))
    return words.label(dimension, value)


def group(figure: Figure, row: Mapping[str, Any]) -> str:
    """Return which group a row of a figure is about, by all that the figure is broken down by."""
    return ", ".join(label(each, row[each]) for each in figure.by)


def filters(where: Mapping[str, str]) -> list[str]:
    """Return what a figure is narrowed to, one phrase for each breakdown: `Age: 18 to 20 or 21 to 24`."""
    return [
        f"{words.breakdown(name)}: {words.either([label(name, each) for each in labels_of(text)])}"
        for name, text in where.items()
    ]


def _narrowed_further(figure: Figure) -> list[str]:
    """Return the filters that are not said as who the people are or which scheme they are on."""
    said = {"scheme"} | ({"ppo"} if figure.where.get("ppo") in ("yes", "no") else set())
    return filters({name: text for name, text in figure.where.items() if name not in said})


def scheme_name(figure: Figure, viewer: Viewer) -> str:
    """Return which schemes a figure is of, in words."""
    scheme = figure.where.get("scheme")
    if scheme is not None:
        names = scheme_names()
        return words.either([names.get(each, "This scheme") for each in labels_of(scheme)])
    return "Your schemes together" if viewer.role == "manager" and not figure.published else "All schemes"


def people(figure: Figure) -> str:
    """Return which people a figure is of, in words."""
    about = figure.measure
    of_ppos = about.numerator_where is not None and about.numerator_where[0] == "ppo"
    if "ppo" in about.not_applicable and not of_ppos:
        return "People on the scheme"
    if "ppo" in figure.by:
        return "PPOs and others"
    return {"yes": "PPOs only", "no": "People who are not PPOs"}.get(
        figure.where.get("ppo", ""), "Everyone in the cohort"
    )


def time(figure: Figure) -> str:
    """Return the time that a figure is about, in words."""
    if figure.as_at is not None:
        return f"As at {words.day(figure.as_at)}"
    if "month" in figure.by:
        return "At each month end"
    shown = tuple(figure.frame["period"].unique()) if "period" in figure.by else figure.periods
    if not shown:
        return "No period yet"
    spelt = words.periods(shown)
    return {"each": f"Each year, {spelt}", "all": f"{spelt}, final years together"}.get(figure.period or "", spelt)


def maturity(figure: Figure) -> str:
    """Return how final a figure is, in words; a series says it row by row."""
    if figure.as_at is not None or "month" in figure.by:
        return "Final"
    if figure.period == "each":
        return "Final unless marked"
    return words.STATUS[figure.status]


def scope(figure: Figure, viewer: Viewer) -> list[str]:
    """Return what a figure is of: people, schemes, time, how final, and whether it is protected."""
    exact = "Published, protected figures" if figure.published else "Exact figures: do not publish"
    narrowed = _narrowed_further(figure)
    return [people(figure), scheme_name(figure, viewer), *narrowed, time(figure), maturity(figure), exact]


def stamp(build: Build) -> str:
    """Return the build stamp that every figure carries."""
    share = f"{100 * build.accepted_share:.1f}%"
    return (
        f"Data to {words.day(build.covered_to)}, built {words.day(build.built_on)} from "
        f"{words.counted(build.files, 'file', 'files')}, {share} of rows accepted."
        + (" Made-up data." if build.synthetic else "")
    )


def definition(about: Measure) -> list[tuple[str, str]]:
    """Return a measure's definition as pairs of a heading and words, all from the measure's own header."""
    direction = {"lower": "Lower is better", "higher": "Higher is better", "none": "Neither way is better"}
    pairs = [("What it is", about.title), ("Counted", words.sentence(about.numerator))]
    if about.denominator_column != "none":
        pairs.append(("Out of" if about.kind != "days" else "Over", words.sentence(about.denominator)))
    pairs += [
        ("One row is", words.sentence(about.unit.removeprefix("one row per "))),
        ("Direction", direction[about.direction]),
        ("Why it is here", about.why),
        ("Left out", about.excludes),
        ("Final", _final(about)),
        ("Intervals", INTERVALS[about.kind]),
        ("Source", about.source),
    ]
    pairs += [(f"Choice: {switches()[name]['title']}", _switch(name)) for name in about.switches]
    return [(heading, f"{text}." if text[-1] not in ".?!" else text) for heading, text in pairs]


INTERVALS = {
    "proportion": "95%, by Wilson's method, or over people where somebody may be counted more than once",
    "ratio": "95%, over people, since one person's offences go together",
    "share": "95%, over people, since one person's offences or days go together",
    "days": "95% for the median, from the order of the cases",
    "stock": "None: everybody on the scheme is counted",
    "table": "None: everybody on the scheme is counted",
    "survival": "95% at each month",
    "count": "None: everything that happened is counted",
    "distribution": "95%, by Wilson's method, or over people where somebody has more than one",
    "change": "95% for the ratio of the two rates, over people, since one person's offences go together",
    "timeline": "95% at each month, over people",
    "concentration": "95% at each point, from what each person adds to the share",
}
"""How the interval of each kind of measure is made."""


def _final(about: Measure) -> str:
    if not about.matures:
        return "As soon as the data reach the end of the period" if not about.at_month_end else "At once"
    return f"{about.matures} months after the end of the period"


def _switch(name: str) -> str:
    value = default_switches()[name]
    shown = {True: "Yes", False: "No"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return f"{shown}. {switches()[name]['why']}"


def before_schemes(figure: Figure) -> list[str]:
    """Return the periods at the start of PPOs' share of something in which there were none to count, oldest first.

    None of them can be told from a year in which PPOs did nothing, unless a later one has some.
    """
    about = figure.measure
    if about.numerator_where != ("ppo", "yes") or figure.by != ("period",):
        return []
    rows = sorted(figure.frame.rows(named=True), key=lambda row: row["period"])
    early = list(takewhile(lambda row: row["numerator"] == 0, rows))
    return [row["period"] for row in early] if len(early) < len(rows) else []


def notes(figure: Figure) -> list[str]:
    """Return the figure's own notes, without the switches, which stand in the definition."""
    titles = tuple(f"{switches()[name]['title']}:" for name in figure.measure.switches)
    early = [words.periods((each,)) for each in before_schemes(figure)]
    return [
        *(f"No PPO is counted in {each} or before: those years are not drawn." for each in early[-1:]),
        *(note for note in figure.notes if not note.startswith(titles)),
    ]


def definition_html(about: Measure) -> str:
    """Return a measure's definition, one click away."""
    return f'<details class="definition"><summary>What this figure means</summary>{_pairs(about)}</details>'


def definitions_html(several: Sequence[Measure]) -> str:
    """Return the definitions of the measures that share a table, one click away."""
    parts = "".join(f"<h3>{escape(about.title)}</h3>{_pairs(about)}" for about in several)
    return f'<details class="definition"><summary>What these figures mean</summary>{parts}</details>'


def _pairs(about: Measure) -> str:
    pairs = "".join(f"<dt>{escape(heading)}</dt><dd>{escape(text)}</dd>" for heading, text in definition(about))
    return f"<dl>{pairs}</dl>"
