"""The pictures of the README: `python -m tests.browser.screenshots` builds the sample world and takes them again."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from etl.build import build
from tests.browser.conftest import ROOT, server, whole
from tests.find_browser import browser_path
from tests.sample_builds import SAMPLE

PICTURES = {
    "overview": ("/", "light", 1280, 1120),
    "reoffending": ("/reoffending", "light", 1280, 1120),
    "justice-dark": ("/justice?view_as=Analyst", "dark", 1280, 1120),
    "cohort": (
        "/cohort?view_as=Analyst&measure=reoffending_rate&split=index_event&a=ppo:yes&a=age_band:18-20|21-24&a_time=all",
        "light",
        1280,
        1500,
    ),
    "time-to-reoffence": ("/time-to-reoffence?view_as=Analyst&period=2009/10", "light", 1280, 1120),
    "scheme-profile": ("/scheme-profile?view_as=Analyst&scheme=Northumbria+scheme+1", "light", 1280, 1000),
}
"""Each by its name: the address, light or dark, and the size of the window in points."""


def take(folder: Path) -> list[Path]:
    """Take every picture into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        builds = Path(work) / "builds"
        build(SAMPLE, builds, identity=Path(work) / "identity")
        browser = playwright.chromium.launch(executable_path=str(browser_path()), args=["--no-sandbox"])
        with server(builds, Path(work) / "log") as address:
            taken = [_take(browser, address, folder / f"{name}.png", *how) for name, how in PICTURES.items()]
        browser.close()
    return taken


def _take(browser, address: str, path: Path, where: str, scheme: str, width: int, height: int) -> Path:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address + where)
    whole(page)
    page.screenshot(path=path)
    context.close()
    return path


if __name__ == "__main__":
    for picture in take(ROOT / "docs" / "screenshots"):
        print(picture.relative_to(ROOT))  # noqa: T201  a command
