"""Compare: schemes beside each other, years beside each other, and what happened beside what was expected."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.compare import show_control, show_funnel
from dashboard.heading import heading
from dashboard.show import show

heading(
    "Compare",
    "Does a scheme, or a year, differ from the rest by more than chance alone would explain? Small schemes vary most.",
)
show_funnel("Re-offended within a year: schemes by their size", "reoffending_rate")
show_control("Re-offended within a year: years beside all years", "reoffending_rate")

beside = asked("observed_to_expected", over="period")
show(beside, chart=charts.over_time(beside), with_sql=True)

scored = asked("scored_share", over="period")
show(scored, chart=charts.over_time(scored), with_sql=True)
