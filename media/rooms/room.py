"""One lesson's room on this node: who publishes what, who receives it, what is recorded."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator
from dataclasses import dataclass

from media.forward.layers import Layers
from media.negotiation.events import Outgoing
from media.protocol.control import Record, ScreenHeld
from media.protocol.messages import Role, Source
from media.rooms.adaptation import Standing
from media.rooms.assessment import Assessment
from media.rooms.listening import Listening
from media.rooms.minutes import Minutes
from media.rooms.peer import Peer
from media.rooms.receiving import Section
from media.rooms.recordings import Recordings
from media.rooms.services import Services

Key = tuple[str, str]  # participant, source
OF_SCREENS: tuple[Source, ...] = ("screen", "screen-audio")
SILENCED: tuple[Source, ...] = ("microphone", "camera")


@dataclass(slots=True)
class Track:
    """One published track as the room knows it."""

    section: Section
    layers: Layers


class Room:
    """Implements `peer.Tracks`."""

    def __init__(self, id: str, services: Services) -> None:
        self.id = id
        self._services = services
        self._peers: dict[str, Peer] = {}
        self._tracks: dict[Key, Track] = {}
        self._roles: dict[str, Role] = {}
        self._held: set[Key] = set()  # of what no packet goes on
        self.recordings = Recordings(id, services)
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
        self.recordings.poll(now)

    # --- people

    def join(self, participant: str, role: Role, *, screen: bool, silenced: Container[str] = ()) -> None:
        """Make the seat, or keep it when the participant's socket came back."""
        self._roles[participant] = role
        self.allow_screen(participant, screen)
        for source in SILENCED:
            self.hold(participant, source, on=source in silenced)
        peer = self._peers.get(participant)
        if peer is None:
            peer = self._peers[participant] = Peer(self.id, participant, self, self._services)
            self._tell(peer, self._services.clock())
        peer.joined()

    def leave(self, participant: str) -> None:
        self._roles.pop(participant, None)
        self._held = {key for key in self._held if key[0] != participant}
        peer = self._peers.pop(participant, None)
        if peer is not None:
            peer.close(self._services.clock())
            self._minutes.left(participant)
        self.recordings.forget(participant)

    def close(self) -> None:
        self.recordings.clear()
        for participant in tuple(self._peers):
            self.leave(participant)

    # --- tracks

    def standing(self) -> Standing:
        mentors = frozenset(name for name, role in self._roles.items() if role == "mentor")
        return Standing(self.dominant, mentors)

    def layers(self, key: Hashable) -> tuple[Layers | None, dict[str, int]]:
        track = self._tracks.get(key)  # type: ignore[call-overload]
        if track is None or key in self._held:
            return None, {}
        return track.layers, track.section.publish.extensions

    def source_changed(self, participant: str, section: Section, now: float) -> None:
        key = (participant, section.publish.source)
        self._tracks.pop(key, None)
        self.recordings.drop(key)
        layers = section.layers
        if layers is not None and (key not in self._held or key[1] in SILENCED):
            self._tracks[key] = Track(section, layers)
        if layers is not None and key in self._held:
            layers = None
            if section.publish.source == "screen":
                self._services.say(ScreenHeld(room=self.id, participant=participant))
        if layers is not None:
            self.recordings.add(key, section.publish, layers)
        if section.publish.source == "microphone":
            self._listening.follow(participant, section.publish, layers, now)
        extensions = section.publish.extensions
        for other in self._others(participant):
            other.sending.source_changed(key, layers, extensions, now)
            self._tell(other, now)

    # --- what is held back

    def allow_screen(self, participant: str, on: bool) -> None:
        """Forward their screen and its sound from now on, or not."""
        for source in OF_SCREENS:
            self.hold(participant, source, on=not on)

    def hold(self, participant: str, source: Source, *, on: bool) -> None:
        """Neither forward nor record what they send of it, whatever comes, or do so again."""
        key = (participant, source)
        if on == (key in self._held):
            return
        (self._held.add if on else self._held.discard)(key)
        peer, now = self._peers.get(participant), self._services.clock()
        sections = peer.receiving.sections if peer else ()
        for section in [one for one in sections if one.publish.source == source and one.layers]:
            if on:
                self._hold_back(key, section, now)
            else:
                self.source_changed(participant, section, now)

    def _hold_back(self, key: Key, section: Section, now: float) -> None:
        """Screens come and go as tracks. Who is muted may speak again soon: nothing is negotiated."""
        if key[1] == "microphone":
            self._listening.follow(key[0], section.publish, None, now)
        if key[1] not in SILENCED:
            self._tracks.pop(key, None)
        self.recordings.drop(key)
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
        """Write the participant's tracks from now on, those of later too; or close what is open."""
        tracks = {
            key: (track.section.publish, track.layers)
            for key, track in self._tracks.items()
            if key not in self._held
        }
        self.recordings.order(order, tracks)
