"""What axe-core finds on a page by every rule that it has, its advice too, without what is known of Streamlit's."""

import tomllib
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import in_the_dark

FAULTS: list[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("streamlit_faults.toml").read_text(encoding="utf-8")
)["fault"]
ADVICE = "best-practice"


def found_on(page: Page, opened: str = "") -> tuple[list[tuple[str, str]], set[str]]:
    """Return what is wrong on a page as pairs of a rule and an element, and the rules of Streamlit's known faults met.

    `opened` is the part of Streamlit's that is open, by its name in the list of its faults: without one there are no
    exceptions. A fault of WCAG is never one.
    """
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    wrong, known = [], set()
    for violation in Axe().run(page).response["violations"]:
        for node in violation["nodes"]:
            if any(_is(page, fault, violation, node) for fault in FAULTS if fault["opened"] == opened):
                known.add(violation["id"])
            else:
                wrong.append((violation["id"], node["html"][:200]))
    return wrong, known


def barriers(page: Page) -> list[tuple[str, str]]:
    """Return what is wrong on a page of which no part is open: pairs of a rule and an element."""
    return found_on(page)[0]


def barriers_in_both_themes(page: Page) -> dict[str, list[tuple[str, str]]]:
    """Return what is wrong on a page that is open in the light, there and in the dark. It is left in the dark."""
    found = {"light": barriers(page)}
    in_the_dark(page)
    return found | {"dark": barriers(page)}


def _is(page: Page, fault: dict[str, str], violation: dict[str, Any], node: dict[str, Any]) -> bool:
    if fault["rule"] != violation["id"] or ADVICE not in violation["tags"]:
        return False
    return page.locator(node["target"][0]).first.evaluate("(each, part) => each.matches(part)", fault["part"])
