"""The real road in the oracle's terms: build an extracts folder, and ask for units and figures by person."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest import mock

from etl.build import build
from etl.identity import open_identities
from queries import figures
from queries.scope import Viewer
from queries.warehouse import Warehouse
from queries.when import periods
from tests import worlds

TOP = Path(__file__).parent.parent
ANALYST = Viewer.analyst()
SOURCES = ("police", "probation", "dip")


def copied(folder: Path) -> Path:
    """The tree's SQL, and the lists beside it, in a folder of their own, to be changed."""
    for top in ("queries", "etl"):
        for path in (TOP / top).rglob("*"):
            if path.suffix in (".sql", ".toml"):
                target = folder / path.relative_to(TOP)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    return folder


@contextlib.contextmanager
def without_published_tables() -> Iterator[None]:
    """Build nothing for boards meanwhile: their tables take most of a small build, and few tests ask for them."""
    with mock.patch("queries.release.listed", return_value={}):
        yield


class Road:
    """One build of some rows. People are named as the oracle names them: (agency, identifier)."""

    def __init__(
        self,
        files: worlds.Files,
        folder: Path,
        extract_date: date,
        coverage: dict[str, date] | None = None,
        published_tables: bool = False,
        covered_from: dict[str, date] | None = None,
    ):
        extracts = worlds.write(files, folder / "extracts", extract_date, coverage, covered_from)
        builds = folder / "builds"
        with contextlib.nullcontext() if published_tables else without_published_tables():
            # The oracle goes by identifiers, and names and dates of birth are drawn here from so few that two people
            # would often share them.
            self.published = build(extracts, builds, by_name=False)
        self.warehouse = Warehouse.open(builds)
        self.people: dict[int, tuple[str, str]] = {}
        records = sorted(
            (SOURCES.index(row["source"].split("/")[0]), row["record"], row["person_id"])
            for row in open_identities(builds).iter_rows(named=True)
        )
        for source, record, person_id in records:
            self.people.setdefault(person_id, (SOURCES[source], record))

    def units(self, measure: str, **how) -> list[dict]:
        frame = figures.units(self.warehouse, ANALYST, measure, **how).frame
        return [{**row, "person": self.people[row["person_id"]]} for row in frame.iter_rows(named=True)]

    def figure(self, measure: str, **how) -> list[dict]:
        return figures.figure(self.warehouse, ANALYST, measure, **how).frame.to_dicts()

    def changed_values(self) -> list[dict]:
        """What intake nulled, by file and rule."""
        return self.warehouse.query("select * from rules_broken").to_dicts()

    def maturity(self, measure: str) -> dict[str, str]:
        frame = periods(self.warehouse, figures.measure(measure))
        return dict(zip(frame["period"], frame["status"], strict=True))
