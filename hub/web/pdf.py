"""Pages of paper as PDF: the one owner of reportlab.

The Chinese font is the one that every reader of PDF has for Adobe-GB1; none is shipped with the hub. All text
is escaped here, so that nothing a citizen wrote is read as markup.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

_FONT = "STSong-Light"
registerFont(UnicodeCIDFont(_FONT))

_TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=10.5, leading=16, wordWrap="CJK")
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=9, leading=13, textColor=HexColor("#444444"))
_TITLE = ParagraphStyle("title", parent=_TEXT, fontSize=20, leading=28, alignment=TA_CENTER)
_HEADING = ParagraphStyle(
    "heading", parent=_TEXT, fontSize=13, leading=20, spaceBefore=4 * mm, spaceAfter=1.5 * mm
)
_ONE_AT_A_TIME = Lock()
"""reportlab reads all paragraphs of a process with one parser."""
_EDGE = HexColor("#999999")
_MARGIN = 20 * mm


class Paper:
    """A document that is written from top to bottom."""

    def __init__(self, title: str, *, foot: str, page: str = "第 %(page)s 页") -> None:
        """foot: at the end of every page, beside its number, which is said as `page`."""
        self._page = page
        self._title = title
        self._foot = foot
        self._parts: list[Callable[[], Flowable]] = [
            partial(Paragraph, escape(title), _TITLE),
            partial(Spacer, 0, 4 * mm),
        ]

    def heading(self, text: str) -> None:
        """Of a section."""
        self._parts.append(partial(Paragraph, escape(text), _HEADING))

    def text(self, text: str, *, small: bool = False) -> None:
        """A paragraph; its lines stay lines."""
        lines = "<br/>".join(escape(line) for line in text.splitlines())
        self._parts.append(partial(Paragraph, lines or "　", _SMALL if small else _TEXT))

    def space(self) -> None:
        """Between two things that do not belong together."""
        self._parts.append(partial(Spacer, 0, 2 * mm))

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, heading: bool = False) -> None:
        """Rows of equal length; widths: of the columns, in parts of 1. heading: the first row stands on every
        page again."""
        if rows:
            self._parts.append(partial(_table, rows, widths, heading=heading))

    def made(self) -> bytes:
        """The PDF. Takes a while for a long document: not for the event loop."""
        file = io.BytesIO()
        document = BaseDocTemplate(
            file, pagesize=A4, title=self._title, author="", leftMargin=_MARGIN, rightMargin=_MARGIN,
            topMargin=_MARGIN, bottomMargin=_MARGIN,
        )  # fmt: skip
        frame = Frame(_MARGIN, _MARGIN, A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate(frames=[frame], onPage=self._on_page))
        with _ONE_AT_A_TIME:
            document.build([part() for part in self._parts])
        return file.getvalue()

    def _on_page(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(_FONT, 9)
        canvas.setFillColor(HexColor("#444444"))
        canvas.drawString(_MARGIN, 12 * mm, self._foot)
        canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, self._page % {"page": document.page})
        canvas.restoreState()


def _table(rows: Sequence[Sequence[str]], widths: Sequence[float], *, heading: bool) -> Table:
    wide = A4[0] - 2 * _MARGIN
    cells = [[Paragraph(escape(cell), _SMALL) for cell in row] for row in rows]
    table = Table(cells, colWidths=[wide * width for width in widths], repeatRows=int(heading))
    table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, _EDGE), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return table
