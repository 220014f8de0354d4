"""The menu: every script has its entry, and every address is one that can be sent."""

import tomllib
from itertools import groupby
from pathlib import Path

from dashboard.navigation import PAGES, in_menu, menu
from dashboard.style import SHEET
from queries.catalogue import measures
from queries.published import listed

ROOT = Path(__file__).parent.parent.parent
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))


def test_every_page_is_in_the_menu_and_every_entry_is_a_page():
    assert sorted(entry.script for entry in PAGES) == sorted(
        path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py")
    )


def test_addresses_are_plain_and_differ():
    addresses = [entry.address for entry in PAGES]
    assert len(set(addresses)) == len(addresses)
    assert all(address.replace("-", "").isalpha() and address.islower() for address in addresses)


def test_worklists_are_in_the_menu_of_managers_alone_and_every_other_page_in_everybodys():
    for role in ("board", "analyst", None):
        assert [entry.address for entry in PAGES if not in_menu(entry, role)] == ["worklists"]
    assert all(in_menu(entry, "manager") for entry in PAGES)


def test_the_menu_begins_with_the_overview_and_the_section_that_a_role_works_in():
    sections = {
        role: [section for section, _ in groupby(menu(role), key=lambda entry: entry.section)]
        for role in ("board", "manager", "analyst", None)
    }
    assert sections == {
        "board": ["board", "returns", "explore", "about"],
        "manager": ["board", "returns", "board", "explore", "about"],
        "analyst": ["board", "explore", "board", "returns", "about"],
        None: ["board", "returns", "explore", "about"],
    }
    for role in sections:
        assert menu(role)[0] is PAGES[0]
        assert sorted(entry.address for entry in menu(role)) == sorted(entry.address for entry in PAGES)


def test_every_breakdown_offered_first_is_published():
    for entry in PAGES:
        assert (entry.broken_down is None) == (entry.first is None)
        if entry.broken_down:
            assert entry.first in listed()[entry.broken_down]["breakdowns"]


def test_pages_are_short_scripts():
    assert {e.script: n for e in PAGES if (n := len((ROOT / e.script).read_text().splitlines())) > 50} == {}


def test_every_measure_has_a_place_on_a_page():
    """Each id stands in a page's script, or in a module of the dashboard that pages use."""
    text = "".join(
        path.read_text(encoding="utf-8") for room in ("pages", "dashboard") for path in (ROOT / room).rglob("*.py")
    )
    assert [name for name in measures() if f'"{name}"' not in text] == []


def test_the_server_keeps_to_itself():
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["runner"]["postScriptGC"] is False
    assert "url(" not in SHEET
    assert "http" not in SHEET
