"""Who may see what: the file that whoever runs the service keeps, read again on every run of a page.

A person who is in it has the role that it gives, whatever the provider says of them; anybody else has the role that
the provider's claims give, where the file says how to read them; everybody else gets nothing.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from queries.scope import ROLES, Role

VARIABLE = "PPO_ACCESS"
NONE = "none"
"""The role of somebody who is to get nothing, whatever the provider says."""

FOLDED = ("email", "preferred_username", "upn")
"""Claims that are compared without regard to case."""

LONGEST_HOURS = 168


class AccessFileWrong(ValueError):
    """The file cannot be read as one; nobody is let in until it can."""


class NotGranted(Exception):
    """Somebody has no role here. `reason` is a word for the audit log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Grant:
    """What somebody may be: a role and, for a manager, the schemes that are theirs."""

    role: Role
    schemes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Access:
    """The whole file: how people sign in, who they are, and how long the audit log is kept."""

    identify_by: str = "sub"
    max_hours: float = 8.0
    outlive_token: bool = False
    issuer: str = ""
    provider: str = ""
    role_claim: str = ""
    schemes_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    people: Mapping[str, Grant | None] = field(default_factory=dict)
    keep_months: int = 72

    def who(self, claims: Mapping[str, Any]) -> str:
        """Return what names a person, from what the provider says of them. Raises NotGranted without it.

        An address that the provider does not vouch for may be anybody's, and names nobody.
        """
        named = claims.get(self.identify_by)
        if not isinstance(named, str) or not named.strip():
            raise NotGranted("no_name")
        if self.identify_by == "email" and claims.get("email_verified") is not True:
            raise NotGranted("address_not_verified")
        return named.casefold() if self.identify_by in FOLDED else named

    def grant(self, claims: Mapping[str, Any]) -> Grant:
        """Return the role and schemes of somebody, from the file or else from their claims. Raises NotGranted."""
        who = self.who(claims)
        if who in self.people:
            given = self.people[who]
            if given is None:
                raise NotGranted("revoked")
            return given
        if not self.role_claim:
            raise NotGranted("unknown")
        held: set[Role] = {self.roles[each] for each in _listed(claims, self.role_claim) if each in self.roles}
        if not held:
            raise NotGranted("unknown")
        if len(held) > 1:
            raise NotGranted("more_than_one_role")
        (role,) = held
        if role != "manager":
            return Grant(role)
        schemes = frozenset(_listed(claims, self.schemes_claim)) if self.schemes_claim else frozenset()
        if not schemes:
            raise NotGranted("no_schemes")
        return Grant(role, schemes)


def access_path(builds: Path) -> Path:
    """Return where the file is: PPO_ACCESS, else beside the builds folder."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    builds = Path(builds).resolve()
    return builds.parent / f"{builds.name}-access.toml"


def read_access(builds: Path) -> Access:
    """Return what the file says now; without one, nobody has a role. Raises AccessFileWrong."""
    path = access_path(builds)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Access()
    except (OSError, UnicodeDecodeError) as problem:
        raise AccessFileWrong(f"The access file cannot be read: {type(problem).__name__}") from None
    return parse(text)


@lru_cache(maxsize=8)
def parse(text: str) -> Access:
    """Return the file that a text is. Raises AccessFileWrong naming the key, the rule and what was got."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise AccessFileWrong(f"The access file is not TOML: {problem}") from None
    _only("the file", given, {"sign_in", "claims", "people", "audit"})
    sign_in, claims, audit = (_table(given, name) for name in ("sign_in", "claims", "audit"))
    _only("[sign_in]", sign_in, {"identify_by", "max_hours", "outlive_token", "issuer", "provider"})
    _only("[claims]", claims, {"role", "schemes", "roles"})
    _only("[audit]", audit, {"keep_months"})
    identify_by = _text("sign_in.identify_by", sign_in.get("identify_by", "sub"))
    hours = sign_in.get("max_hours", 8)
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= LONGEST_HOURS:
        raise AccessFileWrong(f"sign_in.max_hours must be over 0 and at most {LONGEST_HOURS}, got: {hours}")
    outlive = sign_in.get("outlive_token", False)
    if not isinstance(outlive, bool):
        raise AccessFileWrong(f"sign_in.outlive_token must be true or false, got: {outlive}")
    months = audit.get("keep_months", 72)
    if isinstance(months, bool) or not isinstance(months, int) or months < 1:
        raise AccessFileWrong(f"audit.keep_months must be a whole number of months, got: {months}")
    roles: Mapping[str, Role] = {
        value: _role(f"claims.roles.{value}", role) for value, role in _table(claims, "roles").items()
    }
    if roles and not claims.get("role"):
        raise AccessFileWrong("claims.roles says what the values of a claim mean, but claims.role does not name it")
    return Access(
        identify_by=identify_by,
        max_hours=float(hours),
        outlive_token=outlive,
        issuer=_text("sign_in.issuer", sign_in.get("issuer", "")),
        provider=_text("sign_in.provider", sign_in.get("provider", "")),
        role_claim=_text("claims.role", claims.get("role", "")),
        schemes_claim=_text("claims.schemes", claims.get("schemes", "")),
        roles=roles,
        people=_people(given.get("people", []), identify_by),
        keep_months=months,
    )


def _people(given: Any, identify_by: str) -> dict[str, Grant | None]:
    if not isinstance(given, list):
        raise AccessFileWrong("People are given as [[people]], one for each person.")
    found: dict[str, Grant | None] = {}
    for place, person in enumerate(given, start=1):
        where = f"[[people]] number {place}"
        _only(where, person, {"who", "role", "schemes"})
        who = _text(f"{where}: who", person.get("who", ""))
        if not who:
            raise AccessFileWrong(f"{where} must say who: the {identify_by} that the provider gives them.")
        who = who.casefold() if identify_by in FOLDED else who
        if who in found:
            raise AccessFileWrong(f"{where} is somebody who has been given a role before.")
        schemes = person.get("schemes", [])
        if not isinstance(schemes, list) or not all(isinstance(each, str) and each for each in schemes):
            raise AccessFileWrong(f"{where}: schemes must be a list of scheme ids.")
        if person.get("role") == NONE:
            found[who] = None
            continue
        role = _role(f"{where}: role", person.get("role"))
        if (role == "manager") != bool(schemes):
            raise AccessFileWrong(f"{where}: a manager has schemes, and nobody else does.")
        found[who] = Grant(role, frozenset(schemes))
    return found


def _listed(claims: Mapping[str, Any], path: str) -> list[str]:
    """Return the values of a claim, which is a list or words in one text; a dot leads into a claim of claims."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return found.replace(",", " ").split()
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _role(where: str, given: Any) -> Role:
    for role in ROLES:
        if given == role:
            return role
    raise AccessFileWrong(f"{where} must be one of {', '.join(ROLES)}, got: {given}")


def _text(where: str, given: Any) -> str:
    if not isinstance(given, str):
        raise AccessFileWrong(f"{where} must be text, got: {given}")
    return given.strip()


def _table(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name, {})
    if not isinstance(found, dict):
        raise AccessFileWrong(f"{name} must be a table, got: {found}")
    return found


def _only(where: str, given: Any, known: set[str]) -> None:
    """A key that is not known is a key that somebody mistyped: what it was to forbid would be allowed."""
    if not isinstance(given, dict):
        raise AccessFileWrong(f"{where} must be a table, got: {given}")
    for name in given:
        if name not in known:
            raise AccessFileWrong(f"{where} can have {', '.join(sorted(known))}, got: {name}")
