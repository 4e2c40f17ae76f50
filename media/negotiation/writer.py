"""Writing our session descriptions (RFC 8866): values in, text out.

ICE credentials, fingerprint and rtcp-mux stand in every section, bundled or not: aiortc wants them
there. All candidates are in the text, because an ICE-lite agent has nothing more to find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from media.negotiation.codecs import AgreedCodec
from media.negotiation.description import Direction
from media.negotiation.events import LocalTransport
from media.negotiation.sections import Rejected, Section, Sending
from media.negotiation.simulcast import Layer

HOST_PREFERENCE = 126  # type preference of a host candidate (RFC 8445 §5.1.2.2)
DISCARD_PORT = 9  # the candidates tell the real one (RFC 8840 §4.1.1)


@dataclass(frozen=True, slots=True)
class Origin:
    """The `o=` line: `session_id` of this connection, `version` rising (RFC 8866 §5.2)."""

    session_id: int
    version: int


def write_description(
    origin: Origin,
    local: LocalTransport,
    setup: str,
    sections: Sequence[tuple[Section, Direction] | Rejected],
) -> str:
    """The text of an offer or answer with these sections in these directions."""
    live = [item[0].mid for item in sections if not isinstance(item, Rejected)]
    lines = [
        "v=0",
        f"o=- {origin.session_id} {origin.version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        *([f"a=group:BUNDLE {' '.join(live)}"] if live else []),
        "a=msid-semantic:WMS *",
    ]
    for item in sections:
        if isinstance(item, Rejected):
            lines += _rejected_lines(item, local, setup)
        else:
            lines += _section_lines(*item, local, setup)
    return "\r\n".join(lines) + "\r\n"


def _section_lines(
    section: Section, direction: Direction, local: LocalTransport, setup: str
) -> Iterator[str]:
    codec = section.codec
    formats = [codec.payload_type, codec.rtx_payload_type]
    numbers = " ".join(str(number) for number in formats if number is not None)
    yield f"m={section.kind} {DISCARD_PORT} {section.protocol} {numbers}"
    yield from _transport_lines(section.mid, local, setup)
    yield f"a={direction}"
    yield from (f"a=extmap:{number} {uri}" for uri, number in section.extensions.items())
    yield from (f"a=extmap:{number}/recvonly {uri}" for uri, number in section.uplink_extensions.items())
    yield from _codec_lines(codec)
    if section.receiving is not None and direction in ("sendrecv", "recvonly"):
        yield from _layer_lines(section.receiving.layers)
    if section.sending is not None and direction in ("sendrecv", "sendonly"):
        yield from _stream_lines(section.sending)
    yield from _candidate_lines(local.candidates)


def _rejected_lines(section: Rejected, local: LocalTransport, setup: str) -> Iterator[str]:
    """RFC 3264 §6; the rtpmap is for aiortc, which looks for a common codec even here."""
    yield f"m={section.kind} 0 {section.protocol} {section.format}"
    yield from _transport_lines(section.mid, local, setup)
    yield "a=inactive"
    if section.rtpmap is not None:
        yield f"a=rtpmap:{section.format} {section.rtpmap}"


def _transport_lines(mid: str, local: LocalTransport, setup: str) -> Iterator[str]:
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{mid}"
    yield f"a=ice-ufrag:{local.ufrag}"
    yield f"a=ice-pwd:{local.pwd}"
    yield from (f"a=fingerprint:{name} {value}" for name, value in _fingerprints(local))
    yield f"a=setup:{setup}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"


def _fingerprints(local: LocalTransport) -> Iterable[tuple[str, str]]:
    """SHA-256 alone where there is one: every browser checks it."""
    return [pair for pair in local.fingerprints if pair[0] == "sha-256"] or local.fingerprints


def _codec_lines(codec: AgreedCodec) -> Iterator[str]:
    number = codec.payload_type
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{number} {codec.name}/{codec.clock_rate}{channels}"
    yield from (f"a=rtcp-fb:{number} {word}" for word in codec.feedback)
    if codec.parameters:
        yield f"a=fmtp:{number} {codec.parameters}"
    if codec.rtx_payload_type is not None:
        yield f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate}"
        yield f"a=fmtp:{codec.rtx_payload_type} apt={number}"


def _layer_lines(layers: Sequence[Layer]) -> Iterator[str]:
    """RFC 8851 §6.3, RFC 8853 §5.3: the client's layers that we take, with its own restrictions."""
    yield from (f"a=rid:{layer.rid} recv {layer.restrictions}".rstrip() for layer in layers)
    if layers:
        yield f"a=simulcast:recv {';'.join(layer.rid for layer in layers)}"


def _stream_lines(sending: Sending) -> Iterator[str]:
    """Tracks of one participant share a stream and a CNAME, so that they are played in sync."""
    participant = sending.track.participant
    yield f"a=msid:{participant} {sending.track.source}"
    if sending.rtx_ssrc is not None:
        yield f"a=ssrc-group:FID {sending.ssrc} {sending.rtx_ssrc}"
    for ssrc in filter(None, (sending.ssrc, sending.rtx_ssrc)):
        yield f"a=ssrc:{ssrc} cname:{participant}"


def _candidate_lines(candidates: Sequence[tuple[str, int]]) -> Iterator[str]:
    for index, (address, port) in enumerate(candidates):
        priority = (HOST_PREFERENCE << 24) | ((65535 - index) << 8) | 255  # RFC 8445 §5.1.2.1
        yield f"a=candidate:{index + 1} 1 udp {priority} {address} {port} typ host"
    yield "a=end-of-candidates"
