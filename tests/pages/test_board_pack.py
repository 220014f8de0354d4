"""The board pack: accessible, whole, and the same figures as the pages and `ppo measure`."""

import json
from datetime import date

import pikepdf
import pytest
from typer.testing import CliRunner

import cli
from dashboard import board_pack, tables
from dashboard.board_pack import CHOICES, OVERVIEW, blocks_of, choice_of, pages_named
from queries.scope import NotPermitted, Viewer
from queries.when import UnknownPeriod
from tests import tagged_pdf
from tests.html_tables import tables_in
from tests.pages.conftest import html_of

SCHEME, NAME = "S002", "Northumbria scheme 1"


def squeezed(text: str) -> str:
    """Return a text without its spaces: where a line breaks is not in the tags."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def pack(builds, tmp_path_factory):
    """Return the pack of every page as the command line writes it for a board member."""
    file = tmp_path_factory.mktemp("pack") / "pack.pdf"
    done = CliRunner().invoke(cli.app, ["board-pack", "--out", str(file), "--pages", "all", "--builds", str(builds)])
    assert done.exit_code == 0, done.output
    return file


@pytest.fixture(scope="module")
def read(pack):
    return tagged_pdf.read(pack)


def test_the_pack_says_what_it_is_to_a_screen_reader(pack):
    with pikepdf.open(pack) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as said:
            assert said["dc:title"] == "PPO board pack: All schemes"
            assert said["pdfuaid:part"] == "1"
        # A4, in points.
        assert {tuple(round(float(each)) for each in page.mediabox) for page in pdf.pages} == {(0, 0, 595, 842)}


def test_every_font_is_in_the_file(pack):
    with pikepdf.open(pack) as pdf:
        fonts = [font for page in pdf.pages for font in page.resources.get("/Font", {}).values()]
        assert fonts
        for font in fonts:
            described = font.DescendantFonts[0].FontDescriptor
            assert any(key in described for key in ("/FontFile2", "/FontFile3"))


def test_charts_are_vectors_with_words(pack, read):
    figures = list(read.every("Figure"))
    assert len(figures) > 20
    assert all(figure.alt and figure.alt[-1] == "." for figure in figures)
    with pikepdf.open(pack) as pdf:
        pictures = [
            each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
    assert pictures == []


def test_headings_and_tables_are_tagged(read):
    assert [part.text for part in read.every("H1")] == [
        OVERVIEW.title,
        *(entry.title for entry in CHOICES),
        "What these figures mean",
    ]
    tables = list(read.every("Table"))
    assert len(tables) > 30
    for table in tables:
        heads = list(table.every("TH"))
        assert heads
        assert {head.scope for head in heads} == {"Column"}


def test_filters_stamp_and_definitions_stand_in_the_body(read):
    text = squeezed(read.text)
    for said in (
        "Filters: All schemes; PPOs; latest final year; latest month end.",
        "Made for a board member. Its figures are published ones.",
        "Data to 31 October 2011, built",
        "What these figures mean",
        "One-year proven re-offending rate",
    ):
        assert squeezed(said) in text


def test_every_table_of_the_pack_is_the_pages_own(opened, read):
    """Walks every page of the board: cell by cell, in order, but for long tables, which lose their oldest rows."""
    in_pack = iter(list(read.every("Table")))
    walked = 0
    for entry in (OVERVIEW, *CHOICES):
        for table in tables_in(html_of(opened(entry.script))):
            head, *rows = next(in_pack).rows()
            expected = [[squeezed(cell) for cell in row] for row in (table.headings, *table.rows)]
            got = [[squeezed(cell) for cell in row] for row in (head, *rows)]
            if len(table.rows) > board_pack.LONGEST:
                expected = expected[: board_pack.LATEST + 1]
            # The page has no heading over the names of rows of one figure; the pack has an empty one.
            assert [[c for c in row if c] for row in got] == [[c for c in row if c] for row in expected], table.caption
            walked += 1
    assert walked > 30
    assert next(in_pack, None) is None


def asked_of(page, viewer, warehouse, monkeypatch) -> list[tuple]:
    """Return each figure that a page's tables are made from, with its table, in order."""
    found = []
    real = tables.table

    def noted(figure, caption):
        made = real(figure, caption)
        found.append((figure, made))
        return made

    monkeypatch.setattr(tables, "table", noted)
    blocks_of(warehouse, viewer, choice_of(warehouse, viewer, None), page)
    return found


# Written out again here, so that a slip in the page's own words cannot hide.
def written(kind: str, row: dict) -> set[str]:
    """Return cells that must stand in a row of the pack for one row that `ppo measure` prints."""
    value = row["value"]
    if value is None:
        return set()
    if kind in ("proportion", "share", "distribution", "concentration", "survival"):
        return {f"{value * 100:.1f}%"}
    if kind == "change":
        return {f"{value * 100:+.1f}%".replace("-", "−")}
    if kind in ("stock", "count"):
        return {f"{value:,.0f}"}
    if kind == "timeline":
        return {f"{value * 100:.1f}"}
    if kind == "days":
        return {f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}", f"{row['denominator']:,}"}
    return {f"{value:.2f}"}


@pytest.mark.parametrize("page", [OVERVIEW, *CHOICES], ids=lambda entry: entry.address)
def test_every_figure_of_the_pack_is_what_the_command_line_prints(builds, warehouse, monkeypatch, page):
    figures = asked_of(page, Viewer.board(), warehouse, monkeypatch)
    for found, table in figures:
        options = [part for name, label in found.where.items() for part in ("--where", f"{name}={label}")]
        by = [name for name in found.by if name != "period" or found.period != "each"]
        options += ["--by", ",".join(by)] if by else []
        options += ["--period", found.period] if found.period else []
        options += ["--as-at", found.as_at.isoformat()] if found.as_at else []
        done = CliRunner().invoke(
            cli.app,
            ["measure", found.measure.id, *options, "--as", "board", "--format", "json", "--builds", str(builds)],
        )
        assert done.exit_code == 0, done.output
        rows = json.loads(done.stdout)
        if found.by and found.by[0] in ("period", "month"):
            rows.reverse()
        assert len(rows) == len(table.rows), found.measure.id
        for row, cells in zip(rows, table.rows, strict=True):
            unmarked = {(cell or "").removesuffix(" [p]") for cell in cells}
            assert written(found.measure.kind, row) <= unmarked, (found.measure.id, row, cells)
    assert figures or page is OVERVIEW


@pytest.mark.parametrize("scheme", [None, SCHEME])
def test_the_headlines_are_what_the_command_line_prints(builds, warehouse, scheme):
    viewer = Viewer.analyst()
    blocks = blocks_of(warehouse, viewer, choice_of(warehouse, viewer, scheme), OVERVIEW)
    table = next(block.table for block in blocks if block.look == "headlines")
    assert table is not None
    shown = {row[0]: dict(zip(table.headings, row, strict=True)) for row in table.rows}
    where = ["--where", f"scheme={scheme}"] if scheme else []

    def printed(name: str, *options: str) -> list[dict]:
        arguments = ["measure", name, *where, *options, "--format", "json", "--builds", str(builds)]
        return json.loads(CliRunner().invoke(cli.app, arguments).stdout)

    rate = printed("reoffending_rate", "--where", "ppo=yes")[0]
    got = shown["One-year proven re-offending rate"]
    assert got["Figure"] == f"{rate['value'] * 100:.1f}%"
    assert got["How many"] == f"{rate['numerator']} of {rate['denominator']} people"
    assert got["95% interval"] == f"{rate['lower'] * 100:.1f}% to {rate['upper'] * 100:.1f}%"
    volume = printed("ni30_change", "--period", "2010/11")[0]
    assert shown["Change in proven offences of a fixed cohort (NI 30)"]["Figure"] == (
        f"{volume['value'] * 100:+.1f}%".replace("-", "−")
    )
    people = printed("caseload", "--as-at", "2011-09-30")[0]
    assert shown["People on the scheme"]["Figure"] == f"{people['value']:,.0f}"
    days = printed("arrest_to_sentence_days", "--where", "ppo=yes", "--period", "2010/11")[0]
    assert str(shown["Days from arrest to sentence"]["Figure"]).split()[0] in (
        f"{days['median']:.0f}",
        f"{days['median']:.1f}",
    )


def test_what_is_not_alike_is_never_set_side_by_side(warehouse):
    """The national share of re-offences, 5.6%, is of the whole nation's; everyone is not PPOs."""
    viewer = Viewer.analyst()
    everyone = board_pack.replace(choice_of(warehouse, viewer, None), ppos_only=False)
    for choice, has_one in ((choice_of(warehouse, viewer, None), True), (everyone, False)):
        blocks = blocks_of(warehouse, viewer, choice, OVERVIEW)
        table = next(block.table for block in blocks if block.look == "headlines")
        assert table is not None
        text = " ".join(cell or "" for row in table.rows for cell in row)
        assert "5.6%" not in text
        assert ("74.9%" in {row[6].split(":")[0] for row in table.rows if row[6]}) == has_one


def test_the_same_pack_has_the_same_bytes(warehouse):
    viewer = Viewer.board()
    choice = choice_of(warehouse, viewer, SCHEME)
    one, other = (board_pack.board_pack(warehouse, viewer, choice) for _ in range(2))
    assert one == other


def test_a_managers_pack_is_of_their_own_scheme_and_says_that_it_is_exact(warehouse, tmp_path):
    viewer = Viewer.manager(SCHEME)
    content = board_pack.board_pack(warehouse, viewer, choice_of(warehouse, viewer, SCHEME))
    (tmp_path / "own.pdf").write_bytes(content)
    text = squeezed(tagged_pdf.read(tmp_path / "own.pdf").text)
    assert squeezed(f"PPO board pack: {NAME}") in text
    assert squeezed("It has exact figures: do not publish it.") in text


def test_a_scheme_that_is_anothers_and_one_that_is_not_there_are_refused_alike(warehouse):
    said = []
    for scheme in ("S001", "S999"):
        with pytest.raises(NotPermitted) as refused:
            choice_of(warehouse, Viewer.manager(SCHEME), scheme)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_a_board_chooses_among_the_month_ends_that_are_published(warehouse):
    choice_of(warehouse, Viewer.analyst(), None, date(2011, 5, 31))
    with pytest.raises(UnknownPeriod, match="2011-06-30"):
        choice_of(warehouse, Viewer.board(), None, date(2011, 5, 31))


def test_a_page_that_there_is_not_is_refused_by_name():
    with pytest.raises(ValueError, match=r"reoffending.*got: elsewhere"):
        pages_named(["elsewhere"])


def test_the_overviews_button_makes_the_pack(opened):
    run = opened(OVERVIEW.script)
    before = len(run.get("download_button"))
    run.checkbox(key="_pack_caseload").check().run()
    next(button for button in run.button if button.label == "Make the pack").click().run()
    assert not run.exception
    assert len(run.get("download_button")) == before + 1
    # With other filters it would be another pack: what was made is no longer offered.
    run.selectbox(key="scheme").set_value(SCHEME).run()
    assert len(run.get("download_button")) == before
