"""truth.json, and beside it the units of a world too large for one file."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from etl.sample.dates import add_months, iso, period_start
from etl.sample.truth.justice import INTERVALS
from etl.sample.truth.measures import KEYS, unit_columns
from etl.sample.truth.rows import Labels
from etl.sample.world import COVERAGE, EXTRACT, REOFFENDING_COVERAGE

UNIT_COLUMNS = {
    "reoffending": ("person", "date", "period", "offenders", "reoffended", "reoffences", "ppo", "index_event"),
    "time_to_first_reoffence": ("person", "date", "period", "time_days", "event"),
    "occasions": ("person", "date", "period", "adoption", *INTERVALS),
    "caseload": ("person", "date", "period", "scheme", "main", "open_from", "open_to", "adults", "adults_in_dip"),
    "custody_share": ("person", "date", "period", "scheme", "main", "numerator", "denominator"),
    "custody_days_share": ("person", "date", "period", "scheme", "main", "numerator", "denominator"),
    **{name: unit_columns(name) for name in KEYS},
}


COHORT_FILES = ("police/offences", "probation/custody", "dip/events")


def kept_years(*files: str) -> set[int]:
    """Return the years that begin in what every one of the files covers: of one before, something would be missing."""
    return {y for y in range(1980, 2020) if period_start(y) >= max(COVERAGE[file][0] for file in files)}


def shown_years() -> dict[str, set[int]]:
    """Return the years of which there are rows, of the units of which not all are shown.

    A cohort is shown once it has been followed for a year, a curve from the beginning.
    """
    kept = kept_years(*COHORT_FILES)
    ripe = {y for y in kept if int(add_months(period_start(y + 1) - 1, 12)) <= REOFFENDING_COVERAGE}
    return {
        "reoffending": ripe,
        "curve": kept,
        "expected": ripe & kept_years("probation/assessments"),
        "enforcement": kept_years("probation/supervision", "probation/contacts"),
    }


class Units:
    """Unit rows, kept for truth.json or written chunk by chunk to one file for each list.

    The longer lists are in files whatever the world, and those of a world in files are all.
    """

    def __init__(self, out: Path, labels: Labels, in_files: bool) -> None:
        self.labels = labels
        self.in_files = in_files
        self.out = out
        self._kept: dict[str, list[pl.DataFrame]] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Take in one chunk's units of one measure; `people` and `planted` have nothing to put in words."""
        table = frame if name in ("people", "planted") else self.labels.words(frame.select(UNIT_COLUMNS[name]))
        if not self.in_files and name not in KEYS:
            self._kept.setdefault(name, []).append(table)
            return
        arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
        if name not in self._writers:
            path = self.out / "truth" / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[name] = pq.ParquetWriter(path, arrow.schema, compression="zstd")
        self._writers[name].write_table(arrow.cast(self._writers[name].schema))

    def finish(self) -> dict[str, Any]:
        """Return what truth.json says of each: the rows, or the name of the file that has them."""
        for writer in self._writers.values():
            writer.close()
        out: dict[str, Any] = {name: {"file": f"truth/{name}.parquet"} for name in self._writers}
        for name, frames in self._kept.items():
            table = pl.concat(frames)
            dated = [c for c in table.columns if table.schema[c] == pl.Date]
            out[name] = table.with_columns(pl.col(c).cast(pl.String) for c in dated).to_dicts()
        return out


def write(out: Path, parts: dict[str, Any]) -> None:
    """Write truth.json: one row to a line, so that two of them can be compared."""
    with (out / "truth.json").open("w", encoding="utf-8") as file:
        file.write(f'{{"extract_date": "{iso(EXTRACT)}"')
        for name, part in parts.items():
            file.write(f',\n"{name}": ')
            _value(file, part, 0)
        file.write("\n}\n")


def _value(file: Any, part: Any, depth: int) -> None:
    if isinstance(part, dict) and depth < 1 and any(isinstance(v, list) for v in part.values()):
        file.write("{")
        for place, (name, inner) in enumerate(part.items()):
            file.write((",\n" if place else "\n") + json.dumps(name) + ": ")
            _value(file, inner, depth + 1)
        file.write("\n}")
    elif isinstance(part, list):
        file.write("[")
        for place, row in enumerate(part):
            file.write((",\n" if place else "\n") + json.dumps(row, ensure_ascii=False))
        file.write("\n]")
    else:
        file.write(json.dumps(part))
