"""`ppo review`: the doubtful pairs side by side, and what is decided kept, logged and kept to by the next build."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from etl.build import build
from etl.identity import open_identities
from etl.link.overrides import read_overrides
from etl.link.review import pairs_to_review
from queries.warehouse import Warehouse
from tests import worlds

pytestmark = pytest.mark.usefixtures("nothing_for_boards")

BORN, TAKEN = date(1980, 3, 31), date(2011, 9, 30)
MARK, MICHAEL = worlds.pnc_id(1999, 1), worlds.pnc_id(1999, 2)


@pytest.fixture
def builds(tmp_path: Path) -> Path:
    """Two people at the police with one birthday and the same initials, and a client who may be either."""
    files = {name: [] for name in worlds.COLUMNS}
    person = {"date_of_birth": BORN, "sex": "M"}
    files["police/people"] = [
        {**person, "pnc_id": MARK, "forenames": "Mark", "surname": "Hudson", "postcode": "NE2 5GF"},
        {**person, "pnc_id": MICHAEL, "forenames": "Michael", "surname": "Harding", "postcode": "M18 9DQ"},
    ]
    files["dip/people"] = [{**person, "dip_id": "D00000001", "initials": "MH", "consent_to_share": "Y"}]
    worlds.write(files, tmp_path / "extracts", TAKEN)
    build(tmp_path / "extracts", tmp_path / "builds")
    return tmp_path / "builds"


def reviewed(builds: Path, *answers: str) -> str:
    done = CliRunner().invoke(
        app, ["review", "--builds", str(builds), "--who", "J. Holt"], input="\n".join(answers) + "\n"
    )
    assert done.exit_code == 0, done.output
    return done.output


def people(builds: Path) -> dict[str, int]:
    return {row["record"]: row["person_id"] for row in open_identities(builds).iter_rows(named=True)}


def test_a_client_who_may_be_either_of_two_is_linked_to_neither(builds: Path):
    found = people(builds)
    assert len({found["D00000001"], found[MARK], found[MICHAEL]}) == 3
    grey = Warehouse.open(builds).query("from grey_pairs").to_dicts()
    assert {row["other_person_id"] for row in grey} == {found[MARK], found[MICHAEL]}
    assert {row["person_id"] for row in grey} == {found["D00000001"]}
    # As likely the one as the other: neither can come to more than a half.
    assert all(0.05 <= row["probability"] <= 0.5 for row in grey)
    assert grey[0]["probability"] == grey[1]["probability"]


def test_both_records_are_shown_with_what_agrees(builds: Path):
    shown = reviewed(builds, "s", "q")
    for text in (
        "Pair 1 of 2",
        "D00000001",
        "hudson",
        "harding",
        "1980-03-31",
        "initials: same",
        "date of birth: same",
    ):
        assert text in shown


def test_what_is_decided_is_kept_logged_and_kept_to(builds: Path, tmp_path: Path):
    before = people(builds)
    first = pairs_to_review(builds)[0]
    reviewed(builds, "n", "Another face on the custody photograph", "y", "The custody photograph")
    kept = read_overrides(tmp_path / "builds-identity" / "overrides.csv")
    assert [(row.decision, row.who, row.why) for row in kept] == [
        ("never", "J. Holt", "Another face on the custody photograph"),
        ("link", "J. Holt", "The custody photograph"),
    ]
    assert pairs_to_review(builds) == []
    log = CliRunner().invoke(app, ["audit", "--builds", str(builds), "--event", "override"]).output
    assert log.count("override") == 2
    seen = CliRunner().invoke(app, ["audit", "--builds", str(builds), "--event", "who"]).output
    assert seen.count("command line") == 2, "a line for each pair whose names were shown"
    assert "D00000001" not in log
    build(tmp_path / "extracts", builds)
    after = people(builds)
    other = MICHAEL if first.other_record == MARK else MARK
    assert after["D00000001"] == after[other] == min(before["D00000001"], before[other])
    assert after[first.other_record] == before[first.other_record] != after["D00000001"]


def test_who_says_how_each_record_was_linked(builds: Path):
    number = people(builds)[MARK]
    told = CliRunner().invoke(app, ["who", str(number), "--builds", str(builds), "--format", "json"]).output
    assert '"rule": "own record"' in told


def test_the_warehouse_has_nothing_of_the_records_of_a_doubtful_pair(builds: Path):
    frame = Warehouse.open(builds).query("from grey_pairs")
    assert frame.columns == ["file", "person_id", "other_person_id", "probability"]


@pytest.mark.parametrize("name", ["doubtful", "people"])
def test_without_the_key_nothing_is_shown(builds: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("PPO_IDENTITY_KEY", "another")
    command = ["review"] if name == "doubtful" else ["who", "1"]
    done = CliRunner().invoke(app, [*command, "--builds", str(builds)])
    assert done.exit_code == 2
    assert "hudson" not in done.output.lower()
