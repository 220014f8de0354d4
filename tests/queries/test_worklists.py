"""Whose worklists somebody may have: asked of the lists themselves, with what a hostile viewer might send."""

import inspect

import pytest

from queries import worklists
from queries.figures import schemes
from queries.scope import NotPermitted, Viewer
from tests.queries.test_scope import HOSTILE

LISTS = pytest.mark.parametrize(
    "asked", [worklists.overdue_steps, worklists.candidates], ids=lambda each: each.__name__
)


class Unasked:
    """A warehouse that nothing may be asked of."""

    def query(self, text, parameters=None):
        raise AssertionError("Something was looked up for somebody who may not have it.")


@pytest.fixture(scope="module")
def known(crowded) -> list[str]:
    """Return the schemes of the crowd, fullest lists first."""
    names = schemes(crowded, Viewer.analyst())["scheme"].to_list()
    return sorted(names, key=lambda each: -worklists.overdue_steps(crowded, Viewer.manager(each)).frame.height)


@LISTS
def test_a_manager_gets_the_people_of_their_own_schemes_and_of_no_other(crowded, known, asked):
    """All of a manager's schemes together are each of them by itself, and nothing more."""
    alone = {each: asked(crowded, Viewer.manager(each)).frame.rows() for each in known}
    assert sum(map(bool, alone.values())) > 1, "there is something on the lists of several schemes"
    for scheme, rows in alone.items():
        assert {row[0] for row in rows} <= {scheme}
    two = [each for each in known if alone[each]][:2]
    both = asked(crowded, Viewer.manager(*two)).frame.rows()
    key = repr
    assert sorted(both, key=key) == sorted([*alone[two[0]], *alone[two[1]]], key=key)
    assert asked(crowded, Viewer.manager(*two), two[0]).frame.rows() == alone[two[0]]


@LISTS
@pytest.mark.parametrize("viewer", [Viewer.board(), Viewer.analyst(), Viewer.manager()], ids=repr)
def test_nobody_but_a_manager_of_some_scheme_gets_one(known, asked, viewer):
    for scheme in (None, known[0]):
        with pytest.raises(NotPermitted):
            asked(Unasked(), viewer, scheme)


@LISTS
def test_another_scheme_and_none_are_refused_alike_and_nothing_is_looked_up(known, asked):
    answers = set()
    for scheme in (known[1], "S-NOBODY", *HOSTILE, f"{known[0]}|{known[1]}", known[0].lower(), f"{known[0]} "):
        with pytest.raises(NotPermitted) as refused:
            asked(Unasked(), Viewer.manager(known[0]), scheme)
        answers.add(str(refused.value))
    assert len(answers) == 1


@LISTS
@pytest.mark.parametrize("text", [*HOSTILE, "S1'], true) or list_contains(['"])
def test_sql_in_the_name_of_a_managers_scheme_is_a_name_that_nobody_has(crowded, asked, text):
    assert asked(crowded, Viewer.manager(text), text).frame.height == 0
    assert crowded.query("select count(*) as people from people")["people"][0] > 0


@LISTS
def test_a_list_has_a_persons_number_and_nothing_else_that_is_theirs_to_be_known_by(crowded, known, asked):
    columns = set(asked(crowded, Viewer.manager(*known)).frame.columns)
    assert columns == {"scheme", "person_id"} | (
        {"step", "counts_from", "due_on", "days_overdue"}
        if asked is worklists.overdue_steps
        else {"nominated_on", "decision", "left_on", "rules"}
    )


@LISTS
def test_no_list_is_made_without_a_viewer(asked):
    assert inspect.signature(asked).parameters["viewer"].default is inspect.Parameter.empty


@LISTS
def test_an_empty_warehouse_has_empty_lists(empty, asked):
    found = asked(empty, Viewer.manager("S1"))
    assert (found.frame.height, found.people) == (0, 0)
