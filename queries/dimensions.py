"""The breakdowns: a closed list of names, each with a closed list of labels in the order they are shown."""

from dataclasses import dataclass


class UnknownDimension(ValueError):
    """A breakdown or filter that is not on the closed list, or a label that the breakdown does not have."""


@dataclass(frozen=True)
class Dimension:
    """One breakdown. `labels` is empty where the labels come from the data (schemes, areas, periods).

    `own` is true of a breakdown that only the measures have whose unit query gives it; the others come from the
    attributes, and every measure has them. `open` says that the data may have other labels, after those named.
    """

    name: str
    title: str
    labels: tuple[str, ...] = ()
    partitions: bool = True
    own: bool = False
    open: bool = False


_YES_NO = ("yes", "no", "not_known")

DIMENSIONS: dict[str, Dimension] = {
    d.name: d
    for d in (
        Dimension("period", "Period"),
        Dimension("month", "Month"),
        Dimension("ppo", "On a PPO scheme", _YES_NO),
        Dimension("scheme", "Scheme", partitions=False),
        Dimension("area", "Area"),
        Dimension("force", "Police force"),
        Dimension(
            "strand",
            "Strand",
            ("catch_and_convict", "rehabilitate_and_resettle", "prevent_and_deter", "none", "not_known"),
        ),
        Dimension("sex", "Sex", ("male", "female", "not_known")),
        Dimension(
            "age_band",
            "Age",
            (
                "10-14", "15-17", "18-20", "21-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+",
                "not_known",
            ),
        ),
        Dimension(
            "ethnicity",
            "Ethnicity (observed by police)",
            (
                "white_north_european", "white_south_european", "black", "asian",
                "chinese_japanese_south_east_asian", "arab_north_african", "not_known",
            ),
        ),
        Dimension(
            "ethnicity_self_defined",
            "Ethnicity (self-defined)",
            (
                "W1", "W2", "W9", "M1", "M2", "M3", "M9", "A1", "A2", "A3", "A9", "B1", "B2", "B9",
                "O1", "O9", "NS", "not_known",
            ),
        ),
        Dimension("statutory", "Statutory", _YES_NO),
        Dimension("in_dip", "In the Drug Interventions Programme", ("yes", "no")),
        Dimension("place", "In custody or the community", ("custody", "community", "elsewhere", "not_known")),
        Dimension("previous_offences", "Previous offences", ("0", "1-2", "3-6", "7-10", "11+")),
        Dimension("offence_group", "Offence group"),
        Dimension("index_event", "How they entered the cohort", ("custody", "court", "caution", "test")),
        Dimension("court_type", "Court", ("crown", "magistrates", "youth", "not_known")),
        Dimension(
            "step",
            "Step",
            (
                "nominated_and_decided", "strand_decided", "flagged_by_police", "flagged_by_probation", "letter",
                "home_visit", "oasys", "sentence_plan", "outreach_worker", "weekly_appointments", "enforcement",
                "exit_letter",
            ),
            own=True,
        ),
        Dimension("rule", "Selection rule", ("london", "northumbria", "released_unsupervised"), False, own=True),
        Dimension(
            "need",
            "Need",
            ("accommodation", "employment", "education", "health", "mental_health", "drugs", "alcohol"),
            own=True,
        ),
        Dimension(
            "exit_reason",
            "Reason for leaving",
            (
                "reduced_offending", "moved_area", "long_custody", "died", "transferred_strand", "other",
                "not_known",
            ),
            own=True,
        ),
        Dimension("characteristic", "At identification", ("male", "white"), own=True, open=True),
        Dimension(
            "outcome",
            "Outcome of the case",
            ("convicted", "cautioned", "taken_into_consideration", "acquitted", "discontinued", "open"),
            own=True,
        ),
        Dimension("at_18", "At 18", ("moved", "exited", "neither"), own=True),
        Dimension(
            "stage",
            "Stage",
            ("arrested", "charged", "convicted", "sentenced", "into_treatment", "resettled"),
            own=True,
        ),
        Dimension("adoption", "Before or on the scheme", ("before", "after", "never", "not_known"), own=True),
        Dimension("week", "Week on the scheme", tuple(str(week) for week in range(1, 27)), own=True),
    )
}  # fmt: skip

LAST = ("none", "not_known")
"""Labels that always come after the others."""


def dimension(name: str) -> Dimension:
    """Return one breakdown by name. Raises UnknownDimension naming the closed list."""
    if name not in DIMENSIONS:
        raise UnknownDimension(f"Breakdown must be one of {', '.join(DIMENSIONS)}, got: {name}")
    return DIMENSIONS[name]


ANY_OF = "|"
"""What stands between the labels of a filter on any of several: `18-20|21-24`."""


def labels_of(text: str) -> tuple[str, ...]:
    """Return the labels that a filter asks for, any of which will do; each once, in the order given."""
    return tuple(dict.fromkeys(text.split(ANY_OF)))


def check_label(name: str, label: str) -> str:
    """Return the label if the breakdown can have it. Raises UnknownDimension naming the labels."""
    known = dimension(name)
    labels = known.labels
    if labels and not known.open and label not in labels:
        raise UnknownDimension(f"{name} must be one of {', '.join(labels)}, got: {label}")
    return label


def order_key(name: str, label: str) -> tuple[int, str]:
    """Return what sorts a breakdown's labels: the closed order, or the alphabet with the unknown last."""
    labels = DIMENSIONS[name].labels if name in DIMENSIONS else ()
    if label in labels:
        return labels.index(label), ""
    return (10_000 + LAST.index(label), "") if label in LAST else (5_000, label)
