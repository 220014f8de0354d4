"""Each rule of linking by itself, on a few records worked by hand. No model is asked where a rule decides."""

from collections.abc import Callable
from datetime import date

import duckdb
import polars as pl
import pytest

from etl.identifiers import teach
from etl.link.linking import BY_WEIGHT, link
from tests.tables import table

POLICE = "pnc_id cro_number surname forenames date_of_birth sex ethnicity_observed ethnicity_self_defined postcode"
PROBATION = "crn pnc_id noms_number surname forenames date_of_birth sex ethnicity postcode"
DIP = "dip_id initials date_of_birth sex postcode_district dat_code pnc_id consent_to_share"
Linked = Callable[..., dict[str, tuple[str, str]]]


def frame(columns: str, text: str) -> pl.DataFrame:
    kinds = {"date_of_birth": pl.Date, "consent_to_share": pl.Boolean}
    schema = {name: kinds.get(name, pl.String) for name in columns.split()}
    rows = []
    for row in table(text) if text else []:
        given = {name: row.get(name) for name in schema}
        given["date_of_birth"] = date.fromisoformat(row["date_of_birth"]) if row.get("date_of_birth") else None
        rows.append({**given, **({"consent_to_share": True} if "dip_id" in schema else {})})
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture
def linked() -> Linked:
    """Link some records, and return for each that is not the police's the person and the rule."""

    def run(police: str, probation: str = "", dip: str = "", by_name: bool = True) -> dict[str, tuple[str, str]]:
        with duckdb.connect() as staging:
            teach(staging)
            for name, columns, text in (
                ("police", POLICE, police),
                ("probation", PROBATION, probation),
                ("dip", DIP, dip),
            ):
                staging.register("given", frame(columns, text))
                staging.table("given").create(f"{name}_people")
                staging.unregister("given")
            link(staging, 2011, by_name=by_name)
            found = staging.table("person_records").pl().filter(pl.col("file") != "police/people")
            run.flags = {  # type: ignore[attr-defined]
                (row["record"], row["reason"]) for row in staging.table("link_conflicts").pl().iter_rows(named=True)
            }
        return {row["record"]: (row["anchor"], row["rule"]) for row in found.iter_rows(named=True)}

    return run


ADA = """
    pnc_id | surname | forenames | date_of_birth | sex | postcode
    P1     | Askham  | Ada Mary  | 1980-01-15    | F   | NE1 4AB
"""


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("Askham  | Ada      | 1980-01-15 | F | ne14ab ", "same name, date of birth and postcode"),
        ("ASKHAM  | Ada Mary | 1980-01-15 | F | M1 1AA ", "same name, date of birth and other forenames"),
        ("Ásk-ham | Ada      | 1980-01-15 | F | NE1 9ZZ", "same name, date of birth and postcode district"),
    ],
)
def test_name_and_birth_with_something_that_bears_them_out(linked: Linked, row: str, rule: str):
    probation = f"crn | surname | forenames | date_of_birth | sex | postcode\n C1 | {row}"
    assert linked(ADA, probation) == {"C1": ("pnc:P1", rule)}


def test_another_sex_is_not_linked_by_rule(linked: Linked):
    """Everything else agrees, and that is then weighed with the rest."""
    probation = (
        "crn | surname | forenames | date_of_birth | sex | postcode\n C1 | Askham | Ada | 1980-01-15 | M | NE1 4AB"
    )
    assert linked(ADA, probation)["C1"][1] in (BY_WEIGHT, "not linked")


def test_two_people_of_one_name_and_birthday_are_not_told_apart_by_rule(linked: Linked):
    """The postcode says which: that is evidence to weigh, since one of the two may have moved."""
    police = ADA + "    P2     | Askham  | Ada       | 1980-01-15    | F   | M1 1AA\n"
    probation = (
        "crn | surname | forenames | date_of_birth | sex | postcode\n C1 | Askham | Ada | 1980-01-15 | F | NE1 4AB"
    )
    anchor, rule = linked(police, probation)["C1"]
    assert not rule.startswith("same name")
    assert anchor != "pnc:P2"


def test_a_record_whose_number_is_somebody_elses_is_linked_by_name_and_flagged(linked: Linked):
    police = ADA + "    P2     | Bewley  | Bea       | 1975-06-02    | F   | M1 1AA\n"
    probation = """
        crn | pnc_id | surname | forenames | date_of_birth | sex | postcode
        C1  | P2     | Askham  | Ada       | 1980-01-15    | F   | NE1 4AB
    """
    assert linked(police, probation) == {"C1": ("pnc:P1", "same name, date of birth and postcode")}
    assert linked.flags == {("C1", "name and date of birth both differ")}  # type: ignore[attr-defined]


def test_a_number_that_the_police_do_not_have_is_flagged_when_the_name_links(linked: Linked):
    probation = """
        crn | pnc_id | surname | forenames | date_of_birth | sex | postcode
        C1  | P9     | Askham  | Ada       | 1980-01-15    | F   | NE1 4AB
    """
    assert linked(ADA, probation)["C1"][0] == "pnc:P1"
    assert linked.flags == {("C1", "linked to a person with another PNC id")}  # type: ignore[attr-defined]


def test_one_person_with_two_prison_numbers_is_flagged(linked: Linked):
    probation = """
        crn | pnc_id | noms_number | surname | forenames | date_of_birth | sex
        C1  | P1     | A0001AA     | Askham  | Ada       | 1980-01-15    | F
        C2  | P1     | A0002AA     | Askham  | Ada       | 1980-01-15    | F
    """
    assert {anchor for anchor, _ in linked(ADA, probation).values()} == {"pnc:P1"}
    reason = "one person has two prison numbers"
    assert linked.flags == {("C1", reason), ("C2", reason)}  # type: ignore[attr-defined]


def test_a_link_by_name_takes_the_other_records_of_the_prison_number_along(linked: Linked):
    probation = """
        crn | noms_number | surname | forenames | date_of_birth | sex | postcode
        C1  | A0001AA     | Askham  | Ada       | 1980-01-15    | F   | NE1 4AB
        C2  | A0001AA     | Smith   | Jo        | 1950-05-05    | F   | S1 1AA
    """
    found = linked(ADA, probation)
    assert found["C2"] == ("pnc:P1", "same prison number as a record with the PNC id")


def test_by_identifiers_alone_nobody_is_linked_by_name(linked: Linked):
    probation = (
        "crn | surname | forenames | date_of_birth | sex | postcode\n C1 | Askham | Ada | 1980-01-15 | F | NE1 4AB"
    )
    assert linked(ADA, probation, by_name=False) == {"C1": ("crn:C1", "not linked")}


def test_a_client_known_to_probation_alone_is_linked_to_that_record(linked: Linked):
    probation = (
        "crn | surname | forenames | date_of_birth | sex | postcode\n C1 | Quill | Zoe | 1971-02-03 | F | NE1 4AB"
    )
    dip = "dip_id | initials | date_of_birth | sex | postcode_district\n D1 | ZQ | 1971-02-03 | F | NE1"
    assert linked(ADA, probation, dip)["D1"] == ("crn:C1", BY_WEIGHT)


def test_nothing_to_link_asks_no_model(linked: Linked, monkeypatch: pytest.MonkeyPatch):
    """Splink takes seconds to start: where identifiers tie everybody it is not."""

    def asked(*_: object, **__: object) -> None:
        raise AssertionError("a model was asked")

    monkeypatch.setattr("etl.link.linking.weights", asked)
    probation = """
        crn | pnc_id | surname | forenames | date_of_birth | sex
        C1  | P1     | Other   | Ada       | 1980-01-15    | F
    """
    assert linked(ADA, probation) == {"C1": ("pnc:P1", "same PNC id")}


def test_a_prison_number_goes_before_a_name(linked: Linked):
    """The second record has the name and birth of somebody else, and the prison number of the first, which is Ada."""
    police = ADA + "    P2     | Bewley  | Bea       | 1975-06-02    | F   | M1 1AA\n"
    probation = """
        crn | pnc_id | noms_number | surname | forenames | date_of_birth | sex | postcode
        C1  | P1     | A0001AA     | Askham  | Ada       | 1980-01-15    | F   | NE1 4AB
        C2  |        | A0001AA     | Bewley  | Bea       | 1975-06-02    | F   | M1 1AA
    """
    rule = "same prison number as a record with the PNC id"
    assert linked(police, probation) == {"C1": ("pnc:P1", "same PNC id"), "C2": ("pnc:P1", rule)}
