"""Who is asking, and what they may see. The road takes a viewer or it does not run."""

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["board", "manager", "analyst"]
ROLES: tuple[Role, ...] = ("board", "manager", "analyst")


class NotPermitted(PermissionError):
    """What was asked for is outside the viewer's scope, or does not exist: the answer is the same for both."""


@dataclass(frozen=True)
class Viewer:
    """One person looking, with a role and, for a manager, the schemes that are theirs."""

    role: Role
    schemes: frozenset[str] = field(default_factory=frozenset)
    subject: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"Role must be one of {', '.join(ROLES)}, got: {self.role}")
        if self.schemes and self.role != "manager":
            raise ValueError(f"Only a manager has schemes of their own, got: {self.role}")

    @classmethod
    def board(cls, subject: str = "") -> "Viewer":
        """A councillor or chief officer: the published tables and nothing else."""
        return cls("board", subject=subject)

    @classmethod
    def manager(cls, *schemes: str, subject: str = "") -> "Viewer":
        """A drug and alcohol team manager: exact figures of their own schemes."""
        return cls("manager", frozenset(schemes), subject)

    @classmethod
    def analyst(cls, subject: str = "") -> "Viewer":
        """An analyst, or whoever runs the command line on the machine that holds the file."""
        return cls("analyst", subject=subject)

    @classmethod
    def named(cls, text: str) -> "Viewer":
        """Return the viewer that `--as` names: `board`, `analyst` or `manager:SCHEME[,SCHEME]`."""
        role, _, schemes = text.partition(":")
        if role == "manager" and schemes:
            return cls.manager(*(s.strip() for s in schemes.split(",") if s.strip()))
        if role in ("board", "analyst") and not schemes:
            return cls(role)  # type: ignore[arg-type]
        raise ValueError(f"A viewer is board, analyst or manager:SCHEME, got: {text}")

    @property
    def sees_exact(self) -> bool:
        """Whether exact figures of some scheme may be shown at all."""
        return self.role == "analyst" or bool(self.schemes)

    @property
    def sees_units(self) -> bool:
        """Whether rows about single (pseudonymous) people may be shown."""
        return self.role == "analyst"

    @property
    def sees_worklists(self) -> bool:
        """Whether lists of what is still to do with single (pseudonymous) people may be shown, of some scheme."""
        return self.role == "manager" and bool(self.schemes)

    def manages(self, scheme: str | None) -> bool:
        """Return whether they manage a scheme: its manager writes its self-assessment and signs off its returns."""
        return self.role == "manager" and scheme in self.schemes


def restriction(viewer: Viewer) -> tuple[str, dict[str, object]]:
    """Return the SQL condition, and its parameters, that keeps units inside the viewer's scope.

    It is added to every query over units; there is no way to ask without it.
    """
    if viewer.role == "analyst":
        return "true", {}
    if viewer.role == "manager":
        return "list_contains($own_schemes, scheme)", {"own_schemes": sorted(viewer.schemes)}
    return "false", {}


NO_WORKLIST = "Worklists are for a scheme's manager, of their own schemes."


def worklist_schemes(viewer: Viewer, scheme: str | None) -> list[str]:
    """Return the schemes whose worklists a viewer asks for and may have: the one given, or all of a manager's own.

    Nothing is looked up, so that a scheme that is not theirs and one that does not exist are one thing: NotPermitted is
    raised for both, and for everybody who is no manager.
    """
    if not viewer.sees_worklists or (scheme is not None and scheme not in viewer.schemes):
        raise NotPermitted(NO_WORKLIST)
    return sorted(viewer.schemes) if scheme is None else [scheme]
