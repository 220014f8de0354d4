"""A real browser on a real server that serves the sample world."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

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
    """Return the machine's own browser: nothing is downloaded."""
    started = playwright.chromium.launch(executable_path=str(browser_path()), args=["--no-sandbox"])
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


def in_the_dark(page: Page) -> None:
    """Turn the machine to its dark theme, as it turns in the evening, and wait until the page has followed."""
    page.emulate_media(color_scheme="dark")
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", DARK)
    page.wait_for_function("document.getAnimations().every(each => each.playState !== 'running')")


def watch(context: BrowserContext) -> Watched:
    """Return a new page of a browser, with everything that it logs and asks for noted."""
    watched = Watched(context.new_page())
    watched.page.on("console", lambda said: watched.errors.append(said.text) if said.type == "error" else None)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    watched.page.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("websocket", lambda opened: watched.requests.append(opened.url))
    return watched


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Return a page of a browser that has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    yield watch(context)
    context.close()
