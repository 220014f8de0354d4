"""The audit log: one line for each event that the promises name, chained so that a change to any of them shows.

Every line holds the hash of the line before it. Whoever changes, removes or puts in a line has to write every later
one again, and the last hash is then another: `ppo audit --head` gives it, to be kept where the log is not.
"""

import getpass
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from queries.store import Store, opened

EVENTS = {
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "denied": "Access denied",
    "units": "Rows about single people seen",
    "download": "File taken",
    "sign_off": "Signed off",
    "self_assessment": "Self-assessment written",
    "override": "Link decided by a person",
    "who": "Names asked for",
    "unseal": "Rows set aside opened",
    "forget": "Person to be forgotten",
    "prune": "Old builds removed",
    "backup": "Backup made",
    "retention": "Old audit lines removed",
}
"""Everything that makes a line, with what it is called on a page."""

ABOUT = {
    "page", "measure", "by", "filters", "period", "as_at", "file", "release", "reason", "rule", "decision", "rows",
    "people", "person_ids", "pair", "lines", "version", "section", "field",
}  # fmt: skip
"""What a line may say about its event: names of things, numbers of rows, pseudonymous numbers of people."""

BEGINNING = "0" * 64
"""What the first line has for the hash of the line before it."""

_NUMBER = r"\b\d{2,4}/\d{1,7}[A-Z]\b|\b[A-Z]\d{6}\b|\b[A-Z]\d{4}[A-Z]{2}\b|\b\d{2}/\w{4}/\w{2}/\w+\b"
_POSTCODE = r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
# In any case but for a postcode: in small letters "q3 2nd" would be one.
_IDENTIFIER = re.compile(f"(?i:{_NUMBER})|{_POSTCODE}")
_LONGEST = 300


def has_identifier(text: str) -> bool:
    """Return whether something in a text is written as one person's number is, in any case, or a postcode in capitals.

    So that the ordinary words of a text or a name are let through: "Q3 2nd review" is no postcode.
    """
    return _IDENTIFIER.search(text) is not None


class NotForTheLog(ValueError):
    """Something was about to be logged that has no place there."""


@dataclass(frozen=True)
class Fault:
    """The first line of the log that does not follow from the one before."""

    number: int
    reason: str


def operating_system_user() -> str:
    """Return who is at the command line, as the operating system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def record(
    builds: Path,
    event: str,
    *,
    who: str,
    role: str = "",
    schemes: Collection[str] = (),
    build: str = "",
    about: Mapping[str, str | int | list[int]] | None = None,
) -> int:
    """Add one line to the log of a builds folder, and return its number.

    `who` is the person's own name for themselves at the provider, or `operating_system_user()`; `schemes` those that
    the event concerns, whose managers may read the line; `about` takes keys of ABOUT, and never a value from a row.
    Raises NotForTheLog for an event or key on no list and for anything like an identifier, and StoreUnusable when
    the line cannot be kept: the caller then does not do what could not be logged.
    """
    with opened(builds) as store:
        return record_in(store, event, who=who, role=role, schemes=schemes, build=build, about=about)


def record_in(
    store: Store,
    event: str,
    *,
    who: str,
    role: str = "",
    schemes: Collection[str] = (),
    build: str = "",
    about: Mapping[str, str | int | list[int]] | None = None,
) -> int:
    """Add one line to the log of an open store, as `record` does."""
    with store.writing():
        return append(store, event, who=who, role=role, schemes=schemes, build=build, about=about)


def append(
    store: Store,
    event: str,
    *,
    who: str,
    role: str = "",
    schemes: Collection[str] = (),
    build: str = "",
    about: Mapping[str, str | int | list[int]] | None = None,
) -> int:
    """Add one line inside a `store.writing()` block, so that an event and its line are kept together or not at all."""
    about = dict(about or {})
    _check(event, about)
    last = _last(store)
    line = {
        "number": last[0] + 1,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "event": event,
        "who": who,
        "role": role,
        "schemes": json.dumps(sorted(schemes), ensure_ascii=False),
        "build": build,
        "about": json.dumps(about, ensure_ascii=False, sort_keys=True),
        "previous": last[1],
    }
    store.do("audit_append", {**line, "hash": _hash(line)})
    return line["number"]


def lines(store: Store) -> list[dict[str, Any]]:
    """Return every line, oldest first, with `schemes` as a list and `about` as a dictionary."""
    return [_read(line) for line in store.rows("audit_lines")]


def lines_of(store: Store, who: str, schemes: Collection[str], limit: int = 500) -> list[dict[str, Any]]:
    """Return the newest lines that concern any of the schemes, or that are about what `who` did, newest first."""
    own = json.dumps(sorted(schemes))
    return [_read(line) for line in store.rows("audit_lines_of", {"who": who, "own_schemes": own, "most": limit})]


def head(store: Store) -> tuple[int, str]:
    """Return the number and the hash of the last line: to be kept where the log is not."""
    return _last(store)


def verify(store: Store, kept: tuple[int, str] | None = None) -> Fault | None:
    """Return the first line that does not follow from the one before, or None where all do.

    With `kept`, a head that was noted earlier, the log must also still hold that line, unless its time is over: a
    log that was cut short, or written afresh from the beginning, hangs together but does not hold it.
    """
    number, previous = 0, BEGINNING
    removed = store.rows("audit_begins")
    if removed:
        number, previous = removed[-1]["up_to"], removed[-1]["hash"]
    found = store.rows("audit_lines")
    for line in found:
        if line["number"] != number + 1:
            return Fault(number + 1, f"the line is missing: {line['number']} follows {number}")
        if line["previous"] != previous:
            return Fault(line["number"], "it does not follow from the line before it")
        if line["hash"] != _hash(line):
            return Fault(line["number"], "its content is not what was written")
        number, previous = line["number"], line["hash"]
    said = {json.loads(line["about"]).get("lines") for line in found if line["event"] == "retention"}
    if removed and removed[-1]["up_to"] not in said:
        return Fault(removed[-1]["up_to"] + 1, "lines before it were removed, and no line says so")
    begins = found[0]["number"] if found else number + 1
    if kept is not None and kept[0] >= begins and kept not in {(line["number"], line["hash"]) for line in found}:
        return Fault(kept[0], "the line whose hash was noted is not there: lines were cut off, or all were rewritten")
    return None


def remove_before(store: Store, before: datetime, who: str) -> int:
    """Remove the lines older than a moment, say so in a line, and return how many went.

    The hash of the last line removed is kept, so that the rest can still be verified.
    """
    with store.writing():
        expired = store.rows("audit_expired", {"moment": before.astimezone(UTC).isoformat(timespec="seconds")})
        if not expired:
            return 0
        (last,) = expired
        at = datetime.now(UTC).isoformat(timespec="seconds")
        append(store, "retention", who=who, about={"lines": last["number"]})
        store.do("audit_note_removal", {"up_to": last["number"], "hash": last["hash"], "at": at})
        return store.do("audit_remove", {"up_to": last["number"]})


def _check(event: str, about: Mapping[str, Any]) -> None:
    if event not in EVENTS:
        raise NotForTheLog(f"An event must be one of {', '.join(EVENTS)}, got: {event}")
    for key, value in about.items():
        if key not in ABOUT:
            raise NotForTheLog(f"A line can be about {', '.join(sorted(ABOUT))}, got: {key}")
        numbers = isinstance(value, list) and all(isinstance(each, int) for each in value)
        if not (isinstance(value, str | int) or numbers):
            raise NotForTheLog(f"What a line says is text, a number or a list of numbers, got for {key}: {type(value)}")
        if isinstance(value, str) and (len(value) > _LONGEST or has_identifier(value)):
            # Not quoted: it would stand in the error instead.
            raise NotForTheLog(f"What a line says of {key} must be short and hold nothing like an identifier.")


def _last(store: Store) -> tuple[int, str]:
    for line in store.rows("audit_last"):
        return line["number"], line["hash"]
    # Every line is gone only when all were past their time; the chain goes on from the last of them.
    removed = store.rows("audit_begins")
    return (removed[-1]["up_to"], removed[-1]["hash"]) if removed else (0, BEGINNING)


def _hash(line: Mapping[str, Any]) -> str:
    """Return the hash of a line: of everything that it holds and of the hash of the line before it."""
    columns = ("number", "at", "event", "who", "role", "schemes", "build", "about", "previous")
    return hashlib.sha256(json.dumps([line[column] for column in columns]).encode()).hexdigest()


def _read(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "schemes": json.loads(line["schemes"]), "about": json.loads(line["about"])}
