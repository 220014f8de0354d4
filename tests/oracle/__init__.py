"""Every measure again, slowly and plainly, from accepted extracts: what the warehouse is compared with.

It imports nothing of ours and is written in the most obvious way, with loops over lists of dicts, so that a
mistake shared with the SQL would have to be a misreading of the definitions and not a slip. Dates are whole
days, "+ n months" stops at the end of the month, spans include their start and leave out their end.

`World(files, extract_date)` takes the rows that intake accepted: a dict of file name ("police/offences") to a
list of dicts with Python dates, whole numbers, text and None. `units(world, measure)` gives a dict per unit;
`figure(world, measure, by, where, period, as_at)` gives the aggregated rows with their status.
"""

from tests.oracle.days import add_months, age_on, month_ends, period_dates, period_of
from tests.oracle.figures import figure, maturity
from tests.oracle.intervals import (
    change_interval,
    concentrated,
    delta,
    kaplan_meier,
    median_interval,
    median_rank,
    quantile,
    wilson,
)
from tests.oracle.justice import STAGES
from tests.oracle.measures import LABELS, MEASURES, Measure, month_end_rows, units
from tests.oracle.schemes import caseload_rows, readable_month_ends
from tests.oracle.world import SWITCHES, World, join_custody

__all__ = [
    "LABELS",
    "MEASURES",
    "STAGES",
    "SWITCHES",
    "Measure",
    "World",
    "add_months",
    "age_on",
    "caseload_rows",
    "change_interval",
    "concentrated",
    "delta",
    "figure",
    "join_custody",
    "kaplan_meier",
    "maturity",
    "median_interval",
    "median_rank",
    "month_end_rows",
    "month_ends",
    "period_dates",
    "period_of",
    "quantile",
    "readable_month_ends",
    "units",
    "wilson",
]
