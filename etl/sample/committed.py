"""The world that comes with the project, in data/sample: a small one with planted faults, made again by

    python -m etl.sample.committed data/sample

Large files are packed, so that the folder stays small; the truth is left out (`ppo sample` writes it).
"""

import gzip
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from etl.sample.write import write_sample

SCALE, SEED, FAULTS = "small", 2011, "planted"
PACK_ABOVE = 250_000
"""Bytes. A file of plain text that is larger is written as .csv.gz."""
KEPT_PLAIN = ("probation/people.csv", "dip/people.csv", "police/people.csv", "probation/custody.csv")
"""Files left as the agency sent them, for their encodings, separators and dates to be seen."""

_EXPECTED = {
    "accepted": "accepted as it stands",
    "field": "the value is emptied and counted, the row kept",
    "quarantined": "the row is quarantined",
    "duplicate": "dropped and counted",
    "conflict": "accepted; the link is refused where name and birth date both differ",
}
_WHY = {
    "police number missing": "most of what one agency holds of another's numbers is blank",
    "police number of somebody else": "copied from the wrong file",
    "police number with a wrong letter": "mistyped: the check letter gives it away",
    "another address": "people move, and each agency asks at another time",
    "no address": "not asked, or of no fixed abode",
    "name misspelt": "letters swapped, doubled, lost or changed",
    "birth date swapped": "day and month changed places",
    "initials swapped": "surname first",
    "twin": "two people with one surname and one birthday: right, and a trap for linking",
}


def write_committed(out: Path) -> None:
    """Write the folder afresh, with a README that lists what is wrong in it."""
    with tempfile.TemporaryDirectory() as scratch:
        world = Path(scratch) / "world"
        report = write_sample(world, SCALE, SEED, FAULTS)
        truth = json.loads((world / "truth.json").read_text(encoding="utf-8"))
        (world / "truth.json").unlink()
        shutil.rmtree(world / "truth")
        for path in sorted(world.rglob("*.csv")):
            if path.stat().st_size > PACK_ABOVE and str(path.relative_to(world)) not in KEPT_PLAIN:
                with gzip.GzipFile(f"{path}.gz", "wb", compresslevel=9, mtime=0) as packed:
                    packed.write(path.read_bytes())
                path.unlink()
        (world / "README.md").write_text(readme(truth["planted"], truth["people"], report), encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(world, out)


def readme(planted: list[dict[str, Any]], people: list[dict[str, Any]], report: list[dict[str, Any]]) -> str:
    """Return the folder's README: what it is, each kind of fault with how often and where, and how near it comes."""
    lines = [
        "# A small, made-up England and Wales",
        "",
        f"Written by `python -m etl.sample.committed data/sample` (scale {SCALE}, seed {SEED}, faults {FAULTS}). Nobody"
        " in it is real: names are drawn from the lists of British names in the Faker package (MIT licence), numbers"
        " and lives are made up. The same world with its truth comes from"
        f" `ppo sample OUT --scale {SCALE} --seed {SEED} --faults {FAULTS}`.",
        "",
        "It is imperfect on purpose. Beside the faults listed below, files come in several forms: `probation/people` is"
        " cp1252 with semicolons, `dip/people` UTF-16 with tabs, `probation/custody` has dates as 01/04/2009,"
        " `police/ppo_register` has headers such as `Scheme Id`, `probation/contacts` has a byte-order mark and a"
        " column that no contract knows, and large files are packed (.csv.gz).",
        "",
        f"{len(people):,} people, of whom faults reach {sum(p['touched'] for p in people):,}; the rest must come out"
        " exactly as they are.",
        "",
        "## Planted faults",
        "",
        "Row numbers count from 1, the first row after the header; up to three are given.",
        "",
        "| file | column | fault | rows | such as row | what is expected |",
        "|---|---|---|---|---|---|",
    ]
    kinds: Counter[tuple[str, str, str, str]] = Counter()
    rows: dict[tuple[str, str, str, str], list[int]] = {}
    for fault in planted:
        kind = (fault["file"], fault["column"], fault["fault"], fault["expected"])
        kinds[kind] += 1
        rows.setdefault(kind, []).append(fault["row"])
    for kind in sorted(kinds):
        file, column, fault, expected = kind
        some = ", ".join(f"{row:,}" for row in sorted(rows[kind])[:3])
        what = f"{fault} ({_WHY[fault]})" if fault in _WHY else fault
        lines.append(f"| {file} | {column} | {what} | {kinds[kind]:,} | {some} | {_EXPECTED[expected]} |")
    lines += [
        "",
        "## Beside the published figures",
        "",
        "The generator is tuned to the national figures marked *aimed at*, at national scale; a small world holds far"
        " more of its people on schemes than the country does, so figures for everyone are higher here.",
        "",
        "| figure | published | here | |",
        "|---|---|---|---|",
    ]
    for row in report:
        published = "" if row["published"] is None else f"{row['published']:,}"
        here = f"{row['here']:,.3f}" if row["here"] < 100 else f"{row['here']:,.0f}"
        lines.append(f"| {row['figure']} | {published} | {here} | {'aimed at' if row['aimed_at'] else ''} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_committed(Path(sys.argv[1]))
