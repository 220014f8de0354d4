"""The reference files: schemes, offence codes, figures that others published, and targets."""

import numpy as np
import polars as pl

from etl.sample.dates import iso
from etl.sample.offences_list import CODES
from etl.sample.world import COVERAGE, EXTRACT, FORCE_CODES, LAUNCH, Schemes

_TOOL = "PPO self-assessment tool (Home Office), proven re-offending of PPOs"
_BULLETIN = "Home Office, Prolific and other priority offenders: results from the 2009 cohort, December 2010"
_STUDY = "Dawson and Cuppleditch, Home Office Online Report 08/07, 2007"

NATIONAL = (
    ("reoffending_rate", "2009/10", 0.749, "proportion of PPOs", _TOOL),
    ("reoffending_rate", "2008/09", 0.773, "proportion of PPOs", _TOOL),
    ("reoffences_per_reoffender", "2009/10", 4.70, "re-offences per PPO who re-offended", _TOOL),
    ("share_of_offenders", "2009/10", 0.012, "proportion of about 680,000 offenders", _TOOL),
    ("share_of_reoffences", "2009/10", 0.056, "proportion of about 500,000 re-offences", _TOOL),
    ("previous_offences_at_identification", "2004", 47, "previous convictions", _STUDY),
    ("age_at_identification", "2004", 25, "years", _STUDY),
    ("share_male_at_identification", "2004", 0.95, "proportion", _STUDY),
    ("share_white_at_identification", "2004", 0.88, "proportion", _STUDY),
    ("caseload", "2009-02-01", 10635, "people", _BULLETIN),
    ("ni30_change", "2009/10", -0.39, "change in volume of proven offences", _BULLETIN),
    ("ni30_reoffending_rate", "2009/10", 0.56, "proportion of the 2009 cohort", _BULLETIN),
)


def tables(schemes: Schemes) -> dict[str, pl.DataFrame]:
    """Return every reference file's rows."""
    number = len(schemes.scheme_id)
    return {
        "reference/schemes": pl.DataFrame(
            {
                "scheme_id": schemes.scheme_id,
                "name": schemes.name,
                "area": schemes.area,
                "force_code": FORCE_CODES[schemes.force],
                "dat_code": [f"D{force + 10}A" for force in schemes.force.tolist()],
                "opened_on": [iso(LAUNCH)] * number,
            }
        ),
        "reference/offence_codes": pl.DataFrame(
            [
                (
                    c.cjs_offence_code,
                    c.title,
                    c.ho_class,
                    c.group,
                    "Y" if c.acquisitive else "N",
                    "Y" if c.trigger else "N",
                )
                for c in CODES
                if c.listed
            ],
            schema=["cjs_offence_code", "title", "ho_class", "group", "acquisitive", "trigger"],
            orient="row",
        ),
        "reference/national": pl.DataFrame(
            NATIONAL, schema=["measure", "period", "value", "unit", "source"], orient="row", strict=False
        ),
        "reference/targets": pl.DataFrame(
            {
                "scheme_id": [None, *schemes.scheme_id[:3].tolist()],
                "measure": ["ni30_change"] * (1 + min(number, 3)),
                "period": ["2009/10"] * (1 + min(number, 3)),
                "value": np.array([-0.19, -0.16, -0.19, -0.22])[: 1 + min(number, 3)],
                "set_by": ["synthetic"] * (1 + min(number, 3)),
            }
        ),
    }


def manifest(scale: str, seed: int, faults: str) -> str:
    """Return the manifest: that the world is made up, its extract date, and what each file covers."""
    lines = [
        f"extract_date = {iso(EXTRACT)}",
        "synthetic = true",
        f'note = "A made-up England and Wales: scale {scale}, seed {seed}, faults {faults}"',
        "",
        "[coverage]",
    ]
    for name, (start, end) in COVERAGE.items():
        lines.append(f'"{name}" = {{ from = {iso(start)}, to = {iso(end)} }}')
    return "\n".join(lines) + "\n"
