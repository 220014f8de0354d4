"""Worlds worked by hand: short pipe tables in, extract rows out.

A table names people by a word ("A"); what it leaves out is filled in with the plainest thing that counts, a
recordable theft from a shop, convicted at a magistrates' court, fined. `Hand` keeps the identifiers, so
that a unit can be read back as the word that the table used.
"""

from __future__ import annotations

from datetime import date

from tests import worlds
from tests.tables import table

HEADERS = {
    "people": "person born sex police surname ethnicity",
    "offences": "person committed arrested charged heard proved sentenced outcome disposal days code "
    "category recordable force court",
    "custody": "person in reason out release by",
    "register": "person scheme strand from to exit resident outreach exit_letter",
    "milestones": "person from nominated decided police_flag probation_flag letter visit",
    "nominations": "person scheme nominated decided decision",
    "indications": "person on reliable",
    "supervision": "person kind from to breach hearing recalled",
    "contacts": "person on kind outcome",
    "assessments": "person on plan score accommodation employment education health mental_health drugs alcohol",
    "probation": "record person pnc noms surname born",
    "dip": "client person pnc initials born consent",
    "dip_events": "client event on result referred",
    "schemes": "scheme area force",
}


RECORDED = ("custody", "supervision", "contacts", "assessments")
NAMED = ("offences", "custody", "register", "nominations", "indications", "supervision", "contacts", "assessments")


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Hand:
    """One hand-worked world: pipe tables by name (see HEADERS) and the rows that they stand for in `files`.

    `texts` has them as they were written. `milestones` adds to the row of `register` that a person has from the same
    day. Everybody mentioned has a police
    record unless `people` says `police = no`, and is known to probation when one of
    the tables of RECORDED mentions them or `probation` gives a record.
    """

    def __init__(self, number: int = 9000, **tables: str):
        self.serial = number * 1000
        self.files: worlds.Files = {name: [] for name in worlds.COLUMNS}
        self.texts = tables
        self.tables = {name: table(text) for name, text in tables.items()}
        for name, rows in self.tables.items():
            for row in rows:
                if odd := set(row) - set(HEADERS[name].split()):
                    raise ValueError(f"Table {name} has no column {', '.join(sorted(odd))}")
        self.pnc: dict[str, str] = {}
        self.crn: dict[str, str] = {}
        self.born: dict[str, date] = {}
        self.words: dict[tuple[str, str], str] = {}
        self.people()
        self.probation()
        self.offences()
        self.custody()
        self.register()
        self.dip()
        self.files["reference/offence_codes"] = worlds.merged([])["reference/offence_codes"]

    def rows(self, name: str) -> list[dict]:
        return self.tables.get(name, [])

    def next_serial(self) -> int:
        self.serial += 1
        return self.serial

    def people(self) -> None:
        described = {row["person"]: row for row in self.rows("people")}
        records = {row["record"] for row in self.rows("probation") if row["record"] != row.get("person")}
        for name in (*NAMED, "probation", "dip"):
            for row in self.rows(name):
                if row.get("person") and row["person"] not in described and row["person"] not in records:
                    described[row["person"]] = {}
        for word, row in described.items():
            self.born[word] = day(row.get("born")) or date(1980, 1, 15)
            if row.get("police") == "no":
                continue
            self.pnc[word] = worlds.pnc_id(1999, self.next_serial())
            self.words[("police", self.pnc[word])] = word
            self.files["police/people"].append(
                {
                    "pnc_id": self.pnc[word],
                    "surname": row.get("surname") or "Askham",
                    "forenames": "Ada",
                    "date_of_birth": self.born[word],
                    "sex": row.get("sex") or "M",
                    "ethnicity_observed": row.get("ethnicity") or "1",
                }
            )

    def probation(self) -> None:
        records = list(self.rows("probation"))
        told = {row[name] for row in records for name in ("person", "record") if row.get(name)}
        for name in RECORDED:
            for row in self.rows(name):
                if row["person"] not in told and row.get("by") in (None, "crn"):
                    told.add(row["person"])
                    records.append({"record": row["person"], "person": row["person"], "pnc": "yes"})
        for row in records:
            word = row.get("person")
            number = worlds.crn(self.next_serial())
            self.crn[row["record"]] = number
            self.words[("probation", number)] = row["record"]
            self.files["probation/people"].append(
                {
                    "crn": number,
                    "pnc_id": self.pnc.get(word) if row.get("pnc", "yes") == "yes" else None,
                    "noms_number": row.get("noms"),
                    "surname": row.get("surname") or "Askham",
                    "forenames": "Ada",
                    "date_of_birth": day(row.get("born")) or self.born.get(word, date(1980, 1, 15)),
                    "sex": "M",
                }
            )
        for number, row in enumerate(self.rows("supervision"), 1):
            self.files["probation/supervision"].append(
                {
                    "crn": self.crn[row["person"]],
                    "event_number": str(number),
                    "kind": row.get("kind") or "licence",
                    "started_on": day(row["from"]),
                    "ended_on": day(row.get("to")),
                    "breach_initiated_on": day(row.get("breach")),
                    "breach_hearing_on": day(row.get("hearing")),
                    "recalled_on": day(row.get("recalled")),
                }
            )
        for row in self.rows("contacts"):
            self.files["probation/contacts"].append(
                {
                    "crn": self.crn[row["person"]],
                    "on": day(row["on"]),
                    "kind": row.get("kind") or "office",
                    "outcome": row.get("outcome") or "attended",
                }
            )
        for row in self.rows("assessments"):
            needs = {name: row.get(name) for name in HEADERS["assessments"].split()[4:]}
            self.files["probation/assessments"].append(
                {
                    "crn": self.crn[row["person"]],
                    "assessed_on": day(row["on"]),
                    "ogrs3_one_year": row.get("score"),
                    "sentence_plan_on": day(row.get("plan")),
                    **needs,
                }
            )

    def offences(self) -> None:
        for row in self.rows("offences"):
            outcome = row.get("outcome") or "convicted"
            plain = "fine" if outcome == "convicted" else None
            disposal = plain if row.get("disposal") is None else row["disposal"]
            self.files["police/offences"].append(
                {
                    "pnc_id": self.pnc[row["person"]],
                    "asn": worlds.asn(2009, self.next_serial()),
                    "offence_number": 1,
                    "cjs_offence_code": row.get("code") or "TH68010",
                    "category": row.get("category") or "CE",
                    "recordable": row.get("recordable") or "Y",
                    "committed_on": day(row.get("committed") or row.get("proved") or row.get("sentenced")),
                    "arrested_on": day(row.get("arrested")),
                    "charged_on": day(row.get("charged")),
                    "first_hearing_on": day(row.get("heard")),
                    "disposed_on": day(row.get("proved")),
                    "sentenced_on": day(row.get("sentenced")),
                    "court_type": (row.get("court") or "MC") if outcome == "convicted" else None,
                    "outcome": outcome,
                    "disposal": disposal,
                    "sentence_days": int(row["days"]) if row.get("days") else None,
                    "force_code": row.get("force") or "10",
                }
            )

    def custody(self) -> None:
        for row in self.rows("custody"):
            by = row.get("by") or "crn"
            self.files["probation/custody"].append(
                {
                    "crn": self.crn[row["person"]] if by == "crn" else None,
                    "pnc_id": self.pnc[row["person"]] if by == "pnc" else None,
                    "noms_number": by if by not in ("crn", "pnc") else None,
                    "admitted_on": day(row["in"]),
                    "admission_reason": row.get("reason") or "sentenced",
                    "released_on": day(row.get("out")),
                    "release_reason": row.get("release"),
                }
            )

    def register(self) -> None:
        described = {row["scheme"]: row for row in self.rows("schemes")}
        milestones = {(row["person"], row["from"]): row for row in self.rows("milestones")}
        for row in self.rows("register"):
            described.setdefault(row.get("scheme") or "S1", {})
            reached = milestones.get((row["person"], row["from"]), {})
            self.files["police/ppo_register"].append(
                {
                    "scheme_id": row.get("scheme") or "S1",
                    "pnc_id": self.pnc[row["person"]],
                    "strand": row.get("strand") or "catch_and_convict",
                    "adopted_on": day(row["from"]),
                    "exited_on": day(row.get("to")),
                    "exit_reason": row.get("exit"),
                    "nominated_on": day(reached.get("nominated")),
                    "strand_decided_on": day(reached.get("decided")),
                    "police_flagged_on": day(reached.get("police_flag")),
                    "probation_flagged_on": day(reached.get("probation_flag")),
                    "notified_on": day(reached.get("letter")),
                    "first_home_visit_on": day(reached.get("visit")),
                    "outreach_worker_on": day(row.get("outreach")),
                    "exit_letter_on": day(row.get("exit_letter")),
                    "resident": row.get("resident"),
                }
            )
        for row in self.rows("nominations"):
            self.files["police/nominations"].append(
                {
                    "scheme_id": row.get("scheme") or "S1",
                    "pnc_id": self.pnc[row["person"]],
                    "nominated_on": day(row["nominated"]),
                    "decided_on": day(row.get("decided")),
                    "decision": row.get("decision"),
                }
            )
        for row in self.rows("indications"):
            self.files["police/indications"].append(
                {
                    "pnc_id": self.pnc[row["person"]],
                    "dated_on": day(row["on"]),
                    "reliable": row.get("reliable") or "Y",
                }
            )
        for scheme, row in described.items():
            self.files["reference/schemes"].append(
                {
                    "scheme_id": scheme,
                    "name": scheme,
                    "area": row.get("area") or "North",
                    "force_code": row.get("force") or "10",
                    "opened_on": date(2004, 9, 1),
                }
            )

    def dip(self) -> None:
        clients = {}
        for row in self.rows("dip"):
            word = row.get("person")
            clients[row["client"]] = f"D{self.next_serial():08d}"
            self.words[("dip", clients[row["client"]])] = row["client"]
            self.files["dip/people"].append(
                {
                    "dip_id": clients[row["client"]],
                    "initials": row.get("initials") or "AA",
                    "date_of_birth": day(row.get("born")) or self.born.get(word, date(1980, 1, 15)),
                    "sex": "M",
                    "pnc_id": self.pnc.get(word) if row.get("pnc", "yes") == "yes" else None,
                    "consent_to_share": row.get("consent") or "Y",
                }
            )
        for row in self.rows("dip_events"):
            self.files["dip/events"].append(
                {
                    "dip_id": clients[row["client"]],
                    "event": row["event"],
                    "on": day(row["on"]),
                    "result": row.get("result"),
                    "referred_on": day(row.get("referred")),
                }
            )
