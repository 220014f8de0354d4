"""What a browser waits for after a click: `python -m benchmarks.browser --build FOLDER [--rounds N]`.

From the click on a choice until the last chart is painted, beside the same on `benchmarks/bare.py`: a Streamlit page
of one choice and one chart. A choice is made for the first time in the life of a server, then again when the server
has answered it before; both are shown, the second is judged, since people go back and forth. A choice that changes
every chart of a page is set beside a bare page with as many as well. Needs Chromium, as `make test` finds it.

The page's own clock is read: a chart is painted at the second animation frame after the last change within one. A run
ends when the script has ended and nothing has changed for a while, which does not count.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.pairs import Bar, Taken, arguments, compared, say
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

    `whole` where the choice changes every chart of the page, and not one alone.
    """

    path: str
    title: str
    options: tuple[str, ...]
    whole: bool = False


BARE = Asked("", "Choice", ("first", "second", "third", "fourth", "fifth"))
OURS = {
    "caseload": Asked("caseload?view_as=Analyst", "Break down by", ("Age", "Sex", "Strand")),
    "re-offending": Asked("reoffending?view_as=Analyst", "Break down by", ("Age", "Sex", "Strand")),
    "re-offending, another year": Asked(
        "reoffending?view_as=Analyst", "Year, April to March", ("Latest final year", "2008/09", "2007/08"), whole=True
    ),
    "time to re-offence": Asked(
        "time-to-reoffence?view_as=Analyst", "Break down by", ("On a PPO scheme", "Sex", "Strand")
    ),
}
CLICK = tuple(Bar(name, f"bare beside {name}", most=1.5) for name in OURS)
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
    """Choose something, and return the seconds from the click to the last chart's painting."""
    open_list(page.get_by_role("combobox", name=asked.title))
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)
    return page.evaluate("(seen.painted - seen.begun) / 1000")


def round_trip(browser: Browser, address: str, asked: Asked, rounds: int) -> list[float]:
    """Return the seconds of every choice but the page's first, in turn, as often as asked."""
    with opened(browser) as page:
        page.goto(f"{address}/{asked.path}")
        settled(page)
        return [click(page, asked, asked.options[(n + 1) % len(asked.options)]) for n in range(rounds)]


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
    """Return clock seconds as what was taken: a browser and a server share the processors, which are not told apart."""
    return [Taken(each, each) for each in seconds]


def measured(browser: Browser, ours: str, bare: str, rounds: int) -> None:
    """Print the line of bar 12."""
    first: dict[str, list[Taken]] = {}
    again: dict[str, list[Taken]] = {}
    for name, asked in OURS.items():
        once = len(asked.options) - 1
        first[name] = taken(round_trip(browser, ours, asked, once))
        first[f"bare beside {name}"] = taken(round_trip(browser, bare, BARE, once))
        beside = {name: (ours, asked), f"bare beside {name}": (bare, BARE)}
        if asked.whole:
            as_many = replace(BARE, path=f"?charts={charts(browser, ours, asked)}")
            beside[AS_MANY(name)] = (bare, as_many)
        again |= in_turn(browser, beside, rounds)
    said = {"rounds": rounds, "milliseconds": middle(again)}
    firsts = [{**compared(first, Bar(bar.of, bar.to)), "of": f"{bar.of}, asked for the first time"} for bar in CLICK]
    judged = [compared(again, bar) for bar in CLICK + AS_MANY_CHARTS]
    say({"bar": "12", "work": "from a click on a choice to charts painted", "ratios": judged + firsts, **said})


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
