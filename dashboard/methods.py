"""The methods page, made from the measures' own headers, the switches and the glossary."""

import json
import tomllib
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import access, describe, words
from dashboard.boundary import boundary
from queries import sql
from queries.catalogue import Measure, default_switches, measures, switches
from queries.dimensions import DIMENSIONS

GLOSSARY = Path(__file__).parent / "glossary.toml"
EXAMPLES = Path(__file__).parent / "worked_examples.json"
"""Made from the tests worked by hand: `python -m tests.worked_examples`."""


def show_measures(title: str) -> None:
    """Put every measure on the page: its definition, and the SQL of its unit query."""
    with boundary(title):
        access.viewer_now()
        st.html(f"<h2>{escape(title)}</h2>")
        made = examples()
        st.html("".join(_measure(name, made.get(name)) for name in measures()))
        st.html(
            "<h2>The query behind each measure</h2><p>Each gives one row per unit; what is counted is added up in one "
            "place for all measures. It can be run in the DuckDB shell on a warehouse.</p>"
            + "".join(map(_query, _files()))
        )


def _measure(name: str, example: dict[str, Any] | None) -> str:
    about = measures()[name]
    pairs = "".join(f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in describe.definition(about))
    # A breakdown of another measure's own is not one that anybody would look for here.
    not_for = ", ".join(n for n in about.not_applicable if not DIMENSIONS[n].own) or "none: all apply"
    return (
        f"<details class='definition method'><summary>{escape(about.title)}</summary><dl>{pairs}"
        f"<dt>Name</dt><dd>{escape(about.id)}</dd><dt>Kind</dt><dd>{escape(about.kind)}</dd>"
        f"<dt>Breakdowns that do not apply</dt><dd>{escape(not_for)}</dd>"
        f"<dt>Reads</dt><dd>{escape(', '.join(about.reads))}</dd>"
        f"<dt>Owner</dt><dd>{escape(about.owner)}; to be reviewed by {escape(about.review_by)}</dd></dl>"
        f"{_example(about, example)}</details>"
    )


def examples() -> dict[str, dict[str, Any]]:
    """Return the worked example of each measure, by its id: made-up records, what each comes to, and the figure."""
    return json.loads(EXAMPLES.read_text(encoding="utf-8"))


def _example(about: Measure, made: dict[str, Any] | None) -> str:
    """Return a measure's worked example as HTML; nothing where none was made yet."""
    if made is None:
        return ""
    sent = "".join(
        _table(about, f"Records sent: {title}", [*rows[0][:-1], "why"], rows[1:])
        for title, rows in made["tables"].items()
    )
    time = f"on {words.day(date.fromisoformat(made['time']))}" if about.at_month_end else f"in {made['time']}"
    heads = {"numerator": about.numerator, "denominator": about.denominator}
    units = _table(about, f"What each comes to, {time}", made["unit_columns"], made["units"])
    columns = [heads.get(name) or name for name in made["figure_columns"]]
    figure = _table(about, f"The figure, {time}", columns, made["figure"])
    return (
        f"<details class='definition'><summary>Worked example: {escape(about.title)}</summary>"
        f"<p>Nobody here is real: these are records of {escape(made['test'])}, where what each comes to is worked out "
        f"by hand and held against what this dashboard makes of them.</p>{sent}{units}{figure}</details>"
    )


def _table(about: Measure, title: str, heads: list[str], rows: list[list[Any]]) -> str:
    # A column with nothing in it, such as one of reasons that nobody needed, is not shown.
    kept = [place for place in range(len(heads)) if any(row[place] not in (None, "") for row in rows)]
    head = "".join(f"<th scope='col'>{escape(heads[place].replace('_', ' '))}</th>" for place in kept)
    body = "".join(
        "<tr>"
        + "".join(
            f"<th scope='row'>{_cell(row[place])}</th>"
            if place == kept[0] and len(kept) > 1
            else f"<td>{_cell(row[place])}</td>"
            for place in kept
        )
        + "</tr>"
        for row in rows
    )
    return (
        f"<div class='scroll' role='region' tabindex='0' aria-label='{escape(f'{about.title}. {title}')}'><table>"
        f"<caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    return "" if value is None else escape(f"{value:g}" if isinstance(value, float) else str(value).replace("_", " "))


def _files() -> list[str]:
    return list(dict.fromkeys(about.file for about in measures().values()))


def _query(file: str) -> str:
    served = ", ".join(about.title for about in measures().values() if about.file == file)
    return (
        f"<details class='definition method'><summary>{escape(file)}: {escape(served)}</summary>"
        f"<pre tabindex='0'><code>{escape(sql.read_sql(file))}</code></pre></details>"
    )


def show_choices(title: str) -> None:
    """Put every switch on the page, with its default and its reason."""
    with boundary(title):
        access.viewer_now()
        rows = "".join(
            f"<tr><th scope='row'>{escape(str(switch['title']))}</th><td>{escape(_value(name))}</td>"
            f"<td class='words'>{escape(str(switch['why']))}</td></tr>"
            for name, switch in switches().items()
        )
        st.html(
            f"<h2>{escape(title)}</h2>"
            f"<div class='scroll' role='region' tabindex='0' aria-label='{escape(title)}'><table>"
            "<caption>Each is printed with every figure that it touches</caption>"
            "<thead><tr><th scope='col'>Choice</th><th scope='col'>Set to</th><th scope='col'>Why</th></tr></thead>"
            f"<tbody>{rows}</tbody></table></div>"
        )


def _value(name: str) -> str:
    value = default_switches()[name]
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)


def glossary() -> dict[str, str]:
    """Return the words that the pages use, each with its meaning."""
    return tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))


def show_glossary(title: str) -> None:
    """Put the glossary on the page."""
    with boundary(title):
        access.viewer_now()
        pairs = "".join(f"<dt>{escape(word)}</dt><dd>{escape(text)}</dd>" for word, text in sorted(glossary().items()))
        st.html(f"<h2>{escape(title)}</h2><div class='definition'><dl>{pairs}</dl></div>")
