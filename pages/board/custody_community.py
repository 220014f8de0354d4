"""Custody and community: how many of the people on the schemes are in the community, as the majority should be."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.by_group import show_by_group
from dashboard.heading import heading
from dashboard.show import show, turned_round

heading(
    "Custody and community",
    "The self-assessment asks that most of the people a scheme manages are in the community, where it can work with "
    "them.",
)
now = asked("custody_share")
show(now, heading="In the community and in custody", sentence=turned_round(now))

months = asked("custody_share", over="month")
show(months, heading="In custody, month by month", chart=charts.over_time(months))

years = asked("custody_days_share", over="period")
show(years, heading="Days on the scheme spent in custody, year by year", chart=charts.over_time(years))

show_by_group("custody_days_share", "Days on the scheme spent in custody, group by group")

for name in ("released", "contact_after_release_days"):
    released = asked(name, over="period")
    show(released, chart=charts.over_time(released))
