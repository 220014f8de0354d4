"""Linkage beside the truth of a synthetic world: who was linked to whom, and the best that could be done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from etl.intake import take_in
from etl.link.linking import link
from etl.sample import write_sample


@dataclass(frozen=True)
class Score:
    """Pairs of a record and a police record: how many were made, how many of those are right, how many there are."""

    made: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.made

    @property
    def recall(self) -> float:
        return self.right / self.true

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.made + self.true)


@dataclass(frozen=True)
class Linked:
    """One world, linked: every record with its person (`anchor`), the true person, and their police record (`want`)."""

    records: pl.DataFrame
    described: pl.DataFrame
    grey: pl.DataFrame
    trials: pl.DataFrame

    def score(self, file: str) -> Score:
        """Return how the records of one file were linked to the police's."""
        mine = self.records.filter(pl.col("file") == file)
        made = mine.filter(pl.col("anchor").str.starts_with("pnc:"))
        return Score(made.height, made.filter(pl.col("anchor") == pl.col("want")).height, mine["want"].count())


def linked(folder: Path, seed: int) -> Linked:
    """Write a world with planted faults, take it in, link it, and lay its truth beside it."""
    write_sample(folder / "extracts", "small", seed, "planted")
    truth = json.loads((folder / "extracts" / "truth.json").read_text(encoding="utf-8"))["people"]
    person = {}
    for row in truth:
        if row["pnc_id"]:
            person["pnc:" + row["pnc_id"]] = row["person"]
        person |= {"crn:" + crn: row["person"] for crn in row["crn"]}
        person |= {"dip:" + client: row["person"] for client in row["dip_id"]}
    with duckdb.connect(config={"threads": 2}) as staging:
        taken = take_in(folder / "extracts", staging)
        link(staging, taken.extract_date.year)
        tables = {name: staging.table(name).pl() for name in ("person_records", "described", "grey", "trials")}
    known = pl.DataFrame({"identifier": list(person), "person": list(person.values())})
    records = tables["person_records"].join(known, on="identifier", how="left")
    police = records.filter(pl.col("file") == "police/people").select("person", pl.col("identifier").alias("want"))
    records = records.join(police, on="person", how="left").sort("identifier")
    return Linked(records, tables["described"].join(known, on="identifier"), tables["grey"], tables["trials"])


def ceiling(world: Linked) -> float:
    """Return how many of the programme's records any rule on the same fields could link, found with the truth in hand.

    A record can be found when no police record agrees with it at least as well as the true one in every field (birth,
    initials, sex, district, PNC id): whatever prefers more agreement to less then has something to go by. Where others
    agree just as well a rule can only guess, and is given the share of guesses that are right. Nothing is asked of its
    precision, so no rule that has to be precise does as well as this.
    """
    police = world.described.filter(pl.col("file") == "police/people")
    clients = world.described.filter(pl.col("file") == "dip/people")
    place = {person: at for at, person in enumerate(police["person"].to_list())}
    known = {name: police[name].to_numpy() for name in police.columns}
    found, sought = 0.0, 0
    for client in clients.iter_rows(named=True):
        at = place.get(client["person"])
        if at is None:
            continue
        sought += 1
        levels = _agreement(client, known)
        true = [level[at] for level in levels]
        as_good = np.logical_and.reduce([level >= mine for level, mine in zip(levels, true, strict=True)])
        better = as_good & np.logical_or.reduce([level > mine for level, mine in zip(levels, true, strict=True)])
        if not better.any():
            found += 1 / as_good.sum()
    return found / sought


def _agreement(client: dict, known: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Return, field by field, how well each police record agrees with a client: more is better."""
    size = len(known["identifier"])

    def same(field: str, value: object) -> np.ndarray:
        return np.zeros(size, dtype=int) if value is None else (known[field] == value).astype(int)

    born = np.datetime64(client["date_of_birth"]) if client["date_of_birth"] else None
    turned = np.datetime64(client["turned_birth"]) if client["turned_birth"] else None
    births = known["date_of_birth"].astype("datetime64[D]")
    on_day = np.zeros(size, dtype=int) if born is None else (births == born) * 2
    crosswise = np.zeros(size, dtype=int) if turned is None else (births == turned) * 1
    initials = client["initials"] or ""
    return [
        np.maximum(on_day, crosswise),
        np.maximum(same("initials", initials) * 2, same("initials", initials[::-1])),
        same("sex", client["sex"]),
        same("district", client["district"]) + same("area", client["area"]),
        same("pnc_id", client["pnc_id"]),
    ]
