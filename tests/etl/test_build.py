"""A build is published whole or not at all, gives the same answer for the same extracts, and names nobody."""

import json
import random
import re
import shutil
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.build import STAGES, BuildStopped, build
from etl.identity import IdentityKeyMissing, IdentityKeyWrong, IdentityStore, open_identities
from etl.publish import BuildRunning, building, current_id
from queries import quality, sql
from queries.figures import figure
from queries.scope import Viewer
from queries.warehouse import MadeByAnother, NoBuild, Warehouse, current_build
from tests import worlds
from tests.road import copied as copied_sql
from tests.road import without_published_tables

ROOT = Path(__file__).parent.parent.parent
CROWD = worlds.crowd(1841, 3)


@pytest.fixture(scope="module")
def extracts(tmp_path_factory) -> Path:
    return worlds.write(CROWD.files, tmp_path_factory.mktemp("sent") / "extracts", CROWD.extract_date, CROWD.coverage)


@pytest.fixture(scope="module")
def built(extracts, tmp_path_factory) -> Path:
    builds = tmp_path_factory.mktemp("built") / "builds"
    build(extracts, builds)
    return builds


@pytest.fixture(scope="module")
@without_published_tables()
def built_for_analysts(extracts, tmp_path_factory) -> Path:
    builds = tmp_path_factory.mktemp("built") / "builds"
    build(extracts, builds)
    return builds


@pytest.fixture
def copied(built_for_analysts, tmp_path) -> Path:
    """A builds folder, and its identities beside it, that a test may spoil."""
    shutil.copytree(built_for_analysts.parent, tmp_path / "copy")
    return tmp_path / "copy" / built_for_analysts.name


def tables(builds: Path) -> dict[str, pl.DataFrame]:
    warehouse = Warehouse.open(builds)
    names = warehouse.query("select table_name from information_schema.tables order by table_name")["table_name"]
    return {name: warehouse.query(f"select * from {name} order by all") for name in names}


def changed(extracts: Path, folder: Path, files: worlds.Files) -> Path:
    return worlds.write(files, folder, CROWD.extract_date, CROWD.coverage)


def test_rows_in_another_order_and_other_threads_make_the_same_warehouse(extracts, built, tmp_path, long_run):
    shuffled = {name: random.Random(7).sample(rows, len(rows)) for name, rows in CROWD.files.items()}
    sent = changed(extracts, tmp_path / "extracts", shuffled)
    # What it is compared with is built in one thread in a short run, and in as many as there are in a long one.
    threads = 1 if long_run else 4
    script = f"""
        import duckdb
        from pathlib import Path
        connect, threads = duckdb.connect, {{"threads": {threads}}}
        duckdb.connect = lambda *a, config=None, **k: connect(*a, config={{**(config or {{}}), **threads}}, **k)
        from etl.build import build
        build(Path({str(sent)!r}), Path({str(tmp_path / "builds")!r}))
    """
    run(script, expect=0)
    first, second = tables(built), tables(tmp_path / "builds")
    assert first.keys() == second.keys()
    for name, frame in first.items():
        assert frame.equals(second[name]), name


def run(script: str, expect: int) -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == expect, done.stderr[-2000:]


@without_published_tables()
def test_a_build_killed_at_any_stage_leaves_the_one_before_in_use(extracts, copied):
    """Killed at each in turn, so that every build but the first finds what the one before it left lying about."""
    before, rate = current_id(copied), _rate(copied)
    for stage in STAGES:
        script = f"""
            import os, signal
            from pathlib import Path
            from etl.build import build
            from tests.road import without_published_tables
            def tell(stage, share):
                if stage == {stage!r}:
                    os.kill(os.getpid(), signal.SIGKILL)
            with without_published_tables():
                build(Path({str(extracts)!r}), Path({str(copied)!r}), progress=tell)
        """
        run(script, expect=-9)
        assert current_id(copied) == before, stage
        assert _rate(copied) == rate, stage
    done = build(extracts, copied)
    assert current_id(copied) == done.build.id != before
    assert _rate(copied) == rate
    assert {path.name for path in copied.iterdir()} == {before, done.build.id, "current", ".lock"}


def test_a_full_disk_leaves_the_build_before_in_use(extracts, copied):
    before = current_id(copied)
    script = f"""
        import resource, signal
        from pathlib import Path
        from etl.build import build
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        from tests.road import without_published_tables
        with without_published_tables():
            build(Path({str(extracts)!r}), Path({str(copied)!r}))
    """
    run(script, expect=1)
    assert current_id(copied) == before
    assert {path.name for path in copied.iterdir()} == {before, "current", ".lock"}


def _rate(builds: Path) -> list[dict]:
    return figure(Warehouse.open(builds), Viewer.analyst(), "reoffending_rate", period="each").frame.to_dicts()


@without_published_tables()
def test_a_build_of_another_version_is_not_read_and_is_built_upon(extracts, copied, tmp_path):
    """Its rows are still what a file is held against, lest one that shrank goes by."""
    stamp = copied / current_id(copied) / "build.json"
    was = json.loads(stamp.read_text(encoding="utf-8"))
    assert was["made_with"] == sql.digest()
    for older in ({**was, "made_with": "0123456789abcdef"}, {k: v for k, v in was.items() if k != "made_with"}):
        stamp.write_text(json.dumps(older), encoding="utf-8")
        with pytest.raises(MadeByAnother, match=f"The build in use, {was['id']}, was made by another version"):
            Warehouse.open(copied)
    fewer = {**CROWD.files, "dip/events": []}
    with pytest.raises(BuildStopped, match="shrunk"):
        build(changed(extracts, tmp_path / "fewer", fewer), copied)
    build(extracts, copied)
    assert Warehouse.open(copied).build.id == current_id(copied)


def test_the_digest_of_the_sql_is_of_every_file_wherever_it_lies(monkeypatch, tmp_path):
    here = sql.digest()
    for name in (None, "etl/transform.sql", "queries/measures/reoffending.sql"):
        other = copied_sql(tmp_path / str(name))
        if name:
            with (other / name).open("a", encoding="utf-8") as file:
                file.write("-- and more\n")
        monkeypatch.setattr(sql, "ROOT", other)
        assert (sql.digest() == here) == (name is None)


def test_two_builds_at_once_the_second_is_told(extracts, copied):
    with building(copied), pytest.raises(BuildRunning, match="Another build is at work"):
        build(extracts, copied)


@without_published_tables()
def test_a_reader_keeps_the_whole_of_the_build_it_opened(extracts, copied, tmp_path):
    reader = Warehouse.open(copied)
    before = reader.query("select count(*) as people from people")["people"][0]
    fewer = {**CROWD.files, "dip/people": [], "dip/events": []}
    build(changed(extracts, tmp_path / "fewer", fewer), copied, accept=["dip/people:shrunk", "dip/events:shrunk"])
    assert reader.query("select count(*) as people from people")["people"][0] == before
    assert reader.query("select count(*) as events from dip_events")["events"][0] > 0
    assert Warehouse.open(copied).query("select count(*) as events from dip_events")["events"][0] == 0


@without_published_tables()
def test_an_extract_that_shrank_by_half_stops_until_it_is_accepted(extracts, copied, tmp_path):
    before = current_id(copied)
    rows = CROWD.files["police/offences"]
    fewer = changed(extracts, tmp_path / "fewer", {**CROWD.files, "police/offences": rows[: len(rows) // 3]})
    with pytest.raises(BuildStopped, match="police/offences has under half of the accepted rows it had last time"):
        build(fewer, copied)
    assert current_id(copied) == before
    assert build(fewer, copied, accept=["police/offences:shrunk"]).build.id == current_id(copied)


@pytest.mark.parametrize("name", ["police/offences:shrank", "police/offence:shrunk", "police/offences", "overlap"])
def test_a_name_that_is_no_checks_is_refused_before_any_work(extracts, tmp_path, name):
    with pytest.raises(ValueError, match=f"A check is one of .*places_do_not_overlap.*FILE:shrunk.*got: {name}"):
        build(extracts, tmp_path / "builds", accept=["places_do_not_overlap", name])
    assert not (tmp_path / "builds").exists()


@without_published_tables()
def test_a_scheme_that_is_not_listed_is_quarantined_and_said(extracts, tmp_path):
    used = CROWD.files["police/ppo_register"][0]["scheme_id"]
    listed = [row for row in CROWD.files["reference/schemes"] if row["scheme_id"] != used]
    of_it = {
        file: sum(row["scheme_id"] == used for row in CROWD.files[file])
        for file in ("police/nominations", "police/ppo_register")
    }
    build(changed(extracts, tmp_path / "extracts", {**CROWD.files, "reference/schemes": listed}), tmp_path / "builds")
    broken = quality.rules(Warehouse.open(tmp_path / "builds")).to_dicts()
    assert min(of_it.values()) > 0
    assert [(r["file"], r["rule"], r["rows"]) for r in broken] == [
        (file, "unknown_scheme", rows) for file, rows in of_it.items()
    ]


@without_published_tables()
def test_a_hard_check_with_rows_stops_publication(extracts, tmp_path, monkeypatch):
    checks = tmp_path / "tree"
    shutil.copytree(ROOT / "queries", checks / "queries")
    shutil.copytree(ROOT / "etl", checks / "etl", ignore=shutil.ignore_patterns("*.py"))
    (checks / "queries/checks/toy.sql").write_text(
        "-- check: toy\n-- title: Somebody is in the warehouse\n-- severity: hard\nselect person_id from people\n"
    )
    monkeypatch.setattr(sql, "ROOT", checks)
    with pytest.raises(BuildStopped, match=r"toy: Somebody is in the warehouse \(\d+ rows\)"):
        build(extracts, tmp_path / "builds")
    with pytest.raises(NoBuild):
        current_build(tmp_path / "builds")
    assert build(extracts, tmp_path / "builds", accept=["toy"]).build.id == current_id(tmp_path / "builds")


@without_published_tables()
def test_a_real_extract_is_refused_without_a_key(extracts, tmp_path, monkeypatch):
    real = tmp_path / "real"
    shutil.copytree(extracts, real)
    manifest = real / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("synthetic = true", ""), encoding="utf-8")
    monkeypatch.delenv("PPO_IDENTITY_KEY", raising=False)
    with pytest.raises(IdentityKeyMissing, match="before a first build, choose a long one"):
        build(real, tmp_path / "builds")
    monkeypatch.setenv("PPO_IDENTITY_KEY", "a long pass phrase of the partnership's own")
    assert not build(real, tmp_path / "builds").build.synthetic
    monkeypatch.setenv("PPO_IDENTITY_KEY", "another")
    with pytest.raises(IdentityKeyWrong, match="does not open with this key"):
        open_identities(tmp_path / "builds")


def test_what_is_sealed_cannot_be_read_without_the_key(tmp_path, monkeypatch):
    """Neither who people are nor the rows set aside: neither as they were sent nor as a table that anybody can open."""
    files = {name: [] for name in worlds.COLUMNS}
    person = {"forenames": "Adelaide", "surname": "Askham-Bowes", "date_of_birth": date(1980, 1, 15), "sex": "F"}
    files["police/people"] = [{**person, "pnc_id": worlds.pnc_id(1999, 1)}]
    ends_before_it_begins = {"adopted_on": date(2010, 5, 1), "exited_on": date(2010, 1, 1), "exit_reason": "other"}
    on_a_scheme = {"scheme_id": "S1", "strand": "catch_and_convict", "pnc_id": worlds.pnc_id(1999, 1)}
    files["police/ppo_register"] = [on_a_scheme | ends_before_it_begins]
    files["reference/schemes"] = [{"scheme_id": "S1", "name": "One", "area": "Here", "opened_on": date(2004, 9, 1)}]
    sent = worlds.write(files, tmp_path / "sent", date(2011, 9, 30))
    manifest = sent / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("synthetic = true", ""), encoding="utf-8")
    monkeypatch.setenv("PPO_IDENTITY_KEY", "a long pass phrase of the partnership's own")
    done = build(sent, tmp_path / "builds")
    sealed = {path.stem: path for path in (tmp_path / "builds-identity" / done.build.id).iterdir()}
    assert {"people", "registry", "release", "quarantine-police_ppo_register.csv"} <= set(sealed)
    store = IdentityStore(tmp_path / "builds-identity", "a long pass phrase of the partnership's own")
    assert worlds.pnc_id(1999, 1).encode() in store.read(done.build.id, "quarantine-police_ppo_register.csv")
    for path in sealed.values():
        content = path.read_bytes()
        for secret in ("Askham-Bowes", "Adelaide", worlds.pnc_id(1999, 1), "catch_and_convict", "PAR1"):
            assert secret.encode() not in content, path.name
        with pytest.raises(IdentityKeyWrong):
            IdentityStore(store.folder, "another").read(done.build.id, path.stem)


def test_nothing_that_the_dashboard_opens_names_anybody(built):
    """Identifiers, postcodes and full dates of birth of everybody sent are looked for in every byte and every cell."""
    secrets: set[str] = set()
    births: set[date] = set()
    for name in ("police/people", "probation/people", "dip/people"):
        for row in CROWD.files[name]:
            secrets |= {
                str(row[c]) for c in ("pnc_id", "cro_number", "crn", "noms_number", "dip_id", "postcode") if row.get(c)
            }
            births.add(row["date_of_birth"])
    sent = [v for n, rows in CROWD.files.items() if n.split("/")[1] != "people" for row in rows for v in row.values()]
    births = {born for born in births if born < min(v for v in sent if isinstance(v, date))}
    assert births, "somebody must be born before anything happened, for a birth to be told from an event"
    secrets |= {str(row["asn"]) for row in CROWD.files["police/offences"] if row.get("asn")}
    secrets |= {n for row in CROWD.files["police/people"] for n in (row["surname"], row["forenames"])}
    folder = current_build(built)
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert [s for s in secrets if len(s) > 4 and s.encode() in content] == []
    for name, frame in tables(built).items():
        for column in frame.select(pl.col(pl.String)).columns:
            assert not set(frame[column].drop_nulls()) & secrets, (name, column)
        for column in frame.select(pl.col(pl.Date)).columns:
            assert not set(frame[column].drop_nulls()) & births, (name, column)
        assert not [
            c for c in frame.columns if re.search(r"birth|born|surname|forename|postcode|pnc|cro|crn|noms|asn", c)
        ]


def test_files_are_for_their_owner_only(built):
    private = [*current_build(built).iterdir(), *(built.parent / "builds-identity").rglob("*.sealed")]
    assert len(private) > 3
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


@without_published_tables()
def test_people_keep_their_numbers_and_newcomers_get_new_ones(extracts, copied, tmp_path):
    before = {row["record"]: row["person_id"] for row in open_identities(copied).iter_rows(named=True)}
    later = worlds.merged([CROWD.files, worlds.tiny_world(random.Random(3), number=900)])
    build(changed(extracts, tmp_path / "later", later), copied)
    after = {row["record"]: row["person_id"] for row in open_identities(copied).iter_rows(named=True)}
    assert {record: after[record] for record in before} == before
    newcomers = {number for record, number in after.items() if record not in before}
    assert newcomers
    assert min(newcomers) > max(before.values())


@without_published_tables()
def test_two_people_found_to_be_one_keep_the_older_number(tmp_path):
    person = {"forenames": "Ada", "surname": "Askham", "date_of_birth": date(1980, 1, 15), "sex": "F"}
    files = {name: [] for name in worlds.COLUMNS}
    files["police/people"] = [{**person, "pnc_id": worlds.pnc_id(1999, 1)}]
    files["probation/people"] = [{**person, "crn": worlds.crn(1)}]
    day = date(2011, 9, 30)
    build(worlds.write(files, tmp_path / "apart", day), tmp_path / "builds", by_name=False)
    apart = {row["source"]: row["person_id"] for row in open_identities(tmp_path / "builds").iter_rows(named=True)}
    files["probation/people"][0]["pnc_id"] = worlds.pnc_id(1999, 1)
    build(worlds.write(files, tmp_path / "together", day), tmp_path / "builds", by_name=False)
    together = {row["person_id"] for row in open_identities(tmp_path / "builds").iter_rows(named=True)}
    assert together == {min(apart.values())}
    changes = Warehouse.open(tmp_path / "builds").query("select * from registry_changes").to_dicts()
    assert changes == [{"change": "merged", "old_person_id": max(apart.values()), "person_id": min(apart.values())}]


def test_clients_who_did_not_consent_are_left_out_and_counted(built):
    refused = [row["dip_id"] for row in CROWD.files["dip/people"] if row["consent_to_share"] == "N"]
    assert refused
    (row,) = Warehouse.open(built).query("select * from links where starts_with(rule, 'no consent')").to_dicts()
    assert (row["file"], row["records"], row["people"]) == ("dip/people", len(refused), 0)
    assert not set(open_identities(built)["record"]) & set(refused)
