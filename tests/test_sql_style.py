"""Every SQL file reads the same way: sqlfluff, by the rules of pyproject.toml, on each section by itself."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import sqlglot
from sqlfluff.core import FluffConfig, Linter
from sqlglot import exp

from queries import sql

ROOT = Path(__file__).parent.parent
CONFIG = FluffConfig.from_path(str(ROOT / "pyproject.toml"))
# What users write is in SQLite, which alone has the triggers that keep the audit log whole.
SQLITE = {"queries/store.sql"}
SQLITE_CONFIG = FluffConfig.from_path(str(ROOT / "pyproject.toml"), overrides={"dialect": "sqlite"})
FILES = sorted(str(path.relative_to(ROOT)) for room in ("queries", "etl") for path in (ROOT / room).rglob("*.sql"))

# A few sections have a place for breakdown columns or joins. Any that parse there will do to read the style.
STAND_INS = {
    "{units}": "people",
    "{people}": "select area, person_id, y, x, largest from people",
    "{sizes}": "select area, denominator, n, last_month from people",
    "{heads}": "select area, people from people",
    "{by}": "area,",
    "{rest}": "area,",
    "{sizes_by}": "sizes.area,",
    "{grid_by}": "grid.area,",
    "{grid_matches_exits}": "and grid.area = exits.area",
    "{dimensions}": "placed.area",
    "{joins}": "cross join people",
    # sqlfluff's duckdb does not know this comparison.
    " is distinct from ": " <> ",
    " is not distinct from ": " = ",
}
STATEMENT = re.compile(r"(select|with|create|insert|update|delete|from)\b", re.IGNORECASE)


def sections(text: str) -> list[tuple[int, str]]:
    """Return each section of a file that holds whole statements, with the number of its first line."""
    starts = [0, *(found.start() for found in re.finditer(r"^-- section: ", text, re.MULTILINE)), len(text)]
    parts = [(text.count("\n", 0, a) + 1, text[a:b].rstrip() + "\n") for a, b in pairwise(starts)]
    return [(line, part) for line, part in parts if STATEMENT.match(re.sub(r"--.*", "", part).lstrip())]


def complaints(text: str, config: FluffConfig = CONFIG) -> list[str]:
    """Return what sqlfluff says of a file: the line, the rule and the reason."""
    found = []
    for line, section in sections(text):
        for place, stand_in in STAND_INS.items():
            section = section.replace(place, stand_in)
        for problem in Linter(config=config).lint_string(section).get_violations():
            found.append(f"{line + problem.line_no - 1}: {problem.rule_code()} {problem.desc()[:200]}")
    return found


def test_complaints_name_the_line_and_the_rule():
    text = "-- section: a\nselect 1 as one\n\n-- section: b\nSELECT 1 as one\n\n-- section: c\nleft join t\n"
    assert [line.split()[:2] for line in complaints(text)] == [["5:", "CP01"]]


@pytest.mark.parametrize("name", FILES)
def test_sql_is_written_in_one_style(name):
    config = SQLITE_CONFIG if name in SQLITE else CONFIG
    assert complaints((ROOT / name).read_text(encoding="utf-8"), config) == []


def grouped_over_people(text: str) -> list[str]:
    """Return the groupings of a query that put people together: one unit is about one person."""
    groupings = sqlglot.parse_one(text, dialect="duckdb").find_all(exp.Group)
    return [each.sql() for each in groupings if "person_id" not in {column.name for column in each.expressions}]


def test_a_grouping_that_puts_people_together_is_found():
    text = "with a as (select x.person_id, y, max(z) as z from x group by x.person_id, y) select y from a group by y"
    assert grouped_over_people(text) == ["GROUP BY y"]


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("queries/measures/")])
def test_a_measure_groups_by_what_one_unit_is_made_of(name):
    assert grouped_over_people(sql.body(name)) == []
