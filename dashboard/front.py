"""What the server asks before it answers: is it known by that name, whose cookie is this, may this file go to them."""

import json
import logging
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    AUTH_COOKIE_MAX_AGE_SECONDS,
    SESSION_COOKIE_NAME,
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)

from dashboard import current, offered, provider, sign_in
from dashboard.access import DEMONSTRATION
from dashboard.access_file import AccessFileWrong, read_access
from dashboard.boundary import Refused
from queries import audit
from queries.store import StoreUnusable
from queries.warehouse import NoBuild, current_build, read_stamp

logger = logging.getLogger("ppo.dashboard")

RETURN = "ppo_return"
RETURN_SECONDS = 1800
LONGEST_ADDRESS = 2000


def is_https() -> bool:
    """Return whether browsers know this service by https."""
    return provider.origin(provider.section()).startswith("https://")


def is_our_name(host: str) -> bool:
    """Return whether a Host header names this service: where there is a provider, only the name it sends back to.

    Another site's name that is made to lead here would otherwise be this site to a browser.
    """
    given = provider.section()
    return not given or host.lower() == urlsplit(provider.origin(given)).netloc.lower()


def is_our_page(origin: str | None, host: str) -> bool:
    """Return whether a connection comes from a page of this service, as its Origin header says; None is no browser.

    Streamlit would trust a page of any port of this machine, and ask the internet for the machine's own address to
    compare with every other.
    """
    if origin is None:
        return True
    given = provider.section()
    if given:
        return origin.lower() == provider.origin(given).lower()
    _, is_site, name = origin.lower().partition("://")
    return bool(is_site) and name == host.lower()


def claims_of(headers: Headers) -> Mapping[str, Any]:
    """Return what a request's cookie says of who sent it, its signature checked; nothing where it says nothing."""
    if not provider.is_set_up():
        return {}
    cookies = _cookies(headers)

    def read(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if value is None else decode_signed_value(get_cookie_secret(), name, value.encode("latin-1"))

    try:
        found = get_cookie_with_chunks(read, USER_COOKIE_NAME)
        claims = json.loads(found) if found else {}
    except (ValueError, TypeError):
        return {}
    is_ours = isinstance(claims, dict) and claims.get("origin") == provider.origin(provider.section())
    return claims if is_ours and claims.get("is_logged_in") else {}


def end_sign_in(headers: Headers) -> None:
    """End the sign-in of whoever sent a request to sign out, so that a copy of the cookie is worth nothing."""
    try:
        sign_in.end(claims_of(headers))
    except StoreUnusable as problem:
        logger.error("signing out: %s", problem)


def may_have(headers: Headers, data: bytes, *, is_file: bool, taken: bool) -> bool:
    """Return whether a picture or file may go to whoever asked for its address; a file that goes makes a line.

    With `taken` False no file is about to go: a picture is, or the answer that there is such a file.
    """
    try:
        if not provider.is_set_up():
            return not taken or _log_file(data)
        claims = claims_of(headers)
        if not claims:
            return False
        viewer = sign_in.viewer_of(claims)
        if not is_file:
            return True
        offer = offered.offered(data, viewer)
        if offer is None:
            about = {"reason": "file_not_offered"}
            audit.record_in(sign_in.store(), "denied", who=viewer.subject, role=viewer.role, about=about)
            return False
        if not taken:
            return True
        audit.record_in(
            sign_in.store(),
            "download",
            who=viewer.subject,
            role=viewer.role,
            schemes=offer.viewers.get(viewer, ()),
            build=_build(),
            about={"file": offer.name},
        )
    except (Refused, StoreUnusable, audit.NotForTheLog) as problem:
        logger.error("a file was refused: %s", type(problem).__name__)
        return False
    return True


def cookie(text: str) -> str:
    """Return a Set-Cookie header of Streamlit's as it should be: as short-lived as a sign-in, and over https alone."""
    name = text.partition("=")[0]
    if not name.startswith((USER_COOKIE_NAME, TOKENS_COOKIE_NAME, SESSION_COOKIE_NAME)):
        return _secure(text) if name.startswith("_streamlit") else text
    try:
        seconds = round(read_access(current.builds()).max_hours * 3600)
    except AccessFileWrong:
        seconds = 0
    return _secure(re.sub(rf"(?i)max-age={AUTH_COOKIE_MAX_AGE_SECONDS}\b", f"Max-Age={seconds}", text))


def keep_address(path: str, query: str) -> str | None:
    """Return the cookie that remembers a page's address until somebody has signed in, where one can."""
    address = f"{path}?{query}" if query else path
    if not provider.is_set_up() or len(address) > LONGEST_ADDRESS:
        return None
    return _secure(f"{RETURN}={quote(address, safe='')}; Path=/; Max-Age={RETURN_SECONDS}; HttpOnly; SameSite=Lax")


def forget_address() -> str:
    """Return the cookie that takes a remembered address away again."""
    return _secure(f"{RETURN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")


def address_to_return_to(headers: Headers, known: Collection[str]) -> str:
    """Return the address that was opened before signing in, the front page where none of ours is remembered."""
    kept = unquote(_cookies(headers).get(RETURN, ""))
    path, _, query = kept.partition("?")
    # A path of ours, whole, and nothing in the query that could begin another header: never another site.
    if path not in known or not re.fullmatch(r"[\x21-\x7e]*", query):
        return "/"
    return f"{path}?{query}" if query else path


def _cookies(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in headers.getlist("cookie"):
        found |= cookie_parser(text)
    return found


def _secure(text: str) -> str:
    return f"{text}; Secure" if is_https() and "; secure" not in text.lower() else text


def _log_file(data: bytes) -> bool:
    """Note a file that the demonstration gave away: there nobody is known, and all of it is made up."""
    name = offered.name_of(data)
    if name is None:
        return False
    audit.record_in(sign_in.store(), "download", who=DEMONSTRATION, build=_build(), about={"file": name})
    return True


def _build() -> str:
    try:
        return read_stamp(current_build(current.builds())).id
    except NoBuild:
        return ""
