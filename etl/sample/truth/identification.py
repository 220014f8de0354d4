"""What people were like when a scheme first took them on."""

import numpy as np
import polars as pl

from etl.sample.dates import add_months
from etl.sample.truth.lives import Lives
from etl.sample.truth.reoffending import GROUP_OF_CODE, GROUPS

LISTED_GROUPS = tuple(group for group in GROUPS if group != "not_known")
_SEX_NOT_KNOWN, _WHITE, _ETHNICITY_KNOWN = 2, 2, 6


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each person ever on a scheme: convictions before their first adoption, and their age."""
    rows = []
    for person, first in lives.first.items():
        day = first.adopted
        disposed, _ = lives.convicted.of(person)
        rows.append((person, day, first.scheme, first.strand_near(day), True, int((disposed < day).sum())))
    frame = lives.table(rows, ("previous",))
    place = np.array([row[0] for row in rows], dtype="int64")
    return frame.with_columns(
        pl.Series("age", lives.line.age(place, frame["date"].to_numpy())), pl.lit(1, pl.Int64).alias("people")
    )


def characteristics(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and characteristic: whether it was theirs, and whether that is known."""
    rows = []
    for person, first in lives.first.items():
        day = first.adopted
        head = (person, day, first.scheme, first.strand_near(day), True)
        sex, observed = int(lives.people.sex[person]), int(lives.people.observed[person])
        rows.append((*head, "male", int(sex == 0), int(sex != _SEX_NOT_KNOWN)))
        rows.append((*head, "white", int(observed < _WHITE), int(observed < _ETHNICITY_KNOWN)))
        _, disposed, code, *_ = lives.committed.of(person)
        recent = (disposed >= int(add_months(day, -24))) & (disposed < day)
        had = {GROUPS[group] for group in GROUP_OF_CODE[code[recent]].tolist()}
        rows += [(*head, group, int(group in had), 1) for group in LISTED_GROUPS]
    return lives.table(rows, ("characteristic", "numerator", "denominator"))
