"""Saved cohorts on the cohort page: saving one, opening one, and what has changed since it was saved."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, cohort_choices, current, sign_in, words
from dashboard.boundary import Refused, notice
from dashboard.cohort_address import Asked, as_query
from queries import cohort, saved_cohorts
from queries.saved_cohorts import ChangedMeanwhile, NameNotTaken, SavedCohort
from queries.scope import NotPermitted
from queries.store import StoreUnusable

_TOLD = "_saved_cohort_told"
NAME, PICKED, NEW_NAME = "saved_name", "saved_picked", "saved_new_name"


def show_saved(asked: Asked, title: str) -> Asked:
    """Put saved cohorts on the page, and return what is asked: no longer as saved, once a choice was changed."""
    store, viewer = sign_in.store(), access.viewer_now()
    known = saved_cohorts.saved(store, viewer)
    shown = next((each for each in known if each.id == asked.saved), None)
    if asked.saved is not None and (shown is None or shown.definition != as_query(asked)):
        asked, shown = replace(asked, saved=None), None
        cohort_choices.say(asked)
    if told := st.session_state.pop(_TOLD, None):
        notice(*told)
    if shown is not None:
        _say_since(asked, shown)
    with st.expander(f"{title} ({words.count(len(known))})"):
        _saving(asked)
        if known:
            _opening(known, viewer.subject)
    return asked


def _say_since(asked: Asked, shown: SavedCohort) -> None:
    """Say what is shown as saved, on which build, and whether it is of as many people now."""
    build = current.warehouse().build
    now = cohort.sizes(current.warehouse(), access.viewer_now(), asked.measure, asked.a)[-1].people
    was = words.counted(shown.people, "person", "people")
    if now == shown.people:
        size = f"Cohort A was {was} then, and is now."
    else:
        more = words.counted(abs(now - shown.people), "person", "people")
        way = "more" if now > shown.people else "fewer"
        size = f"Cohort A was {was} then; it is {words.count(now)} now, {more} {way}."
    same = "the build in use now" if shown.build == build.id else f"build {shown.build}; this is build {build.id}"
    st.html(
        f'<p class="saved"><strong>{escape(shown.name)}</strong>, saved by {escape(shown.owner)} on '
        f"{words.day(shown.saved_at.date())} on {escape(same)}. {escape(size)}</p>"
    )


def _saving(asked: Asked) -> None:
    with st.form("saved_form", border=False):
        st.text_input(
            "Save what is chosen under a name", key=NAME, max_chars=saved_cohorts.LONGEST, placeholder="Men under 21"
        )
        st.html("<p class='legend'>Every analyst sees the name: no names, numbers or places of people in it.</p>")
        st.form_submit_button("Save", on_click=_try, args=(_save, asked))


def _opening(known: list[SavedCohort], own: str) -> None:
    by_id = {each.id: each for each in known}
    if st.session_state.get(PICKED) not in by_id:
        st.session_state.pop(PICKED, None)
    picked = st.selectbox("A saved cohort", list(by_id), format_func=lambda id: _named(by_id[id]), key=PICKED)
    one = by_id[picked]
    row = st.container(horizontal=True, vertical_alignment="bottom")
    # Callbacks are given the cohort as it was when it was shown: what is pressed is never done to another.
    row.button("Open", on_click=cohort_choices.open_saved, args=(one.definition, one.id))
    if one.owner == own:
        row.text_input("Another name for it", key=NEW_NAME, max_chars=saved_cohorts.LONGEST, width=250)
        row.button("Rename", on_click=_try, args=(_rename, one))
        row.button("Delete", on_click=_try, args=(_delete, one))


def _named(one: SavedCohort) -> str:
    return f"{one.name} ({one.owner}, {words.day(one.saved_at.date())})"


def _save(asked: Asked) -> None:
    warehouse, viewer = current.warehouse(), access.viewer_now()
    people = cohort.sizes(warehouse, viewer, asked.measure, asked.a)[-1].people
    name = str(st.session_state.get(NAME, ""))
    made = saved_cohorts.save(sign_in.store(), viewer, name, as_query(asked), warehouse.build.id, people)
    cohort_choices.open_saved(made.definition, made.id)


def _rename(one: SavedCohort) -> None:
    saved_cohorts.rename(sign_in.store(), access.viewer_now(), one, str(st.session_state.get(NEW_NAME, "")))


def _delete(one: SavedCohort) -> None:
    saved_cohorts.delete(sign_in.store(), access.viewer_now(), one)


def _try(change: Callable[[Any], None], about: Asked | SavedCohort) -> None:
    """Make a change, or have the page say why it was not made."""
    try:
        change(about)
    except NameNotTaken as refused:
        st.session_state[_TOLD] = ("It was not saved", str(refused))
    except ChangedMeanwhile as changed:
        now = f"It is now called {changed.now.name}." if changed.now else "It is no longer there."
        st.session_state[_TOLD] = (
            "The saved cohort was changed meanwhile",
            f"Nothing was overwritten. {now} Choose it again and make the change if it is still wanted.",
        )
    except StoreUnusable:
        st.session_state[_TOLD] = ("It was not saved", "What users write cannot be kept now. Try again in a moment.")
    except (Refused, NotPermitted):
        # The page itself says who may be here.
        return
