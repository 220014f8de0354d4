"""The one look of every page: set once, in light and dark, on paper, and on a screen 320 points wide."""

import streamlit as st

PPO = "#3573b1"
EVERYONE = "#c2571a"
CUSTODY = "#9a4f96"
QUIET = "#767676"
INK = "#14181d"
"""Colours by meaning: PPOs, everyone or everyone else, custody, and what is drawn only to set others against.

Told apart by people who are colour-blind, and at 3 to 1 on white and on near-black.
"""

MEANT = {
    ("ppo", "yes"): PPO,
    ("ppo", "no"): EVERYONE,
    ("place", "custody"): CUSTODY,
    ("index_event", "custody"): CUSTODY,
}
"""The colour of a group that has a meaning of its own, by its breakdown and label."""

LINES = (
    ("#007755", [1, 0]),
    ("#8878dd", [6, 3]),
    ("#889900", [2, 2]),
    ("#e0487f", [10, 3, 2, 3]),
    ("#2f9dbd", [4, 4]),
)
"""The colour and the dashes of each of several lines in one chart, by the place of its group in the breakdown.

None of these colours has a meaning: a group with one has that instead, and only the dashes.
"""

SHEET = """
<style>
/* What Streamlit itself leaves too faint: captions, and the mark of the keyboard's focus in the navigation. */
[data-testid="stCaptionContainer"] { color: inherit; }
.token.keyword { color: inherit; }
a:focus-visible, button:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 3px solid currentColor !important; outline-offset: 2px; }
/* A chart's words follow the page's colour; its marks keep the colour that has a meaning. */
.stVegaLiteChart text { fill: currentColor; }
/* Filters of other pages stay in the address, out of sight. */
.st-key-filters_elsewhere { display: none; }
.stMainBlockContainer { max-width: 72rem; padding-top: 4rem; }
.stMainBlockContainer > [data-testid=stVerticalBlock] { gap: .6rem; }
.stHtml h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; padding: 0; }
.stHtml h2 { font-size: 1.45rem; line-height: 1.25; margin: 1.5rem 0 .15rem; padding: 0; }
.stHtml h3 { font-size: 1.15rem; line-height: 1.3; margin: 1rem 0 .15rem; padding: 0; }
.stHtml p, .stHtml li { max-width: 44rem; }
.stHtml p { margin: .25rem 0 .5rem; }
.lead { font-size: 1.12rem; }
.stHtml p.scope { margin: 0; max-width: none; }
.takeaway { font-size: 1.12rem; font-weight: 600; }
.stamp, .legend, .notes { font-size: .88rem; }
.notes ul, .legend ul { margin: .2rem 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll.long { max-height: 26rem; overflow-y: auto; }
.scroll.long thead th { position: sticky; top: 0; background: var(--st-background-color, Canvas); }
.stHtml table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; width: auto;
  min-width: min(100%, 34rem); }
.stHtml caption { text-align: left; font-weight: 600; padding: 0 0 .4rem; caption-side: top; color: inherit; }
.stHtml th, .stHtml td { padding: .35rem .7rem .35rem 0; text-align: left; vertical-align: top; border: 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.stHtml thead th, .stHtml thead td { border-bottom: 2px solid currentColor; vertical-align: bottom; }
.stHtml th[scope=row] { font-weight: 400; min-width: min(12.5rem, 30vw); }
.headlines th[scope=row] { min-width: 8rem; } .worklist th[scope=row] { min-width: 4.5rem; }
.stHtml td.number, .stHtml th.number { text-align: right; }
.stHtml td.number { white-space: nowrap; }
.stHtml td.words { min-width: 15rem; }
.stHtml tr.apart th, .stHtml tr.apart td { border-top: 2px solid currentColor; }
.stHtml summary, .stHtml dd, .stHtml dt, .stHtml p, .stHtml li { overflow-wrap: anywhere; }
.definition summary { max-width: 100%; width: fit-content; cursor: pointer; text-decoration: underline;
  padding: .25rem 0; }
.definition dl { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr; gap: .3rem 1rem; margin: .4rem 0 .8rem;
  max-width: 52rem; }
.definition dt { font-weight: 600; } .definition dd { margin: 0; }
.stHtml nav.contents { font-size: .95rem; } .stHtml nav.contents p { font-weight: 600; margin: 0; display: inline; }
.stHtml nav.contents ul { display: inline; list-style: none; padding: 0; margin: 0; }
.stHtml nav.contents li { display: inline-block; margin: 0 0 0 .9rem; max-width: 100%; }
.stHtml nav.contents a { color: var(--st-link-color, inherit); display: inline-block; padding: .1rem 0; }
.stHtml h2:has(+ .answers) { margin-top: .5rem; }
.stHtml :is(h2, h3)[id] { scroll-margin-top: 4.5rem; }
.stHtml dl.answers { padding: 0; display: grid; grid-template-columns: 11.5rem 1fr; gap: .4rem 1rem;
  margin: .25rem 0 !important; line-height: 1.45; }
.stHtml .answers dt { font-weight: 600; margin: 0; padding: 0; }
.stHtml .answers dd { margin: 0; padding: 0; max-width: 52rem; }
.headlines { font-size: .92rem; } .headlines td:nth-child(n+7) { min-width: 8rem; }
.notice { border-left: 6px solid currentColor; padding: .5rem 1rem; margin: .75rem 0;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.notice h2, .notice h3 { margin-top: 0; }
.sizes { margin: .2rem 0; padding-left: 1.4rem; }
.demo { border: 2px dashed currentColor; padding: .35rem .8rem; margin: 0; font-size: .95rem; }
.stHtml pre { overflow-x: auto; font-size: .82rem; line-height: 1.4; padding: .8rem;
  background: color-mix(in srgb, currentColor 7%, transparent); white-space: pre; }
/* A rating is a word; its mark differs in shape as well as in colour, and is not read out. */
.rag { white-space: nowrap; font-weight: 600; }
.rag::before { margin-right: .35em; }
.rag.red::before { content: "\\25B2" / ""; color: #c9372c; }
.rag.amber::before { content: "\\25C6" / ""; color: #b26a00; }
.rag.green::before { content: "\\25CF" / ""; color: #2e8540; }
.stHtml .said { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; max-width: 44rem;
  margin: .25rem 0; border-left: 3px solid color-mix(in srgb, currentColor 35%, transparent); padding-left: .7rem; }
.stHtml h4 { font-size: 1rem; margin: .5rem 0 .1rem; padding: 0; }
.history summary { width: fit-content; cursor: pointer; text-decoration: underline; font-size: .88rem; }
@media (max-width: 40rem) {
  .stHtml caption { max-width: calc(100vw - 2.5rem); } .stHtml td:last-child:not(.number) { min-width: 7rem; }
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
  .stHtml dl.answers { grid-template-columns: 1fr; gap: 0; } .stHtml .answers dd { margin-bottom: .5rem; }
  .definition dl { grid-template-columns: 1fr; gap: 0; } .definition dd { margin-bottom: .5rem; }
  .stHtml h1 { font-size: 1.6rem; } .stHtml h2 { font-size: 1.25rem; }
}
.measured td:nth-child(2) { min-width: 6.5rem; }
.stHtml .sheet td { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 9rem; }
.stHtml .sheet td ul { margin: 0; padding-left: 1rem; white-space: normal; }
.stHtml .sheet table { width: 100%; }
.paper { display: none; }
@media print {
  @page { size: A4; margin: 12mm 15mm; }
  .paper { display: block; }
  .st-key-filters, .st-key-viewer, [data-testid="stHeader"], [data-testid="stToolbar"],
  [data-testid="stDownloadButton"], [data-testid="stPopover"], .definition, .contents { display: none !important; }
  [class*="st-key-filters_"], [class*="st-key-box_"], [class*="st-key-step_"], .history, .on_screen,
  [class*="st-key-files_"], [data-testid="stForm"] { display: none !important; }
  .sheet { break-before: page; } .glance { break-inside: avoid; }
  .stHtml .sheet table { table-layout: fixed; } .stHtml .sheet td, .stHtml .sheet th { min-width: 0; }
  .sheet th:nth-child(1) { width: 21%; } .sheet th:nth-child(3) { width: 18%; } .sheet th:nth-child(4) { width: 36%; }
  html, body, #root { background: #fff !important; color-scheme: light; height: auto !important; }
  .stApp, .stApp * { background-color: transparent !important; color: #000 !important; }
  .stApp, .stMain, [data-testid="stAppViewContainer"], [data-testid="stMain"] { position: static !important;
    overflow: visible !important; height: auto !important; }
  .stMainBlockContainer { padding: 0 !important; max-width: none; }
  .stHtml, .stHtml :is(p, li, td, th, dt, dd) { font-size: 9.5pt; line-height: 1.25; }
  .stHtml th, .stHtml td { padding: 1.5pt 6pt 1.5pt 0; } .stHtml :is(ul, li, table) { margin-top: 0; margin-bottom: 0; }
  .stHtml p, .stHtml li { max-width: none; } .stHtml p { margin: .15rem 0 .3rem; } .stHtml h2 { margin-top: .9rem; }
  .stMainBlockContainer [data-testid="stVerticalBlock"] { gap: .1rem !important; }
  .stHtml h1 { font-size: 18pt; } .stHtml h2 { font-size: 14pt; }
  .stHtml h3 { font-size: 11.5pt; } .stHtml h4 { font-size: 9.5pt; }
  .stVegaLiteChart .role-axis-grid * { stroke: #ddd !important; }
  /* Narrow enough for the paper: a browser makes the whole page smaller to fit one table that is wider. */
  .stHtml .headlines :is(td, th) { font-size: 8.3pt; min-width: 0; } .stHtml .headlines td.words { min-width: 7.5rem; }
  /* The definitions are what the page of methods is: those that are open are printed whole. */
  .stHtml .method, .stHtml .method .definition, .stHtml div.definition { display: block !important; }
  [data-testid="stElementContainer"]:has(+ [data-testid="stElementContainer"] .stVegaLiteChart) {
    break-after: avoid; break-inside: avoid; }
  [data-testid="stElementContainer"]:has(.stHtml > h2:only-child), .st-key-filters_of_groups,
  [data-testid="stLayoutWrapper"]:has(> .st-key-filters_of_groups) { break-after: avoid; break-inside: avoid; }
  .stHtml dl.answers { grid-template-columns: 34mm 1fr; row-gap: .15rem; }
  .scroll, .scroll.long { overflow: visible; max-height: none; }
  .stHtml th[scope=row] { min-width: 5rem; } .stHtml td.words { min-width: 6.5rem; }
  .stHtml .return td.number { white-space: normal; }
  tr, .stVegaLiteChart { break-inside: avoid; } h1, h2, h3, caption { break-after: avoid; }
  .stHtml table { width: 100%; }
}
</style>
"""


def apply() -> None:
    """Put the style sheet on the page."""
    st.html(SHEET)
