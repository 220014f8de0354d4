"""Extract rows linked into people, with what does not depend on a day: spells, memberships, episodes."""

from __future__ import annotations

from datetime import date

SWITCHES = {
    "tic_counts": False,
    "convictions_as_occasions": False,
    "recall_release_is_index": False,
    "prevent_and_deter_is_ppo": False,
    "custody_join_days": 2,
    "statutory_sentence_months": 12,
    "proving_lag_months": 6,
    "level_half_width": 1,
    "journey_nominated_and_decided_days": 35,
    "journey_strand_decided_days": 14,
    "journey_flagged_by_police_days": 7,
    "journey_flagged_by_probation_days": 14,
    "journey_letter_days": 14,
    "journey_home_visit_days": 14,
    "journey_oasys_days": 56,
    "journey_sentence_plan_days": 56,
    "journey_outreach_worker_days": 28,
    "journey_weekly_appointments_days": 28,
    "journey_enforcement_days": 10,
    "journey_exit_letter_days": 14,
}
EVENT_DATE = {
    "police/offences": "committed_on",
    "police/ppo_register": "adopted_on",
    "probation/custody": "admitted_on",
}
CARRIED_ON = {"court", "temporary_absence", "transfer", "merge"}


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
        self.contacts = []
        self.assessments = []
        self.nominations = []
        self.indications = []

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
        deaths = [spell["end"] for spell in self.spells if spell["release_reason"] == "died"]
        deaths += [row["exited_on"] for row in self.register if row.get("exit_reason") == "died"]
        self.died_on = min((day for day in deaths if day is not None), default=None)


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
                "row": row,
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
    for row in files.get("police/nominations", []):
        if row["pnc_id"] in by_pnc:
            by_pnc[row["pnc_id"]].nominations.append(row)
    for row in files.get("police/indications", []):
        if row["pnc_id"] in by_pnc:
            by_pnc[row["pnc_id"]].indications.append(row)
    for row in files.get("probation/supervision", []):
        if row["crn"] in by_crn:
            by_crn[row["crn"]].supervision.append(row)
    for row in files.get("probation/contacts", []):
        if row["crn"] in by_crn:
            by_crn[row["crn"]].contacts.append(row)
    for row in files.get("probation/assessments", []):
        if row["crn"] in by_crn:
            by_crn[row["crn"]].assessments.append(row)
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
    """Linked people with their reference files, coverage and switches.

    `coverage` gives the last day that a file covers where that is not the extract date, and `covered_from` the
    first where that is not the day of its first event.
    """

    def __init__(self, files, extract_date, coverage=None, switches=None, covered_from=None):
        self.extract_date = extract_date
        self.coverage = coverage or {}
        self.switches = {**SWITCHES, **(switches or {})}
        self.people, self.conflicts = link(files)
        for person in self.people:
            person.finish(self.switches["custody_join_days"])
        self.schemes = {row["scheme_id"]: row for row in files.get("reference/schemes", [])}
        codes = files.get("reference/offence_codes", [])
        self.groups = {row["cjs_offence_code"]: row["group"] for row in codes}
        self.acquisitive = {row["cjs_offence_code"] for row in codes if row["acquisitive"] in ("Y", True)}
        self.first_days = {}
        for name, column in EVENT_DATE.items():
            self.first_days[name] = min((row[column] for row in files.get(name, [])), default=None)
        self.stated_from = covered_from or {}
        self.first_days.update(self.stated_from)
        # The first period is the one in which anything that a period is counted from first happened.
        starts = [self.first_days["police/offences"], extract_date]
        for name, column in (
            ("police/offences", "disposed_on"),
            ("police/offences", "sentenced_on"),
            ("police/ppo_register", "adopted_on"),
            ("probation/custody", "admitted_on"),
            ("dip/events", "on"),
        ):
            starts += [row.get(column) for row in files.get(name, [])]
        self.happens_from = min(day for day in starts if day is not None)
        self.memory = {}

    def covered_from(self, name) -> date | None:
        """The first day that a file covers; None when nothing in it ever happened."""
        return self.first_days[name]

    def covered_to(self, *names) -> date:
        """The last day that all of the files cover."""
        return min(self.coverage.get(name, self.extract_date) for name in names)


def remembered(world, name, make):
    """What `make()` gives, worked out once for a world."""
    if name not in world.memory:
        world.memory[name] = make()
    return world.memory[name]
