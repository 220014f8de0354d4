"""Charts: nothing withheld in them, words for those who cannot see them, colours that can be told apart."""

import json

import pytest

from dashboard import charts, describe, style, tables
from tests.dashboard.figures import figure, rate

HIDDEN = {"numerator": 3, "denominator": 4, "n": 4, "status": "confidential"}


def spec(drawn) -> dict:
    return drawn.spec


def drawn_rows(drawn) -> list[dict]:
    return [row for rows in spec(drawn)["datasets"].values() for row in rows]


def groups():
    return figure(
        "reoffending_rate", [rate(5990, 8000, sex="male"), HIDDEN | {"sex": "female"}], by=("sex",), period="2009/10"
    )


def test_only_values_that_are_shown_are_in_the_chart():
    drawn = charts.groups(groups())
    assert {row["group"]: row["value"] for row in drawn_rows(drawn)} == {"Male": 5990 / 8000, "Female": None}
    # Counts stay out even where a row still has them.
    assert not {"numerator", "denominator", "n"} & {key for row in drawn_rows(drawn) for key in row}


def test_a_withheld_group_keeps_its_place_and_says_why():
    assert {row["group"]: row["written"] for row in drawn_rows(charts.groups(groups()))} == {
        "Male": "74.9%",
        "Female": "[c]",
    }


def test_the_words_say_what_the_chart_shows():
    assert charts.groups(groups()).alt == (
        "Chart with a row for each group. One-year proven re-offending rate by sex: Male 74.9%; Female [c]."
    )


def test_a_line_breaks_where_a_year_is_withheld():
    years = [rate(5, 10, period="2007/08"), HIDDEN | {"period": "2008/09"}, rate(6, 10, period="2009/10")]
    drawn = charts.over_time(figure("reoffending_rate", years, by=("period",), period="each"))
    assert [(row["when"], row["value"]) for row in drawn_rows(drawn)] == [
        ("2007/08", 0.5),
        ("2008/09", None),
        ("2009/10", 0.6),
    ]
    assert "April 2008 to March 2009 not shown, to protect people" in drawn.alt


def share(period: str, ppos: int | None, status: str = "ok") -> dict:
    shown = {} if ppos is None else rate(ppos, 100)
    return shown | {"period": period, "status": status}


def test_years_before_there_were_any_ppos_are_not_drawn_as_a_share_of_nought():
    rows = [share("2002/03", 0), share("2003/04", 0), share("2004/05", None, "confidential"), share("2005/06", 17)]
    found = figure("share_of_offenders", rows, by=("period",), period="each")
    drawn = charts.over_time(found)
    assert [row["when"] for row in drawn_rows(drawn)] == ["2004/05", "2005/06"]
    assert "2003" not in drawn.alt
    assert describe.notes(found) == [
        "No PPO is counted in April 2003 to March 2004 or before: those years are not drawn."
    ]
    # The table has them all, as what is downloaded does.
    assert len(tables.table(found, "").rows) == 4


@pytest.mark.parametrize(
    ("measure", "rows"),
    [
        # A year of none among years of some is a figure.
        ("share_of_offenders", [share("2004/05", 5), share("2005/06", 0), share("2006/07", 7)]),
        # Nobody re-offending is a figure from the first year on.
        ("reoffending_rate", [share("2004/05", 0), share("2005/06", 5)]),
        # With no PPO in any year, nothing says that there were none to count.
        ("share_of_offenders", [share("2004/05", 0), share("2005/06", 0)]),
    ],
)
def test_a_year_of_none_that_is_a_figure_is_drawn(measure, rows):
    found = figure(measure, rows, by=("period",), period="each")
    assert [row["when"] for row in drawn_rows(charts.over_time(found))] == [row["period"] for row in rows]
    assert describe.notes(found) == []


def test_a_long_name_is_broken_into_lines_and_not_cut_short():
    rows = [
        {"value": float(n), "numerator": n, "n": n, "rule": rule}
        for n, rule in ((148, "london"), (73, "released_unsupervised"))
    ]
    drawn = charts.groups(figure("selection_rule_met", rows, by=("rule",)))
    axis = spec(drawn)["layer"][0]["encoding"]["y"]["axis"]
    lines = json.loads(axis["labelExpr"].partition("[datum")[0])
    assert lines["London: six indications in two years"] == ["London: six indications in", "two years"]
    assert all(len(line) <= charts.NAME for each in lines.values() for line in each)


def test_months_on_an_axis_are_whole():
    rows = [{"months": month, "value": month / 20, "lower": 0.0, "upper": 1.0, "ppo": "yes"} for month in range(1, 7)]
    drawn = charts.curves(figure("time_to_first_reoffence", rows, by=("ppo",)))
    assert spec(drawn)["layer"][0]["encoding"]["x"]["axis"]["format"] == "d"


@pytest.mark.parametrize(
    ("name", "unit"),
    [("conviction_timeline", "per 100 people"), ("conviction_timeline_at_liberty", "per 100 months at liberty")],
)
def test_a_timeline_says_what_its_convictions_are_out_of(name, unit):
    drawn = charts.timeline(figure(name, [{"months": 6, "value": 0.123, "lower": 0.1, "upper": 0.2}]))
    assert f", {unit}, with the year" in drawn.name
    assert drawn.values == "month 6: 12.3"


def test_nothing_to_draw_is_no_chart():
    assert charts.groups(figure("reoffending_rate", [HIDDEN | {"sex": "male"}], by=("sex",))) is None
    assert charts.over_time(figure("reoffending_rate", [HIDDEN | {"period": "2009/10"}], by=("period",))) is None


def test_no_chart_has_two_scales_for_one_axis():
    for drawn in (
        charts.groups(groups()),
        charts.over_time(figure("reoffending_rate", [rate(5, 10, period="2007/08")], by=("period",))),
    ):
        assert "independent" not in json.dumps(spec(drawn))


def brightness(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((brightness(one), brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [style.PPO, style.EVERYONE, style.CUSTODY])
@pytest.mark.parametrize("ground", ["#ffffff", "#12161b"])
def test_every_mark_stands_out_in_light_and_dark(colour, ground):
    assert contrast(colour, ground) >= 3
