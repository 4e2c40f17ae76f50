"""What media nodes report, and what becomes of it in the room it is about: one table, type to handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from media.protocol import control
from media.protocol.codec import Message
from media.protocol.messages import (
    Answer,
    Error,
    IceCandidate,
    Offer,
    QualityReport,
    Reset,
    Speaking,
)
from server.classroom.attendance import Came, Went
from server.classroom.journal import Job, Journal
from server.classroom.measures.engagement import Engagements
from server.classroom.measures.minutes import Minutes
from server.classroom.room import Member, Room

log = structlog.get_logger()

CLOSED_BY_PEER = "closed_by_peer"  # the reason when the browser itself closed its transport

# what a node says to one browser: passed on in the browser's words, without the address on it
FOR_BROWSERS: dict[type[Message], type[Message]] = {
    control.PeerOffer: Offer,
    control.PeerAnswer: Answer,
    control.PeerCandidate: IceCandidate,
    control.PeerError: Error,
}


class NodeEvents:
    """Takes every message of every node. Nothing is awaited: what must be kept goes to the journal."""

    def __init__(
        self,
        rooms: Mapping[str, Room],
        journal: Journal,
        clock: Callable[[], datetime],
        engagements: Engagements,
        screen_held: Callable[[Room, Member], None],
    ) -> None:
        self._rooms = rooms
        self._journal = journal
        self._clock = clock
        self._engagements = engagements
        self._screen_held = screen_held
        self._minutes = Minutes(journal, clock)
        self._handlers: dict[type[Message], Callable[[str, Any], None]] = {
            control.Seated: self._seated,
            control.PeerConnected: self._connected,
            control.PeerDisconnected: self._disconnected,
            control.ScreenHeld: self._held_back,
            control.SegmentOpened: self._segment_opened,
            control.SegmentClosed: self._segment_closed,
            control.SegmentLost: self._segment_lost,
            control.RecordingTrouble: self._recording_trouble,
            control.RecordingHealth: self._recording_health,
            control.RoomSpeaking: self._speaking,
            control.PeerQuality: self._quality,
            **dict.fromkeys(FOR_BROWSERS, self._pass_on),
        }

    def handle(self, node_url: str, message: Message) -> None:
        handler = self._handlers.get(type(message))
        if handler is not None:
            handler(node_url, message)

    def media_lost(self, room: Room) -> None:
        """The node of the room is gone, and all transports with it."""
        for member in room.members.values():
            if member.connected:
                self._minutes.media_lost(room.id, member.id)
            self._set_connected(room, member, False)
        room.fall_silent()
        self._engagements.fall_silent(room)

    def left(self, room: Room, member: Member) -> None:
        """They are in the room no more: whatever fails from now on is nothing to them."""
        self._minutes.media_back(room.id, member.id)

    def measured(self, minute: control.QualityMinute, acknowledge: Callable[[], None]) -> None:
        """How somebody's media were, also of a room that is over or elsewhere by now."""
        self._minutes.said(minute, acknowledge)

    def _pass_on(self, node_url: str, message: control.InRoom) -> None:
        room, member = self._find(message)
        if room is not None and member is not None:
            room.tell(member, FOR_BROWSERS[type(message)].model_validate(_content(message)))

    def _seated(self, node_url: str, message: control.Seated) -> None:
        """Whoever comes back to a room whose node does not know them has a transport that is no more."""
        room, member = self._find(message)
        if room is not None and member is not None and member.returned:
            member.returned = False
            if message.fresh:
                room.reset(member, "node_moved")

    def _connected(self, node_url: str, message: control.PeerConnected) -> None:
        room, member = self._find(message)
        if room is not None and member is not None:
            self._set_connected(room, member, True)
            self._minutes.media_back(room.id, member.id)

    def _disconnected(self, node_url: str, message: control.PeerDisconnected) -> None:
        room, member = self._find(message)
        if room is None or member is None:
            return
        self._set_connected(room, member, False)
        if message.reason != CLOSED_BY_PEER:  # that transport can't come back: a new one is needed
            room.tell(member, Reset(reason="media_lost"))

    def _set_connected(self, room: Room, member: Member, connected: bool) -> None:
        if member.connected != connected:
            member.connected = connected
            kind = Came if connected else Went
            self._journal.add(kind(room.lesson.session_id, member.user_id, "media", self._clock()))

    def _held_back(self, node_url: str, message: control.ScreenHeld) -> None:
        room, member = self._find(message)
        if room is not None and member is not None:
            self._screen_held(room, member)

    def _segment_opened(self, node_url: str, message: control.SegmentOpened) -> None:
        self._announce("recordings.segment_opened", f"opened:{message.segment}", node_url, message)
        room = self._rooms.get(message.room)
        if room is not None:
            room.writing.opened(message.participant, message.source)
            room.refresh_state()

    def _segment_closed(self, node_url: str, message: control.SegmentClosed) -> None:
        """Said again until it is acknowledged."""
        key = f"closed:{message.segment}:{message.round}"
        self._announce("recordings.fetch_segment", key, node_url, message)

    def _segment_lost(self, node_url: str, message: control.SegmentLost) -> None:
        key = f"lost:{message.segment}:{message.round}"
        self._announce("recordings.segment_lost", key, node_url, message)

    def _announce(self, job: str, key: str, node_url: str, message: Message) -> None:
        """Every server that is linked to the node hears of the segment: one job by the key is enough."""
        seen = {"node_url": node_url, "seen_at": self._clock().isoformat()}
        self._journal.add(Job(job, {**message.model_dump(exclude={"type"}), **seen}, key))

    def _recording_trouble(self, node_url: str, message: control.RecordingTrouble) -> None:
        room = self._rooms.get(message.room)
        if room is None:
            return
        log.error("recording interrupted", node=node_url, **message.model_dump(exclude={"type"}))
        room.writing.failed(message)
        room.refresh_state()
        if room.writing.interrupted:
            self._alert(node_url, message)

    def _alert(self, node_url: str, message: control.RecordingTrouble) -> None:
        """Whoever looks after the platform hears of it, once for each lesson and reason."""
        payload = {"session_id": message.room, "reason": message.reason, "node_url": node_url}
        key = f"interrupted:{message.room}:{message.reason}"
        self._journal.add(Job("classroom.recording_interrupted", payload, key))

    def _recording_health(self, node_url: str, message: control.RecordingHealth) -> None:
        room = self._rooms.get(message.room)
        if room is not None:
            room.tell_health(message)

    def _speaking(self, node_url: str, message: control.RoomSpeaking) -> None:
        room = self._rooms.get(message.room)
        if room is not None:
            fields = message.model_dump(exclude={"type", "room", "speaker"})
            room.spoken(Speaking(participant=message.speaker, **fields))
            self._engagements.spoke(room, message.speaker, message.level > 0)

    def _quality(self, node_url: str, message: control.PeerQuality) -> None:
        room, member = self._find(message)
        if room is not None and member is not None:
            fields = message.model_dump(exclude={"type", "room", "participant", "about"})
            room.measured(member, QualityReport(participant=message.about, **fields))

    def _find(self, message: control.InRoom) -> tuple[Room | None, Member | None]:
        room = self._rooms.get(message.room)
        return room, room.members.get(message.participant) if room else None


def _content(message: control.InRoom) -> dict[str, Any]:
    return message.model_dump(exclude={"room", "participant"}, exclude_none=True)
