"""What each agency must send: one declaration per extract, from which every check is made (etl/intake_sql.py).

A rule has a severity. *row*: the row is quarantined, because its key, the date of its event or its proof cannot
be trusted. *field*: the value is nulled and counted, because an attribute never costs a person or a proven
offence. *flag*: nothing is changed, the row is listed. *repair*: a value written in another way is read, because it
can mean one thing only, and counted. *count*: dropped and counted. *stop*: the file cannot be taken in at all. Every
rule says how to mend what it is about. Predicates are SQL over the columns of one row after the values that cannot be
read were nulled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Severity = Literal["row", "field", "flag", "repair", "count", "stop"]
Kind = Literal[
    "text",
    "label",
    "date",
    "integer",
    "number",
    "yes_no",
    "code",
    "pnc",
    "cro",
    "asn",
    "crn",
    "noms",
    "dip",
    "ho_class",
    "offence_code",
]
SQL_TYPES = {"date": "date", "integer": "integer", "number": "double", "yes_no": "boolean"}
"""The type of each kind of column in the staging database; text for every other."""

EARLIEST = "1900-01-01"
"""No date in any extract is before this; 0001-01-01 is a blank in disguise."""

LONGEST_TEXT = 1000
"""Characters. Nobody's name, reason or postcode is longer: what is longer is a fault of the file."""


@dataclass(frozen=True)
class Rule:
    """A named rule: its meaning and how to mend it in plain words, and across columns the SQL that is true of a fault.

    `columns` are those that the fault is about (the first is named in the quarantine); of a field rule, `column`
    is what is nulled. A fault that is told `by_birth` may name `born_on` and `ten_on`, of the row's person.
    """

    name: str
    severity: Severity
    meaning: str
    mend: str
    columns: tuple[str, ...] = ()
    fault: str = ""
    by_birth: bool = False

    @property
    def column(self) -> str:
        return self.columns[0] if self.columns else ""


@dataclass(frozen=True)
class Column:
    """One column: what it holds, whether a row may be without it, and what a value costs that cannot be read.

    `required` columns must be in the file and filled. `role` says what the column is to the row: its person, the
    date of its event, the end of its span (a later one is only planned), or nothing in particular. `said` gives for
    each code of the domain the words for it: the first is its meaning, and all of them are read in its place.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    domain: tuple[str, ...] = ()
    severity: Literal["row", "field"] = "field"
    role: Literal["", "person", "event", "end"] = ""
    least: int | None = None
    most: int | None = None
    said: tuple[tuple[str, ...], ...] = ()

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Return each code of the domain with its meaning."""
        meanings = [words[0] for words in self.said] or [code.replace("_", " ") for code in self.domain]
        return tuple(zip(self.domain, meanings, strict=True))

    @property
    def sql_type(self) -> str:
        return SQL_TYPES.get(self.kind, "varchar")


@dataclass(frozen=True)
class Extract:
    """One file of one agency. `table` is its name in the staging database.

    `key`: rows alike in it are the same thing sent twice; of those, the row with the latest `later` date wins. A row
    without one of its key columns is only ever a duplicate of a row alike in every column, unless `key_may_be_null`.
    `person` says whose file must hold the person: an extract's name, or "anybody" for a row with any of several.
    `mark` are columns of the key by which its rows are first looked for: fewer are read, and the whole key decides.
    `in_order` is SQL that is true only of a row in which no field rule finds a fault, and cheaper than the rules.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    later: tuple[str, ...] = ()
    optional: bool = False
    key_may_be_null: bool = False
    person: Literal["", "police/people", "probation/people", "dip/people", "anybody"] = ""
    rules: tuple[Rule, ...] = ()
    in_order: str = "false"
    mark: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return self.name.replace("/", "_")

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def with_role(self, role: str) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role == role)

    @property
    def event_on(self) -> str | None:
        """Return the name of the column with the date of the row's own event, if the row is of one."""
        return next((column.name for column in self.with_role("event")), None)


# ── Rules that hold everywhere ──────────────────────────────────────────────────────────────────

MISSING_VALUE = Rule(
    "missing_value",
    "field",
    "A value that every row must have is blank.",
    "Fill it in; write U or NS where it is not known.",
)
NOT_A_DATE = Rule(
    "not_a_date",
    "field",
    "Neither 2009-04-01 nor 01/04/2009 (day first) nor an Excel serial, or no such day.",
    "Write the day as 2009-04-01.",
)
TWO_DIGIT_YEAR = Rule(
    "two_digit_year",
    "field",
    "A date with two digits for the year, which may be of this century or the last.",
    "Write the year with four digits, as 2009-04-01.",
)
MONTH_FIRST_DATE = Rule(
    "month_first_date",
    "field",
    "A date that could only be read with the month first.",
    "Write every day of the column as 2009-04-01: dates with the month first are never read.",
)
DAY_OR_MONTH = Rule(
    "day_or_month",
    "field",
    "A date that may have its day or its month first, in a column where others have the month first.",
    "Write every day of the column as 2009-04-01.",
)
HALF_CONVERTED_DATE = Rule(
    "half_converted_date",
    "field",
    "A spreadsheet has made dates of this column's values up to the 12th and left the later ones as text: day and month"
    " may have changed places.",
    "Import the file into the spreadsheet again with the column as text, and write days as 2009-04-01.",
)
NOT_A_NUMBER = Rule(
    "not_a_number", "field", "Not a number, or not a whole one where it must be.", "Write digits only, as 1234 or 74.9."
)
SPREADSHEET_NUMBER = Rule(
    "spreadsheet_number",
    "field",
    "A spreadsheet has shortened the value (as 1.23E+05) or made a date of it (as Jan-03): what was there is lost.",
    "Take the value from the source again and import it into the spreadsheet with the column as text.",
)
SPREADSHEET_ERROR = Rule(
    "spreadsheet_error",
    "field",
    "A spreadsheet error (as #REF! or #####), or a formula whose result was not saved.",
    "Put the value itself in place of the formula: copy, then paste as values.",
)
OUT_OF_RANGE = Rule(
    "out_of_range", "field", "A number outside its limits, or a date before 1900.", "Correct it, or leave it blank."
)
NOT_IN_LIST = Rule(
    "not_in_list",
    "field",
    "A code that is not on the contract's list.",
    "Use a code of the list, which the template and the data dictionary have.",
)
FAILING_IDENTIFIER = Rule(
    "failing_identifier",
    "field",
    "An identifier of the wrong form or with a wrong check letter.",
    "Copy it from the source again; leave it blank if it is not known.",
)
TOO_LONG = Rule(
    "too_long",
    "field",
    f"A text of more than {LONGEST_TEXT} characters.",
    "Look whether columns or rows have run together; else shorten it.",
)
AFTER_EXTRACT_DATE = Rule(
    "after_extract_date",
    "field",
    "A date after the extract was made. Of the row's own event: the row is quarantined.",
    "Correct the date, or the extract date in manifest.toml if that is what is wrong.",
)
NO_USABLE_IDENTIFIER = Rule(
    "no_usable_identifier",
    "row",
    "No identifier is left by which the row can be told whose it is.",
    "Give the identifier in full with its check letter, as the source has it.",
)
NO_EVENT_DATE = Rule(
    "no_event_date",
    "row",
    "The date of the row's own event is blank.",
    "Fill the date in: without it the row counts nowhere.",
)
UNKNOWN_PERSON = Rule(
    "unknown_person",
    "row",
    "The person is in no accepted row of the people file: kept apart until that row arrives.",
    "Send the person's row in the people file of the same day, or correct the identifier.",
)
UNKNOWN_SCHEME = Rule(
    "unknown_scheme",
    "row",
    "The scheme is in no accepted row of reference/schemes.",
    "Add the scheme to reference/schemes, or correct its id.",
)
ENDS_BEFORE_START = Rule(
    "ends_before_start", "row", "The span ends before it starts.", "Correct whichever of the two dates is wrong."
)
EVENT_BEFORE_BIRTH = Rule(
    "event_before_birth",
    "row",
    "The event is before the person's date of birth.",
    "Correct the date, the date of birth in the people file, or whose row it is.",
)
NEAR_DUPLICATE = Rule(
    "near_duplicate",
    "row",
    "The same key as another row with other values: the row with the later date is kept.",
    "Send one row for each key.",
)
WRONG_NUMBER_OF_FIELDS = Rule(
    "wrong_number_of_fields",
    "row",
    "The record has more or fewer fields than the header.",
    "Put values with a comma or a line end in them between quotation marks; look whether the file was cut short.",
)
STRAY_QUOTE = Rule(
    "stray_quote",
    "row",
    "A quotation mark is opened and not closed, or stands inside a value.",
    "Double a quotation mark inside a value, and put the whole value between quotation marks.",
)
RECORD_TOO_LONG = Rule(
    "record_too_long",
    "row",
    "A record of more than a million characters.",
    "Look for a quotation mark or line end that is missing before it.",
)
REPEATED_HEADER = Rule(
    "repeated_header",
    "row",
    "The header again, among the rows.",
    "Nothing is lost; leave it out when files are joined.",
)
SECOND_TABLE = Rule(
    "second_table",
    "row",
    "Below the header of another table, which was not read.",
    "Send one table in each file, or on the first sheet of each workbook.",
)
TOTAL_ROW = Rule(
    "total_row",
    "row",
    "A row of totals or a note under the table: no record of anybody.",
    "Nothing is lost; leave totals and notes out.",
)

PLANNED_END = Rule(
    "planned_end",
    "flag",
    "The end is after the extract date: only planned, so the span is open.",
    "Nothing, if it is planned; else correct the date.",
)
NEAR_DUPLICATE_KEPT = Rule(
    "near_duplicate_kept",
    "flag",
    "The row that was kept of several with the same key.",
    "Look whether it is the right one, and send one row for each key.",
)
EXACT_DUPLICATE = Rule(
    "exact_duplicate",
    "count",
    "Alike in every column to an earlier row: dropped.",
    "Nothing is lost; send each row once.",
)

STRAY_CHARACTERS = Rule(
    "stray_characters",
    "repair",
    "Characters that say nothing in or around a value: non-breaking spaces, quotation marks, an apostrophe or =.",
    "Nothing is lost; export the file without formatting.",
)
DATE_IN_OTHER_FORM = Rule(
    "date_in_other_form",
    "repair",
    "A date in another form that can be read in one way only, as 5 April 2009, 05.04.2009 or 20090405.",
    "Nothing is lost; write days as 2009-04-05.",
)
EXCEL_SERIAL = Rule(
    "excel_serial",
    "repair",
    "A date as the number by which a spreadsheet counts days.",
    "Nothing is lost; give the column the form of a date before it is saved.",
)
THOUSANDS_COMMA = Rule(
    "thousands_comma", "repair", "A number with commas between its thousands.", "Nothing is lost; write digits only."
)
YES_OR_NO_IN_WORDS = Rule(
    "yes_or_no_in_words", "repair", "Yes, No, True, False, 1 or 0 in place of Y or N.", "Nothing is lost; write Y or N."
)
CODE_IN_WORDS = Rule(
    "code_in_words", "repair", "The words for a code in place of the code.", "Nothing is lost; write the code."
)
LOST_LEADING_ZERO = Rule(
    "lost_leading_zero",
    "repair",
    "A code whose leading zeros a spreadsheet has taken away, or that has become a number with a decimal point.",
    "Nothing is lost; import the column as text.",
)

MISSING_FILE = Rule(
    "missing_file",
    "stop",
    "A file that every folder must have is not there.",
    "Add it: with nothing to send, its header alone.",
)
TWO_FILES = Rule(
    "two_files", "stop", "The same extract is there more than once.", "Keep one, or number the parts of one from 1."
)
MISSING_PART = Rule(
    "missing_part",
    "stop",
    "Of a file in numbered parts, a part is not there.",
    "Add the part, or number those that are there from 1 without gaps.",
)
PARTS_DIFFER = Rule(
    "parts_differ", "stop", "The parts of a file do not have the same columns.", "Export the parts with one header."
)
ZERO_BYTES = Rule(
    "zero_bytes",
    "stop",
    "The file is empty: not even a header.",
    "Send it again. If there is nothing to send, send the header alone.",
)
UNREADABLE = Rule(
    "unreadable", "stop", "The file cannot be read as what its name says it is.", "Save it again as what its name says."
)
TOO_LARGE = Rule(
    "too_large", "stop", "A packed file that would unpack to far more than an extract can be.", "Send it again as .csv."
)
WRONG_DELIMITER = Rule(
    "wrong_delimiter",
    "stop",
    "The fields of the header are not divided by commas, semicolons or tabs.",
    "Export the file with commas between the fields.",
)
NO_HEADER = Rule(
    "no_header",
    "stop",
    "No row has the names of the contract's columns.",
    "Put the names of the columns in the first row, as the template has them.",
)
HEADER_NOT_FIRST = Rule(
    "header_not_first",
    "stop",
    "There are rows of data above the header.",
    "Move the header to the first row: it was sorted among the rows.",
)
SECOND_SHEET = Rule(
    "second_sheet",
    "stop",
    "More than one sheet of the workbook has the contract's columns.",
    "Keep one sheet, or send each as a numbered part.",
)
MISSING_COLUMN = Rule(
    "missing_column", "stop", "A required column is not in the header.", "Add the column, or correct its header."
)
DUPLICATE_COLUMN = Rule(
    "duplicate_column", "stop", "Two columns of the header have the same name.", "Keep one of the two columns."
)
WRONG_ALIAS = Rule(
    "wrong_alias",
    "stop",
    "aliases.toml cannot be read, or names an extract or column that there is not.",
    'Write [offences] and lines such as committed_on = "Offence date" in the agency\'s aliases.toml.',
)

GENERAL_RULES = (
    MISSING_VALUE,
    NOT_A_DATE,
    TWO_DIGIT_YEAR,
    MONTH_FIRST_DATE,
    DAY_OR_MONTH,
    HALF_CONVERTED_DATE,
    NOT_A_NUMBER,
    SPREADSHEET_NUMBER,
    SPREADSHEET_ERROR,
    OUT_OF_RANGE,
    NOT_IN_LIST,
    FAILING_IDENTIFIER,
    TOO_LONG,
    AFTER_EXTRACT_DATE,
    NO_USABLE_IDENTIFIER,
    NO_EVENT_DATE,
    UNKNOWN_PERSON,
    UNKNOWN_SCHEME,
    ENDS_BEFORE_START,
    EVENT_BEFORE_BIRTH,
    NEAR_DUPLICATE,
    WRONG_NUMBER_OF_FIELDS,
    STRAY_QUOTE,
    RECORD_TOO_LONG,
    REPEATED_HEADER,
    SECOND_TABLE,
    TOTAL_ROW,
    PLANNED_END,
    NEAR_DUPLICATE_KEPT,
    EXACT_DUPLICATE,
    STRAY_CHARACTERS,
    DATE_IN_OTHER_FORM,
    EXCEL_SERIAL,
    THOUSANDS_COMMA,
    YES_OR_NO_IN_WORDS,
    CODE_IN_WORDS,
    LOST_LEADING_ZERO,
    MISSING_FILE,
    TWO_FILES,
    MISSING_PART,
    PARTS_DIFFER,
    ZERO_BYTES,
    UNREADABLE,
    TOO_LARGE,
    WRONG_DELIMITER,
    NO_HEADER,
    HEADER_NOT_FIRST,
    SECOND_SHEET,
    MISSING_COLUMN,
    DUPLICATE_COLUMN,
    WRONG_ALIAS,
)

# ── Lists of codes ──────────────────────────────────────────────────────────────────────────────

Words = dict[str, tuple[str, ...]]
"""Codes, each with its meaning and then any other words for it."""

SEXES: Words = {"M": ("Male",), "F": ("Female",), "U": ("Not known", "unknown")}
OBSERVED: Words = {
    "1": ("White north European", "white northern european"),
    "2": ("White south European", "white southern european", "dark european"),
    "3": ("Black", "afro-caribbean"),
    "4": ("Asian",),
    "5": ("Chinese, Japanese or other south east Asian", "chinese, japanese or south east asian"),
    "6": ("Arab or north African", "middle eastern"),
    "9": ("Not known", "unknown"),
}
SELF_DEFINED: Words = {
    "W1": ("White British",),
    "W2": ("White Irish",),
    "W9": ("Any other White background", "other white", "white other"),
    "M1": ("White and Black Caribbean",),
    "M2": ("White and Black African",),
    "M3": ("White and Asian",),
    "M9": ("Any other Mixed background", "other mixed", "mixed other"),
    "A1": ("Asian Indian", "indian"),
    "A2": ("Asian Pakistani", "pakistani"),
    "A3": ("Asian Bangladeshi", "bangladeshi"),
    "A9": ("Any other Asian background", "other asian", "asian other"),
    "B1": ("Black Caribbean", "caribbean"),
    "B2": ("Black African", "african"),
    "B9": ("Any other Black background", "other black", "black other"),
    "O1": ("Chinese",),
    "O9": ("Any other ethnic group", "other ethnic group"),
    "NS": ("Not stated",),
}
FORCE_NAMES: Words = {
    "01": ("Metropolitan", "metropolitan police"), "02": ("Metropolitan (second code)",), "03": ("Cumbria",),
    "04": ("Lancashire",), "05": ("Merseyside",), "06": ("Greater Manchester",), "07": ("Cheshire",),
    "10": ("Northumbria",), "11": ("Durham",), "12": ("North Yorkshire",), "13": ("West Yorkshire",),
    "14": ("South Yorkshire",), "16": ("Humberside",), "17": ("Cleveland",), "20": ("West Midlands",),
    "21": ("Staffordshire",), "22": ("West Mercia",), "23": ("Warwickshire",), "30": ("Derbyshire",),
    "31": ("Nottinghamshire",), "32": ("Lincolnshire",), "33": ("Leicestershire",), "34": ("Northamptonshire",),
    "35": ("Cambridgeshire",), "36": ("Norfolk",), "37": ("Suffolk",), "40": ("Bedfordshire",),
    "41": ("Hertfordshire",), "42": ("Essex",), "43": ("Thames Valley",), "44": ("Hampshire",), "45": ("Surrey",),
    "46": ("Kent",), "47": ("Sussex",), "48": ("City of London",), "50": ("Devon and Cornwall",),
    "52": ("Avon and Somerset",), "53": ("Gloucestershire",), "54": ("Wiltshire",), "55": ("Dorset",),
    "60": ("North Wales",), "61": ("Gwent",), "62": ("South Wales",), "63": ("Dyfed-Powys",),
    "93": ("British Transport Police",), "SC": ("Scotland",), "NI": ("Northern Ireland",), "IM": ("Isle of Man",),
    "JE": ("Jersey",), "GG": ("Guernsey",),
}  # fmt: skip
FORCES = tuple(FORCE_NAMES)
CATEGORIES: Words = {
    "CI": ("Indictable only", "indictable"),
    "CE": ("Triable either way", "either way"),
    "CS": ("Summary", "summary only"),
    "CM": ("Summary motoring", "motoring"),
    "CB": ("Breach that is no offence", "breach"),
}
COURTS: Words = {
    "MC": ("Magistrates' court", "magistrates", "magistrate's court", "magistrate"),
    "CC": ("Crown Court", "crown"),
    "YC": ("Youth court", "youth"),
}
STRANDS = ("catch_and_convict", "rehabilitate_and_resettle", "prevent_and_deter")
NEEDS = ("need", "no_need", "not_assessed")
PROVED = ("convicted", "caution", "reprimand", "warning", "tic")
"""Outcomes by which an offence is proved; a tic is taken into consideration at a conviction."""

# ── The stages of a case ────────────────────────────────────────────────────────────────────────
# committed ≤ arrested ≤ charged ≤ first hearing ≤ disposed ≤ sentenced; the same day is fine.
# Two dates are held on to: committed_on, which is the row's own, and disposed_on (without one, sentenced_on), which is
# the proof. A stage outside them is nulled. Of the three stages between, the fewest are nulled that leave the rest in
# order; where one is as few as another, the earlier stage goes, because the court's dates come from its register and
# the arrest was typed into a custody record. When the two that are held on to disagree, an offence that was proved has
# no proof left to trust (row), and one that was not loses the date of disposal (field).

_PROVED = f"outcome in {PROVED}"
_BOUND = (
    "coalesce("
    + ", ".join(f"case when {end} >= committed_on then {end} end" for end in ("disposed_on", "sentenced_on"))
    + ")"
)
_ARRESTED, _CHARGED, _HEARD = (
    f"(case when {stage} >= committed_on and not coalesce({stage} > {_BOUND}, false) then {stage} end)"
    for stage in ("arrested_on", "charged_on", "first_hearing_on")
)
_ARREST_AFTER_CHARGE = f"coalesce({_ARRESTED} > {_CHARGED}, false)"
_CHARGE_AFTER_HEARING = f"coalesce({_CHARGED} > {_HEARD}, false)"
_ARREST_AFTER_HEARING = f"coalesce({_ARRESTED} > {_HEARD}, false)"


def _out_of_order(column: str, fault: str) -> Rule:
    return Rule(
        "out_of_order",
        "field",
        "A stage of the case that is not between the one before and the one after.",
        "Correct the date that is out of order: committed, arrested, charged, first hearing, disposed, sentenced.",
        (column,),
        fault,
    )


STAGE_RULES = (
    _out_of_order("committed_to", "committed_to < committed_on"),
    _out_of_order("disposed_on", f"disposed_on < committed_on and not coalesce({_PROVED}, false)"),
    _out_of_order(
        "sentenced_on",
        f"sentenced_on < disposed_on or (sentenced_on < committed_on and not coalesce({_PROVED}, false))",
    ),
    _out_of_order(
        "arrested_on",
        f"arrested_on < committed_on or arrested_on > {_BOUND} or {_ARREST_AFTER_CHARGE}"
        f" or ({_ARREST_AFTER_HEARING} and {_CHARGED} is null)",
    ),
    _out_of_order(
        "charged_on",
        f"charged_on < committed_on or charged_on > {_BOUND}"
        f" or ({_CHARGE_AFTER_HEARING} and ({_ARREST_AFTER_CHARGE} or not {_ARREST_AFTER_HEARING}))",
    ),
    _out_of_order(
        "first_hearing_on",
        f"first_hearing_on < committed_on or first_hearing_on > {_BOUND}"
        f" or ({_CHARGE_AFTER_HEARING} and not {_ARREST_AFTER_CHARGE} and {_ARREST_AFTER_HEARING})",
    ),
)


def _stages_in_order() -> str:
    """Return the SQL of every stage being at or after the last one before it that is known."""
    last, steps = "committed_on", ["(committed_to is null or committed_to >= committed_on)"]
    for stage in ("arrested_on", "charged_on", "first_hearing_on", "disposed_on", "sentenced_on"):
        steps.append(f"coalesce({stage}, {last}) >= {last}")
        last = f"coalesce({stage}, {last})"
    return " and ".join(steps)


_LAST_STAGE = "greatest(arrested_on, charged_on, first_hearing_on, disposed_on, sentenced_on)"

# ── Declaring columns ───────────────────────────────────────────────────────────────────────────


def _text(name: str, meaning: str, *, required: bool = True, severity: Literal["row", "field"] = "field") -> Column:
    return Column(name, "text", meaning, required, severity=severity)


def _label(name: str, meaning: str, *, severity: Literal["row", "field"] = "field") -> Column:
    """Return a text that names something, where a spreadsheet's idea of a number or a date is no text."""
    return Column(name, "label", meaning, severity=severity)


def _may(name: str, kind: Kind, meaning: str, *codes: str, words: Words | None = None, **more) -> Column:
    """Return a column that may be blank, or absent from the file altogether."""
    words = words or {}
    return Column(name, kind, meaning, required=False, domain=codes or tuple(words), said=tuple(words.values()), **more)


def _code(
    name: str,
    meaning: str,
    *codes: str,
    words: Words | None = None,
    severity: Literal["row", "field"] = "field",
) -> Column:
    words = words or {}
    return Column(name, "code", meaning, domain=codes or tuple(words), said=tuple(words.values()), severity=severity)


def _event(name: str, meaning: str) -> Column:
    return Column(name, "date", meaning, severity="row", role="event")


def _end(name: str, meaning: str) -> Column:
    """Return the end of a span. One that cannot be read costs the row: nulled, it would say "still open"."""
    return Column(name, "date", meaning, required=False, severity="row", role="end")


def _person(name: str, kind: Kind, meaning: str, *, required: bool = True) -> Column:
    return Column(name, kind, meaning, required, severity="row" if required else "field", role="person")


_PNC = _person("pnc_id", "pnc", "Police National Computer id, as 1981/0000034U")
_CRN = _person("crn", "crn", "Case reference number of the probation service, as X320741")
_DIP = _person("dip_id", "dip", "Client number of the drug interventions programme")
_SCHEME = _label("scheme_id", "The scheme, as in reference/schemes", severity="row")
_SURNAME = _text("surname", "Family name")
_FORENAMES = _text("forenames", "Given names")
_BORN = Column("date_of_birth", "date", "Date of birth")
_SEX = _code("sex", "Sex: male, female or unknown", words=SEXES)

POLICE_PEOPLE = Extract(
    "police/people",
    "a person on the national computer",
    (
        _PNC,
        _may("cro_number", "cro", "Criminal Records Office number, as 065656/91H"),
        _SURNAME,
        _FORENAMES,
        _BORN,
        _SEX,
        _may("ethnicity_observed", "code", "Ethnicity as an officer saw it", words=OBSERVED),
        _may("ethnicity_self_defined", "code", "Ethnicity as the person said it (16+1)", words=SELF_DEFINED),
        _may("postcode", "text", "Postcode of the home address"),
    ),
    key=("pnc_id",),
)

POLICE_OFFENCES = Extract(
    "police/offences",
    "an offence dealt with or alleged",
    (
        _PNC,
        Column("asn", "asn", "Arrest or summons number, 20 or 21 characters"),
        Column("offence_number", "integer", "Number of the offence under its arrest or summons", least=0),
        Column("cjs_offence_code", "offence_code", "Code of the offence, as in reference/offence_codes"),
        _may("ho_class", "ho_class", "Home Office class, as 028/03"),
        _code("category", "How serious: CB is a breach that is no offence", words=CATEGORIES, severity="row"),
        Column("recordable", "yes_no", "Recordable on the national computer", severity="row"),
        _event("committed_on", "Day of the offence, or first day of a range"),
        _may("committed_to", "date", "Last day of the range"),
        _may("arrested_on", "date", "Day of arrest"),
        _may("charged_on", "date", "Day of charge or summons"),
        _may("first_hearing_on", "date", "Day of the first hearing"),
        _may("disposed_on", "date", "Day of the finding of guilt, caution or other outcome: the proof"),
        _may("sentenced_on", "date", "Day of sentence"),
        _may("court_type", "code", "Kind of court", words=COURTS),
        _code("outcome", "How the allegation ended", "convicted", "caution", "reprimand", "warning", "acquitted",
              "discontinued", "tic", "pending", severity="row"),
        _may("disposal", "code", "Sentence", "custody", "suspended", "community", "fine", "discharge",
             "youth_order", "other"),
        _may("sentence_days", "integer", "Length of the sentence in days", least=0),
        _may("force_code", "code", "Force that dealt with the offence", words=FORCE_NAMES),
    ),
    key=("pnc_id", "asn", "offence_number"),
    later=("disposed_on", "sentenced_on"),
    person="police/people",
    rules=(
        *STAGE_RULES,
        Rule("proved_before_committed", "row", "An offence proved before the day on which it was committed.",
             "Correct whichever of the two dates is wrong.", ("disposed_on",),
             f"{_PROVED} and coalesce(disposed_on, sentenced_on) < committed_on"),
        Rule("convicted_without_date", "row", "A conviction with a date neither of disposal nor of sentence.",
             "Fill in the day of the disposal, or of the sentence.", ("disposed_on",),
             "outcome = 'convicted' and disposed_on is null and sentenced_on is null"),
        Rule("under_ten", "row", "The person was under ten, the age of criminal responsibility, at the offence.",
             "Correct the day of the offence, or the date of birth in the people file.", ("committed_on",),
             "committed_on < ten_on and committed_on >= born_on", by_birth=True),
        Rule("gap_over_ten_years", "flag", "Over ten years between two stages: left out of the days between stages.",
             "Nothing, if it is so: late convictions are real. Else correct the date.", ("committed_on",),
             f"case when {_LAST_STAGE} - committed_on > 3650"
             f" then {_LAST_STAGE} > cast(committed_on + to_years(10) as date) end"),
    ),
    in_order=_stages_in_order(),
    mark=("asn", "offence_number"),
)  # fmt: skip

POLICE_PPO_REGISTER = Extract(
    "police/ppo_register",
    "a span of membership of a scheme",
    (
        _SCHEME,
        _PNC,
        _code("strand", "Strand of the programme", *STRANDS, severity="row"),
        _may("nominated_on", "date", "Day of nomination"),
        _event("adopted_on", "First day on the scheme in this strand"),
        _may("strand_decided_on", "date", "Day on which the strand was decided"),
        _may("police_flagged_on", "date", "Day flagged on police systems"),
        _may("probation_flagged_on", "date", "Day flagged on probation systems"),
        _may("notified_on", "date", "Day of the letter to the person"),
        _may("first_home_visit_on", "date", "Day of the first home visit"),
        _may("outreach_worker_on", "date", "Day on which an outreach worker was given"),
        _may("exit_letter_on", "date", "Day of the exit letter"),
        _end("exited_on", "First day off the scheme or strand"),
        _may("exit_reason", "code", "Why it ended", "reduced_offending", "moved_area", "long_custody", "died",
             "transferred_strand", "other"),
        _may("substance_motivated", "yes_no", "Offending driven by drugs or drink"),
        _may("resident", "yes_no", "Lives in the scheme's area"),
    ),
    key=("scheme_id", "pnc_id", "strand", "adopted_on"),
    later=("exited_on",),
    person="police/people",
    rules=(
        Rule("overlapping_span", "row", "Overlaps an earlier span of the same person in the same scheme.",
             "Close the earlier span on the day on which the later one begins.", ("adopted_on",)),
    ),
)  # fmt: skip

POLICE_NOMINATIONS = Extract(
    "police/nominations",
    "a person put to the monthly meeting",
    (
        _SCHEME,
        _PNC,
        _event("nominated_on", "Day of nomination"),
        _may("decided_on", "date", "Day of the decision"),
        _may("decision", "code", "What was decided", "adopt", "refuse", "defer"),
        _may("reason", "text", "Why"),
    ),
    key=("scheme_id", "pnc_id", "nominated_on"),
    later=("decided_on",),
    optional=True,
    person="police/people",
)

POLICE_INDICATIONS = Extract(
    "police/indications",
    "an item of intelligence",
    (
        _PNC,
        _event("dated_on", "Day of the item"),
        Column("reliable", "yes_no", "Held to be reliable"),
    ),
    key=("pnc_id", "dated_on", "reliable"),
    optional=True,
    person="police/people",
)

PROBATION_PEOPLE = Extract(
    "probation/people",
    "a person supervised",
    (
        _CRN,
        _may("pnc_id", "pnc", "Police National Computer id"),
        _may("noms_number", "noms", "Prison number, as A1234BC"),
        _SURNAME,
        _FORENAMES,
        _BORN,
        _SEX,
        _may("ethnicity", "code", "Ethnicity as the person said it (16+1)", words=SELF_DEFINED),
        _may("postcode", "text", "Postcode of the home address"),
    ),
    key=("crn",),
)

PROBATION_SUPERVISION = Extract(
    "probation/supervision",
    "an order or a licence",
    (
        _CRN,
        Column("event_number", "integer", "Number of the event of which it is part", least=0),
        _code("kind", "Kind of order", "community_order", "suspended_sentence_order", "licence", "youth_order"),
        _event("started_on", "First day"),
        _end("ended_on", "Last day, itself within the order"),
        _may("end_reason", "text", "Why it ended"),
        _may("breach_initiated_on", "date", "Day on which breach was begun"),
        _may("breach_hearing_on", "date", "Day of the breach hearing"),
        _may("recalled_on", "date", "Day of recall to prison"),
    ),
    key=("crn", "event_number", "kind", "started_on"),
    later=("ended_on",),
    person="probation/people",
)

PROBATION_CUSTODY = Extract(
    "probation/custody",
    "an admission to custody and the release from it",
    (
        _person("crn", "crn", "Case reference number", required=False),
        _person("pnc_id", "pnc", "Police National Computer id", required=False),
        _person("noms_number", "noms", "Prison number", required=False),
        _event("admitted_on", "First day in custody"),
        _code("admission_reason", "Why admitted", "remand", "sentenced", "recall", "fine_default", "other"),
        _end("released_on", "First day out"),
        _may("release_reason", "code", "Why it ended", "sentence_end", "licence", "hdc", "bail", "acquitted", "escape",
             "died", "transfer", "court", "temporary_absence", "merge"),
    ),
    key=("crn", "pnc_id", "noms_number", "admitted_on", "admission_reason"),
    later=("released_on",),
    key_may_be_null=True,
    person="anybody",
)  # fmt: skip

PROBATION_CONTACTS = Extract(
    "probation/contacts",
    "an appointment",
    (
        _CRN,
        _event("on", "Day of the appointment"),
        _code("kind", "Where it was", "office", "home_visit", "telephone", "accompanied", "other"),
        _code("outcome", "Whether it was kept", "attended", "acceptable_absence", "unacceptable_absence", "cancelled"),
    ),
    key=("crn", "on", "kind", "outcome"),
    person="probation/people",
)

PROBATION_ASSESSMENTS = Extract(
    "probation/assessments",
    "an assessment",
    (
        _CRN,
        _event("assessed_on", "Day of the assessment"),
        _may("ogrs3_one_year", "integer", "Chance of reconviction in one year, per cent", least=0, most=100),
        *(
            _may(need, "code", f"Need: {words}", *NEEDS)
            for need, words in (
                ("accommodation", "somewhere to live"),
                ("employment", "work"),
                ("education", "education and skills"),
                ("health", "physical health"),
                ("mental_health", "mental health"),
                ("drugs", "drugs"),
                ("alcohol", "drink"),
            )
        ),
        _may("sentence_plan_on", "date", "Day of the sentence plan"),
    ),
    key=("crn", "assessed_on"),
    later=("sentence_plan_on",),
    person="probation/people",
)

DIP_PEOPLE = Extract(
    "dip/people",
    "a client",
    (
        _DIP,
        _text("initials", "Initials, forename first"),
        _BORN,
        _SEX,
        _may("postcode_district", "label", "First half of the postcode"),
        _may("dat_code", "label", "Drug action team of residence"),
        _may("pnc_id", "pnc", "Police National Computer id"),
        _may("consent_to_share", "yes_no", "No: the client is left out of everything, and counted"),
    ),
    key=("dip_id",),
)

DIP_EVENTS = Extract(
    "dip/events",
    "a dated event",
    (
        _DIP,
        _code("event", "What happened", "test", "required_assessment", "caseload_start", "caseload_end",
              "treatment_start", "treatment_end", severity="row"),
        _event("on", "Day of the event; of an end, the first day out"),
        _may("result", "code", "Of a test or an assessment", "positive_opiates", "positive_cocaine", "positive_both",
             "negative", "attended", "not_attended"),
        _may("referred_on", "date", "Day of referral"),
    ),
    key=("dip_id", "event", "on", "result"),
    later=("referred_on",),
    key_may_be_null=True,
    person="dip/people",
)  # fmt: skip

REFERENCE_SCHEMES = Extract(
    "reference/schemes",
    "a scheme",
    (
        _SCHEME,
        _text("name", "Name of the scheme"),
        _text("area", "Criminal justice area"),
        _may("force_code", "code", "Police force of the area", words=FORCE_NAMES),
        _may("dat_code", "label", "Drug action team of the area"),
        Column("opened_on", "date", "Day on which the scheme opened"),
    ),
    key=("scheme_id",),
)

REFERENCE_OFFENCE_CODES = Extract(
    "reference/offence_codes",
    "an offence code",
    (
        Column("cjs_offence_code", "offence_code", "Code of the offence", severity="row"),
        _text("title", "Title of the offence"),
        Column("ho_class", "ho_class", "Home Office class, as 028/03"),
        _text("group", "Group of offences under which figures are shown"),
        Column("acquisitive", "yes_no", "Committed for gain"),
        Column("trigger", "yes_no", "Leads to a drug test on arrest or charge"),
    ),
    key=("cjs_offence_code",),
)

REFERENCE_NATIONAL = Extract(
    "reference/national",
    "a published figure",
    (
        _label("measure", "The measure", severity="row"),
        _label("period", "The period", severity="row"),
        Column("value", "number", "The figure", severity="row"),
        _text("unit", "What it is counted in"),
        _text("source", "Where it was published"),
    ),
    key=("measure", "period", "unit"),
    key_may_be_null=True,
)

REFERENCE_TARGETS = Extract(
    "reference/targets",
    "a target",
    (
        _may("scheme_id", "label", "The scheme; blank for every scheme"),
        _label("measure", "The measure", severity="row"),
        _label("period", "The period", severity="row"),
        Column("value", "number", "The target", severity="row"),
        _text("set_by", "Who set it"),
    ),
    key=("scheme_id", "measure", "period"),
    key_may_be_null=True,
    optional=True,
)

EXTRACTS = (
    REFERENCE_SCHEMES,
    REFERENCE_OFFENCE_CODES,
    REFERENCE_NATIONAL,
    POLICE_PEOPLE,
    PROBATION_PEOPLE,
    DIP_PEOPLE,
    REFERENCE_TARGETS,
    POLICE_OFFENCES,
    POLICE_PPO_REGISTER,
    POLICE_NOMINATIONS,
    POLICE_INDICATIONS,
    PROBATION_SUPERVISION,
    PROBATION_CUSTODY,
    PROBATION_CONTACTS,
    PROBATION_ASSESSMENTS,
    DIP_EVENTS,
)
"""Every extract, in the order in which they are taken in: schemes and people before the rows that name them."""

BY_NAME = {extract.name: extract for extract in EXTRACTS}


def rules() -> Iterator[tuple[str, Rule]]:
    """Give every rule once per extract that declares it, and the general ones under the name "every file"."""
    for rule in GENERAL_RULES:
        yield "every file", rule
    for extract in EXTRACTS:
        for rule in extract.rules:
            yield extract.name, rule
