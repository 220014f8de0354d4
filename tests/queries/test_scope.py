"""Who sees what: asked of the road itself, with what a hostile viewer might send."""

import inspect
import re

import pytest

from queries.catalogue import measures
from queries.dimensions import DIMENSIONS, UnknownDimension
from queries.figures import figure, schemes, units
from queries.scope import NotPermitted, Viewer
from queries.unit_rows import UnknownCohort
from queries.when import UnknownPeriod

BOARD, ANALYST = Viewer.board(), Viewer.analyst()
HOSTILE = ["'; drop table people; --", "x' or '1'='1", "sex) union select * from people --", "", "people", "*"]


@pytest.fixture(scope="module")
def two_schemes(crowded):
    found = schemes(crowded, ANALYST)["scheme"].to_list()
    return found[0], found[1]


@pytest.mark.parametrize("name", measures())
@pytest.mark.parametrize("text", HOSTILE)
def test_breakdowns_and_filters_come_from_the_closed_list(crowded, name, text):
    with pytest.raises(UnknownDimension):
        figure(crowded, ANALYST, name, by=(text,))
    with pytest.raises(UnknownDimension):
        figure(crowded, ANALYST, name, where={text: "yes"})


@pytest.mark.parametrize("text", [t for t in HOSTILE if t])
def test_a_label_is_only_ever_a_value(crowded, text):
    """Open labels (schemes, areas) are bound, so that a hostile one is a label that nobody has."""
    assert figure(crowded, ANALYST, "reoffending_rate", where={"scheme": text}).frame["n"].to_list() == [0]
    with pytest.raises(UnknownPeriod):
        figure(crowded, ANALYST, "reoffending_rate", period=text)
    with pytest.raises(UnknownCohort):
        figure(crowded, ANALYST, "reoffending_rate", cohort=text)
    assert crowded.query("select count(*) as people from people")["people"][0] > 0


@pytest.mark.parametrize("label", ["maybe", "'; drop table people; --"])
def test_a_closed_label_that_does_not_exist_is_named_with_the_list(crowded, label):
    with pytest.raises(UnknownDimension, match="ppo must be one of yes, no, not_known, got"):
        figure(crowded, ANALYST, "reoffending_rate", where={"ppo": label})


@pytest.mark.parametrize("name", measures())
def test_a_manager_gets_no_row_outside_their_schemes(crowded, two_schemes, name):
    own, other = two_schemes
    manager = Viewer.manager(own)
    if "scheme" in measures()[name].not_applicable:
        return
    rows = figure(crowded, manager, name, by=("scheme",)).frame
    assert set(rows["scheme"]) <= {own}
    exact = figure(crowded, ANALYST, name, where={"scheme": own}).frame
    assert figure(crowded, manager, name, where={"scheme": own}).frame.equals(exact)
    with pytest.raises(NotPermitted):
        figure(crowded, manager, name, where={"scheme": other}, by=("sex", "age_band"))


def test_a_forbidden_and_an_unknown_scheme_are_answered_alike(crowded, two_schemes):
    own, other = two_schemes
    answers = []
    for scheme in (other, "S-NOBODY"):
        with pytest.raises(NotPermitted) as refused:
            figure(crowded, Viewer.manager(own), "reoffending_rate", where={"scheme": scheme}, by=("sex", "age_band"))
        answers.append(str(refused.value))
    assert answers[0] == answers[1]


class Overheard:
    """A warehouse that tells the queries that were asked of it, and how DuckDB would go about each."""

    def __init__(self, warehouse):
        self.warehouse = warehouse
        self.build = warehouse.build
        self.asked: list[tuple[str, list[str], str]] = []

    def query(self, text, parameters=None):
        wanted = {name: value for name, value in (parameters or {}).items() if f"${name}" in text}
        plan = self.warehouse.query(f"explain {text}", wanted)["explain_value"].str.join("\n").item()
        self.asked.append((text, sorted(wanted), plan))
        return self.warehouse.query(text, parameters)

    # What a build answers once it answers here every time, so that each asking of it is heard.
    query_once = query


@pytest.mark.parametrize("name", ["reoffending_rate", "caseload", "arrest_to_sentence_days"])
@pytest.mark.parametrize("by", [(), ("sex",), ("scheme",)])
@pytest.mark.parametrize("viewer", [BOARD, Viewer.manager("W0001A")], ids=lambda viewer: viewer.role)
def test_a_forbidden_and_an_unknown_scheme_are_looked_for_in_the_same_way(crowded, two_schemes, name, by, viewer):
    """The same queries, in the same order, by the same plans: nothing is asked of one and not of the other."""
    own, other = two_schemes
    viewer = Viewer.manager(own) if viewer.role == "manager" else viewer
    told = []
    for scheme in (other, "S-NOBODY"):
        heard, answer = Overheard(crowded), None
        try:
            found = figure(
                heard, viewer, name, by, {"scheme": scheme, **({} if by == ("scheme",) else {"sex": "male"})}
            )
            answer = found.frame.to_dicts()
        except NotPermitted as refused:
            answer = str(refused)
        told.append((answer, [(text, names) for text, names, _ in heard.asked], len(heard.asked)))
        plans = [_without_labels(plan, scheme) for *_, plan in heard.asked]
        told[-1] = (*told[-1], plans)
    assert told[0] == told[1]


def _without_labels(plan: str, scheme: str) -> str:
    """Return a plan without the label that was asked for, or the guess at how many rows have it."""
    return " ".join(re.sub(r"[^\w$.=()]+|~?[\d,]+ rows?", " ", plan.replace(scheme, "X")).split())


@pytest.mark.parametrize(
    ("by", "where"),
    [
        (("person_id",), {}),
        (("unit_id",), {}),
        (("scheme", "person_id"), {}),
        ((), {"person_id": "1"}),
        (("age",), {}),
        (("numerator_people",), {}),
        (("own_scheme",), {}),
        (("main",), {}),
    ],
)
@pytest.mark.parametrize("viewer", [BOARD, ANALYST], ids=lambda viewer: viewer.role)
def test_a_column_that_is_no_breakdown_cannot_be_asked_for_by_its_name(crowded, viewer, by, where):
    with pytest.raises(UnknownDimension):
        figure(crowded, viewer, "reoffending_rate", by, where)


def test_the_road_does_not_run_without_a_viewer():
    for asks in (figure, units, schemes):
        needed = inspect.signature(asks).parameters["viewer"]
        assert needed.default is inspect.Parameter.empty


@pytest.mark.parametrize("viewer", [BOARD, Viewer.manager("W0001A")])
def test_unit_rows_are_for_analysts(crowded, viewer):
    with pytest.raises(NotPermitted):
        units(crowded, viewer, "reoffending_rate")


@pytest.mark.parametrize(
    "asked",
    [
        {"by": ("sex", "age_band")},
        {"where": {"sex": "female"}},
        {"where": {"ppo": "no"}},
        {"period": "all"},
        {"cohort": "calendar_year"},
        {"by": ("month",)},
        {"by": ("area",)},
        {"where": {"scheme": "nowhere"}},
    ],
)
def test_a_board_reaches_the_published_tables_and_nothing_else(crowded, asked):
    with pytest.raises(NotPermitted, match="not one of the published tables"):
        figure(crowded, BOARD, "reoffending_rate", **asked)


def test_every_way_of_asking_as_a_board_gives_no_exact_small_cell(crowded):
    """Whatever one breakdown, scheme and period a board asks for, no count of one to four people comes back."""
    asked = refused = 0
    for name, measure in measures().items():
        for dimension in (None, *DIMENSIONS):
            for scheme in (None, *schemes(crowded, BOARD)["scheme"].to_list()[:4]):
                where = ({"scheme": scheme} if scheme else {}) | ({"ppo": "yes"} if "ppo" in measure.dimensions else {})
                period = {} if measure.at_month_end else {"period": "each"}
                try:
                    frame = figure(
                        crowded, BOARD, name, by=(dimension,) if dimension else (), where=where, **period
                    ).frame
                except NotPermitted:
                    refused += 1
                    continue
                asked += 1
                shown = frame.filter(frame["status"] != "confidential")
                assert not shown["n"].is_between(1, 4).any(), (name, dimension, scheme)
                if measure.kind == "proportion":
                    assert not shown["numerator"].is_between(1, 4).any(), (name, dimension, scheme)
                    assert not (shown["denominator"] - shown["numerator"]).is_between(1, 4).any()
                hidden = frame.filter(frame["status"] == "confidential")
                numbers = [
                    c for c in hidden.columns if hidden.schema[c].is_numeric() and c not in ("months", "top_share")
                ]
                assert hidden.select(numbers).null_count().sum_horizontal().sum() == hidden.height * len(numbers)
    assert asked > 100
    assert refused > 100


def test_the_warehouse_cannot_be_written_or_reached_past(crowded):
    for text in (
        "create table mine (a integer)",
        "delete from people",
        "select * from read_text('pyproject.toml')",
        "attach 'elsewhere.duckdb'",
        "set enable_external_access = true",
        "set threads = 1",
        "install httpfs",
        "copy people to 'people.csv'",
    ):
        with pytest.raises(Exception, match=r"(?i)read-only|disabled|locked|permission|cannot|external"):
            crowded.query(text)


@pytest.mark.parametrize("text", ["manager", "manager:", "chief", "analyst:S1", ""])
def test_a_viewer_that_is_not_one_is_refused(text):
    with pytest.raises(ValueError, match="A viewer is board, analyst or manager:SCHEME"):
        Viewer.named(text)
