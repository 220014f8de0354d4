"""Reading curves: the month by which half had re-offended, its interval, and what is said where it is not reached."""

import pytest

from dashboard import charts, time_to_reoffence
from tests.dashboard.figures import figure


def curve(group: str, values: list[float | None], people: int = 100, status: str = "ok") -> list[dict]:
    """Return a curve by month, with limits a tenth to either side, and one person fewer watched each month."""
    return [
        {
            "ppo": group, "months": month, "numerator": None if value is None else round(people * value),
            "denominator": people, "value": value, "lower": value and max(value - 0.1, 0),
            "upper": value and min(value + 0.1, 1), "n": people, "status": status,
            "at_risk": people - month,
        }
        for month, value in enumerate(values, start=1)
    ]  # fmt: skip


@pytest.fixture
def made():
    rows = curve("yes", [0.2, 0.35, 0.45, 0.55, 0.58, 0.65]) + curve("no", [0.1, 0.15, 0.2, 0.25, 0.3, 0.35])
    return figure("time_to_first_reoffence", rows, by=("ppo",))


def test_half_are_reached_in_the_first_month_at_or_over_a_half(made):
    summary = time_to_reoffence.summary_table(made, "Caption")
    first, second = (dict(zip(summary.headings, row, strict=True)) for row in summary.rows)
    # Half at month 4 (0.55); the upper limit first holds a half at month 3 (0.55), the lower at month 6 (0.55).
    assert first["Months until half had (95% interval)"] == "4 (3 to 6)"
    assert first["Within 6 months (95% interval)"] == "65.0% (55.0% to 75.0%)"
    assert first["Within 12 months (95% interval)"] == "–"
    assert second["Months until half had (95% interval)"] == "Not reached"
    assert time_to_reoffence.sentence(made) == (
        "PPOs: half had re-offended within 4 months; Others: 35.0% had re-offended within 6 months."
    )


def test_a_limit_that_never_gets_there_leaves_the_interval_open():
    rows = curve("yes", [0.45, 0.5, 0.52])
    assert time_to_reoffence.median_in_words(rows) == "2 (1 or later)"


def test_numbers_still_watched_are_of_each_group(made):
    table = time_to_reoffence.watched_table(made, "Caption")
    assert table.headings == ("On a PPO scheme", "Month 1", "Month 3", "Month 6")
    assert table.rows == (("PPOs", "99", "97", "94"), ("Others", "99", "97", "94"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], time_to_reoffence.NOBODY),
        (curve("yes", [None, None], 12, "low_base"), time_to_reoffence.TOO_FEW),
        (curve("yes", [None, None], 80, "immature"), time_to_reoffence.TOO_SOON),
        (curve("yes", [None], 80, "immature") + curve("no", [None], 9, "low_base"), time_to_reoffence.TOO_FEW),
    ],
)
def test_where_there_is_no_curve_the_reason_is_said(rows, said):
    assert time_to_reoffence.nothing_to_draw(figure("time_to_first_reoffence", rows, by=("ppo",))) == said


def test_a_chart_has_at_most_five_lines_each_named_at_its_end():
    bands = ["10-14", "15-17", "18-20", "21-24", "25-29", "30-34", "35-39"]
    rows = [row | {"age_band": band} for band in bands for row in curve("yes", [0.1, 0.2, 0.3])]
    made = figure("time_to_first_reoffence", rows, by=("age_band",))
    drawn = charts.curves(made)
    assert drawn is not None
    assert charts.MOST_CURVES == 5
    assert drawn.alt.count("%") == 5
    picked = charts.curves(made, ["30 to 34", "35 to 39"])
    assert picked is not None
    assert "30 to 34: 3 months 30.0%; 35 to 39: 3 months 30.0%" in picked.alt
    assert "10 to 14" not in picked.alt
    ends = picked.spec["datasets"]
    assert any({row.get("group") for row in data} == {"30 to 34", "35 to 39"} for data in ends.values())


def test_names_at_the_ends_never_stand_on_each_other():
    rows = curve("yes", [0.5]) + curve("no", [0.501])
    drawn = charts.curves(figure("time_to_first_reoffence", rows, by=("ppo",)))
    assert drawn is not None
    places = [row["place"] for data in drawn.spec["datasets"].values() for row in data if row.get("place")]
    assert len(places) == 2
    assert abs(places[0] - places[1]) > 0.03


def test_withheld_counts_of_a_board_are_shorthand():
    rows = curve("yes", [None, None], 80, "confidential")
    hidden = [row | {"denominator": None, "at_risk": None, "n": None} for row in rows]
    made = figure("time_to_first_reoffence", hidden + curve("no", [0.2, 0.3]), by=("ppo",), published=True)
    summary = time_to_reoffence.summary_table(made, "Caption")
    assert summary.rows[0][1:4] == ("[c]", "[c]", "[c]")
    assert time_to_reoffence.watched_table(made, "Caption").rows[0] == ("PPOs", "[c]")
