"""Which periods a measure has: none of a time that a file it reads is said not to reach back to."""

from datetime import date

import pytest

from queries.catalogue import measure
from queries.figures import figure, notes_of
from queries.scope import Viewer
from queries.unit_rows import Cohort, UnknownCohort
from queries.when import UnknownPeriod, periods
from tests import worlds
from tests.road import Road

ANALYST = Viewer.analyst()
CROWD = worlds.crowd(12, 1)
FROM_APRIL = {"dip/events": date(2009, 4, 1), "police/ppo_register": date(2009, 4, 1)}


def first_periods(folder, covered_from) -> dict[str, str]:
    """The first period of a measure that reads the drugs programme's events, of one of schemes, of one of courts."""
    road = Road(CROWD.files, folder, CROWD.extract_date, covered_from=covered_from)
    of = ("reoffending_rate", "exits", "arrest_to_sentence_days")
    return {name: periods(road.warehouse, measure(name))["period"][0] for name in of}


def test_a_period_that_begins_before_a_file_it_reads_is_not_there(tmp_path):
    """Without the tests of drugs, or without custody, fewer people would enter, and others: a series would fall or rise
    for no other reason."""
    known = first_periods(tmp_path / "unsaid", {})
    # Where nothing is said, the file's first event says nothing: there may have been none before it.
    assert known["reoffending_rate"] == known["exits"] == known["arrest_to_sentence_days"] < "2008/09"
    assert first_periods(tmp_path / "april", FROM_APRIL) == known | {"reoffending_rate": "2009/10", "exits": "2009/10"}
    a_day_late = FROM_APRIL | {"dip/events": date(2009, 4, 2)}
    assert first_periods(tmp_path / "late", a_day_late)["reoffending_rate"] == "2010/11"


def test_what_was_before_the_first_adoption_is_not_missed(tmp_path):
    first = min(row["adopted_on"] for row in CROWD.files["police/ppo_register"])
    known = first_periods(tmp_path / "unsaid", {})
    # The register is kept since the day on which the first of all was taken on, in the middle of a year.
    kept = first_periods(tmp_path / "kept", {"police/ppo_register": first})
    assert (first.month, first.day) != (4, 1)
    assert kept == known


def test_a_period_that_is_not_there_is_refused_by_name(tmp_path):
    road = Road(CROWD.files, tmp_path, CROWD.extract_date, covered_from=FROM_APRIL)
    assert {row["period"] for row in road.figure("reoffending_rate", period="each")} <= {
        "2009/10",
        "2010/11",
        "2011/12",
    }
    with pytest.raises(UnknownPeriod, match="one of 2009/10"):
        figure(road.warehouse, ANALYST, "reoffending_rate", period="2008/09")
    assert periods(road.warehouse, measure("reoffending_rate"), "calendar_year")["period"][0] == "2010"


@pytest.mark.parametrize(
    ("cohort_on", "baseline_from", "follow_up_from", "stands"),
    [
        (date(2009, 2, 1), date(2008, 2, 1), date(2009, 2, 1), True),
        (date(2009, 2, 1), date(2008, 2, 2), date(2009, 2, 1), False),  # a day of the baseline is after the choice
        (date(2009, 2, 1), date(2009, 1, 1), date(2009, 2, 1), False),  # eleven months are in both years
        (date(2009, 2, 1), date(2007, 10, 1), date(2009, 1, 31), False),  # followed before they were chosen
        (date(2009, 3, 1), date(2008, 2, 29), date(2009, 4, 1), True),
        (date(2009, 2, 28), date(2008, 2, 29), date(2009, 4, 1), False),  # its last day is the 28th
    ],
)
def test_a_fixed_cohorts_years_do_not_overlap(cohort_on, baseline_from, follow_up_from, stands):
    if stands:
        assert Cohort.fixed(cohort_on, baseline_from, follow_up_from).fixed_on
        return
    with pytest.raises(UnknownCohort, match="baseline year has ended by the cohort"):
        Cohort.fixed(cohort_on, baseline_from, follow_up_from)


def test_a_label_of_which_nobody_is_counted_is_none_and_not_too_soon(crowded, north_carolina):
    """A stock of nobody is nought; of a rate of nobody there is no data, which is no matter of time."""
    found = figure(crowded, ANALYST, "selection_rule_met", where={"area": "North"})
    empty = [row for row in found.frame.to_dicts() if not row["n"]]
    assert empty
    assert {(row["numerator"], row["value"], row["status"]) for row in empty} == {(0, 0.0, "ok")}
    steps = figure(north_carolina, ANALYST, "journey_step_done", period="1977/78")  # its register has no dates of steps
    assert all(steps.lacks(row) for row in steps.frame.to_dicts())
    assert "Of some there is no data [x]: nobody's records have any." in steps.notes
    assert not any("too recent" in note for note in steps.notes)


def test_a_provisional_figure_does_not_speak_of_offences_where_it_is_of_visits(crowded):
    about = measure("home_visit_within")
    said = notes_of(about, figure(crowded, ANALYST, about.id).frame, "provisional")
    assert (
        "Provisional [p]: the period is not final, since not everybody in it has been followed for long enough." in said
    )
