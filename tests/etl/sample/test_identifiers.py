"""Check letters, against identifiers that are public test data."""

import numpy as np
import polars as pl
import pytest

from etl.sample import identifiers


@pytest.mark.parametrize(
    ("year", "serial", "written"),
    [
        (1981, 34, "1981/0000034U"),
        (2002, 73319, "2002/0073319Z"),
        (2000, 223, "2000/0000223R"),
        (1979, 163001, "1979/0163001B"),
        (1967, 9893091, "1967/9893091D"),
    ],
)
def test_pnc_id(year: int, serial: int, written: str) -> None:
    assert identifiers.pnc_id(np.array([year]), np.array([serial])).to_list() == [written]


def test_pnc_serials_are_nobody_elses() -> None:
    serial = identifiers.pnc_serial(np.arange(1, 400_000), seed=3)
    assert len(np.unique(serial)) == len(serial)
    assert serial.min() >= 1
    assert serial.max() <= 9_999_999


def test_in_several_nations_nobody_has_the_number_of_another() -> None:
    """Ten chunks of people of one year and another, as many as four nations have in each."""
    years, serials, cro = [], [], []
    for chunk in range(130, 140):
        rank = np.arange(12_000)
        for year in (1999, 2005):
            years.append(np.full(len(rank), year))
            serials.append(identifiers.pnc_serial_in_year(chunk, 144, rank, seed=7))
            cro.append(identifiers.cro_serial(chunk, 144, rank))
    ids = identifiers.pnc_id(np.concatenate(years), np.concatenate(serials))
    assert ids.n_unique() == len(ids) == 240_000
    assert (ids.str.len_chars() == 13).all()
    given = [one[one > 0] for one in cro[::2]]
    assert [len(one) for one in given] == [999_999 // 144] * 10, "the others have none"
    assert len(np.unique(np.concatenate(given))) == sum(map(len, given))
    assert max(one.max() for one in given) <= 999_999
    with pytest.raises(ValueError, match="at most 69,444 people of one year, got: 69,445"):
        identifiers.pnc_serial_in_year(0, 144, np.arange(69_445), seed=7)


def test_case_numbers_are_nobody_elses() -> None:
    """Of four nations everybody has one, one person in fifty a second, and strangers have theirs."""
    for outgrows, people, strangers in ((False, 7_420_000, 9_000_000), (True, 14_840_000, 18_000_000)):
        person = np.arange(11, people, 50)
        first, second = identifiers.case_numbers(person, outgrows)
        theirs, _ = identifiers.case_numbers(strangers + np.arange(36_000), outgrows)
        everybody = np.concatenate([first, second, theirs])
        assert len(np.unique(everybody)) == len(everybody)
        assert everybody.min() >= 0
        assert everybody.max() < 23_000_000
        last, _ = identifiers.case_numbers(np.array([people]), outgrows)
        assert last[0] < min(theirs.min(), second.min() if outgrows else theirs.min())


def test_cro_numbers_are_padded_and_those_of_small_files_are_not() -> None:
    assert identifiers.cro_number(np.array([1991]), np.array([65656])).to_list() == ["065656/91H"]
    small = identifiers.cro_small_file(np.array([2005, 1983]), np.array([482703, 50058]))
    assert small.to_list() == ["SF05/482703J", "SF83/50058Z"]


def test_asn_leaves_the_unit_out_of_its_sum() -> None:
    for unit in ("ZD", "AA"):
        asn = identifiers.asn(np.array([2011]), pl.Series(["01"]), pl.Series([unit]), np.array([448754]))
        assert asn.to_list() == [f"1101{unit}0100000448754K"]
