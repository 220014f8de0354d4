"""How many of a cohort the reconviction score expected to re-offend, beside how many did."""

import numpy as np
import polars as pl

from etl.sample.dates import add_months
from etl.sample.truth.lives import Lives
from etl.sample.truth.timeline import key


def units(lives: Lives, entries: pl.DataFrame) -> pl.DataFrame:
    """Return the cohort's units with the score of the latest assessment in the year up to the index date.

    `score` is the percentage, 0 for those without one; they are not `scored`, and count neither as observed nor as
    expected.
    """
    assessed = lives.line.chunk.assessments
    order = np.argsort(key(assessed.person, assessed.on))
    keys, score = key(assessed.person, assessed.on)[order], assessed.score[order]
    person = entries["person"].to_numpy() - lives.people.number[0]
    day = entries["date"].to_numpy()
    place = np.searchsorted(keys, key(person, day), side="right") - 1
    since = key(person, add_months(day, -12))
    scored = (place >= 0) & (np.append(keys, -1)[place] > since)
    found = np.where(scored, np.append(score, 0)[place], 0)
    return entries.with_columns(
        pl.Series("scored", scored.astype("int64")),
        pl.Series("observed", np.where(scored, entries["reoffended"].to_numpy(), 0)),
        pl.Series("expected", found / 100),
        pl.lit(True).alias("main"),
    )
