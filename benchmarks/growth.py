"""How cost grows with size: `python -m benchmarks.growth [--world national/16] [--in FOLDER]`.

Processor seconds of three pieces of work at a sixteenth, a quarter, one and four times a world: the unit query of
one-year re-offending for everyone, checking and loading every extract, and the whole of a build. A line through them on
logarithms of both axes has the exponent as its slope: 1 is in proportion. Worlds are made where they are not there;
each is built once, and measured then. The points are drawn in `benchmarks/growth.svg`.
"""

import argparse
import math
import statistics
import time
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import altair as alt
import polars as pl
import vl_convert

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
PICTURE = Path(__file__).with_name("growth.svg")
WORK = {"query": "one-year re-offending, the unit query", "intake": "check and load", "build": "the whole build"}


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
    return [f"{scale}/{size.denominator}" if size < 1 else f"{scale}*{size}" if size > 1 else scale for size in sizes]


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of the line that fits best through the logarithms."""
    slope, _ = statistics.linear_regression([math.log(each) for each in sizes], [math.log(each) for each in seconds])
    return float(f"{slope:.3g}")


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
    sizes, seconds = [], {name: [] for name in WORK}
    worlds = around(given.world)
    for world in worlds:
        took, offences = measured(sampled(given.folder, world, given.seed), given.rounds)
        sizes.append(offences)
        for name, each in took.items():
            seconds[name].append(each)
    points = [
        {"work": title, "offences": size, "seconds": each, "in_proportion": seconds[name][0] * size / sizes[0]}
        for name, title in WORK.items()
        for size, each in zip(sizes, seconds[name], strict=True)
    ]
    PICTURE.write_text(picture(pl.DataFrame(points)), encoding="utf-8")
    found = {name: exponent(sizes, each) for name, each in seconds.items()}
    say(
        {
            "bar": "15",
            "work": f"growth over {', '.join(worlds)}",
            "ratios": [
                {"of": f"exponent of {WORK[name]}", "to": "in proportion", "got": got, **judged(got, most=MOST)}
                for name, got in found.items()
            ],
            "offences": sizes,
            "processor seconds": {name: [float(f"{each:.3g}") for each in took] for name, took in seconds.items()},
        }
    )


if __name__ == "__main__":
    main()
