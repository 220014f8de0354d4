"""The words and numbers of the interface: dates, periods, labels, statuses and figures as people read them."""

import math
from datetime import date

from queries.catalogue import Measure
from queries.dimensions import DIMENSIONS

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

SHORTHAND = {
    "not_applicable": "[z]",
    "confidential": "[c]",
    "immature": "[x]",
    "low_base": "[u]",
    "provisional": "[p]",
}
"""The bracketed shorthand that stands in a cell, by status."""

MEANING = {
    "[z]": "does not apply",
    "[c]": "not shown, to protect people: so few that someone might be recognised",
    "[x]": "not available: too soon to be counted, or in nobody's records",
    "[u]": "too few people for a percentage or rate (under 30): read the counts",
    "[p]": "provisional: the period is not final yet",
}
"""What each shorthand means, as it is explained beneath a table."""

STATUS = {
    "ok": "Final",
    "final": "Final",
    "provisional": "Provisional",
    "immature": "Too soon to say",
    "low_base": "Too few people for a rate",
    "confidential": "Not shown, to protect people",
    "not_applicable": "Does not apply",
}
"""The status of a cell or a period, in words."""

LABELS: dict[str, dict[str, str]] = {
    "step": {
        "nominated_and_decided": "Nominated and decided", "strand_decided": "Strand decided",
        "flagged_by_police": "Flagged by the police", "flagged_by_probation": "Flagged by probation",
        "letter": "Letter to the person", "home_visit": "First home visit", "oasys": "OASys assessment",
        "sentence_plan": "Sentence plan", "outreach_worker": "Outreach worker",
        "weekly_appointments": "Four weekly appointments kept", "enforcement": "Enforcement",
        "exit_letter": "Letter on leaving",
    },
    "rule": {
        "london": "London: six indications in two years",
        "northumbria": "Northumbria: six convictions in a year",
        "released_unsupervised": "Released from under 12 months, without supervision",
    },
    "characteristic": {"male": "Male", "white": "White (observed)"},
    "at_18": {"moved": "Moved to an adult strand", "exited": "Left the scheme", "neither": "Neither within 28 days"},
    "outcome": {"taken_into_consideration": "Taken into consideration", "open": "Still open"},
    "stage": {"into_treatment": "Into treatment", "resettled": "Resettled"},
    "adoption": {"before": "Before adoption", "after": "On the scheme or after", "never": "Never on a scheme"},
    "exit_reason": {"reduced_offending": "Offending reduced", "moved_area": "Moved away", "died": "Died"},
    "ppo": {"yes": "PPOs", "no": "Others"},
    "sex": {"male": "Male", "female": "Female"},
    "statutory": {"yes": "Statutory", "no": "Non-statutory"},
    "in_dip": {"yes": "Also in DIP", "no": "Not in DIP"},
    "place": {"custody": "In custody", "community": "In the community", "elsewhere": "Elsewhere"},
    "index_event": {
        "custody": "Release from custody",
        "court": "Court disposal in the community",
        "caution": "Caution, reprimand or warning",
        "test": "Positive drug test",
    },
    "court_type": {"crown": "Crown Court", "magistrates": "Magistrates' court", "youth": "Youth court"},
    "strand": {
        "catch_and_convict": "Catch and Convict",
        "rehabilitate_and_resettle": "Rehabilitate and Resettle",
        "prevent_and_deter": "Prevent and Deter",
        "none": "Not on a scheme",
    },
    "ethnicity": {
        "white_north_european": "White north European",
        "white_south_european": "White south European",
        "black": "Black",
        "asian": "Asian",
        "chinese_japanese_south_east_asian": "Chinese, Japanese or south-east Asian",
        "arab_north_african": "Arab or north African",
    },
    "ethnicity_self_defined": {
        "W1": "White British", "W2": "White Irish", "W9": "Other white", "M1": "White and Black Caribbean",
        "M2": "White and Black African", "M3": "White and Asian", "M9": "Other mixed", "A1": "Indian",
        "A2": "Pakistani", "A3": "Bangladeshi", "A9": "Other Asian", "B1": "Caribbean", "B2": "African",
        "B9": "Other black", "O1": "Chinese", "O9": "Other", "NS": "Not stated",
    },
}  # fmt: skip

RANGES = ("age_band", "previous_offences")
"""Breakdowns whose labels are ranges of numbers."""

PERCENTAGES = ("proportion", "share", "distribution", "concentration")
"""Kinds of measure whose value is a share of one, read as a percentage."""

COUNTS = ("stock", "table", "count")
"""Kinds of measure whose value is a number of people or of things that happened."""


def day(value: date) -> str:
    """Return a date as people write it: 31 March 2010."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def iso_day(text: str) -> str:
    """Return a date from its ISO form as people write it: `2010-03-31` is 31 March 2010."""
    return day(date.fromisoformat(text))


def month(label: str) -> str:
    """Return a month from its label: `2010-03` is March 2010."""
    year, number = label.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def period(label: str) -> str:
    """Return a period in words: `2009/10` is April 2009 to March 2010, and `2009` is the calendar year.

    Twelve months from another month are `2009-07/2010-06`.
    """
    if "-" in label and "/" in label:
        return " to ".join(month(each) for each in label.split("/"))
    if "/" in label:
        first = int(label.split("/")[0])
        return f"April {first} to March {first + 1}"
    return f"January to December {label}"


def periods(labels: tuple[str, ...]) -> str:
    """Return several periods in words, from the first one's beginning to the last one's end."""
    if len(labels) == 1:
        return period(labels[0])
    return f"{period(min(labels)).split(' to ')[0]} to {period(max(labels)).split(' to ')[1]}"


def time(label: str) -> str:
    """Return the time of a figure in words, from its period's label or its ISO date."""
    if len(label) == len("2010-03-31"):
        return f"As at {day(date.fromisoformat(label))}"
    return period(label)


def label(dimension: str, value: str) -> str:
    """Return the label of one group of a breakdown, in words."""
    if value == "not_known":
        return "Not known"
    if dimension == "period":
        return period(value)
    if dimension == "month":
        return month(value)
    if dimension in LABELS and value in LABELS[dimension]:
        return LABELS[dimension][value]
    if dimension in RANGES:
        return value.replace("-", " to ").replace("+", " or more")
    return sentence(value.replace("_", " "))


def breakdown(name: str) -> str:
    """Return the title of a breakdown."""
    return DIMENSIONS[name].title if name in DIMENSIONS else sentence(name.replace("_", " "))


def sentence(text: str) -> str:
    """Return words with a capital first letter and the rest as they were."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return words that can stand inside a sentence: the first letter small, unless it begins initials."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def joined(parts: list[str]) -> str:
    """Return words joined as in a sentence: one, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def count(value: float) -> str:
    """Return a number of people or events with its thousands marked; whole numbers without decimals."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def either(parts: list[str]) -> str:
    """Return words of which any will do, joined as in a sentence: one, two or three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}" if parts else ""


def counted(value: float, one: str, many: str) -> str:
    """Return a count with its noun: 1 person, 2 people."""
    return f"{count(value)} {one if value == 1 else many}"


def value(kind: str, number: float) -> str:
    """Return a measure's value: 74.9% for shares, 4.70 for offences per person, 57 days, −39.0%, or a count.

    `kind` is a kind of measure, or `months` for intervals that are counted in months. A timeline's value is per 100 of
    what it is out of: `timeline_unit` says what that is.
    """
    if math.isnan(number):
        raise ValueError(f"A value to be shown must be a number, got: {number}")
    if kind in PERCENTAGES or kind == "survival":
        return f"{100 * number:,.1f}%".replace("-", "−")
    if kind == "change":
        return f"{100 * number:+,.1f}%".replace("-", "−")
    if kind == "timeline":
        return f"{100 * number:,.1f}"
    if kind == "days":
        return days(number)
    if kind == "months":
        return f"{count(number)} {'month' if number == 1 else 'months'}"
    if kind in COUNTS:
        return count(number)
    return f"{number:,.2f}".replace("-", "−")


def days(number: float) -> str:
    """Return a number of days: whole if it is whole, else to one decimal."""
    text = count(number).replace("-", "−")
    return f"{text} {'day' if number == 1 else 'days'}"


def interval(kind: str, lower: float, upper: float) -> str:
    """Return an interval: 73.9% to 75.8%."""
    low, high = value(kind, lower), value(kind, upper)
    if kind in ("days", "months"):
        low = low.rsplit(" ", 1)[0]
    return f"{low} to {high}"


def difference(kind: str, number: float) -> str:
    """Return the size of a difference, without its sign: 2.3 percentage points, 0.12, 5 days."""
    size = abs(number)
    if kind in (*PERCENTAGES, "change"):
        points = f"{100 * size:,.1f}"
        return f"{points} percentage {'point' if points == '1.0' else 'points'}"
    return value(kind, size)


def read_as(about: Measure) -> str:
    """Return how a measure's values are to be read: by its kind, or as months where it counts those."""
    return about.counted_in if about.kind == "days" else about.kind


def timeline_unit(about: Measure) -> str:
    """Return what the values of a timeline are out of, as they are written: per 100 people, or months at liberty."""
    return "per 100 months at liberty" if about.denominator_column == "months_at_liberty" else "per 100 people"


COLUMNS = {
    "reoffended": ("People who re-offended", "re-offended"),
    "offenders": ("People", "people"),
    "reoffences": ("Proven re-offences", "proven re-offences"),
    "people": ("People", "people"),
    "in_custody": ("In custody", "in custody"),
    "placed": ("In custody or community", "people in custody or the community"),
    "days_in_custody": ("Days in custody", "days in custody"),
    "days_placed": ("Days in custody or community", "days in custody or the community"),
    "occasions": ("Sentencing occasions", "sentencing occasions"),
    "event": ("So far", "so far"),
    "adults": ("Adults on the scheme", "adults on the scheme"),
    "age": ("Years of age together", "years of age together"),
    "age_known": ("People whose age is known", "people whose age is known"),
    "previous_convictions": ("Previous convictions", "previous convictions"),
    "weight": ("Proven offences", "proven offences"),
    "observed": ("Re-offended", "re-offended"),
    "expected": ("Expected to re-offend", "expected to re-offend"),
    "scored": ("Scored", "scored"),
    "attended": ("Attended", "appointments kept"),
    "before": ("Before", "proven offences"),
    "after": ("Proven offences", "proven offences"),
    "convictions_before_17": ("Before", "convictions"),
    "convictions_at_adoption": ("Before", "convictions"),
    "offences_before_12": ("Before", "proven offences"),
    "liberty_offences_before": ("Before", "proven offences"),
    "arrests_before_24": ("Before", "days of arrest"),
    "acquisitive_before": ("Before", "acquisitive offences"),
    "sentence_days_before": ("Before", "days of sentence"),
}
"""Short words for the columns of unit queries: as a heading, and inside a sentence."""


def heading(column: str, only: tuple[str, str] | None = None) -> str:
    """Return the heading of a count's column; `only` is the one group that it counts, if it does."""
    words = COLUMNS.get(column, (sentence(column.replace("_", " ")), ""))[0]
    return f"{words}: {label(*only)}" if only else words


def inside(column: str) -> str:
    """Return the words of a count's column for the middle of a sentence."""
    return COLUMNS.get(column, ("", column.replace("_", " ")))[1]
