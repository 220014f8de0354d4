"""A paper that is being made: who it is for, what its filters are set to, and the figures put on it so far.

Pages are scripts that ask who is looking, which build is open and what the filters are set to, and then put figures
one beneath the other. While a paper is being made those three answers are the paper's own, and what a page puts on the
screen goes onto the paper instead: so the paper says what the page says, and is made without a browser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from queries.scope import Viewer
from queries.warehouse import Warehouse


@dataclass
class Paper:
    """One paper: its viewer, the warehouse it reads, what the filters are set to, and its blocks in order."""

    viewer: Viewer
    warehouse: Warehouse
    choice: Any
    blocks: list[Any] = field(default_factory=list)


_paper: ContextVar[Paper | None] = ContextVar("paper", default=None)


def being_made() -> Paper | None:
    """Return the paper that is being made in this thread, or None where a page is being shown."""
    return _paper.get()


@contextmanager
def making(made: Paper) -> Iterator[Paper]:
    """Let every page that runs inside put its figures onto a paper."""
    token = _paper.set(made)
    try:
        yield made
    finally:
        _paper.reset(token)
