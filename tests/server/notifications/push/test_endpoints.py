"""Addresses that browsers hand to us lead to push services, and never into our own network."""

from __future__ import annotations

import pytest

from server.notifications.push.endpoints import (
    NotPublic,
    PublicResolver,
    check_endpoint,
    is_public,
)

PUBLIC = (
    "https://fcm.googleapis.com/fcm/send/dGVzdA:APA91b",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
    "https://web.push.apple.com/QGuQyavXutnMH9Sc",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAA%3d",
    "https://push.example.org:8443/1",
)
REFUSED = (
    "",
    "push",
    "http://fcm.googleapis.com/fcm/send/1",
    "ftp://fcm.googleapis.com/1",
    "https://localhost/1",
    "https://127.0.0.1/1",
    "https://[::1]/1",
    "https://[::ffff:127.0.0.1]/1",
    "https://[2002:7f00:1::]/1",
    "https://10.1.2.3/1",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00::1]/1",
    "https://0/1",
    "https://2130706433/1",
    "https://0x7f.1/1",
    "https://127.1/1",
    "https://redis:6379/1",
    "https://me:secret@push.example.org/1",
    "https://push.example.org\\@127.0.0.1/1",
    "https://push.example.org:99999/1",
    "https://push.example.org:0/1",
    "https://push.example.org/" + "a" * 1000,
    "https://push.example.org/\n",
    "https://1２7.0.0.1/1",
    "https://[::1",
)


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_push_services_are_taken(endpoint: str) -> None:
    assert check_endpoint(endpoint, loopback=False) == endpoint


@pytest.mark.parametrize("endpoint", REFUSED)
def test_what_is_no_push_service_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        check_endpoint(endpoint, loopback=False)


def test_this_machine_will_do_in_development_alone() -> None:
    assert check_endpoint("http://127.0.0.1:9999/1", loopback=True)
    with pytest.raises(ValueError):
        check_endpoint("http://10.1.2.3/1", loopback=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("192.168.1.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_public_is_what_everybody_can_reach(address: str, public: bool) -> None:
    assert is_public(address) is public


async def test_name_that_leads_to_this_machine_is_not_asked() -> None:
    resolver = PublicResolver(loopback=False)
    with pytest.raises(NotPublic):
        await resolver.resolve("localhost", 443)
    assert await PublicResolver(loopback=True).resolve("localhost", 443)
    await resolver.close()
