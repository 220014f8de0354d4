"""Returns that were signed off: each frozen with every figure, and opened again as it was, whatever build is current.

Whoever asks is judged here and not on a page: a manager signs off the returns of their own schemes and nobody else
does; a board member and an analyst read what was signed off, when and by whom; the figures, which are exact, are for
the manager and for an analyst.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from queries import audit
from queries.return_differences import Difference, differences
from queries.returns import Return, from_text, home_office, to_text
from queries.scope import NotPermitted, Viewer
from queries.store import Store
from queries.warehouse import Warehouse

NOT_YOURS_TO_SIGN = "A return is signed off by a manager of its scheme."
NOT_THERE = "There is no signed-off return of that number whose figures you may have."
"""The answer for another's return and for one that does not exist."""


@dataclass(frozen=True)
class SignedOff:
    """One signing off: which return, in which version, who signed when, and the build that its figures are of."""

    number: int
    scheme: str
    as_at: date
    version: int
    signed_at: datetime
    who: str
    build: str


@dataclass(frozen=True)
class Compared:
    """A return set against one that was signed off: which, as it was then, and every figure that differs."""

    of: SignedOff
    then: Return
    found: list[Difference]


class NotSignedOff(Exception):
    """A return was not signed off, for a reason that the signer is told, so that they can look again."""


class SignedOffMeanwhile(NotSignedOff):
    """Somebody else signed the same return off first. `first` is theirs."""

    def __init__(self, first: SignedOff) -> None:
        super().__init__("Somebody else has signed this return off meanwhile.")
        self.first = first


class NewBuildMeanwhile(NotSignedOff):
    """The figures that would be signed are not those that were looked at: another build has been published since."""


class NothingNew(NotSignedOff):
    """The last version that was signed off has the same figures, from the same build."""


def sign_off(
    store: Store, warehouse: Warehouse, viewer: Viewer, scheme: str, as_at: date, *, seen_build: str, seen_version: int
) -> SignedOff:
    """Freeze the Home Office return of a scheme at a date, as the road gives it now, and log it; all or nothing.

    `seen_build` and `seen_version` are what the signer had before them: the build of the figures, and the last version
    signed off before (0: none). Raises NotPermitted for anybody but a manager of the scheme, and NotSignedOff where
    what would be signed is not what was looked at.
    """
    if not viewer.manages(scheme):
        raise NotPermitted(NOT_YOURS_TO_SIGN)
    if warehouse.build.id != seen_build:
        raise NewBuildMeanwhile("Another build has been published since these figures were shown.")
    content = to_text(home_office(warehouse, viewer, scheme, as_at))
    with store.writing():
        before = latest(signed(store, viewer), scheme, as_at)
        if before is not None and before.version != seen_version:
            raise SignedOffMeanwhile(before)
        if before is not None and _content(store, before.number) == content:
            raise NothingNew("This return has been signed off with these very figures.")
        made = SignedOff(
            number=max((each["number"] for each in store.rows("signed_off_list", {"own_schemes": None})), default=0)
            + 1,
            scheme=scheme,
            as_at=as_at,
            version=seen_version + 1,
            signed_at=datetime.now(UTC).replace(microsecond=0),
            who=viewer.subject,
            build=warehouse.build.id,
        )
        times = {"as_at": as_at.isoformat(), "signed_at": made.signed_at.isoformat()}
        store.do("signed_off_add", {**asdict(made), **times, "content": content})
        audit.append(
            store,
            "sign_off",
            who=viewer.subject,
            role=viewer.role,
            schemes=[scheme],
            build=warehouse.build.id,
            about={"file": "home-office", "as_at": as_at.isoformat(), "version": made.version},
        )
    return made


def signed(store: Store, viewer: Viewer) -> list[SignedOff]:
    """Return what was signed off, latest date first: of a manager's own schemes, of all for everybody else."""
    own = json.dumps(sorted(viewer.schemes)) if viewer.role == "manager" else None
    return [
        SignedOff(
            row["number"],
            row["scheme"],
            date.fromisoformat(row["as_at"]),
            row["version"],
            datetime.fromisoformat(row["signed_at"]),
            row["who"],
            row["build"],
        )
        for row in store.rows("signed_off_list", {"own_schemes": own})
    ]


def latest(known: list[SignedOff], scheme: str, as_at: date) -> SignedOff | None:
    """Return the last version of a scheme's return at a date, or None where none was signed off."""
    found = [each for each in known if each.scheme == scheme and each.as_at == as_at]
    return max(found, key=lambda each: each.version, default=None)


def before(known: list[SignedOff], scheme: str, as_at: date) -> SignedOff | None:
    """Return the last return of a scheme that was signed off for an earlier date, or None where none was."""
    found = [each for each in known if each.scheme == scheme and each.as_at < as_at]
    return max(found, key=lambda each: (each.as_at, each.version), default=None)


def may_open(viewer: Viewer, of: SignedOff) -> bool:
    """Return whether the viewer may have the figures of a return that was signed off: they are exact."""
    return viewer.role == "analyst" or of.scheme in viewer.schemes


def reopened(store: Store, viewer: Viewer, number: int) -> Return:
    """Return a return exactly as it was signed off. Raises NotPermitted, saying the same of none and of another's."""
    found = next((each for each in signed(store, viewer) if each.number == number), None)
    if found is None or not may_open(viewer, found):
        raise NotPermitted(NOT_THERE)
    return from_text(_content(store, number))


def compared(store: Store, viewer: Viewer, made: Return) -> list[Compared]:
    """Return an official return set against what was signed off: the same return, and the one of an earlier date.

    Each is the last version of its date; none where nothing was signed off that the viewer may open.
    """
    if made.scheme is None or made.release != "official":
        return []
    known = signed(store, viewer)
    others = (latest(known, made.scheme, made.as_at), before(known, made.scheme, made.as_at))
    opened = [(of, reopened(store, viewer, of.number)) for of in others if of is not None and may_open(viewer, of)]
    return [Compared(of, then, differences(then, made)) for of, then in opened]


def _content(store: Store, number: int) -> str:
    (row,) = store.rows("signed_off_content", {"number": number})
    return row["content"]
