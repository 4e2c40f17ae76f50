"""The session descriptions of a load peer, as a browser would write them, and reading the server's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.negotiation.codecs import ACCEPTED
from media.negotiation.description import Codec, Description, MediaSection
from media.negotiation.reader import parse_description
from media.rtp.extensions import ABS_SEND_TIME, AUDIO_LEVEL, MID, TRANSPORT_WIDE_CC

OPUS, VP8, VP8_RTX = 111, 96, 97
EXTENSION_IDS = {MID: 1, AUDIO_LEVEL: 2, ABS_SEND_TIME: 3, TRANSPORT_WIDE_CC: 4}
# Transport-wide feedback costs a server something: asked of both as soon as ours can do it.
TWCC = TRANSPORT_WIDE_CC in ACCEPTED["video"]
FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb", *(["transport-cc"] if TWCC else []))
EXTENSIONS = {
    "audio": (MID, AUDIO_LEVEL),
    "video": (MID, ABS_SEND_TIME, *([TRANSPORT_WIDE_CC] if TWCC else [])),
}

_CANDIDATE = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", re.I)


@dataclass(frozen=True)
class Local:
    """A load peer's transport, and the SSRCs that it sends under."""

    ufrag: str
    pwd: str
    fingerprint: str
    audio_ssrc: int
    video_ssrc: int


@dataclass(frozen=True)
class Remote:
    """What the server's description says."""

    description: Description
    address: tuple[str, int]


def read(sdp: str) -> Remote:
    """The server's description and the address of its first IPv4 candidate that is not loopback,
    or of the first at all."""
    found = [(host, int(port)) for host, port in _CANDIDATE.findall(sdp)]
    outside = [pair for pair in found if not pair[0].startswith("127.")]
    return Remote(parse_description(sdp), (outside or found)[0])


def write_offer(local: Local) -> str:
    """One microphone and one camera, sent only; we begin DTLS, so that the server chooses the profile."""
    lines = [*_session(local, ["0", "1"])]
    lines += _section(local, "0", "audio", [OPUS], "sendonly", _own_audio(local))
    lines += _section(local, "1", "video", [VP8, VP8_RTX], "sendonly", _own_video(local))
    return "\r\n".join(lines) + "\r\n"


def write_answer(local: Local, offer: Description) -> str:
    """Takes everything the server sends, and goes on sending what `write_offer` offered."""
    live = [section.mid for section in offer.sections if not section.rejected]
    lines = [*_session(local, live)]
    for section in offer.sections:
        lines += _answer_section(local, section)
    return "\r\n".join(lines) + "\r\n"


def _answer_section(local: Local, section: MediaSection) -> Iterator[str]:
    if section.mid in ("0", "1") and not section.sends and section.receives:
        own = _own_audio(local) if section.kind == "audio" else _own_video(local)
        formats = [OPUS] if section.kind == "audio" else [VP8, VP8_RTX]
        yield from _section(local, section.mid, section.kind, formats, "sendonly", own)
        return
    direction = "recvonly" if section.sends else "inactive"
    codec = section.codecs[0]
    repair = [c for c in section.codecs if c.parameters == f"apt={codec.payload_type}"]
    formats = [codec.payload_type, *(c.payload_type for c in repair)]
    lines = [*_codec_lines(codec), *(line for c in repair for line in _codec_lines(c))]
    known = [uri for uri in EXTENSIONS[section.kind] if uri in section.extensions]
    lines += [f"a=extmap:{section.extensions[uri]} {uri}" for uri in known]
    yield from _section(local, section.mid, section.kind, formats, direction, lines)


def _session(local: Local, mids: Sequence[str]) -> Iterator[str]:
    yield from ("v=0", f"o=- {local.audio_ssrc} 1 IN IP4 127.0.0.1", "s=-", "t=0 0")
    yield f"a=group:BUNDLE {' '.join(mids)}"
    yield "a=msid-semantic: WMS *"


def _section(
    local: Local, mid: str, kind: str, formats: Sequence[int], direction: str, own: Sequence[str]
) -> Iterator[str]:
    yield f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, formats))}"
    yield from ("c=IN IP4 0.0.0.0", "a=rtcp-mux", f"a=mid:{mid}", f"a={direction}", "a=setup:active")
    yield from (f"a=ice-ufrag:{local.ufrag}", f"a=ice-pwd:{local.pwd}")
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield from own


def _own_audio(local: Local) -> list[str]:
    return [
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} minptime=10;useinbandfec=1",
        *_extmaps("audio"),
        "a=msid:bench microphone",
        f"a=ssrc:{local.audio_ssrc} cname:bench",
    ]


def _own_video(local: Local) -> list[str]:
    repair = local.video_ssrc + 1
    return [
        f"a=rtpmap:{VP8} VP8/90000",
        *(f"a=rtcp-fb:{VP8} {word}" for word in FEEDBACK),
        f"a=rtpmap:{VP8_RTX} rtx/90000",
        f"a=fmtp:{VP8_RTX} apt={VP8}",
        *_extmaps("video"),
        "a=msid:bench camera",
        f"a=ssrc-group:FID {local.video_ssrc} {repair}",
        f"a=ssrc:{local.video_ssrc} cname:bench",
        f"a=ssrc:{repair} cname:bench",
    ]


def _extmaps(kind: str) -> list[str]:
    return [f"a=extmap:{EXTENSION_IDS[uri]} {uri}" for uri in EXTENSIONS[kind]]


def _codec_lines(codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"
    yield from (f"a=rtcp-fb:{codec.payload_type} {word}" for word in sorted(codec.feedback))
    if codec.parameters:
        yield f"a=fmtp:{codec.payload_type} {codec.parameters}"
