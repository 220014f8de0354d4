"""Which measures have a truth: the units that each is made of, how they are added up, and by what."""

from dataclasses import dataclass

MEMBER = ("scheme", "strand", "sex", "age_band")
WINDOW = ("ppo", "scheme", "strand", "sex")


@dataclass(frozen=True)
class Measure:
    """One measure: the list of units it is worked out from, its kind, and the columns that are its two sides.

    Of kind days the numerator is the days; `always` is the breakdown it never goes without; `exposure` holds the
    columns that a change's before and after are out of, and `needs_share` a column that must be 80 in 100 of another.
    """

    id: str
    units: str
    kind: str
    numerator: str
    denominator: str | None = None
    by: tuple[str, ...] = MEMBER
    always: str | None = None
    when: str = "period"
    exposure: tuple[str, str] | None = None
    needs_share: tuple[str, str] | None = None

    @property
    def breakdowns(self) -> list[tuple[str, ...]]:
        """The ways in which the truth breaks it down: not at all, and by one thing at a time."""
        head = (self.always,) if self.always else ()
        return [head, *((*head, name) for name in self.by)]


def _side(what: str) -> tuple[str, str]:
    return f"after_{what}", f"before_{what}"


MEASURES = (
    Measure("previous_offences_at_identification", "identification", "ratio", "previous", "people"),
    Measure("age_at_identification", "identification", "ratio", "age", "people"),
    Measure(
        "share_at_identification", "identification_characteristics", "proportion", "numerator", "denominator",
        ("scheme", "strand", "age_band"), "characteristic",
    ),
    Measure("selection_rule_met", "selection_rules", "stock", "main", None, WINDOW, "rule", "as_at"),
    Measure("entries", "throughput", "count", "entries"),
    Measure("exits", "exits", "count", "exits", None, MEMBER, "exit_reason"),
    Measure("months_on_scheme", "exits", "days", "months", None, (*MEMBER, "exit_reason")),
    Measure("reoffended_on_scheme", "reoffended_on_scheme", "proportion", "numerator", "denominator"),
    Measure("journey_step_done", "journey", "proportion", "numerator", "denominator", MEMBER, "step"),
    Measure("journey_step_days", "journey", "days", "days", None, MEMBER, "step"),
    Measure("transition_at_18", "transition", "proportion", "numerator", "denominator", ("scheme", "sex", "at_18")),
    Measure("concentration", "concentration", "concentration", "weight", "weight", WINDOW),
    *(
        Measure(name, "before_after", "change", *_side(what))
        for name, what in (
            ("convictions_before_after", "17"), ("conviction_level_change", "level"),
            ("offences_before_after", "offences"), ("arrests_before_after", "arrests"),
            ("acquisitive_before_after", "acquisitive"), ("seriousness_before_after", "seriousness"),
        )
    ),
    Measure(
        "offences_before_after_at_liberty", "before_after", "change", *_side("free"),
        exposure=("before_exposure", "after_exposure"),
    ),
    Measure("conviction_timeline", "timeline", "timeline", "events", "at_risk"),
    Measure("conviction_timeline_at_liberty", "timeline", "timeline", "free_events", "free"),
    Measure("ni30_change", "ni30", "change", "after", "before"),
    Measure("ni30_reoffending_rate", "ni30", "proportion", "reoffended", "people"),
    Measure("ni30_offences_per_ppo", "ni30", "ratio", "after", "people"),
    Measure("ni30_offences_per_reoffender", "ni30", "ratio", "after", "reoffended"),
    Measure("cross_border_share", "cross_border", "share", "numerator", "denominator"),
    Measure(
        "observed_to_expected", "expected", "ratio", "observed", "expected", ("ppo", "scheme", "sex", "age_band"),
        needs_share=("scored", "offenders"),
    ),
    Measure("scored_share", "expected", "proportion", "scored", "offenders", ("ppo", "scheme", "sex", "age_band")),
    Measure("open_cases", "cases", "survival", "event", None, (*WINDOW, "court_type")),
    Measure("open_case_age_days", "cases", "days", "open_days", None, (*WINDOW, "court_type")),
    Measure("case_outcomes", "cases", "distribution", "outcome", None, (*WINDOW, "court_type"), "outcome"),
    Measure("pathway", "pathway", "proportion", "numerator", "denominator", MEMBER, "stage"),
    Measure("released", "releases", "count", "released"),
    Measure("contact_after_release_days", "releases", "days", "days"),
    Measure("also_in_dip", "caseload", "proportion", "adults_in_dip", "adults", when="as_at"),
    Measure("drug_test_positive", "tests", "proportion", "numerator", "denominator", WINDOW),
    Measure("required_assessment_attended", "required_assessments", "proportion", "numerator", "denominator", WINDOW),
    Measure("referral_to_treatment_days", "treatment", "days", "days", None, WINDOW),
    Measure("retained_12_weeks", "treatment", "proportion", "numerator", "denominator", WINDOW),
    Measure("contacts_per_week", "contacts", "ratio", "numerator", "denominator", ("scheme", "sex"), "week"),
    Measure("contacts_attended", "appointments", "share", "attended", "counted"),
    Measure("contacts_accompanied", "appointments", "share", "accompanied", "attended"),
    Measure("home_visit_within", "home_visits", "proportion", "numerator", "denominator"),
    Measure("failure_to_enforcement_days", "enforcement", "days", "to_enforcement", None, WINDOW),
    Measure("enforcement_to_hearing_days", "enforcement", "days", "to_hearing", None, WINDOW),
    Measure("need_at_entry", "needs", "proportion", "had", "assessed", MEMBER, "need"),
    Measure("need_resolved", "needs", "proportion", "resolved", "had_again", MEMBER, "need"),
    Measure("need_arisen", "needs", "proportion", "arisen", "had_not_again", MEMBER, "need"),
    Measure("settled_at_exit", "settled", "proportion", "numerator", "denominator", MEMBER, "need"),
)  # fmt: skip

KEYS = {
    "identification": (), "identification_characteristics": ("characteristic",), "selection_rules": ("scheme", "rule"),
    "throughput": ("scheme",), "exits": ("scheme",), "reoffended_on_scheme": ("period", "scheme"),
    "journey": ("scheme", "step"), "transition": ("scheme",), "concentration": ("period",), "before_after": (),
    "timeline": ("months",), "ni30": ("period",), "cross_border": ("period", "scheme", "main"), "expected": ("period",),
    "cases": (), "pathway": ("stage",), "releases": ("scheme",), "tests": (), "required_assessments": (),
    "treatment": (), "contacts": ("scheme", "week"), "appointments": ("period", "scheme", "main"),
    "home_visits": ("scheme",), "enforcement": (), "needs": ("scheme", "need"), "settled": ("scheme", "need"),
}  # fmt: skip
"""For each list of units, what tells one of a person's units on a day from another."""


def unit_columns(units: str) -> tuple[str, ...]:
    """Return the columns that a list of units is written with."""
    mine = [m for m in MEASURES if m.units == units]
    sides = [c for m in mine for c in (m.numerator, m.denominator, *(m.exposure or ())) if c is not None]
    own = [m.always for m in mine if m.always] + (["at_18"] if units == "transition" else [])
    own += ["time_days"] if units == "cases" else []
    places = ["scheme", "strand", "ppo"] if any("ppo" in m.by for m in mine) else ["scheme", "strand"]
    return tuple(dict.fromkeys(["person", "date", "period", "main", *places, *KEYS[units], *own, *sides]))
