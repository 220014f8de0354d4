"""A figure beside the target that somebody set for it."""

from dashboard import current, takeaway, words
from dashboard.asking import Answer, NotShown
from dashboard.kept import kept_about_build
from queries import quality
from queries.figures import Figure


def with_target(answer: Answer) -> str | None:
    """Return what a figure over time says, with the target of its latest final period where one was set."""
    if isinstance(answer, NotShown):
        return None
    said = takeaway.takeaway(answer)
    latest = takeaway.latest_label(answer) if answer.frame.height else None
    found = _target(answer, latest) if latest is not None else None
    if found is None:
        return said
    value, set_by = found
    text = words.value(words.read_as(answer.measure), value)
    return f"{said} The target, set by {set_by}: {text}."


def _target(figure: Figure, period: str) -> tuple[float, str] | None:
    rows = kept_about_build(quality.targets, current.warehouse(), figure.measure.id, period, figure.where.get("scheme"))
    return (rows["value"][0], rows["set_by"][0]) if rows.height else None
