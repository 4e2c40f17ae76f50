"""The whiteboard of one lesson: who may draw, take away and bring back what. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from media.protocol.codec import MessageError
from media.protocol.teaching import BOARD_ITEMS_MOST, BoardEntry, Item

BYTES_MOST = 300_000  # of what is on the board: it travels in one frame
KEPT_ITEMS_MOST = 3 * BOARD_ITEMS_MOST  # with what was removed
KEPT_BYTES_MOST = 4 * BYTES_MOST


@dataclass(frozen=True, slots=True)
class Drawing:
    """An item with the participant who drew it; `size` is that of its JSON."""

    id: str
    owner: str
    item: Item
    at: datetime
    removed_at: datetime | None = None

    @property
    def size(self) -> int:
        return len(self.item.model_dump_json())

    def entry(self) -> BoardEntry:
        return BoardEntry(id=self.id, by=self.owner, item=self.item)


class Board:
    """All drawings by id, oldest first; removed ones too, as they may come back."""

    def __init__(self, drawings: Iterable[Drawing] = ()) -> None:
        self._drawings = {one.id: one for one in drawings}
        self._live = len(self.live())
        self._bytes = sum(one.size for one in self.live())
        self._kept_bytes = sum(one.size for one in self._drawings.values())

    def live(self) -> list[Drawing]:
        return [one for one in self._drawings.values() if one.removed_at is None]

    def add(self, id: str, owner: str, item: Item, now: datetime, *, host: bool = False) -> Drawing:
        """Draw something new, or change what was drawn: one's own, hosts anything.

        Raises MessageError `board_full`, `forbidden`, `no_item` where it was removed."""
        known = self._drawings.get(id)
        if known is None:
            return self._draw(Drawing(id, owner, item, now))
        if known.item == item:
            return known  # said again after a lost connection
        known = self._find(id, owner, host=host)
        if known.removed_at is not None:
            raise MessageError("no_item", "This is not on the whiteboard any more.", "whiteboard")
        return self._draw(replace(known, item=item))

    def _draw(self, made: Drawing) -> Drawing:
        self._check_space([made])
        many = made.id not in self._drawings and len(self._drawings) >= KEPT_ITEMS_MOST
        if many or self._kept_bytes + made.size > KEPT_BYTES_MOST:
            raise MessageError("board_full", "This lesson's whiteboard is used up.", "whiteboard")
        before = self._drawings.get(made.id)
        self._kept_bytes += made.size - (before.size if before else 0)
        return self._keep(made)

    def remove(self, id: str, owner: str, now: datetime, *, host: bool) -> Drawing:
        """Raises MessageError `no_item`, `forbidden`."""
        known = self._find(id, owner, host=host)
        return known if known.removed_at else self._keep(replace(known, removed_at=now))

    def restore(self, id: str, owner: str, *, host: bool) -> Drawing:
        """Raises MessageError `no_item`, `forbidden`, `board_full`."""
        known = self._find(id, owner, host=host)
        if known.removed_at is None:
            return known
        self._check_space([known])
        return self._keep(replace(known, removed_at=None))

    def clear(self, now: datetime) -> list[Drawing]:
        return [self._keep(replace(one, removed_at=now)) for one in self.live()]

    def restore_last(self) -> list[Drawing]:
        """Bring back what was removed last: after `clear`, everything that it removed."""
        removed = [one for one in self._drawings.values() if one.removed_at is not None]
        last = max((one.removed_at for one in removed if one.removed_at), default=None)
        back = [one for one in removed if one.removed_at == last]
        self._check_space(back)
        return [self._keep(replace(one, removed_at=None)) for one in back]

    def _find(self, id: str, owner: str, *, host: bool) -> Drawing:
        known = self._drawings.get(id)
        if known is None:
            raise MessageError("no_item", "This is not on the whiteboard.", "whiteboard")
        if known.owner != owner and not host:
            raise MessageError("forbidden", "Somebody else drew this.", "whiteboard")
        return known

    def _check_space(self, more: list[Drawing]) -> None:
        """Whether there is room for these, in place of what they were."""
        before = [self._drawings[one.id] for one in more if one.id in self._drawings]
        there = [one for one in before if one.removed_at is None]
        many = self._live + len(more) - len(there) > BOARD_ITEMS_MOST
        size = self._bytes + sum(one.size for one in more) - sum(one.size for one in there)
        if many or size > BYTES_MOST:
            raise MessageError("board_full", "The whiteboard is full. Clear it first.", "whiteboard")

    def _keep(self, drawing: Drawing) -> Drawing:
        before = self._drawings.get(drawing.id)
        for one, sign in ((before, -1), (drawing, 1)):
            if one is not None and one.removed_at is None:
                self._bytes += sign * one.size
                self._live += sign
        self._drawings[drawing.id] = drawing
        return drawing
