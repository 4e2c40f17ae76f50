"""Protection and its removal, with sessions whose keys we know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from media.transport.srtp import MAX_PACKET, Srtp
from tests.media.transport.peers import receiver_report, rtp_packet

PROFILES = {  # -> bytes of master key and salt
    Policy.SRTP_PROFILE_AEAD_AES_256_GCM: 44,
    Policy.SRTP_PROFILE_AEAD_AES_128_GCM: 28,
    Policy.SRTP_PROFILE_AES128_CM_SHA1_80: 30,
}


def session(profile: int, direction: int) -> Session:
    policy = Policy(bytes(range(PROFILES[profile])), direction, srtp_profile=profile)
    policy.allow_repeat_tx = True
    return Session(policy)


def echo(profile: int = Policy.SRTP_PROFILE_AEAD_AES_256_GCM) -> Srtp:
    """One that reads what it wrote itself."""
    return Srtp(session(profile, Policy.SSRC_ANY_INBOUND), session(profile, Policy.SSRC_ANY_OUTBOUND))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("size", [0, 1, 1200, 1356, MAX_PACKET - 12])
def test_rtp_of_any_length_comes_back(profile: int, size: int) -> None:
    srtp = echo(profile)
    packet = rtp_packet(5, size=size)
    datagram = srtp.protect(packet)
    assert datagram is not None
    assert len(datagram) in (len(packet) + 10, len(packet) + 16)
    if len(datagram) <= MAX_PACKET:
        assert srtp.unprotect(datagram) == packet


@pytest.mark.parametrize("profile", PROFILES)
def test_bytes_are_those_of_pylibsrtp(profile: int) -> None:
    srtp = echo(profile)
    assert srtp.protect(rtp_packet(5)) == session(profile, Policy.SSRC_ANY_OUTBOUND).protect(
        rtp_packet(5)
    )
    protected = session(profile, Policy.SSRC_ANY_OUTBOUND).protect_rtcp(receiver_report())
    assert srtp.protect_rtcp(receiver_report()) == protected
    assert srtp.unprotect_rtcp(protected) == receiver_report()


def test_same_packet_may_be_sent_twice_but_is_taken_once() -> None:
    srtp = echo()
    first, again = srtp.protect(rtp_packet(5)), srtp.protect(rtp_packet(5))
    assert first is not None
    assert first == again
    assert srtp.unprotect(first) == rtp_packet(5)
    assert srtp.unprotect(first) is None


def test_late_packet_within_the_window_is_taken() -> None:
    srtp = echo()
    datagrams = [srtp.protect(rtp_packet(number)) for number in range(100)]
    assert srtp.unprotect(datagrams[99] or b"") == rtp_packet(99)
    assert srtp.unprotect(datagrams[0] or b"") == rtp_packet(0)


@pytest.mark.parametrize("size", [0, 1, 11, MAX_PACKET + 1])
def test_what_is_no_packet_gives_none(size: int) -> None:
    srtp, data = echo(), rtp_packet(size=MAX_PACKET)[:size]
    assert srtp.protect(data) is None
    assert srtp.protect_rtcp(data[:3]) is None
    assert srtp.unprotect(data) is None
    assert srtp.unprotect_rtcp(data) is None


@given(st.binary(max_size=200))
def test_random_bytes_are_never_taken_for_media(data: bytes) -> None:
    srtp = echo()
    assert srtp.unprotect(data) is None
    assert srtp.unprotect_rtcp(data) is None
