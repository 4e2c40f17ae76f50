"""Lines of chat on their way in, and taken back: checked, kept, and said once they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from media.protocol.codec import MessageError
from media.protocol.conduct import ChatRemove, ChatRemoved
from media.protocol.messages import ChatLine, ChatSend, Error
from server.classroom import chat
from server.classroom.chat import NewLine
from server.classroom.conduct import events, paces
from server.classroom.conduct.files import unsent_files
from server.classroom.hub import Hub
from server.classroom.lines import may_read
from server.classroom.room import Member, Room

LOST = Error(code="not_stored", message="Your message could not be kept. Try again.", re="chat")
OWN_FOR = timedelta(minutes=10)  # so long a line can be taken back by who said it
NO_LINE = "This message is not there any more."


async def say(hub: Hub, room: Room, member: Member, message: ChatSend) -> None:
    """Keep a line, then say it. Raises MessageError `no_participant`, `no_line`, `no_file`, `invalid`."""
    if "\0" in message.text:  # PostgreSQL stores no such character
        raise MessageError("invalid", "text: holds a character that is not allowed.", "chat")
    receiver = room.members.get(message.to) if message.to is not None else None
    if message.to is not None and receiver is None:
        raise MessageError("no_participant", "This person is not in the room.", "chat")
    replied = await _readable(room, member, message.reply_to, "chat") if message.reply_to else None
    files = await unsent_files(room, member, message.files)
    hub.journal.add(
        NewLine(
            session_id=room.lesson.session_id,
            sender=member,
            to=receiver,
            text=message.text,
            at=room.log.now(),
            say=room.say,
            refuse=partial(room.tell, member, LOST),
            reply_to=replied.id if replied else None,
            files=files,
        )
    )


async def remove(hub: Hub, room: Room, member: Member, message: ChatRemove) -> None:
    """Nobody reads the line from now on; what it said stays for the staff.

    Raises MessageError `no_line`, `forbidden`, `too_many`."""
    if not room.rules.paces.take(member.id, paces.REMOVALS, room.log.now()):
        raise MessageError("too_many", "That was too much at once. Wait a moment.", message.type)
    line = await _readable(room, member, message.id, message.type)
    _check_may_remove(member, line, room.log.now())
    if not await chat.remove_line(line.id, room.log.now()):
        return
    room.take_back(line, ChatRemoved(id=line.id))
    if line.sender != member.id:
        events.record(room, member, "moderation", {"action": "chat-remove", "line": line.id})


def _check_may_remove(member: Member, line: ChatLine, now: datetime) -> None:
    if member.leads:
        return
    if line.sender != member.id:
        raise MessageError("forbidden", "Only those who lead the lesson can remove it.", "chat-remove")
    if now - datetime.fromisoformat(line.at) > OWN_FOR:
        raise MessageError("forbidden", "After ten minutes a message stays.", "chat-remove")


async def _readable(room: Room, member: Member, line_id: str, re: str) -> ChatLine:
    """A line that `member` can read, old ones too."""
    line = room.lines.find(line_id) or await chat.find_line(room.lesson.session_id, line_id)
    if line is None or line.removed or not may_read(member.id, line):
        raise MessageError("no_line", NO_LINE, re)
    return line
