"""A trained model of one agency's records: a reviewed file, and the weights that Splink gives to pairs by it."""

import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

FOLDER = Path(__file__).parent / "models"


@dataclass(frozen=True)
class Model:
    """What a model file says: how it was made, its thresholds, and each level's probabilities."""

    name: str
    about: dict[str, Any]
    counterpart: float
    """How often a record is of somebody among those it is compared with: where the search for the share begins."""
    link: float
    """The probability from which a pair is linked."""
    grey: float
    """The probability from which a pair that is not linked is put before somebody."""
    splink: dict[str, Any]

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """The comparisons, each with its levels."""
        return self.splink["comparisons"]


@lru_cache
def model(name: str) -> Model:
    """Return the model of an agency, `probation` or `dip`. Raises ValueError for thresholds that make no sense."""
    return read_model(FOLDER / f"{name}.json")


def read_model(path: Path) -> Model:
    """Return the model that a file holds. Raises ValueError naming the file and what is wrong with it."""
    text = json.loads(path.read_text(encoding="utf-8"))
    limits = text["thresholds"]
    found = Model(path.stem, text["about"], limits["counterpart"], limits["link"], limits["grey"], text["splink"])
    if not 0 < found.grey < found.link < 1 or found.link <= 0.5 or not 0 < found.counterpart < 1:
        raise ValueError(
            f"{path.name}: the thresholds must be 0 < grey < link < 1, link over a half so that a record is linked to"
            f" one person, and counterpart between 0 and 1, got: {limits}"
        )
    return found


def weights(
    connection: duckdb.DuckDBPyConnection,
    tables: list[str],
    settings: dict[str, Any],
    into: str,
    *,
    pairs: str | None = None,
    common: dict[str, str] | None = None,
) -> None:
    """Make the table `into`: every pair with its weight in bits, its level of each comparison, and what each is worth.

    The weight leaves out how common matches are, which is for the caller to know. Columns `unique_id_l, unique_id_r,
    match_weight`, and `gamma_*`, `mw_*` and `mw_tf_adj_*` for each comparison.

    `pairs` names a table of `join_key_l, join_key_r, match_key`; without it the settings' own blocking finds them.
    `common` names, by column, a table of how common each of its values is; without it that is counted in the tables
    given. What Splink makes on the way are tables of the connection's database, dropped at the end.
    """
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    backend = DuckDBAPI(connection)
    # A probability of one half adds nothing to the weight.
    whole = {
        **settings,
        "probability_two_random_records_match": 0.5,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": [],
        "linker_uid": "linkage",
    }
    sent = [backend.register(name, dataset_display_name=name) for name in tables]
    linker = Linker(sent, whole, log_level=None, validate_settings=False)
    for column, values in (common or {}).items():
        linker.table_management.register_term_frequency_lookup(backend.register(values, table_name=values), column)
    if pairs is not None:
        linker.table_management.register_blocked_pairs_for_predict(backend.register(pairs, table_name=pairs))
    found = linker.inference.predict(warning_mode="never")
    connection.table(found.physical_name).create(into)
    linker.table_management.delete_tables_created_by_splink_from_db()


def evidence(chosen: pl.DataFrame, comparisons: list[dict[str, Any]]) -> pl.Series:
    """Return, for each pair, what agrees and how much it weighs: `surname: same +7.1; sex: different -5.0`.

    `chosen` has, for each comparison, the columns `gamma_*` and `mw_*` that Splink gives, and `mw_tf_adj_*` where
    commonness bears on it.
    """
    parts = []
    for comparison in comparisons:
        name = comparison["output_column_name"]
        told = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        labels = {len(told) - 1 - place: level["label_for_charts"] for place, level in enumerate(told)}
        weight = pl.col(f"mw_{name}")
        if f"mw_tf_adj_{name}" in chosen.columns:
            weight = weight + pl.col(f"mw_tf_adj_{name}")
        said, weight = pl.col(f"gamma_{name}").cast(pl.Int32), weight.round(1)
        sign = pl.when(weight >= 0).then(pl.lit("+")).otherwise(pl.lit(""))
        words = said.replace_strict(labels, default=None, return_dtype=pl.String)
        line = pl.format(f"{name.replace('_', ' ')}: {{}} {{}}{{}}", words, sign, weight.cast(pl.String))
        parts.append(pl.when(said >= 0).then(line))
    return chosen.select(pl.concat_str(parts, separator="; ", ignore_nulls=True).alias("evidence"))["evidence"]
