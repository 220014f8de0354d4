"""Worklists in words: what each row says, what the list says of itself, and the file of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import describe, download, words
from queries.catalogue import measure
from queries.warehouse import Build
from queries.worklists import RULES, STEPS, Worklist

ADOPTED = "Adopted"
COUNTS_FROM = {
    "enforcement": "Second unacceptable absence",
    "exit_letter": "Left",
    "nominated_and_decided": "Nominated",
}
"""What a step counts from, where that is not the adoption."""
DECISION = {"awaited": "no decision is known yet", "deferred": "the decision was put off"}
KEEP = "Keep this file as you keep personal data: it is not for a board, nor to be published or sent on."


@dataclass(frozen=True)
class Shown:
    """One list as it is read: `rows` in words, and `columns` and `data` as the file has them.

    `when` is the day that it is as at, in words; `said` how many rows and people it has; `empty` the title and the
    next step where it has none.
    """

    name: str
    title: str
    lead: str
    when: str
    said: str
    empty: tuple[str, str]
    headings: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, str]
    data: tuple[tuple[Any, ...], ...]
    definition: tuple[tuple[str, str], ...]


def overdue(found: Worklist, with_scheme: bool) -> Shown:
    """Return the steps that are overdue, in words. `with_scheme` says in each row which scheme it is of."""
    names, rows = describe.scheme_names(), found.frame.rows(named=True)
    said = ""
    if rows:
        said = (
            f"{words.counted(len(rows), 'step', 'steps')} of {words.counted(found.people, 'person', 'people')} "
            f"{'is' if len(rows) == 1 else 'are'} overdue, the longest by {words.days(rows[0]['days_overdue'])}."
        )
    return Shown(
        name="steps_overdue",
        title="Steps overdue",
        lead=(
            "Steps that were due by the end of the data and are not done, of people still on the scheme, with the "
            "letter on leaving of people who left in the last twelve months. A step that was done late is done. The "
            "longest overdue come first."
        ),
        when=_as_at(found.as_at),
        said=said,
        empty=(
            "Nothing is overdue",
            "Every step that was due is done, as far as anybody has sent its date. "
            "Choose another of your schemes above, or come back when there are newer data.",
        ),
        headings=("Person", *(("Scheme",) if with_scheme else ()), "Step", "Counts from", "Due", "Days overdue"),
        kinds=("name", *(("name",) if with_scheme else ()), "name", "name", "name", "number"),
        rows=tuple(
            (
                str(row["person_id"]),
                *((names.get(row["scheme"], "This scheme"),) if with_scheme else ()),
                words.label("step", row["step"]),
                f"{COUNTS_FROM.get(row['step'], ADOPTED)} {words.day(row['counts_from'])}",
                words.day(row["due_on"]),
                words.count(row["days_overdue"]),
            )
            for row in rows
        ),
        columns={
            "person": "the person's number here, which means nothing elsewhere",
            "scheme": "the scheme",
            "step": "the step that is not done",
            "counts_from": "what the days allowed are counted from",
            "counts_from_on": "when that was",
            "due_on": "the last day on which the step would have been in time",
            "days_overdue": "days from then to the end of the data",
        },
        data=tuple(
            (
                row["person_id"],
                names.get(row["scheme"], row["scheme"]),
                words.label("step", row["step"]),
                COUNTS_FROM.get(row["step"], ADOPTED),
                row["counts_from"].isoformat(),
                row["due_on"].isoformat(),
                row["days_overdue"],
            )
            for row in rows
        ),
        definition=(
            ("One row is", "A step that is not done, for one person and one time on the scheme."),
            ("End of the data", _ends(found.as_at, "the last day that every file with a step's date reaches")),
            ("Whose", "People on the scheme on that day. The letter on leaving: people who left in the twelve months "
             "to it, and have not come back to the scheme."),
            ("Days overdue", "From the last day on which the step would have been in time to the end of the data; 0 "
             "for one that could still be done on that last day and was not."),
            ("Not on the list", "Steps done late; steps not due yet; steps of which nobody ever sent a date, since "
             "nothing is then known; people who have died."),
            ("Too late to do", "An appointment in each of the first four weeks cannot be made up for. It stays on the "
             "list, since it was promised and was not done."),
            *_choices(STEPS),
        ),
    )  # fmt: skip


def candidates(found: Worklist, with_scheme: bool) -> Shown:
    """Return the candidates for the monthly meeting, in words. `with_scheme` says in each row of which scheme."""
    names, rows = describe.scheme_names(), found.frame.rows(named=True)
    nominated = sum(row["nominated_on"] is not None for row in rows)
    left = sum(row["left_on"] is not None for row in rows)
    old = sum(_over_a_year_ago(row["nominated_on"], found.as_at) for row in rows)
    of_them = f" ({words.count(old)} of them over a year ago)" if old else ""
    both = nominated + left - len(rows)
    said = (
        f"{words.counted(len(rows), 'row', 'rows')} about {words.counted(found.people, 'person', 'people')}: "
        f"{words.count(nominated)} nominated and not decided on{of_them}, and {words.count(left)} who left in the last "
        f"24 months and meet a rule{f'; {words.count(both)} of them are both' if both else ''}."
    )
    return Shown(
        name="candidates",
        title="Candidates for the monthly meeting",
        lead=(
            "People on no scheme now who were nominated and not decided on, or whose decision was put off, and people "
            "who left in the last 24 months and meet a selection rule. A rule is an aid to the monthly meeting, which "
            "decides. The latest nominated come first, then the latest who left."
        ),
        when=_as_at(found.as_at),
        said=said,
        empty=(
            "Nobody is waiting",
            "Everybody who was nominated has been decided on or is on a scheme, and nobody who left in the last 24 "
            "months and is on none now meets a selection rule. Choose another of your schemes above.",
        ),
        headings=("Person", *(("Scheme",) if with_scheme else ()), "On the list because", "Rules met"),
        kinds=("name", *(("name",) if with_scheme else ()), "words", "words"),
        rows=tuple(
            (
                str(row["person_id"]),
                *((names.get(row["scheme"], "This scheme"),) if with_scheme else ()),
                _because(row),
                "; ".join(words.label("rule", each) for each in row["rules"]) or "None",
            )
            for row in rows
        ),
        columns={
            "person": "the person's number here, which means nothing elsewhere",
            "scheme": "the scheme that they were nominated to, or left",
            "nominated_on": "when they were last nominated, if that is not decided on",
            "decision": "what is known of the decision",
            "left_on": "when they left the scheme, if that was in the last 24 months and they meet a rule",
            "rules_met": "the selection rules that they meet",
        },
        data=tuple(
            (
                row["person_id"],
                names.get(row["scheme"], row["scheme"]),
                _iso(row["nominated_on"]),
                DECISION.get(row["decision"], ""),
                _iso(row["left_on"]),
                "; ".join(words.label("rule", each) for each in row["rules"]),
            )
            for row in rows
        ),
        definition=(
            ("One row is", "A person who is on no scheme, yours or another's, and the scheme that they were nominated "
             "to or left."),
            ("End of the data", _ends(found.as_at, "the last day that the register and the nominations reach")),
            ("Nominated", "Their latest nomination to the scheme has no decision by then, or one that was put off, and "
             "they were not adopted since."),
            ("Left", "They left the scheme in the 24 months to the end of the data, and meet a selection rule on "
             f"{words.day(found.rules_on)}." if found.rules_on else "No month end is in the data yet, and so no rule."),
            ("Not on the list", "People who are on a scheme now; people who have died."),
            ("What a rule is for", f"{measure(RULES).why}."),
            *_choices(RULES),
        ),
    )  # fmt: skip


def bundle(shown: Shown, build: Build) -> bytes:
    """Return a list as a zip: its rows, every one, and the notes that belong to them."""
    notes = [
        f"{shown.title}, {shown.when}",
        describe.stamp(build),
        f"Build {build.id}",
        shown.said,
        shown.lead,
        KEEP,
        "",
        *(f"- {heading}: {text}" for heading, text in shown.definition),
        "",
        "Columns of rows.csv",
        *(f"- {name}: {text}" for name, text in shown.columns.items()),
    ]
    return download.archive(
        {"rows.csv": download.as_csv(tuple(shown.columns), shown.data), "notes.txt": "\r\n".join(notes) + "\r\n"}
    )


def _because(row: dict[str, Any]) -> str:
    parts = []
    if row["nominated_on"] is not None:
        parts.append(f"Nominated {words.day(row['nominated_on'])}; {DECISION[row['decision']]}.")
    if row["left_on"] is not None:
        parts.append(f"Left {words.day(row['left_on'])}.")
    return " ".join(parts)


def _over_a_year_ago(day: date | None, as_at: date | None) -> bool:
    if day is None or as_at is None:
        return False
    return (day.year + 1, day.month, day.day) < (as_at.year, as_at.month, as_at.day)


def _choices(name: str) -> list[tuple[str, str]]:
    """Return where a list's definition is from and the choices made in it, as its measure says them."""
    return [pair for pair in describe.definition(measure(name)) if pair[0].startswith(("Source", "Choice"))]


def _as_at(day: date | None) -> str:
    return f"as at {words.day(day)}" if day else "of no day yet"


def _ends(day: date | None, what: str) -> str:
    return f"{words.day(day)}: {what}." if day else "No file says how far it reaches."


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
