"""Who is looking. The one place: every figure asks here, whatever page it stands on.

There is no sign-in yet, and so no way to know anybody. The dashboard then serves synthetic data only, to this
machine only, however it was started; the role is picked on the page, so that protection can be seen.
"""

from collections.abc import Mapping
from ipaddress import ip_address

import streamlit as st

from dashboard import current
from dashboard.boundary import Refused
from queries.figures import schemes
from queries.scope import Viewer
from queries.warehouse import Build

KEY = "view_as"
"""The role picker's key, in the session and in the address."""

NO_SIGN_IN = Refused(
    "These figures cannot be shown here",
    "No sign-in has been set up, and without it only the synthetic demonstration may be shown, and only on the "
    "machine that it runs on. Ask whoever runs this service to set up sign-in.",
)
NOT_THROUGH_THE_FRONT = Refused(
    "This page opens from the front page", "Open the front page and choose it from the menu."
)


def viewer_now() -> Viewer:
    """Return who is looking, for this run of the script. Raises Refused for everybody unknown."""
    check_served_as_demonstration()
    picked = st.session_state.get(KEY)
    if not isinstance(picked, str):
        raise NOT_THROUGH_THE_FRONT
    return Viewer.named(picked)


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
    return build.synthetic and not forwarded and _is_loopback(peer) and _is_loopback(_host_name(str(host)))


def _host_name(host: str) -> str:
    """Return the name in a Host header, without its port or the brackets of an IPv6 address."""
    return host[1:].split("]")[0] if host.startswith("[") else host.rsplit(":", 1)[0]


def _is_loopback(name: str | None) -> bool:
    if name is None or name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def peer() -> str | None:
    # None for a connection from this machine.
    return st.context.ip_address


def role_picker() -> None:
    """Show the demonstration's role picker. Raises Refused where there is no demonstration."""
    check_served_as_demonstration()
    known = schemes(current.warehouse(), Viewer.analyst())
    names = dict(zip(known["scheme"], known["name"], strict=True))
    roles = {"board": "Board member"}
    roles |= {f"manager:{scheme}": f"Manager of {name}" for scheme, name in names.items()}
    roles |= {"analyst": "Analyst"}
    with st.container(key="viewer", horizontal=True, vertical_alignment="bottom"):
        st.html(
            '<p class="demo"><strong>Demonstration.</strong> Made-up people and made-up figures. Choose who to look '
            "as, to see what each may see.</p>",
            width="content",
        )
        st.selectbox("View as", list(roles), format_func=roles.__getitem__, key=KEY, bind="query-params", width=320)


def role_in_words() -> str:
    """Return the role that this run is shown to, in words."""
    viewer = viewer_now()
    return {"board": "a board member", "manager": "a scheme's manager", "analyst": "an analyst"}[viewer.role]
