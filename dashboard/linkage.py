"""The part of the data-quality page about who is who: links, how good they are, and what doubtful ones could change."""

from typing import Any

from dashboard import access, current, words
from dashboard.quality_table import Column, Row, show_table
from queries import linkage, quality
from queries.catalogue import measure
from queries.disclosure import is_small
from queries.figures import Figure
from queries.scope import Viewer

AGENCIES = {"probation/people": "Probation", "dip/people": "Drug Interventions Programme", "police/people": "Police"}


def show_links(title: str) -> None:
    """Put on the page who was linked and by what, with how good that is, and who contradicts themselves."""
    warehouse = current.warehouse()
    show_table(
        title,
        "How many records of each agency were tied to somebody else's record, and estimates of how many of the links "
        "are right (precision) and how many of those that should be there are (recall). The estimates come from "
        "records with a police number, looked for again as if they had none.",
        linkage.agencies(warehouse).rows(named=True),
        [
            ("Agency", lambda row: AGENCIES[row["file"]], "name"),
            ("Records", lambda row: words.count(row["records"]), "number"),
            ("Linked", lambda row: words.count(row["linked"] or 0), "number"),
            ("Not linked", lambda row: words.count(row["unlinked"] or 0), "number"),
            ("Precision", lambda row: _share(row["precision"]), "number"),
            ("Recall", lambda row: _share(row["recall"]), "number"),
            ("Found again without a number", _found_again, "name"),
        ],
        "No agency's records were linked.",
    )
    show_table(
        "Links by rule",
        "Rules are tried in this order of trust: identifiers, name and date of birth with something to bear them out, "
        "then the weight of everything that agrees. What stays uncertain is not linked.",
        linkage.rules(warehouse).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Linked by", lambda row: words.sentence(str(row["rule"]).replace("_", " ")), "name"),
            ("Records", lambda row: words.count(row["records"]), "number"),
            ("Links thought right", lambda row: _share(row["precision"]), "number"),
        ],
        "No records were linked.",
        level=3,
    )
    show_table(
        "Identifiers that the rest of the record contradicts",
        "These identifiers were not believed, or join records that carry different ones.",
        quality.conflicts(warehouse).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Identifier", lambda row: str(row["identifier"]), "name"),
            ("Why", lambda row: words.sentence(str(row["reason"])), "words"),
            ("Records", lambda row: words.count(row["records"]), "number"),
        ],
        "No record contradicts its identifier.",
        level=3,
    )


def show_doubtful(title: str) -> None:
    """Put on the page the pairs that may be one person, and how far each figure could move with them."""
    warehouse, viewer = current.warehouse(), access.viewer_now()
    show_table(
        title,
        "Pairs of records that may be one person and are not linked. Somebody who may see names decides about them "
        "with ppo review, on the machine that holds the key.",
        linkage.doubtful(warehouse).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("How likely one person", lambda row: row["likely"], "name"),
            ("Pairs", lambda row: words.count(row["pairs"]), "number"),
        ],
        "No pair of records is in doubt.",
    )
    rows = [row for row in linkage.moves(warehouse).rows(named=True) if _may_see(row, viewer)]
    exact: list[Column] = [
        ("As shown", lambda row: _figure(row, ""), "number"),
        ("If every pair were linked", lambda row: _figure(row, "_if_linked"), "number"),
    ]
    show_table(
        "How far figures could move",
        "Every figure that uses the Drug Interventions Programme, for all schemes together: as it is shown, with no "
        "doubtful pair linked, against as it would be with every one of them linked.",
        rows,
        [
            ("Figure", lambda row: measure(row["measure"]).title, "name"),
            ("Time", lambda row: row["time"], "name"),
            ("Could move by", _move, "number"),
            *(exact if viewer.role == "analyst" else []),
        ],
        "No figure would move.",
        level=3,
    )


def profile_note(figure: Figure, viewer: Viewer) -> str:
    """Return how far the profile's count of people also in the programme could move, or nothing when it could not.

    A sentence for those who see exact figures; the board's are protected, and a difference could be taken from them.
    """
    scheme = figure.where.get("scheme")
    exact = viewer.role == "analyst" or viewer.manages(scheme)
    if not exact or figure.as_at is None or set(figure.where) - {"scheme"}:
        return ""
    found = linkage.also_in_dip_if_linked(current.warehouse(), figure.as_at, scheme)
    if found is None:
        return ""
    now, then = found
    if now == then:
        return "No doubtful link with the Drug Interventions Programme would change the number also in it."
    return (
        f"Adults also in DIP: {words.count(now)} with the links made; it would be {words.count(then)} if every "
        "doubtful pair of records were one person."
    )


def _may_see(row: Row, viewer: Viewer) -> bool:
    """Return whether a viewer may see how far a figure could move: all but analysts, no difference of a few people."""
    steps = [abs((row[f"{name}_if_linked"] or 0) - (row[name] or 0)) for name in ("numerator", "denominator")]
    return viewer.role == "analyst" or not any(is_small(step) for step in steps)


def _move(row: Row) -> str:
    now, then = row["value"], row["value_if_linked"]
    if now is None or then is None:
        return "Too few to say"
    kind = measure(row["measure"]).kind
    if kind in ("proportion", "share"):
        return f"{(then - now) * 100:+.2f} percentage points"
    return f"{then - now:+,.1f} days" if kind == "days" else f"{then - now:+,.3f}"


def _figure(row: Row, which: str) -> str:
    asked = measure(row["measure"])
    value, numerator, denominator = (row[f"{name}{which}"] for name in ("value", "numerator", "denominator"))
    if value is None:
        return "Too few to say" if not numerator else f"{numerator:,.0f} of {denominator:,.0f}"
    if asked.kind == "days":
        return f"{value:,.0f} days"
    if asked.kind in ("proportion", "share"):
        return f"{value:.2%} ({numerator:,.0f} of {denominator:,.0f})"
    return f"{value:,.3f} ({numerator:,.0f} over {denominator:,.0f})"


def _share(value: float | None) -> str:
    return "Not judged" if value is None else f"{value:.1%}"


def _found_again(row: dict[str, Any]) -> str:
    if not row["hidden"]:
        return "None to try"
    return f"{words.count(row['found'])} of {words.count(row['hidden'])}"
