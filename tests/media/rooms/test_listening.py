"""A room hears who speaks, whatever stream a microphone comes in."""

from __future__ import annotations

from media.forward.layers import Layers
from media.forward.source import TrackSource
from media.negotiation.events import Publish
from media.protocol.codec import Message
from media.protocol.control import RoomSpeaking
from media.rooms.listening import Listening
from media.rtp.extensions import AUDIO_LEVEL
from tests.media.packets import OPUS, SSRC, parsed, rtp

NORMAL, SILENT = 28, 127  # dB below full scale
PACKET_S = 0.02


class Microphone:
    def __init__(self, listening: Listening, level_id: int | None = 4) -> None:
        self.layers = Layers("audio", 48_000)
        self.listening = listening
        self.publish = Publish(
            mid="0",
            source="microphone",
            kind="audio",
            codec="opus",
            payload_type=OPUS,
            clock_rate=48_000,
            rtx_payload_type=None,
            ssrc=SSRC,
            rtx_ssrc=None,
            extensions={} if level_id is None else {AUDIO_LEVEL: level_id},
        )
        self.now = 10.0
        self.bind(SSRC)
        listening.follow("ann", self.publish, self.layers, self.now)

    def bind(self, ssrc: int) -> None:
        self.source = TrackSource("audio", 48_000, ssrc, None, OPUS, None, 1, lambda packet: None)
        self.layers.put(0, self.source, self.now)

    def run(self, seconds: float, below: int) -> None:
        for number in range(round(seconds / PACKET_S)):
            packet = rtp(
                number,
                number * 960,
                ssrc=self.source.ssrc,
                payload_type=OPUS,
                extensions=[(4, bytes([below]))],
            )
            self.source.receive(*parsed(packet), self.now)
            self.now += PACKET_S
            self.listening.poll(self.now)


def listening() -> tuple[Listening, list[Message]]:
    said: list[Message] = []
    return Listening("room", said.append), said


def test_the_server_is_told_who_speaks_and_stops() -> None:
    ear, said = listening()
    microphone = Microphone(ear)
    microphone.run(1, NORMAL)
    [start] = said
    assert isinstance(start, RoomSpeaking)
    assert (start.room, start.speaker, start.dominant) == ("room", "ann", True)
    assert start.level > 0
    assert ear.dominant == "ann"
    microphone.run(2, SILENT)
    assert [message.level for message in said if isinstance(message, RoomSpeaking)] == [start.level, 0]


def test_a_microphone_that_takes_a_new_ssrc_is_still_heard() -> None:
    ear, said = listening()
    microphone = Microphone(ear)
    microphone.run(1, SILENT)
    microphone.bind(SSRC + 1)
    microphone.run(1, NORMAL)
    assert len(said) == 1


def test_one_whose_microphone_is_gone_speaks_no_more() -> None:
    ear, said = listening()
    microphone = Microphone(ear)
    microphone.run(1, NORMAL)
    ear.follow("ann", microphone.publish, None, microphone.now)
    ear.poll(microphone.now + 1)
    assert [message.level for message in said if isinstance(message, RoomSpeaking)][1:] == [0]
    assert ear.dominant is None


def test_nobody_listens_without_the_extension() -> None:
    ear, said = listening()
    Microphone(ear, level_id=None).run(1, NORMAL)
    assert said == []
