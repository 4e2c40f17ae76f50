"""The lite agent alone: bytes and time by hand."""

from __future__ import annotations

from aioice import stun

from media.transport.ice_lite import LOST_AFTER, MAX_ADDRESSES, STALE_AFTER, Credentials, IceLite
from media.transport.stun import Address, parse_binding_request
from tests.media.transport.peers import binding_request

OURS = Credentials("ours", "o" * 22)
NEXT = Credentials("next", "n" * 22)
HOME, TRAIN = ("192.0.2.1", 1000), ("198.51.100.7", 2000)


def check(
    ice: IceLite, address: Address, now: float, *, nominate: bool = True, by: Credentials = OURS
) -> bytes | None:
    request = parse_binding_request(binding_request(by.ufrag, by.pwd, nominate=nominate))
    return ice.receive(request, address, now)


def test_first_authentic_address_is_used_until_a_nomination() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0, nominate=False)
    check(ice, TRAIN, 0, nominate=False)
    assert ice.remote == HOME
    check(ice, TRAIN, 0)
    assert ice.remote == TRAIN


def test_newest_nomination_wins() -> None:
    ice = IceLite(OURS)
    for address in (HOME, TRAIN, HOME):
        check(ice, address, 0)
        assert ice.remote == address


def test_path_that_is_no_longer_checked_gives_way_to_one_that_is() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0)
    check(ice, TRAIN, STALE_AFTER, nominate=False)
    assert ice.remote == HOME
    check(ice, TRAIN, STALE_AFTER + 1, nominate=False)
    assert ice.remote == TRAIN


def test_media_on_a_path_checked_later_moves_there_without_a_nomination() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0)
    check(ice, TRAIN, 1, nominate=False)
    ice.follow(TRAIN)
    assert ice.remote == TRAIN
    ice.follow(HOME)
    assert ice.remote == TRAIN
    check(ice, HOME, 2, nominate=False)
    assert ice.remote == TRAIN
    ice.follow(HOME)
    assert ice.remote == HOME


def test_media_from_an_address_without_a_check_moves_nothing() -> None:
    ice = IceLite(OURS)
    ice.follow(HOME)
    assert ice.remote is None
    check(ice, HOME, 0)
    ice.follow(TRAIN)
    assert ice.remote == HOME


def test_forged_check_is_not_answered_and_changes_nothing() -> None:
    ice = IceLite(OURS)
    assert check(ice, HOME, 0, by=Credentials(OURS.ufrag, NEXT.pwd)) is None
    assert (ice.remote, ice.heard, ice.addresses) == (None, None, ())


def test_peer_in_our_role_is_told_so_and_proves_no_address() -> None:
    ice = IceLite(OURS)
    request = parse_binding_request(binding_request(OURS.ufrag, OURS.pwd, controlled=True))
    response = ice.receive(request, HOME, 0)
    assert response is not None
    message = stun.parse_message(response)
    assert message.error_code == 487
    assert message.check_message_integrity(OURS.pwd.encode())
    assert ice.remote is None


def test_restart_keeps_the_old_credentials_until_the_new_ones_are_used() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0)
    ice.restart(NEXT)
    assert set(ice.ufrags) == {NEXT.ufrag, OURS.ufrag}
    assert check(ice, HOME, 1) is not None
    assert check(ice, TRAIN, 2, by=NEXT, nominate=False) is not None
    assert ice.remote == HOME
    assert check(ice, HOME, 3) is None
    assert set(ice.ufrags) == {NEXT.ufrag}


def test_second_restart_keeps_the_credentials_in_use() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0)
    ice.restart(Credentials("never", "e" * 22))
    ice.restart(NEXT)
    assert check(ice, HOME, 1) is not None
    assert check(ice, HOME, 1, by=NEXT) is not None


def test_address_that_is_no_longer_checked_is_given_free() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0)
    check(ice, TRAIN, 1)
    assert set(ice.addresses) == {HOME, TRAIN}
    check(ice, TRAIN, LOST_AFTER + 1)
    assert ice.addresses == (TRAIN,)


def test_addresses_of_one_peer_are_bounded_and_the_path_in_use_stays() -> None:
    ice = IceLite(OURS)
    check(ice, HOME, 0)
    for port in range(100):
        check(ice, ("192.0.2.9", port), 0, nominate=False)
    assert len(ice.addresses) == MAX_ADDRESSES
    assert HOME in ice.addresses


def test_silence_is_loss_only_for_a_peer_that_was_there() -> None:
    ice = IceLite(OURS)
    assert not ice.expired(1000)
    check(ice, HOME, 1000)
    assert not ice.expired(1000 + LOST_AFTER)
    assert ice.expired(1001 + LOST_AFTER)
