"""Somebody who has signed in, as Streamlit would hand them to a script: for tests without a browser or a provider."""

import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard import provider, sign_in

GOOD = {
    "redirect_uri": "https://ppo.example.test/oauth2callback",
    "cookie_secret": "kJ3v9Q2xT7mB5nC8zL4wR6yP1sD0fGhA",
    "client_id": "ppo",
    "client_secret": "secret",
    "server_metadata_url": "https://id.example.test/.well-known/openid-configuration",
}


def claims(sub: str, **more: Any) -> dict[str, Any]:
    """Return what a cookie says of somebody who signed in a minute ago."""
    moment = int(time.time()) - 60
    return {
        "is_logged_in": True,
        "provider": "default",
        "iss": "https://id.example.test",
        "sub": sub,
        "iat": moment,
        "exp": moment + 3600,
        "nonce": f"nonce of {sub}",
        **more,
    }


def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path, people: str, section: dict[str, Any] | None = None) -> Path:
    """Set a provider up, with an access file and a store in a folder; return the access file."""
    access = folder / "access.toml"
    access.write_text(people, encoding="utf-8")
    monkeypatch.setenv("PPO_ACCESS", str(access))
    monkeypatch.setenv("PPO_STATE", str(folder / "state"))
    monkeypatch.setattr(provider, "section", lambda: GOOD if section is None else section)
    monkeypatch.setattr(sign_in.SERVED, "by_our_server", True)
    st.cache_resource.clear()
    return access
