"""A tagged PDF as somebody hears it: its parts in reading order, each with its text, from the structure tree alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf


@dataclass
class Part:
    """One element of the structure tree: what it is, its alternative text, its own text, and what is inside it.

    A cell of a table may have a name, and `headings` are the names of the cells that it is read out with. `own_sheet`
    is the page that its own text begins on, from 1; None where it has no text of its own.
    """

    kind: str
    alt: str | None = None
    scope: str | None = None
    name: str | None = None
    headings: list[str] = field(default_factory=list)
    own: str = ""
    own_sheet: int | None = None
    inside: list["Part"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of this part and of everything inside it, with single spaces."""
        return " ".join(" ".join([self.own, *(each.text for each in self.inside)]).split())

    @property
    def sheet(self) -> int | None:
        """The page that it begins on, None where it has no text."""
        return next((each.own_sheet for each in self.parts() if each.own_sheet), None)

    def parts(self) -> Iterator["Part"]:
        """Give this part and everything inside it, in reading order."""
        yield self
        for each in self.inside:
            yield from each.parts()

    def every(self, kind: str) -> Iterator["Part"]:
        """Give every part of one kind, in reading order."""
        return (each for each in self.parts() if each.kind == kind)

    def rows(self) -> list[list[str]]:
        """Return a table's rows, its headings first, as the text of their cells."""
        return [[cell.text for cell in row.inside if cell.kind in ("TH", "TD")] for row in self.every("TR")]


def read(file: Path | str) -> Part:
    """Return the whole document as one part."""
    with pikepdf.open(file) as pdf:
        marked = {page.obj.objgen: (number, _marked(page)) for number, page in enumerate(pdf.pages, 1)}
        whole = Part("Root")
        for kid in _kids(pdf.Root.StructTreeRoot):
            _walk(kid, whole, None, marked)
        return whole


def _kids(element) -> list:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _walk(element, above: Part, page, marked: dict) -> None:
    if isinstance(element, int) or element.get("/Type") == "/MCR":
        part, on = (element, page) if isinstance(element, int) else (int(element.MCID), _page_of(element, page))
        sheet, texts = marked[on]
        above.own += texts.get(part, "")
        above.own_sheet = above.own_sheet or sheet
        return
    if "/S" not in element:
        return
    page = _page_of(element, page)
    part = Part(str(element.S)[1:], str(element.Alt) if "/Alt" in element else None)
    part.scope = (said := _attribute(element, "/Scope")) and str(said)[1:]
    part.name = str(element.ID) if "/ID" in element else None
    part.headings = [str(each) for each in _attribute(element, "/Headers") or ()]
    above.inside.append(part)
    for kid in _kids(element):
        _walk(kid, part, page, marked)


def _page_of(element, otherwise):
    return element.Pg.objgen if "/Pg" in element else otherwise


def _attribute(element, name: str):
    attributes = element.get("/A")
    for each in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(each, pikepdf.Dictionary) and name in each:
            return each[name]
    return None


def _marked(page: pikepdf.Page) -> dict[int, str]:
    """Return the text of each marked part of a page, by its number there."""
    fonts = {name: _unicode(font) for name, font in page.resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    open_parts: list[int | None] = []
    font = ""
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), list(instruction.operands)
        if operator in ("BDC", "BMC"):
            told = operands[1] if operator == "BDC" else None
            number = told.get("/MCID") if isinstance(told, pikepdf.Dictionary) else None
            open_parts.append(None if number is None else int(number))
        elif operator == "EMC":
            open_parts.pop()
        elif operator == "Tf":
            font = str(operands[0])
        elif operator in ("Tj", "TJ"):
            strings = [operands[0]] if operator == "Tj" else [s for s in operands[0] if isinstance(s, pikepdf.String)]
            part = next((each for each in reversed(open_parts) if each is not None), None)
            if part is not None:
                text = "".join(_decoded(bytes(each), fonts[font]) for each in strings)
                found[part] = found.get(part, "") + text
        elif operator in ("Td", "TD", "Tm", "T*", "BT"):
            part = next((each for each in reversed(open_parts) if each is not None), None)
            if part is not None and found.get(part):
                found[part] += "\n"
    return found


def _decoded(codes: bytes, to_unicode: dict[int, str]) -> str:
    return "".join(to_unicode[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2))


def _unicode(font) -> dict[int, str]:
    """Return what text each code of a font stands for: without it, nobody could copy or hear the text."""
    text = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
        for code, words in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(words).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
        for first, last, words in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int.from_bytes(bytes.fromhex(words), "big")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = (start + step).to_bytes(len(words) // 2, "big").decode("utf-16-be")
    return found


def pages(file: Path | str) -> int:
    """Return how many pages a document has."""
    with pikepdf.open(file) as pdf:
        return len(pdf.pages)
