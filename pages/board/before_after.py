"""Before and after: what people were convicted of before they were adopted, and after; and NI 30."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.heading import heading
from dashboard.show import show
from dashboard.since_adoption import show_changes
from dashboard.targets import with_target

heading(
    "Before and after",
    "What were people convicted of before a scheme adopted them, and after? People are adopted at a peak of their "
    "offending, so some fall is expected without any scheme.",
)
months = asked("conviction_timeline", pooled=True)
show(months, heading="Convictions, month by month from adoption", chart=charts.timeline(months))

free = asked("conviction_timeline_at_liberty", pooled=True)
show(free, heading="Convictions per month at liberty", chart=charts.timeline(free))

show_changes("What changed, figure by figure")

volume = asked("ni30_change", over="period")
show(
    volume,
    heading="NI 30: change in offences of a fixed caseload",
    sentence=with_target(volume),
    chart=charts.over_time(volume),
)
for name in ("ni30_reoffending_rate", "ni30_offences_per_ppo", "ni30_offences_per_reoffender"):
    fixed = asked(name, over="period")
    show(fixed, chart=charts.over_time(fixed))
