"""Nothing is served without sign-in but synthetic data, to this machine, however the server was started."""

from dataclasses import replace

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from dashboard import provider
from dashboard.access import may_be_served
from tests.dashboard.figures import BUILD

LOCAL = {"Host": "localhost:8501"}


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "127.0.0.1", "[::1]:8501", "localhost"])
def test_this_machine_is_served_the_demonstration(host):
    assert may_be_served(BUILD, None, {"Host": host})
    assert may_be_served(BUILD, "127.0.0.1", {"host": host})


def test_real_data_are_never_served():
    assert not may_be_served(replace(BUILD, synthetic=False), None, LOCAL)


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.5", "2001:db8::1", "::ffff:10.0.0.7", "nonsense", ""])
def test_another_machine_is_never_served(peer):
    assert not may_be_served(BUILD, peer, LOCAL)


@pytest.mark.parametrize(
    "host", ["ppo.example.gov.uk", "10.0.0.7:8501", "localhost.example.com:8501", "[2001:db8::1]:80"]
)
def test_another_name_for_this_machine_is_never_served(host):
    # A proxy on this machine, or a name that an attacker's server points at it.
    assert not may_be_served(BUILD, None, {"Host": host})


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-host", "Forwarded", "Via", "X-Real-IP"])
def test_a_proxy_on_this_machine_is_never_served(header):
    assert not may_be_served(BUILD, None, LOCAL | {header: "anything"})


def test_a_provider_is_found_in_any_file_of_secrets_as_soon_as_there_is_one(tmp_path, monkeypatch):
    """Where there is none, nobody waits for Streamlit, which looks for one under a lock that all share."""
    nowhere, here = tmp_path / "none.toml", tmp_path / "secrets.toml"
    options = {"secrets.files": [str(nowhere), str(here)]}
    monkeypatch.setattr(st, "get_option", options.__getitem__)
    monkeypatch.setattr(config, "get_option", options.__getitem__)
    monkeypatch.setattr(st, "secrets", None)
    assert provider.section() == {}
    assert not provider.is_set_up()
    monkeypatch.setattr(st, "secrets", Secrets())
    monkeypatch.setattr(Secrets, "_maybe_install_file_watchers", lambda _: None)
    here.write_text('[auth]\nclient_id = "ppo"\n', encoding="utf-8")
    assert provider.section() == {"client_id": "ppo"}
    assert provider.is_set_up()
