"""A person who is to be forgotten is nowhere in the next build, and everybody else is as they were."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from etl import forget
from etl.build import build
from etl.identity import IdentityKeyWrong, identity_store, open_identities
from queries import quality
from queries.catalogue import measures
from queries.figures import figure
from queries.scope import Viewer
from queries.warehouse import Warehouse, current_build
from tests import worlds

pytestmark = pytest.mark.usefixtures("nothing_for_boards")

CROWD = worlds.crowd(77, 4)
OWN = {"police": "pnc_id", "probation": "crn", "dip": "dip_id"}


@pytest.fixture(scope="module")
def extracts(tmp_path_factory) -> Path:
    return worlds.write(CROWD.files, tmp_path_factory.mktemp("sent") / "extracts", CROWD.extract_date, CROWD.coverage)


@pytest.fixture(scope="module")
def built(extracts, tmp_path_factory) -> Path:
    builds = tmp_path_factory.mktemp("built") / "builds"
    build(extracts, builds)
    return builds


@pytest.fixture
def copied(built, tmp_path) -> Path:
    shutil.copytree(built.parent, tmp_path / "copy")
    return tmp_path / "copy" / built.name


def records(builds: Path) -> dict[tuple[str, str], int]:
    """Return the person of every record of a build."""
    return {(row["source"], row["record"]): row["person_id"] for row in open_identities(builds).iter_rows(named=True)}


@pytest.fixture(scope="module")
def somebody(built) -> list[tuple[str, str]]:
    """Return the records of a person whom all three agencies know, and who has committed offences."""
    people: dict[int, list[tuple[str, str]]] = {}
    for record, person in records(built).items():
        people.setdefault(person, []).append(record)
    offenders = {row["pnc_id"] for row in CROWD.files["police/offences"]}
    return next(
        sorted(found)
        for found in people.values()
        if {source.split("/")[0] for source, _ in found} == set(OWN)
        and any(record in offenders for source, record in found if source == "police/people")
    )


def without(files: worlds.Files, somebody: list[tuple[str, str]]) -> worlds.Files:
    """Return the files as they would be had their records and what is said of them never been sent."""
    gone = {OWN[source.split("/")[0]]: set() for source, _ in somebody}
    for source, record in somebody:
        gone[OWN[source.split("/")[0]]].add(record)
    noms = {
        row["noms_number"] for row in files["probation/people"] if row["crn"] in gone["crn"] and row.get("noms_number")
    }
    return {
        name: [
            row
            for row in rows
            if not any(row.get(column) in ids for column, ids in gone.items()) and row.get("noms_number") not in noms
        ]
        for name, rows in files.items()
    }


def test_whichever_agencys_identifier_is_given_the_whole_person_is_listed(built, copied, somebody, tmp_path):
    lists = []
    for place, asked in enumerate([record for _, record in somebody] + [str(records(built)[somebody[0]])]):
        shutil.copytree(copied.parent, tmp_path / str(place))
        forget.forget(tmp_path / str(place) / copied.name, [asked])
        lists.append(forget.listed(identity_store(tmp_path / str(place) / copied.name, True)))
    assert len(lists[0]) == len(somebody)
    assert all(each == lists[0] for each in lists)


def test_everything_of_a_person_is_gone_and_nothing_of_anybody_else(extracts, copied, somebody, tmp_path):
    before = records(copied)
    asked = next(record for source, record in somebody if source == "dip/people")
    done = forget.forget(copied, [asked])
    assert (done.people, done.unknown) == (1, 0)
    build(extracts, copied)
    after = records(copied)
    assert set(after) == set(before) - set(somebody)
    assert {record: after[record] for record in after} == {record: before[record] for record in after}
    elsewhere = tmp_path / "never-sent"
    build(
        worlds.write(without(CROWD.files, somebody), tmp_path / "sent", CROWD.extract_date, CROWD.coverage),
        elsewhere / "builds",
    )
    ours, theirs = Warehouse.open(copied), Warehouse.open(elsewhere / "builds")
    for name in measures():
        assert figure(ours, Viewer.analyst(), name).frame.equals(figure(theirs, Viewer.analyst(), name).frame), name


def test_it_is_counted_and_rows_still_add_up(extracts, copied, somebody):
    forget.forget(copied, [somebody[0][1]])
    done = build(extracts, copied)
    left_out = Warehouse.open(copied).query("select * from links where starts_with(rule, 'asked to be forgotten')")
    said = {row["file"]: row["records"] for row in left_out.to_dicts()}
    assert said == {source: 1 for source, _ in somebody}
    for count in done.intake.counts:
        assert count.rows_read == count.accepted + count.quarantined + count.duplicates
    assert quality.files(Warehouse.open(copied))["rows_read"].sum() == done.build.rows_read


def test_their_number_is_given_to_nobody_and_says_nothing(extracts, copied, somebody, tmp_path):
    highest = max(records(copied).values())
    last = next(record for (_source, record), person in records(copied).items() if person == highest)
    forget.forget(copied, [str(highest)])
    later = worlds.merged([CROWD.files, worlds.tiny_world(random.Random(3), number=900)])
    build(worlds.write(later, tmp_path / "later", CROWD.extract_date, CROWD.coverage), copied)
    after = records(copied)
    assert highest not in after.values()
    assert max(after.values()) > highest
    registry = identity_store(copied, True).registry(current_build(copied).name)
    assert not [each for each in registry["identifier"] if last in each]
    assert [each for each in registry["identifier"] if each.startswith("forgotten:")]


def test_somebody_not_yet_known_is_left_out_when_they_come(extracts, tmp_path, somebody):
    builds = tmp_path / "builds"
    build(worlds.write(without(CROWD.files, somebody), tmp_path / "first", CROWD.extract_date, CROWD.coverage), builds)
    pnc = next(record for source, record in somebody if source == "police/people")
    done = forget.forget(builds, [pnc])
    assert (done.people, done.unknown) == (0, 1)
    build(extracts, builds)
    assert not set(records(builds)) & {(source, record) for source, record in somebody if source == "police/people"}


def test_what_was_set_aside_of_them_is_gone_too(tmp_path):
    person = {"forenames": "Ada", "surname": "Askham", "date_of_birth": date(1980, 1, 15), "sex": "F"}
    files = {name: [] for name in worlds.COLUMNS}
    files["police/people"] = [{**person, "pnc_id": worlds.pnc_id(1999, n)} for n in (1, 2)]
    ended = {"strand": "catch_and_convict", "adopted_on": date(2010, 5, 1), "exited_on": date(2010, 1, 1)}
    files["police/ppo_register"] = [
        {**ended, "scheme_id": "S1", "pnc_id": worlds.pnc_id(1999, n), "exit_reason": "other"} for n in (1, 2)
    ]
    files["reference/schemes"] = [
        {"scheme_id": "S1", "name": "One", "area": "Somewhere", "opened_on": date(2004, 9, 1)}
    ]
    sent = worlds.write(files, tmp_path / "sent", date(2011, 9, 30))
    builds = tmp_path / "builds"
    build(sent, builds)
    forget.forget(builds, [worlds.pnc_id(1999, 1)])
    build(sent, builds)
    store, name = identity_store(builds, True), current_build(builds).name
    held = b"".join(
        store.read(name, path.name.removesuffix(".sealed"))
        for path in (store.folder / name).glob("quarantine-*.sealed")
    ).decode()
    assert worlds.pnc_id(1999, 2) in held
    assert worlds.pnc_id(1999, 1) not in held


def test_another_persons_record_that_carries_their_number_by_mistake_stays(tmp_path):
    """Name and date of birth both say that it is somebody else's."""
    files = {name: [] for name in worlds.COLUMNS}
    one = {"forenames": "Ada", "surname": "Askham", "date_of_birth": date(1980, 1, 15), "sex": "F"}
    other = {"forenames": "Ben", "surname": "Bowes", "date_of_birth": date(1971, 3, 2), "sex": "M"}
    files["police/people"] = [{**one, "pnc_id": worlds.pnc_id(1999, 1)}]
    files["probation/people"] = [
        {**other, "crn": worlds.crn(1), "pnc_id": worlds.pnc_id(1999, 1)},
        {**one, "crn": worlds.crn(2), "pnc_id": worlds.pnc_id(1999, 1)},
    ]
    sent = worlds.write(files, tmp_path / "sent", date(2011, 9, 30))
    build(sent, tmp_path / "builds")
    forget.forget(tmp_path / "builds", [worlds.pnc_id(1999, 1)])
    build(sent, tmp_path / "builds")
    assert set(records(tmp_path / "builds")) == {("probation/people", worlds.crn(1))}


def test_the_list_is_sealed_and_names_nobody_even_when_opened(copied, somebody, monkeypatch):
    forget.forget(copied, [somebody[0][1]])
    (sealed,) = (copied.parent / "builds-identity" / forget.FOLDER).iterdir()
    assert sealed.stat().st_mode & 0o777 == 0o600
    opened = forget.listed(identity_store(copied, True))
    assert len(opened) == len(somebody)
    assert not [each for each in opened if any(record in each for _, record in somebody)]
    monkeypatch.setenv("PPO_IDENTITY_KEY", "another")
    with pytest.raises(IdentityKeyWrong):
        forget.listed(identity_store(copied, True))


def test_the_same_person_named_again_and_by_other_ways_of_writing(copied, somebody):
    pnc = next(record for source, record in somebody if source == "police/people")
    first = forget.forget(copied, [pnc])
    year, rest = pnc.split("/")
    for written in (f"{year[2:]}/{int(rest[:-1])}{rest[-1]}", f" {pnc.lower().upper()} "):
        assert forget.forget(copied, [written]).listed == first.listed


@pytest.mark.parametrize("text", ["99999999", "", "not-a-number!", "'; drop table forgotten; --"])
def test_what_is_no_identifier_is_refused_and_not_repeated(copied, text):
    with pytest.raises(forget.UnknownIdentifier) as refused:
        forget.forget(copied, [text])
    assert not text or text not in str(refused.value)
    assert forget.listed(identity_store(copied, True)) == []
