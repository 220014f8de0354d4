"""The cohort page: what it adds up to, what it refuses, what it logs, what it saves and what it gives away."""

import io
import zipfile
from urllib.parse import urlencode

import polars as pl
import pytest

from dashboard import cohort_address, offered
from dashboard.cohort_address import Asked
from queries import audit, cohort, saved_cohorts
from queries.catalogue import measures
from queries.cohort import Selection
from queries.figures import figure, schemes
from queries.scope import NotPermitted, Viewer
from queries.store import opened as store_opened
from tests.html_tables import table_captioned, tables_in
from tests.pages.conftest import html_of

PAGE = "pages/explore/cohort.py"
ANALYST = Viewer.analyst()
HOSTILE = ["'; drop table people; --", "x' or '1'='1", "person_id", "<script>alert(1)</script>", "1) union select 1 --"]


@pytest.fixture
def given(monkeypatch):
    """Return the files that pages offered, by name, as they would be taken away."""
    files = {}

    def note(data, name, schemes, viewer):
        files[name] = data

    monkeypatch.setattr(offered, "note", note)
    return files


def texts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name).decode("utf-8-sig") for name in bundle.namelist()}


def lines(builds, event: str) -> list[dict]:
    with store_opened(builds) as store:
        return [line for line in audit.lines(store) if line["event"] == event]


def sizes_on(html: str) -> list[str]:
    return [part.split("</strong>")[0] for part in html.split("<strong>") if " people" in part.split("</strong>")[0]]


def test_the_page_begins_with_ppos_and_its_address_says_so(opened, warehouse):
    run = opened(PAGE, view_as="Analyst")
    assert {name: run.query_params[name] for name in ("measure", "a")} == {
        "measure": "reoffending_rate", "a": "ppo:yes",
    }  # fmt: skip
    (row,) = figure(warehouse, ANALYST, "reoffending_rate", where={"ppo": "yes"}).frame.to_dicts()
    everybody = figure(warehouse, ANALYST, "reoffending_rate").frame["n"][0]
    assert sizes_on(html_of(run)) == [f"{everybody:,} people", f"{row['n']:,} people"]
    shown = table_captioned(html_of(run), "One-year proven re-offending rate").by_name()["All together"]
    assert (shown["People who re-offended"], shown["People"]) == (f"{row['numerator']:,}", f"{row['denominator']:,}")


def test_an_address_gives_its_figures_and_a_choice_changes_the_address(opened, warehouse):
    where = {"ppo": "yes", "age_band": "18-20|21-24|25-29"}
    run = opened(
        PAGE, view_as="Analyst", measure="reoffending_rate", split=["index_event", "sex"],
        a=[f"{name}:{text}" for name, text in where.items()], a_time="all", a_years="calendar_year",
    )  # fmt: skip
    rows = figure(
        warehouse, ANALYST, "reoffending_rate", ("index_event", "sex"), where, "all", cohort="calendar_year"
    ).frame
    shown = table_captioned(html_of(run), "One-year proven re-offending rate")
    counts = rows.select("numerator", "denominator").rows()
    assert [row[2:4] for row in shown.rows] == [[f"{each:,}" for each in row] for row in counts]
    assert "Age: 18 to 20, 21 to 24 or 25 to 29" in html_of(run)
    run.multiselect(key="cohort_by").set_value(["sex"]).run()
    assert run.query_params["split"] == "sex"
    run.multiselect(key="cohort_a_narrow").set_value(["age_band"]).run()
    run.multiselect(key="cohort_a_is_age_band").set_value(["21-24", "18-20"]).run()
    assert run.query_params["a"] == "age_band:18-20|21-24"
    run.selectbox(key="cohort_measure").set_value("caseload").run()
    # How years run does not bear on a month end, and goes; the rest is kept.
    assert not run.exception
    assert "a_years" not in run.query_params
    assert (run.query_params["measure"], run.query_params["a"]) == ("caseload", "age_band:18-20|21-24")


def test_two_cohorts_are_compared_and_who_is_in_both_is_said(opened, warehouse, given):
    run = opened(
        PAGE, view_as="Analyst", measure="reoffending_rate", a="ppo:yes", compare="yes", b="sex:male", b_time="2008/09"
    )
    html = html_of(run)
    both = cohort.in_both(
        warehouse, ANALYST, "reoffending_rate", Selection({"ppo": "yes"}), Selection({"sex": "male"}, period="2008/09")
    )
    assert both > 0
    assert f"{both} people are in both cohorts." in html
    one, other = (
        figure(warehouse, ANALYST, "reoffending_rate", where=where, period=period).frame.row(0, named=True)
        for where, period in (({"ppo": "yes"}, None), ({"sex": "male"}, "2008/09"))
    )
    (row,) = table_captioned(html, "One-year proven re-offending rate: cohort A beside").rows
    assert row[1].split(" of ") == [f"{one['numerator']:,}", f"{one['denominator']:,}"]
    assert row[4].split(" of ") == [f"{other['numerator']:,}", f"{other['denominator']:,}"]
    assert row[7].startswith(f"+{100 * (one['value'] - other['value']):.1f} points")
    files = texts(given["cohorts_reoffending_rate.zip"])
    assert {"data_a.csv", "data_b.csv", "query_a.sql", "query_b.sql", "units.sql", "README.txt"} < set(files)
    assert f"{both} people are in both cohorts." in files["README.txt"]


def test_the_download_holds_data_readme_and_sql_that_runs(opened, warehouse, given):
    run = opened(PAGE, view_as="Analyst", measure="reoffending_rate", split="sex", a="ppo:yes", a_time="2008/09")
    files = texts(given["cohort_reoffending_rate.zip"])
    assert set(files) == {"table.csv", "data.csv", "README.txt", "query.sql", "units.sql"}
    readme = files["README.txt"]
    query = urlencode({"measure": "reoffending_rate", "split": "sex", "a": "ppo:yes", "a_time": "2008/09"})
    for said in (
        f"/cohort?{query}", "PPOs only; All schemes; April 2008 to March 2009", "Data to 31 October 2011, built",
        "One-year proven re-offending rate", "Left out:", warehouse.build.id,
    ):  # fmt: skip
        assert said in readme
    ran = warehouse.query(files["query.sql"].rstrip().rstrip(";"))
    rows = figure(warehouse, ANALYST, "reoffending_rate", ("sex",), {"ppo": "yes"}, "2008/09").frame
    assert sorted(ran.filter(pl.col("n") > 0)["numerator"]) == sorted(rows["numerator"])
    assert files["query.sql"].split("\n", 1)[1].rstrip().rstrip(";") in (
        html_of(run).replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">")
    )
    assert warehouse.query(files["units.sql"].rstrip().rstrip(";")).height > rows.height


def test_rows_are_shown_when_asked_for_and_each_showing_is_logged(opened, served, warehouse, given):
    run = opened(PAGE, view_as="Analyst", measure="reoffending_rate", a="ppo:yes", a_time="2008/09")
    assert "rows_reoffending_rate.zip" not in given
    assert lines(served, "units") == []
    run.checkbox(key="cohort_rows").set_value(True).run()
    size = figure(warehouse, ANALYST, "reoffending_rate", where={"ppo": "yes"}, period="2008/09").frame["n"][0]
    assert f"the first 100 of {size} rows" in html_of(run)
    (line,) = lines(served, "units")
    assert (line["who"], line["role"]) == ("demonstration", "analyst")
    assert line["about"] == {"measure": "reoffending_rate", "filters": "ppo", "period": "2008/09", "rows": size}
    assert line["schemes"] == sorted(schemes(warehouse, ANALYST)["scheme"]), "whose people they may be"
    run.run()
    assert len(lines(served, "units")) == 1, "the same rows, still shown"
    run.selectbox(key="cohort_a_time").set_value("2007/08").run()
    assert len(lines(served, "units")) == 2
    run.checkbox(key="cohort_rows").set_value(False).run()
    run.checkbox(key="cohort_rows").set_value(True).run()
    assert len(lines(served, "units")) == 3
    files = texts(given["rows_reoffending_rate.zip"])
    assert set(files) == {"rows.csv", "README.txt", "query.sql", "units.sql"}
    assert "do not publish it" in files["README.txt"]
    ran = warehouse.query(files["query.sql"].rstrip().rstrip(";"))
    assert ran.height == len(files["rows.csv"].splitlines()) - 1


def test_a_manager_can_read_that_rows_about_their_people_were_seen_and_taken(opened, served, warehouse, monkeypatch):
    own, other = schemes(warehouse, ANALYST)["scheme"].to_list()[:2]
    taken = {}
    monkeypatch.setattr(offered, "note", lambda data, name, about, viewer: taken.update({name: about}))
    run = opened(PAGE, view_as="Analyst", measure="reoffending_rate", a=f"scheme:{own}", a_time="2008/09")
    run.checkbox(key="cohort_rows").set_value(True).run()
    with store_opened(served) as store:
        (line,) = audit.lines_of(store, "somebody", {own})
        assert (line["event"], line["schemes"]) == ("units", [own])
        assert audit.lines_of(store, "somebody", {other}) == []
    assert taken["rows_reoffending_rate.zip"] == {own}


@pytest.mark.parametrize("role", ["Board member", "Manager"])
def test_others_are_told_what_the_page_is_for_and_get_nothing(opened, served, warehouse, given, role):
    known = schemes(warehouse, ANALYST)
    view_as = f"Manager of {known['name'][0]}" if role == "Manager" else role
    run = opened(
        PAGE, view_as=view_as, measure="reoffending_rate", a=f"scheme:{known['scheme'][0]}", split="sex", saved="1",
        compare="yes",
    )  # fmt: skip
    html = html_of(run)
    assert not run.exception
    assert "Cohorts are for analysts" in html
    assert "<h1>Cohort</h1>" in html
    assert not tables_in(html)
    assert "select" not in html
    assert sizes_on(html) == []
    assert [name for name in given if name.startswith(("cohort", "rows"))] == []
    assert not any(run.get(kind) for kind in ("multiselect", "checkbox", "vega_lite_chart", "text_input"))
    assert lines(served, "denied")[-1]["about"] == {"page": "cohort", "reason": "not_permitted"}


@pytest.mark.parametrize("text", HOSTILE)
def test_sql_and_markup_in_every_parameter_is_left_out_and_said(opened, text):
    forged = dict.fromkeys(cohort_address.PARAMETERS, text) | {
        "a": [f"{text}:yes", f"sex:{text}", f"scheme:{text}", f"age_band:18-20|{text}"], "compare": "yes",
    }  # fmt: skip
    run = opened(PAGE, view_as="Analyst", **forged)
    assert not run.exception
    assert "some of what the address asks for is not available" in html_of(run)
    # The SQL that is shown names a column so; nothing else of what was sent is there.
    assert text == "person_id" or text not in html_of(run)
    assert "could not be shown" not in html_of(run)
    assert run.query_params["measure"] == "reoffending_rate"
    assert run.query_params["a"] == "age_band:18-20"


@pytest.mark.parametrize("text", HOSTILE)
def test_an_address_is_read_against_closed_lists(warehouse, text):
    """The page filters what it is given once more: here is what reading alone lets through."""
    sent = {"a": [f"{text}:yes", f"sex:{text}", f"age_band:18-20|{text}"], "split": [text], "measure": [text]}
    asked, lost = cohort_address.read(sent, warehouse, ANALYST)
    assert asked == Asked(a=Selection({"age_band": "18-20"}))
    assert lost == ["Measure", "Break down by", "Narrow by", "Sex", "Age"]


def test_a_cohort_is_saved_opened_renamed_and_deleted(opened, served, warehouse):
    run = opened(PAGE, view_as="Analyst", measure="reoffending_rate", a="sex:female", a_time="2008/09")
    run.text_input(key="saved_name").set_value("Women <b>2008</b>")
    next(each for each in run.button if each.label == "Save").click().run()
    assert not run.exception
    size = figure(warehouse, ANALYST, "reoffending_rate", where={"sex": "female"}, period="2008/09").frame["n"][0]
    with store_opened(served) as store:
        (kept,) = saved_cohorts.saved(store, ANALYST)
    assert (kept.name, kept.people, kept.build) == ("Women <b>2008</b>", size, warehouse.build.id)
    assert run.query_params["saved"] == str(kept.id)
    assert "Women &lt;b&gt;2008&lt;/b&gt;</strong>, saved by demonstration" in html_of(run)
    assert f"Cohort A was {size} people then, and is now." in html_of(run)
    # A choice that is changed is no longer what was saved.
    run.selectbox(key="cohort_a_time").set_value("2007/08").run()
    assert "saved" not in run.query_params
    next(each for each in run.button if each.label == "Open").click().run()
    assert (run.query_params["a_time"], run.query_params["saved"]) == ("2008/09", str(kept.id))
    run.text_input(key="saved_new_name").set_value("Women")
    next(each for each in run.button if each.label == "Rename").click().run()
    assert "<strong>Women</strong>, saved by" in html_of(run)
    # Somebody renames it from another tab; what is pressed here was meant for the one that was shown.
    with store_opened(served) as store:
        (kept,) = saved_cohorts.saved(store, Viewer.analyst("demonstration"))
        saved_cohorts.rename(store, Viewer.analyst("demonstration"), kept, "Elsewhere")
    next(each for each in run.button if each.label == "Delete").click().run()
    assert "It is now called Elsewhere." in html_of(run)
    next(each for each in run.button if each.label == "Delete").click().run()
    with store_opened(served) as store:
        assert saved_cohorts.saved(store, ANALYST) == []


def test_opening_says_when_the_size_differs_from_when_it_was_saved(opened, served, warehouse):
    asked = Asked(a=Selection({"sex": "female"}, period="2008/09"))
    size = cohort.sizes(warehouse, ANALYST, asked.measure, asked.a)[-1].people
    with store_opened(served) as store:
        kept = saved_cohorts.save(
            store, Viewer.analyst("ada"), "Women", cohort_address.as_query(asked), "20100101-0ld", size + 7
        )
    run = opened(PAGE, view_as="Analyst", **cohort_address.written(asked), saved=str(kept.id))
    assert f"on build 20100101-0ld; this is build {warehouse.build.id}" in html_of(run)
    assert f"Cohort A was {size + 7} people then; it is {size} now, 7 people fewer." in html_of(run)
    assert "Rename" not in [each.label for each in run.button], "it is somebody else's"


def test_a_second_cohort_begins_as_the_first_is(opened):
    run = opened(
        PAGE, view_as="Analyst", measure="reoffending_rate", a=["sex:male", "age_band:18-20"], a_time="2008/09"
    )
    run.multiselect(key="cohort_a_is_age_band").set_value(["21-24"]).run()
    run.checkbox(key="cohort_compare").set_value(True).run()
    assert run.query_params["b"] == ["sex:male", "age_band:21-24"] == run.query_params["a"]
    assert run.query_params["b_time"] == "2008/09"
    run.multiselect(key="cohort_b_is_sex").set_value(["female"]).run()
    assert (run.query_params["a"][0], run.query_params["b"][0]) == ("sex:male", "sex:female")


def test_coming_back_from_another_page_the_cohort_is_as_it_was(opened):
    run = opened(PAGE, view_as="Analyst", measure="caseload", a="sex:female")
    run.switch_page("pages/board/caseload.py").run()
    for name in cohort_address.PARAMETERS:
        run.query_params.pop(name, None)
    run.switch_page(PAGE).run()
    assert (run.query_params["measure"], run.query_params["a"]) == ("caseload", "sex:female")


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked("caseload", ("sex", "age_band"), Selection()),
        Asked("reoffending_rate", (), Selection({"scheme": "S002|S001", "sex": "male"}, "year_from:2000-07", "all")),
        Asked(b=Selection({"sex": "female"}, "calendar_year", "2008"), saved=7),
    ],
)
def test_an_address_is_read_back_as_it_was_written(warehouse, asked):
    back, lost = cohort_address.read(cohort_address.written(asked), warehouse, ANALYST)
    assert lost == []
    again = cohort_address.written(back)
    assert again == cohort_address.written(cohort_address.read(again, warehouse, ANALYST)[0])
    assert (back.measure, back.by, back.saved, back.b) == (asked.measure, asked.by, asked.saved, asked.b)
    assert {name: set(text.split("|")) for name, text in back.a.where.items()} == {
        name: set(text.split("|")) for name, text in asked.a.where.items()
    }


@pytest.mark.parametrize("viewer", [Viewer.board(), Viewer.manager("S001")], ids=lambda viewer: viewer.role)
def test_an_address_is_read_for_an_analyst_alone(warehouse, viewer):
    with pytest.raises(NotPermitted):
        cohort_address.read({"measure": ["caseload"]}, warehouse, viewer)


def test_every_kind_of_measure_is_shown_alone_broken_down_and_beside_another(opened, warehouse):
    """One measure of each kind; the page is whole, whatever is asked."""
    kinds = {about.kind: name for name, about in measures().items()}
    run = opened(PAGE, view_as="Analyst")
    for name in kinds.values():
        run.selectbox(key="cohort_measure").set_value(name).run()
        run.multiselect(key="cohort_by").set_value(["sex"]).run()
        run.checkbox(key="cohort_compare").set_value(True).run()
        html = html_of(run)
        assert not run.exception, name
        assert "could not be shown" not in html, name
        assert "<table>" in html, name
        run.checkbox(key="cohort_compare").set_value(False).run()
        assert "could not be shown" not in html_of(run), name
