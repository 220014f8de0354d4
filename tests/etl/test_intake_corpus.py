"""Files as they really come: each is taken in with every row accounted for, or stops with what to do.

What must become of each value is worked out beside it. The good row of every file is that of tests/etl/extracts.py.
"""

import io
from datetime import date, datetime

import pytest
import xlsxwriter

from etl.contracts import BY_NAME
from etl.intake import IntakeStopped
from tests.etl.extracts import GOOD, Taken, covers, csv_of, good, taken_in
from tests.etl.test_intake_files import pnc, stopped

NBSP = "\u00a0"
HEADER = ",".join(GOOD["police/people"])


def people(number: int, **changes: str) -> dict[str, str]:
    """Return the row of a person of their own."""
    return good("police/people", pnc_id=pnc(number), cro_number="", **changes)


def lines(rows: list[dict[str, str]]) -> list[str]:
    """Return rows as lines of a CSV file without its header."""
    return csv_of(rows).splitlines()[1:]


def workbook(*sheets: list[list], dates: str = "dd/mm/yyyy") -> bytes:
    """Return a workbook with a sheet for each list of rows, its days as days, its numbers as numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": dates, "strings_to_formulas": False})
    for rows in sheets:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, Formula):
                    sheet.write_formula(at, place, value.text, None, value.result)
                elif value not in ("", None):
                    sheet.write(at, place, value)
    book.close()
    return out.getvalue()


class Formula:
    """A cell with a formula and the result that was stored with it."""

    def __init__(self, text: str, result: str | int):
        self.text, self.result = text, result


# ── Values ──────────────────────────────────────────────────────────────────────────────────────
# For each: the file, the column, what is written, the value that is read, and the rule: of a repair, or of the fault
# for which the value is nulled ("!" before it) or the row quarantined ("!!").

VALUES = [
    ("police/people", "surname", f"Van{NBSP}Dyke{NBSP}", "Van Dyke", "stray_characters"),
    ("police/people", "surname", "“Ashe”", "Ashe", "stray_characters"),
    ("police/people", "surname", '"Ashe"', "Ashe", "stray_characters"),
    ("police/people", "surname", "\ufeffAshe\u200b", "Ashe", "stray_characters"),
    ("police/people", "surname", "O’Shea", "O’Shea", None),  # an apostrophe of print is part of a name
    ("police/people", "surname", "'t Hooft", "'t Hooft", None),  # and so is one at its beginning
    ("police/people", "surname", "N/A", None, "!missing_value"),
    ("police/people", "surname", "#REF!", None, "!spreadsheet_error"),
    ("police/people", "surname", "#####", None, "!spreadsheet_error"),
    ("police/people", "postcode", "#N/A", None, "!spreadsheet_error"),
    ("police/people", "sex", "Male", "M", "code_in_words"),
    ("police/people", "sex", "not known", "U", "code_in_words"),
    ("police/people", "sex", f"M{NBSP}", "M", "stray_characters"),
    ("police/people", "sex", "Man", None, "!not_in_list"),
    ("police/people", "sex", "1", None, "!not_in_list"),  # 1 means male to some and nothing to the contract
    ("police/people", "ethnicity_observed", "White - North European", "1", "code_in_words"),
    ("police/people", "ethnicity_observed", "1.0", "1", "lost_leading_zero"),
    ("police/people", "ethnicity_observed", "1.5", None, "!not_in_list"),
    ("police/people", "ethnicity_self_defined", "White British", "W1", "code_in_words"),
    ("police/people", "ethnicity_self_defined", "White", None, "!not_in_list"),  # which of three
    ("police/people", "date_of_birth", "01/05/1980", date(1980, 5, 1), None),  # the contract's own second form
    ("police/people", "date_of_birth", "1/5/1980", date(1980, 5, 1), None),
    ("police/people", "date_of_birth", "01/05/1980 00:00:00", date(1980, 5, 1), None),
    ("police/people", "date_of_birth", "01.05.1980", date(1980, 5, 1), "date_in_other_form"),
    ("police/people", "date_of_birth", "1980/05/01", date(1980, 5, 1), None),
    ("police/people", "date_of_birth", "19800501", date(1980, 5, 1), "date_in_other_form"),
    ("police/people", "date_of_birth", "1 May 1980", date(1980, 5, 1), "date_in_other_form"),
    ("police/people", "date_of_birth", "01-MAY-1980", date(1980, 5, 1), "date_in_other_form"),
    ("police/people", "date_of_birth", "May 1, 1980", date(1980, 5, 1), "date_in_other_form"),
    ("police/people", "date_of_birth", f"1{NBSP}May{NBSP}1980", date(1980, 5, 1), "stray_characters"),
    ("police/people", "date_of_birth", "1980–05–01", date(1980, 5, 1), "stray_characters"),  # dashes of print
    ("police/people", "date_of_birth", '="01/05/1980"', date(1980, 5, 1), "stray_characters"),
    ("police/people", "date_of_birth", "'01/05/1980", date(1980, 5, 1), "stray_characters"),
    ("police/people", "date_of_birth", "29342", date(1980, 5, 1), "excel_serial"),  # days since 30 December 1899
    ("police/people", "date_of_birth", "29342.75", date(1980, 5, 1), "excel_serial"),
    ("police/people", "date_of_birth", "01/05/80", None, "!two_digit_year"),
    ("police/people", "date_of_birth", "01-May-80", None, "!two_digit_year"),
    ("police/people", "date_of_birth", "30/02/1980", None, "!not_a_date"),
    ("police/people", "date_of_birth", "1 Maybe 1980", None, "!not_a_date"),
    ("police/people", "date_of_birth", "31 April 1980", None, "!not_a_date"),
    ("police/people", "date_of_birth", "0000-00-00", None, "!not_a_date"),
    ("police/people", "date_of_birth", "9999-12-31", None, "!after_extract_date"),
    ("police/people", "date_of_birth", "#VALUE!", None, "!spreadsheet_error"),
    ("police/offences", "recordable", "Yes", True, "yes_or_no_in_words"),
    ("police/offences", "recordable", "TRUE", True, "yes_or_no_in_words"),
    ("police/offences", "recordable", "0", False, "yes_or_no_in_words"),
    ("police/offences", "recordable", "n", False, None),
    ("police/offences", "recordable", "2", None, "!!not_in_list"),
    ("police/offences", "sentence_days", "1,095", 1095, "thousands_comma"),
    ("police/offences", "sentence_days", "1,09", None, "!not_a_number"),
    ("police/offences", "sentence_days", "28.0", 28, None),
    ("police/offences", "sentence_days", "2.8E+01", None, "!spreadsheet_number"),
    ("police/offences", "force_code", "1", "01", "lost_leading_zero"),
    ("police/offences", "force_code", "1.0", "01", "lost_leading_zero"),
    ("police/offences", "force_code", "10.0", "10", "lost_leading_zero"),
    ("police/offences", "force_code", "Northumbria", "10", "code_in_words"),
    ("police/offences", "force_code", "1-0", None, "!not_in_list"),
    ("police/offences", "ho_class", "28/3", "028/03", "lost_leading_zero"),
    ("police/offences", "ho_class", "2803", "028/03", "lost_leading_zero"),
    ("police/offences", "ho_class", "460", None, "!failing_identifier"),  # class 460, or 046/0 without its zeros
    ("police/offences", "ho_class", "28-Mar", None, "!spreadsheet_number"),  # 28/03 taken for a day
    ("police/offences", "court_type", "Magistrates' Court", "MC", "code_in_words"),
    ("police/offences", "court_type", "Crown", "CC", "code_in_words"),
    ("police/offences", "category", "either-way", "CE", "code_in_words"),
    ("police/offences", "category", "serious", None, "!!not_in_list"),
    ("police/offences", "disposal", "Community", "community", None),
    ("police/offences", "cjs_offence_code", "1.1E+07", None, "!spreadsheet_number"),
    ("police/offences", "asn", "1.1E+19", None, "!spreadsheet_number"),
    ("police/offences", "committed_on", "05-Jan-09", None, "!!two_digit_year"),
    ("police/offences", "committed_on", "5 January 2009", date(2009, 1, 5), "date_in_other_form"),
    ("police/offences", "pnc_id", "'1981/0000034U", "1981/0000034U", "stray_characters"),
    ("police/offences", "pnc_id", f"1981/0000034U{NBSP}", "1981/0000034U", "stray_characters"),
    ("police/offences", "pnc_id", "1.98E+13", None, "!!spreadsheet_number"),
    ("reference/national", "value", "1,234.5", 1234.5, "thousands_comma"),
    ("reference/national", "value", "1,234", None, "!!not_a_number"),  # a thousand and more, or 1 and a bit
    ("reference/national", "period", "Oct-09", None, "!!spreadsheet_number"),  # 2009/10 taken for a month
    ("police/ppo_register", "strand", "Catch & Convict", "catch_and_convict", "code_in_words"),
    ("police/ppo_register", "scheme_id", "1.23E+05", None, "!!spreadsheet_number"),
    ("police/ppo_register", "resident", "False", False, "yes_or_no_in_words"),
    ("dip/people", "dip_id", "1.23E+05", None, "!!spreadsheet_number"),
]  # fmt: skip


def numbered(file: str, number: int) -> dict[str, str]:
    """Return changes that make a row of a file a thing of its own, in a column with which the corpus does nothing."""
    return {
        "police/people": {"pnc_id": pnc(number), "cro_number": ""},
        "police/offences": {"offence_number": str(number)},
        "police/ppo_register": {"adopted_on": f"19{number:02}-01-01", "exited_on": f"19{number:02}-01-02"},
        "reference/national": {"measure": f"m{number}"},
        "dip/people": {"initials": f"R{number}"},
    }[file]


@pytest.fixture(scope="module")
def values(tmp_path_factory) -> Taken:
    """A folder with a row for each written value, in the order of VALUES."""
    files: dict[str, list[dict[str, str]]] = {}
    for file, column, written, _, _ in VALUES:
        rows = files.setdefault(file, [GOOD[file]])
        number = len(rows) + (80 if file == "police/ppo_register" else 1)
        rows.append(good(file, **{**numbered(file, number), column: written}))
    return taken_in(tmp_path_factory.mktemp("values"), files)


@covers(
    "every file", "stray_characters", "spreadsheet_error", "spreadsheet_number", "code_in_words", "lost_leading_zero",
    "date_in_other_form", "excel_serial", "two_digit_year", "yes_or_no_in_words", "thousands_comma",
)  # fmt: skip
@pytest.mark.parametrize("place", range(len(VALUES)), ids=lambda place: " ".join(VALUES[place][:3]))
def test_a_value_is_read_in_the_one_way_that_it_can_be_or_not_at_all(values, place):
    file, column, _, expected, rule = VALUES[place]
    row = 3 + sum(1 for before in VALUES[:place] if before[0] == file)
    repaired = [(at, name, how) for at, name, how in values.repaired(file) if at == row]
    nulled = [(name, how) for at, name, how, _ in values.nulled(file) if at == row]
    lost = [(name, how) for at, how, name, _ in values.quarantined(file) if at == row]
    if rule and rule.startswith("!!"):
        assert (lost, nulled, repaired) == ([(column, rule[2:])], [], [])
        return
    assert lost == []
    assert values.value(file, row, column) == expected
    assert nulled == ([(column, rule[1:])] if rule and rule.startswith("!") else [])
    assert repaired == ([(row, column, rule)] if rule and not rule.startswith("!") else [])


def test_what_is_repaired_is_counted_per_file(values):
    for count in values.intake.counts:
        assert count.repaired == len(values.repaired(count.file))
        assert count.rows_read == count.accepted + count.quarantined + count.duplicates
    assert next(count for count in values.intake.counts if count.file == "police/people").repaired == sum(
        1 for file, _, _, _, rule in VALUES if file == "police/people" and rule and rule[0] != "!"
    )


# ── Days of which only the column tells ─────────────────────────────────────────────────────────


@covers("every file", "month_first_date", "day_or_month")
def test_a_column_with_the_month_first_is_never_read_as_if_it_had_the_day_first(tmp_path):
    born = ["05/13/1980", "05/06/1980", "05/05/1980", "1980-05-01", "12/31/1979"]
    taken = taken_in(tmp_path, {"police/people": [people(n, date_of_birth=day) for n, day in enumerate(born, 1)]})
    assert [line[:3] for line in taken.nulled("police/people")] == [
        (2, "date_of_birth", "month_first_date"),
        (3, "date_of_birth", "day_or_month"),  # 5 June or 6 May
        (6, "date_of_birth", "month_first_date"),
    ]
    assert taken.accepted("police/people", "date_of_birth") == [
        (None,), (None,), (date(1980, 5, 5),), (date(1980, 5, 1),), (None,),
    ]  # fmt: skip


def test_one_slip_among_many_days_costs_only_itself(tmp_path):
    born = ["05/13/1980", *(f"{day}/06/1980" for day in range(1, 31)), "05/06/1980"]
    rows = [people(n, date_of_birth=day) for n, day in enumerate(born * 2, 1)]
    rows[len(born)]["date_of_birth"] = "01/06/1980"  # one slip among 36 days that tell: under a twentieth
    taken = taken_in(tmp_path, {"police/people": rows})
    assert [line[:3] for line in taken.nulled("police/people")] == [(2, "date_of_birth", "month_first_date")]


@covers("every file", "half_converted_date")
def test_days_that_a_spreadsheet_has_half_converted(tmp_path):
    """Typed as 13/05/1980, 01/05/1980 … where the month is first: those up to the 12th became days, changed over."""
    born = [datetime(1980, 1, 5), "13/05/1980", datetime(1980, 2, 5), "14/05/1980"]  # noqa: DTZ001
    cells = [[*people(n).values()] for n in range(1, 5)]
    for row, day in zip(cells, born, strict=True):
        row[4] = day
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook([list(GOOD["police/people"]), *cells])})
    assert [line[:3] for line in taken.nulled("police/people")] == [
        (2, "date_of_birth", "half_converted_date"),
        (4, "date_of_birth", "half_converted_date"),
    ]


def test_days_that_are_some_typed_and_some_text_are_read_where_nothing_speaks_against_it(tmp_path):
    born = [datetime(1980, 1, 15), "13/05/1980", datetime(1980, 2, 5), "14/05/1980"]  # noqa: DTZ001
    cells = [[*people(n).values()] for n in range(1, 5)]
    for row, day in zip(cells, born, strict=True):
        row[4] = day
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook([list(GOOD["police/people"]), *cells])})
    assert taken.nulled("police/people") == []


# ── The table in the file ───────────────────────────────────────────────────────────────────────

ROWS = [people(1), people(2, surname="Birch"), people(3, surname="Cole")]
BODY = lines(ROWS)


def text(*parts: str) -> str:
    return "\n".join(parts) + "\n"


# For each: the text of police/people, the rows that are accepted, and the row and rule of those that are not.
TABLES = {
    "titles above": (text("Extract of people", "", "Made on 31 March 2010", HEADER, *BODY), [5, 6, 7], []),
    "titles above with empty cells": (text("Extract" + "," * 8, "," * 8, HEADER, *BODY), [4, 5, 6], []),
    "the mark of a spreadsheet": (text("sep=,", HEADER, *BODY), [3, 4, 5], []),
    "semicolons under a title with commas": (
        text("People, all of them", *(line.replace(",", ";") for line in [HEADER, *BODY])), [3, 4, 5], [],
    ),
    "groups of columns above": (text("Person,,,,,,,,Home", HEADER, *BODY), [3, 4, 5], []),
    "a header over two rows": (
        text("PNC,CRO,,,Date of,,Ethnicity,Ethnicity,",
             "id,number,surname,forenames,birth,sex,observed,self-defined,postcode", *BODY), [3, 4, 5], [],
    ),
    "merged cells above": (
        text("pnc id,cro number,Name,,date of birth,sex,,,postcode",
             ",,surname,forenames,,,ethnicity observed,ethnicity self defined,", *BODY), [3, 4, 5], [],
    ),
    "a header cell over two lines": (text(HEADER.replace("date_of_birth", '"Date of\nbirth"'), *BODY), [2, 3, 4], []),
    "a total": (text(HEADER, *BODY, "Total,,3,,,,,,"), [2, 3, 4], [(5, "total_row")]),
    "a total elsewhere": (text(HEADER, *BODY, ",,Grand total: 3,,,,,,"), [2, 3, 4], [(5, "total_row")]),
    "a subtotal between": (text(HEADER, *BODY[:2], "Sub-total,,2,,,,,,", BODY[2]), [2, 3, 5], [(4, "total_row")]),
    "totals without a word": (text(HEADER, *BODY, ",,,,,3,,,"), [2, 3, 4], [(5, "total_row")]),
    "a note under the table": (text(HEADER, *BODY, "", "3 rows selected."), [2, 3, 4], [(6, "total_row")]),
    "a person named Total": (
        text(HEADER, *lines([people(1, surname="Total"), people(2, surname="Totally", postcode="")])), [2, 3], [],
    ),
    "the header again": (text(HEADER, BODY[0], HEADER, *BODY[1:]), [2, 4, 5], [(3, "repeated_header")]),
    "the header again in capitals": (text(HEADER, BODY[0], HEADER.upper(), BODY[1]), [2, 4], [(3, "repeated_header")]),
    "another table below": (
        text(HEADER, *BODY, "", "crn,surname,forenames,date_of_birth,sex,,,,", "X320741,A,B,1980-01-01,M,,,,",
             *lines([people(4)])),
        [2, 3, 4], [(6, "second_table"), (7, "second_table"), (8, "second_table")],
    ),
    "cut short": (text(HEADER, *BODY)[:-40], [2, 3], [(4, "wrong_number_of_fields")]),
    "text kept from being a number": (
        text(HEADER, *(line.replace(pnc(n), f'="{pnc(n)}"') for n, line in enumerate(BODY, 1))), [2, 3, 4], [],
    ),
}  # fmt: skip


@covers("every file", "total_row", "repeated_header", "second_table")
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_found_where_it_stands_and_every_row_of_it_accounted_for(tmp_path, name):
    content, accepted, lost = TABLES[name]
    taken = taken_in(tmp_path, {"police/people": content})
    assert taken.accepted("police/people") == accepted
    assert [(row, rule) for row, rule, *_ in taken.quarantined("police/people")] == lost
    assert taken.count("police/people") == (len(accepted) + len(lost), len(accepted), len(lost), 0)
    assert taken.accepted("police/people", "surname", "date_of_birth")[0][1] == date(1980, 5, 1)


def test_what_was_below_another_table_is_in_the_quarantine_as_it_was_written(tmp_path):
    taken = taken_in(tmp_path, {"police/people": TABLES["another table below"][0]})
    (raw,) = taken.all("select raw from quarantine where source_row = 8")[0]
    assert raw == dict(zip(GOOD["police/people"], people(4).values(), strict=True))


@covers("every file", "no_header", "header_not_first")
@pytest.mark.parametrize(
    ("content", "rule", "said"),
    [
        (text(*BODY), "no_header", "pnc_id, surname, forenames, date_of_birth, sex"),
        (text("a,b,c", "1,2,3"), "no_header", "names of the columns"),
        (text(*BODY, HEADER), "header_not_first", "It stands on row 4, and row 1 is a record."),  # sorted with its rows
        (text("A title", BODY[0], HEADER, BODY[1]), "header_not_first", "It stands on row 3, and row 2 is a record."),
    ],
)
def test_a_header_that_is_not_above_its_rows_stops(tmp_path, content, rule, said):
    with pytest.raises(IntakeStopped) as stop:
        taken_in(tmp_path, {"police/people": content})
    (problem,) = stop.value.problems
    assert (problem.file, problem.rule) == ("police/people", rule)
    assert problem.row
    assert said in problem.what_to_do
    assert "Ashe" not in str(problem)


# ── Workbooks ───────────────────────────────────────────────────────────────────────────────────

NAMES = list(GOOD["police/people"])
CELLS = [list(row.values()) for row in ROWS]


def test_a_workbook_may_have_titles_blank_rows_and_columns_above_and_beside_its_table(tmp_path):
    pad = [[""] * 11, ["", "", "People"], [""]]
    sheet = [*pad, *(["", *row] for row in [NAMES, *CELLS]), [""], ["", "Total", 3]]
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook(sheet)})
    assert taken.accepted("police/people") == [5, 6, 7]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(9, "total_row")]
    assert taken.count("police/people") == (4, 3, 1, 0)


def test_the_sheet_with_the_contracts_columns_is_read(tmp_path):
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook([["Notes"], ["All people"]], [NAMES, *CELLS])})
    assert taken.accepted("police/people") == [2, 3, 4]
    assert "read from sheet 2" in taken.note("police/people")


@covers("every file", "second_sheet")
def test_two_sheets_with_the_contracts_columns_stop(tmp_path):
    content = workbook([NAMES, *CELLS], [NAMES, *CELLS])
    assert stopped(tmp_path, {"police/people.xlsx": content}) == [("police/people", "second_sheet", None)]


def test_another_table_on_the_sheet_is_not_read(tmp_path):
    other = [["crn", "surname", "forenames", "date_of_birth", "sex"], ["X320741", "A", "B", "1980-01-01", "M"]]
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook([NAMES, *CELLS, [""], *other])})
    assert taken.accepted("police/people") == [2, 3, 4]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(6, "second_table"), (7, "second_table")]


def test_formulas_give_their_results_and_an_error_or_a_result_that_was_not_saved_is_told(tmp_path):
    cells = [list(row) for row in CELLS]
    cells[0][2] = Formula('="As"&"he"', "Ashe")
    cells[1][2] = Formula("=A1/0", "#DIV/0!")
    cells[2][4] = Formula("=TODAY()", "")
    taken = taken_in(tmp_path, {"police/people.xlsx": workbook([NAMES, *cells])})
    assert taken.value("police/people", 2, "surname") == "Ashe"
    assert [line[:3] for line in taken.nulled("police/people")] == [
        (3, "surname", "spreadsheet_error"),
        (4, "date_of_birth", "spreadsheet_error"),
    ]


def test_numbers_of_a_workbook_have_lost_their_zeros_and_get_them_back_where_that_can_be_told(tmp_path):
    names = list(GOOD["police/offences"])
    row = dict(GOOD["police/offences"])
    cells: list = list({**row, "offence_number": 1, "sentence_days": 0.0, "force_code": 1, "recordable": True}.values())
    taken = taken_in(tmp_path, {"police/offences.xlsx": workbook([names, cells])})
    columns = ("offence_number", "sentence_days", "force_code", "recordable")
    assert taken.accepted("police/offences", *columns) == [(1, 0, "01", True)]


# ── Parts, and headers that have changed ────────────────────────────────────────────────────────


def test_a_file_in_two_parts_is_one_file(tmp_path):
    """The second part has its columns in another order and its own form; rows count on from the first."""
    turned = [dict(reversed(row.items())) for row in ROWS[1:]]
    files = {
        "police/people_1.csv": text(HEADER, BODY[0], "", ",,,,,,,,"),  # two blank lines, one as a spreadsheet has it
        "police/people_2.csv": csv_of(turned).replace(",", ";") + "Total;;;;;;;;\n",
    }
    taken = taken_in(tmp_path, files)
    assert taken.accepted("police/people", "surname", "source_row") == [("Ashe", 2), ("Birch", 5), ("Cole", 6)]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(7, "total_row")]
    assert taken.all("from source_parts where file = 'police/people' order by rows_before") == [
        ("police/people", "people_1.csv", 0),
        ("police/people", "people_2.csv", 3),
    ]
    assert taken.count("police/people") == (4, 3, 1, 0)


@pytest.mark.parametrize("names", [("people (1)", "people (2)"), ("people part 1 of 2", "people part 2 of 2"),
                                   ("PEOPLE-1", "PEOPLE-2")])  # fmt: skip
def test_parts_may_be_numbered_as_people_number_them(tmp_path, names):
    taken = taken_in(tmp_path, {f"police/{name}.csv": csv_of([row]) for name, row in zip(names, ROWS, strict=False)})
    assert taken.count("police/people") == (2, 2, 0, 0)


@covers("every file", "missing_part", "parts_differ")
@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"people_1": text(HEADER, BODY[0]), "people_3": text(HEADER, BODY[1])}, "missing_part"),
        ({"people_1": text(HEADER, BODY[0])}, "missing_part"),  # where is the second?
        ({"people 1 of 3": text(HEADER, BODY[0]), "people 2 of 3": text(HEADER, BODY[1])}, "missing_part"),
        ({"people": text(HEADER, BODY[0]), "people (1)": text(HEADER, BODY[0])}, "two_files"),  # a copy
        ({"people_1": text(HEADER, BODY[0]), "people_2": text(HEADER.replace("postcode", "home"), BODY[0])},
         "parts_differ"),
    ],
)  # fmt: skip
def test_parts_that_do_not_make_one_file_stop(tmp_path, files, rule):
    found = stopped(tmp_path, {f"police/{name}.csv": content for name, content in files.items()})
    assert [problem[:2] for problem in found] == [("police/people", rule)]


RENAMED = text(HEADER.replace("date_of_birth", "DOB").replace("postcode", "post code at home"), *BODY)


def test_a_column_that_was_renamed_is_told_with_the_line_that_maps_it(tmp_path):
    with pytest.raises(IntakeStopped) as stop:
        taken_in(tmp_path, {"police/people": RENAMED})
    assert str(stop.value) == (
        "police/people, row 1, column date_of_birth: missing_column: Add the column, or correct its header."
        ' The nearest header is "DOB". If that is it, add date_of_birth = "DOB" under [people] to police/aliases.toml.'
    )


def test_aliases_map_an_agencys_own_headers_for_good(tmp_path):
    aliases = '[people]\ndate_of_birth = "dob"\npostcode = ["Home", "Post code at home"]\n'
    taken = taken_in(tmp_path, {"police/people": RENAMED, "police/aliases.toml": aliases})
    assert taken.accepted("police/people", "date_of_birth", "postcode")[0] == (date(1980, 5, 1), "NE1 4XX")
    assert not [warning for warning in taken.intake.warnings if "left aside" in warning]


def test_an_optional_column_that_was_renamed_is_not_lost_unseen(tmp_path):
    taken = taken_in(tmp_path, {"police/people": text(HEADER.replace("cro_number", "cro_num"), *BODY)})
    assert (
        'police/people has no cro_number, and the column "cro_num" is left aside. If that is it, add'
        ' cro_number = "cro_num" under [people] to police/aliases.toml.'
    ) in taken.intake.warnings


@covers("every file", "wrong_alias")
@pytest.mark.parametrize(
    "aliases",
    [
        "[people",
        "[persons]\nsex = 'gender'",
        "people = 1",
        "[people]\ngender = 'sex'",
        "[people]\nsex = 1",
        "[people]\nsex = 'surname'",
        "[people]\nsex = 'x'\nsurname = 'X'",
    ],
)
def test_aliases_that_cannot_be_used_stop(tmp_path, aliases):
    found = stopped(tmp_path, {"police/aliases.toml": aliases})
    assert ("police/aliases.toml", "wrong_alias") in {problem[:2] for problem in found}


# ── One person ──────────────────────────────────────────────────────────────────────────────────


def test_one_person_with_two_dates_of_birth_is_one_row_and_the_other_is_listed(tmp_path):
    taken = taken_in(tmp_path, {"police/people": [people(1), people(1, date_of_birth="1980-05-02")]})
    assert taken.accepted("police/people", "date_of_birth") == [(date(1980, 5, 2),)]
    assert [line[:2] for line in taken.quarantined("police/people")] == [(2, "near_duplicate")]


def test_every_word_for_a_code_means_that_code_alone():
    from etl.intake_sql import spellings

    for extract in BY_NAME.values():
        for column in extract.columns:
            assert set(spellings(column).values()) == set(column.domain)


def test_letters_that_were_encoded_twice_are_told(tmp_path):
    content = csv_of([people(1, surname="Zoë")]).encode().decode("cp1252").encode()
    taken = taken_in(tmp_path, {"police/people": content})
    assert any("encoded twice" in warning for warning in taken.intake.warnings)
