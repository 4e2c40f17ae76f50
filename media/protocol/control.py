"""The control link between the server and a media node.

The server dials `{MEDIA_CONTROL_URL}/control` with `Authorization: Bearer {MEDIA_CONTROL_SECRET}` and
speaks JSON text messages. The node says `node` first. Messages carry room and participant; a room is
the session's UUID. A node keeps no business data. Closed segments are fetched over HTTP from
`{MEDIA_CONTROL_URL}/segments/{id}` with the same header (byte ranges), acknowledged by `segment-ack`,
and only then deleted by the node.

Several server processes are linked to one node. Each room has one home among them; its number grows with
each home that the room gets, and stands in all that a server says of a room (`home`). A node keeps the
highest number it has heard of a room and refuses lower ones: their sender is not the home any more.

Times on the lesson's time line are milliseconds since `origin_ms`, the Unix time (ms) at which the
server declared the recording started.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from media.protocol.codec import Message, decode
from media.protocol.messages import (
    Description,
    Id,
    LayerName,
    Quality,
    QualityReason,
    Role,
    Source,
    TrackHealth,
    TrackLabel,
)
from media.protocol.ways import Fault as Fault
from media.protocol.ways import Way as Way

HEARTBEAT_S = 2.0
SEGMENT_PATH = "/segments/{id}"
CONTROL_PATH = "/control"


Silenced = Literal["microphone", "camera"]


class InRoom(Message):
    """`home` is the number of the server process that speaks; nodes say 0."""

    room: Id
    participant: Id
    home: int = 0


# --- server to node


class Join(InRoom):
    """A participant's room socket (re)connected: make its seat, or keep it and forget open offers.

    `role` decides whose camera comes first where not everything can be forwarded; `screen`: theirs is
    forwarded, until `allow-screen` says otherwise; `silenced` are held back until `silence` does."""

    type: Literal["join"] = "join"
    role: Role = "learner"
    screen: bool = True
    silenced: list[Silenced] = Field(default_factory=list)


class AllowScreen(InRoom):
    """Whether the participant's screen, and its sound, is forwarded and recorded from now on."""

    type: Literal["allow-screen"] = "allow-screen"
    on: bool


class Silence(InRoom):
    """Whether the participant's microphone or camera, whatever comes of it, is held back from now on:
    neither forwarded nor recorded. Receivers keep their sections: it may be back in a moment."""

    type: Literal["silence"] = "silence"
    source: Silenced
    on: bool


class Leave(InRoom):
    """The participant left for good: close its transport, drop its tracks."""

    type: Literal["leave"] = "leave"


class Seats(Message):
    """Those who are in the room now: all other seats are given up. Said when a link is up (again)."""

    type: Literal["seats"] = "seats"
    room: Id
    home: int = 0
    participants: list[Id]


class Release(Message):
    """The sender has let go of the room: another process may be its home. Seats that nobody claims are
    given up after a while."""

    type: Literal["release"] = "release"
    room: Id
    home: int = 0


class CloseRoom(Message):
    """The lesson is over, or is at another node: close every transport and every open segment."""

    type: Literal["close-room"] = "close-room"
    room: Id
    home: int = 0


class Drain(Message):
    """Whether servers give this node no new rooms. It goes on with those it has; it only says so."""

    type: Literal["drain"] = "drain"
    on: bool


class PeerOffer(InRoom):
    """A description on its way, in either direction."""

    type: Literal["offer"] = "offer"
    offer: Description
    tracks: dict[str, TrackLabel] | None = None
    connection: Id | None = None


class PeerAnswer(InRoom):
    type: Literal["answer"] = "answer"
    answer: Description


class PeerCandidate(InRoom):
    type: Literal["ice-candidate"] = "ice-candidate"
    candidate: dict[str, Any] | None = None


class PeerSubscribe(InRoom):
    """`participant` wants `publisher`'s `source` at `quality`, shown `width` device pixels wide."""

    type: Literal["subscribe"] = "subscribe"
    publisher: Id
    source: Source
    quality: Quality
    width: int | None = None


class Record(InRoom):
    """Write this participant's tracks from now on (`on`), or close their segments."""

    type: Literal["record"] = "record"
    recording: Id
    origin_ms: int
    on: bool


class SegmentAck(Message):
    """The server has stored this segment, or knows that it is lost: the node may forget it."""

    type: Literal["segment-ack"] = "segment-ack"
    segment: Id


class QualityAck(Message):
    """The server has kept what this `quality-minute` said: the node may forget it."""

    type: Literal["quality-ack"] = "quality-ack"
    id: Id


# --- node to server


class Node(Message):
    """Who the node is, said first. `epoch` differs for each start of the process; `rooms` are those it
    has."""

    type: Literal["node"] = "node"
    id: Id
    epoch: Id
    udp_port: int
    advertised_ips: list[str]
    rooms: tuple[Id, ...] = ()


class Heartbeat(Message):
    """`stress` is 0 (idle) to 1 (full)."""

    type: Literal["heartbeat"] = "heartbeat"
    rooms: int
    peers: int
    stress: float
    disk_free_bytes: int
    draining: bool = False


class Seated(InRoom):
    """The answer to `join`. `fresh`: the node did not know the participant, so whatever transport their
    browser has leads nowhere."""

    type: Literal["seated"] = "seated"
    fresh: bool


class Outdated(Message):
    """What the server said of this room was refused: `home` is the room's home by now."""

    type: Literal["outdated"] = "outdated"
    room: Id
    home: int


class PeerConnected(InRoom):
    """ICE and DTLS are up: media can flow."""

    type: Literal["connected"] = "connected"


class PeerDisconnected(InRoom):
    """No valid datagram for the resume time, or the transport failed."""

    type: Literal["disconnected"] = "disconnected"
    reason: str


class PeerError(InRoom):
    """What the browser sent could not be used; passed on to it as `error`."""

    type: Literal["error"] = "error"
    code: str
    message: str
    re: str | None = None


class RoomSpeaking(Message):
    """Who speaks in the room now, by audio levels (RFC 6464); said when it changes. `level` is 0 to 1."""

    type: Literal["speaking"] = "speaking"
    room: Id
    speaker: Id
    level: float
    dominant: bool


class PeerQuality(InRoom):
    """How `about`'s media reach `participant` (itself: how its own leave and come); said when it changes.

    Fields as in `messages.QualityReport`."""

    type: Literal["quality"] = "quality"
    about: Id
    score: float
    loss: float
    rtt_ms: int | None = None
    layer: LayerName | None = None
    reason: QualityReason | None = None


class QualityMinute(InRoom):
    """How one participant's media went (`up`) and came (`down`) in a minute of the node's clock, or in
    the part of it that they were connected (`span_ms`); said until it is acknowledged.

    `begin_ms` is where the minute began and `now_ms` when this is said, both Unix time by the node's
    clock, so that the server can tell when that was by its own. A freeze is a shown picture that did not
    go on though its publisher sent it. `faults` tells for how many milliseconds something was wrong, by
    whose it was: their own network up or down, somebody else's, the node."""

    type: Literal["quality-minute"] = "quality-minute"
    id: Id
    begin_ms: int
    now_ms: int = 0
    span_ms: int
    up: Way
    down: Way
    rtt_ms: int | None = None
    rtt_p95_ms: int | None = None
    freezes: int = 0
    frozen_ms: int = 0
    faults: dict[Fault, int] = Field(default_factory=dict)


class ScreenHeld(InRoom):
    """The participant began to publish a screen, which is not forwarded."""

    type: Literal["screen-held"] = "screen-held"


class SegmentOpened(InRoom):
    """First bytes of a track are on disk. `source` names what it records."""

    type: Literal["segment-opened"] = "segment-opened"
    recording: Id
    segment: Id
    source: Source
    start_ms: int


class SegmentClosed(InRoom):
    """A playable WebM file waits to be fetched. `sha256` is hexadecimal.

    `salvaged` marks what a crashed node left and repaired when it started again. `round` tells
    repetitions apart: it is the same for all servers that hear of the segment at about one time."""

    type: Literal["segment-closed"] = "segment-closed"
    recording: Id
    segment: Id
    source: Source
    kind: Literal["audio", "video"]
    start_ms: int
    duration_ms: int
    size: int
    sha256: str
    salvaged: bool = False
    round: int = 0


class SegmentLost(InRoom):
    """A segment was opened, but a crash left nothing of it to play. Said until it is acknowledged."""

    type: Literal["segment-lost"] = "segment-lost"
    recording: Id
    segment: Id
    round: int = 0


class RecordingTrouble(Message):
    """A track can't be written any more; the call goes on. The node tries again while it is published.

    `reason`: disk_full, write_failed, queue (the writer can't keep up), codec (for good)."""

    type: Literal["recording-trouble"] = "recording-trouble"
    room: Id
    recording: Id
    reason: str
    participant: str = ""
    source: str = ""


class RecordingHealth(Message):
    """What is really on disk of each track that should be written; said every other second."""

    type: Literal["recording-health"] = "recording-health"
    room: Id
    recording: Id
    tracks: list[TrackHealth]


TO_NODE: dict[str, type[Message]] = {
    "join": Join,
    "allow-screen": AllowScreen,
    "silence": Silence,
    "leave": Leave,
    "seats": Seats,
    "release": Release,
    "close-room": CloseRoom,
    "drain": Drain,
    "offer": PeerOffer,
    "answer": PeerAnswer,
    "ice-candidate": PeerCandidate,
    "subscribe": PeerSubscribe,
    "record": Record,
    "segment-ack": SegmentAck,
    "quality-ack": QualityAck,
}
FROM_NODE: dict[str, type[Message]] = {
    "node": Node,
    "heartbeat": Heartbeat,
    "seated": Seated,
    "outdated": Outdated,
    "connected": PeerConnected,
    "disconnected": PeerDisconnected,
    "offer": PeerOffer,
    "answer": PeerAnswer,
    "ice-candidate": PeerCandidate,
    "error": PeerError,
    "speaking": RoomSpeaking,
    "quality": PeerQuality,
    "quality-minute": QualityMinute,
    "screen-held": ScreenHeld,
    "segment-opened": SegmentOpened,
    "segment-closed": SegmentClosed,
    "segment-lost": SegmentLost,
    "recording-trouble": RecordingTrouble,
    "recording-health": RecordingHealth,
}


def decode_to_node(text: str) -> Message:
    """One message of the server. Raises MessageError."""
    return decode(text, TO_NODE)


def decode_from_node(text: str) -> Message:
    """One message of a node. Raises MessageError."""
    return decode(text, FROM_NODE)
