"""The unit queries give the same rows on Spark as here, and the dashboard reads what Spark wrote.

What else there is to an exchange needs no Spark: `tests/etl/test_exchange.py` tries it.
"""

import shutil
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from etl.exchange import take_units
from etl.on_spark import run
from queries.figures import figure
from queries.portable import PORTABLE
from queries.scope import Viewer
from queries.unit_rows import table_name
from queries.warehouse import Warehouse, current_build


@pytest.fixture(scope="session")
def worked_out(spark, platform: Path) -> dict[str, int]:
    """Run the export's program on Spark, and return how many rows it wrote."""
    return run(str(platform), spark)


def rows(folder: Path, units: str, like: pl.DataFrame) -> pl.DataFrame:
    """Return unit rows that Spark wrote, with columns in the order of ours and in our types."""
    parts = sorted((folder / "units" / f"{units}.parquet").glob("*.parquet"))
    return pl.concat(pl.read_parquet(part) for part in parts).select(like.columns).cast(dict(like.schema))


@pytest.mark.parametrize("units", PORTABLE)
def test_spark_gives_every_row_that_duckdb_gives(builds: Path, platform: Path, worked_out, units: str) -> None:
    ours = Warehouse.open(builds).query(f"select * from {table_name(units)}")
    theirs = rows(platform, units, ours)
    assert ours.height > 100
    assert worked_out[units] == ours.height
    assert_frame_equal(ours, theirs, check_row_order=False)


def copied(builds: Path, folder: Path) -> Path:
    """Return builds of their own, that may be added to."""
    shutil.copytree(builds, folder / "builds")
    shutil.copytree(builds.parent / "identity", folder / "identity")
    return folder / "builds"


def test_the_dashboard_reads_the_unit_rows_that_spark_wrote(builds, platform, worked_out, tmp_path) -> None:
    """One person's re-offences are raised to 99 in what comes back: the figures then say so."""
    mine, changed = copied(builds, tmp_path), tmp_path / "platform"
    shutil.copytree(platform, changed)
    ours = Warehouse.open(builds).query(f"select * from {table_name('reoffending')}")
    theirs = rows(platform, "reoffending", ours)
    last = theirs.filter(pl.col("period") == "2009/10").sort("person_id").row(0, named=True)
    shutil.rmtree(changed / "units" / "reoffending.parquet")
    hit = pl.col("unit_id") == last["unit_id"]
    theirs.with_columns(pl.when(hit).then(99).otherwise("reoffences").cast(pl.Int64).alias("reoffences")).write_parquet(
        changed / "units" / "reoffending.parquet"
    )
    before = current_build(mine).name
    taken = take_units(changed, mine, identity=tmp_path / "identity")
    assert current_build(mine).name == taken.build.id != before
    assert (mine / before).is_dir()
    figures = [
        figure(Warehouse.open(each), Viewer.analyst(), "reoffences_per_offender", period="2009/10").frame.row(
            0, named=True
        )
        for each in (builds, mine)
    ]
    assert figures[1]["numerator"] - figures[0]["numerator"] == 99 - last["reoffences"]
    assert figures[1]["denominator"] == figures[0]["denominator"]


def test_unit_rows_as_they_came_give_the_same_release(builds, platform, worked_out, tmp_path) -> None:
    mine = copied(builds, tmp_path)
    take_units(platform, mine, identity=tmp_path / "identity")
    released = [Warehouse.open(each).query("select * from release order by all") for each in (builds, mine)]
    assert_frame_equal(*released)
