"""The script that Streamlit runs: who is looking, the filters, the menu. Nothing else."""

import streamlit as st

from dashboard import access, current, filters, style
from dashboard.boundary import boundary
from dashboard.navigation import navigation

st.set_page_config(page_title="PPO figures", layout="wide")
style.apply()
page, entry = navigation(access.role_in_the_menu())
with boundary(entry.title):
    access.let_in()
    current.begin_run()
    access.show_viewer()
    filters.show_filters(entry)
    page.run()
