"""Time to re-offence: how soon people re-offend after they are first free to, group beside group."""

from dashboard.heading import heading
from dashboard.time_to_reoffence import show_curves

heading(
    "Time to re-offence",
    "How soon do people offend again, of those who came out of custody, were convicted or cautioned, or tested "
    "positive for drugs in a year? Each line climbs as more of its group have; people leave it when they can no longer "
    "be watched.",
)
show_curves("How soon people offended again", "time_to_first_reoffence")
