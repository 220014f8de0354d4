"""Figures kept between runs: as worked out afresh, and never those of another role, scheme, build or question."""

import inspect
from datetime import date
from itertools import permutations

import pytest

from dashboard import kept
from dashboard.kept import kept_figure
from queries import figures, quality
from queries.figures import figure, schemes
from queries.scope import NotPermitted, Viewer
from queries.warehouse import Warehouse, current_build
from tests.dashboard.figures import figure as by_hand
from tests.dashboard.figures import rate
from tests.sample_builds import builds as builds  # a fixture

RATE = "reoffending_rate"


@pytest.fixture
def warehouse(builds):
    return Warehouse.open(builds)


@pytest.fixture
def worked_out(monkeypatch):
    """Return what was really worked out, each time."""
    asked = []

    def counting(*question):
        asked.append(question)
        return figure(*question)

    monkeypatch.setattr(kept, "figure", counting)
    return asked


def outcome(ask, *question):
    """Return everything that somebody is shown of a question: the rows and what they are of, or the refusal."""
    try:
        found = ask(*question)
    except NotPermitted as refused:
        return str(refused)
    return found.frame.to_dicts(), found.where, found.by, found.published, found.notes, found.build


def test_whoever_asked_before_everybody_gets_what_is_theirs(warehouse):
    one, two = schemes(warehouse, Viewer.analyst())["scheme"][:2]
    viewers = [
        Viewer.board(), Viewer.analyst(), Viewer.manager(one), Viewer.manager(two), Viewer.manager(one, two),
        Viewer.manager(),
    ]  # fmt: skip
    questions = [
        ((), {}),
        ((), {"scheme": one, "ppo": "yes"}),
        (("sex",), {"ppo": "yes"}),
        (("scheme",), {"ppo": "yes"}),
    ]
    for by, where in questions:
        afresh = {viewer: outcome(figure, warehouse, viewer, RATE, by, where) for viewer in viewers}
        for first, second in permutations(viewers, 2):
            for viewer in (first, second):
                assert outcome(kept_figure, warehouse, viewer, RATE, by, where) == afresh[viewer]
    assert outcome(figure, warehouse, viewers[0], RATE, (), {"scheme": one, "ppo": "yes"}) != outcome(
        figure, warehouse, viewers[1], RATE, (), {"scheme": one, "ppo": "yes"}
    ), "otherwise nothing could have been mixed up"


def test_the_same_question_is_worked_out_once(warehouse, worked_out):
    for subject in ("ada", "ben"):
        kept_figure(warehouse, Viewer.analyst(subject), RATE, ("sex",), {"ppo": "yes"})
    assert len(worked_out) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"name": "reoffences_per_offender"},
        {"by": ("age_band",)},
        {"where": {"ppo": "no"}},
        {"where": {}},
        {"period": "2008/09"},
        {"cohort": "calendar_year"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_question_is_worked_out(warehouse, worked_out, other):
    asked = {"name": RATE, "by": ("sex",), "where": {"ppo": "yes"}}
    kept_figure(warehouse, Viewer.analyst(), **asked)
    kept_figure(warehouse, Viewer.analyst(), **asked | other)
    assert len(worked_out) == 2


def test_another_month_end_is_worked_out(warehouse, worked_out):
    for day in (date(2010, 3, 31), date(2010, 6, 30)):
        assert kept_figure(warehouse, Viewer.analyst(), "caseload", as_at=day).as_at == day
    assert len(worked_out) == 2


def test_another_build_is_asked_though_it_has_the_same_name(builds, warehouse, worked_out):
    other = Warehouse.open_build(current_build(builds))
    for each in (warehouse, other):
        kept_figure(each, Viewer.analyst(), RATE)
    assert len(worked_out) == 2


def test_a_refusal_is_judged_each_time(warehouse, worked_out):
    for _ in range(2):
        with pytest.raises(NotPermitted):
            kept_figure(warehouse, Viewer.board(), RATE, ("sex", "age_band"))
    assert len(worked_out) == 2


def test_what_somebody_does_to_a_figure_is_not_what_the_next_one_gets(warehouse):
    first = kept_figure(warehouse, Viewer.analyst(), RATE, where={"ppo": "yes"})
    first.where["ppo"] = "no"
    first.frame.replace_column(0, first.frame.to_series(0).rename("spoilt"))
    again = kept_figure(warehouse, Viewer.analyst(), RATE, where={"ppo": "yes"})
    assert again.where == {"ppo": "yes"}
    assert "spoilt" not in again.frame.columns


def test_the_oldest_goes_when_there_are_many(warehouse, worked_out, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    for sex in ("male", "female", "not_known", "male"):
        kept_figure(warehouse, Viewer.analyst(), RATE, where={"sex": sex})
    assert len(worked_out) == 4


def test_all_that_a_figure_depends_on_is_asked_for_here():
    """A new parameter of the road would be left out of what a figure is kept under; a new field of a viewer, too."""
    assert list(inspect.signature(figures.figure).parameters) == list(inspect.signature(kept_figure).parameters)
    assert set(Viewer.__dataclass_fields__) == {"role", "schemes", "subject"}


@pytest.fixture
def drawn():
    """Return something that is drawn of figures, and what was really drawn, each time."""
    figures_drawn = []

    @kept.kept
    def draw(figure, head):
        figures_drawn.append((figure, head))
        return f"{head}: {figure.frame['numerator'].to_list()}"

    return draw, figures_drawn


def of_men(reoffended: int, **more):
    return by_hand(RATE, [rate(reoffended, 40, sex="male")], by=("sex",), **more)


def test_a_chart_of_the_same_figure_is_drawn_once(drawn):
    draw, figures_drawn = drawn
    assert [draw(of_men(10), "Men") for _ in range(3)] == ["Men: [10]"] * 3
    assert len(figures_drawn) == 1


@pytest.mark.parametrize(
    ("other", "head"),
    [
        (of_men(11), "Men"),
        (of_men(10, where={"scheme": "S001"}), "Men"),
        (of_men(10, status="provisional"), "Men"),
        (by_hand("share_of_offenders", [rate(10, 40, sex="male")], by=("sex",)), "Men"),
        (of_men(10), "Women"),
    ],
    ids=["another row", "another filter", "another status", "another measure", "another heading"],
)
def test_a_chart_of_anything_else_is_drawn_again(drawn, other, head):
    draw, figures_drawn = drawn
    draw(of_men(10), "Men")
    draw(other, head)
    assert len(figures_drawn) == 2


def test_the_schemes_of_one_viewer_are_not_those_of_another(warehouse):
    everything = schemes(warehouse, Viewer.analyst())
    one, two = everything["scheme"][:2]
    for viewer, expected in (
        (Viewer.analyst(), everything["scheme"].to_list()),
        (Viewer.manager(one), [one]),
        (Viewer.manager(two), [two]),
        (Viewer.manager(), []),
    ):
        for _ in range(2):
            assert kept.kept_schemes(warehouse, viewer)["scheme"].to_list() == expected


def test_what_is_said_of_a_build_is_asked_once_of_each(builds, warehouse):
    asked = []

    def targets(of, *given):
        asked.append((of, *given))
        return quality.targets(of, *given)

    (one,) = warehouse.query("select measure, period, scheme_id from targets order by all limit 1").rows()
    other = ("no_such_measure", *one[1:])
    for question in (one, other, one, other):
        found = kept.kept_about_build(targets, warehouse, *question)
        assert found.equals(quality.targets(warehouse, *question))
        assert found.height == (question == one)
    assert asked == [(warehouse, *one), (warehouse, *other)]
    another = Warehouse.open_build(current_build(builds))
    kept.kept_about_build(targets, another, *one)
    assert asked[2:] == [(another, *one)]


def test_two_questions_about_a_build_are_not_each_other_s(warehouse):
    for ask in (quality.files, quality.checks, quality.files):
        assert kept.kept_about_build(ask, warehouse).equals(ask(warehouse))
