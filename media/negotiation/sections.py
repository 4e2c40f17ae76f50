"""One `m=` section as it stands between the client and us, and how offers and answers change it.

The two halves of a section are independent: in one the client sends (`receiving`), in the other we do
(`sending`). Sections are values; each function returns a changed one, so that a description which
turns out bad half-way has changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from media.negotiation.codecs import (
    OFFERED,
    AgreedCodec,
    choose_codec,
    choose_extensions,
    confirm_codec,
    confirm_extensions,
)
from media.negotiation.description import Description, Direction, MediaSection
from media.negotiation.events import Deliver, Kind, Outgoing, Publish
from media.protocol.messages import Source

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
    """The client's half; SSRCs where its description names them."""

    ssrc: int | None
    rtx_ssrc: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """A section in use, perhaps inactive for now.

    `ours` came with an offer of ours, `invites` is one in which the client may answer with a track.
    `unconfirmed` stands until a description of the client has it: it may never have heard of it.
    `source` is the last label of the client's half."""

    mid: str
    kind: Kind
    codec: AgreedCodec
    extensions: dict[str, int]
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
    return replace(
        known or Section(media.mid, kind, codec, {}),
        codec=codec,
        extensions=choose_extensions(media, kind),
        protocol=media.protocol,
        unconfirmed=known is None,
        receiving=_receiving(media),
        sending=sending and replace(sending, agreed=media.receives),
    )


def answered(section: Section, media: MediaSection, answer: Description) -> Section | Rejected:
    """A section after the client's answer to our offer of it."""
    if media.rejected:
        return reject(media)
    codec = confirm_codec(section.codec, media) if answer.carries(media) else None
    sending = section.sending and replace(section.sending, agreed=bool(codec) and media.receives)
    receiving = _receiving(media) if codec and takes(section) else None
    return replace(
        section,
        codec=codec or section.codec,
        extensions=confirm_extensions(section.extensions, media),
        unconfirmed=False,
        receiving=receiving,
        sending=sending,
    )


def reject(media: MediaSection) -> Rejected:
    """The section at port zero; it names one format of the client's, as the syntax wants."""
    codec = next((codec for codec in media.codecs if str(codec.payload_type) in media.formats), None)
    if codec is None:
        return Rejected(media.mid, media.kind, media.protocol, media.formats[0], None)
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    rtpmap = f"{codec.name}/{codec.clock_rate}{channels}"
    return Rejected(media.mid, media.kind, media.protocol, str(codec.payload_type), rtpmap)


def _receiving(media: MediaSection) -> Receiving | None:
    """The client's half. Layers of a simulcast are not told apart by SSRC: they are found by mid."""
    if not media.sends:
        return None
    if media.rids or not media.ssrcs:
        return Receiving(None, None)
    return Receiving(media.ssrcs[0], media.repairs.get(media.ssrcs[0]))


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
        extensions=section.extensions,
    )


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
        extensions={
            uri: section.extensions[uri] for uri in OFFERED[section.kind] if uri in section.extensions
        },
    )
