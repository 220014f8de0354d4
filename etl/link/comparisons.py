"""What two records are compared by: each comparison's levels from the best agreement down, for each agency.

A level is a label, a condition on the two records, and the column whose commonness bears on it, if one does: to share
the surname Smith says less than to share a rare one. Levels are tried in order; the first that holds is taken.
"""

from dataclasses import dataclass
from typing import Any

OTHERWISE = "ELSE"


@dataclass(frozen=True)
class Level:
    """One degree of agreement."""

    label: str
    condition: str
    commonness_of: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One thing compared. Where either record says nothing of it, it tells nothing either way."""

    name: str
    missing: str
    levels: tuple[Level, ...]

    def settings(self) -> dict[str, Any]:
        """Return the comparison as Splink's settings write it, without probabilities."""
        silent = {"sql_condition": self.missing, "label_for_charts": "not said", "is_null_level": True}
        levels: list[dict[str, Any]] = [silent]
        for level in self.levels:
            levels.append({"sql_condition": level.condition, "label_for_charts": level.label})
            if level.commonness_of:
                levels[-1]["tf_adjustment_column"] = level.commonness_of
        levels.append({"sql_condition": OTHERWISE, "label_for_charts": "different"})
        return {"output_column_name": self.name, "comparison_levels": levels}


def either_missing(column: str) -> str:
    """Return the condition that one of two records lacks a column."""
    return f'"{column}_l" IS NULL OR "{column}_r" IS NULL'


def same(column: str) -> str:
    """Return the condition that a column is the same in two records."""
    return f'"{column}_l" = "{column}_r"'


def near(column: str, edits: int = 1, likeness: float = 0.9) -> str:
    """Return the condition that two spellings are an edit apart, or begin and go on alike."""
    return (
        f'damerau_levenshtein("{column}_l", "{column}_r") <= {edits}'
        f' OR jaro_winkler_similarity("{column}_l", "{column}_r") >= {likeness}'
    )


_PARTS = " + ".join(
    f"CAST(date_part('{part}', \"date_of_birth_l\") = date_part('{part}', \"date_of_birth_r\") AS INTEGER)"
    for part in ("year", "month", "day")
)
SURNAME = Comparison(
    "surname",
    either_missing("surname"),
    (
        Level("same", same("surname"), "surname"),
        Level("forename and surname changed over", '"surname_l" = "forename_r" AND "forename_l" = "surname_r"'),
        Level("spelt nearly alike", near("surname")),
    ),
)
FORENAME = Comparison(
    "forename",
    either_missing("forename"),
    (
        Level("same", same("forename"), "forename"),
        Level("forename and surname changed over", '"surname_l" = "forename_r" AND "forename_l" = "surname_r"'),
        Level("spelt nearly alike", near("forename")),
        Level(
            "first and middle changed over",
            '"forename_l" = "other_forenames_r" OR "other_forenames_l" = "forename_r"',
        ),
        Level("same initial", 'left("forename_l", 1) = left("forename_r", 1)'),
    ),
)
OTHER_FORENAMES = Comparison(
    "other_forenames",
    either_missing("other_forenames"),
    (Level("same", same("other_forenames")), Level("spelt nearly alike", near("other_forenames"))),
)
DATE_OF_BIRTH = Comparison(
    "date_of_birth",
    either_missing("date_of_birth"),
    (
        Level("same", same("date_of_birth")),
        Level("day and month changed over", '"date_of_birth_l" = "turned_birth_r"'),
        Level("one part differs", f"{_PARTS} = 2"),
    ),
)
SEX = Comparison("sex", either_missing("sex"), (Level("same", same("sex")),))
POSTCODE = Comparison(
    "postcode",
    either_missing("postcode"),
    (
        Level("same", same("postcode")),
        Level("same district", same("district"), "district"),
        Level("same area", same("area")),
    ),
)
DISTRICT = Comparison(
    "district",
    either_missing("district"),
    (Level("same", same("district"), "district"), Level("same area", same("area"))),
)
INITIALS = Comparison(
    "initials",
    either_missing("initials"),
    (
        Level("same", same("initials"), "initials"),
        Level("changed over", '"initials_l" = reverse("initials_r")'),
        Level(
            "one letter the same",
            'left("initials_l", 1) = left("initials_r", 1) OR right("initials_l", 1) = right("initials_r", 1)',
        ),
    ),
)
POLICE_NUMBER = Comparison(
    "pnc_id",
    either_missing("pnc_id"),
    (
        Level("same", same("pnc_id")),
        Level("a digit or letter out", 'damerau_levenshtein("pnc_id_l", "pnc_id_r") <= 2'),
    ),
)

COMPARISONS = {
    "probation": (SURNAME, FORENAME, OTHER_FORENAMES, DATE_OF_BIRTH, SEX, POSTCODE, POLICE_NUMBER),
    "dip": (INITIALS, DATE_OF_BIRTH, SEX, DISTRICT, POLICE_NUMBER),
}
"""By agency, since each sends different things: the Drug Interventions Programme has no names."""

COLUMNS = (
    "surname", "forename", "other_forenames", "initials", "date_of_birth", "turned_birth", "sex", "postcode",
    "district", "area", "pnc_id",
)  # fmt: skip
"""What a described record has to be compared by (etl/link/names.sql)."""


def common_columns(agency: str) -> list[str]:
    """Return the columns of an agency's comparisons whose commonness is counted."""
    levels = [level for comparison in COMPARISONS[agency] for level in comparison.levels]
    return sorted({level.commonness_of for level in levels if level.commonness_of})
