"""Overview: how are we doing, against last year and the nation, how sure are we, and what needs a decision."""

from dashboard.decisions import decisions, show_decisions
from dashboard.gaps import show_gaps
from dashboard.heading import heading
from dashboard.headlines import headlines, show_headlines
from dashboard.in_short import show_in_short
from dashboard.pack_button import show_pack_button
from dashboard.profile import show_profile
from dashboard.what_changed import show_what_changed

heading(
    "Overview", "The figures that a board asks for first, and how sure they are.", beside=show_pack_button, listed=False
)
made = headlines()
found = decisions(made)
show_in_short("In short", made, found)
show_headlines("Headline measures", made)
show_what_changed("What changed", made)
show_decisions("What needs a decision", found)
show_profile("Who is on the scheme")
show_gaps("What is missing from these figures")
