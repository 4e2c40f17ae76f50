"""The values that go into and come out of a negotiation: what to send, what to receive, what to say.

A `NegotiationSession` never sends and never touches a transport. It returns these events, in the order
in which the owner should act on them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

from media.protocol.messages import Source, TrackLabel
from media.transport.parameters import RemoteTransport

Kind = Literal["audio", "video"]
RefusalCode = Literal["glare", "bad_description", "unexpected_answer"]


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """Our side of a transport: ICE credentials, certificate hashes, and (address, UDP port) pairs."""

    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    candidates: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A track that this participant should receive. `key` names it for the owner, once per track.

    `codec` is what its publisher sends ("VP8", "H264" or "opus"); None means the kind's usual one.
    """

    participant: str
    source: Source
    kind: Kind
    key: Hashable
    codec: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Send this answer to the client."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Send this offer to the client; `tracks` labels the sections in which we send, by mid."""

    sdp: str
    tracks: dict[str, TrackLabel]


@dataclass(frozen=True, slots=True)
class Refused:
    """What the client sent was not used; `re` is the type of its message. Nothing else changed."""

    code: RefusalCode
    message: str
    re: Literal["offer", "answer"]


@dataclass(frozen=True, slots=True)
class RemoteParameters:
    """The client's side of the current transport is known, or changed by an ICE restart.

    `transport.setup` is the client's role once agreed: "active" or "passive"."""

    transport: RemoteTransport


@dataclass(frozen=True, slots=True)
class Publish:
    """The client sends a track in section `mid`; for a mid already published it replaces the values.

    `ssrc` is None where the description names none: find the stream by the mid header extension
    (RFC 9143 §9.2) or its payload type. `extensions` maps URI to id (RFC 8285).

    `rids` are the simulcast layers agreed on (RFC 8853), from the lowest to the highest; empty means one
    plain stream. Layers are found by the rid header extensions (RFC 8852), and `ssrc` is then None."""

    mid: str
    source: Source
    kind: Kind
    codec: str
    payload_type: int
    clock_rate: int
    rtx_payload_type: int | None
    ssrc: int | None
    rtx_ssrc: int | None
    extensions: dict[str, int] = field(default_factory=dict)
    rids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpublish:
    """The client no longer sends in section `mid`."""

    mid: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """The client agreed to receive the track `key`: forward it. A second one for a key replaces it.

    Packets carry `mid` by the mid header extension where `extensions` has it. `rtx_ssrc` and
    `rtx_payload_type` are None where the client takes no retransmission stream (RFC 4588)."""

    key: Hashable
    mid: str
    ssrc: int
    rtx_ssrc: int | None
    payload_type: int
    rtx_payload_type: int | None
    extensions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undeliver:
    """Stop forwarding the track `key`; its SSRC doesn't come back."""

    key: Hashable


Event = Answer | Offer | Refused | RemoteParameters | Publish | Unpublish | Deliver | Undeliver
