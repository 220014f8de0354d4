"""Every measure: what its units are, how they are added up, which files it reads and when a period is final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle import before_after, journey, justice, rehabilitation, reoffending, schemes, selection, throughput
from tests.oracle.days import period_dates
from tests.oracle.world import remembered

COHORT_FILES = ("police/offences", "probation/custody", "dip/events")
REGISTER = ("police/ppo_register",)
POLICE_FILES = ("police/ppo_register", "police/offences")
BEFORE_AFTER_FILES = (*POLICE_FILES, "probation/custody")
NEEDS_FILES = ("police/ppo_register", "probation/assessments")
APPOINTMENT_FILES = ("police/ppo_register", "probation/contacts")
RELEASE_FILES = ("police/ppo_register", "probation/custody")
PATHWAY_FILES = (*POLICE_FILES, "dip/events", "probation/assessments")
SELECTION_FILES = (*POLICE_FILES, "police/indications", "probation/custody", "probation/supervision")


@dataclass(frozen=True)
class Measure:
    """One measure. `over` and `under` name columns of its units: numerator and denominator, or what its kind needs.

    A period is final when the files cover `matures` months after its last day, and immature until they cover
    `immature`; None: never immature. `always_by` is the breakdown without which it says nothing, and `labels` what it
    has of that, where that is not everything.
    """

    kind: str
    make: Callable
    over: str
    under: str
    reads: tuple[str, ...]
    matures: int = 0
    immature: int | None = None
    always_by: str | None = None
    labels: tuple[str, ...] = ()
    month_end: bool = False
    needs_share: tuple[str, str, float] | None = None


def _cohort(kind, over, under, make=reoffending.reoffending_units, reads=COHORT_FILES, **more):
    return Measure(kind, make, over, under, reads, 18, 12, **more)


def _stage(name):
    return Measure("days", justice.occasion_units, name, "", ("police/offences",))


def _change(name, matures):
    return Measure("change", before_after.before_after_units, name, "", BEFORE_AFTER_FILES, matures)


def _fixed(kind, over, under):
    return Measure(kind, before_after.fixed_cohort_units, over, under, POLICE_FILES, 6, 0)


def _need(over, under):
    return Measure("proportion", rehabilitation.need_units, over, under, NEEDS_FILES, 3, always_by="need")


MEASURES = {
    # A. The scheme and its people
    "caseload": Measure("stock", schemes.caseload_rows, "", "", schemes.AT_SCHEMES, month_end=True),
    "scheme_profile": Measure("table", schemes.caseload_rows, "", "", schemes.AT_SCHEMES, month_end=True),
    "previous_offences_at_identification": Measure(
        "ratio", throughput.identification_units, "convictions", "people", POLICE_FILES
    ),
    "age_at_identification": Measure("ratio", throughput.identification_units, "years", "age_known", POLICE_FILES),
    "share_at_identification": Measure(
        "proportion",
        throughput.characteristic_units,
        "numerator",
        "denominator",
        POLICE_FILES,
        always_by="characteristic",
    ),
    "selection_rule_met": Measure(
        "stock", selection.selection_rows, "", "", SELECTION_FILES, always_by="rule", month_end=True
    ),
    "entries": Measure("count", throughput.entry_units, "entries", "", REGISTER),
    "exits": Measure("count", throughput.exit_units, "exits", "", REGISTER, always_by="exit_reason"),
    "months_on_scheme": Measure("days", throughput.exit_units, "months", "", REGISTER),
    "reoffended_on_scheme": Measure("proportion", throughput.reoffended_units, "reoffended", "people", POLICE_FILES, 6),
    "journey_step_done": Measure(
        "proportion", journey.journey_units, "done", "due", journey.JOURNEY_FILES, 2, always_by="step"
    ),
    "journey_step_days": Measure("days", journey.journey_units, "days", "", journey.JOURNEY_FILES, always_by="step"),
    "transition_at_18": Measure("proportion", journey.transition_units, "settled", "reached", REGISTER, 1),
    # B. Re-offending
    "reoffending_rate": _cohort("proportion", "reoffended", "offenders"),
    "reoffences_per_reoffender": _cohort("ratio", "reoffences", "reoffended"),
    "reoffences_per_offender": _cohort("ratio", "reoffences", "offenders"),
    "share_of_offenders": _cohort("proportion", "ppo_offenders", "offenders"),
    "share_of_reoffences": _cohort("share", "ppo_reoffences", "reoffences"),
    "concentration": Measure(
        "concentration", before_after.concentration_units, "weight", "weight", ("police/offences",), 6
    ),
    "time_to_first_reoffence": Measure("survival", reoffending.time_to_first_units, "event", "", COHORT_FILES, 6),
    "convictions_before_after": _change("convictions_before_after", 17),
    "conviction_level_change": _change("conviction_level_change", 17),
    "offences_before_after": _change("offences_before_after", 18),
    "offences_before_after_at_liberty": _change("offences_before_after_at_liberty", 18),
    "arrests_before_after": _change("arrests_before_after", 24),
    "acquisitive_before_after": _change("acquisitive_before_after", 18),
    "seriousness_before_after": _change("seriousness_before_after", 18),
    "conviction_timeline": Measure("timeline", before_after.timeline_units, "events", "at_risk", BEFORE_AFTER_FILES),
    "conviction_timeline_at_liberty": Measure(
        "timeline",
        before_after.timeline_units,
        "events_at_liberty",
        "at_liberty",
        BEFORE_AFTER_FILES,
    ),
    "ni30_change": _fixed("change", "change", ""),
    "ni30_reoffending_rate": _fixed("proportion", "reoffended", "people"),
    "ni30_offences_per_ppo": _fixed("ratio", "after", "people"),
    "ni30_offences_per_reoffender": _fixed("ratio", "after", "reoffended"),
    "cross_border_share": Measure("share", before_after.cross_border_units, "elsewhere", "committed", POLICE_FILES, 6),
    # C. Justice
    **{name: _stage(name) for name in justice.STAGES},
    "open_cases": Measure("survival", justice.case_units, "event", "", ("police/offences",)),
    "open_case_age_days": Measure("days", justice.case_units, "age_days", "", ("police/offences",)),
    "case_outcomes": Measure(
        "distribution", justice.case_units, "cases", "cases", ("police/offences",), always_by="outcome"
    ),
    "pathway": Measure("proportion", justice.pathway_units, "reached", "people", PATHWAY_FILES, 12, always_by="stage"),
    # D. Place
    "custody_share": Measure(
        "proportion", schemes.custody_share_rows, "numerator", "denominator", schemes.AT_SCHEMES, month_end=True
    ),
    "custody_days_share": Measure("share", schemes.custody_days_units, "numerator", "denominator", schemes.AT_SCHEMES),
    "released": Measure("count", rehabilitation.release_units, "released", "", RELEASE_FILES),
    "contact_after_release_days": Measure(
        "days", rehabilitation.release_units, "days", "", (*RELEASE_FILES, "probation/contacts"), 1
    ),
    # E. Rehabilitate and resettle
    "also_in_dip": Measure(
        "proportion", schemes.also_in_dip_rows, "numerator", "denominator", schemes.AT_SCHEMES, month_end=True
    ),
    "drug_test_positive": Measure("proportion", rehabilitation.drug_test_units, "found", "people", ("dip/events",)),
    "required_assessment_attended": Measure(
        "proportion", rehabilitation.required_assessment_units, "found", "people", ("dip/events",)
    ),
    "referral_to_treatment_days": Measure("days", rehabilitation.treatment_units, "days", "", ("dip/events",)),
    "retained_12_weeks": Measure("proportion", rehabilitation.treatment_units, "retained", "known", ("dip/events",), 3),
    "contacts_per_week": Measure(
        "ratio", rehabilitation.contact_units, "kept", "weeks", APPOINTMENT_FILES, 6, always_by="week"
    ),
    "contacts_attended": Measure("share", rehabilitation.appointment_units, "kept", "due", APPOINTMENT_FILES),
    "contacts_accompanied": Measure(
        "share", rehabilitation.appointment_units, "accompanied", "kept", APPOINTMENT_FILES
    ),
    "home_visit_within": Measure("proportion", journey.home_visit_units, "visited", "due", APPOINTMENT_FILES, 1),
    "failure_to_enforcement_days": Measure(
        "days", rehabilitation.enforcement_units, "to_enforcement", "", ("probation/supervision", "probation/contacts")
    ),
    "enforcement_to_hearing_days": Measure(
        "days", rehabilitation.enforcement_units, "to_hearing", "", ("probation/supervision", "probation/contacts")
    ),
    "need_at_entry": _need("needed", "assessed"),
    "need_resolved": _need("resolved", "needed_and_seen"),
    "need_arisen": _need("arisen", "not_needed_and_seen"),
    "settled_at_exit": Measure(
        "proportion",
        rehabilitation.settled_units,
        "settled",
        "assessed",
        NEEDS_FILES,
        always_by="need",
        labels=("accommodation", "employment"),
    ),
    # F. Across all
    "observed_to_expected": _cohort(
        "ratio",
        "observed",
        "expected",
        reoffending.expected_units,
        (*COHORT_FILES, "probation/assessments"),
        needs_share=("scored", "offenders", 0.8),
    ),
    "scored_share": _cohort(
        "proportion", "scored", "offenders", reoffending.expected_units, (*COHORT_FILES, "probation/assessments")
    ),
}

LABELS = {
    "step": (
        "nominated_and_decided strand_decided flagged_by_police flagged_by_probation letter home_visit oasys "
        "sentence_plan outreach_worker weekly_appointments enforcement exit_letter"
    ).split(),
    "rule": ["london", "northumbria", "released_unsupervised"],
    "need": list(rehabilitation.NEEDS),
    "exit_reason": "reduced_offending moved_area long_custody died transferred_strand other not_known".split(),
    "characteristic": ["male", "white"],
    "outcome": "convicted cautioned taken_into_consideration acquitted discontinued open".split(),
    "at_18": ["moved", "exited", "neither"],
    "stage": "arrested charged convicted sentenced into_treatment resettled".split(),
    "adoption": ["before", "after", "never", "not_known"],
    "week": [str(week) for week in range(1, 27)],
}
"""The breakdowns that only some measures have, with every label that they can have."""


def made(world, make, cohort=None):
    """The units of one function that fall in a period there is, worked out once for a world."""

    def in_periods():
        return [unit for unit in make(world, cohort) if period_dates(unit["period"])[1] > world.happens_from]

    return remembered(world, (make.__name__, cohort), in_periods)


def month_end_rows(world, measure, day):
    """The rows of a measure that is read at a month end, there, worked out once."""
    make = MEASURES[measure].make
    rows = remembered(world, (make.__name__, day), lambda: make(world, day))
    return [shaped(MEASURES[measure], row) for row in rows]


def shaped(asked, unit):
    """A unit with the columns that its kind is added up from."""
    if asked.kind == "days":
        return {**unit, "days": unit[asked.over]}
    if asked.kind == "change":
        names = ("before", "after", "exposure_before", "exposure_after")
        return {**unit, **dict(zip(names, unit[asked.over] or (None,) * 4, strict=True))}
    if asked.kind == "count":
        return {**unit, "numerator": unit[asked.over], "denominator": None}
    if asked.kind in ("proportion", "ratio", "share", "timeline", "concentration", "distribution"):
        shares = {"numerator": unit[asked.over], "denominator": unit[asked.under]}
        if asked.needs_share:
            part, whole, _ = asked.needs_share
            shares.update({"part": unit[part], "whole": unit[whole]})
        return {**unit, **shares}
    return unit


def units(world, measure, cohort=None, only=None):
    """The units of a measure as dicts; of one read at month ends, at every one that can be read.

    `only` names the one period wanted, for the measure whose every day is walked through.
    """
    asked = MEASURES[measure]
    if asked.month_end:
        return [row for day in schemes.readable_month_ends(world) for row in month_end_rows(world, measure, day)]
    if measure == "custody_days_share":
        key = ("custody_days", cohort, only)
        if ("custody_days", cohort, None) in world.memory:
            return [unit for unit in world.memory["custody_days", cohort, None] if only in (None, unit["period"])]
        return remembered(world, key, lambda: schemes.custody_days_units(world, cohort, only))
    return [shaped(asked, unit) for unit in made(world, asked.make, cohort)]
