"""The dashboard as one process that answers HTTP: what `ppo serve` starts, with `streamlit run dashboard/server.py`.

It is Streamlit's own server around `app.py`, with three things put right. Started on `app.py` alone, Streamlit takes
the folder `pages/` for its older kind of page until somebody has run the script once, and covers the first deep link
with "Page not found"; a browser that follows a deep link looks for the server under the page's address first, and
logs errors; and no header says that the page may load nothing from elsewhere.
"""

from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from dashboard.navigation import PAGES

ROOT = Path(__file__).parent.parent

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
"""Sent with every answer: nothing is loaded from, framed by or told to any other site."""

WHERE = b"<head><script>window.__streamlit={BACKEND_BASE_URL:window.location.origin}</script>"
"""Tells the page that the server is at the top of the address, whichever page was asked for."""


ADDRESSES = {"/", *(f"/{entry.address}" for entry in PAGES)}
OF_THE_SERVER = (
    "/static/",
    "/_stcore/",
    "/media/",
    "/component/",
    "/auth/",
    "/oauth2callback",
    "/favicon",
    "/manifest",
)
"""What begins an address of Streamlit's own: its files, its health, and signing in."""

NOT_FOUND = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Page not found</title>
<meta name="viewport" content="width=device-width"><style>body{font:1.1rem sans-serif;margin:3rem auto;max-width:40rem;
padding:0 1rem;color-scheme:light dark}</style></head><body><h1>There is no such page</h1>
<p>The address may have been mistyped or cut short.</p><p><a href="/">Go to the front page</a></p></body></html>"""
"""Streamlit would give every other address its own page, which cannot find its files under it."""


class Answers:
    """Every HTTP answer: with its headers, and pages that know where their server is."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, sender = scope["path"], _Sender(send)
        if path == f"/{PAGES[0].address}":
            # The front page's address is `/`; by its name it would not be found.
            query = scope["query_string"].decode("latin-1")
            await _answer(sender, 307, {"location": f"/?{query}" if query else "/"})
            return
        if path not in ADDRESSES and not path.startswith(OF_THE_SERVER):
            await _answer(sender, 404, {"content-type": "text/html; charset=utf-8"}, NOT_FOUND)
            return
        # Without this a page would come packed, and could not be added to.
        scope = scope | {"headers": [pair for pair in scope["headers"] if not _packs_a_page(scope, pair[0])]}
        await self.app(scope, receive, sender)


def _packs_a_page(scope: dict[str, Any], header: bytes) -> bool:
    return header == b"accept-encoding" and not scope["path"].startswith(("/static/", "/_stcore/", "/media/"))


class _Sender:
    """Sends one answer, held back until it is whole where it is a page."""

    def __init__(self, send: Any) -> None:
        self.send = send
        self.start: dict[str, Any] | None = None
        self.body = b""

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, text) for name, text in message["headers"] if name.decode().lower() not in HEADERS]
            added = [(name.encode(), text.encode()) for name, text in HEADERS.items()]
            message = message | {"headers": [*kept, *added]}
            if dict(kept).get(b"content-type", b"").startswith(b"text/html"):
                self.start = message
                return
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = self.body.replace(b"<head>", WHERE, 1)
            kept = [pair for pair in self.start["headers"] if pair[0].lower() != b"content-length"]
            await self.send(self.start | {"headers": [*kept, (b"content-length", str(len(page)).encode())]})
            message, self.start = {"type": "http.response.body", "body": page}, None
        await self.send(message)


async def _answer(send: Any, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    sent = [(name.encode(), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


# What `st.navigation` sets when a script first calls it, set before anybody can ask for a page.
PagesManager.uses_pages_directory = False

app = st.App(ROOT / "app.py", middleware=[Middleware(Answers)])
