"""The pages: where each stands, what it is called, and which of the filters bear on it."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

Filter = Literal["scheme", "people", "period", "as_at"]


@dataclass(frozen=True)
class Entry:
    """One page: its script, its name in the menu, its address, and the filters that are shown on it.

    `broken_down` is the measure whose breakdowns the page offers, `first` the one that it begins with; None where
    there is nothing to break down. `only` is the one role that the page is for; to others it says so, and with `quiet`
    it is not in their menu either.
    """

    script: str
    title: str
    address: str
    filters: tuple[Filter, ...] = ()
    broken_down: str | None = None
    first: str | None = None
    only: Literal["analyst", "manager"] | None = None
    quiet: bool = False

    @property
    def section(self) -> str:
        """The folder that its script is in: board, returns, explore or about."""
        return self.script.split("/")[1]

    @property
    def by_key(self) -> str:
        """The key of the page's own breakdown: each page keeps its own, since few are published for all."""
        return f"by_{self.address.replace('-', '_')}"


PAGES = (
    Entry("pages/board/overview.py", "Overview", "overview", ("scheme", "people", "as_at")),
    Entry(
        "pages/board/reoffending.py",
        "Re-offending",
        "reoffending",
        ("scheme", "people", "period"),
        "reoffending_rate",
        "age_band",
    ),
    Entry("pages/board/before_after.py", "Before and after", "before-after", ("scheme", "period")),
    Entry(
        "pages/board/justice.py",
        "Justice",
        "justice",
        ("scheme", "people", "period"),
        "arrest_to_sentence_days",
        "court_type",
    ),
    Entry(
        "pages/board/custody_community.py",
        "Custody and community",
        "custody-community",
        ("scheme", "period", "as_at"),
        "custody_days_share",
        "age_band",
    ),
    Entry("pages/board/caseload.py", "Caseload", "caseload", ("scheme", "as_at"), "caseload", "age_band"),
    Entry(
        "pages/board/through_the_scheme.py",
        "Through the scheme",
        "through-the-scheme",
        ("scheme", "period", "as_at"),
    ),
    Entry(
        "pages/board/rehabilitate_resettle.py",
        "Rehabilitate and resettle",
        "rehabilitate-resettle",
        ("scheme", "people", "period", "as_at"),
    ),
    Entry("pages/returns/scheme_profile.py", "Scheme profile", "scheme-profile", ("scheme", "as_at")),
    Entry("pages/returns/home_office.py", "Home Office return", "home-office-return", ("scheme",)),
    Entry("pages/returns/self_assessment.py", "Self-assessment", "self-assessment", ("scheme", "as_at")),
    Entry("pages/returns/worklists.py", "Worklists", "worklists", ("scheme",), only="manager", quiet=True),
    Entry("pages/explore/cohort.py", "Cohort", "cohort", only="analyst"),
    Entry(
        "pages/explore/compare.py",
        "Compare",
        "compare",
        ("scheme", "people", "period"),
    ),
    Entry(
        "pages/explore/time_to_reoffence.py",
        "Time to re-offence",
        "time-to-reoffence",
        ("scheme", "people", "period"),
        "time_to_first_reoffence",
        "ppo",
    ),
    Entry("pages/about/methods.py", "Methods", "methods"),
    Entry("pages/about/data_quality.py", "Data quality", "data-quality"),
    Entry("pages/about/audit.py", "Audit", "audit"),
)
"""Every page, in the menu's order. The first is the front page, whose address is `/`."""

OWN = {"manager": "returns", "analyst": "explore"}
"""The section that a role works in. It comes next after the overview: what does not fit a screen is under "more"."""


def in_menu(entry: Entry, role: str | None) -> bool:
    """Return whether a page is in the menu of a role, None where nobody knows who is looking."""
    return not entry.quiet or role == entry.only


def menu(role: str | None) -> list[Entry]:
    """Return every page in the order of a role's menu, those that are not in it too."""
    own = OWN.get(role or "", "board")
    return sorted(PAGES, key=lambda entry: (entry is not PAGES[0], entry.section != own))


def navigation(role: str | None) -> tuple[st.Page, Entry]:
    """Put the menu of a role on the page and return the page that was asked for, with its entry.

    Called on every run, refused ones too, with every address: otherwise Streamlit would open a script of
    `pages/` by itself, or cover the page with a dialog saying that it was not found. The list is flat and at
    the top: on a narrow screen it becomes the sidebar's, where sections break it for screen readers.
    """
    entries = menu(role)
    pages = [
        st.Page(
            entry.script,
            title=entry.title,
            url_path=entry.address,
            default=entry is PAGES[0],
            visibility="visible" if in_menu(entry, role) else "hidden",
        )
        for entry in entries
    ]
    chosen = st.navigation(pages, position="top")
    entry = next(entry for entry, page in zip(entries, pages, strict=True) if page is chosen or page == chosen)
    return chosen, entry
