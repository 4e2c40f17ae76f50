"""Which codecs and header extensions we forward, and under which numbers on one connection.

Nothing is transcoded, so all that one participant publishes the others must decode: Opus, VP8, and
H.264 only from who offers no VP8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from media.negotiation.description import Codec, MediaSection
from media.negotiation.events import Kind
from media.rtp.extensions import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_WIDE_CC,
    VIDEO_ORIENTATION,
)

PROFILE = re.compile("[0-9a-f]{6}")
TRANSPORT_CC, REMB = "transport-cc", "goog-remb"  # feedback for congestion control: the one or the other
AUDIO_FEEDBACK = (TRANSPORT_CC,)
VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir", TRANSPORT_CC, REMB)
# Stream ids are agreed to even without simulcast: Chromium, once it has offered layers, names them in
# each answer, and then refuses its own answer where the extension is missing.
ACCEPTED: dict[Kind, tuple[str, ...]] = {
    "audio": (MID, AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_WIDE_CC),
    "video": (MID, RID, REPAIRED_RID, ABS_SEND_TIME, TRANSPORT_WIDE_CC, VIDEO_ORIENTATION),
}
OFFERED: dict[Kind, tuple[str, ...]] = {
    "audio": (MID, AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_WIDE_CC),
    "video": (MID, ABS_SEND_TIME, TRANSPORT_WIDE_CC, VIDEO_ORIENTATION),
}


@dataclass(frozen=True, slots=True)
class AgreedCodec:
    """A codec under its payload types on one connection; `parameters` is the text of `a=fmtp`."""

    name: str
    clock_rate: int
    channels: int
    parameters: str
    feedback: tuple[str, ...]
    payload_type: int
    rtx_payload_type: int | None = None


def _h264_parameters(profile: str) -> str:
    """RFC 6184 §8.1; an answer repeats the profile that was offered (§8.2.2)."""
    return f"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}"


OPUS = AgreedCodec("opus", 48000, 2, "minptime=10;useinbandfec=1;usedtx=1", AUDIO_FEEDBACK, 96)
VP8 = AgreedCodec("VP8", 90000, 1, "", VIDEO_FEEDBACK, 97, 98)
H264 = AgreedCodec("H264", 90000, 1, _h264_parameters("42e01f"), VIDEO_FEEDBACK, 101, 102)
CODECS: dict[Kind, tuple[AgreedCodec, ...]] = {"audio": (OPUS,), "video": (VP8, H264)}


def codec_named(name: str | None, kind: Kind) -> AgreedCodec:
    """The codec of that name, else the kind's usual one."""
    return next((codec for codec in CODECS[kind] if codec.name == name), CODECS[kind][0])


def find_codec(ours: AgreedCodec, offered: Sequence[Codec]) -> AgreedCodec | None:
    """`ours` under the payload types that `offered` has for it; H.264 keeps the profile offered."""
    candidates = [codec for codec in offered if _is_same(ours, codec)]
    if not candidates:
        return None
    theirs = min(candidates, key=_distance)
    return replace(
        ours,
        parameters=_h264_parameters(_profile(theirs)) if ours.name == "H264" else ours.parameters,
        feedback=tuple(word for word in ours.feedback if word in theirs.feedback),
        payload_type=theirs.payload_type,
        rtx_payload_type=_find_rtx(theirs, offered),
    )


def same_profile(one: AgreedCodec, other: AgreedCodec) -> bool:
    """Whether two codecs of one name may share a payload type."""
    return one.parameters == other.parameters


def choose_codec(media: MediaSection, kind: Kind, preferred: str | None = None) -> AgreedCodec | None:
    """The codec of a client's offer that we take, under the client's payload types."""
    ours = sorted(CODECS[kind], key=lambda codec: codec.name != preferred)
    return next((agreed for codec in ours if (agreed := find_codec(codec, media.codecs))), None)


def confirm_codec(offered: AgreedCodec, media: MediaSection) -> AgreedCodec | None:
    """What a client's answer leaves of the codec that we offered; it keeps our payload types."""
    kept = {offered.payload_type, offered.rtx_payload_type}
    agreed = find_codec(offered, [codec for codec in media.codecs if codec.payload_type in kept])
    if agreed is None or agreed.payload_type != offered.payload_type:
        return None
    return replace(agreed, parameters=offered.parameters)


def choose_extensions(theirs: Mapping[str, int], ours: Sequence[str]) -> dict[str, int]:
    """Those of `ours` that the client has, under the client's ids."""
    return {uri: theirs[uri] for uri in ours if uri in theirs}


def confirm_extensions(offered: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, int]:
    """What a client's answer leaves of the header extensions that we offered."""
    return {uri: number for uri, number in offered.items() if theirs.get(uri) == number}


def agree_feedback(codec: AgreedCodec, extensions: Mapping[str, int]) -> AgreedCodec:
    """The codec with one way of congestion control: by transport-wide numbers where both sides have
    them, else by REMB."""
    wide = TRANSPORT_WIDE_CC in extensions and TRANSPORT_CC in codec.feedback
    other = REMB if wide else TRANSPORT_CC
    return replace(codec, feedback=tuple(word for word in codec.feedback if word != other))


def _is_same(ours: AgreedCodec, theirs: Codec) -> bool:
    same = (theirs.name.lower(), theirs.clock_rate) == (ours.name.lower(), ours.clock_rate)
    if ours.name == "H264":
        return same and theirs.parameter("packetization-mode") == "1" and _profile(theirs) != ""
    return same and theirs.channels == ours.channels


def _profile(codec: Codec) -> str:
    """The H.264 profile and level in hexadecimal; empty if it can't be read."""
    value = (codec.parameter("profile-level-id") or "").lower()
    return value if PROFILE.fullmatch(value) else ""


def _distance(theirs: Codec) -> int:
    """How far an H.264 profile is from constrained baseline, which every browser decodes."""
    return {"42e0": 0, "4200": 1}.get(_profile(theirs)[:4], 2)


def _find_rtx(base: Codec, offered: Sequence[Codec]) -> int | None:
    """The payload type of the retransmissions of `base` (RFC 4588 §8.6)."""
    for codec in offered:
        if codec.name.lower() == "rtx" and codec.parameter("apt") == str(base.payload_type):
            return codec.payload_type
    return None
