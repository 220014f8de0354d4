"""Self-assessment: the tool's eleven sections, with what was measured beside what is written."""

from dashboard.heading import heading
from dashboard.self_assessment import show_self_assessment

heading(
    "Self-assessment",
    "The eleven sections of the PPO self-assessment tool: what the scheme says of itself, beside what was measured. "
    "Its year is the one, April to March, that the date above is in.",
)
show_self_assessment()
