"""Overview: how are we doing, against last year and the nation, how sure are we, and what is missing."""

from dashboard.gaps import show_gaps
from dashboard.heading import heading
from dashboard.headlines import show_headlines
from dashboard.profile import show_profile

heading("Overview", "How the people on the schemes are doing, compared with a year ago, and how sure we are.")
show_headlines("How are we doing?")
show_profile("Who is on the scheme")
show_gaps("What is missing from these figures")
