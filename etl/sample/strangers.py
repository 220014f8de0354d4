"""People whom the police computer does not hold: clients of one other agency each, with nothing to link them by."""

import numpy as np
import polars as pl

from etl.sample import identifiers, names
from etl.sample.dates import NONE, day
from etl.sample.dip import EVENTS, RESULTS
from etl.sample.files import dates, dip_numbers
from etl.sample.probation import KINDS
from etl.sample.world import Scale


def strangers(scale: Scale, seed: int, number: int) -> dict[str, pl.DataFrame]:
    """Return the rows of one chunk's strangers: half known to probation, half to the drugs programme."""
    rng = np.random.default_rng([seed, number, 80])
    size = scale.strangers * (number + 1) // scale.chunks - scale.strangers * number // scale.chunks
    person = scale.strangers_from + scale.strangers * number // scale.chunks + np.arange(size)
    female = rng.random(size) < 0.25
    surname, forenames = names.surnames(rng, size), names.forenames(rng, female)
    born = dates(rng.integers(day(1950, 1, 1), day(1990, 1, 1), size))
    sex = pl.Series(np.where(female, "F", "M"))
    blank = pl.Series([None] * size, dtype=pl.String)
    began = rng.integers(day(2004, 1, 1), day(2011, 6, 1), size)
    supervised = pl.Series(np.arange(size) % 2 == 0)
    crn = identifiers.crn(identifiers.case_numbers(person, scale.outgrows)[0])
    dip_id = dip_numbers(person, np.zeros(size, dtype="int64"))
    base = pl.DataFrame({"person": person, "pnc_id": blank, "date_of_birth": born, "sex": sex})

    known = base.with_columns(
        crn.alias("crn"), blank.alias("noms_number"), surname.alias("surname"), forenames.alias("forenames"),
        blank.alias("ethnicity"), blank.alias("postcode"),
    )  # fmt: skip
    orders = pl.DataFrame(
        {
            "person": person,
            "crn": crn,
            "event_number": np.ones(size, dtype="int64"),
            "kind": KINDS[rng.integers(0, 2, size)],
            "started_on": dates(began),
            "ended_on": dates(np.where(began < day(2010, 6, 1), began + 364, NONE)),
            "end_reason": pl.Series(np.where(began < day(2010, 6, 1), "completed", "")).replace("", None),
        }
    )
    held = pl.DataFrame(
        {
            "person": person,
            "crn": crn,
            "admitted_on": dates(began + 20),
            "admission_reason": ["remand"] * size,
            "released_on": dates(began + 27),
            "release_reason": ["bail"] * size,
        }
    )
    clients = base.with_columns(
        dip_id.alias("dip_id"), (forenames.str.slice(0, 1) + surname.str.slice(0, 1)).alias("initials"),
        blank.alias("postcode_district"), blank.alias("dat_code"), pl.lit("Y").alias("consent_to_share"),
    )  # fmt: skip
    tested = pl.DataFrame(
        {
            "person": person,
            "dip_id": dip_id,
            "event": [str(EVENTS[0])] * size,
            "on": dates(began),
            "result": RESULTS[rng.integers(1, 5, size)],
        }
    )
    return {
        "probation/people": known.filter(supervised),
        "probation/supervision": orders.filter(supervised),
        "probation/custody": held.filter(supervised & pl.Series(rng.random(size) < 0.2)),
        "dip/people": clients.filter(~supervised),
        "dip/events": tested.filter(~supervised),
    }


def beside(tables: dict[str, pl.DataFrame], others: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables with the strangers' rows after everybody else's."""
    out = dict(tables)
    for name, rows in others.items():
        missing = [c for c in tables[name].columns if c not in rows.columns]
        full = rows.with_columns(pl.lit(None).alias(c) for c in missing).select(tables[name].columns)
        out[name] = pl.concat([tables[name], full.cast(dict(tables[name].schema))])  # type: ignore[arg-type]
    return out


def apart(who: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the people with another surname for those who have two names like a stranger's, and their date of birth.

    Among millions there are some, and nothing that agencies send could tell the two apart: the truth would be a guess.
    `known` has the `surname, forenames, date_of_birth` of every stranger of the world. Names are like each other that
    begin with the same three letters, whichever is the surname.
    """
    theirs = _words(known.with_row_index("stranger"), "stranger")
    alike = _words(who, "person").join(theirs, on=["date_of_birth", "word"]).group_by("person", "stranger").len()
    too_like = alike.filter(pl.col("len") >= 2)["person"]
    return who.with_columns(
        pl.when(pl.col("person").is_in(too_like.implode()))
        .then(pl.col("surname").shift(1, fill_value=pl.col("surname").last()))
        .otherwise("surname")
        .alias("surname")
    )


def _words(people: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return how each of a person's names begins, a row for each."""
    names = pl.concat_str("surname", "forenames", separator=" ").str.replace_all("-", " ").str.split(" ")
    return (
        people.select(key, "date_of_birth", names.alias("word"))
        .explode("word")
        .with_columns(pl.col("word").str.slice(0, 3))
        .unique()
    )


def named(scale: Scale, seed: int) -> pl.DataFrame:
    """Return the `surname, forenames, date_of_birth` of every stranger of a world whom probation has by name."""
    every = [strangers(scale, seed, number)["probation/people"] for number in range(scale.chunks)]
    return pl.concat(every).select("surname", "forenames", "date_of_birth")
