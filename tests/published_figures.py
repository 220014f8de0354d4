"""The page of published figures with ours beside them, made by `python -m tests.published_figures BUILDS`.

It writes docs/published-figures.md from a build of the national world and from docs/published-figures.toml, and no
number of it by hand.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from dashboard import words
from queries.catalogue import measure
from queries.figures import figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

ROOT = Path(__file__).parent.parent
LIST = ROOT / "docs/published-figures.toml"
PAGE = ROOT / "docs/published-figures.md"
ADULT_STRANDS = ("catch_and_convict", "rehabilitate_and_resettle")
HEAD = """# The synthetic national world beside the published figures

Made by `python -m tests.published_figures BUILDS` from a build of `ppo sample OUT --scale national`; nothing here is
written by hand. The world is made up: what it was tuned to is near by design, and the rest shows how far a world with
such people and such schemes comes to resemble the one that was measured.
"""


def listed() -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the sources by name, and every published figure with what of ours stands beside it."""
    known = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return known["sources"], known["figure"]


def ours(warehouse: Warehouse, entry: dict[str, Any]) -> tuple[float | None, int]:
    """Return our figure for a published one, and of how many people it is."""
    asked = measure(entry["measure"])
    period = None if "as_at" in entry else entry.get("period", "all")
    analyst = Viewer.analyst()
    where = dict(entry.get("where", {}))
    if not entry.get("adults"):
        when = {"period": period, "as_at": entry.get("as_at"), "cohort": entry.get("cohort")}
        frame = figure(warehouse, analyst, asked.id, where=where, **when).frame
        if "top_share" in entry:
            frame = frame.filter(frame["top_share"] == entry["top_share"])
        if entry.get("people"):
            return float(frame["n"].sum()), frame["n"].sum()
        return (frame["value"][0], frame["n"][0]) if frame.height else (None, 0)
    # The strands of adults together: added up, since a mean of their rates would be another figure.
    by_strand = figure(warehouse, analyst, asked.id, by=("strand",), where=where, period=period).frame
    shown = by_strand.filter(by_strand["strand"].is_in(ADULT_STRANDS))
    whole = shown["denominator"].sum()
    return (shown["numerator"].sum() / whole if whole else None), shown["n"].sum()


def rows(warehouse: Warehouse) -> list[tuple[str, ...]]:
    """Return the rows of the page: what, published, here, how far apart, of how many people, tuned to it, source."""
    sources, entries = listed()
    made = []
    for entry in entries:
        kind = "count" if entry.get("people") else measure(entry["measure"]).kind
        value, people = ours(warehouse, entry)
        made.append(
            (
                entry["words"],
                words.value(kind, entry["published"]),
                "none" if value is None else words.value(kind, value),
                "" if value is None else f"{value / entry['published'] - 1:+.0%}".replace("-", "−"),
                f"{people:,}",
                "yes" if entry.get("calibrated") else "no",
                sources[entry["source"]],
            )
        )
    return made


def page(warehouse: Warehouse) -> str:
    """Return the page as Markdown."""
    head = ("Figure", "Published", "Here", "Apart", "People here", "Tuned to it", "Source")
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows(warehouse))]
    build = warehouse.build
    stamp = (
        f"Data to {words.day(build.covered_to)}, {build.rows_accepted:,} rows accepted, "
        f"{len(warehouse.query('select scheme_id from schemes')):,} schemes."
    )
    return f"{HEAD}\n{stamp}\n\n" + "\n".join(lines) + "\n"


def main() -> None:
    PAGE.write_text(page(Warehouse.open(Path(sys.argv[1]))), encoding="utf-8")


if __name__ == "__main__":
    main()
