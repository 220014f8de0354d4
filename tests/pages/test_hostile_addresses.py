"""Addresses that somebody made up: SQL, markup and nonsense in every parameter, which nobody is to notice but us."""

import re

import pytest

from dashboard import access
from dashboard.navigation import PAGES
from tests.pages.conftest import html_of

PARAMETERS = ["scheme", "people", "period", "as_at", access.KEY, *sorted({entry.by_key for entry in PAGES})]
NOTICE = re.compile(r'<div class="notice" role="note">.*?</div>', re.DOTALL)
TEXTS = [
    "'; drop table people; --",
    "x' or '1'='1",
    "sex) union select * from people --",
    "person_id",
    "<script>alert(1)</script>",
    "$own_schemes",
    "\u202e\x00\ud7ff",
    "9" * 5000,
]


def test_sql_in_an_address_is_a_label_that_nobody_has(opened):
    """With every parameter at once the page is the one that is shown without any but for saying so of each."""
    script = "pages/board/reoffending.py"
    plain = html_of(opened(script))
    assert "<table>" in plain
    assert "Exact figures" not in plain
    for text in TEXTS:
        run = opened(script, **dict.fromkeys(PARAMETERS, text))
        assert not run.exception
        html = html_of(run)
        said = NOTICE.findall(html)
        assert {"Scheme", "People", "Year, April to March", "As at", "Break down by"} == {
            re.findall("<h2>(.*?): what the address asks for is not available</h2>", each)[0] for each in said
        }
        assert text not in "".join(said)
        assert NOTICE.sub("", html) == plain


@pytest.mark.parametrize("text", TEXTS[:4], ids=range(4))
def test_sql_as_a_breakdown_of_an_analyst_is_refused_where_it_is_asked_for(opened, text):
    run = opened("pages/board/overview.py", view_as="Analyst", by_reoffending=text, scheme=text)
    html = html_of(run)
    assert not run.exception
    assert "Break down by: what the address asks for is not available" in html
    assert "Scheme: what the address asks for is not available" in html
    assert text not in html
