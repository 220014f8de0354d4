"""Charts: nothing withheld in them, words for those who cannot see them, colours that can be told apart."""

import json

import pytest

from dashboard import charts, cohort_beside, describe, style, tables
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


@pytest.mark.parametrize(
    "colour", [style.PPO, style.EVERYONE, style.CUSTODY, style.QUIET, *(line for line, _ in style.LINES)]
)
@pytest.mark.parametrize("ground", ["#ffffff", "#12161b"])
def test_every_mark_stands_out_in_light_and_dark(colour, ground):
    assert contrast(colour, ground) >= 3


LINES = [colour for colour, _ in style.LINES]
MEANINGS = {style.PPO, style.EVERYONE, style.CUSTODY, style.QUIET}


def month_of(group: dict[str, str], value: float = 0.2) -> dict:
    return group | {"months": 1, "value": value, "lower": 0.1, "upper": 0.3}


def lines_of(breakdown: str, labels: list[str], shown: list[str] | None = None, **more) -> dict[str, tuple]:
    """Return the colour and the dashes of each line by its group's name, as the chart's own scales give them."""
    rows = [month_of({breakdown: label}) for label in labels]
    drawn = charts.curves(figure("time_to_first_reoffence", rows, by=(breakdown,), **more), shown)
    line = next(layer for layer in spec(drawn)["layer"] if layer["mark"]["type"] == "line")["encoding"]
    colours, dashes = line["color"]["scale"], line["strokeDash"]["scale"]
    assert colours["domain"] == dashes["domain"]
    dashed = [tuple(each) for each in dashes["range"]]
    assert len(set(dashed)) == len(dashed)
    return dict(zip(colours["domain"], zip(colours["range"], dashed, strict=True), strict=True))


def colours_of(*asked, **more) -> dict[str, str]:
    return {name: colour for name, (colour, _) in lines_of(*asked, **more).items()}


def test_no_line_has_a_colour_that_means_something_and_no_two_are_alike():
    assert not set(LINES) & MEANINGS
    assert len(set(LINES)) == len(LINES) == charts.MOST_CURVES
    assert len({tuple(dashes) for _, dashes in style.LINES}) == len(LINES)


def test_a_line_has_the_colour_of_a_meaning_only_where_its_group_has_that_meaning():
    assert colours_of("sex", ["male", "female"]) == {"Male": LINES[0], "Female": LINES[1]}
    # Of PPOs alone, broken down, a line is about men or women; who they all are is said above the chart.
    assert not set(colours_of("sex", ["male", "female"], where={"ppo": "yes"}).values()) & MEANINGS
    assert colours_of("ppo", ["yes", "no"]) == {"PPOs": style.PPO, "Others": style.EVERYONE}
    assert colours_of("index_event", ["test", "court", "custody"]) == {
        "Positive drug test": LINES[0],
        "Court disposal in the community": LINES[1],
        "Release from custody": style.CUSTODY,
    }
    assert colours_of("place", ["community", "custody"]) == {"In the community": LINES[0], "In custody": style.CUSTODY}


@pytest.mark.parametrize(("where", "colour"), [({}, style.EVERYONE), ({"ppo": "yes"}, style.PPO)])
def test_a_line_of_everybody_together_has_the_colour_of_whom_it_is_about(where, colour):
    drawn = charts.curves(figure("time_to_first_reoffence", [month_of({})], where=where))
    line = next(layer for layer in spec(drawn)["layer"] if layer["mark"]["type"] == "line")["encoding"]
    assert line["color"]["scale"]["range"] == [colour]


def test_a_group_keeps_its_line_whichever_others_are_drawn_and_two_are_never_alike():
    bands = ["10-14", "15-17", "18-20", "21-24", "25-29", "30-34", "35-39"]
    # The third of the bands and the fourth, by themselves.
    assert colours_of("age_band", bands, ["18 to 20", "21 to 24"]) == {"18 to 20": LINES[2], "21 to 24": LINES[3]}
    # The sixth would have the first one's line again, which is taken: it gets the first that is free.
    assert colours_of("age_band", bands, ["10 to 14", "30 to 34"]) == {"10 to 14": LINES[0], "30 to 34": LINES[1]}


def test_a_row_has_the_colour_of_its_group_or_else_of_what_the_figure_is_about():
    by_ppo = figure("reoffending_rate", [rate(5, 10, ppo="yes"), rate(3, 10, ppo="no")], by=("ppo",))
    assert [row["colour"] for row in drawn_rows(charts.groups(by_ppo))] == [style.PPO, style.EVERYONE]
    both = [rate(5, 10, sex="male"), rate(3, 10, sex="female")]
    of_ppos = figure("reoffending_rate", both, by=("sex",), where={"ppo": "yes"})
    assert [row["colour"] for row in drawn_rows(charts.groups(of_ppos))] == [style.PPO, style.PPO]


def test_each_of_two_cohorts_has_the_colour_of_whom_it_is_about():
    a = figure("reoffending_rate", [rate(50, 100)], where={"ppo": "yes"})
    b = figure("reoffending_rate", [rate(40, 100)])
    drawn = cohort_beside.chart(a, b, cohort_beside.pair(a, b))
    assert {row["group"]: row["colour"] for row in drawn_rows(drawn)} == {
        "Cohort A": style.PPO,
        "Cohort B": style.EVERYONE,
    }
