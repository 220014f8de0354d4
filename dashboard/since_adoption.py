"""What changed after people were adopted, measure by measure, and what may be said of it."""

from dashboard import words
from dashboard.together import show_together
from queries.figures import Figure

CHANGES = (
    "convictions_before_after",
    "conviction_level_change",
    "offences_before_after",
    "offences_before_after_at_liberty",
    "arrests_before_after",
    "acquisitive_before_after",
    "seriousness_before_after",
)


def show_changes(title: str) -> None:
    """Put the changes from before adoption to after it on the page, each by its own name."""
    show_together(
        title,
        CHANGES,
        head="What is counted",
        file="before_and_after",
        sentence=_summary,
        notes=[
            "People are taken on at a peak of their offending, so part of any fall would have come without a scheme.",
            "Total and level are two figures: 43% and 62% were published of the same people.",
        ],
    )


def _summary(figures: list[Figure]) -> str:
    """Return how many of the measures fell or rose by more than chance alone would explain."""
    rows = [figure.frame.row(0, named=True) for figure in figures]
    judged = [row for row in rows if row["lower"] is not None and row["upper"] is not None]
    if not judged:
        return "Too few people to say what changed."
    lower, higher = sum(row["upper"] < 0 for row in judged), sum(row["lower"] > 0 for row in judged)
    parts = [
        f"{number} of {len(judged)} {'is' if number == 1 else 'are'} {way} after adoption than before"
        for number, way in ((lower, "lower"), (higher, "higher"))
        if number
    ]
    if not parts:
        return "None of the figures differs by more than chance alone would explain."
    return f"{words.sentence(words.joined(parts))}, by more than chance alone would explain."
