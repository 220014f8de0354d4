"""Check and load every extract: `python -m benchmarks.intake --extracts FOLDER [--rounds N]`.

Ours takes the whole folder in: every rule of the contracts, the quarantine, duplicates, and the adding up. The limit
is a bare typed `read_csv` of the same files into tables, in no order: it checks nothing, and drops what does not fit.
Pandas reads the same files, turns dates into dates, looks domains up, drops duplicates, and writes Parquet.
Each run is a process of its own, so that its processor seconds and its peak memory are its own. The rows read are held
equal, so the world must be one without planted faults.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.pairs import Bar, Different, Taken, compared, judged, say
from benchmarks.size import bytes_of
from etl.build import database
from etl.contracts import EXTRACTS
from etl.intake import take_in

WAYS = ("ours", "limit", "pandas")
BARS = (Bar("ours", "limit", most=1.6, clock="cpu"), Bar("pandas", "ours", least=5, clock="cpu"))
MEMORY = 1.2
TYPES = {"date": "date", "integer": "bigint", "number": "double"}


def files(extracts: Path) -> dict[str, Path]:
    """Return the CSV file of each extract that there is."""
    paths = {extract.name: extracts / f"{extract.name}.csv" for extract in EXTRACTS}
    return {name: path for name, path in paths.items() if path.exists()}


def by_us(extracts: Path, work: Path) -> int:
    """Take everything in as a build does, and return the rows read."""
    staging = database(work / "staging.duckdb", work)
    return sum(count.rows_read for count in take_in(extracts, staging).counts)


def by_the_limit(extracts: Path, work: Path) -> int:
    """Read every file into a table of typed columns, and return the rows."""
    connection = duckdb.connect(str(work / "limit.duckdb"), config={"preserve_insertion_order": False})
    kinds = {extract.name: {column.name: column.kind for column in extract.columns} for extract in EXTRACTS}
    rows = 0
    for name, path in files(extracts).items():
        header = path.open(encoding="utf-8").readline().strip().split(",")
        columns = {column: TYPES.get(kinds[name].get(column, ""), "varchar") for column in header}
        table = name.replace("/", "_")
        connection.read_csv(str(path), columns=columns, header=True, ignore_errors=True).create(table)
        rows += len(connection.table(table))
    return rows


def by_pandas(extracts: Path, work: Path) -> int:
    """Read, turn dates into dates, look up domains, drop duplicates and write every file; return the rows read."""
    import pandas as pd

    rows = 0
    for extract in EXTRACTS:
        if extract.name not in files(extracts):
            continue
        frame = pd.read_csv(files(extracts)[extract.name], dtype=str)
        rows += len(frame)
        for column in extract.columns:
            if column.name not in frame:
                continue
            if column.kind == "date":
                frame[column.name] = pd.to_datetime(frame[column.name], format="%Y-%m-%d", errors="coerce")
            elif column.domain:
                frame[column.name] = frame[column.name].where(frame[column.name].isin(column.domain))
        frame.drop_duplicates().to_parquet(work / f"{extract.table}.parquet")
    return rows


def one(way: str, extracts: Path) -> dict[str, Any]:
    """Do the work one way in this process, and return the rows read."""
    with TemporaryDirectory() as work:
        do = {"ours": by_us, "limit": by_the_limit, "pandas": by_pandas}[way]
        return {"rows": do(extracts, Path(work))}


def run(module: str, arguments: list[str]) -> tuple[dict[str, Any], Taken, int]:
    """Run a module in a process of its own. Returns what it said, what it took, and its peak memory in bytes."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments[:2])} ended with {process.returncode}")
    taken = Taken(time.perf_counter() - began, used.ru_utime + used.ru_stime)
    return json.loads(said.splitlines()[-1]), taken, used.ru_maxrss * 1024


def main() -> None:
    """Print the line of bar 4."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extracts", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--here", choices=WAYS, help="one way, once, in this process")
    given = parser.parse_args()
    if given.here:
        sys.stdout.write(json.dumps(one(given.here, given.extracts)) + "\n")
        return
    order, taken, peaks = list(WAYS), {way: [] for way in WAYS}, dict.fromkeys(WAYS, 0)
    rows: dict[str, int] = {}
    shuffled = random.Random(1)  # noqa: S311  an order, not a secret
    for _ in range(given.rounds):
        shuffled.shuffle(order)
        for way in order:
            said, took, peak = run("benchmarks.intake", ["--here", way, "--extracts", str(given.extracts)])
            taken[way].append(took)
            peaks[way] = max(peaks[way], peak)
            rows[way] = said["rows"]
    if len(set(rows.values())) > 1:
        raise Different(f"Rows read differ: {rows}")
    share = round(peaks["ours"] / bytes_of(given.extracts), 3)
    memory = {"of": "peak memory", "to": "bytes of the extracts", "got": share, **judged(share, most=MEMORY)}
    say(
        {
            "bar": "4",
            "work": "check and load every extract",
            "rounds": given.rounds,
            "ratios": [*(compared(taken, bar) for bar in BARS), memory],
            "processor seconds": {way: round(min(took.cpu for took in taken[way]), 1) for way in WAYS},
            "peak memory, MiB": {way: peak // 2**20 for way, peak in peaks.items()},
            "rows": rows["ours"],
        }
    )


if __name__ == "__main__":
    main()
