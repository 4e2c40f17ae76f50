"""Every parser of the node on what browsers sent, spoilt: a value or its own error, nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from media.protocol.browser import decode_client
from media.protocol.codec import MessageError, encode
from media.protocol.control import (
    FROM_NODE,
    TO_NODE,
    Heartbeat,
    Join,
    PeerOffer,
    PeerSubscribe,
    Record,
    decode_from_node,
    decode_to_node,
)
from media.protocol.messages import Description, TrackLabel
from media.protocol.register import read_card
from media.recording.depacketise import AudioDepacketiser, VideoDepacketiser
from media.rtp import h264, vp8
from media.rtp.demux import classify
from media.rtp.errors import MalformedPacket
from media.rtp.extensions import all_elements, elements, read_extension
from media.rtp.header import parse_header
from media.rtp.opus import packet_duration
from media.rtp.rtcp import parse_compound
from media.rtp.rtx import original_sequence_number, restore
from media.rtp.twcc import parse_control_information, transport_number
from media.transport.dtls import is_whole_record
from media.transport.stun import BadStun, parse_binding_request
from tests.media.captures import datagrams
from tests.media.transport.test_srtp import echo

BROWSERS = datagrams("browsers")


def read_rtp(packet: bytes) -> None:
    """All that is looked at in a packet before and while it is forwarded."""
    header = parse_header(packet)
    all_elements(packet, header)
    transport_number(packet, header, 3)
    vp8.starts_keyframe(packet, header)
    vp8.frame_ids(packet, header.payload_offset)
    vp8.IdStep(7, 7, True).descriptor(packet, header.payload_offset)
    h264.starts_keyframe(packet, header)
    original_sequence_number(packet, header)
    packet_duration(packet[header.payload_offset : header.payload_end])


def depacketise(packet: bytes) -> None:
    """What the recorder does, with the packet and one that follows it."""
    header = parse_header(packet)
    for depacketiser in (VideoDepacketiser(), AudioDepacketiser()):
        list(depacketiser.push(packet, header, 1.0))
        list(depacketiser.release(9.0))
        list(depacketiser.flush())


def unprotect(datagram: bytes) -> None:
    srtp = echo()
    assert srtp.unprotect(datagram) is None
    assert srtp.unprotect_rtcp(datagram) is None


PARSERS: dict[str, tuple[Callable[[bytes], Any], tuple[type[Exception], ...]]] = {
    "demultiplexing": (classify, ()),
    "RTP": (read_rtp, (MalformedPacket,)),
    "header extensions": (lambda p: list(elements(p, parse_header(p))), (MalformedPacket,)),
    "one extension": (lambda p: read_extension(p, parse_header(p), 4), (MalformedPacket,)),
    "VP8": (lambda p: vp8.parse_payload(p, parse_header(p)), (MalformedPacket,)),
    "retransmissions": (lambda p: restore(p, parse_header(p), 1, 96), (MalformedPacket,)),
    "depacketising": (depacketise, (MalformedPacket,)),
    "RTCP": (parse_compound, (MalformedPacket,)),
    "transport-wide feedback": (
        lambda p: parse_control_information(1, 2, p[12:]),
        (MalformedPacket,),
    ),
    "checks": (lambda p: parse_binding_request(p).signed_with("p" * 22), (BadStun,)),
    "DTLS records": (lambda p: is_whole_record(p or b"\x16"), ()),
    "SRTP": (unprotect, ()),
    "a node's card": (read_card, ()),
}


def spoil(datagram: bytes, random: Random) -> bytes:
    """Some bytes changed, lost, doubled or taken from another datagram; at times none."""
    data = bytearray(datagram)
    for _ in range(random.randrange(4)):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + random.choice((1, 1, 2, 4, 30)))
        other = random.choice(BROWSERS)
        data[at:end] = random.choice(
            (
                b"",
                random.randbytes(end - at),
                bytes(end - at),
                b"\xff" * (end - at),
                data[at:end] * 2,
                other[at : at + 40],
            )
        )
    return bytes(data[: random.randrange(len(data) + 1)] if random.random() < 0.3 else data)


@pytest.mark.parametrize("name", PARSERS)
def test_what_browsers_sent_is_read(name: str) -> None:
    parse, errors = PARSERS[name]
    for datagram in BROWSERS:
        with contextlib.suppress(*errors):
            parse(datagram)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BROWSERS), st.integers(0, 2**32))
def test_spoilt_datagrams_raise_nothing_else(name: str, datagram: bytes, seed: int) -> None:
    parse, errors = PARSERS[name]
    with contextlib.suppress(*errors):
        parse(spoil(datagram, Random(seed)))


def test_all_that_browsers_send_is_known() -> None:
    """Otherwise the mutants above would be made of what nobody reads."""
    kinds = [classify(datagram) for datagram in BROWSERS]
    assert set(kinds) == {"stun", "dtls", "rtp", "rtcp"}
    for kind, datagram in zip(kinds, BROWSERS, strict=True):
        if kind == "rtp":
            parse_header(datagram)
        elif kind == "rtcp":
            assert parse_compound(datagram)
        elif kind == "stun":
            parse_binding_request(datagram)
        else:
            assert is_whole_record(datagram)


# --- messages

Decoder = Callable[[str], Any]
DECODERS: dict[str, Decoder] = {
    "to a node": decode_to_node,
    "from a node": decode_from_node,
    "from a browser": decode_client,
}
OFFER = Description(type="offer", sdp="v=0\r\n")
MESSAGES: tuple[BaseModel, ...] = (
    Join(room="r", participant="p"),
    PeerOffer(room="r", participant="p", offer=OFFER, tracks={"0": TrackLabel(source="screen")}),
    PeerSubscribe(room="r", participant="p", publisher="q", source="camera", quality="low", width=320),
    Record(room="r", participant="p", recording="x", origin_ms=1, on=True),
    Heartbeat(rooms=1, peers=2, stress=0.5, disk_free_bytes=10),
)
TYPES = sorted({*TO_NODE, *FROM_NODE, "chat", "hand", "media", "recording", "ping", "subscribe"})
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "room",
    "participant",
    "offer",
    "answer",
    "tracks",
    "candidate",
    "text",
    "to",
    "media",
    "quality",
)


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), anything, max_size=5))
def test_any_fields_are_a_message_or_an_error(name: str, kind: str, fields: dict[str, Any]) -> None:
    text = json.dumps({"type": kind, **fields})
    with contextlib.suppress(MessageError):
        DECODERS[name](text)


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MESSAGES), st.integers(0, 2**32))
def test_spoilt_messages_are_a_message_or_an_error(name: str, message: Any, seed: int) -> None:
    text = spoil(encode(message).encode(), Random(seed)).decode("utf-8", "surrogateescape")
    with contextlib.suppress(MessageError):
        DECODERS[name](text)
