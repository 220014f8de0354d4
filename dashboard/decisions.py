"""What needs a decision: found in the data by declared rules, each said beside what it found. Nothing else is on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard import access, current, describe, judged, sign_in, words
from dashboard.blocks import Block, put
from dashboard.boundary import boundary
from dashboard.filters import chosen
from dashboard.headlines import Headline
from dashboard.kept import kept_about_build
from queries import quality, self_assessment
from queries.catalogue import Measure, measures
from queries.figures import Figure
from queries.self_assessment import RATING, REVIEW, Assessment
from queries.when import month_ends

RULES = {
    "target": "a headline measure misses its target, with the whole of its 95% interval on the wrong side",
    "national": "a headline measure is worse than the national figure, which lies outside its 95% interval",
    "year_before": "a headline measure is worse than the year before, by more than chance alone would explain",
    "red": "a section of the year's self-assessment is rated red",
    "review": "a section of the self-assessment was to be reviewed before the date that the figures are of",
    "definition": "the definition of a measure was to be reviewed before the build was made",
    "check": "a check of the data found rows that it should not have",
}
"""Every rule, in the order in which what it finds is listed."""


@dataclass(frozen=True)
class Decision:
    """Something to decide: the rule that found it, what it found, and what is to be decided."""

    rule: str
    found: str
    question: str


def decisions(made: Iterable[Headline]) -> list[Decision]:
    """Return what the rules find for the filters as they are set, in the order of the rules."""
    warehouse = current.warehouse()
    found = [
        *of_figures(made),
        *of_assessments(*_assessments(), _as_at()),
        *of_definitions(measures().values(), warehouse.build.built_on),
        *of_checks(kept_about_build(quality.checks, warehouse).rows(named=True)),
    ]
    return sorted(found, key=lambda each: list(RULES).index(each.rule))


def of_figures(made: Iterable[Headline]) -> list[Decision]:
    """Return what the headline measures call for: a target missed, a worse figure than the nation's or last year's."""
    found = []
    for each in made:
        about = each.answer.measure
        if not isinstance(each.answer, Figure) or each.row is None:
            continue
        for rule, number, said in (
            ("target", each.target, "misses its target"),
            ("national", each.national, "is worse than the national figure"),
        ):
            wrong = ("worse", "higher") if rule == "target" else ("worse",)
            if number is not None and number.ours is not None and judged.standing(about, number) in wrong:
                kind = words.read_as(about)
                ours, theirs = words.value(kind, number.ours["value"]), words.value(kind, number.value)
                interval = words.interval(kind, number.ours["lower"], number.ours["upper"])
                when = words.label(each.answer.by[0], number.label)
                text = f"{about.title}, {when}: {ours} (95% interval {interval}) {said}, {theirs}."
                found.append(Decision(rule, text, "What is to be done about it, and by whom?"))
        if each.change == "worse":
            text = f"{about.title} is worse than a year before, by more than chance alone would explain."
            found.append(Decision("year_before", text, "What is to be done about it, and by whom?"))
    return found


def of_assessments(written: Mapping[str, Assessment], names: Mapping[str, str], as_at: date) -> list[Decision]:
    """Return the sections that a self-assessment rates red, and those whose review was due before a date."""
    found = []
    for scheme, assessment in written.items():
        whose = f"{names.get(scheme, scheme)}, self-assessment"
        for section in self_assessment.tool().sections:
            if assessment.words(section.number, RATING) == "red":
                found.append(
                    Decision("red", f"{whose} {section.name}: red.", "What will bring it to amber, and by when?")
                )
            review = assessment.words(section.number, REVIEW)
            if review and date.fromisoformat(review) < as_at:
                text = f"{whose} {section.name}: its review was due on {words.day(date.fromisoformat(review))}."
                found.append(Decision("review", text, "Who reviews it, and by when?"))
    return found


def of_definitions(known: Iterable[Measure], built_on: date) -> list[Decision]:
    """Return the measures whose definitions were due for review, together, since one person reviews them."""
    due = [each for each in known if date.fromisoformat(each.review_by) < built_on]
    if not due:
        return []
    first = min(due, key=lambda each: each.review_by)
    text = (
        f"{words.counted(len(due), 'definition was', 'definitions were')} due for review, the first by "
        f"{words.day(date.fromisoformat(first.review_by))}: {words.lower_first(first.title)}."
    )
    return [Decision("definition", text, "Do the definitions stand as they are?")]


def of_checks(found: Iterable[Mapping]) -> list[Decision]:
    """Return the checks that found rows, together: they are for whoever asks the agencies."""
    failed = [row for row in found if row["rows"]]
    if not failed:
        return []
    rows = words.counted(sum(row["rows"] for row in failed), "row", "rows")
    checks = words.counted(len(failed), "check of the data has", "checks of the data have")
    text = f"{checks} found {rows} to look at; they are listed under what is missing, below."
    return [Decision("check", text, "Who asks the agencies to mend them?")]


def _as_at() -> date:
    warehouse = current.warehouse()
    return chosen().as_at or max(month_ends(warehouse), default=warehouse.build.extract_date)


def _assessments() -> tuple[dict[str, Assessment], dict[str, str]]:
    """Return the year's self-assessments that the viewer may read, of the scheme chosen or of all, and their names."""
    warehouse, viewer, scheme = current.warehouse(), access.viewer_now(), chosen().scheme
    every = self_assessment.read_all(sign_in.store(), warehouse, viewer, self_assessment.year_of(_as_at()))
    kept = {name: each for name, each in every.items() if scheme in (None, name)}
    return kept, describe.scheme_names()


def show_decisions(title: str, found: list[Decision]) -> None:
    """Put what needs a decision on the page, with the rule that found each, and every rule that found nothing."""
    with boundary(title):
        quiet = [said for rule, said in RULES.items() if rule not in {each.rule for each in found}]
        put(
            Block(
                title,
                said="" if found else "None of the rules below found anything.",
                items=tuple(
                    f"{each.found} {each.question} (On the list because {RULES[each.rule]}.)" for each in found
                ),
                notes=(
                    *([f"Rules that found nothing: {'; '.join(quiet)}."] if quiet else []),
                    "The first three rules make some fifteen comparisons; of twenty, chance alone would put one here.",
                ),
                stamp=describe.stamp(current.warehouse().build),
            )
        )
