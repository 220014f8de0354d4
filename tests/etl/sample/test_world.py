"""The synthetic world: the same for the same seed, and with the cases in it that definitions turn on."""

import ast
import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl import sample
from etl.sample import careers, custody, dip, meetings, membership, offences_list, strangers, world, write_sample
from etl.sample.dates import NONE, OPEN, add_months, age_on, day_of_month, months_of
from etl.sample.truth import cases, contact, drugs, journey, needs, reoffending, throughput
from etl.sample.truth.lives import Lives
from etl.sample.truth.timeline import key

from .conftest import Made

FOLDER = Path(sample.__file__).parent


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """With faults, the committed sample holds the generator to the bytes it once wrote."""
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        write_sample(tmp_path / name, "tiny", seed)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    assert _bytes(tmp_path / "one") != _bytes(tmp_path / "three")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(FileExistsError, match="needs an empty folder"):
        write_sample(tmp_path, "tiny", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize(
    ("scale", "faults"),
    [("huge", "none"), ("tiny", "many"), ("national/0", "none"), ("national/126", "none"), ("national*5", "none")],
)
def test_what_is_not_offered_is_refused_by_name(tmp_path: Path, scale: str, faults: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        write_sample(tmp_path / "out", scale, 1, faults)


def test_the_smallest_part_of_the_nation_can_be_written(tmp_path: Path) -> None:
    write_sample(tmp_path / "out", "national/125", 1, "none")
    assert (tmp_path / "out/reference/schemes.csv").read_text().count("\n") == 3, "two schemes under a heading"


def test_a_part_of_the_nation_has_its_share_of_people_and_schemes_in_every_large_force() -> None:
    whole, part = world.scale("national"), world.scale("national/16")
    assert (part.schemes, part.newcomers, part.prolific, part.chunks) == (16, 204_375, 2_356, 2)
    assert world.scale("national*2").newcomers == 2 * whole.newcomers
    assert [world.scale(name).outgrows for name in ("small", "national", "national*2", "national*3", "national*4")] == [
        False, False, False, True, True
    ]  # fmt: skip
    places = world.schemes(part, np.random.default_rng(1))
    number = np.bincount(places.force, minlength=len(world.FORCES))
    assert number.sum() == 16
    # A sixth of the nation is the Metropolitan force's; no other has two of sixteen.
    assert number[0] in (2, 3)
    assert number[1:].max() == 1
    assert places.weight.sum() == pytest.approx(1)


def test_the_truth_shares_no_code_with_what_it_judges() -> None:
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in ("queries", "duckdb", "dashboard"), path
                assert not name.startswith("etl") or name.startswith("etl.sample"), path


def test_no_clock_and_no_shared_randomness() -> None:
    for path in FOLDER.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for forbidden in ("today(", "now(", "import random", "np.random.seed", "default_rng()"):
            assert forbidden not in text, path


def test_a_world_made_in_many_chunks_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.SCALES, "tiny", dataclasses.replace(world.SCALES["tiny"], chunks=12))
    done = []
    write_sample(tmp_path / "out", "tiny", 3, progress=lambda chunk, chunks: done.append((chunk, chunks)))
    assert done == [(number, 12) for number in range(1, 13)]
    truth = json.loads((tmp_path / "out" / "truth.json").read_text(encoding="utf-8"))
    # The units of a world in chunks are in files of their own.
    assert pl.read_parquet(tmp_path / "out" / truth["people"]["file"])["person"].is_unique().all()
    listed = pl.read_parquet(tmp_path / "out" / truth["units"]["reoffending"]["file"])
    units = Counter(listed["period"].to_list())
    again = Counter(listed.filter(pl.col("reoffended") == 1)["period"].to_list())
    rows = [row for row in truth["measures"]["reoffending_rate"] if set(row) <= {"period", *_COUNTED}]
    # The drugs programme's extract begins on 1 April 2003, and 2009/10 is the last year that is followed for a year.
    shown = [period for period in units if "2003/04" <= period < "2010"]
    assert len(shown) == 7
    assert {row["period"]: row["denominator"] for row in rows} == {p: units[p] for p in shown}
    assert {row["period"]: row["numerator"] for row in rows} == {p: again[p] for p in shown}
    police = pl.read_csv(tmp_path / "out" / "police" / "people.csv", infer_schema=False)
    assert police["pnc_id"].is_unique().all()


_COUNTED = ("numerator", "denominator", "value", "n")

# ── The cases that definitions turn on ──────────────────────────────────────────────────────────


def _followed_by(made: Made, months: int, proof: bool) -> int:
    """Return how many index events have an offence, or its proof, exactly so many months on."""
    person, day, _, _ = reoffending.index_events(made.line)
    crimes = made.chunk.offences
    crimes = crimes.rows(np.flatnonzero(crimes.counts))
    when = crimes.disposed if proof else crimes.committed
    return int(np.isin(key(person, add_months(day, months)), key(crimes.person, when)).sum())


def _gaps(made: Made) -> np.ndarray:
    held = made.chunk.custody
    moved = np.isin(held.why_out[:-1], custody.MOVEMENTS) & (held.person[1:] == held.person[:-1])
    return (held.admitted[1:] - held.released[:-1])[moved]


def _several(made: Made, test: Callable[[list], bool]) -> int:
    return sum(test(mine) for mine in made.members.values())


CASES: dict[str, Callable[[Made], int]] = {
    "births on 29 February": lambda m: int(
        ((months_of(m.chunk.people.born) % 12 == 1) & (day_of_month(m.chunk.people.born) == 29)).sum()
    ),
    "index events on 29 February": lambda m: int(
        (
            (months_of(reoffending.index_events(m.line)[1]) % 12 == 1)
            & (day_of_month(reoffending.index_events(m.line)[1]) == 29)
        ).sum()
    ),
    "index events on the 31st, six months before a shorter month": lambda m: int(
        (day_of_month(reoffending.index_events(m.line)[1]) == 31).sum()
    ),
    "offences exactly a year after an index event": lambda m: _followed_by(m, 12, proof=False),
    "proofs exactly eighteen months after one": lambda m: _followed_by(m, 18, proof=True),
    "offences on the day of an index event": lambda m: _followed_by(m, 0, proof=False),
    "offences taken into consideration": lambda m: int((m.chunk.offences.outcome == careers.TIC).sum()),
    "breaches that are recordable": lambda m: int(
        (offences_list.BREACH[m.chunk.offences.code] & m.chunk.offences.recordable).sum()
    ),
    "offences that are not recordable": lambda m: int((~m.chunk.offences.recordable).sum()),
    "offences outside England and Wales": lambda m: int(
        np.isin(m.chunk.offences.force, np.flatnonzero(np.isin(_forces(), ["SC", "NI", "JE"]))).sum()
    ),
    "offences whose force is not known": lambda m: int((_forces()[m.chunk.offences.force] == "").sum()),
    "offences over a range of days": lambda m: int((m.chunk.offences.committed_to != NONE).sum()),
    "offences of a code that the reference leaves out": lambda m: int(
        (offences_list.GROUP[m.chunk.offences.code] == "not_known").sum()
    ),
    "cases pending": lambda m: int((m.chunk.offences.outcome == careers.PENDING).sum()),
    "acquittals": lambda m: int((m.chunk.offences.outcome == careers.ACQUITTED).sum()),
    "convictions without a day of sentence": lambda m: int(
        ((m.chunk.offences.outcome == careers.CONVICTED) & (m.chunk.offences.sentenced == NONE)).sum()
    ),
    "over ten years from offence to sentence": lambda m: int(
        (
            (m.chunk.offences.sentenced != NONE)
            & (m.chunk.offences.sentenced > add_months(m.chunk.offences.committed, 120))
        ).sum()
    ),
    "movements back on the day": lambda m: int((_gaps(m) == 0).sum()),
    "movements back two days later": lambda m: int((_gaps(m) == 2).sum()),
    "movements back three days later, too late to be one stay": lambda m: int((_gaps(m) == 3).sum()),
    "movements back before they went": lambda m: int((_gaps(m) == -1).sum()),
    "people in custody on the last day": lambda m: int((m.chunk.custody.released == OPEN).sum()),
    "recalls": lambda m: int((m.chunk.custody.why_in == custody.RECALL).sum()),
    "fine defaults": lambda m: int((m.chunk.custody.why_in == custody.FINE_DEFAULT).sum()),
    "escapes": lambda m: int((m.chunk.custody.why_out == custody.ESCAPE).sum()),
    "deaths in custody": lambda m: int((m.chunk.custody.why_out == custody.DIED).sum()),
    "deaths on a scheme": lambda m: int((m.chunk.register.reason == membership.DIED).sum()),
    "acquittals from remand": lambda m: int((m.chunk.custody.why_out == custody.ACQUITTED).sum()),
    "people who came back to a scheme": lambda m: _several(m, lambda mine: len({x.scheme for x in mine}) < len(mine)),
    "people on two schemes at once": lambda m: _several(
        m, lambda mine: any(a is not b and a.adopted < b.end and b.adopted < a.end for a in mine for b in mine)
    ),
    "moves from strand to strand": lambda m: _several(m, lambda mine: any(len(x.spans) > 1 for x in mine)),
    "young people handed on at 18": lambda m: _several(
        m,
        lambda mine: any(
            a.strand == membership.PREVENT and b.strand == membership.CATCH
            for x in mine
            for a, b in zip(x.spans, x.spans[1:], strict=False)
        ),
    ),
    "members under 18": lambda m: int(
        (age_on(m.chunk.people.born[m.chunk.register.person], m.chunk.register.adopted) < 18).sum()
    ),
    "members whom probation does not know": lambda m: int(
        (~m.line.known_to_probation[np.array(list(m.members), dtype="int64")]).sum()
    ),
    "drug clients who do not consent": lambda m: int((~m.chunk.dip_clients.consents).sum()),
    "drug clients with two numbers": lambda m: int((m.chunk.dip_clients.client == 1).sum()),
    "nominations put off": lambda m: int((m.chunk.nominations.decision == meetings.DEFER).sum()),
    "nominations refused": lambda m: int((m.chunk.nominations.decision == meetings.REFUSE).sum()),
    "indications that are not reliable": lambda m: int((~m.chunk.indications.reliable).sum()),
    **{
        f"young members who at 18 were {what}": lambda m, what=what: int(
            (throughput.transitions(Lives(m.line, m.members))["at_18"] == what).sum()
        )
        for what in ("moved", "exited", "neither")
    },
    "tests of which no case came": lambda m: int(
        (
            ~np.isin(
                key(m.chunk.dip_events.person, m.chunk.dip_events.on)[m.chunk.dip_events.event == dip.TEST],
                key(m.chunk.cases.person, m.chunk.cases.arrested),
            )
        ).sum()
    ),
    "treatment that nobody is known to have asked for": lambda m: int(
        ((m.chunk.dip_events.event == dip.TREATMENT_START) & (m.chunk.dip_events.referred == NONE)).sum()
    ),
    "treatment given up within twelve weeks": lambda m: int(
        drugs.treatment(Lives(m.line, m.members)).select((pl.col("denominator") > pl.col("numerator")).sum()).item()
    ),
    "proceedings after a second unacceptable absence": lambda m: int(
        contact.enforcement(Lives(m.line, m.members))["to_enforcement"].is_not_null().sum()
    ),
    "needs that were met later": lambda m: int(needs.units(Lives(m.line, m.members))["resolved"].sum()),
    "needs that arose later": lambda m: int(needs.units(Lives(m.line, m.members))["arisen"].sum()),
    "members seen in each of their first four weeks": lambda m: int(
        journey.units(Lives(m.line, m.members)).filter(pl.col("step") == "weekly_appointments")["numerator"].sum()
    ),
    "cases that are still open": lambda m: int((cases.units(Lives(m.line, m.members))["outcome"] == "open").sum()),
    "offences before the ten years": lambda m: int((m.chunk.offences.committed < world.WINDOW_START).sum()),
}  # fmt: skip


def _forces() -> np.ndarray:
    from etl.sample.courts import FORCES

    return FORCES


@pytest.mark.parametrize("case", CASES)
def test_the_case_occurs(small: Made, case: str) -> None:
    assert CASES[case](small) >= 2


def test_stages_are_in_order_and_nobody_is_under_ten(small: Made) -> None:
    crimes = small.chunk.offences
    stages = [
        getattr(crimes, n) for n in ("committed", "arrested", "charged", "hearing", "disposed", "sentenced")
    ]  # fmt: skip
    for place, earlier in enumerate(stages):
        for later in stages[place + 1 :]:
            assert ((earlier == NONE) | (later == NONE) | (earlier <= later)).all()
    assert (age_on(small.chunk.people.born[crimes.person], crimes.committed) >= 10).all()


def test_nobody_does_anything_after_their_death(small: Made) -> None:
    people, chunk = small.chunk.people, small.chunk
    for table, columns in (
        (chunk.offences, ("committed", "arrested")),
        (chunk.custody, ("admitted",)),
        (chunk.supervision, ("started", "breach", "hearing")),
        (chunk.register, ("adopted",)),
        (chunk.contacts, ("on",)),
        (chunk.dip_events, ("on",)),
    ):
        for column in columns:
            assert (getattr(table, column) <= people.dies[table.person]).all(), (type(table), column)


def test_files_without_faults_are_complete(small: Made) -> None:
    police = pl.read_csv(small.clean / "police/people.csv", infer_schema=False)
    probation = pl.read_csv(small.clean / "probation/people.csv", infer_schema=False)
    offences = pl.read_csv(small.clean / "police/offences.csv", infer_schema=False)
    assert police["pnc_id"].is_unique().all()
    assert police["cro_number"].drop_nulls().is_unique().all()
    assert probation["crn"].is_unique().all()
    assert offences.select("pnc_id", "asn", "offence_number").is_unique().all()
    joined = probation.join(police, on="pnc_id", how="inner", suffix="_police")
    strangers = probation.filter(pl.col("pnc_id").is_null()).height
    assert joined.height == probation.height - strangers
    assert 0 < strangers < 0.05 * probation.height
    for column in ("surname", "forenames", "date_of_birth"):
        assert (joined[column] == joined[f"{column}_police"]).all()


def test_nobody_is_too_like_a_stranger_born_on_the_same_day() -> None:
    day, other_day = date(1982, 8, 27), date(1982, 8, 28)
    police = pl.DataFrame(
        {
            "person": [1, 2, 3, 4, 5, 6],
            "surname": ["Clark", "Jones", "Jones", "Jones", "Ben", "Jonson"],
            "forenames": ["Ann", "Ben Paul", "Ben Paul", "Ann", "Jones", "Benjamin"],
            "date_of_birth": [day, day, other_day, day, day, day],
        }
    )
    known = pl.DataFrame({"surname": ["Jones"], "forenames": ["Ben Paul"], "date_of_birth": [day]})
    # The second is the stranger's namesake; the fifth has the names the other way round, the sixth nearly the same.
    # The third was born on another day and the fourth has one name of three. Each takes the surname of the one before.
    assert strangers.apart(police, known)["surname"].to_list() == ["Clark", "Clark", "Jones", "Jones", "Jones", "Ben"]
    assert strangers.apart(police[:1], known)["surname"].to_list() == ["Clark"]
