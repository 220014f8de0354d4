"""What `ppo measure` prints, in the words of a page: written out again here, so that a slip in the page's own shows."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MARKS = {"confidential": "[c]", "immature": "[x]", "low_base": "[u]", "not_applicable": "[z]"}
STATUS = {
    "ok": "Final",
    "provisional": "Provisional",
    "immature": "Too soon to say",
    "low_base": "Too few people for a rate",
    "confidential": "Not shown, to protect people",
    "not_applicable": "Does not apply",
}
FEW_DAYS = "Under 30 people: read with care"
SHARES = ("proportion", "share", "distribution", "concentration", "survival")

LABELS = {
    ("ppo", "yes"): "PPOs",
    ("ppo", "no"): "Others",
    ("statutory", "yes"): "Statutory",
    ("statutory", "no"): "Non-statutory",
    ("court_type", "crown"): "Crown Court",
    ("court_type", "magistrates"): "Magistrates' court",
    ("court_type", "youth"): "Youth court",
    ("adoption", "before"): "Before adoption",
    ("adoption", "after"): "On the scheme or after",
    ("adoption", "never"): "Never on a scheme",
    ("exit_reason", "reduced_offending"): "Offending reduced",
    ("exit_reason", "moved_area"): "Moved away",
    ("rule", "london"): "London: six indications in two years",
    ("rule", "northumbria"): "Northumbria: six convictions in a year",
    ("rule", "released_unsupervised"): "Released from under 12 months, without supervision",
    ("characteristic", "white"): "White (observed)",
    ("outcome", "open"): "Still open",
    ("step", "flagged_by_police"): "Flagged by the police",
    ("step", "letter"): "Letter to the person",
    ("step", "home_visit"): "First home visit",
    ("step", "oasys"): "OASys assessment",
    ("step", "weekly_appointments"): "Four weekly appointments kept",
    ("step", "exit_letter"): "Letter on leaving",
    ("at_18", "moved"): "Moved to an adult strand",
    ("at_18", "exited"): "Left the scheme",
    ("at_18", "neither"): "Neither within 28 days",
    ("strand", "catch_and_convict"): "Catch and Convict",
    ("strand", "rehabilitate_and_resettle"): "Rehabilitate and Resettle",
    ("strand", "prevent_and_deter"): "Prevent and Deter",
}
"""Labels that are not their own words with a capital letter."""

COUNTED = {
    "age_at_identification": ("Years", "People of known age"),
    "also_in_dip": ("Adults on the scheme: Also in DIP", "Adults on the scheme"),
    "case_outcomes": ("Cases", "Of"),
    "concentration": ("Proven offences", "Everybody's proven offences"),
    "contacts_accompanied": ("Accompanied", "Attended"),
    "contacts_attended": ("Attended", "Appointments due"),
    "contacts_per_week": ("Attended", "Weeks"),
    "cross_border_share": ("Offences elsewhere", "Offences"),
    "custody_days_share": ("Days in custody", "Days in custody or community"),
    "custody_share": ("In custody", "In custody or community"),
    "drug_test_positive": ("Positive", "Tests"),
    "home_visit_within": ("Visited", "Due"),
    "journey_step_done": ("Done in time", "Due"),
    "need_arisen": ("Arisen", "Free and assessed again"),
    "need_at_entry": ("Needed", "Assessed"),
    "need_resolved": ("Resolved", "Needed and assessed again"),
    "ni30_offences_per_ppo": ("Proven offences", "People"),
    "ni30_offences_per_reoffender": ("Proven offences", "People who re-offended"),
    "ni30_reoffending_rate": ("People who re-offended", "People"),
    "observed_to_expected": ("Re-offended", "Expected to re-offend"),
    "open_cases": ("So far", "Cases"),
    "pathway": ("Reached", "People"),
    "previous_offences_at_identification": ("Previous convictions", "People"),
    "reoffences_per_offender": ("Proven re-offences", "People"),
    "reoffences_per_reoffender": ("Proven re-offences", "People who re-offended"),
    "reoffended_on_scheme": ("People who re-offended", "People"),
    "reoffending_rate": ("People who re-offended", "People"),
    "required_assessment_attended": ("Attended", "Assessments"),
    "retained_12_weeks": ("Retained", "Started"),
    "scored_share": ("Scored", "People"),
    "settled_at_exit": ("Settled", "Assessed"),
    "share_at_identification": ("Has it", "Known"),
    "share_of_offenders": ("People: PPOs", "People"),
    "share_of_reoffences": ("Proven re-offences: PPOs", "Proven re-offences"),
    "time_to_first_reoffence": ("So far", "People"),
    "transition_at_18": ("Moved on", "People"),
}
"""What the two counts of a rate are headed, by what its definition says is counted and out of what."""

PER = {
    "conviction_timeline": "Per 100 people",
    "conviction_timeline_at_liberty": "Per 100 months at liberty",
    "age_at_identification": "Mean age",
    "observed_to_expected": "Observed to expected",
}


def number(value: float) -> str:
    """Return a count, or a number of days: whole if it is whole, else to one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def value(kind: str, it: float) -> str:
    """Return a measure's value as it stands in a cell under its own heading."""
    if kind in SHARES:
        return f"{it * 100:,.1f}%"
    if kind == "change":
        return f"{it * 100:+,.1f}%".replace("-", "−")
    if kind == "timeline":
        return f"{it * 100:,.1f}"
    if kind == "ratio":
        return f"{it:,.2f}"
    return number(it)


def interval(kind: str, lower: float, upper: float, unit: str = "days") -> str:
    """Return both ends of an interval; of days with their unit, which is one day where its end is one."""
    both = f"{value(kind, lower)} to {value(kind, upper)}"
    return f"{both} {unit.removesuffix('s') if upper == 1 else unit}" if kind == "days" else both


def mark(kind: str, row: Row, published: bool) -> str:
    """Return the shorthand of a number that is not there: of the row, or of what needs more people than it has."""
    if row["status"] in ("ok", "provisional") or (kind == "days" and row["status"] == "low_base"):
        return "[c]" if published else "[u]"
    return MARKS[row["status"]]


def status(kind: str, row: Row, over: bool = False) -> str:
    """Return the status of a row in words; of a time that is `over`, nobody in it means that there are no data."""
    if over and row["status"] == "immature" and not row["n"]:
        return "No data"
    return FEW_DAYS if kind == "days" and row["status"] == "low_base" else STATUS[row["status"]]


def label(dimension: str, text: str) -> str:
    """Return what a group is called."""
    if text == "not_known":
        return "Not known"
    if dimension == "period":
        return year(text)
    if dimension == "month":
        return f"{MONTHS[int(text[5:]) - 1]} {text[:4]}"
    if dimension in ("age_band", "previous_offences"):
        return text.replace("-", " to ").replace("+", " or more")
    plain = text.replace("_", " ")
    return LABELS.get((dimension, text), plain[:1].upper() + plain[1:])


def year(text: str) -> str:
    """Return a year from April to March."""
    return f"April {text[:4]} to March {int(text[:4]) + 1}"


def day(text: str) -> str:
    """Return a date from its ISO form."""
    return f"{int(text[8:])} {MONTHS[int(text[5:7]) - 1]} {text[:4]}"


def columns(
    name: str, kind: str, unit: str, rows: Sequence[Row], published: bool, over: bool
) -> tuple[list[str], list[list[str]]]:
    """Return the headings of a figure's numbers and what stands under them, row by row, as they were printed."""

    def cell(row: Row, key: str) -> str:
        return mark(kind, row, published) if row[key] is None else number(row[key])

    def worked_out(row: Row, key: str = "value") -> str:
        if row[key] is None:
            return mark(kind, row, published)
        return value(kind, row[key]) + (" [p]" if row["status"] == "provisional" and kind != "timeline" else "")

    def either_side(row: Row) -> str:
        if row["lower"] is None or row["upper"] is None:
            return mark(kind, row, published)
        return interval(kind, row["lower"], row["upper"], unit)

    if kind == "stock":
        return ["People", "Status"], [[cell(row, "value"), status(kind, row, over)] for row in rows]
    if kind == "count":
        head = {"entries": "Entries", "exits": "Exits", "released": "Released"}[name]
        return [head, "People", "Status"], [
            [cell(row, "value"), cell(row, "n"), status(kind, row, over)] for row in rows
        ]
    if kind == "change":
        return ["Before", "After", "People", "Change", "95% interval", "Status"], [
            [
                *(cell(row, key) for key in ("denominator", "numerator", "n")),
                worked_out(row),
                either_side(row),
                status(kind, row, over),
            ]
            for row in rows
        ]
    if kind == "days":
        heads = [
            "People", f"Median {unit}", "95% interval of the median", "Middle half", "Nine in ten within", "Mean",
            "Status",
        ]  # fmt: skip
        return [DATED[name], *heads], [
            [
                cell(row, "denominator"),
                cell(row, "n"),
                worked_out(row, "median"),
                either_side(row),
                cell(row, "q1") if row["q1"] is None else f"{number(row['q1'])} to {number(row['q3'])}",
                cell(row, "p90"),
                cell(row, "mean") if row["mean"] is None else f"{row['mean']:,.1f}",
                status(kind, row, over),
            ]
            for row in rows
        ]
    if kind == "timeline":
        free = name.endswith("_at_liberty")
        heads = ["Month from adoption", "Convictions at liberty" if free else "Convictions", "People"]
        heads += ["Months at liberty"] * free + [PER[name], "95% interval", "Status"]
        return heads, [
            [
                f"{row['months']:+d}".replace("-", "−") if row["months"] else "0",
                cell(row, "numerator"),
                cell(row, "n"),
                *([cell(row, "denominator")] if free else []),
                worked_out(row),
                either_side(row),
                status(kind, row, over),
            ]
            for row in rows
        ]
    heads = [*COUNTED[name], PER.get(name, "Percentage" if kind in SHARES else "Rate"), "95% interval"]
    # The people behind a denominator that counts something else, or somebody more than once.
    more = any(row["n"] != row["denominator"] for row in rows)
    heads += ["Different people" if "People" in heads else "People"] * more + ["Status"]
    made = [
        [
            cell(row, "numerator"),
            cell(row, "denominator"),
            worked_out(row),
            either_side(row),
            *([cell(row, "n")] if more else []),
            status(kind, row, over),
        ]
        for row in rows
    ]
    if kind == "concentration":
        top = [f"Top {100 * row['top_share']:.0f}%" for row in rows]
        return ["People with the most offences", *heads], [[a, *b] for a, b in zip(top, made, strict=True)]
    if kind == "survival":
        first = "arrest" if name == "open_cases" else "index date"
        before = [[str(row["months"]), cell(row, "at_risk")] for row in rows]
        return [f"Months since the {first}", "Still watched", *heads], [
            [*a, *b] for a, b in zip(before, made, strict=True)
        ]
    return heads, made


DATED = {
    "arrest_to_charge_days": "Sentencing occasions",
    "arrest_to_sentence_days": "Sentencing occasions",
    "charge_to_first_hearing_days": "Sentencing occasions",
    "contact_after_release_days": "Contacted",
    "enforcement_to_hearing_days": "Orders",
    "failure_to_enforcement_days": "Orders",
    "first_hearing_to_sentence_days": "Sentencing occasions",
    "journey_step_days": "Steps",
    "months_on_scheme": "Exits",
    "offence_to_arrest_days": "Sentencing occasions",
    "offence_to_sentence_days": "Sentencing occasions",
    "open_case_age_days": "Open cases",
    "referral_to_treatment_days": "Referred",
}
"""What is counted, of measures whose value is a number of days or months."""


PROFILE = {
    "total": "Total number of PPOs managed",
    "male": "Male",
    "female": "Female",
    "non_statutory": "Non-statutory",
    "statutory": "Statutory",
    "also_in_dip": "Adult offenders also in DIP",
    "in_community": "Managed in the community",
    "in_custody": "In custody",
    "average_age": "Average age",
    "sex_not_known": "Sex not known",
    "statutory_not_known": "Statutory or not: not known",
    "elsewhere": "Neither in custody nor the community (died, escaped)",
    "place_not_known": "Place not known",
    "median_age": "Median age",
}
"""The rows of the scheme profile under its name: the tool's nine, in its order, and what is added beneath them."""

OF_THE_TOOL = 9
