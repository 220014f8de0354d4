"""Methods: what every measure means, the choices made, the words used, and the SQL itself."""

from dashboard.heading import heading
from dashboard.methods import show_choices, show_glossary, show_measures

heading("Methods", "What every figure means and how it is worked out, from the files that work it out.")
show_measures("Measures")
show_choices("Choices where the published wording leaves room")
show_glossary("Words used here")
