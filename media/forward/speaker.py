"""Who speaks in a room, and who leads, by the audio levels on publishers' packets (RFC 6464).

A `Voice` taps one microphone's source: it reads a byte of each packet, whatever the number of
receivers. A microphone without the extension, or with levels we can't read, is never shown as speaking.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.rtp.errors import MalformedPacket
from media.rtp.extensions import read_extension
from media.rtp.header import Header

QUIET_DBOV, LOUD_DBOV = 60, 10  # below full scale: nothing to hear, close to shouting (levels 0 and 1)
LEVEL_MASK = 0x7F  # RFC 6464 §3: the first bit is the sender's own guess at voice activity
RISE, FALL = 0.2, 0.05  # per packet of 20 ms: a click is no voice, a pause between words no silence
NO_PACKETS_S = 0.25  # longer without a packet is silence: DTX, a lost link
SPEAKS_FROM = 0.3  # 45 dB below full scale; noise suppression leaves a room below it
SPEAKS_ON_S = 0.6  # between two words one still speaks
LOOK_S = 0.2  # between two looks, and so at most five messages a second for a room
LEAD_GAIN = 0.2  # per look: loud for about a second is what counts, not one laugh
LEADS_BY = 1.25  # so much louder takes over
HOLD_S = 1.5  # who leads does so at least that long while speaking
LET_GO_S = 2.0  # a leader who says nothing for so long leads no more


def _loudness(below: int) -> float:
    return min(1.0, max(0.0, (QUIET_DBOV - below) / (QUIET_DBOV - LOUD_DBOV)))


LOUDNESS = tuple(_loudness(below) for below in range(LEVEL_MASK + 1))  # by the level's seven bits


class Voice:
    """Implements `Sink`: how loud one microphone is. `level_id` is the extension's id on its packets."""

    def __init__(self, level_id: int) -> None:
        self._level_id = level_id
        self._level = 0.0
        self._heard_at = self._loud_at = float("-inf")
        self.lead = 0.0

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        try:
            value = read_extension(packet, header, self._level_id)
        except MalformedPacket:
            return
        if value:
            step = LOUDNESS[value[0] & LEVEL_MASK] - self._level
            self._level += step * (RISE if step > 0 else FALL)
            self._heard_at = now

    def ended(self, now: float) -> None:
        self._level = 0.0

    def look(self, now: float) -> None:
        """Called every `LOOK_S`."""
        if now - self._heard_at > NO_PACKETS_S:
            self._level = 0.0
        if self._level >= SPEAKS_FROM:
            self._loud_at = now
        self.lead += (self._level - self.lead) * LEAD_GAIN

    def speaks(self, now: float) -> bool:
        return self.silence(now) < SPEAKS_ON_S

    def silence(self, now: float) -> float:
        """Seconds since something was said."""
        return now - self._loud_at

    @property
    def level(self) -> float:
        """0 (silent) to 1."""
        return self._level


@dataclass(frozen=True, slots=True)
class Spoken:
    """What changed: `level` is 0 for who stopped. A `dominant` one takes the place of who was before."""

    participant: str
    level: float
    dominant: bool


class Speakers:
    """All voices of a room."""

    def __init__(self) -> None:
        self._voices: dict[str, Voice] = {}
        self._speaking: set[str] = set()  # as last told
        self._told_dominant: str | None = None
        self._leads_since = 0.0
        self._look_at = float("-inf")
        self.dominant: str | None = None

    def listen(self, participant: str, level_id: int) -> Voice:
        """A tap for the participant's microphone; the one of its last source is forgotten."""
        voice = self._voices[participant] = Voice(level_id)
        return voice

    def forget(self, participant: str) -> None:
        self._voices.pop(participant, None)

    def poll(self, now: float) -> Spoken | None:
        """What is to be told, one change at a time: the leader first, then who starts, then who stops."""
        if now < self._look_at:
            return None
        self._look_at = now + LOOK_S
        for voice in self._voices.values():
            voice.look(now)
        self._choose(now)
        return self._change({name for name, voice in self._voices.items() if voice.speaks(now)})

    def _choose(self, now: float) -> None:
        """Whoever is louder for longer takes over from who leads."""
        leader = self._voices.get(self.dominant or "")
        if leader is None or leader.silence(now) > LET_GO_S:
            self.dominant = leader = None
        best = self._loudest(now)
        if best is None or best == self.dominant:
            return
        held = leader is not None and leader.speaks(now) and now - self._leads_since < HOLD_S
        if leader is None or (not held and self._voices[best].lead > leader.lead * LEADS_BY):
            self.dominant, self._leads_since = best, now

    def _loudest(self, now: float) -> str | None:
        speaking = [name for name, voice in self._voices.items() if voice.speaks(now)]
        return max(speaking, key=lambda name: self._voices[name].lead, default=None)

    def _change(self, speaking: set[str]) -> Spoken | None:
        if self.dominant is not None and self.dominant != self._told_dominant:
            return self._tell(self.dominant, self.dominant in speaking)
        for name in sorted(speaking - self._speaking):
            return self._tell(name, True)
        for name in sorted(self._speaking - speaking):
            return self._tell(name, False)
        return None

    def _tell(self, name: str, speaks: bool) -> Spoken:
        (self._speaking.add if speaks else self._speaking.discard)(name)
        dominant = name == self.dominant
        if dominant or name == self._told_dominant:
            self._told_dominant = self.dominant
        level = max(round(self._voices[name].level, 2), 0.01) if speaks else 0.0
        return Spoken(name, level, dominant)
