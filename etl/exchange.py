"""Events out to another engine, and the unit rows that it worked out back into use.

Where one machine is not enough for the unit queries, an engine that is already there runs them: `export` writes the
pseudonymous events as Parquet with the same definitions in that engine's SQL, and `take_units` puts the rows that come
back where the build's own were, checks the warehouse as a build does, makes the release anew and publishes it.
"""

import json
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from etl import publish
from etl.build import check_accepted, checked_and_released, database, stamp_text
from etl.identity import identity_store
from queries import portable, sql
from queries.checks import Checked
from queries.unit_rows import IN_ORDER, table_name
from queries.warehouse import STAMP, WAREHOUSE, Build, current_build, our_stamp

RUNNER = Path(__file__).with_name("on_spark.py")
SAYS = "export.json"


class UnitsWrong(ValueError):
    """Unit rows that came from elsewhere cannot be put in use: nothing is changed."""


@dataclass(frozen=True)
class Exported:
    """What was written for another engine: the unit rows that it is asked for, and the rows of each table of events."""

    units: tuple[str, ...]
    tables: dict[str, int]


@dataclass(frozen=True)
class Taken:
    """A build that was published with unit rows from elsewhere."""

    build: Build
    rows: dict[str, int]
    checked: tuple[Checked, ...]


def export(builds: Path, out: Path, engine: str = "spark") -> Exported:
    """Write the events of the current build to an empty folder, with the unit queries of another engine.

    `events/*.parquet`, `sql/*.sql`, the program that runs them and what they belong to, readable by their owner alone.
    Raises NoBuild, MadeByAnother, which is one, and FileExistsError where the folder holds something.
    """
    build = current_build(builds)
    stamp = our_stamp(build)
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"An export needs an empty folder, got: {out}")
    queries = {units: portable.statement(units, engine) for units in portable.PORTABLE}
    needed = sorted({table for units in queries for table in portable.tables(units)})
    for folder in (out, out / "events", out / "sql"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = {}
    with duckdb.connect(str((build / WAREHOUSE).resolve()), read_only=True) as connection:
        for name in needed:
            connection.table(name).write_parquet(str(out / "events" / f"{name}.parquet"))
            rows[name] = len(connection.table(name))
    for units, text in queries.items():
        (out / "sql" / f"{units}.sql").write_text(text + "\n", encoding="utf-8")
    shutil.copyfile(RUNNER, out / "run.py")
    said = {"build": stamp.id, "engine": engine, "units": list(queries), "tables": rows}
    (out / SAYS).write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    for path in out.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
    return Exported(tuple(queries), rows)


def take_units(folder: Path, builds: Path, *, identity: Path | None = None, accept: Collection[str] = ()) -> Taken:
    """Publish a new build: the current one, with the unit rows of an export's folder where its own were.

    The rows must be of an export of the current build, with the columns that the build's own have. `accept` names
    checks that may fail this once, as a build's does: what the current build was published with is named again.
    Raises ValueError for a name that is no check's, NoBuild, MadeByAnother, UnitsWrong, BuildStopped when a check stops
    publication, and BuildRunning. Whatever is raised, the build before is in use.
    """
    check_accepted(accept)
    given = _given(folder)
    build = current_build(builds)
    stamp = our_stamp(build)
    if given["build"] != stamp.id:
        raise UnitsWrong(
            f"Unit rows must be of the build in use, {stamp.id}, got those of {given['build']}: export it again."
        )
    names = [name for name in given["units"] if (folder / "units" / f"{name}.parquet").exists()]
    if not names:
        raise UnitsWrong(f"No unit rows are in {folder / 'units'}: run {folder / 'run.py'} where Spark is.")
    store = identity_store(builds, stamp.synthetic, identity)
    with publish.building(builds) as work:
        fresh = work / "build"
        fresh.mkdir(mode=0o700)
        shutil.copyfile(build / WAREHOUSE, fresh / WAREHOUSE)
        connection = database(fresh / WAREHOUSE, work)
        rows = {name: _replace(connection, name, folder / "units" / f"{name}.parquet") for name in names}
        for title in ("checks", "doubtful_figures", "release"):
            connection.execute(_statement(title))
        stamp = replace(stamp, id=_next_id(builds, stamp.id))
        checked, released = checked_and_released(connection, builds, given["build"], store, stamp, accept)
        connection.close()
        (fresh / STAMP).write_text(stamp_text(stamp), encoding="utf-8")
        for path in (store.folder / given["build"]).glob("*.sealed"):
            store.write(stamp.id, path.stem, store.read(given["build"], path.stem))
        store.write_frame(stamp.id, "release", released)
        publish.publish(builds, fresh, stamp.id)
    return Taken(stamp, rows, tuple(checked))


def _statement(title: str) -> str:
    return sql.section("etl/exchange.sql", title)


def _given(folder: Path) -> dict:
    try:
        return json.loads((folder / SAYS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnitsWrong(f"A folder that `ppo export` made holds {SAYS}, got: {folder}") from None


def _replace(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> int:
    """Put rows where a unit table's own were, in its types and its order. Returns how many there are."""
    table = table_name(name)
    kinds = dict(zip(connection.table(table).columns, map(str, connection.table(table).types), strict=True))
    # Spark writes a folder of parts.
    parts = sorted(map(str, path.glob("*.parquet"))) if path.is_dir() else [str(path)]
    if not parts:
        raise UnitsWrong(f"Unit rows of {name} are not there to the end: run the export's run.py again.")
    try:
        given = connection.read_parquet(parts)
        if set(given.columns) != set(kinds):
            odd = sorted(set(given.columns) ^ set(kinds))
            raise UnitsWrong(f"Unit rows of {name} must have the columns of the build's own, got: {', '.join(odd)}")
        typed = given.project(", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in kinds.items()))
        typed.order(IN_ORDER).create(f"{table}_given")
    except duckdb.Error as error:
        # The message of the engine may hold a value of a row.
        raise UnitsWrong(f"Unit rows of {name} cannot be read in the types of its columns") from error
    for title in ("units", "given"):
        connection.execute(_statement(title).replace("{table}", table))
    return len(connection.table(table))


def _next_id(builds: Path, build_id: str) -> str:
    """Return the name of the next build of the same extracts."""
    stem = build_id if build_id.count("-") < 2 else build_id.rpartition("-")[0]
    taken = {path.name for path in builds.iterdir()}
    return next(name for n in range(2, len(taken) + 3) if (name := f"{stem}-{n}") not in taken)
