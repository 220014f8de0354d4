"""How linking grows with the records: `python -m benchmarks.linkage [--records N]... [--again]`.

Makes that many records of three agencies (in a million and fifty thousand: 680,000 the police's, 250,000 probation's,
120,000 the Drug Interventions Programme's) with the errors of the sample world, and links them as a build does, each
size in a process of its own. Prints a line for each: seconds, processor seconds, peak memory, pairs weighed, and
precision and recall against the truth; and then the line of bar 11, from the largest and the growth up to it.
`--again` links the largest once more with 2% new people, and says how many of the first kept their number.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import polars as pl

from benchmarks.growth import MOST, exponent
from benchmarks.intake import run
from benchmarks.pairs import judged, say
from etl import forget
from etl.build import MEMORY_LIMIT, number_people
from etl.identifiers import teach
from etl.identity import REGISTRY, IdentityStore
from etl.link.linking import link
from etl.sample import identifiers, names

SIZES = (262_500, 525_000, 1_050_000)
SHARES = {"police": 68 / 105, "probation": 25 / 105, "dip": 12 / 105}
MOST_MEMORY = 4
"""In GiB."""

MOST_MINUTES = 10
"""What the bar calls minutes, by the clock: it says no number."""
PNC_MISSING = {"probation": 0.38, "dip": 0.885}
PNC_WRONG, MISSPELT, TURNED, ELSEWHERE, NO_ADDRESS = 0.018, 0.10, 0.03, 0.30, 0.25
STRANGERS = 0.02
"""How many of probation's and the programme's people have no record at the police."""


def world(size: int, seed: int = 1) -> dict[str, pl.DataFrame]:
    """Return the three agencies' records of people, each with the true `person`."""
    rng = np.random.default_rng(seed)
    people = round(size * SHARES["police"])
    born = np.datetime64("1945-01-01") + np.sort(rng.integers(0, 365 * 48, people))[rng.permutation(people)]
    female = rng.random(people) < 0.2
    areas = np.array(["NE", "M", "L", "LS", "B", "CF", "SE", "BS", "NG", "S", "CA", "PR", "YO", "HU", "CB", "EX"])
    district = pl.Series(areas[rng.integers(0, 16, people)]) + pl.Series(rng.integers(1, 70, people)).cast(pl.String)
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
    unit = pl.Series(rng.integers(1, 10, people)).cast(pl.String)
    unit = unit + pl.Series(letters[rng.integers(0, 20, people)]) + pl.Series(letters[rng.integers(0, 20, people)])
    number = np.arange(1, people + 1)
    police = pl.DataFrame(
        {
            "person": number,
            "pnc_id": identifiers.pnc_id(np.full(people, 1999), identifiers.pnc_serial(number, seed)),
            "cro_number": pl.Series([None], dtype=pl.String).extend_constant(None, people - 1),
            "surname": names.surnames(rng, people),
            "forenames": names.forenames(rng, female),
            "date_of_birth": pl.Series(born.astype("datetime64[D]")).cast(pl.Date),
            "sex": np.where(female, "F", "M"),
            "ethnicity_observed": "1",
            "ethnicity_self_defined": "W1",
            "postcode": district + " " + unit,
            "district": district,
        }
    )
    out = {"police": police.drop("district")}
    for agency in ("probation", "dip"):
        out[agency] = _others(police, agency, round(size * SHARES[agency]), rng)
    return out


def _others(police: pl.DataFrame, agency: str, size: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return another agency's records: of people of the police's, and of some strangers, with errors."""
    whose = rng.choice(police.height, size, replace=False)
    frame = police[pl.Series(whose)]
    strange = pl.Series(rng.random(size) < STRANGERS)
    frame = frame.with_columns(
        pl.when(strange).then(-pl.int_range(1, size + 1)).otherwise("person").alias("person"),
        pl.when(strange).then(pl.col("surname").shuffle(7)).otherwise("surname").alias("surname"),
        pl.when(strange).then(pl.col("date_of_birth").shuffle(8)).otherwise("date_of_birth").alias("date_of_birth"),
    )
    u = pl.Series(rng.random(size))
    other = police["pnc_id"].gather(pl.Series(rng.integers(0, police.height, size)))
    missing = strange | (u < PNC_MISSING[agency])
    wrong = u > 1 - PNC_WRONG
    pnc = pl.when(missing).then(None).when(wrong).then(other).otherwise("pnc_id").alias("pnc_id")
    birth = pl.col("date_of_birth")
    can = (birth.dt.day() <= 12) & pl.Series(rng.random(size) < TURNED / 0.4)
    turned = pl.date(birth.dt.year(), birth.dt.day(), birth.dt.month())
    moves = pl.Series(rng.random(size) < ELSEWHERE)
    elsewhere = pl.Series(rng.integers(0, police.height, size))
    frame = frame.with_columns(
        pnc,
        pl.when(can).then(turned).otherwise(birth).alias("date_of_birth"),
        pl.when(moves).then(police["postcode"].gather(elsewhere)).otherwise("postcode").alias("postcode"),
        pl.when(moves).then(police["district"].gather(elsewhere)).otherwise("district").alias("district"),
        (pl.col("forenames").str.slice(0, 1) + pl.col("surname").str.slice(0, 1)).alias("initials"),
    )
    number = np.arange(1, size + 1)
    if agency == "dip":
        nowhere = pl.Series(rng.random(size) < NO_ADDRESS)
        return frame.select(
            "person", identifiers.dip_id(number).alias("dip_id"), "initials", "date_of_birth", "sex",
            pl.when(nowhere).then(None).otherwise("district").alias("postcode_district"),
            pl.lit("D10A").alias("dat_code"), "pnc_id", pl.lit(True).alias("consent_to_share"),
        )  # fmt: skip
    slip = pl.Series(rng.random(size) < MISSPELT)
    misspelt = pl.col("surname").str.slice(0, 2) + pl.col("surname").str.slice(3)
    return frame.select(
        "person", identifiers.crn(number).alias("crn"), "pnc_id", pl.lit(None, dtype=pl.String).alias("noms_number"),
        pl.when(slip).then(misspelt).otherwise("surname").alias("surname"), "forenames", "date_of_birth", "sex",
        pl.lit("W1").alias("ethnicity"), "postcode",
    )  # fmt: skip


def linked(records: dict[str, pl.DataFrame], registry: pl.DataFrame, folder: Path) -> tuple[dict, pl.DataFrame]:
    """Link records in a database of their own. Return what it took, and `identifier, person_id` of everybody."""
    (folder / "spill").mkdir(exist_ok=True)
    store = IdentityStore(folder, "a key for measuring with")
    with duckdb.connect(
        str(folder / "staging.duckdb"), config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")}
    ) as staging:
        teach(staging)
        forget.leave_out(staging, store, 2011)
        for agency, frame in records.items():
            staging.register("given", frame.drop("person"))
            staging.table("given").create(f"{agency}_people")
            staging.unregister("given")
        began, used = time.perf_counter(), time.process_time()
        link(staging, 2011)
        took, worked = time.perf_counter() - began, time.process_time() - used
        number_people(staging, store, registry)
        found = staging.table("person_records").select("identifier", "file", "anchor").pl()
        after = staging.table("registry_after").pl()
        changes = staging.table("registry_changes").fetchall()
        told = {"seconds": round(took, 1), "processor seconds": round(worked, 1)}
        told["pairs weighed, last file"] = staging.table("pairs").count("*").fetchall()[0][0]
    keys = {"police": ("pnc:", "pnc_id"), "probation": ("crn:", "crn"), "dip": ("dip:", "dip_id")}
    true = pl.concat(
        frame.select((pl.lit(keys[agency][0]) + pl.col(keys[agency][1])).alias("identifier"), "person")
        for agency, frame in records.items()
    )
    police = true.filter(pl.col("identifier").str.starts_with("pnc:")).rename({"identifier": "want"})
    whole = found.join(true, on="identifier").join(police, on="person", how="left")
    for agency in ("probation", "dip"):
        mine = whole.filter(pl.col("file") == f"{agency}/people")
        made = mine.filter(pl.col("anchor").str.starts_with("pnc:"))
        right = made.filter(pl.col("anchor") == pl.col("want")).height
        told[f"{agency} precision"] = round(right / made.height, 4)
        told[f"{agency} recall"] = round(right / mine["want"].count(), 4)
    return {**told, "changes": changes}, after


def one(size: int, again: bool) -> dict:
    """Return what linking one world took, and when asked what linking it again with 2% more did to the numbers."""
    records = world(size)
    with TemporaryDirectory() as folder:
        told, _ = linked(records, pl.DataFrame(schema=REGISTRY), Path(folder))
        told.pop("changes")
        told["peak memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if again:
        # The last people in, with every record of theirs; strangers are numbered below nought.
        newest = records["police"].height * 50 // 51
        fewer = {agency: frame.filter(pl.col("person") <= newest) for agency, frame in records.items()}
        with TemporaryDirectory() as folder:
            _, first = linked(fewer, pl.DataFrame(schema=REGISTRY), Path(folder))
        with TemporaryDirectory() as folder:
            later, second = linked(records, first, Path(folder))
        both = first.join(second, on="identifier", suffix="_after")
        kept = both.filter(pl.col("person_id") == pl.col("person_id_after")).height
        told |= {"records before": first.height, "kept their number": kept, "share": round(kept / first.height, 6)}
        told["merges and splits reported"] = len(later["changes"])
    return {"records": sum(frame.height for frame in records.values()), **told}


def line(found: list[dict]) -> dict:
    """Return the line of bar 11 for what each size took, smallest first."""
    largest = found[-1]
    growth = exponent([each["records"] for each in found], [each["processor seconds"] for each in found])
    memory = round(largest["peak memory, MiB"] / 1024, 2)
    minutes = round(largest["seconds"] / 60, 2)
    ratios = (
        ("exponent of processor seconds", "in proportion", growth, MOST),
        ("peak memory", "GiB", memory, MOST_MEMORY),
        ("linking", "minutes by the clock", minutes, MOST_MINUTES),
    )
    return {
        "bar": "11",
        "work": f"linking {largest['records']:,} records of three agencies",
        "ratios": [{"of": of, "to": to, "got": got, **judged(got, most=most)} for of, to, got, most in ratios],
        "each size": found,
    }


def main() -> None:
    """Print a line of JSON for each size, and the line of bar 11."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, action="append")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--here", action="store_true", help="one size, in this process")
    given = parser.parse_args()
    sizes = sorted(given.records or SIZES)
    if given.here:
        sys.stdout.write(json.dumps(one(sizes[0], given.again)) + "\n")
        return
    found = []
    for size in sizes:
        again = ["--again"] if given.again and size == max(sizes) else []
        told, _, _ = run("benchmarks.linkage", ["--here", "--records", str(size), *again])
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        found.append(told)
    if len(found) > 1:
        say(line(found))


if __name__ == "__main__":
    main()
