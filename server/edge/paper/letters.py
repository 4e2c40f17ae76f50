"""Which letters a printed sheet has: what stands on paper of a text. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent / "fonts"
STYLES = {"": "EBGaramond12-Regular.ttf", "I": "EBGaramond12-Italic.ttf"}
SYMBOLS, UNSEEN = frozenset({"So", "Sk"}), frozenset({"Cf", "Cc", "Co", "Cs"})


def add_fonts(pdf: FPDF) -> None:
    for style, name in STYLES.items():
        pdf.add_font("Garamond", style, FONTS / name)


def printable(text: str) -> str:
    """The text without symbols that the fonts lack, and without what can't be seen; empty where letters
    are missing as well."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = [one for one in composed if _is_text(one)]
    return " ".join("".join(kept).split()) if all(ord(one) in _letters() for one in kept) else ""


def _is_text(one: str) -> bool:
    kind = unicodedata.category(one)
    return kind not in UNSEEN and (ord(one) in _letters() or kind not in SYMBOLS)


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """What both fonts have."""
    pdf = FPDF()
    add_fonts(pdf)
    upright, slanted = (frozenset(font.cmap) for font in pdf.fonts.values() if isinstance(font, TTFFont))
    return upright & slanted
