"""Checks are read and answered as the RFCs say; whatever else arrives is BadStun."""

from __future__ import annotations

import contextlib

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from media.transport.stun import Address, BadStun, parse_binding_request, success_response
from tests.media.transport.peers import binding_request

PWD = "p" * 22
CHECK = binding_request("ours", PWD)


def test_check_is_read() -> None:
    request = parse_binding_request(CHECK)
    assert request.ufrag == "ours"
    assert request.use_candidate
    assert not request.controlled
    assert request.signed_with(PWD)
    assert not request.signed_with("wrong")


@pytest.mark.parametrize(
    ("address", "mapped"),
    [
        (("192.0.2.1", 5000), ("192.0.2.1", 5000)),
        (("::ffff:192.0.2.1", 5000, 0, 0), ("192.0.2.1", 5000)),
        (("2001:db8::1", 5000, 0, 0), ("2001:db8::1", 5000)),
        (("fe80::1%lo", 5000, 0, 1), ("fe80::1", 5000)),
    ],
)
def test_answer_tells_the_peer_its_address_and_is_signed(
    address: Address, mapped: tuple[str, int]
) -> None:
    request = parse_binding_request(CHECK)
    answer = stun.parse_message(success_response(request, address, PWD))
    assert answer.message_class is stun.Class.RESPONSE
    assert answer.transaction_id == request.message.transaction_id
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == mapped
    assert answer.check_message_integrity(PWD.encode())
    assert "FINGERPRINT" in answer.attributes


def unsigned(
    method: stun.Method = stun.Method.BINDING,
    message_class: stun.Class = stun.Class.REQUEST,
    fingerprint: bool = True,
    **attributes: object,
) -> bytes:
    message = stun.Message(method, message_class, attributes=dict(attributes))
    if fingerprint:
        message.add_fingerprint()
    return bytes(message)


OTHERS = {
    "nothing": b"",
    "cut header": CHECK[:19],
    "cut at the end": CHECK[:-4],
    "longer than it says": CHECK + b"\0\0\0\0",
    "no STUN": b"\xff" * 60,
    "no second fragment": unsigned(USERNAME="ours"),
    "no username": unsigned(),
    "no fingerprint": unsigned(fingerprint=False, USERNAME="ours:far"),
    "another method": unsigned(method=stun.Method.ALLOCATE, USERNAME="ours:far"),
    "indication": unsigned(message_class=stun.Class.INDICATION, USERNAME="ours:far"),
    "response": unsigned(message_class=stun.Class.RESPONSE, USERNAME="ours:far"),
    "lying length": unsigned().replace(b"\x80\x28\x00\x04", b"\x80\x28\x00\x01"),
    "username that is no text": unsigned(USERNAME="ours:far").replace(b"ours", b"\xff\xfe\xfd\xfc"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_datagrams_are_refused(what: str) -> None:
    with pytest.raises(BadStun):
        parse_binding_request(OTHERS[what])


def test_attributes_behind_the_signature_do_not_nominate() -> None:
    plain = binding_request("ours", PWD, nominate=False)
    appended = stun.set_body_length(plain[:-8] + b"\x00\x25\x00\x00", len(plain) - 20 - 4)
    fingerprint = stun.message_fingerprint(appended).to_bytes(4, "big")
    forged = stun.set_body_length(appended, len(plain) - 20 + 4) + b"\x80\x28\x00\x04" + fingerprint
    request = parse_binding_request(forged)
    assert request.signed_with(PWD)
    assert not request.use_candidate


@given(st.binary(max_size=120))
def test_random_bytes_raise_nothing_else(body: bytes) -> None:
    header = b"\x00\x01" + len(body).to_bytes(2, "big") + CHECK[4:20]
    for datagram in (body, header + body):
        with contextlib.suppress(BadStun):
            parse_binding_request(datagram).signed_with(PWD)


@given(st.integers(0, len(CHECK) - 1), st.integers(0, 255))
def test_check_with_one_byte_changed_is_refused_or_unsigned(position: int, value: int) -> None:
    changed = bytearray(CHECK)
    changed[position] = value
    if changed != CHECK:
        with contextlib.suppress(BadStun):
            assert not parse_binding_request(bytes(changed)).signed_with(PWD)
