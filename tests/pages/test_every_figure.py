"""Every figure in the pack, the workbook, the page and `ppo measure` agree: one test walks them all."""

import itertools
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from dashboard import compare, evidence, headlines, profile, return_book, return_files, tables
from dashboard import time_to_reoffence as curves
from dashboard.board_pack import CHOICES, OVERVIEW
from dashboard.navigation import PAGES, Entry
from queries.figures import Figure
from tests import spreadsheets, tagged_pdf
from tests.html_tables import ReadTable, tables_in
from tests.pages import in_words
from tests.pages.conftest import html_of
from tests.pages.in_words import Row

SCHEME, NAME = "S002", "Northumbria scheme 1"
QUERIES = Path(__file__).parent.parent.parent / "queries"
NONE_OF_MEASURES = ("worklists", "methods", "data-quality", "audit")
"""Pages without a figure of a measure: rows about single people, definitions, files, and who did what."""


@dataclass(frozen=True)
class Looking:
    """Somebody who looks: as the picker names them and as the command line does, and at which scheme."""

    picked: str
    viewer: str
    scheme: str | None

    @property
    def published(self) -> bool:
        """Whether what they see is published, and so protected."""
        return self.viewer == "board"


BOARD = Looking("Board member", "board", SCHEME)
MANAGER = Looking(f"Manager of {NAME}", f"manager:{SCHEME}", SCHEME)
ANALYST = Looking("Analyst", "analyst", None)


@dataclass(frozen=True)
class Walk:
    """One page as somebody looks at it; `more` are choices of the page's own."""

    entry: Entry
    who: Looking
    more: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What the walk is called among the others."""
        return "-".join(
            [self.entry.address, self.who.viewer.partition(":")[0], *(text.split(" ")[0] for _, text in self.more)]
        )


def walks() -> Iterator[Walk]:
    """Give every page that shows a figure of a measure, for each role that it is for."""
    tool = tomllib.loads((QUERIES / "self_assessment.toml").read_text(encoding="utf-8"))
    measured = [each for each in tool["section"] if any("measured" in one for one in each["criterion"])]
    for entry in PAGES:
        if entry.address in NONE_OF_MEASURES:
            continue
        if entry.address == "self-assessment":
            for who, section in itertools.product((BOARD, MANAGER), measured):
                yield Walk(entry, who, (("section", f"{section['number']} {section['title']}"),))
            continue
        roles = [ANALYST] if entry.only == "analyst" else [BOARD, ANALYST]
        # A manager sees the exact figures of a scheme: where they work, and where the headlines are.
        for who in [*roles, *([MANAGER] if entry.section == "returns" or entry is OVERVIEW else [])]:
            yield Walk(entry, who)


# ── What was asked, and what the command line answers ────────────────────────────────────────────


@dataclass
class Noted:
    """What the tables of a page were made of: for each caption, which kind of table, and of what, in order."""

    made: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    books: dict[str, bytes] = field(default_factory=dict)
    """The workbooks that were offered, by the labels of their buttons."""


HEADLINES = "Headline measures: the last final figure of each"
MAKERS = (
    (tables, "table"),
    (profile, "table"),
    (compare, "table"),
    (curves, "summary_table"),
    (curves, "watched_table"),
    (evidence, "table"),
    (return_book, "page_table"),
)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Return what notes, of every table that a page makes, what it is made of."""
    found = Noted()

    def watch(module: Any, name: str) -> None:
        real = getattr(module, name)

        def made_and_noted(*given: Any) -> tables.Table:
            made = real(*given)
            found.made.setdefault(made.caption, []).append((f"{module.__name__.split('.')[1]}.{name}", given))
            return made

        monkeypatch.setattr(module, name, made_and_noted)

    for module, name in MAKERS:
        watch(module, name)
    cells, give = headlines.cells, return_files.give

    def headline(each: headlines.Headline) -> tuple[str, ...]:
        found.made.setdefault(HEADLINES, []).append(("headlines.cells", (each,)))
        return cells(each)

    def given(label: str, data: bytes, *about: Any, **more: Any) -> None:
        found.books[label] = data
        give(label, data, *about, **more)

    monkeypatch.setattr(headlines, "cells", headline)
    monkeypatch.setattr(return_files, "give", given)
    return found


@dataclass
class Asking:
    """What asks `ppo measure`, once for each figure, as somebody."""

    builds: Path
    who: Looking
    answers: dict[tuple[str, ...], list[Row] | None] = field(default_factory=dict)

    def ask(self, name: str, *options: str) -> list[Row] | None:
        """Return the rows that are printed; None where the table is not one of the published."""
        command = ("measure", name, *options, "--as", self.who.viewer, "--format", "json")
        if command not in self.answers:
            done = CliRunner().invoke(cli.app, [*command, "--builds", str(self.builds)])
            if done.exit_code:
                assert "not one of the published tables" in done.stderr, (command, done.output)
            self.answers[command] = None if done.exit_code else json.loads(done.stdout)
        return self.answers[command]

    def figure(self, found: Figure) -> list[Row]:
        """Return the rows that are printed for what a page asked."""
        options = [part for name, label in found.where.items() for part in ("--where", f"{name}={label}")]
        by = [name for name in found.by if name != "period" or found.period != "each"]
        options += ["--by", ",".join(by)] if by else []
        options += ["--period", found.period] if found.period else []
        options += ["--as-at", found.as_at.isoformat()] if found.as_at else []
        rows = self.ask(found.measure.id, *options)
        assert rows is not None, (found.measure.id, options)
        return rows


def says_what_was_asked(caption: str, found: Figure) -> None:
    """Check that a caption has the people, the scheme and the time that were asked for."""
    assert ("PPOs only" in caption) == (found.where.get("ppo") == "yes"), caption
    assert (f"; {NAME};" in caption) == (found.where.get("scheme") == SCHEME), caption
    assert ("; All schemes;" in caption) == ("scheme" not in found.where), caption
    if found.as_at is not None:
        assert f"As at {in_words.day(found.as_at.isoformat())}" in caption
    elif found.period and "/" in found.period:
        assert caption.endswith(in_words.year(found.period))


# ── The kinds of table ───────────────────────────────────────────────────────────────────────────


def check_figure(asking: Asking, shown: ReadTable, found: Figure) -> None:
    """Check a table of one figure: its names, counts, value, interval, marks and status, row by row."""
    says_what_was_asked(shown.caption, found)
    rows = asking.figure(found)
    if found.by and found.by[0] in ("period", "month"):
        rows = rows[::-1]
    heads, cells = numbers(found, rows, asking.who)
    alone = "All people on the scheme" if found.measure.at_month_end else "All together"
    names = [[in_words.label(each, row[each]) for each in found.by] or [alone] for row in rows]
    assert shown.headings[len(names[0]) :] == heads
    assert shown.rows == [[*name, *line] for name, line in zip(names, cells, strict=True)]


def numbers(found: Figure, rows: list[Row], who: Looking) -> tuple[list[str], list[list[str]]]:
    about = found.measure
    return in_words.columns(
        about.id, about.kind, about.counted_in, rows, who.published, over=found.status != "immature"
    )


TOGETHER = {
    "offence_to_arrest_days": "Offence to arrest",
    "arrest_to_charge_days": "Arrest to charge",
    "charge_to_first_hearing_days": "Charge to first hearing",
    "first_hearing_to_sentence_days": "First hearing to sentence",
    "offence_to_sentence_days": "Offence to sentence",
    "convictions_before_after": "Convictions, 17 months either side",
    "conviction_level_change": "Level of convictions, 15 months on",
    "offences_before_after": "Offences, 12 months either side",
    "offences_before_after_at_liberty": "Offences per day at liberty",
    "arrests_before_after": "Arrests, 24 months either side",
    "acquisitive_before_after": "Acquisitive offences, 12 months either side",
    "seriousness_before_after": "Seriousness, 12 months either side",
}


def check_together(asking: Asking, shown: ReadTable, several: list[Figure]) -> None:
    """Check a table with a row for each of several measures."""
    assert len(shown.rows) == len(several)
    for row, found in zip(shown.rows, several, strict=True):
        heads, (cells,) = numbers(found, asking.figure(found), asking.who)
        assert shown.headings[1:] == heads
        assert row == [TOGETHER[found.measure.id], *cells]


GROUPS = ("young_people", "adults")


def check_profile(asking: Asking, shown: ReadTable, rows: list[Row], nobody: str) -> None:
    """Check a scheme profile; `nobody` is what stands for an age where there is nobody to have one."""
    printed = {(row["row"], row["column"]): row for row in rows}
    assert shown.headings[1:] == ["Young people (under 18)", "Adults"]
    assert shown.rows[0] == ["Name of scheme", NAME if asking.who.scheme else "All schemes"]
    assert [row[0] for row in shown.rows[1:]] == list(in_words.PROFILE.values())
    for name, row in zip(in_words.PROFILE, shown.rows[1:], strict=True):
        for column, cell in zip(GROUPS, row[1:], strict=True):
            found = printed[name, column]
            if found["value"] is not None:
                said = f"{found['value']:.1f}" if name.endswith("_age") else in_words.number(found["value"])
            else:
                said = nobody if found["status"] == "ok" else in_words.MARKS[found["status"]]
            assert cell == said, (name, column)


FINAL_YEARS = "2009/10"
"""The last year of which re-offending is final: eighteen months after March 2010 is September 2011, and the data reach
the end of October."""

SAID = {
    "within": "In line with the whole: chance alone could explain it",
    "above": "Higher: chance alone would do this in 1 of 20",
    "below": "Lower: chance alone would do this in 1 of 20",
    "far above": "Much higher: chance alone would do this in 2 of 1,000",
    "far below": "Much lower: chance alone would do this in 2 of 1,000",
}


def check_compared(asking: Asking, shown: ReadTable, found: Figure, names: dict[str, str]) -> None:
    """Check schemes, or years, beside the limits around the whole: all people together, or all years added up."""
    says_what_was_asked(shown.caption, found)
    rows = asking.figure(found)
    (dimension,) = found.by
    if dimension == "scheme":
        options = [part for name, label in found.where.items() for part in ("--where", f"{name}={label}")]
        (whole,) = asking.ask(found.measure.id, *options, "--period", str(found.period)) or []
        counted = [row for row in rows if row["numerator"] is not None and row["scheme"] in names]
    else:
        counted = [row for row in rows if row["numerator"] is not None and row["period"] <= FINAL_YEARS]
        whole = {key: sum(row[key] for row in counted) for key in ("numerator", "denominator")}
    centre = whole["numerator"] / whole["denominator"]
    made = []
    for row in counted:
        about, over = row["numerator"] / row["denominator"], (centre * (1 - centre) / row["denominator"]) ** 0.5
        (low, high), (far_low, far_high) = (
            (max(centre - z * over, 0), min(centre + z * over, 1))
            for z in (NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.999))
        )
        side = "above" if about > high else "below" if about < low else "within"
        judged = SAID[f"far {side}" if about > far_high or about < far_low else side]
        few = row["denominator"] < 30
        made.append(
            [
                names[row["scheme"]] if dimension == "scheme" else in_words.year(row["period"]),
                in_words.number(row["numerator"]),
                in_words.number(row["denominator"]),
                "[u]" if few else in_words.value("proportion", about),
                "[u]" if few else in_words.interval("proportion", low, high),
                "Too few people to say" if few else judged,
            ]
        )
        assert row["value"] is None or row["value"] == pytest.approx(about, abs=1e-12)
    assert shown.headings[1:] == [
        "People who re-offended", "People", "Percentage", "Where chance alone puts 95 in 100", "What can be said",
    ]  # fmt: skip
    assert shown.rows == sorted(made)


def by_group(found: Figure, rows: list[Row]) -> dict[str, list[Row]]:
    """Return the rows of curves by what each curve is of."""
    return {
        ", ".join(in_words.label(name, label) for name, label in zip(found.by, key, strict=True)) or "All together": [
            *group
        ]
        for key, group in itertools.groupby(rows, lambda row: tuple(row[each] for each in found.by))
    }


def check_summary(asking: Asking, shown: ReadTable, found: Figure) -> None:
    """Check what is said of each curve: people, re-offended so far, by which month half had, and shares by month."""
    says_what_was_asked(shown.caption, found)
    made = []
    for name, curve in by_group(found, asking.figure(found)).items():
        counts = [
            in_words.mark("survival", curve[-1], asking.who.published)
            if curve[-1][key] is None
            else in_words.number(curve[-1][key])
            for key in ("denominator", "numerator")
        ]
        first = {
            key: next((row["months"] for row in curve if row[key] is not None and row[key] >= 0.5), None)
            for key in ("value", "upper", "lower")
        }
        half = "Not reached"
        if all(row["value"] is None for row in curve):
            half = in_words.mark("survival", curve[-1], asking.who.published)
        elif first["value"] is not None:
            latest = f"to {first['lower']}" if first["lower"] else "or later"
            half = f"{first['value']} ({first['upper']} {latest})"
        cells = []
        for month in (6, 12, 24):
            row = next((row for row in curve if row["months"] == month), None)
            if row is None:
                cells.append("–")
            elif row["value"] is None:
                cells.append(in_words.mark("survival", row, asking.who.published))
            else:
                mark = " [p]" if row["status"] == "provisional" else ""
                either_side = in_words.interval("survival", row["lower"], row["upper"])
                cells.append(f"{in_words.value('survival', row['value'])}{mark} ({either_side})")
        made.append([name, *counts, half, *cells, in_words.status("survival", curve[0])])
    assert shown.headings[1:] == [
        "People", "Re-offended so far", "Months until half had (95% interval)", "Within 6 months (95% interval)",
        "Within 12 months (95% interval)", "Within 24 months (95% interval)", "Status",
    ]  # fmt: skip
    assert shown.rows == made


def check_watched(asking: Asking, shown: ReadTable, found: Figure) -> None:
    """Check how many are still watched in the first month and every sixth, or third where two years are all."""
    rows = asking.figure(found)
    last = max(row["months"] for row in rows)
    months = sorted({row["months"] for row in rows if row["months"] in (1, *range(0, 999, 6 if last > 24 else 3))})
    assert shown.headings[1:] == [f"Month {month}" for month in months]
    made = []
    for name, curve in by_group(found, rows).items():
        at = {row["months"]: row for row in curve}
        cells = [
            "0"
            if month not in at
            else in_words.mark("survival", at[month], asking.who.published)
            if at[month]["at_risk"] is None
            else in_words.number(at[month]["at_risk"])
            for month in months
        ]
        made.append([name, *cells])
    assert shown.rows == made


# By what is final on 31 October 2011: re-offending takes eighteen months, NI 30 six, a sentence none.
HEADED = {
    "One-year proven re-offending rate": ("reoffending_rate", "proportion", "2009/10", "{a} of {b} people"),
    "Re-offences per re-offender": (
        "reoffences_per_reoffender", "ratio", "2009/10", "{a} proven re-offences by {b} people who re-offended",
    ),
    "Change in proven offences of a fixed cohort (NI 30)": (
        "ni30_change", "change", "2010/11", "from {b} to {a} proven offences, {n} people",
    ),
    "Days from arrest to sentence": ("arrest_to_sentence_days", "days", "2010/11", "{b} sentencing occasions"),
    "Share of people on the scheme who are in custody": (
        "custody_share", "proportion", "2011-09-30", "{a} of {b} people",
    ),
    "People on the scheme": ("caseload", "stock", "2011-09-30", "Everybody"),
}  # fmt: skip
"""The six headline measures by their titles: measure, kind, the latest time that is final, and how many in words."""
OF_ANYBODY = ("reoffending_rate", "reoffences_per_reoffender", "arrest_to_sentence_days")


def check_headlines(asking: Asking, shown: ReadTable) -> None:
    """Check the six headlines against the command asked for each by itself, whatever the page asked."""
    assert [row[0] for row in shown.rows] == list(HEADED)
    assert shown.headings[:5] == ["Measure", "When", "Figure", "How many", "95% interval"]
    for row, (name, kind, time, how_many) in zip(shown.rows, HEADED.values(), strict=True):
        options = ["--where", f"scheme={asking.who.scheme}"] if asking.who.scheme else []
        options += ["--where", "ppo=yes"] if name in OF_ANYBODY else []
        (found,) = asking.ask(name, *options, "--as-at" if "-" in time else "--period", time) or []
        when = in_words.year(time) if "/" in time else f"End of {in_words.label('month', time[:7])}"
        mark = in_words.MARKS.get(found["status"], "")
        figure, interval = mark, mark
        if found["value"] is not None:
            figure = in_words.value(kind, found["value"]) + (" days" if kind == "days" else "")
        if kind == "stock":
            interval = "Everybody is counted"
        elif found["lower"] is not None:
            interval = in_words.interval(kind, found["lower"], found["upper"])
        counts = [found[key] for key in ("numerator", "denominator", "n")]
        if None not in counts:
            a, b, n = map(in_words.number, counts)
            how_many = how_many.format(a=a, b=b, n=n)
        elif kind != "stock":
            how_many = mark
        assert row[1:5] == [when, figure, how_many, interval], name


def numbers_in(text: str) -> list[str]:
    """Return the numbers of some words, in their order."""
    return re.findall(r"\d[\d,.]*\d|\d", text)


def check_evidence(asking: Asking, shown: ReadTable, lines: list[evidence.Line]) -> None:
    """Check what was measured for a criterion of the self-assessment; counts stand in words, and are read from them."""
    assert shown.headings[:5] == ["What is counted", "When", "Figure", "How many", "95% interval"]
    assert shown.headings[6] == "Status"
    assert len(shown.rows) == len(lines)
    for cells, line in zip(shown.rows, lines, strict=True):
        found, kind = line.figure, line.about.kind
        if found is None or line.row is None:
            # Nothing is shown, for the reason that the last column gives.
            assert cells[2:6] == ["", "", "", ""]
            assert cells[6] in ("Not one of the published tables", "Nobody in this group")
            continue
        (row,) = [each for each in asking.figure(found) if all(each[name] == line.row[name] for name in found.by)]
        time = row.get("month") or row["period"]
        when = in_words.year(time) if "/" in time else f"As at 30 {in_words.label('month', time)}"
        assert cells[1] == when
        for name in set(found.by) - {"period", "month"}:
            assert in_words.label(name, row[name]) in cells[0]
        hidden = in_words.mark(kind, row, asking.who.published)
        value, interval, counts = hidden, hidden, ["denominator"] if kind == "days" else ["numerator", "denominator"]
        if row["value"] is not None:
            days = f" {line.about.counted_in.removesuffix('s') if row['value'] == 1 else line.about.counted_in}"
            value = in_words.value(kind, row["value"]) + (days if kind == "days" else "")
        if kind in ("stock", "count"):
            interval, counts = ("None needed" if row["value"] is not None else hidden), ["n"] * (kind == "count")
        elif row["lower"] is not None:
            interval = in_words.interval(kind, row["lower"], row["upper"], line.about.counted_in)
        if kind == "change":
            counts = ["denominator", "numerator", "n"]
        assert [cells[2], cells[4], cells[6]] == [value, interval, in_words.status(kind, row, over=True)], cells
        if row["denominator"] is None and row["value"] is None:
            assert cells[3] == hidden
        else:
            assert numbers_in(cells[3]) == [in_words.number(row[key]) for key in counts], cells


# ── The Home Office return: on its page, and in its workbook ─────────────────────────────────────

RETURN = tomllib.loads((QUERIES / "home_office.toml").read_text(encoding="utf-8"))
AS_AT = "2011-09-30"
AT_THE_DATE = ("scheme_profile", "custody_share", "also_in_dip")
# By the return's rule: the latest April-to-March year that was final on 30 September 2011, from the months that each
# measure takes to be final: none or up to six after March 2011, eighteen after March 2010.
TWO_YEARS = {
    "reoffending_rate": ("2009/10", "2008/09"),
    "reoffences_per_reoffender": ("2009/10", "2008/09"),
    "reoffences_per_offender": ("2009/10", "2008/09"),
    "ni30_change": ("2010/11", "2009/10"),
    "ni30_reoffending_rate": ("2010/11", "2009/10"),
    "ni30_offences_per_ppo": ("2010/11", "2009/10"),
    "ni30_offences_per_reoffender": ("2010/11", "2009/10"),
}
ABOUT_OTHERS_TOO = (
    "reoffending_rate", "reoffences_per_reoffender", "reoffences_per_offender", "arrest_to_sentence_days",
    "drug_test_positive", "required_assessment_attended", "retained_12_weeks", "referral_to_treatment_days",
    "failure_to_enforcement_days", "enforcement_to_hearing_days",
)  # fmt: skip
"""Measures of the return that are not of people on schemes alone, and so are filtered on them."""
TARGETS = {(None, "2009/10"): -0.19, (SCHEME, "2009/10"): -0.19}
"""NI 30's targets, as data/sample/reference/targets.csv has them."""
IN_RETURN = in_words.STATUS | {
    "provisional": "[p] Provisional",
    "immature": "[x] Too soon to say",
    "low_base": "[u] Too few people for a rate",
    "confidential": "[c] Not shown, to protect people",
    "not_applicable": "[z] Does not apply",
    "nobody": "[z] Nobody to count",
    "not published": "[x] Not among the published tables",
}
COUNTS = ("numerator", "denominator", "n")


def check_return(asking: Asking, shown: ReadTable, sheet: spreadsheets.Read) -> None:
    """Check one table of the return, line by line, on the page and in the workbook."""
    (table,) = [each for each in RETURN["tables"] if shown.caption.startswith(f"{each['id']}: {each['title']}. ")]
    assert shown.caption.endswith(f". {NAME if asking.who.scheme else 'All schemes'}, as at {in_words.day(AS_AT)}")
    if table["id"] == "T1":
        rows = asking.ask("scheme_profile", *_of_scheme(asking.who), "--as-at", AS_AT)
        check_profile(asking, shown, rows or [], nobody="[z]")
        check_profile_sheet(sheet, rows or [])
        return
    columns = RETURN["columns"][table["columns"]]
    headings, lines = sheet.table
    assert [each["heading"] for each in columns] == headings[3:-1]
    assert len(lines) == len(shown.rows)
    for line, row in zip(lines, shown.rows, strict=True):
        cells, on_page = dict(zip(headings, line, strict=True)), dict(zip(shown.headings, row, strict=True))
        found, times = _answer(asking, table, cells)
        assert on_page["Figure"] == str(cells["Figure"]).partition(" [note ")[0]
        assert on_page["Time"] == cells["Time"] == times
        assert on_page.get("Group", "All") == cells["Group"]
        expected = {each["key"]: _expected(asking.who, found, each["key"]) for each in columns}
        for each in columns:
            is_there, cell = expected[each["key"]], cells[each["heading"]]
            assert cell == (is_there if isinstance(is_there, str) else pytest.approx(is_there, rel=1e-12, abs=1e-12)), (
                table["id"],
                each["key"],
                cells,
            )
            if each["key"] not in ("lower", "upper"):
                assert on_page[each["heading"]] == _written(each["format"], is_there), (table["id"], row)
        if "lower" in expected:
            low, high = (
                _written(each["format"], expected[each["key"]]) for each in columns if each["key"] in ("lower", "upper")
            )
            assert on_page["95% interval"] == (low if isinstance(expected["lower"], str) else f"{low} to {high}")
        days = found.kind == "days" and found.status == "low_base"
        assert on_page["Status"] == cells["Status"] == (in_words.FEW_DAYS if days else IN_RETURN[found.status])


def check_profile_sheet(sheet: spreadsheets.Read, rows: list[Row]) -> None:
    """Check the scheme profile in a workbook."""
    printed = {(row["row"], row["column"]): row for row in rows}
    in_sheet = {str(row[0]): row[1:] for row in sheet.table[1]}
    for name, title in in_words.PROFILE.items():
        for column, cell in zip(GROUPS, in_sheet[title], strict=True):
            found = printed[name, column]
            there = (
                in_words.MARKS[found["status"]] if found["value"] is None else pytest.approx(found["value"], rel=1e-12)
            )
            assert cell == there, (name, column)


@dataclass(frozen=True)
class Answer:
    """What the command line prints for a line of the return: its row, or the reason why there is none."""

    kind: str
    status: str
    row: Row | None
    target: float | None


def _of_scheme(who: Looking) -> list[str]:
    return ["--where", f"scheme={who.scheme}"] if who.scheme else []


def _answer(asking: Asking, table: dict, cells: dict) -> tuple[Answer, str]:
    """Return what is printed for a line of a workbook, and its time in words."""
    title = str(cells["Figure"]).partition(" [note ")[0]
    declared = [each for each in table["lines"] if each["title"] == title]
    whole = [each for each in declared if "by" not in each]
    (line,) = [each for each in declared if "by" in each] if len(declared) > 1 and cells["Group"] != "All" else (
        whole or declared
    )  # fmt: skip
    name = line["measure"]
    options = _of_scheme(asking.who)
    options += ["--where", "ppo=yes"] if name in ABOUT_OTHERS_TOO and not line.get("everyone") else []
    options += ["--by", line["by"]] if "by" in line else []
    if name in AT_THE_DATE:
        options, time, said = [*options, "--as-at", AS_AT], AS_AT, f"As at {in_words.day(AS_AT)}"
    else:
        years = TWO_YEARS.get(name, ("2010/11",))
        (time,) = [year for year in years if in_words.year(year) == cells["Time"]]
        options, said = [*options, "--period", time], in_words.year(time)
    kind = {"days": "days", "months": "days", "counts": "count"}.get(table["columns"], "rate")
    target = TARGETS.get((asking.who.scheme, time)) if line.get("target") else None
    rows = asking.ask(name, *options)
    if rows is None:
        return Answer(kind, "not published", None, target), said
    row = next((row for row in rows if _group(row) == cells["Group"]), None)
    if row is None or (not row["n"] and row["status"] == "immature"):
        return Answer(kind, "nobody", row, target), said
    return Answer(kind, row["status"], row, target), said


def _group(row: Row) -> str:
    """Return the group of a printed row as the return has it."""
    if "week" in row:
        return f"Week {row['week']}"
    named = [name for name in ("exit_reason", "court_type", "adoption") if name in row]
    return in_words.label(named[0], row[named[0]]) if named else "All"


def _expected(who: Looking, found: Answer, key: str) -> float | str:
    """Return the number of a cell, or the shorthand that stands in its place."""
    if found.status == "not published":
        return "[x]"
    if key == "target":
        return "[z]" if found.target is None else found.target
    if found.row is None:
        return 0.0 if key in COUNTS or (key == "value" and found.kind == "count") else "[z]"
    if found.row[key] is not None:
        return found.row[key]
    if found.status == "nobody" or (found.status == "low_base" and not found.row["n"]):
        return "[z]"
    return in_words.mark(found.kind, found.row, who.published)


def _written(reading: str, cell: float | str) -> str:
    if isinstance(cell, str):
        return cell
    if reading == "days":
        return f"{cell:,.1f}"
    kind = {"percent": "proportion", "change": "change", "rate": "ratio", "count": "count"}[reading]
    return in_words.value(kind, cell)


# ── The walk ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def pack(builds, tmp_path_factory) -> Callable[[Looking], dict[str, list[tagged_pdf.Part]]]:
    """Return what gives the tables of somebody's pack of every page, by the page's title; each pack is made once."""

    @cache
    def tables_of(who: Looking) -> dict[str, list[tagged_pdf.Part]]:
        file = tmp_path_factory.mktemp("pack") / "pack.pdf"
        of = ["--pages", "all", "--as", who.viewer, "--scheme", who.scheme or "all"]
        done = CliRunner().invoke(cli.app, ["board-pack", "--out", str(file), *of, "--builds", str(builds)])
        assert done.exit_code == 0, done.output
        sections: dict[str, list[tagged_pdf.Part]] = {}
        for part in tagged_pdf.read(file).parts():
            if part.kind == "H1":
                sections[part.text] = []
            elif part.kind == "Table":
                list(sections.values())[-1].append(part)
        return sections

    return tables_of


def squeezed(text: str) -> str:
    """Return a text without its spaces: where a line breaks is not in the tags."""
    return "".join(text.split())


def check_pack(shown: ReadTable, tagged: tagged_pdf.Part) -> None:
    """Check that a table of the pack is the page's cell by cell, in order; a long one has lost its oldest rows."""
    head, *rows = tagged.rows()
    headed = [sum(cell.kind == "TH" for cell in row.inside) for row in tagged.every("TR")][1:]
    expected = [[squeezed(cell) for cell in row] for row in (shown.headings, *shown.rows)]
    got = [[squeezed(cell) for cell in row] for row in (head, *rows)]
    if len(shown.rows) > 40:
        # Its headings, and the latest twelve rows.
        expected = expected[:13]
    assert headed == shown.headed[: len(headed)], shown.caption
    # The page has no heading over the names of rows of one figure; the pack has an empty one.
    assert [[c for c in row if c] for row in got] == [[c for c in row if c] for row in expected], shown.caption


def check(asking: Asking, shown: ReadTable, made: list[tuple[str, Any]], noted: Noted, names: dict[str, str]) -> None:
    """Check one table of a page, by what it is made of."""
    (kind,) = {each for each, _ in made}
    given = made[0][1]
    if kind == "tables.table" and len(made) > 1:
        check_together(asking, shown, [each[0] for _, each in made])
    elif kind == "tables.table":
        check_figure(asking, shown, given[0])
    elif kind == "profile.table":
        check_profile(asking, shown, asking.figure(given[0]), nobody="–")
    elif kind == "compare.table":
        check_compared(asking, shown, given[0].figure, names)
    elif kind == "headlines.cells":
        check_headlines(asking, shown)
    elif kind == "evidence.table":
        check_evidence(asking, shown, given[0])
    elif kind == "return_book.page_table":
        (book,) = noted.books.values()
        check_return(asking, shown, spreadsheets.read(book)[1][shown.caption.partition(":")[0]])
    else:
        {"time_to_reoffence.summary_table": check_summary, "time_to_reoffence.watched_table": check_watched}[kind](
            asking, shown, given[0]
        )


SCHEMES = {
    "S001": "Greater Manchester scheme 1",
    "S002": "Northumbria scheme 1",
    "S003": "Northumbria scheme 2",
    "S004": "Metropolitan scheme 1",
}
MET = {
    "overview-board": {"[c]", "[z]"},
    "reoffending-analyst": {"[u]", "[x]"},
    "custody-community-board": {"[c]", "[u]", "[p]"},
    "home-office-return-board": {"[c]", "[x]", "[z]"},
    "home-office-return-manager": {"[u]", "[z]"},
}
"""Walks that must come by some shorthand, or the sample would try less than this is for."""


@pytest.mark.parametrize("walk", list(walks()), ids=lambda walk: walk.name)
def test_every_figure_of_the_pack_the_workbook_and_the_page_is_what_ppo_measure_prints(
    opened, builds, pack, noted, walk
):
    """Counts, value, interval, shorthand and status of every row, and no table of a page left out.

    What is said of a difference, a national figure or a target beside them has tests of its own.
    """
    filters = {"scheme": NAME} if walk.who.scheme else {}
    run = opened(walk.entry.script, view_as=walk.who.picked, **filters, **dict(walk.more))
    assert not run.exception
    asking = Asking(builds, walk.who)
    tables_shown = tables_in(html_of(run))
    assert {each.caption for each in tables_shown} == set(noted.made)
    assert tables_shown
    for shown in tables_shown:
        check(asking, shown, noted.made[shown.caption], noted, SCHEMES)
    text = " ".join(cell for shown in tables_shown for row in shown.rows for cell in row)
    assert {mark for mark in MET.get(walk.name, ()) if mark not in text} == set()
    if walk.entry.address == "scheme-profile":
        (book,) = noted.books.values()
        rows = asking.ask("scheme_profile", *_of_scheme(walk.who), "--as-at", AS_AT)
        check_profile_sheet(spreadsheets.read(book)[1]["T1"], rows or [])
    if walk.entry in (OVERVIEW, *CHOICES) and walk.who is not MANAGER:
        in_pack = pack(walk.who)[walk.entry.title]
        assert len(in_pack) == len(tables_shown)
        for shown, tagged in zip(tables_shown, in_pack, strict=True):
            check_pack(shown, tagged)
