"""Cohort: any group of people put together, measured, compared, explained and taken away. For analysts."""

from dashboard.cohort_page import show_cohort

show_cohort("Cohort")
