"""The extracts folder: the rows of each agency's files, under that agency's own numbers for people."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from etl.sample import careers, custody, dip, identifiers, meetings, membership, names, probation
from etl.sample.courts import FORCES
from etl.sample.dates import NONE, OPEN, Days
from etl.sample.make import Chunk
from etl.sample.offences_list import CODES
from etl.sample.people import OBSERVED, SELF_DEFINED, SEXES
from etl.sample.world import FORCE_CODES, Scale, Schemes

FILES = (
    "police/people", "police/offences", "police/ppo_register", "police/nominations", "police/indications",
    "probation/people", "probation/supervision", "probation/custody", "probation/contacts", "probation/assessments",
    "dip/people", "dip/events",
)  # fmt: skip
_POSTCODES = np.array(
    ["SE", "CA", "PR", "L", "M", "CH", "NE", "DH", "YO", "LS", "S", "HU", "TS", "B", "ST", "WR", "CV", "DE", "NG",
     "LN", "LE", "NN", "CB", "NR", "IP", "LU", "AL", "CM", "OX", "SO", "GU", "ME", "BN", "EX", "BS", "GL", "SN", "BH",
     "LL", "NP", "CF", "SA"]
)  # fmt: skip
CHUNK_NUMBERS = 10_000_000
"""Arrests are numbered within a chunk; each chunk has so many numbers to itself."""


def dates(days: Days) -> pl.Series:
    """Return days as dates, blank where there is none or it has not come."""
    blank = (days == NONE) | (days == OPEN)
    return pl.Series(np.where(blank, 0, days).astype("int32")).cast(pl.Date).set(pl.Series(blank), None)


def _text(values: np.ndarray, places: Days) -> pl.Series:
    """Return the words at some places of a list, blank for the empty one."""
    return pl.Series(values).gather(pl.Series(places)).replace("", None)


def _numbers(values: Days) -> pl.Series:
    return pl.Series(values).set(pl.Series(values == NONE), None)


def identities(chunk: Chunk, scale: Scale, seed: int, number: int) -> pl.DataFrame:
    """Return names and every agency's numbers for the people of a chunk.

    Nothing here bears on any figure: it is what linking has to find its way through. The prison number is only
    given to those probation knows. Of a world that outgrows a nation's numbers, some have no CRO number.
    """
    people = chunk.people
    size = len(people)
    rng = np.random.default_rng([seed, number, 77])
    female = people.sex == 1
    year = np.maximum(1970 + (people.entry // 365.2425).astype("int64"), 1970)
    order = np.lexsort((np.arange(size), year))
    rank = np.empty(size, dtype="int64")
    first = np.searchsorted(year[order], year[order])
    rank[order] = np.arange(size) - first
    if scale.outgrows:
        serial = identifiers.pnc_serial_in_year(number, scale.chunks, rank, seed)
    else:
        serial = identifiers.pnc_serial(people.number, seed)
    cro_serial = identifiers.cro_serial(number, scale.chunks, rank)
    cro, small = identifiers.cro_number(year, cro_serial), identifiers.cro_small_file(year, cro_serial)
    case, second_case = identifiers.case_numbers(people.number, scale.outgrows)
    u = rng.random(size)
    area = _POSTCODES[people.force]
    district = pl.Series(area) + pl.Series(rng.integers(1, 29, size)).cast(pl.String)
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
    unit = pl.Series(rng.integers(1, 10, size)).cast(pl.String) + pl.Series(letters[rng.integers(0, 20, size)])
    unit = unit + pl.Series(letters[rng.integers(0, 20, size)])
    known_to_probation = np.zeros(size, dtype=bool)
    known_to_probation[chunk.supervision.person] = True
    imprisoned = np.zeros(size, dtype=bool)
    imprisoned[chunk.custody.person] = True
    # One person in fifty was given a second case number, and their later orders are under it.
    twice = known_to_probation & (people.number % 50 == 11)
    frame = pl.DataFrame(
        {
            "person": people.number,
            "pnc_id": identifiers.pnc_id(year, serial),
            "cro_number": pl.Series(np.where(cro_serial == 0, 2, np.where(u < 0.8, 0, np.where(u < 0.85, 1, 2)))),
            "_cro": cro,
            "_small": small,
            "surname": names.surnames(rng, size),
            "forenames": names.forenames(rng, female),
            "date_of_birth": dates(people.born),
            "sex": _text(SEXES, people.sex),
            "ethnicity_observed": _text(OBSERVED, people.observed),
            "ethnicity_self_defined": _text(SELF_DEFINED, people.self_defined),
            "district": district,
            "postcode": district + " " + unit,
            "crn": identifiers.crn(case),
            "second_crn": identifiers.crn(second_case),
            "noms_number": identifiers.noms_number(people.number * 7 + 1_000_003),
            "known_to_probation": known_to_probation,
            "imprisoned": imprisoned,
            "twice": twice,
        }
    )
    frame = frame.with_columns(
        pl.when(pl.col("cro_number") == 0)
        .then("_cro")
        .when(pl.col("cro_number") == 1)
        .then("_small")
        .alias("cro_number"),
        pl.when("known_to_probation").then("crn").alias("crn"),
        pl.when("twice").then("second_crn").alias("second_crn"),
        pl.when(pl.col("known_to_probation") & pl.col("imprisoned")).then("noms_number").alias("noms_number"),
    ).drop("_cro", "_small")
    return _twins(frame, rng)


def _twins(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the people with one in three hundred given the surname of another born on the same day."""
    table = frame.with_row_index("_at").select("_at", "date_of_birth", "surname")
    shared = table.filter(pl.len().over("date_of_birth") > 1).sort("date_of_birth", "_at")
    chosen = shared.with_columns(pl.col("surname").shift(1).over("date_of_birth").alias("other")).drop_nulls("other")
    chosen = chosen.filter(
        pl.Series(rng.random(chosen.height) < max(0.003 * frame.height / max(chosen.height, 1), 0.0))
    )
    change = dict(zip(chosen["_at"].to_list(), chosen["other"].to_list(), strict=True))
    surname = frame["surname"].to_list()
    twin = [False] * frame.height
    for place, name in change.items():
        surname[place], twin[place] = name, True
    return frame.with_columns(pl.Series("surname", surname), pl.Series("twin", twin))


def tables(chunk: Chunk, who: pl.DataFrame, schemes: Schemes, number: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return every file's rows for one chunk, each with the person it is about in a column `person`."""
    rng = np.random.default_rng([seed, number, 78])
    out = {
        "police/people": who.select(
            "person", "pnc_id", "cro_number", "surname", "forenames", "date_of_birth", "sex", "ethnicity_observed",
            "ethnicity_self_defined", "postcode",
        ),
        "police/offences": _offences(chunk, who, number),
        "police/ppo_register": _register(chunk, who, schemes),
        "police/nominations": _nominations(chunk, who, schemes),
        "police/indications": _indications(chunk, who),
        "probation/people": _probation_people(who),
    }  # fmt: skip
    out |= _probation(chunk, who, rng)
    out |= _dip(chunk, who)
    return out


def _at(who: pl.DataFrame, column: str, person: Days) -> pl.Series:
    return who[column].gather(pl.Series(person))


def _offences(chunk: Chunk, who: pl.DataFrame, number: int) -> pl.DataFrame:
    crimes = chunk.offences
    started = np.where(crimes.arrested == NONE, crimes.committed, crimes.arrested)
    # All offences of an arrest carry one number, so its year is that of the first of them.
    _, first, which = np.unique(crimes.summons, return_index=True, return_inverse=True)
    year = 1970 + (started[first][which] // 365.2425).astype("int64")
    home = chunk.people.force[crimes.person]
    unit = np.array(["ZD", "AA", "B1", "C2", "KL", "NN"])[home % 6]
    codes = np.array([c.cjs_offence_code for c in CODES])
    return pl.DataFrame(
        {
            "person": _at(who, "person", crimes.person),
            "pnc_id": _at(who, "pnc_id", crimes.person),
            "asn": identifiers.asn(
                year, pl.Series(FORCE_CODES[home]), pl.Series(unit), number * CHUNK_NUMBERS + crimes.summons + 1
            ),
            "offence_number": crimes.number,
            "cjs_offence_code": pl.Series(codes[crimes.code]),
            "ho_class": pl.Series(np.array([c.ho_class for c in CODES])[crimes.code]),
            "category": pl.Series(np.array([c.category for c in CODES])[crimes.code]),
            "recordable": pl.Series(np.where(crimes.recordable, "Y", "N")),
            "committed_on": dates(crimes.committed),
            "committed_to": dates(crimes.committed_to),
            "arrested_on": dates(crimes.arrested),
            "charged_on": dates(crimes.charged),
            "first_hearing_on": dates(crimes.hearing),
            "disposed_on": dates(crimes.disposed),
            "sentenced_on": dates(crimes.sentenced),
            "court_type": _text(careers.COURTS, crimes.court),
            "outcome": _text(careers.OUTCOMES, crimes.outcome),
            "disposal": _text(careers.DISPOSALS, crimes.disposal),
            "sentence_days": _numbers(crimes.sentence_days),
            "force_code": _text(FORCES, crimes.force),
        }
    )


def _register(chunk: Chunk, who: pl.DataFrame, schemes: Schemes) -> pl.DataFrame:
    spans = chunk.register
    steps = {name: dates(spans.steps[:, place]) for place, (name, _, _) in enumerate(membership.STEPS)}
    user = chunk.people.drug_user[spans.person]
    return pl.DataFrame(
        {
            "person": _at(who, "person", spans.person),
            "scheme_id": pl.Series(schemes.scheme_id[spans.scheme]),
            "pnc_id": _at(who, "pnc_id", spans.person),
            "strand": _text(membership.STRANDS, spans.strand),
            "nominated_on": steps["nominated"],
            "adopted_on": dates(spans.adopted),
            "strand_decided_on": steps["strand_decided"],
            "police_flagged_on": steps["police_flagged"],
            "probation_flagged_on": steps["probation_flagged"],
            "notified_on": steps["notified"],
            "first_home_visit_on": steps["first_home_visit"],
            "outreach_worker_on": steps["outreach_worker"],
            "exit_letter_on": dates(spans.exit_letter),
            "exited_on": dates(spans.exited),
            "exit_reason": _text(membership.EXIT_REASONS, spans.reason),
            "substance_motivated": pl.Series(np.where(user, "Y", "N")),
            "resident": pl.Series(np.where(spans.resident, "Y", "N")),
        }
    )


def _nominations(chunk: Chunk, who: pl.DataFrame, schemes: Schemes) -> pl.DataFrame:
    asked = chunk.nominations
    return pl.DataFrame(
        {
            "person": _at(who, "person", asked.person),
            "scheme_id": pl.Series(schemes.scheme_id[asked.scheme]),
            "pnc_id": _at(who, "pnc_id", asked.person),
            "nominated_on": dates(asked.nominated),
            "decided_on": dates(asked.decided),
            "decision": _text(meetings.DECISIONS, asked.decision),
            "reason": _text(meetings.REASONS, asked.decision),
        }
    )


def _indications(chunk: Chunk, who: pl.DataFrame) -> pl.DataFrame:
    items = chunk.indications
    return pl.DataFrame(
        {
            "person": _at(who, "person", items.person),
            "pnc_id": _at(who, "pnc_id", items.person),
            "dated_on": dates(items.dated),
            "reliable": pl.Series(np.where(items.reliable, "Y", "N")),
        }
    )


def _probation_people(who: pl.DataFrame) -> pl.DataFrame:
    known = who.filter("known_to_probation")
    both = pl.concat([known, known.filter("twice").with_columns(pl.col("second_crn").alias("crn"))])
    return both.sort("person", "crn").select(
        "person", "crn", "pnc_id", "noms_number", "surname", "forenames", "date_of_birth", "sex",
        pl.col("ethnicity_self_defined").alias("ethnicity"), "postcode",
    )  # fmt: skip


def _probation(chunk: Chunk, who: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    orders, held = chunk.supervision, chunk.custody
    second = _at(who, "twice", orders.person).to_numpy() & (orders.number % 2 == 0)
    crn = pl.select(
        pl.when(pl.Series(second)).then(_at(who, "second_crn", orders.person)).otherwise(_at(who, "crn", orders.person))
    ).to_series()
    supervision = pl.DataFrame(
        {
            "person": _at(who, "person", orders.person),
            "crn": crn,
            "event_number": orders.number,
            "kind": _text(probation.KINDS, orders.kind),
            "started_on": dates(orders.started),
            "ended_on": dates(orders.ended),
            "end_reason": _text(probation.END_REASONS, orders.end_reason),
            "breach_initiated_on": dates(orders.breach),
            "breach_hearing_on": dates(orders.hearing),
            "recalled_on": dates(orders.recalled),
        }
    )
    # Prisons know people by their prison number, by probation's number, or only by the police's.
    u = rng.random(len(held))
    movements = pl.DataFrame(
        {
            "person": _at(who, "person", held.person),
            "crn": _at(who, "crn", held.person),
            "pnc_id": _at(who, "pnc_id", held.person),
            "noms_number": _at(who, "noms_number", held.person),
            "u": u,
            "admitted_on": dates(held.admitted),
            "admission_reason": _text(custody.REASONS_IN, held.why_in),
            "released_on": dates(held.released),
            "release_reason": _text(custody.REASONS_OUT, held.why_out),
        }
    )
    unknown = pl.col("crn").is_null()
    movements = movements.with_columns(
        pl.when(unknown | (pl.col("u") < 0.5)).then("pnc_id").alias("pnc_id"),
        pl.when(pl.col("u") < 0.85).then("noms_number").alias("noms_number"),
        pl.when((pl.col("u") < 0.15) | (pl.col("u") > 0.3)).then("crn").alias("crn"),
    ).drop("u")
    seen, assessed = chunk.contacts, chunk.assessments
    contacts = pl.DataFrame(
        {
            "person": _at(who, "person", seen.person),
            "crn": _at(who, "crn", seen.person),
            "on": dates(seen.on),
            "kind": _text(probation.CONTACT_KINDS, seen.kind),
            "outcome": _text(probation.CONTACT_OUTCOMES, seen.outcome),
        }
    )
    assessments = pl.DataFrame(
        {
            "person": _at(who, "person", assessed.person),
            "crn": _at(who, "crn", assessed.person),
            "assessed_on": dates(assessed.on),
            "ogrs3_one_year": assessed.score,
            **{need: _text(probation.NEED_VALUES, assessed.needs[:, k]) for k, need in enumerate(probation.NEEDS)},
            "sentence_plan_on": dates(assessed.plan),
        }
    )
    return {
        "probation/supervision": supervision,
        "probation/custody": movements,
        "probation/contacts": contacts,
        "probation/assessments": assessments,
    }


def dip_numbers(person: Days, client: Days) -> pl.Series:
    """Return each client record's number."""
    return identifiers.dip_id(person * 2 + client)


def _dip(chunk: Chunk, who: pl.DataFrame) -> dict[str, pl.DataFrame]:
    clients, events = chunk.dip_clients, chunk.dip_events
    initials = _at(who, "forenames", clients.person).str.slice(0, 1) + _at(who, "surname", clients.person).str.slice(
        0, 1
    )
    people = pl.DataFrame(
        {
            "person": _at(who, "person", clients.person),
            "dip_id": dip_numbers(_at(who, "person", clients.person).to_numpy(), clients.client),
            "initials": initials,
            "date_of_birth": _at(who, "date_of_birth", clients.person),
            "sex": _at(who, "sex", clients.person),
            "postcode_district": _at(who, "district", clients.person),
            "dat_code": "D" + pl.Series(chunk.people.force[clients.person] + 10).cast(pl.String) + "A",
            "pnc_id": _at(who, "pnc_id", clients.person),
            "consent_to_share": pl.Series(np.where(clients.consents, "Y", "N")),
        }
    )
    happened = pl.DataFrame(
        {
            "person": _at(who, "person", events.person),
            "dip_id": dip_numbers(_at(who, "person", events.person).to_numpy(), events.client),
            "event": _text(dip.EVENTS, events.event),
            "on": dates(events.on),
            "result": _text(dip.RESULTS, events.result),
            "referred_on": dates(events.referred),
        }
    )
    return {"dip/people": people, "dip/events": happened}


@dataclass(frozen=True)
class Form:
    """How a file is written: its encoding, what stands between values, its dates, and how its header reads."""

    encoding: str = "utf-8"
    separator: str = ","
    uk_dates: bool = False
    header: Callable[[str], str] = str
    extra: str | None = None


PLAIN = Form()
AS_SENT = {
    "police/ppo_register": Form(header=lambda name: name.replace("_", " ").title()),
    "probation/people": Form(encoding="cp1252", separator=";"),
    "probation/custody": Form(uk_dates=True),
    "probation/contacts": Form(encoding="utf-8-sig", extra="Officer"),
    "dip/people": Form(encoding="utf-16", separator="\t"),
}
"""The forms in which the agencies of a world with faults send their files; the others are plain."""


class Folder:
    """An extracts folder being written: files grow chunk by chunk, and each row's line is known."""

    def __init__(self, out: Path, forms: dict[str, Form]) -> None:
        self.out = out
        self.forms = forms
        self.lines: dict[str, int] = {}

    def next_lines(self) -> dict[str, int]:
        """Return, for each file, the line (1 is the first after the header) of the next row written to it."""
        return {name: self.lines.get(name, 0) + 1 for name in FILES}

    def append(self, name: str, frame: pl.DataFrame) -> None:
        """Add rows to a file, with the header when they are its first."""
        path, form = self.out / f"{name}.csv", self.forms.get(name, PLAIN)
        path.parent.mkdir(parents=True, exist_ok=True)
        first = name not in self.lines
        self.lines[name] = self.lines.get(name, 0) + frame.height
        if form.uk_dates:
            day = r"^(\d{4})-(\d{2})-(\d{2})$"
            frame = frame.with_columns(
                pl.col(c).cast(pl.String).str.replace(day, "$3/$2/$1") for c in frame.columns if c.endswith("_on")
            )
        if form.extra:
            frame = frame.with_columns(pl.lit("").alias(form.extra))
        frame = frame.rename({column: form.header(column) for column in frame.columns})
        with path.open("wb" if first else "ab") as file:
            if form.encoding == "utf-8":
                frame.write_csv(file, include_header=first, separator=form.separator)
                return
            text = frame.write_csv(include_header=first, separator=form.separator)
            # Only the first piece of a file may carry a byte-order mark.
            later = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(form.encoding, form.encoding)
            mark = {"utf-16": b"\xff\xfe", "utf-8-sig": b"\xef\xbb\xbf"}.get(form.encoding, b"") if first else b""
            file.write(mark + text.encode(later))

    def append_text(self, name: str, text: str) -> None:
        """Add lines to a file just as they are."""
        with (self.out / f"{name}.csv").open("ab") as file:
            file.write(text.encode())
        self.lines[name] += text.count("\n")
