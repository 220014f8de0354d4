"""Every SQL file reads the same way: sqlfluff, by the rules of pyproject.toml, on each section by itself."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter

ROOT = Path(__file__).parent.parent
CONFIG = FluffConfig.from_path(str(ROOT / "pyproject.toml"))
FILES = sorted(str(path.relative_to(ROOT)) for room in ("queries", "etl") for path in (ROOT / room).rglob("*.sql"))

# A few sections have a place for breakdown columns or joins. Any that parse there will do to read the style.
PLACES = {
    "{by}": "area,",
    "{sizes_by}": "sizes.area,",
    "{grid_by}": "grid.area,",
    "{grid_matches_exits}": "and grid.area = exits.area",
    "{dimensions}": "placed.area",
    "{joins}": "cross join people",
}


def sections(text: str) -> list[tuple[int, str]]:
    """Return each section of a file with the number of its first line."""
    starts = [0, *(found.start() for found in re.finditer(r"^-- section: ", text, re.MULTILINE)), len(text)]
    parts = [(text.count("\n", 0, a) + 1, text[a:b]) for a, b in pairwise(starts)]
    return [(line, part.rstrip() + "\n") for line, part in parts if re.sub(r"--.*", "", part).strip()]


def complaints(text: str) -> list[str]:
    """Return what sqlfluff says of a file: the line, the rule and the reason."""
    found = []
    for line, section in sections(text):
        for place, example in PLACES.items():
            section = section.replace(place, example)
        for problem in Linter(config=CONFIG).lint_string(section).get_violations():
            found.append(f"{line + problem.line_no - 1}: {problem.rule_code()} {problem.desc()[:200]}")
    return found


@pytest.mark.parametrize("name", FILES)
def test_sql_is_written_in_one_style(name):
    assert complaints((ROOT / name).read_text(encoding="utf-8")) == []
