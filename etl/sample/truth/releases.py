"""Members who left prison, and how soon somebody saw them."""

import polars as pl

from etl.sample import custody as prison
from etl.sample.dates import OPEN
from etl.sample.truth.lives import Lives

_ENDS = (prison.END, prison.LICENCE, prison.HDC)


def units(lives: Lives) -> pl.DataFrame:
    """Return one row for each membership open on a release: days to the first appointment kept before any return."""
    rows = []
    for person, mine in sorted(lives.members.items()):
        admitted, released, why_out = lives.held.of(person)
        seen = lives.attended.of(person)[0]
        for nth in range(len(released)):
            day = int(released[nth])
            if day == OPEN or why_out[nth] not in _ENDS:
                continue
            back = int(admitted[nth + 1]) if nth + 1 < len(admitted) else OPEN
            after = seen[(seen >= day) & (seen <= back)]
            days = int(after.min()) - day if len(after) else None
            rows += [
                (person, day, m.scheme, m.strand_near(day), True, 1, days) for m in mine if m.adopted <= day < m.end
            ]
    return lives.table(rows, ("released", "days"))
