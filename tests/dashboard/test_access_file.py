"""The access file: who is granted what, and what stops it."""

import pytest

from dashboard.access_file import AccessFileWrong, Grant, NotGranted, parse

PEOPLE = """
[[people]]
who = "ada"
role = "manager"
schemes = ["S1", "S2"]

[[people]]
who = "ben"
role = "none"
"""
CLAIMS = """
[claims]
role = "realm_access.roles"
schemes = "ppo_schemes"
roles = { analysts = "analyst", managers = "manager", members = "board" }
"""


def granted(text: str, claims: dict) -> Grant | str:
    """Return what somebody is granted, or the reason why not."""
    try:
        return parse(text).grant(claims)
    except NotGranted as refused:
        return refused.reason


def roles(*names: str, **more) -> dict:
    return {"sub": "cat", "realm_access": {"roles": list(names)}, **more}


@pytest.mark.parametrize(
    ("text", "claims", "expected"),
    [
        (PEOPLE, {"sub": "ada"}, Grant("manager", frozenset({"S1", "S2"}))),
        (PEOPLE, {"sub": "Ada"}, "unknown"),  # a subject is compared letter for letter
        (PEOPLE, {"sub": "cat"}, "unknown"),
        ("", {"sub": "ada"}, "unknown"),
        (PEOPLE, {}, "no_name"),
        (PEOPLE, {"sub": ""}, "no_name"),
        (PEOPLE, {"sub": 7}, "no_name"),
        (CLAIMS, roles("analysts"), Grant("analyst")),
        (CLAIMS, roles("members", "others"), Grant("board")),
        (CLAIMS, roles("others"), "unknown"),
        (CLAIMS, roles(), "unknown"),
        (CLAIMS, {"sub": "cat", "realm_access": "analysts"}, "unknown"),
        (CLAIMS, {"sub": "cat", "realm_access.roles": "members analysts"}, "more_than_one_role"),
        (CLAIMS, roles("analysts", "managers", ppo_schemes=["S1"]), "more_than_one_role"),
        (CLAIMS, roles("managers"), "no_schemes"),
        (CLAIMS, roles("managers", ppo_schemes=[]), "no_schemes"),
        (CLAIMS, roles("managers", ppo_schemes=[7]), "no_schemes"),
        (CLAIMS, roles("managers", ppo_schemes="S1, S2"), Grant("manager", frozenset({"S1", "S2"}))),
        # The file goes before the claims, so that a role can be taken back at once.
        (CLAIMS + PEOPLE, roles("analysts") | {"sub": "ben"}, "revoked"),
        (CLAIMS + PEOPLE, roles("analysts") | {"sub": "ada"}, Grant("manager", frozenset({"S1", "S2"}))),
    ],
)
def test_who_is_granted_what(text, claims, expected):
    assert granted(text, claims) == expected


EMAIL = '[sign_in]\nidentify_by = "email"\n[[people]]\nwho = "Ada@Example.test"\nrole = "board"\n'


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"email": "ada@example.TEST", "email_verified": True}, Grant("board")),
        ({"email": "ada@example.test", "email_verified": False}, "address_not_verified"),
        ({"email": "ada@example.test", "email_verified": "true"}, "address_not_verified"),
        ({"email": "ada@example.test"}, "address_not_verified"),
        ({"sub": "ada@example.test"}, "no_name"),
    ],
)
def test_an_address_counts_only_where_the_provider_vouches_for_it(claims, expected):
    assert granted(EMAIL, claims) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[people]\n", "is not TOML"),
        ("[persons]\n", "the file can have audit, claims, people, sign_in, got: persons"),
        ("[sign_in]\nmax_hour = 1\n", r"\[sign_in\] can have .*, got: max_hour"),
        ("[sign_in]\nmax_hours = 0\n", "over 0 and at most 168, got: 0"),
        ("[sign_in]\nmax_hours = 1000\n", "at most 168, got: 1000"),
        ("[sign_in]\nmax_hours = true\n", "got: True"),
        ('[sign_in]\noutlive_token = "no"\n', "must be true or false, got: no"),
        ("[sign_in]\nissuer = 7\n", "must be text, got: 7"),
        ("[audit]\nkeep_months = 0\n", "whole number of months, got: 0"),
        ('[claims]\nroles = { a = "analyst" }\n', "claims.role does not name it"),
        ('[claims]\nrole = "r"\nroles = { a = "chief" }\n', "must be one of board, manager, analyst, got: chief"),
        ("people = 7\n", r"given as \[\[people\]\]"),
        ('[[people]]\nrole = "board"\n', "must say who"),
        ('[[people]]\nwho = "a"\n', "role must be one of"),
        ('[[people]]\nwho = "a"\nrole = "board"\n[[people]]\nwho = "a"\nrole = "board"\n', "a role before"),
        ('[[people]]\nwho = "a"\nrole = "board"\nschemes = ["S1"]\n', "a manager has schemes, and nobody else"),
        ('[[people]]\nwho = "a"\nrole = "manager"\n', "a manager has schemes, and nobody else"),
        ('[[people]]\nwho = "a"\nrole = "manager"\nscheme = ["S1"]\n', "can have role, schemes, who, got: scheme"),
        ('[[people]]\nwho = "a"\nrole = "manager"\nschemes = "S1"\n', "must be a list of scheme ids"),
    ],
)
def test_a_file_that_is_not_one_is_refused_by_the_key(text, message):
    with pytest.raises(AccessFileWrong, match=message):
        parse(text)


def test_without_a_word_a_sign_in_lasts_eight_hours_and_no_longer_than_its_token():
    access = parse("")
    assert (access.max_hours, access.outlive_token, access.identify_by) == (8.0, False, "sub")
