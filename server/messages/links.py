"""Web addresses within a text, so that they can be clicked. Pure: the page escapes every part."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Only whole addresses with their scheme: nothing else becomes a link, so no `javascript:` can.
ADDRESS = re.compile(r"https?://[^\s<>\"'`\\^{|}]{1,2000}", re.I)
CLOSING = {")": "(", "]": "["}
AFTER_AN_ADDRESS = ".,;:!?…"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; `href` is empty where it is no link."""

    text: str
    href: str = ""


def parts(text: str) -> tuple[Part, ...]:
    """The text in pieces, in order; together they are the text."""
    found: list[Part] = []
    end = 0
    for match in ADDRESS.finditer(text):
        address = _without_what_follows(match[0])
        if address.endswith("//"):
            continue
        if match.start() > end:
            found.append(Part(text[end : match.start()]))
        found.append(Part(address, address))
        end = match.start() + len(address)
    if end < len(text):
        found.append(Part(text[end:]))
    return tuple(found)


def _without_what_follows(address: str) -> str:
    """The stop of the sentence and a bracket that was opened before it are not the address's."""
    while address[-1] in AFTER_AN_ADDRESS or _is_open(address):
        address = address[:-1]
    return address


def _is_open(address: str) -> bool:
    opening = CLOSING.get(address[-1])
    return opening is not None and address.count(address[-1]) > address.count(opening)
