"""Who signed in, asked again on every run: the cookie says who somebody was, and everything else is looked up.

Streamlit's cookie lasts thirty days, is read once when a tab opens, and cannot be taken back. So its age, the
provider's own expiry, whether that sign-in was ended, and what the person may be are all judged here each time.
"""

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from dashboard import current, provider
from dashboard.access_file import Access, AccessFileWrong, NotGranted, read_access
from dashboard.boundary import Refused
from queries import audit
from queries.scope import Viewer
from queries.store import Store, state_folder

logger = logging.getLogger("ppo.dashboard")

CLOCKS_APART = 120
"""Seconds by which the provider's clock may be ahead of this machine's."""


class SignInNeeded(Refused):
    """Nobody may look until somebody signs in; `signed_in` where somebody is, and it does not help them."""

    def __init__(self, title: str, next_step: str, signed_in: bool = False) -> None:
        super().__init__(title, next_step)
        self.signed_in = signed_in


NOT_SIGNED_IN = (
    "Sign in to see these figures",
    "They are for people who have been given a role here. You come back to this page.",
)
EXPIRED = "Your sign-in has run out", "Sign in again to go on. You come back to this page."
ENDED = "You have signed out", "Sign in again to go on. You come back to this page."
SET_UP_WRONG = (
    "These figures cannot be shown here",
    "Sign-in has been set up in a way that cannot be trusted. Whoever runs this service can see why with `ppo doctor`.",
)
NOT_SERVED_SAFELY = (
    "These figures cannot be shown here",
    "The service was started in a way that leaves its protection out. Whoever runs it starts it with `ppo serve`.",
)
NO_ROLE = "You have no access to these figures"
BECAUSE = {
    "unknown": "Nobody has given you a role here. Ask whoever runs this service; this is how it knows you: {who}.",
    "revoked": "Your role here has been taken back. Ask whoever runs this service if you think that is a mistake.",
    "no_name": "The provider did not say who you are in the way that this service asks. Ask whoever runs it.",
    "address_not_verified": "The provider does not vouch for your address. Ask whoever runs this service.",
    "more_than_one_role": "The provider gives you more than one role here. Ask whoever runs this service for one.",
    "no_schemes": "You are a manager of no scheme yet. Ask whoever runs this service for yours.",
    "another_issuer": "You signed in with another provider than this service's own. Sign out, and in with that one.",
}


@dataclass
class Served:
    """How this process serves: set by `dashboard/server.py`, and by nothing that is started another way."""

    by_our_server: bool = False


SERVED = Served()


def now() -> float:
    """Return the time, in seconds since 1970."""
    return time.time()


@st.cache_resource(max_entries=2, show_spinner=False)
def _store(builds: str, folder: str) -> Store:
    return Store.open(Path(builds))


def store() -> Store:
    """Return the store of what users write, opened once. Raises StoreUnusable."""
    builds = current.builds()
    return _store(str(builds), str(state_folder(builds)))


def viewer_signed_in() -> Viewer:
    """Return who is looking, where there is a provider. Raises Refused for everybody else, SignInNeeded among them."""
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        # Not an error: whoever opens the address first comes here.
        _checked_access()
        raise SignInNeeded(*NOT_SIGNED_IN)
    return viewer_of(claims)


def viewer_of(claims: Mapping[str, Any]) -> Viewer:
    """Return the viewer that a signed cookie's claims are, as things stand now. Raises Refused."""
    access = _checked_access()
    key = session_key(claims)
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not _lasts(claims, access):
        raise SignInNeeded(*EXPIRED)
    try:
        who = access.who(claims)
    except NotGranted as refused:
        _deny(key, claims, str(claims.get("sub", "")), refused.reason)
    if claims.get("provider") != provider.name(access.provider) or access.issuer not in ("", claims.get("iss")):
        _deny(key, claims, who, "another_issuer")
    known = store().rows("session", {"key": key})
    if known and known[0]["ended_at"]:
        raise SignInNeeded(*ENDED)
    try:
        grant = access.grant(claims)
    except NotGranted as refused:
        _deny(key, claims, who, refused.reason)
    viewer = Viewer(grant.role, grant.schemes, who)
    let_in_as = f"{grant.role}:{','.join(sorted(grant.schemes))}"
    if not known or known[0]["let_in_as"] != let_in_as:
        _let_in(key, claims, viewer, let_in_as)
    return viewer


def end(claims: Mapping[str, Any]) -> None:
    """End one sign-in for good: every tab that it opened, and any copy of its cookie, is refused from now on."""
    if not claims.get("sub"):
        return
    key, who = session_key(claims), _name(claims)
    with store().writing() as held:
        _begin(held, key, claims, who)
        if held.do("session_end", {"key": key, "at": _moment()}):
            audit.append(held, "sign_out", who=who)


def session_key(claims: Mapping[str, Any]) -> str:
    """Return what tells one sign-in from every other: who, where, when, and the nonce that it was asked for with."""
    parts = [claims.get(name) for name in ("iss", "sub", "iat", "nonce")]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _checked_access() -> Access:
    """Return the access file, where everything that it rests on can be trusted. Raises Refused."""
    if not SERVED.by_our_server:
        raise Refused(*NOT_SERVED_SAFELY)
    try:
        access = read_access(current.builds())
    except AccessFileWrong as problem:
        # Its keys and values are whoever runs the service's own, and they alone read the log.
        logger.error("access file: %s", problem)
        raise Refused(*SET_UP_WRONG) from None
    if faults := provider.faults(provider.section(), access.provider):
        logger.error("sign-in: %s", " ".join(faults))
        raise Refused(*SET_UP_WRONG)
    return access


def _lasts(claims: Mapping[str, Any], access: Access) -> bool:
    """Return whether a sign-in still holds: not from the future, not too old, and not past the provider's expiry."""
    issued, moment = float(claims["iat"]), now()
    if issued > moment + CLOCKS_APART or moment >= issued + access.max_hours * 3600:
        return False
    if access.outlive_token:
        return True
    expires = claims.get("exp")
    return isinstance(expires, int | float) and moment < expires


def _begin(held: Store, key: str, claims: Mapping[str, Any], who: str) -> None:
    held.do("session_begin", {"key": key, "who": who, "issued_at": int(claims.get("iat", 0)), "at": _moment()})


def _let_in(key: str, claims: Mapping[str, Any], viewer: Viewer, let_in_as: str) -> None:
    with store().writing() as held:
        _begin(held, key, claims, viewer.subject)
        # Another tab may have been first.
        if held.do("session_let_in", {"key": key, "let_in_as": let_in_as}):
            audit.append(held, "sign_in", who=viewer.subject, role=viewer.role, schemes=viewer.schemes)


def _deny(key: str, claims: Mapping[str, Any], who: str, reason: str) -> NoReturn:
    """Refuse somebody who signed in and may not look, with one line in the log for each sign-in and reason."""
    with store().writing() as held:
        _begin(held, key, claims, who)
        if held.do("session_deny", {"key": key, "reason": reason}):
            audit.append(held, "denied", who=who, about={"reason": reason})
    raise SignInNeeded(NO_ROLE, BECAUSE[reason].format(who=who), signed_in=True)


def _name(claims: Mapping[str, Any]) -> str:
    try:
        return read_access(current.builds()).who(claims)
    except (NotGranted, AccessFileWrong):
        return str(claims.get("sub", ""))


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
