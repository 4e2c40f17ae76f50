"""A room's ear: follows each microphone's stream and tells the server who speaks."""

from __future__ import annotations

from collections.abc import Callable

from media.forward.layers import Layers
from media.forward.source import TrackSource
from media.forward.speaker import Speakers, Voice
from media.negotiation.events import Publish
from media.protocol.codec import Message
from media.protocol.control import RoomSpeaking
from media.rtp.extensions import AUDIO_LEVEL


class _Ear:
    """Implements `Follower`: has one voice hear whatever stream the microphone has."""

    def __init__(self, layers: Layers, voice: Voice) -> None:
        self._layers = layers
        self._voice = voice
        self._source: TrackSource | None = None

    def layers_changed(self, now: float) -> None:
        source = self._layers.sources[0]
        if source is None or source is self._source:
            return
        if self._source is not None:
            self._source.detach(self._voice)
        self._source = source
        source.attach(self._voice, now)

    def close(self) -> None:
        """Hear nothing any more."""
        self._layers.detach(self)
        if self._source is not None:
            self._source.detach(self._voice)


class Listening:
    """A microphone that sends no audio levels is not listened to."""

    def __init__(self, room: str, say: Callable[[Message], None]) -> None:
        self._room = room
        self._say = say
        self._speakers = Speakers()
        self._ears: dict[str, _Ear] = {}

    @property
    def dominant(self) -> str | None:
        """The participant who leads the talk."""
        return self._speakers.dominant

    def follow(self, participant: str, publish: Publish, layers: Layers | None, now: float) -> None:
        """The participant's microphone has another track now, or none."""
        level_id = publish.extensions.get(AUDIO_LEVEL)
        former = self._ears.pop(participant, None)
        if former is not None:
            former.close()
        if layers is None or level_id is None:
            self._speakers.forget(participant)
            return
        ear = self._ears[participant] = _Ear(layers, self._speakers.listen(participant, level_id))
        layers.attach(ear)
        ear.layers_changed(now)

    def poll(self, now: float) -> None:
        spoken = self._speakers.poll(now)
        if spoken is not None:
            self._say(
                RoomSpeaking(
                    room=self._room,
                    speaker=spoken.participant,
                    level=spoken.level,
                    dominant=spoken.dominant,
                )
            )
