"""The self-assessment page: which schemes have one, its eleven sections at a glance, one section, and all to print."""

from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from dashboard import access, assessment_book, current, describe, download, evidence, sign_in, tables, words
from dashboard.assessment_boxes import show_box, show_history, show_removal
from dashboard.assessment_words import in_words, written_when
from dashboard.boundary import boundary, notice
from dashboard.filters import chosen, select
from dashboard.give import give
from dashboard.kept import kept_schemes
from dashboard.profile import show_profile
from dashboard.return_book import KINDS
from queries.scope import Viewer
from queries.self_assessment import (
    EVIDENCE,
    OF_A_SECTION,
    OWNER,
    RATING,
    RATINGS,
    REVIEW,
    Assessment,
    Box,
    Criterion,
    Section,
    read,
    read_all,
    tool,
    year_before,
    year_of,
)
from queries.when import month_ends

PART = "section"
"""The key of what is shown of the self-assessment, in the session and in the address."""

OVERVIEW, PAPER = "overview", "paper"
NAMES = {OVERVIEW: "All eleven at a glance", PAPER: "All eleven in full, to print"}
EXACT, PUBLISHED = "Exact figures: do not publish", "Published, protected figures"
TITLES = {RATING: "Rating", OWNER: "Owner", REVIEW: "Review date"}


@dataclass(frozen=True)
class Asked:
    """Whose self-assessment is shown, to whom, for which year, and what stood in the year before."""

    viewer: Viewer
    scheme: str
    scheme_name: str
    as_at: date
    now: Assessment
    before: Assessment

    @property
    def writes(self) -> bool:
        """Whether whoever is looking may write it."""
        return self.viewer.manages(self.scheme)

    @property
    def sees_exact(self) -> bool:
        """Whether whoever is looking sees exact figures of this scheme."""
        return self.viewer.role == "analyst" or self.scheme in self.viewer.schemes

    def box(self, place: str, what: str) -> Box:
        """Return one box of this year's."""
        return Box(self.scheme, self.now.year, place, what)


def show_self_assessment() -> None:
    """Put on the page what the filters and the choice of section ask for."""
    with boundary("The self-assessment"):
        viewer, warehouse = access.viewer_now(), current.warehouse()
        as_at = chosen().as_at or max(month_ends(warehouse), default=warehouse.build.extract_date)
        year = year_of(as_at)
        known = kept_schemes(warehouse, viewer)
        names = dict(zip(known["scheme"], known["name"], strict=True))
        scheme = chosen().scheme or (next(iter(names)) if viewer.role == "manager" and len(names) == 1 else None)
        if scheme is None:
            _show_schemes(viewer, names, year)
            return
        store = sign_in.store()
        asked = Asked(
            viewer,
            scheme,
            names[scheme],
            as_at,
            read(store, warehouse, viewer, scheme, year),
            read(store, warehouse, viewer, scheme, year_before(year)),
        )
        part = _choose_part()
        if part == OVERVIEW:
            _show_overview(asked)
        elif part == PAPER:
            _show_paper(asked)
        else:
            _show_section(asked, tool().section(part))


def _choose_part() -> str:
    options = [OVERVIEW, *(each.number for each in tool().sections), PAPER]
    titles = NAMES | {each.number: each.name for each in tool().sections}
    with st.container(key="filters_section"):
        select(st, PART, "Section", options, titles.__getitem__, OVERVIEW, 520)
    return st.session_state[PART]


def _go_to(part: str) -> None:
    st.session_state[PART] = part


# ---- every scheme -----------------------------------------------------------------------------------------------


def _show_schemes(viewer: Viewer, names: dict[str, str], year: str) -> None:
    """Put one row for each scheme on the page: how far it has come, never which is better."""
    title = f"Self-assessments for {words.period(year)}"
    every = read_all(sign_in.store(), current.warehouse(), viewer, year)
    sections = tool().sections
    criteria = sum(len(each.criteria) for each in sections)
    rows = []
    for scheme, found in every.items():
        rated = [found.words(each.number, RATING) for each in sections]
        last = found.last_saved
        rows.append(
            (
                names[scheme],
                f"{sum(map(bool, rated))} of {len(sections)}",
                *(str(rated.count(rating)) for rating in RATINGS),
                f"{sum(found.with_evidence(each) for each in sections)} of {criteria}",
                words.day(last.at.date()) if last else "Nothing yet",
            )
        )
    shown = tables.Table(
        f"{title}, scheme by scheme in the order of their names",
        (
            "Scheme",
            "Sections rated",
            *(words.sentence(each) for each in RATINGS),
            "Criteria with evidence",
            "Last saved",
        ),
        tuple(rows),
        ("name", "number", *("number" for _ in RATINGS), "number", "name"),
    )
    st.html(f"<h2>{escape(title)}</h2>")
    own = "Choose one of your schemes above to write or to read it."
    notice(
        "Choose a scheme above",
        own if viewer.role == "manager" else "Each scheme's manager writes its own. Choose a scheme above to read it.",
        level=3,
    )
    st.html(tables.html(shown) + _about_ratings() + _stamp())


# ---- eleven at a glance -----------------------------------------------------------------------------------------


def _show_overview(asked: Asked) -> None:
    title = f"{asked.scheme_name}, {words.period(asked.now.year)}"
    st.html(f"<h2>{escape(title)}</h2><p class='takeaway'>{escape(_summary(asked))}</p>")
    unfinished = next((each for each in tool().sections if asked.now.missing(each)), None)
    if asked.now.is_empty:
        notice(
            "Nothing has been written for this year yet",
            "Begin with the first section. What you write is saved each time that you leave a box."
            if asked.writes
            else "The scheme's manager writes it. What was measured is there already: choose a section above.",
            level=3,
        )
    with st.container(key="step_on", horizontal=True):
        if asked.writes and unfinished is not None:
            begin = "Begin" if asked.now.is_empty else "Go on"
            st.button(f"{begin} with {unfinished.name}", on_click=_go_to, args=(unfinished.number,), type="primary")
        st.button("All eleven in full, to print", on_click=_go_to, args=(PAPER,))
    st.html(_at_a_glance(asked) + _about_ratings() + _stamp())
    _show_workbook(asked)


def _show_workbook(asked: Asked) -> None:
    """Put on the page how the whole is taken away as a workbook, in each release that whoever is looking may have.

    It is made when it is asked for: every figure is in it, and they take seconds.
    """
    releases = list(assessment_book.RELEASES) if asked.sees_exact else [assessment_book.PUBLIC]
    with st.container(key="step_workbook"):
        if not st.button("Make the workbook to take away"):
            return
        with st.spinner("Reading every figure, and writing the workbook"):
            for release in releases:
                made = assessment_book.content(
                    sign_in.store(), current.warehouse(), asked.viewer, asked.scheme, asked.as_at, release
                )
                st.html(f"<p>{escape(assessment_book.RELEASES[release])}</p>")
                with st.container(horizontal=True):
                    for suffix, kind in KINDS.items():
                        give(
                            f"Download: {release} workbook ({suffix})",
                            assessment_book.as_file(made, suffix),
                            assessment_book.file_name(made, suffix),
                            kind,
                            schemes=[asked.scheme],
                        )


def _summary(asked: Asked) -> str:
    """Return in a sentence how the sections are rated and how many are not, without adding them up to a mark."""
    rated = [asked.now.words(each.number, RATING) for each in tool().sections]
    if not any(rated):
        return f"None of the {len(rated)} sections is rated yet."
    parts = [f"{rated.count(each)} {words.sentence(each)}" for each in reversed(RATINGS) if rated.count(each)]
    parts += [f"{rated.count('')} not rated yet"] if rated.count("") else []
    return f"Of {len(rated)} sections: {words.joined(parts)}."


def _at_a_glance(asked: Asked) -> str:
    """Return the table of the eleven sections: rating, the year before's, owner, review date, what is missing."""
    caption = f"The eleven sections: {asked.scheme_name}, {words.period(asked.now.year)}"
    headings = ("Section", "Rating", "Year before", "Evidence", "Owner", "Review date", "Still missing")
    head = "".join(f'<th scope="col">{each}</th>' for each in headings)
    body = ""
    for each in tool().sections:
        missing = asked.now.missing(each, asked.as_at)
        cells = (
            _rag(asked.now.words(each.number, RATING)),
            _rag(asked.before.words(each.number, RATING)),
            f"{asked.now.with_evidence(each)} of {len(each.criteria)}",
            escape(asked.now.words(each.number, OWNER)) or "None yet",
            escape(in_words(REVIEW, asked.now.words(each.number, REVIEW))) or "None yet",
            escape(words.sentence(words.joined(missing))) or "Nothing",
        )
        body += f'<tr><th scope="row">{escape(each.name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    return (
        f'<div class="glance scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _rag(rating: str) -> str:
    if not rating:
        return "Not rated yet"
    return f'<span class="rag {rating}">{words.sentence(rating)}</span>'


def _about_ratings() -> str:
    said = tool()
    pairs = "".join(
        f"<dt>{_rag(rating)}</dt><dd>{escape(meaning)}.</dd>" for rating, meaning in reversed(said.ratings.items())
    )
    return (
        '<details class="definition"><summary>What the ratings mean, and where the criteria come from</summary>'
        f"<dl>{pairs}<dt>Rated by</dt><dd>The scheme itself, one rating for each section. A rating is a judgement; "
        "what was measured stands beside it and does not decide it.</dd>"
        f"<dt>Source</dt><dd>{escape(said.statement)} The licence: {escape(said.licence_address)}</dd></dl></details>"
    )


def _licence() -> str:
    return f'<p class="stamp">{escape(tool().statement)}</p>'


def _stamp() -> str:
    return f'{_licence()}<p class="stamp">{escape(describe.stamp(current.warehouse().build))}</p>'


# ---- one section ------------------------------------------------------------------------------------------------


def _show_section(asked: Asked, section: Section) -> None:
    missing = asked.now.missing(section, asked.as_at)
    lacks = f"Still missing: {words.joined(missing)}" if missing else "Nothing is missing"
    st.html(
        f"<h2>{escape(section.name)}</h2>"
        f'<p class="scope">{escape(f"{section.part} · {asked.scheme_name} · {words.period(asked.now.year)}")}</p>'
        f'<p class="takeaway">{_rag(asked.now.words(section.number, RATING))}'
        f". {escape(lacks)}.</p>"
    )
    if asked.writes:
        st.html("<p class='on_screen'>Each box is saved when you leave it, and what was there before is kept.</p>")
    _show_judgement(asked, section)
    for criterion in section.criteria:
        _show_criterion(asked, criterion)
    if asked.writes:
        show_removal(asked.now, asked.box, [each.id for each in section.criteria])
    _show_steps(section)
    st.html(_about_ratings() + _licence())


def _show_judgement(asked: Asked, section: Section) -> None:
    """Put the section's rating, owner and review date on the page, with the year before's."""
    number = section.number
    if asked.writes:
        columns = st.columns(3)
        for column, what in zip(columns, OF_A_SECTION, strict=True):
            with column:
                show_box(asked.now, asked.box(number, what))
        for what in OF_A_SECTION:
            show_history(asked.now, number, what)
        st.html(f'<div class="paper">{_judgement(asked.now, number)}</div>')
    else:
        st.html(_judgement(asked.now, number))
    if any(asked.before.words(number, what) for what in OF_A_SECTION):
        st.html(f"<h3>In {words.period(asked.before.year)}</h3>{_judgement(asked.before, number)}")


def _judgement(found: Assessment, number: str) -> str:
    said = [
        f"{TITLES[what]}: {in_words(what, found.words(number, what)) or 'none yet'}"
        for what in OF_A_SECTION
    ]  # fmt: skip
    return f"<p>{escape('. '.join(said))}.</p>"


def _show_criterion(asked: Asked, criterion: Criterion) -> None:
    year, year_ago = words.period(asked.now.year), words.period(asked.before.year)
    st.html(f"<h3>{escape(criterion.id)} {escape(criterion.text)}</h3>")
    before = asked.before.words(criterion.id, EVIDENCE)
    left, right = st.columns(2) if before else (st.container(), None)
    with left:
        if asked.writes:
            show_box(asked.now, asked.box(criterion.id, EVIDENCE))
            on_paper = ' class="paper"'
        else:
            on_paper = ""
        st.html(f"<div{on_paper}><h4>Evidence, {escape(year)}</h4>{_said(asked.now, criterion.id)}</div>")
        show_history(asked.now, criterion.id, EVIDENCE)
    if right is not None:
        right.html(f"<h4>The year before, {escape(year_ago)}</h4>{_said(asked.before, criterion.id)}")
    _show_measured(asked, criterion)


def _said(found: Assessment, criterion: str) -> str:
    saved = found.in_place(criterion, EVIDENCE)
    if saved is None or not saved.words:
        return "<p>No evidence has been written.</p>"
    by = f'<p class="stamp">Saved by {escape(written_when(saved))}.</p>'
    return f'<div class="said">{escape(saved.words)}</div>{by}'


def _show_measured(asked: Asked, criterion: Criterion) -> None:
    """Put what was measured, and what the build says of itself, beside the criterion that it bears on."""
    title = f"What was measured, for {criterion.id}"
    with boundary(title, level=4):
        warehouse = current.warehouse()
        said = evidence.on_record(sign_in.store(), warehouse, asked.viewer, criterion, asked.scheme, asked.as_at)
        if said:
            items = "".join(f"<li>{escape(each)}</li>" for each in said)
            st.html(f"<h4>What is on record, for {escape(criterion.id)}</h4><ul>{items}</ul>")
        found = evidence.lines(warehouse, asked.viewer, criterion, asked.scheme, asked.scheme_name, asked.as_at)
        if not found:
            return
        shown = evidence.table(found, f"{title}: {asked.scheme_name}")
        notes = _notes(found, shown)
        scope = _scope(asked, found)
        items = "".join(f"<li>{escape(each)}</li>" for each in notes)
        st.html(
            f"<p class='scope'>{escape(scope)}</p>"
            + f'<div class="measured">{tables.html(shown)}</div>'
            + (f"<div class='notes'><ul>{items}</ul></div>" if notes else "")
            + describe.definitions_html(list({line.about.id: line.about for line in found}.values()))
            + f'<p class="stamp">{escape(describe.stamp(warehouse.build))}</p>'
        )
        definitions = [
            f"{heading}: {text}"
            for about in {line.about.id: line.about for line in found}.values()
            for heading, text in describe.definition(about)
        ]
        text = "\r\n".join([shown.caption, scope, describe.stamp(warehouse.build), *notes, "", *definitions, ""])
        files = {"table.csv": download.table_csv(shown), "data.csv": evidence.data_csv(found), "notes.txt": text}
        give(
            f"Download: what was measured for {criterion.id} (CSV with notes)",
            download.archive(files),
            f"measured_{criterion.id.replace('.', '-')}_{asked.scheme}_{asked.as_at.isoformat()}.zip",
            schemes=[asked.scheme],
            key=f"download_{criterion.id}",
        )


def _scope(asked: Asked, found: list[evidence.Line]) -> str:
    exact = any(line.figure is not None and not line.figure.published for line in found)
    return f"PPOs only · {asked.scheme_name} · {EXACT if exact else PUBLISHED}"


def _notes(found: list[evidence.Line], shown: tables.Table) -> list[str]:
    said = [note for line in found if line.figure is not None for note in describe.notes(line.figure)]
    said = list(dict.fromkeys(note for note in said if any(mark in note for mark in shown.shorthand)))
    return said + [
        f"{mark} {words.MEANING[mark]}." for mark in shown.shorthand if not any(mark in note for note in said)
    ]


def _show_steps(section: Section) -> None:
    """Put the way to the sections before and after this one on the page."""
    numbers = [each.number for each in tool().sections]
    place = numbers.index(section.number)
    with st.container(key="step_between", horizontal=True):
        if place:
            name = tool().sections[place - 1].name
            st.button(f"Back: {name}", on_click=_go_to, args=(numbers[place - 1],))
        if place + 1 < len(numbers):
            name = tool().sections[place + 1].name
            st.button(f"Next: {name}", on_click=_go_to, args=(numbers[place + 1],), type="primary")
        st.button("All eleven at a glance", on_click=_go_to, args=(OVERVIEW,))


# ---- all of it, as the tool lays it out --------------------------------------------------------------------------


def _show_paper(asked: Asked) -> None:
    """Put the whole self-assessment on the page as the tool lays it out: a table for each section, to be printed."""
    st.html(
        f"<h2>{escape(asked.scheme_name)}, {escape(words.period(asked.now.year))}</h2>"
        "<p class='on_screen'>Print this page from your browser: each section begins on a sheet of its own.</p>"
    )
    show_profile("Scheme profile and overview")
    st.html(_at_a_glance(asked) + _about_ratings() + _stamp())
    with st.spinner("Reading the figures beside each criterion"):
        for section in tool().sections:
            st.html(_sheet(asked, section))


def _sheet(asked: Asked, section: Section) -> str:
    warehouse = current.warehouse()
    year, year_ago = words.period(asked.now.year), words.period(asked.before.year)
    body = ""
    for criterion in section.criteria:
        found = evidence.lines(warehouse, asked.viewer, criterion, asked.scheme, asked.scheme_name, asked.as_at)
        on_record = evidence.on_record(sign_in.store(), warehouse, asked.viewer, criterion, asked.scheme, asked.as_at)
        measured = [*(line.sentence for line in found), *on_record]
        items = "".join(f"<li>{escape(each)}</li>" for each in measured)
        body += (
            f'<tr><th scope="row">{escape(criterion.id)} {escape(criterion.text)}</th>'
            f"<td>{escape(asked.now.words(criterion.id, EVIDENCE)) or 'None written'}</td>"
            f"<td>{escape(asked.before.words(criterion.id, EVIDENCE)) or 'None written'}</td>"
            f"<td>{f'<ul>{items}</ul>' if items else 'Nothing is measured'}</td></tr>"
        )
    for what in OF_A_SECTION:
        mark = ' class="apart"' if what == RATING else ""
        now, before = (in_words(what, found.words(section.number, what)) for found in (asked.now, asked.before))
        body += (
            f'<tr{mark}><th scope="row">{TITLES[what]}</th><td>{escape(now) or "None yet"}</td>'
            f"<td>{escape(before) or 'None'}</td><td></td></tr>"
        )
    # Sheets of paper part company: each says whose it is, and whether it may be shown to anybody.
    exact = EXACT if asked.sees_exact else PUBLISHED
    caption = f"{section.name} ({section.part}). {asked.scheme_name}, {year}. {exact}"
    headings = ("Criterion", f"Evidence, {year}", f"The year before, {year_ago}", "What was measured")
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in headings)
    return (
        f'<div class="sheet scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
