"""Worlds worked by hand, asked of the oracle and of the road in the same words.

`in_both(hands, ...)` makes a fixture that answers twice: once by the oracle, which follows the definitions, and once
by the road, which builds the same rows as an extracts folder. People come back as the words of the pipe tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from queries import catalogue
from tests import oracle, worlds
from tests.hand import Hand
from tests.road import Road

Days = Mapping[str, date]


class Answers:
    """What one of the two says of some worlds worked by hand, put in one folder."""

    def __init__(self, hands: list[Hand], source: Any):
        self.hands = hands
        self.source = source

    def figure(self, measure: str, **how) -> list[dict]:
        return self.source.figure(measure, **how)

    def units(self, hand: Hand, measure: str, **only) -> list[dict]:
        """Return the units of one world's people that have these values, each with its `word`."""
        return [
            unit
            for row in self.source.units(measure)
            if row["person"] in hand.words
            for unit in [{**row, "word": hand.words[row["person"]]}]
            if all(unit[name] == value for name, value in only.items())
        ]

    def each(self, hand: Hand, measure: str, *columns: str, **only) -> dict:
        """Return one column, or a tuple of several, of the units of one world by word: one unit a person."""
        found: dict = {}
        for unit in self.units(hand, measure, **only):
            assert unit["word"] not in found, f"{unit['word']} has more than one unit"
            values = tuple(unit[column] for column in columns)
            found[unit["word"]] = values if len(columns) > 1 else values[0]
        return found


class FromOracle:
    """The oracle's answers."""

    def __init__(self, files, extract_date, coverage, covered_from, folder):
        self.world = oracle.World(files, extract_date, dict(coverage), covered_from=dict(covered_from))

    def units(self, measure):
        """Return the unit rows: of days the numerator is the days, and a change is from what was before to after."""
        renamed = {"days": "numerator", "before": "denominator", "after": "numerator"}
        return [
            {**unit, **{ours: unit[its] for its, ours in renamed.items() if its in unit and ours not in unit}}
            for unit in oracle.units(self.world, measure)
        ]

    def figure(self, measure, **how):
        return oracle.figure(self.world, measure, **how)


class FromRoad:
    """The road's answers, each unit with the numerator and denominator that the measure's header names."""

    def __init__(self, files, extract_date, coverage, covered_from, folder: Path):
        self.road = Road(files, folder, extract_date, dict(coverage), covered_from=dict(covered_from))

    def units(self, measure):
        """Return the unit rows, with the measure's own columns also under the names that the oracle gives them."""
        asked = catalogue.measure(measure)
        named = {"numerator": asked.numerator_column, "denominator": asked.denominator_column}
        if asked.exposure:
            named |= dict(zip(("exposure_before", "exposure_after"), asked.exposure, strict=True))
        rows = self.road.units(measure)
        return [{**row, **{name: row.get(column) for name, column in named.items()}} for row in rows]

    def figure(self, measure, **how):
        return self.road.figure(measure, **how)


def in_both(
    hands: list[Hand], extract_date: date, coverage: Days | None = None, covered_from: Days | None = None, codes=None
):
    """Return a fixture of Answers, asked of each of the two.

    `codes` changes the reference list of offence codes: code to the columns that differ.
    """

    @pytest.fixture(scope="module", params=[FromOracle, FromRoad], ids=["oracle", "road"])
    def answers(request, tmp_path_factory) -> Answers:
        files = worlds.merged([hand.files for hand in hands])
        for row in files["reference/offence_codes"]:
            row |= (codes or {}).get(row["cjs_offence_code"], {})
        folder = tmp_path_factory.mktemp("asked")
        return Answers(hands, request.param(files, extract_date, coverage or {}, covered_from or {}, folder))

    return answers
