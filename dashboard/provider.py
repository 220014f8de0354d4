"""The OpenID provider that the service is set up with, in Streamlit's own secrets, and what is wrong with that."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

SHORTEST_SECRET = 32
"""Characters of the secret that signs the cookies: whoever can guess it can be anybody."""


def section() -> Mapping[str, Any]:
    """Return the `[auth]` section of the secrets, empty where there is none: then nobody can sign in."""
    # Where there is no file Streamlit looks for one each time, one after the other: a queue, when many look at once.
    if not any(Path(path).exists() for path in st.get_option("secrets.files")):
        return {}
    if not st.secrets.load_if_toml_exists():
        return {}
    found = st.secrets.get("auth", {})
    return found if isinstance(found, Mapping) else {}


def is_set_up() -> bool:
    """Return whether there is a provider at all, set up well or badly."""
    return bool(section())


def name(wanted: str) -> str:
    """Return the provider's name as Streamlit has it in the cookie: `default` for the one in `[auth]` itself."""
    return wanted or "default"


def faults(given: Mapping[str, Any], wanted: str = "") -> list[str]:
    """Return what keeps real people from being trusted to sign in: each a sentence for whoever runs the service."""
    found = []
    about = given.get(wanted, {}) if wanted else given
    about = about if isinstance(about, Mapping) else {}
    for key in ("redirect_uri", "cookie_secret"):
        if not given.get(key):
            found.append(f"[auth] lacks {key}.")
    for key in ("client_id", "client_secret", "server_metadata_url"):
        if not about.get(key):
            found.append(f"[auth{f'.{wanted}' if wanted else ''}] lacks {key}.")
    secret = str(given.get("cookie_secret", ""))
    if secret and (len(secret) < SHORTEST_SECRET or len(set(secret)) < 10):
        found.append(f"cookie_secret must be at least {SHORTEST_SECRET} random characters.")
    for key, value in (
        ("redirect_uri", given.get("redirect_uri")),
        ("server_metadata_url", about.get("server_metadata_url")),
    ):
        if value and not _is_safe(str(value)):
            found.append(f"{key} must begin with https://, except on this machine alone.")
    if given.get("redirect_uri") and urlsplit(str(given["redirect_uri"])).path != "/oauth2callback":
        found.append("redirect_uri must end with /oauth2callback, at the top of the address.")
    if st.get_option("server.trustedUserHeaders"):
        found.append("server.trustedUserHeaders must be empty: a header would say who somebody is.")
    if not st.get_option("server.enableXsrfProtection"):
        found.append("server.enableXsrfProtection must be on.")
    return found


def origin(given: Mapping[str, Any]) -> str:
    """Return the scheme and host that browsers know the service by: where the provider sends them back to."""
    parts = urlsplit(str(given.get("redirect_uri", "")))
    return f"{parts.scheme}://{parts.netloc}"


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_loopback(host: str | None) -> bool:
    """Return whether a name or address is this machine's own; None is a connection that has no address."""
    if host is None or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
