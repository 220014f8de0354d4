"""What goes wrong between the agencies: faults put into the files, each one listed, and whom it reaches.

The world underneath stays as it was. A fault changes what is written of it, so the truth still says what happened.
Rates between agencies are those of real extracts; the rest come in small numbers, at least a few of every kind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from etl.sample import identifiers
from etl.sample.dates import iso
from etl.sample.world import EXTRACT

PROBATION_PNC_MISSING = 0.38
PROBATION_PNC_WRONG = 0.036
DIP_PNC_MISSING = 0.885
DIP_PNC_WRONG = 0.02
NAMES_MISSPELT = 0.10
BIRTH_DATES_SWAPPED = 0.03
ADDRESS_ELSEWHERE = 0.30
ADDRESS_NEAR_BY = 0.6
"""How many of those with another address at probation or the drugs programme live within the same postcode area."""
DIP_DISTRICT_MISSING = 0.25
RARE = 0.0004
"""The share of a file's rows that each of the rarer faults falls on."""
FEWEST = 3
"""Rows of each rarer fault in a world of one chunk."""

ACCEPTED, FIELD, QUARANTINED, DUPLICATE, CONFLICT = "accepted", "field", "quarantined", "duplicate", "conflict"
HARMLESS = (
    "another address",
    "no address",
    "short form",
    "other form of date",
    "word for blank",
    "exact duplicate",
    "twin",
    "padded",
    "planned end",
)
"""Faults that must change nothing: people whom only these reach count as untouched."""


@dataclass
class Planted:
    """The faults of one chunk. Rows are places in the chunk's frames until `listed` gives them their lines."""

    found: list[dict[str, Any]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def note(
        self, file: str, row: int, column: str, fault: str, person: int | None, expected: str, other: int | None = None
    ) -> None:
        """List one fault, and the person it reaches unless it must change nothing: whose row it is, and who else."""
        self.found.append(
            {
                "file": file, "row": row, "column": column, "fault": fault, "person": person, "other": other,
                "expected": expected,
            }
        )  # fmt: skip
        if not fault.startswith(HARMLESS):
            self.touched |= {reached for reached in (person, other) if reached is not None}

    def listed(self, first: dict[str, int]) -> list[dict[str, Any]]:
        """Return the faults with the line of each (1 is the first after the header), given each file's first."""
        return [{**fault, "row": fault["row"] + first[fault["file"]]} for fault in self.found]


class Column:
    """One column as words: what was there, and what was written over it. Only the changes take up room."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series.cast(pl.String)
        self._written: dict[int, str | None] = {}
        self._added: list[str | None] = []

    def __getitem__(self, row: int) -> str | None:
        if row >= len(self._series):
            return self._added[row - len(self._series)]
        return self._written[row] if row in self._written else self._series[row]

    def __setitem__(self, row: int, word: str | None) -> None:
        self._written[row] = word

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.series())

    def append(self, word: str | None) -> None:
        """Add a row at the end."""
        self._added.append(word)

    def series(self) -> pl.Series:
        """Return the column as it is to be written."""
        series = self._series
        if self._written:
            rows = sorted(self._written)
            series = series.scatter(rows, pl.Series([self._written[row] for row in rows], dtype=pl.String))
        return pl.concat([series, pl.Series(series.name, self._added, dtype=pl.String)]) if self._added else series


class Sheet:
    """One file's rows as words, to be spoilt."""

    def __init__(self, name: str, frame: pl.DataFrame, planted: Planted, rng: np.random.Generator) -> None:
        self.name = name
        self.person: list[int | None] = frame["person"].to_list()
        self.columns = [column for column in frame.columns if column != "person"]
        self.words = {column: Column(frame[column]) for column in self.columns}
        self.planted = planted
        self.rng = rng
        self._spoilt: set[int] = set()
        self._original = len(self.person)

    def frame(self) -> pl.DataFrame:
        """Return the rows as they are to be written."""
        return pl.DataFrame([self.words[column].series().alias(column) for column in self.columns])

    def some(self, number: int, column: str | None = None, where: Callable[[int], bool] | None = None) -> list[int]:
        """Return rows not yet spoilt, drawn at random, with something in the column and for which `where` holds."""
        chosen: list[int] = []
        if not self._original:
            return chosen
        for row in self.rng.integers(0, self._original, 60 * number + 200).tolist():
            if len(chosen) == number:
                break
            if row in self._spoilt or (column and self.words[column][row] is None) or (where and not where(row)):
                continue
            self._spoilt.add(row)
            chosen.append(row)
        return chosen

    def rare(self) -> int:
        """Return how many rows a rarer fault falls on."""
        return max(FEWEST, round(RARE * self._original)) if self._original else 0

    def put(self, row: int, column: str, word: str | None, fault: str, expected: str, other: int | None = None) -> None:
        """Write a word into a row and list it, with who else than the row's own person it reaches."""
        self.words[column][row] = word
        self.planted.note(self.name, row, column, fault, self.person[row], expected, other)

    def spoil(
        self,
        column: str,
        word: str | Callable[[int], str | None] | None,
        fault: str,
        expected: str,
        where: Callable[[int], bool] | None = None,
        number: int | None = None,
    ) -> None:
        """Write a word into some rows that have something in the column."""
        for row in self.some(self.rare() if number is None else number, column, where):
            self.put(row, column, word(row) if callable(word) else word, fault, expected)

    def add(
        self, row: int, changes: Mapping[str, str | None], column: str, fault: str, expected: str, person: int | None
    ) -> None:
        """Write a row again at the end, changed."""
        for name in self.columns:
            self.words[name].append(changes.get(name, self.words[name][row]))
        self.person.append(person)
        self.planted.note(self.name, len(self.person) - 1, column, fault, person, expected)

    def repeat(self) -> None:
        """Write some rows twice, alike in every column."""
        for row in self.some(self.rare()):
            self.add(row, {}, self.columns[0], "exact duplicate", DUPLICATE, self.person[row])


def plant(
    tables: dict[str, pl.DataFrame], who: pl.DataFrame, seed: int, number: int
) -> tuple[dict[str, pl.DataFrame], Planted]:
    """Return every file of a chunk with its faults, as words, and the list of them."""
    rng = np.random.default_rng([seed, number, 79])
    planted = Planted()
    sheets = {name: Sheet(name, frame, planted, rng) for name, frame in tables.items()}
    born = dict(zip(who["person"].to_list(), who["date_of_birth"].to_list(), strict=True))
    _twins(sheets["police/people"], who)
    _probation_people(sheets["probation/people"], who)
    _dip_people(sheets["dip/people"], who)
    # A stream of its own, so that what it draws moves no other fault.
    homes = np.random.default_rng([seed, number, 81])
    _addresses(sheets["probation/people"], "postcode", who, homes)
    _addresses(sheets["dip/people"], "postcode_district", who, homes, DIP_DISTRICT_MISSING)
    _police_people(sheets["police/people"])
    _offences(sheets["police/offences"], born, seed)
    _register(sheets["police/ppo_register"])
    _custody(sheets["probation/custody"])
    _others(sheets)
    for name in ("police/people", "police/offences", "police/ppo_register", "probation/people", "probation/custody",
                 "probation/supervision", "probation/contacts", "dip/events"):  # fmt: skip
        sheets[name].repeat()
    return {name: sheet.frame() for name, sheet in sheets.items()}, planted


# ── Between the agencies ────────────────────────────────────────────────────────────────────────


def _twins(sheet: Sheet, who: pl.DataFrame) -> None:
    """List those who share a surname and a birthday with somebody: nothing is changed."""
    for row in np.flatnonzero(who["twin"].to_numpy()).tolist():
        sheet.planted.note(sheet.name, row, "surname", "twin", sheet.person[row], ACCEPTED)


def _numbers(sheet: Sheet, who: pl.DataFrame, missing: float, wrong: float) -> None:
    """Leave out or spoil the police numbers that another agency holds."""
    rng, words = sheet.rng, sheet.words["pnc_id"]
    others_pnc, others = who["pnc_id"].to_list(), who["person"].to_list()
    for row, u in enumerate(rng.random(len(sheet.person)).tolist()):
        if words[row] is None:
            continue
        if u < missing:
            sheet.put(row, "pnc_id", None, "police number missing", ACCEPTED)
        elif u < missing + wrong / 2:
            place = int(rng.integers(0, len(others)))
            if others[place] == sheet.person[row]:
                continue
            sheet.put(row, "pnc_id", others_pnc[place], "police number of somebody else", CONFLICT, other=others[place])
        elif u < missing + wrong:
            sheet.put(row, "pnc_id", _wrong_letter(words[row] or ""), "police number with a wrong letter", FIELD)


def _wrong_letter(word: str) -> str:
    """Return an identifier with the next check letter in place of its own."""
    place = identifiers.LETTERS.index(word[-1])
    return word[:-1] + identifiers.LETTERS[(place + 1) % 23]


def _misspelt(word: str, rng: np.random.Generator) -> str:
    """Return a name with two letters swapped, one doubled, one lost or one changed."""
    if len(word) < 3:
        return word + word[-1]
    place = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(0, 4))
    if kind == 0 and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2:
        return word[:place] + word[place + 1 :]
    return word[:place] + ("e" if word[place] != "e" else "a") + word[place + 1 :]


def _swapped(day: str | None) -> str | None:
    """Return a date with day and month swapped, or None where that is no other date."""
    if day is None or day[5:7] == day[8:10] or int(day[8:10]) > 12:
        return None
    return f"{day[:4]}-{day[8:10]}-{day[5:7]}"


def _birth_dates(sheet: Sheet) -> None:
    """Swap day and month of so many birth dates that the share is of all, not of those that can be swapped."""
    can = [row for row, day in enumerate(sheet.words["date_of_birth"]) if _swapped(day)]
    number = min(len(can), round(BIRTH_DATES_SWAPPED * len(sheet.person)))
    for row in sheet.rng.permutation(len(can))[:number].tolist():
        day = _swapped(sheet.words["date_of_birth"][can[row]])
        sheet.put(can[row], "date_of_birth", day, "birth date swapped", ACCEPTED)


def _addresses(sheet: Sheet, column: str, who: pl.DataFrame, rng: np.random.Generator, missing: float = 0.0) -> None:
    """Give some people another address than the police have, since people move and are not asked again.

    Whoever is known by a number is found by it all the same: on its own this changes nothing.
    """
    places = who["postcode" if column == "postcode" else "district"].to_list()
    by_area: dict[str, list[str]] = {}
    for place in places:
        by_area.setdefault(_area(place), []).append(place)
    for row, u in enumerate(rng.random(len(sheet.person)).tolist()):
        here = sheet.words[column][row]
        if here is None:
            continue
        if u < missing:
            sheet.put(row, column, None, "no address", ACCEPTED)
        elif u < missing + ADDRESS_ELSEWHERE:
            near = by_area.get(_area(here), places) if rng.random() < ADDRESS_NEAR_BY else places
            there = near[int(rng.integers(0, len(near)))]
            if there != here:
                sheet.put(row, column, there, "another address", ACCEPTED)


def _area(postcode: str) -> str:
    """Return the letters that a postcode begins with."""
    return postcode[: next(place for place, letter in enumerate(postcode) if letter.isdigit())]


def _probation_people(sheet: Sheet, who: pl.DataFrame) -> None:
    _numbers(sheet, who, PROBATION_PNC_MISSING, PROBATION_PNC_WRONG)
    for row, u in enumerate(sheet.rng.random(len(sheet.person)).tolist()):
        if u < NAMES_MISSPELT:
            column = "surname" if u < NAMES_MISSPELT * 0.6 else "forenames"
            word = _misspelt(sheet.words[column][row] or "", sheet.rng)
            sheet.put(row, column, word, "name misspelt", ACCEPTED)
    _birth_dates(sheet)
    sheet.spoil("noms_number", "A12BCD", "prison number of the wrong form", FIELD)
    sheet.spoil("ethnicity", "Q7", "code that is on no list", FIELD)


def _dip_people(sheet: Sheet, who: pl.DataFrame) -> None:
    _numbers(sheet, who, DIP_PNC_MISSING, DIP_PNC_WRONG)
    _birth_dates(sheet)
    sheet.spoil(
        "initials",
        lambda row: (sheet.words["initials"][row] or "")[::-1],
        "initials swapped",
        ACCEPTED,
        lambda row: (sheet.words["initials"][row] or "")[::-1] != sheet.words["initials"][row],
    )
    sheet.spoil("sex", "X", "code that is on no list", FIELD)


# ── Within a file ───────────────────────────────────────────────────────────────────────────────


def _police_people(sheet: Sheet) -> None:
    words = sheet.words
    sheet.spoil(
        "cro_number", lambda row: _wrong_letter(words["cro_number"][row] or ""), "number with a wrong letter", FIELD
    )
    sheet.spoil("ethnicity_observed", "8", "code that is on no list", FIELD)
    sheet.spoil("ethnicity_self_defined", "ZZ", "code that is on no list", FIELD)
    sheet.spoil("sex", "X", "code that is on no list", FIELD)
    sheet.spoil("date_of_birth", None, "birth date missing", FIELD)
    sheet.spoil(
        "pnc_id", lambda row: _wrong_letter(words["pnc_id"][row] or ""), "number with a wrong letter", QUARANTINED
    )
    sheet.spoil("pnc_id", lambda row: _short_form(words["pnc_id"][row] or ""), "short form of a number", ACCEPTED)
    sheet.spoil("surname", lambda row: f" {words['surname'][row]} ", "padded with blanks", ACCEPTED)
    for row in sheet.some(sheet.rare()):
        surname = words["surname"][row] or ""
        misspelt = _misspelt(surname, sheet.rng)
        # Where nothing else tells two rows apart the greater is kept, so this one is made the lesser.
        change = {"surname": misspelt if misspelt < surname else surname[:-1]}
        sheet.add(row, change, "surname", "near duplicate", QUARANTINED, sheet.person[row])


def _short_form(pnc: str) -> str:
    """Return `03/141595X` for `2003/0141595X`: as the police show it, with leading noughts dropped."""
    year, serial = pnc.split("/")
    return f"{year[2:]}/{serial[:-1].lstrip('0')}{serial[-1]}"


def _short_class(ho_class: str) -> str:
    """Return `28/3` for `028/03`: as a spreadsheet leaves it."""
    return "/".join(part.lstrip("0") or "0" for part in ho_class.split("/"))


def _uk(day: str) -> str:
    return f"{day[8:10]}/{day[5:7]}/{day[:4]}"


def _shifted(day: str, by: int) -> str:
    return str(np.datetime64(day) + np.timedelta64(by, "D"))


def _offences(sheet: Sheet, born: dict[int, Any], seed: int) -> None:
    words = sheet.words

    def convicted(row: int) -> bool:
        return words["outcome"][row] == "convicted"

    sheet.spoil(
        "pnc_id", lambda row: _wrong_letter(words["pnc_id"][row] or ""), "number with a wrong letter", QUARANTINED
    )
    sheet.spoil("pnc_id", None, "no usable identifier", QUARANTINED)
    sheet.spoil("committed_on", None, "no event date", QUARANTINED)
    sheet.spoil("committed_on", "31/02/2009", "date that does not exist", QUARANTINED)
    sheet.spoil("category", "XX", "code that is on no list", QUARANTINED)
    sheet.spoil("recordable", None, "flag missing", QUARANTINED)
    sheet.spoil("outcome", "unsure", "code that is on no list", QUARANTINED)
    sheet.spoil("committed_on", lambda row: _shifted(str(born[sheet.person[row] or 0]), 3200), "under ten", QUARANTINED)
    sheet.spoil(
        "committed_on", lambda row: _shifted(str(born[sheet.person[row] or 0]), -400), "before birth", QUARANTINED
    )
    for row in sheet.some(sheet.rare(), "disposed_on", convicted):
        words["sentenced_on"][row] = None
        sheet.put(row, "disposed_on", None, "conviction without a date", QUARANTINED)
    for row in sheet.some(sheet.rare(), "disposed_on", convicted):
        sheet.put(
            row, "disposed_on", _shifted(words["committed_on"][row] or "", -9), "proved before committed", QUARANTINED
        )

    sheet.spoil(
        "arrested_on", lambda row: _shifted(words["committed_on"][row] or "", -30), "stages out of order", FIELD
    )
    sheet.spoil(
        "sentenced_on", lambda row: _shifted(words["disposed_on"][row] or "", -40), "stages out of order", FIELD,
        lambda row: words["disposed_on"][row] is not None,
    )  # fmt: skip
    sheet.spoil("charged_on", "2009-13-45", "date that does not exist", FIELD)
    sheet.spoil("first_hearing_on", _shifted(iso(EXTRACT), 90), "date after the extract", FIELD, number=FEWEST)
    sheet.spoil("asn", lambda row: _wrong_letter(words["asn"][row] or ""), "number with a wrong letter", FIELD)
    sheet.spoil("ho_class", "28-X", "class of the wrong form", FIELD)
    sheet.spoil("ho_class", lambda row: _short_class(words["ho_class"][row] or ""), "short form of a class", ACCEPTED)
    sheet.spoil("court_type", "ZZ", "code that is on no list", FIELD)
    sheet.spoil("force_code", "99", "code that is on no list", FIELD)
    sheet.spoil("disposal", "prison", "code that is on no list", FIELD)
    sheet.spoil("sentence_days", "six months", "not a number", FIELD)
    sheet.spoil("sentence_days", "-5", "number out of range", FIELD)

    sheet.spoil("committed_on", lambda row: _uk(words["committed_on"][row] or ""), "other form of date", ACCEPTED)
    sheet.spoil("pnc_id", lambda row: _short_form(words["pnc_id"][row] or ""), "short form of a number", ACCEPTED)
    sheet.spoil(
        "pnc_id", lambda row: (words["pnc_id"][row] or "").replace("/", ""), "short form without its slash", ACCEPTED
    )
    for blank in ("NULL", "N/A", "-"):
        for row in sheet.some(sheet.rare(), where=lambda row: words["committed_to"][row] is None):
            sheet.put(row, "committed_to", blank, "word for blank", ACCEPTED)

    for row in sheet.some(sheet.rare(), "disposed_on", convicted):
        earlier = {"disposed_on": words["committed_on"][row], "sentenced_on": words["committed_on"][row]}
        earlier |= dict.fromkeys(("arrested_on", "charged_on", "first_hearing_on", "committed_to"))
        sheet.add(row, earlier, "disposed_on", "near duplicate", QUARANTINED, sheet.person[row])
    nobody = identifiers.pnc_id(np.full(sheet.rare(), 2005), 900 + np.arange(sheet.rare()) + 7 * (seed % 100))
    for place, row in enumerate(sheet.some(sheet.rare())):
        sheet.add(row, {"pnc_id": nobody[place]}, "pnc_id", "unknown person", QUARANTINED, None)


def _register(sheet: Sheet) -> None:
    words = sheet.words
    sheet.spoil(
        "exited_on", lambda row: _shifted(words["adopted_on"][row] or "", -5), "ends before it starts", QUARANTINED
    )
    sheet.spoil("adopted_on", None, "no event date", QUARANTINED)
    sheet.spoil("strand", "resettle", "code that is on no list", QUARANTINED)
    sheet.spoil("scheme_id", "S999", "unknown scheme", QUARANTINED)
    for row in sheet.some(sheet.rare(), where=lambda row: words["exited_on"][row] is None):
        sheet.put(row, "exited_on", _shifted(iso(EXTRACT), 60), "planned end", ACCEPTED)
    sheet.spoil("exit_reason", "gone", "code that is on no list", FIELD)
    sheet.spoil("notified_on", "soon", "date that does not exist", FIELD)
    for row in sheet.some(sheet.rare()):
        begins = _shifted(words["adopted_on"][row] or "", 2)
        sheet.add(row, {"adopted_on": begins, "exited_on": None, "exit_reason": None}, "adopted_on", "overlapping span",
                  QUARANTINED, sheet.person[row])  # fmt: skip


def _custody(sheet: Sheet) -> None:
    words = sheet.words
    for row in sheet.some(sheet.rare()):
        held = [column for column in ("crn", "pnc_id", "noms_number") if words[column][row] is not None]
        for column in held:
            words[column][row] = None
        sheet.planted.note(sheet.name, row, held[0], "no usable identifier", sheet.person[row], QUARANTINED)
    sheet.spoil(
        "released_on", lambda row: _shifted(words["admitted_on"][row] or "", -3), "ends before it starts", QUARANTINED
    )
    sheet.spoil("released_on", "not yet", "date that does not exist", QUARANTINED)
    sheet.spoil("admitted_on", None, "no event date", QUARANTINED)
    sheet.spoil("admission_reason", "arrested", "code that is on no list", FIELD)
    sheet.spoil("release_reason", "sent home", "code that is on no list", FIELD)
    for row in sheet.some(sheet.rare()):
        nobody = {"crn": f"Z{900_000 + row % 99_999}", "pnc_id": None, "noms_number": None}
        sheet.add(row, nobody, "crn", "unknown person", QUARANTINED, None)


def _others(sheets: dict[str, Sheet]) -> None:
    orders = sheets["probation/supervision"]
    words = orders.words
    orders.spoil(
        "ended_on", lambda row: _shifted(words["started_on"][row] or "", -3), "ends before it starts", QUARANTINED
    )
    orders.spoil("started_on", None, "no event date", QUARANTINED)
    orders.spoil("kind", "probation", "code that is on no list", FIELD)
    orders.spoil("breach_hearing_on", "tbc", "date that does not exist", FIELD)
    for row in orders.some(orders.rare()):
        orders.add(row, {"crn": f"Y{900_000 + row % 99_999}"}, "crn", "unknown person", QUARANTINED, None)
    contacts = sheets["probation/contacts"]
    contacts.spoil("on", None, "no event date", QUARANTINED)
    contacts.spoil("kind", "letter", "code that is on no list", FIELD)
    assessments = sheets["probation/assessments"]
    assessments.spoil("ogrs3_one_year", "140", "number out of range", FIELD)
    assessments.spoil("drugs", "perhaps", "code that is on no list", FIELD)
    events = sheets["dip/events"]
    events.spoil("on", None, "no event date", QUARANTINED)
    events.spoil("event", "phone_call", "code that is on no list", QUARANTINED)
    events.spoil("result", "unclear", "code that is on no list", FIELD)
    for row in events.some(events.rare()):
        events.add(row, {"dip_id": f"D9{row % 9_999_999:07d}"}, "dip_id", "unknown person", QUARANTINED, None)
    nominations = sheets["police/nominations"]
    nominations.spoil("reason", "as the last meeting agreed, " * 50, "text that is too long", FIELD)
    nominations.spoil("decision", "perhaps", "code that is on no list", FIELD)


BROKEN = "police/indications"
"""The file that gets records no reader can make a row of."""


def broken_records(line: int) -> tuple[str, list[dict[str, Any]]]:
    """Return records of the wrong shape as text, to stand from a line of the file, and the list of them."""
    records = (
        ("2001/0000001", "record with too few fields"),
        ("2001/0000001,2009-01-01,Y,Y,Y", "record with too many fields"),
        ('2001/"0000001,2009-01-01,Y', "quotation mark astray"),
    )
    text = "".join(f"{record}\n" for record, _ in records)
    return text, [
        {
            "file": BROKEN,
            "row": line + place,
            "column": "pnc_id",
            "fault": fault,
            "person": None,
            "other": None,
            "expected": QUARANTINED,
        }
        for place, (_, fault) in enumerate(records)
    ]
