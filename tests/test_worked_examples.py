"""The worked examples on the Methods page are those that the tests make now, and say what was worked out by hand."""

from dashboard.methods import examples
from queries.catalogue import measures
from tests import worked_examples


def test_the_committed_examples_are_those_of_the_tests_as_they_are():
    assert worked_examples.PAGE.read_text(encoding="utf-8") == worked_examples.text(), (
        "run: python -m tests.worked_examples"
    )


def test_every_measure_has_one_with_somebody_in_it():
    assert examples().keys() == measures().keys()
    assert all(made["units"] and made["figure"] and made["tables"] for made in examples().values())


def test_an_example_says_what_its_test_worked_out_by_hand():
    """The first stages of a case are those of STAGES in tests/test_hand_measures.py; C has no arrest, F is too old."""
    made = examples()["offence_to_arrest_days"]
    assert made["test"] == "tests/test_hand_measures.py"
    days = {person: found for person, _, found in made["units"]}
    assert days == {"A": 2, "B": 0, "D": 20, "E": 3653}
    assert made["figure"] == [[2 + 0 + 20 + 3653, 4]]
    assert made["tables"]["offences"][6][-1] == "ten years"
