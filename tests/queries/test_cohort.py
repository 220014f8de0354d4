"""A cohort put together by an analyst: its size, its rows and its SQL are those of its figures, and nobody else's."""

import polars as pl
import pytest

from queries import cohort
from queries.catalogue import measures
from queries.cohort import Selection
from queries.dimensions import DIMENSIONS, UnknownDimension
from queries.figures import figure
from queries.scope import NotPermitted, Viewer
from queries.unit_rows import UnknownCohort
from queries.when import UnknownPeriod

ANALYST = Viewer.analyst()
OTHERS = [Viewer.board(), Viewer.manager("W0001A"), Viewer.manager()]
HOSTILE = ["'; drop table people; --", "x' or '1'='1", "1=1 union select * from people", "$z", "people.person_id"]
YEAR = "2008/09"


@pytest.fixture(scope="module")
def asks(crowded):
    def asked(name: str, selection: Selection, by: tuple[str, ...] = ()):
        return figure(
            crowded, ANALYST, name, by, selection.where, selection.period, selection.as_at, selection.years
        ).frame

    return asked


def test_several_labels_of_one_breakdown_are_all_who_have_either(asks):
    bands = asks("reoffending_rate", Selection(period="all"), ("age_band",))
    both = bands.filter(pl.col("age_band").is_in(["18-20", "21-24"]))
    assert both.height == 2
    (found,) = asks("reoffending_rate", Selection({"age_band": "18-20|21-24"}, period="all")).to_dicts()
    assert found["denominator"] == both["denominator"].sum()
    assert found["numerator"] == both["numerator"].sum()
    twice = asks("reoffending_rate", Selection({"age_band": "18-20|18-20|21-24"}, period="all")).to_dicts()
    assert twice == [found]


def test_the_shares_of_one_whole_are_picked_after_they_are_worked_out(asks):
    whole = asks("case_outcomes", Selection(period="all"))
    two = asks("case_outcomes", Selection({"outcome": "convicted|open"}, period="all"))
    assert two.equals(whole.filter(pl.col("outcome").is_in(["convicted", "open"])))


def test_steps_asked_for_together_are_still_shown_one_by_one(asks):
    """One rate over two steps of the journey would be of nothing that anybody does."""
    two = asks("journey_step_done", Selection({"step": "letter|home_visit"}, period="all"))
    assert two["step"].to_list() == ["letter", "home_visit"]


@pytest.mark.parametrize("label", ["18-20|nonsense", "|", "18-20|", "18-20|x' or '1'='1"])
def test_each_of_several_labels_is_on_the_closed_list(crowded, label):
    with pytest.raises(UnknownDimension, match="age_band must be one of"):
        figure(crowded, ANALYST, "reoffending_rate", where={"age_band": label})


def test_a_manager_of_both_schemes_may_ask_for_both_and_for_no_other(crowded):
    one, two, other = figure(crowded, ANALYST, "reoffending_rate", ("scheme",), period="all").frame["scheme"][:3]
    manager = Viewer.manager(one, two)
    both = figure(crowded, manager, "reoffending_rate", where={"scheme": f"{one}|{two}"}, period="all").frame
    exact = figure(crowded, ANALYST, "reoffending_rate", where={"scheme": f"{one}|{two}"}, period="all").frame
    assert both.equals(exact)
    for forged in (f"{one}|{other}", f"{other}|{one}", f"{one}|{two}|{other}", f"{one}|S-NOBODY"):
        with pytest.raises(NotPermitted):
            figure(crowded, manager, "reoffending_rate", where={"scheme": forged})
    for viewer in (Viewer.board(), Viewer.manager()):
        with pytest.raises(NotPermitted):
            figure(crowded, viewer, "reoffending_rate", where={"scheme": f"{one}|{two}"})


def test_sizes_narrow_step_by_step_and_end_with_the_figure(crowded, asks):
    chosen = Selection({"sex": "male", "age_band": "18-20|21-24"}, period=YEAR)
    steps = cohort.sizes(crowded, ANALYST, "reoffending_rate", chosen)
    assert [(step.dimension, step.labels) for step in steps] == [
        (None, ""), ("sex", "male"), ("age_band", "18-20|21-24"),
    ]  # fmt: skip
    wheres = [{}, {"sex": "male"}, dict(chosen.where)]
    for step, where in zip(steps, wheres, strict=True):
        (row,) = asks("reoffending_rate", Selection(where, period=YEAR)).to_dicts()
        assert (step.people, step.units) == (row["n"], row["denominator"])
    assert steps[0].people > steps[1].people > steps[2].people > 0


@pytest.mark.parametrize("name", ["reoffending_rate", "arrest_to_sentence_days", "custody_share", "caseload"])
@pytest.mark.parametrize("where", [{}, {"sex": "male"}])
def test_the_rows_are_those_that_the_figure_is_added_up_from(crowded, asks, name, where):
    """Worked out again here from the rows, plainly."""
    chosen = Selection(where)
    (row,) = asks(name, chosen).to_dicts()
    found = cohort.rows(crowded, ANALYST, name, chosen)
    about, frame = measures()[name], found.frame
    if about.kind == "stock":
        assert frame["person_id"].n_unique() == row["value"]
    elif about.kind == "days":
        days = frame[about.numerator_column].drop_nulls()
        assert (days.sum(), len(days)) == (row["numerator"], row["denominator"])
    else:
        assert frame[about.numerator_column].sum() == row["numerator"]
        assert frame[about.denominator_column].sum() == row["denominator"]
    assert frame.height > 0


@pytest.mark.parametrize("name", measures())
def test_the_sql_shown_can_be_pasted_and_gives_the_figures(crowded, asks, name):
    chosen = Selection({"sex": "male"}, period=None if measures()[name].at_month_end else "all")
    text = cohort.statement(crowded, ANALYST, name, chosen)
    assert "$" not in text
    ran = crowded.query(text)
    shown = asks(name, chosen)
    ran = ran.filter(pl.col("n") > 0) if "n" in ran.columns else ran
    counted = shown.filter(pl.col("n") > 0)
    if "value" in shown.columns and measures()[name].kind != "table":
        assert sorted(ran["n"]) == sorted(counted["n"])
        for column in ("numerator", "denominator", "value"):
            got = sorted(v for v in ran[column] if v is not None)
            said = sorted(v for v in counted[column] if v is not None)
            # The page leaves values on few people out; none that it shows is another.
            assert [each for each in said if not any(abs(each - v) < 1e-9 for v in got)] == []


def test_the_unit_query_and_the_rows_can_be_pasted(crowded):
    assert crowded.query(cohort.unit_query(ANALYST, "reoffending_rate")).height > 0
    chosen = Selection({"sex": "male|not_known"}, years="year_from:2008-07", period="all")
    found = cohort.rows(crowded, ANALYST, "reoffending_rate", chosen)
    assert crowded.query(found.sql).equals(found.frame)
    assert found.frame.height > 0


def test_people_in_both_of_two_cohorts_are_counted_once(crowded):
    def count(where, other, period=YEAR, other_period=YEAR):
        one, two = Selection(where, period=period), Selection(other, period=other_period)
        return cohort.in_both(crowded, ANALYST, "reoffending_rate", one, two)

    def size(where, period=YEAR):
        return cohort.sizes(crowded, ANALYST, "reoffending_rate", Selection(where, period=period))[-1].people

    assert count({"sex": "male"}, {"sex": "female"}) == 0
    assert count({"sex": "male"}, {}) == size({"sex": "male"})
    people = [
        set(cohort.rows(crowded, ANALYST, "reoffending_rate", Selection(period=each)).frame["person_id"])
        for each in ("2007/08", "2008/09")
    ]
    assert count({}, {}, "2007/08", "2008/09") == len(people[0] & people[1]) > 0


def test_labels_are_the_closed_list_or_what_there_is(crowded):
    assert cohort.labels(crowded, ANALYST, "reoffending_rate", "sex") == ["male", "female", "not_known"]
    schemes = cohort.labels(crowded, ANALYST, "reoffending_rate", "scheme")
    assert schemes[-1] == "none"
    assert schemes[:-1] == sorted(schemes[:-1])
    assert cohort.labels(crowded, ANALYST, "reoffending_rate", "step") == []
    with pytest.raises(UnknownDimension):
        cohort.labels(crowded, ANALYST, "reoffending_rate", "person_id")


@pytest.mark.parametrize("viewer", OTHERS, ids=["board", "manager", "manager of nothing"])
def test_all_of_it_is_for_analysts(crowded, viewer):
    chosen = Selection({"scheme": "W0001A"})
    for asked in (
        lambda: cohort.sizes(crowded, viewer, "reoffending_rate", chosen),
        lambda: cohort.in_both(crowded, viewer, "reoffending_rate", chosen, chosen),
        lambda: cohort.labels(crowded, viewer, "reoffending_rate", "scheme"),
        lambda: cohort.rows(crowded, viewer, "reoffending_rate", chosen),
        lambda: cohort.statement(crowded, viewer, "reoffending_rate", chosen),
        lambda: cohort.unit_query(viewer, "reoffending_rate"),
    ):
        with pytest.raises(NotPermitted):
            asked()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_or_a_label_that_nobody_has(crowded, text):
    for where in ({text: "yes"}, {"sex": text}, {"sex": f"male|{text}"}):
        for asked in (cohort.sizes, cohort.rows, cohort.statement):
            with pytest.raises(UnknownDimension):
                asked(crowded, ANALYST, "reoffending_rate", Selection(where))
    with pytest.raises(UnknownDimension):
        cohort.statement(crowded, ANALYST, "reoffending_rate", Selection(), (text,))
    with pytest.raises(UnknownPeriod):
        cohort.sizes(crowded, ANALYST, "reoffending_rate", Selection(period=text))
    with pytest.raises(UnknownCohort):
        cohort.sizes(crowded, ANALYST, "reoffending_rate", Selection(years=text))
    scheme = Selection({"scheme": text}, period=YEAR)
    assert cohort.rows(crowded, ANALYST, "reoffending_rate", scheme).frame.height == 0
    # Written out for reading, it is still one label in quotes.
    assert crowded.query(cohort.statement(crowded, ANALYST, "reoffending_rate", scheme))["n"].to_list() == [0]
    assert crowded.query("select count(*) as people from people")["people"][0] > 0


def test_a_breakdown_that_does_not_apply_is_said(crowded):
    with pytest.raises(UnknownDimension, match="step does not apply to reoffending_rate"):
        cohort.sizes(crowded, ANALYST, "reoffending_rate", Selection({"step": "letter"}))
    assert "step" in DIMENSIONS
