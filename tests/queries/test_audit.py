"""The audit log: one line an event, nothing of a row in it, and no way to change it unseen."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queries import audit
from queries.store import FILE, Store, StoreUnusable, opened, state_folder


@pytest.fixture
def builds(tmp_path: Path) -> Path:
    return tmp_path / "builds"


@pytest.fixture
def written(builds: Path) -> Path:
    """Return a builds folder whose log has five lines."""
    for number in range(5):
        audit.record(builds, "download", who=f"person {number}", schemes=["S1"], about={"file": f"table {number}"})
    return builds


def tampered(builds: Path, *statements: str) -> audit.Fault | None:
    """Do to the file what somebody who holds it could, the triggers gone first, and return what verification says."""
    connection = sqlite3.connect(state_folder(builds) / FILE)
    for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        connection.execute(f"drop trigger {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    with opened(builds) as store:
        return audit.verify(store)


def test_an_event_is_one_line(builds):
    assert audit.record(builds, "who", who="ada", about={"person_ids": [12, 7], "rows": 2}) == 1
    assert audit.record(builds, "sign_in", who="ben", role="manager", schemes=["S2", "S1"], build="20110331-a") == 2
    with opened(builds) as store:
        first, second = audit.lines(store)
        assert audit.verify(store) is None
    assert (first["event"], first["who"], first["about"]) == ("who", "ada", {"person_ids": [12, 7], "rows": 2})
    assert (second["role"], second["schemes"], second["build"]) == ("manager", ["S1", "S2"], "20110331-a")
    assert abs(datetime.fromisoformat(first["at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert first["previous"] == audit.BEGINNING
    assert second["previous"] == first["hash"]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set who = 'nobody' where number = 3",
        "delete from audit where number = 3",
        "delete from audit",
        "insert or replace into audit select number, at, event, 'x', role, schemes, build, about, hash, '' from audit",
        "update audit_removed set up_to = 5",
        "delete from audit_removed",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_a_line(written, statement):
    connection = sqlite3.connect(state_folder(written) / FILE)
    if "audit_removed" in statement:
        connection.execute("insert into audit_removed values (0, 'x', 'y')")
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|never changed|never forgotten"):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("update audit set who = 'nobody' where number = 3", 3),
        ("update audit set about = '{}' where number = 1", 1),
        ("update audit set at = '2001-01-01T00:00:00+00:00' where number = 5", 5),
        ("delete from audit where number = 2", 2),
        ("delete from audit where number = 1", 1),
        ("update audit set number = number + 10 where number = 4", 4),
        ("update audit set hash = 'made up' where number = 4", 4),
    ],
)
def test_verification_names_the_first_line_that_does_not_follow(written, statement, number):
    assert (fault := tampered(written, statement)) is not None
    assert fault.number == number


def test_a_line_written_again_with_its_own_hash_still_does_not_follow(written):
    """Whoever changes a line must write all later ones again: the next still holds the old hash."""
    with opened(written) as store:
        line = store.rows("audit_lines")[1] | {"who": "nobody"}
    fault = tampered(written, f"update audit set who = 'nobody', hash = '{audit._hash(line)}' where number = 2")
    assert fault is not None
    assert (fault.number, fault.reason) == (3, "it does not follow from the line before it")


def test_a_log_cut_short_or_written_afresh_is_found_by_a_head_kept_elsewhere(written, tmp_path):
    with opened(written) as store:
        kept = audit.head(store)
        assert audit.verify(store, kept) is None
    assert kept[0] == 5
    assert tampered(written, "delete from audit where number > 3") is None, "by itself it hangs together"
    with opened(written) as store:
        fault = audit.verify(store, kept)
    assert fault is not None
    assert "cut off" in fault.reason
    for number in range(6):
        audit.record(tmp_path / "other", "download", who=f"somebody {number}")
    with opened(tmp_path / "other") as store:
        assert audit.verify(store) is None
        assert audit.verify(store, kept) is not None


def _ten_lines(builds: Path) -> None:
    for _ in range(10):
        audit.record(builds, "download", who="x")


def test_many_writers_at_once_make_one_chain(builds, spawned):
    audit.record(builds, "download", who="x")
    processes = spawned(2)
    with ThreadPoolExecutor(4) as threads, processes:
        done = [*(threads.submit(_ten_lines, builds) for _ in range(4))]
        done += [processes.submit(_ten_lines, builds) for _ in range(2)]
        for each in done:
            each.result()
    with opened(builds) as store:
        assert len(audit.lines(store)) == 61
        assert audit.verify(store) is None


def _line_of_a_server(builds: Path) -> None:
    if builds not in _kept_open:
        _kept_open[builds] = Store.open(builds)
    audit.record_in(_kept_open[builds], "units", who="x")


_kept_open: dict[Path, Store] = {}


def test_no_line_is_lost_between_two_servers_and_a_command(builds, spawned):
    """One holds the store open and opens it once more for a moment; a command is run; another holds it open too."""
    with opened(builds) as held, spawned(1) as elsewhere:
        audit.record_in(held, "sign_in", who="x")
        audit.record(builds, "download", who="x")
        elsewhere.submit(_ten_lines, builds).result()
        for _ in range(3):
            elsewhere.submit(_line_of_a_server, builds).result()
            audit.record_in(held, "denied", who="x")
    with opened(builds) as store:
        events = [line["event"] for line in audit.lines(store)]
        assert events == ["sign_in", *["download"] * 11, *["units", "denied"] * 3]
        assert audit.verify(store) is None


def test_a_store_that_may_only_be_read_is_said(written, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: not mode & os.W_OK)
    with pytest.raises(StoreUnusable, match="PPO_STATE"):
        Store.open(written)


@pytest.mark.parametrize(
    ("event", "about", "message"),
    [
        ("peeked", {}, "An event must be one of"),
        ("who", {"name": "Ada"}, "A line can be about"),
        ("who", {"reason": "asked for 99/12345Q"}, "nothing like an identifier"),
        ("who", {"reason": "asked for X123456"}, "nothing like an identifier"),
        ("who", {"reason": "asked for x123456"}, "nothing like an identifier"),
        ("who", {"reason": "asked for A1234BC"}, "nothing like an identifier"),
        ("who", {"reason": "lives at NE1 4XX"}, "nothing like an identifier"),
        ("who", {"reason": "x" * 301}, "must be short"),
        ("who", {"rows": 1.5}, "text, a number or a list of numbers"),
    ],
)
def test_what_has_no_place_in_the_log_is_refused(builds, event, about, message):
    with pytest.raises(audit.NotForTheLog, match=message) as refused:
        audit.record(builds, event, who="ada", about=about)
    assert "12345" not in str(refused.value)
    with opened(builds) as store:
        assert audit.lines(store) == []


def test_lines_past_their_time_go_and_the_rest_can_still_be_verified(written):
    with opened(written) as store:
        future = datetime.now(UTC) + timedelta(days=1)
        assert audit.remove_before(store, datetime.now(UTC) - timedelta(days=1), "ada") == 0
        assert audit.remove_before(store, future, "ada") == 5
        (line,) = audit.lines(store)
        assert (line["event"], line["about"], line["number"]) == ("retention", {"lines": 5}, 6)
        assert audit.verify(store) is None
        head = audit.head(store)
    audit.record(written, "download", who="x")
    with opened(written) as store:
        assert audit.remove_before(store, future, "ada") == 2
        assert audit.verify(store, head) is None, "a head whose time is over says nothing"
    fault = tampered(written, "update audit_removed set hash = 'made up'")
    assert fault is not None


def test_removing_lines_by_hand_is_found_though_the_table_of_removals_says_so(written):
    with opened(written) as store:
        third = store.rows("audit_lines")[2]
    fault = tampered(
        written,
        f"insert into audit_removed values (3, '{third['hash']}', '')",
        "delete from audit where number <= 3",
    )
    assert fault is not None
    assert "no line says so" in fault.reason


def test_a_manager_reads_the_lines_of_their_schemes_and_everybody_their_own(builds):
    audit.record(builds, "download", who="ada", schemes=["S1"])
    audit.record(builds, "download", who="ben", schemes=["S2", "S3"])
    audit.record(builds, "who", who="operator")
    audit.record(builds, "sign_in", who="cat")
    with opened(builds) as store:
        assert [line["who"] for line in audit.lines_of(store, "ada", ["S1"])] == ["ada"]
        assert [line["who"] for line in audit.lines_of(store, "cat", ["S1", "S3"])] == ["cat", "ben", "ada"]
        assert audit.lines_of(store, "dan", []) == []
        assert audit.lines_of(store, "dan", ["S"]) == []


def test_files_are_for_their_owner_only(written):
    folder = state_folder(written)
    assert folder.stat().st_mode & 0o777 == 0o700
    with opened(written):
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_it_is_beside_the_builds_or_where_the_environment_says(builds, tmp_path, monkeypatch):
    assert state_folder(builds) == tmp_path / "builds-state"
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "elsewhere"))
    audit.record(builds, "download", who="x")
    assert (tmp_path / "elsewhere" / FILE).is_file()


def test_a_store_that_cannot_be_written_is_said(builds, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "file"))
    with pytest.raises(StoreUnusable, match="PPO_STATE"):
        audit.record(builds, "download", who="x")


def test_a_store_of_a_newer_version_is_left_alone(written):
    connection = sqlite3.connect(state_folder(written) / FILE)
    connection.execute("pragma user_version = 999")
    connection.close()
    with pytest.raises(StoreUnusable):
        Store.open(written)


def test_a_block_that_fails_keeps_nothing(builds):
    def half_done(store: Store) -> None:
        with store.writing():
            audit.append(store, "download", who="x")
            audit.append(store, "no such event", who="x")

    with opened(builds) as store:
        with pytest.raises(audit.NotForTheLog):
            half_done(store)
        assert audit.lines(store) == []
