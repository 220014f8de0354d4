"""The files that pages have offered, and to whom: what the server lets go when one is asked for by its address.

A file's address is all that Streamlit asks for, and an address can be passed on, or kept after signing out. So a file
goes only to somebody it was offered to, and every file that goes makes a line in the audit log.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from queries.scope import Viewer

MOST = 50_000
"""Files remembered; an older one must be offered again, which showing its page does."""


@dataclass
class Offer:
    """One file: what it is called, and who may have it, in the role they had, each with the schemes it is about."""

    name: str
    viewers: dict[Viewer, frozenset[str]] = field(default_factory=dict)


_offers: OrderedDict[str, Offer] = OrderedDict()
_lock = threading.Lock()


def note(data: bytes, name: str, schemes: frozenset[str], viewer: Viewer) -> None:
    """Remember that a file was offered to somebody."""
    key = hashlib.sha256(data).hexdigest()
    with _lock:
        offer = _offers.setdefault(key, Offer(name))
        offer.viewers[viewer] = schemes
        _offers.move_to_end(key)
        while len(_offers) > MOST:
            _offers.popitem(last=False)


def offered(data: bytes, viewer: Viewer) -> Offer | None:
    """Return the offer of a file to somebody, or None where it was never theirs."""
    with _lock:
        offer = _offers.get(hashlib.sha256(data).hexdigest())
        return offer if offer is not None and viewer in offer.viewers else None


def name_of(data: bytes) -> str | None:
    """Return what a file is called that was offered to anybody, or None."""
    with _lock:
        offer = _offers.get(hashlib.sha256(data).hexdigest())
        return None if offer is None else offer.name
