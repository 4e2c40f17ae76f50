"""All rooms of a node, by id."""

from __future__ import annotations

from collections.abc import Iterator

from media.metrics import Traffic
from media.protocol.codec import MessageError
from media.protocol.control import AllowScreen, InRoom, Join, Leave, Record, Silence
from media.rooms.peer import Peer
from media.rooms.room import Room
from media.rooms.services import Services


class Registry:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._rooms: dict[str, Room] = {}

    @property
    def rooms(self) -> int:
        return len(self._rooms)

    @property
    def names(self) -> list[str]:
        return list(self._rooms)

    @property
    def peers(self) -> Iterator[Peer]:
        return (peer for room in self._rooms.values() for peer in room.peers)

    def peer(self, message: InRoom) -> Peer:
        """The seat that a message is for. Raises MessageError `no_participant`."""
        room = self._rooms.get(message.room)
        peer = room.peer(message.participant) if room else None
        if peer is None:
            raise MessageError("no_participant", "This node does not know the participant.")
        return peer

    def knows(self, message: InRoom) -> bool:
        """Whether the participant has a seat here."""
        room = self._rooms.get(message.room)
        return room is not None and room.peer(message.participant) is not None

    def join(self, message: Join) -> None:
        room = self._rooms.get(message.room)
        if room is None:
            room = self._rooms[message.room] = Room(message.room, self._services)
        room.join(message.participant, message.role, screen=message.screen, silenced=message.silenced)

    def leave(self, message: Leave) -> None:
        room = self._rooms.get(message.room)
        if room is None:
            return
        room.leave(message.participant)
        if room.empty:
            self.close_room(message.room)

    def allow_screen(self, message: AllowScreen) -> None:
        room = self._rooms.get(message.room)
        if room is not None:
            room.allow_screen(message.participant, message.on)

    def silence(self, message: Silence) -> None:
        room = self._rooms.get(message.room)
        if room is not None:
            room.hold(message.participant, message.source, on=message.on)

    def record(self, message: Record) -> None:
        room = self._rooms.get(message.room)
        if room is not None:
            room.record(message)

    def close_room(self, id: str) -> None:
        room = self._rooms.pop(id, None)
        if room is not None:
            room.close()

    def close(self) -> None:
        for id in tuple(self._rooms):
            self.close_room(id)

    def poll(self, now: float) -> None:
        for room in tuple(self._rooms.values()):
            room.poll(now)

    def traffic(self) -> Traffic:
        """Totals since the start: of tracks that are gone and of those that are there."""
        traffic = self._services.metrics.counters.retired.copy()
        for peer in self.peers:
            for source in peer.receiving.sources:
                traffic.add("in", source.kind, source.packets, source.bytes)
            for sink in peer.sending.sinks:
                traffic.add("out", sink.layers.kind, sink.packets, sink.octets)
        return traffic

    @property
    def recording_alarms(self) -> int:
        """Tracks that should be written and are not, just now."""
        return sum(room.recordings.alarms for room in self._rooms.values())

    def tracks(self) -> dict[str, int]:
        """What is published here, and what is received of it."""
        published = sum(len(list(peer.receiving.sources)) for peer in self.peers)
        return {"in": published, "out": sum(len(list(peer.sending.sinks)) for peer in self.peers)}
