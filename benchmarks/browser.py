"""What a browser waits for after a click: `python -m benchmarks.browser --build FOLDER [--rounds N]`.

From the click on a choice until the last chart is painted, beside the same on `benchmarks/bare.py`: a Streamlit page
of one choice and one chart. A choice is made for the first time in the life of a server, then again when the server
has answered it before; each is judged, and each takes turns with the bare page's. There are as many first times as a
choice has other options. A choice that changes every chart of a page is set beside a bare page with as many as well.
How long the server alone takes for a choice that it has answered before, asked over its own protocol with no browser,
is said beside: the rest is the browser's. Needs Chromium, as `make test` finds it.

The page's own clock is read: a chart is painted at the second animation frame after the last change within one. A run
ends when the script has ended and nothing has changed for a while, which does not count.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.pairs import Bar, Taken, arguments, compared, say
from benchmarks.people import arrive
from tests.browser.conftest import open_list
from tests.browser.serving import server
from tests.find_browser import browser_path

QUIET = 500
"""Milliseconds without a change after which a page is taken to be whole."""

WATCH = """
() => {
  const seen = { begun: 0, painted: 0, first: 0, changed: 0 };
  window.seen = seen;
  const chart = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[data-testid=stVegaLiteChart]");
  const paint = (note) => requestAnimationFrame(() => requestAnimationFrame(() => note(performance.now())));
  addEventListener("click", () => { seen.begun = performance.now(); }, { capture: true });
  new MutationObserver((changes) => {
    seen.changed = performance.now();
    if (!changes.some((change) => chart(change.target))) return;
    paint((now) => { seen.painted = now; });
    if (!seen.first && document.querySelector("[data-testid=stVegaLiteChart] svg.marks path")) {
      seen.first = -1;
      paint((now) => { seen.first = now; });
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""
WHOLE = """
(quiet) => document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  && seen.first > 0 && seen.painted > seen.begun && performance.now() - seen.changed > quiet
"""
"""A page on which something was clicked and then painted, or which was opened, and where nothing happens any more."""


@dataclass(frozen=True)
class Asked:
    """A page, the title of a choice on it, and what is chosen: the first is what the page begins with.

    `whole` where the choice changes every chart of the page, and not one alone. All have as many options, so that a
    round of ours is beside a chart of the bare page of about the same size.
    """

    path: str
    title: str
    options: tuple[str, ...]
    whole: bool = False


BARE = Asked("", "Choice", ("first", "second", "third", "fourth", "fifth", "sixth"))
GROUPS = ("Sex", "Strand", "Statutory", "In custody or the community", "Ethnicity (observed by police)")
YEARS = ("2008/09", "2007/08", "2006/07", "2005/06", "2004/05")
"""Years in which there were schemes: others have no chart to paint."""
OURS = {
    "caseload": Asked("caseload?view_as=Analyst", "Break down by", ("Age", *GROUPS)),
    "re-offending": Asked("reoffending?view_as=Analyst", "Break down by", ("Age", *GROUPS)),
    "re-offending, another year": Asked(
        "reoffending?view_as=Analyst", "Year, April to March", ("Latest final year", *YEARS), whole=True
    ),
    "time to re-offence": Asked("time-to-reoffence?view_as=Analyst", "Break down by", ("On a PPO scheme", *GROUPS)),
}
MOST = 1.5
CLICK = tuple(Bar(name, f"bare beside {name}", most=MOST) for name in OURS)
AS_MANY = "bare with as many charts beside {}".format
AS_MANY_CHARTS = tuple(Bar(name, AS_MANY(name)) for name, asked in OURS.items() if asked.whole)
CHART = "[data-testid=stVegaLiteChart]"


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """Give a page of a browser that has never been anywhere, with its clock running."""
    context: BrowserContext = browser.new_context(viewport={"width": 1366, "height": 900})
    context.add_init_script(f"({WATCH})()")
    try:
        yield context.new_page()
    finally:
        context.close()


def settled(page: Page) -> None:
    """Wait until a page is whole."""
    page.wait_for_function(WHOLE, arg=QUIET, timeout=120_000)


def click(page: Page, asked: Asked, option: str) -> float:
    """Choose something, and return the seconds from the click to the last chart's painting.

    Raises RuntimeError naming what was chosen where no chart follows: a small world has too few people for some.
    """
    open_list(page.get_by_role("combobox", name=asked.title))
    page.get_by_role("option", name=option, exact=True).click()
    try:
        settled(page)
    except PlaywrightTimeout:
        raise RuntimeError(
            f"No chart was painted after {option} was chosen on {asked.path or 'the bare page'}"
        ) from None
    return page.evaluate("(seen.painted - seen.begun) / 1000")


def charts(browser: Browser, address: str, asked: Asked) -> int:
    """Return how many charts a page has."""
    with opened(browser) as page:
        page.goto(f"{address}/{asked.path}")
        settled(page)
        return page.locator(CHART).count()


def in_turn(browser: Browser, cases: dict[str, tuple[str, Asked]], rounds: int) -> dict[str, list[Taken]]:
    """Return what every case's choice took in each round, with all their pages open and each in turn.

    A case is the address of a server and what is asked of it.
    """
    with ExitStack() as stack:
        pages = {name: stack.enter_context(opened(browser)) for name in cases}
        for name, (address, asked) in cases.items():
            pages[name].goto(f"{address}/{asked.path}")
            settled(pages[name])
        found: dict[str, list[float]] = {name: [] for name in cases}
        for n in range(1, rounds + 1):
            for name, (_, asked) in cases.items():
                found[name].append(click(pages[name], asked, asked.options[n % len(asked.options)]))
    return {name: taken(seconds) for name, seconds in found.items()}


def taken(seconds: list[float]) -> list[Taken]:
    """Return clock seconds as what was taken: a browser and a server share the processors, which nobody read."""
    return [Taken(each) for each in seconds]


async def by_the_server(address: str, asked: Asked, rounds: int) -> list[float]:
    """Return the seconds from asking for each choice in turn to the end of the run that answers it, with no browser."""
    path = asked.path.partition("?")[0]
    person, found = await arrive(address, 0, (path, asked.title)), []
    for n in range(1, rounds + 1):
        began = time.perf_counter()
        await person.run(asked.options[n % len(asked.options)])
        found.append(time.perf_counter() - began)
    await person.connection.close()
    return found


def server_alone(address: str, rounds: int) -> dict[str, list[Taken]]:
    """Return what every choice of ours takes the server. In a thread: the browser's driver has the loop of this one."""
    with ThreadPoolExecutor(1) as apart:
        return {
            name: taken(apart.submit(asyncio.run, by_the_server(address, asked, rounds)).result())
            for name, asked in OURS.items()
        }


def measured(browser: Browser, ours: str, bare: str, rounds: int) -> None:
    """Print the line of bar 12."""
    first: dict[str, list[Taken]] = {}
    again: dict[str, list[Taken]] = {}
    for name, asked in OURS.items():
        beside = {name: (ours, asked), f"bare beside {name}": (bare, BARE)}
        if asked.whole:
            as_many = replace(BARE, path=f"?charts={charts(browser, ours, asked)}")
            beside[AS_MANY(name)] = (bare, as_many)
        # As often as there is something that the server was never asked; the page begins with the first option.
        first |= in_turn(browser, beside, len(asked.options) - 1)
        again |= in_turn(browser, beside, rounds)
    bars = CLICK + AS_MANY_CHARTS
    firsts = [{**compared(first, bar), "of": f"{bar.of}, asked for the first time"} for bar in bars]
    say(
        {
            "bar": "12",
            "work": "from a click on a choice to charts painted",
            "ratios": [compared(again, bar) for bar in bars] + firsts,
            "rounds": rounds,
            "rounds of first times": len(BARE.options) - 1,
            "milliseconds": middle(again),
            "milliseconds, asked for the first time": middle(first),
            "milliseconds of the server alone": middle(server_alone(ours, rounds)),
        }
    )


def middle(runs: dict[str, list[Taken]]) -> dict[str, int]:
    """Return the middle run of each case in milliseconds."""
    return {name: round(1000 * sorted(run.wall for run in found)[len(found) // 2]) for name, found in runs.items()}


@contextmanager
def both(build: Path) -> Iterator[tuple[Browser, str, str]]:
    """Serve the dashboard on a build, and the bare page beside it; give a browser and the two addresses."""
    builds = build.resolve().parent
    with TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(browser_path()), args=["--no-sandbox"])
        logs = Path(work)
        with (
            server(builds, logs / "ours") as ours,
            server(builds, logs / "bare", script="benchmarks/bare.py") as bare,
        ):
            yield browser, ours, bare
        browser.close()


def main() -> None:
    """Print the line of bar 12."""
    given = arguments(__doc__).parse_args()
    with both(given.build) as (browser, ours, bare):
        measured(browser, ours, bare, given.rounds)


if __name__ == "__main__":
    main()
