"""Identifiers in one form, and their check letters, on published examples and on what people make of them."""

import duckdb
import pytest

from etl.identifiers import teach

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


@pytest.fixture(scope="module")
def connection():
    connection = duckdb.connect()
    teach(connection)
    return connection


def value(connection, macro: str, written: str | None, *more):
    """Return what a macro makes of a text, read from a table as in intake and not worked out beforehand."""
    connection.execute("create or replace temp table written as select ?::varchar as x", [written])
    if macro == "as_asn":
        return connection.execute("select as_asn(x, asn_head(x), asn_tail(x)) from written").fetchall()[0][0]
    arguments = ", ".join(["x", *map(str, more)])
    return connection.execute(f"select {macro}({arguments}) from written").fetchall()[0][0]


@pytest.mark.parametrize(
    "published",
    ["1981/0000034U", "2002/0073319Z", "2000/0000223R", "1979/0163001B", "1967/9893091D"],
)
def test_published_pnc_ids_pass_and_no_other_letter_does(connection, published):
    assert value(connection, "as_pnc", published, 2010) == published
    others = [letter for letter in LETTERS + "IOS" if letter != published[-1]]
    assert [value(connection, "as_pnc", published[:-1] + letter, 2010) for letter in others] == [None] * len(others)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("81/34U", "1981/0000034U"),
        ("81/0000034U", "1981/0000034U"),
        ("1981/34U", "1981/0000034U"),
        ("198100000034U", None),  # eight digits of serial
        ("19810000034U", "1981/0000034U"),
        ("810000034U", "1981/0000034U"),
        ("8134U", "1981/0000034U"),
        (" 1981/0000034u ", "1981/0000034U"),
        ("1981 / 0000034U", "1981/0000034U"),
        ("02/73319Z", "2002/0073319Z"),
        ("67/9893091D", "1967/9893091D"),  # 67 is after the extract's 10: the last century
        ("10/0000002D", "2010/0000002D"),  # 100000002 leaves 4: the year of the extract itself
        ("2081/0000034U", None),  # the sum is blind to the century; the year is after the extract
        ("1881/0000034U", None),
        ("1981/0000034", None),
        ("1981/00000034U", None),
        ("81/U", None),
        ("-81/0000034U", None),
        ("1981-0000034U", None),
        ("", None),
        (None, None),
    ],
)
def test_pnc_forms(connection, written, canonical):
    assert value(connection, "as_pnc", written, 2010) == canonical


def test_a_two_digit_year_is_of_the_extracts_century_not_todays(connection):
    # 15 comes after an extract of 2010, and before one of 2020: 150000001 leaves 4.
    assert LETTERS[150000001 % 23] == "D"
    assert value(connection, "as_pnc", "15/1D", 2010) == "1915/0000001D"
    assert value(connection, "as_pnc", "15/1D", 2020) == "2015/0000001D"


def test_looking_up_gives_the_same_form_as_checking(connection):
    for written in ("1981/0000034U", "81/34U", "19810000034u", "02/73319Z"):
        assert value(connection, "as_pnc_to_look_up", written, 2010) == value(connection, "as_pnc", written, 2010)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("065656/91H", "065656/91H"),
        ("65656/91H", "065656/91H"),
        (" 65656/91h", "065656/91H"),
        ("06565691H", "065656/91H"),
        ("065656/91J", None),
        ("SF05/482703J", "SF05/482703J"),
        ("SF83/50058Z", "SF83/50058Z"),
        ("SF8350058Z", "SF83/50058Z"),
        ("SF83/050058Z", None),  # small file serials are not padded
        ("sf83/50058z", "SF83/50058Z"),
        ("65656/1991H", None),
        ("12A456/91H", None),
        (None, None),
    ],
)
def test_cro_forms(connection, written, canonical):
    assert value(connection, "as_cro", written) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1101ZD0100000448754K", "1101ZD0100000448754K"),
        ("11/01ZD/01/448754K", "1101ZD0100000448754K"),
        ("11/01ZD/01/00000448754K", "1101ZD0100000448754K"),
        (" 1101zd0100000448754k ", "1101ZD0100000448754K"),
        ("11A01ZD0100000448754K", "11A01ZD0100000448754K"),  # a top-level letter enters no sum
        ("11/A01ZD/01/448754K", "11A01ZD0100000448754K"),
        ("1101XX0100000448754K", "1101XX0100000448754K"),  # nor does the unit
        ("1102ZD0100000448754K", None),
        ("1101ZD0200000448754K", None),
        ("1201ZD0100000448754K", None),
        ("1101ZD0100000448755K", None),
        ("1101ZD0100000448754L", None),
        ("1101ZD010000044875K", None),
        ("1101ZD0100000448754", None),
        ("+101ZD0100000448754K", None),
        (None, None),
    ],
)
def test_asn_forms(connection, written, canonical):
    assert value(connection, "as_asn", written) == canonical


def test_asn_remainders_are_those_of_the_whole_number(connection):
    for year, force, system, sequence in [
        (0, 1, 1, 0),
        (99, 63, 99, 99999999999),
        (7, 10, 0, 12345678901),
        (85, 2, 47, 1),
    ]:
        whole = int(f"{force:02}{system:02}{year:02}{sequence:011}")
        written = f"{year:02}{force:02}ZD{system:02}{sequence:011}{LETTERS[whole % 23]}"
        assert value(connection, "as_asn", written) == written
        # The quick way and the pattern's agree: the pattern reads a display form.
        assert value(connection, "as_asn", f"{written[:2]}/{written[2:6]}/{written[6:8]}/{written[8:]}") == written


def test_letters_of_force_and_system_are_left_out_of_the_asn_sum(connection):
    # Force 5A and system P1: 5, 1, year 09 and the sequence enter the sum.
    letter = LETTERS[int("5" + "1" + "09" + "00000000042") % 23]
    assert value(connection, "as_asn", f"095AZDP100000000042{letter}") == f"095AZDP100000000042{letter}"


@pytest.mark.parametrize(
    ("macro", "written", "canonical"),
    [
        ("as_crn", "x320741 ", "X320741"),
        ("as_crn", "320741", None),
        ("as_crn", "XX20741", None),
        ("as_noms", "a1234bc", "A1234BC"),
        ("as_noms", "A123BC", None),
        ("as_dip", " d 100", "D100"),
        ("as_dip", "", None),
        ("as_dip", "D" * 31, None),
        ("plain_ho_class", "028/03", "028/03"),
        ("plain_ho_class", "02803", "028/03"),
        ("plain_ho_class", "28/3", None),
        ("plain_offence_code", "th68010", "TH68010"),
        ("plain_offence_code", " TH68010A ", "TH68010A"),
        ("plain_offence_code", "Th68010", "TH68010"),
        ("plain_offence_code", "X" * 21, None),
    ],
)
def test_other_forms(connection, macro, written, canonical):
    assert value(connection, macro, written) == canonical


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2009-04-01", "2009-04-01"),
        ("2009-4-1", "2009-04-01"),
        (" 2009-04-01 ", "2009-04-01"),
        ("2009-04-01 00:00:00", "2009-04-01"),
        ("2009-04-01T00:00:00.000Z", "2009-04-01"),
        ("01/04/2009", "2009-04-01"),
        ("1/4/2009", "2009-04-01"),
        ("01/04/2009 00:00", "2009-04-01"),
        ("13/04/2009", "2009-04-13"),
        ("04/13/2009", None),  # a US date
        ("29/02/2008", "2008-02-29"),
        ("29/02/2009", None),
        ("2009-02-29", None),
        ("39904", "2009-04-01"),  # as Excel counts days
        ("9999-12-31", "9999-12-31"),  # after any extract: intake judges it there
        ("0001-01-01", "0001-01-01"),
        ("2009-04-01 13:30", "2009-04-01"),  # the time is left out
        ("2009-04-01 x", None),
        ("01/04/09", None),
        ("01/04/2009 25:00 x", None),
        ("20090401", "2009-04-01"),
        ("1 April 2009", "2009-04-01"),
        ("epoch", None),
        ("infinity", None),
        ("2009", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_iso_or_british_and_never_american(connection, written, day):
    connection.execute("create or replace temp table written as select ?::varchar as x", [written])
    assert connection.execute("select cast(as_date(x) as varchar) from written").fetchall()[0][0] == day


@pytest.mark.parametrize(
    ("written", "number"),
    [("1", 1), (" 12 ", 12), ("012", 12), ("120.0", 120), ("-1", -1), ("12.5", None), ("1e3", None), ("0x10", None),
     ("1_0", None), ("9999999999", None), ("one", None), (".5", None), (None, None)],
)  # fmt: skip
def test_whole_numbers(connection, written, number):
    assert value(connection, "as_integer", written) == number
