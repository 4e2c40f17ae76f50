"""One lesson's room on this node: who publishes what, who receives it, what is recorded."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from media.forward.layers import Layers
from media.negotiation.events import Outgoing
from media.protocol.control import Record, RecordingTrouble, ScreenHeld
from media.protocol.messages import Role
from media.recording.best_layer import BestLayer
from media.recording.events import TrackKey
from media.recording.track import TrackRecorder
from media.rooms.adaptation import Standing
from media.rooms.assessment import Assessment
from media.rooms.listening import Listening
from media.rooms.minutes import Minutes
from media.rooms.peer import Peer
from media.rooms.receiving import Section
from media.rooms.services import Services

Key = tuple[str, str]  # participant, source
RECORDED_VIDEO = "VP8"  # what a WebM file holds without transcoding
OF_SCREENS = ("screen", "screen-audio")


@dataclass(slots=True)
class Track:
    """One published track as the room knows it."""

    section: Section
    layers: Layers
    recorder: TrackRecorder | None = None


class Room:
    """Implements `peer.Tracks`."""

    def __init__(self, id: str, services: Services) -> None:
        self.id = id
        self._services = services
        self._peers: dict[str, Peer] = {}
        self._tracks: dict[Key, Track] = {}
        self._records: dict[str, Record] = {}
        self._roles: dict[str, Role] = {}
        self._held: set[str] = set()  # whose screens are not forwarded
        self._listening = Listening(id, services.say)
        self._assessment = Assessment(id, services.say)
        self._minutes = Minutes(id, services.keep, services.wall_ms, services.strained)

    @property
    def peers(self) -> Iterator[Peer]:
        return iter(self._peers.values())

    @property
    def empty(self) -> bool:
        return not self._peers

    def peer(self, participant: str) -> Peer | None:
        return self._peers.get(participant)

    @property
    def dominant(self) -> str | None:
        """The participant who leads the talk."""
        return self._listening.dominant

    def poll(self, now: float) -> None:
        """Do what is due; called every few milliseconds."""
        for peer in tuple(self._peers.values()):
            if now >= peer.next_poll:
                peer.poll(now)
        self._listening.poll(now)
        self._assessment.poll(self._peers, now)
        self._minutes.poll(self._peers, now)

    # --- people

    def join(self, participant: str, role: Role, *, screen: bool) -> None:
        """Make the seat, or keep it when the participant's socket came back."""
        self._roles[participant] = role
        self.allow_screen(participant, screen)
        peer = self._peers.get(participant)
        if peer is None:
            peer = self._peers[participant] = Peer(self.id, participant, self, self._services)
            self._tell(peer, self._services.clock())
        peer.joined()

    def leave(self, participant: str) -> None:
        self._roles.pop(participant, None)
        self._held.discard(participant)
        peer = self._peers.pop(participant, None)
        if peer is not None:
            peer.close(self._services.clock())
            self._minutes.left(participant)

    def close(self) -> None:
        self._records.clear()
        for participant in tuple(self._peers):
            self.leave(participant)

    # --- tracks

    def standing(self) -> Standing:
        mentors = frozenset(name for name, role in self._roles.items() if role == "mentor")
        return Standing(self.dominant, mentors)

    def layers(self, key: Hashable) -> tuple[Layers | None, dict[str, int]]:
        track = self._tracks.get(key)  # type: ignore[call-overload]
        if track is None:
            return None, {}
        return track.layers, track.section.publish.extensions

    def source_changed(self, participant: str, section: Section, now: float) -> None:
        key = (participant, section.publish.source)
        old = self._tracks.pop(key, None)
        if old is not None:
            self._stop_recording(old)
        layers = section.layers
        if layers is not None and self._holds_back(participant, section):
            layers = None
            if section.publish.source == "screen":
                self._services.say(ScreenHeld(room=self.id, participant=participant))
        if layers is not None:
            self._tracks[key] = Track(section, layers)
            self._record_track(participant, key)
        if section.publish.source == "microphone":
            self._listening.follow(participant, section.publish, section.layers, now)
        extensions = section.publish.extensions
        for other in self._others(participant):
            other.sending.source_changed(key, layers, extensions, now)
            self._tell(other, now)

    # --- screens

    def allow_screen(self, participant: str, on: bool) -> None:
        """Forward their screen from now on, or not: no packet of one held back goes on."""
        if on == (participant not in self._held):
            return
        (self._held.discard if on else self._held.add)(participant)
        peer, now = self._peers.get(participant), self._services.clock()
        sections = peer.receiving.sections if peer else ()
        for section in [one for one in sections if one.publish.source in OF_SCREENS and one.layers]:
            if on:
                self.source_changed(participant, section, now)
            else:
                self._hold_back((participant, section.publish.source), now)

    def _holds_back(self, participant: str, section: Section) -> bool:
        return section.publish.source in OF_SCREENS and participant in self._held

    def _hold_back(self, key: Key, now: float) -> None:
        track = self._tracks.pop(key, None)
        if track is None:
            return
        self._stop_recording(track)
        for other in self._others(key[0]):
            other.sending.silence(key, now)
            self._tell(other, now)

    def _tell(self, peer: Peer, now: float) -> None:
        """Everything that the others publish."""
        peer.want(
            [
                Outgoing(
                    participant=participant,
                    source=track.section.publish.source,
                    kind=track.section.publish.kind,
                    key=(participant, source),
                    codec=track.section.publish.codec,
                )
                for (participant, source), track in self._tracks.items()
                if participant != peer.participant
            ],
            now,
        )

    def _others(self, participant: str) -> Iterator[Peer]:
        return (peer for peer in self._peers.values() if peer.participant != participant)

    # --- recording

    def record(self, order: Record) -> None:
        """Write the participant's tracks from now on, those of later too; or close what is open.

        A server that comes back says it again: what runs goes on."""
        running = self._records.get(order.participant)
        if order.on and running is not None and running.recording == order.recording:
            return
        if order.on:
            self._records[order.participant] = order
        else:
            self._records.pop(order.participant, None)
        for key, track in self._tracks.items():
            if key[0] == order.participant:
                self._stop_recording(track)
                self._record_track(order.participant, key)

    def _record_track(self, participant: str, key: Key) -> None:
        order, track = self._records.get(participant), self._tracks[key]
        if order is None:
            return
        services, publish = self._services, track.section.publish
        if publish.kind == "video" and publish.codec != RECORDED_VIDEO:
            trouble = RecordingTrouble(room=self.id, recording=order.recording, reason="codec")
            services.say(trouble)
            return
        name = TrackKey(
            room=self.id,
            recording=order.recording,
            participant=participant,
            source=publish.source,
            kind=publish.kind,
        )
        start_ms = max(0, services.wall_ms() - order.origin_ms)
        source = BestLayer(track.layers)
        track.recorder = services.recorder.start(name, source, start_ms, services.clock())

    def _stop_recording(self, track: Track) -> None:
        recorder, track.recorder = track.recorder, None
        if recorder is not None:
            self._services.recorder.stop(recorder)
