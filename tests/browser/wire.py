"""A hostile client: the dashboard's own protocol over a plain connection, without a browser and its manners."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60


@dataclass
class Wire:
    """One connection, with what the server says over it."""

    connection: ClientConnection
    session: str = ""

    def run(self, query: str = "", page: str = "", widgets: bytes = b"") -> str:
        """Ask for a run of the script, and return everything that came of it as text."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        self.connection.send(asked.SerializeToString())
        return "".join(self._until_finished())

    def _until_finished(self) -> Iterator[str]:
        while True:
            said = ForwardMsg()
            said.ParseFromString(self.connection.recv(timeout=PATIENCE))
            kind = said.WhichOneof("type")
            if kind == "new_session":
                self.session = said.new_session.initialize.session_id
            yield str(said)
            if kind == "script_finished":
                return


@contextmanager
def open_wire(
    address: str, cookies: dict[str, str], session: str = "", origin: str | None = None, host: str | None = None
) -> Iterator[Wire]:
    """Connect as a browser at the address would; or with another's session, from another site, by another name."""
    cookies = dict(cookies)
    if "_streamlit_xsrf" not in cookies:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE) as answer:  # noqa: S310  our own
            for text in answer.headers.get_all("set-cookie") or []:
                name, _, value = text.split(";")[0].partition("=")
                cookies.setdefault(name, value)
    there = urlsplit(address)
    protocols = ["streamlit", cookies.get("_streamlit_xsrf", "none"), *([session] if session else [])]
    # The name stands in the address, and so in the Host header; the connection is made to this machine all the same.
    with connect(
        f"ws://{host or there.hostname}:{there.port}/_stcore/stream",
        sock=socket.create_connection((there.hostname or "", there.port or 0), timeout=PATIENCE),
        origin=Origin(origin or address),
        subprotocols=[Subprotocol(each) for each in protocols],
        additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        max_size=None,
        open_timeout=PATIENCE,
        proxy=None,
    ) as connection:
        yield Wire(connection)
