"""What stands on a page in place of something that cannot be shown: why, and what to do next."""

import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import paper
from queries.scope import NotPermitted
from queries.warehouse import NoBuild

logger = logging.getLogger("ppo.dashboard")


@dataclass
class Refused(Exception):
    """Nothing may be shown to whoever is asking. The words are for them to read."""

    title: str
    next_step: str


def notice(title: str, *sentences: str, level: int = 2) -> None:
    """Put a designed notice on the page: what is the matter, and what to do next."""
    text = "".join(f"<p>{escape(each)}</p>" for each in sentences)
    st.html(f'<div class="notice" role="note"><h{level}>{escape(title)}</h{level}>{text}</div>')


@contextmanager
def boundary(what: str, level: int = 2) -> Iterator[None]:
    """Show a notice instead of whatever fails inside; nothing of the failure reaches the page.

    The log gets the kind of failure and the line of ours where it arose, never its message, which may quote a
    row. A reference on the page finds the line in the log.
    """
    if paper.being_made() is not None:
        # A paper that lacks a figure by a fault of ours is not handed out.
        yield
        return
    try:
        yield
    except Refused as refused:
        notice(refused.title, refused.next_step, level=level)
    except NotPermitted:
        notice(*NOT_PUBLISHED, level=level)
    except NoBuild as problem:
        notice("There are no figures to show yet", str(problem), level=level)
    except Exception as problem:
        reference = secrets.token_hex(4)
        logger.error("%s: %s at %s", reference, type(problem).__name__, _where(problem))
        notice(
            f"{what} could not be shown",
            "The fault is ours and has been noted. Load the page again; if it happens again, give the analyst "
            f"this reference: {reference}.",
            level=level,
        )


NOT_PUBLISHED = (
    "This table is not one of the published ones",
    "Board members see a closed list of published tables, protected together so that nobody can be recognised. "
    "Choose another breakdown, period or scheme above, or ask the analyst for this one.",
)


def _where(problem: Exception) -> str:
    """Return the file and line of the innermost frame: code, never data."""
    frames = traceback.extract_tb(problem.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))
