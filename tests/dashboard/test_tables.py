"""A figure as a table: what stands in each cell, and real HTML."""

from html.parser import HTMLParser

import pytest

from dashboard import tables
from tests.dashboard.figures import figure, rate

NOTHING = {"numerator": None, "denominator": None, "value": None, "lower": None, "upper": None, "n": None}


def cells(row, published=True, name="reoffending_rate"):
    made = tables.table(figure(name, [row], by=("sex",), published=published), "A caption")
    return dict(zip(made.headings, made.rows[0], strict=True))


def test_a_row_has_its_counts_value_interval_and_status():
    assert cells(rate(5990, 8000, sex="male")) == {
        "Sex": "Male",
        "People who re-offended": "5,990",
        "People": "8,000",
        "Percentage": "74.9%",
        "95% interval": "73.9% to 75.8%",
        "Status": "Final",
    }


def test_a_confidential_row_has_no_number_at_all():
    found = cells(NOTHING | {"sex": "female", "status": "confidential"})
    assert [found[h] for h in ("People who re-offended", "People", "Percentage", "95% interval")] == ["[c]"] * 4
    assert found["Status"] == "Not shown, to protect people"


def test_too_few_people_keep_their_counts_and_lose_their_rate():
    found = cells(rate(17, 25, sex="female", status="low_base") | {"value": None, "lower": None, "upper": None})
    assert (found["People who re-offended"], found["People"]) == ("17", "25")
    assert (found["Percentage"], found["95% interval"]) == ("[u]", "[u]")


@pytest.mark.parametrize(("status", "mark"), [("immature", "[x]"), ("not_applicable", "[z]")])
def test_a_value_that_is_not_there_says_why(status, mark):
    assert cells(NOTHING | {"sex": "male", "status": status})["Percentage"] == mark


def test_a_provisional_value_is_marked():
    assert cells(rate(50, 100, sex="male", status="provisional"))["Percentage"] == "50.0% [p]"


def test_a_quartile_that_needs_more_people_is_confidential_when_published():
    days = {"sex": "male", "numerator": 500, "denominator": 8, "value": 60.0, "median": 60.0, "mean": 62.5, "n": 8}
    assert cells(days, name="arrest_to_sentence_days")["Middle half"] == "[c]"
    assert cells(days, published=False, name="arrest_to_sentence_days")["Middle half"] == "[u]"


def test_nought_is_a_number_and_never_blank():
    found = cells(rate(0, 100, sex="male"))
    assert (found["People who re-offended"], found["Percentage"]) == ("0", "0.0%")


class Seen(HTMLParser):
    """What a table is made of: its cells with their tags and attributes."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.found = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.found.append((self.tags[-1][0], self.tags[-1][1], data))


def test_the_table_is_a_real_one():
    made = tables.table(figure("reoffending_rate", [rate(5, 10, sex="male")], by=("sex",)), "Rates by sex")
    seen = Seen(tables.html(made))
    assert [tag for tag, _ in seen.tags].count("caption") == 1
    heads = [attributes for tag, attributes in seen.tags if tag == "th"]
    assert [head["scope"] for head in heads] == ["col"] * len(made.headings) + ["row"]
    numbers = [attributes for tag, attributes, text in seen.found if tag == "td" and text[0].isdigit()]
    assert numbers
    assert all("number" in attributes["class"] for attributes in numbers)
    region = seen.tags[0][1]
    assert region == {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Rates by sex"}


def test_a_table_that_scrolls_says_how_many_rows_it_has():
    """The rows in sight may end on a whole one, and would pass for all."""
    said = []
    for rows in (tables.LONG, tables.LONG + 1):
        made = tables.Table("", ("a",), tuple((str(row),) for row in range(rows)), ("name",))
        said.append(tables.html(made).partition("</table></div>")[2])
    assert said == ["", '<p class="legend on_screen">17 rows: scroll the table to see them all.</p>']


def test_no_two_columns_of_a_table_have_one_name():
    """Of all years together, one person is counted in each: 873 people stand behind 1,498."""
    made = tables.table(figure("reoffending_rate", [rate(1107, 1498, n=873, sex="male")], by=("sex",)), "")
    row = dict(zip(made.headings, made.rows[0], strict=True))
    assert (row["People"], row["Different people"]) == ("1,498", "873")
    assert len(set(made.headings)) == len(made.headings)


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("contacts_attended", ("Attended", "Appointments due")),
        ("contacts_accompanied", ("Accompanied", "Attended")),
        ("observed_to_expected", ("Re-offended", "Expected to re-offend")),
    ],
)
def test_a_column_is_called_what_is_counted_in_it(name, headings):
    made = tables.table(figure(name, [rate(5, 10, sex="male")], by=("sex",)), "")
    assert made.headings[1:3] == headings


@pytest.mark.parametrize(
    ("name", "row", "shown"),
    [
        ("conviction_timeline", (5, 40, 40), {"Convictions": "5", "People": "40", "Per 100 people": "12.5"}),
        (
            "conviction_timeline_at_liberty",
            (5, 32, 40),
            {
                "Convictions at liberty": "5",
                "People": "40",
                "Months at liberty": "32",
                "Per 100 months at liberty": "15.6",
            },
        ),
    ],
)
def test_a_timeline_says_what_its_convictions_are_out_of(name, row, shown):
    """5 convictions of 40 people in a month; of whom some were in prison for a part of it, 32 months at liberty."""
    numerator, denominator, n = row
    rows = [{"months": 6, "numerator": numerator, "denominator": denominator, "n": n, "value": numerator / denominator}]
    made = tables.table(figure(name, rows), "")
    found = dict(zip(made.headings, made.rows[0], strict=True))
    assert {heading: found[heading] for heading in made.headings[2:-2]} == shown


def test_text_from_data_is_never_markup():
    made = tables.Table("<b>c</b>", ("<i>h</i>",), (("<script>alert(1)</script>",),), ("name",))
    html = tables.html(made)
    assert "<script" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;" in html


def test_time_runs_from_the_latest():
    made = tables.table(
        figure("reoffending_rate", [rate(1, 2, period="2008/09"), rate(1, 2, period="2009/10")], by=("period",)), ""
    )
    assert [row[0] for row in made.rows] == ["April 2009 to March 2010", "April 2008 to March 2009"]


def test_only_shorthand_that_is_used_is_explained():
    made = tables.Table("", ("a", "b"), (("x", "[c]"), ("y", "74.9% [p]")), ("name", "number"))
    assert made.shorthand == ["[c]", "[p]"]


def test_a_spanned_cell_is_one_cell():
    made = tables.Table("", ("", "a", "b"), (("Name of scheme", "North", None),), ("name", "number", "number"))
    assert '<td class="number" colspan="2">North</td>' in tables.html(made)
