"""Who is looking. The one place: every figure asks here, whatever page it stands on.

With a provider set up, that is whoever signed in (`dashboard/sign_in.py`). Without one there is no way to know anybody:
the dashboard then serves synthetic data only, to this machine only, however it was started, and the role is picked on
the page, so that protection can be seen.
"""

from collections.abc import Collection, Mapping
from html import escape

import streamlit as st

from dashboard import current, paper, provider, sign_in
from dashboard.boundary import Refused, notice
from dashboard.kept import kept_schemes
from dashboard.provider import is_loopback
from queries import audit
from queries.scope import Viewer
from queries.store import StoreUnusable
from queries.warehouse import Build

KEY = "view_as"
"""The role picker's key, in the session and in the address."""

DEMONSTRATION = "demonstration"
"""Who everybody is where nobody has signed in."""

NO_SIGN_IN = Refused(
    "These figures cannot be shown here",
    "No sign-in has been set up, and without it only the synthetic demonstration may be shown, and only on the "
    "machine that it runs on. Ask whoever runs this service to set up sign-in.",
)
NOT_THROUGH_THE_FRONT = Refused(
    "This page opens from the front page", "Open the front page and choose it from the menu."
)
ROLES = {"board": "a board member", "manager": "a scheme's manager", "analyst": "an analyst"}


def viewer_now() -> Viewer:
    """Return who is looking, for this run of the script. Raises Refused for everybody unknown."""
    if (made := paper.being_made()) is not None:
        return made.viewer
    if provider.is_set_up():
        return sign_in.viewer_signed_in()
    check_served_as_demonstration()
    picked = st.session_state.get(KEY)
    if not isinstance(picked, str):
        raise NOT_THROUGH_THE_FRONT
    viewer = Viewer.named(picked)
    return Viewer(viewer.role, viewer.schemes, DEMONSTRATION)


def check_served_as_demonstration() -> None:
    """Raise Refused unless the data are synthetic and whoever asks is on this machine."""
    if not may_be_served(current.warehouse().build, peer(), st.context.headers.to_dict()):
        raise NO_SIGN_IN


def may_be_served(build: Build, peer: str | None, headers: Mapping[str, str | list[str]]) -> bool:
    """Return whether figures may be shown without sign-in: synthetic data, asked for from this machine.

    `peer` is the address at the other end of the connection, None where there is no connection (tests). The
    address that the server was told to listen on is not trusted to be the one it listens on; a proxy on this
    machine gives itself away by the host that was asked for or by the headers that it adds.
    """
    lower = {name.lower(): text for name, text in headers.items()}
    forwarded = any(name.startswith("x-forwarded-") or name in ("forwarded", "via", "x-real-ip") for name in lower)
    host = lower.get("host", "localhost")
    return build.synthetic and not forwarded and is_loopback(peer) and is_loopback(_host_name(str(host)))


def _host_name(host: str) -> str:
    """Return the name in a Host header, without its port or the brackets of an IPv6 address."""
    return host[1:].split("]")[0] if host.startswith("[") else host.rsplit(":", 1)[0]


def peer() -> str | None:
    # None for a connection from this machine.
    return st.context.ip_address


def let_in() -> None:
    """Ask who is looking before anything is read; where nobody may, show how to sign in and end the run."""
    if not provider.is_set_up():
        return
    try:
        viewer_now()
    except sign_in.SignInNeeded as needed:
        notice(needed.title, needed.next_step, level=1)
        if needed.signed_in:
            st.button("Sign out", on_click=sign_out)
        else:
            st.button("Sign in", on_click=go_to_provider, type="primary")
        st.stop()


def go_to_provider() -> None:
    """Send the browser to the provider, as the access file names it."""
    named = sign_in.read_access(current.builds()).provider
    st.login(named) if named else st.login()


def sign_out() -> None:
    """End this sign-in for good, and send the browser to the provider to end it there too."""
    sign_in.end(st.user.to_dict())
    st.logout()


def show_viewer() -> None:
    """Show who is looking: the person who signed in, or the demonstration's role picker."""
    if provider.is_set_up():
        _person()
    else:
        role_picker()


def _person() -> None:
    viewer = viewer_now()
    with st.container(key="viewer", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<p class="person">Signed in as <strong>{escape(viewer.subject)}</strong>, {ROLES[viewer.role]}</p>',
            width="content",
        )
        st.button("Sign out", on_click=sign_out)


def role_picker() -> None:
    """Show the demonstration's role picker. Raises Refused where there is no demonstration."""
    check_served_as_demonstration()
    known = kept_schemes(current.warehouse(), Viewer.analyst())
    names = dict(zip(known["scheme"], known["name"], strict=True))
    roles = {"board": "Board member"}
    roles |= {f"manager:{scheme}": f"Manager of {name}" for scheme, name in names.items()}
    roles |= {"analyst": "Analyst"}
    with st.container(key="viewer", horizontal=True, vertical_alignment="bottom"):
        st.html(
            '<p class="demo"><strong>Demonstration.</strong> Made-up people and figures. Choose whose view to see.</p>',
            width="content",
        )
        st.selectbox("View as", list(roles), format_func=roles.__getitem__, key=KEY, bind="query-params", width=320)


def role_in_the_menu() -> str | None:
    """Return the role whose pages the menu lists, None where nobody is known: a list and no permission.

    The menu comes before anybody has been asked who they are, since it is on every run, refused ones too.
    """
    if provider.is_set_up():
        try:
            return viewer_now().role
        except (Refused, StoreUnusable):
            return None
    # As it was picked, or as the address has it in words on a first run: `manager:S002` and `Manager of ...`.
    picked = str(st.session_state.get(KEY) or st.query_params.get(KEY) or "").lower()
    return next((role for role in ROLES if picked.startswith(role)), None)


def role_in_words() -> str:
    """Return the role that this run is shown to, in words."""
    return ROLES[viewer_now().role]


def record(event: str, schemes: Collection[str] = (), **about: str | int | list[int]) -> None:
    """Add a line to the audit log about what the viewer of this run did.

    Raises StoreUnusable when it cannot be kept: then what was asked for is not shown either.
    """
    viewer = viewer_now()
    audit.record_in(
        sign_in.store(),
        event,
        who=viewer.subject,
        role=viewer.role,
        schemes=schemes or viewer.schemes,
        build=current.warehouse().build.id,
        about=about,
    )


_DENIED = "_denied"


def record_denied(**about: str) -> None:
    """Add a line saying that the viewer asked for what they may not have; once in a tab for each such thing.

    What was asked for is named by what it is, never by the text that was sent.
    """
    if paper.being_made() is not None:
        # Nobody asked for it: the page has a place for it, and says on paper too that it is not published.
        return
    asked = tuple(sorted(about.items()))
    seen: set[tuple[tuple[str, str], ...]] = st.session_state.setdefault(_DENIED, set())
    if asked not in seen:
        record("denied", **about)
        seen.add(asked)
