"""The dashboard as one process that answers HTTP: what `ppo serve` starts, with `streamlit run dashboard/server.py`.

It is Streamlit's own server around `app.py`, with what it leaves out put right. Started on `app.py` alone, Streamlit
takes the folder `pages/` for its older kind of page until somebody has run the script once, and covers the first deep
link with "Page not found"; a browser that follows a deep link looks for the server under the page's address first, and
logs errors; no header says that the page may load nothing from elsewhere; its cookie lasts thirty days and may travel
in the clear; signing in always ends on the front page; and a file goes to whoever has its address.
"""

from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from dashboard import front, sign_in
from dashboard.navigation import PAGES

ROOT = Path(__file__).parent.parent

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Sent with every answer: nothing is loaded from, framed by or told to any other site."""

STRICT_TRANSPORT = "max-age=31536000"
"""Sent where the service is known by https: browsers do not try it in the clear for a year."""

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

NOT_OURS = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/upload_file")
"""What Streamlit would also answer, and nobody here needs: a way in for programs, counts of who is connected, and
files that anybody who has the page open could have kept in memory, signed in or not."""

HEALTH = "/_stcore/health"
MEDIA = "/media/"
KEPT = ("/static/",)
"""What a browser may keep: the same files for everybody. All else is asked for again, and never left on a disk."""

_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>body{{font:1.1rem sans-serif;margin:3rem auto;max-width:40rem;
padding:0 1rem;color-scheme:light dark}}</style></head><body><h1>{title}</h1>
<p>{said}</p><p><a href="/">Go to the front page</a></p></body></html>"""


def _page(title: str, said: str) -> bytes:
    return _PAGE.format(title=title, said=said).encode()


# Streamlit would give every other address its own page, which cannot find its files under it.
NOT_FOUND = _page("There is no such page", "The address may have been mistyped or cut short.")
NOT_HERE = _page("This service is not at that address", "Use the address that you were given for it.")
NOT_YOURS = _page(
    "This file cannot be given to you",
    "It was offered to somebody else, or in another session. Open its page and take it from there.",
)
HTML = {"content-type": "text/html; charset=utf-8"}


class Answers:
    """Every HTTP answer: with its headers, and pages that know where their server is."""

    def __init__(self, app: Any) -> None:
        self.app = app
        # Said here and nowhere else, so that real people's figures are never served without what follows.
        sign_in.SERVED.by_our_server = True

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        if path != HEALTH and not front.is_our_name(headers.get("host", "")):
            await _refuse_host(scope, receive, send)
            return
        if scope["type"] == "websocket":
            if front.is_our_page(headers.get("origin"), headers.get("host", "")):
                await self.app(scope, receive, send)
            else:
                await _refuse_connection(receive, send)
            return
        sender = _Sender(send, scope, headers)
        if path == f"/{PAGES[0].address}":
            # The front page's address is `/`; by its name it would not be found.
            query = scope["query_string"].decode("latin-1")
            await _answer(sender, 307, {"location": f"/?{query}" if query else "/"})
            return
        ours = path in ADDRESSES or (path.startswith(OF_THE_SERVER) and not path.startswith(NOT_OURS))
        if not ours:
            await _answer(sender, 404, HTML, NOT_FOUND)
            return
        if path == "/auth/logout":
            front.end_sign_in(headers)
        # Without this a page would come packed, and could not be added to; and a file in parts, which cannot be told.
        scope = scope | {"headers": [pair for pair in scope["headers"] if not _is_left_out(path, pair[0])]}
        await self.app(scope, receive, sender)


def _is_left_out(path: str, header: bytes) -> bool:
    if path.startswith(MEDIA):
        return header in (b"accept-encoding", b"range")
    return header == b"accept-encoding" and not path.startswith(("/static/", "/_stcore/"))


class _Sender:
    """Sends one answer, held back until it is whole where it is a page or a file."""

    def __init__(self, send: Any, scope: dict[str, Any], request: Headers) -> None:
        self.send = send
        self.path = scope["path"]
        self.query = scope["query_string"].decode("latin-1")
        self.method = scope["method"]
        self.request = request
        self.start: dict[str, Any] | None = None
        self.body = b""

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = message | {"headers": self._headers(message["headers"])}
            if self._is_page(message) or self.path.startswith(MEDIA):
                self.start = message
                return
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            start, self.start = self.start, None
            status, headers, body = self._whole(start)
            kept = [pair for pair in headers if pair[0].lower() != b"content-length"]
            length = (b"content-length", str(len(body)).encode())
            await self.send(start | {"status": status, "headers": [*kept, length]})
            message = {"type": "http.response.body", "body": body}
        await self.send(message)

    def _is_page(self, message: dict[str, Any]) -> bool:
        return dict(message["headers"]).get(b"content-type", b"").startswith(b"text/html")

    def _whole(self, start: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Return the status, headers and body of a page or file, now that all of it is there."""
        if not self.path.startswith(MEDIA):
            return start["status"], start["headers"], self.body.replace(b"<head>", WHERE, 1)
        is_file = b"content-disposition" in {name.lower() for name, _ in start["headers"]}
        taken = is_file and self.method == "GET" and not self._is_look()
        if start["status"] != 200 or front.may_have(self.request, self.body, is_file=is_file, taken=taken):
            return start["status"], start["headers"], self.body if taken or not is_file else b""
        left = (b"content-disposition", b"content-type")
        kept = [pair for pair in start["headers"] if pair[0].lower() not in left]
        return 403, [*kept, (b"content-type", HTML["content-type"].encode())], NOT_YOURS

    def _is_look(self) -> bool:
        """Return whether a script on the page asks, as Streamlit's does to see that each file it offers is there.

        It gets no content, so it makes no line; following the link, as a person does, is asked for another way.
        """
        return self.request.get("sec-fetch-mode") == "cors"

    def _headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        added = dict(HEADERS)
        if front.is_https():
            added["strict-transport-security"] = STRICT_TRANSPORT
        if not self.path.startswith(KEPT):
            added["cache-control"] = "no-store"
        kept = [(name, text) for name, text in given if name.decode().lower() not in added]
        kept = [(name, self._changed(name.lower(), text)) for name, text in kept]
        made = [(name.encode(), text.encode()) for name, text in added.items()]
        return [*kept, *made, *self._return_cookie()]

    def _changed(self, name: bytes, text: bytes) -> bytes:
        if name == b"set-cookie":
            return front.cookie(text.decode("latin-1")).encode("latin-1")
        if name == b"location" and self.path == "/oauth2callback" and text == b"/":
            return front.address_to_return_to(self.request, ADDRESSES).encode("latin-1")
        return text

    def _return_cookie(self) -> list[tuple[bytes, bytes]]:
        """Return the cookie that remembers the page that was opened, for after signing in; or forgets it then."""
        if self.path == "/oauth2callback":
            return [(b"set-cookie", front.forget_address().encode("latin-1"))]
        if self.path in ADDRESSES and self.method == "GET" and (kept := front.keep_address(self.path, self.query)):
            return [(b"set-cookie", kept.encode("latin-1"))]
        return []


async def _refuse_host(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await _refuse_connection(receive, send)
        return
    await _answer(_Sender(send, scope, Headers(scope=scope)), 421, HTML, NOT_HERE)


async def _refuse_connection(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


async def _answer(send: Any, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    sent = [(name.encode(), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


# What `st.navigation` sets when a script first calls it, set before anybody can ask for a page.
PagesManager.uses_pages_directory = False

app = st.App(ROOT / "app.py", middleware=[Middleware(Answers)])
