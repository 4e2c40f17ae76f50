"""The room socket's messages (browser to server and back), protocol 1.

The wire is the one of a peer-to-peer call: the media server is simply the other peer. `docs/protocol.md`
tells it in prose; `scripts/messages_js` writes `web/static/js/room/messages.js` from this file.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from media.protocol.codec import Message

PROTOCOL = 1
CHAT_LIMIT = 4000  # characters
CHAT_HISTORY = 100  # messages sent to someone who joins
CHAT_FILES = 5  # of one line
SDP_LIMIT = 200_000  # characters; Chromium's offer with 16 sections is about 60,000
FRAME_LIMIT = 512 * 1024  # bytes of one WebSocket message

Source = Literal["camera", "microphone", "screen", "screen-audio"]
Quality = Literal["off", "low", "medium", "high", "auto"]
Role = Literal["mentor", "learner", "cohost"]
RecordingState = Literal[
    "off", "waiting_consent", "recording", "paused", "interrupted", "finalising", "ready"
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Close(IntEnum):
    """WebSocket close codes of the room socket."""

    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    NO_SESSION = 4404
    TOO_SLOW = 4408
    REPLACED = 4409
    ENDED = 4410
    TOO_MANY = 4429


class Description(Message):
    """RTCSessionDescriptionInit."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, StringConstraints(max_length=SDP_LIMIT)]


class TrackLabel(Message):
    """What a section of the sender's SDP carries. `participant` is set by the server only."""

    source: Source
    participant: Id | None = None


class MediaState(Message):
    camera: bool = False
    microphone: bool = False
    screen: bool = False


class Participant(Message):
    """`hand_at` is when the hand was raised: hands have an order. `may_share`: the screen is granted."""

    id: Id
    name: str
    role: Role
    media: MediaState = MediaState()
    hand: bool = False
    hand_at: str | None = None
    may_share: bool = False


# --- both directions


class Offer(Message):
    type: Literal["offer"] = "offer"
    offer: Description
    tracks: dict[str, TrackLabel] | None = None
    connection: Id | None = None


class Answer(Message):
    type: Literal["answer"] = "answer"
    answer: Description


class IceCandidate(Message):
    """`candidate` is an RTCIceCandidateInit, or None at the end of candidates."""

    type: Literal["ice-candidate"] = "ice-candidate"
    candidate: dict[str, Any] | None = None


class Ping(Message):
    type: Literal["ping"] = "ping"
    t: float | None = None


class Pong(Message):
    type: Literal["pong"] = "pong"
    t: float | None = None


# --- browser to server


class ChatSend(Message):
    """A line of chat. `files` were uploaded before; with some of them `text` may be empty."""

    type: Literal["chat"] = "chat"
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=CHAT_LIMIT)]
    to: Id | None = None
    reply_to: Id | None = None
    files: Annotated[list[Id], Field(max_length=CHAT_FILES, default_factory=list)]

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.files:
            raise ValueError("say something, or hand a file round")
        return self


class MediaSend(MediaState):
    type: Literal["media"] = "media"


class Subscribe(Message):
    type: Literal["subscribe"] = "subscribe"
    participant: Id
    source: Source
    quality: Quality = "auto"
    width: Annotated[int, Field(ge=0, le=8192)] | None = None


class HandSend(Message):
    type: Literal["hand"] = "hand"
    raised: bool


class RecordingSend(Message):
    """A person's consent, or the mentor's action. `text_version` names the words that were agreed to; the
    newest, where it is left out."""

    type: Literal["recording"] = "recording"
    consent: bool | None = None
    text_version: Annotated[str, Field(max_length=16)] | None = None
    action: Literal["pause", "resume", "stop"] | None = None


# --- server to browser


class RoomState(Message):
    """What holds for the whole room. A `locked` one takes nobody new; with `admission` newcomers wait to
    be let in. `sharer` has the floor for the screen, `queue` are those who wait for it, in order. A
    lesson that is to be recorded is not `recordable` while the media server is short of disk space."""

    live: bool
    recording: RecordingState
    locked: bool = False
    admission: bool = False
    sharer: Id | None = None
    queue: list[Id] = Field(default_factory=list)
    recordable: bool = True


class ChatFile(Message):
    """A file that was handed round. `url` gives it to those who may read the line; `size` is in bytes."""

    id: Id
    name: str
    media_type: str
    size: int
    url: str


class ChatLine(Message):
    """One line of chat. `seq` counts up within a room; `at` is an RFC 3339 instant in UTC. Of a `removed`
    one there is no text, and no file, any more."""

    type: Literal["chat"] = "chat"
    id: Id
    seq: int
    sender: Id = Field(serialization_alias="from")
    name: str
    text: str
    at: str
    to: Id | None = None
    reply_to: Id | None = None
    files: list[ChatFile] = Field(default_factory=list)
    removed: bool = False


class Joined(Message):
    type: Literal["joined"] = "joined"
    protocol: int = PROTOCOL
    self_: Participant = Field(serialization_alias="self")
    participants: list[Participant]
    ice_servers: list[dict[str, Any]]
    chat: list[ChatLine]
    state: RoomState
    resume: str
    consent: bool | None = None
    ends_at: str


class ParticipantJoined(Message):
    type: Literal["participant-joined"] = "participant-joined"
    participant: Participant


class ParticipantUpdated(Message):
    type: Literal["participant-updated"] = "participant-updated"
    participant: Participant


class ParticipantId(Message):
    id: Id


class ParticipantLeft(Message):
    type: Literal["participant-left"] = "participant-left"
    participant: ParticipantId


RecordingAlarm = Literal["", "stalled", "no_keyframe", "disk_full", "write_failed", "queue", "codec"]


class TrackHealth(Message):
    """What is on disk of one track in this recording. `last_write_ms` is how long ago that came which was
    written last, `lag_ms` how far the writer is behind.

    `alarm`: the track sends and is not written. Its file does not grow (stalled), no keyframe comes to go
    on from, the disk is full or refuses, the writer can't keep up (queue), or the codec can't be kept."""

    participant: Id
    source: Source
    bytes: Annotated[int, Field(ge=0)]
    keyframes: Annotated[int, Field(ge=0)]
    last_write_ms: int | None = None
    lag_ms: int = 0
    alarm: RecordingAlarm = ""


class RecordingHealth(Message):
    tracks: list[TrackHealth]


class Recording(Message):
    """What the recording light shows, and whether the lesson is live; said when either changes.

    `health` is told to who leads the lesson, every other second while something is written."""

    type: Literal["recording"] = "recording"
    state: RecordingState
    live: bool
    started_at: str | None = None
    health: RecordingHealth | None = None


QualityReason = Literal["your_network", "their_network", "hidden", "paused", "waiting"]
LayerName = Literal["q", "h", "f", "none"]


class Speaking(Message):
    """Who speaks, by the audio level header extension (RFC 6464), smoothed. `level` is 0 (silent) to 1;
    `dominant` marks the one speaker whom layouts should show large."""

    type: Literal["speaking"] = "speaking"
    participant: Id
    level: Annotated[float, Field(ge=0, le=1)]
    dominant: bool


class QualityReport(Message):
    """How a participant's media reach the reader; with the reader's own id: how its own leave and come.

    `score` is 0 (nothing works) to 5, `loss` a fraction 0–1. `layer` is what is forwarded of the
    participant's camera; `reason` says why it is not the best one."""

    type: Literal["quality"] = "quality"
    participant: Id
    score: Annotated[float, Field(ge=0, le=5)]
    loss: Annotated[float, Field(ge=0, le=1)]
    rtt_ms: Annotated[int, Field(ge=0)] | None = None
    layer: LayerName | None = None
    reason: QualityReason | None = None


class Reset(Message):
    """Close the RTCPeerConnection, make a new one, offer."""

    type: Literal["reset"] = "reset"
    reason: str


class Ended(Message):
    type: Literal["ended"] = "ended"
    reason: str
    summary_url: str


class Error(Message):
    type: Literal["error"] = "error"
    code: str
    message: str
    re: str | None = None


FROM_BROWSERS: tuple[type[Message], ...] = (
    Offer,
    Answer,
    IceCandidate,
    Ping,
    ChatSend,
    MediaSend,
    Subscribe,
    HandSend,
    RecordingSend,
)
TO_BROWSERS: tuple[type[Message], ...] = (
    Offer,
    Answer,
    IceCandidate,
    Pong,
    ChatLine,
    Joined,
    ParticipantJoined,
    ParticipantUpdated,
    ParticipantLeft,
    Recording,
    Speaking,
    QualityReport,
    Reset,
    Ended,
    Error,
)
