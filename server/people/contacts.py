"""Finds what people could be reached by outside of here in texts that everybody reads. Pure.

What is found is refused with a word about it: addresses in public texts are harvested, and what is
arranged elsewhere has neither a room nor a recording nor anybody who helps when it goes wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from server.infra.errors import Invalid

AT = r"(?:@|\s{1,5}@\s{1,5}|\s{0,5}[(\[{]\s?at\s?[)\]}]\s{0,5})"
DOT = r"(?:\.|\s{0,5}[(\[{]\s?(?:dot|punkt|punto)\s?[)\]}]\s{0,5})"
E_MAIL = re.compile(rf"[\w.+-]{{1,64}}{AT}[\w-]{{1,63}}(?:{DOT}[\w-]{{1,63}})*{DOT}[a-z]{{2,24}}\b", re.I)
# Telephones as they are written: abroad, at home with their area, in North America. Neither years and
# days, nor amounts, bits, versions and ISBNs.
PHONE = re.compile(
    r"(?<![\w.,:/-])(?:\+|00)\d(?:[ ()./-]{0,3}\d){6,13}(?!\d)"
    r"|(?<![\w.,:/+-])(?![01 ]{1,40}\b|\d\d?[/-]\d\d?[/-]\d\d)"
    r"\(?0\d{1,5}\)?[ /-]{0,3}\d(?:[ /-]?\d){5,10}(?!\d)"
    r"|(?<![\w.,:/+-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])"
)
MESSENGER_LINK = re.compile(
    r"\b(?:wa\.me|(?:api|chat)\.whatsapp\.com|whatsapp\.com|t\.me|telegram\.(?:me|dog)|m\.me|signal\.(?:me|group)"
    r"|discord\.gg|discord(?:app)?\.com/(?:invite|users)|line\.me|join\.skype\.com|viber\.me|weixin\.qq\.com"
    r"|(?:us\d+web\.)?zoom\.us/[jm]|meet\.google\.com|teams\.(?:microsoft|live)\.com)\b"
    r"|\b(?:mailto|tel|sms|skype|viber|whatsapp|tg|xmpp):\S",
    re.I,
)
MESSENGER_NAME = re.compile(
    r"\b(?:whats\s?app|telegram|signal|skype|wechat|weixin|viber|discord|instagram|insta|snapchat|threema)\b"
    r"(?:\s+(?:id|name|handle|user))?\s*(?:[:=]\s*\S|(?:at\s+|me\s+)?@\w)",
    re.I,
)
KINDS = (
    ("an e-mail address", E_MAIL),
    ("a phone number", PHONE),
    ("a link to a messenger", MESSENGER_LINK),
    ("a messenger name", MESSENGER_NAME),
)


def contact_in(text: str) -> str:
    """What kind of contact the text gives (`a phone number`), or nothing."""
    plain = _plain(text)
    return next((kind for kind, pattern in KINDS if pattern.search(plain)), "")


def require_no_contacts(texts: Mapping[str, str | None]) -> None:
    """Raises Invalid naming each field in which somebody could be reached elsewhere."""
    found = {name: contact_in(text) for name, text in texts.items() if text}
    if wrong := {name: _refusal(kind) for name, kind in found.items() if kind}:
        raise Invalid(fields=wrong)


def _refusal(kind: str) -> str:
    return (
        f"This looks like {kind}. Leave it out: everybody can read this text, strangers and machines too."
    )


def _plain(text: str) -> str:
    """Full-width letters as letters, the digits of all scripts as digits, and nothing invisible."""
    return "".join(map(_plain_letter, unicodedata.normalize("NFKC", text)))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    kind = unicodedata.category(letter)
    return str(unicodedata.decimal(letter)) if kind == "Nd" else "" if kind == "Cf" else letter
