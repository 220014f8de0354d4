"""The truth, worked out by hand for a few made-up lives."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from etl.sample import custody as prison
from etl.sample import offences_list, probation
from etl.sample.careers import (
    CAUTION,
    CONVICTED,
    CROWN,
    CUSTODY,
    DISCHARGE,
    FINE,
    MAGISTRATES,
    NO_COURT,
    NO_DISPOSAL,
    TIC,
)
from etl.sample.courts import FORCES, Offences
from etl.sample.custody import Custody
from etl.sample.dates import NONE, OPEN, add_months, age_on, iso
from etl.sample.dip import CASELOAD_END, CASELOAD_START, NO_RESULT, OPIATES, TEST, DipClients, DipEvents
from etl.sample.make import Chunk
from etl.sample.meetings import Indications, Nominations
from etl.sample.membership import CATCH, DIED, PREVENT, REHABILITATE, STAYS, STEPS, STRAND, Register
from etl.sample.people import People
from etl.sample.probation import NEEDS, Assessments, Contacts, Supervision
from etl.sample.truth import caseload, justice, reoffending
from etl.sample.truth.schemes import NO_SCHEME, PPO_NO, PPO_YES, is_ppo, memberships, scheme_of
from etl.sample.truth.timeline import (
    ELSEWHERE,
    IN_COMMUNITY,
    IN_CUSTODY,
    NO,
    NOT_KNOWN,
    PLACE_NOT_KNOWN,
    YES,
    Timeline,
    spells,
)  # fmt: skip

SHOP = offences_list.INDEX["TH68010"]
BURGLARY = offences_list.INDEX["TH68036"]
BREACH = offences_list.INDEX["CJ03510"]
MET = int(np.flatnonzero(FORCES == "02")[0])
SCOTLAND = int(np.flatnonzero(FORCES == "SC")[0])


def on(text: str | None, blank: int = NONE) -> int:
    return blank if text is None else (date.fromisoformat(text) - date(1970, 1, 1)).days


def column(rows: list[dict[str, Any]], name: str, default: Any) -> np.ndarray:
    return np.array([row.get(name, default) for row in rows])


def world(
    born: list[str],
    offences: list[dict[str, Any]] | None = None,
    held: list[tuple] | None = None,
    orders: list[tuple] | None = None,
    spans: list[tuple] | None = None,
    clients: list[tuple] | None = None,
    events: list[tuple] | None = None,
    seen: list[tuple] | None = None,
    assessed: list[tuple] | None = None,
    asked: list[tuple] | None = None,
) -> Chunk:
    """Return a chunk of a few people, numbered from 0 here and from 1 in the units.

    `seen` has person, day, kind and outcome of appointments; `assessed` person, day and every need; `asked` person,
    scheme, day nominated, day decided and decision.
    """
    number = len(born)
    zeros = np.zeros(number, dtype="int64")
    people = People(
        zeros + 1 + np.arange(number), zeros, zeros, np.array([on(b) for b in born]), zeros, zeros, zeros, zeros,
        zeros + OPEN, zeros, zeros, zeros == 1, zeros, zeros,
    )  # fmt: skip
    rows = [dict(row) for row in offences or []]
    for row in rows:
        for name in ("committed", "arrested", "charged", "hearing", "disposed", "sentenced"):
            row[name] = on(row.get(name))
    numbers = {
        "person": 0, "code": SHOP, "committed": NONE, "committed_to": NONE, "arrested": NONE, "charged": NONE,
        "hearing": NONE, "disposed": NONE, "sentenced": NONE, "court": MAGISTRATES, "outcome": CONVICTED,
        "disposal": FINE, "sentence_days": NONE, "force": MET,
    }  # fmt: skip
    crimes = Offences(
        summons=np.arange(len(rows)),
        number=np.ones(len(rows), dtype="int64"),
        recordable=column(rows, "recordable", True).astype(bool),
        **{name: column(rows, name, default).astype("int64") for name, default in numbers.items()},
    )

    def table(rows: list[tuple] | None, width: int) -> list[np.ndarray]:
        return list(np.array(rows or [], dtype="int64").reshape(-1, width).T)

    inside = [(p, on(a), why, on(b, OPEN), how) for p, a, why, b, how in held or []]
    supervised = [
        (p, 1, k, on(a), on(b, OPEN), 0, *(on(d) for d in (*acts, None, None, None)[:3]))
        for p, k, a, b, *acts in orders or []
    ]
    contacts = Contacts(*table([(p, on(d), kind, how) for p, d, kind, how in seen or []], 4))
    found = table([(p, on(d), *needs) for p, d, *needs in assessed or []], 2 + len(NEEDS))
    blank = np.full(len(found[0]), NONE)
    judged = Assessments(found[0], found[1], blank, np.array(found[2:]).T.reshape(-1, len(NEEDS)), found[1] + 10)
    put = Nominations(*table([(p, s, on(a), on(b), what) for p, s, a, b, what in asked or []], 5))
    members = [(p, s, strand, on(a), on(b, OPEN), why, NONE) for p, s, strand, a, b, why in spans or []]
    register = table(members, 7)
    steps = np.full((len(register[0]), len(STEPS)), NONE)
    person, client = table([(p, c) for p, c, _ in clients or []], 2)
    consents = DipClients(person, client, np.array([consent for *_, consent in clients or []], bool))
    happened = [(p, c, what, on(d), result, NONE) for p, c, what, d, result in events or []]
    return Chunk(
        people, None, crimes, Custody(*table(inside, 5)), Supervision(*table(supervised, 9)),  # type: ignore[arg-type]
        Register(*register, steps, register[0] == register[0], register[0] == register[0]), contacts, judged, consents,  # type: ignore[arg-type]
        DipEvents(*table(happened, 6)), put, Indications(*table([], 2), np.array([], bool)),  # type: ignore[arg-type]
    )  # fmt: skip


def reoffending_units(chunk: Chunk) -> list[dict[str, Any]]:
    return reoffending.units(Timeline(chunk), memberships(chunk.register)).to_dicts()


# ── Dates ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2008-02-29", 12, "2009-02-28"),
        ("2009-08-31", 18, "2011-02-28"),
        ("2007-08-31", 18, "2009-02-28"),
        ("2006-08-31", 18, "2008-02-29"),
        ("2010-01-31", 1, "2010-02-28"),
        ("2011-09-30", -6, "2011-03-30"),
    ],
)
def test_months_are_added_by_the_calendar(start: str, months: int, end: str) -> None:
    assert iso(int(add_months(on(start), months))) == end


@pytest.mark.parametrize(
    ("day", "age"), [("2009-02-28", 16), ("2009-03-01", 17), ("2008-02-28", 15), ("2008-02-29", 16), ("2010-02-28", 17)]
)
def test_born_on_29_february(day: str, age: int) -> None:
    assert age_on(on("1992-02-29"), on(day)) == age


# ── Re-offending ────────────────────────────────────────────────────────────────────────────────


def again(**more: Any) -> int:
    """Return the re-offences of someone fined on 31 August 2009 who has one more offence."""
    index = {"committed": "2009-07-01", "disposed": "2009-08-31"}
    units = reoffending_units(world(["1980-01-01"], [index, more]))
    unit = next(u for u in units if u["period"] == 2009)
    assert iso(unit["date"]) == "2009-08-31"
    return unit["reoffences"]


def test_what_is_a_reoffence() -> None:
    counted = {"committed": "2010-08-31", "disposed": "2011-02-28"}
    assert again(**counted) == 1  # the last day of the year, proved on the last day of eighteen months, clipped
    assert again(**counted | {"committed": "2010-09-01"}) == 0  # a day after the year
    assert again(**counted | {"disposed": "2011-03-01"}) == 0  # a day too late
    assert again(**counted | {"committed": "2009-08-31"}) == 0  # on the day of the index event, not after it
    assert again(**counted | {"committed": "2009-09-01"}) == 1  # the day after
    assert again(**counted | {"outcome": TIC}) == 0
    assert again(**counted | {"recordable": False}) == 0
    assert again(**counted | {"code": BREACH}) == 0  # recordable, and not an offence
    assert again(**counted | {"force": SCOTLAND}) == 0
    assert again(**counted | {"force": len(FORCES) - 1}) == 1  # force not known: taken to be inside
    assert again(**counted | {"outcome": CAUTION, "disposal": NO_DISPOSAL, "court": NO_COURT}) == 1


def test_the_first_index_event_of_each_period_is_the_unit() -> None:
    rows = [
        {"committed": "2008-12-01", "disposed": "2009-03-31"},
        {"committed": "2009-01-01", "disposed": "2009-04-01"},
        {"committed": "2009-02-01", "disposed": "2009-12-01"},
    ]
    units = reoffending_units(world(["1980-01-01"], rows))
    assert [(iso(u["date"]), u["period"]) for u in units] == [("2009-03-31", 2008), ("2009-04-01", 2009)]


def test_custody_before_court_before_caution_before_test() -> None:
    day = "2009-06-01"
    fined = {"committed": "2009-05-01", "disposed": day, "disposal": FINE}
    cautioned = {"committed": "2009-05-01", "disposed": day, "outcome": CAUTION, "disposal": NO_DISPOSAL}
    tested = {"clients": [(0, 0, True)], "events": [(0, 0, TEST, day, OPIATES)]}
    freed = [(0, "2009-01-01", prison.SENTENCED, day, prison.LICENCE)]
    for rows, held, kind in (
        ([fined, cautioned], freed, reoffending.BY_CUSTODY),
        ([fined, cautioned], [], reoffending.BY_COURT),
        ([cautioned], [], reoffending.BY_CAUTION),
        ([], [], reoffending.BY_TEST),
    ):
        units = reoffending_units(world(["1980-01-01"], [dict(r) for r in rows], held, **tested))
        assert [u["index_event"] for u in units] == [kind]


def test_a_day_of_custody_is_no_day_of_court() -> None:
    day = {"committed": "2009-05-01", "disposed": "2009-06-01"}
    assert reoffending_units(world(["1980-01-01"], [day | {"disposal": FINE}, day | {"disposal": CUSTODY}])) == []


@pytest.mark.parametrize(
    ("why_in", "why_out", "counts"),
    [
        (prison.SENTENCED, prison.END, True),
        (prison.SENTENCED, prison.HDC, True),
        (prison.REMAND, prison.END, True),
        (prison.REMAND, prison.BAIL, False),
        (prison.SENTENCED, prison.ESCAPE, False),
        (prison.RECALL, prison.LICENCE, False),
        (prison.FINE_DEFAULT, prison.END, False),
    ],
)
def test_which_releases_are_index_events(why_in: int, why_out: int, counts: bool) -> None:
    held = [(0, "2009-01-01", why_in, "2009-06-01", why_out)]
    assert len(reoffending_units(world(["1980-01-01"], held=held))) == counts


def test_a_client_who_does_not_consent_is_left_out() -> None:
    events = [(0, 0, TEST, "2009-06-01", OPIATES)]
    assert len(reoffending_units(world(["1980-01-01"], clients=[(0, 0, True)], events=events))) == 1
    assert reoffending_units(world(["1980-01-01"], clients=[(0, 0, False)], events=events)) == []


def test_the_group_is_the_principal_offence() -> None:
    day = {"committed": "2009-05-01", "disposed": "2009-06-01", "disposal": CUSTODY}
    rows = [
        day | {"code": SHOP, "sentence_days": 30},
        day | {"code": BURGLARY, "sentence_days": 200},
        {"committed": "2009-06-02", "disposed": "2009-10-01", "disposal": FINE, "code": SHOP},
    ]
    held = [(0, "2009-06-01", prison.SENTENCED, "2009-09-09", prison.END)]
    unit = reoffending_units(world(["1980-01-01"], rows, held))[0]
    assert reoffending.GROUPS[unit["offence_group"]] == "domestic_burglary"


def test_the_principal_of_a_conviction_may_be_one_whose_disposal_nobody_recorded() -> None:
    day = {"committed": "2009-01-01", "disposed": "2009-05-01"}
    criminal_damage = offences_list.INDEX["CD71039"]
    crimes = [
        # No sentence of either is known to have a length: the lower code, CD before TH.
        {**day, "code": SHOP, "disposal": DISCHARGE},
        {**day, "code": criminal_damage, "disposal": NO_DISPOSAL},
    ]
    (unit,) = reoffending_units(world(["1980-01-01"], crimes))
    assert reoffending.GROUPS[unit["offence_group"]] == "criminal_damage"


def test_the_curve_counts_whole_months() -> None:
    rows = [
        {"committed": "2009-07-01", "disposed": "2009-08-31"},
        {"committed": "2009-10-01", "disposed": "2011-09-30"},  # proved on the last day of coverage
    ]
    unit = reoffending_units(world(["1980-01-01"], rows))[0]
    # 31 August + 1 month is 30 September: 1 October is in the second month.
    assert (unit["event"], unit["time_days"], unit["exit_month"], unit["counted"]) == (1, 31, 2, True)
    rows[1] = {"committed": "2009-10-01", "disposed": "2011-10-01"}
    rows[0] = {"committed": "2009-07-01", "disposed": "2009-08-31"}
    unit = reoffending_units(world(["1980-01-01"], rows))[0]
    # Watched to 30 March 2011: eighteen whole months, to 28 February, and not a nineteenth.
    assert (unit["event"], unit["exit_month"], unit["counted"]) == (0, 18, False)


# ── Custody, place and supervision ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("back", "number"), [("2009-02-01", 1), ("2009-02-03", 1), ("2009-02-04", 2), ("2009-01-31", 1)]
)
def test_movements_within_two_days_are_one_spell(back: str, number: int) -> None:
    held = [
        (0, "2009-01-01", prison.REMAND, "2009-02-01", prison.COURT),
        (0, back, prison.SENTENCED, "2009-05-01", prison.END),
    ]
    found = spells(world(["1980-01-01"], held=held).custody)
    assert len(found.person) == number
    assert found.why_in[-1] == prison.SENTENCED
    assert iso(found.released[-1]) == "2009-05-01"


def test_release_and_admission_on_one_day_are_two_spells() -> None:
    held = [
        (0, "2009-01-01", prison.SENTENCED, "2009-02-01", prison.LICENCE),
        (0, "2009-02-01", prison.RECALL, "2009-03-01", prison.END),
    ]
    assert len(spells(world(["1980-01-01"], held=held).custody).person) == 2


def test_place() -> None:
    held = [
        (0, "2009-01-01", prison.SENTENCED, "2009-02-01", prison.ESCAPE),
        (0, "2009-03-01", prison.OTHER, "2009-04-01", prison.END),
        (1, "2009-01-01", prison.SENTENCED, "2009-02-01", prison.DIED),
    ]
    spans = [(2, 0, CATCH, "2008-01-01", "2009-02-01", DIED)]
    orders = [(3, probation.COMMUNITY_ORDER, "2009-01-01", "2009-02-01")]
    line = Timeline(world(["1980-01-01"] * 5, held=held, spans=spans, orders=orders))
    for person, day, place in (
        (0, "2008-12-31", IN_COMMUNITY), (0, "2009-01-01", IN_CUSTODY), (0, "2009-01-31", IN_CUSTODY),
        (0, "2009-02-01", ELSEWHERE), (0, "2009-02-28", ELSEWHERE), (0, "2009-03-01", IN_CUSTODY),
        (0, "2009-04-01", IN_COMMUNITY), (1, "2009-02-01", ELSEWHERE), (1, "2011-01-01", ELSEWHERE),
        (2, "2009-01-31", PLACE_NOT_KNOWN), (2, "2009-02-01", ELSEWHERE), (3, "2010-01-01", IN_COMMUNITY),
        (4, "2009-01-01", PLACE_NOT_KNOWN),
    ):  # fmt: skip
        assert line.place(np.array([person]), np.array([on(day)]))[0] == place, (person, day)


def test_statutory() -> None:
    rows = [
        {"person": 1, "committed": "2008-11-01", "disposed": "2009-01-01", "disposal": CUSTODY, "sentence_days": 365},
        {"person": 2, "committed": "2008-11-01", "disposed": "2009-01-01", "disposal": CUSTODY, "sentence_days": 364},
        {"person": 3, "committed": "2008-01-01", "disposed": "2008-02-01", "disposal": CUSTODY, "sentence_days": 365},
    ]
    held = [(p, "2009-01-01", prison.SENTENCED, "2009-07-01", prison.END) for p in (1, 2)]
    held.append((3, "2008-02-01", prison.SENTENCED, "2009-07-01", prison.END))
    orders = [(0, probation.COMMUNITY_ORDER, "2009-01-01", "2009-02-01")]
    line = Timeline(world(["1980-01-01"] * 4, rows, held, orders))
    for person, day, answer in (
        (0, "2008-12-31", NO), (0, "2009-01-01", YES), (0, "2009-02-01", YES),  # the last day is in
        (0, "2009-02-02", NO), (1, "2009-01-01", YES), (1, "2009-06-30", YES), (1, "2009-07-01", NOT_KNOWN),
        (2, "2009-02-01", NOT_KNOWN),  # a day short of a year
        (3, "2009-01-30", NOT_KNOWN),  # 365 days from 1 February of a leap year end before the anniversary
    ):  # fmt: skip
        assert line.statutory(np.array([person]), np.array([on(day)]))[0] == answer, (person, day)


def test_in_dip() -> None:
    events = [
        (0, 0, CASELOAD_START, "2009-01-01", NO_RESULT),
        (0, 0, CASELOAD_END, "2009-01-01", NO_RESULT),  # not after the start: it ends nothing
        (0, 0, CASELOAD_END, "2009-02-01", NO_RESULT),
        (1, 0, CASELOAD_START, "2009-01-01", NO_RESULT),
    ]
    line = Timeline(world(["1980-01-01", "1991-06-01"], clients=[(0, 0, True), (1, 0, True)], events=events))
    for person, day, answer in (
        (0, "2008-12-31", NO), (0, "2009-01-01", YES), (0, "2009-01-31", YES), (0, "2009-02-01", NO),
        (1, "2009-05-31", NO), (1, "2009-06-01", YES),  # adults only
    ):  # fmt: skip
        assert line.in_dip(np.array([person]), np.array([on(day)]))[0] == answer, (person, day)


# ── Schemes ─────────────────────────────────────────────────────────────────────────────────────

SPANS = [
    (0, 1, CATCH, "2008-01-01", "2008-06-01", STRAND),
    (0, 1, REHABILITATE, "2008-06-01", "2009-01-01", STAYS),
    (0, 1, CATCH, "2009-01-02", "2009-03-01", STAYS),
    (0, 0, CATCH, "2008-05-01", "2009-02-01", STAYS),
]


def test_strand_moves_are_one_membership_and_a_day_out_makes_two() -> None:
    mine = memberships(world(["1980-01-01"], spans=SPANS).register)[0]
    found = [(m.scheme, iso(m.adopted), iso(m.end), len(m.spans)) for m in mine]
    assert found == [
        (0, "2008-05-01", "2009-02-01", 1),
        (1, "2008-01-01", "2009-01-01", 2),
        (1, "2009-01-02", "2009-03-01", 1),
    ]


@pytest.mark.parametrize(
    ("day", "scheme", "strand"),
    [
        ("2008-02-01", 1, CATCH),
        ("2008-07-01", 0, CATCH),  # both open: the later adoption, whatever the strand's own start
        ("2009-01-15", 1, CATCH),
        ("2009-03-01", NO_SCHEME, 3),
        ("2007-12-01", 1, CATCH),  # none yet: the first that starts later in the window
    ],
)
def test_scheme_of_a_date(day: str, scheme: int, strand: int) -> None:
    mine = memberships(world(["1980-01-01"], spans=SPANS).register)[0]
    assert scheme_of(mine, on(day), on("2007-04-01"), on("2010-04-01")) == (scheme, strand)


def test_ppo_is_an_overlap_outside_prevent_and_deter() -> None:
    spans = [(0, 0, PREVENT, "2008-01-01", "2009-01-01", STRAND), (0, 0, CATCH, "2009-01-01", "2009-03-31", STAYS)]
    mine = memberships(world(["1992-01-01"], spans=spans).register)[0]
    assert is_ppo(mine, on("2008-04-01"), on("2009-04-01")) == PPO_YES
    assert is_ppo(mine, on("2007-04-01"), on("2008-04-01")) == PPO_NO
    assert is_ppo(mine, on("2009-03-31"), on("2010-04-01")) == PPO_NO  # the first day out is out


def test_month_ends_and_days() -> None:
    held = [(0, "2008-12-01", prison.SENTENCED, "2009-01-31", prison.END)]
    chunk = world(["1980-01-01"], spans=SPANS, held=held)
    line, members = Timeline(chunk), memberships(chunk.register)
    ends = caseload.month_end_units(line, members)
    january = ends.filter(pl.col("date") == on("2009-01-31")).sort("scheme").to_dicts()
    assert [(u["scheme"], u["main"], u["numerator"], u["denominator"]) for u in january] == [
        (0, False, 0, 1),
        (1, True, 0, 1),
    ]
    assert ends.filter(pl.col("date") == on("2009-02-28")).height == 1
    days = caseload.day_units(line, members).filter(pl.col("period") == 2008).sort("scheme", "main").to_dicts()
    found = [(u["scheme"], u["main"], u["numerator"], u["denominator"]) for u in days]
    assert found == [
        (0, False, 29, 30),  # 2 to 31 January, when the other scheme has adopted since
        (0, True, 32, 246),  # 1 May to 1 January
        (1, False, 31, 245),  # 1 May to 31 December
        (1, True, 29, 30 + 28 + 30),  # April; 2 January to the end of February
    ]


# ── Justice ─────────────────────────────────────────────────────────────────────────────────────


def test_an_occasion_takes_the_earliest_of_each_stage() -> None:
    first = {
        "committed": "2009-01-10", "arrested": "2009-01-12", "charged": "2009-01-12", "hearing": "2009-02-01",
        "disposed": "2009-02-20", "sentenced": "2009-03-01",
    }  # fmt: skip
    second = first | {"committed": "2009-01-05", "arrested": "2009-01-20", "court": CROWN, "disposal": DISCHARGE}
    untold = {"committed": "2008-12-01", "disposed": "2009-04-01"}
    chunk = world(["1980-01-01"], [first, second, untold])
    units = justice.units(Timeline(chunk), memberships(chunk.register)).to_dicts()
    assert [iso(u["date"]) for u in units] == ["2009-03-01", "2009-04-01"]
    known, blank = units
    assert {name: known[name] for name in justice.INTERVALS} == {
        "offence_to_sentence_days": 55,
        "offence_to_arrest_days": 7,
        "arrest_to_sentence_days": 48,
        "arrest_to_charge_days": 0,
        "charge_to_first_hearing_days": 20,
        "first_hearing_to_sentence_days": 28,
    }
    assert justice.COURT_TYPES[known["court_type"]] == "crown"
    assert blank["offence_to_sentence_days"] == 121  # sentenced on the day of the finding
    assert blank["arrest_to_sentence_days"] is None
    assert (blank["scheme"], blank["ppo"]) == (-2, 2)  # without an arrest there is nothing to tell it by


@pytest.mark.parametrize(("committed", "days"), [("1999-03-01", 3653), ("1999-02-28", None)])
def test_over_ten_years_is_left_out(committed: str, days: int | None) -> None:
    chunk = world(["1970-01-01"], [{"committed": committed, "disposed": "2009-03-01"}])
    assert justice.units(Timeline(chunk), {})["offence_to_sentence_days"].to_list() == [days]
