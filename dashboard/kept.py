"""Figures, schemes and charts kept between runs, so that a click works nothing out again that was just shown.

Never for another viewer: what a viewer may see depends on their role, their schemes and the build; so all three are
part of what a figure is kept under, with the whole question. Who is looking is asked afresh on every run, before
anything is looked up here. A refusal is never kept: it is judged, and logged, each time. A chart is kept under the
whole of what it was drawn from, so that whoever may see that may see the chart. What is said of a build as a whole is
nobody's in particular, and is kept for all.
"""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import polars as pl

from queries.figures import Figure, figure, schemes
from queries.scope import Viewer
from queries.warehouse import Warehouse

Value = TypeVar("Value")
Given = ParamSpec("Given")

MOST = 512
"""Figures kept of one build, and charts of one kind; the one asked for longest ago goes first."""


class _Kept(Generic[Value]):
    """Values by what they were made from, shared by every session."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept under a key, made first if there is nothing. What is raised is not kept."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = make()
        with self._lock:
            self._known[key] = made
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return made


_figures: WeakKeyDictionary[Warehouse, _Kept[Figure]] = WeakKeyDictionary()
_schemes: WeakKeyDictionary[Warehouse, _Kept[pl.DataFrame]] = WeakKeyDictionary()
_about_builds: WeakKeyDictionary[Warehouse, _Kept[pl.DataFrame]] = WeakKeyDictionary()
_lock = threading.Lock()


def _of(several: WeakKeyDictionary[Warehouse, _Kept[Value]], warehouse: Warehouse) -> _Kept[Value]:
    with _lock:
        return several.setdefault(warehouse, _Kept())


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
    found = _of(_figures, warehouse).get(key, lambda: figure(warehouse, viewer, name, by, where, period, as_at, cohort))
    return replace(found, frame=found.frame.clone(), where=dict(found.where))


def kept_schemes(warehouse: Warehouse, viewer: Viewer) -> pl.DataFrame:
    """Return what `schemes` returns: a page asks for it again and again, and a build's never change."""
    key = (viewer.role, viewer.schemes)
    return _of(_schemes, warehouse).get(key, lambda: schemes(warehouse, viewer)).clone()


def kept_about_build(
    ask: Callable[Concatenate[Warehouse, Given], pl.DataFrame],
    warehouse: Warehouse,
    *given: Given.args,
    **named: Given.kwargs,
) -> pl.DataFrame:
    """Return what a function of `queries/quality.py` returns: of a build as a whole, it is the same for everybody."""
    key = (ask, given, tuple(named.items()))
    return _of(_about_builds, warehouse).get(key, lambda: ask(warehouse, *given, **named)).clone()


def kept(make: Callable[Given, Value]) -> Callable[Given, Value]:
    """Return a function that keeps what `make` returns under the whole of what it was given, figures' rows included.

    What it makes must depend on nothing else, and not be changed by whoever gets it.
    """
    known: _Kept[Value] = _Kept()

    @wraps(make)
    def asked(*given: Given.args, **named: Given.kwargs) -> Value:
        return known.get(pickle.dumps((given, named)), lambda: make(*given, **named))

    return asked
