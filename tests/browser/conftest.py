"""A real browser on a real server that serves the sample world."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.browser.serving import server
from tests.find_browser import browser_path
from tests.sample_builds import builds as builds  # a fixture

# Two cores shared with others: a first page may take long, and a right one never needs it.
PATIENCE = 60_000
DARK = "rgb(18, 22, 27)"
"""The dark theme's background, as .streamlit/config.toml has it."""

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server that all tests of one worker share."""
    with server(builds, tmp_path_factory.mktemp("server") / "log") as served:
        yield served


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return the machine's own browser: nothing is downloaded, and no other machine has a name that it can find."""
    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    started = playwright.chromium.launch(executable_path=str(browser_path()), args=["--no-sandbox", alone])
    yield started
    started.close()


@dataclass
class Watched:
    """A browser's page with what it logged and whom it asked."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        """Open an address and wait until the page is whole."""
        self.page.goto(url)
        whole(self.page)
        return self.page


def whole(page: Page) -> None:
    """Wait until the script has run, nothing is still a placeholder, and every chart is drawn."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("h1").or_(page.locator(".notice")).first).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-testid*=keleton]")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-testid=stVegaLiteChart]:not(:has(svg.marks))")).to_have_count(0, timeout=PATIENCE)


def open_list(box: Locator) -> None:
    """Open the list of a box, wherever on the page it is: a list closes when the page is scrolled beneath it."""
    box.scroll_into_view_if_needed()
    box.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box.click()


FOCUSED = "each => each === document.activeElement || each.contains(document.activeElement)"
FAR = 80
"""More presses of Tab than lead from the head of a page to anything that these tests look for."""


def tab_to(place: Locator, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab to go back, until a part of the page has the focus, as somebody does without a mouse."""
    expect(place).to_be_visible()
    passed = []
    while not place.evaluate(FOCUSED):
        passed.append(place.page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel"))
        assert len(passed) < FAR, f"{key} does not lead to {place}, but past: {passed}"
        place.page.keyboard.press(key)


def in_the_dark(page: Page) -> None:
    """Turn the machine to its dark theme, as it turns in the evening, and wait until the page has followed."""
    page.emulate_media(color_scheme="dark")
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", DARK)
    # A function, which is read once: our own policy forbids the page to read it again, as it is where it has to wait.
    page.wait_for_function("() => document.getAnimations().every(each => each.playState !== 'running')")


def watch(context: BrowserContext) -> Watched:
    """Return a new page of a browser, with everything that it logs and asks for noted."""
    watched = Watched(context.new_page())
    watched.page.on("console", lambda said: watched.errors.append(said.text) if said.type == "error" else None)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    watched.page.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("websocket", lambda opened: watched.requests.append(opened.url))
    return watched


def answers(url: str) -> bool:
    """Return whether anybody listens where an address leads to."""
    place = urlsplit(url)
    try:
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=5):
            return True
    except OSError:
        return False


class Tab:
    """A tab that tests use one after another, each as if nobody had been there: a new one costs twice as much."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context()
        self._watched = watch(self._context)

    def fresh(self, width: int, height: int, scheme: Literal["light", "dark"]) -> Watched:
        """Return the tab as a browser opens one that has never been here."""
        page = self._watched.page
        if page.url.startswith("http"):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            if not answers(page.url):
                # It would go on asking a server that has ended, and what it says of that would be the next test's.
                page.goto("about:blank")
        self._context.clear_cookies()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media="null", color_scheme=scheme)
        self._watched.errors.clear()
        self._watched.requests.clear()
        return self._watched


class Fresh(Protocol):
    """What gives a test a tab in which nobody has been."""

    def __call__(
        self,
        width: int = 1280,
        height: int = 1600,
        scheme: Literal["light", "dark"] = "light",
        another: bool = False,
    ) -> Watched: ...


@pytest.fixture(scope="session")
def fresh(browser: Browser) -> Fresh:
    """Return what gives a tab of a width and height, in a theme.

    `another` gives that of a browser which knows nothing of the test's first.
    """
    tabs: dict[bool, Tab] = {}

    def give(
        width: int = 1280,
        height: int = 1600,
        scheme: Literal["light", "dark"] = "light",
        another: bool = False,
    ) -> Watched:
        if another not in tabs:
            tabs[another] = Tab(browser)
        return tabs[another].fresh(width, height, scheme)

    return give


@pytest.fixture
def watched(fresh: Fresh) -> Watched:
    """Return a tab of a browser that has never been here."""
    return fresh()
