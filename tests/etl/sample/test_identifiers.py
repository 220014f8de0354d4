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


def test_cro_numbers_are_padded_and_those_of_small_files_are_not() -> None:
    assert identifiers.cro_number(np.array([1991]), np.array([65656])).to_list() == ["065656/91H"]
    small = identifiers.cro_small_file(np.array([2005, 1983]), np.array([482703, 50058]))
    assert small.to_list() == ["SF05/482703J", "SF83/50058Z"]


def test_asn_leaves_the_unit_out_of_its_sum() -> None:
    for unit in ("ZD", "AA"):
        asn = identifiers.asn(np.array([2011]), pl.Series(["01"]), pl.Series([unit]), np.array([448754]))
        assert asn.to_list() == [f"1101{unit}0100000448754K"]
