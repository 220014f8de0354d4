"""The current build, opened once for every session, and whether the dashboard is served as it may be."""

import os
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard import paper
from queries.warehouse import Warehouse, current_build

_KEY = "_build_folder"


def builds() -> Path:
    """Return the folder that builds are found in: PPO_BUILDS, else `builds` where the server was started."""
    return Path(os.environ.get("PPO_BUILDS") or "builds")


# Keyed on the build's own folder: a build is never edited, and a path opened again in one process would go on
# serving the old file. Two are kept, so that those still reading the old build finish on it.
@lru_cache(maxsize=2)
def _opened(folder: str) -> Warehouse:
    return Warehouse.open_build(Path(folder))


def begin_run() -> None:
    """Settle which build this run of the script reads, so that no page mixes two. Raises NoBuild."""
    st.session_state[_KEY] = str(current_build(builds()).resolve())


def warehouse() -> Warehouse:
    """Return the warehouse that this run reads. Raises NoBuild."""
    if (made := paper.being_made()) is not None:
        return made.warehouse
    if _KEY not in st.session_state:
        begin_run()
    return _opened(st.session_state[_KEY])
