"""The Home Office return on a page: its tables, its sign-off, what differs from those signed off, and its files."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import access, contents, current, describe, return_book, sign_in, tables, words
from dashboard.boundary import Refused, boundary, notice
from dashboard.differences import sheets, show_differences
from dashboard.filters import chosen, select
from dashboard.give import give
from dashboard.kept import kept_schemes
from dashboard.return_files import home_office_now, offer_return, releases
from queries.published import QUARTER_ENDS
from queries.returns import Return, Table
from queries.scope import NotPermitted, Viewer
from queries.signed_off import (
    NotSignedOff,
    SignedOff,
    SignedOffMeanwhile,
    compared,
    latest,
    may_open,
    reopened,
    sign_off,
    signed,
)
from queries.store import StoreUnusable
from queries.when import month_ends

QUARTER, SHOWN, CHECKED = "quarter", "signed", "return_checked"
"""Keys of the page's own choices: the quarter's end, which return is shown, and the box that a signer ticks."""

NOW = 0
"""The choice of the return as the current build has it, among the numbers of those signed off."""

_TOLD = "_told_of_signing"


def show_home_office() -> None:
    """Put the return of the chosen scheme and quarter on the page, as far as whoever is looking may have it."""
    with boundary("The Home Office return"):
        viewer, warehouse = access.viewer_now(), current.warehouse()
        quarters = sorted((day for day in month_ends(warehouse) if day.month in QUARTER_ENDS), reverse=True)
        if not quarters:
            notice("There is no quarter to make a return for", "The extracts do not reach the end of a quarter yet.")
            return
        scheme = _scheme(viewer)
        known = signed(sign_in.store(), viewer)
        as_at, number = _choose(viewer, scheme, quarters, known)
        if number != NOW:
            _show_signed(viewer, next(each for each in known if each.number == number))
        else:
            _show_now(viewer, scheme, as_at, known)
        _list(viewer, known)


def _scheme(viewer: Viewer) -> str | None:
    """Return whose return is shown: a manager's own, even where no scheme was chosen; None for all together."""
    scheme = chosen().scheme
    if scheme is None and viewer.role == "manager":
        return next(iter(kept_schemes(current.warehouse(), viewer)["scheme"]), None)
    return scheme


def _choose(viewer: Viewer, scheme: str | None, quarters: list[date], known: list[SignedOff]) -> tuple[date, int]:
    """Show the choice of a quarter, and of one of its returns that were signed off; return what is chosen."""
    with st.container(key="filters_return", horizontal=True, vertical_alignment="bottom"):
        select(st, QUARTER, "Quarter ending", quarters, words.day, quarters[0])
        as_at = st.session_state[QUARTER]
        versions = {
            each.number: each
            for each in known
            if (each.scheme, each.as_at) == (scheme, as_at) and may_open(viewer, each)
        }
        select(st, SHOWN, "Show", [NOW, *versions], lambda number: _version(versions.get(number)), NOW, 420)
    return as_at, st.session_state[SHOWN]


def _version(of: SignedOff | None) -> str:
    if of is None:
        return "As the figures are now"
    return f"Version {of.version}, signed off {words.day(of.signed_at.date())}"


def _signed_line(of: SignedOff) -> str:
    return f"version {of.version}, signed off by {of.who} on {_moment(of)}, from build {of.build}"


def _moment(of: SignedOff) -> str:
    return f"{words.day(of.signed_at.date())} at {of.signed_at:%H:%M} (UTC)"


# ── The return as it is now ─────────────────────────────────────────────────────────────────────


def _show_now(viewer: Viewer, scheme: str | None, as_at: date, known: list[SignedOff]) -> None:
    offered = releases(viewer, scheme)
    made = home_office_now(scheme, as_at, offered[0])
    _head(made, "This return")
    for title, *sentences in st.session_state.pop(_TOLD, []):
        notice(title, *sentences, level=3)
    last = latest(known, scheme, as_at) if scheme else None
    against = compared(sign_in.store(), viewer, made)
    if scheme is None:
        st.html("<p>All schemes together have no return to sign off: choose a scheme above to see its own.</p>")
    else:
        _sign_off(viewer, made, last, nothing_new=any(each.of == last and not each.found for each in against))
    offer_return(
        lambda release: home_office_now(scheme, as_at, release), offered, "Home Office return", sheets(against, made)
    )
    for each in against:
        show_differences(each, made)
    _tables(made)


def _head(made: Return, title: str) -> None:
    exact = "Exact figures: do not publish" if made.release == "official" else "Published, protected figures"
    scope = " · ".join((made.scheme_name, f"As at {words.day(made.as_at)}", exact))
    st.html(f"{_heading(title)}<p class='scope'>{escape(scope)}</p>")


def _heading(title: str, listed: bool = True) -> str:
    """Return a heading, listed at the head of the page or not."""
    place = f' id="{contents.add(title)}"' if listed else ""
    return f"<h2{place}>{escape(title)}</h2>"


def _sign_off(viewer: Viewer, made: Return, last: SignedOff | None, nothing_new: bool) -> None:
    """Say whether the return was signed off, and let a manager of the scheme do so where its figures are new."""
    said = "This return has not been signed off yet."
    if last is not None:
        said = f"Last signed off: {_signed_line(last)}."
    st.html(f"<p>{escape(said)}</p>")
    if nothing_new or not viewer.manages(made.scheme):
        return
    with st.form("sign_off", width="content"):
        st.checkbox("I have read the figures and what differs in them, and sign this return off", key=CHECKED)
        st.form_submit_button(
            "Sign off",
            on_click=_sign,
            # What the signer has before them now, whatever is there when the button is pressed.
            args=(made.scheme, made.as_at, made.build.id, last.version if last else 0),
        )


def _sign(scheme: str, as_at: date, seen_build: str, seen_version: int) -> None:
    """Sign a return off, and leave word of how that went for the run that follows."""
    st.session_state[_TOLD] = [_signed(scheme, as_at, seen_build, seen_version)]


def _signed(scheme: str, as_at: date, seen_build: str, seen_version: int) -> tuple[str, ...]:
    if not st.session_state.get(CHECKED):
        return "Not signed off", "Read the figures, tick the box and press the button again."
    try:
        # The build that is current at this moment, and not the one of the last run.
        current.begin_run()
        viewer = access.viewer_now()
        done = sign_off(
            sign_in.store(),
            current.warehouse(),
            viewer,
            scheme,
            as_at,
            seen_build=seen_build,
            seen_version=seen_version,
        )
    except SignedOffMeanwhile as told:
        first = told.first
        return (
            "Not signed off: somebody was first",
            f"{first.who} signed this return off on {_moment(first)}, as version {first.version}. Look at what differs "
            "from it below; if it should be signed off again, do so.",
        )
    except NotSignedOff as told:
        return "Not signed off", f"{told} Look at the figures below again."
    except NotPermitted as told:
        access.record_denied(page="home-office-return", reason="not_permitted")
        return "Not signed off", str(told)
    except (Refused, StoreUnusable):
        return "Not signed off", "It could not be kept. Load the page again; nothing was signed."
    st.session_state[CHECKED] = False
    return (
        "Signed off",
        f"Version {done.version} is kept as it stands, with every figure in it. It can be opened under Show.",
    )


# ── A return as it was signed off ───────────────────────────────────────────────────────────────


def _show_signed(viewer: Viewer, of: SignedOff) -> None:
    made = reopened(sign_in.store(), viewer, of.number)
    _head(made, "A return as it was signed off")
    st.html(
        f"<p>{escape(words.sentence(_signed_line(of)))}. Every figure here is as it was then, whatever the current "
        "build says.</p>"
    )
    offer_return(lambda _: made, ("official",), f"return signed off as number {of.number}")
    _tables(made)


def _list(viewer: Viewer, known: list[SignedOff]) -> None:
    """List what was signed off, for everybody who may read that it was."""
    st.html(_heading("Returns that were signed off"))
    if not known:
        st.html("<p>None yet.</p>")
        return
    names = describe.scheme_names()
    shown = tables.Table(
        caption=f"Returns signed off: {words.counted(len(known), 'version', 'versions')}",
        headings=("Scheme", "As at", "Version", "Signed off by", "When (UTC)", "Build"),
        rows=tuple(
            (
                names.get(each.scheme, each.scheme),
                words.day(each.as_at),
                str(each.version),
                each.who,
                f"{words.day(each.signed_at.date())}, {each.signed_at:%H:%M}",
                each.build,
            )
            for each in known
        ),
        kinds=("name", "name", "number", "name", "name", "name"),
    )
    how = (
        "Choose a scheme and quarter above, and one of them under Show, to open it."
        if any(may_open(viewer, each) for each in known)
        else "Their figures are exact, and are for the scheme's manager and the analyst."
    )
    st.html(f"<p>{how}</p>{tables.html(shown)}")


# ── Its tables ──────────────────────────────────────────────────────────────────────────────────


def _tables(made: Return) -> None:
    for table in made.tables:
        with boundary(table.title, 3):
            _show_table(made, table)


def _show_table(made: Return, table: Table) -> None:
    shown = return_book.page_table(made, table)
    legend = "".join(f"<li>{escape(each)}</li>" for each in return_book.shorthand(shown))
    st.html(
        # The first part of a table leads to the others: a link to each would be most of a screen.
        _heading(f"{table.id}: {table.title}", listed=table.id[2:] in ("", "a"))
        + f"<div class='return'>{tables.html(shown)}</div>"
        + (f'<div class="notes"><ul>{legend}</ul></div>' if legend else "")
        + _definitions(made, table)
        + f'<p class="stamp">{escape(describe.stamp(made.build))}</p>'
    )
    name, data = return_book.table_bundle(made, table)
    give(
        f"Download: {table.id} (CSV with notes)",
        data,
        name,
        schemes=[made.scheme] if made.scheme else (),
        key=f"download_{table.id}",
    )


def _definitions(made: Return, table: Table) -> str:
    """Return what the figures of a table mean, as they were defined when the return was made, one click away."""
    of_it = {line.measure for line in table.lines}
    parts = []
    for about in made.meanings:
        if about.id in of_it:
            pairs = return_book.definition(made, about)
            listed = "".join(f"<dt>{escape(heading)}</dt><dd>{escape(text)}</dd>" for heading, text in pairs)
            parts.append(f"<h3>{escape(about.title)}</h3><dl>{listed}</dl>")
    return '<details class="definition"><summary>What these figures mean</summary>' + "".join(parts) + "</details>"
