"""How the model files are made: `python -m etl.link.train OUT [EXTRACTS...]`.

Without extracts, from synthetic worlds with planted faults. Real extracts may be given instead, on the machine that
holds them: a model file has no value from any row. What comes out is read by a person, thresholds and all, before it
is put in etl/link/models.

Agreement among records of one person (m) is counted on the pairs that a believed PNC id ties together, which are not
the records to be linked but are like them. Agreement by chance (u) is counted on random pairs.
"""

import json
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import polars as pl

from etl.intake import take_in
from etl.link.comparisons import COLUMNS, COMPARISONS
from etl.link.linking import known_decisions
from queries import sql

SEEDS = (901, 902, 903, 904, 905, 906)
"""The worlds trained on. No test may look at a world of these seeds."""
PAIRS, SEED = 2e7, 20_261_122
LEAST_AGREEMENT, LEAST_CHANCE = 0.005, 1e-6
"""No level is taken to be rarer than this, since a count of none among a few hundred pairs is no proof of never."""
THRESHOLDS = {
    "probation": {"counterpart": 0.9, "link": 0.95, "grey": 0.05},
    "dip": {"counterpart": 0.9, "link": 0.95, "grey": 0.05},
}
STATED = {
    "pnc_id": {
        "reason": "Records with the same PNC id are linked before; of those of one person that hold another, most are"
        " a digit or a letter out, or somebody else's.",
        "m": [0.01, 0.49, 0.5],
        "u": [1e-6, 1e-5, 1.0],
    }
}
"""Levels that cannot be counted, since the pairs counted on are those that share a PNC id. Stated, with the reason."""


def described(extracts: Path, staging: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records of one folder as they are compared, and the pairs that a believed PNC id ties together."""
    taken = take_in(extracts, staging)
    known_decisions(staging, taken.extract_date.year, [])
    staging.execute(sql.section("etl/link/people.sql", "candidates"))
    staging.execute(sql.section("etl/link/names.sql", "described"))
    return staging.table("described").pl(), staging.table("believed").pl()


def worlds() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records of the synthetic worlds, and the pairs tied by a PNC id."""
    from etl.sample import write_sample

    records, ties = [], []
    for seed in SEEDS:
        with TemporaryDirectory() as folder, duckdb.connect() as staging:
            write_sample(Path(folder) / "extracts", "small", seed, "planted")
            found, tied = described(Path(folder) / "extracts", staging)
        mark = pl.format(f"{seed}:{{}}", "identifier").alias("identifier")
        records.append(found.sort("identifier").with_columns(mark))
        ties.append(tied.with_columns((f"{seed}:" + pl.col("anchor")).alias("anchor"), pl.lit(seed).alias("world")))
    return pl.concat(records), pl.concat(ties)


def trained(agency: str, records: pl.DataFrame, ties: pl.DataFrame) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the settings of one agency's model with their probabilities, and what they were counted on."""
    file, kind = f"{agency}/people", {"probation": "crn:", "dip": "dip:"}[agency]
    ours = pl.col("identifier").alias("unique_id"), *(c for c in COLUMNS if c != "pnc_id")
    blank = pl.lit(None, dtype=pl.String).alias("pnc_id")
    known = records.filter(pl.col("file") == "police/people").select(*ours, blank)
    sent = records.filter(pl.col("file") == file).select(*ours, blank)
    mark = pl.format("{}:", "world") if "world" in ties.columns else pl.lit("")
    pairs = ties.filter(pl.col("file") == file).select(
        pl.lit("known").alias("source_dataset_l"),
        pl.col("anchor").alias("unique_id_l"),
        pl.lit("sent").alias("source_dataset_r"),
        (mark + kind + pl.col("record")).alias("unique_id_r"),
    )
    settings = {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "comparisons": [comparison.settings() for comparison in COMPARISONS[agency]],
        "blocking_rules_to_generate_predictions": [],
    }
    settings = count(settings, {"known": known, "sent": sent}, pairs, THRESHOLDS[agency]["counterpart"])
    return settings, {"records": sent.height, "police records": known.height, "pairs tied by a PNC id": pairs.height}


def count(
    settings: dict[str, Any],
    tables: dict[str, pl.DataFrame],
    pairs: pl.DataFrame,
    counterpart: float,
    pairs_tried: float = PAIRS,
) -> dict[str, Any]:
    """Return Splink settings with m counted on `pairs` and u on random pairs of the tables."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    with duckdb.connect() as connection:
        backend = DuckDBAPI(connection)
        sent = []
        for name, frame in tables.items():
            connection.register("given", frame)
            connection.table("given").create(name)
            connection.unregister("given")
            sent.append(backend.register(name, dataset_display_name=name))
        connection.register("given", pairs)
        connection.table("given").create("labels")
        size = next(iter(tables.values())).height
        prior = {"probability_two_random_records_match": counterpart / max(size, 2)}
        linker = Linker(sent, {**settings, **prior}, log_level=None, validate_settings=False)
        linker.training.estimate_u_using_random_sampling(max_pairs=pairs_tried, seed=SEED, min_count_per_level=None)
        linker.training.estimate_m_from_pairwise_labels(backend.register("labels", table_name="labels"))
        found = linker.misc.save_model_to_json()
    kept = ("link_type", "unique_id_column_name", "blocking_rules_to_generate_predictions")
    out = {name: settings[name] for name in kept if name in settings}
    return {**out, "comparisons": [_tidied(comparison) for comparison in found["comparisons"]]}


def _tidied(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return a comparison with its levels' probabilities, none too small, to be read by a person."""
    name = comparison["output_column_name"]
    levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    m = np.array([level.get("m_probability") or 0.0 for level in levels])
    u = np.array([level.get("u_probability") or 0.0 for level in levels])
    if name in STATED:
        m, u = np.array(STATED[name]["m"]), np.array(STATED[name]["u"])
    m, u = np.maximum(m, LEAST_AGREEMENT), np.maximum(u, LEAST_CHANCE)
    m = m / m.sum()
    out = []
    for level in comparison["comparison_levels"]:
        kept = {
            key: level[key]
            for key in ("sql_condition", "label_for_charts", "is_null_level", "tf_adjustment_column")
            if level.get(key)
        }
        if level in levels:
            place = levels.index(level)
            kept["m_probability"] = float(f"{m[place]:.4g}")
            kept["u_probability"] = float(f"{u[place]:.4g}")
        out.append(kept)
    return {"output_column_name": name, "comparison_levels": out}


def main(out: Path, extracts: list[Path]) -> None:
    """Write a model file for each agency."""
    out.mkdir(parents=True, exist_ok=True)
    if extracts:
        with duckdb.connect() as staging:
            records, ties = described(extracts[0], staging)
    else:
        records, ties = worlds()
    for agency in COMPARISONS:
        settings, counted = trained(agency, records, ties)
        about = {
            "recipe": "python -m etl.link.train",
            "trained on": f"synthetic worlds, scale small, seeds {SEEDS[0]} to {SEEDS[-1]}, faults planted"
            if not extracts
            else "extracts",
            "counted on": counted,
            "stated": {name: stated["reason"] for name, stated in STATED.items()},
        }
        text = {"about": about, "thresholds": THRESHOLDS[agency], "splink": settings}
        (out / f"{agency}.json").write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
