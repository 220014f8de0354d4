"""The pictures of the README: `python -m tests.browser.screenshots` builds the sample world and takes them again.

One of every page in the menu, as somebody whom it is for would see it, and one in the dark.
"""

import io
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import sync_playwright

from dashboard.navigation import PAGES, Entry
from etl.build import build
from tests.browser.conftest import whole
from tests.browser.serving import ROOT, server
from tests.find_browser import browser_path
from tests.sample_builds import SAMPLE

SCHEME = "Northumbria scheme 1"
SEEN_BY = {
    "board": {},
    "returns": {"view_as": f"Manager of {SCHEME}", "scheme": SCHEME},
    "explore": {"view_as": "Analyst"},
    "about": {"view_as": "Analyst"},
}
"""Who looks at the pages of each section, and with which filters, as the address has them."""

SET_TO = {
    "cohort": [
        ("measure", "reoffending_rate"), ("split", "index_event"), ("a", "ppo:yes"), ("a", "age_band:18-20|21-24"),
        ("a_time", "all"),
    ],
    "time-to-reoffence": [("period", "2009/10")],
}  # fmt: skip
"""What else a page's address asks for, by the page's own."""

DARK = "justice"
WIDTH, HEIGHT, COLOURS = 1366, 900, 48


def take(folder: Path) -> list[Path]:
    """Take every picture into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        builds = Path(work) / "builds"
        build(SAMPLE, builds, identity=Path(work) / "identity")
        browser = playwright.chromium.launch(executable_path=str(browser_path()), args=["--no-sandbox"])
        with server(builds, Path(work) / "log") as address:
            taken = [_take(browser, address, folder / f"{entry.address}.png", entry, "light") for entry in PAGES]
            dark = next(entry for entry in PAGES if entry.address == DARK)
            taken.append(_take(browser, address, folder / f"{DARK}-dark.png", dark, "dark"))
        browser.close()
    return taken


def _take(browser, address: str, path: Path, entry: Entry, scheme: str) -> Path:
    context = browser.new_context(color_scheme=scheme, viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    where = "" if entry is PAGES[0] else entry.address
    asked = [*SEEN_BY[entry.script.split("/")[1]].items(), *SET_TO.get(entry.address, [])]
    page.goto(f"{address}/{where}?{urlencode(asked)}")
    whole(page)
    # Few colours: a page has no more, and the pictures stay small.
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    context.close()
    return path


if __name__ == "__main__":
    for picture in take(ROOT / "docs" / "screenshots"):
        print(picture.relative_to(ROOT))  # noqa: T201  a command
