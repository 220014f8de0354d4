"""How cost grows with size: `python -m benchmarks.growth [--world national/16] [--in FOLDER]`.

Processor seconds of three pieces of work at a sixteenth, a quarter, one and four times a world: the unit query of
one-year re-offending for everyone, checking and loading every extract, and the whole of a build. A line through them on
logarithms of both axes has the exponent as its slope: 1 is in proportion. What a piece of work takes to start is most
of it on the smallest worlds and lets that line rise less: so the slope between the two largest is judged as well, and
that of every step is said. Worlds are made where they are not there; each is built once, and measured then. The points
are drawn in `benchmarks/growth.svg`.

Each size that was measured is kept beside the worlds. A run that was stopped goes on with the sizes that are left, at
the same commit; what was measured at another, or in a tree with changes, is measured again.
"""

import argparse
import json
import math
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import altair as alt
import polars as pl
import vl_convert

from benchmarks.commit import commit_now, is_whole
from benchmarks.intake import run
from benchmarks.opened import connected, year_of
from benchmarks.pairs import ROUNDS, judged, say
from benchmarks.reoffending import ours
from benchmarks.run import sampled
from etl.publish import current_id

SIZES = (Fraction(1, 16), Fraction(1, 4), Fraction(1), Fraction(4))
"""The sizes of the worlds, beside the one that is asked for."""

SMALLEST = Fraction(1, 125)
"""The smallest part of the nation that can be made: two schemes."""

MOST = 1.05
POINTS = "growth-points.json"
"""What was measured so far, in the folder of the worlds."""

PICTURE = Path(__file__).with_name("growth.svg")
WORK = {"query": "one-year re-offending, the unit query", "intake": "check and load", "build": "the whole build"}


@dataclass(frozen=True)
class Point:
    """One size, measured: its world, how, and the processor seconds of each piece of work."""

    world: str
    seed: int
    rounds: int
    commit: str
    offences: int
    seconds: dict[str, float]

    def is_of(self, world: str, seed: int, rounds: int, commit: str) -> bool:
        """Return whether it is what would be measured now. Two trees with changes are never the same."""
        asked = (world, seed, rounds, commit)
        return is_whole(commit) and (self.world, self.seed, self.rounds, self.commit) == asked


def kept(folder: Path) -> list[Point]:
    """Return the points that were measured so far."""
    path = folder / POINTS
    return [Point(**each) for each in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def keep(folder: Path, point: Point) -> None:
    """Add a point to those measured so far, whole or not at all."""
    points = [asdict(each) for each in (*kept(folder), point)]
    beside = folder / f"{POINTS}.part"
    beside.write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")
    beside.replace(folder / POINTS)


def query(build: Path, rounds: int) -> tuple[float, int]:
    """Return the middle processor seconds of the unit query of re-offending, and how many offences there are."""
    text, taken = ours(year_of(build)), []
    with connected(build) as connection:
        offences = connection.execute("select count(*) from offences").fetchall()[0][0]
        for _ in range(rounds):
            began = time.process_time()
            connection.execute(text).fetchall()
            taken.append(time.process_time() - began)
    return statistics.median(taken), offences


def measured(extracts: Path, rounds: int) -> tuple[dict[str, float], int]:
    """Return the processor seconds of each piece of work on one world, and how many offences it has."""
    with TemporaryDirectory(dir=extracts.parent) as folder:
        builds = Path(folder) / "builds"
        _, loaded, _ = run("benchmarks.intake", ["--here", "ours", "--extracts", str(extracts)])
        here = ["--here", "whole", "--extracts", str(extracts), "--builds", str(builds)]
        _, built, _ = run("benchmarks.building", here)
        asked, offences = query(builds / str(current_id(builds)), rounds)
    return {"query": asked, "intake": loaded.cpu, "build": built.cpu}, offences


def around(world: str) -> list[str]:
    """Return the names of the worlds to measure, smallest first, for the one that stands for 1."""
    scale, _, part = world.partition("/")
    sizes = [max(Fraction(1, int(part or 1)) * size, SMALLEST) for size in SIZES]
    named = [f"{scale}/{round(1 / size)}" if size < 1 else f"{scale}*{size}" if size > 1 else scale for size in sizes]
    # Under the smallest there is, several sizes are one world.
    return list(dict.fromkeys(named))


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of the line that fits best through the logarithms."""
    slope, _ = statistics.linear_regression([math.log(each) for each in sizes], [math.log(each) for each in seconds])
    return float(f"{slope:.3g}")


def steps(sizes: list[int], seconds: list[float]) -> list[float]:
    """Return the slope from each size to the next."""
    logs = [(math.log(size), math.log(each)) for size, each in zip(sizes, seconds, strict=True)]
    return [float(f"{(y - b) / (x - a):.3g}") for (a, b), (x, y) in pairwise(logs)]


def line(points: list[Point]) -> dict:
    """Return the line of bar 15 for the sizes measured, smallest first."""
    sizes = [point.offences for point in points]
    seconds = {name: [point.seconds[name] for point in points] for name in WORK}
    each_step = {name: steps(sizes, took) for name, took in seconds.items()}
    ratios = []
    for name, title in WORK.items():
        through, last = exponent(sizes, seconds[name]), each_step[name][-1]
        asked = (f"exponent of {title}", through), (f"exponent of {title}, between the two largest", last)
        ratios += [{"of": of, "to": "in proportion", "got": got, **judged(got, most=MOST)} for of, got in asked]
    return {
        "bar": "15",
        "work": f"growth over {', '.join(point.world for point in points)}",
        "ratios": ratios,
        "offences": sizes,
        "processor seconds": {name: [float(f"{each:.3g}") for each in took] for name, took in seconds.items()},
        "slope of each step": each_step,
        "commit of every point": ", ".join(dict.fromkeys(point.commit for point in points)),
    }


def picture(points: pl.DataFrame) -> str:
    """Return the points of every piece of work as SVG, on logarithmic axes, with a line of proportion for each."""
    base = alt.Chart(points, width=560, height=340)
    x = alt.X("offences:Q", title="Offences", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s"))
    y = alt.Y("seconds:Q", title="Processor seconds", scale=alt.Scale(type="log"))
    colour = alt.Color("work:N", title=None, legend=alt.Legend(orient="top", labelLimit=300))
    lines = base.mark_line(point=True).encode(x=x, y=y, color=colour)
    straight = base.mark_line(strokeDash=[4, 4], opacity=0.5).encode(x=x, y="in_proportion:Q", color=colour)
    return vl_convert.vegalite_to_svg(alt.layer(straight, lines).to_dict(), allowed_base_urls=[])


def main() -> None:
    """Print the line of bar 15, and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="folder", type=Path, default=Path(".bench"))
    parser.add_argument("--world", default="national", help="national or a part of it such as national/16")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    commit, points = commit_now(), []
    for world in around(given.world):
        asked = (world, given.seed, given.rounds, commit)
        point = next((each for each in reversed(kept(given.folder)) if each.is_of(*asked)), None)
        if point is None:
            took, offences = measured(sampled(given.folder, world, given.seed), given.rounds)
            point = Point(*asked, offences=offences, seconds=took)
            keep(given.folder, point)
        sys.stdout.write(f"{json.dumps(asdict(point))}\n")
        sys.stdout.flush()
        points.append(point)
    first = points[0]
    drawn = [
        {
            "work": title,
            "offences": point.offences,
            "seconds": point.seconds[name],
            "in_proportion": first.seconds[name] * point.offences / first.offences,
        }
        for name, title in WORK.items()
        for point in points
    ]
    PICTURE.write_text(picture(pl.DataFrame(drawn)), encoding="utf-8")
    say(line(points))


if __name__ == "__main__":
    main()
