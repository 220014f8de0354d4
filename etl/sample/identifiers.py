"""How the agencies number people and arrests, with the check letters of the national computer.

The check letter is the number's remainder by 23, read from an alphabet without I, O and S. Only the last two
digits of a PNC year enter its sum; the unit of an arrest summons number is left out of its sum.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
_LETTERS = np.array(list(LETTERS))

Numbers = npt.NDArray[np.int64]
CRO_SERIALS = 999_999
CRNS = 23_000_000
PNC_SERIALS = 9_999_991
"""A prime: multiplying by anything smaller and taking the remainder never gives one serial twice."""


def check_letter(number: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return the check letters of whole numbers."""
    return _LETTERS[np.asarray(number, dtype="int64") % 23]


def _text(numbers: Numbers, width: int) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(width)


def pnc_id(year: Numbers, serial: Numbers) -> pl.Series:
    """Return `YYYY/NNNNNNNC`."""
    letter = pl.Series(check_letter((year % 100) * 10_000_000 + serial))
    return _text(year, 4) + "/" + _text(serial, 7) + letter


def pnc_serial(person: Numbers, seed: int) -> Numbers:
    """Return a serial that no two people of one world share, in an order that says nothing."""
    return (person * 3_141_593 + seed % PNC_SERIALS) % PNC_SERIALS + 1


def pnc_serial_in_year(chunk: int, chunks: int, rank: Numbers, seed: int) -> Numbers:
    """Return a serial that no two people of one year share, where there are not enough for all years together.

    `rank` is a person's place among those of the year in their chunk. Raises ValueError where a chunk has too many.
    """
    share = PNC_SERIALS // chunks
    if rank.max(initial=0) >= share:
        raise ValueError(f"A chunk must have at most {share:,} people of one year, got: {rank.max() + 1:,}")
    return pnc_serial(chunk * share + rank, seed)


def cro_serial(chunk: int, chunks: int, rank: Numbers) -> Numbers:
    """Return a serial for each person of a year, in the chunk's own share of the year's; 0 for those left without."""
    share = min(20_000, CRO_SERIALS // chunks)
    return np.where(rank < share, chunk * share + rank + 1, 0)


def case_numbers(person: Numbers, outgrows: bool) -> tuple[Numbers, Numbers]:
    """Return what a person's first and second probation case are numbered by: two for each, while there are as many.

    After that the second, which one person in fifty has, is counted down from the last.
    """
    return (person, CRNS - 1 - person // 50) if outgrows else (person * 2, person * 2 + 1)


def cro_number(year: Numbers, serial: Numbers) -> pl.Series:
    """Return `NNNNNN/YYC`."""
    letter = pl.Series(check_letter((year % 100) * 1_000_000 + serial))
    return _text(serial, 6) + "/" + _text(year % 100, 2) + letter


def cro_small_file(year: Numbers, serial: Numbers) -> pl.Series:
    """Return `SFYY/NC`: the serial is written, and summed, without padding."""
    digits = np.floor(np.log10(np.maximum(serial, 1))).astype("int64") + 1
    letter = pl.Series(check_letter((year % 100) * 10**digits + serial))
    return "SF" + _text(year % 100, 2) + "/" + pl.Series(serial).cast(pl.String) + letter


def asn(year: Numbers, force: pl.Series, unit: pl.Series, sequence: Numbers) -> pl.Series:
    """Return the 20 characters `YYFFUU01NNNNNNNNNNNC`, by custody system 01.

    The sum takes force, system, year and sequence; a force that is letters drops out of it.
    """
    short_year = year % 100
    tail = 10**13 + short_year * 10**11 + sequence
    force_number = force.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    letter = pl.Series(check_letter(force_number * 10**15 + tail))
    return _text(short_year, 2) + force + unit + "01" + _text(sequence, 11) + letter


def crn(number: Numbers) -> pl.Series:
    """Return a letter and six digits."""
    letter = pl.Series(np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))[number // 1_000_000 % 23])
    return letter + _text(number % 1_000_000, 6)


def noms_number(number: Numbers) -> pl.Series:
    """Return `A1234BC`."""
    alphabet = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))
    serial, rest = number % 10_000, number // 10_000
    first, second, third = rest // 529 % 23, rest // 23 % 23, rest % 23
    return pl.Series(alphabet[first]) + _text(serial, 4) + pl.Series(alphabet[second]) + pl.Series(alphabet[third])


def dip_id(number: Numbers) -> pl.Series:
    """Return `D` and eight digits."""
    return "D" + _text(number, 8)
