"""A failure says what to do next, and gives nothing away."""

import logging

import pytest
from streamlit.testing.v1 import AppTest


def failing():
    from dashboard.boundary import boundary

    with boundary("The rate"):
        raise ValueError("surname SMITH born 1 April 1980")


def shown(script) -> str:
    run = AppTest.from_function(script, default_timeout=30).run()
    assert not run.exception
    return "".join(each.proto.body for each in run.get("html"))


def test_a_failure_is_a_notice_and_never_its_message(caplog):
    with caplog.at_level(logging.ERROR):
        html = shown(failing)
    assert "The rate could not be shown" in html
    assert "Load the page again" in html
    reference = html.split("this reference: ")[1][:8]
    assert reference in caplog.text
    for told in (html, caplog.text):
        assert "SMITH" not in told
        assert "Traceback" not in told
    assert "ValueError" in caplog.text
    assert "ValueError" not in html


def refusing():
    from dashboard.boundary import boundary
    from queries.scope import NotPermitted

    with boundary("The rate"):
        raise NotPermitted("no such scheme S9")


def without_build():
    from dashboard.boundary import boundary
    from queries.warehouse import NoBuild

    with boundary("The rate"):
        raise NoBuild("No build has been published yet: run `ppo demo`.")


@pytest.mark.parametrize(
    ("script", "title", "next_step"),
    [
        (refusing, "not one of the published ones", "Choose another breakdown"),
        (without_build, "There are no figures to show yet", "run `ppo demo`"),
    ],
)
def test_what_can_be_mended_says_how(script, title, next_step):
    html = shown(script)
    assert title in html
    assert next_step in html
    assert "S9" not in html
