"""The shared notes of one lesson: paragraphs in an order, each with a version. Pure.

Who writes on a version that is not the newest is told the newest, so that nobody's words are lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from media.protocol.codec import MessageError
from media.protocol.teaching import NOTES_LIMIT, NOTES_MOST, TOP, NoteSend, NoteView
from server.classroom.teaching.ordering import between

ROWS_MOST = 6 * NOTES_MOST  # removed ones are kept: there has to be an end of it
PLACE_LIMIT = 120  # characters; the column's


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: their seat and the name that the others see."""

    seat_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    id: str
    place: str
    text: str
    version: int
    author: Author
    at: datetime
    removed_at: datetime | None = None

    def view(self) -> NoteView:
        return NoteView(
            id=self.id,
            place=self.place,
            text=self.text,
            version=self.version,
            by=self.author.name,
            removed=self.removed_at is not None,
        )


class StaleNote(MessageError):
    """Somebody else was quicker: `newest` is what they made of the paragraph."""

    def __init__(self, newest: Paragraph) -> None:
        super().__init__("stale_note", "Somebody changed this paragraph at the same moment.", "note")
        self.newest: Final = newest


class Notes:
    """All paragraphs by id, removed ones too."""

    def __init__(self, paragraphs: Iterable[Paragraph] = ()) -> None:
        self._paragraphs = {one.id: one for one in paragraphs}

    def live(self) -> list[Paragraph]:
        """What can be read, from top to bottom."""
        there = (one for one in self._paragraphs.values() if one.removed_at is None)
        return sorted(there, key=lambda one: (one.place, one.id))

    def put(self, wanted: NoteSend, author: Author, now: datetime) -> Paragraph:
        """Write a paragraph, a new one or on top of the version that was read.

        Raises StaleNote, MessageError `notes_full`."""
        known = self._paragraphs.get(wanted.id)
        if known is not None and self._is_repeated(known, wanted, author):
            return known
        if known is not None and wanted.version != known.version:
            raise StaleNote(known)
        self._check_space(known, wanted.text)
        place = known.place if known and wanted.after is None else self._place(wanted)
        version = known.version + 1 if known else 1
        return self._keep(Paragraph(wanted.id, place, wanted.text, version, author, now))

    def remove(self, id: str, version: int, author: Author, now: datetime) -> Paragraph:
        """Raises StaleNote, MessageError `no_note`."""
        known = self._paragraphs.get(id)
        if known is None:
            raise MessageError("no_note", "This paragraph is not there.", "note")
        if known.removed_at is not None:
            return known
        if version != known.version:
            raise StaleNote(known)
        gone = replace(known, version=known.version + 1, author=author, at=now, removed_at=now)
        return self._keep(gone)

    def _is_repeated(self, known: Paragraph, wanted: NoteSend, author: Author) -> bool:
        """They say again, after a lost connection, what was stored of them."""
        same = known.removed_at is None and known.text == wanted.text
        return same and known.author.seat_id == author.seat_id and wanted.version < known.version

    def _check_space(self, known: Paragraph | None, text: str) -> None:
        live = self.live()
        others = [one for one in live if one is not known]
        full = len(others) >= NOTES_MOST or (known is None and len(self._paragraphs) >= ROWS_MOST)
        if full or sum(len(one.text) for one in others) + len(text) > NOTES_LIMIT:
            raise MessageError("notes_full", "The notes are full. Remove a paragraph first.", "note")

    def _place(self, wanted: NoteSend) -> str:
        """After the paragraph that was named, at the top, or at the end."""
        order = [one for one in self.live() if one.id != wanted.id]
        numbers = [number for number, one in enumerate(order, 1) if one.id == wanted.after]
        number = 0 if wanted.after == TOP else (numbers[0] if numbers else len(order))
        low = order[number - 1].place if number else ""
        high = next((one.place for one in order[number:] if one.place > low), "")
        place = between(low, high)
        if len(place) > PLACE_LIMIT:
            raise MessageError("notes_full", "There is no room at this place. Write at the end.", "note")
        return place

    def _keep(self, paragraph: Paragraph) -> Paragraph:
        self._paragraphs[paragraph.id] = paragraph
        return paragraph
