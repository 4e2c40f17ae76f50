"""What people do at the whiteboard: on the desk at once, kept, then said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from media.protocol.codec import MessageError
from media.protocol.teaching import WhiteboardSaid, WhiteboardSend
from server.classroom.room import Member, Room
from server.classroom.teaching import saving, saying
from server.classroom.teaching.board import Drawing
from server.classroom.teaching.saying import is_host

Keep = Callable[..., None]


def whiteboard(room: Room, member: Member, message: WhiteboardSend, keep: Keep, now: datetime) -> None:
    """Raises MessageError."""
    if message.op == "clear":
        _clear(room, member, keep, now)
    elif message.op == "restore" and message.id is None:
        _restore_last(room, member, keep)
    elif message.id is None:
        raise MessageError("invalid", "id: which one?", message.type)
    else:
        drawing = _change(room, member, message, message.id, now)
        save = partial(saving.save_drawing, room.lesson.session_id, member.seat_id, drawing)
        keep(save, partial(room.broadcast, _said(message, member, drawing)))


def _change(room: Room, member: Member, message: WhiteboardSend, id: str, now: datetime) -> Drawing:
    board, host = room.desk.board, is_host(member)
    if message.op == "remove":
        return board.remove(id, member.id, now, host=host)
    if message.op == "restore":
        return board.restore(id, member.id, host=host)
    if message.item is None:
        raise MessageError("invalid", "item: what is to be drawn?", message.type)
    return board.add(id, member.id, message.item, now, host=host)


def _said(message: WhiteboardSend, member: Member, drawing: Drawing) -> WhiteboardSaid:
    shown = None if drawing.removed_at else drawing.item
    return WhiteboardSaid(op=message.op, by=member.id, id=drawing.id, owner=drawing.owner, item=shown)


def _clear(room: Room, member: Member, keep: Keep, now: datetime) -> None:
    gone = [one.id for one in room.desk.board.clear(now)]
    save = partial(saving.save_removal, room.lesson.session_id, gone, now)
    keep(save, partial(room.broadcast, WhiteboardSaid(op="clear", by=member.id)))


def _restore_last(room: Room, member: Member, keep: Keep) -> None:
    if not is_host(member):
        raise MessageError("forbidden", "Only the mentor and co-hosts can do this.", "whiteboard")
    back = [one.id for one in room.desk.board.restore_last()]
    save = partial(saving.save_removal, room.lesson.session_id, back, None)
    keep(save, lambda: room.broadcast(saying.board_of(room)))
