"""Cells that a spreadsheet program would run are marked as text, and others are left as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.spreadsheet_cells import BEGINS_FORMULA, safe_cell


@pytest.mark.parametrize(
    "text",
    ["=1+1", "=", "+A1", "-A1", "--1", "-2+3", "-1,2+A1", "+1\n", "-inf", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1+1"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_marked_as_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", ["2009/10", "10-14", "a=b", "-2", "+3.5", "-1,234.5", "+12.0%", "-1e-05", "-", "−39.0%", "", 5, -2, None]
)
def test_other_cells_are_left_as_they_are(value):
    assert safe_cell(value) == value


@given(st.text(st.sampled_from("=+-@\t\r\n.,%eE0123456789A'(")) | st.text())
def test_what_is_left_at_the_beginning_of_a_formula_is_a_number_or_a_dash(text):
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    if cell.startswith(BEGINS_FORMULA) and cell != "-":
        float(cell.removesuffix("%").replace(",", ""))
