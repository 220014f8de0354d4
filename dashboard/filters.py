"""The filters: one set for every page, bound to the address, so that a link sent is the view seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard import access, current, paper, words
from dashboard.boundary import notice
from dashboard.kept import kept_schemes
from dashboard.navigation import PAGES, Entry
from queries.catalogue import measure
from queries.published import QUARTER_ENDS, listed
from queries.scope import Viewer
from queries.when import month_ends, periods

ALL = "all"
LATEST = "latest"
PAGE = "_breakdown_of_this_page"
NOT_OFFERED = ("period", "month", "ppo", "scheme", "area", "force")
"""Breakdowns that are not in the list: the other filters choose among them."""


@dataclass(frozen=True)
class Choice:
    """What the filters are set to.

    `scheme` is None for all schemes; `period` and `as_at` are None for the latest, which may differ from measure to
    measure; `breakdown` is None on pages that offer none.
    """

    scheme: str | None
    scheme_name: str
    ppos_only: bool
    period: str | None
    as_at: date | None
    breakdown: str | None


def show_filters(entry: Entry) -> None:
    """Put the filters of a page on it; those of other pages keep their place in the address, unseen.

    A filter that a run leaves out would lose its value and its place in the address, so every one is made on
    every run: here all but the page's own breakdown, which stands on the page (`show_breakdown`).
    """
    viewer, warehouse = access.viewer_now(), current.warehouse()
    known = kept_schemes(warehouse, viewer)
    names = dict(zip(known["scheme"], _distinct(known), strict=True))
    years = _years()
    ends = _month_ends()
    st.session_state[PAGE] = entry.by_key
    here = st.container(key="filters", horizontal=True, vertical_alignment="bottom")
    elsewhere = st.container(key="filters_elsewhere")

    def place(name: str) -> Any:
        return here if name in entry.filters else elsewhere

    whole = all_of_them(viewer)
    select(place("scheme"), "scheme", "Scheme", [ALL, *names], lambda s: names.get(s, whole), ALL)
    select(place("people"), "people", "People", ["ppo", "everyone"], _people_name, "ppo")
    select(place("period"), "period", "Year, April to March", [LATEST, *years], _period_name, LATEST)
    select(place("as_at"), "as_at", "As at", [LATEST, *ends], _as_at_name, LATEST)
    for page in PAGES:
        if page is not entry:
            _select_breakdown(elsewhere, page)


def show_breakdown() -> None:
    """Put the choice of the page's own breakdown where the page is now."""
    shown = st.session_state[PAGE]
    _select_breakdown(st.container(key="filters_of_groups"), next(page for page in PAGES if page.by_key == shown))


def _select_breakdown(place: Any, page: Entry) -> None:
    if page.broken_down is not None:
        options = breakdowns(page.broken_down, page.first)
        select(place, page.by_key, "Break down by", options, words.breakdown, page.first)


def all_of_them(viewer: Viewer) -> str:
    """Return what all the schemes are called whose figures somebody may ask for."""
    return "All my schemes" if viewer.role == "manager" else "All schemes"


def chosen() -> Choice:
    """Return what the filters are set to in this run."""
    if (made := paper.being_made()) is not None:
        return made.choice
    state, page = st.session_state, st.session_state.get(PAGE)
    scheme = None if state.get("scheme", ALL) == ALL else state["scheme"]
    viewer = access.viewer_now()
    known = kept_schemes(current.warehouse(), viewer)
    names = dict(zip(known["scheme"], known["name"], strict=True))
    whole = all_of_them(viewer)
    period, as_at = state.get("period", LATEST), state.get("as_at", LATEST)
    return Choice(
        scheme=scheme,
        scheme_name=names.get(scheme, whole) if scheme else whole,
        ppos_only=state.get("people", "ppo") == "ppo",
        period=None if period == LATEST else period,
        as_at=None if as_at == LATEST else as_at,
        breakdown=state.get(page) if page else None,
    )


def _people_name(name: str) -> str:
    return {"ppo": "PPOs", "everyone": "Everyone"}[name]


def _distinct(known: Any) -> list[str]:
    """Return the schemes' names, with the id of any two that share one, since the address carries the name."""
    names = known["name"].to_list()
    return [
        f"{name} ({scheme})" if names.count(name) > 1 else name
        for scheme, name in zip(known["scheme"], names, strict=True)
    ]


def select(
    place: Any,
    key: str,
    title: str,
    options: list[Any],
    in_words: Callable[[Any], str],
    default: Any,
    width: int = 250,
) -> None:
    """Make one filter, bound to the address under its key.

    Something that the address asks for and that is not among the options is said on the page, in the same
    words whether it does not exist or is not for this viewer.
    """
    asked = st.query_params.get(key)
    if key not in st.session_state and asked is not None and asked not in map(in_words, options):
        access.record_denied(page=_page_now(), filters=key, reason="not_available")
        notice(
            f"{title}: what the address asks for is not available",
            f"Instead, this is shown: {in_words(default)}. Choose another below.",
        )
    if st.session_state.get(key, default) not in options:
        # Another viewer's scheme, chosen before the role changed.
        st.session_state[key] = default
    place.selectbox(
        title, options, options.index(default), format_func=in_words, key=key, bind="query-params", width=width
    )


def _page_now() -> str:
    shown = st.session_state[PAGE]
    return next(entry.address for entry in PAGES if entry.by_key == shown)


def breakdowns(name: str, first: str | None = None) -> list[str]:
    """Return the breakdowns that a viewer may have of a measure: the published ones, or all that apply.

    Those that other filters choose among are left out, unless a page begins with one.
    """
    known = measure(name).dimensions if access.viewer_now().sees_exact else listed()[name]["breakdowns"]
    return [each for each in known if each not in NOT_OFFERED or each == first]


def _month_ends() -> list[date]:
    """Return the month ends that a viewer may choose, latest first: for a board the published ones."""
    ends = sorted(month_ends(current.warehouse()), reverse=True)
    if access.viewer_now().sees_exact:
        return ends
    return [day for day in ends if day.month in QUARTER_ENDS or day == ends[0]]


def _years() -> list[str]:
    """Return the years for which some measure has something to show, latest first."""
    years: set[str] = set()
    for name in ("reoffending_rate", "offence_to_sentence_days", "custody_days_share"):
        known = periods(current.warehouse(), measure(name))
        years |= set(known.filter(known["status"] != "immature")["period"])
    return sorted(years, reverse=True)


def _period_name(label: str) -> str:
    return "Latest final year" if label == LATEST else label


def _as_at_name(day: date | str) -> str:
    return "Latest month end" if isinstance(day, str) else words.day(day)
