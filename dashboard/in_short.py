"""The four answers that a board member comes for, on the first screen, in plain sentences made from the figures."""

from dashboard import contents, current, judged, paper, takeaway, words
from dashboard.blocks import Block, put
from dashboard.boundary import boundary
from dashboard.decisions import Decision
from dashboard.headlines import Headline
from queries.figures import Figure

QUESTIONS = (
    "How are we doing?",
    "Against last year and the national figure?",
    "How sure are we?",
    "What needs a decision?",
)
MOST_NAMED = 2
"""Decisions named on the first screen; the rest are counted, and listed further down."""


def show_in_short(title: str, made: list[Headline], found: list[Decision]) -> None:
    """Put the four questions and their answers on the page, and beneath them the list of what the page has besides."""
    with boundary(title):
        put(Block(title, answers=tuple(zip(QUESTIONS, answers(made, found), strict=True))))
    if paper.being_made() is None:
        contents.begin()


def answers(made: list[Headline], found: list[Decision]) -> tuple[str, str, str, str]:
    """Return the answers to the four questions, from the headline measures and what the rules found.

    The first of the headlines leads, the last is the number of people.
    """
    lead, people = made[0], made[-1]
    return _doing(lead, people), against_last_year(lead, made), _sure(lead), _deciding(found)


def _doing(lead: Headline, people: Headline) -> str:
    parts = [_re_offended(lead)]
    if isinstance(people.answer, Figure) and people.row is not None and people.row["value"] is not None:
        number = words.counted(people.row["value"], "person was", "people were")
        parts.append(f"{number} on the scheme at the end of {words.label(people.answer.by[0], people.label)}.")
    return " ".join(parts)


def _re_offended(lead: Headline) -> str:
    if not isinstance(lead.answer, Figure) or lead.row is None:
        return "It is too soon to say how many re-offended: no year is final yet."
    row, when = lead.row, words.label(lead.answer.by[0], lead.label)
    who = "PPOs" if lead.answer.where.get("ppo") == "yes" else "people"
    if row["denominator"] is None:
        return f"How many {who} re-offended in {when} is not shown, to protect people."
    counts = f"{words.count(row['numerator'])} of {words.count(row['denominator'])}"
    if row["value"] is None:
        return f"{counts} {who} re-offended within a year, {when}."
    rate = words.value(lead.answer.measure.kind, row["value"])
    return f"{rate} of {who} re-offended within a year: {counts}, {when}."


def against_last_year(lead: Headline, made: list[Headline]) -> str:
    """Return how the leading measure stands to last year and the nation, and how many of the others changed."""
    parts = []
    if isinstance(lead.answer, Figure) and lead.row is not None:
        if lead.before is not None:
            parts.append(takeaway.change(lead.answer, lead.before, lead.row))
        else:
            parts.append("There is no earlier year to compare.")
        parts.append(_nation(lead))
    return " ".join([*parts, _others(made[1:])])


def _nation(lead: Headline) -> str:
    found = lead.national
    if found is None or not isinstance(lead.answer, Figure):
        return "There is no national figure of the same people."
    value = words.value(lead.answer.measure.kind, found.value)
    when = "" if found.label == lead.label else f" in {words.label('period', found.label)}"
    said = {
        "unknown": f"The national figure{when} is {value}; ours cannot be compared with it.",
        "unclear": f"The national figure{when}, {value}, is not clearly different from ours.",
    }
    judgement = judged.standing(lead.answer.measure, found)
    return said.get(judgement, f"That is clearly {judgement} than the national figure{when}, {value}.")


def _others(made: list[Headline]) -> str:
    """Return how many of the other headline measures got better, got worse, or did not clearly change."""
    said = {"better": "clearly better", "worse": "clearly worse", "higher": "clearly higher", "lower": "clearly lower"}
    judged_of = [each for each in made if each.change != "unknown"]
    if not judged_of:
        return "No other headline measure can be compared with the year before."
    clear = [f"{_named(made, verdict)} {words_}" for verdict, words_ in said.items() if _named(made, verdict)]
    rest = sum(each.change == "unclear" for each in judged_of)
    if not clear:
        return f"Of the {words.count(rest)} others that can be compared, none has clearly changed."
    return f"Of the others: {'; '.join(clear)}; {words.count(rest)} without a clear change."


def _named(made: list[Headline], verdict: str) -> str:
    return words.joined([words.lower_first(each.title) for each in made if each.change == verdict])


def _sure(lead: Headline) -> str:
    build = current.warehouse().build
    data = f"Of the rows sent, {100 * build.accepted_share:.1f}% were accepted."
    if not isinstance(lead.answer, Figure) or lead.row is None or lead.row["denominator"] is None:
        return data
    row, kind = lead.row, lead.answer.measure.kind
    people = words.counted(row["n"], "person", "people")
    if not judged.shown(row):
        return f"Not sure enough for a percentage: there are only {people}. {data}"
    low, high = (words.value(kind, row[key]) for key in ("lower", "upper"))
    return f"{words.sentence(people)} put the re-offending rate between {low} and {high} (95% interval). {data}"


def _deciding(found: list[Decision]) -> str:
    if not found:
        return "Nothing that the rules below look for."
    named = " ".join(each.found for each in found[:MOST_NAMED])
    more = len(found) - MOST_NAMED
    return named + (f" And {words.count(more)} more, below." if more > 0 else "")
