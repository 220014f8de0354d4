"""Old builds go with their identities and never the current one; a backup is whole, and works where it is put."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from etl import forget
from etl.build import build
from etl.identity import open_identities
from etl.keeping import BackupThere, backup, prune, spoilt
from etl.publish import BuildRunning, building, current_id
from queries import audit
from queries.figures import figure
from queries.scope import Viewer
from queries.store import opened
from queries.warehouse import NoBuild, Warehouse
from tests import worlds

pytestmark = pytest.mark.usefixtures("nothing_for_boards")


def sent(folder: Path, day: date) -> Path:
    """Write the extracts of one person."""
    files = {name: [] for name in worlds.COLUMNS}
    person = {"forenames": "Ada", "surname": "Askham", "date_of_birth": date(1980, 1, 15), "sex": "F"}
    files["police/people"] = [{**person, "pnc_id": worlds.pnc_id(1999, 1)}]
    return worlds.write(files, folder, day)


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> Path:
    """Return a folder of three builds of one person, the last current; somebody is to be forgotten."""
    folder = tmp_path_factory.mktemp("kept")
    builds, identities = folder / "builds", folder / "builds-identity"
    name = build(sent(folder / "sent", date(2011, 9, 30)), builds, built_on=date(2012, 1, 3)).build.id
    for number in (1, 2):
        earlier = f"20110{number}01-aaaaaaaa"
        shutil.copytree(builds / name, builds / earlier)
        shutil.copytree(identities / name, identities / earlier)
        stamp = builds / earlier / "build.json"
        written = json.loads(stamp.read_text()) | {"id": earlier, "built_on": f"2012-01-0{number}"}
        stamp.write_text(json.dumps(written))
    forget.forget(folder / "builds", [worlds.pnc_id(1999, 2)])
    audit.record(folder / "builds", "download", who="ada")
    return folder / "builds"


@pytest.fixture
def builds(three, tmp_path) -> Path:
    shutil.copytree(three.parent, tmp_path / "copy")
    return tmp_path / "copy" / "builds"


def ids(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name[:1].isdigit())


@pytest.mark.parametrize(("keep", "left"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_the_newest_are_kept_and_identities_go_with_their_builds(builds, keep, left):
    before = ids(builds)
    done = prune(builds, keep)
    assert ids(builds) == before[3 - left :]
    assert ids(builds.parent / "builds-identity") == before[3 - left :]
    assert done.builds == tuple(before[: 3 - left])
    assert open_identities(builds).height == 1
    assert (builds.parent / "builds-identity" / forget.FOLDER / "list.sealed").is_file()


def test_the_current_build_is_kept_though_it_is_the_oldest(builds):
    oldest = ids(builds)[0]
    (builds / "current").write_text(oldest + "\n")
    prune(builds, 1)
    assert ids(builds) == [oldest]
    assert Warehouse.open(builds).build.id == oldest
    assert ids(builds.parent / "builds-identity") == [oldest]


def test_identities_of_a_build_that_died_go_too(builds):
    orphan = builds.parent / "builds-identity" / "20110101-dead"
    orphan.mkdir()
    (orphan / "people.sealed").write_bytes(b"x")
    assert prune(builds, 3).identities == 1
    assert not orphan.exists()


@pytest.mark.parametrize("keep", [0, -1])
def test_fewer_than_one_build_cannot_be_kept(builds, keep):
    with pytest.raises(ValueError, match="At least one build"):
        prune(builds, keep)


def test_nothing_is_removed_or_copied_while_a_build_is_being_made(builds, tmp_path):
    before = ids(builds)
    with building(builds):
        for does in (lambda: prune(builds, 1), lambda: backup(builds, tmp_path / "out")):
            with pytest.raises(BuildRunning):
                does()
    assert ids(builds) == before


def test_nothing_is_removed_where_nothing_is_published(tmp_path):
    (tmp_path / "builds").mkdir()
    with pytest.raises(NoBuild):
        prune(tmp_path / "builds", 1)


def test_a_backup_is_used_where_it_is_or_restored_by_copying_it_back(builds, tmp_path):
    """As docs/controllers-guide.md says: the three folders are copied to where they were."""
    (builds.parent / "builds-access.toml").write_text('[[people]]\nwho = "ada"\nrole = "board"\n')
    (builds.parent / "builds-identity" / "overrides.csv").write_text("decided\n")
    made = backup(builds, tmp_path / "safe", access=builds.parent / "builds-access.toml")
    audit.record(builds, "download", who="after the backup")
    shown = figure(Warehouse.open(builds), Viewer.analyst(), "caseload").frame
    shutil.rmtree(builds.parent)
    assert spoilt(made) == []
    restored = tmp_path / "restored"
    restored.mkdir()
    for name in ("builds", "builds-identity", "builds-state"):
        shutil.copytree(made / name, restored / name)
    shutil.copy(made / "builds-access.toml", restored / "builds-access.toml")
    for place in (made / "builds", restored / "builds"):
        assert figure(Warehouse.open(place), Viewer.analyst(), "caseload").frame.equals(shown)
        assert open_identities(place).height == 1
    with opened(restored / "builds") as store:
        assert [line["who"] for line in audit.lines(store)] == ["ada"]
        assert audit.verify(store) is None
        number, head = audit.head(store)
    assert json.loads((made / "backup.json").read_text())["audit_head"] == f"{number}:{head}"
    assert (restored / "builds-identity" / forget.FOLDER / "list.sealed").is_file()
    assert (restored / "builds-identity" / "overrides.csv").read_text() == "decided\n"
    (restored / "builds-identity" / "overrides.csv").unlink()
    # And goes on from there.
    build(sent(tmp_path / "next", date(2011, 10, 31)), restored / "builds")
    assert current_id(restored / "builds") != Warehouse.open(made / "builds").build.id


def test_a_backup_taken_while_somebody_writes_is_of_one_moment(builds, tmp_path):
    with opened(builds) as busy, busy.writing():
        audit.append(busy, "download", who="not yet kept")
        made = backup(builds, tmp_path / "safe")
    with opened(made / "builds") as store:
        assert [line["who"] for line in audit.lines(store)] == ["ada"]


def test_a_backup_is_its_owners_alone_and_of_one_build(builds, tmp_path):
    made = backup(builds, tmp_path / "safe")
    assert ids(made / "builds") == ids(builds)[-1:]
    assert ids(made / "builds-identity") == ids(builds)[-1:]
    files = [path for path in made.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert made.stat().st_mode & 0o777 == 0o700


def test_what_happens_to_a_backup_is_seen(builds, tmp_path):
    made = backup(builds, tmp_path / "safe")
    (made / "builds" / "current").write_text("another\n")
    (made / "builds" / "added").write_text("")
    (made / "builds-state" / "state.sqlite").unlink()
    assert spoilt(made) == ["builds-state/state.sqlite", "builds/added", "builds/current"]


def test_a_backup_overwrites_nothing(builds, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("")
    with pytest.raises(BackupThere):
        backup(builds, tmp_path / "full")
