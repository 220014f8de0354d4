"""Rehabilitate and resettle: drugs and treatment, contact, enforcement, and what people need."""

from dashboard import charts
from dashboard.asking import asked
from dashboard.heading import heading
from dashboard.show import show

heading(
    "Rehabilitate and resettle",
    "Are people seen, tested and treated, are absences followed up, and do they leave with a home and a job?",
)
now = asked("also_in_dip")
show(now)

for name in ("drug_test_positive", "required_assessment_attended", "referral_to_treatment_days", "retained_12_weeks"):
    years = asked(name, over="period")
    show(years, chart=charts.over_time(years))

weeks = asked("contacts_per_week")
show(weeks, heading="Contacts in each week since adoption", chart=charts.groups(weeks))

for name in (
    "contacts_attended",
    "contacts_accompanied",
    "home_visit_within",
    "failure_to_enforcement_days",
    "enforcement_to_hearing_days",
):
    years = asked(name, over="period")
    show(years, chart=charts.over_time(years))

for name in ("need_at_entry", "need_resolved", "need_arisen", "settled_at_exit"):
    needs = asked(name)
    show(needs, chart=charts.groups(needs))
