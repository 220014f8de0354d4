"""How near the world comes to the few published figures it is tuned to, and to others that it is not."""

from typing import Any

import numpy as np
import polars as pl

from etl.sample.careers import CONVICTED
from etl.sample.dates import day
from etl.sample.make import Chunk
from etl.sample.membership import PREVENT
from etl.sample.truth.schemes import PPO_YES, Membership
from etl.sample.truth.timeline import Moments, Timeline
from etl.sample.world import WINDOW_START

COUNTED_ON = day(2009, 1, 31)
"""The month end before 1 February 2009."""
YEAR = 2009

TARGETS = {
    "offenders with an index event in 2009/10": 680_000,
    "PPOs on the caseload on 1 February 2009": 10_635,
    "of whom with an index event in 2009/10": 8_000,
    "PPO re-offending rate 2009/10": 0.749,
    "re-offences per PPO who re-offended 2009/10": 4.70,
    "re-offending rate of everyone 2009/10": 0.26,
    "previous convictions at identification": 47,
    "age at identification": 25,
    "share male at identification": 0.95,
    "share white at identification": 0.88,
    "offences committed in the ten years": 12_000_000,
}
"""The published figures that the generator is tuned to, and the sizes that it is asked for."""

OTHERS = {
    "PPOs among offenders 2009/10": 8_000,
    "PPOs' share of offenders 2009/10": 0.012,
    "PPOs' share of re-offences 2009/10": 0.056,
    "re-offences per re-offender, everyone 2009/10": None,
    "share of the PPO caseload in custody": 0.37,
    "offences before the ten years": None,
    "people on the police computer": None,
}
"""Published figures that are not aimed at: whatever comes, comes."""


class Calibration:
    """Sums for the report, chunk by chunk."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}

    def _add(self, name: str, value: Any) -> None:
        self.sums[name] = self.sums.get(name, 0.0) + float(value)

    def add(
        self,
        chunk: Chunk,
        line: Timeline,
        members: dict[int, list[Membership]],
        entries: pl.DataFrame,
        ends: pl.DataFrame,
    ) -> None:
        """Take in one chunk."""
        year = entries.filter(pl.col("period") == YEAR)
        ppo = year.filter(pl.col("ppo") == PPO_YES)
        for name, frame in (("all", year), ("ppo", ppo)):
            self._add(f"{name} offenders", frame.height)
            self._add(f"{name} reoffended", frame["reoffended"].sum())
            self._add(f"{name} reoffences", frame["reoffences"].sum())
        on = ends.filter((pl.col("date") == COUNTED_ON) & (pl.col("strand") != PREVENT))
        self._add("caseload", on["person"].n_unique())
        self._add("caseload inside", on.filter(pl.col("main"))["numerator"].sum())
        self._add("caseload with event", year.filter(pl.col("person").is_in(on["person"].unique().to_list())).height)
        crimes = chunk.offences
        self._add("in window", (crimes.committed >= WINDOW_START).sum())
        self._add("before window", (crimes.committed < WINDOW_START).sum())
        self._add("people", len(chunk.people))

        first = [(p, min(m.adopted for m in mine)) for p, mine in members.items() if mine[0].spans[0].strand != PREVENT]
        person, adopted = np.array(first, dtype="int64").reshape(-1, 2).T
        convicted = crimes.counts & (crimes.outcome == CONVICTED)
        behind = Moments(crimes.person[convicted], crimes.disposed[convicted]).before(person, adopted)
        self._add("identified", len(person))
        self._add("behind", behind.sum())
        self._add("age", line.age(person, adopted).sum())
        self._add("male", (chunk.people.sex[person] == 0).sum())
        self._add("white", np.isin(chunk.people.observed[person], (0, 1)).sum())

    def rows(self) -> list[dict[str, Any]]:
        """Return each figure beside the published one; `aimed_at` says whether the generator is tuned to it."""
        s = self.sums
        came = {
            "offenders with an index event in 2009/10": s["all offenders"],
            "PPOs on the caseload on 1 February 2009": s["caseload"],
            "of whom with an index event in 2009/10": s["caseload with event"],
            "PPO re-offending rate 2009/10": s["ppo reoffended"] / max(s["ppo offenders"], 1),
            "re-offences per PPO who re-offended 2009/10": s["ppo reoffences"] / max(s["ppo reoffended"], 1),
            "re-offending rate of everyone 2009/10": s["all reoffended"] / max(s["all offenders"], 1),
            "previous convictions at identification": s["behind"] / max(s["identified"], 1),
            "age at identification": s["age"] / max(s["identified"], 1),
            "share male at identification": s["male"] / max(s["identified"], 1),
            "share white at identification": s["white"] / max(s["identified"], 1),
            "offences committed in the ten years": s["in window"],
            "PPOs among offenders 2009/10": s["ppo offenders"],
            "PPOs' share of offenders 2009/10": s["ppo offenders"] / max(s["all offenders"], 1),
            "PPOs' share of re-offences 2009/10": s["ppo reoffences"] / max(s["all reoffences"], 1),
            "re-offences per re-offender, everyone 2009/10": s["all reoffences"] / max(s["all reoffended"], 1),
            "share of the PPO caseload in custody": s["caseload inside"] / max(s["caseload"], 1),
            "offences before the ten years": s["before window"],
            "people on the police computer": s["people"],
        }
        published = TARGETS | OTHERS
        return [
            {"figure": name, "published": published[name], "here": value, "aimed_at": name in TARGETS}
            for name, value in came.items()
        ]
