"""Forgetting a person: they are left out of every build after they were named, and their number is given to nobody.

The list is sealed with the identities, and holds only keyed hashes of identifiers: it must last as long as extracts
that hold the person may come, and should not itself be a list of who asked.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from etl.identifiers import teach
from etl.identity import IdentityStore, identity_store
from queries import sql
from queries.warehouse import current_build, read_stamp

FOLDER = "forgotten"
"""The folder of the identity store that the list is in; every other is named as a build."""

LIST = "list"
STATEMENTS = "etl/forget.sql"


class UnknownIdentifier(ValueError):
    """Something is no identifier of any kind that an agency sends."""


@dataclass(frozen=True)
class Forgotten:
    """What naming some people came to: how many of them the current build knows, and how long the list now is."""

    people: int
    unknown: int
    listed: int


def forget(builds: Path, asked: Collection[str], identity: Path | None = None) -> Forgotten:
    """Put people on the list: by person number, or by PNC id, CRN, prison or DIP number as an agency writes it.

    All the identifiers that the current build ties to a person go on the list. One that it does not know is listed as
    it is, for when it comes. Raises UnknownIdentifier, IdentityKeyMissing, IdentityKeyWrong and NoBuild; then nobody
    is put on the list.
    """
    build = read_stamp(current_build(builds))
    store = identity_store(builds, build.synthetic, identity)
    registry = store.registry(build.id)
    known = dict(registry.iter_rows())
    people: set[int] = set()
    loose: set[str] = set()
    unknown = 0
    for place, text in enumerate(asked, start=1):
        if text.isdigit() and len(text) < 9:
            if int(text) not in set(known.values()):
                # Not quoted: it may be somebody's identifier, mistyped.
                raise UnknownIdentifier(f"Number {place} of those given is no person of the current build.")
            people.add(int(text))
            continue
        written = _canonical(text, build.extract_date.year)
        if not written:
            raise UnknownIdentifier(f"Number {place} of those given is no PNC id, CRN, prison or DIP number.")
        found = {known[each] for each in written if each in known}
        people |= found
        loose |= set(written)
        unknown += not found
    named = loose | {identifier for identifier, person in known.items() if person in people}
    hashes = set(listed(store)) | {_hash(store, each) for each in named}
    store.write_frame(FOLDER, LIST, pl.DataFrame({"hash": sorted(hashes)}, schema={"hash": pl.String}))
    return Forgotten(len(people), unknown, len(hashes))


def listed(store: IdentityStore) -> list[str]:
    """Return the keyed hashes of the identifiers that are to be forgotten, sorted."""
    if not (store.folder / FOLDER / f"{LIST}.sealed").is_file():
        return []
    return store.read_frame(FOLDER, LIST)["hash"].to_list()


def leave_out(staging: duckdb.DuckDBPyConnection, store: IdentityStore, year: int) -> dict[str, int]:
    """Take everybody on the list out of what was taken in, and return how many records of people went, by file.

    What was read, accepted and set aside stays counted as it was sent.
    """
    hashes = listed(store)
    staging.register("forgotten_given", pl.DataFrame({"hash": hashes}, schema={"hash": pl.String}))
    staging.execute(sql.section(STATEMENTS, "forgotten"))
    staging.unregister("forgotten_given")
    if not hashes:
        return {}
    for title in ("records", "leave_out"):
        _run(staging, title, {"key": store.key, "year": year})
    return dict(staging.sql(sql.section(STATEMENTS, "counts")).fetchall())


def bury(staging: duckdb.DuckDBPyConnection, store: IdentityStore) -> None:
    """Keep the numbers of everybody on the list from being given to anybody else, without saying whose they were."""
    _run(staging, "bury", {"key": store.key})


def say(warehouse: duckdb.DuckDBPyConnection, counts: dict[str, int]) -> None:
    """Put how many records were left out beside how the others were linked, so that nobody is left out unseen."""
    for file, records in counts.items():
        warehouse.execute(sql.section(STATEMENTS, "say"), {"file": file, "records": records})


def _run(staging: duckdb.DuckDBPyConnection, title: str, parameters: dict[str, str | int]) -> None:
    for statement in staging.extract_statements(sql.section(STATEMENTS, title)):
        wanted = {name: value for name, value in parameters.items() if f"${name}" in statement.query}
        staging.execute(statement, wanted or None)


def _canonical(text: str, year: int) -> list[str]:
    """Return what an identifier is in its one form, with its kind in front: for each kind that it could be."""
    connection = duckdb.connect()
    try:
        teach(connection)
        found = connection.execute(sql.section(STATEMENTS, "canonical"), {"written": text, "year": year}).fetchall()
    finally:
        connection.close()
    kinds = [each for each in found[0] if each is not None]
    # A DIP number may be spelt almost anyhow: it is one only where it is no other kind.
    return [each for each in kinds if not each.startswith("dip:")] or kinds


def _hash(store: IdentityStore, identifier: str) -> str:
    return hashlib.sha256((store.key + identifier).encode()).hexdigest()
