"""What holds of a person on a date: looked up for many (person, date) pairs at once."""

from dataclasses import dataclass

import numpy as np

from etl.sample import custody as prison
from etl.sample.careers import CONVICTED, CUSTODY
from etl.sample.custody import MOVEMENTS
from etl.sample.dates import NONE, OPEN, Days, add_months, age_on
from etl.sample.dip import CASELOAD_END, CASELOAD_START
from etl.sample.make import Chunk
from etl.sample.membership import DIED

AGE_BANDS = ("10-14", "15-17", "18-20", "21-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+", "not_known")
_AGE_STARTS = np.array([15, 18, 21, 25, 30, 35, 40, 45, 50])
SEXES = ("male", "female", "not_known")
ETHNICITIES = (
    "white_north_european", "white_south_european", "black", "asian", "chinese_japanese_south_east_asian",
    "arab_north_african", "not_known",
)  # fmt: skip
YES, NO, NOT_KNOWN = 0, 1, 2
YES_NO = ("yes", "no", "not_known")
IN_CUSTODY, IN_COMMUNITY, ELSEWHERE, PLACE_NOT_KNOWN = range(4)
PLACES = ("custody", "community", "elsewhere", "not_known")
PREVIOUS = ("0", "1-2", "3-6", "7-10", "11+")
_PREVIOUS_STARTS = np.array([1, 3, 7, 11])

_WIDTH = 2 * OPEN + 1


def key(person: Days, day: Days) -> Days:
    """Return one number that sorts by person and then by day."""
    return np.asarray(person, dtype="int64") * _WIDTH + np.asarray(day, dtype="int64") + OPEN


class Moments:
    """Days that belong to people, to be counted up to a date."""

    def __init__(self, person: Days, day: Days) -> None:
        self.keys = np.sort(key(person, day))

    def up_to(self, person: Days, day: Days) -> Days:
        """Return how many of a person's days are on or before a date."""
        return np.searchsorted(self.keys, key(person, day), side="right") - self._first(person)

    def before(self, person: Days, day: Days) -> Days:
        """Return how many of a person's days are before a date."""
        return np.searchsorted(self.keys, key(person, day), side="left") - self._first(person)

    def _first(self, person: Days) -> Days:
        return np.searchsorted(self.keys, key(person, np.full(len(person), -OPEN)), side="left")


class Spans:
    """Spans that belong to people, each from a start to an exclusive end; they may overlap."""

    def __init__(self, person: Days, start: Days, end: Days) -> None:
        real = start < end
        self.starts = Moments(person[real], start[real])
        self.ends = Moments(person[real], end[real])

    def open_on(self, person: Days, day: Days) -> np.ndarray:
        """Return whether any of a person's spans is open on a date."""
        return self.starts.up_to(person, day) > self.ends.up_to(person, day)


@dataclass
class Spells:
    """One row for each custody spell, in the order of person and day. `released` is OPEN for one that goes on."""

    person: Days
    admitted: Days
    released: Days
    why_in: Days
    why_out: Days


def spells(table: prison.Custody) -> Spells:
    """Return the spells that the movements make up.

    A row goes on with the spell before it when that one ended by a movement and this one begins on the day or
    within two days, or when it begins before that one has ended.
    """
    out: list[list[int]] = []
    last = None
    order = np.lexsort((table.released, table.admitted, table.person))
    columns = (table.person, table.admitted, table.released, table.why_in, table.why_out)
    rows = zip(*(column[order].tolist() for column in columns), strict=True)
    for person, admitted, released, why_in, why_out in rows:
        if last is not None and last[0] == person:
            overlaps = admitted < last[2]
            follows = last[4] in MOVEMENTS and 0 <= admitted - last[2] <= 2
            if overlaps or follows:
                if released >= last[2]:
                    last[2], last[4] = released, why_out
                if why_in == prison.SENTENCED:
                    last[3] = why_in
                continue
        last = [person, admitted, released, why_in, why_out]
        out.append(last)
    columns = np.array(out, dtype="int64").reshape(-1, 5).T
    return Spells(*columns)


class Timeline:
    """Everything that is asked of the people of one chunk on a date."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        people = chunk.people
        self.spells = spells(chunk.custody)
        self._held = Spans(self.spells.person, self.spells.admitted, self.spells.released)
        orders = chunk.supervision
        last_day = np.where(orders.ended == OPEN, OPEN - 1, orders.ended)
        self._supervised = Spans(orders.person, orders.started, last_day + 1)
        self.known_to_probation = np.zeros(len(people), dtype=bool)
        self.known_to_probation[orders.person] = True
        self._has_custody = np.zeros(len(people), dtype=bool)
        self._has_custody[chunk.custody.person] = True

        crimes = chunk.offences
        serving = (crimes.outcome == CONVICTED) & (crimes.disposal == CUSTODY) & (crimes.sentence_days != NONE)
        since = crimes.sentenced_or_disposed
        until = since + crimes.sentence_days
        serving &= since != NONE
        long = serving & (until >= add_months(np.where(serving, since, 0), 12))
        self._long_sentence = Spans(crimes.person[long], since[long], until[long])
        self._proved = Moments(crimes.person[crimes.counts], crimes.disposed[crimes.counts])
        self._in_dip = self._episodes()

        died = self.spells.why_out == prison.DIED
        left = (chunk.register.reason == DIED) & (chunk.register.exited != OPEN)
        self._deaths = Moments(
            np.concatenate([self.spells.person[died], chunk.register.person[left]]),
            np.concatenate([self.spells.released[died], chunk.register.exited[left]]),
        )
        # Away from an escape until the next admission.
        escaped = self.spells.why_out == prison.ESCAPE
        following = np.append(self.spells.admitted[1:], OPEN)
        same = np.append(self.spells.person[1:] == self.spells.person[:-1], False)
        back = np.where(same, following, OPEN)
        self._escaped = Spans(self.spells.person[escaped], self.spells.released[escaped], back[escaped])

    def _episodes(self) -> Spans:
        """Return the caseload episodes of clients who consent: each start runs to the first end after it."""
        events = self.chunk.dip_events
        shared = self.usable_dip_events()
        start = shared & (events.event == CASELOAD_START)
        end = shared & (events.event == CASELOAD_END)
        record = events.person * 2 + events.client
        ends = np.sort(key(record[end], events.on[end]))
        mine = key(record[start], events.on[start])
        place = np.searchsorted(ends, mine, side="right")
        found = np.append(ends, np.iinfo("int64").max)[place]
        own = found // _WIDTH == record[start]
        until = np.where(own, found % _WIDTH - OPEN, OPEN)
        return Spans(events.person[start], events.on[start], until)

    def usable_dip_events(self) -> np.ndarray:
        """Return which events belong to clients who consent to share."""
        clients, events = self.chunk.dip_clients, self.chunk.dip_events
        refused = (clients.person * 2 + clients.client)[~clients.consents]
        return ~np.isin(events.person * 2 + events.client, refused)

    def in_custody(self, person: Days, day: Days) -> np.ndarray:
        """Return whether each person is inside on a date."""
        return self._held.open_on(person, day)

    def supervised(self, person: Days, day: Days) -> np.ndarray:
        """Return whether an order or licence of each person is open on a date."""
        return self._supervised.open_on(person, day)

    def age(self, person: Days, day: Days) -> Days:
        """Return whole years."""
        return age_on(self.chunk.people.born[person], day)

    def place(self, person: Days, day: Days) -> Days:
        """Return where each person is on a date, as a place in PLACES."""
        known = self.known_to_probation[person] | self._has_custody[person]
        elsewhere = (self._deaths.up_to(person, day) > 0) | self._escaped.open_on(person, day)
        return np.where(
            self.in_custody(person, day),
            IN_CUSTODY,
            np.where(elsewhere, ELSEWHERE, np.where(known, IN_COMMUNITY, PLACE_NOT_KNOWN)),
        )

    def statutory(self, person: Days, day: Days) -> Days:
        """Return whether each person is under supervision or serving a year or more, as a place in YES_NO."""
        yes = self._supervised.open_on(person, day)
        yes |= self.in_custody(person, day) & self._long_sentence.open_on(person, day)
        return np.where(yes, YES, np.where(self.known_to_probation[person], NO, NOT_KNOWN))

    def in_dip(self, person: Days, day: Days) -> Days:
        """Return whether each adult has an open caseload episode, as a place in YES_NO."""
        return np.where((self.age(person, day) >= 18) & self._in_dip.open_on(person, day), YES, NO)

    def previous(self, person: Days, day: Days) -> Days:
        """Return how many of a person's offences that count were proved before a date."""
        return self._proved.before(person, day)

    def attributes(self, person: Days, day: Days) -> dict[str, Days]:
        """Return every attribute that needs only a person and a date, as places in the lists above."""
        people = self.chunk.people
        age = self.age(person, day)
        ethnicity = np.where(people.observed[person] < 6, people.observed[person], len(ETHNICITIES) - 1)
        return {
            "sex": people.sex[person],
            "age_band": np.where(age < 10, len(AGE_BANDS) - 1, np.searchsorted(_AGE_STARTS, age, side="right")),
            "ethnicity": ethnicity,
            "ethnicity_self_defined": people.self_defined[person],
            "statutory": self.statutory(person, day),
            "in_dip": self.in_dip(person, day),
            "place": self.place(person, day),
            "previous_offences": np.searchsorted(_PREVIOUS_STARTS, self.previous(person, day), side="right"),
        }
