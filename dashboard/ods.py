"""A workbook as an OpenDocument spreadsheet, through odfpy: the same sheets as the Excel file, marked the same way."""

import io
from collections.abc import Sequence
from typing import Any

from dashboard.workbook import CONTENTS, COVER, FORMATS, ONE_TABLE, Cell, Number, Sheet, Workbook, lines

NARROW, WIDE, WIDEST = "3.2cm", "9cm", "18cm"
LETTERS = {NARROW: 13, WIDE: 36, WIDEST: 76}
"""How many letters a line of a column has room for, at least."""

LINE = 0.54
"""The height of a line of text, in centimetres."""


def write(workbook: Workbook) -> bytes:
    """Return a workbook as the bytes of an .ods file."""
    from odf import dc, meta, table
    from odf.opendocument import OpenDocumentSpreadsheet

    document: Any = OpenDocumentSpreadsheet()
    styles = _Styles(document)
    document.meta.addElement(dc.Title(text=workbook.title))
    document.meta.addElement(dc.Language(text="en-GB"))
    document.meta.addElement(meta.CreationDate(text=f"{workbook.made_on.isoformat()}T00:00:00"))
    document.spreadsheet.addElement(_cover(workbook, styles))
    document.spreadsheet.addElement(_contents(workbook, styles))
    ranges = table.DatabaseRanges()
    ranges.addElement(_range(CONTENTS, len(workbook.sheets), 2, 2))
    for sheet in workbook.sheets:
        document.spreadsheet.addElement(_sheet(sheet, styles))
        ranges.addElement(_range(sheet.name, len(sheet.rows), len(sheet.headings), 1 + len(sheet.sentences)))
    document.spreadsheet.addElement(ranges)
    written = io.BytesIO()
    document.write(written)
    return written.getvalue()


class _Styles:
    """The styles of one document: text, headings, and one for each format of numbers."""

    def __init__(self, document: Any) -> None:
        from odf import number, style
        from odf.namespaces import LOEXTNS

        def cell(name: str, shown: str, properties: dict[str, str], wrap: bool = True, **more: Any) -> Any:
            made = style.Style(name=name, displayname=shown, family="table-cell", **more)
            made.addElement(style.TableCellProperties(wrapoption="wrap" if wrap else "no-wrap", verticalalign="top"))
            made.addElement(style.TextProperties(fontfamily="Arial", **properties))
            document.styles.addElement(made)
            return made

        self.text = cell("Text", "Text", {"fontsize": "12pt"})
        # What stands above a table runs on past its first column.
        self.sentence = cell("Sentence", "Sentence", {"fontsize": "12pt"}, wrap=False)
        self.title = cell("Heading_20_1", "Heading 1", {"fontsize": "16pt", "fontweight": "bold"}, wrap=False)
        self.section = cell("Heading_20_2", "Heading 2", {"fontsize": "14pt", "fontweight": "bold"})
        self.heading = cell("Table_20_heading", "Table heading", {"fontsize": "12pt", "fontweight": "bold"})
        self.numbers = {}
        for name, pattern in FORMATS.items():
            kind = number.PercentageStyle if pattern.endswith("%") else number.NumberStyle
            places = _places(name)
            shown = kind(name=f"N{name}")
            shown.addElement(number.Number(decimalplaces=places, minintegerdigits=1, grouping="," in pattern))
            if pattern.endswith("%"):
                shown.addElement(number.Text(text="%"))
            document.automaticstyles.addElement(shown)
            made = cell(f"Number_{name}", f"Number: {name}", {"fontsize": "12pt"}, datastylename=f"N{name}")
            made.addElement(style.ParagraphProperties(textalign="end"))
            self.numbers[name] = made
        self.widths = {}
        for width in (NARROW, WIDE, WIDEST):
            column = style.Style(name=f"Width{width}", family="table-column")
            column.addElement(style.TableColumnProperties(columnwidth=width))
            document.automaticstyles.addElement(column)
            self.widths[width] = column
        self._document = document
        self._rows: dict[int, Any] = {}
        # On paper every sheet is as wide as the page, however many pages long.
        layout = style.PageLayout(name="Wide_20_page")
        page = style.PageLayoutProperties(
            pagewidth="29.7cm", pageheight="21cm", printorientation="landscape", margin="1.5cm"
        )
        page.setAttrNS(LOEXTNS, "scale-to-X", "1")
        page.setAttrNS(LOEXTNS, "scale-to-Y", "0")
        layout.addElement(page)
        document.automaticstyles.addElement(layout)
        document.masterstyles.addElement(style.MasterPage(name="Wide", pagelayoutname=layout))
        self.sheet = style.Style(name="Sheet", family="table", masterpagename="Wide")
        self.sheet.addElement(style.TableProperties(display="true"))
        document.automaticstyles.addElement(self.sheet)

    def row(self, high: int) -> Any:
        """Return the style of a row of so many lines: LibreOffice prints no more of it than it was given room for."""
        from odf import style

        if high not in self._rows:
            made = style.Style(name=f"Lines{high}", family="table-row")
            properties = {"rowheight": f"{LINE * high:.2f}cm", "useoptimalrowheight": "false"} if high > 1 else {}
            made.addElement(style.TableRowProperties(**properties or {"useoptimalrowheight": "true"}))
            self._document.automaticstyles.addElement(made)
            self._rows[high] = made
        return self._rows[high]


def _cover(workbook: Workbook, styles: _Styles) -> Any:
    made = _begun(COVER, [WIDEST], styles)
    made.addElement(_row([_text(workbook.title, styles.title)], styles))
    for heading, paragraphs in workbook.cover:
        made.addElement(_row([_text(heading, styles.section)], styles))
        for paragraph in paragraphs:
            made.addElement(_row([_text(paragraph, styles.text)], styles, _lines([paragraph], [WIDEST])))
    return made


def _contents(workbook: Workbook, styles: _Styles) -> Any:
    from odf import table, text

    made = _begun(CONTENTS, [NARROW, WIDEST], styles)
    made.addElement(_row([_text("Table of contents", styles.title)], styles))
    made.addElement(_row([_text(ONE_TABLE, styles.sentence)], styles))
    head = table.TableHeaderRows()
    headings = [_text("Sheet name", styles.heading), _text("Table description", styles.heading)]
    head.addElement(_row(headings, styles))
    made.addElement(head)
    for sheet in workbook.sheets:
        link = table.TableCell(valuetype="string", stylename=styles.text)
        paragraph = text.P()
        paragraph.addElement(text.A(href=f"#{sheet.name}", text=sheet.name))
        link.addElement(paragraph)
        described = _lines([sheet.name, sheet.title], [NARROW, WIDEST])
        made.addElement(_row([link, _text(sheet.title, styles.text)], styles, described))
    return made


def _sheet(sheet: Sheet, styles: _Styles) -> Any:
    from odf import table

    widths = _widths(sheet)
    made = _begun(sheet.name, widths, styles)
    made.addElement(_row([_text(sheet.title, styles.title)], styles))
    for sentence in sheet.sentences:
        made.addElement(_row([_text(sentence, styles.sentence)], styles))
    head = table.TableHeaderRows()
    headings = [_text(heading, styles.heading) for heading in sheet.headings]
    head.addElement(_row(headings, styles, _lines(sheet.headings, widths)))
    made.addElement(head)
    for row in sheet.rows:
        made.addElement(_row([_cell(cell, styles) for cell in row], styles, _lines(row, widths)))
    return made


def _widths(sheet: Sheet) -> list[str]:
    def longest(column: int) -> int:
        return max((len(cell) for row in sheet.rows if isinstance(cell := row[column], str)), default=0)

    return [
        WIDEST if longest(column) > 90 else WIDE if longest(column) > 16 else NARROW
        for column in range(len(sheet.headings))
    ]


def _begun(name: str, widths: list[str], styles: _Styles) -> Any:
    from odf import table

    made = table.Table(name=name, stylename=styles.sheet)
    for width in widths:
        made.addElement(table.TableColumn(stylename=styles.widths[width], defaultcellstylename=styles.text))
    return made


def _lines(cells: Sequence[Cell], widths: Sequence[str]) -> int:
    """Return how many lines the longest text of a row comes to."""
    return max(
        lines(cell, LETTERS[width]) if isinstance(cell, str) else 1 for cell, width in zip(cells, widths, strict=True)
    )


def _row(cells: list[Any], styles: _Styles, high: int = 1) -> Any:
    from odf import table

    made = table.TableRow(stylename=styles.row(high))
    for cell in cells:
        made.addElement(cell)
    return made


def _cell(cell: Cell, styles: _Styles) -> Any:
    return _number(cell, styles) if isinstance(cell, Number) else _text(cell, styles.text)


def _text(words: str, style: Any) -> Any:
    """Return a cell of text: nothing in it is ever a formula, whatever it begins with."""
    from odf import table, text

    made = table.TableCell(valuetype="string", stylename=style)
    # A paragraph for each line: the format takes a line's end inside one for a space.
    for line in words.split("\n"):
        made.addElement(text.P(text=line))
    return made


def _number(cell: Number, styles: _Styles) -> Any:
    from odf import table, text

    kind = "percentage" if FORMATS[cell.format].endswith("%") else "float"
    value = int(cell.value) if float(cell.value).is_integer() else cell.value
    made = table.TableCell(valuetype=kind, value=repr(value), stylename=styles.numbers[cell.format])
    shown = f"{100 * cell.value:.1f}%" if kind == "percentage" else f"{cell.value:,.{_places(cell.format)}f}"
    made.addElement(text.P(text=shown))
    return made


def _places(name: str) -> int:
    """Return how many decimals a format shows."""
    return FORMATS[name].partition(";")[0].rstrip("%").partition(".")[2].count("0")


def _range(name: str, rows: int, columns: int, above: int) -> Any:
    """Return what marks the table of a sheet: its cells, the first row of which are headings."""
    from odf import table

    last = chr(ord("A") + columns - 1)
    return table.DatabaseRange(
        name=f"table_{name}",
        targetrangeaddress=f"'{name}'.A{above + 1}:'{name}'.{last}{above + 1 + rows}",
        containsheader="true",
        displayfilterbuttons="false",
    )
