"""A Streamlit page with one choice and one chart, and nothing else: what the dashboard's pages are set beside.

The chart is of the size of theirs: a row for each of so many groups, each with an interval, a point and a number.
`?charts=10` in the address has ten of it.
"""

import altair as alt
import polars as pl
import streamlit as st

ROW, AXIS = 44, 36
GROUPS = {"first": 9, "second": 3, "third": 4, "fourth": 3, "fifth": 2, "sixth": 5}
"""About as many as people have ages, sexes, strands and so on, which `benchmarks/browser.py` chooses in turn.

No two in turn are alike: nothing would be painted.
"""

st.title("One chart")
chosen = st.selectbox("Choice", GROUPS)
places = range(1, GROUPS[chosen] + 1)
for number in range(int(st.query_params.get("charts", 1))):
    rows = pl.DataFrame(
        {
            "group": [f"Group {place}" for place in places],
            "value": [place / (10 + number) for place in places],
            "low": [place / 12 for place in places],
            "high": [place / 9 for place in places],
        }
    )
    base = alt.Chart(rows).encode(y=alt.Y("group:N", title=None))
    x = alt.X("value:Q", title=None, axis=alt.Axis(format=".0%"))
    chart = alt.layer(
        base.mark_rule(strokeWidth=6, opacity=0.35).encode(x=alt.X("low:Q", title=None), x2="high:Q"),
        base.mark_point(size=110, filled=True, opacity=1).encode(x=x),
        base.mark_text(dy=-12, fontSize=13).encode(x=x, text=alt.Text("value:Q", format=".1%")),
    )
    st.altair_chart(chart.properties(height=ROW * len(rows) + AXIS), width="stretch")
