"""A return to take away: which figures, in which format, and the one file that was asked for."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import access, current, words
from dashboard.filters import chosen
from dashboard.give import give
from dashboard.return_book import KINDS, as_file, file_name
from dashboard.workbook import Sheet
from queries.returns import Release, Return, home_office, scheme_profile
from queries.scope import Viewer
from queries.when import month_ends

_MADE = "_returns_made"
_MOST = 6
"""Returns and files that one tab keeps, so that they are not worked out again at each touch."""

IN_WORDS = {"official": "Official: exact figures, not to be published", "public": "Public: published figures"}
FORMATS = {".xlsx": "Excel workbook (.xlsx)", ".ods": "OpenDocument spreadsheet (.ods)"}


def made_once(what: str, make: Callable[[], Any], *of: Any) -> Any:
    """Return what was made in this tab of the same things for the same viewer, or make it."""
    known: dict[tuple[Any, ...], Any] = st.session_state.setdefault(_MADE, {})
    key = (what, access.viewer_now(), *of)
    if key not in known:
        known[key] = make()
        while len(known) > _MOST:
            known.pop(next(iter(known)))
    return known[key]


def home_office_now(scheme: str | None, as_at: Any, release: Release) -> Return:
    """Return the Home Office return from the current build, for whoever is looking. Raises NotPermitted."""
    warehouse, viewer = current.warehouse(), access.viewer_now()
    return made_once(
        "home office",
        lambda: home_office(warehouse, viewer, scheme, as_at, release),
        warehouse.build.id, scheme, as_at, release,
    )  # fmt: skip


def releases(viewer: Viewer, scheme: str | None) -> tuple[Release, ...]:
    """Return the releases of a scheme's return that the viewer may have."""
    exact = viewer.role == "analyst" or scheme in viewer.schemes
    return ("official", "public") if exact else ("public",)


def offer_return(
    make: Callable[[Release], Return], offered: tuple[Release, ...], what: str, official: tuple[Sheet, ...] = ()
) -> None:
    """Put the choice of a return's figures and format on the page, and the button that gives the file.

    `what` is what the button calls it; `make` returns the return of a release; `official` are the further sheets of an
    official one.
    """
    key = what.replace(" ", "_")
    with st.container(key=f"files_{key}", horizontal=True, vertical_alignment="bottom"):
        release = st.selectbox(
            "Figures in the file", offered, format_func=IN_WORDS.__getitem__, key=f"release_{key}", width=380
        )
        suffix = st.selectbox("Format", list(FORMATS), format_func=FORMATS.__getitem__, key=f"format_{key}", width=300)
        if release is None or suffix is None:
            return
        made = make(release)
        # What differs from the returns signed off is exact: it goes with no other release.
        more = official if release == "official" else ()
        data = made_once(
            "file",
            lambda: as_file(made, suffix, more),
            made.build.id, made.scheme, made.as_at, release, suffix, what, more,
        )  # fmt: skip
        give(
            f"Download: {what} ({release}, {suffix})",
            data,
            file_name(made, suffix),
            KINDS[suffix],
            schemes=[made.scheme] if made.scheme else (),
            key=f"give_{key}",
        )


def offer_profile() -> None:
    """Offer the scheme profile as a spreadsheet, for the scheme and month end that the filters are set to."""
    viewer, warehouse = access.viewer_now(), current.warehouse()
    choice = chosen()
    as_at = choice.as_at or max(month_ends(warehouse), default=None)
    if as_at is None:
        return
    st.html(
        "<h2>As a spreadsheet</h2><p>The table laid out as the tool has it, with a cover, notes and its definition, as "
        f"at {words.day(as_at)}.</p>"
    )
    offer_return(
        lambda release: made_once(
            "profile",
            lambda: scheme_profile(warehouse, viewer, choice.scheme, as_at, release),
            warehouse.build.id, choice.scheme, as_at, release,
        ),
        releases(viewer, choice.scheme),
        "scheme profile",
    )  # fmt: skip
