"""A Streamlit page with one choice and one chart, and nothing else: what the dashboard's pages are set beside."""

import altair as alt
import polars as pl
import streamlit as st

POINTS, HEIGHT = 30, 280
CHOICES = ("first", "second", "third", "fourth", "fifth")

st.title("One chart")
chosen = CHOICES.index(st.selectbox("Choice", CHOICES))
points = pl.DataFrame({"year": range(POINTS), "value": [(point * (chosen + 3)) % 17 for point in range(POINTS)]})
chart = alt.Chart(points, height=HEIGHT).mark_line(point=True).encode(x="year:Q", y="value:Q")
st.altair_chart(chart, width="stretch")
