"""Made-up people's names, drawn from the British lists of the Faker package (MIT; see lists/LICENSE-faker).

Those lists come from published counts of forenames and surnames; no name here belongs to anyone in particular.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

_LISTS = Path(__file__).parent / "lists"


@lru_cache
def _list(name: str) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.float64]]:
    table = pl.read_csv(_LISTS / f"{name}.csv")
    weight = table["weight"].to_numpy().astype(float)
    return table["name"].to_numpy().astype(str), np.cumsum(weight) / weight.sum()


def _draw(rng: np.random.Generator, name: str, number: int) -> npt.NDArray[np.str_]:
    values, cumulative = _list(name)
    return values[np.minimum(np.searchsorted(cumulative, rng.random(number), side="right"), len(values) - 1)]


def surnames(rng: np.random.Generator, number: int) -> pl.Series:
    """Return surnames, four in a hundred of them double."""
    first, second = pl.Series(_draw(rng, "surnames", number)), pl.Series(_draw(rng, "surnames", number))
    double = pl.Series(rng.random(number) < 0.04)
    return (
        pl.DataFrame({"a": first, "b": second, "d": double})
        .select(pl.when("d").then(pl.col("a") + "-" + pl.col("b")).otherwise("a").alias("surname"))
        .to_series()
    )


def forenames(rng: np.random.Generator, female: npt.NDArray[np.bool_]) -> pl.Series:
    """Return one forename, or two for six people in ten."""
    number = len(female)
    table = pl.DataFrame(
        {
            "female": female,
            "f": _draw(rng, "forenames_female", number),
            "m": _draw(rng, "forenames_male", number),
            "f2": _draw(rng, "forenames_female", number),
            "m2": _draw(rng, "forenames_male", number),
            "two": rng.random(number) < 0.6,
        }
    )
    first = pl.when("female").then("f").otherwise("m")
    second = pl.when("female").then("f2").otherwise("m2")
    return table.select(pl.when("two").then(first + " " + second).otherwise(first).alias("forenames")).to_series()
