"""One chunk of the world: its people and everything that happened to them, as arrays of whole numbers."""

from dataclasses import dataclass

import numpy as np

from etl.sample.careers import Cases, careers
from etl.sample.courts import Offences, offences
from etl.sample.custody import Custody, custody, recalled_on
from etl.sample.dip import DipClients, DipEvents, dip
from etl.sample.meetings import Indications, Nominations, indications, nominations
from etl.sample.membership import Register, register
from etl.sample.people import People, people
from etl.sample.probation import Assessments, Contacts, Supervision, assessments, breached, contacts, supervision
from etl.sample.world import FORCES, Scale, Schemes


@dataclass
class Chunk:
    """The people of one chunk, and their events, each naming its person by place in the chunk."""

    people: People
    cases: Cases
    offences: Offences
    custody: Custody
    supervision: Supervision
    register: Register
    contacts: Contacts
    assessments: Assessments
    dip_clients: DipClients
    dip_events: DipEvents
    nominations: Nominations
    indications: Indications


def chunk(scale: Scale, schemes: Schemes, seed: int, number: int, first: int) -> Chunk:
    """Return one chunk, the same for the same seed whatever was made before it. `first` numbers its people."""
    rng = np.random.default_rng([seed, number])
    if scale.nationwide:
        forces = np.array([weight for _, _, weight in FORCES])
    else:
        forces = np.bincount(schemes.force, minlength=len(FORCES)).astype(float)
    who = people(scale, schemes, forces, number, first, rng)
    cases = careers(who, rng)
    crimes = offences(who, cases, rng)
    recalls = recalled_on(who, cases, rng)
    held = custody(who, cases, recalls, rng)
    orders = supervision(who, cases, recalls, rng)
    spans = register(who, crimes, schemes, rng)
    clients, events = dip(who, cases, held, rng)
    seen = contacts(who, orders, spans, held, rng)
    orders = breached(orders, seen, who, rng)
    return Chunk(
        who, cases, crimes, held, orders, spans, seen, assessments(who, orders, spans, rng), clients, events,
        nominations(who, spans, rng), indications(who, rng),
    )  # fmt: skip
