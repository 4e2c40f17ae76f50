"""Finding a conversation, by the other person or by the session, and who may write in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from server.accounts.models import User
from server.accounts.names import same
from server.booking.together import have_lesson_together, people_of_session
from server.booking.visibility import NO_SESSION
from server.edge.access import Viewer
from server.infra.errors import Conflict, Forbidden, NotFound
from server.messages.models import Conversation, Message
from server.messages.values import Circle, Door, Writer
from server.people.models import Follow
from server.people.privacy import DEFAULTS, Audience, blocked_by_or_of, columns, shown

PAGE = "/communication/messages"
REFUSALS = {
    Door.UNVERIFIED: "Confirm your e-mail address first: then you can write to people.",
    Door.CLOSED: "This person hears only from people they follow or have a lesson with.",
    Door.GONE: "This account is closed. Nobody would read it.",
}


def key_of_two(first_id: int, second_id: int) -> str:
    low, high = sorted((first_id, second_id))
    return f"u:{low}:{high}"


def key_of_session(session_id: UUID) -> str:
    return f"s:{session_id}"


def path_with(username: str) -> str:
    """The page on which one writes with this person."""
    return f"{PAGE}/{quote(username)}"


def path_of_session(session_id: UUID) -> str:
    return f"/sessions/{session_id}/messages"


async def with_person(viewer: Viewer, username: str) -> Circle:
    """The conversation with this person, whether anything was written in it or not. What somebody wrote
    who is not here any more can still be read.

    Raises NotFound, also for somebody blocked either way, Conflict (`yourself`)."""
    hidden = await blocked_by_or_of(viewer.user_id)
    other = await _person(username)
    if other["id"] == viewer.user_id:
        raise Conflict("yourself", "You can’t write to yourself.")
    key = key_of_two(viewer.user_id, other["id"])
    known = await Conversation.get_or_none(key=key)
    active = other["status"] == "active"
    if other["id"] in hidden or not (active or known):
        raise NotFound
    face = shown(other, viewer.user_id)
    return Circle(
        key=key,
        path=path_with(other["username"]),
        api=f"/api/v1/conversations/{quote(other['username'])}",
        title=face.name,
        people=frozenset({viewer.user_id, other["id"]}),
        hidden=hidden,
        conversation_id=known.id if known else None,
        public_id=known.public_id if known else None,
        partner_id=other["id"],
        partner=Writer(other["username"], face.name, face.picture_url or ""),
        partner_active=active,
        asks=Audience(other["privacy__messages"] or DEFAULTS.messages),
    )


async def _person(username: str) -> dict[str, Any]:
    """Raises NotFound."""
    wanted = ("status", "privacy__messages")
    rows = await User.filter(username_key=same(username)).values(*columns(), *wanted)
    if not rows:
        raise NotFound
    return rows[0]


async def of_session(viewer: Viewer, session_id: UUID) -> Circle:
    """The conversation of a session's mentor and learners. Raises NotFound for everybody else."""
    found = await people_of_session(session_id)
    if found is None or viewer.user_id not in found.ids:
        raise NotFound(message=NO_SESSION)
    key = key_of_session(session_id)
    known = await Conversation.get_or_none(key=key)
    return Circle(
        key=key,
        path=path_of_session(session_id),
        api=f"/api/v1/sessions/{session_id}",
        title=found.title,
        people=found.ids,
        hidden=await blocked_by_or_of(viewer.user_id),
        conversation_id=known.id if known else None,
        public_id=known.public_id if known else None,
        session_id=session_id,
    )


# --- who may write


async def door_of(viewer: Viewer, circle: Circle) -> Door:
    """People who have a lesson together may always write, and so may who was written to."""
    if not viewer.verified:
        return Door.UNVERIFIED
    if circle.partner_id is None:
        return Door.OPEN
    if not circle.partner_active:
        return Door.GONE
    if circle.asks is not Audience.NOBODY or await _is_welcome(viewer, circle.partner_id, circle):
        return Door.OPEN
    return Door.CLOSED


async def _is_welcome(viewer: Viewer, partner_id: int, circle: Circle) -> bool:
    """Who wants to hear from nobody in particular hears from those they follow, from those they have a
    lesson with, and from those they wrote to."""
    if await Follow.filter(follower_id=partner_id, followed_id=viewer.user_id).exists():
        return True
    if await have_lesson_together(viewer.user_id, partner_id):
        return True
    theirs = Message.filter(conversation_id=circle.conversation_id, sender_id=partner_id)
    return circle.conversation_id is not None and await theirs.exists()


async def require_open(viewer: Viewer, circle: Circle) -> None:
    """Raises Forbidden (`unverified`, `not_open`, `gone`)."""
    door = await door_of(viewer, circle)
    if door is not Door.OPEN:
        raise Forbidden(door, REFUSALS[door])


async def warns_of_contacts(viewer: Viewer, circle: Circle) -> bool:
    """Whether one is asked before giving away how to be reached elsewhere: until the first lesson
    together is booked."""
    if circle.partner_id is None:
        return False
    return not await have_lesson_together(viewer.user_id, circle.partner_id)
