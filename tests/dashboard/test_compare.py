"""What is said of schemes and years beside the whole: as much as their limits bear, and no more."""

import polars as pl
import pytest

from dashboard import compare, describe
from queries.compare import JUDGEMENTS, Compared
from tests.dashboard.figures import figure

# The whole is a half. The error of 100 people is sqrt(0.5 * 0.5 / 100) = 0.05, of 400 it is 0.025: 95 in 100 are
# within 1.96 of it, 40.2% to 59.8% and 45.1% to 54.9%; 998 in 1,000 within 3.09 of it, 34.5% to 65.5% and 42.3% to
# 57.7%.
LIMITS = {
    100: {"lower_95": 0.402, "upper_95": 0.598, "lower_998": 0.3455, "upper_998": 0.6545},
    400: {"lower_95": 0.451, "upper_95": 0.549, "lower_998": 0.42275, "upper_998": 0.57725},
    20: {"lower_95": 0.281, "upper_95": 0.719, "lower_998": 0.1545, "upper_998": 0.8455},
}


def group(label: str, did: int, of: int, judged: str) -> dict:
    return {"label": label, "numerator": did, "denominator": of, "value": did / of, "centre": 0.5, "judged": judged} | (
        LIMITS[of]
    )


YEAR_2003, YEAR_2004, YEAR_2005, YEAR_2006, YEAR_2007 = (
    group("2003/04", 50, 100, "within"),
    group("2004/05", 60, 100, "above"),
    group("2005/06", 66, 100, "far_above"),
    group("2006/07", 166, 400, "far_below"),
    group("2007/08", 9, 20, "too_few"),
)


def compared(*rows: dict, dimension: str = "period") -> Compared:
    about = figure("reoffending_rate", [], by=(dimension,), period="each")
    return Compared(about, dimension, 0.5, pl.DataFrame(rows), pl.DataFrame(), ())


def test_what_can_be_said_has_words_for_every_judgement_and_its_limits_have_two_sides():
    assert set(compare.JUDGED) == set(JUDGEMENTS)
    # 5 in 100 are outside the inner limits and 2 in 1,000 outside the outer: half of them above, half below.
    for judged, limits in (("above", "inner limits, as 1 in 20"), ("far_above", "outer limits, as 2 in 1,000")):
        for each in (judged, judged.replace("above", "below")):
            assert f"outside the {limits} would be by chance alone, above or below them" in compare.JUDGED[each]


def test_the_table_has_each_years_limits_and_nothing_of_few_people_but_their_counts():
    shown = compare.table(compared(YEAR_2007, YEAR_2006, YEAR_2005, YEAR_2004, YEAR_2003), "Caption")
    assert shown.headings[3:] == ("Percentage", "Where chance alone puts 95 in 100", "What can be said")
    inner, outer = "40.2% to 59.8%", "45.1% to 54.9%"
    assert shown.rows == (
        ("April 2003 to March 2004", "50", "100", "50.0%", inner, compare.JUDGED["within"]),
        ("April 2004 to March 2005", "60", "100", "60.0%", inner, compare.JUDGED["above"]),
        ("April 2005 to March 2006", "66", "100", "66.0%", inner, compare.JUDGED["far_above"]),
        ("April 2006 to March 2007", "166", "400", "41.5%", outer, compare.JUDGED["far_below"]),
        ("April 2007 to March 2008", "9", "20", "[u]", "[u]", "Too few people to say"),
    )


def test_schemes_stand_in_the_order_of_their_names_and_never_of_their_figures(monkeypatch):
    monkeypatch.setattr(describe, "scheme_names", lambda: {"s1": "Wearside", "s2": "Alnwick"})
    rows = group("s1", 66, 100, "far_above"), group("s2", 34, 100, "far_below")
    assert [row[0] for row in compare.table(compared(*rows, dimension="scheme"), "Caption").rows] == [
        "Alnwick",
        "Wearside",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([YEAR_2007], "No year has enough people for a comparison."),
        # The year of few people is not among those that are counted.
        (
            [YEAR_2003, YEAR_2007],
            "The one year is within the limits around 50.0%, the whole: chance alone could explain the difference.",
        ),
        (
            [YEAR_2003, YEAR_2003 | {"label": "2002/03"}],
            "All 2 years are within the limits around 50.0%, the whole: chance alone could explain the differences.",
        ),
        (
            [YEAR_2003, YEAR_2004],
            "1 of 2 years is outside the limits around 50.0%, the whole; chance alone would put 1 in 20 there.",
        ),
        (
            [YEAR_2003, YEAR_2004, YEAR_2005],
            "2 of 3 years are outside the limits around 50.0%, the whole; chance alone would put 1 in 20 there. "
            "Of these, 1 is so far out that chance alone would seldom do it.",
        ),
        (
            [YEAR_2003, YEAR_2004, YEAR_2005, YEAR_2006],
            "3 of 4 years are outside the limits around 50.0%, the whole; chance alone would put 1 in 20 there. "
            "Of these, 2 are so far out that chance alone would seldom do it.",
        ),
    ],
)
def test_the_sentence_counts_those_outside_their_limits(rows, said):
    assert compare.sentence(compared(*rows)) == said
