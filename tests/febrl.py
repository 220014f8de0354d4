"""The FEBRL data sets with their truth, and a model of them made by the same recipe as ours.

`python -m tests.febrl` writes tests/data/febrl/model.json. Agreement is counted on the records of data set 4 that share
a social security number, as the model of an agency is counted on those that share a PNC id; the truth is not looked at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from etl.link.comparisons import Comparison, Level, either_missing, near, same
from etl.link.model import read_model, weights
from etl.link.train import count

FOLDER = Path(__file__).parent / "data" / "febrl"
MODEL = FOLDER / "model.json"


def apart(column: str, edits: int) -> str:
    """Return the condition that two values are so many edits apart at most."""
    return f'damerau_levenshtein("{column}_l", "{column}_r") <= {edits}'


def compared(column: str, *levels: Level, common: bool = False) -> Comparison:
    return Comparison(
        column, either_missing(column), (Level("same", same(column), column if common else None), *levels)
    )


ALIKE = "spelt nearly alike"
CHANGED_OVER = Level("changed over", '"given_name_l" = "surname_r" AND "surname_l" = "given_name_r"')
COMPARISONS = [
    compared("given_name", CHANGED_OVER, Level(ALIKE, near("given_name", 1, 0.88)), common=True),
    compared("surname", Level(ALIKE, near("surname", 1, 0.88)), common=True),
    *(
        compared(column, Level("a digit out", apart(column, 1)), Level("two out", apart(column, 2)))
        for column in ("date_of_birth", "soc_sec_id")
    ),
    compared("postcode", Level("a digit out", apart("postcode", 1))),
    compared("street_number", Level("a digit out", apart("street_number", 1))),
    compared("address_1", Level(ALIKE, near("address_1", 2, 0.9))),
    compared("address_2", Level(ALIKE, near("address_2", 2, 0.9))),
    compared("suburb", Level(ALIKE, near("suburb", 2, 0.9))),
    compared("state"),
]
BLOCKS = [
    ("soc_sec_id",),
    ("surname", "given_name"),
    ("date_of_birth",),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("given_name", "suburb"),
    ("surname", "suburb"),
    ("suburb", "postcode"),
    ("suburb", "street_number"),
    ("postcode", "street_number"),
    ("address_1",),
    ("address_2", "state"),
]
CROSSED = [("given_name", "surname"), ("surname", "given_name")]
"""Columns that are the same crosswise: the given name and the surname changed over."""
COLUMNS = [comparison.name for comparison in COMPARISONS]
STATED = {"soc_sec_id": ([0.9, 0.08, 0.01, 0.01], [1e-6, 1e-5, 1e-4, 1.0])}
"""What cannot be counted, since the pairs counted on are those that share the number."""


def records(name: str) -> pl.DataFrame:
    """Return one data set: `unique_id`, the columns compared, and `person`, which no model is given."""
    frame = pl.read_csv(FOLDER / f"dataset{name}.csv.gz", infer_schema=False)
    frame = frame.rename({column: column.strip() for column in frame.columns})
    frame = frame.with_columns(pl.col(pl.String).str.strip_chars().replace("", None))
    return frame.select(
        pl.col("rec_id").alias("unique_id"),
        *COLUMNS,
        pl.col("rec_id").str.extract(r"rec-(\d+)-").alias("person"),
    )


def settings(link_type: str) -> dict[str, Any]:
    """Return Splink's settings, without probabilities."""
    blocks = [" AND ".join(f'l."{column}" = r."{column}"' for column in block) for block in BLOCKS]
    blocks.append(" AND ".join(f'l."{column}" = r."{other}"' for column, other in CROSSED))
    return {
        "link_type": link_type,
        "unique_id_column_name": "unique_id",
        "comparisons": [comparison.settings() for comparison in COMPARISONS],
        "blocking_rules_to_generate_predictions": blocks,
    }


def train() -> None:
    """Write the model file."""
    one, other = (records(name).drop("person") for name in ("4a", "4b"))
    tied = one.join(other, on="soc_sec_id", suffix="_other").select(
        pl.lit("one").alias("source_dataset_l"),
        pl.col("unique_id").alias("unique_id_l"),
        pl.lit("other").alias("source_dataset_r"),
        pl.col("unique_id_other").alias("unique_id_r"),
    )
    counted = count(settings("link_only"), {"one": one, "other": other}, tied, 1.0, pairs_tried=2e6)
    for comparison in counted["comparisons"]:
        if comparison["output_column_name"] in STATED:
            told = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
            for level, m, u in zip(told, *STATED[comparison["output_column_name"]], strict=True):
                level["m_probability"], level["u_probability"] = m, u
    text = {
        "about": {
            "recipe": "python -m tests.febrl",
            "trained on": "FEBRL data set 4, records that share a social security number; no truth",
        },
        "thresholds": {"counterpart": 0.99, "link": 0.51, "grey": 0.5},
        "splink": {"comparisons": counted["comparisons"]},
    }
    MODEL.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")


def found(names: list[str], expected: float, threshold: float) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """Return the pairs found, and the pairs that are of one person, in one data set or between two.

    `expected` is how many pairs there are thought to be for each record: what is known beforehand of how often two
    records match. A pair is found when its probability is at or above the threshold.
    """
    tables = {f"set_{name}": records(name) for name in names}
    model = read_model(MODEL)
    with duckdb.connect(config={"threads": 2}) as connection:
        for name, frame in tables.items():
            connection.register("given", frame.drop("person"))
            connection.table("given").create(name)
            connection.unregister("given")
        kind = "link_only" if len(names) == 2 else "dedupe_only"
        given = {**settings(kind), "comparisons": model.comparisons}
        weights(connection, list(tables), given, "weights_given")
        scored = connection.table("weights_given").pl()
    frames = list(tables.values())
    size = frames[0].height
    pairs = size * frames[1].height if len(frames) == 2 else size * (size - 1) / 2
    before = expected * size / pairs
    odds = (2 ** pl.col("match_weight")) * before / (1 - before)
    chosen = scored.filter(odds / (1 + odds) >= threshold)
    ours = {frozenset(pair) for pair in chosen.select("unique_id_l", "unique_id_r").iter_rows()}
    if len(frames) == 2:
        true = frames[0].join(frames[1], on="person", suffix="_other")
    else:
        true = (
            frames[0]
            .join(frames[0], on="person", suffix="_other")
            .filter(pl.col("unique_id") < pl.col("unique_id_other"))
        )
    return ours, {frozenset(pair) for pair in true.select("unique_id", "unique_id_other").iter_rows()}


def f1(ours: set[frozenset[str]], true: set[frozenset[str]]) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * len(ours & true) / (len(ours) + len(true))


if __name__ == "__main__":
    train()
