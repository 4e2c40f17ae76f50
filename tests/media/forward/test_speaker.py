"""Who speaks and who leads, with levels as browsers send them and a clock moved by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest

from media.forward.speaker import HOLD_S, LET_GO_S, LOOK_S, SPEAKS_ON_S, Speakers, Spoken, Voice
from tests.media.packets import OPUS, parsed, rtp

LEVEL_ID = 1
PACKET_S = 0.02
LOUD, NORMAL, NOISE, SILENT = 12, 28, 62, 127  # dB below full scale


class Talk:
    """People who talk by a script; `told` is what the room was told, with its time."""

    def __init__(self, *people: str) -> None:
        self.now = 100.0
        self.speakers = Speakers()
        self.voices: dict[str, Voice] = {name: self.speakers.listen(name, LEVEL_ID) for name in people}
        self.told: list[tuple[float, Spoken]] = []
        self._count = 0

    def run(self, seconds: float, **levels: int | None) -> list[Spoken]:
        """Everybody's microphone sends their level (SILENT by default); None sends no packets."""
        began = len(self.told)
        for _ in range(round(seconds / PACKET_S)):
            for name, voice in self.voices.items():
                self.say(voice, levels.get(name, SILENT))
            self.now += PACKET_S
            spoken = self.speakers.poll(self.now)
            if spoken is not None:
                self.told.append((self.now, spoken))
        return [spoken for _, spoken in self.told[began:]]

    def say(self, voice: Voice, below: int | None) -> None:
        self._count += 1
        if below is not None:
            extensions = [(LEVEL_ID, bytes([0x80 | below])), (3, b"ab")]
            packet = rtp(self._count, payload_type=OPUS, extensions=extensions)
            voice.forward(*parsed(packet), self.now)


def test_one_who_talks_is_told_at_once_and_leads() -> None:
    talk = Talk("ann", "bob")
    [spoken] = talk.run(0.5, ann=NORMAL)
    assert spoken == Spoken("ann", spoken.level, dominant=True)
    assert 0.3 <= spoken.level <= 1
    assert talk.told[0][0] - 100 <= 0.3
    assert talk.run(5, ann=NORMAL) == []


def test_noise_and_a_click_are_no_speech() -> None:
    talk = Talk("ann")
    assert talk.run(3, ann=NOISE) == []
    assert talk.run(PACKET_S, ann=LOUD) == []
    assert talk.run(1) == []


def test_pauses_between_words_do_not_flicker() -> None:
    talk = Talk("ann")
    talk.run(1, ann=NORMAL)
    for _ in range(5):
        assert talk.run(0.4) == []
        assert talk.run(0.6, ann=NORMAL) == []


@pytest.mark.parametrize("level", [SILENT, None])
def test_mute_and_dtx_let_go(level: int | None) -> None:
    talk = Talk("ann")
    talk.run(2, ann=NORMAL)
    assert talk.run(SPEAKS_ON_S + 1, ann=level) == [Spoken("ann", 0.0, dominant=True)]
    assert talk.speakers.dominant == "ann"
    talk.run(LET_GO_S, ann=level)
    assert talk.speakers.dominant is None
    assert talk.run(0.5, ann=NORMAL)[0].dominant


def test_who_answers_takes_over_soon() -> None:
    talk = Talk("ann", "bob")
    talk.run(3, ann=NORMAL)
    began = talk.now
    talk.run(3, bob=NORMAL)
    [took] = [at for at, spoken in talk.told if spoken.participant == "bob" and spoken.dominant]
    assert took - began <= HOLD_S


def test_short_answers_do_not_take_over() -> None:
    talk = Talk("ann", "bob")
    talk.run(3, ann=NORMAL)
    for _ in range(4):
        talk.run(0.3, ann=NORMAL, bob=NORMAL)
        talk.run(2, ann=NORMAL)
    assert talk.speakers.dominant == "ann"
    assert [spoken.level > 0 for _, spoken in talk.told if spoken.participant == "bob"] == [
        True,
        False,
    ] * 4


def test_two_who_talk_at_once_do_not_flap() -> None:
    talk = Talk("ann", "bob")
    leaders = []
    for turn in range(200):
        talk.run(0.1, ann=NORMAL + turn % 3, bob=NORMAL + (turn + 1) % 3)
        leaders.append(talk.speakers.dominant)
    changes = sum(one != other for one, other in pairwise(leaders))
    assert changes <= 1


def test_louder_for_longer_takes_over() -> None:
    talk = Talk("ann", "bob")
    talk.run(3, ann=NORMAL)
    talk.run(4, ann=NORMAL, bob=LOUD)
    assert talk.speakers.dominant == "bob"
    assert talk.told[-1][1].participant == "bob"


def test_many_voices_are_told_one_at_a_time_and_none_is_forgotten() -> None:
    names = [f"p{number}" for number in range(12)]
    talk = Talk(*names)
    talk.run(3, **dict.fromkeys(names, NORMAL))
    talk.run(4)
    times = [at for at, _ in talk.told]
    assert min(b - a for a, b in pairwise(times)) >= LOOK_S - 1e-6
    last = {spoken.participant: spoken.level for _, spoken in talk.told}
    assert last == dict.fromkeys(names, 0.0)


def test_one_who_leaves_stops_speaking() -> None:
    talk = Talk("ann", "bob")
    talk.run(2, ann=NORMAL)
    del talk.voices["ann"]
    talk.speakers.forget("ann")
    assert talk.run(0.5) == [Spoken("ann", 0.0, dominant=False)]
    assert talk.speakers.dominant is None


def test_packets_without_a_readable_level_say_nothing() -> None:
    talk = Talk("ann")
    voice = talk.voices["ann"]
    for number in range(100):
        talk.now += PACKET_S
        broken = bytearray(rtp(number, payload_type=OPUS, extensions=[(LEVEL_ID, b"\x0c")]))
        broken[16] |= 0x0F  # the element claims to be longer than the extension
        voice.forward(*parsed(bytes(broken)), talk.now)
        voice.forward(*parsed(rtp(number, payload_type=OPUS)), talk.now)
        assert talk.speakers.poll(talk.now) is None


def test_ended_source_is_silent() -> None:
    talk = Talk("ann")
    talk.run(2, ann=NORMAL)
    talk.voices["ann"].ended(talk.now)
    assert talk.run(1, ann=None)[0].level == 0
