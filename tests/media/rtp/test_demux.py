from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.demux import classify
from media.rtp.rtcp import build_pli, build_sdes
from tests.media.packets import rtp


@pytest.mark.parametrize(
    ("datagram", "kind"),
    [
        (b"", "other"),
        (b"\x80", "other"),
        (b"\x00\x01", "stun"),
        (b"\x03\x01", "stun"),
        (b"\x04\x01", "other"),
        (b"\x14\xfe", "dtls"),
        (b"\x3f\xfe", "dtls"),
        (b"\x40\xfe", "other"),
        (b"\x7f\xc8", "other"),
        (rtp(1, payload_type=96, marker=True), "rtp"),
        (rtp(1, payload_type=0), "rtp"),
        (rtp(1, payload_type=63, marker=True), "rtp"),
        (rtp(1, payload_type=64, marker=True), "rtcp"),
        (build_pli(1, 2), "rtcp"),
        (build_sdes(1, b"c"), "rtcp"),
        (b"\xc0\xc8", "other"),
    ],
)
def test_first_bytes_tell_the_protocol(datagram: bytes, kind: str) -> None:
    assert classify(datagram) == kind


@given(st.binary(max_size=4))
def test_every_datagram_has_a_kind(datagram: bytes) -> None:
    assert classify(datagram) in {"stun", "dtls", "rtp", "rtcp", "other"}
