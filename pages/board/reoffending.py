"""Re-offending: how many people re-offend within a year, how often, and their share of all re-offending."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.by_group import show_by_group
from dashboard.heading import heading
from dashboard.show import show

heading(
    "Re-offending",
    "Of the people who came out of custody, were convicted or cautioned, or tested positive for drugs in a year: how "
    "many offended again within twelve months, as proved within eighteen?",
)
rate = asked("reoffending_rate", over="period")
show(rate, heading="Re-offended within a year, year by year", chart=charts.over_time(rate))

show_by_group("reoffending_rate", "Re-offended within a year, group by group")

beside = asked("reoffending_rate", by="ppo", everyone=True, all_schemes=True)
show(beside, heading="PPOs beside everybody else", chart=charts.groups(beside))

for name in ("reoffences_per_reoffender", "reoffences_per_offender"):
    often = asked(name, over="period")
    show(often, chart=charts.over_time(often))

for name in ("share_of_offenders", "share_of_reoffences"):
    share = asked(name, over="period")
    show(share, chart=charts.over_time(share))

curve = asked("time_to_first_reoffence")
show(curve, chart=charts.curve(curve))

shares = asked("concentration")
show(shares, chart=charts.concentration(shares))

abroad = asked("cross_border_share", over="period")
show(abroad, chart=charts.over_time(abroad))
