"""People keep their numbers when an extract comes again with new people in it, and what changes is reported."""

from pathlib import Path

import polars as pl

from benchmarks.linkage import linked, world
from etl.identity import REGISTRY


def test_two_in_a_hundred_new_people_leave_the_others_their_numbers(tmp_path: Path):
    records = world(20_000)
    newest = records["police"].height * 50 // 51
    fewer = {agency: frame.filter(pl.col("person") <= newest) for agency, frame in records.items()}
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    _, first = linked(fewer, pl.DataFrame(schema=REGISTRY), tmp_path / "first")
    told, second = linked(records, first, tmp_path / "second")

    both = first.join(second, on="identifier", suffix="_after")
    assert both.height == first.height
    moved = both.filter(pl.col("person_id") != pl.col("person_id_after"))
    assert moved.height <= 0.001 * both.height
    # A record that is of another person now is in a row that says so.
    changes = told["changes"]
    reported = {old for _, old, _ in changes} | {new for _, _, new in changes}
    assert set(moved["person_id"]) <= reported
    newcomers = second.join(first, on="identifier", how="anti")
    assert newcomers.height >= 0.019 * both.height
    assert told["probation precision"] >= 0.99
    assert told["dip precision"] >= 0.98
