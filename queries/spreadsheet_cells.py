"""What may stand in a cell of a text file that somebody will open in a spreadsheet program."""

import re
from typing import Any

BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet program takes for the beginning of a formula, in letters of either width."""

NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]*)?([eE][+-]?[0-9]+)?%?|-")
"""A number, or the dash that stands for none: neither is run, and a mark would make text of it."""


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet program runs: text that looks like a formula is marked as text."""
    if not isinstance(value, str) or not value.startswith(BEGINS_FORMULA) or NUMBER.fullmatch(value):
        return value
    return f"'{value}"
