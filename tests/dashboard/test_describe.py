"""What a figure is said to be: its definition, from the measure's own header."""

import re

import pytest

from dashboard import describe, words
from queries import sql
from queries.catalogue import measure


def rules() -> dict[str, str]:
    """Return what the definition says that each selection rule requires, by the first word of the rule's label."""
    counted = dict(describe.definition(measure("selection_rule_met")))["Counted"]
    names = [re.split(r"\W", label)[0] for label in words.LABELS["rule"].values()]
    parts = re.split(rf"({'|'.join(names)}): ", counted)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(
    ("rule", "required"),
    [
        ("London", ["24 months", "six or more convictions and items of reliable intelligence", "aged 18 or over"]),
        ("Northumbria", ["12 months", "six or more convictions"]),
        ("Released", ["12 months", "at the end of a sentence", "under 12 months", "neither supervised", "in custody"]),
    ],
)
def test_the_definition_says_what_each_selection_rule_requires(rule, required):
    assert [each for each in required if each not in rules()[rule]] == []


def test_the_offences_that_a_rule_asks_for_are_those_of_its_sql():
    (listed,) = re.findall(r"offence_group in \((.*?)\)", sql.read_sql(measure("selection_rule_met").file))
    groups = [group.replace("_", " ") for group in re.findall(r"'(\w+)'", listed)]
    assert f"a conviction of {words.either(groups)};" in rules()["London"]
