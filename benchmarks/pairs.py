"""What every comparison shares: cases run side by side in shuffled rounds, answers held equal, and one line said.

A machine is shared and noisy, so nothing is ever said in seconds against a number from another day: each figure is a
ratio of two cases of one round, and the median over the rounds, with its quartiles where there are enough of them.
"""

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import polars as pl

from queries.warehouse import Warehouse

ROUNDS = 9
"""The fewest rounds of a query that may be said; `--rounds` asks for others."""

QUARTILES = 3
"""The fewest rounds that have quartiles worth saying."""

DIGITS = 9
"""Two numbers are the same when they agree to so many significant digits: engines add up in different orders."""

Case = Callable[[], Any]
"""One way to do the work. It returns the answer: a polars or pandas frame, an Arrow table, or rows."""


class Different(AssertionError):
    """Two cases of one comparison gave different answers: nothing is timed."""


@dataclass(frozen=True)
class Taken:
    """What one run took, in seconds: by the clock on the wall, and of all processors together where that was seen."""

    wall: float
    cpu: float | None = None


@dataclass(frozen=True)
class Bar:
    """How much of one case another may take: `of` as a multiple of `to`, at `most` or at `least` so much.

    With neither it is shown and not judged. `clock` is `wall`, or `cpu` for jobs of seconds.
    """

    of: str
    to: str
    most: float | None = None
    least: float | None = None
    clock: str = "wall"


def answer(given: Any) -> list[tuple]:
    """Return the rows of an answer, sorted, in a form in which every engine's are alike."""
    if isinstance(given, pl.LazyFrame):
        given = given.collect()
    if isinstance(given, pl.DataFrame):
        rows: Iterable[Sequence[Any]] = given.iter_rows()
    elif hasattr(given, "itertuples"):
        rows = given.itertuples(index=False, name=None)
    elif hasattr(given, "to_pylist"):
        rows = [tuple(row.values()) for row in given.to_pylist()]
    else:
        rows = given
    return sorted((tuple(map(_plain, row)) for row in rows), key=repr)


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float | Decimal):
        number = float(value)
        return int(number) if number.is_integer() else float(f"{number:.{DIGITS}g}")
    return value


def hold_equal(cases: Mapping[str, Case], but: Iterable[str] = ()) -> list[tuple]:
    """Run every case once, and return the answer that they share. `but` names cases that answer something else.

    Raises Different naming two cases and the first row in which they differ.
    """
    first, shared = "", None
    for name, case in cases.items():
        got = case()
        if name in but:
            continue
        rows = answer(got)
        if shared is None:
            first, shared = name, rows
        elif rows != shared:
            pair = next(((a, b) for a, b in zip(shared, rows, strict=False) if a != b), (len(shared), len(rows)))
            raise Different(f"{first} and {name} differ: {pair[0]} and {pair[1]}")
    return shared or []


def in_rounds(cases: Mapping[str, Case], rounds: int, seed: int = 1) -> dict[str, list[Taken]]:
    """Run every case once in each round, in another order each time, and return what each run took."""
    order, taken = list(cases), {name: [] for name in cases}
    shuffled = random.Random(seed)  # noqa: S311  an order, not a secret
    for _ in range(rounds):
        shuffled.shuffle(order)
        for name in order:
            gc.collect()
            began, used = time.perf_counter(), time.process_time()
            cases[name]()
            taken[name].append(Taken(time.perf_counter() - began, time.process_time() - used))
    return taken


def compared(taken: Mapping[str, Sequence[Taken]], bar: Bar) -> dict[str, Any]:
    """Return one ratio of a comparison: its median over the rounds, its quartiles, and whether the bar is met.

    A clock that was not read is left out.
    """
    said: dict[str, Any] = {"of": bar.of, "to": bar.to, "clock": bar.clock}
    for clock in ("wall", "cpu"):
        pairs = [
            (getattr(ours, clock), getattr(theirs, clock))
            for ours, theirs in zip(taken[bar.of], taken[bar.to], strict=True)
        ]
        if any(None in pair for pair in pairs):
            continue
        ratios = [ours / max(theirs, 1e-9) for ours, theirs in pairs]
        said[clock] = _short(statistics.median(ratios))
        if clock == bar.clock and len(ratios) >= QUARTILES:
            quartiles = statistics.quantiles(ratios, n=4, method="inclusive")
            said["quartiles"] = [_short(quartiles[0]), _short(quartiles[2])]
    return said | judged(said[bar.clock], bar.most, bar.least)


def judged(got: float, most: float | None = None, least: float | None = None) -> dict[str, Any]:
    """Return what was asked of one figure, and whether it was met."""
    if most is not None:
        return {"at most": most, "met": got <= most}
    return {"at least": least, "met": got >= least} if least is not None else {}


def compare(
    bar: str,
    work: str,
    cases: Mapping[str, Case],
    bars: Sequence[Bar],
    rounds: int,
    but: Collection[str] = (),
    facts: Mapping[str, Any] | Callable[[list[dict[str, Any]]], Mapping[str, Any]] | None = None,
    alike: Iterable[Mapping[str, Case]] = (),
) -> None:
    """Hold the cases equal, run them in rounds, and print one line of JSON: the whole of one comparison.

    `but` names cases that answer something else than the others; `alike` are further cases, each several ways to one
    answer, that are held equal before anything is timed and not timed themselves. `facts` may be made of the ratios.
    """
    shared = [(list(each), len(hold_equal(each))) for each in alike]
    rows = len(hold_equal(cases, but))
    same = [name for name in cases if name not in but]
    shared += [(same, rows)] if len(same) > 1 else []
    taken = in_rounds(cases, rounds)
    ratios = [compared(taken, each) for each in bars]
    found = {
        "bar": bar,
        "work": work,
        "rounds": rounds,
        "ratios": ratios,
        "held equal before timing": held_equal(shared),
        "milliseconds": {
            name: _short(1000 * statistics.median(run.wall for run in runs)) for name, runs in taken.items()
        },
    }
    say(found | dict(facts(ratios) if callable(facts) else facts or {}))


def held_equal(shared: Iterable[tuple[Sequence[str], int]]) -> str:
    """Return in words which cases gave the same answer, and of how many rows."""
    return "; ".join(f"{' = '.join(names)} ({rows:,} row{'s' * (rows != 1)})" for names, rows in shared) or "nothing"


def profiled(connection: duckdb.DuckDBPyConnection, text: str, parameters: Any = None) -> dict[str, str]:
    """Return where one query's time goes: the share of its operators' time that each kind takes, the most first."""
    return _shares(_operators(connection, text, parameters)[1])


def profiled_work(warehouse: Warehouse, work: Case) -> dict[str, str]:
    """Return where the time goes of work that asks a warehouse, as shares of it.

    What of a query is not planning is shared out as its operators took it. The rest is Python's: putting the question,
    and shaping the answer.
    """
    asked: list[tuple[str, dict[str, Any] | None, float]] = []
    query = warehouse.query

    def noted(text: str, parameters: dict[str, Any] | None = None) -> Any:
        began = time.perf_counter()
        found = query(text, parameters)
        asked.append((text, parameters, time.perf_counter() - began))
        return found

    with mock.patch.object(warehouse, "query", noted):
        began = time.perf_counter()
        work()
        whole = time.perf_counter() - began
    spent = {"Python around the queries": whole - sum(took for *_, took in asked)}
    for text, parameters, took in asked:
        bound = {name: value for name, value in (parameters or {}).items() if f"${name}" in text} or None
        with warehouse.cursor() as cursor:
            planning, operators = _operators(cursor, text, bound)
        spent["planning"] = spent.get("planning", 0.0) + planning
        all_of_it = sum(operators.values()) or 1.0
        for name, part in operators.items():
            spent[name] = spent.get(name, 0.0) + max(took - planning, 0.0) * part / all_of_it
    return _shares(spent)


def _operators(connection: duckdb.DuckDBPyConnection, text: str, parameters: Any) -> tuple[float, dict[str, float]]:
    """Return the seconds that planning one query took, and those of each kind of operator."""
    ((_, plan),) = connection.execute(f"explain (analyze, format json) {text}", parameters).fetchall()
    spent: dict[str, float] = {}

    def add(node: dict[str, Any]) -> None:
        scanned = str(node["extra_info"].get("Table", "")).rpartition(".")[2]
        name = f"{node['type'].lower().replace('_', ' ')} {scanned}".strip()
        spent[name] = spent.get(name, 0.0) + node["timing"]
        for child in node.get("children", []):
            add(child)

    told = json.loads(plan)
    for root in told["operator"]:
        add(root)
    return sum(told[stage]["total_time"] for stage in ("planner", "optimizer", "physical_planner")), spent


def _shares(spent: Mapping[str, float]) -> dict[str, str]:
    whole = sum(spent.values()) or 1.0
    most = sorted(spent.items(), key=lambda item: -item[1])
    return {name: f"{100 * part / whole:.0f}%" for name, part in most if part / whole >= 0.01}


def say(found: Mapping[str, Any]) -> None:
    """Print the line of one comparison."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _short(number: float) -> float:
    return float(f"{number:.3g}")


def arguments(doc: str | None, rounds: int = ROUNDS) -> argparse.ArgumentParser:
    """Return the options that the comparisons of queries share: which build, and how many rounds."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True, help="The folder of one build: it holds a warehouse.")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser
