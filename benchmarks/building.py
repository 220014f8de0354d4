"""The whole of `ppo build`, and of one where nothing has changed: `python -m benchmarks.building --extracts FOLDER`.

From extracts to protected tables, beside the limit of `benchmarks.intake`; then the same command again, which finds
that its build would be the same. Each run is a process of its own. The stages are timed within a build of the first
kind, so that the table says where it goes.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.intake import run
from benchmarks.pairs import Bar, Different, Taken, compared, say
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


def figures(builds: Path) -> dict[str, list[tuple]]:
    """Return every measure's figure of the build in use."""
    warehouse = Warehouse.open(builds)
    return {name: figure(warehouse, Viewer.analyst(), name).frame.rows() for name in measures()}


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
    peak = 0
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
                    stages, peak, first = told["stages"], max(peak, memory), figures(builds)
                elif told["build"] != current_id(builds) or figures(builds) != first:
                    raise Different("What is in use after the second command is not what the first one made.")
    say(
        {
            "bar": "5",
            "work": "the whole of a build, and of one where nothing has changed",
            "rounds": given.rounds,
            "ratios": [compared(taken, bar) for bar in BARS],
            "processor seconds": {name: round(min(took.cpu for took in each), 1) for name, each in taken.items()},
            "processor seconds of each stage": stages,
            "peak memory, MiB": peak // 2**20,
        }
    )


if __name__ == "__main__":
    main()
