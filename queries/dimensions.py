"""The breakdowns: a closed list of names, each with a closed list of labels in the order they are shown."""

from dataclasses import dataclass


class UnknownDimension(ValueError):
    """A breakdown or filter that is not on the closed list, or a label that the breakdown does not have."""


@dataclass(frozen=True)
class Dimension:
    """One breakdown. `labels` is empty where the labels come from the data (schemes, areas, periods)."""

    name: str
    title: str
    labels: tuple[str, ...] = ()
    partitions: bool = True


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
    )
}  # fmt: skip

LAST = ("none", "not_known")
"""Labels that always come after the others."""


def dimension(name: str) -> Dimension:
    """Return one breakdown by name. Raises UnknownDimension naming the closed list."""
    if name not in DIMENSIONS:
        raise UnknownDimension(f"Breakdown must be one of {', '.join(DIMENSIONS)}, got: {name}")
    return DIMENSIONS[name]


def check_label(name: str, label: str) -> str:
    """Return the label if the breakdown can have it. Raises UnknownDimension naming the labels."""
    labels = dimension(name).labels
    if labels and label not in labels:
        raise UnknownDimension(f"{name} must be one of {', '.join(labels)}, got: {label}")
    return label


def order_key(name: str, label: str) -> tuple[int, str]:
    """Return what sorts a breakdown's labels: the closed order, or the alphabet with the unknown last."""
    labels = DIMENSIONS[name].labels if name in DIMENSIONS else ()
    if label in labels:
        return labels.index(label), ""
    return (10_000 + LAST.index(label), "") if label in LAST else (5_000, label)
