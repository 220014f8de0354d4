"""The text of every SQL file, and the only place that finds one."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
"""The folder that `queries/` and `etl/` stand in. Tests point it at a changed copy."""

_SECTION = re.compile(r"^-- section: (\w+)\s*$", re.MULTILINE)


def read_sql(name: str) -> str:
    """Return the text of one file, named from the top of the project (`queries/aggregate.sql`)."""
    return _read(ROOT, name)


@lru_cache(maxsize=256)
def _read(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def digest() -> str:
    """Return a digest of every SQL file: a build that others made may have other tables, and mean others by them."""
    return _digest(ROOT)


@lru_cache(maxsize=8)
def _digest(root: Path) -> str:
    made = hashlib.sha256()
    for path in sorted(path for folder in ("etl", "queries") for path in (root / folder).rglob("*.sql")):
        made.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return made.hexdigest()[:16]


def section(name: str, title: str) -> str:
    """Return one `-- section: title` of a file that holds several, without its heading.

    Raises KeyError naming the file and the title when there is none.
    """
    parts = _SECTION.split(read_sql(name))
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    if title not in found:
        raise KeyError(f"{name} has no section {title!r}, only: {', '.join(found)}")
    return found[title].strip()


def body(name: str) -> str:
    """Return a measure's query without the comment header above it or a final semicolon."""
    lines = read_sql(name).splitlines()
    first = next(i for i, line in enumerate(lines) if line.strip() and not line.startswith("--"))
    return "\n".join(lines[first:]).strip().rstrip(";")


def files(folder: str) -> list[str]:
    """Return the names of the SQL files of one folder, sorted, each from the top of the project."""
    return sorted(f"{folder}/{path.name}" for path in (ROOT / folder).glob("*.sql"))


def titles(name: str) -> list[str]:
    """Return the titles of the sections of one file, in order."""
    return _SECTION.findall(read_sql(name))


def with_literals(text: str, parameters: Mapping[str, Any]) -> str:
    """Return a query to read and to paste, each `$name` that it binds written out. What runs here binds them.

    Raises TypeError for a value that no query here binds.
    """
    return re.sub(
        r"\$([a-z]\w*)", lambda found: _literal(parameters[found[1]]) if found[1] in parameters else found[0], text
    )


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Without an exponent DuckDB would read a decimal of fixed places.
        return f"{value!r}e0"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]" if value else "cast([] as varchar[])"
    raise TypeError(f"A value written out must be text, a number, a date or a list of them, got: {type(value)}")
