"""Home Office return: its fixed set of tables at a quarter's end, to check, sign off and send."""

from dashboard.heading import heading
from dashboard.home_office import show_home_office

heading(
    "Home Office return",
    "A fixed set of tables as at the end of a quarter. Figures not of that day are of the latest year, April to March, "
    "that was final by then. A scheme's manager signs its return off, and it is then kept as it stands.",
    ["as set out below"],
)
show_home_office()
