"""Worklists: steps that are overdue and people the monthly meeting may want to talk about, for a scheme's manager."""

from dashboard.worklists import show_worklists

show_worklists("Worklists")
