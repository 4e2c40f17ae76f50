"""The sheet to print: everything fits, whatever the names are, and it is the same file each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.achievements.paper import Sheet, print_sheet
from server.achievements.values import Content
from server.edge.paper import letters
from server.edge.paper.letters import printable

NOON = datetime(2030, 5, 14, 12, 0, tzinfo=UTC)
CODE = "K7Q2M-4XTRA-PW8ZD-9VEHN"
CONTENT = Content(
    name="Lea Fontaine",
    username="lea",
    title="Closures by example",
    mentor="Mira Okafor",
    started_at=NOON,
    zone="Europe/Paris",
    present_s=3500,
    held_s=3600,
    skills=("Algorithms", "Python"),
)
SHEET = Sheet(CODE, f"https://peerlearn.example/certificates/{CODE}", CONTENT, NOON)
LONG_NAME = "Maximiliana-Theodora von Hohenzollern-Sigmaringen und zu Württemberg-Teck-" * 2
LONG_TITLE = (
    "Une très longue leçon sur les tableaux croisés dynamiques, leurs pièges et leurs charmes " * 2
)


def of(**values: object) -> Sheet:
    return replace(SHEET, content=replace(CONTENT, **values))  # type: ignore[arg-type]


def opened(sheet: Sheet) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(print_sheet(sheet))


def said(sheet: Sheet) -> str:
    """The text of the sheet on one line."""
    return " ".join(opened(sheet)[0].get_textpage().get_text_bounded().split())


def places(sheet: Sheet) -> list[tuple[float, float, float, float]]:
    """Where each piece of text stands: left, bottom, right, top in points."""
    page = opened(sheet)[0].get_textpage()
    return [page.get_rect(number) for number in range(page.count_rects())]


def test_sheet_says_everything() -> None:
    text = said(SHEET)
    for part in (
        "Lea Fontaine",
        "Closures by example",
        "taught by Mira Okafor on 14 May 2030",
        "58 min, 97 % of the time it was held · Algorithms · Python",
        "Issued on 14 May 2030",
        "peerlearn.example/certificates",
        CODE,
    ):
        assert part in text


def test_sheet_is_one_lying_page_that_says_what_it_is() -> None:
    document = opened(SHEET)
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    content = print_sheet(of(title="Closures & <b>more</b>"))
    said_of_itself = content[content.index(b"<x:xmpmeta") : content.index(b"</x:xmpmeta>")].decode()
    assert "Certificate of attendance: Closures &amp; &lt;b&gt;more" in said_of_itself
    for part in ('pdfaid:part="2"', "2030-05-14T12:00:00+00:00", "<rdf:li>PeerLearn</rdf:li>"):
        assert part in said_of_itself
    assert b"/Lang (en)" in content
    assert b"/DisplayDocTitle true" in content


def test_same_certificate_is_the_same_file() -> None:
    first = print_sheet(SHEET)
    letters._letters.cache_clear()
    assert print_sheet(SHEET) == first
    assert print_sheet(replace(SHEET, issued_at=NOON + timedelta(days=1))) != first


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Αλέξανδρος Παπαδόπουλος", "Введение в статистику: чего не говорит p-значение"),
        ("Żaneta Łęcka-Ōtsuka", "Ein Café für Übermütige — straße, İstanbul, Đà Nẵng"),
        ("Їжак Ґедзь", "Ἀρχὴ ἥμισυ παντός"),
    ],
)
def test_latin_greek_and_cyrillic_letters_are_printed(name: str, title: str) -> None:
    text = said(of(name=name, title=title))
    assert name in text
    assert title in text


def test_letters_that_the_fonts_lack_lead_to_the_page() -> None:
    text = said(of(name="田中 太郎", title="日本語で学ぶ", mentor="محمد", skills=("統計", "Python")))
    assert "lea" in text
    assert "a lesson whose title stands at the address below" in text
    assert "held on 14 May 2030" in text
    assert "held · Python" in text


def test_symbols_are_left_out() -> None:
    assert printable("Snakes 🐍 and 👩‍🏫 ladders") == "Snakes and ladders"
    assert printable("E\u0301cole") == "École"
    assert printable("数") == ""


@pytest.mark.parametrize(
    "sheet",
    [
        of(name=LONG_NAME[:100], title=LONG_TITLE[:140], mentor=LONG_NAME[:100], skills=("Skill",) * 20),
        of(name="W" * 100, title="W" * 140),
        of(name="Ы" * 100, title="і" * 140, mentor="Ш" * 100),
    ],
)
def test_long_names_and_titles_fit(sheet: Sheet) -> None:
    """Within the frame, and no line upon another."""
    found = places(sheet)
    for left, bottom, right, top in found:
        assert 34 < left < right < 842 - 34
        assert 34 < bottom < top < 595 - 34
    middle = [place for place in found if place[1] > 160]
    for one in middle:
        for other in middle:
            apart = one[1] >= other[3] - 6 or other[1] >= one[3] - 6
            beside = one[0] >= other[2] or other[0] >= one[2]
            assert one == other or apart or beside, (one, other)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=100), st.text(max_size=140))
def test_any_text_is_printed_somehow(name: str, title: str) -> None:
    assert len(opened(of(name=name, title=title))) == 1
