"""From a folder of extracts to a published warehouse: take in, link, transform, measure, check, protect, publish."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from etl import forget, publish
from etl.again import MADE_OF, made_of
from etl.contracts import EXTRACTS
from etl.doubt import doubtful_figures
from etl.identity import IdentityStore, identity_store
from etl.intake import Intake, quarantine_files, take_in
from etl.link.linking import link
from etl.link.overrides import OVERRIDES, read_overrides
from etl.manifest import read_manifest
from queries import release, sql
from queries.catalogue import default_switches
from queries.checks import SHRUNK, Checked, headers, run_checks
from queries.unit_rows import IN_ORDER, Cohort, compose, steps, table_name, unit_files
from queries.warehouse import IN_ONE_PASS, STAMP, WAREHOUSE, Build, Warehouse, current_build

Progress = Callable[[str, float], None]
STAGES = (
    "Taking in",
    "Linking people",
    "Making the warehouse",
    "Working out measures",
    "Checking",
    "Figures in doubt",
    "Protecting",
    "Publishing",
)
MEMORY_LIMIT = "2GB"


class BuildStopped(RuntimeError):
    """A check stopped publication; the build before is still the one in use."""

    def __init__(self, broken: list[Checked]) -> None:
        self.broken = broken
        lines = "\n".join(f"- {b.check}: {b.title} ({b.rows:,} rows)" for b in broken)
        super().__init__(f"Nothing was published. Checks that stop publication failed:\n{lines}")


@dataclass(frozen=True)
class Published:
    """A build that was published, with what to say about it."""

    build: Build
    folder: Path
    intake: Intake
    checked: tuple[Checked, ...]
    people: int
    changes: tuple[tuple[str, int], ...]
    """People found to be one, and records that left a person: `merged` or `split`, and the number that it left."""


def build(
    extracts: Path,
    builds: Path,
    *,
    extract_date: date | None = None,
    identity: Path | None = None,
    accept: Collection[str] = (),
    progress: Progress | None = None,
    built_on: date | None = None,
    by_name: bool = True,
    overrides: Path | None = None,
) -> Published:
    """Build a warehouse from a folder of extracts and publish it.

    Without `by_name`, people are linked by identifiers alone. `overrides` is the file of decisions about who is who,
    by default the one that lies with the identity store. `accept` names checks that may fail this once, by id or
    as `FILE:shrunk`. Raises ValueError for a name that is no check's, IntakeStopped when a file cannot be read,
    OverridesWrong when the decisions cannot be used, IdentityKeyMissing for a real extract without a key, BuildStopped
    when a check stops publication, and BuildRunning when another build is at work. Whatever is raised, the build before
    is still in use.
    """
    extracts, builds = Path(extracts), Path(builds)
    check_accepted(accept)
    tell = progress or (lambda stage, share: None)
    manifest = read_manifest(extracts, extract_date)
    store = identity_store(builds, manifest.synthetic, identity)
    before = publish.current_id(builds)
    # Before anything is read: what changes meanwhile is then found to have changed.
    of = made_of(
        extracts, store, extract_date=manifest.extract_date, accept=accept, by_name=by_name, overrides=overrides
    )
    with publish.building(builds) as work:
        fresh = work / "build"
        fresh.mkdir(mode=0o700)
        staging = database(work / "staging.duckdb", work)
        tell("Taking in", 0.0)
        intake = take_in(
            extracts,
            staging,
            extract_date=extract_date,
            progress=lambda stage, share: tell("Taking in", share),
        )
        build_id = _build_id(extracts, builds, intake)
        left_out = forget.leave_out(staging, store, intake.extract_date.year)
        tell("Linking people", 0.0)
        decisions = read_overrides(overrides or store.folder / OVERRIDES)
        link(staging, intake.extract_date.year, decisions, by_name=by_name)
        people = number_people(staging, store, store.registry(before))
        tell("Making the warehouse", 0.0)
        _transform(staging, fresh / WAREHOUSE, tell)
        identities = staging.sql(_statement("identities")).pl()
        registry = staging.sql(_statement("registry_after")).pl()
        doubtful = staging.sql(_statement("doubtful")).pl()
        changes = tuple(staging.sql(_statement("changes")).fetchall())
        quarantine = list(quarantine_files(staging))
        staging.close()

        stamp = Build(
            id=build_id,
            built_on=built_on or date.today(),  # noqa: DTZ011  the day it was made where it was made
            extract_date=intake.extract_date,
            covered_to=max(to for _, to in intake.coverage.values()),
            files=len(intake.counts),
            rows_read=sum(count.rows_read for count in intake.counts),
            rows_accepted=sum(count.accepted for count in intake.counts),
            synthetic=intake.synthetic,
            made_with=sql.digest(),
        )
        connection = database(fresh / WAREHOUSE, work)
        forget.say(connection, left_out)
        _units(connection, tell)
        checked, released = checked_and_released(connection, builds, before, store, stamp, accept, tell)
        connection.close()

        tell("Publishing", 0.0)
        (fresh / STAMP).write_text(stamp_text(stamp), encoding="utf-8")
        (fresh / MADE_OF).write_text(f"{of}\n", encoding="ascii")
        store.write_frame(build_id, "people", identities)
        store.write_frame(build_id, "registry", registry)
        store.write_frame(build_id, "release", released)
        store.write_frame(build_id, "doubtful", doubtful)
        for name, content in quarantine:
            store.write(build_id, f"quarantine-{name.replace('/', '-')}", content)
        publish.publish(builds, fresh, build_id)
        tell("Publishing", 1.0)
    return Published(stamp, builds / build_id, intake, tuple(checked), people, changes)


def check_accepted(accept: Collection[str]) -> None:
    """Raise ValueError for a name that is no check's: it would let nothing through."""
    ids = [header["check"] for header in headers().values()]
    known = {*ids, *(f"{extract.name}:{SHRUNK}" for extract in EXTRACTS)}
    for name in accept:
        if name not in known:
            raise ValueError(
                f"A check is one of {', '.join(ids)}, or FILE:{SHRUNK} of a file such as police/offences, got: {name}"
            )


def checked_and_released(
    connection: duckdb.DuckDBPyConnection,
    builds: Path,
    before: str | None,
    store: IdentityStore,
    stamp: Build,
    accept: Collection[str] = (),
    progress: Progress | None = None,
) -> tuple[list[Checked], pl.DataFrame]:
    """Check a warehouse with its unit rows and make its release. Returns what the checks found, and the record.

    Raises BuildStopped, with the connection closed, when a check stops publication.
    """
    tell = progress or (lambda stage, share: None)
    tell("Checking", 0.0)
    checked = run_checks(lambda text: connection.sql(text).pl(), _previous_counts(builds, before))
    stopping = [each for each in checked if each.rows and each.severity == "hard" and each.check not in accept]
    _store(connection, "checks", pl.DataFrame([each.row() for each in checked], schema=Checked.SCHEMA))
    if stopping:
        connection.close()
        raise BuildStopped(stopping)
    tell("Figures in doubt", 0.0)
    _store(connection, "doubtful_figures", doubtful_figures(connection, stamp))
    tell("Protecting", 0.0)
    released = release.make(Warehouse(connection, stamp), store.released(before))
    _store(connection, "release", released.shown)
    connection.execute("checkpoint")
    return checked, released.record


def database(path: Path, work: Path) -> duckdb.DuckDBPyConnection:
    """Open a database of a build, which only its owner can read: its memory is bounded, and it spills beside it."""
    settings = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(work / "spill")} | IN_ONE_PASS
    connection = duckdb.connect(str(path), config=settings)
    path.chmod(0o600)
    return connection


def _build_id(extracts: Path, builds: Path, intake: Intake) -> str:
    """Return a new name: the extract date, a fingerprint of what was sent, and a number where that is taken."""
    digest = hashlib.sha256(intake.extract_date.isoformat().encode())
    for path in sorted(p for p in extracts.rglob("*") if p.is_file() and p.parent != extracts):
        digest.update(path.relative_to(extracts).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    stem = f"{intake.extract_date:%Y%m%d}-{digest.hexdigest()[:8]}"
    taken = {path.name for path in builds.iterdir()} if builds.is_dir() else set()
    return next(name for n in range(1, len(taken) + 2) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)


def number_people(staging: duckdb.DuckDBPyConnection, store: IdentityStore, known: pl.DataFrame) -> int:
    """Give every person linked their permanent number, and return how many people there are.

    `known` is the registry that the build before left.
    """
    staging.register("registry_given", known)
    staging.execute(_statement("registry_before"))
    forget.bury(staging, store)
    staging.unregister("registry_given")
    for statement in staging.extract_statements(sql.section("etl/link/people.sql", "registry")):
        staging.execute(statement, {"key": store.key} if "$key" in statement.query else None)
    for title in ("lookups", "doubtful"):
        staging.execute(sql.section("etl/link/people.sql", title))
    return len(staging.sql(_statement("people")))


def _transform(staging: duckdb.DuckDBPyConnection, target: Path, tell: Progress) -> None:
    """Write the pseudonymous warehouse beside the staging database."""
    staging.execute(f"attach '{str(target).replace(chr(39), chr(39) * 2)}' as warehouse")
    target.chmod(0o600)
    names = list(default_switches())
    row = pl.DataFrame(
        [default_switches()], schema_overrides={n: pl.Int32 for n in names if n.endswith(("days", "months"))}
    )
    staging.register("switches_given", row)
    staging.execute(_statement("switches"))
    staging.unregister("switches_given")
    titles = sql.titles("etl/transform.sql")
    for place, title in enumerate(titles):
        staging.execute(sql.section("etl/transform.sql", title))
        tell("Making the warehouse", (place + 1) / len(titles))
    staging.execute("detach warehouse")


def _units(connection: duckdb.DuckDBPyConnection, tell: Progress) -> None:
    """Cut time into periods and write the unit rows of every measure, each with its attributes."""
    shared, parameters = steps(), Cohort.named(None).parameters
    for name, text in shared.items():
        connection.sql(text, params=parameters if "$" in text else None).create(name)
    names = unit_files()
    for place, name in enumerate(names):
        connection.sql(compose(name)).order(IN_ORDER).create(table_name(name))
        tell("Working out measures", (place + 1) / len(names))
    # A table while it is read again and again; afterwards the unit rows hold all of it.
    connection.execute(_statement("entries_again"))
    connection.sql(shared["cohort_entries"]).set_alias("entries").create_view("cohort_entries")


def _previous_counts(builds: Path, before: str | None) -> dict[str, int]:
    """Return how many rows of each file the build before accepted, so that one that shrank can be noticed."""
    if before is None:
        return {}
    files = Warehouse.open_build(current_build(builds), whoever_made_it=True).query(_statement("previous_counts"))
    return dict(files.iter_rows())


def _store(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("given", frame)
    connection.table("given").create(name)
    connection.unregister("given")


def _statement(title: str) -> str:
    return sql.section("etl/build.sql", title)


def stamp_text(stamp: Build) -> str:
    """Return the text of a build's stamp."""
    fields = {key: getattr(stamp, key) for key in Build.__dataclass_fields__}
    return json.dumps(fields, default=lambda value: value.isoformat(), indent=2) + "\n"
