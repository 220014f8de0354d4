"""The commands of whoever looks after an installation: each leaves its line, and says what to do next."""

import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from etl.build import build
from etl.identity import IdentityStore
from queries import audit
from queries.store import FILE, opened, state_folder
from tests import worlds
from tests.pages.sign_in import GOOD
from tests.sample_builds import SAMPLE, made_once

PERSON = {"forenames": "Ada", "surname": "Askham", "date_of_birth": date(1980, 1, 15), "sex": "F"}
PNC = worlds.pnc_id(1999, 1)
KEY = "a long pass phrase of the partnership's own"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    files = {name: [] for name in worlds.COLUMNS}
    files["police/people"] = [{**PERSON, "pnc_id": PNC}]
    folder = tmp_path_factory.mktemp("made")
    build(worlds.write(files, folder / "sent", date(2011, 9, 30)), folder / "builds")
    return folder / "builds"


@pytest.fixture
def sample(tmp_path_factory, worker_id) -> Path:
    """Return a folder of builds with the sample world, which has four schemes."""
    return made_once(
        tmp_path_factory,
        worker_id,
        "sample",
        lambda folder: build(SAMPLE, folder / "builds", identity=folder / "identity"),
    )


@pytest.fixture
def builds(made, tmp_path, monkeypatch) -> Path:
    for variable in ("PPO_STATE", "PPO_ACCESS", "PPO_SECRETS", "PPO_IDENTITY", "PPO_IDENTITY_KEY"):
        monkeypatch.delenv(variable, raising=False)
    # The project's own folder may have secrets of whoever works on it.
    monkeypatch.setenv("PPO_SECRETS", str(tmp_path / "secrets.toml"))
    # A test may run as the superuser; an installation may not.
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    shutil.copytree(made.parent, tmp_path / "copy")
    return tmp_path / "copy" / "builds"


def ppo(*arguments: object):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


def lines(builds: Path) -> list[tuple[str, dict]]:
    with opened(builds) as store:
        return [(line["event"], line["about"]) for line in audit.lines(store)]


def real(builds: Path) -> None:
    """Let the build say that its people are real."""
    (stamp,) = builds.glob("*/build.json")
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"synthetic": False}))
    stamp.chmod(0o600)


def secrets(folder: Path, **changed: str) -> None:
    path = folder / "secrets.toml"
    path.write_text("[auth]\n" + "".join(f'{key} = "{value}"\n' for key, value in (GOOD | changed).items()))
    path.chmod(0o600)


def by_another_version(builds: Path) -> None:
    """Let the build say that other SQL made it."""
    (stamp,) = builds.glob("*/build.json")
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"made_with": "0123456789abcdef"}))


def test_doctor_says_of_a_build_of_another_version_what_to_run(builds):
    said = "It was made by another version of this program, and nothing of it is shown: run `ppo build EXTRACTS`."
    assert said not in " ".join(ppo("doctor", "--builds", builds).output.split())
    by_another_version(builds)
    done = ppo("doctor", "--builds", builds)
    assert said in " ".join(done.output.split())
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["who", 1, 7], ("who", {"person_ids": [1, 7], "rows": 1})),
        (["units", "caseload"], ("units", {"measure": "caseload", "filters": "", "rows": 0})),
        (["forget", PNC], ("forget", {"people": 1})),
        (["forget", "1"], ("forget", {"people": 1})),
        (["prune", "--keep", 1], ("prune", {"rows": 0})),
        (["backup", "OUT"], ("backup", {})),
    ],
    ids=lambda each: " ".join(map(str, each)) if isinstance(each, list) else "",
)
def test_a_command_leaves_one_line_of_who_and_what_and_no_value_of_a_row(builds, tmp_path, command, line):
    done = ppo(*[tmp_path / "out" if each == "OUT" else each for each in command], "--builds", builds)
    assert done.exit_code == 0, done.stderr
    assert lines(builds) == [line]
    with opened(builds) as store:
        (whole,) = audit.lines(store)
    assert (whole["who"], whole["role"]) == (audit.operating_system_user(), "command line")
    assert whole["build"].startswith("20110930-")
    assert not any(secret in json.dumps(whole) for secret in (PNC, "Askham", "1980"))


@pytest.mark.parametrize(
    ("where", "concerned"),
    [(["scheme=S002"], ["S002"]), (["scheme=S003", "scheme=S001"], ["S001", "S003"]), (["sex=female"], "all")],
    ids=["one", "two", "everybody"],
)
def test_a_manager_can_read_that_rows_about_their_people_were_seen(sample, tmp_path, monkeypatch, where, concerned):
    """Rows of everybody concern every scheme; of some schemes, those that were asked for."""
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "state"))
    filters = [part for each in where for part in ("--where", each)]
    assert ppo("units", "caseload", *filters, "--builds", sample).exit_code == 0
    with opened(sample) as store:
        (line,) = audit.lines(store)
        assert line["schemes"] == (["S001", "S002", "S003", "S004"] if concerned == "all" else concerned)
        assert len(audit.lines_of(store, "somebody", {"S002"})) == ("S002" in line["schemes"])


@pytest.mark.parametrize("command", [["who", 1], ["units", "caseload"]])
def test_what_cannot_be_logged_is_not_shown(builds, tmp_path, monkeypatch, command):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "file"))
    done = ppo(*command, "--builds", builds)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "PPO_STATE" in done.stderr


@pytest.mark.parametrize("command", [["forget", PNC], ["prune", "--keep", 1], ["backup", "OUT"], ["unseal", "SEALED"]])
def test_what_cannot_be_logged_is_not_done(builds, tmp_path, monkeypatch, command):
    out, opened_rows = tmp_path / "out", tmp_path / "rows.csv"
    earlier = builds / "20110101-aaaaaaaa"
    shutil.copytree(next(builds.glob("2011*")), earlier)
    monkeypatch.setenv("PPO_IDENTITY_KEY", KEY)
    places = {"OUT": [out], "SEALED": [aside(tmp_path), "--out", opened_rows]}
    words = [word for each in command for word in places.get(each, [each])]
    if command[0] == "forget":
        monkeypatch.delenv("PPO_IDENTITY_KEY")
    before = sorted(path for path in builds.parent.rglob("*"))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PPO_STATE", str(tmp_path / "file"))
    done = ppo(*words, "--builds", builds)
    assert done.exit_code == 2
    assert "PPO_STATE" in done.stderr
    assert sorted(path for path in builds.parent.rglob("*")) == before
    assert not out.exists()
    assert not opened_rows.exists()


def aside(folder: Path) -> Path:
    """Return a file of rows set aside, sealed as `ppo check` does."""
    IdentityStore(folder, KEY).write("aside", "police_people.csv", b"rows")
    return folder / "aside" / "police_people.csv.sealed"


@pytest.mark.parametrize("command", [["who", 1], ["review"], ["forget", PNC]], ids=lambda command: command[0])
def test_whoever_asks_after_real_people_without_the_key_is_told_to_set_it(builds, command):
    """And nothing of building, which they are not about to do."""
    real(builds)
    done = ppo(*command, "--builds", builds)
    assert done.exit_code == 2
    assert "set PPO_IDENTITY_KEY to the pass phrase of their identity store" in done.stderr


def test_opening_rows_that_were_set_aside_leaves_a_line(builds, tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_IDENTITY_KEY", KEY)
    done = ppo("unseal", aside(tmp_path), "--out", tmp_path / "rows.csv", "--builds", builds)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "rows.csv").read_bytes() == b"rows"
    assert lines(builds) == [("unseal", {"file": "police_people.csv"})]


def test_the_log_is_read_and_checked(builds):
    ppo("who", 1, "--builds", builds)
    ppo("units", "caseload", "--builds", builds)
    rows = json.loads(ppo("audit", "--builds", builds, "--format", "json").stdout)
    assert [row["event"] for row in rows] == ["who", "units"]
    one = json.loads(ppo("audit", "--event", "units", "--builds", builds, "--format", "json").stdout)
    assert [row["about"] for row in one] == ["filters ; measure caseload; rows 0"]
    assert json.loads(ppo("audit", "--since", "2999-01-01", "--builds", builds, "--format", "json").stdout) == []
    head = ppo("audit", "--head", "--builds", builds).stdout.strip()
    assert head.startswith("2:")
    assert ppo("audit", "--verify", "--kept", head, "--builds", builds).exit_code == 0
    assert ppo("audit", "--verify", "--kept", "2:" + "0" * 64, "--builds", builds).exit_code == 1
    assert ppo("audit", "--verify", "--kept", "nonsense", "--builds", builds).exit_code == 2
    assert ppo("audit", "--event", "nonsense", "--builds", builds).exit_code == 2


def test_a_changed_log_is_said_by_its_first_line(builds):
    import sqlite3

    for _ in range(3):
        ppo("who", 1, "--builds", builds)
    connection = sqlite3.connect(state_folder(builds) / FILE)
    connection.execute("drop trigger audit_is_never_changed")
    connection.execute("update audit set who = 'somebody else' where number = 2")
    connection.commit()
    connection.close()
    done = ppo("audit", "--verify", "--builds", builds)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Line 2 of the audit log: its content is not what was written." in done.stderr
    assert "Line 2" in ppo("doctor", "--builds", builds).stderr


def test_old_lines_go_when_the_access_file_says_so(builds):
    ppo("who", 1, "--builds", builds)
    with opened(builds) as store, store.writing():
        # As if it had been written long ago.
        store._connection.execute("drop trigger audit_is_never_changed")
        store._connection.execute("update audit set at = '2020-01-01T00:00:00+00:00'")
    (builds.parent / "builds-access.toml").write_text("[audit]\nkeep_months = 1200\n")
    assert "0 audit lines" in ppo("prune", "--keep", 1, "--builds", builds).stderr
    (builds.parent / "builds-access.toml").write_text("[audit]\nkeep_months = 12\n")
    assert "1 audit lines over 12 months old" in " ".join(ppo("prune", "--keep", 1, "--builds", builds).stderr.split())
    assert [event for event, _ in lines(builds)] == ["prune", "prune", "retention"]


def said(builds: Path, *more: object) -> dict[str, str]:
    """Return what the doctor finds wrong."""
    done = ppo("doctor", "--builds", builds, *more)
    found = [line.split(None, 1) for line in done.stderr.splitlines()]
    wrong = {rest.split(": ", 1)[0]: rest.split(": ", 1)[1] for verdict, rest in found if verdict == "wrong"}
    assert done.exit_code == (1 if wrong else 0)
    return wrong


def test_a_fresh_installation_has_nothing_wrong(builds, tmp_path):
    assert said(builds) == {}
    ppo("who", 1, "--builds", builds)
    assert said(builds) == {}
    secrets(tmp_path)
    access = builds.parent / "builds-access.toml"
    access.write_text('[[people]]\nwho = "ada"\nrole = "analyst"\n')
    access.chmod(0o600)
    real(builds)
    assert said(builds) == {}


def test_what_is_wrong_is_said(builds, tmp_path, monkeypatch):
    real(builds)
    assert "nothing is shown until there is one" in said(builds)["provider"]
    secrets(tmp_path, cookie_secret="short")  # noqa: S106
    assert "at least 32 random characters" in said(builds)["provider"]
    secrets(tmp_path)
    assert said(builds)["access file"] == "There is none, so nobody has a role."
    access = builds.parent / "builds-access.toml"
    access.write_text('[[people]]\nwho = "ada"\nrole = "manager"\nschemes = ["S-NOWHERE"]\n')
    access.chmod(0o640)
    found = said(builds)
    assert "names schemes that no build has: S-NOWHERE" in found["access file"]
    assert "1 of its files and folders are open to others" in found["permissions of builds-access.toml"]
    access.chmod(0o600)
    access.write_text('[[people]]\nwho = "ada"\nrole = "chief"\n')
    assert "must be one of board, manager, analyst, got: chief" in said(builds)["access file"]
    (tmp_path / "secrets.toml").chmod(0o644)
    assert "permissions of secrets.toml" in said(builds)
    monkeypatch.setenv("PPO_IDENTITY_KEY", "short")
    assert "20 characters or more" in said(builds)["key"]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "superuser" in said(builds)["user"]


def test_a_key_that_is_not_set_is_said_where_the_people_are_real(builds):
    """To be noted and not wrong, since it is right where the dashboard runs."""
    real(builds)
    assert "note  key: PPO_IDENTITY_KEY is not set" in ppo("doctor", "--builds", builds).stderr


@pytest.mark.parametrize("name", ["warehouse.duckdb", "build.json", "current"])
def test_a_file_that_others_can_read_is_found(builds, name):
    path = next(builds.rglob(name))
    path.chmod(0o644)
    assert "chmod -R go= builds" in said(builds)["permissions of builds"]


def test_identities_where_the_dashboard_reads_are_found(builds):
    shutil.move(builds.parent / "builds-identity", builds / "identity")
    done = ppo("doctor", "--builds", builds, "--identity", builds / "identity")
    assert "keep it apart" in " ".join(done.stderr.split())
    assert done.exit_code == 1


@pytest.mark.parametrize("ahead", ["build", "log"])
def test_a_clock_that_is_behind_is_found(builds, ahead):
    if ahead == "build":
        (stamp,) = builds.glob("*/build.json")
        stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"built_on": "2999-01-01"}))
        stamp.chmod(0o600)
    else:
        ppo("who", 1, "--builds", builds)
        with opened(builds) as store, store.writing():
            line = store.rows("audit_lines")[0] | {"number": 2, "at": "2999-01-01T00:00:00+00:00"}
            line |= {"previous": store.rows("audit_last")[0]["hash"]}
            store.do("audit_append", line | {"hash": audit._hash(line)})
    assert "is from the future" in said(builds)["clock"]


def test_a_backup_is_checked_against_what_was_written_in_it(builds, tmp_path):
    backup = tmp_path / "backup"
    assert ppo("backup", backup, "--builds", builds).exit_code == 0
    assert said(builds, "--backup", backup) == {}
    (backup / "builds" / "put_in").touch()
    (backup / "builds" / "current").write_text("another\n")
    (backup / "builds-state" / FILE).unlink()
    assert said(builds, "--backup", backup) == {
        "backup": "3 of its files are missing, changed or put in, builds-state/state.sqlite first."
    }
    assert said(builds) == {}, "only where it is asked for"


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"files": 1}'])
def test_a_folder_that_is_no_backup_is_said_to_be_none(builds, tmp_path, content):
    if content is not None:
        (tmp_path / "backup.json").write_text(content)
    assert "this is no backup, or not all of it" in said(builds, "--backup", tmp_path)["backup"]


def test_without_a_build_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert said(tmp_path / "builds")["build"] == "No build is published: run `ppo build EXTRACTS`."


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """Return the commands that serving would have replaced this process by."""
    commands: list[list[str]] = []
    # Set by serving for the process that it becomes; here it must not outlive the test.
    monkeypatch.setenv("PPO_BUILDS", "nowhere")
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append(command))
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    return commands


@pytest.fixture
def sampled(monkeypatch) -> list[tuple]:
    """Return what the demonstration would have built, and where."""
    asked: list[tuple] = []
    monkeypatch.setattr(cli, "run_build", lambda extracts, builds, *_: asked.append((extracts, builds)))
    return asked


@pytest.mark.parametrize("wrong", ["another version", "not there"])
def test_the_demonstration_builds_no_sample_where_a_build_of_real_people_is(builds, started, sampled, wrong):
    """One that this version does not show, or one older than a build that is pointed to and is gone."""
    real(builds)
    if wrong == "another version":
        by_another_version(builds)
    else:
        (builds / "current").write_text("20111231-00000000\n")
    done = ppo("demo", "--builds", builds, "--port", 1)
    assert done.exit_code == 2
    assert "run `ppo build EXTRACTS`" in done.stderr
    (name,) = (path.parent.name for path in builds.glob("*/build.json"))
    assert f"{builds} holds builds of real people ({name})." in done.stderr
    assert "name another folder with --builds" in done.stderr
    assert sampled == started == []


def test_the_demonstration_builds_no_sample_where_a_build_is_pointed_to_and_nobody_can_tell_whose(
    tmp_path, started, sampled
):
    (tmp_path / "current").write_text("20111231-00000000\n")
    done = ppo("demo", "--builds", tmp_path, "--port", 1)
    assert done.exit_code == 2
    assert "The published build 20111231-00000000 is not there" in done.stderr
    assert sampled == started == []


def test_the_demonstration_builds_its_sample_where_there_is_none_and_after_an_upgrade(
    builds, tmp_path, started, sampled
):
    assert ppo("demo", "--builds", builds, "--port", 1).exit_code == 0
    assert sampled == []
    by_another_version(builds)
    assert ppo("demo", "--builds", builds, "--port", 1).exit_code == 0
    assert ppo("demo", "--builds", tmp_path / "nowhere", "--port", 1).exit_code == 0
    assert sampled == [(SAMPLE, builds), (SAMPLE, tmp_path / "nowhere")]
    assert len(started) == 3


def test_real_people_are_not_served_without_a_provider(builds, started):
    real(builds)
    done = ppo("serve", "--builds", builds, "--port", 1)
    assert done.exit_code == 2
    assert "no sign-in is set up: see docs/sign-in.md" in done.stderr
    assert started == []


def test_synthetic_people_are_served_to_this_machine_alone_without_a_provider(builds, started, monkeypatch, tmp_path):
    done = ppo("serve", "--builds", builds, "--port", 1, "--address", "0.0.0.0")  # noqa: S104
    assert done.exit_code == 2
    assert started == []
    assert ppo("serve", "--builds", builds, "--port", 1).exit_code == 0
    assert started[0][started[0].index("--server.address") + 1] == "127.0.0.1"


def test_the_dashboard_is_not_handed_the_key_and_is_told_of_the_provider(builds, started, monkeypatch, tmp_path):
    real(builds)
    secrets(tmp_path)
    monkeypatch.setenv("PPO_IDENTITY_KEY", "a long pass phrase of the partnership's own")
    assert ppo("serve", "--builds", builds, "--port", 1, "--address", "0.0.0.0").exit_code == 0  # noqa: S104
    assert "PPO_IDENTITY_KEY" not in os.environ
    assert started[0][-2:] == ["--secrets.files", str(tmp_path / "secrets.toml")]
