"""Every measure again, slowly and plainly, from accepted extracts: what the warehouse is compared with.

It imports nothing of ours and is written in the most obvious way, with loops over lists of dicts, so that a
mistake shared with the SQL would have to be a misreading of the definitions and not a slip. Dates are whole
days, "+ n months" stops at the end of the month, spans include their start and leave out their end.

`World(files, extract_date)` takes the rows that intake accepted: a dict of file name ("police/offences") to a
list of dicts with Python dates, whole numbers, text and None. `units(world, measure)` gives a dict per unit;
`figure(world, measure, by, where, period, as_at)` gives the aggregated rows with their status.
"""

from __future__ import annotations

import calendar
import math
from datetime import date, timedelta
from fractions import Fraction
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
SWITCHES = {
    "tic_counts": False,
    "recall_release_is_index": False,
    "prevent_and_deter_is_ppo": False,
    "custody_join_days": 2,
    "statutory_sentence_months": 12,
    "proving_lag_months": 6,
}
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
NOT_CUSTODY = {"suspended", "community", "fine", "discharge", "youth_order", "other"}
POSITIVE = {"positive_opiates", "positive_cocaine", "positive_both"}
CARRIED_ON = {"court", "temporary_absence", "transfer", "merge"}
INDEX_ORDER = ["custody", "court", "caution", "test"]
ETHNICITY = {
    "1": "white_north_european",
    "2": "white_south_european",
    "3": "black",
    "4": "asian",
    "5": "chinese_japanese_south_east_asian",
    "6": "arab_north_african",
}
AGE_BANDS = [(10, 14), (15, 17), (18, 20), (21, 24), (25, 29), (30, 34), (35, 39), (40, 44), (45, 49)]

KIND = {
    "reoffending_rate": "proportion",
    "reoffences_per_reoffender": "ratio",
    "reoffences_per_offender": "ratio",
    "share_of_offenders": "proportion",
    "share_of_reoffences": "share",
    "time_to_first_reoffence": "survival",
    "offence_to_sentence_days": "days",
    "offence_to_arrest_days": "days",
    "arrest_to_sentence_days": "days",
    "arrest_to_charge_days": "days",
    "charge_to_first_hearing_days": "days",
    "first_hearing_to_sentence_days": "days",
    "caseload": "stock",
    "custody_share": "proportion",
    "custody_days_share": "share",
    "scheme_profile": "table",
}
MONTH_END = {"caseload", "custody_share", "scheme_profile"}
BY_MEMBERSHIP = {"caseload", "custody_share", "custody_days_share", "scheme_profile"}
NO_PPO = {"share_of_offenders", "share_of_reoffences", *BY_MEMBERSHIP}
READS = {}
for _name, _kind in KIND.items():
    READS[_name] = ("police/offences", "probation/custody", "dip/events")
    if _kind == "days":
        READS[_name] = ("police/offences",)
    if _name in BY_MEMBERSHIP:
        READS[_name] = ("police/ppo_register", "probation/custody", "probation/supervision", "dip/events")
STAGES = {
    "offence_to_sentence_days": ("committed", "sentenced"),
    "offence_to_arrest_days": ("committed", "arrested"),
    "arrest_to_sentence_days": ("arrested", "sentenced"),
    "arrest_to_charge_days": ("arrested", "charged"),
    "charge_to_first_hearing_days": ("charged", "first_hearing"),
    "first_hearing_to_sentence_days": ("first_hearing", "sentenced"),
}


# --- dates ----------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last day of that month when it is too short."""
    year = day.year + (day.month - 1 + months) // 12
    month = (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age_on(day: date, born: date | None) -> int | None:
    """Whole years; someone born on 29 February is a year older on 1 March of a common year."""
    if born is None:
        return None
    birthday_reached = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year if birthday_reached else day.year - born.year - 1


def period_of(day: date) -> str:
    """The year from April to March that a day falls in: 2009/10."""
    start = day.year if day.month >= 4 else day.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def period_dates(label: str) -> tuple[date, date]:
    """First day, and the day after the last, of 2009/10 (April to March) or of 2009 (January to December)."""
    year = int(label[:4])
    if "/" in label:
        return date(year, 4, 1), date(year + 1, 4, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def month_ends(first: date, last: date) -> list[date]:
    """Every month end from one day to another, both included."""
    ends = []
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            end = date(year, month, calendar.monthrange(year, month)[1])
            if first <= end <= last:
                ends.append(end)
    return ends


# --- people: linked by identifiers only -----------------------------------------------------------


class Person:
    """One linked person and everything the agencies sent about them."""

    def __init__(self, key):
        self.key = key
        self.police = None
        self.probation = []
        self.dip = []
        self.offences = []
        self.register = []
        self.supervision = []
        self.custody = []
        self.dip_events = []

    def finish(self, join_days):
        """Work out what does not depend on a date, once every row has found its person."""
        records = [self.police] if self.police else []
        records += self.probation + self.dip
        self.born = None
        self.sex = "not_known"
        for record in records:
            if self.born is None:
                self.born = record.get("date_of_birth")
            if self.sex == "not_known":
                self.sex = {"M": "male", "F": "female"}.get(record.get("sex"), "not_known")
        self.spells = join_custody(self.custody, join_days)
        self.memberships = join_memberships(self.register)
        self.episodes = dip_episodes(self.dip_events)


def custody_order(row):
    return row["admitted_on"], row["released_on"] or date.max, row["release_reason"] or ""


def join_custody(rows, join_days):
    """Custody spells: dicts of start, end (None = still in), reason admitted and release_reason.

    A row belongs to the spell before it when it overlaps it, or when that spell ended by a court appearance,
    temporary absence, transfer or merge and this row begins within `join_days` days of that end.
    """
    spells = []
    for row in sorted(rows, key=custody_order):
        last = spells[-1] if spells else None
        if last is not None:
            overlaps = last["end"] is None or row["admitted_on"] < last["end"]
            carries_on = False
            if last["end"] is not None and last["release_reason"] in CARRIED_ON:
                carries_on = 0 <= (row["admitted_on"] - last["end"]).days <= join_days
            if overlaps or carries_on:
                last["rows"].append(row)
                ends = row["released_on"] or date.max
                if last["end"] is not None and ends >= last["end"]:
                    last["end"] = row["released_on"]
                    last["release_reason"] = row["release_reason"]
                continue
        spells.append(
            {
                "start": row["admitted_on"],
                "end": row["released_on"],
                "release_reason": row["release_reason"],
                "rows": [row],
            }
        )
    for spell in spells:
        reasons = [row["admission_reason"] for row in spell["rows"]]
        spell["reason"] = "sentenced" if "sentenced" in reasons else reasons[0]
    return spells


def join_memberships(rows):
    """Memberships: dicts of scheme_id, start (adoption), end (None = still on) and spans with strands."""
    memberships = []
    for scheme in sorted({row["scheme_id"] for row in rows}):
        current = None
        spans = [row for row in rows if row["scheme_id"] == scheme]
        for row in sorted(spans, key=lambda r: (r["adopted_on"], r["exited_on"] or date.max)):
            span = {
                "start": row["adopted_on"],
                "end": row["exited_on"],
                "strand": row["strand"],
                "exit_reason": row.get("exit_reason"),
            }
            if current is not None and (current["end"] is None or span["start"] <= current["end"]):
                current["spans"].append(span)
                if current["end"] is not None and (span["end"] is None or span["end"] > current["end"]):
                    current["end"] = span["end"]
            else:
                current = {"scheme_id": scheme, "start": span["start"], "end": span["end"], "spans": [span]}
                memberships.append(current)
    return memberships


def dip_episodes(events):
    """Caseload episodes as (start, end): a client's start runs to that client's first end on a later day."""
    episodes = []
    for event in events:
        if event["event"] != "caseload_start":
            continue
        ends = []
        for other in events:
            of_this_client = other["dip_id"] == event["dip_id"]
            if of_this_client and other["event"] == "caseload_end" and other["on"] > event["on"]:
                ends.append(other["on"])
        episodes.append((event["on"], min(ends, default=None)))
    return episodes


def folded(text) -> str:
    return (text or "").strip().casefold()


def differ(one, other) -> bool:
    """Whether two values are both known and not the same: what is missing disagrees with nothing."""
    return bool(one) and bool(other) and one != other


def initials(record) -> str:
    return (record.get("forenames") or "")[:1].upper() + (record.get("surname") or "")[:1].upper()


def link(files):
    """Every person with their rows of `files`; also how many links were refused as conflicts."""
    people = []
    by_pnc, by_crn, by_noms, by_dip = {}, {}, {}, {}
    conflicts = 0
    for row in files.get("police/people", []):
        person = Person(("police", row["pnc_id"]))
        person.police = row
        by_pnc[row["pnc_id"]] = person
        people.append(person)

    # Two CRNs with one NOMS number are one person, so they are taken in groups.
    groups = []
    for row in sorted(files.get("probation/people", []), key=lambda r: r["crn"]):
        group = None
        if row.get("noms_number"):
            for other in groups:
                if any(member.get("noms_number") == row["noms_number"] for member in other):
                    group = other
        if group is None:
            group = []
            groups.append(group)
        group.append(row)
    for group in groups:
        person = None
        for row in group:
            candidate = by_pnc.get(row.get("pnc_id")) if row.get("pnc_id") else None
            if candidate is None:
                continue
            other_name = differ(folded(row["surname"]), folded(candidate.police["surname"]))
            other_birth = differ(row["date_of_birth"], candidate.police["date_of_birth"])
            if other_name and other_birth:
                conflicts += 1
            elif person is None:
                person = candidate
        if person is None:
            person = Person(("probation", group[0]["crn"]))
            people.append(person)
        for row in group:
            person.probation.append(row)
            by_crn[row["crn"]] = person
            if row.get("noms_number"):
                by_noms[row["noms_number"]] = person

    for row in sorted(files.get("dip/people", []), key=lambda r: r["dip_id"]):
        if row.get("consent_to_share") in ("N", False):
            continue
        person = by_pnc.get(row.get("pnc_id")) if row.get("pnc_id") else None
        if person is not None:
            other_birth = differ(row["date_of_birth"], person.police["date_of_birth"])
            if other_birth and differ((row["initials"] or "").upper(), initials(person.police)):
                conflicts += 1
                person = None
        if person is None:
            person = Person(("dip", row["dip_id"]))
            people.append(person)
        person.dip.append(row)
        by_dip[row["dip_id"]] = person

    for row in files.get("police/offences", []):
        if row["pnc_id"] in by_pnc:
            by_pnc[row["pnc_id"]].offences.append(row)
    for row in files.get("police/ppo_register", []):
        if row["pnc_id"] in by_pnc:
            by_pnc[row["pnc_id"]].register.append(row)
    for row in files.get("probation/supervision", []):
        if row["crn"] in by_crn:
            by_crn[row["crn"]].supervision.append(row)
    for row in files.get("probation/custody", []):
        person = by_crn.get(row.get("crn"))
        if person is None:
            person = by_noms.get(row.get("noms_number"))
        if person is None:
            person = by_pnc.get(row.get("pnc_id"))
        if person is not None:
            person.custody.append({"release_reason": None, "released_on": None, **row})
    for row in files.get("dip/events", []):
        if row["dip_id"] in by_dip:
            by_dip[row["dip_id"]].dip_events.append(row)
    return people, conflicts


class World:
    """Linked people with their reference files, coverage and switches."""

    def __init__(self, files, extract_date, coverage=None, switches=None):
        self.extract_date = extract_date
        self.coverage = coverage or {}
        self.switches = {**SWITCHES, **(switches or {})}
        self.people, self.conflicts = link(files)
        for person in self.people:
            person.finish(self.switches["custody_join_days"])
        self.schemes = {row["scheme_id"]: row for row in files.get("reference/schemes", [])}
        codes = files.get("reference/offence_codes", [])
        self.groups = {row["cjs_offence_code"]: row["group"] for row in codes}
        self.memory = {}

    def coverage_end(self, measure) -> date:
        return min(self.coverage.get(name, self.extract_date) for name in READS[measure])


# --- what is true of a person on a day ------------------------------------------------------------


def counts(world, offence) -> bool:
    """Whether an offence counts, as an index offence and as a re-offence alike."""
    if offence["recordable"] not in ("Y", True):
        return False
    if offence["category"] == "CB":
        return False
    if offence.get("force_code") is not None and offence["force_code"] not in ENGLAND_AND_WALES:
        return False
    if offence.get("disposed_on") is None:
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


def attributes_on(world, person, day):
    """What is true of a person on a day, whatever the measure."""
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


# --- units ----------------------------------------------------------------------------------------


def index_events(world, person):
    """Every index event as (day, kind, offence group), one for each day, in order of day."""
    found = []
    for spell in person.spells:
        if spell["end"] is None or spell["release_reason"] not in ("sentence_end", "licence", "hdc"):
            continue
        if spell["reason"] == "fine_default":
            continue
        if spell["reason"] == "recall" and not world.switches["recall_release_is_index"]:
            continue
        found.append((spell["end"], "custody"))
    counting = [offence for offence in person.offences if counts(world, offence)]
    for day in sorted({offence["disposed_on"] for offence in counting}):
        that_day = [offence for offence in counting if offence["disposed_on"] == day]
        convicted = [offence.get("disposal") for offence in that_day if offence["outcome"] == "convicted"]
        if "custody" not in convicted and any(disposal in NOT_CUSTODY for disposal in convicted):
            found.append((day, "court"))
        if any(offence["outcome"] in CAUTIONED for offence in that_day):
            found.append((day, "caution"))
    for event in person.dip_events:
        if event["event"] == "test" and event.get("result") in POSITIVE:
            found.append((event["on"], "test"))

    events = []
    for day in sorted({day for day, _ in found}):
        for kind in INDEX_ORDER:
            if (day, kind) in found:
                events.append((day, kind, index_group(world, counting, day, kind)))
                break
    return events


def index_group(world, counting, day, kind) -> str:
    if kind == "test":
        return "not_known"
    if kind == "custody":
        candidates = [
            offence
            for offence in counting
            if offence["outcome"] == "convicted"
            and offence.get("disposal") == "custody"
            and sentenced_on(offence) <= day
        ]
        latest = max((sentenced_on(offence) for offence in candidates), default=None)
        return principal_group(world, [offence for offence in candidates if sentenced_on(offence) == latest])
    that_day = [offence for offence in counting if offence["disposed_on"] == day]
    if kind == "court":
        return principal_group(world, [offence for offence in that_day if offence["outcome"] == "convicted"])
    return principal_group(world, [offence for offence in that_day if offence["outcome"] in CAUTIONED])


def cohort_entries(world, cohort):
    """A person's first index event in each period, with attributes, for people known to the police."""
    label = period_of if cohort is None else cohort
    entries = []
    for person in world.people:
        if person.police is None:
            continue
        seen = set()
        for day, kind, group in index_events(world, person):
            period = label(day)
            if period in seen:
                continue
            seen.add(period)
            start, end = period_dates(period)
            entries.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": period,
                    "index_event": kind,
                    "offence_group": group,
                    "ppo": "yes" if is_ppo(world, person, start, end) else "no",
                    **scheme_on(world, person, day, start, end),
                    **attributes_on(world, person, day),
                }
            )
    return entries


def reoffending_units(world, cohort=None):
    """B1: the entries with offenders, reoffended and reoffences."""
    units = []
    for entry in cohort_entries(world, cohort):
        index = entry["date"]
        reoffences = 0
        for offence in entry["source"].offences:
            if not counts(world, offence):
                continue
            committed_in_time = index < offence["committed_on"] <= add_months(index, 12)
            proved_in_time = offence["disposed_on"] <= add_months(index, 18)
            if committed_in_time and proved_in_time:
                reoffences += 1
        reoffended = 1 if reoffences else 0
        units.append({**entry, "offenders": 1, "reoffended": reoffended, "reoffences": reoffences})
    return units


def time_to_first_units(world, cohort=None):
    """B5: days to the first re-offence or to the cutoff, and whether there was one."""
    covered = world.coverage_end("time_to_first_reoffence")
    cutoff = add_months(covered, -world.switches["proving_lag_months"])
    units = []
    for entry in cohort_entries(world, cohort):
        index = entry["date"]
        if index >= cutoff:
            continue
        first = None
        for offence in entry["source"].offences:
            if not counts(world, offence):
                continue
            if index < offence["committed_on"] <= cutoff and offence["disposed_on"] <= covered:
                first = min(first or date.max, offence["committed_on"])
        watched = 0
        while add_months(index, watched + 1) <= cutoff:
            watched += 1
        event_month = None
        if first is not None:
            event_month = 1
            while first > add_months(index, event_month):
                event_month += 1
        units.append(
            {
                **entry,
                "time_days": ((first or cutoff) - index).days,
                "event": 0 if first is None else 1,
                "event_month": event_month,
                "watched": watched,
            }
        )
    return units


def occasion_units(world, cohort=None):
    """C1: sentencing occasions with the days between their stages."""
    label = period_of if cohort is None else cohort
    units = []
    for person in world.people:
        if person.police is None:
            continue
        convicted = [o for o in person.offences if counts(world, o) and o["outcome"] == "convicted"]
        for day in sorted({sentenced_on(offence) for offence in convicted}):
            offences = [offence for offence in convicted if sentenced_on(offence) == day]
            dates = {"sentenced": day}
            for stage in ("committed", "arrested", "charged", "first_hearing"):
                known = [o[f"{stage}_on"] for o in offences if o.get(f"{stage}_on") is not None]
                dates[stage] = min(known) if known else None
            days = {}
            for measure, (first, last) in STAGES.items():
                start, end = dates[first], dates[last]
                days[measure] = None
                if start is not None and end is not None and start <= end <= add_months(start, 120):
                    days[measure] = (end - start).days
            courts = [offence.get("court_type") for offence in offences]
            court = "not_known"
            for code, name in (("CC", "crown"), ("MC", "magistrates"), ("YC", "youth")):
                if code in courts and court == "not_known":
                    court = name
            arrested = dates["arrested"]
            if arrested is None:
                standing = dict.fromkeys(("scheme", "area", "force", "strand", "ppo"), "not_known")
            else:
                next_day = arrested + timedelta(days=1)
                standing = {
                    **scheme_on(world, person, arrested, arrested, next_day),
                    "ppo": "yes" if is_ppo(world, person, arrested, next_day) else "no",
                }
            units.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "period": label(day),
                    "court_type": court,
                    "offence_group": principal_group(world, offences),
                    **days,
                    **attributes_on(world, person, day),
                    **standing,
                }
            )
    return units


def open_memberships(person, day):
    """Memberships open on a day, the main one first: latest adoption, then lowest scheme id."""
    found = []
    for membership in person.memberships:
        if membership["start"] <= day and (membership["end"] is None or day < membership["end"]):
            found.append(membership)
    return sorted(found, key=lambda m: (-m["start"].toordinal(), m["scheme_id"]))


def caseload_rows(world, day):
    """People on each scheme at the end of a day: a dict per membership, `main` the one a total counts."""
    rows = []
    for person in world.people:
        attributes = None
        for position, membership in enumerate(open_memberships(person, day)):
            if attributes is None:
                attributes = attributes_on(world, person, day)
            strand = "not_known"
            for span in membership["spans"]:
                if span["start"] <= day and (span["end"] is None or day < span["end"]):
                    strand = span["strand"]
            rows.append(
                {
                    "person": person.key,
                    "source": person,
                    "date": day,
                    "as_at": day,
                    "main": position == 0,
                    **scheme_labels(world, membership["scheme_id"], strand),
                    **attributes,
                }
            )
    return rows


def caseload_units(world):
    """A1: memberships as spans."""
    units = []
    for person in world.people:
        for membership in person.memberships:
            units.append(
                {
                    "person": person.key,
                    "scheme": membership["scheme_id"],
                    "open_from": membership["start"],
                    "open_to": membership["end"],
                }
            )
    return units


def custody_share_rows(world, day):
    """D1 at a month end: in custody, over in custody or the community."""
    rows = []
    for row in caseload_rows(world, day):
        in_place = row["place"]
        rows.append(
            {
                **row,
                "numerator": 1 if in_place == "custody" else 0,
                "denominator": 1 if in_place in ("custody", "community") else 0,
            }
        )
    return rows


def custody_days_units(world, cohort=None, only=None):
    """D1 in person-days: a dict per person, scheme, period and whether that scheme was the main one.

    The attributes are those of the first day of the membership in the period. `only` names one period, to
    save walking through the days of the others.
    """
    label = period_of if cohort is None else cohort
    covered = world.coverage_end("custody_days_share")
    units = {}
    for person in world.people:
        if not person.memberships:
            continue
        day = min(membership["start"] for membership in person.memberships)
        last = covered
        if all(membership["end"] is not None for membership in person.memberships):
            last = min(covered, max(membership["end"] for membership in person.memberships))
        if only is not None:
            first_day, day_after = period_dates(only)
            day, last = max(day, first_day), min(last, day_after - timedelta(days=1))
        while day <= last:
            memberships = open_memberships(person, day)
            if memberships:
                in_place = place_on(person, day)
                for position, membership in enumerate(memberships):
                    key = (person.key, membership["scheme_id"], label(day), position == 0)
                    if key not in units:
                        units[key] = {
                            "person": person.key,
                            "source": person,
                            "date": max(membership["start"], period_dates(label(day))[0]),
                            "period": label(day),
                            "main": position == 0,
                            "numerator": 0,
                            "denominator": 0,
                            "membership": membership,
                        }
                    units[key]["numerator"] += 1 if in_place == "custody" else 0
                    units[key]["denominator"] += 1 if in_place in ("custody", "community") else 0
            day += timedelta(days=1)
    rows = []
    for unit in units.values():
        membership = unit.pop("membership")
        strand = "not_known"
        for span in membership["spans"]:
            if span["start"] <= unit["date"] and (span["end"] is None or unit["date"] < span["end"]):
                strand = span["strand"]
        rows.append(
            {
                **unit,
                **scheme_labels(world, membership["scheme_id"], strand),
                **attributes_on(world, unit["source"], unit["date"]),
            }
        )
    return rows


NUMERATOR_DENOMINATOR = {
    "reoffending_rate": ("reoffended", "offenders"),
    "reoffences_per_reoffender": ("reoffences", "reoffended"),
    "reoffences_per_offender": ("reoffences", "offenders"),
    "share_of_offenders": ("ppo_offenders", "offenders"),
    "share_of_reoffences": ("ppo_reoffences", "reoffences"),
}


def remembered(world, name, make):
    if name not in world.memory:
        world.memory[name] = make()
    return world.memory[name]


def month_end_rows(world, measure, day):
    """The rows of a stock or of the custody share at a month end, worked out once."""
    make = custody_share_rows if measure == "custody_share" else caseload_rows
    return remembered(world, (measure, day), lambda: make(world, day))


def units(world, measure, cohort=None, only=None):
    """The units of a measure as dicts; month-end measures give their spans. `only` may name one period."""
    if measure in NUMERATOR_DENOMINATOR:
        over, under = NUMERATOR_DENOMINATOR[measure]
        rows = []
        for unit in remembered(world, ("reoffending", cohort), lambda: reoffending_units(world, cohort)):
            of_ppos = {"ppo_offenders": 0, "ppo_reoffences": 0}
            if unit["ppo"] == "yes":
                of_ppos = {"ppo_offenders": 1, "ppo_reoffences": unit["reoffences"]}
            unit = {**unit, **of_ppos}
            rows.append({**unit, "numerator": unit[over], "denominator": unit[under]})
        return rows
    if measure == "time_to_first_reoffence":
        return remembered(world, (measure, cohort), lambda: time_to_first_units(world, cohort))
    if measure in STAGES:
        rows = remembered(world, ("occasions", cohort), lambda: occasion_units(world, cohort))
        return [{**row, "days": row[measure]} for row in rows]
    if measure == "custody_days_share":
        return remembered(world, (measure, cohort, only), lambda: custody_days_units(world, cohort, only))
    if measure in MONTH_END:
        return caseload_units(world)
    raise KeyError(measure)


# --- statistics -----------------------------------------------------------------------------------


def wilson(numerator, denominator):
    """Wilson's 95% interval for a proportion in which each person appears once."""
    share = numerator / denominator
    centre = (share + Z * Z / (2 * denominator)) / (1 + Z * Z / denominator)
    spread = share * (1 - share) / denominator + Z * Z / (4 * denominator * denominator)
    half = Z / (1 + Z * Z / denominator) * math.sqrt(spread)
    return centre - half, centre + half


def delta(pairs):
    """The delta method's 95% interval for a ratio of sums of each person's (numerator, denominator).

    In fractions, so that people who are all alike have a spread of exactly nothing, and then no interval.
    """
    top = sum(numerator for numerator, _ in pairs)
    bottom = sum(denominator for _, denominator in pairs)
    number = len(pairs)
    if number < 2:
        return None, None
    ratio = Fraction(top, bottom)
    squares = sum((numerator - ratio * denominator) ** 2 for numerator, denominator in pairs)
    if squares == 0:
        return None, None
    error = math.sqrt(number / (number - 1) * squares) / bottom
    return float(ratio) - Z * error, float(ratio) + Z * error


def quantile(values, share):
    """Linear interpolation between order statistics, as `quantile_cont` and numpy's default have it."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median_rank(number) -> int:
    """The largest r whose r-th lowest and r-th highest of so many values hold the median 95 times in 100.

    Exact by the binomial up to a thousand values, by its normal approximation beyond; 0 when there is none.
    """
    if number > 1000:
        return math.floor((number - Z * math.sqrt(number)) / 2)
    rank = 0
    below = Fraction(0)
    for successes in range(number):
        below += Fraction(math.comb(number, successes), 2**number)
        if below > Fraction(25, 1000):
            break
        rank = successes + 1
    return rank


def median_interval(values):
    """Order-statistic 95% interval for a median; none under six values."""
    ordered = sorted(values)
    rank = median_rank(len(ordered))
    if rank == 0:
        return None, None
    return ordered[rank - 1], ordered[len(ordered) - rank]


def kaplan_meier(rows):
    """The curve of people re-offended by each whole month: dicts of months, at_risk, events and survival.

    A row's event in a month that was not wholly watched counts as lost to view before that month.
    """
    curve = []
    survival = 1.0
    variance = 0.0
    events = 0
    month = 1
    while True:
        at_risk = 0
        happened = 0
        for row in rows:
            event_month = row["event_month"]
            if event_month is not None and event_month > row["watched"]:
                event_month = None
            if event_month is None:
                at_risk += 1 if row["watched"] >= month else 0
            else:
                at_risk += 1 if event_month >= month else 0
                happened += 1 if event_month == month else 0
        if at_risk == 0:
            return curve
        survival *= 1 - happened / at_risk
        if happened < at_risk:
            variance += happened / (at_risk * (at_risk - happened))
        events += happened
        point = {"months": month, "at_risk": at_risk, "events": events}
        curve.append({**point, "survival": survival, "greenwood": variance})
        month += 1


# --- figures --------------------------------------------------------------------------------------


def maturity(world, measure, period) -> str:
    """final, provisional or immature: whether everything that could belong to a period has been seen."""
    covered = world.coverage_end(measure)
    last = period_dates(period)[1] - timedelta(days=1)
    if KIND[measure] == "days" or measure == "custody_days_share":
        return "final" if covered >= last else "provisional"
    if measure == "time_to_first_reoffence":
        return "final" if covered >= add_months(last, 6) else "provisional"
    if covered >= add_months(last, 18):
        return "final"
    return "provisional" if covered >= add_months(last, 12) else "immature"


def matching(rows, where):
    return [row for row in rows if all(row[dimension] == label for dimension, label in where.items())]


def grouped(rows, by):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[dimension] for dimension in by), []).append(row)
    return groups


def figure(world, measure, by=(), where=None, period=None, as_at=None, cohort=None):
    """The aggregated rows of a measure as dicts, in no order.

    `period` is a label, "all" (final ones pooled) or "each"; `as_at` is a month end, or several to be pooled.
    """
    by, where = tuple(by), dict(where or {})
    kind = KIND[measure]
    if measure == "scheme_profile":
        return scheme_profile(world, as_at, where)
    if measure in MONTH_END:
        days = as_at if isinstance(as_at, list) else [as_at]
        rows = [row for day in days for row in month_end_rows(world, measure, day)]
    else:
        rows = units(world, measure, cohort, period if period not in ("all", "each") else None)
    if measure in BY_MEMBERSHIP and "scheme" not in by and "scheme" not in where:
        rows = [row for row in rows if row["main"]]
    if period is not None:
        if period == "all":
            rows = [row for row in rows if maturity(world, measure, row["period"]) == "final"]
        elif period == "each":
            by = ("period", *(dimension for dimension in by if dimension != "period"))
        else:
            rows = [row for row in rows if row["period"] == period]
    rows = matching(rows, where)
    groups = grouped(rows, by)
    if not by and not groups:
        groups = {(): []}
    result = []
    for labels, members in groups.items():
        ripe = "final"
        if measure not in MONTH_END:
            states = {maturity(world, measure, row["period"]) for row in members}
            if not members and period not in (None, "all", "each"):
                states = {maturity(world, measure, period)}
            for state in ("provisional", "immature"):
                if state in states:
                    ripe = state
        for row in aggregate(kind, members, ripe):
            if by and row["n"] == 0:
                continue
            result.append({**dict(zip(by, labels, strict=True)), **row})
    return result


def aggregate(kind, rows, ripe):
    """A dict (survival: one per month) of numerator, denominator, value, lower, upper, n, status and more."""
    if kind == "survival":
        return aggregate_survival(rows, ripe)
    if kind == "days":
        return [aggregate_days(rows, ripe)]
    if kind == "stock":
        people = {row["person"] for row in rows}
        number = len(people)
        return [
            {
                "numerator": number,
                "denominator": None,
                "value": number,
                "lower": None,
                "upper": None,
                "n": number,
                "status": "ok",
            }
        ]
    return [aggregate_ratio(kind, rows, ripe)]


def interval(kind, numerator, denominator, pairs):
    """Wilson where each person appears once, else the delta method over people, kept inside what is possible.

    None or all, of people who appear several times, has no spread to go by: Wilson on the people.
    """
    value = numerator / denominator
    if kind == "proportion" and all(under == 1 for _, under in pairs):
        return wilson(numerator, denominator)
    if kind == "proportion" and numerator in (0, denominator):
        return wilson(value * len(pairs), len(pairs))
    lower, upper = delta(pairs)
    if lower is not None:
        lower = max(lower, 0)
        upper = upper if kind == "ratio" else min(upper, 1)
    return lower, upper


def aggregate_ratio(kind, rows, ripe):
    numerator = sum(row["numerator"] for row in rows)
    denominator = sum(row["denominator"] for row in rows)
    per_person = {}
    for row in rows:
        if row["denominator"] > 0:
            over, under = per_person.get(row["person"], (0, 0))
            per_person[row["person"]] = (over + row["numerator"], under + row["denominator"])
    number = len(per_person)
    result = {
        "numerator": numerator,
        "denominator": denominator,
        "value": None,
        "lower": None,
        "upper": None,
        "n": number,
    }
    if number == 0:
        return {**result, "status": "low_base"}
    if ripe == "immature":
        return {**result, "status": "immature"}
    if number < 30:
        return {**result, "status": "low_base"}
    lower, upper = interval(kind, numerator, denominator, list(per_person.values()))
    return {
        **result,
        "value": numerator / denominator,
        "lower": lower,
        "upper": upper,
        "status": "provisional" if ripe == "provisional" else "ok",
    }


def aggregate_days(rows, ripe):
    values = [row["days"] for row in rows if row["days"] is not None]
    number = len({row["person"] for row in rows if row["days"] is not None})
    result = {"numerator": sum(values), "denominator": len(values), "n": number}
    if not values:
        nothing = dict.fromkeys(("value", "lower", "upper", "mean", "median", "q1", "q3", "p90"))
        return {**result, **nothing, "status": "low_base"}
    lower, upper = median_interval(values)
    status = "low_base" if number < 30 else ("provisional" if ripe == "provisional" else "ok")
    return {
        **result,
        "value": quantile(values, 0.5),
        "lower": lower,
        "upper": upper,
        "mean": sum(values) / len(values),
        "median": quantile(values, 0.5),
        "q1": quantile(values, 0.25),
        "q3": quantile(values, 0.75),
        "p90": quantile(values, 0.9),
        "status": status,
    }


def aggregate_survival(rows, ripe):
    number = len({row["person"] for row in rows})
    result = []
    for point in kaplan_meier(rows):
        survival = point["survival"]
        lower = upper = None
        if 0 < survival < 1:  # Greenwood's, on the log-log scale, so that it stays inside 0 and 1
            power = Z * math.sqrt(point["greenwood"]) / math.log(survival)
            lower, upper = 1 - survival ** math.exp(power), 1 - survival ** math.exp(-power)
        status = "low_base" if number < 30 else ("provisional" if ripe == "provisional" else "ok")
        if number < 30:  # a share of so few is not shown; how many had by then is
            lower = upper = None
        result.append(
            {
                "months": point["months"],
                "at_risk": point["at_risk"],
                "numerator": point["events"],
                "denominator": len(rows),
                "value": None if number < 30 else 1 - survival,
                "lower": lower,
                "upper": upper,
                "n": number,
                "status": status,
            }
        )
    return result


PROFILE_ROWS = {
    "total": lambda row: True,
    "male": lambda row: row["sex"] == "male",
    "female": lambda row: row["sex"] == "female",
    "sex_not_known": lambda row: row["sex"] == "not_known",
    "non_statutory": lambda row: row["statutory"] == "no",
    "statutory": lambda row: row["statutory"] == "yes",
    "statutory_not_known": lambda row: row["statutory"] == "not_known",
    "also_in_dip": lambda row: row["in_dip"] == "yes",
    "in_community": lambda row: row["place"] == "community",
    "in_custody": lambda row: row["place"] == "custody",
    "elsewhere": lambda row: row["place"] == "elsewhere",
    "place_not_known": lambda row: row["place"] == "not_known",
}
PROFILE_COLUMNS = {
    "young_people": lambda row: row["age"] is not None and row["age"] < 18,
    "adults": lambda row: row["age"] is not None and row["age"] >= 18,
    "all": lambda row: True,
}


def scheme_profile(world, day, where):
    """The self-assessment tool's table at a month end: a dict per row and column."""
    rows = month_end_rows(world, "caseload", day)
    if "scheme" not in where:
        rows = [row for row in rows if row["main"]]
    rows = matching(rows, where)
    result = []
    for name, belongs in PROFILE_ROWS.items():
        for column, fits in PROFILE_COLUMNS.items():
            number = len([row for row in rows if belongs(row) and fits(row)])
            cell = {"row": name, "column": column, "numerator": number, "denominator": None, "value": number}
            cell["n"] = number
            cell["status"] = "ok"
            if name == "also_in_dip" and column == "young_people":
                cell.update({"numerator": None, "value": None, "status": "not_applicable"})
            result.append(cell)
    for name in ("average_age", "median_age"):
        for column, fits in PROFILE_COLUMNS.items():
            ages = [row["age"] for row in rows if fits(row) and row["age"] is not None]
            cell = {"row": name, "column": column, "numerator": None, "denominator": None, "value": None}
            cell["n"] = len(ages)
            cell["status"] = "ok" if ages else "low_base"
            if ages and name == "average_age":
                cell.update({"numerator": sum(ages), "denominator": len(ages), "value": sum(ages) / len(ages)})
            elif ages:
                cell["value"] = quantile(ages, 0.5)
            result.append(cell)
    return result
