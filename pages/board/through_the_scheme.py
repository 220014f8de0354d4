"""Through the scheme: who is chosen, who joins and leaves, and what is done for them on the way."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.heading import heading
from dashboard.show import show

heading(
    "Through the scheme",
    "Who is chosen, who joins and who leaves, and is what should be done for each person done in time?",
)
chosen_by_rule = asked("selection_rule_met")
show(chosen_by_rule, heading="People who meet each selection rule", chart=charts.groups(chosen_by_rule))

for name in ("entries", "months_on_scheme", "reoffended_on_scheme"):
    years = asked(name, over="period")
    show(years, chart=charts.over_time(years))

reasons = asked("exits")
show(reasons, heading="People who left, by reason", chart=charts.groups(reasons))

done = asked("journey_step_done")
show(done, heading="Steps done in time", chart=charts.groups(done))

taken = asked("journey_step_days")
show(taken, heading="Days that each step took", chart=charts.groups(taken))

at_18 = asked("transition_at_18", over="period")
show(at_18, chart=charts.over_time(at_18))
