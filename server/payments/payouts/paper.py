"""A statement as pages to print: A4, the same bytes for the same statement. Pure, and slow enough to be
called in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace

from server.edge.paper.amounts import printed_amount
from server.edge.paper.letters import add_fonts, printable
from server.edge.paper.tints import INK, INK_SOFT, OCHRE, PINE, PINE_PALE, Tint
from server.payments.payouts.statements import Line, Statement

WIDTH, LEFT, RIGHT, BOTTOM = 210.0, 20.0, 190.0, 22.0  # mm: A4, standing
LINE = 5.6  # mm
COLUMNS = (24, 78, 34, 34)  # mm: day, what, amount, balance
HEADS = ("Day", "What", "Amount", "Balance")
UNPRINTED = "A lesson whose title stands on the page of your earnings"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed, and for whom."""

    statement: Statement
    name: str
    username: str
    address: str
    printed_at: datetime


class _Pages(FPDF):
    """Each page says which it is."""

    def __init__(self, number: str) -> None:
        super().__init__("portrait", "mm", "A4")
        self._number = number

    def footer(self) -> None:
        self.set_y(-15)
        _pen(self, 9.5, INK_SOFT)
        self.cell(0, LINE, f"Statement {self._number} · page {self.page_no()} of {{nb}}", align=Align.C)


def print_statement(sheet: Sheet) -> bytes:
    """The PDF."""
    pdf = _blank(sheet)
    _head(pdf, sheet)
    _balances(pdf, sheet.statement)
    _table(pdf, sheet.statement)
    _foot(pdf, sheet)
    return bytes(pdf.output())


def _blank(sheet: Sheet) -> FPDF:
    pdf = _Pages(sheet.statement.number)
    pdf.set_margins(LEFT, 20, WIDTH - RIGHT)
    pdf.set_auto_page_break(True, BOTTOM)
    pdf.c_margin = 0
    add_fonts(pdf)
    pdf.set_creation_date(sheet.printed_at)
    pdf.set_title(f"Statement {sheet.statement.number}")
    pdf.set_author("PeerLearn")
    pdf.set_lang("en")
    pdf.add_page()
    return pdf


def _head(pdf: FPDF, sheet: Sheet) -> None:
    statement = sheet.statement
    _text(pdf, "PeerLearn", 22, 20, PINE)
    _text(pdf, "Statement of earnings", 22, 20, INK, align=Align.R)
    month = format_date(statement.month, "MMMM y", locale="en")
    _text(pdf, f"{month} · {statement.currency}", 32, 12, INK_SOFT, align=Align.R)
    _text(pdf, f"Number {statement.number}", 38, 12, INK_SOFT, align=Align.R)
    _text(pdf, printable(sheet.name) or sheet.username, 32, 12, INK)
    _text(pdf, f"Mentor · {sheet.username}", 38, 12, INK_SOFT)
    _rule(pdf, 47, OCHRE)


def _balances(pdf: FPDF, statement: Statement) -> None:
    """What it opened with, what came and went, and what it closed with."""
    came = sum(line.amount_minor for line in statement.lines if line.amount_minor > 0)
    went = sum(line.amount_minor for line in statement.lines if line.amount_minor < 0)
    rows = (
        ("Opening balance", statement.opening_minor),
        ("Came in", came),
        ("Went out", went),
        ("Closing balance", statement.closing_minor),
    )
    for number, (words, minor) in enumerate(rows):
        last = number == len(rows) - 1
        tint, top = (PINE if last else INK), 52 + number * 6.4 + (1.5 if last else 0)
        _text(pdf, words, top, 13, tint)
        _text(pdf, printed_amount(minor, statement.currency), top, 13, tint, align=Align.R)
    pdf.set_y(86)


def _table(pdf: FPDF, statement: Statement) -> None:
    if not statement.lines:
        _text(pdf, "Nothing moved in this month.", 88, 12, INK_SOFT)
        pdf.set_y(96)
        return
    _pen(pdf, 10.5, INK)
    pdf.set_draw_color(*PINE_PALE)
    heads = FontFace(color=INK_SOFT, fill_color=PINE_PALE)
    with pdf.table(
        col_widths=COLUMNS,
        text_align=(Align.L, Align.L, Align.R, Align.R),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=heads,
        line_height=LINE,
        padding=1,
    ) as table:
        table.row(HEADS)
        for line in statement.lines:
            table.row(_cells(line, statement))


def _cells(line: Line, statement: Statement) -> tuple[str, ...]:
    day = format_date(line.at.astimezone(ZoneInfo(statement.zone)), "d MMM y", locale="en")
    title = (printable(line.title) or UNPRINTED) if line.title else ""
    amounts = (line.amount_minor, line.balance_minor)
    what = f"{line.what}: {title}" if title else line.what
    return (day, what, *(printed_amount(each, statement.currency) for each in amounts))


def _foot(pdf: FPDF, sheet: Sheet) -> None:
    top = pdf.get_y() + 8
    said = (
        "Amounts are your share, after the commission of the platform. Days are those of your clock",
        f"({sheet.statement.zone}). Look it up at {sheet.address}",
    )
    for number, words in enumerate(said):
        _text(pdf, words, top + number * LINE, 10.5, INK_SOFT)


def _text(pdf: FPDF, words: str, top: float, size: float, tint: Tint, align: Align = Align.L) -> None:
    _pen(pdf, size, tint)
    pdf.set_xy(LEFT, top)
    pdf.cell(RIGHT - LEFT, LINE, words, align=align)


def _pen(pdf: FPDF, size: float, tint: Tint) -> None:
    pdf.set_font("Garamond", "", size)
    pdf.set_text_color(*tint)


def _rule(pdf: FPDF, top: float, tint: Tint) -> None:
    pdf.set_draw_color(*tint)
    pdf.set_line_width(0.3)
    pdf.line(LEFT, top, RIGHT, top)
