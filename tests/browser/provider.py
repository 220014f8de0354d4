"""An OpenID provider on this machine, and a dashboard that trusts it: nothing asks any other machine."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from queries import audit
from queries.store import Store
from tests.browser.conftest import whole
from tests.browser.serving import free_port, server, wait_until_it_answers

PEOPLE = {
    "ada": {"email": "ada@example.test", "email_verified": True},
    "ben": {"email": "ben@example.test", "email_verified": True},
    "cat": {"email": "cat@example.test", "email_verified": True, "roles": ["PPO.Analyst", "Everybody"]},
    "dan": {"email": "dan@example.test", "email_verified": False},
}
"""Who can sign in at the provider, and what it says of them. What each may see is for the access file to say."""


@contextmanager
def provider(log: Path) -> Iterator[str]:
    """Start an OpenID provider; give its address."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for sub, claims in PEOPLE.items():
        command += ["--user-claims", json.dumps({"sub": sub, **claims})]
    with log.open("w") as written:
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(f"{address}/.well-known/openid-configuration", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass
class Service:
    """A dashboard with sign-in: its address, its access file, and its audit log."""

    address: str
    provider: str
    builds: Path
    access: Path
    state: Path
    log: Path

    def give(self, text: str) -> None:
        """Write the access file, as whoever runs the service does while it runs."""
        self.access.write_text(text, encoding="utf-8")

    def lines(self, *events: str) -> list[dict[str, Any]]:
        """Return the lines of the audit log, of the events named or of all."""
        store = Store.open(self.builds)
        try:
            assert audit.verify(store) is None
            return [line for line in audit.lines(store) if not events or line["event"] in events]
        finally:
            store.close()


@contextmanager
def service(builds: Path, folder: Path, issuer: str, **how: Any) -> Iterator[Service]:
    """Serve a folder of builds to those who sign in at the provider."""
    port = free_port()
    written = folder / "secrets.toml"
    written.write_text(
        "[auth]\n"
        f'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        f'cookie_secret = "{secrets.token_urlsafe(32)}"\n'
        'client_id = "ppo"\nclient_secret = "not used by this provider"\n'
        f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    access, state, log = folder / "access.toml", folder / "state", folder / "log"
    environment = {"PPO_ACCESS": str(access), "PPO_STATE": str(state)}
    with server(builds, log, port=port, secrets=written, environment=environment, **how) as address:
        yield Service(address, issuer, builds, access, state, log)


def sign_in(page: Page, sub: str) -> None:
    """Press the button that is shown to whoever is not signed in, and be somebody at the provider."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=sub, exact=True).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible(timeout=60_000)
    whole(page)
