"""The offence codes of the synthetic world: real codes, with how often each is committed in it.

Codes and classes are from public standing data (see the design's sources); `000/00` is the class of a code that
is not mapped. The groups are those of the bulletins of 2000 to 2012, which keep burglary and vehicle crime apart.
"""

from dataclasses import dataclass

import numpy as np

from etl.sample.dates import Days


@dataclass(frozen=True)
class Code:
    """One offence code. `ordinary` and `prolific` are weights; `gravity` moves sentences."""

    cjs_offence_code: str
    title: str
    ho_class: str
    group: str
    category: str
    recordable: bool
    acquisitive: bool
    trigger: bool
    ordinary: float
    prolific: float
    gravity: float
    listed: bool = True


CODES = (
    Code("TH68036", "Burglary dwelling and theft", "028/03", "domestic_burglary", "CE", True, True, True, 3, 14, 3),
    Code("TH68037", "Burglary other than dwelling, theft", "030/02", "other_burglary", "CE", True, True, True,
         3, 8, 1.5),
    Code("TH68023", "Robbery", "034/01", "robbery", "CI", True, True, True, 1, 3, 4),
    Code("TH68001", "Theft from the person", "039/00", "theft", "CE", True, True, True, 1, 2, 1.2),
    Code("TH68006", "Theft of pedal cycle", "044/00", "theft", "CE", True, True, True, 1, 2, 0.6),
    Code("TH68007", "Theft from a motor vehicle", "045/10", "theft_from_vehicles", "CE", True, True, True, 2, 9, 0.9),
    Code("TH68010", "Theft from a shop", "046/00", "theft", "CE", True, True, True, 20, 22, 0.5),
    Code("TH68012", "Theft from meter or automatic machine", "047/00", "theft", "CE", True, True, True, 0.3, 1, 0.7),
    Code("TH68020", "Other theft", "049/10", "theft", "CE", True, True, True, 6, 6, 0.7),
    Code("TH68072", "Receiving", "054/01", "handling", "CE", True, True, True, 2, 4, 0.9),
    Code("TH68081", "Going equipped for burglary", "033/00", "other_burglary", "CE", True, True, True, 0.7, 2, 1),
    Code("TH68151", "Aggravated vehicle taking, damage of 5,000 or more", "037/02", "taking_and_driving_away", "CE",
         True, True, True, 1, 4, 1.3),
    Code("CJ88001", "Common assault", "105/01", "violence_non_serious", "CS", True, False, False, 14, 5, 0.8),
    Code("CD71039", "Criminal damage under 5,000", "149/00", "criminal_damage", "CS", True, False, False, 10, 5, 0.5),
    Code("PC53001", "Offensive weapon", "008/11", "violence_non_serious", "CE", True, False, False, 2, 2, 1),
    Code("MD71530", "Possess cannabis", "092/61", "drugs_possession", "CE", True, False, False, 12, 5, 0.3),
    Code("FA06001", "Fraud by false representation", "053/40", "fraud_and_forgery", "CE", True, True, True, 4, 2, 0.9),
    Code("BA76001", "Fail to surrender", "083/01", "absconding_or_bail", "CS", True, False, False, 1, 3, 0.6),
    Code("RT88333", "Drive whilst disqualified", "000/00", "other_motoring", "CS", True, False, False, 6, 4, 0.9),
    Code("RT88191", "No third-party insurance", "809/01", "other_motoring", "CM", False, False, False, 5, 3, 0.2),
    Code("FL96001", "Breach of a non-molestation order", "000/00", "other", "CE", True, False, False, 1, 0.4, 1),
    Code("SX03247", "Breach of a sexual offences prevention order", "000/00", "other", "CE", True, False, False,
         0.1, 0.05, 1.5),
    Code("CJ03510", "Fail to comply with a community order", "000/00", "breach", "CB", True, False, False, 0, 0, 0.6),
    Code("CJ03507", "Further offence during a suspended sentence", "000/00", "breach", "CB", True, False, False,
         0, 0, 1),
    Code("PC00700", "Fail to comply with supervision of a detention and training order", "000/00", "breach", "CB",
         True, False, False, 0, 0, 0.6),
    Code("COML025", "Public nuisance", "000/00", "other", "CI", True, False, False, 0.3, 0.2, 1, listed=False),
)  # fmt: skip

INDEX = {code.cjs_offence_code: place for place, code in enumerate(CODES)}
BREACHES = np.array([INDEX["CJ03510"], INDEX["CJ03507"], INDEX["PC00700"]])
FAIL_TO_SURRENDER = INDEX["BA76001"]
GRAVITY = np.array([code.gravity for code in CODES])
TRIGGER = np.array([code.trigger for code in CODES])
RECORDABLE = np.array([code.recordable for code in CODES])
BREACH = np.array([code.category == "CB" for code in CODES])
GROUP = np.array([code.group if code.listed else "not_known" for code in CODES])
"""The group of each code in the reference file; the code that the file leaves out has none."""
ORDER = np.argsort(np.argsort([code.cjs_offence_code for code in CODES]))
"""The place of each code in alphabetical order, for ties between principal offences."""

_ORDINARY = np.cumsum([code.ordinary for code in CODES]) / sum(code.ordinary for code in CODES)
_PROLIFIC = np.cumsum([code.prolific for code in CODES]) / sum(code.prolific for code in CODES)


def draw(rng: np.random.Generator, prolific: np.ndarray) -> Days:
    """Return one code (its place in CODES) for each person who commits an offence."""
    u = rng.random(len(prolific))
    return np.where(
        prolific,
        np.searchsorted(_PROLIFIC, u, side="right"),
        np.searchsorted(_ORDINARY, u, side="right"),
    ).clip(0, len(CODES) - 1)
