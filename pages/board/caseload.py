"""Caseload: how many people the schemes manage, and who they are."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.by_group import show_by_group
from dashboard.heading import heading
from dashboard.show import show

heading("Caseload", "How many people do the schemes manage, and who are they? People are counted, not records.")

months = asked("caseload", over="month")
show(months, heading="People on the scheme, month by month", chart=charts.over_time(months))

show_by_group("caseload", "People on the scheme, group by group")

for name in ("previous_offences_at_identification", "age_at_identification"):
    years = asked(name, over="period")
    show(years, chart=charts.over_time(years))

taken_on = asked("share_at_identification")
show(taken_on, heading="People when they were taken on", chart=charts.groups(taken_on))
