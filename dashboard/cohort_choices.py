"""The choices of the cohort page: its widgets, kept in step with its address, and what they are set to."""

from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, current, describe, words
from dashboard.boundary import notice
from dashboard.cohort_address import (
    ALL,
    LATEST,
    MOST_BREAKDOWNS,
    MOST_FILTERS,
    PARAMETERS,
    YEARS,
    Asked,
    Parameters,
    breakdowns,
    chosen,
    filters,
    from_query,
    read,
    times,
    written,
)
from queries import cohort
from queries.catalogue import Measure, measure, measures
from queries.cohort import Selection
from queries.dimensions import ANY_OF, labels_of
from queries.unit_rows import FINANCIAL_YEAR
from queries.when import periods

PREFIX = "cohort_"
"""What begins the key of each of the page's widgets."""

_WRITTEN, _SET_TO, _LAST, _SAVED, _OPEN = (f"_cohort_{each}" for each in ("written", "set_to", "last", "saved", "open"))

TITLES = {"a": "Cohort A", "b": "Cohort B"}


def settle() -> None:
    """Set the widgets to what the address asks for, when it asks for something that they do not say already.

    That is: at first, when a link is followed, and when a saved cohort is opened. Coming back from another page, they
    are set as they were. Otherwise the widgets go before the address, which is then written anew.
    """
    state = st.session_state
    given = _given()
    opened = state.pop(_OPEN, None)
    touched = state.get(_SET_TO) not in (None, _widgets())
    if opened is not None:
        query, saved = opened
        _adopt(from_query(query) | {"saved": [str(saved)]})
    elif given and given != state.get(_WRITTEN) and not touched:
        _adopt(given)
    elif f"{PREFIX}measure" not in state:
        _seed(state.get(_LAST, Asked()))


def open_saved(query: str, saved: int) -> None:
    """Have the next run show a saved cohort: for a button's callback."""
    st.session_state[_OPEN] = (query, saved)


def start_again() -> None:
    """Set every choice back to what the page begins with: for a button's callback."""
    _seed(Asked())


def show_choices() -> Asked:
    """Put the choices on the page and return what they are set to, which the address then says too."""
    settle()
    _within("measure", list(measures()), Asked.measure)
    name = st.selectbox(
        "What to measure", list(measures()), format_func=lambda each: measures()[each].title, key=f"{PREFIX}measure"
    )
    about = measure(name)
    offered = breakdowns(about)
    _among("by", offered)
    by = st.multiselect(
        "Break down by (up to two)",
        offered,
        format_func=words.breakdown,
        max_selections=MOST_BREAKDOWNS,
        key=f"{PREFIX}by",
        placeholder="Nothing: one figure",
    )
    with st.container(border=True):
        a = _cohort("a", about)
        sizes_place = st.empty()
    compare = st.checkbox("Compare with a second cohort", key=f"{PREFIX}compare", on_change=_begin_as_first)
    b = None
    if compare:
        with st.container(border=True):
            b = _cohort("b", about)
            show_sizes(name, b)
    with sizes_place.container():
        show_sizes(name, a)
    asked = Asked(name, tuple(by), a, b, st.session_state.get(_SAVED))
    say(asked)
    return asked


def say(asked: Asked) -> None:
    """Make the address say what is asked."""
    state = st.session_state
    wanted, given = written(asked), _given()
    for parameter in set(given) - set(wanted):
        del st.query_params[parameter]
    if changed := {name: texts for name, texts in wanted.items() if given.get(name) != texts}:
        st.query_params.update(changed)
    state[_WRITTEN], state[_SET_TO], state[_LAST], state[_SAVED] = wanted, _widgets(), asked, asked.saved


def _given() -> Parameters:
    return {name: texts for name in PARAMETERS if (texts := st.query_params.get_all(name))}


def _widgets() -> dict[str, Any]:
    return {str(key): value for key, value in st.session_state.items() if str(key).startswith(PREFIX)}


def _adopt(parameters: Parameters) -> None:
    asked, lost = read(parameters, current.warehouse(), access.viewer_now())
    for title in dict.fromkeys(lost):
        access.record_denied(page="cohort", filters=title, reason="not_available")
    if lost:
        notice(
            f"{words.joined(list(dict.fromkeys(lost)))}: some of what the address asks for is not available",
            "It was left out, and the rest is shown. Choose again below.",
        )
    _seed(asked)


def _seed(asked: Asked) -> None:
    """Set every widget; each then keeps its own value."""
    state = st.session_state
    for key in _widgets():
        del state[key]
    state[f"{PREFIX}measure"], state[f"{PREFIX}by"] = asked.measure, list(asked.by)
    state[f"{PREFIX}compare"] = asked.b is not None
    for prefix, selection in (("a", asked.a), ("b", asked.b or asked.a)):
        state[f"{PREFIX}{prefix}_years"] = _years(selection.years)
        time = selection.as_at.isoformat() if selection.as_at else selection.period
        state[f"{PREFIX}{prefix}_time"] = time or LATEST
        state[f"{PREFIX}{prefix}_narrow"] = list(selection.where)
        for name, text in selection.where.items():
            state[f"{PREFIX}{prefix}_is_{name}"] = list(labels_of(text))
    state[_SAVED] = asked.saved


def _begin_as_first() -> None:
    """Let the second cohort begin as the first one is, so that one change to it is what the two differ in."""
    state = st.session_state
    for key, value in _widgets().items():
        if key.startswith(f"{PREFIX}a_"):
            state[f"{PREFIX}b_{key.removeprefix(f'{PREFIX}a_')}"] = value


def _years(years: str | None) -> str:
    """Return a way of cutting time as the list has it: of a year from some month, only the month is read."""
    if years and years.startswith("year_from:"):
        named = f"year_from:2000-{years[-2:]}"
        return {"01": "calendar_year", "04": FINANCIAL_YEAR}.get(years[-2:], named)
    return years or FINANCIAL_YEAR


def _cohort(prefix: str, about: Measure) -> Selection:
    """Put the choices of one cohort on the page and return what they are set to."""
    warehouse, viewer, title = current.warehouse(), access.viewer_now(), TITLES[prefix]
    st.html(f"<h2>{title}: who and when</h2>")
    years = None
    row = st.container(horizontal=True, vertical_alignment="bottom")
    if not about.at_month_end:
        key = _within(f"{prefix}_years", list(YEARS), FINANCIAL_YEAR)
        picked = row.selectbox(f"{title}: years run", YEARS, format_func=_years_name, key=key, width=250)
        years = None if picked == FINANCIAL_YEAR else picked
    offered = [LATEST, *times(about, years, warehouse)]
    key = _within(f"{prefix}_time", offered, LATEST)
    name = "as at" if about.at_month_end else "year"
    time = row.selectbox(f"{title}: {name}", offered, format_func=_time_name(about, years), key=key, width=330)
    known = filters(about)
    key = _among(f"{prefix}_narrow", known)
    narrowed = st.multiselect(
        f"{title}: narrow by",
        known,
        format_func=words.breakdown,
        max_selections=MOST_FILTERS,
        key=key,
        placeholder="Nothing: everybody",
    )
    where = {}
    grid = st.container(horizontal=True, vertical_alignment="bottom")
    for name in narrowed:
        labels = cohort.labels(warehouse, viewer, about.id, name)
        key = _among(f"{prefix}_is_{name}", labels)
        picked = grid.multiselect(
            f"{title}: {words.lower_first(words.breakdown(name))}",
            labels,
            format_func=_label_name(name),
            key=key,
            placeholder="Any",
            width=330,
        )
        if picked:
            where[name] = ANY_OF.join(sorted(picked, key=labels.index))
    return chosen(about, where, years, time)


def _within(name: str, options: list[str], default: str) -> str:
    """Return a widget's key, its value put back to the usual where it is no longer among the options."""
    key = f"{PREFIX}{name}"
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    return key


def _among(name: str, options: list[str]) -> str:
    """Return the key of a widget for several, without those values that are no longer among the options."""
    key = f"{PREFIX}{name}"
    st.session_state[key] = [each for each in st.session_state.get(key, ()) if each in options]
    return key


def _years_name(years: str) -> str:
    if years == FINANCIAL_YEAR:
        return "April to March"
    if years == "calendar_year":
        return "January to December"
    first = int(years[-2:])
    return f"{words.MONTHS[first - 1]} to {words.MONTHS[first - 2]}"


def _time_name(about: Measure, years: str | None) -> Callable[[str], str]:
    if about.at_month_end:
        return lambda time: "Latest month end" if time == LATEST else words.iso_day(time)
    known = periods(current.warehouse(), about, years)
    status = dict(zip(known["period"], known["status"], strict=True))

    def name(time: str) -> str:
        if time in (LATEST, ALL):
            return {LATEST: "Latest final year", ALL: "All final years together"}[time]
        mark = "" if status[time] == "final" else f" ({words.STATUS[status[time]].lower()})"
        return words.period(time) + mark

    return name


def _label_name(dimension: str) -> Callable[[str], str]:
    return lambda label: describe.label(dimension, label)


def show_sizes(name: str, selection: Selection) -> None:
    """Put a cohort's size on the page: everybody at the time, and whom each choice in turn leaves."""
    steps = cohort.sizes(current.warehouse(), access.viewer_now(), name, selection)
    said = []
    for step in steps:
        of = describe.filters({step.dimension: step.labels})[0] if step.dimension else "Everybody at that time"
        rows = "" if step.units == step.people else f" ({words.counted(step.units, 'row', 'rows')})"
        said.append((of, f"{words.counted(step.people, 'person', 'people')}{rows}"))
    items = "".join(f"<li>{escape(of)}: <strong>{escape(size)}</strong></li>" for of, size in said)
    st.html(f'<ol class="sizes">{items}</ol>')
