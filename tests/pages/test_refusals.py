"""What is shown when nothing may be: designed, and with no figure behind it."""

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import access
from dashboard.navigation import PAGES
from tests.pages.conftest import APP, html_of

EVERY_PAGE = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.address)


def nothing_shown(run: AppTest) -> bool:
    kinds = ("vega_lite_chart", "download_button", "selectbox")
    return "<table>" not in html_of(run) and not any(run.get(kind) for kind in kinds)


@EVERY_PAGE
def test_another_machine_is_refused(opened, monkeypatch, entry):
    monkeypatch.setattr(access, "peer", lambda: "10.0.0.7")
    run = opened(entry.script, view_as="Analyst")
    assert not run.exception
    assert "These figures cannot be shown here" in html_of(run)
    assert "Ask whoever runs this service to set up sign-in" in html_of(run)
    assert nothing_shown(run)


@EVERY_PAGE
def test_real_data_are_refused_without_sign_in(opened, builds, tmp_path, monkeypatch, entry):
    name = (builds / "current").read_text().strip()
    shutil.copytree(builds / name, tmp_path / name)
    stamp = tmp_path / name / "build.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"synthetic": False}))
    (tmp_path / "current").write_text(name)
    monkeypatch.setenv("PPO_BUILDS", str(tmp_path))
    run = opened(entry.script, view_as="Analyst")
    assert "These figures cannot be shown here" in html_of(run)
    assert nothing_shown(run)


@EVERY_PAGE
def test_a_page_reached_past_the_front_page_shows_nothing(served, entry):
    """As Streamlit's older page mode would run it: the script alone."""
    run = AppTest.from_file(str(APP.parent / entry.script), default_timeout=60).run()
    assert "<table>" not in html_of(run)
    assert not any(run.get(kind) for kind in ("vega_lite_chart", "download_button"))


def test_without_a_build_the_page_says_what_to_run(opened, tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_BUILDS", str(tmp_path))
    run = opened("pages/board/overview.py")
    assert not run.exception
    assert "There are no figures to show yet" in html_of(run)
    assert "ppo demo" in html_of(run)


@EVERY_PAGE
def test_a_build_of_another_version_is_not_shown(opened, builds, tmp_path, monkeypatch, entry):
    name = (builds / "current").read_text().strip()
    shutil.copytree(builds / name, tmp_path / name)
    stamp = tmp_path / name / "build.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"made_with": "0123456789abcdef"}))
    (tmp_path / "current").write_text(name)
    monkeypatch.setenv("PPO_BUILDS", str(tmp_path))
    run = opened(entry.script, view_as="Analyst")
    assert not run.exception
    assert "was made by another version of this program: run `ppo build EXTRACTS`" in html_of(run)
    assert nothing_shown(run)


def test_a_new_build_is_shown_without_a_restart_and_no_page_mixes_two(opened, builds, tmp_path, monkeypatch):
    name = (builds / "current").read_text().strip()
    for copy, built_on in (("first", "2012-01-01"), ("second", "2012-02-02")):
        shutil.copytree(builds / name, tmp_path / copy)
        stamp = tmp_path / copy / "build.json"
        stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"id": copy, "built_on": built_on}))
    (tmp_path / "current").write_text("first")
    monkeypatch.setenv("PPO_BUILDS", str(tmp_path))
    run = opened("pages/board/caseload.py")
    assert "built 1 January 2012" in html_of(run)
    (tmp_path / "current").write_text("second")
    run.run()
    assert "built 2 February 2012" in html_of(run)
    assert "built 1 January 2012" not in html_of(run)


def _a_figure_handed_over():
    from dashboard.show import show
    from tests.dashboard.figures import figure, rate

    show(figure("reoffending_rate", [rate(5990, 8000, sex="male")], by=("sex",)))


def test_the_frame_asks_again_who_is_looking(served):
    """However a script came by a figure, nothing of it is shown to somebody unknown."""
    run = AppTest.from_function(_a_figure_handed_over, default_timeout=60).run()
    assert "This page opens from the front page" in html_of(run)
    assert "5,990" not in html_of(run)
    assert not run.get("download_button")
    run.session_state[access.KEY] = "analyst"
    assert "5,990" in html_of(run.run())
