"""Data quality: what came in, what was set aside and why, how people were linked, and what the checks found."""

from dashboard.data_quality import show_checks, show_files, show_rules
from dashboard.heading import heading
from dashboard.linkage import show_doubtful, show_links

heading("Data quality", "What came in, what was set aside and why, how people were linked, and what the checks found.")
show_files("Files")
show_rules("Rules broken")
show_links("How people were linked")
show_doubtful("Links in doubt")
show_checks("Checks")
