"""The board pack: accessible, whole, and for whom it was made. Its figures: tests/pages/test_every_figure.py."""

from datetime import date

import pikepdf
import pytest
from typer.testing import CliRunner

import cli
from dashboard import board_pack, offered, tables
from dashboard.board_pack import CHOICES, OVERVIEW, blocks_of, choice_of, pages_named
from dashboard.row_headings import TablesDiffer, with_row_headings
from queries import audit
from queries.figures import schemes
from queries.scope import NotPermitted, Viewer
from queries.store import StoreUnusable
from queries.store import opened as store_opened
from queries.when import UnknownPeriod
from tests import tagged_pdf

SCHEME, NAME = "S002", "Northumbria scheme 1"
OTHER = "S001"


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
        for part, scope in (("THead", "Column"), ("TBody", "Row")):
            heads = [head for each in table.every(part) for head in each.every("TH")]
            assert heads
            assert {head.scope for head in heads} == {scope}


def test_a_cell_is_read_out_with_the_headings_of_its_row_and_its_column(pack, read):
    with pikepdf.open(pack) as pdf:
        found = {str(name): str(cell.S) for name, cell in pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree).items()}
    named = [cell.name for cell in read.every("TH")]
    assert len(named) == len(set(named))
    assert found == dict.fromkeys(named, "/TH")
    for table in read.every("Table"):
        above = [cell.name for head in table.every("THead") for cell in head.every("TH")]
        for body in table.every("TBody"):
            for row in body.every("TR"):
                beside = [cell.name for cell in row.every("TH")]
                for cell in row.every("TD"):
                    assert cell.headings[-len(beside) :] == beside
                    assert set(cell.headings[: -len(beside)]) <= set(above)
                    assert len(cell.headings) > len(beside)


def test_a_file_with_other_tables_than_were_said_is_not_tagged(pack, read):
    tables_there = len(list(read.every("Table")))
    with pytest.raises(TablesDiffer, match=f"got: {tables_there}, 1"):
        with_row_headings(pack.read_bytes(), [1])


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


# ---- who may ask for it, what it holds, and that it is logged ----------------------------------------------------


def downloads(builds) -> list[dict]:
    with store_opened(builds) as store:
        return [line for line in audit.lines(store) if line["event"] == "download"]


def by_command(builds, file, *options: str):
    return CliRunner().invoke(cli.app, ["board-pack", "--out", str(file), "--builds", str(builds), *options])


def press(run):
    next(button for button in run.button if button.label == "Make the pack").click().run()
    assert not run.exception
    return run


@pytest.mark.parametrize("page", [OVERVIEW, *CHOICES], ids=lambda entry: entry.address)
def test_a_boards_pack_holds_published_figures_alone(warehouse, monkeypatch, page):
    """Judged by the figures themselves: what is published is marked so where it is looked up."""
    asked = []
    real = board_pack.paper.Paper

    def noted(viewer, *others):
        asked.append(viewer)
        return real(viewer, *others)

    monkeypatch.setattr(board_pack.paper, "Paper", noted)
    figures = asked_of(page, Viewer.board(), warehouse, monkeypatch)
    assert [viewer.role for viewer in asked] == ["board"]
    assert all(found.published for found, _ in figures)
    assert figures or page is OVERVIEW


@pytest.mark.parametrize("page", [OVERVIEW, *CHOICES], ids=lambda entry: entry.address)
def test_a_managers_pack_has_no_exact_figure_of_another_scheme(warehouse, monkeypatch, page):
    """Though the filters were forged past the check that the command makes: each figure asks for itself."""
    forged = board_pack.replace(choice_of(warehouse, Viewer.analyst(), None), scheme=OTHER, scheme_name="Forged")
    asked = []
    real = tables.table
    monkeypatch.setattr(tables, "table", lambda figure, caption: asked.append(figure) or real(figure, caption))
    blocks = blocks_of(warehouse, Viewer.manager(SCHEME), forged, page)
    assert all(found.published or found.where.get("scheme") == SCHEME for found in asked)
    assert any(block.notice for block in blocks) or all(found.published for found in asked)


@pytest.mark.parametrize("role", ["board", "manager", "analyst"])
def test_the_buttons_pack_is_made_for_whoever_is_looking_and_offered_to_them_alone(opened, warehouse, role):
    name = dict(schemes(warehouse, Viewer.analyst()).select("scheme", "name").rows())[SCHEME]
    picked = {"board": "Board member", "manager": f"Manager of {name}", "analyst": "Analyst"}[role]
    run = press(opened(OVERVIEW.script, view_as=picked))
    viewer, made = run.session_state["_board_pack"][0][0], run.session_state["_board_pack"][1]
    assert viewer.role == role
    alone = {"board": Viewer.board(), "manager": Viewer.manager(SCHEME), "analyst": Viewer.analyst()}[role]
    choice = choice_of(warehouse, alone, None)
    assert made == board_pack.board_pack(warehouse, alone, choice)
    offer = offered.offered(made, viewer)
    assert offer is not None
    assert offer.name == "board-pack.pdf"
    assert {each.role for each in offer.viewers} == {role}


def test_a_pack_that_was_made_in_another_role_is_not_handed_out(opened, warehouse):
    run = press(opened(OVERVIEW.script, view_as="Analyst"))
    before = len(run.get("download_button"))
    exact = run.session_state["_board_pack"][1]
    run.selectbox(key="view_as").set_value("board").run()
    assert not run.exception
    assert len(run.get("download_button")) == before - 1
    assert offered.offered(exact, Viewer("board", frozenset(), "demonstration")) is None


def test_the_pack_of_a_command_is_logged_with_whom_it_concerns(builds, tmp_path):
    done = by_command(builds, tmp_path / "pack.pdf", "--scheme", SCHEME, "--as", f"manager:{SCHEME}")
    assert done.exit_code == 0, done.output
    (line,) = downloads(builds)
    assert (line["who"], line["role"]) == (audit.operating_system_user(), "command line")
    assert line["schemes"] == [SCHEME]
    assert line["about"] == {"file": "board-pack.pdf", "release": "official"}


def test_a_pack_that_cannot_be_logged_is_not_written(builds, tmp_path, monkeypatch):
    """The log can be read, and is full, say: what a page reads in the same store is no help."""

    def fail(*_line, **_named):
        raise StoreUnusable("The log cannot be written.")

    monkeypatch.setattr(audit, "record", fail)
    done = by_command(builds, tmp_path / "pack.pdf")
    assert done.exit_code == 2
    assert "The log cannot be written." in done.stderr
    assert not (tmp_path / "pack.pdf").exists()


def test_a_command_is_refused_another_scheme_and_leaves_nothing(builds, tmp_path):
    said = []
    for scheme in (OTHER, "S999"):
        done = by_command(builds, tmp_path / "pack.pdf", "--scheme", scheme, "--as", f"manager:{SCHEME}")
        assert done.exit_code == 2
        said.append(done.stderr)
    assert said[0] == said[1]
    assert not (tmp_path / "pack.pdf").exists()
    assert downloads(builds) == []


def test_the_pack_is_its_owners_even_where_another_file_had_its_name(builds, tmp_path):
    file = tmp_path / "pack.pdf"
    file.write_bytes(b"what everybody may read")
    file.chmod(0o644)
    assert by_command(builds, file, "--as", "analyst", "--scheme", "all").exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b"%PDF")
    assert downloads(builds)[-1]["about"]["release"] == "official"
