"""Write one synthetic world: its extracts folder and its truth, a chunk of people at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from etl.sample import calibration, files, make, reference, strangers, world
from etl.sample.faults import BROKEN, broken_records, plant
from etl.sample.truth import caseload, gathered, justice, reoffending, schemes, selection, timeline
from etl.sample.truth.lives import Lives
from etl.sample.truth.rows import Labels, Rows
from etl.sample.truth.write import Units, shown_years, write

Progress = Callable[[int, int], None]


def write_sample(
    out: Path,
    scale: str,
    seed: int,
    faults: str = "none",
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Write an extracts folder with its truth to `out`, and return the calibration report.

    `progress` is called with the chunks done and the chunks in all. Raises ValueError for a scale or faults that
    are not offered, and FileExistsError where the folder already holds something.
    """
    size = world.scale(scale)
    if faults not in ("none", "planted"):
        raise ValueError(f"Faults must be none or planted, got: {faults}")
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"The sample needs an empty folder, got: {out}")
    out.mkdir(parents=True, exist_ok=True)

    places = world.schemes(size, np.random.default_rng([seed, 999]))
    labels = Labels(places)
    rows = Rows(labels, shown_years())
    more = gathered.Truth(labels, shown_years())
    units = Units(out, labels, in_files=size.chunks > 1)
    early = selection.FirstMonths()
    report = calibration.Calibration()
    folder = files.Folder(out, files.AS_SENT if faults == "planted" else {})

    known_elsewhere = strangers.named(size, seed)
    first = 1
    for number in range(size.chunks):
        chunk = make.chunk(size, places, seed, number, first)
        first += len(chunk.people)
        line = timeline.Timeline(chunk)
        members = schemes.memberships(chunk.register)
        entries = labels.located(reoffending.units(line, members))
        occasions = labels.located(justice.units(line, members))
        ends = gathered.caseload(labels.located(caseload.month_end_units(line, members)))
        days = labels.located(caseload.day_units(line, members))
        rows.add(entries, occasions, ends, days)
        report.add(chunk, line, members, entries, ends)
        units.add("reoffending", entries)
        units.add("time_to_first_reoffence", entries.filter("followed"))
        units.add("occasions", occasions)
        units.add("custody_share", ends)
        units.add("custody_days_share", days)
        others = strangers.strangers(size, seed, number)
        lives = Lives(line, members)
        for name, frame in gathered.units(lives, places, entries, ends, others):
            table = early.held_back(frame, lives) if name == "selection_rules" else frame
            more.add(name, table)
            units.add(name, table)

        who = strangers.apart(files.identities(chunk, size, seed, number), known_elsewhere)
        tables = files.tables(chunk, who, places, number, seed)
        tables = strangers.beside(tables, others)
        known = people(who, tables, others)
        if faults == "planted":
            tables, planted = plant(tables, who, seed, number)
            touched = pl.Series(sorted(planted.touched), dtype=pl.Int64)
            known = known.with_columns(pl.col("person").is_in(touched.implode()).alias("touched"))
            units.add("planted", listing(planted.listed(folder.next_lines())))
        units.add("people", known)
        for name in files.FILES:
            folder.append(name, tables[name].drop("person", strict=False))
        if progress is not None:
            progress(number + 1, size.chunks)

    more.add("selection_rules", early.released())
    units.add("selection_rules", early.released())
    if faults == "planted":
        text, broken = broken_records(folder.next_lines()[BROKEN])
        folder.append_text(BROKEN, text)
        units.add("planted", listing(broken))
    for name, table in reference.tables(places).items():
        folder.append(name, table)
    (out / "manifest.toml").write_text(reference.manifest(scale, seed, faults), encoding="utf-8")
    found = units.finish()
    persons, planted = found.pop("people"), found.pop("planted", [])
    write(
        out,
        {
            "scale": scale, "seed": seed, "faults": faults, "calibration": report.rows(),
            "measures": rows.measures() | more.measures(), "units": found, "people": persons, "planted": planted,
        },
    )  # fmt: skip
    return report.rows()


def people(who: pl.DataFrame, tables: dict[str, pl.DataFrame], others: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return each person with the numbers that each agency gave them; a stranger to the police has no `pnc_id`."""
    crn = tables["probation/people"].group_by("person", maintain_order=True).agg("crn")
    client = tables["dip/people"].group_by("person", maintain_order=True).agg("dip_id")
    strange = pl.concat([others["probation/people"].select("person"), others["dip/people"].select("person")]).sort(
        "person"
    )
    everybody = pl.concat([who.select("person", "pnc_id"), strange], how="diagonal")
    empty = pl.lit([], dtype=pl.List(pl.String))
    return (
        everybody.join(crn, on="person", how="left", maintain_order="left")
        .join(client, on="person", how="left", maintain_order="left")
        .with_columns(pl.col("crn").fill_null(empty), pl.col("dip_id").fill_null(empty), pl.lit(False).alias("touched"))
    )


def listing(found: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the planted faults as a table: each with whose row it is (`person`) and whom else it reaches (`other`)."""
    kinds = {"row": pl.Int64, "person": pl.Int64, "other": pl.Int64}
    columns = ("file", "row", "column", "fault", "person", "other", "expected")
    return pl.DataFrame(found, schema={name: kinds.get(name, pl.String) for name in columns}).select(columns)
