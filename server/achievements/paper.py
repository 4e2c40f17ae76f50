"""A certificate as a page to print: one sheet of A4, the same bytes each time. Pure, and slow enough to
be called in a thread.

The fonts have Latin, Greek and Cyrillic letters. Symbols that they lack are left out; a name in another
script is replaced by the username, a title by words that send the reader to the certificate's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from string import Template
from typing import cast
from zoneinfo import ZoneInfo

import segno
from babel.dates import format_date
from fpdf import FPDF
from fpdf.enums import Align
from fpdf.prefs import ViewerPreferences

from server.achievements.ornaments import MARK, draw_ground, draw_seal
from server.achievements.values import Content
from server.edge.paper.letters import add_fonts, printable
from server.edge.paper.tints import INK, INK_SOFT, OCHRE, PINE

WIDTH, HEIGHT = 297.0, 210.0  # mm: A4, lying
MIDDLE = WIDTH / 2
COLUMN = 218.0  # mm for the words in the middle
LINE = 1.18  # of a size in points; a point is 0.353 mm
MM = 0.3528
NAME_SIZES, TITLE_SIZES = (44, 38, 32, 27, 23), (25, 22, 19, 17, 15)
UNPRINTED_TITLE = "a lesson whose title stands at the address below"
XMP = Template("""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><rdf:Description rdf:about="" pdfaid:part="2"
 pdfaid:conformance="U" pdf:Producer="PeerLearn" xmp:CreatorTool="PeerLearn" xmp:CreateDate="$at"
 xmp:ModifyDate="$at" xmp:MetadataDate="$at"><dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">$title</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>PeerLearn</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: `address` is what the code in squares leads to."""

    code: str
    address: str
    content: Content
    issued_at: datetime


def print_sheet(sheet: Sheet) -> bytes:
    """The PDF (PDF/A-2u: fonts embedded, text that can be searched and read aloud)."""
    pdf = _blank(sheet)
    draw_ground(pdf)
    _head(pdf)
    _words(pdf, sheet)
    _foot(pdf, sheet)
    return bytes(pdf.output())


def _blank(sheet: Sheet) -> FPDF:
    pdf = FPDF("landscape", "mm", "A4", enforce_compliance="PDF/A-2u")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    add_fonts(pdf)
    pdf.set_creation_date(sheet.issued_at)
    title = f"Certificate of attendance: {printable(sheet.content.title) or sheet.code}"
    pdf.set_title(title)
    pdf.set_author("PeerLearn")
    pdf.set_creator("PeerLearn")
    pdf.set_producer("PeerLearn")
    pdf.set_xmp_metadata(_described(title, sheet.issued_at))
    pdf.set_lang("en")
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.add_page()
    return pdf


def _described(title: str, at: datetime) -> str:
    """What the file says of itself (XMP, which PDF/A wants); the library would write the present time."""
    values = {"title": escape(title), "at": at.astimezone(UTC).isoformat(timespec="seconds")}
    return XMP.substitute(values)


# --- the parts of the sheet, from the top


def _head(pdf: FPDF) -> None:
    pdf.image(BytesIO(MARK), MIDDLE - 6.5, 18.5, 13, 13, alt_text="The mark of PeerLearn: two leaves")
    _line(pdf, "PeerLearn", 32.5, 13, PINE)
    pdf.set_char_spacing(3.2)
    _line(pdf, "CERTIFICATE OF ATTENDANCE", 42.5, 11.5, INK_SOFT)
    pdf.set_char_spacing(0)


def _words(pdf: FPDF, sheet: Sheet) -> None:
    """Name, title and circumstances, together in the middle of what is left for them."""
    content = sheet.content
    name = _fitted(pdf, printable(content.name) or content.username, "", NAME_SIZES, 2)
    title = _fitted(pdf, printable(content.title) or UNPRINTED_TITLE, "I", TITLE_SIZES, 3)
    top = 54 + max(0.0, (88 - name.height - title.height - 33) / 2)
    top = _block(pdf, name, top, "", INK) + 3.5
    _rule(pdf, top)
    _line(pdf, "was there for the live lesson", top + 3.5, 14, INK_SOFT, "I")
    top = _block(pdf, title, top + 12.5, "I", PINE) + 3
    _line(pdf, _taught(pdf, content), top, 14, INK)
    _line(pdf, _attended(pdf, content), top + 7.5, 11.5, INK_SOFT)


def _taught(pdf: FPDF, content: Content) -> str:
    mentor, day = printable(content.mentor), _day(content.started_at, content.zone)
    return f"taught by {_clipped(pdf, mentor, 14, 150)} on {day}" if mentor else f"held on {day}"


def _attended(pdf: FPDF, content: Content) -> str:
    said = f"{_length(content.minutes)}, {content.percent} % of the time it was held"
    skills = [name for name in map(printable, content.skills) if name]
    return _clipped(pdf, " · ".join([said, *skills]), 11.5, COLUMN)


def _foot(pdf: FPDF, sheet: Sheet) -> None:
    """When it was issued, the seal, and how it can be checked."""
    draw_seal(pdf, MIDDLE, 170.5)
    pdf.image(BytesIO(MARK), MIDDLE - 5, 165, 10, 10)
    issued = _day(sheet.issued_at, sheet.content.zone)
    _lines(pdf, ("Issued on", issued), 24, 169, Align.L)
    _lines(pdf, ("from presence measured in the lesson’s room",), 24, 181, Align.L)
    code = segno.make(sheet.address, error="m", micro=False)
    squares = BytesIO()
    code.save(squares, kind="svg", border=0, dark=PINE, xmldecl=False, omitsize=True)
    squares.seek(0)
    pdf.image(squares, 247, 158, 26, 26, alt_text=f"QR code of {sheet.address}")
    _lines(pdf, ("Check it at", sheet.address.partition("://")[2].rpartition("/")[0]), 180, 169, Align.R)
    _lines(pdf, (sheet.code,), 180, 181, Align.R)


def _rule(pdf: FPDF, top: float) -> None:
    pdf.set_draw_color(*OCHRE)
    pdf.set_line_width(0.3)
    for side in (-1, 1):
        pdf.line(MIDDLE + side * 3.5, top, MIDDLE + side * 34, top)
    pdf.set_fill_color(*OCHRE)
    pdf.polygon(
        [(MIDDLE, top - 1.3), (MIDDLE + 1.3, top), (MIDDLE, top + 1.3), (MIDDLE - 1.3, top)], style="F"
    )


# --- setting text


@dataclass(frozen=True, slots=True)
class _Block:
    lines: Sequence[str]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * MM * LINE


def _fitted(pdf: FPDF, text: str, style: str, sizes: Sequence[float], most: int) -> _Block:
    """In the largest size at which it fits `most` lines; at the smallest what is too much is left out."""
    for size in sizes:
        lines = _broken(pdf, text, style, size)
        if len(lines) <= most:
            return _Block(lines, size)
    return _Block([*lines[: most - 1], lines[most - 1].rstrip() + "…"], sizes[-1])


def _broken(pdf: FPDF, text: str, style: str, size: float) -> list[str]:
    pdf.set_font("Garamond", style, size)
    lines = pdf.multi_cell(COLUMN, text=text, align=Align.C, dry_run=True, output="LINES")
    return cast("list[str]", lines)


def _block(pdf: FPDF, block: _Block, top: float, style: str, colour: tuple[int, int, int]) -> float:
    """Write the lines; gives where they end."""
    for number, line in enumerate(block.lines):
        _line(pdf, line, top + number * block.size * MM * LINE, block.size, colour, style)
    return top + block.height


def _line(
    pdf: FPDF, text: str, top: float, size: float, colour: tuple[int, int, int], style: str = ""
) -> None:
    pdf.set_font("Garamond", style, size)
    pdf.set_text_color(*colour)
    pdf.set_xy(MIDDLE - WIDTH / 2, top)
    pdf.cell(WIDTH, size * MM * LINE, text, align=Align.C)


def _lines(pdf: FPDF, lines: Sequence[str], left: float, top: float, align: Align) -> None:
    """Small print, from `left` on."""
    pdf.set_font("Garamond", "", 10.5)
    pdf.set_text_color(*INK_SOFT)
    for number, line in enumerate(lines):
        pdf.set_xy(left, top + 4.8 * number)
        pdf.cell(62, 4.8, line, align=align)


def _clipped(pdf: FPDF, text: str, size: float, width: float) -> str:
    """As much of the text as fits on a line so wide."""
    pdf.set_font("Garamond", "", size)
    kept = text
    while pdf.get_string_width(kept) > width:
        text = text[:-1].rstrip(" ·,")
        kept = text + "…"
    return kept


def _day(instant: datetime, zone: str) -> str:
    return format_date(instant.astimezone(ZoneInfo(zone)), "d MMMM y", locale="en")


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours)
    return " ".join(parts)
