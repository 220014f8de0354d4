"""One-year proven re-offending and the time to the first re-offence: one unit for each person and period."""

import numpy as np
import polars as pl

from etl.sample import custody as prison
from etl.sample import offences_list
from etl.sample.careers import (
    CAUTION,
    COMMUNITY,
    CONVICTED,
    CUSTODY,
    DISCHARGE,
    FINE,
    OTHER,
    REPRIMAND,
    SUSPENDED,
    WARNING,
    YOUTH_ORDER,
)
from etl.sample.courts import Offences
from etl.sample.dates import NONE, OPEN, Days, add_months, months_of, period_start, year_from_april
from etl.sample.dip import POSITIVE, TEST
from etl.sample.truth.schemes import Membership, of_units
from etl.sample.truth.timeline import Timeline, key
from etl.sample.world import REOFFENDING_COVERAGE

INDEX_EVENTS = ("custody", "court", "caution", "test")
BY_CUSTODY, BY_COURT, BY_CAUTION, BY_TEST = range(4)
GROUPS = (*sorted(set(offences_list.GROUP) - {"not_known"}), "not_known")
GROUP_OF_CODE = np.array([GROUPS.index(group) for group in offences_list.GROUP])
GROUP_NOT_KNOWN = len(GROUPS) - 1
WATCHED_TO = int(add_months(REOFFENDING_COVERAGE, -6))
"""The last day on which a re-offence can still be expected to have been proved."""

_CUSTODIAL_ENDS = (prison.END, prison.LICENCE, prison.HDC)
_IN_COMMUNITY = (SUSPENDED, COMMUNITY, FINE, DISCHARGE, YOUTH_ORDER, OTHER)


def principal_groups(crimes: Offences, day: Days) -> tuple[Days, Days]:
    """Return sorted (person, day) keys, and the group of the principal offence of each.

    The principal offence has the longest sentence; of several, the lowest code.
    """
    length = np.where(crimes.sentence_days == NONE, 0, crimes.sentence_days)
    keys = key(crimes.person, day)
    order = np.lexsort((offences_list.ORDER[crimes.code], -length, keys))
    unique, first = np.unique(keys[order], return_index=True)
    return unique, GROUP_OF_CODE[crimes.code[order][first]]


def _group_at(keys: Days, groups: Days, wanted: Days) -> Days:
    """Return the group at each wanted key, or not known."""
    place = np.searchsorted(keys, wanted).clip(0, max(len(keys) - 1, 0))
    if not len(keys):
        return np.full(len(wanted), GROUP_NOT_KNOWN)
    return np.where(keys[place] == wanted, groups[place], GROUP_NOT_KNOWN)


def index_events(timeline: Timeline) -> tuple[Days, Days, Days, Days]:
    """Return person, day, kind and offence group of each index event: one for each person and day."""
    crimes = timeline.chunk.offences
    crimes = crimes.rows(np.flatnonzero(crimes.counts))
    convicted = crimes.outcome == CONVICTED
    sent_down = convicted & (crimes.disposal == CUSTODY)
    kept_out = convicted & np.isin(crimes.disposal, _IN_COMMUNITY)
    kept_out &= ~np.isin(key(crimes.person, crimes.disposed), key(crimes.person, crimes.disposed)[sent_down])
    cautioned = np.isin(crimes.outcome, (CAUTION, REPRIMAND, WARNING))

    spells = timeline.spells
    freed = np.isin(spells.why_out, _CUSTODIAL_ENDS) & (spells.released != OPEN)
    freed &= ~np.isin(spells.why_in, (prison.FINE_DEFAULT, prison.RECALL))

    events = timeline.chunk.dip_events
    positive = timeline.usable_dip_events() & (events.event == TEST) & np.isin(events.result, POSITIVE)

    parts = []
    for kind, person, day in (
        (BY_CUSTODY, spells.person[freed], spells.released[freed]),
        (BY_COURT, crimes.person[kept_out], crimes.disposed[kept_out]),
        (BY_CAUTION, crimes.person[cautioned], crimes.disposed[cautioned]),
        (BY_TEST, events.person[positive], events.on[positive]),
    ):
        unique = np.unique(key(person, day))
        parts.append((unique, np.full(len(unique), kind)))
    keys = np.concatenate([p[0] for p in parts])
    kinds = np.concatenate([p[1] for p in parts])
    order = np.lexsort((kinds, keys))
    keys, first = np.unique(keys[order], return_index=True)
    kind = kinds[order][first]

    group = np.full(len(keys), GROUP_NOT_KNOWN)
    # Whatever was recorded of the disposal of each, all that somebody was convicted of that day is of one occasion.
    for which, rows in ((BY_COURT, convicted), (BY_CAUTION, cautioned)):
        mine = kind == which
        group[mine] = _group_at(*principal_groups(crimes.rows(np.flatnonzero(rows)), crimes.disposed[rows]), keys[mine])
    sentences = crimes.rows(np.flatnonzero(sent_down))
    known, groups = principal_groups(sentences, sentences.sentenced_or_disposed)
    mine = kind == BY_CUSTODY
    # The latest sentence of the same person on or before the day of release.
    place = np.searchsorted(known, keys[mine], side="right") - 1
    width = 2 * OPEN + 1
    found = place >= 0
    found[found] = known[place[found]] // width == keys[mine][found] // width
    group[mine] = np.where(found, np.append(groups, GROUP_NOT_KNOWN)[place], GROUP_NOT_KNOWN)
    return keys // width, keys % width - OPEN, kind, group


def units(timeline: Timeline, members: dict[int, list[Membership]]) -> pl.DataFrame:
    """Return one row for each person and period, with the outcome, the curve's columns and every attribute."""
    person, day, kind, group = index_events(timeline)
    year = year_from_april(day)
    first = np.flatnonzero(np.append(True, (person[1:] != person[:-1]) | (year[1:] != year[:-1]))[: len(person)])
    person, day, kind, group, year = person[first], day[first], kind[first], group[first], year[first]

    crimes = timeline.chunk.offences
    crimes = crimes.rows(np.flatnonzero(crimes.counts))
    committed = key(crimes.person, crimes.committed)
    order = np.argsort(committed, kind="stable")
    committed, proved = committed[order], crimes.disposed[order]
    low = np.searchsorted(committed, key(person, day), side="right")
    high = np.searchsorted(committed, key(person, add_months(day, 12)), side="right")
    unit = np.repeat(np.arange(len(person)), high - low)
    offence = np.arange(len(unit)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[unit]
    in_time = proved[offence] <= add_months(day, 18)[unit]
    reoffences = np.bincount(unit[in_time], minlength=len(person))

    watched_offence = (crimes.disposed <= REOFFENDING_COVERAGE) & (crimes.committed <= WATCHED_TO)
    ever = np.sort(key(crimes.person, crimes.committed)[watched_offence])
    place = np.searchsorted(ever, key(person, day), side="right")
    width = 2 * OPEN + 1
    following = np.append(ever, np.iinfo("int64").max)[place]
    event = following // width == person
    ends = np.where(event, following % width - OPEN, WATCHED_TO)
    watched_months = whole_months(day, np.full(len(day), WATCHED_TO))
    event_month = months_of(ends) - months_of(day)
    event_month = np.where(add_months(day, event_month) >= ends, event_month, event_month + 1)
    counted = event & (event_month <= watched_months)

    opens = np.array([period_start(y) for y in range(int(year.min(initial=1990)), int(year.max(initial=1990)) + 2)])
    start = opens[year - int(year.min(initial=1990))]
    stop = opens[year - int(year.min(initial=1990)) + 1]
    scheme, strand, ppo = of_units(members, person, day, start, stop)
    return pl.DataFrame(
        {
            "person": timeline.chunk.people.number[person],
            "date": day,
            "period": year,
            "offenders": np.ones(len(person), dtype="int64"),
            "reoffended": (reoffences > 0).astype("int64"),
            "reoffences": reoffences,
            "followed": day < WATCHED_TO,
            "time_days": ends - day,
            "event": event.astype("int64"),
            "counted": counted,
            "exit_month": np.where(counted, event_month, watched_months),
            "index_event": kind,
            "offence_group": group,
            "month": months_of(day),
            "scheme": scheme,
            "strand": strand,
            "ppo": ppo,
            **timeline.attributes(person, day),
        }
    )


def whole_months(start: Days, end: Days) -> Days:
    """Return the largest number of months that can be added to a start without passing an end."""
    months = months_of(end) - months_of(start)
    return np.where(add_months(start, months) <= end, months, months - 1)
