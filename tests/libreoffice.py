"""Every file of a return opened in LibreOffice and read back, by `python -m tests.libreoffice BUILDS SCHEME MONTH_END`.

Run by hand, since an office is too much to ask of whoever runs the tests: they read the files' own XML. LibreOffice is
asked for every sheet as CSV, and each cell must be what the file has. It prints a line for each file, and ends with 1
where a cell differs, a sheet is missing, or the file could not be loaded.
"""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.spreadsheets import read

RETURNS = (
    ("scheme-profile", "official"),
    ("scheme-profile", "public"),
    ("home-office", "official"),
    ("home-office", "public"),
    ("self-assessment", "official"),
)
FORMATS = ("xlsx", "ods")
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""Commas, double quotes, UTF-8, values as they are stored and not as they are shown, and a file for each sheet."""


def same(shown: str, written: str | float) -> bool:
    """Return whether LibreOffice read what was written. It says percentages as such, at full precision."""
    if isinstance(written, str):
        return shown == written
    try:
        number = float(shown.removesuffix("%")) / (100 if shown.endswith("%") else 1)
    except ValueError:
        return False
    return math.isclose(number, written, rel_tol=1e-9, abs_tol=1e-12)


def differing(file: Path, folder: Path) -> tuple[int, list[str]]:
    """Return how many cells a file has, and what LibreOffice does not read as it was written."""
    done = subprocess.run(
        ["soffice", "--headless", "--convert-to", EVERY_SHEET, "--outdir", str(folder), str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    _, sheets = read(file.read_bytes())
    cells, wrong = 0, []
    for name, sheet in sheets.items():
        path = folder / f"{file.stem}-{name}.csv"
        if not path.exists():
            wrong.append(f"{name} was not read: {done.stderr.strip()}")
            continue
        with path.open(encoding="utf-8", newline="") as opened:
            found = list(csv.reader(opened))
        for i, row in enumerate(sheet.rows):
            for j, written in enumerate(row):
                if written is None:
                    continue
                cells += 1
                shown = found[i][j] if i < len(found) and j < len(found[i]) else ""
                if not same(shown, written):
                    wrong.append(f"{name}, row {i + 1}, column {j + 1}: {shown!r} for {written!r}")
    return cells, wrong


def main(builds: str, scheme: str, month_end: str) -> int:
    """Write every return of a scheme in both formats, and say of each what LibreOffice makes of it."""
    failed = False
    for kind, release in RETURNS:
        for form in FORMATS:
            with TemporaryDirectory() as work:
                file, folder = Path(work) / f"return.{form}", Path(work) / "sheets"
                asked = ["--as-at", month_end, "--scheme", scheme, "--release", release, "--out", str(file)]
                command = [sys.executable, "-m", "cli", "return", kind, *asked, "--builds", builds]
                subprocess.run([*command, "--as", f"manager:{scheme}"], check=True, stdout=subprocess.DEVNULL)
                cells, wrong = differing(file, folder)
            failed = failed or bool(wrong)
            sys.stdout.write(f"{kind}, {release}, .{form}: {cells:,} cells, {len(wrong)} not as written\n")
            sys.stdout.write("".join(f"  {each}\n" for each in wrong))
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
