"""Writing into a conversation, taking back, and what one sets for oneself there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock, db
from server.infra.db import transactional
from server.infra.errors import Forbidden, Invalid, NotFound
from server.messages import live
from server.messages.circles import require_open, warns_of_contacts
from server.messages.files import MAX_FILES, TOO_MANY, attach, drop
from server.messages.models import Conversation, ConversationMember, Message, MessageFile
from server.messages.notices import will_tell
from server.messages.reading import COLUMNS, join, lines_of, message_for
from server.messages.values import Circle, Line
from server.people.contacts import contact_in
from server.people.privacy import (
    SOME_MEMBER,
    blocked_between,
    blocked_by_or_of,
    columns,
    name_among_members,
)

MAX_TEXT = 4000  # characters
PER_MINUTE = Limit("messages", 60, timedelta(minutes=1))
NEW_PER_DAY = Limit("conversations", 30, timedelta(days=1))
TYPING = Limit("typing", 40, timedelta(minutes=1))  # pages say it every 3 seconds at most
NUMBER = "UPDATE conversation SET last_seq = last_seq + 1, last_at = ? WHERE id = ? RETURNING last_seq"
NOTHING = "Write something, or choose a file."
TOO_LONG = f"Use at most {MAX_TEXT:,} characters."
GIVES_CONTACT = (
    "This looks like {kind}. You have no lesson together yet: what is arranged elsewhere has no room, no "
    "recording and nobody who helps. Take it out, or send it all the same."
)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What somebody wants to send. `client_key` is what they call it: a second one of that name is the
    first. `acknowledged`: they were asked whether to give a contact away."""

    text: str
    client_key: str | None = None
    files: Sequence[UUID] = ()
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """`new` is False where this had been sent before."""

    line: Line
    new: bool


async def write(viewer: Viewer, circle: Circle, wanted: NewMessage) -> Sent:
    """Send a message. Sent again with its key it is the first one, whatever else has changed.

    Raises Invalid (also `contact_data`), Forbidden, Throttled, NotFound."""
    if before := await _sent_before(viewer, circle, wanted.client_key):
        return Sent(before, new=False)
    text = checked(wanted)
    await require_open(viewer, circle)
    if not wanted.acknowledged:
        await _ask_before_contacts(viewer, circle, text)
    await WINDOWS.take(PER_MINUTE, str(viewer.user_id))
    if circle.conversation_id is None and circle.partner_id is not None:
        await WINDOWS.take(NEW_PER_DAY, str(viewer.user_id))
    return await _write(viewer, circle, text, wanted)


def checked(wanted: NewMessage) -> str:
    """The text as it is kept. Raises Invalid."""
    text = wanted.text.replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise Invalid(fields={"text": TOO_LONG})
    if not text and not wanted.files:
        raise Invalid(fields={"text": NOTHING})
    if len(set(wanted.files)) > MAX_FILES:
        raise Invalid(fields={"files": TOO_MANY})
    return text


async def _ask_before_contacts(viewer: Viewer, circle: Circle, text: str) -> None:
    """Raises Invalid (`contact_data`)."""
    kind = contact_in(text)
    if kind and await warns_of_contacts(viewer, circle):
        raise Invalid("contact_data", GIVES_CONTACT.format(kind=kind), {"text": "contact_data"})


async def _sent_before(viewer: Viewer, circle: Circle, client_key: str | None) -> Line | None:
    if not client_key or circle.conversation_id is None:
        return None
    own = Message.filter(
        conversation_id=circle.conversation_id, sender_id=viewer.user_id, client_key=client_key
    )
    return await _line(viewer.user_id, await own.first())


async def _line(viewer_id: int, message: Message | None) -> Line | None:
    if message is None:
        return None
    rows = await Message.filter(id=message.id).values(*COLUMNS, *columns("sender__"))
    return (await lines_of(viewer_id, rows))[0]


@transactional
async def _write(viewer: Viewer, circle: Circle, text: str, wanted: NewMessage) -> Sent:
    conversation = await _locked(circle)
    if before := await _sent_before_here(viewer, conversation, wanted.client_key):
        return Sent(before, new=False)
    if circle.partner_id and await blocked_between(viewer.user_id, circle.partner_id):
        raise NotFound
    message = await Message.create(
        conversation_id=conversation.id,
        sender_id=viewer.user_id,
        seq=await _next_number(conversation.id),
        client_key=wanted.client_key,
        text=text,
        created_at=clock.now(),
    )
    if wanted.files:
        await attach(viewer.user_id, wanted.files, message.id)
    await _take_places(viewer, circle, conversation.id, message.seq)
    await will_tell(message)
    heard = await _listeners(viewer, circle, conversation.id)
    seen = await _line(SOME_MEMBER, message)
    assert seen is not None
    live.tell_written(heard, circle, viewer.user_id, seen)
    line = await _line(viewer.user_id, message)
    assert line is not None
    return Sent(line, new=True)


async def _locked(circle: Circle) -> Conversation:
    """The conversation, made if need be, and kept from other writers until the transaction ends."""
    row = Conversation(key=circle.key, session_id=circle.session_id, created_at=clock.now())
    await Conversation.bulk_create([row], ignore_conflicts=True)
    return await Conversation.filter(key=circle.key).select_for_update().get()


async def _sent_before_here(
    viewer: Viewer, conversation: Conversation, client_key: str | None
) -> Line | None:
    if not client_key:
        return None
    own = Message.filter(conversation_id=conversation.id, sender_id=viewer.user_id, client_key=client_key)
    return await _line(viewer.user_id, await own.first())


async def _next_number(conversation_id: int) -> int:
    (row,) = await db.fetch(NUMBER, [clock.now(), conversation_id])
    return int(row["last_seq"])


async def _take_places(viewer: Viewer, circle: Circle, conversation_id: int, seq: int) -> None:
    """Who writes has read what is above. One of two who had put the conversation away finds it again;
    who left that of a session comes back only by writing."""
    await join(conversation_id, sorted(circle.people))
    places = ConversationMember.filter(conversation_id=conversation_id)
    back = places if circle.partner_id else places.filter(user_id=viewer.user_id)
    await back.filter(left_at__isnull=False).update(left_at=None)
    await places.filter(user_id=viewer.user_id, read_seq__lt=seq).update(
        read_seq=seq, read_at=clock.now()
    )


async def _listeners(viewer: Viewer, circle: Circle, conversation_id: int) -> list[int]:
    """Whose open pages hear of it: nobody blocked either way, and the writer's own other pages."""
    hidden = await blocked_by_or_of(viewer.user_id)
    left = ConversationMember.filter(conversation_id=conversation_id, left_at__isnull=False)
    gone = {row.user_id for row in await left.only("id", "user_id")}
    return sorted(circle.people - hidden - gone)


# --- taking back


@transactional
async def remove(viewer: Viewer, message_id: UUID) -> Circle:
    """Take an own message back, with its files; that there was one stays to be seen.

    Raises NotFound, Forbidden for somebody else's."""
    message, circle = await message_for(viewer, message_id)
    if message.sender_id != viewer.user_id:
        raise Forbidden(message="You can take back only what you wrote yourself.")
    if message.removed_at is None:
        await blank(message)
        heard = await _listeners(viewer, circle, message.conversation_id)
        live.tell_removed(heard, circle, viewer.user_id, viewer.username, message.seq)
    return circle


async def blank(message: Message) -> None:
    """Nothing is left of it but its place; in the caller's transaction."""
    await Message.filter(id=message.id).update(text="", removed_at=clock.now())
    await drop(await MessageFile.filter(message_id=message.id))


# --- what one sets for oneself, and what nobody keeps


@transactional
async def set_muted(viewer: Viewer, circle: Circle, muted: bool) -> None:
    """Muted, it is shown as always but tells nothing. Raises NotFound where nothing was written yet."""
    await _own_place(viewer, circle, muted=muted)


@transactional
async def leave(viewer: Viewer, circle: Circle) -> None:
    """Out of the list: that of two until one of them writes again, that of a session until one writes
    there oneself. Raises NotFound where nothing was written yet."""
    await _own_place(viewer, circle, left_at=clock.now())


async def _own_place(viewer: Viewer, circle: Circle, **values: object) -> None:
    if circle.conversation_id is None:
        raise NotFound
    await join(circle.conversation_id, [viewer.user_id])
    own = ConversationMember.filter(conversation_id=circle.conversation_id, user_id=viewer.user_id)
    await own.update(**values)


async def say_typing(viewer: Viewer, circle: Circle) -> None:
    """Raises Forbidden, Throttled."""
    await WINDOWS.take(TYPING, str(viewer.user_id))
    await require_open(viewer, circle)
    if circle.conversation_id is None:
        return  # nobody is waiting for the first word
    heard = set(await _listeners(viewer, circle, circle.conversation_id)) - {viewer.user_id}
    name = await name_among_members(viewer.user_id)
    live.tell_typing(heard, circle, viewer.user_id, viewer.username, name)
