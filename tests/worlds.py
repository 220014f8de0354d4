"""Random small worlds, their dates packed around the edges where measures go wrong.

`tiny_world(chance, number)` is a few people and their schemes, as extract rows; `number` keeps the
identifiers of different worlds apart, so that many can share one folder (`crowd`). `write(files, folder, ...)`
writes an extracts folder; the same rows go to the oracle.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tests.oracle import add_months, age_on

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
COLUMNS = {
    "police/people": "pnc_id cro_number surname forenames date_of_birth sex ethnicity_observed "
    "ethnicity_self_defined postcode",
    "police/offences": "pnc_id asn offence_number cjs_offence_code ho_class category recordable committed_on "
    "committed_to arrested_on charged_on first_hearing_on disposed_on sentenced_on court_type outcome "
    "disposal sentence_days force_code",
    "police/ppo_register": "scheme_id pnc_id strand nominated_on adopted_on strand_decided_on police_flagged_on "
    "probation_flagged_on notified_on first_home_visit_on outreach_worker_on exit_letter_on exited_on exit_reason "
    "substance_motivated resident",
    "police/nominations": "scheme_id pnc_id nominated_on decided_on decision reason",
    "police/indications": "pnc_id dated_on reliable",
    "probation/people": "crn pnc_id noms_number surname forenames date_of_birth sex ethnicity postcode",
    "probation/supervision": "crn event_number kind started_on ended_on end_reason breach_initiated_on "
    "breach_hearing_on recalled_on",
    "probation/custody": "crn pnc_id noms_number admitted_on admission_reason released_on release_reason",
    "probation/contacts": "crn on kind outcome",
    "probation/assessments": "crn assessed_on ogrs3_one_year accommodation employment education health "
    "mental_health drugs alcohol sentence_plan_on",
    "dip/people": "dip_id initials date_of_birth sex postcode_district dat_code pnc_id consent_to_share",
    "dip/events": "dip_id event on result referred_on",
    "reference/schemes": "scheme_id name area force_code dat_code opened_on",
    "reference/offence_codes": "cjs_offence_code title ho_class group acquisitive trigger",
    "reference/national": "measure period value unit source",
}
CODES = [
    ("TH68036", "Burglary dwelling and theft", "028/03", "domestic_burglary"),
    ("TH68010", "Theft from a shop", "046/00", "theft"),
    ("TH68023", "Robbery", "034/01", "robbery"),
    ("TH68007", "Theft from a motor vehicle", "045/10", "theft_from_vehicles"),
    ("TH68051", "Taking a motor vehicle without consent", "048/01", "taking_and_driving_away"),
    ("CJ88001", "Common assault", "105/01", "violence"),
    ("CJ03510", "Fail to comply with a community order", "195/94", "breach"),
]
NOT_FOR_GAIN = ("violence", "breach")
NEEDS = ("accommodation", "employment", "education", "health", "mental_health", "drugs", "alcohol")
AREAS = ["North", "South", "East"]
FORCES = ["10", "13", "62", None]
SURNAMES = ["Askham", "Bewley", "Carrick", "Dunmore", "Elsdon", "Farrow", "Garside", "Holmby"]
FORENAMES = ["Ada", "Bram", "Cleo", "Dov", "Elin", "Fitz"]
ANCHORS = [
    date(2008, 2, 29),
    date(2008, 3, 31),
    date(2009, 4, 1),
    date(2009, 2, 28),
    date(2009, 8, 31),
    date(2009, 3, 31),
    date(2010, 1, 31),
    date(2010, 4, 1),
]
EXTRACT_DATES = [
    date(2011, 9, 30),
    date(2011, 9, 29),
    date(2012, 2, 29),
    date(2011, 3, 31),
    date(2012, 9, 30),
]
COVERED = [
    "police/offences",
    "police/ppo_register",
    "probation/custody",
    "probation/supervision",
    "probation/contacts",
    "probation/assessments",
    "dip/events",
]
KEPT_SINCE = ["police/offences", "police/ppo_register", "probation/custody"]

Files = dict[str, list[dict]]


# --- identifiers with right check letters ----------------------------------------------------------------


def pnc_id(year: int, serial: int) -> str:
    return f"{year}/{serial:07d}{LETTERS[int(f'{year % 100:02d}{serial:07d}') % 23]}"


def asn(year: int, serial: int) -> str:
    force, unit, system = "10", "ZD", "01"
    letter = LETTERS[int(f"{force}{system}{year % 100:02d}{serial:011d}") % 23]
    return f"{year % 100:02d}{force}{unit}{system}{serial:011d}{letter}"


def crn(serial: int) -> str:
    return f"{'ABCDEFGHJKLMNPQRTUVWXYZ'[serial // 1_000_000]}{serial % 1_000_000:06d}"


def noms(serial: int) -> str:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    return f"A{serial % 10_000:04d}{letters[serial // 10_000 % 23]}{letters[serial // 230_000 % 23]}"


# --- one tiny world --------------------------------------------------------------------------------------


class Maker:
    """Makes one tiny world: the numbers it has given out, and the days that its dates are packed around."""

    def __init__(self, chance: random.Random, number: int, extract_date: date):
        self.chance = chance
        self.number = number
        self.extract_date = extract_date
        self.serial = number * 1000
        self.anchor = chance.choice(ANCHORS)
        self.files: Files = {name: [] for name in COLUMNS}

    def next_serial(self) -> int:
        self.serial += 1
        return self.serial

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def day(self, first: date | None = None) -> date:
        """A day at, or a day beside, a whole number of months from the anchor; not before `first`."""
        months = self.chance.choice([-12, -6, 0, 0, 0, 0, 1, 6, 11, 12, 12, 12, 13, 18, 18, 18, 24, 30])
        offset = self.chance.choice([-2, -1, -1, 0, 0, 0, 0, 1, 1, 2, 3, 20])
        found = min(add_months(self.anchor, months) + timedelta(days=offset), self.extract_date)
        return max(found, first) if first else found

    def schemes(self) -> list[str]:
        names = []
        for letter in "ABC"[: self.chance.randint(1, 3)]:
            scheme = f"W{self.number:04d}{letter}"
            names.append(scheme)
            self.files["reference/schemes"].append(
                {
                    "scheme_id": scheme,
                    "name": f"Scheme {scheme}",
                    "area": self.chance.choice(AREAS),
                    "force_code": self.chance.choice(FORCES),
                    "opened_on": date(2004, 9, 1),
                }
            )
        return names

    def birth(self) -> date:
        """A birthday at or beside the anchor's day, or on 29 February; over ten on every date."""
        years = self.chance.choice([11, 12, 13, 15, 16, 17, 18, 18, 18, 19, 21, 22, 25, 26, 30, 35, 40, 50, 51])
        if self.likely(0.2):
            return date((self.anchor.year - years) // 4 * 4 - 4, 2, 29)
        born = add_months(self.anchor, -12 * years) + timedelta(days=self.chance.choice([-1, 0, 0, 1, 2]))
        return born if age_on(add_months(self.anchor, -13), born) >= 10 else add_months(born, -24)

    def person(self, schemes: list[str]) -> None:
        surname, forename = self.chance.choice(SURNAMES), self.chance.choice(FORENAMES)
        born = self.birth()
        sex = self.chance.choice(["M", "M", "M", "F", "U"])
        pnc = None
        self.moments = [self.anchor]
        self.proved, self.sentenced = [], []
        if self.likely(0.93):
            serial = self.next_serial()
            pnc = pnc_id(self.chance.choice([1979, 1985, 1999, 2000, 2007]), serial)
            self.files["police/people"].append(
                {
                    "pnc_id": pnc,
                    "surname": surname,
                    "forenames": forename,
                    "date_of_birth": born,
                    "sex": sex,
                    "ethnicity_observed": self.chance.choice(["1", "1", "3", "4", "9", None]),
                    "ethnicity_self_defined": self.chance.choice(["W1", "B1", "A9", None]),
                }
            )
            self.offences(pnc, born)
            self.register(pnc, schemes, born)
            self.nominations(pnc, schemes)
            self.indications(pnc)
        crns, prison_number = self.probation(pnc, surname, forename, born, sex)
        self.custody(pnc, crns, prison_number)
        for number in crns:
            self.contacts(number)
            self.assessments(number)
        self.dip(pnc, surname, forename, born, sex)

    def beside(self, origin: date, *days: int) -> date:
        """A day one of so many days after another, or beside that; not after the extract."""
        found = origin + timedelta(days=self.chance.choice(days) + self.chance.choice([-1, 0, 0, 0, 1]))
        return min(found, self.extract_date)

    def seldom(self, found: date) -> date | None:
        """That day, more often than not."""
        return found if self.likely(0.6) else None

    def stages(self, shared: date) -> list[date]:
        """Committed, arrested, charged, first heard, proved, sentenced: in order, many of them on one day."""
        kind = self.chance.choice(["early", "edge", "edge", "edge", "any", "shared", "year"])
        if kind == "early":  # soon after the anchor: these tend to be index events
            committed = min(self.anchor - timedelta(days=self.chance.choice([0, 1, 30])), self.extract_date)
            proved = committed + timedelta(days=self.chance.choice([0, 1, 2, 31]))
        elif kind == "edge":  # committed near a year after the anchor, or proved near 18 months after it
            months = self.chance.choice([0, 0, 1, 6, 12, 12])
            committed = add_months(self.anchor, months) + timedelta(days=self.chance.choice([-1, 0, 0, 1, 1, 2]))
            proved = max(committed, self.near(self.chance.choice([months, 12, 18, 18, 18])))
        elif kind == "year":  # proved in the year or two before a month end, or just before those
            months = self.chance.choice([-24, -12, -12, -6, 0, 0])
            last = date(self.anchor.year, self.anchor.month, 1) - timedelta(days=1)
            proved = add_months(last, months) + timedelta(days=self.chance.choice([-1, 0, 1, 2]))
            committed = proved - timedelta(days=self.chance.choice([0, 1, 30]))
        elif kind == "shared":  # committed, or sentenced, together with others
            committed = shared
            proved = self.chance.choice([shared, self.day(first=shared)])
        else:
            committed = self.day()
            proved = self.day(first=committed)
        middle = sorted(
            min(proved, committed + timedelta(days=self.chance.choice([0, 0, 1, 7, 60, 400]))) for _ in range(3)
        )
        last = proved + timedelta(days=self.chance.choice([0, 0, 0, 1, 28]))
        return [min(day, self.extract_date) for day in (committed, *middle, proved, last)]

    def near(self, months: int) -> date:
        """A day at or beside that many months after the anchor."""
        return add_months(self.anchor, months) + timedelta(days=self.chance.choice([-1, 0, 0, 1, 2]))

    def offences(self, pnc: str, born: date) -> None:
        arrest = asn(2009, self.next_serial())
        shared = [self.day(), self.day()]
        often = self.likely(0.15)
        for number in range(1, self.chance.choice([12, 18] if often else [0, 1, 2, 3, 4, 5, 6, 8, 12]) + 1):
            if self.likely(0.6):
                arrest = asn(2009, self.next_serial())
            stages = self.stages(self.chance.choice(shared))
            if self.likely(0.05) and age_on(add_months(stages[-1], -12 * 11), born) >= 10:
                stages[0] = add_months(stages[-1], -120) + timedelta(days=self.chance.choice([-1, 0, 1]))
            if age_on(stages[0], born) < 10:
                continue
            committed, arrested, charged, heard, disposed, sentenced = stages
            outcome = self.chance.choice(
                [
                    *["convicted"] * (40 if often else 10),
                    *["caution"] * 3,
                    *["reprimand", "warning", "acquitted", "discontinued", "tic", "tic", "pending"],
                ]
            )
            row = {
                "pnc_id": pnc,
                "asn": arrest,
                "offence_number": number,
                "cjs_offence_code": self.chance.choice(CODES)[0],
                "category": self.chance.choice(["CE", "CE", "CI", "CS", "CM", "CB"]),
                "recordable": "N" if self.likely(0.1) else "Y",
                "committed_on": committed,
                "committed_to": None,
                "arrested_on": None if self.likely(0.2) else arrested,
                "charged_on": None if self.likely(0.2) else charged,
                "first_hearing_on": None if self.likely(0.2) else heard,
                "disposed_on": disposed,
                "sentenced_on": None,
                "court_type": None,
                "outcome": outcome,
                "disposal": None,
                "sentence_days": None,
                "force_code": self.chance.choice([None, None, "10", "01", "62", "93", "SC", "NI", "GG"]),
            }
            if outcome == "convicted":
                row["court_type"] = self.chance.choice(["MC", "MC", "CC", "YC", None])
                row["sentenced_on"] = self.chance.choice([None, disposed, disposed, sentenced])
                row["disposal"] = self.chance.choice(
                    [
                        *["custody"] * 3,
                        *["suspended", "community", "fine", "discharge", "youth_order", "other", None],
                    ]
                )
                if row["disposal"] == "custody":
                    start = row["sentenced_on"] or disposed
                    year = (add_months(start, 12) - start).days
                    row["sentence_days"] = self.chance.choice([28, 90, 365, year - 1, year, year + 1, 730, None])
                if self.likely(0.05):  # sentenced, and nobody wrote down when it was proved: it does not count
                    row["sentenced_on"], row["disposed_on"] = sentenced, None
            elif outcome == "pending":
                row["disposed_on"] = None
            self.files["police/offences"].append(row)
            if outcome == "convicted" and row["disposed_on"] is not None:
                self.proved.append(row["disposed_on"])
                if row["disposal"] == "custody":
                    self.sentenced.append(row["sentenced_on"] or row["disposed_on"])

    def register(self, pnc: str, schemes: list[str], born: date) -> None:
        strands = ["catch_and_convict", "catch_and_convict", "rehabilitate_and_resettle", "prevent_and_deter"]
        birthday = add_months(born, 18 * 12)
        young = abs((birthday - self.anchor).days) < 40
        for scheme in schemes:
            if not self.likely(0.6):
                continue
            start = self.day()
            if self.proved and self.likely(0.4):  # at the edge of a window that a conviction is looked for in
                months = self.chance.choice([-24, -17, -16, -15, -14, -12, -2, -1, 0, 1, 12, 17, 24])
                start = self.beside(min(add_months(self.chance.choice(self.proved), months), self.extract_date), 0, 1)
            if young and self.likely(0.6):
                start = self.beside(birthday, -200, -30, 0)
            self.moments.append(start)
            for _ in range(self.chance.choice([1, 1, 2, 3, 4])):
                row = {
                    "scheme_id": scheme,
                    "pnc_id": pnc,
                    "strand": self.chance.choice([*strands, "prevent_and_deter"] if young else strands),
                    "nominated_on": self.seldom(self.beside(start, -35, -34, 0, 3)),
                    "adopted_on": start,
                    "strand_decided_on": self.seldom(self.beside(start, -3, 0, 14, 15)),
                    "police_flagged_on": self.seldom(self.beside(start, 0, 7, 9)),
                    "probation_flagged_on": self.seldom(self.beside(start, 0, 14, 40)),
                    "notified_on": self.seldom(self.beside(start, -20, 14, 20)),
                    "first_home_visit_on": self.beside(start, 13, 14, 15) if self.likely(0.2) else None,
                    "outreach_worker_on": self.seldom(self.beside(start, 0, 28)),
                    "exit_letter_on": None,
                    "exited_on": None,
                    "exit_reason": None,
                    "resident": self.chance.choice(["Y", "Y", "Y", None, "N"]),
                    "substance_motivated": self.chance.choice(["Y", "N", None]),
                }
                self.files["police/ppo_register"].append(row)
                end = self.day(first=start)
                if self.likely(0.3):
                    end = max(start, self.beside(start, 14, 28, 90, 182))
                if young and self.likely(0.4) and start <= birthday < self.extract_date - timedelta(days=40):
                    end = max(start, self.beside(birthday, 0, 28, 28))
                if self.likely(0.3) or end >= self.extract_date:
                    break
                row["exited_on"] = end
                if end == start and not self.likely(0.3):
                    end = row["exited_on"] = start + timedelta(days=1)
                self.moments.append(end)
                row["exit_letter_on"] = self.seldom(self.beside(end, -2, 0, 14))
                row["exit_reason"] = self.chance.choice(
                    [
                        *["reduced_offending", "moved_area", "long_custody", "transferred_strand"],
                        *["other", "died", None],
                    ]
                )
                start = end + timedelta(days=self.chance.choice([0, 0, 1, 2, 40]))  # a strand move, or a re-entry
                if start == row["adopted_on"] or start >= self.extract_date:
                    break

    def nominations(self, pnc: str, schemes: list[str]) -> None:
        """Some before an adoption, decided at, before or after it; some that came to nothing."""
        seen = set()
        for _ in range(self.chance.choice([0, 0, 1, 2, 3])):
            scheme = self.chance.choice(schemes)
            nominated = self.beside(self.chance.choice(self.moments), -60, -35, -10, 0)
            if (scheme, nominated) in seen:
                continue
            seen.add((scheme, nominated))
            decided = self.beside(nominated, 0, 10, 34, 35)
            self.files["police/nominations"].append(
                {
                    "scheme_id": scheme,
                    "pnc_id": pnc,
                    "nominated_on": nominated,
                    "decided_on": self.seldom(decided),
                    "decision": self.chance.choice(["adopt", "adopt", "refuse", "defer", None]),
                }
            )

    def indications(self, pnc: str) -> None:
        seen = set()
        for _ in range(self.chance.choice([0, 0, 0, 1, 3, 6])):
            last = date(self.anchor.year, self.anchor.month, 1) - timedelta(days=1)
            months = self.chance.choice([-24, -23, -12, 0])
            item = (self.beside(add_months(last, months), 0, 1), "N" if self.likely(0.2) else "Y")
            if item not in seen:
                seen.add(item)
                self.files["police/indications"].append({"pnc_id": pnc, "dated_on": item[0], "reliable": item[1]})

    def contacts(self, number: str) -> None:
        """Weekly from an adoption or an exit from custody, with weeks missed and days on the edge of weeks."""
        seen = set()
        absences = self.likely(0.4)
        for moment in self.moments[-4:]:
            if self.likely(0.4):
                continue
            for week in range(self.chance.choice([1, 3, 5, 6])):
                on = self.beside(moment, 7 * week, 7 * week + 3, 7 * week + 6)
                kind = self.chance.choice(["office", "office", "home_visit", "telephone", "accompanied", "other"])
                outcome = self.chance.choice(
                    [
                        *["attended"] * 4,
                        *["acceptable_absence", "cancelled"],
                        *["unacceptable_absence"] * (4 if absences else 1),
                    ]
                )
                if (on, kind, outcome) not in seen:
                    seen.add((on, kind, outcome))
                    self.files["probation/contacts"].append({"crn": number, "on": on, "kind": kind, "outcome": outcome})

    def assessments(self, number: str) -> None:
        """Around an adoption or an exit, and at the edges of the months that are looked at."""
        seen = set()
        for _ in range(self.chance.choice([0, 1, 2, 4])):
            months = self.chance.choice([-12, -12, -3, 0, 0, 3, 3, 9])
            assessed = self.beside(
                min(add_months(self.chance.choice(self.moments), months), self.extract_date), 0, 0, 1
            )
            if assessed in seen:
                continue
            seen.add(assessed)
            row = {
                "crn": number,
                "assessed_on": assessed,
                "ogrs3_one_year": self.chance.choice([None, 0, 1, 25, 50, 75, 99, 100]),
                "sentence_plan_on": self.seldom(self.beside(assessed, 0, 20, 56)),
            }
            for need in NEEDS:
                row[need] = self.chance.choice(["need", "need", "no_need", "no_need", "not_assessed", None])
            self.files["probation/assessments"].append(row)

    def probation(self, pnc, surname, forename, born, sex) -> tuple[list[str], str | None]:
        if not self.likely(0.75):
            return [], None
        other_name = "Zouch" if self.likely(0.15) else surname
        other_birth = born - timedelta(days=1) if self.likely(0.15) else born
        prison_number = noms(self.next_serial()) if self.likely(0.6) else None
        crns = []
        for _ in range(2 if prison_number and self.likely(0.2) else 1):
            crns.append(crn(self.next_serial()))
            self.files["probation/people"].append(
                {
                    "crn": crns[-1],
                    "pnc_id": pnc if self.likely(0.85) else None,
                    "noms_number": prison_number,
                    "surname": other_name,
                    "forenames": forename,
                    "date_of_birth": other_birth,
                    "sex": sex if sex != "U" or self.likely(0.5) else "M",
                    "ethnicity": None,
                }
            )
            for number in range(1, self.chance.choice([0, 0, 1, 2]) + 1):
                started = min(self.day(), self.beside(self.chance.choice(self.moments), -20, 0, 40))
                breached = self.beside(self.chance.choice(self.moments), 7, 14, 21, 60)
                self.files["probation/supervision"].append(
                    {
                        "crn": crns[-1],
                        "event_number": str(number),
                        "kind": self.chance.choice(["community_order", "licence", "suspended_sentence_order"]),
                        "started_on": started,
                        "ended_on": None if self.likely(0.3) else self.day(first=started),
                        "breach_initiated_on": self.seldom(breached),
                        "breach_hearing_on": self.seldom(self.beside(breached, -3, 0, 21)),
                        "recalled_on": self.beside(breached, -10, 0, 3) if self.likely(0.2) else None,
                    }
                )
        return crns, prison_number

    def custody(self, pnc, crns, prison_number) -> None:
        """Rows that follow by 0 to 3 days, overlap, touch or stay open; each names the person in some way."""
        names = [{"crn": c} for c in crns]
        if prison_number:
            names.append({"noms_number": prison_number})
        if pnc:
            names.append({"pnc_id": pnc})
        if len(names) > 1:
            names.append({**names[0], **names[-1]})
        if not names or self.likely(0.3):
            return
        admitted = self.day()
        if self.sentenced and self.likely(0.5):
            admitted = self.beside(self.chance.choice(self.sentenced), -30, 0, 0)
        seen = set()
        for _ in range(self.chance.choice([1, 1, 2, 3, 4])):
            released = self.day(first=admitted)
            if self.likely(0.3):
                released = max(admitted, self.beside(admitted, 0, 14, 60, 180))
            row = {"crn": None, "pnc_id": None, "noms_number": None, **self.chance.choice(names)}
            row["admitted_on"] = admitted
            row["admission_reason"] = self.chance.choice(
                ["sentenced", "sentenced", "sentenced", "remand", "recall", "fine_default", "other"]
            )
            row["released_on"] = None if self.likely(0.1) else released
            row["release_reason"] = None
            if row["released_on"] is not None:
                row["release_reason"] = self.chance.choice(
                    [
                        *[
                            "sentence_end",
                            "sentence_end",
                            "licence",
                            "licence",
                            "hdc",
                            "bail",
                            "acquitted",
                            "escape",
                            "died",
                        ],
                        *["transfer", "transfer", "transfer", "court", "temporary_absence", "merge"],
                    ]
                )
            # Two rows that start on one day for one reason would be one row sent twice.
            if {(admitted, row["admission_reason"]), (admitted, row["released_on"])} & seen:
                break
            seen |= {(admitted, row["admission_reason"]), (admitted, row["released_on"])}
            self.files["probation/custody"].append(row)
            self.moments.append(released)
            if released >= self.extract_date:
                break
            admitted = released + timedelta(days=self.chance.choice([0, 0, 1, 2, 2, 3, 3, -1, 30]))
            if admitted > self.extract_date:
                break

    def dip(self, pnc, surname, forename, born, sex) -> None:
        if not self.likely(0.45):
            return
        client = f"D{self.next_serial():08d}"
        self.files["dip/people"].append(
            {
                "dip_id": client,
                "initials": "ZZ" if self.likely(0.15) else forename[0] + surname[0],
                "date_of_birth": born - timedelta(days=1) if self.likely(0.15) else born,
                "sex": sex,
                "pnc_id": pnc if self.likely(0.85) else None,
                "consent_to_share": self.chance.choice(["Y", "Y", "Y", None, "N"]),
            }
        )
        seen = set()
        for _ in range(self.chance.choice([1, 2, 3, 4, 6])):
            event = self.chance.choice(
                [
                    *["test", "test", "caseload_start", "caseload_start", "caseload_end"],
                    *["required_assessment", "treatment_start", "treatment_end"],
                ]
            )
            on = self.day()
            if event == "treatment_end" and self.likely(0.6):
                on = self.beside(self.chance.choice(self.moments), 84)
            result = referred = None
            if event == "test":
                result = self.chance.choice(
                    ["positive_opiates", "positive_cocaine", "positive_both", "negative", "negative", None]
                )
            elif event == "required_assessment":
                result = self.chance.choice(["attended", "not_attended", None])
            elif event == "treatment_start":
                self.moments.append(on)
                referred = self.seldom(self.beside(on, -40, -1, 0, 2))
            if (event, on, result) in seen:
                continue
            seen.add((event, on, result))
            row = {"dip_id": client, "event": event, "on": on, "result": result, "referred_on": referred}
            self.files["dip/events"].append(row)
            if event == "caseload_start" and self.likely(0.3) and ("caseload_end", on, None) not in seen:
                seen.add(
                    ("caseload_end", on, None)
                )  # ended on the day it started: the later end is the one that counts
                self.files["dip/events"].append({"dip_id": client, "event": "caseload_end", "on": on, "result": None})


def tiny_world(chance: random.Random, number: int = 1, extract_date: date = EXTRACT_DATES[0]) -> Files:
    """Three to twelve people and one to three schemes, as a dict of file name to rows."""
    maker = Maker(chance, number, extract_date)
    schemes = maker.schemes()
    for _ in range(chance.randint(3, 12)):
        maker.person(schemes)
    return maker.files


# --- many worlds in one folder ---------------------------------------------------------------------------


@dataclass
class Crowd:
    """Many tiny worlds that share an extract date and coverage but not one identifier or scheme."""

    worlds: list[Files]
    extract_date: date
    coverage: dict[str, date] = field(default_factory=dict)
    covered_from: dict[str, date] = field(default_factory=dict)

    @property
    def files(self) -> Files:
        return merged(self.worlds)


def merged(several: list[Files]) -> Files:
    """One extracts folder out of many."""
    files: Files = {name: [] for name in COLUMNS}
    for world in several:
        for name, rows in world.items():
            files[name] += rows
    files["reference/offence_codes"] = [
        {
            "cjs_offence_code": code,
            "title": title,
            "ho_class": ho_class,
            "group": group,
            "acquisitive": "N" if group in NOT_FOR_GAIN else "Y",
            "trigger": "N",
        }
        for code, title, ho_class, group in CODES
    ]
    return files


def crowd(seed: int, number: int) -> Crowd:
    """The given number of tiny worlds; the seed fixes everything, also which coverage ends early."""
    chance = random.Random(seed)
    extract_date = EXTRACT_DATES[seed % len(EXTRACT_DATES)]
    coverage, covered_from = {}, {}
    if seed % 3 == 1:
        coverage[chance.choice(COVERED)] = add_months(extract_date, -1)
        covered_from[chance.choice(KEPT_SINCE)] = add_months(chance.choice(ANCHORS), chance.choice([-24, -17, -12, 0]))
    tiny = [tiny_world(chance, n, extract_date) for n in range(1, number + 1)]
    return Crowd(tiny, extract_date, coverage, covered_from)


def as_sent(files: Files, seed: int) -> Files:
    """The same rows as agencies might send them: in no order, their PNC ids written in several ways."""
    chance = random.Random(seed)
    sent = {}
    for name, rows in files.items():
        sent[name] = [dict(row) for row in rows]
        chance.shuffle(sent[name])
        for row in sent[name]:
            if row.get("pnc_id"):
                row["pnc_id"] = written(row["pnc_id"], chance)
    return sent


def written(pnc: str, chance: random.Random) -> str:
    """1979/0001001X as it is, as 79/1001X, as 79/0001001X or as 19790001001X."""
    year, serial = pnc.split("/")
    return chance.choice([pnc, f"{year[2:]}/{serial.lstrip('0')}", f"{year[2:]}/{serial}", f"{year}{serial}"])


def write(
    files: Files,
    folder: Path,
    extract_date: date,
    coverage: dict[str, date] | None = None,
    covered_from: dict[str, date] | None = None,
) -> Path:
    """Write an extracts folder and return it: every file as csv, ISO dates, empty for None.

    `covered_from` and `coverage` give the first and the last day that a file covers, where the manifest says so.
    """
    for name, columns in COLUMNS.items():
        path = folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns.split(), restval="")
            writer.writeheader()
            for row in files.get(name, []):
                writer.writerow({k: "" if v is None else v for k, v in row.items()})
    lines = [f"extract_date = {extract_date}", "synthetic = true"]
    spans: dict[str, list[str]] = {}
    for word, days in (("from", covered_from), ("to", coverage)):
        for name, day in (days or {}).items():
            spans.setdefault(name, []).append(f"{word} = {day}")
    if spans:
        lines.append("[coverage]")
        lines += [f'"{name}" = {{ {", ".join(span)} }}' for name, span in sorted(spans.items())]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def of_person(files: Files, key: tuple[str, str]) -> Files:
    """The rows of a world that name a person's own identifier, for showing what went wrong."""
    linked = {key[1]}
    for _ in range(3):  # identifiers found through identifiers
        for rows in files.values():
            for row in rows:
                names = {row.get(c) for c in ("pnc_id", "crn", "noms_number", "dip_id")} - {None}
                if names & linked:
                    linked |= names
    found = {}
    for name, rows in files.items():
        columns = ("pnc_id", "crn", "noms_number", "dip_id")
        mine = [row for row in rows if linked & {row.get(column) for column in columns}]
        if mine:
            found[name] = mine
    return found
