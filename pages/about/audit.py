"""Audit: who signed in, was refused, saw rows about people or took a file, and signed off what."""

from dashboard.audit_page import show_lines
from dashboard.heading import heading

heading(
    "Audit",
    "Who signed in, was refused, saw rows about single people, took a file or signed something off. A manager reads "
    "the lines about their schemes, and everybody the lines about themselves. Nobody can change or remove one.",
)
show_lines("The latest lines")
