"""How far figures could move with the doubtful links: each figure as it is and with every such pair linked, by hand.

One person on a scheme, Mark Hudson, shares birthday and initials with Michael Harding; a client of the programme may be
either, so is linked to neither. Mark is the likelier by nothing: of two as likely, the lower number is taken.
"""

from datetime import date
from pathlib import Path

import pytest

from etl.build import build
from etl.doubt import affected
from etl.identity import open_identities
from queries import linkage
from queries.warehouse import Warehouse
from tests import worlds

pytestmark = pytest.mark.usefixtures("nothing_for_boards")

BORN, TAKEN = date(1980, 3, 31), date(2011, 9, 30)
MARK, MICHAEL = worlds.pnc_id(1999, 1), worlds.pnc_id(1999, 2)
MARCH = date(2010, 3, 31)


def built(folder: Path, client: bool = True) -> Warehouse:
    files = {name: [] for name in worlds.COLUMNS}
    person = {"date_of_birth": BORN, "sex": "M"}
    files["police/people"] = [
        {**person, "pnc_id": MARK, "forenames": "Mark", "surname": "Hudson"},
        {**person, "pnc_id": MICHAEL, "forenames": "Michael", "surname": "Harding"},
    ]
    files["reference/schemes"] = [{"scheme_id": "S1", "name": "One", "area": "North", "opened_on": date(2004, 9, 1)}]
    files["police/ppo_register"] = [
        {"scheme_id": "S1", "pnc_id": number, "strand": "catch_and_convict", "adopted_on": date(2009, 1, 1)}
        for number in (MARK, MICHAEL)
    ]
    if client:
        files["dip/people"] = [{**person, "dip_id": "D00000001", "initials": "MH", "consent_to_share": "Y"}]
        files["dip/events"] = [
            # On the caseload over the month end of March 2010, and tested positive in 2009/10.
            {"dip_id": "D00000001", "event": "caseload_start", "on": date(2010, 2, 1)},
            {"dip_id": "D00000001", "event": "caseload_end", "on": date(2010, 6, 1)},
            {"dip_id": "D00000001", "event": "test", "on": date(2009, 12, 1), "result": "positive_opiates"},
        ]
    build(worlds.write(files, folder / "extracts", TAKEN), folder / "builds")
    return Warehouse.open(folder / "builds")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(tmp_path_factory.mktemp("doubt"))


def figure(warehouse: Warehouse, measure: str, time: str, scheme: str = "all") -> tuple:
    """Return numerator and denominator as they are, then with every doubtful pair linked."""
    (row,) = warehouse.query(
        "from doubtful_figures where measure = $measure and time = $time and scheme = $scheme",
        {"measure": measure, "time": time, "scheme": scheme},
    ).to_dicts()
    names = ("numerator", "denominator", "numerator_if_linked", "denominator_if_linked")
    return tuple(row[name] for name in names)


def test_one_of_the_two_would_be_in_the_programme_too(warehouse: Warehouse):
    """Two adults on the scheme, neither in the programme; with the link, one is: a client is one person, not two."""
    assert figure(warehouse, "also_in_dip", "2010-03") == (0, 2, 1, 2)
    assert figure(warehouse, "also_in_dip", "2010-03", "S1") == (0, 2, 1, 2)
    assert linkage.also_in_dip_if_linked(warehouse, MARCH, "S1") == (0, 1)


def test_the_month_after_the_episode_nothing_would_move(warehouse: Warehouse):
    assert figure(warehouse, "also_in_dip", "2010-06") == (0, 2, 0, 2)


def test_the_test_would_bring_somebody_into_the_cohort(warehouse: Warehouse):
    """A client without a police record is in no cohort; linked, the positive test is an index event of 2009/10."""
    (row,) = [
        row
        for row in warehouse.query("from doubtful_figures where measure = 'reoffending_rate'").to_dicts()
        if (row["time"], row["scheme"]) == ("2009/10", "all")
    ]
    assert (row["denominator"] or 0, row["denominator_if_linked"], row["numerator_if_linked"]) == (0, 1, 0)


def test_nothing_of_the_other_world_is_left_in_the_warehouse(warehouse: Warehouse):
    schemas = warehouse.query("select distinct table_schema from information_schema.tables")["table_schema"].to_list()
    assert schemas == ["main"]


def test_every_measure_that_reads_the_programme_is_there(warehouse: Warehouse):
    told = set(warehouse.query("select distinct measure from doubtful_figures")["measure"])
    assert {"also_in_dip", "reoffending_rate", "drug_test_positive"} <= told
    asked = {measure.id for measure in affected()}
    assert told <= asked
    # Of these there is nobody in this world; custody is not of the programme.
    assert {"required_assessment_attended", "retained_12_weeks", "referral_to_treatment_days"} <= asked
    assert "custody_share" not in asked


def test_where_no_pair_is_doubtful_nothing_could_move(tmp_path: Path):
    warehouse = built(tmp_path, client=False)
    assert warehouse.query("from doubtful_figures").is_empty()
    assert linkage.also_in_dip_if_linked(warehouse, MARCH, None) is None
    assert len(set(open_identities(tmp_path / "builds")["person_id"])) == 2
