"""A build looks at the release before it: what it keeps of one, where, and what the next does with it."""

from datetime import date
from pathlib import Path

import pytest

from etl.build import build
from etl.identity import identity_store
from queries.warehouse import Warehouse
from tests import worlds


@pytest.fixture(scope="module")
def three_builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], list[list[dict]]]:
    """Twelve people on one scheme; then one more of them; then the same again."""
    folder = tmp_path_factory.mktemp("before")
    people = [worlds.pnc_id(1985, serial) for serial in range(1, 14)]
    ids, published = [], []
    for place, number in enumerate((12, 13, 13)):
        files: worlds.Files = {name: [] for name in worlds.COLUMNS}
        files["reference/schemes"] = [
            {"scheme_id": "S1", "name": "One", "area": "North", "opened_on": date(2004, 9, 1)}
        ]
        for pnc in people[:number]:
            files["police/people"].append(
                {"pnc_id": pnc, "surname": "Askham", "forenames": "Ada", "date_of_birth": date(1980, 5, 1), "sex": "F"}
            )
            files["police/ppo_register"].append(
                {"scheme_id": "S1", "pnc_id": pnc, "strand": "catch_and_convict", "adopted_on": date(2009, 1, 1)}
            )
        extracts = worlds.write(files, folder / f"extracts{place}", date(2009, 10, 31))
        ids.append(build(extracts, folder / "builds").build.id)
        release = Warehouse.open(folder / "builds").query(
            "select * from release where measure = 'caseload' and breakdown = '' and time = '2009-09' order by scheme"
        )
        published.append(release.rows(named=True))
    return folder / "builds", ids, published


def test_one_more_person_cannot_be_read_off_two_releases(three_builds):
    """The caseload was 12 and is 13: whoever has both would know that one person came, and everything about them."""
    first, second, third = three_builds[2]
    assert [row["numerator"] for row in first] == [12, 12]
    assert [(row["numerator"], row["status"]) for row in second] == [(None, "confidential")] * 2
    assert [row["numerator"] for row in third] == [13, 13]


def test_the_record_of_a_release_is_sealed_and_nowhere_else(three_builds):
    builds, ids, _ = three_builds
    store = identity_store(builds, synthetic=True)
    record = store.released(ids[1])
    assert record is not None
    exact = record.filter(
        (record["measure"] == "caseload") & (record["time"] == "2009-09") & (record["breakdown"] == "")
    )
    assert exact["n"].to_list() == [13, 13]
    assert exact["shown"].to_list() == [False, False]
    assert (builds.parent / "builds-identity" / ids[1] / "release.sealed").read_bytes()[:4] != b"PAR1"
    assert {path.name for path in (builds / ids[1]).iterdir()} == {"warehouse.duckdb", "build.json", "made-of.txt"}
    assert store.released(None) is None
