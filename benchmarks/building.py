"""The whole of `ppo build`, and of one where nothing has changed: `python -m benchmarks.building --extracts FOLDER`.

From extracts to protected tables, beside the limit of `benchmarks.intake`; then the same command again, which finds
that its build would be the same. Each run is a process of its own. The stages are timed within a build of the first
kind, so that the table says where it goes.

The second command makes nothing, so that there are no figures of its own to compare: that it finds the build in use is
held. Builds of several rounds are each made afresh of the same extracts, with their own numbers of people: every
measure's figure is held equal from one to the next, and with one round none is.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.intake import run
from benchmarks.pairs import Bar, Different, Taken, answer, compared, say
from etl.again import unchanged
from etl.build import build
from etl.publish import current_id
from queries.catalogue import measures
from queries.figures import figure
from queries.scope import Viewer
from queries.warehouse import Warehouse

BARS = (Bar("whole", "limit", most=3.0, clock="cpu"), Bar("again", "whole", most=0.3, clock="cpu"))


def whole(extracts: Path, builds: Path) -> dict[str, Any]:
    """Build, and return the processor seconds of each stage."""
    spent: dict[str, float] = {}
    at = ["", time.process_time()]

    def tell(stage: str, share: float) -> None:
        now = time.process_time()
        if at[0]:
            spent[at[0]] = spent.get(at[0], 0.0) + now - at[1]
        at[:] = [stage, now]

    done = build(extracts, builds, progress=tell)
    return {"build": done.build.id, "stages": {stage: round(seconds, 1) for stage, seconds in spent.items()}}


def again(extracts: Path, builds: Path) -> dict[str, Any]:
    """Do what the command does before it builds, and return the build that it finds."""
    return {"build": unchanged(extracts, builds)}


Figures = dict[str, list[tuple]]


def figures(builds: Path) -> Figures:
    """Return every measure's figure of the build in use, its numbers to as many digits as comparisons ask for."""
    warehouse = Warehouse.open(builds)
    return {name: answer(figure(warehouse, Viewer.analyst(), name).frame) for name in measures()}


def hold_figures_equal(first: Figures | None, now: Figures | None) -> None:
    """Raise Different naming the first measure whose figure two builds give differently."""
    for name in first or {}:
        if now is not None and repr(first[name]) != repr(now[name]):
            raise Different(f"{name} differs from one build of the same extracts to the next")


def compared_words(rounds: int) -> str:
    """Return what was compared in so many rounds, in words."""
    found = "the second command found the build in use"
    if rounds < 2:
        return f"{found}; no figures, since one build alone was made"
    return f"{found}; every measure's figure, from each of {rounds} builds made afresh to the next"


def main() -> None:
    """Print the line of bar 5."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extracts", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--here", choices=("whole", "again"), help="one of them, in this process")
    parser.add_argument("--builds", type=Path)
    given = parser.parse_args()
    if given.here:
        sys.stdout.write(json.dumps((whole if given.here == "whole" else again)(given.extracts, given.builds)) + "\n")
        return
    taken: dict[str, list[Taken]] = {"limit": [], "whole": [], "again": []}
    stages: dict[str, float] = {}
    peak, first = 0, None
    for _ in range(given.rounds):
        with TemporaryDirectory(dir=given.extracts.parent) as folder:
            builds = Path(folder) / "builds"
            _, took, _ = run("benchmarks.intake", ["--here", "limit", "--extracts", str(given.extracts)])
            taken["limit"].append(took)
            for name in ("whole", "again"):
                here = ["--here", name, "--extracts", str(given.extracts), "--builds", str(builds)]
                told, took, memory = run("benchmarks.building", here)
                taken[name].append(took)
                if name == "whole":
                    stages, peak, made = told["stages"], max(peak, memory), told["build"]
                    now = figures(builds) if given.rounds > 1 else None
                    first = now if first is None else first
                    hold_figures_equal(first, now)
                elif not told["build"] == current_id(builds) == made:
                    raise Different("The second command did not find the build that the first one made.")
    say(
        {
            "bar": "5",
            "work": "the whole of a build, and of one where nothing has changed",
            "rounds": given.rounds,
            "ratios": [compared(taken, bar) for bar in BARS],
            "held equal": compared_words(given.rounds),
            "processor seconds": {name: round(min(took.cpu for took in each), 1) for name, each in taken.items()},
            "processor seconds of each stage": stages,
            "peak memory, MiB": peak // 2**20,
        }
    )


if __name__ == "__main__":
    main()
