"""Check and load every extract: `python -m benchmarks.intake --extracts FOLDER [--rounds N]`.

Ours takes the whole folder in: every rule of the contracts, the quarantine, duplicates, and the adding up. The limit
is a bare typed `read_csv` of the same files into tables, in no order: it checks nothing, and drops what does not fit.
Pandas reads the same files, turns dates into dates, looks domains up, drops duplicates, and writes Parquet: it checks
less than ours, which has every rule between rows and files too.
Each run is a process of its own, so that its processor seconds and its peak memory are its own. In a first round, which
is not timed, the rows read and the rows kept of every file are held equal, so the world must be one without planted
faults.
"""

import argparse
import json
import os
import random
import re
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

WAYS, PROFILE = ("ours", "limit", "pandas"), "profile"
BARS = (Bar("ours", "limit", most=1.6, clock="cpu"), Bar("pandas", "ours", least=5, clock="cpu"))
MEMORY = 1.2
LIMIT_GIB = 2
"""What a build's memory is limited to, and what the load is to keep inside of, by the operating system's count."""

SHOWN = 0.02
"""The least share of the load's processor seconds that is said of one kind of statement."""

TYPES = {"date": "date", "integer": "bigint", "number": "double"}


def files(extracts: Path) -> dict[str, Path]:
    """Return the CSV file of each extract that there is."""
    paths = {extract.name: extracts / f"{extract.name}.csv" for extract in EXTRACTS}
    return {name: path for name, path in paths.items() if path.exists()}


Rows = dict[str, list[int]]
"""The rows of each file: read, and kept."""


def by_us(extracts: Path, work: Path) -> Rows:
    """Take everything in as a build does."""
    staging = database(work / "staging.duckdb", work)
    return {count.file: [count.rows_read, count.accepted] for count in take_in(extracts, staging).counts}


class _Noted:
    """A connection that notes the processor seconds of each kind of statement: its first words."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.spent: dict[str, float] = {}

    def execute(self, text: str, *given: Any) -> duckdb.DuckDBPyConnection:
        began = time.process_time()
        found = self._connection.execute(text, *given)
        kind = kind_of(text)
        self.spent[kind] = self.spent.get(kind, 0.0) + time.process_time() - began
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def kind_of(statement: str) -> str:
    """Return what says which of the load's statements one is: what it does, and to what."""
    text = re.sub(r"--.*", "", statement)
    words = re.findall(r"[\w.]+", text.lower())
    if words[:1] == ["select"] and (read := re.search(r"\bfrom\s+([\w.]+)", text.lower())):
        return f"select from {read[1]}"
    return " ".join([word for word in words if word not in ("or", "replace", "temp")][:3])


def profile(extracts: Path, work: Path) -> dict[str, str]:
    """Return where our processor seconds go: by kind of statement, and what is Python's around them."""
    noted, began = _Noted(database(work / "staging.duckdb", work)), time.process_time()
    take_in(extracts, noted)
    whole = time.process_time() - began
    spent = noted.spent | {"Python around the statements": whole - sum(noted.spent.values())}
    most = sorted(spent.items(), key=lambda item: -item[1])
    return {name: f"{part / whole:.0%}" for name, part in most if part / whole >= SHOWN}


def by_the_limit(extracts: Path, work: Path) -> Rows:
    """Read every file into a table of typed columns: what is read is what is kept."""
    connection = duckdb.connect(str(work / "limit.duckdb"), config={"preserve_insertion_order": False})
    kinds = {extract.name: {column.name: column.kind for column in extract.columns} for extract in EXTRACTS}
    rows = {}
    for name, path in files(extracts).items():
        header = path.open(encoding="utf-8").readline().strip().split(",")
        columns = {column: TYPES.get(kinds[name].get(column, ""), "varchar") for column in header}
        table = name.replace("/", "_")
        connection.read_csv(str(path), columns=columns, header=True, ignore_errors=True).create(table)
        rows[name] = [len(connection.table(table))] * 2
    return rows


def by_pandas(extracts: Path, work: Path) -> Rows:
    """Read, turn dates into dates, look up domains, drop duplicates and write every file."""
    import pandas as pd

    rows = {}
    for extract in EXTRACTS:
        if extract.name not in files(extracts):
            continue
        frame = pd.read_csv(files(extracts)[extract.name], dtype=str)
        read = len(frame)
        for column in extract.columns:
            if column.name not in frame:
                continue
            if column.kind == "date":
                frame[column.name] = pd.to_datetime(frame[column.name], format="%Y-%m-%d", errors="coerce")
            elif column.domain:
                frame[column.name] = frame[column.name].where(frame[column.name].isin(column.domain))
        frame = frame.drop_duplicates()
        frame.to_parquet(work / f"{extract.table}.parquet")
        rows[extract.name] = [read, len(frame)]
    return rows


def one(way: str, extracts: Path) -> dict[str, Any]:
    """Do the work one way in this process, and return the rows, or where the time of ours goes."""
    with TemporaryDirectory() as work:
        do = {"ours": by_us, "limit": by_the_limit, "pandas": by_pandas, PROFILE: profile}[way]
        return {"found": do(extracts, Path(work))}


def hold_rows_equal(found: dict[str, Rows]) -> int:
    """Return how many rows every way read and kept. Raises Different naming the first file in which they differ."""
    first, *others = found
    for other in others:
        for name in sorted(found[first].keys() | found[other].keys()):
            mine, theirs = found[first].get(name, [0, 0]), found[other].get(name, [0, 0])
            if mine != theirs:
                raise Different(f"Rows read and kept of {name}: {first} {mine}, {other} {theirs}")
    return sum(read for read, _ in found[first].values())


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
    parser.add_argument("--here", choices=(*WAYS, PROFILE), help="one way, once, in this process")
    given = parser.parse_args()
    if given.here:
        sys.stdout.write(json.dumps(one(given.here, given.extracts)) + "\n")
        return
    order, taken, peaks = list(WAYS), {way: [] for way in WAYS}, dict.fromkeys(WAYS, 0)
    here = ["--extracts", str(given.extracts), "--here"]
    rows = hold_rows_equal({way: run("benchmarks.intake", [*here, way])[0]["found"] for way in WAYS})
    shuffled = random.Random(1)  # noqa: S311  an order, not a secret
    for _ in range(given.rounds):
        shuffled.shuffle(order)
        for way in order:
            _, took, peak = run("benchmarks.intake", [*here, way])
            taken[way].append(took)
            peaks[way] = max(peaks[way], peak)
    where, _, _ = run("benchmarks.intake", [*here, PROFILE])
    share = round(peaks["ours"] / bytes_of(given.extracts), 3)
    inside = round(peaks["ours"] / (LIMIT_GIB * 2**30), 3)
    memory = [
        {"of": "peak memory", "to": "bytes of the extracts", "got": share, **judged(share, most=MEMORY)},
        {"of": "peak memory", "to": f"{LIMIT_GIB} GiB, its limit", "got": inside, **judged(inside, most=1)},
    ]
    say(
        {
            "bar": "4",
            "work": "check and load every extract; pandas checks less",
            "rounds": given.rounds,
            "ratios": [*(compared(taken, bar) for bar in BARS), *memory],
            "held equal before timing": f"rows read and rows kept of each file, by every way ({rows:,} rows)",
            "processor seconds": {way: round(min(took.cpu for took in taken[way]), 1) for way in WAYS},
            "peak memory, MiB": {way: peak // 2**20 for way, peak in peaks.items()},
            "where our processor seconds go": where["found"],
        }
    )


if __name__ == "__main__":
    main()
