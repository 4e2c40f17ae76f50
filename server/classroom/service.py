"""What the classroom offers to its own edges and to the features above it: tickets, who was there, and
a way to bring news of the recording into the room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from server.classroom import attendance, running, tickets
from server.classroom.attendance import attended
from server.classroom.conduct.rights import room_access
from server.classroom.consent import consent_of
from server.classroom.media_nodes import NodeReport
from server.classroom.media_nodes import reports as media_node_reports
from server.classroom.media_nodes import set_draining as set_node_draining
from server.classroom.models import Seat
from server.classroom.shares import Share, attended_enough, shares
from server.classroom.state import recording_begun
from server.classroom.tickets import IssuedTicket
from server.edge.access import Viewer
from server.infra import clock

__all__ = [
    "IssuedTicket",
    "NodeReport",
    "Presence",
    "Share",
    "acknowledge_segment",
    "attended",
    "attended_enough",
    "consent_of",
    "issue_ticket",
    "media_node_reports",
    "participant_names",
    "presence",
    "recording_begun",
    "recording_stored",
    "room_access",
    "set_node_draining",
    "shares",
]


@dataclass(frozen=True, slots=True)
class Presence:
    """How long one person was in the room, in whole minutes, rounded up."""

    user_id: int
    name: str
    role: str
    minutes: int


# --- getting in


async def issue_ticket(session_id: UUID, viewer: Viewer) -> IssuedTicket:
    """A ticket for the room socket. Raises NotFound, Forbidden."""
    await room_access(session_id, viewer.user_id)
    return await tickets.issue(session_id, viewer.user_id)


# --- who was there


async def participant_names(session_id: UUID) -> dict[str, str]:
    """Display names by participant id, of everybody who ever was in the room."""
    seats = await Seat.filter(session_id=session_id)
    return {str(seat.public_id): seat.name for seat in seats}


async def presence(session_id: UUID) -> list[Presence]:
    """Everybody who was in the room, the mentor first."""
    times = await attendance.time_present(session_id, clock.now())
    seats = await Seat.filter(session_id=session_id, user_id__in=list(times)).order_by("id")
    found = [
        Presence(seat.user_id, seat.name, seat.role, -(-int(times[seat.user_id].total_seconds()) // 60))
        for seat in seats
    ]
    return sorted(found, key=lambda one: one.role != "mentor")


# --- news from the recordings


def acknowledge_segment(node_url: str, segment: str) -> None:
    """Let the node delete a stored segment's file."""
    news = running.news()
    if news is not None:
        news.acknowledge_segment(node_url, segment)


def recording_stored(session_id: UUID) -> None:
    """Everything of a finished recording is stored: the people still in the room see it."""
    news = running.news()
    if news is not None:
        news.recording_stored(session_id)
