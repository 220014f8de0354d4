"""What is wrong with sign-in, as far as its files can tell."""

import tomllib
from collections.abc import Collection
from pathlib import Path

from dashboard import provider
from dashboard.access_file import AccessFileWrong, access_path, read_access

Told = tuple[str, str, str]
"""What was looked at, whether it is ok, to be noted or wrong, and what to do."""


def secrets_path(named: str) -> Path:
    """Return where the provider is named: PPO_SECRETS, else Streamlit's own place in the project."""
    return Path(named) if named else Path(__file__).resolve().parent.parent / ".streamlit" / "secrets.toml"


def has_provider(secrets: Path) -> bool:
    """Return whether the secrets name a provider, well or badly."""
    try:
        return bool(tomllib.loads(secrets.read_text(encoding="utf-8")).get("auth"))
    except (OSError, ValueError):
        return False


def examine(builds: Path, secrets: Path, synthetic: bool, schemes: Collection[str]) -> list[Told]:
    """Return what is right and wrong with the provider and the access file."""
    found = []
    given: object = {}
    if secrets.is_file():
        try:
            given = tomllib.loads(secrets.read_text(encoding="utf-8")).get("auth", {})
        except (OSError, ValueError) as problem:
            return [("provider", "wrong", f"The secrets cannot be read: {type(problem).__name__}")]
    if not isinstance(given, dict) or not given:
        if synthetic:
            return [("provider", "note", "None: synthetic people only are shown, and on this machine alone.")]
        return [("provider", "wrong", "None, and these are real people: nothing is shown until there is one.")]
    try:
        access = read_access(builds)
    except AccessFileWrong as problem:
        return [("access file", "wrong", str(problem))]
    for fault in provider.faults(given, access.provider):
        found.append(("provider", "wrong", fault))
    if not found:
        found.append(("provider", "ok", f"Set up; people come back to {provider.origin(given)}."))
    if not access_path(builds).is_file():
        found.append(("access file", "wrong", "There is none, so nobody has a role."))
        return found
    unknown = {scheme for grant in access.people.values() if grant for scheme in grant.schemes} - set(schemes)
    if unknown:
        found.append(("access file", "wrong", f"It names schemes that no build has: {', '.join(sorted(unknown))}."))
    else:
        people = sum(grant is not None for grant in access.people.values())
        by_claim = f", and others by the claim {access.role_claim}" if access.role_claim else ""
        found.append(("access file", "ok", f"{people} people by name{by_claim}."))
    if access.outlive_token:
        found.append(
            ("sign-in", "note", f"A sign-in outlives the provider's token, to {access.max_hours:g} hours at most.")
        )
    return found
