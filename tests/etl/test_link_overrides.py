"""Decisions about who is one person win over every rule and weight, and are tested on every build."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from etl.build import build
from etl.identity import open_identities
from etl.link.overrides import (
    BY_DECISION,
    COLUMNS,
    KEPT_APART,
    Decided,
    Override,
    OverridesWrong,
    Tie,
    add_override,
    decide,
    read_overrides,
)
from queries import sql
from queries.warehouse import Warehouse
from tests import worlds

pytestmark = pytest.mark.usefixtures("nothing_for_boards")

GIVEN = Override(
    "link", "probation/people", "A000001", "police/people", "1999/0000001A", "J. Holt", "2011-10-31", "seen"
)


def ties(*rows: str) -> list[Tie]:
    """Return ties from `record > person by rule`."""
    out = []
    for row in rows:
        record, rest = row.split(" > ")
        anchor, rule = rest.split(" by ")
        out.append(Tie(record, anchor, rule, 0.99 if rule == "weight of the evidence" else None))
    return out


def test_a_decided_link_joins_two_people():
    before = ties("pnc:1 > pnc:1 by own record", "dip:a > dip:a by not linked")
    assert decide(before, [Decided(1, "link", "dip:a", "pnc:1")]) == {"dip:a": ("pnc:1", BY_DECISION)}


def test_a_decided_link_wins_over_an_identifier():
    """The record carries the PNC id of 1 and is decided to be 2: that does not make 1 and 2 one person."""
    before = ties("pnc:1 > pnc:1 by own record", "pnc:2 > pnc:2 by own record", "crn:a > pnc:1 by same PNC id")
    assert decide(before, [Decided(1, "link", "crn:a", "pnc:2")]) == {"crn:a": ("pnc:2", BY_DECISION)}


def test_never_parts_a_record_from_the_person_that_an_identifier_gives_it():
    before = ties("pnc:1 > pnc:1 by own record", "crn:a > pnc:1 by same PNC id")
    assert decide(before, [Decided(1, "never", "crn:a", "pnc:1")]) == {"crn:a": ("crn:a", KEPT_APART)}


def test_of_two_records_that_must_not_be_one_the_weaker_tie_goes():
    """Both are tied to police record 1; the PNC id is stronger than the weight, so the programme's client leaves."""
    before = ties(
        "pnc:1 > pnc:1 by own record", "dip:a > pnc:1 by weight of the evidence", "crn:b > pnc:1 by same PNC id"
    )
    assert decide(before, [Decided(1, "never", "dip:a", "crn:b")]) == {"dip:a": ("dip:a", KEPT_APART)}


def test_two_records_of_one_prison_number_can_be_parted():
    before = ties("crn:a > noms:N by prison number", "crn:b > noms:N by prison number")
    changed = decide(before, [Decided(1, "never", "crn:a", "crn:b")])
    assert changed == {"crn:b": ("crn:b", KEPT_APART)}


def test_two_police_records_become_one_by_decision_alone():
    before = ties("pnc:1 > pnc:1 by own record", "pnc:2 > pnc:2 by own record", "crn:a > pnc:2 by same PNC id")
    changed = decide(before, [Decided(1, "link", "pnc:2", "pnc:1")])
    assert changed == {"pnc:2": ("pnc:1", BY_DECISION), "crn:a": ("pnc:1", "same PNC id")}


def test_decisions_that_contradict_each_other_stop_with_their_numbers():
    decisions = [
        Decided(1, "link", "crn:a", "pnc:1"),
        Decided(2, "link", "crn:a", "dip:b"),
        Decided(4, "never", "dip:b", "pnc:1"),
    ]
    with pytest.raises(OverridesWrong, match="decisions 2, 4 contradict each other"):
        decide(ties("pnc:1 > pnc:1 by own record"), decisions)


def test_what_is_added_is_read_back(tmp_path: Path):
    add_override(tmp_path / "overrides.csv", GIVEN)
    add_override(tmp_path / "overrides.csv", Override(**{**vars(GIVEN), "decision": "never", "why": 'a "twin", no'}))
    assert [o.why for o in read_overrides(tmp_path / "overrides.csv")] == ["seen", 'a "twin", no']
    assert (tmp_path / "overrides.csv").stat().st_mode & 0o777 == 0o600


def test_no_file_is_no_decision(tmp_path: Path):
    assert read_overrides(tmp_path / "overrides.csv") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decision": "merge"}, "line 2: decision is link or never, got: merge"),
        ({"who": ""}, "line 2: who must be filled in"),
        ({"why": " "}, "line 2: why must be filled in"),
        ({"other_file": "police"}, "line 2: other_file is one of police/people, .*, got: police"),
        ({"when": "yesterday"}, "line 2: when begins with a date"),
        ({"other_file": "probation/people", "other_record": "A000001"}, "line 2: the two records must differ"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_named_and_nothing_in_it(tmp_path: Path, changes, message):
    with (tmp_path / "overrides.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow({**vars(GIVEN), **changes})
    with pytest.raises(OverridesWrong, match=message) as raised:
        read_overrides(tmp_path / "overrides.csv")
    assert "A000001" not in str(raised.value)


def test_a_file_without_a_column_is_refused_by_its_name(tmp_path: Path):
    (tmp_path / "overrides.csv").write_text("decision,file,record,other_file,other_record,who,when\n")
    with pytest.raises(OverridesWrong, match="lacks why"):
        read_overrides(tmp_path / "overrides.csv")


# --- through the whole build ------------------------------------------------------------------------------

ADA = {"forenames": "Ada", "surname": "Askham", "date_of_birth": date(1980, 1, 15), "sex": "F"}
BEA = {"forenames": "Bea", "surname": "Bewley", "date_of_birth": date(1975, 6, 2), "sex": "F"}
TAKEN = date(2011, 9, 30)


def people(builds: Path) -> dict[str, int]:
    return {row["record"]: row["person_id"] for row in open_identities(builds).iter_rows(named=True)}


def sent(folder: Path) -> tuple[Path, str, str]:
    """Write an extracts folder: Ada and Bea at the police, one CRN with Ada's PNC id, and one of nobody."""
    files = {name: [] for name in worlds.COLUMNS}
    ada, bea = worlds.pnc_id(1999, 1), worlds.pnc_id(1999, 2)
    files["police/people"] = [{**ADA, "pnc_id": ada}, {**BEA, "pnc_id": bea}]
    files["probation/people"] = [{**ADA, "crn": "A000001", "pnc_id": ada}]
    files["dip/people"] = [
        {"dip_id": "D00000001", "initials": "ZZ", "date_of_birth": date(1960, 3, 3), "sex": "F", "pnc_id": None}
    ]
    return worlds.write(files, folder, TAKEN), ada, bea


def decided(path: Path, *rows: tuple[str, str, str, str, str]) -> Path:
    for row in rows:
        add_override(path, Override(*row, who="J. Holt", when="2011-10-31", why="the paper file"))
    return path


def test_a_build_keeps_to_every_decision(tmp_path: Path):
    extracts, ada, bea = sent(tmp_path / "extracts")
    build(extracts, tmp_path / "builds")
    before = people(tmp_path / "builds")
    assert before["A000001"] == before[ada]
    decided(
        tmp_path / "builds-identity" / "overrides.csv",
        ("never", "probation/people", "A000001", "police/people", ada),
        ("link", "dip/people", "D00000001", "police/people", bea),
        ("link", "dip/people", "D09999999", "police/people", bea),
    )
    build(extracts, tmp_path / "builds")
    after = people(tmp_path / "builds")
    assert after[ada] == before[ada], "the person keeps their number; the record that left gets a new one"
    assert after["A000001"] not in (before[ada], before[bea], before["D00000001"])
    assert after["D00000001"] == after[bea]
    warehouse = Warehouse.open(tmp_path / "builds")
    rules = {row["record"]: row["rule"] for row in open_identities(tmp_path / "builds").iter_rows(named=True)}
    assert (rules["A000001"], rules["D00000001"]) == ("not linked", BY_DECISION)
    told = warehouse.query("select decision, in_extracts from link_decisions order by all").rows()
    assert told == [("link", False), ("link", True), ("never", True)]
    changes = {(row["change"], row["person_id"]) for row in warehouse.query("from registry_changes").to_dicts()}
    assert changes == {("split", after["A000001"]), ("merged", after[bea])}


def test_a_later_decision_about_the_same_two_replaces_the_earlier(tmp_path: Path):
    extracts, ada, _ = sent(tmp_path / "extracts")
    never = ("never", "probation/people", "A000001", "police/people", ada)
    link = ("link", "police/people", ada, "probation/people", "A000001")
    build(extracts, tmp_path / "builds", overrides=decided(tmp_path / "o.csv", never, link))
    found = people(tmp_path / "builds")
    assert found["A000001"] == found[ada]


def test_a_pair_that_must_never_be_is_not_guessed_at_again(tmp_path: Path):
    """The CRN has no PNC id and would be linked to Ada by name; barred, it is neither linked nor a grey pair."""
    extracts, ada, _ = sent(tmp_path / "extracts")
    path = extracts / "probation/people.csv"
    path.write_text(path.read_text().replace(ada, ""))
    overrides = decided(tmp_path / "o.csv", ("never", "probation/people", "A000001", "police/people", ada))
    build(extracts, tmp_path / "without")
    assert people(tmp_path / "without")["A000001"] == people(tmp_path / "without")[ada]
    build(extracts, tmp_path / "with", overrides=overrides)
    assert people(tmp_path / "with")["A000001"] != people(tmp_path / "with")[ada]
    assert Warehouse.open(tmp_path / "with").query("from grey_pairs").is_empty()


def test_a_decision_that_was_not_kept_to_stops_publication(tmp_path: Path, monkeypatch):
    """The check that runs on every build, with the step that carries decisions out taken away."""
    from etl.build import BuildStopped

    extracts, _, bea = sent(tmp_path / "extracts")
    tree = tmp_path / "tree"
    for top in ("queries", "etl"):
        shutil.copytree(Path(sql.ROOT) / top, tree / top, ignore=shutil.ignore_patterns("*.py"))
    names = tree / "etl/link/names.sql"
    text = names.read_text(encoding="utf-8")
    assert text.count("where person_records.identifier = changed.identifier") == 1
    names.write_text(text.replace("where person_records.identifier = changed.identifier", "where false"))
    overrides = decided(tmp_path / "o.csv", ("link", "dip/people", "D00000001", "police/people", bea))
    monkeypatch.setattr(sql, "ROOT", tree)
    with pytest.raises(BuildStopped, match="A decision about who is one person was not kept to"):
        build(extracts, tmp_path / "builds", overrides=overrides)
