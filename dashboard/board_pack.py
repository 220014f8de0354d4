"""The board pack: the overview and any other of the board's pages as a tagged, accessible PDF of A4 pages.

The pages' own scripts are run, and what they put on a screen is put on paper instead (`dashboard/paper.py`), so that a
pack and a page cannot differ. Charts are vectors with their words for people who cannot see them, text is text, and
the standard asked for (PDF/UA-1) refuses a chart without words.
"""

import json
import runpy
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from dashboard import access, describe, paper, style, words
from dashboard.blocks import Block, legend
from dashboard.charts import Drawn
from dashboard.filters import ALL, Choice, all_of_them
from dashboard.navigation import PAGES, Entry
from dashboard.tables import Table
from queries.catalogue import Measure
from queries.figures import schemes
from queries.published import QUARTER_ENDS
from queries.scope import NotPermitted, Viewer
from queries.warehouse import Warehouse
from queries.when import UnknownPeriod, month_ends

HOME = Path(__file__).resolve().parent
OVERVIEW = PAGES[0]
CHOICES = tuple(entry for entry in PAGES[1:] if entry.script.startswith("pages/board/"))
"""The pages that a pack may have after the overview."""

WIDTH = 700
"""How wide a chart is drawn, in points, before it is fitted to the page."""

LONGEST, LATEST = 40, 12
"""A table with more rows than the first has only the latest of them on paper."""


def pages_named(names: Iterable[str]) -> list[Entry]:
    """Return pages of the board by their addresses. Raises ValueError naming the list."""
    known = {entry.address: entry for entry in CHOICES}
    if wrong := [name for name in names if name not in known]:
        raise ValueError(f"A page of the pack is one of {', '.join(known)}, got: {wrong[0]}")
    return [known[name] for name in names]


def choice_of(
    warehouse: Warehouse, viewer: Viewer, scheme: str | None, as_at: Any = None, period: str | None = None
) -> Choice:
    """Return what the filters would be set to for a scheme's id and a month end.

    Raises NotPermitted, in the same words whether a scheme is another's or not there, and UnknownPeriod.
    """
    known = schemes(warehouse, viewer)
    names = dict(zip(known["scheme"], known["name"], strict=True))
    scheme = None if scheme == ALL else scheme
    if scheme is not None and scheme not in names:
        raise NotPermitted("There is no such scheme among those whose figures may be shown.")
    if as_at is not None:
        ends = month_ends(warehouse)
        offered = ends if viewer.sees_exact else [day for day in ends if day.month in QUARTER_ENDS or day == ends[-1]]
        if as_at not in offered:
            near = sorted(offered, key=lambda day: abs((day - as_at).days))[:2]
            raise UnknownPeriod(
                f"--as-at is a month end that is shown, such as {' or '.join(map(str, sorted(near)))}, got: {as_at}"
            )
    return Choice(scheme, names[scheme] if scheme else all_of_them(viewer), True, period, as_at, None)


def blocks_of(
    warehouse: Warehouse, viewer: Viewer, choice: Choice, entry: Entry, breakdown: str | None = None
) -> list[Block]:
    """Return what a page puts on the screen for a viewer, with the filters set, in its order."""
    made = paper.Paper(viewer, warehouse, replace(choice, breakdown=breakdown or entry.first))
    with paper.making(made):
        runpy.run_path(str(HOME.parent / entry.script))
    return made.blocks


def board_pack(
    warehouse: Warehouse,
    viewer: Viewer,
    choice: Choice,
    entries: Sequence[Entry] = (),
    breakdowns: dict[str, str] | None = None,
) -> bytes:
    """Return the pack as a PDF: the overview, then the pages named, then what every figure in it means.

    `breakdowns` says by its address what a page is broken down by, where it is not what the page begins with. The same
    build and filters give the same bytes.
    """
    # Asked for seldom, and slow to read in: not on the way to a page.
    import typst

    from dashboard.row_headings import with_row_headings

    chosen = breakdowns or {}
    pages = [
        (entry, blocks_of(warehouse, viewer, choice, entry, chosen.get(entry.address)))
        for entry in (OVERVIEW, *entries)
    ]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        data = _data(warehouse, viewer, choice, pages, work)
        (work / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (work / "pack.typ").write_text((HOME / "board_pack.typ").read_text(encoding="utf-8"), encoding="utf-8")
        content = typst.compile(
            str(work / "pack.typ"),
            root=str(work),
            # The fonts that the library brings: the same pages on every machine.
            font_paths=[],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
            timestamp=datetime.combine(warehouse.build.built_on, time(12), UTC),
        )
    parts = [part for section in data["sections"] for part in section["parts"]]
    return with_row_headings(content, [part["table"]["names"] for part in parts if part["table"]])


def _data(
    warehouse: Warehouse, viewer: Viewer, choice: Choice, pages: list[tuple[Entry, list[Block]]], folder: Path
) -> dict[str, Any]:
    set_to = [
        choice.scheme_name,
        "PPOs" if choice.ppos_only else "Everyone",
        (choice.period and words.period(choice.period)) or "latest final year",
        (choice.as_at and f"as at {words.day(choice.as_at)}") or "latest month end",
    ]
    stamp = describe.stamp(warehouse.build)
    exact = " It has exact figures: do not publish it." if viewer.sees_exact else " Its figures are published ones."
    blocks = [block for _, each in pages for block in each]
    return {
        "title": f"PPO board pack: {choice.scheme_name}",
        "author": "PPO dashboard",
        "description": f"{'; '.join(set_to)}. {stamp}",
        "subtitle": f"{', '.join(entry.title for entry, _ in pages)}.",
        "filters": f"Filters: {'; '.join(set_to)}. Made for {access.ROLES[viewer.role]}.{exact} {stamp}",
        "stamp": stamp,
        "sections": [_section(entry, each, folder) for entry, each in pages],
        "definitions": [
            {"title": about.title, "pairs": describe.definition(about)} for about in _measures(blocks).values()
        ],
    }


def _measures(blocks: list[Block]) -> dict[str, Measure]:
    return {about.id: about for block in blocks for about in block.definitions}


def _section(entry: Entry, blocks: list[Block], folder: Path) -> dict[str, Any]:
    lead = next((block.said for block in blocks if block.level == 1), "")
    parts = [block for block in blocks if block.level > 1]
    return {
        "title": entry.title,
        "lead": lead,
        "parts": [_part(block, folder, f"{entry.address}-{place}.svg") for place, block in enumerate(parts)],
    }


def _part(block: Block, folder: Path, name: str) -> dict[str, Any]:
    notes = legend(block)
    table = None
    if block.table is not None:
        rows = block.table.rows
        if len(rows) > LONGEST:
            notes.append(f"The latest {LATEST} of {words.count(len(rows))} rows; the page and its download have all.")
            rows = rows[:LATEST]
        table = _table(replace(block.table, rows=rows))
    chart = None
    if block.chart is not None:
        (folder / name).write_text(picture(block.chart), encoding="utf-8")
        chart = {"file": name, "alt": block.chart.alt}
    return {
        "title": block.title,
        "scope": " · ".join(block.scope),
        "said": block.said,
        "answers": block.answers,
        "items": block.items,
        "notice": block.notice,
        "chart": chart,
        "table": table,
        "notes": notes,
        "counted": block.counted,
    }


def _table(shown: Table) -> dict[str, Any]:
    return {
        "caption": shown.caption,
        "headings": shown.headings,
        "kinds": shown.kinds,
        "names": shown.names,
        "rows": [
            [
                {
                    "words": cell,
                    "span": 1
                    + next((n for n, each in enumerate(row[place + 1 :]) if each is not None), len(row) - place - 1),
                }
                for place, cell in enumerate(row)
            ]
            for row in shown.rows
        ],
    }


CONFIG: dict[str, Any] = {
    "font": "Libertinus Serif",
    "background": None,
    "view": {"stroke": None},
    "axis": {"labelColor": style.INK, "titleColor": style.INK, "gridColor": "#dddddd", "titleFontWeight": "normal"},
    "text": {"color": style.INK},
}
"""How a chart looks on paper. Its colours by meaning are those of the screen."""


def picture(drawn: Drawn) -> str:
    """Return a chart as an SVG picture with its words as text."""
    import vl_convert

    spec = drawn.spec
    height = spec.get("height")
    spec |= {"width": WIDTH, "height": round(height * 0.72) if isinstance(height, int) else 200}
    spec["config"] = spec.get("config", {}) | CONFIG
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
