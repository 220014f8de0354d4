"""The pipe-table parser that the hand-worked tests stand on."""

import pytest

from tests.tables import comments, table

TEXT = """
    person | committed  | proved
    -------|------------|-----------
    A      | 2009-04-02 | 2009-06-01
    B      | 2010-04-02 |             # a day after the year: too late

"""


def test_rows_are_dicts_of_text_and_empty_cells_are_none():
    assert table(TEXT) == [
        {"person": "A", "committed": "2009-04-02", "proved": "2009-06-01"},
        {"person": "B", "committed": "2010-04-02", "proved": None},
    ]


def test_comments_are_the_reasons_rows_do_not_count():
    assert comments(TEXT) == ["a day after the year: too late"]


def test_a_single_column_keeps_its_rows():
    assert table("person\nA\nB  # not known") == [{"person": "A"}, {"person": "B"}]


def test_a_row_of_the_wrong_width_is_named():
    with pytest.raises(ValueError, match=r"needs 2 cells, got 3: A \| B \| C"):
        table("one | two\nA | B | C")


def test_a_row_of_empty_cells_needs_something_in_it():
    assert table("a | b\n  |  \nx | ") == [{"a": "x", "b": None}]
