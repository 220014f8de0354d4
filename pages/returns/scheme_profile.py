"""Scheme profile: the first table of the self-assessment tool, at any month end, to copy or print."""

from dashboard.heading import heading
from dashboard.profile import show_profile
from dashboard.return_files import offer_profile

heading(
    "Scheme profile",
    "The table that opens the PPO self-assessment tool, row for row. Choose the scheme and the month end above; then "
    "copy it, print it or download it.",
)
show_profile("Scheme profile and overview")
offer_profile()
