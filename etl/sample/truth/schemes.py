"""Which scheme a unit belongs to: memberships, the scheme of a date and window, and whether someone is a PPO."""

from dataclasses import dataclass

import numpy as np

from etl.sample.dates import Days
from etl.sample.membership import PREVENT, Register

NO_SCHEME, SCHEME_NOT_KNOWN = -1, -2
NO_STRAND, STRAND_NOT_KNOWN = 3, 4
STRANDS = ("catch_and_convict", "rehabilitate_and_resettle", "prevent_and_deter", "none", "not_known")
PPO_YES, PPO_NO, PPO_NOT_KNOWN = 0, 1, 2


@dataclass
class Span:
    """One stretch in a strand, the adoption of the membership that it is part of, and its row in the register."""

    scheme: int
    strand: int
    start: int
    end: int
    adopted: int
    row: int = -1


@dataclass
class Membership:
    """Consecutive spans of one person in one scheme."""

    scheme: int
    adopted: int
    end: int
    spans: list[Span]

    def strand_near(self, day: int) -> int:
        """Return the strand open on a day, or on the membership's nearest day to it."""
        day = min(max(day, self.adopted), self.end - 1)
        return next(s.strand for s in self.spans if s.start <= day < s.end)

    @property
    def last(self) -> Span:
        """The span that ends last; of several, the one that starts last."""
        return max(self.spans, key=lambda s: (s.end, s.start))


def memberships(register: Register) -> dict[int, list[Membership]]:
    """Return each member's memberships, earliest first within a scheme."""
    found: dict[int, list[Membership]] = {}
    order = np.lexsort((register.exited, register.adopted, register.scheme, register.person))
    columns = (register.person, register.scheme, register.strand, register.adopted, register.exited)
    listed = zip(*(c[order].tolist() for c in columns), order.tolist(), strict=True)
    for person, scheme, strand, start, end, row in listed:
        mine = found.setdefault(person, [])
        if mine and mine[-1].scheme == scheme and start <= mine[-1].end:
            mine[-1].spans.append(Span(scheme, strand, start, end, mine[-1].adopted, row))
            mine[-1].end = max(mine[-1].end, end)
        else:
            mine.append(Membership(scheme, start, end, [Span(scheme, strand, start, end, start, row)]))
    return found


def scheme_of(members: list[Membership], day: int, opens: int, closes: int) -> tuple[int, int]:
    """Return scheme and strand of a unit on a day whose window is [opens, closes): NO_SCHEME where there is none."""
    spans = [span for membership in members for span in membership.spans if span.start < span.end]
    on_day = [s for s in spans if s.start <= day < s.end and s.start < closes and opens < s.end]
    if on_day:
        best = min(on_day, key=lambda s: (-s.adopted, s.scheme))
        return best.scheme, best.strand
    later = [s for s in spans if s.start > day and opens <= s.start < closes]
    if later:
        best = min(later, key=lambda s: (s.start, -s.adopted, s.scheme))
        return best.scheme, best.strand
    return NO_SCHEME, NO_STRAND


def is_ppo(members: list[Membership], opens: int, closes: int) -> int:
    """Return whether any stretch outside Prevent and Deter overlaps [opens, closes)."""
    for membership in members:
        for span in membership.spans:
            if span.strand != PREVENT and span.start < span.end and span.start < closes and opens < span.end:
                return PPO_YES
    return PPO_NO


def of_units(
    found: dict[int, list[Membership]], person: Days, day: Days, opens: Days, closes: Days
) -> tuple[Days, Days, Days]:
    """Return scheme, strand and PPO of many units: most people have never been on a scheme."""
    scheme = np.full(len(person), NO_SCHEME)
    strand = np.full(len(person), NO_STRAND)
    ppo = np.full(len(person), PPO_NO)
    here = np.flatnonzero(np.isin(person, np.fromiter(found, dtype="int64", count=len(found))))
    for place in here.tolist():
        members = found[int(person[place])]
        a, b = int(opens[place]), int(closes[place])
        scheme[place], strand[place] = scheme_of(members, int(day[place]), a, b)
        ppo[place] = is_ppo(members, a, b)
    return scheme, strand, ppo
