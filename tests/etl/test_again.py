"""What was built is not built again, unless something that decides what is in it has changed."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from etl import again, forget
from etl.again import MADE_OF, made_of, unchanged
from etl.build import build
from etl.identity import IdentityKeyWrong, identity_store
from etl.publish import current_id
from queries import sql
from queries.warehouse import current_build
from tests import worlds
from tests.road import copied, without_published_tables

CROWD = worlds.crowd(12, 1)
DECISION = "decision,first,second,who,when,why\n"


@pytest.fixture(scope="module")
@without_published_tables()
def made(tmp_path_factory) -> Path:
    """A folder with extracts, and a builds folder of them with its identity store beside it."""
    folder = tmp_path_factory.mktemp("made")
    worlds.write(CROWD.files, folder / "extracts", CROWD.extract_date, CROWD.coverage)
    build(folder / "extracts", folder / "builds")
    return folder


@pytest.fixture
def folder(made, tmp_path) -> Path:
    shutil.copytree(made, tmp_path / "made")
    return tmp_path / "made"


def asked(folder: Path, **how) -> str | None:
    return unchanged(folder / "extracts", folder / "builds", **how)


def digest(folder: Path) -> str:
    return made_of(folder / "extracts", identity_store(folder / "builds", True), extract_date=CROWD.extract_date)


def test_nothing_has_changed_since(folder):
    assert asked(folder) == current_id(folder / "builds") is not None
    assert asked(folder, extract_date=CROWD.extract_date) is not None, "the manifest says the same"


def test_before_the_first_build_there_is_everything_to_do(folder, tmp_path):
    assert unchanged(folder / "extracts", tmp_path / "elsewhere") is None


def one_byte_more(folder):
    with (folder / "extracts/police/offences.csv").open("a") as file:
        file.write("\n")


def another_name(folder):
    path = folder / "extracts/reference/targets.csv"
    path.rename(path.with_name("targets-2.csv")) if path.exists() else path.write_text("x\n")


def a_later_day(folder):
    path = folder / "extracts/manifest.toml"
    path.write_text(path.read_text().replace("synthetic = true", "synthetic = true  # again"))


def a_decision(folder):
    (folder / "builds-identity/overrides.csv").write_text(DECISION)


def somebody_forgotten(folder):
    forget.forget(folder / "builds", [CROWD.files["police/people"][0]["pnc_id"]])


def another_store(folder):
    shutil.rmtree(folder / "builds-identity")


@pytest.mark.parametrize(
    "change", [one_byte_more, another_name, a_later_day, a_decision, somebody_forgotten, another_store],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_what_has_changed_is_built(folder, change):
    change(folder)
    assert asked(folder) is None


@pytest.mark.parametrize("how", [{"accept": ["police/offences:shrunk"]}, {"by_name": False}], ids=str)
def test_what_is_asked_for_otherwise_is_built(folder, how):
    assert asked(folder, **how) is None


def test_another_program_builds(folder, tmp_path, monkeypatch):
    root = copied(tmp_path / "tree")
    monkeypatch.setattr(sql, "ROOT", root)
    before = digest(folder)
    file = root / "queries/aggregate.sql"
    file.write_text(file.read_text() + "\n")
    assert digest(folder) != before


def test_another_version_of_what_works_the_figures_out_builds(folder, monkeypatch):
    monkeypatch.setattr(again.importlib.metadata, "version", lambda name: "0")
    assert asked(folder) is None


def test_a_build_of_before_this_was_noted_is_built_again(folder):
    (current_build(folder / "builds") / MADE_OF).unlink()
    assert asked(folder) is None


def test_a_wrong_key_is_said_and_not_taken_for_nothing_to_do(folder, monkeypatch):
    monkeypatch.setenv("PPO_IDENTITY_KEY", "another")
    with pytest.raises(IdentityKeyWrong):
        asked(folder)


def test_the_command_says_so_and_builds_when_it_is_told_to(folder):
    first = current_id(folder / "builds")
    command = ["build", str(folder / "extracts"), "--out", str(folder / "builds")]
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 0, again.output
    assert f"Nothing to do: build {first}" in " ".join(again.output.split())
    assert current_id(folder / "builds") == first
    with without_published_tables():
        told = CliRunner().invoke(app, [*command, "--afresh"])
    assert told.exit_code == 0, told.output
    assert current_id(folder / "builds") == f"{first}-2"
