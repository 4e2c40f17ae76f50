"""A receipt as a page to print: one sheet of A4, the same bytes for the same content. Pure, and slow
enough to be called in a thread.

The fonts have Latin, Greek and Cyrillic letters; what is written in others is said in words that lead to
it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fpdf import FPDF
from fpdf.enums import Align

from server.edge.paper.amounts import printed_amount
from server.edge.paper.letters import add_fonts, printable
from server.edge.paper.tints import INK, INK_SOFT, OCHRE, PINE, Tint
from server.edge.templates import date_range
from server.payments.receipts.content import Content, Credit, receipt_name

WIDTH, LEFT, RIGHT = 210.0, 24.0, 186.0  # mm: A4, standing
WORDS = 118.0  # mm for the words of a line, the rest is for its amount
LINE = 5.6  # mm
UNPRINTED = "A lesson whose title stands on the page of the booking"
CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: `address` is where the payment is looked up."""

    number: int
    content: Content
    address: str
    credits: Sequence[Credit] = field(default=())


def print_receipt(sheet: Sheet) -> bytes:
    """The PDF."""
    pdf = _blank(sheet)
    _head(pdf, sheet)
    bottom = _parties(pdf, sheet.content)
    bottom = _lines(pdf, sheet, bottom + 12)
    _foot(pdf, sheet, bottom + 14)
    return bytes(pdf.output())


def _blank(sheet: Sheet) -> FPDF:
    pdf = FPDF("portrait", "mm", "A4")
    pdf.set_auto_page_break(True, 20)
    pdf.set_margins(LEFT, 20, WIDTH - RIGHT)
    pdf.c_margin = 0
    add_fonts(pdf)
    pdf.set_creation_date(sheet.content.paid_at)
    pdf.set_title(f"Receipt {receipt_name(sheet.number)}")
    pdf.set_author(sheet.content.seller)
    pdf.set_lang("en")
    pdf.add_page()
    return pdf


# --- the parts of the sheet, from the top; each gives where it ends


def _head(pdf: FPDF, sheet: Sheet) -> None:
    _text(pdf, "PeerLearn", LEFT, 22, 20, PINE)
    _text(pdf, "Receipt", LEFT, 22, 20, INK, align=Align.R)
    _text(pdf, receipt_name(sheet.number), LEFT, 32, 12, INK_SOFT, align=Align.R)
    paid = f"Paid on {_day(sheet.content.paid_at, sheet.content.zone)}"
    _text(pdf, paid, LEFT, 38, 12, INK_SOFT, align=Align.R)
    _rule(pdf, 48, OCHRE)


def _parties(pdf: FPDF, content: Content) -> float:
    mentor = printable(content.mentor)
    sold = [
        content.seller,
        f"for a lesson given by {mentor}" if mentor else "for the mentor of the lesson",
    ]
    bought = [printable(content.buyer) or content.email, content.email]
    for left, head, words in ((LEFT, "Sold by", sold), (108.0, "Paid by", list(dict.fromkeys(bought)))):
        _text(pdf, head, left, 56, 10, INK_SOFT)
        for number, line in enumerate(words):
            _text(pdf, _clipped(pdf, line, 12, 78), left, 62 + number * LINE, 12, INK)
    return 62 + 2 * LINE


def _lines(pdf: FPDF, sheet: Sheet, top: float) -> float:
    """What was bought, what was given back since, and what is left."""
    content = sheet.content
    _text(pdf, "What", LEFT, top, 10, INK_SOFT)
    _text(pdf, "Amount", LEFT, top, 10, INK_SOFT, align=Align.R)
    _rule(pdf, top + 6, INK_SOFT)
    when = date_range(content.starts_at, content.ends_at, content.zone)
    bottom = _line(
        pdf, printable(content.title) or UNPRINTED, when, content.amount_minor, content.currency, top + 9
    )
    for credit in sheet.credits:
        said = f"Given back on {_day(credit.at, content.zone)}"
        bottom = _line(
            pdf,
            said,
            _became(credit, content.zone),
            -credit.amount_minor,
            content.currency,
            bottom + 3,
        )
    return _total(pdf, sheet, bottom + 3)


def _line(pdf: FPDF, words: str, below: str, minor: int, currency: str, top: float) -> float:
    _text(pdf, printed_amount(minor, currency), LEFT, top, 13, INK, align=Align.R)
    pdf.set_xy(LEFT, top)
    _pen(pdf, 13, INK)
    pdf.multi_cell(WORDS, LINE, words, align=Align.L, new_x="LMARGIN", new_y="NEXT")
    if below:
        _text(pdf, below, LEFT, pdf.get_y() + 0.5, 10.5, INK_SOFT)
        pdf.set_y(pdf.get_y() + LINE)
    return float(pdf.get_y())


def _total(pdf: FPDF, sheet: Sheet, top: float) -> float:
    content = sheet.content
    left = content.amount_minor - sum(credit.amount_minor for credit in sheet.credits)
    _rule(pdf, top, INK_SOFT)
    _text(
        pdf, "Total" if not sheet.credits else "Total after what was given back", LEFT, top + 4, 14, PINE
    )
    _text(pdf, printed_amount(left, content.currency), LEFT, top + 4, 14, PINE, align=Align.R)
    return top + 10


def _foot(pdf: FPDF, sheet: Sheet, top: float) -> None:
    content = sheet.content
    paid = "Paid with credit." if content.method == CREDIT else f"Paid by card: {content.method}."
    said = [
        paid,
        f"Booking {content.booking}",
        f"Look it up at {sheet.address}",
    ]
    for number, line in enumerate(said):
        _text(pdf, line, LEFT, top + number * LINE, 10.5, INK_SOFT)


# --- setting text


def _became(credit: Credit, zone: str) -> str:
    if credit.as_credit:
        return "as credit: the bank did not take it"
    if credit.arrived_at is None:
        return "on its way to the card"
    return f"arrived on {_day(credit.arrived_at, zone)}"


def _pen(pdf: FPDF, size: float, tint: Tint) -> None:
    pdf.set_font("Garamond", "", size)
    pdf.set_text_color(*tint)


def _text(
    pdf: FPDF, words: str, left: float, top: float, size: float, tint: Tint, align: Align = Align.L
) -> None:
    _pen(pdf, size, tint)
    pdf.set_xy(left, top)
    pdf.cell(RIGHT - left, LINE, words, align=align)


def _rule(pdf: FPDF, top: float, tint: Tint) -> None:
    pdf.set_draw_color(*tint)
    pdf.set_line_width(0.3)
    pdf.line(LEFT, top, RIGHT, top)


def _clipped(pdf: FPDF, text: str, size: float, width: float) -> str:
    """As much of the text as fits on a line so wide."""
    pdf.set_font("Garamond", "", size)
    kept = text
    while pdf.get_string_width(kept) > width:
        text = text[:-1].rstrip()
        kept = text + "…"
    return kept


def _day(instant: datetime, zone: str) -> str:
    return format_date(instant.astimezone(ZoneInfo(zone)), "d MMMM y", locale="en")
