"""The truth of every measure beyond the first: each list of units of a chunk, and the rows they add up to."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from etl.sample.dates import period_start
from etl.sample.truth import (
    before_after,
    cases,
    contact,
    drugs,
    expected,
    fixed_cohort,
    identification,
    journey,
    needs,
    offending,
    releases,
    selection,
    throughput,
    timeline,
)
from etl.sample.truth.kinds import Gathered
from etl.sample.truth.lives import COVERED_TO, Lives
from etl.sample.truth.measures import MEASURES
from etl.sample.truth.rows import Labels
from etl.sample.world import Schemes

QUARTER = pl.col("date").cast(pl.Int32).cast(pl.Date).dt.month() % 3 == 0


def units(
    lives: Lives, schemes: Schemes, entries: pl.DataFrame, ends: pl.DataFrame, others: dict[str, pl.DataFrame]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give each list of units by name. `entries` and `ends` are the cohort's units and the caseload's."""
    yield "caseload", ends
    yield "identification", identification.units(lives)
    yield "identification_characteristics", identification.characteristics(lives)
    yield "selection_rules", selection.units(lives)
    yield "throughput", throughput.entries(lives)
    yield "exits", throughput.exits(lives)
    yield "reoffended_on_scheme", throughput.reoffended(lives)
    yield "transition", throughput.transitions(lives)
    journeys = journey.units(lives)
    yield "journey", journeys
    yield "home_visits", journey.home_visits(journeys)
    yield "concentration", offending.concentration(lives)
    yield "cross_border", offending.cross_border(lives, schemes)
    yield "before_after", before_after.units(lives)
    yield "timeline", before_after.months(lives)
    yield "ni30", fixed_cohort.units(lives)
    yield "expected", expected.units(lives, entries)
    yield "cases", cases.units(lives)
    yield "pathway", cases.pathway(lives)
    yield "releases", releases.units(lives)
    yield "tests", drugs.tests(lives, others)
    yield "required_assessments", drugs.required_assessments(lives)
    yield "treatment", drugs.treatment(lives)
    yield "contacts", contact.weeks(lives)
    yield "appointments", contact.appointments(lives)
    yield "enforcement", contact.enforcement(lives)
    yield "needs", needs.units(lives)
    yield "settled", needs.settled(lives)


def caseload(ends: pl.DataFrame) -> pl.DataFrame:
    """Return the caseload's units with who is an adult, and who of them is in the drugs programme too."""
    adult = pl.col("age") >= 18
    return ends.with_columns(
        adult.cast(pl.Int64).alias("adults"),
        (adult & (pl.col("in_dip") == timeline.YES)).cast(pl.Int64).alias("adults_in_dip"),
    )


class Truth:
    """The rows of these measures, gathered chunk by chunk."""

    def __init__(self, labels: Labels, kept: dict[str, set[int]]) -> None:
        # A fixed cohort is shown when its follow-up year is over.
        over = {y for y in range(1980, 2030) if period_start(y + 1) - 1 <= COVERED_TO}
        self._years = kept | {"ni30": over}
        self._gathered = [Gathered(measure, labels) for measure in MEASURES]

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Take in one list of units of one chunk."""
        for each in self._gathered:
            if each.measure.units == name:
                each.add(frame.filter(QUARTER) if each.measure.when == "as_at" else frame)

    def measures(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of every measure."""
        return {g.measure.id: list(g.rows(self._years.get(g.measure.units))) for g in self._gathered}
