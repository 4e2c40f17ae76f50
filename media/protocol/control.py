"""The control link between the server and a media node.

The server dials `{MEDIA_CONTROL_URL}/control` with `Authorization: Bearer {MEDIA_CONTROL_SECRET}` and
speaks JSON text messages. The node says `node` first. Messages carry room and participant; a room is
the session's UUID. A node keeps no business data. Closed segments are fetched over HTTP from
`{MEDIA_CONTROL_URL}/segments/{id}` with the same header (byte ranges), acknowledged by `segment-ack`,
and only then deleted by the node.

Times on the lesson's time line are milliseconds since `origin_ms`, the Unix time (ms) at which the
server declared the recording started.
"""

from __future__ import annotations

from typing import Any, Literal

from media.protocol.codec import Message, decode
from media.protocol.messages import (
    Description,
    Id,
    LayerName,
    Quality,
    QualityReason,
    Source,
    TrackLabel,
)

HEARTBEAT_S = 2.0
SEGMENT_PATH = "/segments/{id}"
CONTROL_PATH = "/control"


class InRoom(Message):
    room: Id
    participant: Id


# --- server to node


class Join(InRoom):
    """A participant's room socket (re)connected: make its seat, or keep it and forget open offers."""

    type: Literal["join"] = "join"


class Leave(InRoom):
    """The participant left for good: close its transport, drop its tracks."""

    type: Literal["leave"] = "leave"


class CloseRoom(Message):
    """The lesson is over: close every transport and every open segment of the room."""

    type: Literal["close-room"] = "close-room"
    room: Id


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
    """`participant` wants `publisher`'s `source` at `quality`, shown `width` CSS pixels wide."""

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
    """The server has stored this segment: the node may delete its file."""

    type: Literal["segment-ack"] = "segment-ack"
    segment: Id


# --- node to server


class Node(Message):
    """Who the node is, said first. `epoch` differs for each start of the process."""

    type: Literal["node"] = "node"
    id: Id
    epoch: Id
    udp_port: int
    advertised_ips: list[str]


class Heartbeat(Message):
    type: Literal["heartbeat"] = "heartbeat"
    rooms: int
    peers: int
    stress: float
    disk_free_bytes: int


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


class SegmentOpened(InRoom):
    """First bytes of a track are on disk. `source` names what it records."""

    type: Literal["segment-opened"] = "segment-opened"
    recording: Id
    segment: Id
    source: Source
    start_ms: int


class SegmentClosed(InRoom):
    """A playable WebM file waits to be fetched. `sha256` is hexadecimal.

    `salvaged` marks what a crashed node left and repaired when it started again."""

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


class RecordingTrouble(Message):
    """A track can't be written (disk full, writer stalled). The call goes on."""

    type: Literal["recording-trouble"] = "recording-trouble"
    room: Id
    recording: Id
    reason: str


TO_NODE: dict[str, type[Message]] = {
    "join": Join,
    "leave": Leave,
    "close-room": CloseRoom,
    "offer": PeerOffer,
    "answer": PeerAnswer,
    "ice-candidate": PeerCandidate,
    "subscribe": PeerSubscribe,
    "record": Record,
    "segment-ack": SegmentAck,
}
FROM_NODE: dict[str, type[Message]] = {
    "node": Node,
    "heartbeat": Heartbeat,
    "connected": PeerConnected,
    "disconnected": PeerDisconnected,
    "offer": PeerOffer,
    "answer": PeerAnswer,
    "ice-candidate": PeerCandidate,
    "error": PeerError,
    "speaking": RoomSpeaking,
    "quality": PeerQuality,
    "segment-opened": SegmentOpened,
    "segment-closed": SegmentClosed,
    "recording-trouble": RecordingTrouble,
}


def decode_to_node(text: str) -> Message:
    """One message of the server. Raises MessageError."""
    return decode(text, TO_NODE)


def decode_from_node(text: str) -> Message:
    """One message of a node. Raises MessageError."""
    return decode(text, FROM_NODE)
