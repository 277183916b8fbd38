"""Papers to print, as PDF: tables and address labels in Chinese, with no font of our own.

The font is one that every reader of PDF brings for Chinese; its text can be selected and searched.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

FONT = "STSong-Light"
MARGIN = 15 * mm
WIDTH = A4[0] - 2 * MARGIN
LABEL = (100 * mm, 4 * mm)  # as wide as a usual label; room inside its frame


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a printed table; `share` of the width, figures stand at the right."""

    heading: str
    share: int
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """What begins on a page of its own: title, lines below it, an address label (its lines, the
    first two large) or none, and a table."""

    title: str
    lead: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    label: tuple[str, ...] = ()


def as_pdf(title: str, sheets: Iterable[Printed]) -> bytes:
    """A4, upright. The same sheets give the same bytes."""
    _font()
    flow: list[Flowable] = []
    for sheet in sheets:
        if flow:
            flow.append(PageBreak())
        flow += _drawn(sheet)
    out = io.BytesIO()
    made = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        invariant=1,
    )
    made.build(flow)
    return out.getvalue()


@cache
def _font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


@cache
def _style(size: int, *, right: bool = False) -> ParagraphStyle:
    """Chinese breaks between any two signs."""
    style = ParagraphStyle(f"s{size}{right}", fontName=FONT, fontSize=size, leading=size * 1.4)
    style.wordWrap = "CJK"
    if right:
        style.alignment = TA_RIGHT
    return style


def _text(said: str, size: int, *, right: bool = False) -> Paragraph:
    return Paragraph(escape(said), _style(size, right=right))


def _drawn(sheet: Printed) -> list[Flowable]:
    drawn: list[Flowable] = []
    if sheet.label:
        drawn += [_label(sheet.label), Spacer(0, 8 * mm)]
    drawn += [_text(sheet.title, 15), _text(sheet.lead, 9), Spacer(0, 4 * mm), _table(sheet)]
    return drawn


def _label(lines: tuple[str, ...]) -> Table:
    cells = [[_text(said, 14 if place < 2 else 10)] for place, said in enumerate(lines)]
    width, room = LABEL
    frame = Table(cells, colWidths=[width], hAlign="LEFT")
    frame.setStyle(
        [
            ("BOX", (0, 0), (-1, -1), 0.8, colors.black),
            ("LEFTPADDING", (0, 0), (-1, -1), room),
            ("RIGHTPADDING", (0, 0), (-1, -1), room),
        ]
    )
    return frame


def _table(sheet: Printed) -> Table:
    """Its headings again on every page."""
    whole = sum(column.share for column in sheet.columns)
    cells = [[_text(column.heading, 9, right=column.figures) for column in sheet.columns]]
    cells += [
        [
            _text(said, 10, right=column.figures)
            for said, column in zip(row, sheet.columns, strict=True)
        ]
        for row in sheet.rows
    ]
    widths = [WIDTH * column.share / whole for column in sheet.columns]
    table = Table(cells, colWidths=widths, repeatRows=1)
    table.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return table
