"""How large the synthetic England and Wales is, when it begins and ends, and where its schemes are."""

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from etl.sample.dates import day

HISTORY_START = day(1991, 4, 1)
CARRIED_START = day(1998, 4, 1)
WINDOW_START = day(2001, 4, 1)
LAUNCH = day(2004, 9, 1)
EXTRACT = day(2011, 10, 31)
DIP_START = day(2003, 4, 1)
DIP_END = day(2011, 9, 30)

COVERAGE = {
    "police/people": (HISTORY_START, EXTRACT),
    "police/offences": (HISTORY_START, EXTRACT),
    "police/ppo_register": (LAUNCH, EXTRACT),
    "police/nominations": (LAUNCH, EXTRACT),
    "police/indications": (LAUNCH, EXTRACT),
    "probation/people": (WINDOW_START, EXTRACT),
    "probation/supervision": (WINDOW_START, EXTRACT),
    "probation/custody": (WINDOW_START, EXTRACT),
    "probation/contacts": (LAUNCH, EXTRACT),
    "probation/assessments": (LAUNCH, EXTRACT),
    "dip/people": (DIP_START, DIP_END),
    "dip/events": (DIP_START, DIP_END),
}
"""What each file covers. The earliest end, 30 September 2011, is the first day on which 2009/10 is final."""

REOFFENDING_COVERAGE = min(COVERAGE[f][1] for f in ("police/offences", "probation/custody", "dip/events"))
SCHEME_COVERAGE = min(
    COVERAGE[f][1] for f in ("police/ppo_register", "probation/custody", "probation/supervision", "dip/events")
)

FORCES = (
    ("02", "Metropolitan", 19), ("03", "Cumbria", 1), ("04", "Lancashire", 3), ("05", "Merseyside", 4),
    ("06", "Greater Manchester", 7), ("07", "Cheshire", 2), ("10", "Northumbria", 4), ("11", "Durham", 1.5),
    ("12", "North Yorkshire", 1.3), ("13", "West Yorkshire", 6), ("14", "South Yorkshire", 3),
    ("16", "Humberside", 2.4),
    ("17", "Cleveland", 2), ("20", "West Midlands", 6.5), ("21", "Staffordshire", 2), ("22", "West Mercia", 2),
    ("23", "Warwickshire", 0.8), ("30", "Derbyshire", 2), ("31", "Nottinghamshire", 3), ("32", "Lincolnshire", 1.2),
    ("33", "Leicestershire", 2), ("34", "Northamptonshire", 1.3), ("35", "Cambridgeshire", 1.3), ("36", "Norfolk", 1.3),
    ("37", "Suffolk", 1.1), ("40", "Bedfordshire", 1.2), ("41", "Hertfordshire", 1.8), ("42", "Essex", 2.6),
    ("43", "Thames Valley", 3.6), ("44", "Hampshire", 3.4), ("45", "Surrey", 1.2), ("46", "Kent", 2.8),
    ("47", "Sussex", 2.4), ("50", "Devon and Cornwall", 2.4), ("52", "Avon and Somerset", 3),
    ("53", "Gloucestershire", 1),
    ("54", "Wiltshire", 1), ("55", "Dorset", 1.1), ("60", "North Wales", 1.2), ("61", "Gwent", 1.2),
    ("62", "South Wales", 2.8), ("63", "Dyfed-Powys", 0.8),
)  # fmt: skip
FORCE_CODES = np.array([code for code, _, _ in FORCES])
ELSEWHERE_FORCES = np.array(["SC", "NI", "JE"])
TRANSPORT_POLICE = "93"


@dataclass(frozen=True)
class Scale:
    """How many people a world has.

    `newcomers` are first arrested inside the ten years, `carried` before them; `prolific` are those whom schemes
    choose from, `deter` the young people of Prevent and Deter. People are made in `chunks`, one at a time, so
    that memory does not grow with the world.
    """

    name: str
    schemes: int
    newcomers: int
    carried: int
    prolific: int
    deter: int
    strangers: int
    chunks: int

    @property
    def nationwide(self) -> bool:
        """Whether people live in every force: in the nation, and in a part of it or several of it."""
        return self.name.startswith("national")

    @property
    def outgrows(self) -> bool:
        """Whether there are more people than the national computer has serials: each year then begins them again."""
        return self.newcomers + self.carried + self.prolific + self.deter > STRANGERS_FROM

    @property
    def strangers_from(self) -> int:
        """The number of the first stranger: no number of theirs is anybody else's."""
        return 2 * STRANGERS_FROM if self.outgrows else STRANGERS_FROM


SCALES = {
    "tiny": Scale("tiny", 3, 250, 80, 60, 8, 6, 1),
    "small": Scale("small", 4, 4_600, 600, 1_280, 60, 60, 1),
    "national": Scale("national", 250, 3_270_000, 440_000, 37_700, 2_400, 9_000, 36),
}
FEWEST = 2
"""How many schemes a world has at least: people move from one to another."""

MOST = 4
"""How many nations a world may be: there are no more prison numbers for the people of a fifth."""

STRANGERS_FROM = 9_000_000
"""Below it are the numbers of the people of a nation, or two."""


def scale(name: str) -> Scale:
    """Return a scale by name, or a part of the nation (`national/16`) or several of it (`national*2`).

    Raises ValueError for any other.
    """
    if name in SCALES:
        return SCALES[name]
    asked = re.fullmatch(r"national([/*])([1-9]\d*)", name)
    times = Fraction(0) if not asked else Fraction(int(asked[2])) ** (1 if asked[1] == "*" else -1)
    whole = SCALES["national"]
    if not FEWEST <= times * whole.schemes <= MOST * whole.schemes:
        raise ValueError(
            f"Scale must be one of {', '.join(SCALES)}, national/N (N up to {whole.schemes // FEWEST}) or national*N"
            f" (N up to {MOST}), got: {name}"
        )
    sizes = (whole.schemes, whole.newcomers, whole.carried, whole.prolific, whole.deter, whole.strangers)
    return Scale(name, *(max(1, round(size * times)) for size in sizes), chunks=max(1, round(whole.chunks * times)))


@dataclass(frozen=True)
class Schemes:
    """The schemes, in the order of their ids: each in one area of one force."""

    scheme_id: np.ndarray
    name: np.ndarray
    area: np.ndarray
    force: np.ndarray
    weight: np.ndarray

    def of(self, scheme: int) -> dict[str, str]:
        """Return what the reference file says of one scheme."""
        return {
            "scheme": str(self.scheme_id[scheme]),
            "area": str(self.area[scheme]),
            "force": str(FORCE_CODES[self.force[scheme]]),
        }


def schemes(scale: Scale, rng: np.random.Generator) -> Schemes:
    """Return the world's schemes; a small world's are in a few large forces, two of them in one area."""
    weight = np.array([w for _, _, w in FORCES])
    if scale.name == "national":
        number = np.maximum(1, np.floor(weight / weight.sum() * scale.schemes)).astype(int)
        number[0] += scale.schemes - number.sum()
        force = np.repeat(np.arange(len(FORCES)), number)
    elif scale.nationwide:
        # A part has fewer schemes than there are forces: each stands for as many people as the next.
        place = (np.arange(scale.schemes) + 0.5) / scale.schemes
        force = np.searchsorted(np.cumsum(weight / weight.sum()), place).clip(0, len(FORCES) - 1)
    else:
        force = np.array([4, 6, 6, 0, 9, 9])[: scale.schemes]
    area, name = [], []
    seen: dict[int, int] = {}
    for f in force:
        k = seen[int(f)] = seen.get(int(f), 0) + 1
        area.append(f"{FORCES[f][1]} area {(k + 1) // 2 if scale.nationwide else 1}")
        name.append(f"{FORCES[f][1]} scheme {k}")
    size = rng.uniform(0.6, 1.4, len(force)) if scale.nationwide else np.linspace(1.2, 0.8, len(force))
    return Schemes(
        np.array([f"S{place + 1:03d}" for place in range(len(force))]),
        np.array(name), np.array(area), force, size / size.sum(),
    )  # fmt: skip
