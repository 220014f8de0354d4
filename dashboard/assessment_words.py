"""The words of the self-assessment: ratings, dates and who saved what, as people read them."""

from datetime import date

from dashboard import words
from queries.self_assessment import RATING, REVIEW, Saved, tool


def rating_in_words(rating: str) -> str:
    """Return a rating as it is read: Amber, in place in part."""
    return f"{words.sentence(rating)}: {words.lower_first(tool().ratings[rating])}" if rating else "Not rated yet"


def written_when(saved: Saved) -> str:
    """Return who saved a version and when, in words."""
    return f"{saved.who} on {words.day(saved.at.date())} at {saved.at:%H:%M} (UTC)"


def in_words(what: str, text: str) -> str:
    """Return the words of a box as people read them: a rating or a date as such, and a text as it is."""
    if what == RATING:
        return rating_in_words(text)
    return words.day(date.fromisoformat(text)) if what == REVIEW and text else text
