"""Tests, required assessments and treatment of the drugs programme's clients, whether or not the police know them."""

import numpy as np
import polars as pl

from etl.sample.dates import NONE, OPEN, Days, year_from_april
from etl.sample.dip import (
    ASSESSMENT,
    ATTENDED,
    EVENTS,
    NEGATIVE,
    NOT_ATTENDED,
    POSITIVE,
    RESULTS,
    TEST,
    TREATMENT_END,
    TREATMENT_START,
)
from etl.sample.truth.lives import Lives
from etl.sample.truth.schemes import NO_SCHEME, NO_STRAND, PPO_NO, of_units
from etl.sample.truth.timeline import SEXES, key
from etl.sample.world import DIP_END

RETAINED_DAYS = 84
_WIDTH = 2 * OPEN + 1


def _described(lives: Lives, keys: Days, **columns: np.ndarray) -> pl.DataFrame:
    person, on = keys // _WIDTH, keys % _WIDTH - OPEN
    scheme, strand, ppo = of_units(lives.members, person, on, on, on + 1)
    return pl.DataFrame(
        {
            "person": lives.people.number[person], "date": on, "period": year_from_april(on), "scheme": scheme,
            "strand": strand, "ppo": ppo, "main": np.ones(len(on), dtype=bool), "sex": lives.people.sex[person],
            **columns,
        }
    )  # fmt: skip


def _seen(lives: Lives, event: int, results: tuple[int, ...], good: tuple[int, ...]) -> pl.DataFrame:
    """Return one row for each person and day with one of some results: whether any was a good one."""
    events = lives.line.chunk.dip_events
    which = lives.line.usable_dip_events() & (events.event == event) & np.isin(events.result, results)
    keys, place = np.unique(key(events.person[which], events.on[which]), return_inverse=True)
    found = np.zeros(len(keys), dtype="int64")
    np.maximum.at(found, place, np.isin(events.result[which], good).astype("int64"))
    return _described(lives, keys, numerator=found, denominator=np.ones(len(keys), dtype="int64"))


def tests(lives: Lives, others: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row for each person and day of a test: whether any was positive. Strangers stand last."""
    found = _seen(lives, TEST, (*POSITIVE, NEGATIVE), POSITIVE)
    clients, events = others["dip/people"], others["dip/events"]
    sexes = {"M": SEXES.index("male"), "F": SEXES.index("female")}
    strangers = (
        events.filter(pl.col("event") == str(EVENTS[TEST]))
        .join(clients.select("person", "sex"), on="person")
        .select(
            pl.col("person").cast(pl.Int64),
            pl.col("on").cast(pl.Int32).cast(pl.Int64).alias("date"),
            pl.col("result").is_in([str(RESULTS[r]) for r in POSITIVE]).cast(pl.Int64).alias("numerator"),
            pl.col("sex").replace_strict(sexes, return_dtype=pl.Int64),
        )
    )
    none = {"scheme": NO_SCHEME, "strand": NO_STRAND, "ppo": PPO_NO, "denominator": 1}
    strangers = strangers.with_columns(
        pl.Series("period", year_from_april(strangers["date"].to_numpy())),
        pl.lit(True).alias("main"),
        *(pl.lit(value, pl.Int64).alias(name) for name, value in none.items()),
    )
    return pl.concat([found, strangers.select(found.columns)])


def required_assessments(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and day of a required assessment: whether any was attended."""
    return _seen(lives, ASSESSMENT, (ATTENDED, NOT_ATTENDED), (ATTENDED,))


def treatment(lives: Lives) -> pl.DataFrame:
    """Return one row for each person and day on which treatment began: days since the referral, and if it lasted."""
    events = lives.line.chunk.dip_events
    usable = lives.line.usable_dip_events()
    start = usable & (events.event == TREATMENT_START)
    keys, place = np.unique(key(events.person[start], events.on[start]), return_inverse=True)
    on = keys % _WIDTH - OPEN
    referred = events.referred[start]
    known = (referred != NONE) & (referred <= events.on[start])
    first = np.full(len(keys), OPEN)
    np.minimum.at(first, place, np.where(known, referred, OPEN))
    end = usable & (events.event == TREATMENT_END)
    ends = np.sort(key(events.person[end], events.on[end]))
    ended = np.searchsorted(ends, keys + RETAINED_DAYS) > np.searchsorted(ends, keys, side="right")
    due = on + RETAINED_DAYS <= DIP_END
    frame = _described(
        lives, keys, numerator=(due & ~ended).astype("int64"), denominator=due.astype("int64"), days=on - first
    )  # fmt: skip
    return frame.with_columns(pl.when(pl.Series(first != OPEN)).then("days").alias("days"))
