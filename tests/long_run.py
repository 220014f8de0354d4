"""The tests at full numbers, by `python -m tests.long_run [SEED]` (make test-long), with the result in a file.

The synthetic worlds that are set beside their truth are made from the run's seed, so that no other run has seen them.
It takes hours. A run that was stopped goes on where it was, if it is run again on the same commit with nothing changed:
what has passed there, with the same seed, is not run again. The result file says in how many parts it was run.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.going_on import lines

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "tests/long-result.txt"
KEPT = ROOT / ".venv/test-long"
HOURS_FOR_ONE_TEST = 2
WRITTEN = ("tests/long-result.txt", "tests/national-figures.txt")
"""What a long run writes into the tree itself."""

NOTHING_LEFT = 5
"""What pytest ends with when it has no test to run."""
WORLDS = {"tiny": 20, "small": 5, "national": 1}
"""How many worlds of each scale a long run sets beside their truth."""
ROOM, BELOW_ARE_USED = 100, 10_000
"""Each run has so many seeds to itself; those below are people's own: the tests', the models' and the sample's."""


def worlds(seed: int) -> list[tuple[str, int]]:
    """Return the scale and seed of every world that a long run sets beside its truth: no two runs have one in common.

    They follow from the run's own seed alone, so every process and every part of the run has the same.
    """
    first = BELOW_ARE_USED + ROOM * seed
    return [(scale, first + place) for scale, number in WORLDS.items() for place in range(number)]


def compared(tests: list[str]) -> str:
    """Return which worlds have passed, by the names of the tests that did: `tiny 10000 to 10019, small 10000`."""
    named = (re.search(r"/test_truth\.py::.*\[([a-z]+) (\d+)\]$", test) for test in tests)
    passed = {(found[1], int(found[2])) for found in named if found}
    runs = []
    for scale in WORLDS:
        for seed in sorted(seed for of, seed in passed if of == scale and (of, seed - 1) not in passed):
            last = seed
            while (scale, last + 1) in passed:
                last += 1
            runs.append(f"{scale} {seed}" + (f" to {last}" if last > seed else ""))
    return ", ".join(runs) or "none"


@dataclass(frozen=True)
class Run:
    """One long run: its commit and seed, and the folder of what has passed in it so far."""

    commit: str
    seed: int
    folder: Path

    @property
    def passed(self) -> Path:
        """The file of the tests that have passed, a line each."""
        return self.folder / "passed"

    @property
    def begun(self) -> list[str]:
        """When each part of the run began."""
        return lines(self.folder / "begun")


def run_of(commit: str, clean: bool, seed: int | None, kept: Path = KEPT, now: int = 0) -> Run:
    """Return the run to go on with: one of the same commit and seed, or a new one where there is none.

    With changes that are not committed nothing is known of what passed before, so that everything is run. Without a
    seed, that of the last run of the commit is taken, or a new one.
    """
    if not clean:
        shutil.rmtree(kept / "changed", ignore_errors=True)
        return _begin(Run(commit, seed or now, kept / "changed"))
    known = sorted(kept.glob(f"{commit}-*"), key=lambda folder: folder.stat().st_mtime)
    if seed is None:
        seed = int(known[-1].name.rpartition("-")[2]) if known else now
    return _begin(Run(commit, seed, kept / f"{commit}-{seed}"))


def _begin(run: Run) -> Run:
    run.folder.mkdir(parents=True, exist_ok=True)
    return run


def result(run: Run, clean: bool, said: str) -> str:
    """Return what the result file says: `said` is pytest's own last line."""
    parts = len(run.begun)
    total = len(set(lines(run.passed)))
    return "".join(
        f"{name}: {value}\n"
        for name, value in (
            ("date", run.begun[0]),
            ("commit", run.commit if clean else f"{run.commit}, with changes that are not committed"),
            ("seed", run.seed),
            ("python", f"{platform.python_version()} on {os.cpu_count()} cores"),
            ("parts", f"{parts}, what had passed in one not run again in the next" if parts > 1 else "1"),
            ("passed", f"{total:,} tests"),
            ("worlds equal to their truth", compared(lines(run.passed))),
            ("last part", said),
        )
    )


def main(arguments: list[str]) -> int:
    """Run what has not passed yet, write the result file, and return pytest's own exit code."""
    browser = subprocess.run([sys.executable, "tests/find_browser.py"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if browser.returncode:
        return browser.returncode
    clean = not _git("status", "--porcelain", "--", ".", *(f":!{file}" for file in WRITTEN))
    now = datetime.now(UTC)
    run = run_of(_git("rev-parse", "HEAD"), clean, int(arguments[0]) if arguments else None, now=int(now.timestamp()))
    with (run.folder / "begun").open("a", encoding="utf-8") as file:
        file.write(f"{now:%Y-%m-%dT%H:%M:%SZ}\n")
    # A process that starts late must leave out what the others left out, not what has passed since.
    before = run.folder / "before"
    before.write_text("".join(f"{test}\n" for test in lines(run.passed)), encoding="utf-8")
    command = [
        sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal",
        "--long", f"--timeout={HOURS_FOR_ONE_TEST * 3600}",
        f"--hypothesis-seed={run.seed}", "-p", "tests.going_on", "--passed-before", str(before),
        "--note-passed", str(run.passed),
    ]  # fmt: skip
    said = ""
    environment = os.environ | {"PPO_BROWSER": browser.stdout.strip()}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as tests:
        for line in tests.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            said = line.strip(" =\n") or said
    written = result(run, clean, said)
    RESULT.write_text(written, encoding="utf-8")
    sys.stdout.write(f"{written}Written to {RESULT.relative_to(ROOT)}: commit it.\n")
    return 0 if tests.returncode == NOTHING_LEFT and run.passed.exists() else tests.returncode


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
