"""What is true of an offence, and of a person on a day."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.days import add_months, age_on
from tests.oracle.world import remembered

ENGLAND_AND_WALES = {
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "10",
    "11",
    "12",
    "13",
    "14",
    "16",
    "17",
    "20",
    "21",
    "22",
    "23",
    "30",
    "31",
    "32",
    "33",
    "34",
    "35",
    "36",
    "37",
    "40",
    "41",
    "42",
    "43",
    "44",
    "45",
    "46",
    "47",
    "48",
    "50",
    "52",
    "53",
    "54",
    "55",
    "60",
    "61",
    "62",
    "63",
    "93",
}
PROVED = {"convicted", "caution", "reprimand", "warning"}
CAUTIONED = {"caution", "reprimand", "warning"}
ETHNICITY = {
    "1": "white_north_european",
    "2": "white_south_european",
    "3": "black",
    "4": "asian",
    "5": "chinese_japanese_south_east_asian",
    "6": "arab_north_african",
}
AGE_BANDS = [(10, 14), (15, 17), (18, 20), (21, 24), (25, 29), (30, 34), (35, 39), (40, 44), (45, 49)]


def alleged(offence) -> bool:
    """Whether an offence would count if it were proved."""
    if offence["recordable"] not in ("Y", True):
        return False
    if offence["category"] == "CB":
        return False
    return offence.get("force_code") is None or offence["force_code"] in ENGLAND_AND_WALES


def counts(world, offence) -> bool:
    """Whether an offence counts, as an index offence and as a re-offence alike."""
    if not alleged(offence) or offence.get("disposed_on") is None:
        return False
    if offence["outcome"] in PROVED:
        return True
    return offence["outcome"] == "tic" and world.switches["tic_counts"]


def sentenced_on(offence) -> date | None:
    return offence.get("sentenced_on") or offence.get("disposed_on")


def in_custody(person, day) -> bool:
    begun = [spell for spell in person.spells if spell["start"] <= day]
    return any(spell["end"] is None or day < spell["end"] for spell in begun)


def place_on(person, day) -> str:
    if in_custody(person, day):
        return "custody"
    for spell in person.spells:
        if spell["release_reason"] == "died" and spell["end"] is not None and spell["end"] <= day:
            return "elsewhere"
    for row in person.register:
        if row.get("exit_reason") == "died" and row["exited_on"] is not None and row["exited_on"] <= day:
            return "elsewhere"
    begun = [spell for spell in person.spells if spell["start"] <= day]
    if begun and begun[-1]["release_reason"] == "escape" and begun[-1]["end"] <= day:
        return "elsewhere"
    if person.probation or person.custody:
        return "community"
    return "not_known"


def statutory_on(world, person, day) -> str:
    for row in person.supervision:
        if row["started_on"] <= day and (row["ended_on"] is None or day <= row["ended_on"]):
            return "yes"
    if in_custody(person, day):
        for offence in person.offences:
            if offence["outcome"] != "convicted" or offence.get("disposal") != "custody":
                continue
            start = sentenced_on(offence)
            if start is None or offence.get("sentence_days") is None:
                continue
            end = start + timedelta(days=offence["sentence_days"])
            if start <= day < end and end >= add_months(start, world.switches["statutory_sentence_months"]):
                return "yes"
    return "no" if person.probation else "not_known"


def in_dip_on(person, day) -> str:
    age = age_on(day, person.born)
    if age is None or age < 18:
        return "no"
    for start, end in person.episodes:
        if start <= day and (end is None or day < end):
            return "yes"
    return "no"


def age_band(age) -> str:
    if age is None or age < 10:
        return "not_known"
    for low, high in AGE_BANDS:
        if low <= age <= high:
            return f"{low}-{high}"
    return "50+"


def previous_offences_on(world, person, day) -> str:
    number = 0
    for offence in person.offences:
        if counts(world, offence) and offence["disposed_on"] < day:
            number += 1
    if number == 0:
        return "0"
    if number <= 2:
        return "1-2"
    if number <= 6:
        return "3-6"
    if number <= 10:
        return "7-10"
    return "11+"


def principal_group(world, offences) -> str:
    """Offence group of the one with the longest sentence, then the lowest code."""
    if not offences:
        return "not_known"
    best = None
    for offence in offences:
        rank = (-(offence.get("sentence_days") or 0), offence["cjs_offence_code"])
        if best is None or rank < best[0]:
            best = (rank, offence)
    return world.groups.get(best[1]["cjs_offence_code"]) or "not_known"


def is_ppo(world, person, start, end) -> bool:
    """Whether a span on a scheme overlaps [start, end); Prevent and Deter is left out unless switched in."""
    for row in person.register:
        if row["strand"] == "prevent_and_deter" and not world.switches["prevent_and_deter_is_ppo"]:
            continue
        if row["exited_on"] is not None and row["exited_on"] <= row["adopted_on"]:
            continue
        if row["adopted_on"] < end and (row["exited_on"] is None or row["exited_on"] > start):
            return True
    return False


def scheme_on(world, person, day, start, end):
    """Scheme, area, force and strand of a unit of this day, whose window is [start, end)."""
    open_spans, later_spans = [], []
    for membership in person.memberships:
        for span in membership["spans"]:
            if span["end"] is not None and span["end"] <= span["start"]:
                continue
            order = (-membership["start"].toordinal(), membership["scheme_id"])
            if span["start"] <= day and (span["end"] is None or day < span["end"]):
                open_spans.append((order, membership, span))
            elif span["start"] > day and start <= span["start"] < end:
                later_spans.append(((span["start"], *order), membership, span))
    for spans in (open_spans, later_spans):
        if spans:
            _, membership, span = min(spans, key=lambda item: item[0])
            return scheme_labels(world, membership["scheme_id"], span["strand"])
    return {"scheme": "none", "area": "none", "force": "none", "strand": "none"}


def scheme_labels(world, scheme_id, strand):
    row = world.schemes.get(scheme_id, {})
    return {
        "scheme": scheme_id,
        "area": row.get("area") or "not_known",
        "force": row.get("force_code") or "not_known",
        "strand": strand,
    }


def court_type(offences) -> str:
    """The highest court that heard any of them."""
    courts = [offence.get("court_type") for offence in offences]
    for code, name in (("CC", "crown"), ("MC", "magistrates"), ("YC", "youth")):
        if code in courts:
            return name
    return "not_known"


def window_on(world, person, day, start, end):
    """What a unit of this day that looks for a scheme in [start, end) is told of it, and whether of a PPO."""
    ppo = "yes" if is_ppo(world, person, start, end) else "no"
    return {"ppo": ppo, **scheme_on(world, person, day, start, end)}


def on_that_day(world, person, day):
    """`window_on` of a window of that one day, and what is true of the person."""
    around = window_on(world, person, day, day, day + timedelta(days=1))
    return {**around, **attributes_on(world, person, day)}


def attributes_on(world, person, day):
    """What is true of a person on a day, whatever the measure."""
    return remembered(world, ("attributes", person.key, day), lambda: attributes(world, person, day))


def attributes(world, person, day):
    observed = person.police.get("ethnicity_observed") if person.police else None
    self_defined = person.police.get("ethnicity_self_defined") if person.police else None
    for record in person.probation:
        self_defined = self_defined or record.get("ethnicity")
    age = age_on(day, person.born)
    return {
        "sex": person.sex,
        "age": age,
        "age_band": age_band(age),
        "ethnicity": ETHNICITY.get(observed, "not_known"),
        "ethnicity_self_defined": self_defined or "not_known",
        "statutory": statutory_on(world, person, day),
        "in_dip": in_dip_on(person, day),
        "place": place_on(person, day),
        "previous_offences": previous_offences_on(world, person, day),
        "month": f"{day.year}-{day.month:02d}",
    }
