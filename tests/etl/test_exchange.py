"""Events out to another engine and unit rows back, without the other engine: DuckDB works out what was sent.

That Spark gives the same rows is held by `tests/spark`. Here what is sent is enough to work them out, and what comes
back is put in use whole or not at all.
"""

import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
import sqlglot
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

import cli
from etl.build import build
from etl.exchange import export, take_units
from queries import audit
from queries.figures import figure
from queries.portable import PORTABLE, NotPortable, compose_whole, statement
from queries.scope import Viewer
from queries.store import opened
from queries.unit_rows import table_name
from queries.warehouse import STAMP, Warehouse, current_build
from tests import worlds
from tests.road import without_published_tables

ROOT = Path(__file__).parent.parent.parent
CROWD, FEW = worlds.crowd(1841, 6), worlds.crowd(1841, 3)


def ppo(*arguments: object):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


def built(folder: Path, crowd: worlds.Crowd) -> Path:
    build(worlds.write(crowd.files, folder / "sent", crowd.extract_date, crowd.coverage), folder / "builds")
    return folder / "builds"


def worked_out(builds: Path, folder: Path) -> Path:
    """Return an export with the unit rows that DuckDB works out of what is in it alone."""
    export(builds, folder)
    (folder / "units").mkdir()
    with duckdb.connect() as connection:
        for path in (folder / "events").glob("*.parquet"):
            connection.read_parquet(str(path)).create_view(path.stem)
        for units in PORTABLE:
            connection.sql(compose_whole(units)).write_parquet(str(folder / "units" / f"{units}.parquet"))
    return folder


@pytest.fixture(scope="module")
@without_published_tables()
def made(tmp_path_factory) -> Path:
    return built(tmp_path_factory.mktemp("exchange"), CROWD)


@pytest.fixture(scope="module")
def platform(made, tmp_path_factory) -> Path:
    return worked_out(made, tmp_path_factory.mktemp("regional") / "platform")


@pytest.fixture
def mine(made, tmp_path, monkeypatch) -> Path:
    """Return builds of a test's own, with their identities beside them."""
    for variable in ("PPO_STATE", "PPO_IDENTITY", "PPO_IDENTITY_KEY"):
        monkeypatch.delenv(variable, raising=False)
    shutil.copytree(made.parent, tmp_path / "copy")
    return tmp_path / "copy" / "builds"


@pytest.fixture
def changed(platform, tmp_path) -> Path:
    """Return an export with its unit rows that a test may spoil."""
    return shutil.copytree(platform, tmp_path / "platform")


def by_another_version(builds: Path) -> None:
    """Let the build in use say that other SQL made it."""
    stamp = current_build(builds) / STAMP
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"made_with": "0123456789abcdef"}))


def in_use(builds: Path) -> tuple[str, set[str]]:
    return (builds / "current").read_text(), {path.name for path in builds.iterdir()} - {".lock"}


def again(path: Path, frame: pl.DataFrame) -> None:
    path.unlink()
    frame.write_parquet(path)


@pytest.mark.parametrize("units", PORTABLE)
def test_what_is_sent_is_enough_to_work_out_every_row(made, platform, units):
    ours = Warehouse.open(made).query(f"select * from {table_name(units)}")
    theirs = pl.read_parquet(platform / "units" / f"{units}.parquet").select(ours.columns).cast(dict(ours.schema))
    assert ours.height > 0
    assert_frame_equal(ours, theirs, check_row_order=False)


def test_an_export_says_what_it_is_of_and_only_its_owner_can_read_it(mine, tmp_path):
    folder = tmp_path / "out" / "platform"
    done = ppo("export", folder, "--builds", mine)
    assert done.exit_code == 0, done.stderr
    said = json.loads((folder / "export.json").read_text())
    assert said["build"] == Warehouse.open(mine).build.id
    assert said["units"] == [
        path.stem for path in sorted((folder / "sql").iterdir(), key=lambda p: PORTABLE.index(p.stem))
    ]
    assert said["tables"] == {path.stem: pl.read_parquet(path).height for path in sorted((folder / "events").iterdir())}
    assert (folder / "run.py").read_bytes() == (ROOT / "etl" / "on_spark.py").read_bytes()
    assert [path.name for path in folder.rglob("*") if path.stat().st_mode & 0o077] == []
    for units in PORTABLE:
        text = (folder / "sql" / f"{units}.sql").read_text()
        read = {table.name for table in sqlglot.parse_one(text, read="spark").find_all(sqlglot.exp.Table)}
        assert read & set(said["tables"])


def test_an_export_leaves_a_line_and_what_a_folder_holds_is_left_alone(mine, tmp_path):
    assert ppo("export", tmp_path / "platform", "--builds", mine).exit_code == 0
    second = ppo("export", tmp_path / "platform", "--builds", mine)
    assert second.exit_code == 2
    assert "An export needs an empty folder" in second.stderr
    with opened(mine) as store:
        (line,) = audit.lines(store)
    rows = sum(json.loads((tmp_path / "platform" / "export.json").read_text())["tables"].values())
    assert (line["event"], line["about"]) == ("units", {"measure": " ".join(PORTABLE), "rows": rows})


def test_nothing_that_names_anybody_is_exported(platform):
    named = {"surname", "forenames", "date_of_birth", "postcode", "pnc_id", "crn", "noms_number", "dip_id", "asn"}
    for path in (platform / "events").glob("*.parquet"):
        assert named.isdisjoint(pl.read_parquet_schema(path)), path.name


def test_unit_rows_as_they_came_change_nothing_that_anybody_sees(tmp_path):
    """What is published is made anew too, and protected together with what was published before: it is the same."""
    builds = built(tmp_path / "few", FEW)
    before = current_build(builds).name
    done = ppo("take-units", worked_out(builds, tmp_path / "platform"), "--builds", builds)
    assert done.exit_code == 0, done.stderr
    was, now = Warehouse.open_build(builds / before), Warehouse.open(builds)
    assert current_build(builds).name == now.build.id == f"{before}-2"
    assert f"Published {before}-2 with the unit rows of {PORTABLE[0]} (" in done.stderr
    assert was.query("select * from release").height > 0
    for name in ("release", "checks", "doubtful_figures", *map(table_name, PORTABLE)):
        assert_frame_equal(*(each.query(f"select * from {name} order by all") for each in (was, now)))


@without_published_tables()
def test_figures_are_of_the_unit_rows_that_came_back(made, mine, changed):
    """One person's re-offences are raised to 99 in what comes back: the sum rises by as much as that is more."""
    path = changed / "units" / "reoffending.parquet"
    rows = pl.read_parquet(path).sort("unit_id")
    raised = rows.row(0, named=True)
    hit = pl.col("unit_id") == raised["unit_id"]
    again(path, rows.with_columns(pl.when(hit).then(99).otherwise("reoffences").alias("reoffences")))
    take_units(changed, mine)
    was, now = (
        figure(Warehouse.open(each), Viewer.analyst(), "reoffences_per_offender", period=raised["period"]).frame.row(
            0, named=True
        )
        for each in (made, mine)
    )
    assert now["numerator"] - was["numerator"] == 99 - raised["reoffences"]
    assert now["denominator"] == was["denominator"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("another build", "Unit rows must be of the build in use"),
        ("a column too few", "must have the columns of the build's own, got: sex"),
        ("a type that does not fit", "cannot be read in the types of its columns"),
        ("a row twice", "- unit_is_unique: "),
        ("no part of a folder", "are not there to the end: run the export's run.py again"),
        ("no rows at all", "run.py where Spark is"),
        ("no export", "A folder that `ppo export` made holds export.json"),
    ],
)
def test_unit_rows_that_do_not_fit_change_nothing(mine, changed, wrong, said):
    path = changed / "units" / "custody_share.parquet"
    frame, before = pl.read_parquet(path), in_use(mine)
    match wrong:
        case "another build":
            about = json.loads((changed / "export.json").read_text())
            (changed / "export.json").write_text(json.dumps(about | {"build": "20010101-00000000"}))
        case "a column too few":
            again(path, frame.drop("sex"))
        case "a type that does not fit":
            again(path, frame.with_columns(pl.lit("some").alias("in_custody")))
        case "a row twice":
            again(path, pl.concat([frame, frame.head(1)]))
        case "no part of a folder":
            path.unlink()
            path.mkdir()
        case "no rows at all":
            shutil.rmtree(changed / "units")
        case "no export":
            (changed / "export.json").unlink()
    done = ppo("take-units", changed, "--builds", mine)
    assert done.exit_code == (1 if wrong == "a row twice" else 2)
    assert said in done.stderr
    assert "some" not in done.stderr
    assert in_use(mine) == before


@without_published_tables()
def test_a_check_that_stops_unit_rows_is_let_through_by_its_name_alone(mine, changed):
    path = changed / "units" / "custody_share.parquet"
    frame, before = pl.read_parquet(path), in_use(mine)
    again(path, pl.concat([frame, frame.head(1)]))
    stopped = ppo("take-units", changed, "--builds", mine)
    assert stopped.exit_code == 1
    assert "To publish all the same, once: --accept NAME for each." in stopped.stderr
    unknown = ppo("take-units", changed, "--builds", mine, "--accept", "unit_is_uniqe")
    assert unknown.exit_code == 2
    assert "got: unit_is_uniqe" in unknown.stderr
    assert ppo("take-units", changed, "--builds", mine, "--accept", "rows_add_up").exit_code == 1
    assert in_use(mine) == before
    done = ppo("take-units", changed, "--builds", mine, "--accept", "unit_is_unique")
    assert done.exit_code == 0, done.stderr
    assert len(Warehouse.open(mine).query("select unit_id from units_custody_share")) == frame.height + 1


def test_a_build_of_another_version_is_neither_exported_nor_published_anew(mine, platform, tmp_path):
    by_another_version(mine)
    before = in_use(mine)
    for command in (["export", tmp_path / "out"], ["take-units", platform]):
        done = ppo(*command, "--builds", mine)
        assert done.exit_code == 2
        assert "was made by another version of this program: run `ppo build EXTRACTS`." in done.stderr
    assert in_use(mine) == before
    assert not (tmp_path / "out").exists()


def test_only_what_a_test_holds_elsewhere_is_given_to_another_engine():
    with pytest.raises(NotPortable, match="got: caseload for spark"):
        statement("caseload")
    with pytest.raises(NotPortable, match="got: justice for oracle"):
        statement("justice", "oracle")
