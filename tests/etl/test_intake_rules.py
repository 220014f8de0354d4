"""Every rule of the contracts, on rows made for it; what must become of each row is worked out by hand."""

import itertools
from datetime import date, timedelta

import pytest

from etl.contracts import EXTRACTS, rules
from tests.etl import test_intake_corpus, test_intake_files
from tests.etl.extracts import COVERED, GOOD, covers, good, rows, taken_in

OTHER = "2002/0073319Z"
"""A PNC id with a right letter that no people file holds unless a test puts it there."""


def test_a_good_row_of_every_file_is_accepted_as_it_is(tmp_path):
    files = {name: [row] for name, row in GOOD.items()}
    taken = taken_in(tmp_path, files)
    assert {
        count.file: (count.rows_read, count.accepted, count.nulled) for count in taken.intake.counts
    } == dict.fromkeys(GOOD, (1, 1, 0))
    assert taken.all("select count(*) from quarantine") == [(0,)]
    assert taken.all("select count(*) from flagged") == [(0,)]


# ── One column at a time ────────────────────────────────────────────────────────────────────────

# The columns whose value decides the row: its key, the date of its event, its proof. All others cost a value only.
ROW_COLUMNS = {
    "police/people": {"pnc_id"},
    "police/offences": {"pnc_id", "committed_on", "category", "recordable", "outcome"},
    "police/ppo_register": {"scheme_id", "pnc_id", "strand", "adopted_on", "exited_on"},
    "police/nominations": {"scheme_id", "pnc_id", "nominated_on"},
    "police/indications": {"pnc_id", "dated_on"},
    "probation/people": {"crn"},
    "probation/supervision": {"crn", "started_on", "ended_on"},
    "probation/custody": {"admitted_on", "released_on"},
    "probation/contacts": {"crn", "on"},
    "probation/assessments": {"crn", "assessed_on"},
    "dip/people": {"dip_id"},
    "dip/events": {"dip_id", "event", "on"},
    "reference/schemes": {"scheme_id"},
    "reference/offence_codes": {"cjs_offence_code"},
    "reference/national": {"measure", "period", "value"},
    "reference/targets": {"measure", "period", "value"},
}

BAD = {
    "date": ("31/02/2009", "not_a_date"),
    "integer": ("many", "not_a_number"),
    "number": ("a lot", "not_a_number"),
    "yes_no": ("perhaps", "not_in_list"),
    "code": ("XYZ", "not_in_list"),
    "text": ("x" * 1001, "too_long"),
    "label": ("1.23E+05", "spreadsheet_number"),
    "offence_code": ("x" * 21, "too_long"),
}


def unlike(file: str, number: int) -> dict[str, str]:
    """Return changes that make a row a thing of its own beside the good row and beside those of other numbers."""
    day = str(date(2008, 2, 1) + timedelta(days=number))
    letter = "ZABCDEFGHJKLMNPQRTUVWXY"[(800000000 + number) % 23]
    return {
        "police/people": {"pnc_id": f"1980/{number:07}{letter}"},
        "police/offences": {"offence_number": str(number)},
        "police/ppo_register": {"scheme_id": f"S{number}"},
        "police/nominations": {"scheme_id": f"S{number}"},
        "police/indications": {"dated_on": day},
        "probation/people": {"crn": f"A{number:06}"},
        "probation/supervision": {"event_number": str(number)},
        "probation/custody": {"admitted_on": day, "released_on": "2009-12-31"},
        "probation/contacts": {"on": day},
        "probation/assessments": {"assessed_on": day},
        "dip/people": {"dip_id": f"E{number}"},
        "dip/events": {"on": day},
        "reference/schemes": {"scheme_id": f"T{number}"},
        "reference/offence_codes": {"cjs_offence_code": f"TH68{number:03}"},
        "reference/national": {"period": str(number)},
        "reference/targets": {"period": str(number)},
    }[file]


def each_column(value_of) -> dict[str, list[dict[str, str]]]:
    """Return for each file its good row, and then a row per column with another value in it."""
    files = {}
    for extract in EXTRACTS:
        files[extract.name] = [GOOD[extract.name]]
        for number, column in enumerate(extract.columns, start=101):
            changes = {**unlike(extract.name, number), column.name: value_of(column)}
            files[extract.name].append(good(extract.name, **changes))
    files["reference/schemes"] += [good("reference/schemes", scheme_id=f"S{number}") for number in range(101, 120)]
    return files


def test_the_columns_that_decide_a_row_are_those_listed_here():
    found = {
        extract.name: {column.name for column in extract.columns if column.severity == "row"} for extract in EXTRACTS
    }
    assert found == ROW_COLUMNS


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory):
    """A folder in which row 2 of every file is good, and each row after it has one value that cannot be read."""
    return taken_in(tmp_path_factory.mktemp("unreadable"), each_column(lambda column: bad_value(column)[0]))


def bad_value(column) -> tuple[str, str]:
    """Return a value that cannot be read in a column, and the rule that says so."""
    return BAD.get(column.kind, ("?!", "failing_identifier"))


@covers("every file", "not_a_date", "not_a_number", "not_in_list", "too_long", "failing_identifier")
@pytest.mark.parametrize("extract", EXTRACTS, ids=lambda extract: extract.name)
def test_a_value_that_cannot_be_read_costs_the_value_or_the_row(unreadable, extract):
    lost, nulled = [], []
    for row, column in enumerate(extract.columns, start=3):
        bad, rule = bad_value(column)
        if column.name in ROW_COLUMNS[extract.name]:
            rule = "no_usable_identifier" if rule == "failing_identifier" else rule
            lost.append((row, rule, column.name, bad[:200]))
        else:
            nulled.append((row, column.name, rule, bad[:200]))
            assert unreadable.value(extract.name, row, column.name) is None
    assert [line for line in unreadable.quarantined(extract.name) if line[1] != "near_duplicate"] == lost
    assert unreadable.nulled(extract.name) == nulled
    assert 2 in unreadable.accepted(extract.name)


@pytest.fixture(scope="module")
def blanks(tmp_path_factory):
    """A folder like it with blanks, written in each of the ways in which nothing is said."""
    ways = itertools.cycle(["", "NULL", "N/A", "-", " ", " - ", " NULL"])
    return taken_in(tmp_path_factory.mktemp("blanks"), each_column(lambda column: next(ways)))


@covers("every file", "missing_value", "no_usable_identifier", "no_event_date")
@pytest.mark.parametrize("extract", EXTRACTS, ids=lambda extract: extract.name)
def test_a_blank_is_counted_where_a_value_is_required_and_nowhere_else(blanks, extract):
    lost, nulled = [], []
    for row, column in enumerate(extract.columns, start=3):
        if not column.required:
            assert blanks.value(extract.name, row, column.name) is None
            continue
        rule = {"person": "no_usable_identifier", "event": "no_event_date"}.get(column.role, "missing_value")
        if column.name in ROW_COLUMNS[extract.name]:
            lost.append((row, rule, column.name))
        else:
            nulled.append((row, column.name, rule))
    assert [line[:3] for line in blanks.quarantined(extract.name)] == lost
    assert [line[:3] for line in blanks.nulled(extract.name)] == nulled


def test_identifiers_that_fail_are_nulled_where_the_row_has_another(tmp_path):
    custody = rows("probation/custody", """
        crn     | pnc_id        | noms_number | admitted_on | released_on | note
        X320741 | 1981/0000034A | A1234BC     | 2007-06-01  | 2007-07-01  | wrong letter: the CRN is enough
                | 81/34U        |             | 2007-08-01  | 2007-09-01  | short form
        ?       | 1981/0000034A | 12          | 2007-10-01  | 2007-11-01  | nothing is left
                |               |             | 2007-12-01  | 2007-12-02  | nothing was sent
    """)  # fmt: skip
    taken = taken_in(tmp_path, {"probation/custody": custody})
    assert taken.accepted("probation/custody", "crn", "pnc_id", "noms_number") == [
        ("X320741", None, "A1234BC"),
        (None, "1981/0000034U", None),
    ]
    assert taken.nulled("probation/custody") == [(2, "pnc_id", "failing_identifier", "1981/0000034A")]
    assert taken.quarantined("probation/custody") == [
        (4, "no_usable_identifier", "crn", "?"),
        (5, "no_usable_identifier", "crn", None),
    ]


@covers("every file", "out_of_range")
def test_numbers_and_dates_outside_their_limits(tmp_path):
    taken = taken_in(tmp_path, {
        "police/offences": [
            good("police/offences", sentence_days="-1"),
            good("police/offences", offence_number="2", arrested_on="0001-01-01"),
            good("police/offences", offence_number="3", committed_on="0001-01-01"),
        ],
        "probation/assessments": rows("probation/assessments", """
            assessed_on | ogrs3_one_year
            2008-01-10  | 100
            2008-01-11  | 101
        """),
        "police/people": [good("police/people", date_of_birth="0001-01-01")],
    })  # fmt: skip
    assert taken.nulled("police/offences") == [
        (2, "sentence_days", "out_of_range", "-1"),
        (3, "arrested_on", "out_of_range", "0001-01-01"),
    ]
    assert taken.quarantined("police/offences") == [(4, "out_of_range", "committed_on", "0001-01-01")]
    assert taken.nulled("probation/assessments") == [(3, "ogrs3_one_year", "out_of_range", "101")]
    assert taken.nulled("police/people") == [(2, "date_of_birth", "out_of_range", "0001-01-01")]
    assert taken.accepted("police/people", "surname", "date_of_birth") == [("Ashe", None)]


@covers("every file", "after_extract_date", "planned_end")
def test_dates_after_the_extract(tmp_path):
    """The extract is of 31 March 2010: that day is not after it."""
    taken = taken_in(tmp_path, {
        "reference/schemes": [good("reference/schemes", scheme_id=scheme) for scheme in ("S1", "S2", "S3", "S4", "S5")],
        "police/ppo_register": rows("police/ppo_register", """
            scheme_id | adopted_on | nominated_on | exited_on  | note
            S1        | 2010-03-31 | 2010-03-31   |            | on the day
            S2        | 2010-04-01 | 2010-03-01   |            | not yet adopted: the row
            S3        | 2006-01-01 | 2010-04-01   | 2007-01-01 | nominated after: the value
            S4        | 2008-01-01 | 2007-12-01   | 2010-04-01 | an exit that is only planned
            S5        | 2007-01-01 | 2007-01-01   | 9999-12-31 | a year that stands for never
        """),
    })  # fmt: skip
    register = "police/ppo_register"
    assert taken.quarantined(register) == [(3, "after_extract_date", "adopted_on", "2010-04-01")]
    assert taken.nulled(register) == [(4, "nominated_on", "after_extract_date", "2010-04-01")]
    assert taken.flagged(register) == [(5, "exited_on", "planned_end"), (6, "exited_on", "planned_end")]
    assert [taken.value(register, row, "exited_on") for row in (4, 5, 6)] == [date(2007, 1, 1), None, None]


# ── Who and where ───────────────────────────────────────────────────────────────────────────────


STRANGERS = {"pnc_id": OTHER, "crn": "X320742", "dip_id": "D101"}
FOLLOWING = {
    extract.name: column.name
    for extract in EXTRACTS
    for column in extract.with_role("person")[:1]
    if extract.name.split("/")[1] not in ("people", "custody")
}


@covers("every file", "unknown_person")
def test_a_person_whom_nobody_sent_is_kept_apart(tmp_path):
    files = {file: [GOOD[file], good(file, **{column: STRANGERS[column]})] for file, column in FOLLOWING.items()}
    taken = taken_in(tmp_path, files)
    assert len(files) == 8
    for file, column in FOLLOWING.items():
        assert taken.quarantined(file) == [(3, "unknown_person", column, STRANGERS[column])]
        assert taken.count(file) == (2, 1, 1, 0)


def test_a_wrong_letter_is_no_stranger_but_no_identifier(tmp_path):
    lines = [good("police/offences", pnc_id="1981/0000035U"), good("police/offences", pnc_id="81/34u")]
    taken = taken_in(tmp_path, {"police/offences": lines})
    assert taken.quarantined("police/offences") == [(2, "no_usable_identifier", "pnc_id", "1981/0000035U")]
    assert taken.accepted("police/offences", "pnc_id") == [("1981/0000034U",)]


def test_custody_finds_its_person_by_any_identifier_that_anybody_sent(tmp_path):
    custody = rows("probation/custody", f"""
        crn     | pnc_id        | noms_number | admitted_on | released_on | note
        X320742 |               |             | 2007-01-01  | 2007-02-01  | nobody's
        X320742 |               | A1234BC     | 2007-03-01  | 2007-04-01  | the prison number is somebody's
                | {OTHER}       |             | 2007-05-01  | 2007-06-01  | sent by the drugs programme alone
                | 2000/0000223R |             | 2007-07-01  | 2007-08-01  | nobody's
    """)  # fmt: skip
    dip = [good("dip/people"), good("dip/people", dip_id="D101", pnc_id=OTHER)]
    taken = taken_in(tmp_path, {"probation/custody": custody, "dip/people": dip})
    assert taken.accepted("probation/custody") == [3, 4]
    assert taken.quarantined("probation/custody") == [
        (2, "unknown_person", "crn", "X320742"),
        (5, "unknown_person", "crn", "2000/0000223R"),
    ]


def test_the_rows_of_a_quarantined_person_are_kept_apart_too(tmp_path):
    taken = taken_in(tmp_path, {"police/people": [good("police/people", pnc_id="1981/0000035U")]})
    assert taken.quarantined("police/people") == [(2, "no_usable_identifier", "pnc_id", "1981/0000035U")]
    assert taken.quarantined("police/offences") == [(2, "unknown_person", "pnc_id", "1981/0000034U")]
    assert taken.accepted("probation/people") == [2]


@covers("every file", "unknown_scheme")
def test_a_scheme_that_is_not_in_the_reference_file(tmp_path):
    taken = taken_in(tmp_path, {
        "police/ppo_register": [good("police/ppo_register"), good("police/ppo_register", scheme_id="S2")],
        "police/nominations": [good("police/nominations", scheme_id="S2")],
        "reference/targets": [good("reference/targets", scheme_id=""), good("reference/targets", scheme_id="S2")],
    })  # fmt: skip
    assert taken.quarantined("police/ppo_register") == [(3, "unknown_scheme", "scheme_id", "S2")]
    assert taken.quarantined("police/nominations") == [(2, "unknown_scheme", "scheme_id", "S2")]
    assert taken.quarantined("reference/targets") == [(3, "unknown_scheme", "scheme_id", "S2")]
    assert taken.accepted("reference/targets", "scheme_id") == [(None,)]  # a target for every scheme


# ── Dates beside each other ─────────────────────────────────────────────────────────────────────


@covers("every file", "ends_before_start")
def test_a_span_that_ends_before_it_starts(tmp_path):
    taken = taken_in(tmp_path, {
        "police/ppo_register": rows("police/ppo_register", """
            adopted_on | exited_on
            2005-02-01 | 2005-01-31
            2005-02-02 | 2005-02-02  # out on the first day: a span of nothing, but a span
        """),
        "probation/supervision": rows("probation/supervision", """
            started_on | ended_on
            2008-01-01 | 2007-12-31
            2008-02-01 | 2008-02-01  # the last day is in: one day
        """),
        "probation/custody": rows("probation/custody", """
            admitted_on | released_on
            2007-06-01  | 2007-05-31
            2007-06-01  | 2007-06-01
        """),
    })  # fmt: skip
    assert taken.quarantined("police/ppo_register") == [(2, "ends_before_start", "exited_on", "2005-01-31")]
    assert taken.quarantined("probation/supervision") == [(2, "ends_before_start", "ended_on", "2007-12-31")]
    assert taken.quarantined("probation/custody") == [(2, "ends_before_start", "released_on", "2007-05-31")]
    assert taken.accepted("police/ppo_register") == [3]


@covers("every file", "event_before_birth")
def test_an_event_before_the_persons_birth(tmp_path):
    """Born on 1 May 1980: the day itself is not before it, and only an offence needs the person to be ten."""
    dated = {extract.name: extract.event_on for extract in EXTRACTS if extract.event_on}
    # An end of 2 May leaves the spans of this row and the next apart from one another.
    ends = {"police/ppo_register": {"exited_on": "1980-05-01"}}
    taken = taken_in(tmp_path, {
        file: [good(file, **{on: "1980-04-30"}, **ends.get(file, {})), good(file, **{on: "1980-05-01"})]
        for file, on in dated.items()
    })  # fmt: skip
    assert len(dated) == 9
    for file, on in dated.items():
        lost = [(2, "event_before_birth", on, "1980-04-30")]
        if file == "police/offences":
            lost.append((3, "under_ten", on, "1980-05-01"))
        assert taken.quarantined(file) == lost


@covers("police/offences", "under_ten")
def test_under_ten_at_the_offence(tmp_path):
    people = {
        "1981/0000034U": "1995-06-15",
        "2002/0073319Z": "1996-02-29",
        "2000/0000223R": "",
    }
    table = """
        pnc_id        | committed_on | offence_number | note
        1981/0000034U | 2005-06-14   | 1              | a day short
        1981/0000034U | 2005-06-15   | 2              | ten on that day
        2002/0073319Z | 2006-02-28   | 3              | a common year: ten on 1 March
        2002/0073319Z | 2006-03-01   | 4              |
        2000/0000223R | 1950-01-01   | 5              | no date of birth to hold against it
    """
    lines = [{**row, "committed_to": ""} for row in rows("police/offences", table)]
    taken = taken_in(tmp_path, {
        "police/people": [good("police/people", pnc_id=pnc, date_of_birth=born) for pnc, born in people.items()],
        "police/offences": lines,
    })  # fmt: skip
    assert taken.quarantined("police/offences") == [
        (2, "under_ten", "committed_on", "2005-06-14"),
        (4, "under_ten", "committed_on", "2006-02-28"),
    ]


@covers("police/offences", "convicted_without_date")
def test_a_conviction_needs_a_date_of_disposal_or_sentence(tmp_path):
    taken = taken_in(tmp_path, {
        "police/offences": rows("police/offences", """
            offence_number | outcome   | disposed_on | sentenced_on
            1              | convicted |             |             # no proof
            2              | convicted |             | 2009-03-01
            3              | convicted | 2009-02-10  |
            4              | pending   |             |
            5              | caution   |             |             # proves nothing, and needs nothing
            6              | convicted | 31/02/2009  |             # cannot be read: none left
            7              | convicted | 2010-04-01  |             # after the extract: none left
            8              | convicted | 31/02/2009  | 2009-03-01  # the sentence is left
        """),
    })  # fmt: skip
    assert taken.quarantined("police/offences") == [
        (2, "convicted_without_date", "disposed_on", None),
        (7, "convicted_without_date", "disposed_on", "31/02/2009"),
        (8, "convicted_without_date", "disposed_on", "2010-04-01"),
    ]
    assert taken.nulled("police/offences") == [(9, "disposed_on", "not_a_date", "31/02/2009")]


@covers("police/offences", "proved_before_committed")
def test_an_offence_proved_before_it_was_committed(tmp_path):
    """Committed on 5 January 2009."""
    lines = rows("police/offences", """
        offence_number | outcome   | disposed_on | sentenced_on | note
        1              | convicted | 2009-01-04  |              |
        2              | caution   | 2009-01-05  |              | the same day
        3              | convicted |             | 2009-01-04   |
        4              | acquitted | 2009-01-04  |              | nothing to prove
        5              | tic       | 2009-01-04  |              |
    """)  # fmt: skip
    blank = {"arrested_on": "", "charged_on": "", "first_hearing_on": ""}
    taken = taken_in(tmp_path, {"police/offences": [{**line, **blank} for line in lines]})
    assert taken.quarantined("police/offences") == [
        (2, "proved_before_committed", "disposed_on", "2009-01-04"),
        (4, "proved_before_committed", "disposed_on", None),
        (6, "proved_before_committed", "disposed_on", "2009-01-04"),
    ]
    assert taken.nulled("police/offences") == [(5, "disposed_on", "out_of_order", "2009-01-04")]


STAGES = [
        # Committed 5, arrested 7, charged 8, first hearing 20 January; disposed 10 February; sentenced 1 March 2009.
        ({}, []),
        ({"arrested_on": "2009-01-05", "charged_on": "2009-01-05", "first_hearing_on": "2009-01-05",
          "disposed_on": "2009-01-05", "sentenced_on": "2009-01-05"}, []),  # all on one day
        ({"committed_to": "2009-01-04"}, ["committed_to"]),
        ({"arrested_on": "2009-01-04"}, ["arrested_on"]),  # before the offence
        ({"arrested_on": "2009-01-09"}, ["arrested_on"]),  # after the charge: the earlier stage goes
        ({"arrested_on": "2009-02-11"}, ["arrested_on"]),  # after the disposal
        ({"charged_on": "2009-01-04"}, ["charged_on"]),
        ({"charged_on": "2009-01-06"}, ["arrested_on"]),  # one of the two is wrong: the earlier stage goes
        ({"charged_on": "2009-01-21"}, ["charged_on"]),  # after the hearing, which the arrest is not
        ({"first_hearing_on": "2009-01-06"}, ["first_hearing_on"]),  # before arrest and charge: the one against two
        ({"first_hearing_on": "2009-02-11"}, ["first_hearing_on"]),
        ({"arrested_on": "2009-01-20", "charged_on": "2009-01-15", "first_hearing_on": "2009-01-10"},
         ["arrested_on", "charged_on"]),  # backwards: one of the three can stay
        ({"charged_on": "", "arrested_on": "2009-01-21"}, ["arrested_on"]),
        ({"charged_on": "2009-01-04", "arrested_on": "2009-01-21"}, ["arrested_on", "charged_on"]),
        ({"sentenced_on": "2009-02-09"}, ["sentenced_on"]),  # before the disposal, which is the proof
        ({"disposed_on": "", "first_hearing_on": "2009-03-02"}, ["first_hearing_on"]),  # the sentence is the proof
        ({"disposed_on": "2009-01-19"}, ["first_hearing_on"]),
        ({"outcome": "acquitted", "disposed_on": "2009-01-04", "sentenced_on": ""}, ["disposed_on"]),
        ({"outcome": "acquitted", "disposed_on": "2009-01-04", "sentenced_on": "2009-01-03"},
         ["disposed_on", "sentenced_on"]),
        ({"outcome": "pending", "disposed_on": "", "sentenced_on": ""}, []),
]  # fmt: skip


@covers("police/offences", "out_of_order")
def test_stages_out_of_order_lose_the_date_that_the_proof_does_not_need(tmp_path):
    lines = [
        good("police/offences", **changes, offence_number=str(number)) for number, (changes, _) in enumerate(STAGES)
    ]
    taken = taken_in(tmp_path, {"police/offences": lines})
    assert taken.count("police/offences") == (len(STAGES), len(STAGES), 0, 0)
    found = taken.nulled("police/offences")
    for row, (changes, nulled) in enumerate(STAGES, start=2):
        assert [line[1:3] for line in found if line[0] == row] == [(column, "out_of_order") for column in nulled], (
            changes
        )
    stages = ("committed_on", "arrested_on", "charged_on", "first_hearing_on", "disposed_on", "sentenced_on")
    for left in taken.accepted("police/offences", *stages):
        assert [day for day in left if day] == sorted(day for day in left if day)


@covers("police/offences", "gap_over_ten_years")
def test_a_gap_of_over_ten_years_is_flagged_and_nothing_is_nulled(tmp_path):
    stages = {"committed_to": "", "arrested_on": "", "charged_on": "", "first_hearing_on": "", "disposed_on": ""}
    taken = taken_in(tmp_path, {
        "police/offences": [
            good("police/offences", offence_number="1", committed_on="1999-03-01", sentenced_on="2009-03-01", **stages),
            good("police/offences", offence_number="2", committed_on="1999-03-01", sentenced_on="2009-03-02", **stages),
        ],
    })  # fmt: skip
    assert taken.flagged("police/offences") == [(3, "committed_on", "gap_over_ten_years")]
    assert taken.nulled("police/offences") == []
    assert taken.accepted("police/offences") == [2, 3]


# ── Rows beside each other ──────────────────────────────────────────────────────────────────────


@covers("every file", "exact_duplicate")
def test_exact_duplicates_are_dropped_and_counted(tmp_path):
    same = good("police/offences")
    taken = taken_in(tmp_path, {
        "police/offences": [same, same, good("police/offences", committed_on="05/01/2009"),
                            good("police/offences", offence_number="2")],
    })  # fmt: skip
    assert taken.accepted("police/offences") == [2, 5]
    assert taken.count("police/offences") == (4, 2, 0, 2)
    assert taken.quarantined("police/offences") == []


@covers("every file", "near_duplicate", "near_duplicate_kept")
def test_of_near_duplicates_the_later_disposal_wins_and_both_are_listed(tmp_path):
    offences = rows("police/offences", """
        offence_number | disposed_on | sentenced_on | note
        1              | 2009-02-10  | 2009-03-01   | superseded
        1              | 2009-02-11  | 2009-03-01   | later: kept
        1              |             | 2009-03-01   | no disposal: superseded
        2              | 2009-02-10  | 2009-03-01   | another offence
    """)  # fmt: skip
    taken = taken_in(tmp_path, {"police/offences": offences})
    assert taken.accepted("police/offences") == [3, 5]
    assert taken.quarantined("police/offences") == [
        (2, "near_duplicate", "disposed_on", "row 3 is kept"),
        (4, "near_duplicate", "disposed_on", "row 3 is kept"),
    ]
    assert set(taken.flagged("police/offences")) == {(3, "disposed_on", "near_duplicate_kept")}
    assert taken.count("police/offences") == (4, 2, 2, 0)
    # What was written is there again, to be mended and sent.
    (raw,) = taken.all("select raw from quarantine where source_row = 2")[0]
    assert raw == {name: value or None for name, value in offences[0].items()}


def test_offences_without_an_arrest_number_are_never_near_duplicates(tmp_path):
    lines = [good("police/offences", asn="", disposed_on=day) for day in ("2009-02-10", "2009-02-11", "2009-02-11")]
    taken = taken_in(tmp_path, {"police/offences": lines})
    assert taken.accepted("police/offences") == [2, 3]
    assert taken.count("police/offences") == (3, 2, 0, 1)


def test_which_of_several_people_rows_is_kept_does_not_depend_on_their_order(tmp_path):
    lines = [
        good("police/people", cro_number=""),
        good("police/people", surname="Ash"),
        good("police/people", date_of_birth="1980-05-02"),
    ]
    kept = set()
    for number, order in enumerate([(0, 1, 2), (2, 1, 0), (1, 2, 0)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        taken = taken_in(folder, {"police/people": [lines[place] for place in order]})
        kept.update(taken.accepted("police/people", "cro_number", "surname", "date_of_birth"))
        assert taken.count("police/people") == (3, 1, 2, 0)
    assert len(kept) == 1


def test_an_open_custody_row_gives_way_to_the_same_row_closed(tmp_path):
    custody = [good("probation/custody", released_on="", release_reason=""), good("probation/custody")]
    taken = taken_in(tmp_path, {"probation/custody": custody})
    assert taken.accepted("probation/custody") == [3]


@covers("police/ppo_register", "overlapping_span")
def test_overlapping_spans_of_one_scheme_and_person(tmp_path):
    taken = taken_in(tmp_path, {
        "reference/schemes": [good("reference/schemes"), good("reference/schemes", scheme_id="S2")],
        "police/ppo_register": rows("police/ppo_register", """
            scheme_id | strand                     | adopted_on | exited_on  | note
            S1        | catch_and_convict          | 2005-02-01 | 2006-02-01 | kept: it begins first
            S1        | rehabilitate_and_resettle  | 2006-01-31 | 2007-01-01 | a day too early
            S1        | catch_and_convict          | 2006-02-01 | 2006-06-01 | the next day: kept
            S1        | rehabilitate_and_resettle  | 2006-06-01 |            | open: kept
            S1        | catch_and_convict          | 2009-01-01 | 2009-02-01 | inside the open one
            S2        | catch_and_convict          | 2005-03-01 | 2005-04-01 | another scheme
        """),
    })  # fmt: skip
    assert taken.quarantined("police/ppo_register") == [
        (3, "overlapping_span", "adopted_on", "row 2 has not ended"),
        (6, "overlapping_span", "adopted_on", "row 5 has not ended"),
    ]
    assert taken.accepted("police/ppo_register") == [2, 4, 5, 7]


# ── All of them ─────────────────────────────────────────────────────────────────────────────────


def test_a_row_with_several_faults_is_quarantined_once_with_all_of_them(tmp_path):
    line = good("police/offences", pnc_id="?", committed_on="", outcome="guilty", force_code="99")
    taken = taken_in(tmp_path, {"police/offences": [line]})
    assert taken.all("select source_row, rule, column_name, got, also from quarantine") == [
        (2, "no_usable_identifier", "pnc_id", "?", ["no_event_date", "not_in_list"])
    ]
    assert taken.nulled("police/offences") == []  # only accepted rows have values to lean on


def test_codes_are_read_in_any_case(tmp_path):
    taken = taken_in(tmp_path, {
        "police/offences": [
            good("police/offences", category=" ce ", outcome="CONVICTED", disposal="Youth_Order ", recordable="y",
                 court_type="mc"),
            good("police/offences", offence_number="2", disposal="youth order"),
        ],
    })  # fmt: skip
    assert taken.accepted("police/offences", "category", "outcome", "disposal", "recordable", "court_type") == [
        ("CE", "convicted", "youth_order", True, "MC"),
        ("CE", "convicted", "youth_order", True, "MC"),
    ]
    # Another case is no repair; a space where the code has none is.
    assert taken.repaired("police/offences") == [(3, "disposal", "code_in_words")]


def test_every_rule_is_tested():
    assert test_intake_files  # the tests of rules about whole files are there
    assert test_intake_corpus
    declared = {(file, rule.name) for file, rule in rules()}
    assert declared - COVERED == set()
    assert COVERED - declared == set()
