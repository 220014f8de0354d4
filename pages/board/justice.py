"""Justice: how long cases take from offence and arrest to sentence, stage by stage, PPOs beside others."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.by_group import show_by_group
from dashboard.heading import heading
from dashboard.show import show
from dashboard.stages import show_stages

heading(
    "Justice",
    "How long do cases take from arrest to sentence, and where does the time go? Only cases that ended in a sentence "
    "are here, so the latest arrests are not all in yet.",
)
whole = asked("arrest_to_sentence_days", over="period")
show(whole, heading="Days from arrest to sentence, year by year", chart=charts.over_time(whole))

beside = asked("arrest_to_sentence_days", by="ppo", everyone=True, all_schemes=True)
show(beside, heading="Days from arrest to sentence, PPOs beside everybody else", chart=charts.groups(beside))

show_by_group("arrest_to_sentence_days", "Days from arrest to sentence, group by group")

show_stages("Where the time goes, stage by stage")

adopted = asked("arrest_to_sentence_days", by="adoption", everyone=True)
show(adopted, heading="Days from arrest to sentence, before adoption and after", chart=charts.groups(adopted))

ended = asked("open_cases")
show(ended, heading="How soon cases ended, of all arrests", chart=charts.curve(ended))

age = asked("open_case_age_days", over="period")
show(age, heading="Cases still open, and how old they are", chart=charts.over_time(age))

outcomes = asked("case_outcomes")
show(outcomes, heading="How cases ended", chart=charts.groups(outcomes))

pathway = asked("pathway")
show(pathway, heading="From arrest to resettlement, and where people drop out", chart=charts.groups(pathway))
