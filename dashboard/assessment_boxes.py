"""The boxes of the self-assessment that a manager writes in: saved as they are left, and never over somebody else's."""

import logging
import secrets
from collections.abc import Callable
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, current, sign_in, words
from dashboard.assessment_words import in_words, rating_in_words, written_when
from dashboard.boundary import Refused
from queries.scope import NotPermitted
from queries.self_assessment import (
    EVIDENCE,
    LONGEST,
    OWNER,
    RATING,
    RATINGS,
    REVIEW,
    Assessment,
    Box,
    Clash,
    Saved,
    TextRefused,
    remove,
    save,
)
from queries.store import StoreUnusable

logger = logging.getLogger("ppo.dashboard")

_OVER, _CLASHES, _NOT_SAVED = "_assessment_over", "_assessment_clashes", "_assessment_not_saved"
NO_NAMES = "Say what is done and where it is written down. No names, and nothing that tells who somebody is."
NOT_ALLOWED = "This was not saved: the self-assessment of this scheme is not yours to write any more. Copy your text."


def show_box(assessment: Assessment, box: Box) -> None:
    """Put one box on the page to write in, with who saved it last, or both texts where two people wrote at once."""
    key = _key(box)
    standing = assessment.in_place(box.place, box.field)
    with st.container(key=f"box_{key}"):
        refused = _state(_NOT_SAVED).get(key)
        if refused:
            st.html(f'<div class="notice" role="alert"><p><strong>Not saved.</strong> {escape(refused)}</p></div>')
        clash = _state(_CLASHES).get(key)
        if clash is not None:
            _show_clash(key, box, clash)
            return
        if key not in st.session_state:
            # First shown, or shown again after another section: what stands now is what is written over.
            st.session_state[key] = _as_value(box.field, standing.words if standing else "")
            _state(_OVER)[key] = standing.version if standing else 0
            _state(_NOT_SAVED).pop(key, None)
        _widget(key, box)
        if refused:
            return
        if standing is not None and standing.version != _state(_OVER)[key]:
            _show_newer(key, box, standing)
        elif standing is not None:
            st.html(f'<p class="stamp">Saved: version {standing.version}, by {escape(written_when(standing))}.</p>')


def show_history(assessment: Assessment, place: str, what: str) -> None:
    """Put the versions of a box that do not stand on the page, one click away, newest first."""
    standing = assessment.in_place(place, what)
    earlier = [each for each in assessment.history(place, what) if each != standing]
    if not earlier:
        return
    items = "".join(f"<li>{_version(each, what)}</li>" for each in reversed(earlier))
    title = words.counted(len(earlier), "other text that was saved", "other texts that were saved")
    st.html(f'<details class="history"><summary>{title} for {escape(place)}</summary><ul>{items}</ul></details>')


def show_removal(assessment: Assessment, box_of: Callable[[str, str], Box], places: list[str]) -> None:
    """Put on the page how an earlier text, with a name in it that should not be there, is taken out for good."""
    earlier = {
        (place, each.version): each
        for place in places
        for each in assessment.history(place, EVIDENCE)
        if each != assessment.in_place(place, EVIDENCE) and each.words
    }
    if not earlier:
        return
    with st.container(key="step_remove"), st.expander("Take a name out of an earlier text"):
        st.html(
            "<p>Change the text in the box first. What it was stays in the history; choose it here to have its words "
            "taken out for good. That they were there, and who took them out, is kept.</p>"
        )
        picked = st.selectbox(
            "Earlier text",
            list(earlier),
            format_func=lambda each: f"{each[0]}, version {each[1]}: {earlier[each].words[:60]}",
        )
        st.button("Take this text out for good", on_click=_take_out, args=(box_of(picked[0], EVIDENCE), picked[1]))


# ---- one box ----------------------------------------------------------------------------------------------------


def _widget(key: str, box: Box) -> None:
    changed: dict[str, Any] = {"key": key, "on_change": _keep, "args": (key, box)}
    if box.field == EVIDENCE:
        st.text_area(
            f"Evidence for {box.place} (no names)",
            height=150,
            max_chars=LONGEST[EVIDENCE],
            placeholder=NO_NAMES,
            **changed,
        )
    elif box.field == RATING:
        st.radio(f"Rating of {box.place}", ["", *RATINGS], format_func=rating_in_words, **changed)
    elif box.field == OWNER:
        st.text_input(f"Owner of {box.place}: a post (no names)", max_chars=LONGEST[OWNER], **changed)
    else:
        st.date_input(
            f"Review date of {box.place}",
            min_value=date(2000, 1, 1),
            max_value=date(2099, 12, 31),
            format="DD/MM/YYYY",
            **changed,
        )


def _show_newer(key: str, box: Box, standing: Saved) -> None:
    """Show what somebody else has saved since the box was opened; taking it in is the writer's to do."""
    st.html(
        f'<div class="notice" role="alert"><p><strong>{escape(written_when(standing))}</strong> saved another text '
        f'here:</p><p class="said">{escape(in_words(box.field, standing.words)) or "(empty)"}</p></div>'
    )
    st.button(
        "Take it into the box", key=f"take_{key}", on_click=_put, args=(key, box, standing.words, standing.version)
    )


def _show_clash(key: str, box: Box, clash: Clash) -> None:
    theirs, ours = clash.theirs, clash.ours
    st.html(
        f'<div class="notice" role="alert"><h4>Two people wrote here at once: {escape(box.place)}</h4>'
        "<p>Somebody else saved this while you were writing. Nothing is lost: both texts are below and in the history. "
        "Choose what is to stand.</p></div>"
    )
    left, right = st.columns(2)
    left.html(
        f"<h4>In place now, by {escape(written_when(theirs))}</h4>"
        f'<p class="said">{escape(in_words(box.field, theirs.words)) or "(empty)"}</p>'
    )
    right.html(f'<h4>Yours, put aside</h4><p class="said">{escape(in_words(box.field, ours.words)) or "(empty)"}</p>')
    with st.container(horizontal=True):
        st.button("Keep theirs", key=f"theirs_{key}", on_click=_choose, args=(key, box, None))
        st.button("Put mine in its place", key=f"ours_{key}", on_click=_choose, args=(key, box, ours.words))
        if box.field == EVIDENCE and theirs.words and ours.words:
            both = f"{theirs.words}\n\n{ours.words}"
            st.button("Keep both, theirs first", key=f"both_{key}", on_click=_choose, args=(key, box, both))


def _version(saved: Saved, what: str) -> str:
    aside = ", put aside because somebody else had saved meanwhile" if saved.aside else ""
    head = f"Version {saved.version}, by {escape(written_when(saved))}{aside}"
    if saved.removed_by is not None:
        return f"{head}: taken out for good by {escape(saved.removed_by)}."
    return f'{head}:<div class="said">{escape(in_words(what, saved.words)) or "(empty)"}</div>'


# ---- what pressing and leaving do -------------------------------------------------------------------------------


def _keep(key: str, box: Box) -> None:
    """Save a box that was left: what the writer had before them when they began says whether it clashes."""
    _try(key, lambda: _save(key, box, _as_words(box.field, st.session_state[key]), _state(_OVER)[key]))


def _choose(key: str, box: Box, text: str | None) -> None:
    """Settle a clash: with theirs as it stands, or with a text over it."""
    clash: Clash = _state(_CLASHES)[key]
    if text is None:
        del _state(_CLASHES)[key]
        _put(key, box, clash.theirs.words, clash.theirs.version)
        return

    def settle() -> None:
        del _state(_CLASHES)[key]
        _save(key, box, text, clash.theirs.version)
        if key not in _state(_CLASHES):
            st.session_state[key] = _as_value(box.field, text)

    _try(key, settle, lambda: _state(_CLASHES).update({key: clash}))


def _save(key: str, box: Box, text: str, over: int) -> None:
    outcome = save(sign_in.store(), current.warehouse(), access.viewer_now(), box, text, over)
    _state(_NOT_SAVED).pop(key, None)
    if isinstance(outcome, Clash):
        _state(_CLASHES)[key] = outcome
    else:
        _state(_OVER)[key] = outcome.version


def _put(key: str, box: Box, text: str, version: int) -> None:
    st.session_state[key] = _as_value(box.field, text)
    _state(_OVER)[key] = version
    _state(_NOT_SAVED).pop(key, None)


def _take_out(box: Box, version: int) -> None:
    _try(_key(box), lambda: remove(sign_in.store(), current.warehouse(), access.viewer_now(), box, version))


def _try(key: str, do: Callable[[], None], undo: Callable[[], None] | None = None) -> None:
    """Do something before the page is made again; whatever keeps it from being done is said beside the box."""
    try:
        do()
        return
    except TextRefused as refused:
        said = str(refused)
    except (NotPermitted, Refused):
        said = NOT_ALLOWED
    except StoreUnusable:
        said = "What users write cannot be kept at the moment. Copy your text, and tell whoever runs this service."
    except Exception as problem:
        reference = secrets.token_hex(4)
        logger.error("%s: %s", reference, type(problem).__name__)
        said = f"The fault is ours. Copy your text, and give the analyst this reference: {reference}."
    _state(_NOT_SAVED)[key] = said
    if undo is not None:
        undo()


def _key(box: Box) -> str:
    return "_".join((box.scheme, box.year, box.place, box.field)).replace("/", "-").replace(".", "-")


def _state(name: str) -> dict[str, Any]:
    return st.session_state.setdefault(name, {})


def _as_value(what: str, text: str) -> Any:
    """Return the words of a box as its widget has them."""
    if what == REVIEW:
        return date.fromisoformat(text) if text else None
    return text


def _as_words(what: str, value: Any) -> str:
    if what == REVIEW:
        return value.isoformat() if value else ""
    return value or ""
