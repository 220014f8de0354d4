"""Would the tests notice if a defence went? Each edit of defences.toml is put into a copy, and its tests must fail.

`python -m tests.defences` tries all of them, `python -m tests.defences NAME...` those whose names hold a text given;
`--list` says what there is, and `--without-browser` leaves out the tests that need one. First the tests are run on the
copy as it is, where they must pass (`--without-first` leaves that out); then each edit is put in by itself, its tests
are run, and it is taken out again. Exit code 1: something was not noticed.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sample_builds import KEPT

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tests" / "defences.toml"
THREATS = "docs/threat-model.md"
COULD_NOT_BEGIN = " (it could not begin)"
LONGEST = 900
"""Seconds that the tests of one edit may take."""


@dataclass(frozen=True)
class Defence:
    """One defence, and an edit of one file that takes it away: `old` becomes `new`, and every one of `tests` fails.

    `line` is the line of the threat model that it stands for, or nothing where it stands for none. `makes_builds` says
    that the edit is of what a build does, so that no build may be used that was made before it.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    why: str
    line: str = ""
    makes_builds: bool = False

    def taken_away(self, tree: Path) -> str:
        """Return the text of its file without the defence. Raises ValueError unless `old` is there exactly once."""
        text = (tree / self.file).read_text(encoding="utf-8")
        if (times := text.count(self.old)) != 1:
            raise ValueError(f"{self.name}: {self.file} must have this once, got {times} times: {self.old}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Tried:
    """What came of one edit: what each test said that failed, and the tests that did not."""

    noticed: dict[str, str]
    missed: tuple[str, ...]

    def in_words(self, defence: Defence) -> str:
        """Return what came of it, a line for each test."""
        lines = [f"{'NOT NOTICED' if self.missed else 'noticed':<12}{defence.name} ({defence.why})"]
        lines += [f"    by {test}: {said[:160]}" for test, said in self.noticed.items()]
        return "\n".join([*lines, *(f"    NOT BY {test}" for test in self.missed)])


def listed(path: Path = LIST) -> list[Defence]:
    """Return every defence of the list."""
    given = tomllib.loads(path.read_text(encoding="utf-8"))["defence"]
    return [Defence(**{**each, "tests": tuple(each["tests"])}) for each in given]


def lines_of_the_threat_model(text: str) -> dict[str, list[str]]:
    """Return the tests that each line names, by who does what."""
    found = {}
    for line in text.splitlines():
        if re.match(r"\| (?!---|who does)", line):
            who, _, tried_by = (part.strip() for part in line.strip().strip("|").split(" | "))
            found[who] = re.findall(r"`(tests/[^`]+)`", tried_by)
    return found


@contextmanager
def copy_of(root: Path) -> Iterator[Path]:
    """Give a copy of the project as it is now, what is not committed included, that may be spoilt."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    with TemporaryDirectory(prefix="defences-") as folder:
        tree = Path(folder) / "tree"
        for name in names:
            if name and (root / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, tree / name)
        # Some tests ask git what the project's files are.
        subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
        yield tree


def run(tree: Path, tests: Sequence[str], kept: Path | None) -> tuple[int, dict[str, str]]:
    """Run tests of a tree, and return pytest's exit code and what each said that failed, by its name.

    A test that could not begin is not one that failed, or an edit that breaks everything would be noticed by anything.
    It is said under its name with COULD_NOT_BEGIN.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-rfE", "--tb=no", "--no-header", "-p", "no:cacheprovider"]
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST_", "PPO_"))}
    environment |= {name: os.environ[name] for name in ("PPO_BROWSER",) if name in os.environ}
    environment |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "250"}
    if kept is not None:
        environment[KEPT] = str(kept)
    with TemporaryDirectory(prefix="defences-run-") as folder:
        done = subprocess.run(
            [*command, f"--basetemp={folder}/base", *tests],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST * max(1, len(tests) // 4),
        )
    failed: dict[str, str] = {}
    for line in done.stdout.splitlines():
        if match := re.match(r"FAILED (tests/\S+?::\w+)(.*)", line):
            failed.setdefault(match[1], match[2].rpartition(" - ")[2].strip())
        elif match := re.match(r"ERROR (tests/\S+?::\w+)", line):
            failed.setdefault(match[1] + COULD_NOT_BEGIN, "")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest could not run these tests:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    return done.returncode, failed


def whole(test: str) -> str:
    """Return the name of a test without the one case of it that is run, where there are many."""
    return test.partition("[")[0]


def try_one(tree: Path, defence: Defence, kept: Path | None) -> Tried:
    """Take one defence away, run its tests, and put it back."""
    file = tree / defence.file
    before = file.read_text(encoding="utf-8")
    file.write_text(defence.taken_away(tree), encoding="utf-8")
    try:
        _, failed = run(tree, defence.tests, None if defence.makes_builds else kept)
    finally:
        file.write_text(before, encoding="utf-8")
    return Tried(
        {test: failed[whole(test)] for test in defence.tests if whole(test) in failed},
        tuple(
            test + COULD_NOT_BEGIN if whole(test) + COULD_NOT_BEGIN in failed else test
            for test in defence.tests
            if whole(test) not in failed
        ),
    )


def without_browser(tests: Sequence[str]) -> tuple[str, ...]:
    """Return the tests that need no browser."""
    return tuple(test for test in tests if not test.startswith("tests/browser/"))


def main(asked: Sequence[str]) -> int:
    """Try the defences that were asked for, say what came of each, and return the exit code."""
    words = [each for each in asked if not each.startswith("--")]
    chosen = [each for each in listed() if not words or any(word in each.name for word in words)]
    if "--without-browser" in asked:
        chosen = [replace(each, tests=tests) for each in chosen if (tests := without_browser(each.tests))]
    if "--list" in asked:
        for each in chosen:
            print(f"{each.name}: {each.file} ({', '.join(each.tests)})")
        return 0
    if not chosen:
        print(f"No defence is called anything like {' or '.join(words)}.")
        return 1
    missed = 0
    with copy_of(ROOT) as tree, TemporaryDirectory(prefix="defences-builds-") as folder:
        kept = Path(os.environ.get(KEPT) or folder)
        if "--without-first" not in asked:
            code, failed = run(tree, sorted({test for each in chosen for test in each.tests}), kept)
            if code:
                print("These fail already, with every defence in place:", *failed, sep="\n  ")
                return 1
            print("With every defence in place all of these tests pass.", flush=True)
        for each in chosen:
            tried = try_one(tree, each, kept)
            print(tried.in_words(each), flush=True)
            missed += bool(tried.missed)
    print(f"{len(chosen) - missed} of {len(chosen)} noticed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
