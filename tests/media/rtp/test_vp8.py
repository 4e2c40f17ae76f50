from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp import vp8
from media.rtp.errors import MalformedPacket
from tests.media.packets import parsed, rtp, vp8_delta, vp8_keyframe


def test_keyframe_tells_its_size() -> None:
    payload = vp8.parse_payload(*parsed(rtp(1, payload=vp8_keyframe(1280, 720))))
    assert payload.starts_frame
    assert payload.keyframe
    assert (payload.width, payload.height) == (1280, 720)
    assert payload.data_offset == 13


def test_scaling_bits_are_no_part_of_the_size() -> None:
    payload = vp8.parse_payload(*parsed(rtp(1, payload=vp8_keyframe(640 | 0xC000, 480 | 0x4000))))
    assert (payload.width, payload.height) == (640, 480)


def test_interframe_and_its_later_packets_are_no_keyframe() -> None:
    first = vp8.parse_payload(*parsed(rtp(1, payload=vp8_delta())))
    later = vp8.parse_payload(*parsed(rtp(2, payload=b"\x00\x10\x02\x00")))
    assert (first.starts_frame, first.keyframe) == (True, False)
    assert (later.starts_frame, later.keyframe) == (False, False)


@pytest.mark.parametrize(
    ("descriptor", "picture_id"),
    [
        (b"\x90\x80\x11", 0x11),
        (b"\x90\x80\x91\x22", 0x1122),
        (b"\x90\xf0\x91\x22\x05\x60", 0x1122),
        (b"\x90\x40\x05", None),
        (b"\x90\x20\x60", None),
        (b"\x90\x10\x60", None),
        (b"\x90\x00", None),
    ],
)
def test_optional_fields_of_the_descriptor_are_skipped(descriptor: bytes, picture_id: int | None) -> None:
    packet, header = parsed(rtp(1, payload=descriptor + vp8_keyframe()[1:]))
    payload = vp8.parse_payload(packet, header)
    assert payload.picture_id == picture_id
    assert payload.data_offset == header.payload_offset + len(descriptor)
    assert payload.keyframe
    assert vp8.starts_keyframe(packet, header)


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x81", b"\x90\x80\x81\x01", b"\x90\x60\x01\x01"],
)
def test_a_cut_descriptor_is_malformed_and_no_keyframe(payload: bytes) -> None:
    packet, header = parsed(rtp(1, payload=payload))
    assert not vp8.starts_keyframe(packet, header)
    with pytest.raises(MalformedPacket):
        vp8.parse_payload(packet, header)


def test_keyframe_without_its_start_code_is_malformed() -> None:
    with pytest.raises(MalformedPacket):
        vp8.parse_payload(*parsed(rtp(1, payload=b"\x10\x10\x02\x00\x00\x00\x00\x40\x01\xf0\x00")))
    with pytest.raises(MalformedPacket):
        vp8.parse_payload(*parsed(rtp(1, payload=vp8_keyframe()[:8])))


def test_padding_is_not_read_as_vp8() -> None:
    packet, header = parsed(rtp(1, payload=b"", padding=20))
    assert not vp8.starts_keyframe(packet, header)


@given(st.binary(max_size=40))
def test_any_payload_is_parsed_or_malformed(payload: bytes) -> None:
    packet, header = parsed(rtp(1, payload=payload))
    starts = vp8.starts_keyframe(packet, header)
    try:
        found = vp8.parse_payload(packet, header)
    except MalformedPacket:
        return
    assert found.keyframe == starts
    assert header.payload_offset < found.data_offset < header.payload_end


# --- picture ids and TL0PICIDX of another stream


def moved(descriptor: bytes, step: vp8.IdStep) -> bytes:
    """The whole payload, its ids moved on."""
    packet, header = parsed(rtp(1, payload=descriptor + b"frame"))
    written, rest = step.descriptor(packet, header.payload_offset)
    return written + packet[rest:]


@pytest.mark.parametrize(
    ("descriptor", "wanted"),
    [
        (b"\x90\xe0\x91\x22\x05\x60", b"\x90\xe0\x91\x2a\x08\x60"),
        (b"\x80\xc0\xff\xff\xff", b"\x80\xc0\x80\x07\x02"),
        (b"\x90\x80\x91\x22", b"\x90\x80\x91\x2a"),
        (b"\x90\x80\x22", b"\x90\x80\x80\x2a"),
        (b"\x90\x80\x7f", b"\x90\x80\x80\x87"),
        (b"\x90\xc0\x22\xfe", b"\x90\xc0\x80\x2a\x01"),
        (b"\x90\x40\xfe", b"\x90\x40\x01"),
        (b"\x90\x20\x60", b"\x90\x20\x60"),
        (b"\x10", b"\x10"),
    ],
)
def test_ids_are_moved_on_in_every_form(descriptor: bytes, wanted: bytes) -> None:
    assert moved(descriptor, vp8.IdStep(8, 3, long=True)) == wanted + b"frame"


def test_a_picture_id_that_counts_to_seven_bits_stays_in_them() -> None:
    step = vp8.IdStep(8, 3, long=False)
    assert moved(b"\x90\x80\x7f", step) == b"\x90\x80\x07frame"
    assert step.descriptor(b"\x90\x80\x7f\x00", 0) == (b"\x90\x80\x07", 3)
    assert moved(b"\x90\xc0\x22\x01", step) == b"\x90\xc0\x2a\x04frame"


@pytest.mark.parametrize("payload", [b"", b"\x90", b"\x90\xe0", b"\x90\xc0\x91", b"\x90\xc0\x11"])
def test_a_cut_descriptor_is_left_as_it_is_and_has_no_ids(payload: bytes) -> None:
    packet, header = parsed(rtp(1, payload=payload))
    step = vp8.IdStep(8, 3, long=True)
    assert step.descriptor(packet, header.payload_offset) == (b"", header.payload_offset)
    assert vp8.frame_ids(packet, header.payload_offset) == vp8.FrameIds()


@given(st.integers(0, 0x7FFF), st.integers(0, 0xFF), st.integers(-40000, 40000), st.integers(-300, 300))
def test_moved_ids_read_back(picture_id: int, tl0picidx: int, ahead: int, tl0_ahead: int) -> None:
    ids = (0x8000 | picture_id).to_bytes(2, "big") + bytes((tl0picidx, 0x60))
    payload = moved(b"\x90\xf0" + ids, vp8.IdStep(ahead, tl0_ahead, long=True))
    assert vp8.frame_ids(payload, 0) == vp8.FrameIds(
        (picture_id + ahead) & 0x7FFF, (tl0picidx + tl0_ahead) & 0xFF, long=True
    )


@given(st.binary(max_size=12), st.booleans())
def test_any_payload_keeps_what_stands_behind_its_ids(payload: bytes, long: bool) -> None:
    step = vp8.IdStep(1, 1, long)
    written, rest = step.descriptor(payload, 0)
    assert rest <= len(payload)
    assert vp8.IdStep(-1, -1, long).descriptor(written + payload[rest:], 0)[0][:1] == written[:1]
