"""Where the browser for the tests is. As a program: print its path, first installing one if there is none."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

HELP = """No browser for the tests was found, and none could be installed. Any one of these mends it:
  - install Chromium with the system's packages, as Debian's: apt-get install chromium
  - let Playwright download its own, where that is allowed: .venv/bin/playwright install chromium
  - name one that is already there: PPO_BROWSER=/path/to/chromium make test"""


class NoBrowser(RuntimeError):
    """No browser is on this machine, or the one named by PPO_BROWSER cannot be run."""


def browser_path() -> Path:
    """Return the browser to drive: PPO_BROWSER, else Chromium or Chrome on PATH, else Playwright's download.

    Raises NoBrowser, saying how to mend it, when there is none.
    """
    named = os.environ.get("PPO_BROWSER")
    if named:
        found = shutil.which(named)
        if found is None:
            raise NoBrowser(f"PPO_BROWSER must name a program that can be run, got: {named}")
        return Path(found)
    for path in _candidates():
        return path
    raise NoBrowser(HELP)


def _candidates() -> Iterator[Path]:
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)
    downloaded = _downloaded_by_playwright()
    if downloaded is not None:
        yield downloaded


def _downloaded_by_playwright() -> Path | None:
    """Return the browser that `playwright install chromium` left for this version of Playwright, if any."""
    asked = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    # In a process of its own: Playwright will not start twice in one that is already driving a browser.
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60)
    path = Path(answer.stdout.strip())
    return path if path.is_file() and os.access(path, os.X_OK) else None


def install_browser() -> None:
    """Try each way to get a browser until one is found, saying on standard error what was tried."""
    for commands in _ways_to_install():
        for command in commands:
            print(f"No browser for the tests: trying `{shlex.join(command)}`", file=sys.stderr, flush=True)
            try:
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=300, check=True)
            except (OSError, subprocess.SubprocessError) as problem:
                print(f"  That did not work: {problem}", file=sys.stderr, flush=True)
                break
        try:
            browser_path()
        except NoBrowser:
            continue
        return


def _ways_to_install() -> Iterator[list[list[str]]]:
    """Give each way as its commands in order: the least surprising first, a system package by sudo last."""
    root = os.geteuid() == 0
    apt = shutil.which("apt-get") is not None
    if apt and root:
        yield _apt_install([])
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if apt and not root and shutil.which("sudo") is not None:
        yield _apt_install(["sudo", "-n"])


def _apt_install(prefix: list[str]) -> list[list[str]]:
    install = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qy", "chromium"]
    return [[*prefix, "apt-get", "update", "-q"], [*prefix, *install]]


def main() -> int:
    try:
        browser_path()
    except NoBrowser:
        if "PPO_BROWSER" not in os.environ:
            install_browser()
    try:
        print(browser_path())
    except NoBrowser as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
