"""The server in front of the pages: what it answers to, what it lets go, and what it does to cookies and addresses."""

import asyncio
import importlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import streamlit as st
from starlette.datastructures import Headers
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard import front, offered, provider, server, sign_in
from dashboard.server import ADDRESSES, HEADERS, Answers
from queries import audit
from queries.scope import Viewer
from queries.store import opened
from tests.pages.sign_in import GOOD, claims, set_up

HOST = "ppo.example.test"
PEOPLE = '[[people]]\nwho = "ada"\nrole = "analyst"\n\n[[people]]\nwho = "ben"\nrole = "board"\n'
PAGE = b"<html><head></head></html>"


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set up sign-in, over https, for a folder that has no build: the server needs none."""
    monkeypatch.setenv("PPO_BUILDS", str(tmp_path / "builds"))
    set_up(monkeypatch, tmp_path, PEOPLE)
    monkeypatch.setattr(front, "get_cookie_secret", lambda: GOOD["cookie_secret"])
    return tmp_path / "builds"


def signed(user: dict, secret: str = GOOD["cookie_secret"], origin: str = f"https://{HOST}") -> str:
    """Return the cookie that the server would have set for somebody."""
    said = json.dumps(user | {"origin": origin})
    return f"_streamlit_user={create_signed_value(secret, '_streamlit_user', said).decode()}"


class Answer:
    """What came back: status, headers by name, all Set-Cookie headers, body."""

    def __init__(self, messages: list[dict]):
        self.status = messages[0].get("status")
        pairs = [(name.decode().lower(), text.decode()) for name, text in messages[0].get("headers", [])]
        self.headers = dict(pairs)
        self.cookies = [text for name, text in pairs if name == "set-cookie"]
        self.body = b"".join(message.get("body", b"") for message in messages[1:])
        self.messages = messages


def ask(
    path: str,
    *,
    answers: list[tuple[bytes, bytes]] | None = None,
    status: int = 200,
    body: bytes = PAGE,
    query: str = "",
    method: str = "GET",
    host: str = HOST,
    kind: str = "http",
    **headers: str,
) -> Answer:
    """Ask the server for something, with an application behind it that answers as it is told."""
    reached, sent = [], []

    async def behind(scope, receive, send):
        reached.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        given = [(b"content-type", b"text/html; charset=utf-8")] if answers is None else answers
        await send({"type": "http.response.start", "status": status, "headers": given})
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        await send({"type": "http.response.body", "body": body[3:]})

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    pairs = [(b"host", host.encode())] + [(n.replace("_", "-").encode(), t.encode()) for n, t in headers.items()]
    scope = {"type": kind, "path": path, "query_string": query.encode(), "method": method, "headers": pairs}
    # In a thread of its own: a browser test that ran before in this process keeps its event loop running.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, Answers(behind)(scope, receive, send)).result()
    found = Answer(sent)
    found.reached = reached
    return found


@pytest.mark.parametrize("path", ["/", "/justice", "/nowhere", "/static/main.js", "/_stcore/health", "/media/x.zip"])
def test_every_answer_has_the_security_headers(builds, path):
    answer = ask(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "microphone=()" in answer.headers["permissions-policy"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers.get("cache-control") == (None if path.startswith("/static/") else "no-store")
    assert "'unsafe-eval'" not in HEADERS["content-security-policy"]
    assert "frame-ancestors 'none'" in HEADERS["content-security-policy"]


def test_no_strict_transport_where_the_service_is_not_known_by_https(builds, monkeypatch):
    monkeypatch.setattr(provider, "section", lambda: GOOD | {"redirect_uri": "http://127.0.0.1:8501/oauth2callback"})
    assert "strict-transport-security" not in ask("/", host="127.0.0.1:8501").headers


@pytest.mark.parametrize("host", ["evil.example.test", "ppo.example.test.evil.test", "127.0.0.1", "", f"{HOST}:8443"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_another_name_for_the_service_is_not_answered(builds, host, kind):
    answer = ask("/", host=host, kind=kind)
    assert answer.reached == []
    if kind == "http":
        assert answer.status == 421
    else:
        assert answer.messages == [{"type": "websocket.close", "code": 1008}]


OTHER_SITES = {
    "another site": "https://evil.example.test",
    "another port of the machine": f"https://{HOST}:8443",
    "the same name in the clear": f"http://{HOST}",
    "this machine": "http://localhost:8501",
    "an address of this machine": "http://127.0.0.1:8501",
    "a frame without a site": "null",
    "a name that begins alike": f"https://{HOST}.evil.example.test",
    "nothing": "",
}


@pytest.mark.parametrize("site", OTHER_SITES)
def test_a_connection_from_another_sites_page_gets_nowhere(builds, site):
    """Not even as far as Streamlit, which trusts every port of this machine, and asks the internet where it stands."""
    answer = ask("/_stcore/stream", kind="websocket", origin=OTHER_SITES[site])
    assert answer.reached == []
    assert answer.messages == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("site", ["https://evil.example.test", "http://localhost:3000", "null"])
def test_the_demonstration_takes_no_connection_from_another_sites_page_either(builds, monkeypatch, site):
    monkeypatch.setattr(provider, "section", dict)
    assert ask("/_stcore/stream", kind="websocket", host="localhost:8501", origin=site).reached == []
    assert ask("/_stcore/stream", kind="websocket", host="localhost:8501", origin="http://localhost:8501").reached


def test_its_own_pages_and_what_is_no_browser_may_connect(builds):
    assert ask("/_stcore/stream", kind="websocket", origin=f"https://{HOST}").reached
    assert ask("/_stcore/stream", kind="websocket", origin=f"https://{HOST}".upper()).reached
    assert ask("/_stcore/stream", kind="websocket").reached


def test_its_own_name_and_its_health_are_answered(builds):
    assert ask("/", kind="websocket").reached
    assert ask("/", host=HOST.upper()).reached
    assert ask("/_stcore/health", host="10.0.0.1").reached


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/metrics",
        "/_stcore/upload_file/a-session/a-file",
        "/app/static/x",
        "/pages/board/justice.py",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_what_nobody_needs_is_not_there(builds, path, method):
    answer = ask(path, method=method)
    assert answer.status == 404
    assert answer.reached == []


def test_streamlits_cookies_are_as_short_lived_as_a_sign_in_and_over_https_alone(builds, tmp_path):
    given = [
        (b"set-cookie", b"_streamlit_user=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
        (b"set-cookie", b"_streamlit_user_1=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
        (b"set-cookie", b"_streamlit_user_tokens=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
        (b"set-cookie", b"_streamlit_xsrf=x; Path=/; SameSite=lax"),
    ]
    (tmp_path / "access.toml").write_text("[sign_in]\nmax_hours = 2\n" + PEOPLE)
    cookies = ask("/oauth2callback", answers=[*given, (b"location", b"/")], status=302, body=b"").cookies
    assert cookies[:3] == [
        f"{name}=x; HttpOnly; Max-Age=7200; Path=/; SameSite=lax; Secure"
        for name in ("_streamlit_user", "_streamlit_user_1", "_streamlit_user_tokens")
    ]
    assert cookies[3].endswith("; Secure")


def returned(address: str) -> str:
    answers = [(b"location", b"/")]
    cookie = f"{front.RETURN}={quote(address, safe='')}"
    answer = ask("/oauth2callback", answers=answers, status=302, body=b"", cookie=cookie)
    assert any(each.startswith(f"{front.RETURN}=;") and "Max-Age=0" in each for each in answer.cookies)
    return answer.headers["location"]


def test_the_page_that_was_opened_is_remembered_until_somebody_has_signed_in(builds):
    (kept,) = ask("/justice", query="people=Everyone&scheme=A%20B").cookies
    assert kept.startswith(f"{front.RETURN}=")
    assert all(part in kept for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=1800"))
    value = kept.split("=", 1)[1].split(";")[0]
    answer = ask(
        "/oauth2callback",
        answers=[(b"location", b"/")],
        status=302,
        body=b"",
        cookie=f"{front.RETURN}={value}",
    )
    assert answer.headers["location"] == "/justice?people=Everyone&scheme=A%20B"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.test/",
        "//evil.example.test/justice",
        "/\\evil.example.test",
        "/justice@evil.example.test",
        "/nowhere",
        "/auth/logout",
        "/justice?x=1\r\nset-cookie: a=b",
        "/justice?x=1 2",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(builds, address):
    assert returned(address) == "/"


@pytest.mark.parametrize("query", ["x" * 3000])
def test_an_address_too_long_to_keep_is_not_kept(builds, query):
    assert ask("/justice", query=query).cookies == []


FILE = [
    (b"content-type", b"application/zip"),
    (b"content-disposition", b'attachment; filename="a.zip"'),
    (b"content-length", b"9"),
]


def lines(builds: Path) -> list[tuple[str, str, dict]]:
    with opened(builds) as store:
        return [
            (line["event"], line["who"], line["about"]) for line in audit.lines(store) if line["event"] != "sign_in"
        ]


def test_a_file_goes_to_whom_it_was_offered_with_a_line(builds):
    offered.note(b"file one.", "one.zip", frozenset({"S1"}), Viewer.analyst("ada"))
    answer = ask("/media/1.zip", answers=FILE, body=b"file one.", cookie=signed(claims("ada")))
    assert (answer.status, answer.body) == (200, b"file one.")
    assert lines(builds) == [("download", "ada", {"file": "one.zip"})]


def test_a_look_whether_a_file_is_there_gets_nothing_and_makes_no_line(builds):
    offered.note(b"file two.", "two.zip", frozenset(), Viewer.analyst("ada"))
    answer = ask("/media/2.zip", answers=FILE, body=b"file two.", cookie=signed(claims("ada")), sec_fetch_mode="cors")
    assert (answer.status, answer.body) == (200, b"")
    assert lines(builds) == []


THIEVES = {
    "nobody": lambda: {},
    "somebody else": lambda: {"cookie": signed(claims("ben"))},
    "somebody unknown": lambda: {"cookie": signed(claims("eve"))},
    "signed by another secret": lambda: {"cookie": signed(claims("ada"), secret="x" * 32)},
    "for another service": lambda: {"cookie": signed(claims("ada"), origin="https://other.example.test")},
    "run out": lambda: {"cookie": signed(claims("ada", iat=int(time.time()) - 9 * 3600))},
    "changed": lambda: {"cookie": signed(claims("ada"))[:-3] + "abc"},
    "not a cookie": lambda: {"cookie": "_streamlit_user=ada"},
}


@pytest.mark.parametrize("thief", THIEVES)
@pytest.mark.parametrize("mode", ["navigate", "cors"])
def test_a_file_goes_to_nobody_else(builds, thief, mode):
    offered.note(b"secret 3.", "three.zip", frozenset(), Viewer.analyst("ada"))
    answer = ask("/media/3.zip", answers=FILE, body=b"secret 3.", sec_fetch_mode=mode, **THIEVES[thief]())
    assert answer.status == 403
    assert b"secret" not in answer.body
    assert "content-disposition" not in answer.headers
    assert not [line for line in lines(builds) if line[0] == "download"]


def test_the_line_of_a_file_is_about_the_schemes_that_it_was_offered_for(builds, tmp_path):
    """One file may be offered to many, for other schemes each: what is published is the same for all."""
    offered.note(b"shared 3a", "three.zip", frozenset({"S1"}), Viewer.manager("S1", subject="mo"))
    offered.note(b"shared 3a", "three.zip", frozenset({"S2"}), Viewer.analyst("ada"))
    assert ask("/media/3a.zip", answers=FILE, body=b"shared 3a", cookie=signed(claims("ada"))).status == 200
    with opened(builds) as store:
        assert [line["schemes"] for line in audit.lines(store) if line["event"] == "download"] == [["S2"]]


def test_asking_for_somebody_elses_file_leaves_a_line(builds):
    offered.note(b"secret 3b", "three.zip", frozenset(), Viewer.analyst("ada"))
    assert ask("/media/3b.zip", answers=FILE, body=b"secret 3b", cookie=signed(claims("ben"))).status == 403
    assert lines(builds) == [("denied", "ben", {"reason": "file_not_offered"})]


def test_a_file_is_not_given_to_somebody_whose_role_is_another_now(builds, tmp_path):
    offered.note(b"exact 4..", "four.zip", frozenset(), Viewer.analyst("ada"))
    (tmp_path / "access.toml").write_text(PEOPLE.replace("analyst", "board", 1))
    assert ask("/media/4.zip", answers=FILE, body=b"exact 4..", cookie=signed(claims("ada"))).status == 403


def test_no_part_of_a_file_can_be_asked_for(builds):
    offered.note(b"file five", "five.zip", frozenset(), Viewer.analyst("ada"))
    answer = ask("/media/5.zip", answers=FILE, body=b"file five", cookie=signed(claims("ada")), range="bytes=0-3")
    (scope,) = answer.reached
    assert "range" not in Headers(scope=scope)


def test_signing_out_by_its_address_ends_the_sign_in(builds):
    ada = claims("ada")
    offered.note(b"file six.", "six.zip", frozenset(), Viewer.analyst("ada"))
    assert ask("/media/6.zip", answers=FILE, body=b"file six.", cookie=signed(ada)).status == 200
    ask("/auth/logout", cookie=signed(ada))
    assert ask("/media/6.zip", answers=FILE, body=b"file six.", cookie=signed(ada)).status == 403
    assert [line[0] for line in lines(builds)] == ["download", "sign_out"]


def test_the_newest_offers_are_remembered(builds, monkeypatch):
    monkeypatch.setattr(offered, "MOST", 2)
    ada = Viewer.analyst("ada")
    for number in range(3):
        offered.note(f"file {number}".encode(), "x.zip", frozenset(), ada)
    assert [offered.offered(f"file {number}".encode(), ada) is not None for number in range(3)] == [False, True, True]


def test_pages_are_told_where_their_server_is(builds):
    answer = ask("/justice")
    assert b"BACKEND_BASE_URL" in answer.body
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "/justice" in ADDRESSES


def test_the_older_page_mode_is_off_before_anybody_asks(monkeypatch):
    """In it the scripts of `pages/` are pages, until some run of the front page says which pages there are."""
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    importlib.reload(server)
    assert PagesManager.uses_pages_directory is False


def test_only_this_server_says_that_it_serves(builds):
    sign_in.SERVED.by_our_server = False
    ask("/")
    assert sign_in.SERVED.by_our_server
    assert st.secrets is not None
