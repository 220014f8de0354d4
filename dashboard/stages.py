"""The stages of a case side by side: which takes longest, from the offence to the sentence."""

from dashboard import words
from dashboard.together import show_together
from queries.figures import Figure

STAGES = (
    "offence_to_arrest_days",
    "arrest_to_charge_days",
    "charge_to_first_hearing_days",
    "first_hearing_to_sentence_days",
    "offence_to_sentence_days",
)
"""In the order of a case, the whole last."""


def show_stages(title: str) -> None:
    """Put the stages of a case on the page."""
    show_together(
        title,
        STAGES,
        head="Stage",
        file="stages",
        sentence=_longest,
        notes=["Medians of stages do not add up to the median of the whole."],
    )


def _longest(figures: list[Figure]) -> str:
    """Return which stage has the longest median, as long as two can be compared."""
    medians = [
        (figure.frame["median"][0], figure.measure.short)
        for figure in figures
        if figure.measure.id != STAGES[-1] and figure.frame["median"][0] is not None
    ]
    if len(medians) < 2:
        return "Too few cases to say which stage takes longest."
    days, stage = max(medians)
    return f"The stage with the longest median is {words.lower_first(stage)}: half took {words.days(days)} or less."
