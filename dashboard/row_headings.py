"""The row headings of a tagged PDF's tables, so that a cell is read out with the heading of its row.

Typst marks column headings; its mark for a row's is behind a feature (`a11y-extras`) that its Python package cannot
switch on. The tags are mended here instead, in the structure tree alone: what is seen stays as it was.
"""

import io
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, Object, String


class TablesDiffer(Exception):
    """A document has other tables than it was said to have."""


def with_row_headings(content: bytes, names: Sequence[int]) -> bytes:
    """Return a tagged PDF whose tables have row headings.

    `names` is how many leading columns name the row, for each table in reading order. Each such cell becomes a heading
    of its row (TH with Scope Row), and the other cells of the row point to it beside the heading of their column. The
    same file gives the same bytes. Raises TablesDiffer if there are not as many tables as `names` has.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root = pdf.Root.StructTreeRoot
        tables = list(_every(root, "/Table"))
        if len(tables) != len(names):
            raise TablesDiffer(f"Each table must have its number of row headings, got: {len(tables)}, {len(names)}")
        known = NameTree(root.IDTree) if "/IDTree" in root else NameTree.new(pdf)
        root.IDTree = known.obj
        for number, (table, leading) in enumerate(zip(tables, names, strict=True), start=1):
            rows = [row for body in _every(table, "/TBody") for row in _every(body, "/TR")]
            for place, row in enumerate(rows, start=1):
                _head(row, leading, f"Table {number} row {place}", known)
        saved = io.BytesIO()
        pdf.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved.getvalue()


def _head(row: Object, leading: int, called: str, known: NameTree) -> None:
    """Make the leading cells of a row its headings, and let the others point to them."""
    headings: list[str] = []
    column = 0
    for cell in _every(row, "/TD"):
        about = _of_a_table(cell)
        above = about.get("/Headers", Array())
        if column < leading:
            cell.S = Name.TH
            about.Scope = Name.Row
            cell.ID = String(f"{called} heading {column + 1}")
            known[str(cell.ID)] = cell
            headings.append(str(cell.ID))
        else:
            about.Headers = Array([*above, *(String(each) for each in headings)])
        column += int(about.get("/ColSpan", 1))


def _of_a_table(cell: Object) -> Object:
    """Return the attributes that a cell has as a table's, none yet if it has none."""
    kept = cell.get("/A", Array())
    kept = kept if isinstance(kept, Array) else Array([kept])
    if not any(each.get("/O") == "/Table" for each in kept):
        kept.append(Dictionary(O=Name.Table))
    cell.A = kept
    return next(each for each in cell.A if each.get("/O") == "/Table")


def _every(element: Object, kind: str) -> Iterator[Object]:
    """Give every element of one kind inside another, in reading order."""
    inside = element.get("/K", Array())
    for each in list(inside) if isinstance(inside, Array) else [inside]:
        if not isinstance(each, Dictionary) or "/S" not in each:
            continue
        if str(each.S) == kind:
            yield each
        yield from _every(each, kind)
