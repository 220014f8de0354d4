"""The pairs that may be one person, one by one, for somebody who may see names to decide about.

Only on the machine that holds the key: what is shown is personal data.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.identity import identity_store
from etl.link.overrides import OVERRIDES, Override, read_overrides
from queries.warehouse import current_build, read_stamp

FIELDS = (
    "surname", "forename", "other_forenames", "initials", "date_of_birth", "sex", "postcode", "district", "pnc_id",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person."""

    file: str
    record: str
    other_file: str
    other_record: str
    people: tuple[int, int]
    """The person numbers of the two, as they are now."""
    probability: float
    weight: float
    evidence: str
    fields: tuple[tuple[str, str, str], ...]
    """What each record says, field by field: the field, this record, the other."""

    @property
    def records(self) -> frozenset[tuple[str, str]]:
        """The two records, whichever way round."""
        return frozenset([(self.file, self.record), (self.other_file, self.other_record)])

    def decided(self, decision: str, who: str, why: str, when: date) -> Override:
        """Return a decision about the pair, to be kept."""
        return Override(
            decision, self.file, self.record, self.other_file, self.other_record, who, when.isoformat(), why
        )  # fmt: skip


def overrides_path(builds: Path, identity: Path | None = None, overrides: Path | None = None) -> Path:
    """Return where the decisions of a builds folder are kept: beside its identities, unless it is said."""
    build = read_stamp(current_build(builds))
    return overrides or identity_store(builds, build.synthetic, identity).folder / OVERRIDES


def pairs_to_review(builds: Path, identity: Path | None = None, overrides: Path | None = None) -> list[Pair]:
    """Return the pairs of the current build that nobody has decided about yet, the likeliest first.

    Raises IdentityKeyMissing, IdentityKeyWrong, OverridesWrong, and FileNotFoundError when the build's identities are
    not in the folder.
    """
    build = read_stamp(current_build(builds))
    frame = identity_store(builds, build.synthetic, identity).read_frame(build.id, "doubtful")
    done = {
        frozenset([(each.file, each.record), (each.other_file, each.other_record)])
        for each in read_overrides(overrides_path(builds, identity, overrides))
    }
    pairs = [
        Pair(
            file=row["file"],
            record=row["record"],
            other_file=row["other_file"],
            other_record=row["other_record"],
            people=(row["person_id"], row["other_person_id"]),
            probability=row["probability"],
            weight=row["weight"],
            evidence=row["evidence"] or "",
            fields=tuple((name, _said(row[name]), _said(row[f"other_{name}"])) for name in FIELDS),
        )
        for row in frame.iter_rows(named=True)
    ]
    return [pair for pair in pairs if pair.records not in done]


def _said(value: object) -> str:
    return "" if value is None else str(value)
