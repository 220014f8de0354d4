"""Custody and community: how many of the people on the schemes are in the community, as the majority should be."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.filters import chosen
from dashboard.heading import heading
from dashboard.show import show, turned_round

heading(
    "Custody and community",
    "The self-assessment asks that most of the people a scheme manages are in the community, where it can work with them.",
)
now = asked("custody_share")
show(now, heading="In the community and in custody", sentence=turned_round(now))

months = asked("custody_share", over="month")
show(months, heading="In custody, month by month", chart=charts.over_time(months))

by = chosen().breakdown
days = asked("custody_days_share", by=by, over=None if by else "period")
show(days, chart=charts.groups(days) if by else charts.over_time(days))
