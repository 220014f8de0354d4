"""Planted faults: real rates between the agencies, a few of every other kind, and each where the list says."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl.sample import committed, faults, files
from etl.sample.faults import HARMLESS

from .conftest import Made


def read(folder: Path, name: str) -> pl.DataFrame:
    """Return a file of the world with faults as words, whatever form it is in, with the contract's headers."""
    form = files.AS_SENT.get(name, files.PLAIN)
    text = (folder / f"{name}.csv").read_bytes().decode(form.encoding)
    frame = pl.read_csv(text.encode(), separator=form.separator, infer_schema=False, truncate_ragged_lines=True)
    return frame.rename({column: column.lower().replace(" ", "_") for column in frame.columns})


@pytest.fixture(scope="module")
def truth(small: Made) -> dict[str, Any]:
    return json.loads((small.spoilt / "truth.json").read_text(encoding="utf-8"))


def share(truth: dict[str, Any], file: str, fault: str, of: int) -> float:
    return sum(f["file"] == file and f["fault"].startswith(fault) for f in truth["planted"]) / of


def test_rates_between_agencies(small: Made, truth: dict[str, Any]) -> None:
    probation, dip = read(small.clean, "probation/people"), pl.read_csv(small.clean / "dip/people.csv")
    probation = pl.read_csv(small.clean / "probation/people.csv")
    on_probation, on_dip = probation.height, dip.height
    assert share(truth, "probation/people", "police number missing", on_probation) >= 0.35
    wrong = share(truth, "probation/people", "police number of", on_probation)
    wrong += share(truth, "probation/people", "police number with", on_probation)
    assert wrong >= 0.03
    assert share(truth, "dip/people", "police number missing", on_dip) >= 0.85
    assert 0.08 <= share(truth, "probation/people", "name misspelt", on_probation) <= 0.12
    for file, rows in (("probation/people", on_probation), ("dip/people", on_dip)):
        assert share(truth, file, "birth date swapped", rows) == pytest.approx(0.03, abs=0.003)


def test_twins_and_shared_initials_are_there(small: Made) -> None:
    police = pl.read_csv(small.clean / "police/people.csv", infer_schema=False)
    twins = police.group_by("surname", "date_of_birth").len().filter(pl.col("len") > 1)
    assert twins.height >= 5
    clients = pl.read_csv(small.clean / "dip/people.csv", infer_schema=False)
    assert clients.group_by("initials").len().filter(pl.col("len") > 1).height >= 50


def test_each_fault_is_where_the_list_says(small: Made, truth: dict[str, Any]) -> None:
    """The word in the row is not what the clean file has there; rows added at the end have no clean row."""
    clean: dict[str, pl.DataFrame] = {}
    spoilt: dict[str, pl.DataFrame] = {}
    for fault in truth["planted"]:
        name, row, column = fault["file"], fault["row"] - 1, fault["column"]
        if name == faults.BROKEN or fault["fault"] == "twin":
            continue
        if name not in clean:
            clean[name] = pl.read_csv(small.clean / f"{name}.csv", infer_schema=False)
            spoilt[name] = read(small.spoilt, name)
        if row < clean[name].height:
            assert clean[name][column][row] != spoilt[name][column][row], fault
        else:
            assert row < spoilt[name].height
            assert fault["expected"] in ("duplicate", "quarantined")


def test_nothing_else_is_changed(small: Made, truth: dict[str, Any]) -> None:
    listed = {(f["file"], f["row"]) for f in truth["planted"]}
    for name in files.FILES:
        if name in (faults.BROKEN, "probation/custody"):
            continue
        clean = pl.read_csv(small.clean / f"{name}.csv", infer_schema=False)
        spoilt = read(small.spoilt, name).select(clean.columns).head(clean.height)
        differs = pl.any_horizontal(clean[c].ne_missing(spoilt[c]) for c in clean.columns)
        rows = pl.select(differs.alias("differs")).with_row_index("row", offset=1).filter("differs")["row"].to_list()
        assert {(name, row) for row in rows} <= listed, name


def test_whoever_a_fault_names_is_touched_and_nobody_else(truth: dict[str, Any]) -> None:
    touched = {p["person"] for p in truth["people"] if p["touched"]}
    may_change = [fault for fault in truth["planted"] if not fault["fault"].startswith(HARMLESS)]
    assert touched == {fault[who] for fault in may_change for who in ("person", "other")} - {None}
    assert 0.2 < len(touched) / len(truth["people"]) < 0.6


def test_who_else_a_fault_names_is_whose_number_was_borrowed(small: Made, truth: dict[str, Any]) -> None:
    owner = {row["pnc_id"]: row["person"] for row in truth["people"] if row["pnc_id"]}
    borrowed = [fault for fault in truth["planted"] if fault["fault"] == "police number of somebody else"]
    assert len(borrowed) > 20
    numbers = {file: read(small.spoilt, file)["pnc_id"].to_list() for file in ("probation/people", "dip/people")}
    for fault in borrowed:
        assert owner[numbers[fault["file"]][fault["row"] - 1]] == fault["other"] != fault["person"], fault
    assert sum(fault["other"] is not None for fault in truth["planted"]) == len(borrowed)


def test_every_kind_of_fault_is_in_the_committed_sample() -> None:
    """The README that comes with data/sample lists what a new world of its seed would have."""
    sample = Path(__file__).parents[3] / "data" / "sample"
    text = (sample / "README.md").read_text(encoding="utf-8")
    kinds = Counter(line.split("|")[3].split("(")[0].strip() for line in text.splitlines() if line.startswith("| p"))
    for fault in (
        "no usable identifier", "no event date", "ends before it starts", "before birth", "under ten",
        "conviction without a date", "unknown person", "unknown scheme", "overlapping span", "stages out of order",
        "exact duplicate", "near duplicate", "number with a wrong letter", "code that is on no list", "planned end",
        "record with too few fields", "quotation mark astray", "text that is too long", "date after the extract",
    ):  # fmt: skip
        assert kinds[fault] >= 1, fault
    size = sum(path.stat().st_size for path in sample.rglob("*") if path.is_file())
    assert size <= 5_000_000
    assert not (sample / "truth.json").exists()


def test_the_committed_sample_is_what_the_generator_makes(tmp_path: Path) -> None:
    import gzip

    committed.write_committed(tmp_path / "sample")
    kept = Path(__file__).parents[3] / "data" / "sample"
    names = sorted(str(p.relative_to(kept)) for p in kept.rglob("*") if p.is_file())
    assert names == sorted(
        str(p.relative_to(tmp_path / "sample")) for p in (tmp_path / "sample").rglob("*") if p.is_file()
    )
    for name in names:
        one, other = (kept / name).read_bytes(), (tmp_path / "sample" / name).read_bytes()
        if name.endswith(".gz"):
            one, other = gzip.decompress(one), gzip.decompress(other)
        assert one == other, f"{name} is not what `python -m etl.sample.committed data/sample` writes"
