"""Cohorts that analysts saved under a name: for analysts alone, each changed by its owner alone."""

from dataclasses import dataclass
from datetime import UTC, datetime

from queries.audit import has_identifier
from queries.cohort import check_analyst
from queries.scope import Viewer
from queries.store import Store

LONGEST = 80
"""Characters of a name."""
LONGEST_DEFINITION = 4000
"""Characters of what a cohort is."""
MOST = 200
"""Cohorts that one person may keep."""


class NameNotTaken(ValueError):
    """A name under which a cohort cannot be saved, with the reason for whoever chose it."""


class ChangedMeanwhile(RuntimeError):
    """Somebody changed or deleted the cohort after it was read: nothing was overwritten."""

    def __init__(self, now: "SavedCohort | None") -> None:
        super().__init__("The saved cohort is not as it was read.")
        self.now = now


@dataclass(frozen=True)
class SavedCohort:
    """One saved cohort: `definition` is the part of the page's address that says it, `people` its size on `build`."""

    id: int
    owner: str
    name: str
    definition: str
    build: str
    people: int
    saved_at: datetime
    version: int


def saved(store: Store, viewer: Viewer) -> list[SavedCohort]:
    """Return every saved cohort, by name. Raises NotPermitted for anybody but an analyst."""
    check_analyst(viewer)
    return [_read(row) for row in store.rows("cohorts_saved")]


def saved_as(store: Store, viewer: Viewer, id: int) -> SavedCohort | None:
    """Return one saved cohort, or None where there is none. Raises NotPermitted for anybody but an analyst."""
    check_analyst(viewer)
    return next(map(_read, store.rows("cohort_saved", {"id": id})), None)


def save(store: Store, viewer: Viewer, name: str, definition: str, build: str, people: int) -> SavedCohort:
    """Save a cohort under a name of its owner's, and return it.

    Raises NotPermitted for anybody but an analyst, and NameNotTaken for a name that cannot be used.
    """
    check_analyst(viewer)
    name = checked_name(name)
    if len(definition) > LONGEST_DEFINITION:
        raise NameNotTaken("So much is chosen that it cannot be saved: take some of the labels away.")
    with store.writing():
        _check_free(store, viewer, name)
        if sum(each.owner == viewer.subject for each in saved(store, viewer)) >= MOST:
            raise NameNotTaken(f"You have {MOST} saved cohorts, which is the most: delete one first.")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        store.do(
            "cohort_save",
            {
                "owner": viewer.subject, "name": name, "definition": definition, "build": build, "people": people,
                "at": at,
            },
        )  # fmt: skip
        (last,) = store.rows("cohort_last_saved")
        (row,) = store.rows("cohort_saved", last)
        return _read(row)


def rename(store: Store, viewer: Viewer, was: SavedCohort, name: str) -> None:
    """Give a saved cohort of the viewer's own another name.

    Raises NotPermitted for anybody but an analyst, NameNotTaken, and ChangedMeanwhile unless it is the viewer's and
    still as it was read.
    """
    check_analyst(viewer)
    name = checked_name(name)
    with store.writing():
        if name != was.name:
            _check_free(store, viewer, name)
        _once(store, viewer, was, "cohort_rename", {"name": name})


def delete(store: Store, viewer: Viewer, was: SavedCohort) -> None:
    """Delete a saved cohort of the viewer's own. Raises NotPermitted and ChangedMeanwhile as `rename` does."""
    check_analyst(viewer)
    with store.writing():
        _once(store, viewer, was, "cohort_delete", {})


def checked_name(text: str) -> str:
    """Return a name as it is kept, spaces made single. Raises NameNotTaken saying why it cannot be used."""
    name = " ".join(text.split())
    if not name:
        raise NameNotTaken("Give the cohort a name.")
    if len(name) > LONGEST:
        raise NameNotTaken(f"A name has at most {LONGEST} characters; this one has {len(name):,}.")
    if not name.isprintable():
        raise NameNotTaken("A name is plain text: letters, figures and marks that can be seen.")
    if has_identifier(name):
        raise NameNotTaken("This looks like one person's number or a postcode. A name says nothing about one person.")
    return name


def _check_free(store: Store, viewer: Viewer, name: str) -> None:
    if store.rows("cohort_named", {"owner": viewer.subject, "name": name}):
        raise NameNotTaken("You have a cohort of that name: choose another, or delete that one first.")


def _once(store: Store, viewer: Viewer, was: SavedCohort, title: str, more: dict[str, str]) -> None:
    changed = store.do(title, {"id": was.id, "owner": viewer.subject, "version": was.version, **more})
    if not changed:
        raise ChangedMeanwhile(saved_as(store, viewer, was.id))


def _read(row: dict[str, object]) -> SavedCohort:
    return SavedCohort(**{**row, "saved_at": datetime.fromisoformat(str(row["saved_at"]))})  # type: ignore[arg-type]
