"""Which offences each case was made of, and what became of each of them: the rows of the national computer."""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample import careers, offences_list
from etl.sample.careers import ACQUITTED, CONVICTED, CUSTODY, DISCONTINUED, NO_COURT, NO_DISPOSAL, PENDING, TIC, Cases
from etl.sample.dates import NONE, Days, add_months
from etl.sample.people import DETER, ORDINARY, PROLIFIC, People
from etl.sample.world import ELSEWHERE_FORCES, EXTRACT, FORCE_CODES, TRANSPORT_POLICE

FORCES = np.concatenate([FORCE_CODES, [TRANSPORT_POLICE], ELSEWHERE_FORCES, [""]])
"""Every force a row may name: England and Wales first, then the three from outside, then none."""
_TRANSPORT = len(FORCE_CODES)
_OUTSIDE = _TRANSPORT + 1
NO_FORCE = len(FORCES) - 1


@dataclass
class Offences:
    """One row for each offence, in the order of the extract. `summons` numbers the arrests within a chunk."""

    person: Days
    summons: Days
    number: Days
    code: Days
    recordable: np.ndarray
    committed: Days
    committed_to: Days
    arrested: Days
    charged: Days
    hearing: Days
    disposed: Days
    sentenced: Days
    court: Days
    outcome: Days
    disposal: Days
    sentence_days: Days
    force: Days

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: np.ndarray) -> "Offences":
        """Return some of the rows."""
        return Offences(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    @property
    def inside(self) -> np.ndarray:
        """Return whether each was in England and Wales, or not known to be outside."""
        return (self.force < _OUTSIDE) | (self.force == NO_FORCE)

    @property
    def counts(self) -> np.ndarray:
        """Return whether each offence counts: as an earlier one, as an index offence, as a re-offence."""
        proved = np.isin(self.outcome, (CONVICTED, careers.CAUTION, careers.REPRIMAND, careers.WARNING))
        return self.recordable & ~offences_list.BREACH[self.code] & self.inside & proved & (self.disposed != NONE)

    @property
    def sentenced_or_disposed(self) -> Days:
        """Return the sentence date, or the date of the finding where there is none."""
        return np.where(self.sentenced != NONE, self.sentenced, self.disposed)


def _between(rng: np.random.Generator, low: Days, high: Days) -> Days:
    """Return a day from low to high, both in."""
    return low + np.floor(rng.random(len(low)) * (high - low + 1)).astype("int64")


def offences(people: People, cases: Cases, rng: np.random.Generator) -> Offences:
    """Return the offences of every case."""
    kind = people.kind[cases.person]
    in_court = cases.court != NO_COURT
    extra = np.where(kind == PROLIFIC, 1.98, np.where(kind == DETER, 0.7, 0.26))
    size = 1 + rng.poisson(rng.gamma(0.9, extra / 0.9))
    size = np.where(in_court, size, np.minimum(size, 2))
    # Offences on bail: a second arrest before the first is dealt with, sentenced with it.
    room = in_court & ~cases.remanded & (cases.disposed - cases.arrested >= 10)
    on_bail = room & (rng.random(len(cases)) < np.where(kind == PROLIFIC, 0.22, 0.05))
    breach = in_court & (cases.nth > 0) & (rng.random(len(cases)) < np.where(kind == PROLIFIC, 0.14, 0.04))
    bail_size = np.where(on_bail, 1 + rng.poisson(0.4, len(cases)), 0)
    total = size + bail_size + breach

    case = np.repeat(np.arange(len(cases)), total)
    number = np.arange(len(case)) - np.repeat(np.cumsum(total) - total, total)
    rows = len(case)
    main = number == 0
    is_bail = (number >= size[case]) & (number < (size + bail_size)[case])
    is_breach = number >= (size + bail_size)[case]
    person = cases.person[case]
    prolific = kind[case] != ORDINARY

    code = np.where(main, cases.code[case], offences_list.draw(rng, prolific))
    # Half of what goes with a case is more of the same.
    code = np.where(~main & (rng.random(rows) < 0.4), cases.code[case], code)
    code = np.where(is_bail & (rng.random(rows) < 0.3), offences_list.FAIL_TO_SURRENDER, code)
    code = np.where(is_breach, rng.choice(offences_list.BREACHES, rows), code)

    back = np.where(rng.random(rows) < 0.5, 0, rng.integers(0, 25, rows))
    back = np.where(main, 0, back)
    committed = cases.committed[case] - back
    # Long-ago offences that only now came to light.
    born = people.born[person]
    late = main & (rng.random(rows) < 0.0015) & ~prolific
    long_ago = committed - rng.integers(3650, 5200, rows)
    committed = np.where(late & (long_ago > add_months(born, 132)), long_ago, committed)
    committed = np.maximum(committed, np.minimum(add_months(born, 121), cases.committed[case]))

    arrested, charged, hearing = (column[case] for column in (cases.arrested, cases.charged, cases.hearing))
    disposed = cases.disposed[case]
    bail_committed = _between(rng, arrested, disposed - 1)
    bail_arrested = _between(rng, bail_committed, disposed)
    bail_charged = _between(rng, bail_arrested, np.minimum(bail_arrested + 5, disposed))
    bail_hearing = _between(rng, bail_charged, disposed)
    committed = np.where(is_bail, bail_committed, committed)
    # One bail arrest for all of a case's bail offences: they share the last one's dates.
    first_bail = np.cumsum(total) - total + size
    where = np.minimum(first_bail[case], rows - 1)
    earlier = np.minimum(committed, committed[where])
    committed = np.where(is_bail, earlier, committed)
    arrested = np.where(is_bail, bail_arrested[where], arrested)
    charged = np.where(is_bail, bail_charged[where], charged)
    hearing = np.where(is_bail, bail_hearing[where], hearing)

    ranged = (rng.random(rows) < 0.04) & ~is_breach & ~late
    committed_to = np.where(ranged, committed, NONE)
    committed = np.where(ranged, committed - rng.integers(1, 45, rows), committed)
    committed = np.maximum(committed, np.minimum(add_months(born, 121), np.where(ranged, committed_to, committed)))

    outcome = cases.outcome[case]
    court_case = in_court[case]
    u = rng.random(rows)
    mixed = (outcome == CONVICTED) & ~main & ~is_breach
    outcome = np.where(mixed & (u < 0.07), TIC, outcome)
    outcome = np.where(mixed & (u >= 0.07) & (u < 0.11), DISCONTINUED, outcome)
    outcome = np.where(mixed & (u >= 0.11) & (u < 0.14), ACQUITTED, outcome)
    convicted = outcome == CONVICTED
    # One finding in ten of a case is made at an earlier hearing than the rest.
    sooner = court_case & ~main & (rng.random(rows) < 0.10)
    disposed = np.where(sooner, _between(rng, hearing, disposed), disposed)
    sentenced = np.where(convicted, cases.sentenced[case], NONE)

    v = rng.random(rows)
    lead = cases.disposal[case]
    lesser = np.where(v < 0.62, lead, np.where(v < 0.82, careers.DISCHARGE, careers.OTHER))
    disposal = np.where(convicted, np.where(main, lead, lesser), NO_DISPOSAL)
    share = np.where(main, 1.0, np.where(rng.random(rows) < 0.25, 1.0, rng.uniform(0.2, 1, rows)))
    length = np.where(
        cases.sentence_days[case] == NONE, NONE, np.maximum(np.floor(cases.sentence_days[case] * share), 7)
    )
    has_length = (disposal == CUSTODY) | (disposal == careers.SUSPENDED)
    sentence_days = np.where(has_length, length, NONE).astype("int64")

    force = people.force[person]
    w = rng.random(rows)
    # A case is dealt with by one force, so what is drawn for its first offence holds for the rest of it.
    w = w[(np.cumsum(total) - total)[case]]
    away = (w * 1e7).astype("int64") % _TRANSPORT
    force = np.where(w < 0.07, away, force)
    force = np.where((w >= 0.07) & (w < 0.085), _TRANSPORT, force)
    force = np.where((w >= 0.085) & (w < 0.093), _OUTSIDE + (w * 1e7).astype("int64") % 3, force)
    force = np.where((w >= 0.093) & (w < 0.098), NO_FORCE, force)

    # Dates that were never recorded: summonses, and arrests that the police file could not be joined to.
    summons_case = cases.nth[case] * 7 + cases.person[case]
    no_arrest = summons_case % 29 == 3
    arrested = np.where(no_arrest, NONE, arrested)
    charged = np.where(summons_case % 41 == 5, NONE, charged)
    blank_sentence = convicted & (sentenced == disposed) & ~has_length & (rng.random(rows) < 0.04)
    sentenced = np.where(blank_sentence, NONE, sentenced)

    summons_size = 1 + on_bail
    summons = np.repeat(np.cumsum(summons_size) - summons_size, total) + is_bail
    table = Offences(
        person, summons, number + 1, code, offences_list.RECORDABLE[code], committed, committed_to, arrested,
        charged, hearing, disposed, sentenced, cases.court[case], outcome, disposal, sentence_days, force,
    )  # fmt: skip
    return _as_known_on(table, people, EXTRACT)


def _as_known_on(table: Offences, people: People, extract: int) -> Offences:
    """Return the rows as they stood on the extract date: no stage that had not come, none after a death."""
    # A case in hand when the person dies is discontinued; what had been decided stands.
    dies = people.dies[table.person]
    dead = table.disposed >= dies
    table.outcome = np.where(dead, DISCONTINUED, table.outcome)
    table.disposed = np.where(dead, dies + 14, table.disposed)
    for name in ("sentenced", "charged", "hearing"):
        column = getattr(table, name)
        setattr(table, name, np.where((column >= dies) & (column != NONE), NONE, column))
    table.disposal = np.where(dead, NO_DISPOSAL, table.disposal)
    table.sentence_days = np.where(dead, NONE, table.sentence_days)
    table.court = np.where(dead & (table.hearing == NONE), NO_COURT, table.court)
    unsentenced = (table.outcome == CONVICTED) & (table.sentenced == NONE) & (table.disposal == CUSTODY)
    table.disposal = np.where(unsentenced, NO_DISPOSAL, table.disposal)
    table.sentence_days = np.where(unsentenced, NONE, table.sentence_days)

    pending = table.disposed > extract
    waiting = ~pending & (table.sentenced != NONE) & (table.sentenced > extract)
    table.outcome = np.where(pending, PENDING, table.outcome)
    table.disposed = np.where(pending, NONE, table.disposed)
    for name in ("charged", "hearing"):
        column = getattr(table, name)
        setattr(table, name, np.where(column > extract, NONE, column))
    table.court = np.where(pending & (table.hearing == NONE), NO_COURT, table.court)
    for name, blank in (("sentenced", NONE), ("disposal", NO_DISPOSAL), ("sentence_days", NONE)):
        setattr(table, name, np.where(pending | waiting, blank, getattr(table, name)))
    known = (table.committed <= extract) & ((table.arrested == NONE) | (table.arrested <= extract))
    known &= (table.arrested == NONE) | (table.arrested < dies)
    return table.rows(known)
