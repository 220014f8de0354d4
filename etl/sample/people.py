"""Who is in the world: when each person was born and first arrested, how prone to offend, and when they die."""

from dataclasses import dataclass

import numpy as np

from etl.sample.dates import NONE, OPEN, Days, add_months, age_on, day, day_of_month, months_of
from etl.sample.world import CARRIED_START, EXTRACT, HISTORY_START, LAUNCH, WINDOW_START, Scale, Schemes

ORDINARY, PROLIFIC, DETER = 0, 1, 2
SEXES = np.array(["M", "F", "U"])
OBSERVED = np.array(["1", "2", "3", "4", "5", "6", "9", ""])
SELF_DEFINED = np.array(
    ["W1", "W2", "W9", "M1", "M2", "M3", "M9", "A1", "A2", "A3", "A9", "B1", "B2", "B9", "O1", "O9", "NS", ""]
)
_SELF_FOR_OBSERVED = np.array(
    [
        [0.84, 0.04, 0.03, 0.005, 0.005, 0, 0.005, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.035, 0.04],
        [0.25, 0, 0.55, 0, 0, 0.02, 0.02, 0, 0, 0, 0.02, 0, 0, 0, 0, 0.05, 0.05, 0.04],
        [0, 0, 0, 0.08, 0.03, 0, 0.03, 0, 0, 0, 0, 0.40, 0.26, 0.12, 0, 0, 0.04, 0.04],
        [0, 0, 0, 0, 0, 0.03, 0, 0.26, 0.36, 0.14, 0.12, 0, 0, 0, 0, 0.01, 0.04, 0.04],
        [0, 0, 0, 0, 0, 0.02, 0, 0, 0, 0, 0.14, 0, 0, 0, 0.72, 0.04, 0.04, 0.04],
        [0, 0, 0.1, 0, 0, 0.02, 0, 0, 0, 0, 0.1, 0, 0.06, 0, 0, 0.64, 0.04, 0.04],
        [0.5, 0, 0.05, 0, 0, 0, 0.02, 0, 0, 0, 0, 0, 0, 0, 0, 0.03, 0.2, 0.2],
        [0.5, 0, 0.05, 0, 0, 0, 0.02, 0, 0, 0, 0, 0, 0, 0, 0, 0.03, 0.2, 0.2],
    ]
)


@dataclass
class People:
    """Everyone of one chunk, by place in it; `number` is the place in the whole world.

    `rate` is cases a year at liberty when the career begins, `fade` how fast that falls a year, `chosen` the day
    around which a scheme would choose the person (NONE for those no scheme would look at).
    """

    number: Days
    kind: Days
    sex: Days
    born: Days
    entry: Days
    rate: np.ndarray
    fade: np.ndarray
    chosen: Days
    dies: Days
    force: Days
    scheme: Days
    drug_user: np.ndarray
    observed: Days
    self_defined: Days

    def __len__(self) -> int:
        return len(self.number)


def _share(total: int, chunk: int, chunks: int) -> int:
    """Return how many of a total fall to one chunk, so that the chunks add up to it."""
    return total * (chunk + 1) // chunks - total * chunk // chunks


def _pick(rng: np.random.Generator, share: np.ndarray, number: int) -> Days:
    return np.searchsorted(np.cumsum(share / share.sum()), rng.random(number), side="right").clip(0, len(share) - 1)


def _leap_births(rng: np.random.Generator, born: Days) -> Days:
    """Move some births of late February in leap years to the 29th, so that the rule about it is tested."""
    month = months_of(born)
    year = 1970 + month // 12
    leap = (year % 4 == 0) & (month % 12 == 1) & (day_of_month(born) > 19)
    move = leap & (rng.random(len(born)) < 0.5)
    return np.where(move, born - day_of_month(born) + 29, born)


def people(
    scale: Scale, schemes: Schemes, forces: np.ndarray, chunk: int, first: int, rng: np.random.Generator
) -> People:
    """Return the people of one chunk. `forces` weighs the forces of those on no scheme."""
    newcomers = _share(scale.newcomers, chunk, scale.chunks)
    carried = _share(scale.carried, chunk, scale.chunks)
    prolific = _share(scale.prolific, chunk, scale.chunks)
    deter = _share(scale.deter, chunk, scale.chunks)
    kind = np.repeat([ORDINARY, PROLIFIC, DETER], [newcomers + carried, prolific, deter])
    order = rng.permutation(len(kind))
    kind = kind[order]
    number = len(kind)
    is_newcomer = (np.arange(number) < newcomers)[order]
    is_prolific, is_deter = kind == PROLIFIC, kind == DETER
    is_ordinary = kind == ORDINARY

    entry = np.where(
        is_newcomer,
        rng.integers(WINDOW_START, EXTRACT - 20, number),
        rng.integers(CARRIED_START, WINDOW_START, number),
    )
    u = rng.random(number)
    onset_years = np.where(
        u < 0.30,
        rng.uniform(10.3, 18, number),
        np.where(u < 0.62, rng.uniform(18, 26, number), 26 + rng.gamma(1.6, 8, number).clip(0, 50)),
    )
    onset_years = np.where(
        is_ordinary & ~is_newcomer, np.where(u < 0.55, rng.uniform(11, 19, number), onset_years), onset_years
    )
    # Frailty: a few people have most of the hazard. Those carried in from before the window are the ones whose
    # careers lasted, so their frailty is drawn size-biased.
    frailty = np.where(is_newcomer, rng.gamma(0.75, 1 / 0.75, number), rng.gamma(1.5, 1 / 0.75, number))
    rate = 0.388 * frailty
    fade = np.full(number, 0.13)

    age_chosen = 16.9 + rng.gamma(2.1, 4.4, number)
    at_launch = rng.random(number) < 0.52
    chosen = np.where(
        at_launch, rng.integers(LAUNCH, LAUNCH + 75, number), rng.integers(LAUNCH + 75, EXTRACT - 60, number)
    )
    onset_prolific = rng.uniform(11, 14.4, number)
    chosen = np.where(is_prolific, chosen, NONE)
    age_deter = rng.uniform(13, 17.7, number)
    born_prolific = chosen - (age_chosen * 365.25).astype(int)
    entry = np.where(
        is_prolific,
        np.maximum(born_prolific + (np.minimum(onset_prolific, age_chosen - 2) * 365.25).astype(int), HISTORY_START),
        entry,
    )
    deter_day = rng.integers(LAUNCH, EXTRACT - 200, number)
    chosen = np.where(is_deter, deter_day, chosen)
    entry = np.where(is_deter, deter_day - rng.integers(100, 900, number), entry)
    born = np.where(
        is_prolific, born_prolific, np.where(is_deter, deter_day - (age_deter * 365.25).astype(int),
                                            entry - (onset_years * 365.25).astype(int))
    )  # fmt: skip
    born = _leap_births(rng, born)
    entry = np.maximum(entry, add_months(born, 123))
    years = np.maximum((chosen - entry) / 365.25, 1.5)
    rate = np.where(is_prolific, _prolific_rate(rng, years), rate)
    fade = np.where(is_prolific, 0.018, fade)
    rate = np.where(is_deter, rng.gamma(3, 0.45, number), rate)
    fade = np.where(is_deter, 0.06, fade)

    female = rng.random(number) < np.where(is_prolific, 0.05, np.where(is_deter, 0.12, 0.19))
    sex = np.where(rng.random(number) < 0.004, 2, np.where(female, 1, 0))
    white = rng.random(number) < np.where(is_prolific, 0.872, 0.80)
    others = np.array([0.0, 0.10, 0.46, 0.28, 0.03, 0.05, 0.05, 0.03])
    observed = np.where(white, 0, _pick(rng, others, number))
    self_defined = np.zeros(number, dtype="int64")
    for code in range(len(OBSERVED)):
        mine = observed == code
        self_defined[mine] = _pick(rng, _SELF_FOR_OBSERVED[code], int(mine.sum()))

    scheme = _pick(rng, schemes.weight, number)
    force = np.where(is_ordinary, _pick(rng, forces, number), schemes.force[scheme])
    adult_years = np.maximum(age_on(born, np.full(number, day(2006, 4, 1))), 10)
    risk = np.where(is_prolific, 0.006, 0.0015) + 0.00002 * adult_years**1.6
    lives = rng.exponential(1 / risk) * 365.25
    dies = np.where(lives < 40 * 365, np.maximum(entry, WINDOW_START) + 30 + lives, OPEN).astype("int64")
    dies = np.where(dies < EXTRACT, dies, OPEN)
    drug_user = rng.random(number) < np.where(is_prolific, 0.62, np.where(is_deter, 0.1, 0.10))
    return People(
        first + np.arange(number), kind, sex, born, entry, rate, fade, chosen, dies, force, scheme, drug_user,
        observed, self_defined,
    )  # fmt: skip


def _prolific_rate(rng: np.random.Generator, years: np.ndarray) -> np.ndarray:
    """Return cases a year at liberty. The young who are chosen have offended more in fewer years."""
    return 3.60 * rng.gamma(14.0, 1 / 14.0, len(years)) * (9.0 / (years + 1.5)) ** 0.35
