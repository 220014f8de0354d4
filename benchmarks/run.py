"""Every comparison, one after another, written to one table: `python -m benchmarks.run --world national --in FOLDER`.

The folder keeps the world's extracts and its build: what is there is used again. `--extracts` and `--build` name others
instead. `--only 1,2` runs those bars alone, and leaves the lines of the others as they were. Each comparison is a
process of its own, and so can be run by itself: `python -m benchmarks.reoffending --build FOLDER`.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from benchmarks.commit import NOT_RECORDED, commit_now
from queries.warehouse import current_build

RESULTS = Path(__file__).with_name("RESULTS.md")
VERSIONS = ("duckdb", "polars", "pandas", "pyarrow", "streamlit", "altair", "splink")

COMMANDS = {
    "1": ("reoffending", "build"),
    "2": ("figures", "build"),
    "3": ("page", "build"),
    "4": ("intake", "extracts"),
    "5": ("building", "extracts"),
    "6": ("size", "build extracts"),
    "7": ("justice", "build"),
    "8": ("month_ends", "build"),
    "9": ("timeline", "build"),
    "10": ("curves", "build"),
    "11": ("linkage", ""),
    "12": ("browser", "build"),
    "13": ("opening", "build"),
    "14": ("people", "build"),
    "15": ("growth", "world in"),
}
"""Each bar's module, and what it is given."""

WITHOUT_ROUNDS = ("size", "linkage", "people")

HEAD = """# What was measured

Made by `make bench`; nothing here is written by hand. A ratio is of two cases of one round, and the median over the
rounds, with its quartiles where there are three rounds or more. A machine is shared: ratios of processor seconds are
steadier than those by the clock. The bars are ambitious on purpose.

- Bars 1, 2, 3, 7, 8, 9 and 10 run their cases in one process, in another order each round. What was held equal before
  anything was timed is said of each beneath the table; a limit answers something else, and is compared with nothing.
- Bars 4 and 5 run each case in a process of its own, in another order each round for bar 4. Beneath the table is what
  was held equal.
- Bars 12 and 13 click and open in turn, ours and bare, in one browser. What a page shows is held by the tests.
- Bars 6, 11, 14 and 15 are measured once, in no rounds: bar 15's seconds of a query are a median of several.

A line is of the commit and of the day that stand at the end, and is kept until its bar is measured again.
"""


NOT_SAID = {"bar", "work", "ratios", "measured"}
"""What of a line is not said beneath the table: it stands elsewhere."""

RAISED = re.compile(r"[\w.]+(Error|Exception|Different)\b")
GROWTH = "\n## Growth\n\n![Processor seconds by offences](growth.svg)\n"


def home_of(folder: Path, world: str) -> Path:
    """Return where a world's extracts and its build are kept."""
    return folder / world.replace("/", "-").replace("*", "x")


def sampled(folder: Path, world: str, seed: int) -> Path:
    """Return the extracts of a world, made if they are not there."""
    extracts = home_of(folder, world) / "extracts"
    if not (extracts / "manifest.toml").exists():
        _run(["cli", "sample", str(extracts), "--scale", world, "--seed", str(seed), "--faults", "none"])
    return extracts


def built(extracts: Path, builds: Path) -> Path:
    """Return the build of extracts, made if it is not there."""
    if not (builds / "current").exists():
        _run(["cli", "build", str(extracts), "--out", str(builds)])
    return current_build(builds)


def _run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, "-m", *arguments], check=True)


def lines_of(bar: str, needed: Mapping[str, object], rounds: int | None) -> list[dict[str, Any]]:
    """Return the lines of one bar's command, or one that says why there is none.

    What else it says, such as each size of a world as it is measured, is passed on as it comes.
    """
    module, needs = COMMANDS[bar]
    command = [sys.executable, "-m", f"benchmarks.{module}"]
    for need in needs.split():
        command += [f"--{need}", str(needed[need])]
    command += ["--rounds", str(rounds)] if rounds and module not in WITHOUT_ROUNDS else []
    found: list[dict[str, Any]] = []
    with TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            for line in process.stdout or ():
                if line.startswith('{"bar"'):
                    found.append(json.loads(line))
                else:
                    sys.stdout.write(line)
                    sys.stdout.flush()
        errors.seek(0)
        raised = errors.read()
    if process.returncode:
        # What went wrong, and not the advice after it.
        said = next((line for line in raised.splitlines() if RAISED.match(line)), "nothing was said")
        found.append({"bar": bar, "work": f"{module}: did not end: {said}", "ratios": []})
    return found


def machine() -> dict[str, Any]:
    """Return what may be said of the machine: nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    said = {
        "cores": os.cpu_count(),
        "memory, GiB": round(memory / 2**30),
        "system": f"{platform.system()} on {platform.machine()}",
        "python": platform.python_version(),
    }
    return said | {name: importlib.metadata.version(name) for name in VERSIONS}


def judgement(ratio: dict[str, Any]) -> tuple[str, str]:
    """Return what was asked of a ratio, and whether it was met or by how much not."""
    got = ratio.get(ratio.get("clock", ""), ratio.get("bytes", ratio.get("got")))
    for key, words in (("at most", "at most"), ("at least", "at least")):
        if key in ratio:
            asked = ratio[key]
            if ratio["met"] or not asked or not got:
                return f"{words} {asked:g}", "met" if ratio["met"] else "not met"
            missed = got / asked if key == "at most" else asked / got
            return f"{words} {asked:g}", f"not met, by {missed:.2f} times"
    return "", ""


def table(lines: list[dict[str, Any]]) -> str:
    """Return the table of every ratio."""
    rows = [
        "| bar | work | ratio | asked | measured | quartiles | by the other clock | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        for ratio in line["ratios"] or [{}]:
            clock = ratio.get("clock", "")
            got = ratio.get(clock, ratio.get("bytes", ratio.get("got", "")))
            other = "cpu" if clock == "wall" else "wall"
            beside = f"{ratio[other]} ({other})" if clock and other in ratio else ""
            asked, met = judgement(ratio) if ratio else ("", "")
            spread = " to ".join(map(str, ratio.get("quartiles", [])))
            what = f"{ratio['of']} / {ratio['to']}" if ratio else ""
            rows.append(f"| {line['bar']} | {line['work']} | {what} | {asked} | {got} | {spread} | {beside} | {met} |")
    return "\n".join(rows)


def details(lines: list[dict[str, Any]]) -> str:
    """Return what each command said beside its ratios."""
    shown = []
    for line in lines:
        rest = {key: value for key, value in line.items() if key not in NOT_SAID}
        if rest:
            facts = "\n".join(f"  - {key}: {_plain(value)}" for key, value in rest.items())
            shown.append(f"- **{line['bar']}** {line['work']}\n{facts}")
    return "\n".join(shown)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {each}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    return str(value)


def measured_now(world: str) -> dict[str, Any]:
    """Return of what, when and at which commit a line is measured, and how busy the machine is as it begins."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return {
        "on": datetime.now(UTC).date().isoformat(),
        "commit": commit_now(),
        "world": world,
        "waiting for each core": round(load, 1),
    }


def origins(lines: list[dict[str, Any]]) -> str:
    """Return, for each of the bars' lines, when and at which commit it was measured, those alike together."""
    bars: dict[str, list[str]] = {}
    for line in lines:
        bars.setdefault(_origin(line.get("measured")), []).append(line["bar"])
    return "\n".join(f"- {'; '.join(dict.fromkeys(names))}: {said}" for said, names in bars.items())


def _origin(measured: dict[str, Any] | None) -> str:
    if not measured:
        return NOT_RECORDED
    return (
        f"{measured['on']}, commit {measured['commit']}, {measured['world']}, "
        f"{measured['waiting for each core']} programs waiting for each core when it began"
    )


def written(lines: list[dict[str, Any]]) -> str:
    """Return the whole of the results as Markdown."""
    there = {line["bar"].split(",")[0] for line in lines}
    said = machine()
    if missing := [bar for bar in COMMANDS if bar not in there]:
        said["not measured yet"] = f"bars {', '.join(missing)}"
    facts = "\n".join(f"- {name}: {value}" for name, value in said.items())
    return (
        f"{HEAD}\nThe machine and the versions of the last run:\n\n{facts}\n\n"
        f"## Every ratio\n\n{table(lines)}\n\n## Beside them\n\n"
        "Milliseconds are medians of this run on this machine, to see where the ratios come from.\n\n"
        f"{details(lines)}\n\n## When each line was measured\n\n{origins(lines)}\n" + (GROWTH if "15" in there else "")
    )


def main() -> None:
    """Run what is asked for and write the table. Ends with 1 if a comparison did not end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="national", help="small, national or a part such as national/16")
    parser.add_argument("--in", dest="folder", type=Path, default=Path(".bench"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extracts", type=Path)
    parser.add_argument("--build", type=Path)
    parser.add_argument("--only", help="bars, with commas between them")
    parser.add_argument("--growth-of", help="the world that growth is measured around, where not the same")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    home = home_of(given.folder, given.world)
    extracts = given.extracts or sampled(given.folder, given.world, given.seed)
    build = given.build or built(extracts, home / "builds")
    kept = given.out.with_suffix(".json")
    before = json.loads(kept.read_text(encoding="utf-8")) if given.only and kept.exists() else []
    wanted = given.only.split(",") if given.only else list(COMMANDS)
    lines = [line for line in before if line["bar"].split(",")[0] not in wanted]
    needed = {"build": build, "extracts": extracts, "world": given.growth_of or given.world, "in": given.folder}
    for bar in wanted:
        measured = measured_now(given.world)
        found = [line | {"measured": measured} for line in lines_of(bar, needed, given.rounds)]
        sys.stdout.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found))
        sys.stdout.flush()
        lines += found
    lines.sort(key=lambda line: (int(line["bar"].split(",")[0]), line["bar"]))
    kept.write_text(json.dumps(lines, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    given.out.write_text(written(lines), encoding="utf-8")
    if any("did not end" in line["work"] for line in lines):
        sys.exit(1)


if __name__ == "__main__":
    main()
