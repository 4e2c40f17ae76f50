"""Payload types and header extension ids of one connection: what the client uses, and free ones.

Under BUNDLE all sections share them: one number never means two things (RFC 9143 §9.1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from media.negotiation.codecs import (
    CODECS,
    OFFERED,
    AgreedCodec,
    codec_named,
    find_codec,
    same_profile,
)
from media.negotiation.description import MediaSection
from media.negotiation.events import Kind
from media.rtp.extensions import ABS_SEND_TIME, AUDIO_LEVEL, MID, TRANSPORT_WIDE_CC, VIDEO_ORIENTATION

DYNAMIC_PAYLOAD_TYPES = (*range(96, 128), *range(35, 64))  # RFC 3551 §6, then unassigned ones
EXTENSION_IDS = range(1, 15)  # what the one-byte header can carry (RFC 8285 §4.2)

# First choices. While the client has named none they come out as aiortc's: whatever was agreed, aiortc
# offers its own again, and its receivers keep those that they began with. Beside what Chromium or
# Firefox have named they come out as theirs: Chromium checks an offer of ours against its own one that
# it is about to roll back.
FIRST_PAYLOAD_TYPES = {
    "opus": (96, 111, 109),
    "VP8": (96, 97),
    "VP8/rtx": (97, 98),
    "H264": (101,),
    "H264/rtx": (102,),
}
FIRST_EXTENSION_IDS = {
    MID: (1, 4),
    AUDIO_LEVEL: (2, 1),
    ABS_SEND_TIME: (3, 2),
    TRANSPORT_WIDE_CC: (7, 3),
    VIDEO_ORIENTATION: (13,),
}


class Numbering:
    """Names and their numbers out of one pool."""

    def __init__(self, first: Mapping[str, Sequence[int]], pool: Sequence[int]) -> None:
        self._first = first
        self._pool = pool
        self._known: dict[str, int] = {}
        self._taken: frozenset[int] = frozenset()

    def learn(self, found: Mapping[str, int], taken: Collection[int]) -> None:
        """The client uses `found`, and `taken` in all."""
        kept = {name: number for name, number in self._known.items() if number not in taken}
        self._known = kept | dict(found)
        self._taken = frozenset(taken)

    def number(self, name: str) -> int | None:
        """The number of `name`: the known one, else a first choice that is free, else any.

        None when the client has taken the whole pool."""
        if name not in self._known:
            used = self._taken | set(self._known.values())
            free = next((n for n in (*self._first[name], *self._pool) if n not in used), None)
            if free is None:
                return None
            self._known[name] = free
        return self._known[name]


class Numbers:
    """Both numberings of one connection."""

    def __init__(self) -> None:
        self._payload_types = Numbering(FIRST_PAYLOAD_TYPES, DYNAMIC_PAYLOAD_TYPES)
        self._extensions = Numbering(FIRST_EXTENSION_IDS, EXTENSION_IDS)

    def learn(self, sections: Sequence[MediaSection]) -> None:
        """Take over the numbers of a client's offer."""
        live = [media for media in sections if not media.rejected]
        payload_types = {name: number for media in live for name, number in _payload_types(media).items()}
        self._payload_types.learn(payload_types, {c.payload_type for media in live for c in media.codecs})
        extensions = {uri: number for media in live for uri, number in media.extensions.items()}
        self._extensions.learn(extensions, {n for media in live for n in media.extension_ids})

    def codec(self, name: str | None, kind: Kind) -> AgreedCodec | None:
        """The codec of that name, else the kind's usual one, under its numbers here.

        None when no number is free."""
        codec = codec_named(name, kind)
        payload_type = self._payload_types.number(codec.name)
        if payload_type is None:
            return None
        rtx = None if codec.rtx_payload_type is None else self._payload_types.number(f"{codec.name}/rtx")
        return replace(codec, payload_type=payload_type, rtx_payload_type=rtx)

    def extensions(self, kind: Kind) -> dict[str, int]:
        """The header extensions that we offer in a section of that kind."""
        numbered = {uri: self._extensions.number(uri) for uri in OFFERED[kind]}
        return {uri: number for uri, number in numbered.items() if number is not None}


def _payload_types(media: MediaSection) -> dict[str, int]:
    """The payload types that a client's section has for codecs as we offer them."""
    found: dict[str, int] = {}
    for ours in (codec for codecs in CODECS.values() for codec in codecs):
        theirs = find_codec(ours, media.codecs)
        if theirs is None or not same_profile(ours, theirs):
            continue
        found[ours.name] = theirs.payload_type
        if theirs.rtx_payload_type is not None:
            found[f"{ours.name}/rtx"] = theirs.rtx_payload_type
    return found
