"""What changed since the year before: the headline measures, sorted by what may be said of each."""

from dashboard import current, describe, takeaway, words
from dashboard.blocks import Block, put
from dashboard.boundary import boundary
from dashboard.headlines import Headline
from queries.figures import Figure

SAID = {
    "better": "Clearly better",
    "worse": "Clearly worse",
    "higher": "Clearly higher",
    "lower": "Clearly lower",
    "unclear": "No clear change",
    "unknown": "Counted, or cannot be compared",
}


def show_what_changed(title: str, made: list[Headline]) -> None:
    """Put on the page what changed and what did not, with what each was."""
    with boundary(title):
        clear = [each for each in made if each.change not in ("unclear", "unknown")]
        put(
            Block(
                title,
                said=""
                if clear
                else "No headline measure differs from the year before by more than chance alone would explain.",
                items=tuple(item for verdict in SAID for item in _items(made, verdict)),
                stamp=describe.stamp(current.warehouse().build),
            )
        )


def _items(made: list[Headline], verdict: str) -> list[str]:
    """Return a sentence for each measure that changed, and one for all those that did not."""
    of = [each for each in made if each.change == verdict]
    if verdict == "unclear":
        return [f"{SAID[verdict]}: {words.joined([_named(each) for each in of])}."] if of else []
    return [f"{SAID[verdict]}: {_named(each)}. {_said(each)}" for each in of]


def _named(each: Headline) -> str:
    return words.lower_first(each.title)


def _said(each: Headline) -> str:
    if not isinstance(each.answer, Figure) or each.row is None:
        return "There is no final figure."
    if each.before is None:
        return "There is no earlier year to compare."
    now = words.sentence(takeaway.at_one_time(each.answer, each.row))
    return f"{now}. {takeaway.change(each.answer, each.before, each.row)}"
