"""Dates, periods, labels and numbers, as people read them."""

from datetime import date

import pytest

from dashboard import words
from queries.dimensions import DIMENSIONS


def test_a_date_is_written_out():
    assert words.day(date(2010, 3, 31)) == "31 March 2010"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("2009/10", "April 2009 to March 2010"),
        ("1999/00", "April 1999 to March 2000"),
        ("2009", "January to December 2009"),
    ],
)
def test_a_period_is_written_out(label, expected):
    assert words.period(label) == expected


def test_several_periods_run_from_the_first_to_the_last():
    assert words.periods(("2009/10", "2007/08", "2008/09")) == "April 2007 to March 2010"


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("proportion", 0.749, "74.9%"),
        ("share", 0.0555, "5.5%"),
        ("share", -0.012, "−1.2%"),
        ("ratio", 4.7, "4.70"),
        ("days", 57.0, "57 days"),
        ("days", 1.0, "1 day"),
        ("days", 57.25, "57.2 days"),
        ("stock", 10635.0, "10,635"),
        ("survival", 0.1266, "12.7%"),
    ],
)
def test_a_value_is_written_by_its_kind(kind, number, expected):
    assert words.value(kind, number) == expected


def test_what_is_not_a_number_is_never_written():
    with pytest.raises(ValueError, match="must be a number"):
        words.value("proportion", float("nan"))


def test_an_interval_names_its_unit_once():
    assert words.interval("days", 51.0, 56.0) == "51 to 56 days"
    assert words.interval("proportion", 0.739, 0.758) == "73.9% to 75.8%"


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("proportion", -0.023, "2.3 percentage points"),
        ("proportion", 0.01, "1.0 percentage point"),
        ("ratio", -0.125, "0.12"),
        ("days", -5.0, "5 days"),
    ],
)
def test_a_difference_has_no_sign(kind, number, expected):
    assert words.difference(kind, number) == expected


def test_every_closed_label_has_words_without_underscores():
    written = {(name, each): words.label(name, each) for name, d in DIMENSIONS.items() for each in d.labels}
    assert {
        key for key, text in written.items() if "_" in text or (not text[:1].isupper() and not text[:1].isdigit())
    } == set()


def test_a_range_is_read_as_words():
    assert words.label("age_band", "18-20") == "18 to 20"
    assert words.label("previous_offences", "11+") == "11 or more"


def test_every_status_has_shorthand_or_needs_none_and_all_have_words():
    assert set(words.SHORTHAND) | {"ok", "final"} == set(words.STATUS)
    assert set(words.SHORTHAND.values()) == set(words.MEANING)
