"""Figures kept between runs, so that a click does not work out again what was just shown. Never for another viewer.

What a viewer may see depends on their role, their schemes and the build; so all three are part of what a figure is
kept under, with the whole question. Who is looking is asked afresh on every run, before anything is looked up here. A
refusal is never kept: it is judged, and logged, each time.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from queries.figures import Figure, figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

MOST = 512
"""Figures kept of one build; the one asked for longest ago goes first."""

_kept: WeakKeyDictionary[Warehouse, OrderedDict[tuple[Any, ...], Figure]] = WeakKeyDictionary()
_lock = threading.Lock()


def kept_figure(
    warehouse: Warehouse,
    viewer: Viewer,
    name: str,
    by: tuple[str, ...] = (),
    where: Mapping[str, str] | None = None,
    period: str | None = None,
    as_at: date | None = None,
    cohort: str | None = None,
) -> Figure:
    """Return what `figure` returns, and raise what it raises. Each caller has a figure of their own to change."""
    where = dict(where or {})
    # The order of filters is kept too: it is the order in which they are said.
    key = (viewer.role, viewer.schemes, name, by, tuple(where.items()), period, as_at, cohort)
    with _lock:
        known = _kept.setdefault(warehouse, OrderedDict())
        found = known.get(key)
        if found is not None:
            known.move_to_end(key)
    if found is None:
        found = figure(warehouse, viewer, name, by, where, period, as_at, cohort)
        with _lock:
            known[key] = found
            while len(known) > MOST:
                known.popitem(last=False)
    return replace(found, frame=found.frame.clone(), where=dict(found.where))
