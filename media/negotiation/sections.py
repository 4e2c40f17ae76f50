"""One `m=` section as it stands between the client and us, and how offers and answers change it.

The two halves of a section are independent: in one the client sends (`receiving`), in the other we do
(`sending`). Sections are values; each function returns a changed one, so that a description which
turns out bad half-way has changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from media.negotiation.codecs import (
    ACCEPTED,
    OFFERED,
    TRANSPORT_CC,
    AgreedCodec,
    agree_feedback,
    choose_codec,
    choose_extensions,
    confirm_codec,
    confirm_extensions,
)
from media.negotiation.description import Description, Direction, MediaSection
from media.negotiation.events import Deliver, Kind, Outgoing, Publish
from media.negotiation.simulcast import Layer, choose_layers, lowest_first
from media.protocol.messages import Source
from media.rtp.extensions import RID, TRANSPORT_WIDE_CC

KINDS: dict[str, Kind] = {"audio": "audio", "video": "video"}
PROTOCOL = "UDP/TLS/RTP/SAVPF"  # RFC 8834 §4.1


@dataclass(frozen=True, slots=True)
class Sending:
    """Our half: a track under SSRCs of this connection, which no other track ever has.

    `agreed` once the client takes it; `stopped` until an offer says that it is over."""

    track: Outgoing
    ssrc: int
    rtx_ssrc: int | None
    agreed: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Receiving:
    """The client's half; SSRCs where its description names them. `layers` are those of a simulcast, in
    the client's order."""

    ssrc: int | None
    rtx_ssrc: int | None
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section in use, perhaps inactive for now.

    `ours` came with an offer of ours, `invites` is one in which the client may answer with a track.
    `unconfirmed` stands until a description of the client has it: it may never have heard of it.
    `source` is the last label of the client's half. `extensions` are header extensions that both sides
    may send, `uplink_extensions` those that only the client does."""

    mid: str
    kind: Kind
    codec: AgreedCodec
    extensions: dict[str, int]
    uplink_extensions: dict[str, int] = field(default_factory=dict)
    protocol: str = PROTOCOL
    ours: bool = False
    invites: bool = False
    unconfirmed: bool = True
    source: Source | None = None
    receiving: Receiving | None = None
    sending: Sending | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A section at port zero, kept for its index (RFC 3264 §8). `rtpmap` describes `format`."""

    mid: str
    kind: str
    protocol: str
    format: str
    rtpmap: str | None


def offered(known: Section | None, media: MediaSection, offer: Description) -> Section | Rejected:
    """A section after the client's offer; `known` is the same section before it."""
    kind = KINDS.get(media.kind)
    if kind is None or not offer.carries(media):
        return reject(media)
    sending = known.sending if known else None
    codec = choose_codec(media, kind, known.codec.name if known and sending else None)
    if codec is None:
        return reject(media)
    if known is not None and known.codec.name != codec.name:
        sending = None
    extensions = choose_extensions(media.extensions, ACCEPTED[kind])
    section = replace(
        known or Section(media.mid, kind, codec, {}),
        codec=agree_feedback(codec, extensions),
        extensions=extensions,
        uplink_extensions=choose_extensions(media.uplink_extensions, ACCEPTED[kind]),
        protocol=media.protocol,
        unconfirmed=known is None,
        sending=sending and replace(sending, agreed=media.receives),
    )
    return _with_receiving(section, media, choose_layers(media, codec.payload_type))


def answered(section: Section, media: MediaSection, answer: Description) -> Section | Rejected:
    """A section after the client's answer to our offer of it."""
    if media.rejected:
        return reject(media)
    codec = confirm_codec(section.codec, media) if answer.carries(media) else None
    taken = section.receiving.layers if section.receiving else ()
    confirmed = replace(
        section,
        codec=codec or section.codec,
        extensions=confirm_extensions(section.extensions, media.extensions),
        uplink_extensions=confirm_extensions(section.uplink_extensions, _sent_extensions(media)),
        unconfirmed=False,
        receiving=None,
        sending=section.sending and replace(section.sending, agreed=bool(codec) and media.receives),
    )
    if codec is None or not takes(section):
        return confirmed
    layers = choose_layers(media, codec.payload_type)
    offered_layers = tuple(layer for layer in layers if layer.rid in {each.rid for each in taken})
    return _with_receiving(confirmed, media, offered_layers)


def reject(media: MediaSection) -> Rejected:
    """The section at port zero; it names one format of the client's, as the syntax wants."""
    codec = next((codec for codec in media.codecs if str(codec.payload_type) in media.formats), None)
    if codec is None:
        return Rejected(media.mid, media.kind, media.protocol, media.formats[0], None)
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    rtpmap = f"{codec.name}/{codec.clock_rate}{channels}"
    return Rejected(media.mid, media.kind, media.protocol, str(codec.payload_type), rtpmap)


def _sent_extensions(media: MediaSection) -> dict[str, int]:
    """The header extensions that the client may send."""
    return media.extensions | media.uplink_extensions


def _with_receiving(section: Section, media: MediaSection, layers: tuple[Layer, ...]) -> Section:
    """The section with the client's half. Layers of a simulcast are found by their names in the
    packets, not by SSRC; without the extension for that there are none."""
    if not media.sends:
        return replace(section, receiving=None)
    if RID not in section.extensions | section.uplink_extensions:
        layers = ()
    if layers or media.rids or not media.ssrcs:
        return replace(section, receiving=Receiving(None, None, layers))
    ssrc = media.ssrcs[0]
    return replace(section, receiving=Receiving(ssrc, media.repairs.get(ssrc)))


def takes(section: Section) -> bool:
    """Whether our offer of the section lets the client send in it."""
    return section.invites or section.receiving is not None


def offer_direction(section: Section) -> Direction:
    """What our offer says. An inviting section begins sendrecv, with or without a track of ours."""
    begins = section.invites and section.unconfirmed
    return _direction(begins or section.sending is not None, takes(section))


def answer_direction(section: Section) -> Direction:
    """What our answer says."""
    agreed = section.sending is not None and section.sending.agreed
    return _direction(agreed, section.receiving is not None)


def _direction(sends: bool, receives: bool) -> Direction:
    if sends:
        return "sendrecv" if receives else "sendonly"
    return "recvonly" if receives else "inactive"


def publication(section: Section) -> Publish | None:
    """The track that the client sends in the section, if it does."""
    if section.receiving is None or section.source is None:
        return None
    codec = section.codec
    return Publish(
        mid=section.mid,
        source=section.source,
        kind=section.kind,
        codec=codec.name,
        payload_type=codec.payload_type,
        clock_rate=codec.clock_rate,
        rtx_payload_type=codec.rtx_payload_type,
        ssrc=section.receiving.ssrc,
        rtx_ssrc=section.receiving.rtx_ssrc if codec.rtx_payload_type is not None else None,
        extensions=_usable(section, section.extensions | section.uplink_extensions),
        rids=lowest_first(section.receiving.layers),
    )


def _usable(section: Section, extensions: dict[str, int]) -> dict[str, int]:
    """Transport-wide numbers are of use only with the feedback that they are for."""
    wide = TRANSPORT_CC in section.codec.feedback
    return {uri: number for uri, number in extensions.items() if wide or uri != TRANSPORT_WIDE_CC}


def delivery(section: Section) -> Deliver | None:
    """The track of ours that the client takes in the section, if it does; it has no layers of its own."""
    sending = section.sending
    if sending is None or sending.stopped or not sending.agreed:
        return None
    codec = section.codec
    return Deliver(
        key=sending.track.key,
        mid=section.mid,
        ssrc=sending.ssrc,
        rtx_ssrc=sending.rtx_ssrc if codec.rtx_payload_type is not None else None,
        payload_type=codec.payload_type,
        rtx_payload_type=codec.rtx_payload_type,
        extensions=_usable(section, choose_extensions(section.extensions, OFFERED[section.kind])),
    )
